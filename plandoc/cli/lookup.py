"""Finding records by the slug or id that was typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from plandoc.engine.session import Session
from plandoc.errors import NotFoundError, Problem, ValidationError
from plandoc.records import Event, EventId
from plandoc.workflow.catalog import find_by_key

RecordT = TypeVar("RecordT")


def event_id(key: str, session: Session) -> EventId:
    """Return the id of the event with this slug or id."""
    return find_by_key(Event, key, session=session).id


def all_of(record_type: type[RecordT], keys: Iterable[str], session: Session) -> list[RecordT]:
    """Return the records with these slugs or ids, in the order of the keys.

    Raises:
        ValidationError: with every key that matches no record.
    """
    records: list[RecordT] = []
    problems: list[Problem] = []
    for key in keys:
        try:
            records.append(find_by_key(record_type, key, session=session))
        except NotFoundError as error:
            problems.extend(error.problems)
    if problems:
        raise ValidationError(problems)
    return records
