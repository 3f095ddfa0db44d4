"""The catalog and the list of events: finding records by slug or id, renaming and removing them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import attrs

from plandoc import records
from plandoc.domain.states import Edit, check_edit
from plandoc.engine.named_records import id_of
from plandoc.engine.queries import having
from plandoc.engine.record_refs import EventRef, record_by_key
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import Problem, StillUsedError, ValidationError, shorten
from plandoc.errors.hints import Hint, Named, wording
from plandoc.records import FinishedUnit, Ingredient, Recipe, StockItem, UnitWord
from plandoc.store import NO_SESSION, changes, reads
from plandoc.tables import CATALOG_TABLES, table_of

RecordT = TypeVar("RecordT")


@reads
def find_by_key(record_type: type[RecordT], key: str | int, session: Session = NO_SESSION) -> RecordT:
    """Return a record by its slug, or by its id as a number or as digits.

    Raises:
        NotFoundError: with what the slug is if it belongs to another type, or the nearest slug there is.
    """
    # An id names its document, so the others need not be read.
    if type(key) is int:
        return session.get(record_type, key)
    record: RecordT = record_by_key(record_type, str(key), unit_of_work(session))
    return record


@changes("remove an event")
def remove_event(event_id: EventRef, discard_history: bool = False, session: Session = NO_SESSION) -> None:
    """Remove an event with everything planned for it. Its id is never used again.

    Args:
        event_id: The event.
        discard_history: Also remove one whose production has started, with its snapshot, amendments and runs.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when production has started and `discard_history` is not given.
    """
    event_id = id_of(records.Event, event_id, session)
    event = session.event(event_id)
    if not discard_history:
        check_edit(event, Edit.REMOVAL)
    unit_of_work(session).remove(records.Event, event_id)


@changes("rename")
def rename_record(
    record_type: type[RecordT], record_id: int | str | RecordT, name: str, session: Session = NO_SESSION
) -> RecordT:
    """Give an ingredient, a recipe, a finished unit or a good another name, and return it; its slug stays.

    Args:
        record_type: Such as `Recipe`.
        record_id: Which one: its id, its slug or the record.
        name: The new name.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Recipe 99 not found".
        ValidationError: when it cannot be a name, or another record of the type has it: an import could no longer distinguish
            the two. Units of different recipes may have the same name.
    """
    _check_is_of_catalog(record_type)
    before: Any = session.get(record_type, record_id)
    after = attrs.evolve(before, name=name)
    for other in session.find(record_type):
        if getattr(other, "id", 0) != before.id and _are_namesakes(after, other):
            raise ValidationError([_same_name(after, other)])
    renamed: RecordT = session.replace(after)
    return renamed


@changes("remove")
def remove_record(
    record_type: type[RecordT], record_id: int | str | RecordT, session: Session = NO_SESSION
) -> list[Any]:
    """Remove an ingredient, a recipe, a finished unit or a good that nothing uses; return what was removed, it first.

    A recipe is removed with its yields, a recipe or an ingredient with its empty rows of the stock.

    Args:
        record_type: Such as `Recipe`.
        record_id: Which one: its id, its slug or the record.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Recipe 99 not found".
        StillUsedError: with everything that uses it, or one of its yields; nothing was removed.
    """
    _check_is_of_catalog(record_type)
    record: Any = session.get(record_type, record_id)
    own = list(_parts_of(record, session))
    removed = [record, *own]
    using = [text for one in removed for text in unit_of_work(session).users_of(one, besides=own)]
    if using:
        raise StillUsedError(table_of(record_type).label, record.id, dict.fromkeys(using), record.name)
    for one in reversed(removed):
        session.remove(type(one), one.id)
    return removed


def _check_is_of_catalog(record_type: type) -> None:
    # Recipes use a word for a unit by its name, so that it is another word once it has another name.
    known = [table.record_type for table in CATALOG_TABLES if table.record_type is not UnitWord]
    if record_type not in known:
        names = ", ".join(one.__name__ for one in known)
        raise ValidationError([Problem(f"wanted one of {names}, found {shorten(record_type)}", field="record_type")])


def _parts_of(record: Any, session: Session) -> Iterator[Any]:
    """Yield what is removed with a record because it is a part of it."""
    if isinstance(record, Recipe):
        yield from session.find(FinishedUnit, having("recipe_id", record.id))
    if isinstance(record, Recipe | Ingredient):
        field = "recipe_id" if isinstance(record, Recipe) else "ingredient_id"
        rows = session.find(StockItem, having(field, record.id))
        yield from (item for item in rows if not item.quantity)


def _are_namesakes(one: Any, other: Any) -> bool:
    same = " ".join(one.name.casefold().split()) == " ".join(other.name.casefold().split())
    return same and (not isinstance(one, FinishedUnit) or one.recipe_id == other.recipe_id)


def _same_name(record: Any, other: Any) -> Problem:
    message = f"{table_of(type(record)).label} {other.slug} already has the name {shorten(other.name)}"
    both = {"ingredient": Named(record.id, record.slug), "other": Named(other.id, other.slug)}
    hint = wording("merge the two with {merge}", merge=Hint.MERGE_INGREDIENTS(**both))
    return Problem(message, field="name", hint=hint if isinstance(record, Ingredient) else None)
