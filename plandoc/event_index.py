"""All events at once: what each document said of its event when it was last read, and read again where it has changed.

Without it, to list ten thousand events, to find one by its slug or to add one with a slug that is new is to read ten
thousand files. It is derived and disposable: an entry counts only while the document's fingerprint is that under which
it was read, and where there is no entry the document is read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple

from plandoc import codec
from plandoc.clock import system_clock
from plandoc.errors import ValidationError
from plandoc.garbage import collection_held_off
from plandoc.open_documents import OpenDocument
from plandoc.queries import QueryLike
from plandoc.records import Event
from plandoc.storage.backend import Reading
from plandoc.storage.documents import Row
from plandoc.storage.kept_rows import KeptRows
from plandoc.storage.listing import is_settled
from plandoc.tables import BY_TYPE, EVENTS_FOLDER, event_of_document

Read = Callable[[str], OpenDocument | None]

# Fewer are read faster than a person notices, and leave nothing outside the data folder.
FEWEST_TO_KEEP = 200
# Kept entries are written anew when this part of them is not up to date.
_PART_TO_KEEP_ANEW = 20

_EVENTS = BY_TYPE[Event]
_BY_ID = attrgetter("event_id")


class _Entry(NamedTuple):
    fingerprint: Hashable
    event_id: int
    row: Row


class EventIndex:
    """The events of one store.

    Args:
        kept: Rows that earlier processes kept on this machine; None to keep none.
    """

    def __init__(self, kept: KeptRows | None) -> None:
        self._kept = kept
        self._kept_is_read = kept is None
        self._entries: dict[str, _Entry] = {}
        # Documents that could still change without changing their fingerprints.
        self._unsettled: set[str] = set()
        self._not_kept = 0
        self._serial = 0
        self._listing: Mapping[str, Hashable | None] | None = None
        # In the order of their ids.
        self._rows: dict[int, Row] = {}
        self._records: dict[int, Event] = {}
        # Readers take no lock of the folder, so that several threads come here at once.
        self._turn = threading.RLock()

    def find(self, reading: Reading, read: Read, query: QueryLike | None = None) -> list[Event]:
        """Return the events that match a query, in the order of their ids.

        Args:
            reading: The documents at one moment.
            read: Opens one of them; None when there is none.
            query: None finds all.

        Raises:
            DamagedError: when a document cannot be understood.
        """
        with self._turn, collection_held_off():
            self._catch_up(reading, read)
            try:
                return self._matching(query)
            except ValidationError:
                # No row of a document is like that. Whoever wrote it into what was kept, the documents know better.
                self._forget_everything()
                self._catch_up(reading, read)
                return self._matching(query)

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
            self._drop(names)
            self._listing = None
            if serial == self._serial + 1:
                self._serial = serial

    def _matching(self, query: QueryLike | None) -> list[Event]:
        rows, records = self._rows, self._records
        ids: Collection[int] = rows if query is None else [event_id for event_id, row in rows.items() if query(row)]
        for event_id in ids:
            if event_id not in records:
                records[event_id] = codec.from_row(Event, event_id, rows[event_id])
        return [records[event_id] for event_id in ids]

    def _catch_up(self, reading: Reading, read: Read) -> None:
        """Take in what has changed since the last look."""
        listing = reading.fingerprints(EVENTS_FOLDER)
        if listing is self._listing and reading.serial == self._serial:
            return
        self._listing = None
        if reading.serial != self._serial:
            # Another process has written, and a fingerprint that is too young cannot tell what.
            self._drop(list(self._unsettled))
        self._read_kept(len(listing))
        self._drop([name for name, entry in self._entries.items() if listing.get(name) != entry.fingerprint])
        fresh = self._read_others(listing, read)
        # What was replaced while it was read is right for this look alone.
        lasting = {name: entry for name, entry in fresh.items() if reading.fingerprint(name) == entry.fingerprint}
        self._rows = {entry.event_id: entry.row for entry in sorted({**self._entries, **fresh}.values(), key=_BY_ID)}
        self._take_in(lasting)
        self._serial = reading.serial
        if len(lasting) == len(fresh):
            self._listing = listing

    def _read_kept(self, documents: int) -> None:
        if self._kept is not None and not self._kept_is_read and documents >= FEWEST_TO_KEEP:
            self._kept_is_read = True
            self._entries = {name: _Entry(*kept) for name, kept in self._kept.load().items()}

    def _read_others(self, listing: Mapping[str, Hashable | None], read: Read) -> dict[str, _Entry]:
        found = {}
        for name in sorted(listing.keys() - self._entries.keys()):
            event_id = event_of_document(name)
            document = None if event_id is None else read(name)
            row = None if document is None or event_id is None else document.row(_EVENTS, event_id)
            if row is not None and event_id is not None:
                found[name] = _Entry(listing[name], event_id, row)
        return found

    def _take_in(self, entries: Mapping[str, _Entry]) -> None:
        moment = system_clock()
        self._entries.update(entries)
        for name, entry in entries.items():
            self._records.pop(entry.event_id, None)
            if is_settled(entry.fingerprint, moment):
                self._not_kept += 1
            else:
                self._unsettled.add(name)
        if self._kept is not None and self._not_kept > max(FEWEST_TO_KEEP, len(self._entries)) // _PART_TO_KEEP_ANEW:
            entries = {name: entry for name, entry in self._entries.items() if name not in self._unsettled}
            self._kept.save({name: (one.fingerprint, one.event_id, one.row) for name, one in entries.items()})
            self._not_kept = 0

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            entry = self._entries.pop(name, None)
            self._unsettled.discard(name)
            if entry is not None:
                self._records.pop(entry.event_id, None)

    def _forget_everything(self) -> None:
        self._drop(list(self._entries))
        self._listing = None
        if self._kept is not None:
            self._kept.forget()
