"""Revisions: a plan in production adopts the catalog's current definition of a recipe or a good, recorded with a reason.

A started plan stays as it is until it is revised on purpose. What was baked and packed before does not change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from plandoc.domain import revision_scope
from plandoc.domain.availability import availability
from plandoc.domain.definition_changes import difference
from plandoc.domain.definitions import Definitions
from plandoc.domain.dependency_closure import Ids, dependency_closure
from plandoc.domain.effective_definitions import effective_definitions
from plandoc.domain.nested_recipes import NestedRecipes
from plandoc.engine.live_plan import live_plan, selected_recipes
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import (
    Rows,
    catalog_definitions,
    frozen_rows,
    frozen_units,
    history_of,
    not_frozen_yet,
    plan_definitions,
    rows_of,
)
from plandoc.engine.record_refs import EventRef, FinishedGoodRef, RecipeRef
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import Problem, ValidationError, refuse, shorten
from plandoc.records import (
    Event,
    EventId,
    FinishedGood,
    FinishedUnit,
    PlanAmendment,
    Recipe,
    RecipeId,
    ReviseFinishedGood,
    ReviseRecipe,
)
from plandoc.store import NO_SESSION, changes
from plandoc.tables import table_of
from plandoc.workflow.amendment_steps import begin, new_amendment, select_recipes

_Revision = ReviseRecipe | ReviseFinishedGood


@changes("amend the plan")
def revise_recipe(
    event_id: EventRef, recipe_id: RecipeRef, reason: str, session: Session = NO_SESSION
) -> PlanAmendment:
    """Adopt the catalog's current definition of a recipe. Returns the amendment, which keeps the old and the new one.

    That is what goes in, all nested sub-recipes, what they yield, and what their ingredients weigh. A sub-recipe or an
    ingredient that other recipes of the plan share changes for them as well. The numbers of the plan stay as they are:
    where they no longer fit, a review reports it.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        recipe_id: The recipe; one of the plan, or inside one of them.
        reason: Why; surrounding blanks are removed, and it must not be blank.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the reason is blank, the recipe is not in the plan or not in the catalog, is broken
            there, or is the same in both.
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    event_id = id_of(Event, event_id, session)
    recipe_id = id_of(Recipe, recipe_id, session, event_id)
    reason = begin(session, event_id, reason)
    name = _check_in_plan(Recipe, recipe_id, event_id, session)
    effective, current = plan_definitions(event_id, session), catalog_definitions(session)
    refuse(NestedRecipes.of(current).problems_of(recipe_id))
    ids = revision_scope.recipe_scope(recipe_id, frozen_units(event_id, session), effective, current)
    return _revise(event_id, ReviseRecipe(recipe_id, name), ids, reason, session)


@changes("amend the plan")
def revise_finished_good(
    event_id: EventRef, good_id: FinishedGoodRef, reason: str, session: Session = NO_SESSION
) -> PlanAmendment:
    """Adopt the catalog's current definition of a good. Returns the amendment, which keeps the old and the new one.

    That is what it is made of, with all nested goods; the recipes of its units stay as the plan has them. Recipes that
    it needs and that are not selected are added. Pieces packed before do not change.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        good_id: The good; one of the plan, or inside one of them.
        reason: Why; surrounding blanks are removed, and it must not be blank.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the reason is blank, the good is not in the plan or not in the catalog, is broken
            there, or is the same in both.
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    event_id = id_of(Event, event_id, session)
    good_id = id_of(FinishedGood, good_id, session, event_id)
    reason = begin(session, event_id, reason)
    name = _check_in_plan(FinishedGood, good_id, event_id, session)
    ids = revision_scope.good_scope(good_id, plan_definitions(event_id, session), catalog_definitions(session))
    return _revise(event_id, ReviseFinishedGood(good_id, name), ids, reason, session)


def _revise(event_id: EventId, change: _Revision, ids: Ids, reason: str, session: Session) -> PlanAmendment:
    """Replace the effective definitions that differ with those of the catalog, and save the amendment."""
    effective, current = plan_definitions(event_id, session), catalog_definitions(session)
    changed = {kind: [i for i in ids[kind] if difference(kind, i, effective, current).changes] for kind in ids}
    if not any(changed.values()):
        name = change.recipe_name if isinstance(change, ReviseRecipe) else change.finished_good_name
        hint = "change it in the catalog first"
        raise ValidationError([Problem(f"{name} is the same in the plan and in the catalog", hint=hint)])
    before = frozen_rows(changed, event_id, session)
    amendment = new_amendment(session, event_id, change, reason, (), rows_of(changed, session), before)
    after = effective_definitions(*history_of(event_id, session, amendment), current)
    brought = tuple(_recipes_to_select(change, after, event_id, session))
    amendment = attrs.evolve(
        amendment,
        added_recipe_ids=brought,
        definitions=_together(rows_of(changed, session), _new(ids, after, event_id, session)),
    )
    select_recipes(session, event_id, brought)
    return unit_of_work(session).add(amendment)


def _recipes_to_select(
    change: _Revision, after: Definitions, event_id: EventId, session: Session
) -> Iterator[RecipeId]:
    """Yield the recipes that a good needs and that are not selected.

    Raises:
        ValidationError: when the good is broken.
    """
    good = after.goods(change.finished_good_id) if isinstance(change, ReviseFinishedGood) else None
    if good is None:
        return
    (asked,) = availability([good], selected_recipes(event_id, session), after)
    if asked.problem is not None:
        hint = "fix the good's definition first"
        raise ValidationError([Problem(asked.problem, field="components", hint=hint)])
    yield from (recipe.id for recipe in asked.missing_recipes)


def _new(ids: Ids, after: Definitions, event_id: EventId, session: Session) -> Mapping[str, Rows]:
    """Return what the revised definitions depend on and nothing has frozen yet."""
    goods, units, recipes = (ids.get(kind, ()) for kind in (FinishedGood, FinishedUnit, Recipe))
    return not_frozen_yet(dependency_closure(after, goods=goods, units=units, recipes=recipes), event_id, session)


def _together(some: Mapping[str, Rows], more: Mapping[str, Rows]) -> dict[str, dict[str, Any]]:
    tables = {name: {**some.get(name, {}), **more.get(name, {})} for name in [*some, *more]}
    return {name: dict(sorted(rows.items(), key=lambda row: int(row[0]))) for name, rows in tables.items() if rows}


def _check_in_plan(kind: type[Recipe | FinishedGood], record_id: int, event_id: EventId, session: Session) -> str:
    """Return the name of a recipe or good in the plan.

    Raises:
        ValidationError: when it is not in the plan, or no longer in the catalog.
    """
    effective, current = plan_definitions(event_id, session), catalog_definitions(session)
    plan = live_plan(event_id, session)
    inside = dependency_closure(effective, goods=plan.quantities, units=plan.decisions, recipes=plan.recipes)
    # True and 1.0 would be found where 1 is.
    known = [one.lookup(kind)(record_id) if type(record_id) is int else None for one in (effective, current)]
    name = next((record.name for record in known if record is not None), None)
    label, field = table_of(kind).label, "recipe_id" if kind is Recipe else "finished_good_id"
    if name is None:
        raise ValidationError([Problem(f"{label} {shorten(record_id)} not found", field=field)])
    if record_id not in inside[kind]:
        raise ValidationError([Problem(f"{name} is not in the plan", field=field)])
    if known[1] is None:
        message = f"{name} is no longer in the catalog, so there is nothing to adopt"
        raise ValidationError([Problem(message, field=field, hint="the plan stays as it is")])
    return name
