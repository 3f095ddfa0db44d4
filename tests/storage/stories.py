"""Stories of a folder that are told again and again, each time with another fault, by a caller who does what errors say."""

from __future__ import annotations

import gc
import os
import shutil
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol

import attrs
from crash_model import hash_of
from lives import everywhere, forget
from looking import Found, look
from recorder import LINEAGE, Fault, Files, KillingFiles, QuickFiles, clock, contents, open_folder
from trust_workloads import a_later_format
from workloads import PLANNED, add_event, change_everything, operated, rename, with_plan

import plandoc
from plandoc.errors import Outcome, PlandocError, RecoveryWarning, StorageError
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.backups.verification import verify_backup
from plandoc.maintenance.repairs.repairing import repair
from plandoc.records import PlanState, Recipe
from plandoc.storage import initialize
from plandoc.store import Store

CHECKPOINT_SIZE = 6000
# So often a caller tries a step before it is clear that something stays wrong.
_TRIES = 3


class Folder:
    """A folder that a process has open, or several; each store is opened when it is first used."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = root
        self.files = files
        self.present: dict[str, Store] = {}

    @property
    def store(self) -> Store:
        """The open store."""
        return self.of("the one")

    def of(self, who: str) -> Store:
        """The store of one of several processes."""
        if who not in self.present:
            backend = open_folder(self.root, self.files, checkpoint_size=CHECKPOINT_SIZE)
            self.present[who] = Store(backend, clock=clock, timeout_seconds=0)
            forget(self.present[who])
        return self.present[who]

    def close(self, who: str = "the one") -> None:
        """Close a store, whether that works or not."""
        store = self.present.pop(who, None)
        if store is not None:
            store.close()

    def create(self) -> None:
        """Make the folder."""
        initialize.create(self.root, store_id=LINEAGE, files=self.files, clock=clock, timeout_seconds=0)


Step = Callable[[Folder], Any]


@attrs.frozen
class Story:
    """What happens to a folder.

    Attributes:
        prepare: Puts there what it begins with.
        steps: Each either done or not, never half.
        makes: A pattern of backups beside the folder that a step makes.
        world: What holds meanwhile, such as another format number.
    """

    prepare: Callable[[Path], Path]
    steps: Sequence[Step]
    makes: str | None = None
    world: Callable[[], AbstractContextManager[object]] = nullcontext


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
        files.arm(Fault(1, "before", 5))
        change_everything(store)
        os._exit(1)
    os.waitpid(child, 0)
    with (root / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"serial": 9, "torn')
    return root


def _with_a_copy(top: Path) -> Path:
    """A folder in which a sync service left a second version of an event, and a crash a file that is half written."""
    root = _a_plan(top)
    event = (root / "events" / "1.json").read_bytes()
    (root / "events" / "1 (conflicted copy).json").write_bytes(event.replace(b"Christmas", b"Xmas"))
    (root / "catalog.json.plandoc-tmp").write_bytes(b"{")
    return root


def _with_a_backup(top: Path) -> Path:
    """A folder that went on since it was backed up."""
    root = _a_plan(top)
    backup(root, top / "kept.zip", clock=clock)
    with plandoc.open_store(root, clock=clock) as store:
        change_everything(store)
    return root


def _repaired(folder: Folder) -> None:
    """Repair until nothing is left to do, as the report of a repair says."""
    while repair(folder.root, clock=clock).remaining:
        continue


def _do(operation: Callable[..., Any], *arguments: Any, **options: Any) -> Step:
    return lambda folder: operation(folder.store, *arguments, **options)


STORIES = {
    "a life": Story(
        _a_plan,
        (
            _do(rename, "Renamed"),
            _do(change_everything),
            _do(operated, plandoc.list_records, Recipe),
            _do(add_event, "Long", notes="long " * 1200),
            _do(rename, "After the checkpoint"),
            Folder.close,
            _do(operated, plandoc.remove_event, 1),
            Folder.close,
        ),
    ),
    "a creation": Story(_nothing, (Folder.create, _do(add_event, "First"), Folder.close)),
    "a recovery": Story(_crashed, (_do(rename, "After the crash"), Folder.close)),
    "a repair": Story(
        _with_a_copy,
        (_repaired, _do(add_event, "After the repair"), Folder.close),
    ),
    "an upgrade": Story(
        _a_plan,
        (_do(add_event, "In the later format"), _do(operated, plandoc.lock_plan, PLANNED), Folder.close),
        world=a_later_format,
    ),
    "a backup": Story(
        _a_plan,
        (
            _do(add_event, "Before"),
            lambda folder: backup(folder.root, folder.root.parent / "made.zip", clock=clock),
            lambda folder: backup(folder.store, folder.root.parent / "made as a folder", clock=clock),
            Folder.close,
        ),
        makes="made*",
    ),
    "a restore": Story(
        _with_a_backup,
        (
            lambda folder: restore(
                folder.root.parent / "kept.zip",
                folder.root,
                replace=True,
                allow_older=True,
                clock=clock,
                timeout_seconds=0,
            ),
            _do(add_event, "After the restore"),
            Folder.close,
        ),
    ),
    "two writers": Story(
        _a_plan,
        (
            lambda folder: rename(folder.of("the one"), "By the one"),
            lambda folder: add_event(folder.of("the other"), "By the other"),
            lambda folder: change_everything(folder.of("the one")),
            lambda folder: folder.close("the other"),
            lambda folder: rename(folder.of("the one"), "By the one again"),
            lambda folder: add_event(folder.of("the other"), "By the other again"),
            lambda folder: folder.close("the one"),
            lambda folder: folder.close("the other"),
        ),
    ),
}


class Fails(Protocol):
    """What lets one call go wrong, once armed."""

    fault: Fault | None
    failed_at: str | None

    def arm(self, fault: Fault | None) -> None:
        """Count from here, and let a call go wrong."""


@attrs.frozen
class State:
    """What stands there between two steps.

    Attributes:
        found: What the folder holds.
        made: The backups that are there, each sound.
    """

    found: Found
    made: tuple[str, ...]


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
        with story.world():
            self.expected = self._expected()
        # What other tests have dropped lets go of its files now, and not in the middle of a story.
        gc.collect()

    def fresh(self) -> Path:
        """Return a new copy of what the story begins with."""
        self.number += 1
        top = self.top / str(self.number)
        shutil.copytree(self.model, top)
        return top

    def _expected(self) -> list[State | None]:
        """Return what is there before the first step and after each, when nothing fails."""
        folder = Folder(self.fresh() / self.place, QuickFiles())
        found = [self._present(folder)]
        for step in self.story.steps:
            step(folder)
            found.append(self._present(folder))
        return found

    def _present(self, folder: Folder) -> State | None:
        """Return what is there, seen in a copy, so that nothing is changed by looking; None without a folder."""
        if not (folder.root / "plandoc.json").exists():
            return None
        copy = self.top / "copy"
        shutil.copytree(folder.root, copy)
        try:
            return State(look(copy, aside=False), self._made(folder))
        finally:
            shutil.rmtree(copy)

    def _made(self, folder: Folder) -> tuple[str, ...]:
        made = sorted(folder.root.parent.glob(self.story.makes)) if self.story.makes else []
        return tuple(path.name for path in made if verify_backup(path) == [])

    def tell(self, fails: Fails, fault: Fault, files: Files | None = None) -> str | None:
        """Tell the story with one fault; return what failed, or None when it came to its end without."""
        top = self.fresh()
        opened = len(os.listdir("/dev/fd"))
        layer = files or fails
        folder = Folder(top / self.place, layer)
        fails.arm(fault)
        with self.story.world(), warnings.catch_warnings():
            # Of a document that cannot be replaced for now, a recovery says so and goes on.
            warnings.simplefilter("ignore", RecoveryWarning)
            with everywhere(layer) if files is None else fails.switched_on():
                self._live(folder, fails)
            fails.fault = None
            told = f"{fault} {fails.failed_at}"
            found = State(look(folder.root, aside=False), self._made(folder))
            assert found == self.expected[-1], told
            assert self._is_clean(folder.root), told
        assert len(os.listdir("/dev/fd")) == opened, f"files left open: {told}"
        shutil.rmtree(top)
        return fails.failed_at

    def _is_clean(self, root: Path) -> bool:
        held = hash_of(dict(contents(root)))
        if held not in self._clean and plandoc.check(root) == []:
            self._clean.add(held)
        return held in self._clean

    def _live(self, folder: Folder, fails: Fails) -> None:
        """Do all steps; mend the fault after a failure, and do what the error says."""
        for number, step in enumerate(self.story.steps):
            for _ in range(_TRIES):
                try:
                    step(folder)
                    break
                except PlandocError as error:
                    assert isinstance(error, StorageError), error
                    place = f"step {number}, {fails.failed_at}: {error!r}"
                    fails.fault = None
                    self._check_told(folder, number, error, place)
                    if self._is_done(folder, number, error):
                        break
            else:
                raise AssertionError(f"the step was never done: {place}")

    def _check_told(self, folder: Folder, number: int, error: StorageError, place: str) -> None:
        before, after = self.expected[number], self.expected[number + 1]
        told = {Outcome.NOT_SAVED: [before], Outcome.SAVED: [after], Outcome.UNKNOWN: [before, after]}
        if before is not None:
            assert self._present(folder) in told[error.outcome], place

    def _is_done(self, folder: Folder, number: int, error: StorageError) -> bool:
        """Whether the step need not be done again, as far as a caller knows by the error; who knows nothing looks."""
        if error.outcome is not Outcome.UNKNOWN:
            return error.outcome is Outcome.SAVED
        for who in list(folder.present):
            folder.close(who)
        return self._present(folder) == self.expected[number + 1]
