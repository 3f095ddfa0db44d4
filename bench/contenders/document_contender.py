"""The contender that is the same for all databases of documents: what it asks of each is how to read and write them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from bench.contenders import event_documents
from bench.contenders.contract import AlreadyJson
from bench.workload import Catalog, Row

TABLES = ("ingredients", "recipes", "finished_units", "finished_goods", "stock")


class Documents(Protocol):
    """How documents are read and written."""

    def rows(self, table: str) -> dict[str, Row]:
        """Return a table of the catalog by id."""

    def event(self, event_id: int) -> Row:
        """Return the document of an event."""

    def events(self) -> list[tuple[int, Row]]:
        """Return all events by id."""

    def change(self, event_id: int, fields: Row) -> None:
        """Set fields of an event, durably as far as can be."""

    def add(self, events: Iterable[tuple[int, Row]]) -> None:
        """Add events, in one write if that can be."""

    def fill(self, catalog: Catalog) -> None:
        """Add rows to the tables of the catalog."""

    def close(self) -> None:
        """Let go of the files."""


class DocumentContender(AlreadyJson):
    """Everything that is the same for all of them."""

    _documents: Documents

    def __init__(self, folder: Path) -> None:
        self._documents = self.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Documents:
        """Open or make the database in a folder."""
        raise NotImplementedError

    @classmethod
    def build(cls, folder: Path, catalog: Catalog, event_ids: Iterable[int]) -> None:
        """Fill an empty folder."""
        documents = cls.open(folder)
        documents.fill(catalog)
        # All at once: each write of some of them costs as much as all that are there.
        events = [(number, event_documents.planned(number)) for number in event_ids]
        if events:
            documents.add(events)
        documents.close()

    def start(self, event_id: int) -> None:
        """Start production."""
        event = self._documents.event(event_id)
        self._documents.change(event_id, event_documents.started(event, self._tables(*TABLES[:4])))

    def change_quantity(self, event_id: int, good_id: int, quantity: int, reason: str) -> None:
        """Amend a plan."""
        event, goods = self._documents.event(event_id), self._documents.rows("finished_goods")
        self._documents.change(event_id, event_documents.amended(event, goods, good_id, quantity, reason))

    def decide(self, event_id: int, unit_id: int, batches: int) -> None:
        """Save a decision."""
        event = self._documents.event(event_id)
        fields = event_documents.decided(
            event, self._tables("recipes", "finished_units", "finished_goods"), unit_id, batches
        )
        self._documents.change(event_id, fields)

    def bake(self, event_id: int, unit_id: int, batches: int) -> None:
        """Record what was baked."""
        event, units = self._documents.event(event_id), self._documents.rows("finished_units")
        self._documents.change(event_id, event_documents.baked(event, units, unit_id, batches))

    def add_event(self, number: int) -> None:
        """Add an event."""
        self._documents.add([(number, event_documents.bare(number))])

    def add_events(self, numbers: Iterable[int]) -> None:
        """Add events in one write."""
        self._documents.add([(number, event_documents.bare(number)) for number in numbers])

    def import_catalog(self, rows: Catalog, source: Path) -> None:
        """Store the rows."""
        self._documents.fill(rows)

    def plan(self, event_id: int) -> Row:
        """Return everything about one plan."""
        return event_documents.plan(
            event_id, self._documents.event(event_id), self._tables("recipes", "finished_goods")
        )

    def events(self) -> list[Row]:
        """Return all events."""
        return [event_documents.event_row(event_id, event) for event_id, event in self._documents.events()]

    def comparison(self, event_id: int) -> Row:
        """Return what became of a plan."""
        catalog = self._tables("recipes", "finished_units", "finished_goods")
        return event_documents.comparison(self._documents.event(event_id), catalog)

    def check(self) -> list[str]:
        """Return what is wrong."""
        return event_documents.problems((event for _, event in self._documents.events()), self._tables(*TABLES))

    def frozen(self, event_id: int) -> Any:
        """Return what was frozen."""
        return event_documents.content_of(self._documents.event(event_id)["plan_snapshot"])

    def runs(self, event_id: int) -> list[Row]:
        """Return what was baked."""
        return event_documents.runs(self._documents.event(event_id))

    def catalog(self) -> Catalog:
        """Return the rows of the catalog."""
        return self._tables(*TABLES)

    def close(self) -> None:
        """Let go of the files."""
        self._documents.close()

    def _tables(self, *names: str) -> Catalog:
        return {name: self._documents.rows(name) for name in names}
