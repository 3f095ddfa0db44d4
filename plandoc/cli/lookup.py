"""Finding records by the slug or id that was typed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import Any, TypeVar

from plandoc.engine.plan_definitions import defined, known_to
from plandoc.engine.session import Session
from plandoc.errors import NotFoundError, Problem, ValidationError
from plandoc.records import Event
from plandoc.workflow.catalog import find_by_key, is_id

RecordT = TypeVar("RecordT")


def event_id(key: str, session: Session) -> int:
    """Return the id of the event with this slug or id."""
    return find_by_key(Event, key, session=session).id


def in_plan(record_type: type[RecordT], key: str, event: int, session: Session) -> RecordT:
    """Return a good, unit or recipe as an event defines it, by its slug or id.

    The name in the plan takes precedence over a later name in the catalog.

    Raises:
        NotFoundError: when neither the plan nor the catalog contains it.
    """
    if is_id(key):
        with contextlib.suppress(NotFoundError):
            return defined(record_type, int(key), event, session)
    by_slug: dict[str, Any] = {getattr(one, "slug", ""): one for one in known_to(record_type, event, session)}
    if key not in by_slug:
        in_catalog: Any = find_by_key(record_type, key, session=session)
        return defined(record_type, in_catalog.id, event, session)
    found: RecordT = by_slug[key]
    return found


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
