"""Errors of the system that name no file: plandoc's own names the folder, and says what was saved."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from recorder import Fault, FaultyFiles, QuickFiles, commit, document, make_folder, open_folder, read_all

from plandoc.errors import Outcome, StorageError
from plandoc.storage import documents, initialize

FIRST = "events/1.json"
OLD, NEW = (document(FIRST, text) for text in ("old", "new"))


class NamelessFiles(FaultyFiles):
    """What fails says which number, never which file."""

    def _error(self, fault: Fault, arguments: tuple[Any, ...]) -> BaseException:
        return OSError(fault.error, os.strerror(errno.EIO))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data", QuickFiles())


def failing(files: NamelessFiles, call: str) -> None:
    files.watched = (call,)
    files.arm(Fault(0, "before", errno.EIO))


def told(failure: pytest.ExceptionInfo[StorageError]) -> tuple[str, int | None, Outcome]:
    return failure.value.path, failure.value.errno, failure.value.outcome


def test_a_look_at_the_permissions_of_a_document_that_fails_saved_nothing(root):
    files = NamelessFiles(())
    backend = open_folder(root, files)
    transaction = backend.begin("change", timeout_seconds=0)
    content = transaction.read("catalog.json")
    failing(files, "status")

    with pytest.raises(StorageError) as failure:
        transaction.commit({"catalog.json": content + b" "})

    transaction.release()
    assert told(failure) == (str(root / "catalog.json"), errno.EIO, Outcome.NOT_SAVED)
    backend.close()


def test_a_look_at_the_lock_before_a_commit_that_fails_names_the_folder(root):
    files = NamelessFiles(())
    backend = open_folder(root, files)
    transaction = backend.begin("change", timeout_seconds=0)
    failing(files, "is_same")

    with pytest.raises(StorageError) as failure:
        transaction.commit({FIRST: NEW})

    transaction.release()
    assert told(failure) == (str(root), errno.EIO, Outcome.NOT_SAVED)
    backend.close()


def test_a_backup_before_a_new_format_that_cannot_be_kept_names_the_folder(root, monkeypatch):
    monkeypatch.setattr(documents, "FORMAT", 3)
    files = NamelessFiles(())
    backend = open_folder(root, files)
    failing(files, "create")

    with pytest.raises(StorageError) as failure:
        commit(backend, {FIRST: NEW})

    assert told(failure) == (str(root), errno.EIO, Outcome.NOT_SAVED)
    backend.close()


def test_a_checkpoint_after_a_commit_that_fails_says_saved(root):
    files = NamelessFiles(())
    backend = open_folder(root, files, checkpoint_size=10)
    failing(files, "truncate")

    with pytest.raises(StorageError) as failure:
        commit(backend, {FIRST: OLD})

    assert told(failure) == (str(root), errno.EIO, Outcome.SAVED)
    assert open_folder(root).view(lambda reading: reading.read(FIRST)) == OLD
    backend.close()


@pytest.mark.parametrize("call", ["size", "read_at"])
def test_a_look_at_the_journal_by_a_reader_that_fails_names_the_folder(root, call):
    commit(open_folder(root), {FIRST: OLD})
    files = NamelessFiles(())
    backend = open_folder(root, files)
    failing(files, call)

    with pytest.raises(StorageError) as failure:
        backend.view(read_all)

    assert told(failure) == (str(root), errno.EIO, Outcome.NOT_SAVED)
    backend.close()


@pytest.mark.parametrize("call", ["open_to_write", "size"])
def test_an_error_while_a_writer_catches_up_names_the_folder(root, call):
    commit(open_folder(root), {FIRST: OLD})
    files = NamelessFiles(())
    backend = open_folder(root, files)
    failing(files, call)

    with pytest.raises(StorageError) as failure:
        backend.begin("change", timeout_seconds=0)

    assert failure.value.path.startswith(str(root))
    assert told(failure)[1:] == (errno.EIO, Outcome.NOT_SAVED)
    commit(backend, {FIRST: NEW})
    backend.close()


def test_a_document_that_cannot_be_read_is_named(root):
    files = NamelessFiles(())
    backend = open_folder(root, files)
    transaction = backend.begin("change", timeout_seconds=0)
    failing(files, "read")

    with pytest.raises(StorageError) as failure:
        transaction.read(FIRST)

    transaction.release()
    assert told(failure) == (str(root / FIRST), errno.EIO, Outcome.NOT_SAVED)
    backend.close()


def test_a_list_of_documents_that_cannot_be_had_names_its_folder(root):
    files = NamelessFiles(())
    backend = open_folder(root, files)
    failing(files, "names")

    with pytest.raises(StorageError) as failure:
        backend.view(lambda reading: reading.names("events"))

    assert told(failure) == (str(root / "events"), errno.EIO, Outcome.NOT_SAVED)
    backend.close()


@pytest.mark.parametrize("call", ["make_folder", "create"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, call):
    files = NamelessFiles(())
    failing(files, call)

    with pytest.raises(StorageError) as failure:
        make_folder(tmp_path / "data", files)

    assert told(failure) == (str(tmp_path / "data"), errno.EIO, Outcome.NOT_SAVED)


def test_a_folder_that_cannot_be_looked_at_is_named(root):
    files = NamelessFiles(())
    failing(files, "status")

    with pytest.raises(StorageError) as failure:
        initialize.is_initialized(root, files)

    assert told(failure) == (str(root), errno.EIO, Outcome.NOT_SAVED)
