"""Documents opened for typed access: rows as records, ids given out, changes kept apart until they are rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from plandoc import codec
from plandoc.engine.queries import QueryLike, row_tables
from plandoc.errors import DamagedError, Problem, ValidationError
from plandoc.errors.hints import TAKE_FILE_BACK, Hint, joined, wording
from plandoc.storage import documents, migrations
from plandoc.tables import Table, event_of_document, tables_of

if TYPE_CHECKING:
    from plandoc.engine.row_tables import DocumentStorage
    from plandoc.storage.row_draft import Rows

T = TypeVar("T")

_BEYOND_IDS = 10**documents.LONGEST_ID


class DocumentSession:
    """One document with its rows as records.

    Args:
        document: As it was read.
        name: The document that is meant, where a folder of an older format has it in the file of another.

    Attributes:
        name: Its path inside the data folder.
        file: The file that it was read from; that of an older folder may hold what is in several documents by now.
        format: The format that it was read in.
        changed: Whether it differs from what was read.
        exists: False once it was removed.
        is_judged: Whether every row is one that this version of plandoc would write, so that no rule need be asked again.
    """

    def __init__(self, document: documents.Document, name: str | None = None) -> None:
        self.name = name or document.name
        self.store_id = document.store_id
        self.format = document.format
        self.changed = False
        self.exists = True
        self.file = document.name
        is_part = self.name != document.name
        self._document = attrs.evolve(document, name=self.name) if is_part else document
        self._event_id = event_of_document(document.name)
        next_ids, tables = document.next_ids, document.tables
        if document.format != documents.FORMAT:
            next_ids = migrations.part(next_ids, self.name, document.format)
            tables = migrations.upgraded(tables, found=document.format, wanted=documents.FORMAT)
            tables = migrations.part(tables, self.name, document.format)
        self._next_ids = dict(next_ids)
        self._storage: DocumentStorage = row_tables().DocumentStorage(tables)
        self._records: dict[tuple[str, int], Any] = {}
        # All records of a table, once they were asked for together.
        self._all: dict[str, tuple[Any, ...]] = {}
        # Without rows there is nothing to judge.
        self.is_judged = document.is_judged or not document.tables
        self._counted_tables: set[str] = set()
        self._made: dict[Any, Any] = {}
        self._lines: Mapping[tuple[str, str], int] | None = None

    def copy(self) -> DocumentSession:
        """Return a copy that can be changed on its own; rows and records are shared, because nobody changes them in place."""
        twin = object.__new__(DocumentSession)
        twin.__dict__.update(
            self.__dict__,
            _next_ids=dict(self._next_ids),
            _storage=self._storage.copy(),
            _records=self._records.copy(),
            _all=self._all.copy(),
            _counted_tables=self._counted_tables.copy(),
            _made={},
        )
        return twin

    def ids(self, table: Table) -> Iterator[int]:
        """Yield the ids of a table's rows in the order of the file."""
        return map(int, self._storage.tables[table.name])

    def get(self, table: Table, row_id: int) -> Any | None:
        """Return a record, or None when there is no such row."""
        key = (table.name, row_id)
        if key in self._records:
            return self._records[key]
        # A longer number is not an id, and Python refuses to write out one of thousands of digits.
        row = self._storage.tables[table.name].get(str(row_id)) if row_id < _BEYOND_IDS else None
        return None if row is None else self._record(table, row_id, row)

    def row(self, table: Table, row_id: int) -> documents.Row | None:
        """Return a row as it is in the file, judged like a record; None when there is none."""
        return self.rows(table, [row_id])[str(row_id)]

    def rows(self, table: Table, row_ids: Iterable[int]) -> dict[str, documents.Row | None]:
        """Return the rows with these ids as they are in the file, judged like records; None for those missing."""
        rows, name, known = self._storage.tables[table.name], table.name, self._records
        return {str(i): rows[str(i)] if (name, i) in known or self.get(table, i) is not None else None for i in row_ids}

    def rows_of(self, table: Table) -> Rows:
        """Return the rows of a table by their ids as text, as they are in the file; nobody changes them in place."""
        return self._storage.tables[table.name]

    def memoize(self, make: Callable[[DocumentSession], T]) -> T:
        """Return what a function computes from the records, kept until one of them changes."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def find(self, table: Table, query: QueryLike | None = None) -> list[Any]:
        """Return the records of a table whose rows match a query; all when there is none."""
        if query is None:
            return list(self.all(table))
        found = self._storage.table(table.name).search(query)
        known = self._records
        return [known.get((table.name, row.doc_id)) or self._record(table, row.doc_id, row) for row in found]

    def all(self, table: Table) -> tuple[Any, ...]:
        """Return all records of a table, in the order of the file; the list is kept until one of them changes."""
        if table.name not in self._all:
            self._all[table.name] = self._read_all(table) if self._storage.tables[table.name] else ()
        return self._all[table.name]

    def _read_all(self, table: Table) -> tuple[Any, ...]:
        rows, name, known = self._storage.tables[table.name], table.name, self._records
        keys = [*zip(repeat(name), map(int, rows), strict=False)]
        try:
            return tuple(map(known.__getitem__, keys))
        except KeyError:
            new = {key[1]: row for key, row in zip(keys, rows.values(), strict=True) if key not in known}
        if self.is_judged:
            try:
                read: list[Any] = codec.from_judged_rows(table.record_type, new)
            except ValidationError as error:
                raise DamagedError(self.file, self.problems()) from error
            known.update(zip(zip(repeat(name), new, strict=False), read, strict=True))
        else:
            for row_id, row in new.items():
                self._record(table, row_id, row)
        return tuple(map(known.__getitem__, keys))

    def only(self, table: Table) -> Any | None:
        """Return the record of a table that holds one at most; None when there is none.

        Raises:
            DamagedError: when there are more: plandoc cannot know which one counts.
        """
        if len(self._storage.tables[table.name]) > 1:
            raise DamagedError(self.name, self.problems_of_several(table))
        records = self.all(table)
        return records[0] if records else None

    def problems_of_several(self, table: Table) -> list[Problem]:
        """Return a problem for each row of a table that holds one at most, when there are more."""
        rows = list(map(str, self.ids(table)))
        if len(rows) < 2:
            return []
        message = f"wanted one {table.label.lower()} of the event, found rows {', '.join(rows[:-1])} and {rows[-1]}"
        hint = joined(
            "",
            ["only you can say which one is right: remove the other with an editor, or ", TAKE_FILE_BACK],
        )
        return [
            Problem(message, self.name, self.line(table.name, int(row)), table.name, row, "event_id", hint)
            for row in rows
        ]

    def take_id(self, table: Table) -> int:
        """Return the next id of a table; no id is ever given twice."""
        row_id = self.next_id(table)
        self._next_ids[table.name] = row_id + 1
        self._counted_tables.add(table.name)
        return row_id

    def next_id(self, table: Table) -> int:
        """Return the id that the next new row of a table gets; neither it nor any higher one was ever given."""
        if table.name in self._counted_tables:
            # Rows added here never exceed the count, so one look is enough.
            return self._next_ids[table.name]
        # A row added by hand may exceed the count.
        highest = max(map(int, self._storage.tables[table.name]), default=0)
        return max(self._next_ids.get(table.name, 1), highest + 1)

    def reserve_ids(self, table: Table, following: int) -> None:
        """Count all ids below a number as given, so that no new row gets one of them."""
        self._next_ids[table.name] = max(self.next_id(table), following)
        self._counted_tables.add(table.name)
        self.changed = True

    @property
    def next_ids(self) -> Mapping[str, int]:
        """The id that the next new row of each table gets, as the document says."""
        return self._next_ids

    def stale_counters(self) -> dict[str, tuple[int, int]]:
        """Return the tables whose next id is already in use: by name, the next id found and the lowest correct one."""
        behind = {}
        # The marker counts the events.
        for name, rows in ((name, rows) for name, rows in self._storage.tables.items() if name != "events"):
            found, wanted = self._next_ids.get(name, 1), max(map(int, rows), default=0) + 1
            if found < wanted:
                behind[name] = (found, wanted)
        return behind

    def advance_counters(self) -> None:
        """Move the next ids beyond those of the existing rows."""
        for name, (_, wanted) in self.stale_counters().items():
            self._next_ids[name] = wanted
            self.changed = True

    def line(self, table: str, row_id: int) -> int | None:
        """Return the line of a row in the file that the document was read from; None when it is not there."""
        if self._lines is None:
            self._lines = documents.lines_of(self._document)
        return self._lines.get((table, str(row_id)))

    def upsert(self, table: Table, record: Any) -> None:
        """Add or replace the row of a record.

        Raises:
            ValidationError: when the record would not read back as it is.
        """
        row = codec.to_row(record)
        # Its rules judged the record when it was made.
        if codec.from_judged_row(type(record), record.id, row) != record:
            problem = Problem("would not read back from the file as it is", table=table.name, row=str(record.id))
            raise ValidationError([problem])
        self._storage.put(table.name, row, record.id)
        self._records[table.name, record.id] = record
        self._note_change(table)

    def delete(self, table: Table, row_id: int) -> None:
        """Remove a row."""
        self._storage.table(table.name).remove(doc_ids=[row_id])
        self._records.pop((table.name, row_id), None)
        self._note_change(table)

    @property
    def content_read(self) -> bytes:
        """The bytes that the document was read from; empty for a new one."""
        return self._document.content

    def render(self) -> documents.Document:
        """Return the document as it is now, with its bytes, which were read back and compared.

        Raises:
            ValidationError: when they would not give the same rows again.
        """
        present, changed = self._storage.tables, self._storage.changed
        tables = {name: present[name] for name in tables_of(self.name) if name in present}
        self.is_judged = self.is_judged or all(map(self._is_as_we_write, tables_of(self.name).values()))
        return documents.rewritten(self._document, self._next_ids, tables, changed=changed, judged=self.is_judged)

    def read_back(self, rendered: documents.Document) -> DocumentSession:
        """Return what a reader of the document gets that was just rendered, with the records known here."""
        opened = DocumentSession(rendered)
        opened._records = self._records.copy()
        # A table that was changed may be in another order in the file.
        opened._all = {name: found for name, found in self._all.items() if name not in self._storage.changed}
        return opened

    def _is_as_we_write(self, table: Table) -> bool:
        """Whether the rows of a table, which another program may have written, are exactly as this version would write them."""
        return all(
            not list(self._problems_of_row(table, key, row))
            and codec.to_row(self._records[table.name, int(key)]) == row
            for key, row in self._storage.tables[table.name].items()
        )

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with the document's tables and rows, each on its own."""
        return [*self.problems_of_tables(), *self._problems_of_rows()]

    def problems_of_tables(self) -> list[Problem]:
        """Return what is wrong with the document's tables as a whole."""
        known = tables_of(self.name)
        problems = [
            Problem(f"unknown table {name!r}", file=self.file, hint=f"known are {', '.join(known)}")
            for name in self._storage.tables
            if name not in known
        ]
        own = self._event_id
        if own is not None and set(self._storage.tables["events"]) != {str(own)}:
            problems.append(Problem(f"wanted exactly one event, number {own}", file=self.file, table="events"))
        return problems

    def _note_change(self, table: Table) -> None:
        self._all.pop(table.name, None)
        self._made.clear()
        self.changed = True

    def _record(self, table: Table, row_id: int, row: documents.Row) -> Any:
        """Return the record of a row, which is kept until the row changes."""
        read: Callable[..., Any] = codec.from_judged_row if self.is_judged else codec.from_row
        try:
            record = read(table.record_type, row_id, row)
        except ValidationError as error:
            raise DamagedError(self.file, self.problems()) from error
        if row.get("event_id", self._event_id) != self._event_id:
            raise DamagedError(self.file, self.problems())
        self._records[table.name, row_id] = record
        return record

    def _wrong_event(self, record: Any) -> str | None:
        event_id = getattr(record, "event_id", None)
        own = self._event_id
        return None if event_id in (None, own) else f"wanted event {own}, as the file says, found {event_id}"

    def _problems_of_rows(self) -> Iterator[Problem]:
        lines: Mapping[tuple[str, str], int] | None = None
        for name, table in tables_of(self.name).items():
            for key, row in self._storage.tables[name].items():
                for problem in self._problems_of_row(table, key, row):
                    # Only now, because a document in plandoc's own form is read without counting lines.
                    lines = documents.lines_of(self._document) if lines is None else lines
                    yield attrs.evolve(problem, file=self.file, line=lines.get((name, key)), table=name, row=key)

    def _problems_of_row(self, table: Table, key: str, row: documents.Row) -> Iterator[Problem]:
        row_id = int(key)
        try:
            record: Any = codec.from_row(table.record_type, row_id, row)
        except ValidationError as error:
            yield from error.problems
            return
        event = self._wrong_event(record)
        if event is not None:
            yield Problem(event, field="event_id")
            return
        # A check of the rows is followed by one of the records.
        self._records[table.name, row_id] = record


def check_format_of_folder(document: DocumentSession, number: int) -> None:
    """Refuse a document of an older format with tables that have a document of their own in this folder's format.

    Raises:
        DamagedError: always; otherwise the folder would have the same rows twice, or none of them.
    """
    now = migrations.parts(document.name, number)
    held = [name for name in migrations.parts(document.name, document.format) if name not in now]
    if held:
        message = f"has format {document.format}, in which it held what is in {', '.join(held)} in this folder"
        hint = wording(
            "restore it from a backup of format {number}, with {repair}; or restore a whole backup",
            number=number,
            repair=Hint.REPAIR_FROM_BACKUP(),
        )
        raise DamagedError(document.name, [Problem(message, file=document.name, hint=hint)])
