"""All events at once: what each document said of its event when it was last read, and read again where it has changed.

Without it, to list ten thousand events, to find one by its slug or to add one with a slug that is new is to read ten
thousand files. It is derived and disposable: an entry counts only while the document's fingerprint is that under which
it was read, and where there is no entry the document is read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from operator import attrgetter
from typing import TypeVar

from plandoc import codec
from plandoc.clock import system_clock
from plandoc.engine.document import DocumentSession, QueryLike, matching
from plandoc.errors import ValidationError
from plandoc.garbage import collection_held_off
from plandoc.records import Event
from plandoc.storage.backend import Reading
from plandoc.storage.directory_scan import is_settled
from plandoc.storage.documents import Row
from plandoc.storage.kept_rows import KeptRow, KeptRows
from plandoc.tables import BY_TYPE, EVENTS_FOLDER, event_of_document

T = TypeVar("T")

Read = Callable[[str], DocumentSession | None]

# Fewer are read faster than a person notices, and leave nothing outside the data folder.
FEWEST_TO_KEEP = 200
# Kept entries are written anew when this part of them is not up to date.
_PART_TO_KEEP_ANEW = 20

_EVENTS = BY_TYPE[Event]
_BY_ID = attrgetter("event_id")


class EventIndex:
    """The events of one store.

    Args:
        kept: Rows that earlier processes kept on this machine; None to keep none.
    """

    def __init__(self, kept: KeptRows | None) -> None:
        self._kept = kept
        self._kept_is_read = kept is None
        self._entries: dict[str, KeptRow] = {}
        # Documents that could still change without changing their fingerprints.
        self._unsettled: set[str] = set()
        self._not_kept = 0
        self._serial = 0
        # The look at the folder that this is up to date with, but for the documents to look at again; None for no look.
        self._look: object = None
        self._to_look_at: set[str] = set()
        # In the order of their ids.
        self._rows: dict[int, Row] = {}
        self._records: dict[int, Event] = {}
        # The ids by slug, while they are known and no two events have the same.
        self._slugs: dict[str, int] | None = None
        # Readers take no lock of the folder, so that several threads come here at once.
        self._turn = threading.RLock()

    def find(self, reading: Reading, read: Read, query: QueryLike | None = None, *, anew: bool = False) -> list[Event]:
        """Return the events that match a query, in the order of their ids.

        Args:
            reading: The documents at one moment.
            read: Opens one of them; None when there is none.
            query: None finds all.
            anew: Look at every file at this instant, and read those again that may have changed unseen.

        Raises:
            DamagedError: when a document cannot be understood.
        """
        return self._ask(reading, read, lambda: self._matching(query), anew=anew)

    def slugs(self, reading: Reading, read: Read) -> dict[str, int]:
        """Return the ids of the events by their slugs, for the caller to keep.

        Args:
            reading: The documents at one moment.
            read: Opens one of them; None when there is none.

        Raises:
            DamagedError: when a document cannot be understood.
        """
        return self._ask(reading, read, self._ids_by_slug)

    def highest_id(self, reading: Reading, read: Read) -> int:
        """Return the highest id of an event; 0 when there is none.

        Args:
            reading: The documents at one moment.
            read: Opens one of them; None when there is none.

        Raises:
            DamagedError: when a document cannot be understood.
        """
        with self._turn, collection_held_off():
            self._catch_up(reading, read)
            return next(reversed(self._rows), 0)

    def forget(self, names: Iterable[str], serial: int) -> None:
        """Forget documents that a transaction of this store has changed.

        Args:
            names: The documents.
            serial: Number of the transaction.
        """
        with self._turn:
            self._doubt(names)
            if serial == self._serial + 1:
                self._serial = serial

    def _ask(self, reading: Reading, read: Read, answer: Callable[[], T], *, anew: bool = False) -> T:
        with self._turn, collection_held_off():
            self._catch_up(reading, read, anew=anew)
            try:
                return answer()
            except ValidationError:
                # No row of a document is like that. Whoever wrote it into what was kept, the documents know better.
                self._forget_everything()
                self._catch_up(reading, read)
                return answer()

    def _matching(self, query: QueryLike | None) -> list[Event]:
        rows, records = self._rows, self._records
        ids: Collection[int] = rows if query is None else list(matching(query, rows.items()))
        for event_id in ids:
            if event_id not in records:
                records[event_id] = codec.from_row(Event, event_id, rows[event_id])
        return [records[event_id] for event_id in ids]

    def _ids_by_slug(self) -> dict[str, int]:
        if self._slugs is None:
            found = {event.slug: event.id for event in self._matching(None)}
            if len(found) < len(self._rows):
                # Only by hand two events get the same slug; which of them goes first cannot be told from this.
                return found
            self._slugs = found
        return self._slugs.copy()

    def _catch_up(self, reading: Reading, read: Read, *, anew: bool = False) -> None:
        """Take in what has changed since the last look."""
        listing = reading.fingerprints(EVENTS_FOLDER, anew=anew)
        if anew:
            # What was read so soon after it was written may have changed since and look the same.
            self._doubt(self._unsettled)
        is_same_look = listing.look is self._look and reading.serial == self._serial
        if is_same_look and not self._to_look_at:
            return
        # Until it is done: reading may fail on the way.
        self._look = None
        names = self._to_look_at if is_same_look else self._changed(listing, reading.serial)
        fresh = self._read_rows(names & listing.keys(), listing, read)
        # What was replaced while it was read is right for this look alone.
        lasting = {name: entry for name, entry in fresh.items() if reading.fingerprint(name) == entry.fingerprint}
        if is_same_look:
            self._change_rows(names, fresh)
        else:
            self._rows = {one.event_id: one.row for one in sorted({**self._entries, **fresh}.values(), key=_BY_ID)}
            self._forget_records(entry.event_id for entry in fresh.values())
            self._slugs = None
        self._take_in(lasting)
        self._serial = reading.serial
        self._to_look_at.clear()
        self._look = listing.look if len(lasting) == len(fresh) else None

    def _change_rows(self, names: AbstractSet[str], fresh: Mapping[str, KeptRow]) -> None:
        """Change the rows of some documents, in time that does not grow with the number of all others."""
        highest = next(reversed(self._rows), 0)
        added = [entry for entry in fresh.values() if entry.event_id not in self._rows]
        for name in names - fresh.keys():
            self._rows.pop(event_of_document(name) or 0, None)
        for entry in sorted(fresh.values(), key=_BY_ID):
            self._rows[entry.event_id] = entry.row
            self._add_slug(entry)
        if any(entry.event_id < highest for entry in added):
            self._rows = dict(sorted(self._rows.items()))

    def _add_slug(self, entry: KeptRow) -> None:
        if self._slugs is not None:
            event = self._records[entry.event_id] = codec.from_row(Event, entry.event_id, entry.row)
            if self._slugs.setdefault(event.slug, event.id) != event.id:
                self._slugs = None

    def _changed(self, listing: Mapping[str, Hashable], serial: int) -> AbstractSet[str]:
        """Drop the entries that are not up to date, and return all documents without one."""
        if serial != self._serial:
            # Another process has written, and a fingerprint that is too young cannot tell what.
            self._drop(list(self._unsettled))
        self._read_kept(len(listing))
        self._drop([name for name, entry in self._entries.items() if listing.get(name) != entry.fingerprint])
        return listing.keys() - self._entries.keys()

    def _read_kept(self, documents: int) -> None:
        if self._kept is not None and not self._kept_is_read and documents >= FEWEST_TO_KEEP:
            self._kept_is_read = True
            self._entries = self._kept.load()

    def _read_rows(self, names: Iterable[str], listing: Mapping[str, Hashable], read: Read) -> dict[str, KeptRow]:
        found = {}
        for name in sorted(names):
            event_id = event_of_document(name)
            document = None if event_id is None else read(name)
            row = None if document is None or event_id is None else document.row(_EVENTS, event_id)
            if row is not None and event_id is not None:
                found[name] = KeptRow(listing[name], event_id, row)
        return found

    def _take_in(self, entries: Mapping[str, KeptRow]) -> None:
        moment = system_clock()
        self._entries.update(entries)
        for name, entry in entries.items():
            if is_settled(entry.fingerprint, moment):
                self._not_kept += 1
            else:
                self._unsettled.add(name)
        if self._kept is not None and self._not_kept > max(FEWEST_TO_KEEP, len(self._entries)) // _PART_TO_KEEP_ANEW:
            entries = {name: entry for name, entry in self._entries.items() if name not in self._unsettled}
            self._kept.save(entries)
            self._not_kept = 0

    def _doubt(self, names: Iterable[str]) -> None:
        """Have documents read again, whatever their fingerprints say."""
        doubted = set(names)
        self._drop(doubted)
        self._to_look_at |= doubted

    def _drop(self, names: Collection[str]) -> None:
        dropped = [entry for name in names if (entry := self._entries.pop(name, None)) is not None]
        self._unsettled.difference_update(names)
        self._forget_records(entry.event_id for entry in dropped)

    def _forget_records(self, event_ids: Iterable[int]) -> None:
        for event_id in event_ids:
            event = self._records.pop(event_id, None)
            if event is not None and self._slugs is not None:
                del self._slugs[event.slug]

    def _forget_everything(self) -> None:
        self._drop(list(self._entries))
        self._look = None
        if self._kept is not None:
            self._kept.forget()
