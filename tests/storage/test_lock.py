"""One writer a folder; what stands in the way is said, and nothing is written past it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
from recorder import CATALOG, Fault, FaultyFiles, commit, contents, document, make_folder, open_folder, read_all

from plandoc.errors import ConflictError, DamagedError, LockTimeout, Outcome, RecoveryWarning, StorageError
from plandoc.storage.files import Files

EVENT = "events/1.json"
NEW = {CATALOG: document(CATALOG, "new"), EVENT: document(EVENT, "new")}
HOLD = """
import sys
from pathlib import Path
from recorder import open_folder
backend = open_folder(Path(sys.argv[1]))
transaction = backend.begin("plan Christmas", timeout_seconds=0)
print("held", flush=True)
sys.stdin.read()
"""


class ReadOnlyFiles(Files):
    """A folder that may be read only; file modes would not stop the superuser."""

    def __init__(self, number: int) -> None:
        self.number = number

    def _refuse(self, path: Path) -> Any:
        raise OSError(self.number, os.strerror(self.number), str(path))

    def open_to_write(self, path: Path, *, create: bool = False) -> int:
        return self._refuse(path)

    def create(self, path: Path, content: bytes, mode: int | None) -> None:
        self._refuse(path)

    def replace(self, source: Path, target: Path) -> None:
        self._refuse(target)

    def remove(self, path: Path) -> None:
        self._refuse(path)

    def make_folder(self, path: Path) -> None:
        self._refuse(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data")


def crashed_after_commit(root: Path) -> None:
    """Leave a folder whose journal has a line that no document has yet."""
    files = FaultyFiles(("replace",))
    backend = open_folder(root, files)
    files.arm(Fault(0, "before", errno.EIO, lasting=True))
    with pytest.raises(StorageError) as failure:
        commit(backend, NEW)
    assert failure.value.outcome is Outcome.SAVED


def test_a_waiting_process_is_told_which_process_does_what(root: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(root)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    told: list[str] = []
    with subprocess.Popen(command, cwd=Path(__file__).parent, **pipes) as holder:
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(LockTimeout) as refusal:
            open_folder(root).begin("start", timeout_seconds=0.02, on_wait=told.append)

        holder.kill()
    assert refusal.value.holder["pid"] == holder.pid
    assert refusal.value.holder["action"] == "plan Christmas"
    assert refusal.value.waited_seconds < 5
    assert len(told) == 1
    assert f"process {holder.pid}" in told[0]
    open_folder(root).begin("start", timeout_seconds=0).release()


def test_with_a_timeout_of_zero_a_second_writer_does_not_wait(root: Path) -> None:
    transaction = open_folder(root).begin("first", timeout_seconds=0)

    with pytest.raises(LockTimeout, match="this very process") as refusal:
        open_folder(root).begin("second", timeout_seconds=0)

    assert refusal.value.waited_seconds < 0.5
    transaction.release()


def test_two_threads_do_not_enter_at_once(root: Path) -> None:
    backend = open_folder(root)
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(20):
            transaction = backend.begin("work", timeout_seconds=30)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            transaction.release()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 80
    backend.close()


def test_a_lock_file_deleted_while_it_is_held_is_noticed_before_anything_is_written(root: Path) -> None:
    transaction = open_folder(root).begin("first", timeout_seconds=0)
    (root / ".plandoc" / "lock").unlink()
    before = contents(root)

    with pytest.raises(ConflictError, match="nothing was saved"):
        transaction.commit(NEW)

    assert contents(root) == before
    transaction.release()
    open_folder(root).begin("second", timeout_seconds=0).release()


def test_a_lock_file_deleted_between_two_transactions_is_made_again_without_a_wait(root: Path) -> None:
    backend = open_folder(root)
    commit(backend, NEW)
    (root / ".plandoc" / "lock").unlink()
    told: list[str] = []

    backend.begin("second", timeout_seconds=0, on_wait=told.append).release()

    assert told == []
    assert (root / ".plandoc" / "lock").is_file()


def test_the_lock_file_stays_after_release_and_close(root: Path) -> None:
    backend = open_folder(root)
    inode = (root / ".plandoc" / "lock").stat().st_ino

    commit(backend, NEW)
    backend.close()

    assert (root / ".plandoc" / "lock").stat().st_ino == inode


@pytest.mark.parametrize("kind", ["folder", "symbolic link"])
def test_a_lock_file_that_is_no_plain_file_is_refused_and_left_alone(kind: str, root: Path, tmp_path: Path) -> None:
    lock, target = root / ".plandoc" / "lock", tmp_path / "precious"
    target.write_bytes(b"precious")
    lock.unlink()
    lock.mkdir() if kind == "folder" else lock.symlink_to(target)

    with pytest.raises(StorageError, match=kind) as refusal:
        open_folder(root).begin("start", timeout_seconds=0)

    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert target.read_bytes() == b"precious"
    assert lock.is_dir() if kind == "folder" else lock.is_symlink()


def test_what_the_lock_file_says_is_no_proof_that_anybody_holds_it(root: Path) -> None:
    (root / ".plandoc" / "lock.info.json").write_bytes(b'{"pid": 1, "host": "h", "since": "s", "action": "a"}')

    commit(open_folder(root), NEW)

    assert open_folder(root).view(lambda reading: reading.read(EVENT)) == NEW[EVENT]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_read_only_folder_can_be_read_and_says_so_when_written_to(number: int, root: Path) -> None:
    crashed_after_commit(root)
    before = contents(root)
    backend = open_folder(root, ReadOnlyFiles(number))

    seen = backend.view(read_all)
    with pytest.raises(StorageError) as refusal:
        backend.begin("start", timeout_seconds=0)

    assert seen[EVENT] == NEW[EVENT].rstrip()
    assert refusal.value.errno == number
    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert contents(root) == before


def test_a_file_that_its_owner_made_read_only_is_not_replaced(root: Path) -> None:
    (root / CATALOG).chmod(0o444)
    before = contents(root)

    with pytest.raises(StorageError, match="read-only"):
        commit(open_folder(root), NEW)

    assert contents(root) == before


@pytest.mark.parametrize("how", ["moved", "deleted"])
def test_a_folder_moved_or_deleted_while_open_is_an_error_and_is_not_made_again(
    how: str, root: Path, tmp_path: Path
) -> None:
    backend = open_folder(root)
    commit(backend, NEW)
    transaction = backend.begin("next", timeout_seconds=0)
    root.rename(tmp_path / "elsewhere") if how == "moved" else shutil.rmtree(root)

    with pytest.raises((ConflictError, StorageError)):
        transaction.commit({CATALOG: document(CATALOG, "lost?")})
    transaction.release()
    with pytest.raises(StorageError):
        backend.begin("again", timeout_seconds=0)
    with pytest.raises(StorageError):
        backend.view(read_all)

    assert not root.exists()
    if how == "moved":
        assert open_folder(tmp_path / "elsewhere").view(lambda reading: reading.read(CATALOG)) == NEW[CATALOG]


def test_a_document_changed_by_another_program_during_a_change_is_kept(root: Path) -> None:
    transaction = open_folder(root).begin("first", timeout_seconds=0)
    transaction.read(CATALOG)
    (root / CATALOG).write_bytes(document(CATALOG, "by hand"))

    with pytest.raises(ConflictError, match="changed by another program"):
        transaction.commit(NEW)

    assert (root / CATALOG).read_bytes() == document(CATALOG, "by hand")
    assert not (root / EVENT).exists()
    transaction.release()


def refused_as_damaged(root: Path, match: str) -> None:
    before = contents(root)
    with pytest.raises(DamagedError, match=match):
        open_folder(root).begin("start", timeout_seconds=0)

    assert contents(root) == before


def test_the_journal_of_another_folder_is_refused(root: Path, tmp_path: Path) -> None:
    crashed_after_commit(root)
    journal = root / "journal.jsonl"
    (root / "plandoc.json").write_bytes((root / "plandoc.json").read_bytes().replace(b'"L"', b'"M"'))

    refused_as_damaged(root, "another folder")
    assert journal.read_bytes()


def test_a_journal_with_a_transaction_missing_is_refused(root: Path) -> None:
    backend = open_folder(root)
    for number in range(3):
        commit(backend, {CATALOG: document(CATALOG, str(number))})
    lines = (root / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (root / "journal.jsonl").write_bytes(lines[0] + lines[2])

    refused_as_damaged(root, "wanted transaction 2, found 3")


def test_a_bad_line_with_good_ones_after_it_is_refused(root: Path) -> None:
    backend = open_folder(root)
    for number in range(3):
        commit(backend, {CATALOG: document(CATALOG, str(number))})
    content = (root / "journal.jsonl").read_bytes()
    (root / "journal.jsonl").write_bytes(content.replace(b'"action":"change"', b'"action":"chance"', 1))

    refused_as_damaged(root, "journal.jsonl:1: this line was changed by another program")


@pytest.mark.parametrize("cut", [1, 2, 70, 200])
def test_a_last_line_that_is_cut_off_was_never_committed_and_is_removed(cut: int, root: Path) -> None:
    backend = open_folder(root)
    commit(backend, {CATALOG: document(CATALOG, "whole")})
    whole = (root / "journal.jsonl").read_bytes()
    with (root / "journal.jsonl").open("ab") as journal:
        journal.write(whole[:-cut])

    open_folder(root).begin("start", timeout_seconds=0).release()

    assert (root / "journal.jsonl").read_bytes() == whole


def test_a_document_edited_after_a_crash_is_kept_aside_and_said(root: Path) -> None:
    crashed_after_commit(root)
    edited = document(CATALOG, "edited by hand")
    (root / CATALOG).write_bytes(edited)

    with pytest.warns(RecoveryWarning, match="lost-found"):
        open_folder(root).begin("start", timeout_seconds=0).release()

    assert (root / CATALOG).read_bytes() == NEW[CATALOG]
    assert [path.read_bytes() for path in (root / "lost-found").iterdir()] == [edited]


def what_is_left(root: Path, left: bytes | None) -> None:
    crashed_after_commit(root)
    (root / CATALOG).unlink()
    if left is not None:
        (root / CATALOG).write_bytes(left)


@pytest.mark.parametrize(
    "left", [b"\0" * 90, NEW[CATALOG][:30], NEW[CATALOG][:30] + b"\0" * 9], ids=["only NUL bytes", "cut off", "both"]
)
def test_what_a_lost_write_leaves_is_written_again_without_a_word(left: bytes, root: Path) -> None:
    what_is_left(root, left)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        open_folder(root).begin("start", timeout_seconds=0).release()

    assert (root / CATALOG).read_bytes() == NEW[CATALOG]
    assert not (root / "lost-found").exists()


@pytest.mark.parametrize(
    "left",
    [b"", "saved by an editor".encode("utf-16"), NEW[CATALOG][:30] + b"\0\0" + NEW[CATALOG][32:]],
    ids=["emptied", "UTF-16", "a hole"],
)
def test_what_other_hands_may_have_left_is_kept_and_told_before_it_is_replaced(left: bytes, root: Path) -> None:
    what_is_left(root, left)

    with pytest.warns(RecoveryWarning, match=r"catalog\.json was changed after a crash"):
        open_folder(root).begin("start", timeout_seconds=0).release()

    assert (root / CATALOG).read_bytes() == NEW[CATALOG]
    assert [path.read_bytes() for path in (root / "lost-found").iterdir()] == [left]


def test_a_document_that_was_removed_after_a_crash_is_put_back_with_a_word(root: Path) -> None:
    what_is_left(root, None)

    with pytest.warns(RecoveryWarning, match=r"catalog\.json was removed after a crash; the saved version is back"):
        open_folder(root).begin("start", timeout_seconds=0).release()

    assert (root / CATALOG).read_bytes() == NEW[CATALOG]
