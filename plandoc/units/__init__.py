"""The units that a kitchen measures in, by name; imported by the records, so nothing in it takes time to import."""

from plandoc.units.names import (
    CONTAINERS,
    MEASURES,
    MEASURES_BY_NAME,
    UNITS,
    Dimension,
    Unit,
    canonical,
    dimension_of,
    position,
    suggest,
    unit_named,
)

# What a number without a unit means.
PIECES = "each"

__all__ = [
    "CONTAINERS",
    "MEASURES",
    "MEASURES_BY_NAME",
    "PIECES",
    "UNITS",
    "Dimension",
    "Unit",
    "canonical",
    "dimension_of",
    "position",
    "suggest",
    "unit_named",
]
