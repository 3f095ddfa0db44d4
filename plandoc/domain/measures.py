"""Amounts of ingredients and the conversion of their units, exactly: fractions in, fractions out.

The sizes are those of `plandoc.units`; tests compare each of them with pint. pint does not do the conversions: importing it
takes longer than the rest of a command, and only one division of it would be used.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.domain.fitting_unit import fitting_unit
from plandoc.domain.rounding import format_number, rounded
from plandoc.fields.converters import exact_or_fraction
from plandoc.frozen import frozen
from plandoc.records import Equivalent, Ingredient, UnitWord
from plandoc.units import Conversions, Statement

# Decimal places that are stored; what needs more is rounded.
_LONGEST = 12
# Sums of two of these have fewer digits than a record holds.
_BEYOND_FRACTIONS = 10**60
_NOTHING = Fraction(0)
# What is known without knowing what is measured.
BY_SIZE = Conversions()


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


def conversions(ingredient: Ingredient, words: tuple[UnitWord, ...] = ()) -> Conversions:
    """Return what is known of an ingredient's units; ingredients with the same knowledge share one object.

    An ingredient's own equivalents take precedence over custom words, so that an ingredient can be an exception.

    Args:
        ingredient: With its equivalents.
        words: The custom words for units.
    """
    equivalents = ingredient.all_equivalents
    return _conversions(equivalents, words) if equivalents or words else BY_SIZE


@functools.lru_cache(maxsize=4096)
def _conversions(equivalents: tuple[Equivalent, ...], words: tuple[UnitWord, ...]) -> Conversions:
    return Conversions(map(_statement, equivalents), _meanings(words))


@functools.lru_cache(maxsize=64)
def _meanings(words: tuple[UnitWord, ...]) -> Mapping[str, Statement]:
    """Return what words mean, by their keys; if two have the same key, the first counts."""
    return {units.word_key(word.name): _statement(word.as_equivalent) for word in reversed(words)}


def _statement(one: Equivalent) -> Statement:
    return Statement(Fraction(one.quantity), one.unit, Fraction(one.other_quantity), one.other_unit)


def wrong_equivalents(ingredient: Ingredient) -> Iterator[str]:
    """Yield each contradiction among the equivalents of an ingredient, with the numbers.

    >>> cup, half, stick = Equivalent(1, "cup", 120, "g"), Equivalent(1, "stick", "1/2", "cup"), Equivalent(1, "stick", 113, "g")
    >>> list(wrong_equivalents(Ingredient("Butter", equivalents=(cup, half, stick))))
    ['1 stick = 113 g contradicts 1 stick = 0.5 cup and 1 cup = 120 g, by which 1 stick = 60 g']
    """
    stated = ingredient.all_equivalents
    for one in conversions(ingredient).contradictions:
        refused = stated[one.statement]
        because = " and ".join(str(stated[at]) for at in one.because) or "the sizes of the units"
        implied = exact_or_fraction(one.implied)
        shown = units.written(implied) if isinstance(implied, Decimal) else f"about {float(implied):.6g}"
        follows = f"{units.written(refused.quantity)} {refused.unit} = {shown} {refused.other_unit}"
        yield f"{refused} contradicts {because}, by which {follows}"


def missing_equivalent(unit: str, other: str) -> str:
    """Return the form of the equivalent that would convert two units into each other.

    >>> missing_equivalent("g", "cup"), missing_equivalent("stick", "g")
    ("'1 cup = ... g'", "'1 stick = ... g'")
    """
    better, worse = sorted((unit, other), key=lambda one: (units.preference(one), one))
    return f"'1 {worse} = ... {better}'"


def stock_key(unit: str) -> str:
    """Return a key that units of the same size share: Cups and cup, each and piece.

    >>> stock_key("Cups"), stock_key("pieces"), stock_key("dozen")
    ('cup', 'each', 'dozen')
    """
    return units.PIECES if factor(unit, units.PIECES) == 1 else units.canonical(unit)


def largest(names: Iterable[str]) -> str:
    """Return the unit for a sum of several units that can be converted: the largest weight, else volume, else count.

    >>> largest(["tbsp", "Cups", "tsp"]), largest(["cup", "oz"]), largest(["stick", "g"])
    ('cup', 'oz', 'g')
    """
    return min(map(units.canonical, names), key=lambda unit: (units.preference(unit), unit))


def convert(amount: Amount, unit: str, known: Conversions = BY_SIZE) -> Amount | None:
    """Return an amount in another unit; None when the two cannot be compared.

    Args:
        amount: What to convert.
        unit: Into which unit.
        known: What is known of the ingredient; by default nothing, so that only units of one dimension are converted.

    >>> convert(Amount(Fraction(1), "tbsp"), "cup")
    Amount(exact=Fraction(1, 16), unit='cup')
    >>> flour = Ingredient("Flour", equivalents=(Equivalent(1, "cup", 120, "g"),))
    >>> str(convert(Amount(Fraction(2), "cup"), "g", conversions(flour)))
    '240 g'
    """
    if amount.unit == unit:
        return Amount(amount.exact, unit)
    times = known.factor(amount.unit, unit)
    return None if times is None else Amount(amount.exact * times, unit)


def total(amounts: Iterable[Amount], unit: str, known: Conversions = BY_SIZE) -> Amount:
    """Return the sum of amounts in a unit into which each of them can be converted."""
    converted = [convert(amount, unit, known) for amount in amounts]
    exact = [amount.exact for amount in converted if amount is not None]
    return Amount(sum(exact[1:], exact[0]) if exact else _NOTHING, unit)


def factor(unit: str, other: str) -> Fraction | None:
    """Return how many of another unit one unit is; None when they cannot be compared without knowing what is measured.

    >>> factor("cup", "tbsp"), factor("dozen", "each"), factor("cup", "g"), factor("blorp", "blorp")
    (Fraction(16, 1), Fraction(12, 1), None, Fraction(1, 1))
    """
    return BY_SIZE.factor(unit, other)
