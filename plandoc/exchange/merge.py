"""Merging the drafts of a catalog into what is there: by slug; stock by ingredient and unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plandoc.exchange.drafts import Draft, Drafts
from plandoc.exchange.fields import Reference
from plandoc.exchange.import_report import Outcome, Row
from plandoc.exchange.references import Names
from plandoc.exchange.sinks import Target
from plandoc.records import StockItem
from plandoc.tables import table_of

THE_SAME = "already there, the same"


class CatalogMerge:
    """One merge of a catalog.

    Attributes:
        rows: What was done so far.
    """

    def __init__(self, drafts: Drafts, names: Names, target: Target) -> None:
        self.rows: list[Row] = []
        self.drafts = drafts
        self.names = names
        self.target = target
        self._put: dict[int, Any] = {}
        self._by_slug: dict[type[Any], dict[str, Any]] = {}

    def run(self) -> None:
        """Merge everything."""
        for draft in self.drafts.catalog:
            self._merge(draft)
        self._merge_stock()

    def record_of(self, reference: Reference) -> Any:
        """Return the record that a reference of the file became."""
        return self.record_of_draft(self.names.one(reference))

    def record_of_draft(self, draft: Draft) -> Any:
        """Return the record that a draft became."""
        self._merge(draft)
        return self._put[id(draft)]

    def by_slug(self, record_type: type[Any]) -> dict[str, Any]:
        """Return the records that were there before, by slug."""
        if record_type not in self._by_slug:
            self._by_slug[record_type] = {record.slug: record for record in self.target.all(record_type).values()}
        return self._by_slug[record_type]

    def _merge(self, draft: Draft) -> None:
        if id(draft) in self._put:
            return
        present = self.by_slug(draft.record_type).get(draft.slug)
        # Making the record asks for the ids of what it refers to, and so merges that first; nothing here goes in
        # circles, for the references have been checked.
        record = draft.make(lambda reference: int(self.record_of(reference).id))
        stored, outcome = self.target.put(record, present)
        self._put[id(draft)] = stored
        self.rows.append(row_of(draft.record_type, draft.name, outcome))

    def _merge_stock(self) -> None:
        present = {(item.ingredient_id, item.unit): item for item in self.target.all(StockItem).values()}
        for item, ingredient in self._stock():
            _, outcome = self.target.put(item, present.get((item.ingredient_id, item.unit)))
            self.rows.append(row_of(StockItem, f"{ingredient}, {item.unit}", outcome))

    def _stock(self) -> Iterator[tuple[StockItem, str]]:
        for draft in self.drafts.stock:
            ingredient = self.record_of(draft.ingredient)
            yield StockItem(ingredient.id, draft.quantity, draft.unit), ingredient.name


def row_of(record_type: type[Any], name: str, outcome: Outcome, reason: str = "") -> Row:
    """Return a row of the report for a record."""
    said = reason or (THE_SAME if outcome is Outcome.SKIPPED else "")
    return Row(table_of(record_type).name, name, outcome, said)
