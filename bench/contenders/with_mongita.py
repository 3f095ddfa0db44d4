"""Mongita: MongoDB's interface over files of its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from mongita import MongitaClientDisk

from bench.contenders.document_contender import DocumentContender, Documents
from bench.workload import Catalog, Row


class Collections:
    """A collection for the events, and one for each table of the catalog; ids are texts, as it wants them."""

    def __init__(self, folder: Path) -> None:
        self._client = MongitaClientDisk(host=str(folder / "mongita"))
        self._database = self._client["plans"]

    def rows(self, table: str) -> dict[str, Row]:
        """Return a table of the catalog by id."""
        return {row.pop("_id"): row for row in self._database[table].find({})}

    def event(self, event_id: int) -> Row:
        """Return the document of an event."""
        found: Any = self._database["events"].find_one({"_id": str(event_id)})
        return dict(found)

    def events(self) -> list[tuple[int, Row]]:
        """Return all events by id."""
        return sorted(((int(row["_id"]), row) for row in self._database["events"].find({})), key=lambda pair: pair[0])

    def change(self, event_id: int, fields: Row) -> None:
        """Set fields of an event."""
        self._database["events"].update_one({"_id": str(event_id)}, {"$set": fields})

    def add(self, events: Iterable[tuple[int, Row]]) -> None:
        """Add events with one call."""
        self._database["events"].insert_many([{"_id": str(event_id), **event} for event_id, event in events])

    def fill(self, catalog: Catalog) -> None:
        """Add rows to the tables of the catalog."""
        for name, rows in catalog.items():
            if rows:
                self._database[name].insert_many([{"_id": key, **row} for key, row in rows.items()])

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()


class Contender(DocumentContender):
    """Files of BSON behind MongoDB's interface."""

    NAME: ClassVar[str] = "Mongita"
    PACKAGES: ClassVar[tuple[str, ...]] = ("mongita", "pymongo")
    DURABILITY: ClassVar[str] = "none: documents and their directory are written in place without a sync"
    USE: ClassVar[str] = "one document an event, by its _id, which it finds without a look at the others"

    @classmethod
    def open(cls, folder: Path) -> Documents:
        """Open or make the files."""
        return Collections(folder)
