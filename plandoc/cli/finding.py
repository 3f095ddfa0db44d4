"""Records by what was typed for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from plandoc.catalog import find_by_key
from plandoc.errors import NotFoundError, Problem, ValidationError
from plandoc.records import Event
from plandoc.sessions import Session

RecordT = TypeVar("RecordT")


def event_id(key: str, session: Session) -> int:
    """Return the id of the event with this slug or id."""
    return find_by_key(Event, key, session=session).id


def all_of(record_type: type[RecordT], keys: Iterable[str], session: Session) -> list[RecordT]:
    """Return the records with these slugs or ids, in the order of the keys.

    Raises:
        ValidationError: with every key that names none.
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
