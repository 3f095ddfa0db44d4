"""Which rows are wanted: a function of a row as it stands in the file, such as TinyDB's `where("category") == "Cookies"`.

TinyDB makes those for users, and is imported for them alone: its tables make a database object for each search, which took
longer than to search one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

KeyT = TypeVar("KeyT")

QueryLike = Callable[[Mapping[str, Any]], bool]


def having(field: str, value: Any) -> QueryLike:
    """Return the query for rows in which a field has a value.

    >>> having("category", "Cookies")({"name": "Rye", "category": "Bread"})
    False
    """
    return lambda row: row.get(field) == value


def matching(query: QueryLike, rows: Iterable[tuple[KeyT, Mapping[str, Any]]]) -> Iterator[KeyT]:
    """Yield the keys of the rows that match a query, which cannot change them."""
    return (key for key, row in rows if query(MappingProxyType(row)))
