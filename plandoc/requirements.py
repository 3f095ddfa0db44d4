"""What goods are made of, worked out exactly: the recipes they need, and the units they take.

Pure functions over frozen records; no binary float comes near a sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs

from plandoc.records import FinishedGood, FinishedUnit

Units = Mapping[int, FinishedUnit]
Goods = Mapping[int, FinishedGood]


@attrs.frozen
class Need:
    """What a plan takes of one finished unit.

    Attributes:
        exact: Units of it, as the goods ask for them.
        sources: Units asked for by each good of the plan, by the good's id.
    """

    exact: Fraction
    sources: Mapping[int, Fraction]

    @property
    def units(self) -> int:
        """Whole units to make: rounded up once, at the end."""
        return -(-self.exact.numerator // self.exact.denominator)


def units_of_good(good_id: int, goods: Goods) -> dict[int, Fraction]:
    """Return how many of each finished unit one good takes, through all its bundles.

    Quantities multiply along every path and add up per unit. The goods hold no cycle: the store refuses those.
    """
    found: dict[int, Fraction] = {}
    for unit_id, quantity in _paths(good_id, Fraction(1), goods):
        found[unit_id] = found.get(unit_id, Fraction(0)) + quantity
    return found


def _paths(good_id: int, factor: Fraction, goods: Goods) -> Iterator[tuple[int, Fraction]]:
    for part in goods[good_id].components:
        quantity = factor * Fraction(part.quantity)
        if part.finished_unit_id is not None:
            yield part.finished_unit_id, quantity
        elif part.finished_good_id is not None:
            yield from _paths(part.finished_good_id, quantity, goods)


def recipes_of_good(good_id: int, goods: Goods, units: Units) -> frozenset[int]:
    """Return the recipes that a good needs, through all its bundles."""
    return frozenset(units[unit_id].recipe_id for unit_id in units_of_good(good_id, goods))


def needs(quantities: Mapping[int, int], goods: Goods) -> dict[int, Need]:
    """Return what a plan takes of each finished unit, by the unit's id.

    Args:
        quantities: How many of each good are handed out, by the good's id.
        goods: All goods, by id.
    """
    sources: dict[int, dict[int, Fraction]] = {}
    for good_id, quantity in quantities.items():
        for unit_id, each in units_of_good(good_id, goods).items():
            sources.setdefault(unit_id, {})[good_id] = each * quantity
    return {unit_id: Need(sum(asked.values(), Fraction(0)), asked) for unit_id, asked in sorted(sources.items())}


def units_yielded(batches: int, yield_per_batch: int | Fraction) -> int:
    """Return the whole units that a number of batches gives.

    >>> units_yielded(3, 24), units_yielded(2, Fraction(10, 3))
    (72, 6)
    """
    total = Fraction(yield_per_batch) * batches
    return total.numerator // total.denominator


def batches_for(units: int, yield_per_batch: int | Fraction) -> int:
    """Return the fewest whole batches that give at least this many units.

    >>> batches_for(50, 24), batches_for(48, 24), batches_for(0, 24)
    (3, 2, 0)
    """
    ratio = Fraction(units) / Fraction(yield_per_batch)
    return -(-ratio.numerator // ratio.denominator)
