"""Finding the unit that a text means, in plain data without a single conversion.

Only what means one thing is known. `T` and `t` (tablespoon or teaspoon, by the cook), `c` and `cc` are not, because a guess
would change a quantity without a word.
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType

from plandoc.units.table import CONTAINERS, MEASURES, Dimension, Unit


def plain(text: str) -> str:
    """Return a text as units are compared: without regard to case, dots, blanks and how accents are composed.

    >>> plain("Fl. Oz."), plain("C. À S.")
    ('fl oz', 'c à s')
    """
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    return " ".join(composed.replace(".", " ").casefold().split())


UNITS: tuple[Unit, ...] = MEASURES + CONTAINERS
MEASURES_BY_NAME = MappingProxyType({unit.name: unit for unit in MEASURES})
BY_SPELLING = MappingProxyType({text: unit for unit in UNITS for text in (plain(unit.name), *unit.spellings)})
# Nearly every text is spelled as the table has it.
_BY_TEXT = MappingProxyType({**BY_SPELLING, **{unit.name: unit for unit in UNITS}})
_POSITIONS = MappingProxyType({unit.name: position for position, unit in enumerate(UNITS)})
# Of several units that can be converted into each other, what people weigh comes before what they measure, and that before
# what they count; a container is only the unit where nothing else is known.
_LARGER = MappingProxyType(
    {Dimension.WEIGHT: 0, Dimension.VOLUME: 1, Dimension.COUNT: 2, Dimension.CONTAINER: 3, None: 4}
)


def unit_named(text: str) -> Unit | None:
    """Return the unit that a text means, in any case and with any dots and blanks; None when plandoc does not know it.

    >>> unit_named("Fl. Oz.").name, unit_named("TBSP").name, unit_named("T")
    ('fl oz', 'tbsp', None)
    """
    return _BY_TEXT.get(text) or BY_SPELLING.get(plain(text))


def dimension_of(unit: str) -> Dimension | None:
    """Return what a unit measures; None when plandoc does not know it.

    >>> dimension_of("cups"), dimension_of("lb"), dimension_of("blorp")
    (<Dimension.VOLUME: 'volume'>, <Dimension.WEIGHT: 'weight'>, None)
    """
    known = unit_named(unit)
    return None if known is None else known.dimension


def canonical(unit: str) -> str:
    """Return the one spelling of a unit; an unknown one as it is written, because only blanks are surely not a difference.

    >>> canonical("Cups"), canonical(" big   blorp ")
    ('cup', 'big blorp')
    """
    known = unit_named(unit)
    return " ".join(unit.split()) if known is None else known.name


def position(unit: str) -> int:
    """Return a number to order units by: the larger of one dimension, and weights among volumes, have the higher.

    Unknown units come last.
    """
    return _POSITIONS.get(canonical(unit), len(UNITS))


def preference(unit: str) -> tuple[int, int]:
    """Return what orders units by how well they suit a sum, the best first: weights, then volumes, then counts; the largest first.

    >>> min(["tsp", "cup", "each", "oz", "bag"], key=preference)
    'oz'
    """
    return _LARGER[dimension_of(unit)], -position(unit)
