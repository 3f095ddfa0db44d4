"""Batches of recipes that were made ahead: what a plan takes of them before any ingredient is counted.

A batch in stock takes the place of one that would be made, with everything that goes into it. What recipes take is
proportional to their batches. So less is needed by exactly what the batches made ahead would have taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from plandoc.domain.batches import batches_in_words
from plandoc.domain.nested_recipes import NestedRecipes
from plandoc.domain.rounding import format_number
from plandoc.frozen import frozen
from plandoc.records import Recipe, StockItem

_NOTHING = Fraction(0)
# Batches by the id of their recipe.
Batches = Mapping[int, int | Fraction]


@frozen
class MadeAhead:
    """Batches of a recipe that are in stock and are used instead of new ones.

    Attributes:
        recipe: The recipe.
        needed: Batches that are needed, for everything that takes the recipe; a sub-recipe can be needed in part.
        made: Batches of these that are made already; 0 where others have taken them all.
    """

    recipe: Recipe
    needed: Fraction
    made: Fraction

    @property
    def to_make(self) -> Fraction:
        """Batches that are still to be made."""
        return self.needed - self.made


def made_in_words(made: Fraction, needed: Fraction) -> str:
    """Return how many batches are made already, in words.

    >>> made_in_words(Fraction(12), Fraction(21))
    '12 of 21 batches are made already; make 9'
    >>> made_in_words(Fraction(3, 2), Fraction(3, 2)), made_in_words(Fraction(1), Fraction(1))
    ('all 1.5 batches are made already', 'the 1 batch needed is made already')
    """
    if made < needed:
        rest = format_number(needed - made, rounds_up=True)
        return f"{format_number(made)} of {batches_in_words(needed)} {_are(made)} made already; make {rest}"
    return "the 1 batch needed is made already" if made == 1 else f"all {batches_in_words(made)} are made already"


def _are(batches: Fraction) -> str:
    return "is" if batches <= 1 else "are"


def batches_in_stock(stock: Iterable[StockItem]) -> dict[int, Fraction]:
    """Return the batches that are in stock, by the id of their recipe; recipes with none are left out.

    Args:
        stock: The whole stock, ingredients included.
    """
    made: dict[int, Fraction] = {}
    for item in stock:
        if item.recipe_id is not None and item.quantity:
            made[item.recipe_id] = made.get(item.recipe_id, _NOTHING) + Fraction(item.quantity)
    return made


def made_ahead(batches: Batches, recipes: NestedRecipes, made: Batches) -> tuple[MadeAhead, ...]:
    """Return what batches take of those that are made already, as far as they last.

    A recipe that was made ahead no longer needs its sub-recipes, so each recipe comes before its sub-recipes.

    Args:
        batches: How many batches of each recipe are to be made.
        recipes: The recipes; nothing is taken where any of them is broken.
        made: The batches that are made already, of the recipes that were made ahead.

    Returns:
        Each recipe that was made ahead and is needed, in the order of work.
    """
    if not made:
        # The usual case.
        return ()
    needed = {recipe_id: Fraction(number) for recipe_id, number in batches.items() if number}
    if recipes.problems(needed):
        return ()
    taken: list[MadeAhead] = []
    for recipe in reversed(recipes.order_of_work(needed)):
        wanted = needed[recipe.id]
        there = min(wanted, Fraction(made.get(recipe.id, 0)))
        if wanted and recipe.id in made:
            taken.append(MadeAhead(recipe, wanted, there))
        for part in recipe.sub_recipes:
            more = (wanted - there) * Fraction(part.multiplier)
            needed[part.recipe_id] = needed.get(part.recipe_id, _NOTHING) + more
    return tuple(reversed(taken))


def without_made(batches: Batches, taken: Iterable[MadeAhead]) -> dict[int, int | Fraction]:
    """Return batches less those that are made already; less than 0 for a sub-recipe that only others take.

    Scaled, they give exactly what is still to make: no ingredient is then less than 0.
    """
    left = dict(batches)
    for one in taken:
        left[one.recipe.id] = left.get(one.recipe.id, 0) - one.made
    return left


def together(taken: Iterable[MadeAhead]) -> tuple[MadeAhead, ...]:
    """Return what several plans take together: one entry for each recipe, in the order of the names."""
    sums: dict[int, MadeAhead] = {}
    for one in taken:
        before = sums.get(one.recipe.id)
        more = (before.needed, before.made) if before else (_NOTHING, _NOTHING)
        sums[one.recipe.id] = MadeAhead(one.recipe, one.needed + more[0], one.made + more[1])
    used = (one for one in sums.values() if one.made)
    return tuple(sorted(used, key=lambda one: (one.recipe.name.casefold(), one.recipe.id)))
