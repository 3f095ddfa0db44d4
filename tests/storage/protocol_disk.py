"""The disk of the protocol's model: what each file and each name is now, and what a power cut may make of it.

A transaction is a number; 0 is what the making of the folder wrote. A file's content is durable after a sync of the file,
a name after a sync of its folder. Until then each write, cut and rename may be lost or kept, independently of all others,
and a write may also be torn. After a failed sync what was written counts as clean: a later sync passes without making
it durable. A cut and a name stay unwritten, and a later sync writes them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

MISSING, TORN = -1, -2


class Kept(StrEnum):
    """How far the content of a file that is written once, and whole, has come."""

    WRITTEN = "written"
    DURABLE = "durable"
    STUCK = "written, and its sync failed"


class File(NamedTuple):
    """A document, or the marker: the transaction whose content it holds."""

    content: int
    kept: Kept = Kept.DURABLE

    def synced(self) -> File:
        return self if self.kept is Kept.STUCK else File(self.content)

    def not_synced(self) -> File:
        return self if self.kept is Kept.DURABLE else File(self.content, Kept.STUCK)

    @property
    def is_dirty(self) -> bool:
        return self.kept is Kept.WRITTEN

    def after_power_cut(self) -> Sequence[File]:
        return (self,) if self.kept is Kept.DURABLE else (File(TORN), File(self.content))


class Line(NamedTuple):
    """A line of the journal: a transaction, its serial, and the transaction before it, which it replaces."""

    serial: int
    transaction: int
    replaces: int


# A line, what is left of one that is torn, or the room where one belongs.
Slot = Line | int | None
Slots = tuple[Slot, ...]


class Write(NamedTuple):
    """One change of the journal that is not durable yet; `is_stuck` after its sync has failed."""

    slot: int
    line: Slot
    is_stuck: bool = False

    def on(self, slots: Slots) -> Slots:
        rest = slots[self.slot + 1 :]
        return (*slots[: self.slot], *(None,) * (self.slot - len(slots)), self.line, *rest)


class Cut(NamedTuple):
    """The journal ends before this slot, durably after the next sync."""

    slot: int
    is_stuck: bool = False

    def on(self, slots: Slots) -> Slots:
        return slots[: self.slot]


class Journal(NamedTuple):
    """The journal as a file.

    Attributes:
        number: Which file it is; a handle of another one does not reach it.
        durable: What is on the disk.
        pending: What was done to it since.
    """

    number: int
    durable: Slots = ()
    pending: tuple[Write | Cut, ...] = ()

    @property
    def slots(self) -> Slots:
        return _applied(self.durable, self.pending)

    @property
    def is_dirty(self) -> bool:
        return any(not change.is_stuck for change in self.pending)

    def is_stuck(self, transaction: int) -> bool:
        """Whether a transaction's line counts as clean and is not durable."""
        return any(
            change.is_stuck and isinstance(change, Write) and _is_of(change.line, transaction)
            for change in self.pending
        )

    def done(self, change: Write | Cut) -> Journal:
        return self._replace(pending=(*self.pending, change))

    def synced(self) -> Journal:
        now = self.slots
        stuck = tuple(change for change in self.pending if change.is_stuck and self._still_shows(change, now))
        lost = {change.slot for change in stuck}
        durable = tuple(None if number in lost else slot for number, slot in enumerate(now))
        return Journal(self.number, _without_padding(durable), stuck)

    def not_synced(self) -> Journal:
        stuck = (change._replace(is_stuck=isinstance(change, Write)) for change in self.pending)
        return self._replace(pending=tuple(stuck))

    @staticmethod
    def _still_shows(change: Write | Cut, now: Slots) -> bool:
        return isinstance(change, Write) and change.slot < len(now) and now[change.slot] == change.line

    def after_power_cut(self) -> Sequence[Journal]:
        return [Journal(1, slots) for slots in dict.fromkeys(self._what_may_be_left())]

    def _what_may_be_left(self) -> Iterator[Slots]:
        for chosen in itertools.product(*map(_fates, self.pending)):
            yield _applied(self.durable, tuple(change for change in chosen if change is not None))


def _fates(change: Write | Cut) -> tuple[Write | Cut | None, ...]:
    return (None, change) if isinstance(change, Cut) else (None, change._replace(line=TORN), change)


def _is_of(slot: Slot, transaction: int) -> bool:
    return isinstance(slot, Line) and slot.transaction == transaction


def _applied(slots: Slots, changes: tuple[Write | Cut, ...]) -> Slots:
    for change in changes:
        slots = change.on(slots)
    return _without_padding(slots)


def _without_padding(slots: Slots) -> Slots:
    while slots and slots[-1] is None:
        slots = slots[:-1]
    return slots


class Name(NamedTuple):
    """A name in a folder.

    Attributes:
        now: The file that it stands for.
        before: The files that it may stand for after a power cut instead.
        is_stuck: Whether a sync of its folder failed, so that a later one passes without making it durable; only where
            the model is asked to think so ill of a file system.
    """

    now: File | Journal | None
    before: tuple[File | Journal | None, ...] = ()
    is_stuck: bool = False

    def renamed(self, new: File | Journal) -> Name:
        return Name(new, tuple(dict.fromkeys((*self.before, self.now))))

    def folder_synced(self) -> Name:
        return self if self.is_stuck else Name(self.now)

    def folder_not_synced(self, *, sticks: bool) -> Name:
        return self._replace(is_stuck=bool(self.before) and (sticks or self.is_stuck))

    def after_power_cut(self) -> list[Name]:
        files = dict.fromkeys((*self.before, self.now))
        left = (left for file in files for left in ((None,) if file is None else file.after_power_cut()))
        return [Name(file) for file in dict.fromkeys(left)]


class Disk(NamedTuple):
    """A data folder: three names in the folder itself, one in the folder of the events."""

    journal: Name
    marker: Name
    catalog: Name
    event: Name

    @property
    def lines(self) -> Slots:
        journal = self.journal.now
        return journal.slots if isinstance(journal, Journal) else ()

    @property
    def the_journal(self) -> Journal:
        assert isinstance(self.journal.now, Journal)
        return self.journal.now

    def content(self, name: str) -> int:
        file = getattr(self, name).now
        return file.content if isinstance(file, File) else MISSING

    def with_journal_changed(self, *changes: Write | Cut) -> Disk:
        journal = self.the_journal
        for change in changes:
            journal = journal.done(change)
        return self._replace(journal=self.journal._replace(now=journal))

    def with_file_synced(self, name: str, *, fails: bool = False) -> Disk:
        present = getattr(self, name)
        if present.now is None:
            return self
        now = present.now.not_synced() if fails else present.now.synced()
        return self._replace(**{name: present._replace(now=now)})

    def with_names_synced(self, names: Sequence[str]) -> Disk:
        return self._replace(**{name: getattr(self, name).folder_synced() for name in names})

    def with_names_not_synced(self, names: Sequence[str], *, sticks: bool) -> Disk:
        return self._replace(**{name: getattr(self, name).folder_not_synced(sticks=sticks) for name in names})

    def after_power_cut(self) -> Iterator[Disk]:
        for names in itertools.product(*(name.after_power_cut() for name in self)):
            yield Disk(*names)


# The names in the folder itself.
IN_ROOT = ("journal", "marker", "catalog")

NOTHING_THERE = Disk(Name(None), Name(None), Name(None), Name(None))
A_CLOSED_FOLDER = Disk(Name(Journal(1)), Name(File(0)), Name(File(0)), Name(None))
# As git gives it back.
A_CLONE = A_CLOSED_FOLDER._replace(journal=Name(None))
