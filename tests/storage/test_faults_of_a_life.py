"""Every call to the file system in the life of a folder fails in turn: nothing acknowledged is lost, and work goes on."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest
from crash_model import hash_of
from lives import everywhere, forget
from recorder import (
    LINEAGE,
    SYNCS,
    Fault,
    FaultyFiles,
    Files,
    KillingFiles,
    QuickFiles,
    clock,
    contents,
    observe,
    open_folder,
)
from workloads import add_event, change_everything, operated, rename, with_plan

import plandoc
from plandoc.errors import Outcome, PlandocError, StorageError
from plandoc.records import PlanState, Recipe
from plandoc.storage import creation
from plandoc.store import Store

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EINTR, errno.EMFILE)
MOMENTS = ("before", "half", "after")
CHECKPOINT_SIZE = 6000
MOST = 2000


class Folder:
    """A folder that one process after the other opens; the file layer fails once, or for a while."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = root
        self.files = files
        self.present: Store | None = None

    @property
    def store(self) -> Store:
        """The open store; opened when there is none."""
        if self.present is None:
            backend = open_folder(self.root, self.files, checkpoint_size=CHECKPOINT_SIZE)
            self.present = Store(backend, clock=clock, timeout_seconds=0)
            forget(self.present)
        return self.present

    def close(self) -> None:
        store, self.present = self.present, None
        if store is not None:
            store.close()

    def create(self) -> None:
        creation.create(self.root, lineage=LINEAGE, files=self.files, clock=clock, timeout_seconds=0)


Step = Callable[[Folder], Any]


@attrs.frozen
class Story:
    """What happens to a folder.

    Attributes:
        prepare: Puts there what it begins with.
        steps: Each either done or not, never half.
    """

    prepare: Callable[[Path], Path]
    steps: Sequence[Step]


def _a_plan(top: Path) -> Path:
    return with_plan(top, PlanState.DRAFT).root


def _nothing(top: Path) -> Path:
    top.mkdir()
    return top / "below" / "data"


