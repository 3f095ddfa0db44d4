"""Ingredients that recipes use without an amount, such as salt to taste: listed, and never summed."""

from __future__ import annotations

from collections.abc import Iterable

from plandoc.domain.definitions import Definitions
from plandoc.frozen import frozen
from plandoc.records import Ingredient, Recipe


@frozen
class WithoutAmount:
    """An ingredient that is needed, without an amount.

    Attributes:
        ingredient: What is needed.
        recipes: The recipes that use it so, in the order of their names; for lines of a sub-recipe, the sub-recipe itself.
    """

    ingredient: Ingredient
    recipes: tuple[Recipe, ...]


def without_amount(groups: Iterable[tuple[Iterable[Recipe], Definitions]]) -> tuple[WithoutAmount, ...]:
    """Return the ingredients that recipes take without an amount, in the order of their names.

    Args:
        groups: The recipes that are made, sub-recipes included, with the definitions they are made by. Where the same
            recipe or ingredient differs, the last one counts.
    """
    ingredients: dict[int, Ingredient] = {}
    recipes: dict[int, dict[int, Recipe]] = {}
    for made, definitions in groups:
        for recipe in made:
            for line in recipe.lines:
                ingredient = definitions.ingredients(line.ingredient_id) if line.quantity is None else None
                if ingredient is not None:
                    ingredients[ingredient.id] = ingredient
                    recipes.setdefault(ingredient.id, {})[recipe.id] = recipe
    listed = sorted(ingredients.values(), key=_place)
    return tuple(WithoutAmount(one, tuple(sorted(recipes[one.id].values(), key=_place))) for one in listed)


def _place(one: Ingredient | Recipe) -> tuple[str, int]:
    return one.name.casefold(), one.id
