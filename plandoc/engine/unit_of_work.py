"""All records of one session: in which document each lives, and the rules that need more than one record.

What state a plan is in is no matter here; that is asked before anything comes to this floor.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

import attrs

from plandoc import records
from plandoc.domain.slugs import slugify
from plandoc.engine.document import OpenDocument
from plandoc.engine.integrity import check_parts, plans_resting_on, users
from plandoc.engine.queries import QueryLike
from plandoc.engine.session_documents import SessionDocuments
from plandoc.errors import NotFoundError, Problem, SessionError, StillUsedError, ValidationError
from plandoc.tables import BY_TYPE, Table, event_document, table_of

RecordT = TypeVar("RecordT")

_EVENTS = BY_TYPE[records.Event]


class Workspace:
    """The records of one session.

    Attributes:
        documents: The documents that they are in.
    """

    def __init__(self, documents: SessionDocuments) -> None:
        self.documents = documents
        self._taken: dict[tuple[str, tuple[str, ...]], dict[Any, int]] = {}

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
        document = self.documents.find(_document_name(table, record_id, event_id))
        found: RecordT | None = None if document is None else document.get(table, record_id)
        return found

    def find(
        self, record_type: type[RecordT], query: QueryLike | None = None, event_id: int | None = None
    ) -> list[RecordT]:
        """Return the records that match a query, in the order of their ids."""
        table = table_of(record_type)
        if table is _EVENTS and event_id is None:
            events: list[Any] = self.documents.find_events(query)
            return events
        if table.of_event and event_id is None:
            return [found for document in self.documents.of_all_events() for found in document.find(table, query)]
        document = self.documents.of_folder(table.document) if event_id is None else self.documents.of_event(event_id)
        return document.find(table, query)

    def named(self, record_type: type[RecordT], slug: str) -> RecordT | None:
        """Return the record with a slug; None when there is none."""
        if record_type is records.Event:
            # A hint, as old as the last look at all events may be; the document knows.
            event_id = self.documents.event_slugs().get(slug, 0)
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

    def snapshot(self, event_id: int) -> records.PlanSnapshot | None:
        """Return the snapshot of an event's plan, or None when there is none; the one place that looks for it.

        Raises:
            NotFoundError: "Event 99 not found".
            DamagedError: when there are two, as only other hands can have put them there.
        """
        return self.documents.of_event(event_id).only(BY_TYPE[records.PlanSnapshot])

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
        if table is _EVENTS:
            new_id = self.documents.take_event_id(wanted_id)
            document = self.documents.of_new_event(new_id)
        else:
            document = self._document_of(table, given)
            new_id = document.take_id(table)
        stored: RecordT = _with_id(given, new_id)
        self._write(table, document, stored)
        return stored

    def next_id(self, record_type: type) -> int:
        """Return the id that the next new record of the catalog gets; neither it nor any above it was ever given."""
        table = table_of(record_type)
        return self.documents.of_folder(table.document).next_id(table)

    def skip_ids(self, record_type: type, following: int) -> None:
        """Count all ids of a record type of the catalog below a number as given, for `add_numbered` to use."""
        table = table_of(record_type)
        self.documents.to_change(table.document).skip_ids(table, following)

    def add_numbered(self, record: Any) -> None:
        """Add a record of the catalog under the id that it has, which nobody else can have been given.

        For an import, which keeps the ids that signed records hold; `skip_ids` comes first.

        Raises:
            ValidationError: when the id is not among those skipped, or taken.
        """
        table = table_of(type(record))
        document = self.documents.to_change(table.document)
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
                *plans_resting_on(record_type, record_id, self.documents.of_all_events()),
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

    def _document_of(self, table: Table, record: Any) -> OpenDocument:
        """Return the document of a stored record, opened for changes."""
        return self.documents.to_change(_document_name(table, record.id, getattr(record, "event_id", None)))

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
        if table is _EVENTS and not self.documents.changes_events:
            # The same, without asking each event.
            return self.documents.event_slugs()
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


def _document_name(table: Table, record_id: int, event_id: int | None) -> str:
    if not table.of_event:
        return table.document
    if table is _EVENTS:
        return event_document(record_id)
    if event_id is None:
        message = f"a {table.label.lower()} is numbered within its event; name the event with event_id"
        raise SessionError(message)
    return event_document(event_id)


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
