"""An interruption comes between any two steps: no lock is left behind, and no session is left open."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import attrs
import pytest
from recorder import LINEAGE, QuickFiles, clock, make_folder, open_folder

import plandoc
from plandoc.errors import LockTimeout, SessionError, StorageError
from plandoc.storage import initialize
from plandoc.storage.backend import Backend
from plandoc.storage.memory import MemoryBackend
from plandoc.store import Store

PACKAGE = Path(plandoc.__file__).parent
GUARD = (str(PACKAGE / "storage"), str(PACKAGE / "store.py"), str(PACKAGE / "sessions.py"), contextlib.__file__)
EVERYTHING = (str(PACKAGE), contextlib.__file__)

Line = tuple[CodeType, int]


class Interruption(BaseException):
    """What a signal raises, at a moment that nobody chose."""


@attrs.define
class Interrupter:
    """Counts the lines that are run, and raises at one of them.

    Attributes:
        watched: How the names of the files begin whose lines count.
        at: Which line, counted from 0; None raises nowhere.
        seen: The lines in the order in which they were run.
    """

    watched: tuple[str, ...]
    at: int | None = None
    seen: list[Line] = attrs.field(factory=list)

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> Any:
        # Python itself swallows what is raised while it takes an object away.
        if not frame.f_code.co_filename.startswith(self.watched) or frame.f_code.co_name == "__del__":
            return None
        if event in ("call", "line"):
            self.seen.append((frame.f_code, frame.f_lineno))
            if len(self.seen) - 1 == self.at:
                raise Interruption
        return self

    def run(self, act: Callable[[], object]) -> None:
        before = sys.gettrace()
        sys.settrace(self)
        try:
            act()
        finally:
            sys.settrace(before)


def moments(act: Callable[[], object], watched: tuple[str, ...]) -> list[int]:
    """The last time that each line is run; where everything is watched, the first time, too."""
    interrupter = Interrupter(watched)
    interrupter.run(act)
    seen = list(enumerate(interrupter.seen))
    first, last = ({line: number for number, line in order} for order in (reversed(seen), seen))
    return sorted({*last.values(), *(first.values() if watched is EVERYTHING else ())})


def interrupted(act: Callable[[], object], watched: tuple[str, ...], at: int) -> Line | None:
    """Interrupt and return where that was; None where it was over before, as a wait can be."""
    interrupter = Interrupter(watched, at)
    with suppress(Interruption):
        interrupter.run(act)
    return interrupter.seen[at] if at < len(interrupter.seen) else None


def change(store: Store) -> None:
    with store.session("change") as session:
        session.add(plandoc.Ingredient("Rye"))


def change_in_vain(store: Store) -> None:
    with suppress(plandoc.NotFoundError), store.session("change") as session:
        session.get(plandoc.Recipe, 7)


def read(store: Store) -> None:
    store.read(lambda session: session.find(plandoc.Ingredient))


def read_what_is_damaged(store: Store) -> None:
    journal = Path(store.location) / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(b"{}" + whole)
    try:
        with suppress(plandoc.errors.DamagedError):
            read(store)
    finally:
        journal.write_bytes(whole)


def wait_in_vain(store: Store) -> None:
    with suppress(LockTimeout), store.session("wait", timeout_seconds=0.002):
        pass


def has_nobody_in_the_way(backend: Backend) -> bool:
    """Whether the lock can be had without a wait, also by one who would let others go first."""
    told: list[str] = []
    with suppress(LockTimeout):
        backend.begin("look", timeout_seconds=0.001, on_wait=told.append).release()
    return told == []


def can_go_on(store: Store) -> bool:
    """Whether the store can write, or says that it wants to be opened anew."""
    try:
        change(store)
    except (SessionError, StorageError) as error:
        return "open it again" in str(error) or "open the folder again" in str(error)
    except LockTimeout:
        return False
    return True


class Folders:
    """A fresh store on a fresh copy of one folder for every trial."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.count = 0
        self.model = make_folder(place / "model", QuickFiles())
        store = Store(open_folder(self.model, QuickFiles()), clock=clock)
        change(store)
        store.close()

    def store(self) -> Store:
        self.count += 1
        root = self.place / str(self.count)
        shutil.copytree(self.model, root)
        return Store(open_folder(root, QuickFiles()), clock=clock, timeout_seconds=0)

    def leaves(self, act: Callable[[Store], object], watched: tuple[str, ...], at: int) -> Line | None:
        """Interrupt once; return where that was if something was left behind."""
        store = self.store()
        if act is not change:
            change(store)
        line = interrupted(lambda: act(store), watched, at)
        other = open_folder(Path(store.location), QuickFiles())
        sound = has_nobody_in_the_way(other) and can_go_on(store)
        other.close()
        store.close()
        shutil.rmtree(store.location)
        return None if sound else line


