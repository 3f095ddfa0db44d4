"""The form of the records of one class, as functions for cattrs: how a record becomes a row, and believed rows records again.

cattrs writes and compiles such functions for each class unless it is given some. Those here are ready, write into a record past its
rules, and make the records of a whole table field by field; what becomes of each field is for the converter to say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from itertools import repeat
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any

import attrs
import cattrs

from plandoc.codec.values import AS_THEY_ARE, JSON, Refused, stored_name
from plandoc.frozen import writers

# Values that are not always JSON, and the type of those that are.
_MOSTLY_AS_THEY_ARE: Mapping[Any, type] = MappingProxyType({int | Fraction: int})


class RecordForm:
    """How the records of one class become rows, and are made of those again.

    Args:
        kind: The class.
        converter: Knows what becomes of the values of each type.
    """

    def __init__(self, kind: type, converter: cattrs.Converter) -> None:
        fields = [field for field in attrs.fields(attrs.resolve_types(kind)) if field.name != "id"]
        self._kind = kind
        self._keys = [stored_name(field, kind) for field in fields]
        # Of a single field it would give the value alone.
        self._values: Callable[[Any], tuple[Any, ...]] = attrgetter(*[field.name for field in fields], "__class__")
        self._written: list[tuple[str, Callable[[Any], Any]]] = []
        self._read: list[tuple[str, Callable[[Any, Any], None], Callable[[Any, Any], Any] | None, Any]] = []
        for key, field in zip(self._keys, fields, strict=True):
            is_as_it_is = field.type in AS_THEY_ARE
            if not is_as_it_is and field.type != JSON:
                self._written.append((key, converter.get_unstructure_hook(field.type)))
            hook = None if is_as_it_is else converter.get_structure_hook(field.type)
            self._read.append((key, writers(kind)[field.name], hook, field.type))
        # What is only part of another record has none.
        self._write_id: Any = writers(kind).get("id")
        self._sizes = {len(fields)}

    def row(self, record: Any) -> dict[str, Any]:
        """Return the row of a record: JSON values only, in the order of its fields, without its id."""
        row = dict(zip(self._keys, self._values(record), strict=False))
        for key, hook in self._written:
            row[key] = hook(row[key])
        return row

    def record(self, row: Any, _: Any = None) -> Any:
        """Return the record that a row holds, without an id.

        It raises anything at all for what `row` did not make.
        """
        if len(row) != len(self._read):
            raise Refused
        record: Any = object.__new__(self._kind)
        for key, write, hook, kind in self._read:
            write(record, row[key] if hook is None else hook(row[key], kind))
        return record

    def numbered(self, row_id: int, row: Any) -> Any:
        """Return the record that a row holds, with its id; it raises what `record` does."""
        record = self.record(row)
        self._write_id(record, row_id)
        return record

    def numbered_all(self, row_ids: Iterable[int], rows: Collection[Any]) -> list[Any]:
        """Return the records of rows, made field by field: most of that runs in C, which row by row does not."""
        if {*map(len, rows)} - self._sizes:
            raise Refused
        made: list[Any] = [*map(object.__new__, repeat(self._kind, len(rows)))]
        deque(map(self._write_id, made, row_ids), maxlen=0)
        for key, write, hook, kind in self._read:
            found = [*map(itemgetter(key), rows)]
            if hook is not None and {*map(type, found)} != {_MOSTLY_AS_THEY_ARE.get(kind)}:
                found = [*map(hook, found, repeat(kind))]
            deque(map(write, made, found), maxlen=0)
        return made
