"""TinyDB's tables and databases over the records of a session, for those who know TinyDB.

What a call changes becomes `add`, `replace` and `remove` of the session, all of it or none, so that every rule of records
holds. What it returns are copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import attrs
from tinydb import TinyDB
from tinydb.table import Document, Table

from plandoc import codec
from plandoc import tables as known_tables
from plandoc.engine.queries import QueryLike
from plandoc.engine.row_tables import RowStorage, RowTable, shielded
from plandoc.engine.session_documents import SessionDocuments
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import ConflictError, Problem, SessionError, StillUsedError, ValidationError, shorten
from plandoc.errors.hints import Hint, wording
from plandoc.records import Event
from plandoc.storage.row_draft import Changes, Row, Rows, TableDraft, copy_of

_EVENTS = known_tables.BY_TYPE[Event]


class Changing(Protocol):
    """The changes of a session, which check every rule."""

    def add(self, record: Any) -> Any:
        """Add a record and return it with its id."""

    def replace(self, record: Any) -> Any:
        """Replace the record that has the id of this one."""

    def remove(self, record_type: type, record_id: int, *, event_id: int | None = None) -> None:
        """Remove a record."""


class EventRows(Mapping[str, Row]):
    """The rows of all events for one call: a single one comes from its document, all of them from the index of the events."""

    def __init__(self, documents: SessionDocuments) -> None:
        self._documents = documents
        self._all: Mapping[str, Row] | None = None

    def __getitem__(self, key: str) -> Row:
        row = self._in_document(key) if self._all is None else self._all.get(key)
        if row is None:
            raise KeyError(key)
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())

    def _known(self) -> Mapping[str, Row]:
        if self._all is None:
            self._all = self._documents.rows_of_events()
        return self._all

    def _in_document(self, key: str) -> Row | None:
        name = f"{known_tables.EVENTS_FOLDER}/{key}.json"
        event_id = known_tables.event_of_document(name)
        document = None if event_id is None else self._documents.find(name)
        return None if event_id is None or document is None else document.row(_EVENTS, event_id)


class SessionStorage(RowStorage):
    """The rows of some tables of a session.

    Args:
        session: What changes records.
        unit_of_work: The records of the session.
        tables: The tables, by name.
        event_id: The event that they belong to; None when they belong to none, or are the events themselves.
        written_by_operations: The records that only operations add, with the reason.

    Attributes:
        tables: The tables, by name.
        event_id: The event that they belong to.
    """

    def __init__(
        self,
        session: Changing,
        unit_of_work: UnitOfWork,
        tables: Mapping[str, known_tables.Table],
        event_id: int | None = None,
        *,
        written_by_operations: Mapping[type, str],
    ) -> None:
        self.tables = tables
        self.event_id = event_id
        self._session = session
        self._written_by_operations = written_by_operations
        self._unit_of_work = unit_of_work

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the tables that have rows."""
        tables = {name: dict(self.rows(name)) for name in self.tables}
        return {name: rows for name, rows in tables.items() if rows}

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Remove the rows of all tables missing here; this is how TinyDB drops tables."""
        self.check_writable()
        # Tables that come later refer to those before.
        with self._unit_of_work.all_or_nothing():
            for name in reversed([name for name in self.read() if name not in data]):
                self._remove(self.tables[name], map(int, self.rows(name)))

    def rows(self, name: str) -> Rows:
        """Return the rows of a table by their ids as text, as they are in the file."""
        self._unit_of_work.check_open()
        table, documents = self.tables[name], self._unit_of_work.documents
        if self.event_id is not None:
            return documents.of_event(self.event_id).rows_of(table)
        return EventRows(documents) if table is _EVENTS else documents.of_folder(table.document).rows_of(table)

    def check(self, name: str, row_id: int) -> None:
        """Refuse a row that cannot be understood.

        Raises:
            DamagedError: with everything that is wrong in its document.
        """
        table = self.tables[name]
        # A row in the index of all events was understood when it was added.
        if table is not _EVENTS or self.event_id is not None:
            self._unit_of_work.get(table.record_type, row_id, self.event_id)

    def check_writable(self) -> None:
        """Refuse to go on in a session that only reads, or that has ended."""
        self._unit_of_work.check_writable()

    def next_id(self, name: str) -> int:
        """Return the id that the next row gets."""
        self.check_writable()
        table, documents = self.tables[name], self._unit_of_work.documents
        if self.event_id is not None:
            return documents.of_event(self.event_id).next_id(table)
        return documents.next_event_id() if table is _EVENTS else documents.of_folder(table.document).next_id(table)

    def take_in(self, name: str, changes: Changes) -> None:
        """Add, replace and remove records, all of them or none."""
        table, before = self.tables[name], self.rows(name)
        with self._unit_of_work.all_or_nothing():
            self._remove(table, [row_id for row_id, row in changes.items() if row is None])
            for row_id, row in changes.items():
                if row is not None:
                    self._put(table, row_id, row, is_new=str(row_id) not in before)

    def _put(self, table: known_tables.Table, row_id: int, row: Row, *, is_new: bool) -> None:
        if not is_new:
            self._session.replace(self._record(table, row_id, row))
            return
        if table.record_type in self._written_by_operations:
            raise ValidationError([Problem(self._written_by_operations[table.record_type], table=table.name)])
        if table is _EVENTS and self.event_id is not None:
            message = "an event has a document of its own; insert it into the table of all events, session.table(Event)"
            raise ValidationError([Problem(message, table=table.name)])
        stored = self._session.add(attrs.evolve(self._record(table, row_id, row), id=0))
        if stored.id != row_id:
            message = "was put into the folder during this change; nothing was changed; run it again"
            name = known_tables.event_document(row_id)
            raise ConflictError(name, f"{name} {message}")

    def _record(self, table: known_tables.Table, row_id: int, row: Row) -> Any:
        given = {"event_id": self.event_id, **row} if self._is_of_a_plan(table) else row
        try:
            self._check_fields(table, given)
            return codec.from_row(table.record_type, row_id, given)
        except ValidationError as error:
            named = (attrs.evolve(problem, table=table.name, row=str(row_id)) for problem in error.problems)
            raise ValidationError(named) from error

    def _check_fields(self, table: known_tables.Table, row: Row) -> None:
        wrong = [name for name in row if type(name) is not str]
        if wrong:
            raise ValidationError([Problem(f"wanted text as the name of a field, found {shorten(wrong[0])}")])
        if self._is_of_a_plan(table) and (type(row["event_id"]), row["event_id"]) != (int, self.event_id):
            message = f"wanted event {self.event_id}, whose table this is, found {shorten(row['event_id'])}"
            raise ValidationError([Problem(message, field="event_id", hint="leave it out")])

    def _is_of_a_plan(self, table: known_tables.Table) -> bool:
        return table.of_event and table is not _EVENTS

    def _remove(self, table: known_tables.Table, row_ids: Iterable[int]) -> None:
        """Remove records, each after those that refer to it."""
        # Most refer to older records.
        left = sorted(row_ids, reverse=True)
        while left:
            still_used: dict[int, StillUsedError] = {}
            for row_id in left:
                try:
                    self._session.remove(table.record_type, row_id, event_id=self.event_id)
                except StillUsedError as error:
                    still_used[row_id] = error
            if len(still_used) == len(left):
                raise still_used[left[0]]
            left = list(still_used)


class SessionTable(RowTable):
    """A table of a session; made by `Session.table` and `Session.database`.

    It has all methods of `tinydb.table.Table`.
    """

    document_class = Document  # type: ignore[assignment]
    _storage: SessionStorage

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name!r}>"

    def insert(self, document: Mapping[str, Any]) -> int:
        """Add a row and return its id, which the store gives; missing optional fields are filled in."""
        (numbered,) = self._numbered([document])
        return super().insert(numbered)

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Add rows, all or none, and return their ids."""
        return super().insert_multiple(self._numbered(documents))

    def search(self, cond: QueryLike) -> list[Document]:
        """Return copies of the rows that match a query."""
        return list(map(self._copy, super().search(cond)))

    def get(self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None) -> Any:
        """Return a copy of a row, by its id or as the first that matches a query, or None; or copies of several by ids."""
        ids: Any = doc_id, doc_ids
        found: Any = super().get(None if cond is None else shielded(cond), *ids)
        if isinstance(found, list):
            return list(map(self._copy, found))
        return None if found is None else self._copy(found)

    def __iter__(self) -> Iterator[Document]:
        # All at once: the table may be changed meanwhile.
        return iter(list(map(self._copy, super().__iter__())))

    def _numbered(self, documents: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Yield rows with the ids that the store gives them; anything else is left for TinyDB to refuse."""
        first_id = self._storage.next_id(self.name)
        for row_id, row in enumerate(documents, first_id):
            if isinstance(row, Document):
                message = f"wanted no id, because the store assigns it; found {shorten(row.doc_id)}"
                hint = "insert a dict; update changes a row that is there"
                raise ValidationError([Problem(message, table=self.name, field="doc_id", hint=hint)])
            yield Document(row, row_id) if isinstance(row, Mapping) else row

    def _copy(self, row: Document) -> Document:
        self._storage.check(self.name, row.doc_id)
        return Document(copy_of(row), row.doc_id)

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        self._storage.check_writable()
        draft = TableDraft(self._storage.rows(self.name))
        updater(draft)
        changes = draft.changes()
        if changes:
            self._storage.take_in(self.name, changes)


class SessionDatabase(TinyDB):
    """Tables of a session as one TinyDB database; made by `Session.database`."""

    table_class = SessionTable
    _storage: SessionStorage

    def __init__(self, storage: SessionStorage) -> None:
        super().__init__(storage=lambda: storage)

    def __repr__(self) -> str:
        of = "the catalog" if self._storage.event_id is None else f"event {self._storage.event_id}"
        return f"<{type(self).__name__} of {of}>"

    def table(self, name: str, **options: Any) -> SessionTable:
        """Return a table.

        Raises:
            SessionError: when there is none of this name.
            ValidationError: for `persist_empty`, which would empty it.
        """
        if name not in self._storage.tables:
            raise SessionError(f"unknown table {shorten(name)}; known are {', '.join(self._storage.tables)}")
        if options.pop("persist_empty", False):
            raise ValidationError("persist_empty would remove all rows; leave it out: every table is there")
        table: Any = super().table(name, **options)
        made: SessionTable = table
        return made

    def drop_table(self, name: str) -> None:
        """Remove all rows of a table of the catalog that nothing else uses."""
        self._check_no_plan()
        super().drop_table(self.table(name).name)

    def drop_tables(self) -> None:
        """Remove all rows of the catalog and the stock, as long as no event uses any."""
        self._check_no_plan()
        super().drop_tables()

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        raise self._no_default_table()

    def __iter__(self) -> Iterator[Document]:
        raise self._no_default_table()

    def __getattr__(self, name: str) -> Any:
        # TinyDB forwards what a database does not have itself to its default table.
        if hasattr(Table, name):
            raise self._no_default_table()
        raise AttributeError(name)

    def _no_default_table(self) -> SessionError:
        return SessionError(f"there is no default table; name one with table(...): {', '.join(self._storage.tables)}")

    def _check_no_plan(self) -> None:
        if self._storage.event_id is not None:
            call = Hint.REMOVE_EVENT(event=self._storage.event_id)
            raise ValidationError(wording("the tables of a plan are not dropped; {call} removes a plan", call=call))
