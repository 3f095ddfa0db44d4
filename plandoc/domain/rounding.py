"""Exact numbers as decimals, rounded once, at the end."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

_SHOWN = 3


def rounded(exact: Fraction, places: int, *, rounds_up: bool = False) -> Decimal:
    """Return a number of zero or more as a decimal with a maximum number of places, without trailing zeros.

    Args:
        exact: The number.
        places: Digits after the point.
        rounds_up: Whether any rest is rounded up; otherwise only a half or more.

    >>> rounded(Fraction(2, 3), 3), rounded(Fraction(1, 3), 3, rounds_up=True), rounded(Fraction(5), 3)
    (Decimal('0.667'), Decimal('0.334'), Decimal('5'))
    """
    scaled = exact * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if rest and (rounds_up or 2 * rest >= scaled.denominator):
        whole += 1
    while places and whole % 10 == 0:
        whole, places = whole // 10, places - 1
    # From text, because arithmetic on decimals would round to the 28 digits of their context.
    return Decimal(f"{whole}e-{places}")


def format_number(exact: Fraction, *, rounds_up: bool = False) -> str:
    """Return a number as it is shown: with at most 3 decimals, or as many as it takes to show that it is not 0.

    >>> format_number(Fraction(11, 10)), format_number(Fraction(1, 3), rounds_up=True), format_number(Fraction(1, 30000))
    ('1.1', '0.334', '0.00003')
    """
    places = _SHOWN
    while not (shown := rounded(exact, places, rounds_up=rounds_up)) and exact > 0:
        places += 1
    return f"{shown:f}"
