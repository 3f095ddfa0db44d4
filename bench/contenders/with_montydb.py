"""MontyDB: MongoDB's interface over SQLite files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from montydb import MontyClient, set_storage

from bench.contenders.document_contender import DocumentContender, Documents
from bench.workload import Catalog, Row


class Collections:
    """A collection for the events, and one for each table of the catalog."""

    def __init__(self, folder: Path) -> None:
        repository = str(folder / "montydb")
        set_storage(repository, storage="sqlite", journal_mode="WAL", use_bson=False)
        self._client = MontyClient(repository, synchronous="FULL")
        self._database = self._client["plans"]

    def rows(self, table: str) -> dict[str, Row]:
        """Return a table of the catalog by id."""
        return {str(row.pop("_id")): row for row in self._database[table].find({})}

    def event(self, event_id: int) -> Row:
        """Return the document of an event."""
        found: Any = self._database["events"].find_one({"_id": event_id})
        return dict(found)

    def events(self) -> list[tuple[int, Row]]:
        """Return all events by id."""
        return sorted(((row["_id"], row) for row in self._database["events"].find({})), key=lambda pair: pair[0])

    def change(self, event_id: int, fields: Row) -> None:
        """Set fields of an event."""
        self._database["events"].update_one({"_id": event_id}, {"$set": fields})

    def add(self, events: Iterable[tuple[int, Row]]) -> None:
        """Add events in one write."""
        self._database["events"].insert_many([{"_id": event_id, **event} for event_id, event in events])

    def fill(self, catalog: Catalog) -> None:
        """Add rows to the tables of the catalog."""
        for name, rows in catalog.items():
            if rows:
                self._database[name].insert_many([{"_id": int(key), **row} for key, row in rows.items()])

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


class Contender(DocumentContender):
    """SQLite files behind MongoDB's interface."""

    NAME: ClassVar[str] = "MontyDB"
    PACKAGES: ClassVar[tuple[str, ...]] = ("montydb", "SQLite")
    DURABILITY: ClassVar[str] = (
        "each write of one collection all or nothing and on the disk when acknowledged (SQLite storage, WAL, "
        "synchronous=FULL); nothing over two collections"
    )
    USE: ClassVar[str] = "one document an event, by its _id; it has no indexes, so every find reads the collection"

    @classmethod
    def open(cls, folder: Path) -> Documents:
        """Open or make the files."""
        return Collections(folder)
