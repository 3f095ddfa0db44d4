"""TinyDB's tables over rows that are in memory already: everything a session reads, searches and writes goes through one.

TinyDB itself reads and writes all tables of a file at once. Three of its hooks are taken here, so that a change copies the rows
that it touches and no others, and takes effect together or not at all. All of its methods run on top of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any

import orjson
from tinydb.queries import QueryInstance
from tinydb.storages import Storage
from tinydb.table import Document, Table

from plandoc.engine.queries import QueryLike

Row = dict[str, Any]
Rows = Mapping[str, Row]
# The rows that a call of TinyDB changes or only asks for, by id; None for one that it removes.
Changes = Mapping[int, Row | None]

_NO_ROWS: Rows = MappingProxyType({})


class RowStorage(Storage):
    """Where the rows of some tables are."""

    @abstractmethod
    def rows(self, name: str) -> Rows:
        """Return the rows of a table by their ids as text; nobody changes them in place."""

    @abstractmethod
    def take_in(self, name: str, changes: Changes) -> None:
        """Put rows into a table, all of them or none."""


class DocumentStorage(RowStorage):
    """The tables of one document, changed in memory until its session is saved.

    Args:
        tables: The rows by table; shared with others, so that a table is copied before it is changed.

    Attributes:
        tables: The rows by table.
        changed: The names of the tables that were changed.
    """

    def __init__(self, tables: dict[str, dict[str, Row]]) -> None:
        self.tables = tables
        self.changed: set[str] = set()
        # The tables that nobody else has.
        self._copied: set[str] = set()
        # TinyDB's tables, made when they are first asked for.
        self._opened: dict[str, RowTable] = {}

    def copy(self) -> DocumentStorage:
        """Return a storage with the same rows; both copy a table before they change it."""
        self._copied.clear()
        twin = DocumentStorage(dict(self.tables))
        twin.changed = set(self.changed)
        return twin

    def table(self, name: str) -> RowTable:
        """Return a table; one without rows is empty."""
        opened = self._opened.get(name)
        if opened is None:
            opened = self._opened[name] = RowTable(self, name)
        return opened

    def read(self) -> dict[str, dict[str, Any]]:
        """Return all tables."""
        return dict(self.tables)

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace all tables."""
        self.changed |= data.keys() | self.tables.keys()
        self._copied.clear()
        self.tables = dict(data)

    def rows(self, name: str) -> Rows:
        """Return the rows of a table by their ids as text."""
        return self.tables.get(name, _NO_ROWS)

    def take_in(self, name: str, changes: Changes) -> None:
        """Put rows into a table."""
        if name not in self._copied:
            self.tables[name] = dict(self.rows(name))
            self._copied.add(name)
        self.changed.add(name)
        rows = self.tables[name]
        for row_id, row in changes.items():
            if row is None:
                rows.pop(str(row_id), None)
            else:
                rows[str(row_id)] = row


class WholeRow(Document):
    """A row with all of its fields, which replaces the one with its id when that is updated by it.

    TinyDB would lay it over that one, so that fields keep the order that an editor gave them.
    """

    # A search makes one for each row that it finds.
    __slots__ = ("doc_id",)

    def __init__(self, value: Mapping[str, Any], doc_id: int) -> None:
        dict.__init__(self, value)
        self.doc_id = doc_id

    # `update` calls what can be called.
    def __call__(self, row: MutableMapping[str, Any]) -> None:
        """Make a row the same as this one."""
        row.clear()
        row.update(self)


class Draft(MutableMapping[int, Row]):
    """A table that TinyDB changes: the rows as they are, and copies of those that it touches.

    Args:
        rows: The rows as they are, which do not change.

    Attributes:
        touched: The rows that TinyDB asked for, put in or removed, by id, as they are now; None for those that are gone.
    """

    __slots__ = ("_rows", "touched")

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.touched: dict[int, Row | None] = {}

    def __contains__(self, row_id: object) -> bool:
        if row_id in self.touched:
            return self.touched[row_id] is not None
        return type(row_id) is int and str(row_id) in self._rows

    def __getitem__(self, row_id: int) -> Row:
        if row_id not in self.touched:
            self.touched[row_id] = copy_of(self._rows[str(row_id)])
        row = self.touched[row_id]
        if row is None:
            raise KeyError(row_id)
        return row

    def __setitem__(self, row_id: int, row: Row) -> None:
        self.touched[row_id] = row

    def __delitem__(self, row_id: int) -> None:
        if row_id not in self:
            raise KeyError(row_id)
        self.touched[row_id] = None

    def __iter__(self) -> Iterator[int]:
        yield from (row_id for row_id in map(int, self._rows) if self.touched.get(row_id, ...) is not None)
        yield from (row_id for row_id, row in self.touched.items() if row is not None and str(row_id) not in self._rows)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def clear(self) -> None:
        """Remove all rows; the inherited method would look for the first one again each time."""
        self.touched = dict.fromkeys(self)


class _NoCache:
    """A query cache that keeps nothing: TinyDB hands out of its own what it handed out before, changed or not."""

    def __init__(self, capacity: int) -> None:
        pass

    def get(self, query: object) -> None:  # noqa: ARG002  (TinyDB's signature)
        return None

    def __setitem__(self, query: object, found: object) -> None:
        pass

    def clear(self) -> None:
        pass


class RowTable(Table):
    """A table of TinyDB over a `RowStorage`.

    Args:
        storage: Where its rows are.
        name: As it is in the file.
    """

    document_class = WholeRow
    # More than this TinyDB does not ask of it.
    query_cache_class = _NoCache  # type: ignore[assignment]
    _storage: RowStorage

    def search(self, cond: QueryLike) -> list[Document]:
        """Return the rows that match a query, which cannot change them."""
        return super().search(shielded(cond))

    def _read_table(self) -> Any:
        return self._storage.rows(self._name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        draft = Draft(self._storage.rows(self._name))
        updater(draft)
        if draft.touched:
            self._storage.take_in(self._name, draft.touched)


def shielded(query: Any) -> Any:
    """Return a query that cannot change a row: itself when it is TinyDB's and only compares, else it is asked of copies."""
    if _only_compares(query):
        # What it does when it is called, without the call.
        return query._test  # noqa: SLF001  (a third of the time of a search)
    return lambda row: query(MappingProxyType(copy_of(row)))


def copy_of(row: Mapping[str, Any]) -> Row:
    """Return a copy of a row of JSON values that has nothing in common with it.

    >>> copy_of({"lines": [{"quantity": "2"}]})
    {'lines': [{'quantity': '2'}]}
    """
    copied: Row = orjson.loads(orjson.dumps(row))
    return copied


def _only_compares(query: Any) -> bool:
    """Whether TinyDB made a query, and no function of a user is in it, which could change what it is given."""
    if type(query) is not QueryInstance:
        return False
    # Its hash describes it; one that maps values by a function has none.
    described = query._hash  # noqa: SLF001  (TinyDB tells nobody else what is in a query)
    return described is not None and _has_no_function(described)


def _has_no_function(part: object) -> bool:
    if isinstance(part, (tuple, frozenset)):
        return all(map(_has_no_function, part))
    return not callable(part) or _only_compares(part)
