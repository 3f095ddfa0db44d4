"""All events at once: each document's event as last read, read again when the document has changed.

Without it, listing ten thousand events, finding one by its slug or adding one with a new slug would read ten thousand
files. It is derived and disposable: an entry counts only while the document's fingerprint is the one under which it was
read; without an entry the document is read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from plandoc.engine.queries import QueryLike, row_tables
from plandoc.records import Event
from plandoc.storage.backend import Reading
from plandoc.storage.documents import Row
from plandoc.tables import BY_TYPE, EVENTS_FOLDER, event_of_document

if TYPE_CHECKING:
    from plandoc.engine.row_tables import RowTable


class EventRow(NamedTuple):
    """An event as it is in its document.

    Attributes:
        event: As a record.
        row: As it is in the file, which queries are asked of.
        fingerprint: That of the document, right after it was read.
    """

    event: Event
    row: Row
    fingerprint: Hashable


# Reads the events of documents, by the documents' names; nothing for a missing one.
Read = Callable[[Iterable[str]], Mapping[str, EventRow]]


class EventIndex:
    """The events of one store."""

    def __init__(self) -> None:
        self._entries: dict[str, EventRow] = {}
        # Documents that could still change without changing their fingerprints.
        self._unsettled: set[str] = set()
        # The version of the store at the last look; None when there was none.
        self._version: Hashable | None = None
        # The scan of the folder that this is up to date with, except for documents to be read again; None when there is none.
        self._scan: object = None
        self._to_read_again: set[str] = set()
        # In the order of their ids.
        self._events: dict[int, EventRow] = {}
        # Their rows, for queries; None from each change until the next query.
        self._table: RowTable | None = None
        # The ids by slug, while they are known and no two events have the same.
        self._slugs: dict[str, int] | None = None
        # Readers do not lock the folder, so several threads can be here at once.
        self._turn = threading.RLock()

    def find(
        self, reading: Reading, read: Read, query: QueryLike | None = None, *, fresh: bool = False
    ) -> list[EventRow]:
        """Return the events that match a query, in the order of their ids.

        Args:
            reading: The documents at one moment.
            read: Reads the events of some of them.
            query: None finds all.
            fresh: Look at every file at this instant, and read those again that may have changed unseen.

        Raises:
            DamagedError: when the event of a document cannot be understood.
        """
        with self._turn:
            self._refresh(reading, read, fresh=fresh)
            if query is None:
                return list(self._events.values())
            return [self._events[row.doc_id] for row in self._rows().search(query)]

    def slugs(self, reading: Reading, read: Read) -> dict[str, int]:
        """Return the ids of the events by their slugs, for the caller to keep.

        Args:
            reading: The documents at one moment.
            read: Reads the events of some of them.

        Raises:
            DamagedError: when the event of a document cannot be understood.
        """
        with self._turn:
            self._refresh(reading, read)
            return self._ids_by_slug()

    def highest_id(self, reading: Reading, read: Read) -> int:
        """Return the highest id of an event; 0 when there is none.

        Args:
            reading: The documents at one moment.
            read: Reads the events of some of them.

        Raises:
            DamagedError: when the event of a document cannot be understood.
        """
        with self._turn:
            self._refresh(reading, read)
            return next(reversed(self._events), 0)

    def forget(self, names: Iterable[str], before: Hashable | None, after: Hashable | None) -> None:
        """Forget documents that a transaction of this store has changed.

        Args:
            names: The documents.
            before: The version that the transaction has read.
            after: The version that it has made, where nobody else has committed in between; else None.
        """
        with self._turn:
            self._doubt(names)
            if before is not None and before == self._version:
                self._version = after

    def _rows(self) -> RowTable:
        if self._table is None:
            name = BY_TYPE[Event].name
            rows = {str(event_id): found.row for event_id, found in self._events.items()}
            self._table = row_tables().DocumentStorage({name: rows}).table(name)
        return self._table

    def _ids_by_slug(self) -> dict[str, int]:
        if self._slugs is None:
            slugs = {found.event.slug: event_id for event_id, found in self._events.items()}
            if len(slugs) < len(self._events):
                # Only editing by hand gives two events the same slug; this does not show which of them comes first.
                return slugs
            self._slugs = slugs
        return self._slugs.copy()

    def _refresh(self, reading: Reading, read: Read, *, fresh: bool = False) -> None:
        """Take in what has changed since the last scan."""
        listing = reading.fingerprints(EVENTS_FOLDER, fresh=fresh)
        if fresh:
            # A file that was read very soon after it was written may have changed since and still look the same.
            self._doubt(self._unsettled)
        is_same_scan = listing.scan is self._scan and reading.version == self._version
        if is_same_scan and not self._to_read_again:
            return
        # Until it is done, because reading may fail on the way.
        self._scan = self._table = None
        names = self._to_read_again if is_same_scan else self._changed(listing, reading.version)
        rows = read(sorted(name for name in names & listing.keys() if event_of_document(name) is not None))
        # What was replaced while it was being read is right for this scan only.
        lasting = {name: entry for name, entry in rows.items() if entry.fingerprint == listing[name]}
        if is_same_scan:
            self._change_events(names, rows)
        else:
            present = {entry.event.id: entry for entry in (*self._entries.values(), *rows.values())}
            self._events = dict(sorted(present.items()))
            self._slugs = None
        self._keep(lasting, reading)
        self._version = reading.version
        self._to_read_again.clear()
        self._scan = listing.scan if len(lasting) == len(rows) else None

    def _change_events(self, names: AbstractSet[str], rows: Mapping[str, EventRow]) -> None:
        """Change the events of some documents, in time that does not grow with the number of other events."""
        highest = next(reversed(self._events), 0)
        is_in_order = all(entry.event.id in self._events or entry.event.id > highest for entry in rows.values())
        for name in names:
            self._drop_slug(event_of_document(name))
        for name in names - rows.keys():
            self._events.pop(event_of_document(name) or 0, None)
        for entry in sorted(rows.values(), key=lambda entry: entry.event.id):
            self._events[entry.event.id] = entry
            self._add_slug(entry.event)
        if not is_in_order:
            self._events = dict(sorted(self._events.items()))

    def _drop_slug(self, event_id: int | None) -> None:
        if self._slugs is not None and event_id in self._events:
            del self._slugs[self._events[event_id].event.slug]

    def _add_slug(self, event: Event) -> None:
        if self._slugs is not None and self._slugs.setdefault(event.slug, event.id) != event.id:
            self._slugs = None

    def _changed(self, listing: Mapping[str, Hashable], version: Hashable | None) -> AbstractSet[str]:
        """Drop the entries that are not up to date, and return all documents without one."""
        if version != self._version:
            # Another process has written, and a fingerprint that is too young does not show what changed.
            self._drop(list(self._unsettled))
        self._drop([name for name, entry in self._entries.items() if listing.get(name) != entry.fingerprint])
        return listing.keys() - self._entries.keys()

    def _keep(self, entries: Mapping[str, EventRow], reading: Reading) -> None:
        self._entries.update(entries)
        self._unsettled.update(reading.unsettled({name: entry.fingerprint for name, entry in entries.items()}))

    def _doubt(self, names: Iterable[str]) -> None:
        """Have documents read again, whatever their fingerprints are."""
        doubted = set(names)
        self._drop(doubted)
        self._to_read_again |= doubted

    def _drop(self, names: Collection[str]) -> None:
        for name in names:
            self._entries.pop(name, None)
        self._unsettled.difference_update(names)
