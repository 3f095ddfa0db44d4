"""The JSON exports of bake-tracker, versions 3.x and 4.x, read into drafts.

What a row names is looked for in the file, then in the folder, so that a part of a catalog can be imported. Nothing is
changed here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from plandoc.domain.batches import units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.domain.snapshot_ids import TABLES
from plandoc.engine.session import Session
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.bake_tracker.export_reader import ExportReader
from plandoc.exchange.bake_tracker.folder_names import FolderNames
from plandoc.exchange.bake_tracker.read_catalog import ingredients, recipes, units
from plandoc.exchange.bake_tracker.read_events import Batches, ExportedEvent, events
from plandoc.exchange.bake_tracker.read_goods import goods
from plandoc.exchange.bake_tracker.read_stock import stock
from plandoc.exchange.bake_tracker.recipe_yields import units_of_yields
from plandoc.exchange.drafts import Draft, Drafts, EventDraft
from plandoc.exchange.event_content import ANY_EVENT, EventContent
from plandoc.exchange.file_kinds import TABLES_ARE_IMPORTED
from plandoc.exchange.references import wrong_nesting
from plandoc.records import EventId, FinishedUnit, PlanState, ProductionRun, Recipe, StockItem
from plandoc.storage.documents import ABOUT_TABLE

APPLICATION = "bake-tracker"
_VERSION = re.compile(r"[34]\.\d{1,3}", re.ASCII)
# Facts about the file itself, not the bakery.
_ABOUT_THE_FILE = frozenset(
    {"version", "application", "exported_at", "source", "transformed_at", "transformation_notes"}
)
# A field that such a file leaves blank keeps its value in the folder; it has no method and no equivalents.
_UNSAID_WHEN_BLANK = ("category", "density", "notes", "method", "equivalents")


def read_bake_tracker(path: str, exported: Mapping[str, Any], session: Session) -> Drafts:
    """Return what an export holds.

    Args:
        path: The file, for messages.
        exported: What it holds.
        session: Finds what rows name that only the folder has.

    Raises:
        ValidationError: when it is not an export of bake-tracker, or of a version that is not known.
        RowsFailed: with all rows that are broken.
    """
    _check_origin(path, exported)
    tables = {key: value for key, value in exported.items() if key not in _ABOUT_THE_FILE}
    export = ExportReader(tables, FolderNames(session))
    known, read = ingredients(export), recipes(export)
    listed_units = [*read.units, *units(export)]
    all_units = [*listed_units, *units_of_yields(export, read, listed_units)]
    catalog = ExportCatalog.of(export.folder, known, read.recipes, all_units, goods(export, all_units), ())
    items, event_rows = stock(export), events(export)
    # Nothing can be calculated with broken records.
    export.failed.check(export.notes())
    catalog.check_nesting(export)
    event_drafts = tuple(catalog.event(rows, export) for rows in event_rows)
    export.failed.check(export.notes())
    return Drafts(
        catalog=catalog.drafts(),
        stock=tuple(_draft(item, f"{catalog.name_of(item)}, {item.unit}") for item in items),
        events=event_drafts,
        rows=tuple(export.skipped),
        notes=export.notes(),
    )


def _check_origin(path: str, exported: Mapping[str, Any]) -> None:
    application = exported.get("application")
    if application != APPLICATION:
        message = f"wanted an export of plandoc or {APPLICATION}, found {_described(exported)}"
        hint: str | None = None if ABOUT_TABLE in exported else TABLES_ARE_IMPORTED
        raise ValidationError([Problem(message, file=path, hint=hint)])
    version = exported.get("version")
    if type(version) is not str or not _VERSION.fullmatch(version):
        found = f"the number {version}, not text" if isinstance(version, Decimal) else shorten(version)
        message = f"wanted version 3.x or 4.x, found {found}"
        hint = "export it again with a bake-tracker of one of these versions"
        raise ValidationError([Problem(message, file=path, field="version", hint=hint)])


def _described(exported: Mapping[str, Any]) -> str:
    if ABOUT_TABLE in exported:
        return "a document of a data folder; 'plandoc --data FOLDER' works in that folder"
    application = exported.get("application")
    return "an object that names no application" if application is None else f"one of {shorten(application)}"


class ExportCatalog:
    """The catalog of a file, for reading its events.

    Args:
        tables: Records by number, by table.
        folder: What the file mentions and does not hold.
    """

    def __init__(self, tables: Mapping[str, Mapping[int, Any]], folder: FolderNames) -> None:
        self._tables = tables
        # Both fit into one mapping: no number of the file is an id of the folder.
        self._known = {table: {**folder.records[table], **rows} for table, rows in tables.items()}
        self._units: Mapping[int, FinishedUnit] = self._known["finished_units"]
        goods, recipes = self._known["finished_goods"], self._known["recipes"]
        self._definitions = Definitions(goods.get, self._units.get, recipes.get)

    @classmethod
    def of(cls, folder: FolderNames, *kinds: Iterable[Any]) -> ExportCatalog:
        """Return the catalog of these ingredients, recipes, units, goods and words for units, beside that of the folder."""
        tables = zip(TABLES, kinds, strict=True)
        return cls({table: {one.id: one for one in kind} for table, kind in tables}, folder)

    def drafts(self) -> dict[str, dict[int, Draft]]:
        """Return everything as drafts."""
        return {table: {n: _draft(one, one.name) for n, one in rows.items()} for table, rows in self._tables.items()}

    def name_of(self, item: StockItem) -> str:
        """Return what is in stock."""
        # That program keeps no stock of recipes.
        name: str = self._known["ingredients"][item.ingredient_id or 0].name
        return name

    def check_nesting(self, export: ExportReader) -> None:
        """Refuse recipes and goods that contain themselves.

        Raises:
            RowsFailed: with all of them.
        """
        for table in ("recipes", "finished_goods"):
            for number, reason in wrong_nesting(table, self._tables[table]):
                export.failed.add(table, self._tables[table][number].name, reason)
        export.failed.check(export.notes())

    def event(self, rows: ExportedEvent, export: ExportReader) -> EventDraft:
        """Return an event; batches whose unit cannot be determined are failed rows."""
        needed = {one.unit.slug for one in Breakdown.of(self._definitions).requirements(rows.goods)}
        batches: Counter[int] = Counter()
        for decision in rows.decisions:
            if (unit := self._unit_of(decision, rows, needed, export)) is not None:
                batches[unit.id] += decision.batches
        runs = [(run, self._unit_of(run, rows, needed, export)) for run in rows.runs]
        content = EventContent(
            event=attrs.evolve(rows.event, plan_state=_state_of(rows), id=EventId(0)),
            recipes=frozenset(rows.recipes),
            goods=dict(rows.goods),
            production_runs=tuple(_run(run, unit) for run, unit in runs if unit is not None),
        )
        return EventDraft(content, rows.event.name, batches=dict(batches))

    def _unit_of(
        self, batches: Batches, rows: ExportedEvent, needed: set[str], export: ExportReader
    ) -> FinishedUnit | None:
        if batches.unit is not None:
            return self._units[batches.unit]
        recipe = self._known["recipes"][batches.recipe or 0]
        # By their slugs, because a unit of the folder that is also in the file is the same one.
        of_recipe = {unit.slug: unit for unit in self._units.values() if self._is_of(unit, recipe)}
        # Of a recipe's several units it is the only one that the event's goods take.
        meant = [unit for slug, unit in of_recipe.items() if slug in needed] or list(of_recipe.values())
        if len(meant) == 1:
            return meant[0]
        reason = f"the recipe {recipe.name} has {len(of_recipe)} finished units; the row must say which one is meant"
        export.failed.add(batches.table, rows.event.name, reason)
        return None

    def _is_of(self, unit: FinishedUnit, recipe: Recipe) -> bool:
        given_by: Recipe | None = self._known["recipes"].get(unit.recipe_id)
        return given_by is not None and given_by.slug == recipe.slug


def _state_of(rows: ExportedEvent) -> PlanState:
    # What was baked counts, whatever state the file gives.
    is_completed = rows.event.plan_state is PlanState.COMPLETED
    return PlanState.IN_PRODUCTION if rows.runs and not is_completed else rows.event.plan_state


def _draft(record: Any, name: str) -> Draft:
    blank = {field for field in _UNSAID_WHEN_BLANK if hasattr(record, field) and not getattr(record, field)}
    if isinstance(record, Recipe) and not (record.lines or record.sub_recipes):
        # A file that only says what a recipe yields leaves its ingredients as they are.
        blank |= {"lines", "sub_recipes"}
    return Draft(record, name, frozenset(blank))


def _run(batches: Batches, unit: FinishedUnit) -> ProductionRun:
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
