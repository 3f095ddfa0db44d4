"""Backup and restore, killed or without power at every operation: what was there, or all of the new; never a part."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from crash_model import Disk, crashes, materialise
from recorder import CHANGES, SYNCS, DyingFiles, Fault, FaultyFiles, Killed, RecordingFiles

import plandoc
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.backups.verification import verify_backup
from tests.conftest import MOMENT
from tests.trust.backing import documents_of as all_bytes_of
from tests.trust.backing import fill

EMPTY: dict[str, bytes] = {}


def clock():
    return MOMENT


def documents_of(folder):
    """The documents of a folder; a lost newline at the end of one counts as nothing lost."""
    return {name: content.rstrip() for name, content in all_bytes_of(folder).items()}


@attrs.frozen
class Work:
    """Something that is done in a place, and what the place may hold when it was cut off.

    Attributes:
        do: The work, over a layer of files.
        result: What it makes: a backup, or the documents of a folder.
        before: What stands in a place in which nothing was done yet.
    """

    do: Callable[[Path, object], object]
    result: str
    before: str


def restored(**options):
    return lambda top, files: restore(top / "b.zip", top / "target", clock=clock, files=files, **options)


WORK = {
    "backup into an archive": Work(
        lambda top, files: backup(top / "data", top / "x.zip", files=files), "x.zip", "data"
    ),
    "backup into a folder": Work(lambda top, files: backup(top / "data", top / "x", files=files), "x", "data"),
    "backup that rotates": Work(
        lambda top, files: backup(top / "data", top / "kept", 1, clock=clock, files=files),
        "kept/plandoc-20260128T032547Z.zip",
        "rotation",
    ),
    "restore into a new folder": Work(restored(), "target", "data"),
    "restore into an empty folder": Work(restored(), "target", "empty"),
    "restore over an older moment": Work(restored(replace=True, allow_older=True), "target", "worked"),
    "restore over another folder": Work(restored(replace=True, allow_other_folder=True), "target", "foreign"),
    "restore over a damaged folder": Work(restored(replace=True), "target", "damaged"),
}


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """Give a copy of a place, by what stands in it."""
    root = tmp_path_factory.mktemp("places")
    base = root / "data"
    with plandoc.open_store(base / "data", create=True, clock=clock) as store:
        fill(store)
    backup(base / "data", base / "b.zip", clock=clock)
    variants = ("empty", "worked", "foreign", "damaged", "rotation")
    for name in variants:
        shutil.copytree(base, root / name)
    (root / "empty" / "target").mkdir()
    for name in ("worked", "damaged"):
        shutil.copytree(base / "data", root / name / "target")
    with plandoc.open_store(root / "worked" / "target") as store, store.session("add") as session:
        session.add(plandoc.Event("Later", MOMENT.date()))
    with plandoc.open_store(root / "foreign" / "target", create=True) as store, store.session("add") as session:
        session.add(plandoc.Event("Foreign", MOMENT.date()))
    (root / "damaged" / "target" / "plandoc.json").write_bytes(b"{")
    (root / "damaged" / "target" / "events" / "1.json").write_bytes(b"\0" * 9)
    (root / "rotation" / "kept").mkdir()
    shutil.copy(base / "b.zip", root / "rotation" / "kept" / "plandoc-20200101T000000Z.zip")

    def copy(name, to):
        shutil.copytree(root / name, to)
        return to

    return copy


@pytest.fixture
def scratch(tmp_path):
    """A folder for many short-lived files; in memory where the system has such a place, for speed alone."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="plandoc-tests-") as folder:
        yield Path(folder)


def held(top, work):
    """What a place holds of the result of some work: None for nothing, the documents of a folder, or of a backup."""
    path = top / work.result
    if work.do.__name__ != "<lambda>" or not path.exists():
        return None
    if work.result != "target":
        return verify_backup(path)
    if not (path / "plandoc.json").exists() and not (path / "journal.jsonl").exists():
        return EMPTY
    with plandoc.open_store(path) as store, store.session("look"):
        pass
    return documents_of(path)


def outcomes(work, place, scratch):
    """What a place may hold before the work and after it."""
    if work.result != "target":
        return [None, []]
    top = place(work.before, scratch / "outcomes")
    before = None if not (top / "target").exists() else documents_of(top / "target")
    return [before, documents_of(top / "data")]


class Dying(DyingFiles):
    """As `DyingFiles`, without waiting for the disk."""

    def step(self, name, act, arguments, options):
        return super().step(name, (lambda *_: None) if name in SYNCS else act, arguments, options)


def wrong_after(work, top, allowed, what):
    """What is wrong with a place after the work was cut off, or after it was done again."""
    try:
        found = held_or_damaged(work, top)
        if found not in allowed:
            return f"{what}: {found!r}"[:500]
        if work.result == "target" and found and work.before != "damaged" and plandoc.check(top / "target"):
            return f"{what}: {plandoc.check(top / 'target')}"
        if work.result == "target":
            restore(top / "b.zip", top / "target", replace=True, allow_other_folder=True, allow_older=True)
            if documents_of(top / "target") != allowed[-1]:
                return f"{what}: once more did not help"
        if documents_of(top / "data") != documents_of_source(top):
            return f"{what}: the source was changed"
    except plandoc.PlandocError as error:
        return f"{what}: {type(error).__name__}: {error}"
    return None


