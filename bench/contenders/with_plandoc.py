"""plandoc, through its public functions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import orjson

import plandoc
from bench import forms, workload
from bench.contenders.document_contender import TABLES
from bench.workload import Catalog, Row
from plandoc.records import EventId, FinishedGoodId, FinishedUnitId, RecipeId

# Events that are added in one session while building: between the size of one write and the looks at all slugs.
_EVENTS_A_SESSION = 2500


class Contender:
    """A data folder."""

    NAME: ClassVar[str] = "plandoc"
    PACKAGES: ClassVar[tuple[str, ...]] = ("plandoc", "tinydb", "attrs", "cattrs", "filelock", "orjson")
    DURABILITY: ClassVar[str] = "all or nothing, on the disk when acknowledged: one fdatasync of the journal a change"
    USE: ClassVar[str] = "one open store, public functions, each its own session unless one is asked for"

    # What its functions import when they are first called.
    IMPORTED_ON_USE: ClassVar[tuple[str, ...]] = (
        "plandoc.workflow.amendments",
        "plandoc.workflow.catalog",
        "plandoc.workflow.lifecycle",
        "plandoc.workflow.decisions",
        "plandoc.workflow.production",
    )

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "plandoc"
        self._store = plandoc.open_store(self.folder)

    @classmethod
    def build(cls, folder: Path, catalog: Catalog, event_ids: Iterable[int]) -> None:
        """Fill an empty folder."""
        with plandoc.open_store(folder / "plandoc", create=True) as store:
            if catalog:
                with store.session("fill the catalog") as session:
                    _fill_catalog(session, catalog)
                _check_rows(folder / "plandoc", catalog)
            for some in _in_parts(event_ids):
                with store.session("plan events") as session:
                    for number in some:
                        _plan(session, number)

    def start(self, event_id: int) -> None:
        """Start production."""
        plandoc.use_store(self._store)
        plandoc.start_production(EventId(event_id))

    def change_quantity(self, event_id: int, good_id: int, quantity: int, reason: str) -> None:
        """Amend a plan."""
        plandoc.use_store(self._store)
        plandoc.change_quantity(EventId(event_id), FinishedGoodId(good_id), quantity, reason)

    def decide(self, event_id: int, unit_id: int, batches: int) -> None:
        """Save a decision."""
        plandoc.use_store(self._store)
        plandoc.save_batch_decision(EventId(event_id), FinishedUnitId(unit_id), batches)

    def bake(self, event_id: int, unit_id: int, batches: int) -> None:
        """Record what was baked."""
        plandoc.use_store(self._store)
        plandoc.record_production(EventId(event_id), FinishedUnitId(unit_id), batches, use_stock=False)

    def add_event(self, number: int) -> None:
        """Add an event in its own session."""
        with self._store.session("add an event") as session:
            session.add(_event(number))

    def add_events(self, numbers: Iterable[int]) -> None:
        """Add events in one session."""
        with self._store.session("add events") as session:
            for number in numbers:
                session.add(_event(number))

    def import_catalog(self, rows: Catalog, source: Path) -> None:
        """Import the file itself."""
        plandoc.use_store(self._store)
        plandoc.import_file(source)

    def shopping_list(self, event_id: int) -> plandoc.results.ShoppingList:
        """Return what has to be bought."""
        plandoc.use_store(self._store)
        return plandoc.get_shopping_list(EventId(event_id))

    def plan(self, event_id: int) -> plandoc.results.Plan:
        """Return the record of a whole plan."""
        plandoc.use_store(self._store)
        return plandoc.get_plan(EventId(event_id))

    def plan_as_json(self, found: plandoc.results.Plan) -> Any:
        """Return a plan as JSON."""
        return forms.plan(
            _event_row(found.event),
            {one.id: {"name": one.name, "slug": one.slug} for one in found.recipes},
            {good.id: _good_row(good) for good, _ in found.goods},
            {good.id: quantity for good, quantity in found.goods},
            [_decision_row(one) for one in found.decisions],
            found.snapshot and found.snapshot.snapshot_data,
            [_amendment_row(one) for one in found.amendments],
        )

    def events(self) -> list[plandoc.Event]:
        """Return the records of all events."""
        plandoc.use_store(self._store)
        return plandoc.list_records(plandoc.Event)

    def events_as_json(self, found: list[plandoc.Event]) -> Any:
        """Return events as JSON."""
        return [_event_row(one) for one in found]

    def comparison(self, event_id: int) -> plandoc.results.PlanComparison:
        """Return the comparison."""
        plandoc.use_store(self._store)
        return plandoc.get_plan_comparison(EventId(event_id))

    def comparison_as_json(self, found: plandoc.results.PlanComparison) -> Any:
        """Return a comparison as JSON."""
        parts = {"goods": found.goods, "batches": found.batches, "recipes": found.recipes}
        return {
            part: [
                forms.difference(one.id, one.name, one.before, one.after, [each.sequence for each in one.amendments])
                for one in entries
            ]
            for part, entries in parts.items()
        }

    def check(self) -> list[str]:
        """Check the folder."""
        return [str(problem) for problem in plandoc.check(self.folder)]

    def frozen(self, event_id: int) -> Any:
        """Return what was frozen."""
        plandoc.use_store(self._store)
        found = plandoc.get_plan_snapshot(EventId(event_id))
        if found is None:
            raise ValueError(event_id)
        return {"snapshot_data": found.snapshot_data, "definitions": found.definitions}

    def runs(self, event_id: int) -> list[Row]:
        """Return what was baked."""
        plandoc.use_store(self._store)
        return [_run_row(one) for one in plandoc.get_plan(EventId(event_id)).production_runs]

    def catalog(self) -> Catalog:
        """Return the rows of the catalog."""
        tables = {**self._document("catalog.json"), **self._document("stock.json")}
        # Tables without rows are left out of the files.
        return {name: tables.get(name, {}) for name in TABLES}

    def _document(self, name: str) -> Any:
        return orjson.loads((self.folder / name).read_bytes())

    def journal_bytes(self) -> int:
        """Return how long the lines in the journal are."""
        journal = self.folder / "journal.jsonl"
        return len(journal.read_bytes().rstrip()) if journal.exists() else 0

    def close(self) -> None:
        """Fold the journal in."""
        self._store.close()


def _in_parts(event_ids: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(event_ids)
    while some := list(itertools.islice(waiting, _EVENTS_A_SESSION)):
        yield some


def _event(number: int) -> plandoc.Event:
    return plandoc.Event(workload.event(number)["name"], workload.DATE)


def _fill_catalog(session: plandoc.Session, catalog: Catalog) -> None:
    for row in catalog["ingredients"].values():
        session.add(plandoc.Ingredient(row["name"]))
    for row in catalog["recipes"].values():
        lines = tuple(
            plandoc.RecipeLine(line["ingredient_id"], Decimal(line["quantity"]), line["unit"]) for line in row["lines"]
        )
        session.add(plandoc.Recipe(row["name"], lines=lines))
    for row in catalog["finished_units"].values():
        session.add(plandoc.FinishedUnit(row["name"], row["recipe_id"], items_per_batch=row["items_per_batch"]))
    for row in catalog["finished_goods"].values():
        parts = tuple(
            plandoc.Component(finished_unit_id=part["finished_unit_id"], quantity=Decimal(part["quantity"]))
            for part in row["components"]
        )
        session.add(plandoc.FinishedGood(row["name"], parts))


def _check_rows(folder: Path, catalog: Catalog) -> None:
    """See that the rows that the others are given are those that plandoc writes."""
    content = orjson.loads((folder / "catalog.json").read_bytes())
    if any(content[table] != rows for table, rows in catalog.items()):
        raise ValueError("the workload's rows are not those that plandoc writes; the figures would mean nothing")


def _plan(session: plandoc.Session, number: int) -> None:
    event = session.add(_event(number))
    if event.id != number:
        raise ValueError(event.id)
    for recipe_id in workload.recipe_ids():
        session.add(plandoc.results.EventRecipe(event.id, RecipeId(recipe_id)))
    for good_id, quantity in workload.quantities().items():
        session.add(plandoc.results.EventFinishedGood(event.id, FinishedGoodId(good_id), quantity))
    for row in workload.decisions():
        session.add(plandoc.results.BatchDecision(event_id=event.id, **row))
    plandoc.lock_plan(event.id, session=session)


def _event_row(event: plandoc.Event) -> Row:
    return {
        "id": event.id,
        "name": event.name,
        "event_date": event.event_date.isoformat(),
        "expected_attendees": event.expected_attendees,
        "notes": event.notes,
        "plan_state": event.plan_state.value,
        "slug": event.slug,
    }


def _good_row(good: plandoc.FinishedGood) -> Row:
    parts = [{"finished_unit_id": part.finished_unit_id, "quantity": str(part.quantity)} for part in good.components]
    return {"name": good.name, "components": parts}


def _decision_row(decision: plandoc.results.BatchDecision) -> Row:
    names = (
        "finished_unit_id", "recipe_id", "batches", "yield_per_batch", "units_needed", "shortfall_accepted",
        "exact_need", "recipe_fingerprint",
    )  # fmt: skip
    return {name: getattr(decision, name) for name in names}


def _run_row(run: plandoc.results.ProductionRun) -> Row:
    names = "finished_unit_id", "batches", "units_expected", "units_made", "notes", "amendments_before"
    lists = "losses", "taken", "not_taken"
    return {name: getattr(run, name) for name in names} | {name: list(getattr(run, name)) for name in lists}


def _amendment_row(amendment: plandoc.results.PlanAmendment) -> Row:
    change = amendment.change
    if not isinstance(change, plandoc.results.ChangeQuantity):
        raise TypeError(change)
    return {
        "sequence": amendment.sequence,
        "change": {
            "finished_good_id": change.finished_good_id,
            "finished_good_name": change.finished_good_name,
            "old_quantity": change.old_quantity,
            "new_quantity": change.new_quantity,
        },
        "reason": amendment.reason,
    }
