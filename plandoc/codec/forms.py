"""How each type of field becomes JSON, and is made again of JSON that was judged before."""

from __future__ import annotations

import datetime
import enum
import functools
import operator
import typing
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import repeat
from operator import attrgetter, itemgetter, methodcaller
from types import MappingProxyType
from typing import Any, NamedTuple

import attrs

from plandoc import records
from plandoc.codec import values
from plandoc.fields.json_objects import OwnJson
from plandoc.frozen import writers
from plandoc.records.ids import IDS

# Text, whole numbers and flags are JSON as they are.
AS_THEY_ARE = frozenset({form for kind in (str, int, bool, *IDS) for form in (kind, kind | None)})
JSON = Mapping[str, Any]


class Form(NamedTuple):
    """How values of one type become JSON, and what is made of that again; None where they are JSON.

    Attributes:
        to_json: Of a value.
        from_json: Of what `to_json` made. Raises anything at all for something else, but not for everything: the rules of
            records are not asked.
        plain: The type of values that are JSON although others of them are not; None where there is none.
    """

    to_json: Callable[[Any], Any] | None
    from_json: Callable[[Any], Any] | None
    plain: type | None = None


class RecordForm:
    """How the records of one class become rows, and are made of those again.

    Args:
        kind: The class.
    """

    def __init__(self, kind: type) -> None:
        fields = [field for field in attrs.fields(attrs.resolve_types(kind)) if field.name != "id"]
        forms = [(values.stored_name(field, kind), field.name, form_of(field.type)) for field in fields]
        self._kind = kind
        self._keys = [key for key, _, _ in forms]
        # Of a single field it would give the value alone.
        self._values: Callable[[Any], tuple[Any, ...]] = attrgetter(*[name for _, name, _ in forms], "__class__")
        self._written = [(key, form.to_json) for key, _, form in forms if form.to_json is not None]
        self._read = [(key, writers(kind)[name], form.from_json, form.plain) for key, name, form in forms]
        # What is only part of another record has none.
        self._write_id: Any = writers(kind).get("id")

    def row(self, record: Any) -> dict[str, Any]:
        """Return the row of a record: JSON values only, in the order of its fields, without its id."""
        row = dict(zip(self._keys, self._values(record), strict=False))
        for key, to_json in self._written:
            row[key] = to_json(row[key])
        return row

    def record(self, row: Any) -> Any:
        """Return the record that a row holds, without an id; raise anything at all if `row` did not make it."""
        if len(row) != len(self._read):
            raise values.Refused
        record: Any = object.__new__(self._kind)
        for key, write, from_json, _ in self._read:
            write(record, row[key] if from_json is None else from_json(row[key]))
        return record

    def numbered(self, row_id: int, row: Any) -> Any:
        """Return the record that a row holds, with its id."""
        record = self.record(row)
        self._write_id(record, row_id)
        return record

    def numbered_all(self, row_ids: Iterable[int], rows: Collection[Any]) -> list[Any]:
        """Return the records of rows, made field by field: most of that runs in C, which row by row does not."""
        if {*map(len, rows)} - {len(self._read)}:
            raise values.Refused
        made: list[Any] = [*map(object.__new__, repeat(self._kind, len(rows)))]
        deque(map(self._write_id, made, row_ids), maxlen=0)
        for key, write, from_json, plain in self._read:
            found = [*map(itemgetter(key), rows)]
            if from_json is not None and {*map(type, found)} != {plain}:
                found = [*map(from_json, found)]
            deque(map(write, made, found), maxlen=0)
        return made


@cache
def form_of_records(kind: type) -> RecordForm:
    """Return the form of the records of a class."""
    return RecordForm(kind)


def form_of(kind: Any) -> Form:
    """Return the form of the values of a type.

    Raises:
        TypeError: when no record has a field of that type.
    """
    if kind in _FORMS:
        return _FORMS[kind]
    parts = typing.get_args(kind)
    if typing.get_origin(kind) is tuple:
        return _form_of_tuples(parts[0])
    if type(None) in parts:
        return _form_or_none(functools.reduce(operator.or_, [part for part in parts if part is not type(None)]))
    if issubclass(kind, enum.Enum):
        return Form(attrgetter("value"), functools.partial(values.member, kind=kind))
    one = form_of_records(kind)
    return Form(one.row, one.record)


def _form_of_tuples(kind: Any) -> Form:
    to_json, from_json, _ = form_of(kind)

    def items(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise values.Refused
        return tuple(value if from_json is None else [from_json(item) for item in value])

    return Form(list if to_json is None else (lambda found: [to_json(item) for item in found]), items)


def _form_or_none(kind: Any) -> Form:
    to_json, from_json, _ = form_of(kind)
    return Form(_or_none(to_json), _or_none(from_json))


def _or_none(function: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return None if function is None else (lambda value: None if value is None else function(value))


def _change_row(change: records.Change) -> dict[str, Any]:
    kind: Any = type(change)
    return {"kind": change.tag, "data": form_of_records(kind).row(change)}


def _change(value: Any) -> Any:
    kind: Any
    kind, data = values.kind_and_data(value)
    return form_of_records(kind).record(data)


_FORMS: Mapping[Any, Form] = MappingProxyType(
    {
        **dict.fromkeys(AS_THEY_ARE, Form(None, None)),
        # Whoever keeps JSON that was judged shares it with the row, which nobody changes in place.
        JSON: Form(None, OwnJson),
        datetime.date: Form(methodcaller("isoformat"), values.day),
        datetime.datetime: Form(methodcaller("isoformat"), values.timestamp),
        int | Fraction: Form(values.stored_ratio, values.ratio, plain=int),
        Decimal | Fraction: Form(values.stored_quantity, values.quantity),
        records.Change: Form(_change_row, _change),
    }
)
