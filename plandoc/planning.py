"""Choosing recipes, goods and batches for an event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from plandoc import requirements
from plandoc.errors import NotFoundError, Problem, ValidationError, found
from plandoc.operations import NO_SESSION, changes, reads
from plandoc.queries import where
from plandoc.records import BatchDecision, Event, EventFinishedGood, EventRecipe, FinishedGood, FinishedUnit, Recipe
from plandoc.rules import check_whole
from plandoc.sessions import Session
from plandoc.states import Edit


@attrs.frozen
class RecipeSelection:
    """What `set_event_recipes` did.

    Attributes:
        recipes: The recipes that are selected now.
        removed_goods: Goods that left the plan because a recipe they need did.
        removed_decisions: Batch decisions that left the plan with their recipe.
    """

    recipes: tuple[Recipe, ...]
    removed_goods: tuple[FinishedGood, ...]
    removed_decisions: tuple[BatchDecision, ...]


@attrs.frozen
class GoodsSelection:
    """What `set_event_finished_goods` did.

    Attributes:
        quantities: The goods of the plan, and how many of each.
        added_recipes: Recipes that were selected because the goods need them.
    """

    quantities: tuple[tuple[FinishedGood, int], ...]
    added_recipes: tuple[Recipe, ...]


@reads
def get_event_recipes(event_id: int, session: Session = NO_SESSION) -> list[Recipe]:
    """Return the recipes selected for an event, in the order of their ids.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    session.event(event_id)
    selected = session.find(EventRecipe, event_id=event_id)
    return [session.get(Recipe, recipe_id) for recipe_id in sorted(row.recipe_id for row in selected)]


@reads
def get_event_fg_quantities(event_id: int, session: Session = NO_SESSION) -> list[tuple[FinishedGood, int]]:
    """Return the goods of an event's plan and how many of each, in the order of the goods' ids.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    session.event(event_id)
    rows = sorted(session.find(EventFinishedGood, event_id=event_id), key=lambda row: row.finished_good_id)
    return [(session.get(FinishedGood, row.finished_good_id), row.quantity) for row in rows]


@reads
def get_batch_decisions(event_id: int, session: Session = NO_SESSION) -> list[BatchDecision]:
    """Return the batch decisions of an event, in the order of the finished units' ids.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    session.event(event_id)
    return sorted(session.find(BatchDecision, event_id=event_id), key=lambda row: row.finished_unit_id)


@changes("select recipes")
def set_event_recipes(event_id: int, recipe_ids: Iterable[int], session: Session = NO_SESSION) -> RecipeSelection:
    """Replace the recipes selected for an event.

    Args:
        event_id: The event; its plan must be DRAFT.
        recipe_ids: All recipes that shall be selected; one named twice counts once.
        session: The session to work in; None opens one and commits it.

    Returns:
        What is selected now, and which goods and decisions left the plan because they lost a recipe.

    Raises:
        ValidationError: when the event or any of the recipes does not exist.
        PlanStateError: when the plan is not DRAFT.
    """
    event = session.event_to_edit(event_id, Edit.SELECTION)
    wanted = _existing(session, Recipe, recipe_ids)
    _select(session, event, wanted)
    return RecipeSelection(
        recipes=tuple(wanted[recipe_id] for recipe_id in sorted(wanted)),
        removed_goods=tuple(_drop_unavailable_goods(session, event, wanted)),
        removed_decisions=tuple(_drop_decisions_without_recipe(session, event, wanted)),
    )


