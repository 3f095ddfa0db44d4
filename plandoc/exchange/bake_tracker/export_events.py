"""Events of a bake-tracker export, each with all that other tables say about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from plandoc import records
from plandoc.errors import found
from plandoc.exchange.bake_tracker.entries import BatchesEntry, EventEntry, aliases_of
from plandoc.exchange.bake_tracker.fields import Fields, Reference, refuse
from plandoc.exchange.bake_tracker.reader import ExportReader

_STATES = {state.value: state for state in records.PlanState}
_GOODS = ("finished_good_slug", "finished_good_name")
_RECIPES = ("recipe_slug", "recipe_name")
_UNITS = ("finished_unit_slug", "finished_unit_name")

Reader = Callable[[Fields], Any]


def events(export: ExportReader) -> list[EventEntry]:
    """Return the events."""
    entries = export.each("events", lambda row: _event(export, row))
    rows: dict[str, dict[str, list[Any]]] = {}
    for table, (field, read) in _TABLES.items():
        for event, value in export.each(table, lambda row, read=read: (_event_of(row), read(row))):  # type: ignore[misc]
            export.link(table, event.text, event)
            rows.setdefault(event.text, {}).setdefault(field, []).append(value)
    for event in export.each("plan_amendments", lambda row: _amendment(export, row)):
        export.link("plan_amendments", event.text, event)
    return [_with_rows(entry, rows) for entry in entries]


def _with_rows(entry: EventEntry, rows: dict[str, dict[str, list[Any]]]) -> EventEntry:
    for alias in dict.fromkeys(entry.aliases):
        for field, values in rows.get(alias, {}).items():
            changed: dict[str, Any] = {field: (*getattr(entry, field), *values)}
            entry = attrs.evolve(entry, **changed)
    return entry


def _event_of(row: Fields) -> Reference:
    return row.reference("events", "event_slug", "event_name")


def _event(export: ExportReader, row: Fields) -> EventEntry:
    given, name = row.text("slug"), row.name("name", "event_name")
    event = records.Event(
        name=name,
        event_date=row.day("event_date"),
        expected_attendees=row.whole_or_none("expected_attendees"),
        notes=row.text("notes"),
        slug=export.slug("events", given, name),
    )
    year = row.whole_or_none("year")
    if year is not None and year != event.year:
        export.note(f"events: {name} is dated {event.event_date} but says year {year}; the date counts")
    return EventEntry(event, aliases_of(given, name), _state(row))


def _state(row: Fields) -> records.PlanState | None:
    text = row.text("plan_state").lower()
    if text and text not in _STATES:
        raise refuse(f"wanted one of {', '.join(_STATES)}, found {found(text)}", "plan_state")
    return _STATES.get(text)


def _given_package(row: Fields) -> tuple[Reference, int]:
    return row.reference("packages", "package_slug", "package_name"), row.whole("quantity")


def _planned_good(row: Fields) -> tuple[Reference, int]:
    return row.reference("finished_goods", *_GOODS), row.whole("quantity")


def _recipe(row: Fields) -> Reference:
    return row.reference("recipes", *_RECIPES)


def _decision(row: Fields) -> BatchesEntry:
    unit, recipe = row.reference_or_none("finished_units", *_UNITS), row.reference_or_none("recipes", *_RECIPES)
    if unit is None and recipe is None:
        raise refuse("wanted a finished unit or a recipe, found neither", _UNITS[0])
    return BatchesEntry("batch_decisions", row.whole("batches"), recipe, unit)


def _record(row: Fields) -> BatchesEntry:
    unit, recipe = row.reference_or_none("finished_units", *_UNITS), row.reference_or_none("recipes", *_RECIPES)
    if unit is None and recipe is None:
        raise refuse("wanted a finished unit or a recipe, found neither", _RECIPES[0])
    baked_at, notes = row.moment("produced_at"), row.text("notes")
    return BatchesEntry("production_records", row.whole("batches"), recipe, unit, baked_at, notes)


def _amendment(export: ExportReader, row: Fields) -> Reference:
    # What an amendment changed is only known with the snapshot before it, and exports carry no snapshots.
    event = _event_of(row)
    reason = "the plan comes in as it stands after it; an amendment cannot be kept without the snapshot it changed"
    export.skip("plan_amendments", event.text, reason)
    row.leave()
    return event


# Each table of rows that belong to an event: the field of the entry they go to, and what reads one.
_TABLES: dict[str, tuple[str, Reader]] = {
    "event_recipes": ("recipes", _recipe),
    "event_recipient_packages": ("goods", _given_package),
    "event_finished_goods": ("goods", _planned_good),
    "batch_decisions": ("decisions", _decision),
    "production_records": ("runs", _record),
}
