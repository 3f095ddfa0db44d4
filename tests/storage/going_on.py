"""One process ends, by a kill or a power cut, and the next one goes on with what it left: a life of its own."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crash_model import Crash, Tree, materialise
from lives import Life, everywhere
from looking import documents_in
from proofs import histories_of
from recorder import LINEAGE, clock, open_folder, read_with_serial
from workloads import add_event, add_ingredient

from plandoc.errors import RecoveryWarning
from plandoc.maintenance.repairs import repair
from plandoc.storage import initialize
from plandoc.storage.files import Files

Operation = tuple[Any, ...]


class Unexpected(AssertionError):
    """What the next process found is not what was there before."""


def reads(life: Life) -> None:
    """Look without the lock: what was shown must not be taken back."""
    if _is_known(life):
        with everywhere(life.files):
            held = open_folder(life.root, life.files).view(read_with_serial)
        if not life.is_edited and documents_in(held) != documents_in(life.expected[-1].held):
            raise Unexpected(f"a reader saw {held}")
        life.files.mark("acknowledged", len(life.expected) - 1)


def looks_and_closes(life: Life) -> None:
    """Take the lock, recover, change nothing and close."""
    _make(life)
    with everywhere(life.files), warnings.catch_warnings():
        warnings.simplefilter("ignore" if life.is_edited or life.may_warn else "error", RecoveryWarning)
        backend = open_folder(life.root, life.files)
        backend.begin("look", timeout_seconds=0).release()
    if _is_known(life):
        life.files.mark("acknowledged", len(life.expected) - 1)
        life.do(backend.close)


def commits_and_closes(life: Life) -> None:
    """Recover within the first change, make one more, and close."""
    _make(life)
    store = life.open()
    # The marker is no part of the first one: it cannot be had from that line.
    life.do(lambda: add_ingredient(store, "Went on"))
    # Where something is wrong with an event, nobody can add another one.
    if life.clean_from == 0:
        life.do(lambda: add_event(store, "Went on"))
    life.do(store.close)


def repairs_again(life: Life) -> None:
    """Repair what a repair left that was killed."""
    life.do(lambda: repair(life.root, clock=clock))


def _is_known(life: Life) -> bool:
    """Whether somebody was told that there is a folder; else it holds nothing yet that could be missed."""
    acknowledged, _ = _told(life.files.log)
    return acknowledged >= 0 and bool(life.expected[acknowledged].held)


def _make(life: Life) -> None:
    if not initialize.is_initialized(life.root, Files()):
        initialize.create(life.root, store_id=LINEAGE, files=life.files, clock=clock, timeout_seconds=0)
        life.files.mark("acknowledged", 0)


NEXT: Mapping[str, Callable[[Life], None]] = MappingProxyType(
    {act.__name__: act for act in (reads, looks_and_closes, commits_and_closes)}
)
AFTER_A_REPAIR: Mapping[str, Callable[[Life], None]] = MappingProxyType({repairs_again.__name__: repairs_again})


def after_a_kill(life: Life, at: int, then: Callable[[Life], None], *, half: bool = False) -> Life | None:
    """Kill the process of a life before one of its operations, or half way through it, and let the next one go on.

    Nothing that was not synced is durable by that: the power may go at any operation from `at` on. None where there is
    no folder yet to go on with.

    Raises:
        Unexpected: when the next process does not find what should be there.
    """
    log = [*life.files.log[:at], *([_half(life.files.log[at])] if half else [])]
    disk, (acknowledged, started) = life.fresh_disk(), _told(log)
    for operation in log:
        if operation[0] not in MARKS:
            disk.do(operation)
    present = disk.present()
    _put_back(present, life.top)
    if acknowledged >= 0 and not initialize.is_initialized(life.root, Files()):
        return None
    second = _heir(life, log, _number_of(life, present, acknowledged, started))
    with second.world():
        then(second)
    return second


MARKS = frozenset({"started", "acknowledged", "begun"})


def _told(log: Sequence[Operation]) -> tuple[int, int]:
    """Return the last transaction that was acknowledged, and the last one that was started."""
    acknowledged = started = -1
    for what, *arguments in log:
        acknowledged = arguments[0] if what in {"acknowledged", "begun"} else acknowledged
        started = arguments[0] if what in {"started", "begun"} else started
    return acknowledged, max(started, 0)


def _half(operation: Operation) -> Operation:
    """Return a write that came half way."""
    if operation[0] == "create":
        _, path, content, mode = operation
        return ("create", path, content[: len(content) // 2], mode)
    _, handle, offset, content = operation
    return ("write_at", handle, offset, content[: len(content) // 2])


def _put_back(tree: Tree, top: Path) -> None:
    if top.exists():
        shutil.rmtree(top)
    materialise(tree, top)


def _number_of(life: Life, present: Tree, acknowledged: int, started: int) -> int:
    with life.world():
        found = life.look(make=acknowledged < 0)
    for number in range(max(acknowledged, 0), started + 1):
        if found.is_allowed(life.expected[number], present):
            return number
    raise Unexpected(f"wanted transaction {acknowledged} to {started}, found {found}")


def _heir(life: Life, log: list[Operation], number: int) -> Life:
    second = Life(life.top, cuts=life.cuts)
    second.root, second.disk, second.is_edited, second.world = life.root, life.disk, life.is_edited, life.world
    second.past, second.treasures = life.past, life.treasures
    second.kept = {since: pattern for since, pattern in life.kept.items() if since <= number}
    second.expected = life.expected[: number + 1]
    second.clean_from = life.clean_from if life.clean_from is not None and life.clean_from <= number else None
    second.files.log, second.files.sites = log, life.files.sites[: len(log)]
    second.files.sites += [""] * (len(log) - len(second.files.sites))
    second.first = len(log)
    second.files.mark("started", number)
    return second


def after_a_power_cut(life: Life, crash: Crash, then: Callable[[Life], None], top: Path) -> Life:
    """Let the next process go on with one of the states that a power cut may leave; what it left is durable."""
    materialise(crash.tree, top)
    second = Life(top, cuts=life.cuts)
    second.root = top / life.root.relative_to(life.top)
    second.is_edited, second.may_warn, second.world = life.is_edited, True, life.world
    second.past, second.treasures = histories_of(life, crash.at + 1), life.treasures
    second.kept = {0: pattern for since, pattern in life.kept.items() if since <= crash.acknowledged}
    is_clean = life.clean_from is not None and crash.acknowledged >= life.clean_from
    second.clean_from = 0 if is_clean else None
    with second.world():
        second.begin()
        for name, content in second.expected[0].held.items():
            second.past.setdefault(f"{second.root.relative_to(top)}/{name}", []).append(content)
        then(second)
    return second


def kill_points(life: Life) -> Iterator[tuple[int, bool]]:
    """Yield each operation of a life before which, or half way through which, its process can be killed."""
    for at, operation in enumerate(life.files.log):
        if operation[0] not in MARKS:
            yield at, False
            if operation[0] in {"create", "write_at"}:
                yield at, True
