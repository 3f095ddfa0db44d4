"""A document whose file cannot be replaced: refused before anything is saved, and no hindrance for all others."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from recorder import (
    CATALOG,
    Fault,
    FaultyFiles,
    QuickFiles,
    commit,
    contents,
    document,
    make_folder,
    open_folder,
    read_all,
)

from plandoc.errors import DamagedError, Outcome, RecoveryWarning, StorageError

FIRST, SECOND = "events/1.json", "events/2.json"
OLD, NEW = document(FIRST, "old"), document(FIRST, "new")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = make_folder(tmp_path / "data", QuickFiles())
    backend = open_folder(made, QuickFiles())
    commit(backend, {FIRST: OLD, SECOND: document(SECOND, "old"), CATALOG: document(CATALOG, "old")})
    backend.close()
    return made


def refusing(name: str) -> FaultyFiles:
    """A system that lets nobody put a file in the place of one document."""

    class Refusing(FaultyFiles):
        def replace(self, source: Path, target: Path, **options: int | None) -> None:
            if Path(target).name == Path(name).name:
                raise PermissionError(errno.EPERM, "Operation not permitted", str(target))
            super().replace(source, target, **options)

    return Refusing(("replace",))


def test_the_files_that_replace_documents_are_written_before_the_line_that_saves_them(root: Path) -> None:
    files = FaultyFiles(("create", "write_at", "sync_data", "replace"))
    backend = open_folder(root, files)

    commit(backend, {FIRST: NEW, SECOND: document(SECOND, "new")})

    assert files.operations[-6:] == ["create", "sync_data", "write_at", "sync_data", "replace", "replace"]
    assert files.operations.count("create") == 2
    backend.close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_what_cannot_be_written_beside_its_document_is_told_as_not_saved_and_leaves_nothing(
    number: int, root: Path
) -> None:
    before = contents(root)
    for at in range(2):
        files = FaultyFiles(("create",))
        backend = open_folder(root, files)
        files.arm(Fault(at, "half", number))

        with pytest.raises(StorageError) as refusal:
            commit(backend, {FIRST: NEW, SECOND: document(SECOND, "new")})

        assert refusal.value.outcome is Outcome.NOT_SAVED
        assert contents(root) == before
        commit(backend, {CATALOG: document(CATALOG, "old")})
        backend.close()
        before = contents(root)


def test_a_document_that_cannot_be_replaced_holds_up_no_other_one(root: Path) -> None:
    files = refusing(FIRST)
    backend = open_folder(root, files)
    with pytest.raises(StorageError) as failure:
        commit(backend, {FIRST: NEW})
    assert failure.value.outcome is Outcome.SAVED

    with pytest.warns(RecoveryWarning, match=r"events/1\.json cannot be replaced \(operation not permitted\)"):
        commit(backend, {SECOND: document(SECOND, "new")})
    with pytest.warns(RecoveryWarning), pytest.raises(StorageError, match="cannot be replaced") as refusal:
        commit(backend, {FIRST: document(FIRST, "newer")})

    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert (root / FIRST).read_bytes() == OLD
    assert backend.view(lambda reading: (reading.read(FIRST), reading.read(SECOND))) == (NEW, document(SECOND, "new"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecoveryWarning)
        backend.close()
    assert (root / "journal.jsonl").read_bytes(), "the journal alone has it"

    healthy = open_folder(root)
    commit(healthy, {FIRST: document(FIRST, "newest")})
    healthy.close()

    assert (root / FIRST).read_bytes() == document(FIRST, "newest")
    assert not (root / "journal.jsonl").read_bytes()


def test_a_session_sees_what_the_journal_has_of_a_document_that_could_not_be_replaced(root: Path) -> None:
    files = refusing("3.json")
    backend = open_folder(root, files)
    third = document("events/3.json", "made")
    with pytest.raises(StorageError):
        commit(backend, {"events/3.json": third})

    with pytest.warns(RecoveryWarning):
        transaction = backend.begin("look", timeout_seconds=0)

    assert transaction.read("events/3.json") == third
    assert list(transaction.names("events")) == [FIRST, SECOND, "events/3.json"]
    transaction.release()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RecoveryWarning)
        backend.close()


def test_a_folder_in_the_place_of_a_document_holds_up_no_other_one(root: Path) -> None:
    backend = open_folder(root, QuickFiles())
    commit(backend, {FIRST: NEW, SECOND: document(SECOND, "new")})
    (root / FIRST).unlink()
    (root / FIRST).mkdir()

    other = open_folder(root)
    with pytest.warns(
        RecoveryWarning, match=r"events/1\.json cannot be replaced \(wanted a plain file, found a folder"
    ):
        commit(other, {SECOND: document(SECOND, "newer")})

    (root / FIRST).rmdir()
    with pytest.warns(RecoveryWarning, match="was removed"):
        commit(other, {CATALOG: document(CATALOG, "new")})
    other.close()
    assert (root / FIRST).read_bytes() == NEW
    assert (root / SECOND).read_bytes() == document(SECOND, "newer")


def test_a_file_in_a_folder_where_only_its_owner_can_replace_it_is_known_before() -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can become another user")
    script = """
        import os, sys
        from pathlib import Path
        from plandoc.storage.files import Files
        folder = Path(sys.argv[1])
        os.seteuid(65534)
        print(Files().is_protected_from_others(folder, os.lstat(folder / "file")))
    """
    answers = []
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        for mode in (0o1777, 0o777):
            folder = Path(top) / oct(mode)
            folder.mkdir()
            folder.chmod(mode)
            (folder / "file").write_bytes(b"")
            command = [sys.executable, "-c", textwrap.dedent(script), str(folder)]
            answers.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            assert not QuickFiles().is_protected_from_others(folder, (folder / "file").lstat())

    assert answers == ["True\n", "False\n"]


@pytest.fixture
def immutable(root: Path) -> Iterator[Path]:
    path = root / FIRST
    if subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False).returncode:
        pytest.skip("this file system has no immutable files, or not for this user")
    try:
        yield path
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


def test_an_immutable_file_is_refused_before_anything_is_saved(root: Path, immutable: Path) -> None:
    backend = open_folder(root)
    before = contents(root)

    for content in (NEW, None):
        with pytest.raises(StorageError, match="not permitted") as refusal:
            commit(backend, {FIRST: content, SECOND: document(SECOND, "new")})

        assert refusal.value.outcome is Outcome.NOT_SAVED
        assert refusal.value.path == str(immutable)
        assert contents(root) == before
    commit(backend, {SECOND: document(SECOND, "new")})
    backend.close()


def test_removing_a_document_from_a_folder_that_is_read_only_is_refused_first(root: Path) -> None:
    class ReadOnly(QuickFiles):
        def may_change_folder(self, path: Path) -> bool:
            return Path(path).name != "events"

    backend = open_folder(root, ReadOnly())
    before = contents(root)

    with pytest.raises(StorageError, match="its folder is read-only") as refusal:
        commit(backend, {FIRST: None})

    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert contents(root) == before
    backend.close()


def test_a_journal_that_another_folder_shares_by_a_hard_link_is_replaced_and_not_written_into(
    root: Path, tmp_path: Path
) -> None:
    backend = open_folder(root)
    commit(backend, {FIRST: NEW})
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-al", str(root), str(copy)], check=True)
    shared = (copy / "journal.jsonl").read_bytes()

    commit(backend, {SECOND: document(SECOND, "of the one alone")})
    other = open_folder(copy)
    commit(other, {CATALOG: document(CATALOG, "of the copy alone")})
    other.close()
    backend.close()

    assert shared
    assert read_documents(root) == (NEW, document(SECOND, "of the one alone"), document(CATALOG, "old"))
    assert read_documents(copy) == (NEW, document(SECOND, "old"), document(CATALOG, "of the copy alone"))


def read_documents(root: Path) -> tuple[bytes | None, ...]:
    backend = open_folder(root)
    found = backend.view(read_all)
    backend.close()
    return tuple(found[name] + b"\n" for name in (FIRST, SECOND, CATALOG))


def test_a_document_keeps_its_last_newline_over_a_power_cut(root: Path) -> None:
    backend = open_folder(root, QuickFiles())
    commit(backend, {FIRST: NEW})
    (root / FIRST).write_bytes(NEW.rstrip(b"\n"))

    open_folder(root).begin("recover", timeout_seconds=0).release()

    assert (root / FIRST).read_bytes() == NEW
    assert not (root / "lost-found").exists()


def test_a_file_that_is_moved_into_place_is_looked_up_in_the_folder_that_was_checked(
    root: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()

    class Swapping(QuickFiles):
        """Lets somebody put a link in the place of `events` as soon as it was opened."""

        def open_folder(self, path: Path) -> int | None:
            found = super().open_folder(path)
            Path(path).rename(root / "moved")
            Path(path).symlink_to(outside)
            return found

    backend = open_folder(root)
    backend._documents._files = Swapping()

    commit(backend, {FIRST: NEW})

    assert list(outside.iterdir()) == []
    assert (root / "moved" / "1.json").read_bytes() == NEW
    with pytest.raises(StorageError, match="link") as failure:
        backend.close()
    assert failure.value.outcome is Outcome.SAVED
    assert NEW.strip() in orjson.loads((root / "journal.jsonl").read_bytes())["documents"][0]["content"].encode()


class WithoutFolderHandles(FaultyFiles):
    """A system that cannot open a folder to look names up in it, such as Windows."""

    def open_folder(self, path: Path) -> int | None:
        return None


def test_where_no_folder_can_be_held_open_documents_are_replaced_all_the_same_and_no_link_is_followed(
    root: Path, tmp_path: Path
) -> None:
    files = WithoutFolderHandles(("create",))
    backend = open_folder(root, files)
    third = "events/3.json"
    commit(backend, {FIRST: NEW, SECOND: None, third: document(third, "new")})
    before = contents(root)

    files.arm(Fault(1, "half", errno.ENOSPC))
    with pytest.raises(StorageError) as refusal:
        commit(backend, {FIRST: OLD, third: document(third, "newer")})
    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert contents(root) == before
    assert (before[FIRST], before[third]) == (NEW, document(third, "new"))
    assert SECOND not in before

    files.arm(None)
    (root / "events").rename(tmp_path / "elsewhere")
    (root / "events").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DamagedError, match="link"):
        commit(backend, {"events/4.json": document("events/4.json", "new")})
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["1.json", "3.json"]
    (root / "events").unlink()
    commit(backend, {"events/4.json": document("events/4.json", "new")})
    assert (root / "events/4.json").read_bytes() == document("events/4.json", "new")
    (root / "events").rename(tmp_path / "made anew")
    (tmp_path / "elsewhere").rename(root / "events")
    (tmp_path / "made anew/4.json").rename(root / "events/4.json")
    backend.close()


@pytest.mark.parametrize(
    "call", ["open_to_write", "sync_file", "create", "replace", "sync_folder", "truncate", "close"]
)
def test_whatever_fails_when_a_store_is_closed_says_that_all_is_saved(call: str, root: Path) -> None:
    class Failing(QuickFiles):
        armed = False

    def fail(self: Failing, *arguments: object, **options: object) -> object:
        if self.armed:
            raise OSError(errno.EIO, "Input/output error")
        return getattr(QuickFiles, call)(self, *arguments, **options)

    setattr(Failing, call, fail)
    files = Failing()
    backend = open_folder(root, files)
    commit(backend, {FIRST: NEW})
    # As if this process had not locked before, so that the lock is opened anew.
    backend._lock.close()
    files.armed = True

    try:
        backend.close()
    except StorageError as error:
        assert error.outcome is Outcome.SAVED, error
    files.armed = False

    assert read_documents(root)[0] == NEW
