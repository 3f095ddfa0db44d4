"""What operations are asked about, by id, slug or record: in the catalog, or as the plan of an event knows it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from plandoc.engine.plan_definitions import defined, known_to
from plandoc.engine.record_refs import Identified, id_meant, is_id, record_named
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import NotFoundError, Problem, ValidationError, refuse, shorten
from plandoc.tables import table_of

RecordT = TypeVar("RecordT")
IdT = TypeVar("IdT", bound=int)
ValueT = TypeVar("ValueT")


def id_of(
    record_type: type[Identified[IdT]],
    named: IdT | str | Identified[IdT],
    session: Session,
    event_id: int | None = None,
) -> IdT:
    """Return the id of a record that is given as an id, a slug or a record.

    Args:
        record_type: What it should be.
        named: The id, the slug or the record. An id is returned as it is; looking the record up shows whether it exists.
        session: The session to look in.
        event_id: The event by whose plan a slug is understood; None looks into the catalog alone.

    Raises:
        NotFoundError: for a slug that no record of this type has, with what it is or what may be meant.
        ValidationError: for a record of another type, or one that was never added.
    """
    if type(named) is int:
        return named
    if event_id is not None and isinstance(named, str):
        return cast("IdT", _id_in_plan(record_type, named, event_id, session))
    return id_meant(record_type, named, unit_of_work(session))


def ids_of(
    record_type: type[Identified[IdT]],
    named: IdT | str | Identified[IdT] | Iterable[IdT | str | Identified[IdT]],
    session: Session,
    event_id: int | None = None,
) -> list[IdT]:
    """Return the ids of records that are given as ids, slugs or records, in the order given.

    Raises:
        ValidationError: with every one that is not found or of another type.
    """
    ids: list[IdT] = []
    problems: list[Problem] = []
    for one in one_or_several(named):
        try:
            ids.append(id_of(record_type, one, session, event_id))
        except ValidationError as error:
            problems.extend(error.problems)
    if problems:
        missing = (one for one in ids if unit_of_work(session).get_or_none(cast("type", record_type), one) is None)
        problems.extend(problem for one in missing for problem in NotFoundError(_label(record_type), one).problems)
    refuse(problems)
    return ids


def one_or_several(named: Any) -> Iterable[Any]:
    """Return what names records one by one; a single one may be named without a list around it."""
    # Text is iterable too, but it names one record.
    return named if isinstance(named, Iterable) and not isinstance(named, str | bytes) else [named]


def by_id(record_type: type[Identified[IdT]], values: Mapping[Any, ValueT], session: Session) -> Mapping[int, ValueT]:
    """Return a mapping by id, made from one whose keys are ids, slugs or records.

    Raises:
        ValidationError: with every key that is not found, of another type, or the same record as another key; or when it
            is not a mapping.
    """
    if not isinstance(values, Mapping):
        label = _label(record_type).lower()
        message = f"wanted a number for each {label}, found {shorten(values)}"
        raise ValidationError([Problem(message, hint=f"give a mapping: {{{label.replace(' ', '_')}: number}}")])
    if not {*map(type, values)} - {int}:
        return values
    ids = ids_of(record_type, values, session)
    refuse(
        Problem(
            f"{_label(record_type)} {one} is given {ids.count(one)} times, under several names", hint="name it once"
        )
        for one in dict.fromkeys(ids)
        if ids.count(one) > 1
    )
    return dict(zip(ids, values.values(), strict=True))


def in_plan(record_type: type[RecordT], key: str, event_id: int, session: Session) -> RecordT:
    """Return a good, unit or recipe as an event defines it, by its id in digits, as a person types it, or by its slug.

    The name in the plan takes precedence over a later name in the catalog.

    Raises:
        NotFoundError: when neither the plan nor the catalog contains it.
    """
    if is_id(key):
        with contextlib.suppress(NotFoundError):
            return defined(record_type, int(key), event_id, session)
    return defined(record_type, _id_in_plan(record_type, key, event_id, session), event_id, session)


def _id_in_plan(record_type: type[Any], slug: str, event_id: int, session: Session) -> int:
    known = (record.id for record in known_to(record_type, event_id, session) if record.slug == slug)
    found: int | None = next(known, None)
    return record_named(record_type, slug, unit_of_work(session)).id if found is None else found


def _label(record_type: type[Any]) -> str:
    return table_of(record_type).label
