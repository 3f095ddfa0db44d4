"""A table in one document, as reading and changing a record needs it."""

from __future__ import annotations

from typing import Any

from plandoc.engine.document import DocumentSession
from plandoc.engine.queries import QueryLike
from plandoc.tables import Table


class BoundTable:
    """A table in one document: found once for a record, and passed along from then on.

    Attributes:
        table: What its rows are.
        document: The document that has them.
    """

    __slots__ = ("document", "table")

    def __init__(self, table: Table, document: DocumentSession) -> None:
        self.table = table
        self.document = document

    def get(self, record_id: int) -> Any | None:
        """Return a record; None when there is none with this id."""
        return self.document.get(self.table, record_id)

    def find(self, query: QueryLike | None = None) -> list[Any]:
        """Return the records whose rows match a query; all when there is none."""
        return self.document.find(self.table, query)

    def next_id(self) -> int:
        """Return the id that the next new record gets; neither it nor any higher one was ever given."""
        return self.document.next_id(self.table)

    def take_id(self) -> int:
        """Return the next id; no id is ever given twice."""
        return self.document.take_id(self.table)

    def reserve_ids(self, following: int) -> None:
        """Count all ids below a number as given."""
        self.document.reserve_ids(self.table, following)

    def upsert(self, record: Any) -> None:
        """Add a record, or replace the one with its id.

        Raises:
            ValidationError: when the record would not read back as it is.
        """
        self.document.upsert(self.table, record)

    def delete(self, record_id: int) -> None:
        """Remove a record."""
        self.document.delete(self.table, record_id)
