"""Merging two ingredients that are the same: everything that refers to one of them then refers to the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.domain.measures import wrong_equivalents
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import is_frozen, plan_definitions
from plandoc.engine.queries import having
from plandoc.engine.record_refs import IngredientRef
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import Problem, ValidationError, refuse
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, Event, Ingredient, IngredientId, ProductionRun, Recipe, StockItem
from plandoc.store import NO_SESSION, changes
from plandoc.workflow.stock import put_in


@frozen
class IngredientMerge:
    """What became of an ingredient that was merged into another.

    Attributes:
        ingredient: The one that stays, as it is now.
        merged: The one that was merged into it and is gone.
        recipes: The recipes that take the one that stays instead.
        stock: The rows of the stock that were moved, as they are now.
    """

    ingredient: Ingredient
    merged: Ingredient
    recipes: tuple[Recipe, ...]
    stock: tuple[StockItem, ...]


@changes("merge ingredients")
def merge_ingredients(
    ingredient_id: IngredientRef, into_id: IngredientRef, session: Session = NO_SESSION
) -> IngredientMerge:
    """Merge an ingredient into another one: recipes, stock and recorded runs refer to that one, and the first is removed.

    Stock in the same unit is added up. Category, density and notes are taken over where the other ingredient has none;
    notes and equivalents of both are kept. What was frozen for a plan stays as it was frozen.

    Args:
        ingredient_id: The ingredient that goes.
        into_id: The ingredient that stays.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Ingredient 99 not found".
        ValidationError: when both are the same, or their densities or other equivalents contradict each other.
        StillUsedError: when a plan in production takes the one that would go; its stock must stay where the plan finds it.
    """
    ingredient_id = id_of(Ingredient, ingredient_id, session)
    into_id = id_of(Ingredient, into_id, session)
    merged, into = session.get(Ingredient, ingredient_id), session.get(Ingredient, into_id)
    _check(merged, into)
    fresh = list(_fresh_decisions(session))
    into = session.replace(_filled(into, merged))
    recipes = tuple(_recipes(merged.id, into.id, session))
    stock = tuple(_stock(merged.id, into.id, session))
    _rewrite_runs(merged.id, into.id, session)
    # Refused while a plan in production rests on it; then nothing of all this is saved.
    session.remove(Ingredient, merged.id)
    for decision in fresh:
        # The batches were decided for the same amounts, so there is nothing to review.
        fingerprint = recipe_fingerprint(decision.recipe_id, plan_definitions(decision.event_id, session))
        unit_of_work(session).replace(attrs.evolve(decision, recipe_fingerprint=fingerprint))
    return IngredientMerge(into, merged, recipes, stock)


def _check(merged: Ingredient, into: Ingredient) -> None:
    if merged.id == into.id:
        raise ValidationError([Problem(f"{into.name} cannot be merged into itself", field="into_id")])
    both = attrs.evolve(_filled(into, merged), equivalents=(*into.equivalents, *merged.all_equivalents))
    hint = "correct one of them first, or take it out"
    differ = f"the equivalents of {merged.name} and {into.name} differ, and amounts were calculated with both"
    refuse(Problem(f"{differ}: {message}", field="equivalents", hint=hint) for message in wrong_equivalents(both))


def _filled(into: Ingredient, merged: Ingredient) -> Ingredient:
    notes = dict.fromkeys(text for text in (into.notes, merged.notes) if text)
    return attrs.evolve(
        into,
        category=into.category or merged.category,
        density=into.density or merged.density,
        equivalents=(*into.equivalents, *merged.equivalents),
        notes="\n".join(notes),
    )


def _recipes(merged_id: int, into_id: int, session: Session) -> Iterator[Recipe]:
    for recipe in session.find(Recipe):
        lines = tuple(_renumbered(line, merged_id, into_id) for line in recipe.lines)
        if lines != recipe.lines:
            yield session.replace(attrs.evolve(recipe, lines=lines))


def _stock(merged_id: IngredientId, into_id: IngredientId, session: Session) -> Iterator[StockItem]:
    for item in session.find(StockItem, having("ingredient_id", merged_id)):
        session.remove(StockItem, item.id)
        moved = put_in(StockItem(into_id, item.quantity, item.unit), session)
        notes = dict.fromkeys(text for text in (moved.notes, item.notes) if text)
        yield session.replace(attrs.evolve(moved, notes="\n".join(notes)))


def _rewrite_runs(merged_id: int, into_id: int, session: Session) -> None:
    for run in session.find(ProductionRun):
        taken = tuple(_renumbered(part, merged_id, into_id) for part in run.taken)
        if taken != run.taken:
            unit_of_work(session).repoint(attrs.evolve(run, taken=taken))


def _renumbered(part: Any, merged_id: int, into_id: int) -> Any:
    return attrs.evolve(part, ingredient_id=into_id) if part.ingredient_id == merged_id else part


def _fresh_decisions(session: Session) -> Iterator[BatchDecision]:
    """Yield the decisions that still fit to the recipes of the catalog, of all plans that are worked out from it."""
    for event in session.find(Event):
        if is_frozen(event.id, session):
            continue
        definitions = plan_definitions(event.id, session)
        for decision in session.find(BatchDecision, event_id=event.id):
            if decision.recipe_fingerprint == recipe_fingerprint(decision.recipe_id, definitions) != "":
                yield decision
