"""A file as a transaction will leave it: its tables as drafts, written out only when somebody asks for the bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tinydb.queries import QueryLike

from plandoc.durable.json_form import JsonForm, Tables
from plandoc.storage.row_draft import Row, TableDraft


class DraftFile:
    """What a file will hold when a transaction ends; made from its bytes or its tables.

    It never changes: a change makes another one, which shares the untouched rows with it. So a part of a transaction is
    undone by going back to the previous draft. It equals bytes, and other drafts, if it was written out.

    Args:
        form: How the file is written and read.
        content: Its bytes; None when they are still to be made of the tables.
        tables: Its tables; None when they are still to be read from the bytes.
        numbered: The tables whose ids are all known to be numbers as TinyDB writes them.
    """

    def __init__(
        self,
        form: JsonForm,
        content: bytes | None,
        tables: Tables | None = None,
        numbered: frozenset[str] = frozenset(),
    ) -> None:
        self._form = form
        self._content = content
        self._tables = tables
        self._numbered = numbered
        # The change that is not yet written out, if it is a single change of a file with these bytes.
        self._change: tuple[bytes, str, Mapping[str, Any]] | None = None

    def __eq__(self, other: object) -> bool:
        content = other._content if isinstance(other, DraftFile) else other
        return self is other or (self._content is not None and self._content == content)

    __hash__ = None  # type: ignore[assignment]  # it equals bytes once it is written out

    def content(self) -> bytes:
        """Return the bytes of the file."""
        if self._content is None:
            content = None if self._change is None else self._form.render_change(*self._change)
            self._content = self._form.render(self._read()) if content is None else content
            self._change = None
        return self._content

    def final_content(self) -> bytes:
        """Return the bytes for the commit."""
        content = self.content()
        self._form.take_as_sound(content)
        return content

    def release(self) -> None:
        """Keep only the bytes, if there are any; anything else is read from them when needed."""
        if self._content is not None:
            self._tables = None

    def is_numbered(self, name: str) -> bool:
        """Whether the rows of a table have the ids that TinyDB gives, so that they can be changed one by one."""
        rows = self._read().get(name, {})
        return name in self._numbered or (type(rows) is dict and all(map(_is_number, rows)))

    def matching(self, name: str, query: QueryLike) -> list[int]:
        """Return the ids of the rows that match a query that only compares."""
        return [int(key) for key, row in self._read().get(name, {}).items() if query(row)]

    def changed(self, name: str, change: Callable[[Any], None]) -> DraftFile:
        """Return the file after a change of some rows of one table, of which `is_numbered` is true.

        Raises:
            TypeError: for what JSON cannot hold.
            ValidationError: when two keys of one object would become the same text.
        """
        tables = self._read()
        rows = tables.get(name, {})
        draft = TableDraft(rows, _copied)
        change(draft)
        changes = draft.changes()
        # As they will be read back, so that nothing is shared with the caller either.
        put = self._form.read_back({str(row_id): row for row_id, row in changes.items() if row is not None})
        removed = {str(row_id) for row_id, row in changes.items() if row is None}
        after = {key: row for key, row in rows.items() if key not in removed} if removed else dict(rows)
        stays_numbered = all(type(row_id) is int for row_id in changes)
        numbered = self._numbered | {name} if stays_numbered else self._numbered - {name}
        file = DraftFile(self._form, None, {**tables, name: after | put}, numbered)
        if self._content is not None:
            file._change = self._content, name, {**put, **dict.fromkeys(removed)}
        return file

    def _read(self) -> Tables:
        tables = self._tables
        if tables is None:
            tables = self._tables = self._form.parse(self.content()) or {}
        return tables


def _is_number(key: str) -> bool:
    return key.isdecimal() and str(int(key)) == key


def _copied(row: Row) -> Row:
    """Return a copy of a row; not with orjson, which cannot write everything that the standard library's JSON can."""
    return {key: _copied_value(value) for key, value in row.items()}


def _copied_value(value: Any) -> Any:
    if type(value) is dict:
        return _copied(value)
    return [_copied_value(one) for one in value] if type(value) is list else value
