"""All records of one session: in which document each lives, and the rules that need more than one record.

A record is resolved once, to its document and its table there, which are passed along. The state of a plan does not matter
here; it is checked before anything reaches this layer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import attrs

from plandoc import records
from plandoc.domain.slugs import slugify
from plandoc.engine.document import DocumentSession
from plandoc.engine.integrity import (
    WITH_FURTHER_RULES,
    check_written,
    events_resting_on,
    in_words,
    plan_in_words,
    referrers,
    users_of_word,
)
from plandoc.engine.queries import QueryLike
from plandoc.engine.session_documents import SessionDocuments
from plandoc.engine.unique_keys import UniqueKeys, key_of_fields
from plandoc.errors import NotFoundError, Problem, SessionError, StillUsedError, ValidationError
from plandoc.fields import evolved
from plandoc.tables import BY_TYPE, Table, event_document, table_of

RecordT = TypeVar("RecordT")

_EVENTS = BY_TYPE[records.Event]
_SNAPSHOTS = BY_TYPE[records.PlanSnapshot]


class UnitOfWork:
    """The records of one session, read and changed together, and how long that may go on.

    Args:
        documents: The documents that they are in.
        writes: Whether the session writes.

    Attributes:
        documents: The documents that they are in.
        is_over: Whether the session was ended.
        writes: Whether the session writes.
        changed: Each record that was added, changed or removed, as it was before and as it is now; None for none. By its type,
            event and id, in the order in which they were first changed.
    """

    def __init__(self, documents: SessionDocuments, *, writes: bool) -> None:
        self.documents = documents
        self.is_over = False
        self.writes = writes
        self.changed: dict[tuple[type, int | None, int], tuple[Any | None, Any | None]] = {}
        self._unique_keys = UniqueKeys(documents)

    def end(self) -> None:
        """Refuse any further use."""
        self.is_over = True

    def check_open(self) -> None:
        """Refuse to go on in a session that has ended."""
        if self.is_over:
            raise SessionError(
                "this session has ended; records read in it stay valid, but further work needs a new session"
            )

    def check_writable(self) -> None:
        """Refuse to go on in a session that only reads, or that has ended."""
        if self.is_over or not self.writes:
            self.check_open()
            raise SessionError("this session only reads; open one with store.session() to change something")

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Take back the changes of a block that ends by an exception, for a caller who catches it and goes on."""
        changed = dict(self.changed)
        try:
            with self.documents.all_or_nothing():
                yield
        except BaseException:
            self.changed = changed
            # Computed again from the records as they are now.
            self._unique_keys = UniqueKeys(self.documents)
            raise

    # Reading.

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
        if self.is_over:
            self.check_open()
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
        if self.is_over:
            self.check_open()
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
            # Only a hint, because the last scan of all events may be out of date; the document decides.
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
        document = self.documents.find(_document_of(table, given))
        if document is None:
            return None
        used = ((self._unique_keys.used(document, table, fields), key_of_fields(fields)) for fields in table.unique)
        ids = (ids.get(key_of(given)) for ids, key_of in used)
        return next((document.get(table, found) for found in ids if found is not None), None)

    def snapshot(self, event_id: int) -> records.PlanSnapshot | None:
        """Return the snapshot of an event's plan, or None when there is none; the one place that looks for it.

        Raises:
            NotFoundError: "Event 99 not found".
            DamagedError: when there are two, which only another program can have written.
        """
        if self.is_over:
            self.check_open()
        return self.documents.of_event(event_id).only(_SNAPSHOTS)

    def users_of(self, record: Any, besides: Collection[Any] = ()) -> list[str]:
        """Return what uses a record of the catalog, as a person names it.

        Args:
            record: The record.
            besides: Records that do not count.
        """
        by_id = referrers(type(record), record.id, self.find)
        by_name = users_of_word(record, self.find) if isinstance(record, records.UnitWord) else ()
        resting = {
            event.id: event for event in events_resting_on(type(record), record.id, self.documents.of_all_events())
        }
        using = (one for one in (*by_id, *by_name) if one not in besides)
        # An event that is named through its plan is not named again.
        direct = [in_words(one, self._name_of) for one in using if getattr(one, "event_id", None) not in resting]
        return list(dict.fromkeys([*direct, *map(plan_in_words, resting.values())]))

    def _name_of(self, record_type: type[Any], record_id: int) -> str:
        name: str = self.get(record_type, record_id).name
        return name

    # Changing.

    def add(self, record: RecordT, *, wanted_id: int = 0) -> RecordT:
        """Add a record, with an id, and a slug if it has none; return it as it is stored.

        Args:
            record: The record.
            wanted_id: The id that a new event gets where it was never given; 0 for the next one.
        """
        table = table_of(type(record))
        given: Any = record
        if given.id != 0:
            message = f"{table.label}: wanted no id, because the store assigns it; found {given.id}"
            raise ValidationError([Problem(message, field="id", hint="use replace for a record that is stored")])
        stored: RecordT = self._add_event(given, wanted_id) if table is _EVENTS else self._add(table, given)
        return stored

    def next_id(self, record_type: type) -> int:
        """Return the id that the next new record of the catalog gets; neither it nor any higher one was ever given."""
        table = table_of(record_type)
        return self.documents.of_folder(table.document).next_id(table)

    def reserve_ids(self, record_type: type, following: int) -> None:
        """Count all ids of a record type of the catalog below a number as given, for `add_numbered` to use."""
        table = table_of(record_type)
        self.documents.to_change(table.document).reserve_ids(table, following)

    def add_numbered(self, record: Any) -> None:
        """Add a record of the catalog under its own id, which no other record can have been given.

        For an import, which keeps the ids that sealed records hold; `reserve_ids` comes first.

        Raises:
            ValidationError: when the id is not among those reserved, or used.
        """
        table = table_of(type(record))
        document = self.documents.to_change(table.document)
        if not 0 < record.id < document.next_id(table) or document.get(table, record.id) is not None:
            raise ValidationError([Problem(f"{table.label} {record.id}: the id is already in use", field="id")])
        self._check_references(table, record)
        self._write(document, table, record)

    def repoint(self, record: RecordT) -> RecordT:
        """Replace a record to change what it refers to, even one that is otherwise never changed; return it."""
        return self.replace(record, repoints=True)

    def replace(self, record: RecordT, *, repoints: bool = False) -> RecordT:
        """Replace the record that has the id of this one; return it."""
        if self.is_over:
            self.check_open()
        table = table_of(type(record))
        given: Any = record
        name = _document_of(table, given)
        document = self.documents.find(name)
        before = None if document is None else document.get(table, given.id)
        if before is None:
            raise NotFoundError(table.label, given.id)
        if table.add_only and not repoints:
            raise ValidationError(f"{table.label} {given.id} cannot be changed once it is written")
        if before == record:
            return record
        if table.has_slug and not given.slug:
            given = attrs.evolve(given, slug=before.slug)
        self._check_references(table, given, before)
        stored: RecordT = self._write(self.documents.to_change(name), table, given, before)
        return stored

    def remove(self, record_type: type, record_id: int, event_id: int | None = None) -> None:
        """Remove a record that no other refers to; an event goes with everything in its document."""
        table = table_of(record_type)
        record: Any = self.get(record_type, record_id, event_id)
        if table.add_only:
            raise ValidationError(f"{table.label} {record_id} cannot be removed once it is written")
        if not table.of_event:
            self._check_unused(table, record)
        document = self.documents.to_change(_document_name(table, record_id, event_id))
        self._unique_keys.free(document, table, record)
        if table is _EVENTS:
            document.exists, document.changed = False, True
        else:
            document.delete(table, record_id)
        self._note(table, record, record, None)

    def _add(self, table: Table, record: Any) -> Any:
        document = self.documents.to_change(_document_of(table, record))
        slug = _new_slug(record, lambda: self._unique_keys.used(document, table, ("slug",))) if table.has_slug else {}
        if table.references:
            self._check_references(table, record)
        return self._write(document, table, evolved(record, id=document.take_id(table), **slug))

    def _add_event(self, event: Any, wanted_id: int) -> Any:
        slug = _new_slug(event, self._unique_keys.slugs_of_events)
        new_id = self.documents.take_event_id(wanted_id)
        return self._write(self.documents.of_new_event(new_id), _EVENTS, evolved(event, id=new_id, **slug))

    # Rules that need other records.

    def _write(self, document: DocumentSession, table: Table, record: Any, before: Any | None = None) -> Any:
        claims = self._unique_keys.claims(document, table, record, before)
        document.upsert(table, record)
        if type(record) in WITH_FURTHER_RULES:
            try:
                check_written(record, lambda: document.find(table))
            except ValidationError:
                # The caller may catch this and go on; the session must then be as it was.
                _undo(document, table, record, before)
                raise
        for used, old, new in claims:
            used.pop(old, None)
            used[new] = record.id
        self._note(table, record, before, record)
        return record

    def _note(self, table: Table, record: Any, before: Any | None, after: Any | None) -> None:
        key = table.record_type, record.event_id if table.of_event and table is not _EVENTS else None, record.id
        self.changed[key] = self.changed[key][0] if key in self.changed else before, after

    def _check_references(self, table: Table, record: Any, before: Any | None = None) -> None:
        """Refuse a record that refers to what does not exist; what it referred to before was there when that was written."""
        problems = [
            Problem(f"{BY_TYPE[reference.target].label} {target} not found", field=reference.field)
            for reference in table.references
            if before is None or reference.value(record) != reference.value(before)
            for target in reference.ids(record)
            if self.get_or_none(reference.target, target) is None
        ]
        if problems:
            raise ValidationError(problems)

    def _check_unused(self, table: Table, record: Any) -> None:
        using = self.users_of(record)
        if using:
            raise StillUsedError(table.label, record.id, using, getattr(record, "name", ""))


def _new_slug(record: Any, used: Callable[[], Container[str]]) -> dict[str, str]:
    """Return the slug that a record gets by its name, as a field; nothing for one that has a slug."""
    return {} if record.slug else {"slug": slugify(record.name, used())}


def _undo(document: DocumentSession, table: Table, record: Any, before: Any | None) -> None:
    if before is None:
        document.delete(table, record.id)
    else:
        document.upsert(table, before)


def _document_of(table: Table, record: Any) -> str:
    if not table.of_event:
        return table.document
    return event_document(record.id if table is _EVENTS else record.event_id)


def _document_name(table: Table, record_id: int, event_id: int | None) -> str:
    if not table.of_event:
        return table.document
    if table is _EVENTS:
        return event_document(record_id)
    if event_id is None:
        message = f"a {table.label.lower()} is numbered within its event; name the event with event_id"
        raise SessionError(message)
    return event_document(event_id)
