"""What a baker works from: a recipe scaled, and the production sheet of an event."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from plandoc.domain.batches import batches_for
from plandoc.domain.made_ahead import batches_in_stock
from plandoc.domain.production_sheet import ProductionSheet, production_sheet
from plandoc.domain.scaled_recipes import RecipeScaling, recipe_scaling
from plandoc.engine.named_records import id_of, ids_of
from plandoc.engine.plan_definitions import catalog_definitions, defined, plan_definitions
from plandoc.engine.queries import having
from plandoc.engine.record_refs import EventRef, FinishedUnitRef, RecipeRef
from plandoc.engine.session import Session
from plandoc.errors import Problem, ValidationError, refuse
from plandoc.fields.constraints import positive_int, positive_quantity
from plandoc.fields.converters import quantity
from plandoc.records import Event, FinishedUnit, PlanState, Recipe, StockItem
from plandoc.store import NO_SESSION, reads
from plandoc.workflow.production import get_progress
from plandoc.workflow.shopping import undecided_in


@reads
def scale_recipe(
    recipe_id: RecipeRef,
    batches: int | Decimal | Fraction | str = 1,
    units: int | None = None,
    finished_unit_id: FinishedUnitRef | None = None,
    session: Session = NO_SESSION,
) -> RecipeScaling:
    """Return a recipe of the catalog scaled to a number of batches, with all its sub-recipes in the order of work.

    Every line is scaled exactly and in the unit that fits.

    Args:
        recipe_id: The recipe.
        batches: How many batches, above 0; part of a batch is possible, and text such as "1 1/2".
        units: How many finished units are wanted, instead of `batches`: the fewest whole batches that give them; None
            takes `batches`.
        finished_unit_id: Which of the recipe's finished units are wanted; None takes its only one.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: "Recipe 99 not found".
        ValidationError: for a number that is not above 0, for batches together with units, for a recipe with no finished unit,
            or with several when `finished_unit_id` is not given, and with everything that is broken in the recipe.
    """
    if units is not None and batches != 1:
        _check("units", "wanted batches or units, found both")
    if units is None and finished_unit_id is not None:
        _check("finished_unit_id", "wanted a number of units with it, found none")
    recipe_id = id_of(Recipe, recipe_id, session)
    recipe = session.get(Recipe, recipe_id)
    yields = session.find(FinishedUnit, having("recipe_id", recipe.id))
    if units is None:
        number = _number_of_batches(batches)
    else:
        _check("units", positive_int(units))
        given = None if finished_unit_id is None else id_of(FinishedUnit, finished_unit_id, session)
        unit = None if given is None else session.get(FinishedUnit, given)
        number = Fraction(batches_for(units, _wanted(recipe, yields, unit).yield_per_batch))
    return recipe_scaling(recipe, number, yields, catalog_definitions(session))


def _number_of_batches(batches: Any) -> Fraction:
    number = quantity(batches)
    _check("batches", positive_quantity(number))
    return Fraction(number)


def _check(field: str, wrong: str | None) -> None:
    refuse([] if wrong is None else [Problem(wrong, field=field)])


def _wanted(recipe: Recipe, yields: list[FinishedUnit], given: FinishedUnit | None) -> FinishedUnit:
    """Return the finished unit that is wanted of a recipe."""
    named = yields if given is None else [unit for unit in yields if unit.id == given.id]
    if len(named) == 1:
        return named[0]
    if not yields:
        message, hint = f"{recipe.name} has no finished units", "give the number of batches"
    elif given is not None:
        message, hint = f"{recipe.name} does not make {given.name}", f"wanted {_names(yields)}"
    else:
        message, hint = (
            f"{recipe.name} has {len(yields)} finished units",
            f"say which is wanted: {_names(yields)}",
        )
    raise ValidationError([Problem(message, field="finished_unit_id", hint=hint)])


def _names(units: Iterable[FinishedUnit]) -> str:
    return " or ".join(f"{unit.slug} ({unit.id})" for unit in units)


@reads
def get_production_sheet(
    event_id: EventRef, recipe_ids: Iterable[RecipeRef] | None = None, session: Session = NO_SESSION
) -> ProductionSheet:
    """Return what is still to bake and to pack for an event, as a sheet to work from.

    Each recipe comes once, with all batches of it that are still to bake, for all its finished units and all recipes that it
    goes into, less those that are in stock because they were made ahead; sub-recipes come before what they go into. A started
    plan uses its own definitions. A completed plan has nothing left.

    Args:
        event_id: The event, whatever the state of its plan.
        recipe_ids: Only these recipes, without the packing list; their numbers are those of the whole sheet. None means
            everything.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found"; or a recipe that neither the plan nor the catalog contains.
        ValidationError: with every recipe of which nothing is left to bake, or with everything that is broken in the recipes.
    """
    event_id = id_of(Event, event_id, session)
    event = session.event(event_id)
    undecided = () if event.plan_state is PlanState.COMPLETED else tuple(undecided_in(event, session, remaining=True))
    progress, made = get_progress(event_id, session=session), batches_in_stock(session.find(StockItem))
    sheet = production_sheet(progress, undecided, plan_definitions(event_id, session), made)
    if recipe_ids is None:
        return sheet
    return sheet.of_recipes(
        [defined(Recipe, recipe_id, event_id, session) for recipe_id in ids_of(Recipe, recipe_ids, session, event_id)]
    )
