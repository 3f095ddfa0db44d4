"""The JSON exports of bake-tracker, versions 3.x and 4.x, read into drafts.

Nothing here knows the data folder; nothing is changed here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from plandoc.domain.batches import units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import requirements
from plandoc.domain.snapshot_ids import TABLES
from plandoc.errors import Problem, ValidationError, found
from plandoc.exchange.bake_tracker.entries import BatchesEntry, Entry, EventEntry
from plandoc.exchange.bake_tracker.export_catalog import ingredients, recipes, units
from plandoc.exchange.bake_tracker.export_events import events
from plandoc.exchange.bake_tracker.export_goods import goods
from plandoc.exchange.bake_tracker.export_stock import stock
from plandoc.exchange.bake_tracker.fields import Reference
from plandoc.exchange.bake_tracker.name_resolution import FileNames
from plandoc.exchange.bake_tracker.reader import ExportReader
from plandoc.exchange.drafts import Draft, Drafts, EventDraft
from plandoc.exchange.event_content import ANY_EVENT, EventContent
from plandoc.exchange.references import renumbered, wrong_nesting
from plandoc.records import FinishedUnit, ProductionRun, StockItem
from plandoc.tables import table_of

APPLICATION = "bake-tracker"
_VERSION = re.compile(r"[34]\.\d{1,3}", re.ASCII)
# Facts about the file itself, not about the bakery.
_ABOUT_THE_FILE = frozenset(
    {"version", "application", "exported_at", "source", "transformed_at", "transformation_notes"}
)
# What such a file leaves blank it says nothing of.
_UNSAID_WHEN_BLANK = ("category", "density", "notes")


def read_bake_tracker(path: str, exported: Mapping[str, Any]) -> Drafts:
    """Return what an export says.

    Raises:
        ValidationError: when it is not an export of bake-tracker, or of a version that is not known.
        RowsFailed: with all rows that are broken.
    """
    _check_origin(path, exported)
    export = ExportReader({key: value for key, value in exported.items() if key not in _ABOUT_THE_FILE})
    recipe_entries, nested_units = recipes(export)
    unit_entries = [*nested_units, *units(export)]
    catalog = [*ingredients(export), *recipe_entries, *unit_entries, *goods(export, unit_entries)]
    return _Resolved(export, catalog, stock(export), events(export)).drafts()


def _check_origin(path: str, exported: Mapping[str, Any]) -> None:
    application = exported.get("application")
    if application != APPLICATION:
        message = f"wanted an export of {APPLICATION}, found {found(application)}"
        raise ValidationError([Problem(message, file=path, field="application")])
    version = exported.get("version")
    if type(version) is not str or not _VERSION.fullmatch(version):
        message = f"wanted version 3.x or 4.x, found {found(version)}"
        hint = "export it again with a bake-tracker of one of these versions"
        raise ValidationError([Problem(message, file=path, field="version", hint=hint)])


class _Resolved:
    """What was read, with the names that rows call each other resolved; everything that does not resolve is kept."""

    def __init__(
        self, export: ExportReader, catalog: list[Entry], stock_items: list[StockItem], entries: list[EventEntry]
    ) -> None:
        self._export = export
        self._names = FileNames(catalog, entries)
        self._stock = stock_items
        self._events = entries
        self._catalog: dict[str, dict[int, Entry]] = {table: {} for table in TABLES}
        for entry in catalog:
            self._catalog[table_of(type(entry.record)).name][entry.record.id] = entry

    def drafts(self) -> Drafts:
        """Return everything.

        Raises:
            RowsFailed: with all rows that are broken.
        """
        self._check_names()
        records = {table: self._records(table) for table in TABLES}
        self._check_nesting(records)
        definitions = Definitions.of(
            *(records[table].values() for table in ("finished_goods", "finished_units", "recipes", "ingredients"))
        )
        event_drafts = tuple(self._event(entry, definitions) for entry in self._events)
        self._check()
        return Drafts(
            catalog={table: {n: _draft(one, one.name) for n, one in records[table].items()} for table in TABLES},
            stock=tuple(self._stock_draft(item) for item in self._stock),
            events=event_drafts,
            rows=tuple(self._export.skipped),
            notes=self._export.notes(),
        )

    def _check(self) -> None:
        self._export.failed.check(self._export.notes())

    def _check_names(self) -> None:
        references = (*self._references(), *self._references_of_events())
        for table, name, reference in dict.fromkeys(references):
            if (reason := self._names.broken(reference)) is not None:
                self._export.failed.add(table, name, reason)
        self._check()

    def _references(self) -> Iterator[tuple[str, str, Reference]]:
        for entry in (entry for entries in self._catalog.values() for entry in entries.values()):
            for reference in self._export.references_of(entry.record):
                yield entry.kind, entry.record.name, reference
        for item in self._stock:
            (ingredient,) = self._export.references_of(item)
            yield "inventory_items", ingredient.text, ingredient
        yield from self._export.links

    def _references_of_events(self) -> Iterator[tuple[str, str, Reference]]:
        for entry in self._events:
            name = entry.event.name
            for good, _ in entry.goods:
                yield "event_recipient_packages" if good.kind == "packages" else "event_finished_goods", name, good
            for recipe in entry.recipes:
                yield "event_recipes", name, recipe
            for batches in (*entry.decisions, *entry.runs):
                for reference in (batches.unit, batches.recipe):
                    if reference is not None:
                        yield batches.table, name, reference

    def _check_nesting(self, records: Mapping[str, Mapping[int, Any]]) -> None:
        for table in ("recipes", "finished_goods"):
            for number, reason in wrong_nesting(table, records[table]):
                self._export.failed.add(self._catalog[table][number].kind, records[table][number].name, reason)
        self._check()

    def _records(self, table: str) -> dict[int, Any]:
        return {number: renumbered(entry.record, self._meant) for number, entry in self._catalog[table].items()}

    def _meant(self, _table: str, number: int) -> int:
        """Return the number of the row that a reference with a number means."""
        return self._number_of(self._export.referred(number))

    def _number_of(self, reference: Reference) -> int:
        return int(self._names.one(reference).record.id)

    def _stock_draft(self, item: StockItem) -> Draft:
        record = renumbered(item, self._meant)
        ingredient = self._catalog["ingredients"][record.ingredient_id].record
        return _draft(record, f"{ingredient.name}, {item.unit}")

    # Events.

    def _event(self, entry: EventEntry, definitions: Definitions) -> EventDraft:
        quantities: Counter[int] = Counter()
        for reference, quantity in entry.goods:
            quantities[self._number_of(reference)] += quantity
        needed = {one.unit.id for one in requirements(quantities, definitions)}
        batches: Counter[int] = Counter()
        for decision in entry.decisions:
            if (unit := self._unit_of(decision, entry, needed, definitions)) is not None:
                batches[unit.id] += decision.batches
        runs = [(run, self._unit_of(run, entry, needed, definitions)) for run in entry.runs]
        content = EventContent(
            event=attrs.evolve(entry.event, plan_state=entry.plan_state),
            recipes=frozenset(map(self._number_of, entry.recipes)),
            goods=dict(quantities),
            production_runs=tuple(_run(run, unit) for run, unit in runs if unit is not None),
        )
        return EventDraft(content, entry.event.name, batches=dict(batches))

    def _unit_of(
        self, batches: BatchesEntry, event: EventEntry, needed: set[int], definitions: Definitions
    ) -> FinishedUnit | None:
        """Return the finished unit that batches are of; None when that cannot be told, which is kept."""
        if batches.unit is not None:
            return definitions.units(self._number_of(batches.unit))
        assert batches.recipe is not None  # noqa: S101  (a row with neither was refused)
        recipe = self._names.one(batches.recipe).record
        known = [definitions.units(number) for number in self._catalog["finished_units"]]
        of_recipe = [unit for unit in known if unit is not None and unit.recipe_id == recipe.id]
        # Of several units of a recipe the only one that the goods of the event take is meant.
        meant = [unit for unit in of_recipe if unit.id in needed] or of_recipe
        if len(meant) == 1:
            return meant[0]
        reason = f"the recipe {recipe.name} has {len(of_recipe)} finished units; the row must say which one is meant"
        self._export.failed.add(batches.table, event.event.name, reason)
        return None


def _draft(record: Any, name: str) -> Draft:
    blank = (field for field in _UNSAID_WHEN_BLANK if hasattr(record, field) and not getattr(record, field))
    return Draft(record, name, frozenset(blank))


def _run(batches: BatchesEntry, unit: FinishedUnit) -> ProductionRun:
    made = units_yielded(batches.batches, unit.yield_per_batch)
    assert batches.baked_at is not None  # noqa: S101  (runs are read with the time when they were baked)
    return ProductionRun(
        event_id=ANY_EVENT,
        finished_unit_id=unit.id,
        batches=batches.batches,
        units_expected=made,
        units_made=made,
        produced_at=batches.baked_at,
        notes=batches.notes,
    )
