"""Everything that goods, units and recipes depend on, through all nesting: what is frozen with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plandoc.domain.definitions import Definitions
from plandoc.domain.memo import Memo
from plandoc.domain.unit_words import words_used
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe, RecipeLine, UnitWord

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
    parts = definitions.memoize(_Parts)
    all_goods = _with_all_inside(goods, parts.goods)
    unit_ids = {*units, *[unit_id for good_id in all_goods for unit_id in parts.units[good_id]]}
    made_of = {unit.recipe_id for unit in map(definitions.units, unit_ids) if unit is not None}
    all_recipes = _with_all_inside(made_of.union(recipes), parts.recipes)
    lines = [line for recipe_id in all_recipes for line in parts.lines[recipe_id]]
    ingredients = sorted({line.ingredient_id for line in lines})
    return {
        UnitWord: _words(definitions, lines, ingredients),
        Ingredient: ingredients,
        Recipe: sorted(all_recipes),
        FinishedUnit: sorted(unit_ids),
        FinishedGood: sorted(all_goods),
    }


class _Parts:
    """What goods and recipes directly hold, by their ids; nothing for those that are missing.

    Attributes:
        goods: The goods in a good.
        units: The finished units in a good.
        recipes: The recipes in a recipe.
        lines: The lines of a recipe.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self.goods: Memo[int, Sequence[int]] = Memo(self._goods)
        self.units: Memo[int, Sequence[int]] = Memo(self._units)
        self.recipes: Memo[int, Sequence[int]] = Memo(self._recipes)
        self.lines: Memo[int, Sequence[RecipeLine]] = Memo(self._lines)

    def _goods(self, good_id: int) -> Sequence[int]:
        good = self._definitions.goods(good_id)
        return () if good is None else good.inner_good_ids

    def _units(self, good_id: int) -> Sequence[int]:
        good = self._definitions.goods(good_id)
        parts = () if good is None else good.components
        return [part.finished_unit_id for part in parts if part.finished_unit_id is not None]

    def _recipes(self, recipe_id: int) -> Sequence[int]:
        recipe = self._definitions.recipes(recipe_id)
        return () if recipe is None else recipe.sub_recipe_ids

    def _lines(self, recipe_id: int) -> Sequence[RecipeLine]:
        recipe = self._definitions.recipes(recipe_id)
        return () if recipe is None else recipe.lines


def _with_all_inside(wanted: Iterable[int], parts: Mapping[int, Sequence[int]]) -> set[int]:
    """Return these ids and those of all that is inside them."""
    found: set[int] = set()
    # Not recursive: the records may contain themselves.
    level = set(wanted)
    while level:
        found |= level
        level = {part for record_id in level for part in parts[record_id]} - found
    return found


def _words(definitions: Definitions, lines: Iterable[RecipeLine], ingredients: Iterable[int]) -> Sequence[int]:
    words = definitions.unit_words
    if not words:
        return []
    known = (one for one in map(definitions.ingredients, ingredients) if one is not None)
    return [word.id for word in words_used(words, (line.unit for line in lines), known)]
