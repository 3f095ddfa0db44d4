"""Power cuts: whatever POSIX allows the disk to hold, every acknowledged transaction is there, whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crash_model import Crash, Disk, crashes, materialise
from recorder import (
    CATALOG,
    Changes,
    QuickFiles,
    RecordingFiles,
    WithoutCheckpointSync,
    WithoutDataSync,
    WithoutFileSync,
    WithoutFolderSync,
    after,
    clock,
    commit,
    document,
    make_folder,
    marker_with,
    observe,
    open_folder,
    read_all,
)

from plandoc.storage import creation, marker

CHECKPOINT_SIZE = 2500
FIRST, SECOND, THIRD = (f"events/{number}.json" for number in (1, 2, 3))

WORK: tuple[Changes, ...] = (
    {CATALOG: document(CATALOG, "one document")},
    {FIRST: document(FIRST, "the first event"), marker.NAME: marker_with(2)},
    {CATALOG: document(CATALOG, "three"), FIRST: document(FIRST, "three"), SECOND: document(SECOND, "three")},
    {FIRST: None, SECOND: document(SECOND, "the first is gone")},
    {SECOND: document(SECOND, "long " * 300), CATALOG: document(CATALOG, "folded in now")},
    {FIRST: document(FIRST, "the first is back"), SECOND: document(SECOND, "short again")},
)
LATER_WORK: tuple[Changes, ...] = (
    {CATALOG: document(CATALOG, "opened again")},
    {THIRD: document(THIRD, "a third"), CATALOG: document(CATALOG, "with a third"), FIRST: None},
)

Expected = list[dict[str, bytes]]


class Recording:
    """A workload that was done in a folder, its log, and what each of its transactions should have left."""

    def __init__(self, top: Path, files: RecordingFiles) -> None:
        top.mkdir()
        self.top = top
        self.root = top / "data"
        self.files = files
        self.disk = Disk(top)
        self.expected: Expected = []

    def create(self) -> None:
        self.files.mark("started", 0)
        make_folder(self.root, self.files)
        self.files.mark("acknowledged", 0)
        self.expected = [open_folder(self.root).view(read_all)]

    def take_over(self) -> None:
        """Start from what stands in the folder."""
        self.disk.load()
        self.files.mark("started", 0)
        self.files.mark("acknowledged", 0)
        self.expected = [open_folder(self.root).view(read_all)]

    def work(self, work: tuple[Changes, ...], *, close: bool) -> None:
        backend = open_folder(self.root, self.files, checkpoint_size=CHECKPOINT_SIZE)
        for changes in work:
            self.expected.append(after(self.expected[-1], changes))
            self.files.mark("started", len(self.expected) - 1)
            commit(backend, changes)
            self.files.mark("acknowledged", len(self.expected) - 1)
        if close:
            backend.close()

    def crashes(self, limit: int) -> Iterator[Crash]:
        return crashes(self.disk, self.files.log, limit=limit)


def a_life(top: Path, files: RecordingFiles) -> Recording:
    """Creation, work with a checkpoint in it, close, open again, more work."""
    recording = Recording(top, files)
    recording.create()
    recording.work(WORK, close=True)
    recording.work(LATER_WORK, close=False)
    return recording


def a_clone(top: Path, files: RecordingFiles) -> Recording:
    """A folder as git gives it back, without the empty journal and the empty folder."""
    recording = Recording(top, files)
    make_folder(recording.root)
    (recording.root / "journal.jsonl").unlink()
    (recording.root / "events").rmdir()
    recording.take_over()
    recording.work(WORK[1:3], close=False)
    return recording


def a_journal_made_by_another(top: Path, files: RecordingFiles) -> Recording:
    """As `a_clone`, but who made the journal file left without a word."""
    recording = Recording(top, files)
    make_folder(recording.root)
    (recording.root / "journal.jsonl").unlink()
    recording.take_over()
    open_folder(recording.root, files).begin("look", timeout_seconds=0).release()
    recording.work(WORK[1:3], close=False)
    return recording


def violation(recording: Recording, crash: Crash, top: Path) -> str | None:
    """What is wrong with one crash state, or None."""
    materialise(crash.tree, top)
    root = top / "data"
    try:
        if crash.acknowledged < 0:
            creation.create(root, lineage="L", files=QuickFiles(), clock=clock, timeout_seconds=0)
        found = observe(root)
    except Exception as error:
        return f"after operation {crash.at}: {type(error).__name__}: {error}"
    allowed = recording.expected[max(crash.acknowledged, 0) : crash.started + 1]
    if found not in allowed:
        return f"after operation {crash.at}: wanted transaction {crash.acknowledged} to {crash.started}, found {found}"
    return None


def violations(recording: Recording, scratch: Path, *, limit: int, enough: int = 5) -> tuple[int, list[str]]:
    """Look at every crash state; return how many there were and what is wrong with the first bad ones."""
    tried, wrong = 0, []
    for number, crash in enumerate(recording.crashes(limit)):
        tried = number + 1
        top = scratch / str(number)
        found = violation(recording, crash, top)
        shutil.rmtree(top)
        if found is not None:
            wrong.append(found)
            if len(wrong) >= enough:
                break
    return tried, wrong


LIVES = [a_life, a_clone, a_journal_made_by_another]


@pytest.mark.parametrize("live", LIVES)
def test_after_a_power_cut_every_acknowledged_transaction_is_there_and_none_is_half(
    live: Callable[[Path, RecordingFiles], Recording], scratch: Path
) -> None:
    recording = live(scratch / "top", RecordingFiles())

    tried, wrong = violations(recording, scratch / "crashes", limit=110)

    assert wrong == []
    assert tried > 500


@pytest.mark.slow
@pytest.mark.parametrize("live", LIVES)
def test_the_same_holds_for_many_more_states(live: Callable[[Path, RecordingFiles], Recording], scratch: Path) -> None:
    recording = live(scratch / "top", RecordingFiles())

    tried, wrong = violations(recording, scratch / "crashes", limit=600)

    assert wrong == []
    assert tried > 1000


BLIND = [WithoutDataSync, WithoutFileSync, WithoutFolderSync, WithoutCheckpointSync]


@pytest.mark.parametrize("blind", BLIND)
def test_a_store_that_leaves_out_a_sync_is_found_out(blind: type[RecordingFiles], scratch: Path) -> None:
    recording = a_life(scratch / "top", blind())

    _, wrong = violations(recording, scratch / "crashes", limit=60, enough=1)

    assert len(wrong) == 1


def recovery_of(top: Path) -> tuple[dict[str, bytes], Disk, RecordingFiles]:
    """Recover a crashed folder and go on with it, recording; return what it held, and the disk before."""
    disk = Disk(top)
    disk.load()
    files = RecordingFiles()
    backend = open_folder(top / "data", files)
    held = backend.view(read_all)
    backend.begin("recover", timeout_seconds=0).release()
    backend.close()
    return held, disk, files


def second_violations(recording: Recording, scratch: Path, *, limit: int, every: int) -> tuple[int, list[str]]:
    """Cut the power in every n-th recovery too."""
    tried, wrong = 0, []
    for number, crash in enumerate(recording.crashes(limit)):
        if number % every or crash.acknowledged < 0:
            continue
        top = scratch / str(number)
        materialise(crash.tree, top)
        held, disk, files = recovery_of(top)
        again = Recording.__new__(Recording)
        again.expected = [held]
        for second in crashes(disk, [("started", 0), ("acknowledged", 0), *files.log], limit=limit):
            tried += 1
            found = violation(again, second, scratch / f"{number}-{tried}")
            wrong += [f"{crash.at}: {found}"] if found else []
    return tried, wrong


def test_a_power_cut_during_the_recovery_changes_nothing_of_what_is_recovered(scratch: Path) -> None:
    recording = a_life(scratch / "top", RecordingFiles())

    tried, wrong = second_violations(recording, scratch / "crashes", limit=16, every=10)

    assert wrong == []
    assert tried > 100


@pytest.mark.slow
def test_the_same_holds_for_many_more_recoveries(scratch: Path) -> None:
    recording = a_life(scratch / "top", RecordingFiles())

    tried, wrong = second_violations(recording, scratch / "crashes", limit=40, every=3)

    assert wrong == []
    assert tried > 1000
