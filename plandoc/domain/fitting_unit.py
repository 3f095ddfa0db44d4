"""The unit that fits a quantity: 14.3 kg where 14300 g was added up, 0.4 g where 0.0004 kg would be shown as 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from plandoc import units

# Each unit with its size in the first one of its system, the smallest first; a test compares them with `plandoc.units`.
_WEIGHTS = (("mg", 1), ("g", 1000), ("kg", 1_000_000))
_VOLUMES = (("ml", 1), ("cl", 10), ("dl", 100), ("l", 1000))
_SPOONS = (("tsp", 1), ("tbsp", 3), ("cup", 48))
_POUNDS = (("oz", 1), ("lb", 16))
# Kept where a recipe is written in them, but nothing is converted into them.
_ONLY_AS_WRITTEN = frozenset({"cl", "dl"})

_System = Sequence[tuple[str, int]]
_METRIC: Mapping[str, _System] = MappingProxyType({name: one for one in (_WEIGHTS, _VOLUMES) for name, _ in one})
_CUSTOMARY: Mapping[str, _System] = MappingProxyType({name: one for one in (_SPOONS, _POUNDS) for name, _ in one})

# From this many on, a unit is used even where the quantity is not a round number of it.
_MANY = 4
_QUARTER = Fraction(1, 4)


def fitting_unit(exact: Fraction, unit: str) -> tuple[Fraction, str]:
    """Return a quantity in the unit of the same system that fits it, exactly: metric units, spoons and cups, or pounds.

    Metric quantities are from 1 to less than 1000. Spoons, cups, ounces and pounds stay as the recipe has them until
    they are a round number, or many, of a larger one. Other units stay.

    >>> fitting_unit(Fraction(14300), "g"), fitting_unit(Fraction(1, 2), "l")
    ((Fraction(143, 10), 'kg'), (Fraction(500, 1), 'ml'))
    >>> fitting_unit(Fraction(4), "tsp"), fitting_unit(Fraction(84), "tsp")
    ((Fraction(4, 1), 'tsp'), (Fraction(7, 4), 'cup'))
    """
    name = units.canonical(unit)
    if exact <= 0:
        return exact, unit
    if name in _METRIC:
        return _metric(exact, name, unit)
    if name in _CUSTOMARY:
        return _customary(exact, name, unit)
    return exact, unit


def _metric(exact: Fraction, name: str, unit: str) -> tuple[Fraction, str]:
    system = _METRIC[name]
    smallest = exact * dict(system)[name]
    if name in _ONLY_AS_WRITTEN and exact >= 1 and smallest < system[-1][1]:
        return exact, unit
    steps = [(other, size) for other, size in system if other not in _ONLY_AS_WRITTEN]
    best, size = next((step for step in reversed(steps) if smallest >= step[1]), steps[0])
    return (exact, unit) if best == name else (smallest / size, best)


def _customary(exact: Fraction, name: str, unit: str) -> tuple[Fraction, str]:
    system = _CUSTOMARY[name]
    sizes = dict(system)
    smallest = exact * sizes[name]
    for other, size in reversed(system):
        number = smallest / size
        if size > sizes[name] and number >= 1 and (number >= _MANY or (number / _QUARTER).denominator == 1):
            return number, other
        if size < sizes[name] and exact < _QUARTER and number >= _QUARTER:
            return number, other
    return (exact, unit) if exact >= _QUARTER else (smallest, system[0][0])
