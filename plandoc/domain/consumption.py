"""What batches take from the stock, as far as it lasts, exactly: batches that were made ahead, and what the others need.

Each need is taken from stock that can be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.domain.definitions import Definitions
from plandoc.domain.ingredient_needs import BatchGroup, NeedRow, combined_needs, less_made_ahead
from plandoc.domain.made_ahead import Batches, MadeAhead, batches_in_stock
from plandoc.domain.measures import BY_SIZE, Amount, convert, storable
from plandoc.frozen import frozen
from plandoc.records import NotTaken, StockItem, Taken
from plandoc.units import Conversions


@frozen
class Consumption:
    """What is taken from the stock.

    Attributes:
        remaining_stock: The rows of the stock that it lowers, as they are afterwards.
        taken: How much is taken from each of them.
        not_taken: What is needed and was not in stock.
    """

    remaining_stock: tuple[StockItem, ...] = ()
    taken: tuple[Taken, ...] = ()
    not_taken: tuple[NotTaken, ...] = ()


def consumption_of(batches: Batches, definitions: Definitions, stock: Iterable[StockItem]) -> Consumption:
    """Return what batches of recipes take from the stock: batches that were made ahead, then what goes into the others.

    Args:
        batches: How many batches of each recipe, by its id.
        definitions: What the recipes are made of.
        stock: What they may take.

    Raises:
        ValidationError: with everything that is broken in the recipes.
    """
    items = list(stock)
    [group] = less_made_ahead([BatchGroup(batches, definitions)], batches_in_stock(items))
    return consume(combined_needs([group]), items, group.made_ahead)


def consume(needs: Iterable[NeedRow], stock: Iterable[StockItem], made: Iterable[MadeAhead] = ()) -> Consumption:
    """Return what needs take from the stock: of several units that can be compared, the largest first.

    Args:
        needs: What is needed.
        stock: The whole stock, other ingredients and what was made ahead included.
        made: Batches that are taken from the stock instead of what goes into them; the needs are those of the others.
    """
    items = sorted(stock, key=lambda one: (-units.position(one.unit), one.id))
    left = {item.id: item for item in items}
    taken = list(_take_batches(made, left))
    not_taken: list[NotTaken] = []
    for need in needs:
        missing = need.amount
        for item in (one for one in items if one.ingredient_id == need.ingredient.id):
            rest, missing = _rest(Fraction(left[item.id].quantity), item.unit, missing, need.known)
            if rest != left[item.id].quantity:
                taken.append(Taken(item.ingredient_id, Fraction(left[item.id].quantity) - rest, item.unit))
                left[item.id] = attrs.evolve(item, quantity=rest)
        if missing.exact:
            not_taken.append(NotTaken(need.ingredient.name, storable(missing.exact, rounds_up=True), missing.unit))
    less = (left[item.id] for item in items if left[item.id] != item)
    return Consumption(tuple(less), tuple(taken), tuple(not_taken))


def _take_batches(made: Iterable[MadeAhead], left: dict[int, StockItem]) -> Iterator[Taken]:
    for one in made:
        missing = Amount(one.made, units.BATCH)
        for item in [item for item in left.values() if item.recipe_id == one.recipe.id]:
            rest, missing = _rest(Fraction(item.quantity), item.unit, missing, BY_SIZE)
            if rest != item.quantity:
                left[item.id] = attrs.evolve(item, quantity=rest)
                yield Taken(None, Fraction(item.quantity) - rest, item.unit, recipe_id=item.recipe_id)


def _rest(there: Fraction, unit: str, missing: Amount, known: Conversions) -> tuple[Fraction, Amount]:
    """Return what is left of a row of the stock, and what is still missing."""
    wanted = convert(missing, unit, known)
    if wanted is None or not wanted.exact:
        return there, missing
    if wanted.exact < there:
        # The rest is rounded up where it cannot be stored exactly; what is taken is the difference, so the sum is unchanged.
        rest = Fraction(storable(there - wanted.exact, rounds_up=True))
        return min(there, rest), attrs.evolve(missing, exact=Fraction(0))
    still = convert(attrs.evolve(wanted, exact=wanted.exact - there), missing.unit, known)
    return Fraction(0), missing if still is None else still
