"""The units that a kitchen measures in, by name; imported by the records, so nothing in it takes time to import."""

from plandoc.units.advice import advice
from plandoc.units.conversion import Contradiction, Conversions, Node, Statement, base_of, word_key, word_keys
from plandoc.units.quantity_text import written
from plandoc.units.table import CONTAINERS, MEASURES, Dimension, Unit
from plandoc.units.unit_names import (
    MEASURES_BY_NAME,
    UNITS,
    canonical,
    dimension_of,
    position,
    preference,
    unit_named,
)

# What a number without a unit means.
PIECES = "each"
# What the stock of a recipe is counted in.
BATCH = "batch"
_BATCHES = frozenset({BATCH, "batches"})


def is_batches(unit: str) -> bool:
    """Return whether a unit is batches of a recipe, which no measure can be converted into.

    >>> is_batches("Batches"), is_batches("cup")
    (True, False)
    """
    return unit.strip().casefold() in _BATCHES


__all__ = [
    "BATCH",
    "CONTAINERS",
    "MEASURES",
    "MEASURES_BY_NAME",
    "PIECES",
    "UNITS",
    "Contradiction",
    "Conversions",
    "Dimension",
    "Node",
    "Statement",
    "Unit",
    "advice",
    "base_of",
    "canonical",
    "dimension_of",
    "is_ambiguous",
    "is_batches",
    "position",
    "preference",
    "unit_named",
    "word_key",
    "word_keys",
    "written",
]
