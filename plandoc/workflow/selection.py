"""Choosing the recipes of an event, and the goods to hand out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from plandoc.domain.availability import Availability, availability
from plandoc.domain.states import Edit
from plandoc.engine.live_plan import planned_goods, selected_recipes
from plandoc.engine.named_records import by_id, id_of, one_or_several
from plandoc.engine.plan_definitions import catalog_definitions, defined, known_to, plan_definitions
from plandoc.engine.record_refs import EventRef, FinishedGoodKey, RecipeRef
from plandoc.engine.session import Session, event_to_edit, unit_of_work
from plandoc.errors import Problem, ValidationError, refuse, shorten
from plandoc.errors.hints import Hint, wording
from plandoc.fields.constraints import positive_int
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, Event, EventFinishedGood, EventRecipe, FinishedGood, Recipe
from plandoc.store import NO_SESSION, changes, reads


@frozen
class RecipeSelection:
    """What `set_event_recipes` did.

    Attributes:
        recipes: The recipes that are selected now.
        removed_goods: Goods that left the plan because a recipe they need did.
        removed_decisions: Batch decisions that left the plan with their recipe.
        added_recipes: Recipes that were not selected before.
        removed_recipes: Recipes that are no longer selected.
    """

    recipes: tuple[Recipe, ...]
    removed_goods: tuple[FinishedGood, ...]
    removed_decisions: tuple[BatchDecision, ...]
    added_recipes: tuple[Recipe, ...]
    removed_recipes: tuple[Recipe, ...]


@frozen
class QuantityChange:
    """A good that was added to a plan, left it, or changed its quantity.

    Attributes:
        finished_good_id: The good.
        name: The good's name.
        before: How many were planned; 0 when it was not in the plan.
        after: How many are planned; 0 when it is no longer in the plan.
    """

    finished_good_id: int
    name: str
    before: int
    after: int


@frozen
class GoodsSelection:
    """What `set_event_finished_goods` or `change_event_finished_goods` did.

    Attributes:
        quantities: The goods of the plan, and how many of each.
        added_recipes: Recipes that were selected because the goods need them.
        changes: What changed, in the order of the goods' ids.
    """

    quantities: tuple[tuple[FinishedGood, int], ...]
    added_recipes: tuple[Recipe, ...]
    changes: tuple[QuantityChange, ...]


@reads
def get_event_recipes(event_id: EventRef, session: Session = NO_SESSION) -> list[Recipe]:
    """Return the recipes selected for an event, in the order of their ids.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    event_id = id_of(Event, event_id, session)
    session.event(event_id)
    selected = session.find(EventRecipe, event_id=event_id)
    recipe_ids = sorted(row.recipe_id for row in selected)
    return [defined(Recipe, recipe_id, event_id, session) for recipe_id in recipe_ids]


@reads
def get_event_fg_quantities(event_id: EventRef, session: Session = NO_SESSION) -> list[tuple[FinishedGood, int]]:
    """Return the goods of an event's plan and how many of each, in the order of the goods' ids.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    event_id = id_of(Event, event_id, session)
    session.event(event_id)
    rows = sorted(session.find(EventFinishedGood, event_id=event_id), key=lambda row: row.finished_good_id)
    return [(defined(FinishedGood, row.finished_good_id, event_id, session), row.quantity) for row in rows]


@reads
def get_available_finished_goods(event_id: EventRef, session: Session = NO_SESSION) -> list[Availability]:
    """Return for every good whether it can be handed out at an event, in the order of the goods' ids.

    A good is available when all recipes that it needs, through all its bundles, are selected. For a plan with a
    snapshot, these are the goods that it froze; an amendment can add any other, with its recipes.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    event_id = id_of(Event, event_id, session)
    session.event(event_id)
    selected = selected_recipes(event_id, session)
    return list(availability(known_to(FinishedGood, event_id, session), selected, plan_definitions(event_id, session)))


@changes("select recipes")
def set_event_recipes(
    event_id: EventRef, recipe_ids: Iterable[RecipeRef], session: Session = NO_SESSION
) -> RecipeSelection:
    """Replace the recipes selected for an event.

    Args:
        event_id: The event; its plan must be DRAFT.
        recipe_ids: All recipes to be selected, by id, slug or record; duplicates count once.
        session: The session to work in; None opens one and commits it.

    Returns:
        What is selected now, what was added and removed, and which goods and decisions left the plan because they lost
        a recipe.

    Raises:
        ValidationError: when the event or any of the recipes does not exist.
        PlanStateError: when the plan is not DRAFT.
    """
    event_id = id_of(Event, event_id, session)
    event = event_to_edit(event_id, Edit.SELECTION, session)
    wanted = _existing(session, Recipe, recipe_ids)
    before = selected_recipes(event.id, session)
    _select(session, event, wanted)
    gone = (unit_of_work(session).get_or_none(Recipe, recipe_id) for recipe_id in sorted(before - wanted.keys()))
    return RecipeSelection(
        recipes=tuple(wanted[recipe_id] for recipe_id in sorted(wanted)),
        removed_goods=tuple(_drop_unavailable_goods(session, event, wanted)),
        removed_decisions=tuple(_drop_decisions_without_recipe(session, event, wanted)),
        added_recipes=tuple(wanted[recipe_id] for recipe_id in sorted(wanted.keys() - before)),
        removed_recipes=tuple(recipe for recipe in gone if recipe is not None),
    )


