"""What is left of a database after each of three kinds of loss, and a life of it in which they can strike at any moment.

Killed: all that was asked of the system is there. In order: what was asked since the last sync may be missing from its end, the
last write torn. Any: whatever POSIX allows, each change since its sync lost, kept or torn by itself.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from crash_model import Crash, Disk, Tree, _torn, crashes, hash_of, materialise
from lives import everywhere
from recorder import SYNCS, Killed, RecordingFiles

Found = dict[str, Any]


class Life:
    """Everything that is done to the databases in one folder, with what they must hold after each change.

    Args:
        top: Where it is lived; durable when it begins.
        look: Returns what a process finds there that opens it now, and goes on working in it.
    """

    def __init__(self, top: Path, look: Callable[[Path], Found]) -> None:
        top.mkdir(parents=True)
        self.top = top
        self.files = RecordingFiles()
        self._look = look
        self._disk = Disk(top)
        self.expected: list[Found] = []
        self.first = 0

    def begin(self) -> None:
        """Take what is there as durable."""
        self._disk.load()
        self.files.mark("begun", 0)
        self.expected = [self.look()]

    def do(self, act: Callable[[], Any]) -> None:
        """Do one change; when it returns, it is durable."""
        self.files.mark("started", len(self.expected))
        with everywhere(self.files):
            act()
        self.files.mark("acknowledged", len(self.expected))
        self.expected.append(self.look())

    def try_to(self, act: Callable[[], Any], operations: int) -> bool:
        """Do one change, be killed after some operations; return whether it was done before that."""
        self.files.mark("started", len(self.expected))
        self.files.die_after(operations)
        try:
            with everywhere(self.files), suppress(Killed):
                act()
                return True
        finally:
            self.files.die_after(None)
            # It may be there or not; the next one to write decides it.
            self.expected.append(self.look())
        return False

    def look(self) -> Found:
        """Return what a process finds in a copy."""
        copy = self.top.with_name(f"{self.top.name}-looked-at")
        shutil.copytree(self.top, copy)
        try:
            return self._look(copy)
        finally:
            shutil.rmtree(copy)

    def fresh_disk(self) -> Disk:
        """Return the disk as it was when the recording began."""
        disk = Disk(self.top)
        disk.root = self._disk.root.copy()
        return disk

    def violations(self, losses: Iterator[Crash], scratch: Path) -> tuple[int, list[str]]:
        """Return how many states there are, and what is wrong with the first bad ones."""
        known: dict[bytes, Found | str] = {}
        tried, wrong = 0, []
        for crash in losses:
            tried += 1
            key = hash_of(crash.tree)
            if key not in known:
                known[key] = self._found(crash.tree, scratch / "crash")
            allowed = self.expected[max(crash.acknowledged, 0) : crash.started + 1]
            if known[key] not in allowed:
                wrong.append(f"after operation {crash.at}: wanted one of {allowed}, found {known[key]}")
            if len(wrong) >= 3:
                break
        return tried, wrong

    def _found(self, tree: Tree, top: Path) -> Found | str:
        materialise(tree, top)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._look(top)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        finally:
            shutil.rmtree(top)


def killed(life: Life, limit: int) -> Iterator[Crash]:
    """Yield what is there when the process ends after each operation."""
    yield from _in_order(life, limit, with_power=False)


def in_order(life: Life, limit: int) -> Iterator[Crash]:
    """Yield what is there when the power goes, and the disk has kept what it was given in order."""
    yield from _in_order(life, limit, with_power=True)


def _in_order(life: Life, limit: int, *, with_power: bool) -> Iterator[Crash]:
    disk, started, acknowledged = life.fresh_disk(), -1, -1
    # The states that the disk may still be in: those since the last sync.
    states: list[Tree] = [disk.present()]
    for at, operation in enumerate(life.files.log):
        name = operation[0]
        if name in {"started", "acknowledged", "begun"}:
            started = operation[1] if name != "acknowledged" else started
            acknowledged = operation[1] if name != "started" else acknowledged
        else:
            before = disk.present()
            disk.do(operation)
            torn = _torn_states(before, disk.present(), operation)[:limit]
            since = [] if name in SYNCS or not with_power else states
            states = [*since, *torn, disk.present()]
        for tree in states:
            yield Crash(tree, acknowledged, started, at)


def _torn_states(before: Tree, after: Tree, operation: tuple[Any, ...]) -> list[Tree]:
    """Return the states between two in which a write was not finished; none for any other operation."""
    if operation[0] not in {"create", "write_at"}:
        return []
    offset, written = (0, operation[2]) if operation[0] == "create" else operation[2:]
    changed = [name for name in after if after[name] != before.get(name)]
    return [
        {**after, name: part} for name in changed for part in _torn(before.get(name) or b"", offset, written, cuts=2)
    ]


def any_loss(life: Life, limit: int) -> Iterator[Crash]:
    """Yield whatever POSIX allows."""
    return crashes(life.fresh_disk(), life.files.log, limit=limit)


LOSSES = {"killed": killed, "in order": in_order, "any": any_loss}
