"""What records refer to, under which numbers, and what they may not contain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import is_
from types import MappingProxyType
from typing import Any, cast

import attrs

from plandoc import tables
from plandoc.domain.containment import check_nesting
from plandoc.engine.integrity import check_base
from plandoc.errors import ValidationError
from plandoc.fields import evolved
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
    for name, table in _numbered_fields(cast("Any", type(record))):
        value = getattr(record, name)
        if table is not None:
            number = value if value is None else id_of(table, value)
            if number != value:
                changed[name] = number
        elif type(value) is tuple and value and attrs.has(type(value[0])):
            parts = tuple(renumbered(part, id_of) for part in value)
            # A part in which nothing changes is reused.
            if not all(map(is_, parts, value)):
                changed[name] = parts
    return evolved(record, **changed) if changed else record


@cache
def _numbered_fields(record_type: Any) -> tuple[tuple[str, str | None], ...]:
    """Return the fields that can hold numbers of the catalog: each with its table, None where it can hold other records."""
    fields = []
    for field in attrs.fields(record_type):
        table = TABLES_OF_FIELDS.get(field.name.removesuffix("_id")) if field.name.endswith("_id") else None
        is_tuple = str(field.type).startswith("tuple")
        if (table is not None and table != "events") or is_tuple:
            fields.append((field.name, table))
    return tuple(fields)


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
