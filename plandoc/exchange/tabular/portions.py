"""Percentages of a batch that were probably meant as something else."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from plandoc.domain.rounding import format_number
from plandoc.exchange.names import shown
from plandoc.units.quantity_text import Number, written

# A yield this close to a whole number was probably meant to be one: 16.67 % for a sixth.
_NEAR = Fraction(1, 90)


def doubtful_portion(name: str, percentage: Number) -> Iterator[str]:
    """Yield a note on a part of a batch that is below 1 %, or nearly but not exactly a batch divided by a whole number.

    >>> from decimal import Decimal
    >>> print(*doubtful_portion("Slice", Decimal("16.67")))
    'Slice' takes 16.67 % of a batch, so that a batch gives 5.999; if it is to give 6, write 16 2/3 %
    >>> [*doubtful_portion("Slice", Decimal("12.5")), *doubtful_portion("Slice", Decimal(30))]
    []
    """
    given = Fraction(100) / Fraction(percentage)
    whole = round(given)
    if percentage < 1:
        advice = f"if it takes {format_number(Fraction(percentage) * 100)} %, write that"
    elif abs(given - whole) <= whole * _NEAR and format_number(given) != format_number(Fraction(whole)):
        advice = f"if it is to give {whole}, write {written(Fraction(100, whole))} %"
    else:
        return
    yield f"{shown(name)} takes {written(percentage)} % of a batch, so that a batch gives {format_number(given)}; {advice}"
