"""All documents of one session: where each record lives, and the rules that need more than one record.

What state a plan is in is no matter here; that is asked before anything comes to this floor.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, TypeVar, cast

import attrs

from plandoc import records
from plandoc.errors import (
    ConflictError,
    DamagedError,
    NotFoundError,
    Problem,
    SessionError,
    StillUsedError,
    ValidationError,
)
from plandoc.event_index import EventIndex
from plandoc.open_documents import DocumentCache, OpenDocument, check_format_of_folder
from plandoc.queries import QueryLike
from plandoc.relations import check_parts, plans_resting_on, users
from plandoc.slugs import slugify
from plandoc.storage import documents, marker
from plandoc.storage.backend import Reading
from plandoc.tables import (
    BY_TYPE,
    CATALOG,
    EVENTS_FOLDER,
    MARKER,
    ROOT_DOCUMENTS,
    Table,
    event_document,
    event_of_document,
    table_of,
)
from plandoc.upgrades import origin

RecordT = TypeVar("RecordT")

_EVENTS = BY_TYPE[records.Event]
_BY_ID = attrgetter("id")


class Workspace:
    """The records of one session, over the documents that it has opened.

    Args:
        reading: The documents.
        cache: The documents that were read before.
        index: The events.
        lineage: The identity of the store.
        writes: Whether the session writes, so that what it hands out must be in the files at that moment.
    """

    def __init__(
        self, reading: Reading, cache: DocumentCache, index: EventIndex, lineage: str, *, writes: bool = False
    ) -> None:
        self._reading = reading
        self._cache = cache
        self._index = index
        self._lineage = lineage
        self._writes = writes
        # Events that were handed out without a look into their documents, as they were then, by id.
        self._handed_out: dict[int, records.Event] = {}
        self._opened: dict[str, OpenDocument] = {}
        self._looked_at: dict[str, OpenDocument | None] = {}
        self._marker: marker.Marker | None = None
        self._marker_changed = False
        self._taken: dict[tuple[str, tuple[str, ...]], dict[Any, int]] = {}

    @property
    def serial(self) -> int:
        """Number of the last transaction that is in it: one more once its own changes are saved."""
        return self._reading.serial

    def get(self, record_type: type[RecordT], record_id: int, event_id: int | None = None) -> RecordT:
        """Return a record.

        Raises:
            NotFoundError: when there is none with this id.
        """
        found = self.get_or_none(record_type, record_id, event_id)
        if found is None:
            raise NotFoundError(table_of(record_type).label, record_id)
        return found

    def get_or_none(self, record_type: type[RecordT], record_id: int, event_id: int | None = None) -> RecordT | None:
        """Return a record, or None when there is none with this id."""
        table = table_of(record_type)
        if type(record_id) is not int or record_id < 1:
            return None
        document = self._find_document(self._document_name(table, record_id, event_id))
        found: RecordT | None = None if document is None else document.get(table, record_id)
        return found

    def catalog(self) -> OpenDocument:
        """Return the document of the catalogue, for what only looks at its records."""
        return self._document(CATALOG)

    def _document(self, name: str) -> OpenDocument:
        # Never None: a folder that lacks a document that belongs to no event is refused when that is read.
        return cast("OpenDocument", self._find_document(name))

    def document_of_event(self, event_id: int) -> OpenDocument:
        """Return the document of an event, for what only looks at its records.

        Raises:
            NotFoundError: "Event 99 not found".
        """
        document = self._find_document(event_document(event_id))
        if document is None:
            raise NotFoundError("Event", event_id)
        return document

    def find(
        self, record_type: type[RecordT], query: QueryLike | None = None, event_id: int | None = None
    ) -> list[RecordT]:
        """Return the records that match a query, in the order of their ids."""
        table = table_of(record_type)
        if table is _EVENTS and event_id is None:
            events: list[Any] = self._find_events(query)
            return events
        if table.of_event and event_id is None:
            return [found for document in self.event_documents() for found in document.find(table, query)]
        document = self._document(table.document) if event_id is None else self.document_of_event(event_id)
        return document.find(table, query)

    def named(self, record_type: type[RecordT], slug: str) -> RecordT | None:
        """Return the record with a slug; None when there is none."""
        if record_type is records.Event:
            # A hint, as old as the last look at all events may be; the document knows.
            event_id = self._index.slugs(self._reading, self._read_document).get(slug, 0)
            found = self.get_or_none(record_type, event_id)
            if found is not None and getattr(found, "slug", None) == slug:
                return found
        return next((record for record in self.find(record_type) if getattr(record, "slug", None) == slug), None)

    def like(self, record: RecordT) -> RecordT | None:
        """Return the record that has the slug of a new one, or what else is unique in it; None when there is none."""
        table = table_of(type(record))
        given: Any = record
        if table.has_slug:
            return self.named(type(record), given.slug or slugify(given.name))
        for fields in table.unique:
            found = self._keys(table, fields, given).get(_key_of(fields)(given))
            if found is not None:
                return self.get(type(record), found, getattr(given, "event_id", None))
        return None

    def _find_events(self, query: QueryLike | None) -> list[records.Event]:
        found = self._index.find(self._reading, self._read_document, query, anew=self._writes)
        ours = self._events_looked_into() if self._writes else {}
        others = [event for event in found if event.id not in ours] if ours else found
        if self._writes:
            self._handed_out = {event.id: event for event in others} | self._handed_out
        if not ours:
            return found
        looked_into = (document for document in ours.values() if document is not None and document.exists)
        return sorted([*others, *(event for one in looked_into for event in one.find(_EVENTS, query))], key=_BY_ID)

    def _events_looked_into(self) -> dict[int, OpenDocument | None]:
        """Return the documents of events that this session has read or changed; None for one that there is not."""
        known = {**self._looked_at, **self._opened}
        return {event_id: known[name] for name in known if (event_id := event_of_document(name)) is not None}

    def snapshot(self, event_id: int) -> records.PlanSnapshot | None:
        """Return the snapshot of an event's plan, or None when there is none; the one place that looks for it.

        Raises:
            NotFoundError: "Event 99 not found".
            DamagedError: when there are two, as only other hands can have put them there.
        """
        return self.document_of_event(event_id).only(BY_TYPE[records.PlanSnapshot])

    def event_documents(self) -> Iterator[OpenDocument]:
        """Yield the documents of all events, in the order of their ids."""
        for event_id in self.event_ids():
            name = event_document(event_id)
            # Read without being kept: all events together may be more than the memory should hold.
            document = self._opened.get(name) or self._looked_at.get(name) or self._read_document(name)
            if document is not None:
                yield document

    def event_ids(self) -> list[int]:
        """Return the ids of all events, in order."""
        names = set(self._reading.names(EVENTS_FOLDER))
        names.update(name for name, document in self._opened.items() if document.exists)
        names.difference_update(name for name, document in self._opened.items() if not document.exists)
        ids = map(event_of_document, names)
        return sorted(event_id for event_id in ids if event_id is not None)

    def add(self, record: RecordT, *, wanted_id: int = 0) -> RecordT:
        """Add a record, with an id, and a slug if it has none; return it as it is stored.

        Args:
            record: The record.
            wanted_id: The id that a new event gets where it was never given; 0 for the next one.
        """
        table = table_of(type(record))
        given: Any = record
        if given.id != 0:
            message = f"{table.label}: wanted no id, for the store gives it; found {given.id}"
            raise ValidationError([Problem(message, field="id", hint="use replace for a record that is stored")])
        if table.has_slug and not given.slug:
            given = attrs.evolve(given, slug=slugify(given.name, self._keys(table, ("slug",), given)))
        self._check_references(table, given)
        document = self._document_of_new(table, given)
        new_id = self._take_event_id(wanted_id) if table is _EVENTS else document.take_id(table)
        stored: RecordT = _with_id(given, new_id)
        if table is _EVENTS:
            document = self._new_event_document(new_id)
        self._write(table, document, stored)
        return stored

    def next_id(self, record_type: type) -> int:
        """Return the id that the next new record of the catalogue gets; neither it nor any above it was ever given."""
        table = table_of(record_type)
        document = self._find_document(table.document)
        return 1 if document is None else document.next_id(table)

    def next_event_id(self) -> int:
        """Return the id that the next new event gets; neither it nor any above it was ever given."""
        next_id = self._present_marker().next_event_id
        # Documents may have been put into the folder by hand; once a session is enough to look.
        if self._marker_changed:
            return next_id
        return max(next_id, self._index.highest_id(self._reading, self._read_document) + 1)

    def skip_ids(self, record_type: type, following: int) -> None:
        """Count all ids of a record type of the catalogue below a number as given, for `add_numbered` to use."""
        table = table_of(record_type)
        self._document_to_change(table.document).skip_ids(table, following)

    def add_numbered(self, record: Any) -> None:
        """Add a record of the catalogue under the id that it has, which nobody else can have been given.

        For an import, which keeps the ids that signed records hold; `skip_ids` comes first.

        Raises:
            ValidationError: when the id is not among those skipped, or taken.
        """
        table = table_of(type(record))
        document = self._document_to_change(table.document)
        if not 0 < record.id < document.next_id(table) or document.get(table, record.id) is not None:
            raise ValidationError([Problem(f"{table.label} {record.id}: the id is not free", field="id")])
        self._check_references(table, record)
        self._write(table, document, record)

    def replace(self, record: RecordT) -> RecordT:
        """Put a record in the place of the one with its id; return it."""
        table = table_of(type(record))
        given: Any = record
        before: Any = self.get(type(record), given.id, getattr(given, "event_id", None))
        if table.add_only:
            raise ValidationError(f"{table.label} {given.id} is never changed once it is written")
        if before == record:
            return record
        if table.has_slug and not given.slug:
            given = attrs.evolve(given, slug=before.slug)
        self._check_references(table, given)
        self._write(table, self._document_of(table, given), given)
        stored: RecordT = given
        return stored

    def remove(self, record_type: type, record_id: int, event_id: int | None = None) -> None:
        """Remove a record that no other refers to; an event goes with everything in its document."""
        table = table_of(record_type)
        record: Any = self.get(record_type, record_id, event_id)
        if table.add_only:
            raise ValidationError(f"{table.label} {record_id} is never removed once it is written")
        if not table.of_event:
            using = [
                *users(record_type, record_id, self.find),
                *plans_resting_on(record_type, record_id, self.event_documents()),
            ]
            if using:
                raise StillUsedError(table.label, record_id, using)
        document = self._document_of(table, record)
        for fields in table.unique:
            self._taken.get(_group(table, fields, record), {}).pop(_key_of(fields)(record), None)
        if table is _EVENTS:
            document.exists, document.changed = False, True
        else:
            document.drop(table, record_id)

    def changes(self) -> dict[str, bytes | None]:
        """Return the content of every document that was changed; None for one that was removed."""
        changed = {name: document for name, document in self._opened.items() if document.changed}
        changes = {name: self._rendered(document) if document.exists else None for name, document in changed.items()}
        # What was changed and changed back is as it was.
        changes = {name: content for name, content in changes.items() if content != changed[name].content_read}
        if self._marker_changed:
            changes[MARKER] = marker.render(self._present_marker())
        return changes

    def _rendered(self, document: OpenDocument) -> bytes:
        content = document.render()
        # Whoever comes to read these bytes need not make out anew what they hold.
        self._cache.keep(*document.read_back())
        return content

    # Documents.

    def _document_name(self, table: Table, record_id: int, event_id: int | None) -> str:
        if not table.of_event:
            return table.document
        if table is _EVENTS:
            return event_document(record_id)
        if event_id is None:
            message = f"a {table.label.lower()} is numbered within its event; name the event with event_id"
            raise SessionError(message)
        return event_document(event_id)

    def _find_document(self, name: str) -> OpenDocument | None:
        if name in self._opened:
            document = self._opened[name]
            return document if document.exists else None
        # A session is one moment, so that one look at a file is enough for all of it.
        if name not in self._looked_at:
            self._looked_at[name] = self._read_document(name)
        return self._looked_at[name]

    def _read_document(self, name: str) -> OpenDocument | None:
        file = origin(name, self._reading.format)
        content = self._reading.read(file)
        if content is None:
            if name in ROOT_DOCUMENTS:
                raise DamagedError(file, [Problem("the file is missing", file=file, hint="take it back from a backup")])
            return None
        document = self._cache.open(name, content, file)
        if document.format < self._reading.format:
            check_format_of_folder(document, self._reading.format)
        return document

    def _document_of(self, table: Table, record: Any) -> OpenDocument:
        """Return the document of a stored record, opened for changes."""
        return self._document_to_change(self._document_name(table, record.id, getattr(record, "event_id", None)))

    def _document_to_change(self, name: str) -> OpenDocument:
        if name not in self._opened:
            document = self._find_document(name)
            if document is None:
                raise NotFoundError("Event", event_of_document(name))
            self._check_handed_out(document)
            self._opened[name] = document.copy()
        return self._opened[name]

    def _check_handed_out(self, document: OpenDocument) -> None:
        """Refuse to change an event that is no longer what this session was handed."""
        event_id = event_of_document(document.name)
        handed_out = None if event_id is None else self._handed_out.get(event_id)
        if handed_out is not None and event_id is not None and document.get(_EVENTS, event_id) != handed_out:
            message = "was changed by another program during this change; nothing was saved; run it again"
            raise ConflictError(document.name, f"{document.name} {message}")

    def _document_of_new(self, table: Table, record: Any) -> OpenDocument:
        if table is _EVENTS:
            return OpenDocument(documents.Document("", documents.FORMAT, self._lineage, {}, {}))
        return self._document_of(table, record)

    def _new_event_document(self, event_id: int) -> OpenDocument:
        name = event_document(event_id)
        document = OpenDocument(documents.Document(name, documents.FORMAT, self._lineage, {}, {}))
        self._opened[name] = document
        return document

    def _present_marker(self) -> marker.Marker:
        if self._marker is None:
            content = self._reading.read(MARKER)
            if content is None:
                raise DamagedError(MARKER, marker.missing())
            self._marker = marker.parse(content)
        return self._marker

    def _take_event_id(self, wanted_id: int = 0) -> int:
        event_id = max(self.next_event_id(), wanted_id)
        # The look at all documents may be as old as a second; none that came since is written over.
        while self._reading.read(event_document(event_id)) is not None:
            event_id += 1
        self._marker = attrs.evolve(self._present_marker(), next_event_id=event_id + 1)
        self._marker_changed = True
        return event_id

    # Rules that need other records.

    def _write(self, table: Table, document: OpenDocument, record: Any) -> None:
        before = document.get(table, record.id)
        # Only where a key changes: an event's slug is compared with the documents of all events.
        changed = [
            fields for fields in table.unique if before is None or _key_of(fields)(before) != _key_of(fields)(record)
        ]
        for fields in changed:
            self._check_unique(table, fields, record)
        document.put(table, record)
        try:
            check_parts(record, self.find)
        except ValidationError:
            # The caller may catch this and go on; the session must then be as it was.
            self._undo(table, document, record, before)
            raise
        for fields in changed:
            keys = self._keys(table, fields, record)
            if before is not None:
                keys.pop(_key_of(fields)(before), None)
            keys[_key_of(fields)(record)] = record.id

    def _undo(self, table: Table, document: OpenDocument, record: Any, before: Any | None) -> None:
        if before is None:
            document.drop(table, record.id)
        else:
            document.put(table, before)

    def _keys(self, table: Table, fields: tuple[str, ...], record: Any) -> dict[Any, int]:
        """Return the values that a group of unique fields has in the records among which it is unique."""
        name = _group(table, fields, record)
        if name not in self._taken:
            self._taken[name] = self._present_keys(table, fields, record)
        return self._taken[name]

    def _present_keys(self, table: Table, fields: tuple[str, ...], record: Any) -> dict[Any, int]:
        if table is _EVENTS and not any(map(event_of_document, self._opened)):
            # The same, without asking each event.
            return self._index.slugs(self._reading, self._read_document)
        present: list[Any] = self.find(table.record_type, event_id=getattr(record, "event_id", None))
        key_of = _key_of(fields)
        return {key_of(other): other.id for other in present}

    def _check_unique(self, table: Table, fields: tuple[str, ...], record: Any) -> None:
        other = self._keys(table, fields, record).get(_key_of(fields)(record))
        if other is not None and other != record.id:
            shown = " and ".join(f"{field} {getattr(record, field)!r}" for field in fields)
            raise ValidationError([Problem(f"{table.label} {other} has {shown} already", field=fields[0])])

    def _check_references(self, table: Table, record: Any) -> None:
        problems = [
            Problem(f"{BY_TYPE[reference.target].label} {target} not found", field=reference.field)
            for reference in table.references
            for target in reference.ids(record)
            if self.get_or_none(reference.target, target) is None
        ]
        if problems:
            raise ValidationError(problems)


def _with_id(record: RecordT, new_id: int) -> RecordT:
    """Return a copy with an id; not by `attrs.evolve`, which would judge all fields of a long record once more."""
    stored = copy.copy(record)
    object.__setattr__(stored, "id", new_id)
    return stored


@functools.cache
def _key_of(fields: tuple[str, ...]) -> Callable[[Any], Any]:
    """Return what gives the value of a group of fields: of a single one its own, of several a tuple."""
    return attrgetter(*fields)


def _group(table: Table, fields: tuple[str, ...], record: Any) -> tuple[str, tuple[str, ...]]:
    """Return what names the records among which a group of fields is unique: all, or those of one event."""
    return (f"{table.name}@{getattr(record, 'event_id', None)}", fields)
