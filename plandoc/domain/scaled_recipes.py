"""Recipes scaled for work: every line of every recipe, sub-recipes before what they go into."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from types import MappingProxyType

from plandoc.domain.batches import units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.made_ahead import Batches, made_ahead, without_made
from plandoc.domain.measures import Amount
from plandoc.domain.nested_recipes import NestedRecipes
from plandoc.errors import refuse
from plandoc.frozen import frozen
from plandoc.records import FinishedUnit, Ingredient, Recipe, RecipeLine


@frozen
class ScaledLine:
    """One line of a recipe, scaled.

    Attributes:
        ingredient: What is taken.
        one_batch: How much of it one batch takes, in the unit that fits; None for a line without an amount.
        amount: How much of it all batches take, in the unit that fits; None for a line without an amount.
        notes: The notes of the line.
    """

    ingredient: Ingredient
    one_batch: Amount | None
    amount: Amount | None
    notes: str


@frozen
class ScaledPart:
    """A sub-recipe as a line of a recipe, or a recipe that takes one.

    Attributes:
        recipe: The other recipe.
        one_batch: Batches of the sub-recipe that one batch takes.
        batches: Batches of the sub-recipe that all batches take.
        notes: The notes of the line.
    """

    recipe: Recipe
    one_batch: Fraction
    batches: Fraction
    notes: str


@frozen
class ScaledRecipe:
    """A number of batches of one recipe.

    Attributes:
        recipe: The recipe.
        batches: How many batches are to make; a sub-recipe can be made in part.
        lines: Its ingredients, in the order of the recipe.
        parts: The sub-recipes that are directly in it.
        used_in: The recipes that the batches go into, and how many batches each takes; empty for a recipe that is not part of another.
        made_ahead: Batches that are made already, beside those to make.
    """

    recipe: Recipe
    batches: Fraction
    lines: tuple[ScaledLine, ...]
    parts: tuple[ScaledPart, ...]
    used_in: tuple[ScaledPart, ...] = ()
    made_ahead: Fraction = Fraction(0)

    @property
    def needed(self) -> Fraction:
        """How many batches are needed: to make, or made already."""
        return self.batches + self.made_ahead

    @property
    def method(self) -> str:
        """How it is made; blank when unknown."""
        return self.recipe.method

    @property
    def notes(self) -> str:
        """The notes of the recipe."""
        return self.recipe.notes


@frozen
class ScaledYield:
    """What a number of batches of a recipe gives, all of them baked as one of its finished units.

    Attributes:
        unit: The finished unit.
        units: Whole units.
    """

    unit: FinishedUnit
    units: int


@frozen
class RecipeScaling:
    """A recipe scaled to a number of batches, with all its sub-recipes.

    Attributes:
        recipe: The recipe.
        batches: How many batches.
        yields: What these batches give, for each of its finished units if they were all baked as that one.
        steps: What to make, in the order of work: sub-recipes before what they go into, and the recipe itself last.
    """

    recipe: Recipe
    batches: Fraction
    yields: tuple[ScaledYield, ...]
    steps: tuple[ScaledRecipe, ...]


def recipe_scaling(
    recipe: Recipe, batches: Fraction, units: Iterable[FinishedUnit], definitions: Definitions
) -> RecipeScaling:
    """Return a recipe scaled to a number of batches.

    Args:
        recipe: The recipe.
        batches: How many batches, above 0.
        units: Its finished units.
        definitions: What it is made of.

    Raises:
        ValidationError: with everything that is broken in the recipe or its sub-recipes.
    """
    yields = tuple(ScaledYield(unit, units_yielded(batches, unit.yield_per_batch)) for unit in units)
    return RecipeScaling(recipe, batches, yields, scaled_recipes({recipe.id: batches}, definitions))


def scaled_recipes(
    batches: Batches, definitions: Definitions, made: Batches = MappingProxyType({})
) -> tuple[ScaledRecipe, ...]:
    """Return what batches of recipes take, with all sub-recipes, each recipe once, in the order of work.

    Args:
        batches: How many batches of each recipe, by its id, above 0; the first come first as far as that is possible.
        definitions: What the recipes are made of.
        made: Batches that are made already, by the id of their recipe. What goes only into those is left out.

    Raises:
        ValidationError: with everything that is broken: a recipe or an ingredient is missing, a recipe contains itself
            or is nested more than 10 levels deep.
    """
    nested = NestedRecipes.of(definitions)
    refuse(nested.problems(batches))
    taken = made_ahead(batches, nested, made)
    ahead = {one.recipe.id: one.made for one in taken}
    order = nested.order_of_work(batches)
    left = without_made(batches, taken)
    totals = {recipe.id: Fraction(left.get(recipe.id, 0)) for recipe in order}
    used_in: dict[int, list[ScaledPart]] = {recipe.id: [] for recipe in order}
    parts: dict[int, tuple[ScaledPart, ...]] = {}
    # Backwards, so that all that take a sub-recipe have been added up before it.
    for recipe in reversed(order):
        parts[recipe.id] = tuple(_parts(recipe, totals[recipe.id], nested)) if totals[recipe.id] else ()
        for part in parts[recipe.id]:
            totals[part.recipe.id] += part.batches
            used_in[part.recipe.id].insert(0, ScaledPart(recipe, part.one_batch, part.batches, part.notes))
    return tuple(
        ScaledRecipe(
            recipe,
            totals[recipe.id],
            tuple(_lines(recipe, totals[recipe.id], definitions)) if totals[recipe.id] else (),
            parts[recipe.id],
            tuple(used_in[recipe.id]),
            ahead.get(recipe.id, Fraction(0)),
        )
        for recipe in order
        if totals[recipe.id] or recipe.id in ahead
    )


def _parts(recipe: Recipe, batches: Fraction, nested: NestedRecipes) -> Iterable[ScaledPart]:
    for part in recipe.sub_recipes:
        one_batch = Fraction(part.multiplier)
        inner = nested.recipe(part.recipe_id)
        if inner is not None:
            yield ScaledPart(inner, one_batch, one_batch * batches, part.notes)


def _lines(recipe: Recipe, batches: Fraction, definitions: Definitions) -> Iterable[ScaledLine]:
    for line in recipe.lines:
        ingredient = definitions.ingredients(line.ingredient_id)
        if ingredient is not None:
            yield ScaledLine(ingredient, _amount(line, Fraction(1)), _amount(line, batches), line.notes)


def _amount(line: RecipeLine, batches: Fraction) -> Amount | None:
    return None if line.quantity is None else Amount(Fraction(line.quantity) * batches, line.unit).fitted()
