"""Scaling recipes: what a number of batches takes of each ingredient, sub-recipes included, exactly as written."""

from __future__ import annotations

import decimal
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from plandoc import units
from plandoc.domain.nested_recipes import NestedRecipes
from plandoc.fields.converters import exact_or_fraction
from plandoc.units.quantity_text import Number

# By the id of the ingredient and the canonical spelling of the unit.
Quantities = dict[tuple[int, str], Number]

# Nearly all quantities and multipliers are decimals, so their products and sums are, too. Ten levels of 25 digits each fit
# easily; what does not fit is an error and never rounded. Several times faster than fractions.
_EXACTLY = decimal.Context(prec=2000, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow])
_NOTHING = Decimal(0)
_ONCE = Decimal(1)


def scaled(batches: Mapping[int, int | Fraction], recipes: NestedRecipes) -> Quantities:
    """Return what batches take of each ingredient, in each unit that the recipes use; nothing is converted.

    Args:
        batches: How many batches of each recipe, by its id; below 0 for those that are subtracted.
        recipes: The recipes; those of the batches have no problems.
    """
    one_batch = _OneBatch(recipes)
    sums: Quantities = {}
    with decimal.localcontext(_EXACTLY):
        for recipe_id, number in batches.items():
            times = Decimal(number) if type(number) is int else exact_or_fraction(number)
            _add(sums, one_batch.quantities(recipe_id), times)
    return sums


class _OneBatch:
    """What one batch of a recipe takes, computed once for each recipe."""

    def __init__(self, recipes: NestedRecipes) -> None:
        self._recipes = recipes
        self._quantities: dict[int, Quantities] = {}

    def quantities(self, recipe_id: int) -> Quantities:
        """Return what one batch takes; only for recipes without problems."""
        if recipe_id not in self._quantities:
            sums: Quantities = {}
            recipe = self._recipes.recipe(recipe_id)
            for line in recipe.lines if recipe is not None else ():
                if line.quantity is not None:
                    _add_one(sums, (line.ingredient_id, units.canonical(line.unit)), line.quantity, _ONCE)
            for part in recipe.sub_recipes if recipe is not None else ():
                _add(sums, self.quantities(part.recipe_id), part.multiplier)
            self._quantities[recipe_id] = sums
        return self._quantities[recipe_id]


def _add(sums: Quantities, more: Quantities, times: Number) -> None:
    for key, quantity in more.items():
        _add_one(sums, key, quantity, times)


def _add_one(sums: Quantities, key: tuple[int, str], quantity: Any, times: Any) -> None:
    before: Any = sums.get(key, _NOTHING)
    try:
        sums[key] = before + quantity * times
    except TypeError:
        # A decimal and a fraction, such as a third, become a fraction.
        sums[key] = Fraction(before) + Fraction(quantity) * Fraction(times)
