"""What goods are made of, computed exactly: the recipes they need, and the units they take."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

import attrs

from plandoc.domain.containment import check_nesting
from plandoc.domain.definitions import Definitions
from plandoc.domain.memo import Memo
from plandoc.errors import Problem, ValidationError, refuse, shorten
from plandoc.frozen import frozen
from plandoc.records import Component, FinishedGood, FinishedUnit, Recipe
from plandoc.units.quantity_text import Number

T = TypeVar("T")
UnitQuantities = Mapping[int, Fraction]
# Most quantities are whole, and adding fractions takes many times as long as adding whole numbers.
Exact = int | Fraction


@frozen
class Source:
    """A good of the plan that asks for a finished unit.

    Attributes:
        good: The good.
        quantity: Units that all pieces of it ask for together.
    """

    good: FinishedGood
    quantity: Fraction


@frozen
class Requirement:
    """What a plan takes of one finished unit.

    Attributes:
        unit: The finished unit.
        recipe: The recipe that it is a yield of.
        exact: Units of it, as the goods ask for them.
        sources: Which goods ask for how many, in the order of their ids.
    """

    unit: FinishedUnit
    recipe: Recipe
    exact: Fraction
    sources: tuple[Source, ...]

    @property
    def units(self) -> int:
        """Whole units to make: rounded up once, at the end."""
        return math.ceil(self.exact)


class Breakdown:
    """Goods broken down to finished units, each good once.

    Quantities multiply along every path and add up per unit.
    """

    @classmethod
    def of(cls, definitions: Definitions) -> Breakdown:
        """Return the breakdown of these definitions, with what was already computed."""
        return definitions.memoize(cls)

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._problems: Memo[int, tuple[Problem, ...]] = Memo(lambda i: tuple(_problems_of_good(i, definitions)))
        self._units: Memo[int, Mapping[int, Exact]] = Memo(self._taken_apart)
        self._shares: Memo[int, tuple[tuple[int, int, int], ...]] = Memo(self._in_shares)
        self._recipes: Memo[int, frozenset[int]] = Memo(self._recipes_of_units)

    def problems(self, good_id: int) -> tuple[Problem, ...]:
        """Return everything that is broken in a good, with the path to it; empty for a good that can be made.

        Broken is a good that is missing, that has a part or the recipe of a part missing, that contains itself, or
        that is nested more than 10 levels deep.
        """
        return self._problems[good_id]

    def broken(self, good_ids: Iterable[int]) -> list[int]:
        """Return which of these goods are broken."""
        problems = self._problems
        return [good_id for good_id in good_ids if problems[good_id]]

    def check(self, good_ids: Iterable[int]) -> None:
        """Refuse broken goods, all of them at once.

        Raises:
            ValidationError: with everything that is broken in any of them.
        """
        known = self._problems
        refuse([problem for good_id in sorted(good_ids) for problem in known[good_id]])

    def units(self, good_id: int) -> UnitQuantities:
        """Return how many of each finished unit one good takes, through all its bundles, by the unit's id.

        Raises:
            ValidationError: when the good is broken.
        """
        self.check([good_id])
        return {unit_id: Fraction(each) for unit_id, each in self._units[good_id].items()}

    def recipes(self, good_id: int) -> frozenset[int]:
        """Return the recipes that a good needs, through all its bundles.

        Raises:
            ValidationError: when the good is broken.
        """
        self.check([good_id])
        return self._recipes[good_id]

    def recipes_of_all(self, good_ids: Collection[int]) -> set[int]:
        """Return the recipes that some goods need together, through all their bundles.

        Raises:
            ValidationError: with everything that is broken in any of them.
        """
        self.check(good_ids)
        known = self._recipes
        return {recipe_id for good_id in good_ids for recipe_id in known[good_id]}

    def needs(self, quantities: Mapping[int, int]) -> dict[int, Exact]:
        """Return how many of each finished unit a plan takes, in the order of the units' ids.

        Args:
            quantities: How many of each good are handed out, by the good's id.

        Raises:
            ValidationError: with everything that is broken in any of the goods.
        """
        self.check(quantities)
        # By denominator: adding fractions one by one reduces each sum, which takes several times longer than adding.
        asked: dict[tuple[int, int], int] = defaultdict(int)
        shares = self._shares
        for good_id, quantity in quantities.items():
            for unit_id, numerator, denominator in shares[good_id]:
                asked[unit_id, denominator] += numerator * quantity
        needs: dict[int, Exact] = {}
        for unit_id, denominator in sorted(asked):
            numerator = asked[unit_id, denominator]
            part = numerator if denominator == 1 else Fraction(numerator, denominator)
            needs[unit_id] = needs[unit_id] + part if unit_id in needs else part
        return needs

    def requirements(self, quantities: Mapping[int, int]) -> tuple[Requirement, ...]:
        """Return what a plan takes of each finished unit, in the order of the units' ids.

        Args:
            quantities: How many of each good are handed out, by the good's id.

        Raises:
            ValidationError: with everything that is broken in any of the goods.
        """
        needs = self.needs(quantities)
        sources: dict[int, list[Source]] = {unit_id: [] for unit_id in needs}
        for good_id in sorted(quantities):
            good = _known(self._definitions.goods(good_id))
            for unit_id, each in self._units[good_id].items():
                sources[unit_id].append(Source(good, Fraction(each * quantities[good_id])))
        return tuple(self._requirement(unit_id, exact, sources[unit_id]) for unit_id, exact in needs.items())

    def _requirement(self, unit_id: int, exact: Exact, sources: Iterable[Source]) -> Requirement:
        unit = _known(self._definitions.units(unit_id))
        recipe = _known(self._definitions.recipes(unit.recipe_id))
        return Requirement(unit, recipe, Fraction(exact), tuple(sources))

    def _taken_apart(self, good_id: int) -> Mapping[int, Exact]:
        units: dict[int, Exact] = {}
        for part in _known(self._definitions.goods(good_id)).components:
            for unit_id, quantity in self._units_of_part(part):
                units[unit_id] = units.get(unit_id, 0) + quantity
        return units

    def _in_shares(self, good_id: int) -> tuple[tuple[int, int, int], ...]:
        """Return the units of a good, each with numerator and denominator of how many it takes."""
        return tuple([(unit_id, *each.as_integer_ratio()) for unit_id, each in self._units[good_id].items()])

    def _recipes_of_units(self, good_id: int) -> frozenset[int]:
        units = map(self._definitions.units, self._units[good_id])
        return frozenset([_known(unit).recipe_id for unit in units])

    def _units_of_part(self, part: Component) -> Iterator[tuple[int, Exact]]:
        times = _exact(part.quantity)
        if part.finished_good_id is None:
            yield _known(part.finished_unit_id), times
            return
        for unit_id, each in self._units[part.finished_good_id].items():
            yield unit_id, each * times


def _exact(quantity: Number) -> Exact:
    numerator, denominator = quantity.as_integer_ratio()
    return numerator if denominator == 1 else Fraction(numerator, denominator)


def _known(thing: T | None) -> T:
    # Missing things are reported before anything is broken down.
    if thing is None:
        raise LookupError("a definition went missing after it had been found")
    return thing


def _problems_of_good(good_id: int, definitions: Definitions) -> Iterator[Problem]:
    outermost = definitions.goods(good_id)
    if outermost is None:
        yield Problem(f"Finished good {shorten(good_id)} not found")
        return
    goods = _with_inner_goods(outermost, definitions)
    for good in goods.values():
        inside = outermost.name if good is outermost else f"{outermost.name} -> {good.name}"
        for message in _missing_parts(good, definitions):
            yield Problem(f"{inside}: {message}", field="components", hint="fix the part, or drop the good")
    if not outermost.inner_good_ids:
        return
    try:
        check_nesting(
            good_id,
            lambda i: [inner for inner in goods[i].inner_good_ids if inner in goods],
            lambda i: goods[i].name,
            "components",
        )
    except ValidationError as error:
        for problem in error.problems:
            # A cycle further inside is shown starting with its own first good.
            around = "" if problem.message.startswith(f"{outermost.name} ") else f"{outermost.name}: "
            yield attrs.evolve(problem, message=around + problem.message)


def _with_inner_goods(outermost: FinishedGood, definitions: Definitions) -> dict[int, FinishedGood]:
    goods: dict[int, FinishedGood] = {}
    waiting = [outermost]
    while waiting:
        good = waiting.pop()
        if good.id not in goods:
            goods[good.id] = good
            inner = map(definitions.goods, good.inner_good_ids)
            waiting.extend(part for part in inner if part is not None)
    return goods


def _missing_parts(good: FinishedGood, definitions: Definitions) -> Iterator[str]:
    for part in good.components:
        if part.finished_good_id is not None:
            if definitions.goods(part.finished_good_id) is None:
                yield f"finished good {part.finished_good_id} not found"
            continue
        unit = definitions.units(_known(part.finished_unit_id))
        if unit is None:
            yield f"finished unit {part.finished_unit_id} not found"
        elif definitions.recipes(unit.recipe_id) is None:
            yield f"recipe {unit.recipe_id} of {unit.name} not found"
