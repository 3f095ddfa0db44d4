"""Amounts of ingredients and the conversion of their units, exactly: fractions in, fractions out.

The sizes are those of `plandoc.units`; tests compare each of them with pint. pint does not do the conversions: importing it
takes longer than the rest of a command, and only one division of it would be used.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.constraints import exact_or_fraction
from plandoc.domain.fitting_unit import fitting_unit
from plandoc.domain.rounding import format_number, rounded
from plandoc.frozen import frozen
from plandoc.records import Density
from plandoc.units import Dimension

# Decimal places that are stored; what needs more is rounded.
_LONGEST = 12
# Sums of two of these have fewer digits than a record holds.
_BEYOND_FRACTIONS = 10**60
_NOTHING = Fraction(0)


@frozen
class Amount:
    """So much of something, in a unit. As text it is in the unit that fits, with at most 3 decimals.

    >>> str(Amount(Fraction("6.68"), "cup")), str(Amount(Fraction(2, 3), "cup")), str(Amount(Fraction(14300), "g"))
    ('6.68 cup', '0.667 cup', '14.3 kg')
    >>> str(Amount(Fraction(1, 3), "cup", rounds_up=True))
    '0.334 cup'

    Attributes:
        exact: How much, in `unit`, never rounded.
        unit: Such as cup.
        rounds_up: Whether it is rounded up where it is shown, because buying slightly less than needed is short; else
            halves are rounded up and less than a half down.
    """

    exact: Fraction
    unit: str
    rounds_up: bool = attrs.field(default=False, kw_only=True, eq=False, repr=False)

    @property
    def quantity(self) -> Decimal:
        """The number as a decimal: exact when it ends within 12 places, else rounded to 12."""
        return rounded(self.exact, _LONGEST, rounds_up=self.rounds_up)

    def fitted(self) -> Amount:
        """Return the same in the unit that fits: 14.3 kg where this is 14300 g."""
        exact, unit = fitting_unit(self.exact, self.unit)
        return self if unit == self.unit else attrs.evolve(self, exact=exact, unit=unit)

    def __str__(self) -> str:
        fitted = self.fitted()
        return f"{format_number(fitted.exact, rounds_up=self.rounds_up)} {fitted.unit}"


def storable(exact: Fraction, *, rounds_up: bool = False) -> Decimal | Fraction:
    """Return a number as a record holds it: exactly, unless it has more digits than any conversion gives.

    Such fractions are rounded to 12 decimals.

    >>> storable(Fraction(1, 8)), storable(Fraction(1, 3)), storable(Fraction(1, 3**200), rounds_up=True)
    (Decimal('0.125'), Fraction(1, 3), Decimal('1E-12'))
    """
    if max(exact.numerator, exact.denominator) < _BEYOND_FRACTIONS:
        held: Decimal | Fraction = exact_or_fraction(exact)
        return held
    return rounded(exact, _LONGEST, rounds_up=rounds_up)


def family(unit: str, density: Density | None) -> Dimension | str:
    """Return a key that exactly the units share that can be converted into each other.

    Args:
        unit: The unit.
        density: Of the ingredient; None when unknown. With one, volumes are weights.

    >>> family("cups", None) == family("ml", None), family("cup", None) == family("lb", None)
    (True, False)
    """
    dimension = units.dimension_of(unit)
    if dimension is None or dimension is Dimension.CONTAINER:
        return units.canonical(unit)
    return Dimension.WEIGHT if dimension is Dimension.VOLUME and density is not None else dimension


def stock_key(unit: str) -> str:
    """Return a key that units share which measure the same: Cups and cup, each and piece.

    >>> stock_key("Cups"), stock_key("pieces"), stock_key("dozen")
    ('cup', 'each', 'dozen')
    """
    return units.PIECES if factor(unit, units.PIECES) == 1 else units.canonical(unit)


def largest(names: Iterable[str]) -> str:
    """Return the largest of several units of one family, in its own spelling: of volumes and weights, a weight.

    >>> largest(["tbsp", "Cups", "tsp"]), largest(["cup", "oz"])
    ('cup', 'oz')
    """
    return max(map(units.canonical, names), key=lambda unit: (units.position(unit), unit))


def convert(amount: Amount, unit: str, density: Density | None = None) -> Amount | None:
    """Return an amount in another unit; None when the two cannot be compared.

    Args:
        amount: What to convert.
        unit: Into which unit.
        density: Of the ingredient; None when unknown, and then volumes and weights cannot be compared.

    >>> convert(Amount(Fraction(1), "tbsp"), "cup")
    Amount(exact=Fraction(1, 16), unit='cup')
    >>> str(convert(Amount(Fraction(2), "cup"), "g", Density(1, "cup", 120, "g")))
    '240 g'
    """
    if amount.unit == unit:
        return Amount(amount.exact, unit)
    times = factor(amount.unit, unit)
    if times is None and density is not None:
        times = _factor_by_weight(amount.unit, unit, density)
    return None if times is None else Amount(amount.exact * times, unit)


def total(amounts: Iterable[Amount], unit: str, density: Density | None = None) -> Amount:
    """Return the sum of amounts in a unit into which each of them can be converted."""
    converted = [convert(amount, unit, density) for amount in amounts]
    exact = [amount.exact for amount in converted if amount is not None]
    return Amount(sum(exact[1:], exact[0]) if exact else _NOTHING, unit)


def factor(unit: str, other: str) -> Fraction | None:
    """Return how many of another unit one unit is; None when they cannot be compared without knowing what is measured.

    >>> factor("cup", "tbsp"), factor("dozen", "each"), factor("cup", "g"), factor("blorp", "blorp")
    (Fraction(16, 1), Fraction(12, 1), None, Fraction(1, 1))
    """
    if units.canonical(unit) == units.canonical(other):
        return Fraction(1)
    one, another = units.unit_named(unit), units.unit_named(other)
    if one is None or another is None or one.dimension is not another.dimension or one.dimension is Dimension.CONTAINER:
        return None
    return _factor(one.name, another.name)


def _factor_by_weight(unit: str, other: str, density: Density) -> Fraction | None:
    volume, weight = Fraction(density.volume), Fraction(density.weight)
    if units.dimension_of(unit) is Dimension.VOLUME:
        enter, leave, each = density.volume_unit, density.weight_unit, weight / volume
    else:
        enter, leave, each = density.weight_unit, density.volume_unit, volume / weight
    first, last = factor(unit, enter), factor(leave, other)
    return None if first is None or last is None else first * each * last


@functools.cache
def _factor(unit: str, other: str) -> Fraction:
    return _size(unit) / _size(other)


def _size(name: str) -> Fraction:
    """Return how much one of a measure is, in the one that all of its dimension are measured in."""
    unit = units.MEASURES_BY_NAME[name]
    return Fraction(unit.size) * (_size(unit.base) if unit.base else 1)
