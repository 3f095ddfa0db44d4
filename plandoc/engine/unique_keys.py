"""What is unique among the records of a session: each value in use, and the record that has it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from plandoc import records
from plandoc.engine.document import DocumentSession
from plandoc.engine.session_documents import SessionDocuments
from plandoc.errors import Problem, ValidationError
from plandoc.tables import BY_TYPE, Table

_EVENTS = BY_TYPE[records.Event]
_SLUG = ("slug",)

Fields = tuple[str, ...]


# A unique value that a record gets when it is written: the values in use, each with the id of its record; the one that it had
# before, or the new one for a new record; and the one that it gets.
Claim = tuple[dict[Any, int], Any, Any]


class UniqueKeys:
    """The values of unique fields that the records of a session have.

    Most are unique within their document. The slug of an event is unique among all events, so that there is one set for
    all of their documents.

    Args:
        documents: The documents of the session.
    """

    def __init__(self, documents: SessionDocuments) -> None:
        self._documents = documents
        self._used: dict[tuple[str, str, Fields], dict[Any, int]] = {}

    def slugs_of_events(self) -> dict[str, int]:
        """Return the slugs that events have, with their ids."""
        name = (_EVENTS.name, "", _SLUG)
        if name not in self._used:
            self._used[name] = self._present_slugs_of_events()
        return self._used[name]

    def used(self, document: DocumentSession, table: Table, fields: Fields) -> dict[Any, int]:
        """Return the values that a group of fields has in a table, each with the id of its record."""
        if table is _EVENTS:
            return self.slugs_of_events()
        name = (table.name, document.name, fields)
        if name not in self._used:
            key_of = key_of_fields(fields)
            self._used[name] = {key_of(record): record.id for record in document.all(table)}
        return self._used[name]

    def claims(self, document: DocumentSession, table: Table, record: Any, before: Any | None) -> list[Claim]:
        """Return the unique values that a record will have and does not have yet.

        Raises:
            ValidationError: when another record has one of them.
        """
        claims = []
        for fields in table.unique:
            key_of = key_of_fields(fields)
            new = key_of(record)
            old = new if before is None else key_of(before)
            # Only when a value changes, because an event's slug is compared with the documents of all events.
            if before is not None and old == new:
                continue
            used = self.used(document, table, fields)
            if used.get(new, record.id) != record.id:
                shown = " and ".join(f"{field} {getattr(record, field)!r}" for field in present_fields(fields, record))
                message = f"{table.label} {used[new]} already has {shown}"
                raise ValidationError([Problem(message, field=fields[0])])
            claims.append((used, old, new))
        return claims

    def free(self, document: DocumentSession, table: Table, record: Any) -> None:
        """Note that a record was removed, so that others may have its values."""
        for fields in table.unique:
            scope = "" if table is _EVENTS else document.name
            self._used.get((table.name, scope, fields), {}).pop(key_of_fields(fields)(record), None)

    def _present_slugs_of_events(self) -> dict[str, int]:
        if not self._documents.changes_events:
            # The same, without asking each event.
            return self._documents.event_slugs()
        return {event.slug: event.id for event in self._documents.find_events(None)}


def present_fields(fields: Fields, record: Any) -> list[str]:
    """Return the fields of a group that are set in a record, for groups of which a record sets only some."""
    return [field for field in fields if getattr(record, field) is not None]


@functools.cache
def key_of_fields(fields: Fields) -> Callable[[Any], Any]:
    """Return a function that gives the value of a group of fields: the value itself for one field, a tuple for several."""
    return attrgetter(*fields)
