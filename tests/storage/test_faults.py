"""Every operation of a commit, and of a recovery, fails in turn: errors tell the truth and nothing is half."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from recorder import (
    CATALOG,
    Fault,
    FaultyFiles,
    QuickFiles,
    after,
    commit,
    contents,
    document,
    make_folder,
    marker_with,
    observe,
    open_folder,
    read_all,
)

from plandoc.errors import LockTimeout, Outcome, StorageError
from plandoc.storage import marker

FIRST, SECOND = "events/1.json", "events/2.json"
BEFORE = {CATALOG: document(CATALOG, "before"), FIRST: document(FIRST, "before")}
CHANGE = {
    CATALOG: document(CATALOG, "changed"),
    FIRST: None,
    SECOND: document(SECOND, "new"),
    marker.NAME: marker_with(3, serial=1),
}
ERRORS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE, errno.EINTR]
MOMENTS = ["before", "half", "after"]
MOST = 400


class Place:
    """A folder in which every trial starts from the same files."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.model = make_folder(top / "model", QuickFiles())
        backend = open_folder(self.model, QuickFiles())
        self.empty = backend.view(read_all)
        commit(backend, BEFORE)
        self.old = backend.view(read_all)
        self.new = after(self.old, CHANGE)
        backend.close()
        self.number = 0

    def fresh(self) -> Path:
        self.number += 1
        return Path(shutil.copytree(self.model, self.top / str(self.number)))


@pytest.fixture
def place(scratch: Path) -> Place:
    return Place(scratch)


def trial(root: Path, fault: Fault | None, **options: Any) -> tuple[FaultyFiles, Any, BaseException | None]:
    """Commit once with a fault; return what happened."""
    files = FaultyFiles()
    backend = open_folder(root, files, **options)
    files.arm(fault)
    caught = None
    try:
        commit(backend, CHANGE)
    except (StorageError, KeyboardInterrupt) as error:
        caught = error
    files.fault = None
    return files, backend, caught


def allowed_after(place: Place, error: BaseException | None) -> list[dict[str, bytes]]:
    if error is None:
        return [place.new]
    outcome = error.outcome if isinstance(error, StorageError) else Outcome.UNKNOWN
    told = {Outcome.NOT_SAVED: [place.old], Outcome.SAVED: [place.new], Outcome.UNKNOWN: [place.old, place.new]}
    return told[outcome]


@pytest.mark.sample(3)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for ever after"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
def test_the_error_of_a_failed_commit_says_what_a_reopened_folder_holds(
    number: int, moment: str, lasting: bool, place: Place
) -> None:
    seen = set()
    for at in range(MOST):
        root = place.fresh()
        files, backend, error = trial(root, Fault(at, moment, number, lasting))
        allowed = allowed_after(place, error)
        held = observe(root)
        if files.failed_at is None:
            break
        seen.add(getattr(error, "outcome", None))

        assert held in allowed, (at, files.failed_at, error)
        assert error is None or isinstance(error, StorageError)
        backend.close()
    else:
        pytest.fail("the trials never came to an end")

    assert {Outcome.NOT_SAVED, Outcome.SAVED} <= seen


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_failed_commit_the_store_or_a_reopened_one_works_again(moment: str, place: Place) -> None:
    for at in range(MOST):
        root = place.fresh()
        files, backend, error = trial(root, Fault(at, moment, errno.EIO), checkpoint_size=10)
        if files.failed_at is None:
            break
        held = backend.view(read_all)
        wanted = after(held, {CATALOG: document(CATALOG, "again")})
        try:
            commit(backend, {CATALOG: document(CATALOG, "again")})
        except StorageError:
            # Only a store whose journal could not be written or synced refuses further work.
            assert error is not None
            backend.close()
            backend = open_folder(root)
            wanted = after(backend.view(read_all), {CATALOG: document(CATALOG, "again")})
            commit(backend, {CATALOG: document(CATALOG, "again")})
        backend.close()

        assert held in allowed_after(place, error), (at, files.failed_at)
        assert observe(root) == wanted, (at, files.failed_at)
        assert not (root / "journal.jsonl").read_bytes()
        assert not list(root.rglob("*.plandoc-tmp"))


