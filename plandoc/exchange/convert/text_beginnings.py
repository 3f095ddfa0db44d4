"""What a piece of text begins with: a number, a unit, a container, or words that say how it is measured."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from plandoc import units
from plandoc.fields import converters
from plandoc.units.quantity_text import NotANumber, Quantity, quantity_in

# For patterns: what the number at the beginning of a text begins with.
DIGITS = r"\d¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"


def quantity_at(text: str) -> Quantity | None:
    """Return the number that a text begins with, and what follows it; None where it begins with none."""
    try:
        # Nothing says whether a comma or a point is the decimal separator, so both must give the same.
        quantity, other = (quantity_in(text, decimal_comma=comma, by_hand=True) for comma in (False, True))
    except NotANumber:
        return None
    return quantity._replace(number=converters.exact_or_fraction(quantity.number)) if quantity == other else None


def qualifiers_at(text: str, known: AbstractSet[str]) -> tuple[list[str], str]:
    """Return words such as "heaped" and "large" from the beginning of a text, and the rest."""
    found: list[str] = []
    left = text.split(" ")
    while len(left) > 1 and left[0].casefold().rstrip(",") in known:
        found.append(left.pop(0).rstrip(","))
    return found, " ".join(left)


def unit_at(text: str) -> tuple[str, str]:
    """Return the unit that a text begins with, as it is written, and what follows; no unit where none is known."""
    parts: Sequence[str] = text.split(" ")
    for length in range(min(3, len(parts)), 0, -1):
        written = " ".join(parts[:length]).rstrip(",")
        if units.unit_named(written):
            return written.rstrip("."), " ".join(parts[length:]).strip(" ,")
    return "", text


def container_at(text: str) -> str:
    """Return the container that a text begins with, if something is in it."""
    word, _, content = text.partition(" ")
    unit = units.unit_named(word)
    return word if content and unit and unit.dimension is units.Dimension.CONTAINER else ""