@changes("select goods")
def set_event_finished_goods(
    event_id: int,
    quantities: Mapping[int, int],
    add_missing_recipes: bool = False,
    session: Session = NO_SESSION,
) -> GoodsSelection:
    """Replace the goods to hand out at an event.

    Args:
        event_id: The event; its plan must be DRAFT.
        quantities: How many of each good, by the good's id; whole numbers above 0.
        add_missing_recipes: Select the recipes that the goods need and that are not selected.
        session: The session to work in; None opens one and commits it.

    Raises:
        ValidationError: with every good that does not exist, is not available, or whose number is no whole number
            above 0.
        PlanStateError: when the plan is not DRAFT.
    """
    event = session.event_to_edit(event_id, Edit.SELECTION)
    selected = {recipe.id: recipe for recipe in get_event_recipes(event_id, session=session)}
    missing = _missing_recipes(session, quantities, selected)
    problems = list(_problems_of_goods(session, quantities, {} if add_missing_recipes else missing))
    if problems:
        raise ValidationError(problems)
    added = _existing(session, Recipe, {recipe_id for ids in missing.values() for recipe_id in ids})
    if added:
        _select(session, event, {**selected, **added})
    _replace_rows(
        session, EventFinishedGood, event, "finished_good_id", {key: {"quantity": n} for key, n in quantities.items()}
    )
    goods = get_event_fg_quantities(event_id, session=session)
    return GoodsSelection(tuple(goods), tuple(added[recipe_id] for recipe_id in sorted(added)))


@changes("decide batches")
def save_batch_decision(
    event_id: int,
    finished_unit_id: int,
    batches: int,
    accept_shortfall: bool = False,
    session: Session = NO_SESSION,
) -> BatchDecision:
    """Decide how many batches of a finished unit's recipe are baked; a decision there already is replaced.

    Whether that is short of what the goods need is worked out here. The need and the acceptance are kept with it.

    Args:
        event_id: The event; its plan must be DRAFT or LOCKED.
        finished_unit_id: The unit; its recipe must be selected.
        batches: A whole number above 0.
        accept_shortfall: Agree to bake less than is needed.
        session: The session to work in; None opens one and commits it.

    Raises:
        ValidationError: when the event or unit does not exist, the recipe is not selected, the number is no whole
            number above 0, or the batches are short and that is not accepted.
        PlanStateError: when production has started.
    """
    event = session.event_to_edit(event_id, Edit.DECISIONS)
    unit = session.get(FinishedUnit, finished_unit_id)
    wrong = check_whole(batches)
    if wrong is not None:
        raise ValidationError([Problem(f"batches of {unit.name}: {wrong}", field="batches")])
    _check_recipe_selected(session, event, unit)
    needed = _units_needed(session, event, unit)
    short = needed - requirements.units_yielded(batches, unit.yield_per_batch)
    if short > 0 and not accept_shortfall:
        raise ValidationError([_shortfall(unit, batches, needed, short)])
    decision = BatchDecision(
        event_id=event_id,
        finished_unit_id=unit.id,
        recipe_id=unit.recipe_id,
        batches=batches,
        yield_per_batch=unit.yield_per_batch,
        units_needed=needed,
        shortfall_accepted=short > 0,
    )
    return _put_decision(session, decision)


def _existing(session: Session, record_type: type[Any], record_ids: Iterable[int]) -> dict[int, Any]:
    """Return the records with these ids; one error names all that do not exist."""
    records: dict[int, Any] = {}
    problems: list[Problem] = []
    for record_id in record_ids:
        try:
            records[record_id] = session.get(record_type, record_id)
        except NotFoundError as error:
            problems.extend(error.problems)
    if problems:
        raise ValidationError(problems)
    return records


def _select(session: Session, event: Event, wanted: Mapping[int, Recipe]) -> None:
    _replace_rows(session, EventRecipe, event, "recipe_id", {recipe_id: {} for recipe_id in wanted})


def _replace_rows(
    session: Session, row_type: type[Any], event: Event, field: str, wanted: Mapping[int, Mapping[str, Any]]
) -> None:
    """Make the rows of an event the wanted ones, by what they refer to; a row that stays keeps its id."""
    present = {getattr(row, field): row for row in session.find(row_type, event_id=event.id)}
    for target, row in present.items():
        if target not in wanted:
            session.workspace.remove(row_type, row.id, event.id)
    for target in sorted(wanted):
        if target in present:
            session.workspace.replace(attrs.evolve(present[target], **wanted[target]))
        else:
            session.workspace.add(row_type(event_id=event.id, **{field: target}, **wanted[target]))