@pytest.mark.sample(1)
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupted_commit_is_all_or_nothing_and_lets_the_next_writer_in(moment: str, place: Place) -> None:
    held = []
    for at in range(MOST):
        root = place.fresh()
        files, backend, error = trial(root, Fault(at, moment, KeyboardInterrupt), checkpoint_size=10)
        if files.failed_at is None:
            break
        other = open_folder(root)
        other.begin("next", timeout_seconds=0).release()
        held.append(other.view(read_all))
        other.close()
        commit(backend, {CATALOG: document(CATALOG, "again")})
        backend.close()

        assert isinstance(error, KeyboardInterrupt)
        assert held[-1] in (place.old, place.new), (at, files.failed_at)
        assert observe(root) == after(held[-1], {CATALOG: document(CATALOG, "again")})

    assert place.old in held
    assert place.new in held


def crashed(place: Place) -> Path:
    """A folder whose writer died after the commit and before the second document, with a torn line behind it."""
    for at in range(MOST):
        root = place.fresh()
        files, backend, error = trial(root, Fault(at, "before", errno.EIO))
        if isinstance(error, StorageError) and error.outcome is Outcome.SAVED and files.failed_at == "replace":
            break
    with (root / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"serial": 9, "torn')
    return root


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, KeyboardInterrupt])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_recovery_that_is_cut_off_anywhere_and_run_again_ends_the_same(
    moment: str, error: int | type[BaseException], place: Place
) -> None:
    start = crashed(place)
    wanted = None
    for at in range(MOST):
        root = place.top / f"recovery-{at}"
        shutil.copytree(start, root)
        files = FaultyFiles()
        backend = open_folder(root, files)
        files.arm(Fault(at, moment, error))
        try:
            backend.begin("recover", timeout_seconds=0).release()
        except (StorageError, KeyboardInterrupt, LockTimeout):
            pass
        files.fault = None
        held = observe(root)
        final = contents(root)
        wanted = wanted or final

        assert held == place.new, (at, files.failed_at)
        assert final == wanted, (at, files.failed_at)
        if files.failed_at is None:
            break
    else:
        pytest.fail("the recoveries never came to an end")


def test_a_failed_sync_of_the_journal_stops_the_store_until_it_is_reopened(place: Place) -> None:
    root = place.fresh()
    files = FaultyFiles(("sync_data",))
    backend = open_folder(root, files)
    files.arm(Fault(1, "before", errno.EIO))

    with pytest.raises(StorageError) as first:
        commit(backend, CHANGE)
    with pytest.raises(StorageError) as second:
        commit(backend, CHANGE)

    assert first.value.outcome is Outcome.UNKNOWN
    assert first.value.errno == errno.EIO
    assert "open the folder again" in str(second.value)
    assert files.operations == ["sync_data"] * 2
    backend.close()


def test_a_line_whose_sync_failed_is_nothing_that_another_process_builds_on(place: Place) -> None:
    root = place.fresh()
    files = FaultyFiles(("sync_data",))
    backend = open_folder(root, files)
    files.arm(Fault(1, "before", errno.EIO))
    with pytest.raises(StorageError):
        commit(backend, CHANGE)

    other = open_folder(root)

    assert (root / "journal.jsonl").read_bytes() == b""
    assert other.view(read_all) == place.old
    other.close()
    backend.close()


def test_a_failed_sync_of_a_checkpoint_stops_the_store_and_is_not_tried_again(place: Place) -> None:
    root = place.fresh()
    files = FaultyFiles(("sync_file",))
    backend = open_folder(root, files, checkpoint_size=10)
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(StorageError) as first:
        commit(backend, CHANGE)
    with pytest.raises(StorageError):
        commit(backend, {CATALOG: document(CATALOG, "again")})
    backend.close()

    assert first.value.outcome is Outcome.SAVED
    assert files.operations == ["sync_file"]
    assert (root / "journal.jsonl").read_bytes()
    assert observe(root) == place.new
