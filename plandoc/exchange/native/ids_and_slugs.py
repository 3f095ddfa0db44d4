"""Ids in rows become slugs when they leave the folder, and ids again when they come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plandoc.exchange.references import TABLES_OF_FIELDS
from plandoc.tables import FIELDS_OF_PARTS

Row = dict[str, Any]

# Lists of parts, each with references of its own. Nothing deeper is changed, because sealed records keep their ids.
PARTS = FIELDS_OF_PARTS
_ID, _SLUG = "_id", "_slug"


def ids_to_slugs(row: Row, slug_of: Callable[[str, int], str]) -> Row:
    """Return a row of the folder with slugs instead of ids.

    >>> ids_to_slugs({"recipe_id": 7, "notes": ""}, lambda table, number: f"{table}-{number}")
    {'recipe_slug': 'recipes-7', 'notes': ''}
    """
    changed: Row = {}
    for key, value in row.items():
        table = TABLES_OF_FIELDS.get(key.removesuffix(_ID)) if key.endswith(_ID) else None
        if table is not None:
            changed[as_slug(key)] = None if value is None else slug_of(table, value)
        else:
            changed[key] = [ids_to_slugs(part, slug_of) for part in value] if key in PARTS else value
    return changed


def slugs_to_ids(
    row: Row, id_of: Callable[[str, Any, str], int | None], unknown: Callable[[str], None], at: str = ""
) -> Row:
    """Return a row of an exchange file with ids instead of slugs.

    Args:
        row: The row.
        id_of: Takes the table, the value that should be a slug, and the field; returns the id.
        unknown: Called with each field that holds an id, which no such file has.
        at: Where the row is inside another one.
    """
    changed: Row = {}
    for key, value in row.items():
        if key.endswith(_ID) and key.removesuffix(_ID) in TABLES_OF_FIELDS:
            unknown(at + key)
        elif key.endswith(_SLUG) and key.removesuffix(_SLUG) in TABLES_OF_FIELDS:
            table = TABLES_OF_FIELDS[key.removesuffix(_SLUG)]
            changed[as_id(key)] = id_of(table, value, at + key)
        elif key in PARTS and type(value) is list:
            changed[key] = [
                slugs_to_ids(part, id_of, unknown, f"{at}{key}[{index}].") if type(part) is dict else part
                for index, part in enumerate(value)
            ]
        else:
            changed[key] = value
    return changed


def as_slug(field: str) -> str:
    """Return what a field is called in an exchange file."""
    stem = field.removesuffix(_ID)
    return f"{stem}{_SLUG}" if stem != field and stem.rpartition(".")[2] in TABLES_OF_FIELDS else field


def as_id(field: str) -> str:
    """Return what a field of an exchange file is called in the folder."""
    return f"{field.removesuffix(_SLUG)}{_ID}"
