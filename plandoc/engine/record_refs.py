"""Which record is meant by an id, a slug, or the record itself.

Everything that takes an id takes a slug and a record as well, and asks here which record that is.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast

from plandoc import records
from plandoc.domain.slugs import slugify
from plandoc.engine.related_records import related_in_words
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import NotFoundError, Problem, ValidationError, shorten
from plandoc.records import EventId, FinishedGoodId, FinishedUnitId, IngredientId, RecipeId
from plandoc.tables import BY_TYPE, TABLES, table_of
from plandoc.text.near_words import nearest

IdT = TypeVar("IdT", bound=int)
IdT_co = TypeVar("IdT_co", bound=int, covariant=True)

EventRef = EventId | str | records.Event
FinishedGoodRef = FinishedGoodId | str | records.FinishedGood
FinishedUnitRef = FinishedUnitId | str | records.FinishedUnit
IngredientRef = IngredientId | str | records.Ingredient
RecipeRef = RecipeId | str | records.Recipe
# Mappings are invariant in their keys: one keyed by ids alone would not pass for one keyed by any of these.
FinishedGoodKey = TypeVar("FinishedGoodKey", bound=FinishedGoodRef)
FinishedUnitKey = TypeVar("FinishedUnitKey", bound=FinishedUnitRef)

_KINDS_WITH_SLUG = tuple(table.record_type for table in TABLES if table.has_slug)


class Identified(Protocol[IdT_co]):
    """A record with an id of its own type."""

    @property
    def id(self) -> IdT_co:
        """The id."""


def id_meant(record_type: type[Identified[IdT]], named: object, unit_of_work: UnitOfWork) -> IdT:
    """Return the id of a record that is given as an id, a slug or a record.

    What is none of the three is returned as it is: no record has it as its id.

    Raises:
        NotFoundError: for a slug that no record of this type has, with what it is or what may be meant.
        ValidationError: for a record of another type, or one that was never added.
    """
    if isinstance(named, str):
        return cast("IdT", record_named(record_type, named, unit_of_work).id)
    if type(named) in BY_TYPE:
        return cast("IdT", _id_of_record(record_type, cast("Any", named), unit_of_work))
    return cast("IdT", named)


def _id_of_record(record_type: type[Any], record: Any, unit_of_work: UnitOfWork) -> int:
    if type(record) is not record_type:
        message = f"wanted {_a(record_type)}, found {_called(record)}"
        raise ValidationError([Problem(message, hint=related_in_words(record_type, record, unit_of_work))])
    if record.id == 0:
        message = f"{_called(record)} has no id, because it was never added"
        raise ValidationError([Problem(message, hint="use the record that session.add returned")])
    found: int = record.id
    return found


def record_by_key(record_type: type[Any], key: str, unit_of_work: UnitOfWork) -> Any:
    """Return the record with an id in digits, as a person types it, or else with a slug.

    Raises:
        NotFoundError: as `record_named` does.
    """
    record = unit_of_work.get_or_none(record_type, int(key)) if is_id(key) else None
    return record_named(record_type, key, unit_of_work) if record is None else record


def record_named(record_type: type[Any], slug: str, unit_of_work: UnitOfWork) -> Any:
    """Return the record with a slug.

    Raises:
        NotFoundError: with what the slug is, or the nearest slug there is.
    """
    named = unit_of_work.named(record_type, slug)
    if named is not None:
        return named
    hint = as_another_kind(record_type, slug, unit_of_work) or _nearest(record_type, slug, unit_of_work)
    raise NotFoundError(table_of(record_type).label, shorten(slug), hint)


def is_id(key: str) -> bool:
    """Return whether a typed key can be an id."""
    return key.isascii() and key.isdigit() and len(key) < 16


def _nearest(record_type: type[Any], key: str, unit_of_work: UnitOfWork) -> str | None:
    if is_id(key) and unit_of_work.get_or_none(record_type, int(key)) is not None:
        return f"text is a slug; for the id write {int(key)} without quotes"
    slugs = [getattr(record, "slug", "") for record in unit_of_work.find(record_type)]
    # If a similar slug exists, the name it was made from was probably given.
    near = nearest(key, slugs) or nearest(slugify(key), slugs, likeness=0.8)
    return None if near is None else f"did you mean {near}?"


def as_another_kind(record_type: type, key: str, unit_of_work: UnitOfWork) -> str | None:
    """Return what a slug is that no record of the wanted type has; None when nothing else has it."""
    for kind in _KINDS_WITH_SLUG:
        other = None if kind is record_type else unit_of_work.named(kind, key)
        if other is not None:
            related = related_in_words(record_type, other, unit_of_work)
            return f"it is {_called(other)}" + (f"; {related}" if related else "")
    return None


def _called(record: Any) -> str:
    label = table_of(type(record)).label.lower()
    name = getattr(record, "name", "")
    return f"the {label} {shorten(name)}" if name else _a(type(record))


def _a(record_type: type) -> str:
    label = table_of(record_type).label.lower()
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"
