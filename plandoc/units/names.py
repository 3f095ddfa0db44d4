"""The names of the units that a kitchen measures in: plain data, without a single conversion.

Only what means one thing is known. `T` and `t` (tablespoon or teaspoon, by the cook) and `c` are not, because a guess
would change a quantity without a word. Imported by the records, so this imports nothing that takes time.
"""

from __future__ import annotations

import difflib
import enum
from types import MappingProxyType
from typing import NamedTuple


class Dimension(enum.Enum):
    """What a unit measures. Units of one dimension can be turned into each other, except containers."""

    VOLUME = "volume"
    WEIGHT = "weight"
    COUNT = "count"
    CONTAINER = "container"


class Unit(NamedTuple):
    """A unit that plandoc knows.

    Attributes:
        name: The one spelling that results use.
        dimension: What it measures.
        size: How much of `base` it is, a number or a ratio; blank for containers, which have no size of their own.
        base: The name of a unit of the same dimension; blank for the one that others are measured in, and for containers.
        spellings: Other texts that mean it, in lower case.
    """

    name: str
    dimension: Dimension
    size: str
    base: str
    spellings: tuple[str, ...]


# Sizes: the international pound of 453.59237 g and the US gallon of 231 cubic inches, whose sixteenth is the cup of
# 236.5882365 ml (NIST Handbook 44, appendix C; NIST SP 811, appendix B). Dash and pinch have no legal size; these are
# those of American measuring spoons. Each dimension goes from small to large, and weights below volumes: the largest of
# several units is the one furthest down.
MEASURES: tuple[Unit, ...] = (
    Unit("pinch", Dimension.VOLUME, "1/16", "tsp", ("pinches",)),
    Unit("dash", Dimension.VOLUME, "1/8", "tsp", ("dashes",)),
    Unit("ml", Dimension.VOLUME, "1", "", ("milliliter", "milliliters", "millilitre", "millilitres", "mls", "cc")),
    Unit("tsp", Dimension.VOLUME, "1/3", "tbsp", ("tsps", "teaspoon", "teaspoons")),
    Unit("cl", Dimension.VOLUME, "10", "ml", ("centiliter", "centiliters", "centilitre", "centilitres")),
    Unit("tbsp", Dimension.VOLUME, "1/16", "cup", ("tbsps", "tbs", "tbl", "tablespoon", "tablespoons")),
    Unit("fl oz", Dimension.VOLUME, "1/8", "cup", ("floz", "fluid oz", "fluid ounce", "fluid ounces", "fl ounce")),
    Unit("dl", Dimension.VOLUME, "100", "ml", ("deciliter", "deciliters", "decilitre", "decilitres")),
    Unit("cup", Dimension.VOLUME, "236.5882365", "ml", ("cups",)),
    Unit("pint", Dimension.VOLUME, "2", "cup", ("pints", "pt", "pts")),
    Unit("quart", Dimension.VOLUME, "4", "cup", ("quarts", "qt", "qts")),
    Unit("l", Dimension.VOLUME, "1000", "ml", ("liter", "liters", "litre", "litres", "ltr")),
    Unit("gallon", Dimension.VOLUME, "16", "cup", ("gallons", "gal", "gals")),
    Unit("mg", Dimension.WEIGHT, "1/1000", "g", ("milligram", "milligrams", "milligramme", "milligrammes")),
    Unit("g", Dimension.WEIGHT, "1", "", ("gram", "grams", "gramme", "grammes", "gm", "gms")),
    Unit("oz", Dimension.WEIGHT, "1/16", "lb", ("ounce", "ounces", "ozs")),
    Unit("lb", Dimension.WEIGHT, "453.59237", "g", ("lbs", "pound", "pounds")),
    Unit("kg", Dimension.WEIGHT, "1000", "g", ("kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramme")),
    Unit("each", Dimension.COUNT, "1", "", ("ea", "count", "ct", "whole")),
    Unit("piece", Dimension.COUNT, "1", "each", ("pieces", "pc", "pcs")),
    Unit("dozen", Dimension.COUNT, "12", "each", ("dozens", "doz", "dz")),
)


def _container(name: str, *spellings: str) -> Unit:
    return Unit(name, Dimension.CONTAINER, "", "", spellings)


# What one of them holds is nobody's standard, so that each can be compared with itself alone.
CONTAINERS: tuple[Unit, ...] = (
    _container("bag", "bags"),
    _container("bar", "bars"),
    _container("block", "blocks"),
    _container("bottle", "bottles"),
    _container("box", "boxes"),
    _container("bunch", "bunches"),
    _container("can", "cans"),
    _container("carton", "cartons"),
    _container("case", "cases"),
    _container("clove", "cloves"),
    _container("container", "containers"),
    _container("cube", "cubes"),
    _container("ear", "ears"),
    _container("handful", "handfuls"),
    _container("head", "heads"),
    _container("jar", "jars"),
    _container("leaf", "leaves"),
    _container("loaf", "loaves"),
    _container("package", "packages", "pkg", "pkgs", "pkge"),
    _container("packet", "packets"),
    _container("pod", "pods"),
    _container("roll", "rolls"),
    _container("sachet", "sachets"),
    _container("sheet", "sheets"),
    _container("slice", "slices"),
    _container("sprig", "sprigs"),
    _container("stalk", "stalks"),
    _container("stick", "sticks"),
    _container("tin", "tins"),
    _container("tray", "trays"),
    _container("tub", "tubs"),
    _container("tube", "tubes"),
)

UNITS: tuple[Unit, ...] = MEASURES + CONTAINERS
MEASURES_BY_NAME = MappingProxyType({unit.name: unit for unit in MEASURES})
_BY_SPELLING = MappingProxyType({text: unit for unit in UNITS for text in (unit.name, *unit.spellings)})
_POSITIONS = MappingProxyType({unit.name: position for position, unit in enumerate(UNITS)})
# What a person may have meant by a text that is too short to be compared with the known ones.
_OFTEN_MEANT = MappingProxyType({"t": "tsp or tbsp", "c": "cup"})


def unit_named(text: str) -> Unit | None:
    """Return the unit that a text means, whatever its case, dots and blanks; None when plandoc knows none.

    >>> unit_named("Fl. Oz.").name, unit_named("TBSP").name, unit_named("T")
    ('fl oz', 'tbsp', None)
    """
    # Nearly every text is spelled as the table has it.
    return _BY_SPELLING.get(text) or _BY_SPELLING.get(_plain(text))


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


def suggest(unit: str, dimension: Dimension | None = None) -> str | None:
    """Return what may have been meant by a text that is not a known unit; None when nothing comes near.

    Args:
        unit: The text.
        dimension: Suggest only units of this dimension; None suggests any.

    >>> suggest("tablespon"), suggest("grm", Dimension.VOLUME), suggest("T")
    ('tbsp', None, 'tsp or tbsp')
    """
    text = _plain(unit)
    if text in _OFTEN_MEANT and dimension in {None, Dimension.VOLUME}:
        return _OFTEN_MEANT[text]
    spellings = [spelling for spelling, known in _BY_SPELLING.items() if dimension in {None, known.dimension}]
    # One letter comes near to far too much.
    near = difflib.get_close_matches(text, spellings, n=1, cutoff=0.65) if len(text) > 1 else []
    return _BY_SPELLING[near[0]].name if near else None


def _plain(text: str) -> str:
    return " ".join(text.replace(".", " ").casefold().split())