@changes("select goods")
def set_event_finished_goods(
    event_id: EventRef,
    quantities: Mapping[FinishedGoodKey, int],
    add_missing_recipes: bool = False,
    session: Session = NO_SESSION,
) -> GoodsSelection:
    """Replace the goods to hand out at an event: those not given leave the plan.

    Args:
        event_id: The event; its plan must be DRAFT.
        quantities: How many of each good, by the good's id, slug or record; whole numbers above 0.
        add_missing_recipes: Select the recipes that the goods need and that are not selected.
        session: The session to work in; None opens one and commits it.

    Returns:
        What is planned now, and each good that was added, left or changed its quantity.

    Raises:
        ValidationError: with every good that does not exist, is not available, or whose quantity is not a whole
            number above 0.
        PlanStateError: when the plan is not DRAFT.
    """
    event_id = id_of(Event, event_id, session)
    event = event_to_edit(event_id, Edit.SELECTION, session)
    given = by_id(FinishedGood, quantities, session)
    return _plan_goods(session, event, given, (), {}, add_missing_recipes=add_missing_recipes)


@changes("select goods")
def change_event_finished_goods(
    event_id: EventRef,
    quantities: Mapping[FinishedGoodKey, int],
    add_missing_recipes: bool = False,
    session: Session = NO_SESSION,
) -> GoodsSelection:
    """Add goods to an event, change their quantities, or remove some; the others stay as they are.

    Args:
        event_id: The event; its plan must be DRAFT.
        quantities: How many of each good, by the good's id, slug or record; whole numbers, 0 to remove the good from the plan.
        add_missing_recipes: Select the recipes that the goods need and that are not selected.
        session: The session to work in; None opens one and commits it.

    Returns:
        What is planned now, and each good that was added, left or changed its quantity.

    Raises:
        ValidationError: with every good that does not exist, is not available, should be removed but is not in the plan, or
            whose quantity is not a whole number of 0 or more.
        PlanStateError: when the plan is not DRAFT.
    """
    event_id = id_of(Event, event_id, session)
    event = event_to_edit(event_id, Edit.SELECTION, session)
    wanted = by_id(FinishedGood, quantities, session)
    # False and 0.0 are not numbers of goods.
    out = [good_id for good_id, quantity in wanted.items() if type(quantity) is int and quantity == 0]
    given = {good_id: quantity for good_id, quantity in wanted.items() if good_id not in out}
    planned = planned_goods(event.id, session)
    kept = {good_id: quantity for good_id, quantity in planned.items() if good_id not in wanted}
    return _plan_goods(session, event, given, out, kept, add_missing_recipes=add_missing_recipes)


def _plan_goods(
    session: Session,
    event: Event,
    given: Mapping[int, int],
    out: Iterable[int],
    kept: Mapping[int, int],
    *,
    add_missing_recipes: bool,
) -> GoodsSelection:
    """Plan the given numbers of goods, and those kept as they are; all others leave the plan.

    Args:
        session: The session to work in.
        event: Whose plan it is.
        given: How many of each good, by its id; to be validated.
        out: The goods to remove; they must be in the plan.
        kept: How many of each good that stays as it is.
        add_missing_recipes: Select the recipes that the given goods need.
    """
    selected = selected_recipes(event.id, session)
    before = planned_goods(event.id, session)
    asked = _availability_of(session, given, selected)
    problems = [
        *_not_planned(session, out, before),
        *_problems_of_goods(given, asked, recipes_too=not add_missing_recipes),
    ]
    refuse(problems)
    added = {recipe.id: recipe for one in asked.values() for recipe in one.missing_recipes}
    if added:
        _select(session, event, selected | added.keys())
    after = {**kept, **given}
    _replace_rows(
        session, EventFinishedGood, event, "finished_good_id", {key: {"quantity": n} for key, n in after.items()}
    )
    goods = get_event_fg_quantities(event.id, session=session)
    recipes = tuple(added[recipe_id] for recipe_id in sorted(added))
    return GoodsSelection(tuple(goods), recipes, tuple(_quantity_changes(session, before, after)))