def _goods_and_units(session: Session) -> tuple[dict[int, FinishedGood], dict[int, FinishedUnit]]:
    goods = {good.id: good for good in session.find(FinishedGood)}
    units = {unit.id: unit for unit in session.find(FinishedUnit)}
    return goods, units


def _drop_unavailable_goods(session: Session, event: Event, selected: Mapping[int, Recipe]) -> list[FinishedGood]:
    goods, units = _goods_and_units(session)
    dropped = []
    for row in session.find(EventFinishedGood, event_id=event.id):
        if not requirements.recipes_of_good(row.finished_good_id, goods, units) <= selected.keys():
            session.workspace.remove(EventFinishedGood, row.id, event.id)
            dropped.append(goods[row.finished_good_id])
    return dropped


def _drop_decisions_without_recipe(
    session: Session, event: Event, selected: Mapping[int, Recipe]
) -> list[BatchDecision]:
    dropped = [row for row in session.find(BatchDecision, event_id=event.id) if row.recipe_id not in selected]
    for row in dropped:
        session.workspace.remove(BatchDecision, row.id, event.id)
    return dropped


def _missing_recipes(
    session: Session, quantities: Mapping[int, int], selected: Mapping[int, Recipe]
) -> dict[int, list[int]]:
    """Return for each good that exists the recipes it needs that are not selected; nothing where none is missing."""
    goods, units = _goods_and_units(session)
    missing = {
        good_id: sorted(requirements.recipes_of_good(good_id, goods, units) - selected.keys())
        for good_id in quantities
        if good_id in goods
    }
    return {good_id: recipe_ids for good_id, recipe_ids in missing.items() if recipe_ids}


def _problems_of_goods(
    session: Session, quantities: Mapping[int, int], missing: Mapping[int, list[int]]
) -> Iterable[Problem]:
    for good_id, quantity in quantities.items():
        good = session.workspace.get_or_none(FinishedGood, good_id)
        if good is None:
            yield Problem(f"Finished good {found(good_id)} not found")
            continue
        wrong = check_whole(quantity)
        if wrong is not None:
            yield Problem(f"{good.name}: {wrong}", field="quantity")
        if good_id in missing:
            names = ", ".join(session.get(Recipe, recipe_id).name for recipe_id in missing[good_id])
            hint = "select them too, or use add_missing_recipes"
            yield Problem(f"{good.name} is not available: not selected are {names}", hint=hint)


def _check_recipe_selected(session: Session, event: Event, unit: FinishedUnit) -> None:
    if not session.find(EventRecipe, where("recipe_id") == unit.recipe_id, event_id=event.id):
        recipe = session.get(Recipe, unit.recipe_id)
        message = f"{unit.name}: its recipe {recipe.name} is not selected for the event"
        raise ValidationError([Problem(message, hint="select it first, with set_event_recipes")])


def _units_needed(session: Session, event: Event, unit: FinishedUnit) -> int:
    goods, _ = _goods_and_units(session)
    rows = session.find(EventFinishedGood, event_id=event.id)
    need = requirements.needs({row.finished_good_id: row.quantity for row in rows}, goods).get(unit.id)
    return 0 if need is None else need.units


def _shortfall(unit: FinishedUnit, batches: int, needed: int, short: int) -> Problem:
    made = requirements.units_yielded(batches, unit.yield_per_batch)
    enough = requirements.batches_for(needed, unit.yield_per_batch)
    message = f"{unit.name}: {batches} batches make {made} of {needed} needed, {short} short"
    return Problem(message, field="batches", hint=f"{enough} batches are enough, or accept the shortfall")


def _put_decision(session: Session, decision: BatchDecision) -> BatchDecision:
    present = session.find(
        BatchDecision, where("finished_unit_id") == decision.finished_unit_id, event_id=decision.event_id
    )
    if present:
        return session.workspace.replace(attrs.evolve(decision, id=present[0].id))
    return session.workspace.add(decision)
