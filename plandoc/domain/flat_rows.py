"""Records and results as flat rows, for pandas and other programs that want a table."""

from __future__ import annotations

import datetime
import enum
import functools
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from plandoc import records
from plandoc.domain.measures import Amount
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.tables import BY_TYPE

# Values that become cells unchanged.
_SINGLE = (str, bool, int, float, Decimal, Fraction, datetime.date, enum.Enum, type(None))
# Returns a cell of a record that may be missing, so that every row has the same columns.
Cell = Callable[[Any], Any]


def rows(things: Iterable[Any], **more: object) -> list[dict[str, Any]]:
    """Return records, or results of operations, as flat rows: one mapping each, all with the same columns.

    The id and the slug come first, then the fields in their order, then what is computed from them (`yield_per_batch`).

    * Numbers stay exact (`int`, `Decimal`, `Fraction`), days and timestamps stay what they are, states become their text.
    * A recipe, unit, good, ingredient or event in a field is three columns: `unit_id`, `unit_slug`, `unit_name`.
    * An amount is two columns: `to_buy` and `to_buy_unit`.
    * Any other record or result in a field has its own columns behind the name of the field: `decision_batches`.
    * A pair of a good and its quantity, as `get_event_fg_quantities` returns them, is the good and `quantity`.
    * A result that has `rows`, as what is on a shopping list, becomes as many rows.
    * Fields with several things in them, such as the lines of a recipe, are left out; give those to `rows` themselves.

    >>> import plandoc
    >>> rows([plandoc.StockItem(1, "2.5", "kg")])
    [{'id': 0, 'ingredient_id': 1, 'quantity': Decimal('2.5'), 'unit': 'kg', 'notes': '', 'recipe_id': None}]
    >>> rye = plandoc.Recipe("Rye", lines=(plandoc.RecipeLine(3, 500, "g"),))
    >>> rows(rye.lines, recipe=rye.name)
    [{'recipe': 'Rye', 'ingredient_id': 3, 'quantity': Decimal('500'), 'unit': 'g', 'notes': ''}]

    Args:
        things: Records or results, such as `list_records` and `get_requirements` return; or pairs of a good and a number.
        more: Further columns, the same in each row, in front of the others.

    Raises:
        ValidationError: for anything else.
    """
    if isinstance(things, str | bytes) or not isinstance(things, Iterable):
        hint = "put a single one into a list"
        raise ValidationError([Problem(f"wanted a list of records, found {shorten(things)}", hint=hint)])
    return [{**more, **row} for thing in things for row in _rows_of(thing)]


def _rows_of(record: Any) -> Iterator[dict[str, Any]]:
    if isinstance(record, tuple) and len(record) == 2 and type(record[0]) in BY_TYPE:
        thing, quantity = record
        label = BY_TYPE[type(thing)].label.lower().replace(" ", "_")
        yield {**{f"{label}_{name}": getattr(thing, name) for name in ("id", "slug", "name")}, "quantity": quantity}
        return
    if not attrs.has(type(record)):
        raise ValidationError([Problem(f"wanted a record or a result of plandoc, found {shorten(record)}")])
    own = _row(record)
    inner = record.rows if "rows" in attrs.fields_dict(type(record)) else None
    if inner is None:
        yield own
        return
    for row in inner:
        # Where both have a column, the row's counts.
        yield {**own, **_row(row)}


def _row(record: Any) -> dict[str, Any]:
    kind: Any = type(record)
    return {name: cell(record) for name, cell in _columns(kind).items()}


@functools.cache
def _columns(kind: type) -> dict[str, Cell]:
    """Return what gives each column of a record or a result."""
    hints = typing.get_type_hints(kind)
    shown = [field.name for field in attrs.fields(kind) if field.repr and not field.name.startswith("_")]
    first = [name for name in ("id", "slug") if name in shown]
    found: dict[str, Cell] = {}
    for name in dict.fromkeys([*first, *shown]):
        found |= _columns_of_field(name, _without_none(hints[name]))
    for name, part in vars(kind).items():
        if isinstance(part, property) and not name.startswith("_"):
            follows = _without_none(typing.get_type_hints(part.fget)["return"])
            # Without properties that only show the fields in another form.
            if getattr(follows, "__module__", "") != records.__name__:
                found |= _columns_of_field(name, follows)
    return found


def _columns_of_field(name: str, hint: Any) -> dict[str, Cell]:
    if hint is Amount:
        return {name: _cell(name, "quantity"), f"{name}_unit": _cell(name, "unit")}
    if hint in BY_TYPE and BY_TYPE[hint].has_slug:
        return {f"{name}_{part}": _cell(name, part) for part in ("id", "slug", "name")}
    if isinstance(hint, type) and attrs.has(hint):
        inner = _columns(hint)
        return {f"{name}_{column}": _inside(name, cell) for column, cell in inner.items()}
    if _is_single(hint):
        return {name: _cell(name)}
    return {}


def _is_single(hint: Any) -> bool:
    hint = getattr(hint, "__supertype__", hint)
    parts = (
        typing.get_args(hint) if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union else ()
    )
    return all(map(_is_single, parts)) if parts else isinstance(hint, type) and issubclass(hint, _SINGLE)


def _without_none(hint: Any) -> Any:
    parts = [part for part in typing.get_args(hint) if part is not type(None)]
    return parts[0] if len(parts) == 1 and type(None) in typing.get_args(hint) else hint


def _cell(*path: str) -> Cell:
    def value(record: Any) -> Any:
        for name in path:
            record = None if record is None else getattr(record, name)
        return record.value if isinstance(record, enum.Enum) else record

    return value


def _inside(name: str, cell: Cell) -> Cell:
    def value(record: Any) -> Any:
        inner = getattr(record, name)
        return None if inner is None else cell(inner)

    return value
