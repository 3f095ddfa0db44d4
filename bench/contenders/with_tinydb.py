"""TinyDB as it comes: JSON files, of which each look reads the whole and each change writes the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar

from tinydb import TinyDB
from tinydb.storages import JSONStorage
from tinydb.table import Document

from bench.contenders.document_contender import DocumentContender, Documents
from bench.workload import Catalog, Row


class Files:
    """Two databases: the catalog is small and changes rarely, and should not be read and written with the events."""

    def __init__(self, folder: Path, make_storage: Callable[[], Any] = lambda: JSONStorage) -> None:
        # One storage each: a middleware keeps what it has read.
        self._catalog = TinyDB(folder / "catalog.json", storage=make_storage())
        self._database = TinyDB(folder / "events.json", storage=make_storage())
        self._events = self._database.table("events")

    def rows(self, table: str) -> dict[str, Row]:
        """Return a table of the catalog by id."""
        return {str(row.doc_id): dict(row) for row in self._catalog.table(table)}

    def event(self, event_id: int) -> Row:
        """Return the document of an event."""
        found: Any = self._events.get(doc_id=event_id)
        return dict(found)

    def events(self) -> list[tuple[int, Row]]:
        """Return all events by id."""
        return [(row.doc_id, dict(row)) for row in self._events]

    def change(self, event_id: int, fields: Row) -> None:
        """Set fields of an event."""
        self._events.update(fields, doc_ids=[event_id])

    def add(self, events: Iterable[tuple[int, Row]]) -> None:
        """Add events in one write."""
        self._events.insert_multiple(Document(event, doc_id=event_id) for event_id, event in events)

    def fill(self, catalog: Catalog) -> None:
        """Add rows to the tables of the catalog."""
        for name, rows in catalog.items():
            documents = (Document(row, doc_id=int(key)) for key, row in rows.items())
            self._catalog.table(name).insert_multiple(documents)

    def close(self) -> None:
        """Let go of the files."""
        self._catalog.close()
        self._database.close()


class Contender(DocumentContender):
    """JSON files."""

    NAME: ClassVar[str] = "TinyDB"
    PACKAGES: ClassVar[tuple[str, ...]] = ("tinydb",)
    DURABILITY: ClassVar[str] = (
        "on the disk when acknowledged (one fsync), but written in place: a crash while it writes tears the whole file"
    )
    USE: ClassVar[str] = "one document an event, by its doc_id; the catalog in a file of its own"

    @classmethod
    def open(cls, folder: Path) -> Documents:
        """Open or make the files."""
        return Files(folder)
