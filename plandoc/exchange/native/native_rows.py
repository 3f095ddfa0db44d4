"""Records of a folder as rows of an exchange file: by slugs, in an order that does not depend on ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from plandoc import codec
from plandoc.errors import Problem
from plandoc.errors.hints import Hint, wording
from plandoc.exchange.event_content import EventContent
from plandoc.exchange.native.dependencies import Needed
from plandoc.exchange.native.export_format import CURRENT
from plandoc.exchange.native.ids_and_slugs import Row, ids_to_slugs
from plandoc.records import BatchDecision, Event, PlanAmendment, PlanSnapshot, VoidedRun
from plandoc.tables import CATALOG, table_of

# What is chosen for an event has the order of the slugs; everything else that in which it happened.
_ORDER: Mapping[str, str] = MappingProxyType(
    {
        "event_recipes": "recipe_slug",
        "event_finished_goods": "finished_good_slug",
        "batch_decisions": "finished_unit_slug",
    }
)


class FolderRows:
    """Makes rows of records.

    Attributes:
        problems: What refers to nothing; known when all rows are made.
    """

    def __init__(self, needed: Needed) -> None:
        self.problems: list[Problem] = []
        self._needed = needed

    def tables(self, contents: Iterable[EventContent]) -> dict[str, list[Row]]:
        """Return all rows by table; the events in the order given, everything else by slug."""
        tables = {
            table: [self._row(record) for record in sorted(records.values(), key=lambda record: record.slug)]
            for table, records in self._needed.catalog.items()
        }
        stock = [self._row(item) for item in self._needed.stock]
        tables["stock"] = sorted(stock, key=_place_in_stock)
        for content in contents:
            for table, rows in self._of_event(content).items():
                tables.setdefault(table, []).extend(rows)
        return tables

    def _of_event(self, content: EventContent) -> dict[str, list[Row]]:
        tables = {table_of(Event).name: [self._row(content.event)]}
        for record in content.rows():
            tables.setdefault(table_of(type(record)).name, []).append(self._part(record, content))
        for table, slug in _ORDER.items():
            tables.get(table, []).sort(key=lambda row, slug=slug: str(row[slug]))  # type: ignore[misc]
        return tables

    def _part(self, record: Any, content: EventContent) -> Row:
        slug = content.event.slug
        if type(record) in (PlanSnapshot, PlanAmendment):
            return self._with_own_ids(record, slug)
        if type(record) is VoidedRun:
            return _voided(record, slug)
        row = self._row(record, slug)
        is_current = type(record) is BatchDecision and record.finished_unit_id in content.current
        return {**row, "recipe_fingerprint": CURRENT} if is_current else row

    def _row(self, record: Any, event_slug: str = "") -> Row:
        table, called = table_of(type(record)), getattr(record, "slug", "") or event_slug

        def slug_of(target: str, number: int) -> str:
            if target == "events":
                return event_slug
            found = self._needed.catalog[target].get(number)
            if found is None:
                place = CATALOG if not table.of_event else f"event {event_slug}"
                message = f"refers to number {number} of {target}, which does not exist"
                hint = wording("see what {check} reports about it", check=Hint.CHECK())
                self.problems.append(Problem(message, file=place, table=table.name, row=called, hint=hint))
                return ""
            slug: str = found.slug
            return slug

        return ids_to_slugs(codec.to_row(record), slug_of)

    def _with_own_ids(self, record: Any, event_slug: str) -> Row:
        row = codec.to_row(record)
        del row["event_id"]
        return {"event_slug": event_slug, **row}


def _place_in_stock(row: Row) -> tuple[bool, str, str]:
    """Return what orders the stock: ingredients, then recipes."""
    is_of_recipe = row["ingredient_slug"] is None
    return is_of_recipe, row["recipe_slug"] if is_of_recipe else row["ingredient_slug"], row["unit"]


def _voided(record: VoidedRun, event_slug: str) -> Row:
    row = codec.to_row(record)
    return {
        "event_slug": event_slug,
        "kind": row["kind"],
        "run": row["run_id"],
        **{key: row[key] for key in ("reason", "voided_at")},
    }
