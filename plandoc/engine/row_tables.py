"""TinyDB's tables over rows that are in memory already: everything a session reads, searches and writes goes through one.

TinyDB itself reads and writes all tables of a file at once. Three of its hooks are overridden here, so that a change copies
only the rows that it touches and takes effect completely or not at all. All of TinyDB's methods run on top of them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tinydb.queries import QueryInstance
from tinydb.storages import Storage
from tinydb.table import Document, Table

from plandoc.engine.queries import QueryLike
from plandoc.storage.row_draft import Changes, Row, Rows, TableDraft, copy_of, only_compares

_NO_ROWS: Rows = MappingProxyType({})


class RowStorage(Storage):
    """Where the rows of some tables are."""

    @abstractmethod
    def rows(self, name: str) -> Rows:
        """Return the rows of a table by their ids as text; nobody changes them in place."""

    @abstractmethod
    def take_in(self, name: str, changes: Changes) -> None:
        """Put rows into a table, all of them or none."""


class RowsByTable(dict[str, Rows]):
    """The rows of each table by their ids as text; a table that is not there has none."""

    def __missing__(self, name: str) -> Rows:
        return _NO_ROWS


class DocumentStorage(RowStorage):
    """The tables of one document, changed in memory until its session is saved.

    Args:
        tables: The rows by table; shared with others, so that a table is copied before it is changed.

    Attributes:
        tables: The rows by table; nobody changes them in place.
        changed: The ids of the rows that were changed, by table.
    """

    def __init__(self, tables: Mapping[str, Rows]) -> None:
        self.tables = RowsByTable(tables)
        self.changed: dict[str, set[str]] = {}
        # The tables that are not shared.
        self._copied: dict[str, dict[str, Row]] = {}

    def copy(self) -> DocumentStorage:
        """Return a storage with the same rows; both copy a table before they change it."""
        self._copied = {}
        twin = DocumentStorage(self.tables)
        if self.changed:
            twin.changed = {name: ids.copy() for name, ids in self.changed.items()}
        return twin

    def table(self, name: str) -> RowTable:
        """Return a table; one without rows is empty. It is not kept, because the reference cycle would wait for the garbage collector."""
        return RowTable(self, name)

    def put(self, name: str, row: Row, row_id: int) -> None:
        """Put a whole row into a table, in the place of the one with its id."""
        WholeRows(self, name).insert(WholeRow(row, row_id))

    def read(self) -> dict[str, dict[str, Any]]:
        """Return all tables."""
        return {name: dict(rows) for name, rows in self.tables.items()}

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace all tables."""
        for name in data.keys() | self.tables.keys():
            self.changed.setdefault(name, set()).update(data.get(name, ()), self.tables[name])
        self._copied.clear()
        self.tables = RowsByTable(data)

    def rows(self, name: str) -> Rows:
        """Return the rows of a table by their ids as text."""
        return self.tables[name]

    def take_in(self, name: str, changes: Changes) -> None:
        """Put rows into a table."""
        if name not in self._copied:
            self.tables[name] = self._copied[name] = dict(self.tables[name])
            if name not in self.changed:
                self.changed[name] = set()
        rows, changed = self._copied[name], self.changed[name]
        for number, row in changes.items():
            row_id = str(number)
            changed.add(row_id)
            if row is None:
                rows.pop(row_id, None)
            else:
                rows[row_id] = row


class WholeRow(Document):
    """A row with all of its fields."""

    # A search makes one for each row that it finds.
    __slots__ = ("doc_id",)

    def __init__(self, value: Mapping[str, Any], doc_id: int) -> None:
        dict.__init__(self, value)
        self.doc_id = doc_id


class _NoCache:
    """A query cache that keeps nothing: TinyDB's own returns earlier results again, whether changed or not."""

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
    # TinyDB needs no more of it than this.
    query_cache_class = _NoCache  # type: ignore[assignment]
    _storage: RowStorage

    def rows(self) -> Rows:
        """Return all rows by their ids as text, as they are; nobody changes them in place."""
        return self._storage.rows(self._name)

    def search(self, cond: QueryLike) -> list[Document]:
        """Return the rows that match a query, which cannot change them."""
        return super().search(shielded(cond))

    def _read_table(self) -> Any:
        return self._storage.rows(self._name)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        draft = TableDraft(self._storage.rows(self._name))
        updater(draft)
        if draft.touched:
            self._storage.take_in(self._name, draft.touched)


class WholeRows(RowTable):
    """A table into which whole rows are put: one that is inserted takes the place of the one with its id.

    TinyDB's `update` would lay it over that one, so that fields keep the order that an editor gave them.
    """

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        inserted: dict[int, Row | None] = {}
        updater(inserted)
        self._storage.take_in(self._name, inserted)


def having(field: str, value: Any) -> QueryInstance:
    """Return a query for rows in which a field has a value."""
    return QueryInstance(lambda row: row.get(field) == value, ("having", field, value))


def shielded(query: Any) -> Any:
    """Return a query that cannot change a row: the query itself if it is TinyDB's and only compares, else one that gets copies."""
    if only_compares(query):
        # The function behind its `__call__`, which saves one call.
        return query._test  # noqa: SLF001  (a third of the time of a search)
    return lambda row: query(MappingProxyType(copy_of(row)))