def left_behind(folders: Folders, act: Callable[[Store], object], watched: tuple[str, ...]) -> Iterator[Line | None]:
    store = folders.store()
    if act is not change:
        change(store)
    for at in moments(lambda: act(store), watched):
        yield folders.leaves(act, watched, at)
    store.close()


ACTS = [change, change_in_vain, read, read_what_is_damaged, Store.close]


@pytest.mark.proof
@pytest.mark.parametrize("act", ACTS)
def test_an_interruption_at_any_line_leaves_neither_a_lock_nor_a_session(act, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("plandoc.storage.journal_reader._TRIES", 2)
    tried = list(left_behind(Folders(tmp_path), act, GUARD))

    assert len(tried) > 150
    assert [line for line in tried if line] == []


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
def test_nor_does_one_at_any_line_of_the_whole_package(act, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("plandoc.storage.journal_reader._TRIES", 2)
    tried = list(left_behind(Folders(tmp_path), act, EVERYTHING))

    assert len(tried) > 300
    assert [line for line in tried if line] == []


@pytest.mark.proof
def test_an_interruption_of_one_who_waits_leaves_no_place_in_the_line(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    tried = []
    store = folders.store()
    holder = open_folder(Path(store.location), QuickFiles())
    held = holder.begin("hold", timeout_seconds=0)
    for at in moments(lambda: wait_in_vain(store), GUARD):
        line = interrupted(lambda: wait_in_vain(store), GUARD, at)
        held.release()
        sound = has_nobody_in_the_way(holder) and can_go_on(store)
        tried.append(None if sound else line)
        held = holder.begin("hold", timeout_seconds=0)
    held.release()

    assert len(tried) > 150
    assert [line for line in tried if line] == []
    store.close()
    holder.close()


def test_an_interruption_of_a_session_in_memory_leaves_no_lock(tmp_path: Path) -> None:
    tried = []
    with Store(MemoryBackend(LINEAGE), clock=clock) as model:
        present = list(moments(lambda: change(model), GUARD))
    for at in present:
        store = Store(MemoryBackend(LINEAGE), clock=clock, timeout_seconds=0)
        line = interrupted(lambda: change(store), GUARD, at)
        tried.append(None if can_go_on(store) else line)
        store.close()

    assert len(tried) > 100
    assert [line for line in tried if line] == []


@pytest.mark.proof
def test_an_interruption_while_a_folder_is_made_leaves_one_that_can_be_finished_at_once(tmp_path: Path) -> None:
    def make(root: Path) -> None:
        initialize.create(root, store_id=LINEAGE, files=QuickFiles(), clock=clock, timeout_seconds=0)

    tried = []
    for number, at in enumerate(moments(lambda: make(tmp_path / "model"), GUARD)):
        root = tmp_path / f"{number}"
        line = interrupted(lambda: make(root), GUARD, at)
        try:
            make(root)
        except LockTimeout:
            tried.append(line)
        else:
            tried.append(None)

    assert len(tried) > 150
    assert [line for line in tried if line] == []