def held_or_damaged(work, top):
    try:
        return held(top, work)
    except plandoc.errors.DamagedError:
        if work.before != "damaged":
            raise
        return documents_of(top / "target")


def documents_of_source(top):
    documents = open_backup(top / "b.zip").documents
    return {name: content.rstrip() for name, content in documents.items() if name != "plandoc.json"}


def operations_of(work, place, scratch):
    """The operations that some work takes, in order."""
    top = place(work.before, scratch / "counted")
    files = Dying()
    work.do(top, files)
    return files.operations


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", WORK)
def test_killed_at_any_operation_it_leaves_what_was_there_or_all_of_the_new(name, place, scratch):
    work = WORK[name]
    allowed = outcomes(work, place, scratch)
    wrong, tried = [], 0
    for number, operation in enumerate(operations_of(work, place, scratch)):
        # To die at a look is to die after the change before it.
        for moment in ("half", "after") if operation in {"create", "write_at"} else ("after",) * (operation in CHANGES):
            tried += 1
            top = place(work.before, scratch / f"{number}-{moment}")
            files = Dying()
            files.arm(Fault(number, moment, errno.EIO))
            with pytest.raises(Killed):
                work.do(top, files)
            problem = wrong_after(work, top, allowed, f"{number} {moment} {operation}")
            wrong += [problem] if problem else []
            shutil.rmtree(top)

    assert wrong == []
    assert tried >= 5


def wrong_after_refusal(work, top, allowed, outcome, at):
    """What is wrong with a place after an operation failed and the caller was told of an outcome."""
    found = held_or_damaged(work, top)
    possible = {plandoc.errors.Outcome.NOT_SAVED: allowed[:1], plandoc.errors.Outcome.UNKNOWN: allowed}.get(
        outcome, allowed[1:]
    )
    if found not in possible:
        return f"{at}: told {outcome}, found {found!r}"[:500]
    left = [path.name for path in top.iterdir() if path.name.endswith(".tmp")]
    return f"{at}: left {left}" if left and "remove" not in at else None


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("error", [errno.EIO, pytest.param(errno.ENOSPC, marks=pytest.mark.slow)])
def test_a_failing_operation_is_told_truly_and_leaves_no_part(name, place, scratch, error):
    work = WORK[name]
    allowed = outcomes(work, place, scratch)
    operations = operations_of(work, place, scratch)
    wrong = []
    for number, operation in enumerate(operations):
        top = place(work.before, scratch / str(number))
        files = FaultyFiles()
        files.arm(Fault(number, "before", error))
        outcome = None
        try:
            work.do(top, files)
        except plandoc.StorageError as refused:
            outcome = refused.outcome
        problem = wrong_after_refusal(work, top, allowed, outcome, f"{number} {operation}")
        wrong += [problem] if problem else []
        shutil.rmtree(top)

    assert wrong == []
    assert len(operations) > 10


def power_cuts(work, place, scratch, limit):
    """Cut the power after every operation; return how many states there were and what is wrong."""
    allowed = outcomes(work, place, scratch)
    top = place(work.before, scratch / "top")
    disk = Disk(top)
    disk.load()
    files = RecordingFiles()
    files.mark("acknowledged", 0)
    work.do(top, files)
    files.mark("acknowledged", 1)
    tried, wrong = 0, []
    for crash in crashes(disk, files.log, limit=limit):
        tried += 1
        again = scratch / str(tried)
        materialise(crash.tree, again)
        problem = wrong_after(work, again, allowed[crash.acknowledged :], f"after {crash.at}")
        wrong += [problem] if problem else []
        shutil.rmtree(again)
    return tried, wrong


# A file that was lost looks like one that somebody emptied: it is kept aside, and that is said.
@pytest.mark.sample(1)
@pytest.mark.filterwarnings("ignore::plandoc.errors.RecoveryWarning")
@pytest.mark.parametrize("name", WORK)
def test_a_power_cut_leaves_what_was_there_or_all_of_the_new(name, place, scratch):
    tried, wrong = power_cuts(WORK[name], place, scratch, limit=6)

    assert wrong == []
    assert tried > 5


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::plandoc.errors.RecoveryWarning")
@pytest.mark.parametrize("name", WORK)
def test_the_same_holds_for_many_more_power_cuts(name, place, scratch):
    tried, wrong = power_cuts(WORK[name], place, scratch, limit=200)

    assert wrong == []
    assert tried > 5


@pytest.mark.sample(1)
@pytest.mark.parametrize("left_out", ["sync_file", "sync_folder"])
@pytest.mark.parametrize("name", ["backup into an archive", "backup into a folder", "restore into a new folder"])
def test_one_kind_of_sync_left_out_is_found_out(name, left_out, place, scratch, monkeypatch):
    record = RecordingFiles._record

    def without(self, operation, arguments, result):
        if operation != left_out:
            record(self, operation, arguments, result)

    monkeypatch.setattr(RecordingFiles, "_record", without)
    _, wrong = power_cuts(WORK[name], place, scratch, limit=6)

    assert wrong != []
