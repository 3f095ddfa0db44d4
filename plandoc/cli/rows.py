"""Records and results as JSON: records with the keys used in the files, results with their own names."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from plandoc import codec
from plandoc.tables import BY_TYPE, CATALOG_TABLES

# Only named in a result: other commands show what they are made of.
_IN_THE_CATALOG: tuple[type[Any], ...] = tuple(table.record_type for table in CATALOG_TABLES)


def as_row(record: Any) -> dict[str, Any]:
    """Return a record as it is in its file, with its id first."""
    return {"id": record.id, **codec.to_row(record)}


def as_json(value: Any) -> Any:
    """Return the result of an operation as JSON values, with the names of its fields and properties.

    Exact numbers become text, because JSON readers make binary floats of numbers. Recipes, units, goods and ingredients
    are only named; other records are complete, as in their files.

    >>> as_json((Fraction(20, 3), Decimal("0.50"), 5, None))
    ['20/3', '0.50', 5, None]
    >>> from plandoc.records import Recipe
    >>> as_json(Recipe("Sponge Cake", slug="sponge-cake", id=3))
    {'id': 3, 'slug': 'sponge-cake', 'name': 'Sponge Cake'}
    """
    if isinstance(value, _IN_THE_CATALOG):
        return {"id": value.id, "slug": value.slug, "name": value.name}
    if attrs.has(type(value)):
        return as_row(value) if type(value) in BY_TYPE else _result(value)
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return _single(value)


def _result(result: Any) -> dict[str, Any]:
    # A field without a representation only controls how the others are shown.
    names = [attribute.name for attribute in attrs.fields(type(result)) if attribute.repr]
    worked_out = [name for name, part in vars(type(result)).items() if isinstance(part, property)]
    return {name: as_json(getattr(result, name)) for name in (*names, *worked_out)}


def _single(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
