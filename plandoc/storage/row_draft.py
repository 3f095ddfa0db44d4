"""A table being changed: the rows as they are, and copies of those that a call of TinyDB touches.

Both kinds of TinyDB's tables are changed through it: those over a document and those in a transaction of `plandoc.durable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import orjson
from tinydb.queries import QueryInstance

Row = dict[str, Any]
Rows = Mapping[str, Row]
# The rows that a call of TinyDB changes or only asks for, by id; None for one that it removes.
Changes = Mapping[int, Row | None]


def copy_of(row: Mapping[str, Any]) -> Row:
    """Return a copy of a row of JSON values that shares nothing with it.

    >>> copy_of({"lines": [{"quantity": "2"}]})
    {'lines': [{'quantity': '2'}]}
    """
    copied: Row = orjson.loads(orjson.dumps(row))
    return copied


class TableDraft(MutableMapping[int, Row]):
    """A table that TinyDB changes: the rows as they are, and copies of those that it touches.

    Args:
        rows: The rows as they are, by their ids as text; they do not change.
        copied: Makes a copy of a row that shares nothing with it.

    Attributes:
        touched: The rows that TinyDB asked for, put in or removed, by id, as they are now; None for those that are gone.
    """

    __slots__ = ("_copied", "_rows", "touched")

    def __init__(self, rows: Rows, copied: Callable[[Row], Row] = copy_of) -> None:
        self._rows = rows
        self._copied = copied
        self.touched: dict[int, Row | None] = {}

    def __contains__(self, row_id: object) -> bool:
        number = _as_number(row_id)
        if number in self.touched:
            return self.touched[number] is not None
        return type(number) is int and str(number) in self._rows

    def __getitem__(self, row_id: int) -> Row:
        if row_id not in self:
            raise KeyError(row_id)
        number = _as_number(row_id)
        row = self.touched.get(number)
        if row is None:
            row = self.touched[number] = self._copied(self._rows[str(number)])
        return row

    def __setitem__(self, row_id: int, row: Row) -> None:
        self.touched[_as_number(row_id)] = row

    def __delitem__(self, row_id: int) -> None:
        if row_id not in self:
            raise KeyError(row_id)
        self.touched[_as_number(row_id)] = None

    def __iter__(self) -> Iterator[int]:
        yield from (row_id for row_id in map(int, self._rows) if self.touched.get(row_id, ...) is not None)
        yield from (row_id for row_id, row in self.touched.items() if row is not None and str(row_id) not in self._rows)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove all rows; the inherited method would look for the first one again each time."""
        self.touched = dict.fromkeys(self)

    def changes(self) -> Changes:
        """Return the touched rows that are no longer as they were."""
        return {row_id: row for row_id, row in self.touched.items() if _differs(self._rows.get(str(row_id)), row)}


def _differs(before: Row | None, after: Row | None) -> bool:
    if before is None or after is None:
        return before is not after
    try:
        # As bytes, because True is not 1 there; and as values, because NaN is not None there.
        return orjson.dumps(before) != orjson.dumps(after) or before != after
    except TypeError:
        # What orjson cannot write counts as changed.
        return True


def _as_number(row_id: Any) -> Any:
    """Return an id as a dict with numeric keys would find it: 1, 1.0, True and another library's 1 are the same."""
    if type(row_id) is int:
        return row_id
    try:
        number = int(row_id)
    except (TypeError, ValueError, OverflowError):
        return row_id
    return number if number == row_id else row_id


def only_compares(query: Any) -> bool:
    """Whether TinyDB made a query, without a user's function in it that could change what it is given."""
    if type(query) is not QueryInstance:
        return False
    # Its hash describes it; a query that maps values by a function has none.
    described = query._hash  # noqa: SLF001  (TinyDB tells nobody else what is in a query)
    return described is not None and _has_no_function(described)


def _has_no_function(part: object) -> bool:
    if isinstance(part, (tuple, frozenset)):
        return all(map(_has_no_function, part))
    return not callable(part) or only_compares(part)