def _quantity_changes(
    session: Session, before: Mapping[int, int], after: Mapping[int, int]
) -> Iterator[QuantityChange]:
    for good_id in sorted(before.keys() | after.keys()):
        was, is_now = before.get(good_id, 0), after.get(good_id, 0)
        if was != is_now:
            yield QuantityChange(good_id, _name_of_good(session, good_id), was, is_now)


def _not_planned(session: Session, good_ids: Iterable[int], planned: Collection[int]) -> Iterator[Problem]:
    for good_id in good_ids:
        # True and 1.0 would be found where 1 is.
        if type(good_id) is not int or good_id not in planned:
            message = f"{_name_of_good(session, good_id)} is not in the plan, so it cannot be taken out"
            yield Problem(message, field="quantity")


def _name_of_good(session: Session, good_id: int) -> str:
    # A good that was removed from the catalog by hand can still leave a plan.
    good = unit_of_work(session).get_or_none(FinishedGood, good_id)
    return f"finished good {shorten(good_id)}" if good is None else good.name


def _existing(session: Session, record_type: type[Any], record_ids: Iterable[Any]) -> dict[int, Any]:
    """Return the records that are named, by id; one error names all that do not exist."""
    records: dict[int, Any] = {}
    problems: list[Problem] = []
    for record_id in one_or_several(record_ids):
        try:
            record = session.get(record_type, record_id)
            records[record.id] = record
        except ValidationError as error:
            problems.extend(error.problems)
    refuse(problems)
    return records


def _select(session: Session, event: Event, wanted: Iterable[int]) -> None:
    _replace_rows(session, EventRecipe, event, "recipe_id", {recipe_id: {} for recipe_id in wanted})


def _replace_rows(
    session: Session, row_type: type[Any], event: Event, field: str, wanted: Mapping[int, Mapping[str, Any]]
) -> None:
    """Replace the rows of an event, by what they refer to; a row that stays keeps its id."""
    present = {getattr(row, field): row for row in session.find(row_type, event_id=event.id)}
    for target, row in present.items():
        if target not in wanted:
            unit_of_work(session).remove(row_type, row.id, event.id)
    for target in sorted(wanted):
        if target in present:
            unit_of_work(session).replace(attrs.evolve(present[target], **wanted[target]))
        else:
            unit_of_work(session).add(row_type(event_id=event.id, **{field: target}, **wanted[target]))


def _drop_unavailable_goods(session: Session, event: Event, selected: Collection[int]) -> list[FinishedGood]:
    rows = {row.finished_good_id: row for row in session.find(EventFinishedGood, event_id=event.id)}
    asked = _availability_of(session, rows, selected)
    # A broken good stays: the review reports it, and what it needs is unknown.
    dropped = [one.good for one in asked.values() if one.missing_recipes]
    for good in dropped:
        unit_of_work(session).remove(EventFinishedGood, rows[good.id].id, event.id)
    return dropped


def _drop_decisions_without_recipe(session: Session, event: Event, selected: Collection[int]) -> list[BatchDecision]:
    dropped = [row for row in session.find(BatchDecision, event_id=event.id) if row.recipe_id not in selected]
    for row in dropped:
        unit_of_work(session).remove(BatchDecision, row.id, event.id)
    return dropped


def _availability_of(session: Session, good_ids: Iterable[int], selected: Collection[int]) -> dict[int, Availability]:
    goods = (unit_of_work(session).get_or_none(FinishedGood, good_id) for good_id in good_ids)
    present = [good for good in goods if good is not None]
    return {one.good.id: one for one in availability(present, selected, catalog_definitions(session))}


def _problems_of_goods(
    quantities: Mapping[int, int], asked: Mapping[int, Availability], *, recipes_too: bool
) -> Iterator[Problem]:
    for good_id, quantity in quantities.items():
        if good_id not in asked:
            yield Problem(f"Finished good {shorten(good_id)} not found")
            continue
        one = asked[good_id]
        wrong = positive_int(quantity)
        if wrong is not None:
            yield Problem(f"{one.good.name}: {wrong}", field="quantity")
        if one.problem is not None:
            yield Problem(one.problem, field="components", hint="fix the good's definition first")
        elif one.missing_recipes and recipes_too:
            names = ", ".join(recipe.name for recipe in one.missing_recipes)
            hint = wording("select them too, or use {option}", option=Hint.ADD_MISSING_RECIPES())
            yield Problem(f"{one.good.name} needs recipes that are not selected: {names}", hint=hint)