def _crashed(top: Path) -> Path:
    """A folder whose writer died before it replaced its second document, with a torn line behind it."""
    root = _a_plan(top)
    child = os.fork()
    if not child:
        files = KillingFiles(("replace",))
        store = Store(open_folder(root, files), clock=clock)
        files.arm(Fault(1, "before", errno.EIO))
        change_everything(store)
        os._exit(1)
    os.waitpid(child, 0)
    with (root / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"serial": 9, "torn')
    return root


STORIES = {
    "a life": Story(
        _a_plan,
        (
            lambda folder: rename(folder.store, "Renamed"),
            lambda folder: change_everything(folder.store),
            lambda folder: operated(folder.store, plandoc.list_records, Recipe),
            lambda folder: add_event(folder.store, "Long", notes="long " * 1200),
            lambda folder: rename(folder.store, "After the checkpoint"),
            Folder.close,
            lambda folder: operated(folder.store, plandoc.remove_event, 1),
            Folder.close,
        ),
    ),
    "a creation": Story(_nothing, (Folder.create, lambda folder: add_event(folder.store, "First"), Folder.close)),
    "a recovery": Story(_crashed, (lambda folder: rename(folder.store, "After the crash"), Folder.close)),
}


class Sweep:
    """Tells one story again and again, each time with another fault."""

    def __init__(self, story: Story, top: Path) -> None:
        self.story = story
        self.top = top
        self.model = top / "model"
        root = story.prepare(self.model)
        self.place = root.relative_to(self.model)
        self.number = 0
        self._clean: set[bytes] = set()
        self.expected = self._expected()

    def fresh(self) -> Path:
        self.number += 1
        top = self.top / str(self.number)
        shutil.copytree(self.model, top)
        return top

    def _expected(self) -> list[dict[str, bytes] | None]:
        """Return what the folder holds before the first step and after each, when nothing fails."""
        top = self.fresh()
        folder = Folder(top / self.place, QuickFiles())
        found = [self._seen_in_copy(folder)]
        for step in self.story.steps:
            step(folder)
            found.append(self._seen_in_copy(folder))
        return found

    def _seen_in_copy(self, folder: Folder) -> dict[str, bytes] | None:
        copy = self.top / "copy"
        if not (folder.root / "plandoc.json").exists():
            return None
        shutil.copytree(folder.root, copy)
        try:
            return observe(copy)
        finally:
            shutil.rmtree(copy)

    def tell(self, files: FaultyFiles, fault: Fault) -> str | None:
        """Tell the story with one fault; return what failed, or None when it came to its end without."""
        top = self.fresh()
        opened = len(os.listdir("/dev/fd"))
        folder = Folder(top / self.place, files)
        files.arm(fault)
        with everywhere(files):
            self._live(folder, files)
        files.fault = None

        assert observe(folder.root) == self.expected[-1], (fault, files.failed_at)
        assert self._is_clean(folder.root), (fault, files.failed_at)
        assert len(os.listdir("/dev/fd")) == opened, f"files left open: {fault} {files.failed_at}"
        shutil.rmtree(top)
        return files.failed_at

    def _is_clean(self, root: Path) -> bool:
        held = hash_of(dict(contents(root)))
        if held not in self._clean and plandoc.check(root) == []:
            self._clean.add(held)
        return held in self._clean

    def _live(self, folder: Folder, files: FaultyFiles) -> None:
        """Do all steps; after a failure look what it left, mend the fault and go on from there."""
        for number, step in enumerate(self.story.steps):
            try:
                step(folder)
            except PlandocError as error:
                assert isinstance(error, StorageError), error
                place = f"step {number}, {files.failed_at}: {error}"
                files.fault = None
                if not self._is_saved(folder, number, error, place):
                    self._again(folder, step, place)

    def _is_saved(self, folder: Folder, number: int, error: StorageError, place: str) -> bool:
        before, after = self.expected[number], self.expected[number + 1]
        told = {Outcome.NOT_SAVED: [before], Outcome.SAVED: [after], Outcome.UNKNOWN: [before, after]}
        held = self._seen_in_copy(folder)
        if before is not None:
            assert held in told[error.outcome], place
        return held == after

    def _again(self, folder: Folder, step: Step, place: str) -> None:
        """Do a step that failed once more, in the same store if it says nothing else."""
        try:
            step(folder)
        except StorageError as error:
            assert "open the folder again" in str(error), place
            with_error, folder.present = folder.present, None
            if with_error is not None:
                with_error.close()
            step(folder)


@pytest.mark.parametrize("name", STORIES)
def test_whatever_call_fails_nothing_acknowledged_is_lost_and_work_goes_on(name: str, scratch: Path) -> None:
    sweep = Sweep(STORIES[name], scratch)
    told = 0
    while sweep.tell(FaultyFiles(), Fault(told, MOMENTS[told % 3], ERRORS[told % 5])) is not None:
        told += 1

    assert 40 < told < MOST


@pytest.mark.parametrize("name", STORIES)
def test_whichever_sync_fails_once_nothing_acknowledged_is_lost(name: str, scratch: Path) -> None:
    sweep = Sweep(STORIES[name], scratch)
    told = 0
    while sweep.tell(FaultyFiles(SYNCS), Fault(told, "before", ERRORS[told % 2])) is not None:
        told += 1

    assert 5 < told < MOST


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "until it is mended"])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", STORIES)
def test_the_same_holds_for_every_error_at_every_call(
    name: str, error: int, moment: str, lasting: bool, scratch: Path
) -> None:
    sweep = Sweep(STORIES[name], scratch)
    told = 0
    while sweep.tell(FaultyFiles(), Fault(told, moment, error, lasting)) is not None:
        told += 1

    assert 40 < told < MOST
