"""Records to rows by cattrs, and rows that this version of plandoc wrote to records again.

Values are converted by the functions that `strict_rows` uses, too; the rules of records are not asked again. cattrs writes and
compiles a function for each class of records unless it is given one: those here are ready, and convert a whole table field by field.
"""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import repeat
from operator import attrgetter, itemgetter, methodcaller
from types import MappingProxyType
from typing import Any, TypeVar

import attrs
import cattrs

from plandoc import records
from plandoc.codec import strict_rows, values
from plandoc.codec.values import AS_THEY_ARE, JSON, Refused
from plandoc.fields.json_objects import OwnJson
from plandoc.frozen import writers

RecordT = TypeVar("RecordT")

# Up to here rows are made records faster one by one.
_FEW = 3
# Types of which some values are JSON as they are, and the type of those.
_PLAIN: Mapping[Any, type] = MappingProxyType({int | Fraction: int})


class RecordForm:
    """How the records of one class become rows, and are made of those again.

    Args:
        kind: The class.
        converter: Knows how the values of fields are converted.
    """

    def __init__(self, kind: type, converter: cattrs.Converter) -> None:
        fields = [field for field in attrs.fields(attrs.resolve_types(kind)) if field.name != "id"]
        self._kind = kind
        self._keys = [values.stored_name(field, kind) for field in fields]
        # Of a single field it would give the value alone.
        self._values: Callable[[Any], tuple[Any, ...]] = attrgetter(*[field.name for field in fields], "__class__")
        keyed = list(zip(self._keys, fields, strict=True))
        self._written = [
            (key, converter.get_unstructure_hook(field.type))
            for key, field in keyed
            if field.type not in AS_THEY_ARE and field.type != JSON
        ]
        self._read = [
            (key, writers(kind)[field.name], _hook(field.type, converter), field.type) for key, field in keyed
        ]
        # What is only part of another record has none.
        self._write_id: Any = writers(kind).get("id")

    def row(self, record: Any) -> dict[str, Any]:
        """Return the row of a record: JSON values only, in the order of its fields, without its id."""
        row = dict(zip(self._keys, self._values(record), strict=False))
        for key, to_json in self._written:
            row[key] = to_json(row[key])
        return row

    def record(self, row: Any, _: Any = None) -> Any:
        """Return the record that a row holds, without an id; raise anything at all if `row` did not make it."""
        if len(row) != len(self._read):
            raise Refused
        record: Any = object.__new__(self._kind)
        for key, write, hook, kind in self._read:
            write(record, row[key] if hook is None else hook(row[key], kind))
        return record

    def numbered(self, row_id: int, row: Any) -> Any:
        """Return the record that a row holds, with its id."""
        record = self.record(row)
        self._write_id(record, row_id)
        return record

    def numbered_all(self, row_ids: Iterable[int], rows: Collection[Any]) -> list[Any]:
        """Return the records of rows, made field by field: most of that runs in C, which row by row does not."""
        if {*map(len, rows)} - {len(self._read)}:
            raise Refused
        made: list[Any] = [*map(object.__new__, repeat(self._kind, len(rows)))]
        deque(map(self._write_id, made, row_ids), maxlen=0)
        for key, write, hook, kind in self._read:
            found = [*map(itemgetter(key), rows)]
            if hook is not None and {*map(type, found)} != {_PLAIN.get(kind)}:
                found = [*map(hook, found, repeat(kind))]
            deque(map(write, made, found), maxlen=0)
        return made


def to_row(record: Any) -> dict[str, Any]:
    """Return a record as a row: JSON values only, in the order of its fields, without its id.

    >>> from plandoc.records import SubRecipe
    >>> to_row(SubRecipe(recipe_id=3, multiplier="0.5"))
    {'recipe_id': 3, 'multiplier': '0.5', 'notes': ''}
    """
    kind: Any = type(record)
    return _to_row(kind)(record)


