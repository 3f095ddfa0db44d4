"""A process in the protocol's model: what it knows, and what each of its steps does to the disk."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from protocol_disk import IN_ROOT, MISSING, TORN, Cut, Disk, File, Journal, Kept, Line, Slots, Write
from protocol_steps import Protocol, Step, Steps

DOCUMENTS = ("catalog", "event")


class Meaning(NamedTuple):
    """What journal and marker mean together: the model's `recovery.interpret`.

    Attributes:
        serial: Number of the last transaction.
        sound: All whole lines.
        lines: Those of them that the documents may lack.
        is_torn: Whether something follows the lines that is not one.
        is_initialized: Whether there is a marker.
        damage: Why nobody can open the folder; blank where everybody can.
    """

    serial: int
    sound: tuple[Line, ...] = ()
    lines: tuple[Line, ...] = ()
    is_torn: bool = False
    is_initialized: bool = True
    damage: str = ""

    @property
    def is_folded(self) -> bool:
        return bool(self.sound) and not self.lines


def interpret(disk: Disk, protocol: Protocol) -> Meaning:
    """Return what a folder means to whoever opens it now."""
    return _interpret(disk.lines, disk.content("marker"), drops_folded=protocol.drops_folded)


@functools.cache
def _interpret(slots: Slots, serial: int, *, drops_folded: bool) -> Meaning:
    if serial == TORN:
        return Meaning(serial, damage="the marker is torn")
    if serial == MISSING:
        damage = "the journal has lines, but the marker is missing" if _above(slots, serial) else ""
        return Meaning(serial, is_initialized=False, damage=damage)
    sound = tuple(itertools.takewhile(lambda slot: isinstance(slot, Line), slots))
    if len(sound) < len(_above(slots, MISSING)):
        return Meaning(serial, damage="a damaged line has good ones behind it")
    lines = _above(sound, serial)
    wanted = [serial + number for number in range(1, len(lines) + 1)]
    found = [line.serial for line in (lines if drops_folded or not lines else sound)]
    if found != wanted:
        return Meaning(serial, damage=f"wanted transactions {wanted}, found {found}")
    return Meaning(serial + len(lines), sound, lines, is_torn=len(slots) > len(sound))


def _above(slots: Slots, serial: int) -> tuple[Line, ...]:
    return tuple(slot for slot in slots if isinstance(slot, Line) and slot.serial > serial)


class Phase(StrEnum):
    """What a process is doing."""

    IDLE = "idle"
    READING = "reading"
    MAKING = "making the folder"
    OPENING = "opening the journal"
    RECOVERING = "recovering"
    READY = "ready"
    COMMITTING = "committing"
    FOLDING = "folding in"
    FAILING = "putting right what a failed sync left"


class Process(NamedTuple):
    """One process; a new one is like one that has just ended.

    Attributes:
        phase: What it is doing; it holds the lock unless it is idle or reads.
        steps: What it will do.
        known: The lines that it knows the journal to hold; None where it has to look.
        after: What it will know when its steps are done.
        keeps: How many slots of the journal a cut keeps.
        serial: Number of the last transaction.
        transaction: The one whose content it puts into documents.
        opened: Number of the journal file that it has open; 0 for none.
        name_is_unsynced: Whether it has not synced the folder since it opened the journal.
        found_it_empty: Whether it has looked at the journal, found it empty and not synced it since.
        has_error: Whether a sync of that file failed since, by whichever handle: the next one by this will fail, too.
        made: What it has written beside, to be renamed.
        seen: As a reader, the transaction of the last line; 0 where it has none to believe.
    """

    phase: Phase = Phase.IDLE
    steps: Steps = ()
    known: tuple[Line, ...] | None = None
    after: tuple[Line, ...] = ()
    keeps: int = 0
    serial: int = 0
    transaction: int = 0
    opened: int = 0
    name_is_unsynced: bool = False
    found_it_empty: bool = False
    has_error: bool = False
    made: tuple[tuple[str, Kept], ...] = ()
    seen: int = 0

    @property
    def has_lock(self) -> bool:
        return self.phase not in (Phase.IDLE, Phase.READING)

    def idle(self, known: tuple[Line, ...] | None = None) -> Process:
        """Return it between two sessions: what only a session needs is gone."""
        return Process(
            known=known,
            opened=self.opened,
            name_is_unsynced=self.name_is_unsynced,
            found_it_empty=self.found_it_empty,
            has_error=self.has_error,
        )

    def next_step(self, protocol: Protocol) -> Step | None:
        """Return its next step; None when it has to decide."""
        if not self.steps:
            return None
        first = self.steps[0]
        if protocol.syncs_name == "before" and self.name_is_unsynced and first in TOUCHES_THE_JOURNAL:
            return Step.SYNC_NAME
        if protocol.syncs_found_empty and self.found_it_empty and first is Step.WRITE_LINE:
            return Step.SYNC_FOUND_EMPTY
        return first


FRESH = Process()

TOUCHES_THE_JOURNAL = frozenset({Step.WRITE_LINE, Step.CUT_JOURNAL, Step.SYNC_JOURNAL, Step.NEW_JOURNAL})
CAN_BE_TORN = frozenset({Step.WRITE_LINE, Step.OVERWRITE_MARKER, Step.OVERWRITE_JOURNAL})
SYNCS_FILE: Mapping[Step, str] = MappingProxyType(
    {
        Step.SYNC_JOURNAL: "journal",
        Step.SYNC_FOUND_EMPTY: "journal",
        Step.SYNC_SEEN: "journal",
        Step.SYNC_CATALOG: "catalog",
        Step.SYNC_EVENT: "event",
    }
)
SYNCS_NAMES: Mapping[Step, Sequence[str]] = MappingProxyType(
    {Step.SYNC_FOLDER: IN_ROOT, Step.SYNC_NAME: IN_ROOT, Step.SYNC_SEEN_NAME: IN_ROOT, Step.SYNC_EVENTS: ("event",)}
)
SYNCS_NEW = frozenset({Step.SYNC_NEW_JOURNAL, Step.SYNC_NEW_MARKER, Step.SYNC_NEW_CATALOG, Step.SYNC_NEW_EVENT})


def fails_for(step: Step, process: Process) -> bool:
    """Whether a sync tells of one that failed before, on another handle."""
    return process.has_error and step in (Step.SYNC_JOURNAL, Step.SYNC_FOUND_EMPTY)


def may_fail(step: Step, disk: Disk) -> bool:
    """Whether a step is a sync that has something to write."""
    if step in SYNCS_FILE:
        file = getattr(disk, SYNCS_FILE[step]).now
        return file is not None and bool(file.is_dirty)
    return step in SYNCS_NEW or any(getattr(disk, name).before for name in SYNCS_NAMES.get(step, ()))


Effect = tuple[Disk, Process]


def done(step: Step, disk: Disk, process: Process, protocol: Protocol, **options: bool) -> Effect:
    """Return what a step makes of the disk and of the process that does it.

    `is_torn` is an option of a step that may be cut off in its middle.
    """
    return _EFFECTS[step](disk, process, protocol, **options)


def _open_journal(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    if disk.journal.now is None:
        disk = disk._replace(journal=disk.journal.renamed(Journal(1)))
    opened = disk.the_journal.number
    return disk, process._replace(opened=opened, name_is_unsynced=True, found_it_empty=False, has_error=False)


def _open_new_journal(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    disk, process = _open_journal(disk, process, protocol)
    return disk, process._replace(name_is_unsynced=False)


def _write_line(disk: Disk, process: Process, protocol: Protocol, *, is_torn: bool = False) -> Effect:
    slot = len(disk.lines) if protocol.appends_behind_torn else process.keeps
    return disk.with_journal_changed(Write(slot, TORN if is_torn else process.after[-1])), process


def _cut_journal(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    return disk.with_journal_changed(Cut(process.keeps)), process


def _sync_journal(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    return disk.with_file_synced("journal"), process._replace(has_error=False, found_it_empty=False)


def _rename_journal(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    number = 1 if disk.journal.now is None else disk.the_journal.number + 1
    lines = process.known or ()
    is_durable = dict(process.made).get("journal") is Kept.DURABLE
    new = Journal(number, lines) if is_durable else Journal(number, (), tuple(map(Write, range(len(lines)), lines)))
    return disk._replace(journal=disk.journal.renamed(new)), process._replace(made=(), opened=0)


def _overwrite_journal(disk: Disk, process: Process, protocol: Protocol, *, is_torn: bool = False) -> Effect:
    lines = (TORN,) if is_torn else process.known or ()
    return disk.with_journal_changed(Cut(0), *map(Write, range(len(lines)), lines)), process._replace(opened=0)


def _overwrite_marker(disk: Disk, process: Process, protocol: Protocol, *, is_torn: bool = False) -> Effect:
    written = File(TORN if is_torn else process.serial, Kept.WRITTEN)
    return disk._replace(marker=disk.marker._replace(now=written)), process


def _sync(name: str) -> Callable[..., Effect]:
    def effect(disk: Disk, process: Process, protocol: Protocol) -> Effect:
        return disk.with_file_synced(name), process

    return effect


def _sync_names(names: Sequence[str]) -> Callable[..., Effect]:
    def effect(disk: Disk, process: Process, protocol: Protocol) -> Effect:
        return disk.with_names_synced(names), process

    return effect


def _sync_name(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    return disk.with_names_synced(IN_ROOT), process._replace(name_is_unsynced=False)


def _new(name: str, kept: Kept = Kept.WRITTEN) -> Callable[..., Effect]:
    def effect(disk: Disk, process: Process, protocol: Protocol) -> Effect:
        others = tuple(made for made in process.made if made[0] != name)
        return disk, process._replace(made=(*others, (name, kept)))

    return effect


def _rename(name: str) -> Callable[..., Effect]:
    def effect(disk: Disk, process: Process, protocol: Protocol) -> Effect:
        new = File(process.serial if name == "marker" else process.transaction, dict(process.made)[name])
        made = tuple(made for made in process.made if made[0] != name)
        return disk._replace(**{name: getattr(disk, name).renamed(new)}), process._replace(made=made)

    return effect


def _look(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    return disk, process._replace(seen=_last(disk, protocol))


def _look_at_documents(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    """A reader that finds a document in place believes its line, and is done."""
    is_in_place = process.seen in [disk.content(name) for name in DOCUMENTS]
    return disk, process._replace(steps=() if is_in_place else process.steps)


def _look_again(disk: Disk, process: Process, protocol: Protocol) -> Effect:
    return disk, process._replace(seen=process.seen if _last(disk, protocol) == process.seen else 0)


def _last(disk: Disk, protocol: Protocol) -> int:
    lines = interpret(disk, protocol).lines
    return lines[-1].transaction if lines else 0


_EFFECTS: Mapping[Step, Callable[..., Any]] = MappingProxyType(
    {
        Step.OPEN_JOURNAL: _open_journal,
        Step.OPEN_NEW_JOURNAL: _open_new_journal,
        Step.SYNC_NAME: _sync_name,
        Step.SYNC_FOUND_EMPTY: _sync_journal,
        Step.WRITE_LINE: _write_line,
        Step.SYNC_JOURNAL: _sync_journal,
        Step.CUT_JOURNAL: _cut_journal,
        Step.NEW_JOURNAL: _new("journal"),
        Step.SYNC_NEW_JOURNAL: _new("journal", Kept.DURABLE),
        Step.RENAME_JOURNAL: _rename_journal,
        Step.OVERWRITE_JOURNAL: _overwrite_journal,
        Step.NEW_MARKER: _new("marker"),
        Step.SYNC_NEW_MARKER: _new("marker", Kept.DURABLE),
        Step.RENAME_MARKER: _rename("marker"),
        Step.OVERWRITE_MARKER: _overwrite_marker,
        Step.NEW_CATALOG: _new("catalog"),
        Step.SYNC_NEW_CATALOG: _new("catalog", Kept.DURABLE),
        Step.RENAME_CATALOG: _rename("catalog"),
        Step.NEW_EVENT: _new("event"),
        Step.SYNC_NEW_EVENT: _new("event", Kept.DURABLE),
        Step.RENAME_EVENT: _rename("event"),
        Step.SYNC_CATALOG: _sync("catalog"),
        Step.SYNC_EVENT: _sync("event"),
        Step.SYNC_FOLDER: _sync_names(IN_ROOT),
        Step.SYNC_EVENTS: _sync_names(("event",)),
        Step.LOOK: _look,
        Step.LOOK_AT_DOCUMENTS: _look_at_documents,
        Step.SYNC_SEEN: _sync("journal"),
        Step.SYNC_SEEN_NAME: _sync_names(IN_ROOT),
        Step.LOOK_AGAIN: _look_again,
    }
)
