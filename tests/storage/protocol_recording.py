"""Which step of the protocol's model each call of plandoc is, and whether a list of calls is a way through the model."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs
from protocol_model import FAILS, KILLED, KILLED_WITHIN, Event, Model
from protocol_state import State
from protocol_steps import Step
from recorder import CATALOG, SYNCS, Killed, RecordingFiles

from plandoc.storage import journal, marker
from plandoc.storage.initialize import STOCK
from plandoc.storage.replacement import TEMPORARY

EVENT = "events/1.json"
HAPPENS, IS_KILLED = "", "killed"

# A call and what it is done to, and the steps that look like that from outside.
STEPS: Mapping[tuple[str, str], frozenset[Step]] = MappingProxyType(
    {
        ("open", journal.NAME): frozenset({Step.OPEN_JOURNAL, Step.OPEN_NEW_JOURNAL}),
        ("write_at", journal.NAME): frozenset({Step.WRITE_LINE}),
        ("truncate", journal.NAME): frozenset({Step.CUT_JOURNAL}),
        ("sync_data", journal.NAME): frozenset({Step.SYNC_JOURNAL, Step.SYNC_FOUND_EMPTY}),
        ("sync_file", journal.NAME): frozenset({Step.SYNC_SEEN}),
        ("create", journal.NAME + TEMPORARY): frozenset({Step.NEW_JOURNAL}),
        ("sync_file", journal.NAME + TEMPORARY): frozenset({Step.SYNC_NEW_JOURNAL}),
        ("replace", journal.NAME): frozenset({Step.RENAME_JOURNAL}),
        ("create", marker.NAME + TEMPORARY): frozenset({Step.NEW_MARKER}),
        ("sync_file", marker.NAME + TEMPORARY): frozenset({Step.SYNC_NEW_MARKER}),
        ("replace", marker.NAME): frozenset({Step.RENAME_MARKER}),
        ("create", CATALOG + TEMPORARY): frozenset({Step.NEW_CATALOG}),
        ("sync_file", CATALOG + TEMPORARY): frozenset({Step.SYNC_NEW_CATALOG}),
        ("replace", CATALOG): frozenset({Step.RENAME_CATALOG}),
        ("sync_file", CATALOG): frozenset({Step.SYNC_CATALOG}),
        ("create", EVENT + TEMPORARY): frozenset({Step.NEW_EVENT}),
        ("sync_file", EVENT + TEMPORARY): frozenset({Step.SYNC_NEW_EVENT}),
        ("replace", EVENT): frozenset({Step.RENAME_EVENT}),
        ("sync_file", EVENT): frozenset({Step.SYNC_EVENT}),
        ("sync_folder", "."): frozenset({Step.SYNC_FOLDER, Step.SYNC_NAME, Step.SYNC_SEEN_NAME}),
        ("sync_folder", "events"): frozenset({Step.SYNC_EVENTS}),
    }
)


@attrs.frozen
class Call:
    """One call of plandoc, as the model sees it.

    Attributes:
        what: The call and what it is done to.
        steps: The steps that it may be.
        end: Blank when it happens; else how it, or the process, ends.
    """

    what: str
    steps: frozenset[Step] = frozenset()
    end: str = HAPPENS

    @property
    def is_needed(self) -> bool:
        """Whether one can tell from the other calls that it must be there; not so of a kill, of opening and of reading."""
        return bool(self.steps) and not self.steps & {Step.OPEN_JOURNAL, Step.SYNC_SEEN}

    def is_event(self, event: Event) -> bool:
        if self.end == IS_KILLED:
            return event.what == KILLED
        if event.step not in self.steps:
            return False
        return event.what == f"{self.end}{event.step}"


class Calls(RecordingFiles):
    """Records the calls that one folder gets; lets a sync fail, or the process die in the middle of a line.

    Attributes:
        fails_at: The sync that fails once, and what it is done to; None for none.
        die_behind: The call behind which the process dies, and what it is done to; None for none.
        is_torn: Whether the process dies in the middle of writing the next line.
    """

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.fails_at: tuple[str, str] | None = None
        self.die_behind: tuple[str, str] | None = None
        self.is_torn = False
        self._names: dict[int, str] = {}

    def step(self, name: str, act: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if self.is_torn and name == "write_at" and self._is_line(*arguments):
            handle, offset, line = arguments
            act(handle, offset, line[: len(line) // 2])
            self.log.append(("torn", *arguments))
            self.die_after(0)
        result = super().step(name, act, arguments, options)
        if name in SYNCS and self.fails_at == (name, self._on(arguments[0])):
            self.fails_at = None
            self.log[-1] = ("fails", *self.log[-1])
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if self.die_behind is not None and self.die_behind == (name, self._on(arguments[name == "replace"])):
            self.die_after(0)
            raise Killed
        return result

    def calls(self) -> Iterator[Call]:
        """Yield the calls that mean something to the model."""
        for name, *arguments in self.log:
            if name == "killed":
                yield Call("the process is killed", end=IS_KILLED)
            elif name == "fails":
                yield from self._call(arguments[0], arguments[1:], FAILS)
            elif name == "torn":
                yield from self._call("write_at", arguments, KILLED_WITHIN)
            else:
                yield from self._call(name, arguments, HAPPENS)

    def _call(self, name: str, arguments: Sequence[Any], end: str) -> Iterator[Call]:
        on = self._on(arguments[1] if name in ("open", "replace") else arguments[0])
        if name == "open":
            self._names[arguments[0]] = on
        if not _means_nothing(name, on, arguments):
            yield Call(f"{name} {on}", STEPS[name, on], end)

    def _on(self, target: Any) -> str:
        """Return what a call is done to, from the folder on."""
        if not isinstance(target, Path):
            return self._names.get(target, journal.NAME)
        return os.path.relpath(target, self.root)

    def _is_line(self, handle: int, offset: int, content: bytes) -> bool:
        journals = {arguments[0] for name, *arguments in self.log if name == "open"}
        return handle in journals and not _is_room(content)


def _means_nothing(name: str, on: str, arguments: Sequence[Any]) -> bool:
    """Whether a call changes nothing that the model knows of, and why."""
    if name == "write_at":
        return _is_room(arguments[2])
    # Nobody looks at what was written beside; folders are there, the data folder itself among them. The stock is written as
    # the catalog is, and changed by nothing here.
    return name == "make_folder" or on.startswith(("..", STOCK)) or (name == "remove" and on.endswith(TEMPORARY))


def _is_room(content: bytes) -> bool:
    """Whether this is room for the next lines, and not a line."""
    return not content.strip(journal.PADDING)


def way(model: Model, first: State, calls: Sequence[Call]) -> frozenset[State]:
    """Return where these calls lead to in the model, with nobody at work; nowhere when they are no way through it.

    Raises:
        AssertionError: that says which call is none that the model has there.
    """
    states = _silently(model, {first})
    for number, call in enumerate(calls):
        following = {after for state in states for event, after in model.transitions(state) if call.is_event(event)}
        if not following:
            done = "\n  ".join(f"{one.end} {one.what}" for one in calls[:number])
            wanted = sorted({event.step for state in states for event, _ in model.transitions(state) if event.step})
            raise AssertionError(f"{call.end} {call.what} is no step of the model behind\n  {done}\nbut {wanted}")
        states = _silently(model, following)
    return frozenset(
        state for state in states if not any(process.has_lock or process.steps for process in state.processes)
    )


def _silently(model: Model, states: set[State]) -> set[State]:
    """Return all states that are reached without a call."""
    found, new = set(states), list(states)
    while new:
        state = new.pop()
        for event, following in model.transitions(state):
            if _is_silent(event) and following not in found:
                found.add(following)
                new.append(following)
    return found


def _is_silent(event: Event) -> bool:
    if event.step is None:
        return event.what != KILLED
    return event.what == event.step and event.step in (Step.LOOK, Step.LOOK_AT_DOCUMENTS, Step.LOOK_AGAIN)
