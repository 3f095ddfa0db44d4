"""Whether the goods of a plan can be packed from what the decided batches yield."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from plandoc.domain.batches import units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown, UnitQuantities
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, FinishedGood, FinishedUnit


@frozen
class GoodFeasibility:
    """How many of a good can be packed.

    Attributes:
        good: The good.
        wanted: How many the plan hands out.
        possible: How many of them can be packed.
        stopped_by: The units that run out before one more can be packed; empty when all can be packed.
        too_few: All units that do not cover what is wanted, those in `stopped_by` included.
    """

    good: FinishedGood
    wanted: int
    possible: int
    stopped_by: tuple[FinishedUnit, ...]
    too_few: tuple[FinishedUnit, ...] = ()


@frozen
class Feasibility:
    """Whether the goods of a plan can be packed.

    Attributes:
        goods: Each good of the plan, in the order of the ids.
        left_over: Units that are left when everything possible is packed; units without a rest are left out.
    """

    goods: tuple[GoodFeasibility, ...]
    left_over: tuple[tuple[FinishedUnit, Fraction], ...]

    @property
    def is_feasible(self) -> bool:
        """Whether all goods can be packed, as many as are wanted."""
        return all(good.possible == good.wanted for good in self.goods)


def units_decided(decisions: Mapping[int, BatchDecision], definitions: Definitions) -> dict[int, Fraction]:
    """Return the whole units that decided batches give by the current yields, by the unit's id."""
    made: dict[int, Fraction] = {}
    for unit_id, decision in sorted(decisions.items()):
        unit = definitions.units(unit_id)
        if unit is not None:
            made[unit_id] = Fraction(units_yielded(decision.batches, unit.yield_per_batch))
    return made


def feasibility(
    quantities: Mapping[int, int],
    available: Mapping[int, Fraction],
    definitions: Definitions,
) -> Feasibility:
    """Return how many of each good can be packed from a number of units.

    Each unit is used once. Goods are served in the order of their ids, so the answer does not depend on the
    order in which they were entered.

    Args:
        quantities: How many of each good are wanted, by the good's id.
        available: How many of each unit there are, by the unit's id.
        definitions: What the goods are made of.

    Raises:
        ValidationError: with everything that is broken in any of the goods.
    """
    breakdown = Breakdown.of(definitions)
    breakdown.check(quantities)
    remaining = dict(available)
    goods = []
    for good_id, wanted in sorted(quantities.items()):
        parts = breakdown.units(good_id)
        possible = min(wanted, _packable(parts, remaining, wanted))
        for unit_id, each in parts.items():
            remaining[unit_id] = remaining.get(unit_id, Fraction(0)) - each * possible
        rest, ordered = wanted - possible, sorted(parts.items())
        stopped_by = [unit_id for unit_id, each in ordered if rest and remaining[unit_id] < each]
        too_few = [unit_id for unit_id, each in ordered if remaining[unit_id] < each * rest]
        good = definitions.goods(good_id)
        if good is not None:
            both = _units(stopped_by, definitions), _units(too_few, definitions)
            goods.append(GoodFeasibility(good, wanted, possible, *both))
    left = [(unit, remaining[unit.id]) for unit in _units(sorted(remaining), definitions) if remaining[unit.id] > 0]
    return Feasibility(tuple(goods), tuple(left))


def _packable(parts: UnitQuantities, remaining: Mapping[int, Fraction], wanted: int) -> int:
    return min((int(remaining.get(unit_id, Fraction(0)) / each) for unit_id, each in parts.items()), default=wanted)


def _units(unit_ids: list[int], definitions: Definitions) -> tuple[FinishedUnit, ...]:
    units = map(definitions.units, unit_ids)
    return tuple(unit for unit in units if unit is not None)
