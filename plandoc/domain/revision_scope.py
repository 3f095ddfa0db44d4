"""What a revision of a started plan adopts from the catalog, and what differs there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from plandoc.domain.definition_changes import DefinitionDifference, differing, summarize
from plandoc.domain.definitions import Definitions
from plandoc.domain.dependency_closure import Ids, dependency_closure
from plandoc.domain.review import LivePlan
from plandoc.errors.hints import Call, Hint, Named, wording
from plandoc.records import Finding, FindingKind, FinishedGood, FinishedUnit, Ingredient, Recipe, UnitWord


def recipe_scope(recipe_id: int, units: Iterable[int], effective: Definitions, current: Definitions) -> Ids:
    """Return what is adopted with a recipe: all nested sub-recipes, their yields, their ingredients, and the words for their units.

    Args:
        recipe_id: The recipe.
        units: Ids of the finished units that the plan froze; other yields do not concern it.
        effective: The plan's effective definitions.
        current: What the catalog defines now.
    """
    inside = dependency_closure(current, recipes=[recipe_id])
    recipes = set(inside[Recipe])
    there = (unit_id for unit_id in sorted(units) if current.units(unit_id) is not None)
    yields = [unit_id for unit_id in there if recipes & _made_of(unit_id, effective, current)]
    return {UnitWord: inside[UnitWord], Ingredient: inside[Ingredient], Recipe: inside[Recipe], FinishedUnit: yields}


def good_scope(good_id: int, effective: Definitions, current: Definitions) -> Ids:
    """Return what is adopted with a good: all nested goods, but not the recipes of its units.

    Of those only what the plan lacks because it did not exist when the plan was frozen.
    """
    inside = dependency_closure(current, goods=[good_id])
    missing = {kind: [i for i in ids if effective.lookup(kind)(i) is None] for kind, ids in inside.items()}
    return {**missing, FinishedGood: inside[FinishedGood]}


def catalog_changes(
    plan: LivePlan, units: Collection[int], effective: Definitions, current: Definitions
) -> Iterator[Finding]:
    """Yield what differs between the catalog and the effective definitions, for each recipe and good of a plan."""
    for recipe_id in sorted({*plan.recipes, *(decision.recipe_id for decision in plan.decisions.values())}):
        recipe = effective.recipes(recipe_id)
        if recipe is not None:
            changed = differing(recipe_scope(recipe_id, units, effective, current), effective, current)
            yield from _finding(
                recipe,
                Hint.REVISE_RECIPE(recipe=Named(recipe.id, recipe.slug)),
                changed,
                is_there=current.recipes(recipe_id) is not None,
            )
    for good_id in sorted(plan.quantities):
        good = effective.goods(good_id)
        if good is not None:
            changed = differing(good_scope(good_id, effective, current), effective, current)
            yield from _finding(
                good,
                Hint.REVISE_GOOD(good=Named(good.id, good.slug)),
                changed,
                is_there=current.goods(good_id) is not None,
            )


def _finding(
    root: Recipe | FinishedGood, revise: Call, changed: list[DefinitionDifference], *, is_there: bool
) -> Iterator[Finding]:
    if not changed:
        return
    message = f"{root.name}: the catalog differs from the plan: {summarize(root.name, changed)}"
    hint: str = wording("adopt it with {revise}, or leave it: the plan stays as it is", revise=revise)
    if not is_there:
        message = f"{root.name}: it is no longer in the catalog"
        hint = "leave it: the plan stays as it is"
    good_id = root.id if isinstance(root, FinishedGood) else None
    yield Finding(FindingKind.CATALOG_CHANGED, root.name, message, hint, finished_good_id=good_id)


def _made_of(unit_id: int, *definitions: Definitions) -> set[int]:
    units = (known.units(unit_id) for known in definitions)
    return {unit.recipe_id for unit in units if unit is not None}
