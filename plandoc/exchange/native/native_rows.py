"""Records of a folder as rows of an exchange file: by slugs, in an order that does not depend on ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from plandoc import codec
from plandoc.errors import Problem
from plandoc.exchange.event_content import ANY_EVENT, EventContent
from plandoc.exchange.native.dependencies import Needed
from plandoc.exchange.native.export_format import CURRENT
from plandoc.exchange.native.ids_and_slugs import Row, ids_to_slugs
from plandoc.records import Event, EventFinishedGood, EventRecipe, RunKind, VoidedRun
from plandoc.tables import CATALOG, table_of


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
        tables["stock"] = sorted(stock, key=lambda row: (row["ingredient_slug"], row["unit"]))
        for content in contents:
            for table, rows in self._of_event(content).items():
                tables.setdefault(table, []).extend(rows)
        return tables

    def _of_event(self, content: EventContent) -> dict[str, list[Row]]:
        slug = content.event.slug
        recipes = [EventRecipe(ANY_EVENT, recipe_id) for recipe_id in content.recipes]
        goods = [EventFinishedGood(ANY_EVENT, good_id, quantity) for good_id, quantity in content.goods.items()]
        snapshots = [] if content.snapshot is None else [content.snapshot]
        return {
            table_of(Event).name: [self._row(content.event)],
            "event_recipes": _sorted("recipe_slug", (self._row(row, slug) for row in recipes)),
            "event_finished_goods": _sorted("finished_good_slug", (self._row(row, slug) for row in goods)),
            "batch_decisions": _sorted("finished_unit_slug", self._decisions(content)),
            "plan_snapshots": [self._with_own_ids(row, slug) for row in snapshots],
            "plan_amendments": [self._with_own_ids(row, slug) for row in content.amendments],
            "production_runs": [self._row(run, slug) for run in content.runs(RunKind.PRODUCTION)],
            "assembly_runs": [self._row(run, slug) for run in content.runs(RunKind.ASSEMBLY)],
            "voided_runs": sorted(
                (_voided(run, slug) for run in content.voided), key=lambda row: (row["kind"], row["run"])
            ),
        }

    def _decisions(self, content: EventContent) -> Iterator[Row]:
        for unit_id, decision in content.decisions.items():
            row = self._row(decision, content.event.slug)
            yield {**row, "recipe_fingerprint": CURRENT} if unit_id in content.current else row

    def _row(self, record: Any, event_slug: str = "") -> Row:
        table, called = table_of(type(record)), getattr(record, "slug", "") or event_slug

        def slug_of(target: str, number: int) -> str:
            if target == "events":
                return event_slug
            found = self._needed.catalog[target].get(number)
            if found is None:
                place = CATALOG if not table.of_event else f"event {event_slug}"
                message = f"refers to number {number} of {target}, which does not exist"
                hint = "see what 'plandoc check' tells of it"
                self.problems.append(Problem(message, file=place, table=table.name, row=called, hint=hint))
                return ""
            slug: str = found.slug
            return slug

        return ids_to_slugs(codec.to_row(record), slug_of)

    def _with_own_ids(self, record: Any, event_slug: str) -> Row:
        row = codec.to_row(record)
        del row["event_id"]
        return {"event_slug": event_slug, **row}


def _voided(record: VoidedRun, event_slug: str) -> Row:
    row = codec.to_row(record)
    return {
        "event_slug": event_slug,
        "kind": row["kind"],
        "run": row["run_id"],
        **{key: row[key] for key in ("reason", "voided_at")},
    }


def _sorted(key: str, rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: str(row[key]))
