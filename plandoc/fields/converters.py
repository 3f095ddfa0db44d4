"""What becomes of a value that is given for a field of a record, before a constraint judges it.

A converter never guesses and never refuses: what it cannot convert exactly it leaves as it is, for the check to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from typing import Any

from plandoc.fields.constraints import LARGEST_NUMBER
from plandoc.units import quantity_text

_MOST_PLACES = 12


def exact(value: Any) -> Any:
    """Convert a whole number to the decimal it is.

    >>> exact(12)
    Decimal('12')
    """
    if type(value) is Decimal and value.is_zero():
        # A zero with a minus sign, as sums can give it, is the same number.
        return value.copy_abs()
    return Decimal(value) if type(value) is int and abs(value) <= LARGEST_NUMBER else value


def exact_or_fraction(value: Any) -> Any:
    """Convert a fraction that is a decimal, and a whole number.

    >>> exact_or_fraction(Fraction(1, 8)), exact_or_fraction(Fraction(1, 3))
    (Decimal('0.125'), Fraction(1, 3))
    """
    if type(value) is Fraction and 10**_MOST_PLACES % value.denominator == 0 and abs(value) <= LARGEST_NUMBER:
        whole, places = value.numerator * 10**_MOST_PLACES // value.denominator, _MOST_PLACES
        while places and whole % 10 == 0:
            whole, places = whole // 10, places - 1
        # From text, because arithmetic on decimals would round to the 28 digits of their context.
        return Decimal(f"{whole}e-{places}")
    return exact(value)


def quantity(value: Any) -> Any:
    """Convert a quantity as people write it.

    >>> quantity("1 1/2"), quantity("⅔"), quantity(12)
    (Decimal('1.5'), Fraction(2, 3), Decimal('12'))
    """
    if type(value) is str:
        try:
            value = quantity_text.number_in(value)
        except quantity_text.NotANumber:
            return value
    return exact_or_fraction(value)


def trimmed(value: Any) -> Any:
    """Take the blanks off both ends of a text.

    >>> trimmed(" Rye flour  ")
    'Rye flour'
    """
    return value.strip() if type(value) is str else value


def in_order(value: Any) -> Any:
    """Convert a list, or whatever else gives values in an order, to a tuple.

    >>> in_order(["flour", "water"]), in_order("flour")
    (('flour', 'water'), 'flour')
    """
    if type(value) is tuple:
        return value
    is_without_order = isinstance(value, str | bytes | bytearray | Mapping | AbstractSet)
    return tuple(value) if isinstance(value, Iterable) and not is_without_order else value


def whole_if_possible(value: Any) -> Any:
    """Convert a fraction that is whole to an int, so that one number has one form."""
    return value.numerator if type(value) is Fraction and value.denominator == 1 else value
