"""What records refer to, under which numbers, and what they may not contain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from plandoc import tables
from plandoc.domain.containment import check_nesting
from plandoc.engine.integrity import check_base
from plandoc.errors import ValidationError
from plandoc.records import Event, Recipe
from plandoc.tables import BY_TYPE, table_of

# A table, and the number of a record in it.
Key = tuple[str, int]

# What the fields of records that hold ids refer to, by their names without "_id".
TABLES_OF_FIELDS: Mapping[str, str] = MappingProxyType(
    {field.removesuffix("_id"): table.name for field, table in tables.TABLES_OF_FIELDS.items()}
    | {"event": table_of(Event).name}
)
_PARTS: Mapping[str, str] = MappingProxyType({"recipes": "sub_recipe_ids", "finished_goods": "inner_good_ids"})


def references_of(record: Any) -> Iterator[Key]:
    """Yield the table and the number of everything that a record refers to."""
    for reference in table_of(type(record)).references:
        for number in reference.ids(record):
            yield BY_TYPE[reference.target].name, number


def renumbered(record: Any, id_of: Callable[[str, int], int]) -> Any:
    """Return a record with other numbers for everything of the catalog that it refers to; its own stays.

    >>> from plandoc import FinishedUnit
    >>> renumbered(FinishedUnit("Cookie", 1, items_per_batch=24, id=7), lambda table, number: number + 100).recipe_id
    101
    """
    changed: dict[str, Any] = {}
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        table = TABLES_OF_FIELDS.get(field.name.removesuffix("_id")) if field.name.endswith("_id") else None
        if table is not None and table != "events" and value is not None:
            changed[field.name] = id_of(table, value)
        elif type(value) is tuple and value and attrs.has(type(value[0])):
            changed[field.name] = tuple(renumbered(part, id_of) for part in value)
    return attrs.evolve(record, **changed) if changed else record


def wrong_nesting(table: str, things: Mapping[int, Any]) -> Iterator[tuple[int, str]]:
    """Yield the number of each recipe or good that contains itself, is nested too deep or is its own base, and why.

    Args:
        table: The table that they are in.
        things: All of them, by their numbers.
    """
    parts = _PARTS[table]
    for number, thing in things.items():
        try:
            if type(thing) is Recipe:
                check_base(number, things, "base_recipe")
            check_nesting(
                number,
                lambda i: [part for part in getattr(things[i], parts) if part in things],
                lambda i: repr(things[i].name),
                table,
            )
        except ValidationError as error:
            yield number, error.problems[0].message