def from_judged_row(record_type: type[RecordT], row_id: int, row: Mapping[str, Any]) -> RecordT:
    """Return the record that a row holds which `to_row` of this version made of a record.

    Values are converted as by `from_row`; the rules of the record, which judged it when it was made, are not asked again.

    Raises:
        ValidationError: when the row cannot be one that `to_row` made, and is not a record either.
    """
    kind: Any = record_type
    try:
        record: RecordT = _form(kind).numbered(row_id, row)
    except Exception:  # noqa: BLE001  (what is wrong with it is for the strict reading to say)
        return strict_rows.from_row(record_type, row_id, row)
    return record


def from_judged_rows(record_type: type[RecordT], rows: Mapping[Any, Mapping[str, Any]]) -> list[RecordT]:
    """Return the records of rows by id, as `from_judged_row` does for each, in their order."""
    if len(rows) < _FEW:
        return [from_judged_row(record_type, int(row_id), row) for row_id, row in rows.items()]
    kind: Any = record_type
    try:
        return _form(kind).numbered_all(map(int, rows), rows.values())
    except Exception:  # noqa: BLE001  (what is wrong with which of them is for the strict reading to say)
        return [strict_rows.from_row(record_type, int(row_id), row) for row_id, row in rows.items()]


@cache
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=False)
    for kind in AS_THEY_ARE:
        converter.register_structure_hook(kind, _as_it_is)
    converter.register_structure_hook(datetime.date, values.day)
    converter.register_structure_hook(datetime.datetime, values.timestamp)
    converter.register_structure_hook_func(values.is_enumeration, values.member)
    converter.register_structure_hook(int | Fraction, values.ratio)
    converter.register_structure_hook(Decimal | Fraction, values.quantity)
    converter.register_structure_hook(Decimal | Fraction | None, values.quantity_or_none)
    # Whoever keeps JSON that was judged shares it with the row, which nobody changes in place.
    converter.register_structure_hook_func(_is_json, lambda value, _: OwnJson(value))
    converter.register_structure_hook_factory(_is_tuple, _items_of)
    converter.register_structure_hook_factory(attrs.has, lambda kind: _form(kind).record)
    converter.register_structure_hook(records.Change, _change)
    converter.register_unstructure_hook_func(values.is_enumeration, attrgetter("value"))
    converter.register_unstructure_hook(datetime.date, methodcaller("isoformat"))
    converter.register_unstructure_hook(datetime.datetime, methodcaller("isoformat"))
    converter.register_unstructure_hook(int | Fraction, values.stored_ratio)
    converter.register_unstructure_hook(Decimal | Fraction, values.stored_quantity)
    converter.register_unstructure_hook(Decimal | Fraction | None, values.stored_quantity_or_none)
    converter.register_unstructure_hook_factory(_is_tuple, _list_of)
    converter.register_unstructure_hook_factory(attrs.has, lambda kind: _form(kind).row)
    converter.register_unstructure_hook(records.Change, _change_row)
    return converter


@cache
def _form(kind: type) -> RecordForm:
    return RecordForm(kind, _converter())


@cache
def _to_row(kind: type) -> Callable[[Any], dict[str, Any]]:
    return _converter().get_unstructure_hook(kind)


def _hook(kind: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any] | None:
    return None if kind in AS_THEY_ARE else converter.get_structure_hook(kind)


def _as_it_is(value: Any, _: Any) -> Any:
    return value


def _is_json(kind: Any) -> bool:
    return bool(kind == JSON)


def _is_tuple(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) is tuple


def _items_of(kind: Any, converter: cattrs.Converter) -> Callable[[Any, Any], tuple[Any, ...]]:
    item_kind = kind.__args__[0]
    hook = _hook(item_kind, converter)

    def items(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise Refused
        return tuple(value if hook is None else [hook(item, item_kind) for item in value])

    return items


def _list_of(kind: Any, converter: cattrs.Converter) -> Callable[[Any], list[Any]]:
    item_kind = kind.__args__[0]
    hook = converter.get_unstructure_hook(item_kind)
    return list if item_kind in AS_THEY_ARE else (lambda found: [hook(item) for item in found])


def _change_row(change: records.Change) -> dict[str, Any]:
    kind: Any = type(change)
    return {"kind": change.tag, "data": _to_row(kind)(change)}


def _change(value: Any, _: Any) -> Any:
    kind: Any
    kind, data = values.kind_and_data(value)
    return _form(kind).record(data)
