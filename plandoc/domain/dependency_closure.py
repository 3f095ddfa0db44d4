"""Everything that goods, units and recipes depend on, through all nesting: what is frozen with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from plandoc.domain.definitions import Definitions
from plandoc.domain.unit_words import words_used
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe, UnitWord

# Ids by record type, in the order of the catalog's tables; ids of missing records are included.
Ids = Mapping[type[Any], Sequence[int]]


def dependency_closure(
    definitions: Definitions, *, goods: Iterable[int] = (), units: Iterable[int] = (), recipes: Iterable[int] = ()
) -> Ids:
    """Return the ids of these records and of everything they depend on, missing records included.

    Args:
        definitions: What they are made of.
        goods: Ids of goods.
        units: Ids of finished units.
        recipes: Ids of recipes.

    >>> dependency_closure(Definitions(), units=[3])[FinishedUnit]
    [3]
    """
    all_goods = _with_parts(goods, definitions.goods, lambda good: good.inner_good_ids)
    parts = (part for good in all_goods.values() if good is not None for part in good.components)
    unit_ids = {part.finished_unit_id for part in parts if part.finished_unit_id is not None}.union(units)
    made_of = {unit.recipe_id for unit in map(definitions.units, unit_ids) if unit is not None}
    all_recipes = _with_parts(made_of.union(recipes), definitions.recipes, lambda recipe: recipe.sub_recipe_ids)
    lines = [line for recipe in all_recipes.values() if recipe is not None for line in recipe.lines]
    ingredients = sorted({line.ingredient_id for line in lines})
    known = (one for one in map(definitions.ingredients, ingredients) if one is not None)
    return {
        UnitWord: [word.id for word in words_used(definitions.unit_words, (line.unit for line in lines), known)],
        Ingredient: ingredients,
        Recipe: sorted(all_recipes),
        FinishedUnit: sorted(unit_ids),
        FinishedGood: sorted(all_goods),
    }


def _with_parts(
    wanted: Iterable[int], lookup: Callable[[int], Any], parts: Callable[[Any], Iterable[int]]
) -> dict[int, Any]:
    """Return the records with these ids and all records of their kind inside them; None for a missing one."""
    found: dict[int, Any] = {}
    # Not recursive: the records may contain themselves.
    level = set(wanted)
    while level:
        fresh = {record_id: lookup(record_id) for record_id in level}
        found |= fresh
        inside = {part for record in fresh.values() if record is not None for part in parts(record)}
        level = inside - found.keys()
    return found
