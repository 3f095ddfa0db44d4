"""What the system refuses around the lock: it is given back all the same, and a hint that cannot be left stops nobody."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from recorder import CATALOG, clock, commit, document, make_folder, open_folder

import plandoc
from plandoc.storage import initialize
from plandoc.storage.files import Files
from plandoc.storage.lock import FolderLock
from plandoc.storage.lock_file import INFO_NAME
from plandoc.store import Store

NEW = {CATALOG: document(CATALOG, "new")}


def refused(*_: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data")


def test_an_unlock_that_fails_is_no_error_and_lets_the_next_ones_in(root: Path, monkeypatch) -> None:
    backend, other = open_folder(root), open_folder(root)
    with monkeypatch.context() as patched:
        patched.setattr("filelock.unlock_descriptor", refused)
        commit(backend, NEW)
        commit(other, {CATALOG: document(CATALOG, "of another process")})
        commit(backend, {CATALOG: document(CATALOG, "last")})
        other.close()

    assert open_folder(root).view(lambda reading: reading.read(CATALOG)) == document(CATALOG, "last")
    backend.close()


def test_a_lock_can_be_given_back_twice_and_never_takes_it_from_the_next_one(root: Path) -> None:
    backend = open_folder(root)
    first = backend.begin("first", timeout_seconds=0)
    first.release()
    second = backend.begin("second", timeout_seconds=0)
    first.release()

    with pytest.raises(plandoc.LockTimeout):
        open_folder(root).begin("third", timeout_seconds=0)
    second.release()
    backend.close()


def test_a_session_may_be_ended_by_another_thread_than_the_one_that_began_it(root: Path) -> None:
    import threading

    store = Store(open_folder(root), clock=clock, timeout_seconds=0)
    block = store.session("begun here")
    block.__enter__().add(plandoc.Ingredient("Rye"))
    thread = threading.Thread(target=block.__exit__, args=(None, None, None))
    thread.start()
    thread.join()

    with store.session("the next one") as session:
        assert [one.name for one in session.find(plandoc.Ingredient)] == ["Rye"]
    store.close()


def test_a_block_of_a_session_is_entered_once(root: Path) -> None:
    store = Store(open_folder(root), clock=clock, timeout_seconds=0)
    block = store.session("once")
    with block as session:
        with pytest.raises(plandoc.errors.SessionError, match="was opened before"), block:
            pass
        session.add(plandoc.Ingredient("Rye"))

    assert store.read(lambda session: len(session.find(plandoc.Ingredient))) == 1
    store.close()


class FailingToClose(Files):
    """A system that closes every file and then says that it could not."""

    def close(self, handle: int) -> None:
        super().close(handle)
        refused()


def test_a_lock_whose_files_cannot_be_closed_is_given_back_without_a_word(root: Path) -> None:
    lock = FolderLock(root, FailingToClose())
    lock.acquire(action="work", timestamp=clock(), timeout_seconds=0, on_wait=None)

    lock.close()
    lock.close()

    open_folder(root).begin("next", timeout_seconds=0).release()


class FailingToLeaveWord(Files):
    """A disk that is full for the word that a holder leaves."""

    def write_at(self, handle: int, offset: int, content: bytes) -> None:
        if b'"action"' in content[:400] and content.endswith(b" \n"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write_at(handle, offset, content)


@pytest.mark.parametrize("what", ["a full disk", "a folder in its place", "an action that is no text"])
def test_a_word_that_cannot_be_left_is_never_an_error(what: str, root: Path) -> None:
    if what == "a folder in its place":
        (root / ".plandoc" / INFO_NAME).unlink()
        (root / ".plandoc" / INFO_NAME).mkdir()
    files = FailingToLeaveWord() if what == "a full disk" else Files()
    backend = open_folder(root, files)

    transaction = backend.begin(b"work" if what.startswith("an action") else "work", timeout_seconds=0)
    transaction.release()

    commit(backend, NEW)
    backend.close()


class FollowedByAnother(Files):
    """A system on which somebody else makes every folder at the very same moment."""

    def make_folder(self, path: Path) -> None:
        if path.name != initialize.EVENTS_FOLDER:
            super().make_folder(path)
        super().make_folder(path)


def test_folders_that_another_process_makes_at_the_same_moment_are_as_good_as_ours(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "deep" / "data", FollowedByAnother())
    for path in (root / ".plandoc").iterdir():
        path.unlink()
    (root / ".plandoc").rmdir()

    backend = open_folder(root, FollowedByAnother())
    commit(backend, NEW)
    backend.close()

    assert (root / ".plandoc" / "lock").is_file()


def test_a_file_that_comes_to_stand_where_the_folder_should_is_an_error(tmp_path: Path) -> None:
    class FollowedByAFile(Files):
        def make_folder(self, path: Path) -> None:
            path.write_bytes(b"mine")
            super().make_folder(path)

    with pytest.raises(plandoc.StorageError) as failure:
        make_folder(tmp_path / "data", FollowedByAFile())

    assert failure.value.errno == errno.EEXIST
    assert (tmp_path / "data").read_bytes() == b"mine"
