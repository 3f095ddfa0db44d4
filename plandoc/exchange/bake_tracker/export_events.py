"""Events of a bake-tracker export, each with all that other tables say about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from plandoc import records
from plandoc.errors import shorten
from plandoc.exchange.bake_tracker.reader import Export
from plandoc.exchange.drafts import BatchesDraft, EventDraft
from plandoc.exchange.fields import Fields, Reference, refuse
from plandoc.exchange.import_report import Outcome, Row

_STATES = {state.value: state for state in records.PlanState}
_GOODS = ("finished_good_slug", "finished_good_name")
_RECIPES = ("recipe_slug", "recipe_name")
_UNITS = ("finished_unit_slug", "finished_unit_name")

Reader = Callable[[Fields], Any]


def events(export: Export) -> list[EventDraft]:
    """Return the events."""
    drafts = export.each("events", lambda row: _event(export, row))
    rows: dict[str, dict[str, list[Any]]] = {}
    for table, (field, read) in _TABLES.items():
        for event, value in export.each(table, lambda row, read=read: (_event_of(row), read(row))):  # type: ignore[misc]
            export.link(table, event.text, event)
            rows.setdefault(event.text, {}).setdefault(field, []).append(value)
    for event in export.each("plan_amendments", lambda row: _amendment(export, row)):
        export.link("plan_amendments", event.text, event)
    return [_with_rows(draft, rows) for draft in drafts]


def _with_rows(draft: EventDraft, rows: dict[str, dict[str, list[Any]]]) -> EventDraft:
    for alias in dict.fromkeys(draft.aliases):
        for field, values in rows.get(alias, {}).items():
            changed: dict[str, Any] = {field: (*getattr(draft, field), *values)}
            draft = attrs.evolve(draft, **changed)
    return draft


def _event_of(row: Fields) -> Reference:
    return row.reference("events", "event_slug", "event_name")


def _event(export: Export, row: Fields) -> EventDraft:
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
    return EventDraft(event, (given, name) if given else (name,), _state(row))


def _state(row: Fields) -> records.PlanState | None:
    text = row.text("plan_state").lower()
    if text and text not in _STATES:
        raise refuse(f"wanted one of {', '.join(_STATES)}, found {shorten(text)}", "plan_state")
    return _STATES.get(text)


def _given_package(row: Fields) -> tuple[Reference, int]:
    return row.reference("packages", "package_slug", "package_name"), row.whole("quantity")


def _planned_good(row: Fields) -> tuple[Reference, int]:
    return row.reference("finished_goods", *_GOODS), row.whole("quantity")


def _recipe(row: Fields) -> Reference:
    return row.reference("recipes", *_RECIPES)


def _decision(row: Fields) -> BatchesDraft:
    unit, recipe = row.reference_or_none("finished_units", *_UNITS), row.reference_or_none("recipes", *_RECIPES)
    if unit is None and recipe is None:
        raise refuse("wanted a finished unit or a recipe, found neither", _UNITS[0])
    return BatchesDraft("batch_decisions", row.whole("batches"), recipe, unit)


def _record(row: Fields) -> BatchesDraft:
    unit, recipe = row.reference_or_none("finished_units", *_UNITS), row.reference_or_none("recipes", *_RECIPES)
    if unit is None and recipe is None:
        raise refuse("wanted a finished unit or a recipe, found neither", _RECIPES[0])
    moment, notes = row.moment("produced_at"), row.text("notes")
    return BatchesDraft("production_records", row.whole("batches"), recipe, unit, moment, notes)


def _amendment(export: Export, row: Fields) -> Reference:
    # What an amendment changed is only known with the snapshot before it, and exports carry no snapshots.
    event = _event_of(row)
    reason = "the plan comes in as it stands after it; an amendment cannot be kept without the snapshot it changed"
    export.skipped.append(Row("plan_amendments", event.text, Outcome.SKIPPED, reason))
    row.leave()
    return event


# Each table of rows that belong to an event: the field of the draft they go to, and what reads one.
_TABLES: dict[str, tuple[str, Reader]] = {
    "event_recipes": ("recipes", _recipe),
    "event_recipient_packages": ("goods", _given_package),
    "event_finished_goods": ("goods", _planned_good),
    "batch_decisions": ("decisions", _decision),
    "production_records": ("runs", _record),
}
