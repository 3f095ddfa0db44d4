"""Events of a bake-tracker export, each with all that other tables say about it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable

import attrs

from plandoc import records
from plandoc.errors import shorten
from plandoc.exchange.bake_tracker.export_reader import ExportReader
from plandoc.exchange.bake_tracker.fields import Fields, refuse
from plandoc.frozen import frozen

_STATES = {state.value: state for state in records.PlanState}
_GOODS = ("finished_good_slug", "finished_good_name")
_RECIPES = ("recipe_slug", "recipe_name")
_UNITS = ("finished_unit_slug", "finished_unit_name")


@frozen
class Batches:
    """Batches that were decided, or baked: of a finished unit, or of a recipe that gives one unit only.

    Attributes:
        recipe: The number of the recipe; None when the file names none.
        unit: The number of the finished unit; None when the file names none.
        baked_at: When they were baked; None for a decision.
    """

    table: str
    batches: int
    recipe: int | None
    unit: int | None
    baked_at: datetime.datetime | None = None
    notes: str = ""


@attrs.define
class ExportedEvent:
    """An event, with the rows that belong to it.

    Attributes:
        event: Its state is that of the file, or DRAFT where the file names none.
        goods: How many of each good are handed out, by its number.
        recipes: The numbers of those that the file names; the goods may need more.
    """

    event: records.Event
    goods: Counter[int] = attrs.Factory(Counter)
    recipes: set[int] = attrs.Factory(set)
    decisions: list[Batches] = attrs.Factory(list)
    runs: list[Batches] = attrs.Factory(list)


Reader = Callable[[ExportReader, Fields, ExportedEvent], None]


def events(export: ExportReader) -> list[ExportedEvent]:
    """Return the events, and those of the folder that rows of the file belong to."""
    there = export.folder.records["events"]
    read = {rows.event.id: rows for rows in export.each("events", lambda row: _event(export, row))}
    for table, reader in _TABLES.items():

        def one(row: Fields, reader: Reader = reader) -> None:
            number = export.number_of(row.reference("events", "event_slug", "event_name"))
            if number not in read and number in there:
                read[number] = ExportedEvent(there[number])
            # A row whose event is unknown fails; the rest of the row is still checked.
            reader(export, row, read.get(number) or ExportedEvent(_NO_EVENT))

        export.each(table, one)
    return list(read.values())


_NO_EVENT = records.Event("?", datetime.date.min)


def _event(export: ExportReader, row: Fields) -> ExportedEvent:
    given, name = row.text("slug"), row.name("name", "event_name")
    event = records.Event(
        name=name,
        event_date=row.day("event_date"),
        expected_attendees=row.whole_or_none("expected_attendees"),
        notes=row.text("notes"),
        plan_state=_state(row),
        slug=export.slug("events", given, name),
        id=export.new_number(),
    )
    year = row.whole_or_none("year")
    if year is not None and year != event.year:
        export.note(f"events: {name} is dated {event.event_date} but says year {year}; the date counts")
    export.know("events", event.id, name, event.slug, given)
    return ExportedEvent(event)


def _state(row: Fields) -> records.PlanState:
    text = row.text("plan_state").lower()
    if text and text not in _STATES:
        raise refuse(f"wanted one of {', '.join(_STATES)}, found {shorten(text)}", "plan_state")
    return _STATES.get(text, records.PlanState.DRAFT)


def _given_package(export: ExportReader, row: Fields, event: ExportedEvent) -> None:
    package = export.number_of(row.reference("packages", "package_slug", "package_name"))
    event.goods[package] += row.whole("quantity")


def _planned_good(export: ExportReader, row: Fields, event: ExportedEvent) -> None:
    good = export.number_of(row.reference("finished_goods", *_GOODS))
    event.goods[good] += row.whole("quantity")


def _recipe(export: ExportReader, row: Fields, event: ExportedEvent) -> None:
    event.recipes.add(export.number_of(row.reference("recipes", *_RECIPES)))


def _decision(export: ExportReader, row: Fields, event: ExportedEvent) -> None:
    recipe, unit = _recipe_and_unit(export, row, _UNITS[0])
    event.decisions.append(Batches("batch_decisions", row.whole("batches"), recipe, unit))


def _record(export: ExportReader, row: Fields, event: ExportedEvent) -> None:
    recipe, unit = _recipe_and_unit(export, row, _RECIPES[0])
    baked_at, notes = row.timestamp("produced_at"), row.text("notes")
    event.runs.append(Batches("production_records", row.whole("batches"), recipe, unit, baked_at, notes))


def _recipe_and_unit(export: ExportReader, row: Fields, field: str) -> tuple[int | None, int | None]:
    unit, recipe = row.reference_or_none("finished_units", *_UNITS), row.reference_or_none("recipes", *_RECIPES)
    if unit is None and recipe is None:
        raise refuse("wanted a finished unit or a recipe, found neither", field)
    return (
        None if recipe is None else export.number_of(recipe),
        None if unit is None else export.number_of(unit),
    )


def _amendment(export: ExportReader, row: Fields, event: ExportedEvent) -> None:
    # What an amendment changed is only known with the snapshot before it, and exports carry no snapshots.
    reason = "the plan is imported as amended; the amendment itself cannot be kept without the snapshot that it changed"
    export.skip("plan_amendments", event.event.name, reason)
    row.leave()


# What reads each table of rows that belong to an event.
_TABLES: dict[str, Reader] = {
    "event_recipes": _recipe,
    "event_recipient_packages": _given_package,
    "event_finished_goods": _planned_good,
    "batch_decisions": _decision,
    "production_records": _record,
    "plan_amendments": _amendment,
}
