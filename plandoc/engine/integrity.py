"""Referential integrity: which records use which, and what may not contain itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from plandoc import units
from plandoc.domain.containment import check_bases, check_nesting
from plandoc.domain.definitions import Definitions
from plandoc.domain.dependency_closure import Ids, dependency_closure
from plandoc.domain.effective_definitions import effective_definitions
from plandoc.domain.measures import wrong_equivalents
from plandoc.domain.unit_words import problems_of_word, words_used
from plandoc.engine.document import DocumentSession
from plandoc.errors import Problem, refuse
from plandoc.records import (
    BatchDecision,
    Event,
    EventFinishedGood,
    EventRecipe,
    FinishedGood,
    Ingredient,
    PlanAmendment,
    PlanSnapshot,
    PlanState,
    Recipe,
    StockItem,
    UnitWord,
)
from plandoc.tables import BY_TYPE, TABLES
from plandoc.units.quantity_text import written

# What `check_written` has rules for.
WITH_FURTHER_RULES = frozenset({Recipe, FinishedGood, Ingredient, UnitWord})

# Returns all records of a type.
FindAll = Callable[[type], list[Any]]


def check_written(record: Any, find_kindred: Callable[[], list[Any]]) -> None:
    """Refuse a record just written that breaks a rule about more than its own fields.

    Args:
        record: What was written.
        find_kindred: Returns all records of its type, itself among them.

    Raises:
        ValidationError: as `check_containment` and `check_units` do.
    """
    check_containment(record, find_kindred)
    check_units(record)


def check_containment(record: Any, find_kindred: Callable[[], list[Any]]) -> None:
    """Refuse a recipe or good just written, when one now contains itself, nests too deep or is its own base.

    Args:
        record: What was written.
        find_kindred: Returns all records of its type, itself among them; asked only where it contains any.

    Raises:
        ValidationError: when it is one of those; its message shows the path.
    """
    if isinstance(record, Recipe):
        if record.sub_recipe_ids:
            _check_parts_of(find_kindred(), lambda recipe: recipe.sub_recipe_ids, "sub_recipes")
        if record.base_recipe_id is not None:
            by_id = {recipe.id: recipe for recipe in find_kindred()}
            check_base(record.id, by_id, "base_recipe_id")
    elif isinstance(record, FinishedGood) and record.inner_good_ids:
        _check_parts_of(find_kindred(), lambda good: good.inner_good_ids, "components")


def check_units(record: Any) -> None:
    """Refuse an ingredient just written whose equivalents contradict each other, and a word that cannot be a unit.

    These are not rules of the records: what a plan froze must stay readable whatever units plandoc learns.

    Raises:
        ValidationError: with each contradiction, and the numbers; with everything that is wrong with the word.
    """
    if isinstance(record, Ingredient):
        hint = "leave one of them out, or make the numbers agree"
        wrong = wrong_equivalents(record)
        refuse(Problem(f"{record.name}: {message}", field="equivalents", hint=hint) for message in wrong)
    elif isinstance(record, UnitWord):
        refuse(problems_of_word(record))


def check_base(recipe_id: int, recipes: Mapping[int, Recipe], field: str) -> None:
    """Refuse a recipe that is a variant of itself.

    Args:
        recipe_id: The recipe.
        recipes: All of them by id; a base that is missing is a broken reference, which is found elsewhere.
        field: Where the base is, for the message.

    Raises:
        ValidationError: when it is one of those; its message shows the path.
    """

    def base_of(number: int) -> int | None:
        base = recipes[number].base_recipe_id
        return base if base in recipes else None

    check_bases(recipe_id, base_of, lambda number: repr(recipes[number].name), field)


def _check_parts_of(things: list[Any], parts: Callable[[Any], tuple[int, ...]], field: str) -> None:
    by_id = {thing.id: thing for thing in things}
    # From every record, not only the changed one: what is put deep into another can make that one too deep.
    for thing_id in by_id:
        # A missing part is a broken reference, which `check` reports; nothing is nested in it.
        check_nesting(
            thing_id,
            lambda i: [part for part in parts(by_id[i]) if part in by_id],
            lambda i: repr(by_id[i].name),
            field,
        )


def referrers(target: type, target_id: int, find_all: FindAll) -> Iterator[Any]:
    """Yield the records that refer to one."""
    for table in TABLES:
        references = [reference for reference in table.references if reference.target is target]
        for record in find_all(table.record_type) if references else ():
            if any(target_id in reference.ids(record) for reference in references):
                yield record


def users_of_word(word: UnitWord, find_all: FindAll) -> Iterator[Any]:
    """Yield the recipes, ingredients and rows of the stock that use a word for a unit, in any spelling.

    They use it by its name alone. A unit that plandoc also knows without the word stays a unit when the word is gone; then
    nothing is yielded.
    """
    if units.unit_named(word.name) is not None:
        return
    for recipe in find_all(Recipe):
        if words_used([word], (line.unit for line in recipe.lines), ()):
            yield recipe
    for ingredient in find_all(Ingredient):
        if words_used([word], (), [ingredient]):
            yield ingredient
    for item in find_all(StockItem):
        if item.recipe_id is None and words_used([word], [item.unit], ()):
            yield item


def events_resting_on(target: type, target_id: int, events: Iterable[DocumentSession]) -> Iterator[Event]:
    """Yield the events in production whose frozen definitions include a record.

    They keep using those whatever happens to the catalog, but what is baked and packed for them refers to the record.
    """
    for document in events:
        (event,) = document.find(BY_TYPE[Event])
        if event.plan_state is PlanState.IN_PRODUCTION and target_id in _rests_on(document).get(target, ()):
            yield event


def _rests_on(document: DocumentSession) -> Ids:
    def rows(record_type: type) -> list[Any]:
        return document.find(BY_TYPE[record_type])

    snapshot = document.only(BY_TYPE[PlanSnapshot])
    effective = effective_definitions(snapshot, rows(PlanAmendment), Definitions())
    return dependency_closure(
        effective,
        goods=[row.finished_good_id for row in rows(EventFinishedGood)],
        units=[row.finished_unit_id for row in rows(BatchDecision)],
        recipes=[row.recipe_id for row in rows(EventRecipe)],
    )


def plan_in_words(event: Event) -> str:
    """Return what a person calls the plan of an event in production."""
    return f"the plan of event {event.id} {event.name!r}, which is in production"


def in_words(record: Any, name_of: Callable[[type, int], str]) -> str:
    """Return what a person calls a record; what belongs to an event is called by the event.

    Args:
        record: The record.
        name_of: Returns the name of a record by its type and id.
    """
    if hasattr(record, "event_id"):
        return f"event {record.event_id} {name_of(Event, record.event_id)!r}"
    if isinstance(record, StockItem):
        kind, number = (Ingredient, record.ingredient_id) if record.recipe_id is None else (Recipe, record.recipe_id)
        return f"the stock of {name_of(kind, number or 0)} ({written(record.quantity)} {record.unit})"
    return f"{BY_TYPE[type(record)].label.lower()} {record.id} {record.name!r}"
