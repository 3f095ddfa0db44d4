"""`plandoc event add`, `edit`, `list` and `show`."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Annotated, Any, Literal

import attrs

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter, Text
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError, state_in_words, whole_number
from plandoc.cli.namesakes import find_namesakes, report_namesakes
from plandoc.cli.rows import as_row
from plandoc.domain.local_time import format_timestamp
from plandoc.engine.plan_definitions import defined
from plandoc.engine.session import Session
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, Event, FinishedGood, FinishedUnit, PlanSnapshot, PlanState, Recipe
from plandoc.snapshots import get_plan_snapshot
from plandoc.workflow.catalog import find_by_key
from plandoc.workflow.decisions import get_batch_decisions
from plandoc.workflow.selection import get_event_fg_quantities, get_event_recipes

_NONE = "none"
# What events are sorted by.
_ORDERS: dict[str, Callable[[Event], Any]] = {
    "date": lambda event: event.event_date,
    "name": lambda event: event.name.casefold(),
    "id": lambda event: event.id,
}
_LABELS = {"name": "name", "event_date": "date", "expected_attendees": "attendees", "notes": "notes"}


def add(
    name: str,
    /,
    *,
    date: datetime.date,
    attendees: int | None = None,
    notes: Text = None,
    again: bool = False,
    folder: Folder,
) -> None:
    """Add an event; its plan starts empty, as a DRAFT.

    Args:
        name: The name of the event.
        date: The day of the event, such as 2026-12-25.
        attendees: How many people are expected.
        again: Add it even if an event of this name exists on this day.

    Examples:
        plandoc event add 'Harbour Market' --date 2026-05-16 --attendees 250
    """
    event = Event(name=name, event_date=date, expected_attendees=attendees, notes=notes or "")

    def change(session: Session) -> tuple[Event, list[Event]]:
        namesakes = find_namesakes(event.name, event.event_date, session, again=again)
        return session.add(event), namesakes

    added, namesakes = folder.change("add an event", change)
    printing.say(f"added {added.name!r} on {added.event_date} as {added.slug} (event {added.id})")
    report_namesakes(namesakes)
    if added.slug.isdecimal() and added.slug != str(added.id):
        # Commands take a number as the id first, because looking for a short name would read every event.
        printing.say(f"a number is taken as an id first, so refer to this event as {added.id}, not {added.slug}")


def edit(
    event: str,
    /,
    *,
    name: str | None = None,
    date: datetime.date | None = None,
    attendees: Annotated[str | None, Parameter(words="N")] = None,
    notes: Text = None,
    folder: Folder,
) -> None:
    """Change the name, the date, the attendees or the notes of an event; its short name stays.

    Notes can always be changed, the others until the plan is completed.

    Args:
        name: The new name of the event.
        date: The day of the event, such as 2026-12-25.
        attendees: How many people are expected; 'none' when unknown.
        notes: Anything to remember; replaces the current notes.

    Examples:
        plandoc event edit harbour-market --date 2026-05-23 --notes 'Stall 14'
    """
    given: dict[str, Any] = {"name": name, "event_date": date, "notes": notes}
    if attendees is not None:
        given["expected_attendees"] = None if attendees == _NONE else whole_number(attendees, "--attendees")
    changes = {field: value for field, value in given.items() if value is not None or field == "expected_attendees"}
    if not changes:
        raise UsageError("event edit needs something to change: --name, --date, --attendees or --notes")

    def change(session: Session) -> tuple[Event, Event]:
        before = find_by_key(Event, event, session=session)
        return before, session.replace(attrs.evolve(before, **changes))

    before, after = folder.change("edit an event", change)
    lines = [f"{_LABELS[field]}: {_format(before, field)} -> {_format(after, field)}" for field in changes]
    for line in lines:
        printing.say(line)


def _format(event: Event, field: str) -> str:
    value = getattr(event, field)
    return printing.clean(_NONE if value in (None, "") else value)


def list_events(
    *,
    is_open: Annotated[bool, Parameter("--open")] = False,
    sort: Literal["date", "name", "id"] = "date",
    json: bool = False,
    folder: Folder,
) -> None:
    """List the events, in the order of their dates.

    Args:
        is_open: Only those whose plan is not completed yet.
        sort: Sort them by this.
        json: Print the events as JSON.

    Examples:
        plandoc event list
        plandoc event list --open --sort name
    """
    found = folder.read(lambda session: session.find(Event))
    events = sorted(found, key=lambda one: (_ORDERS[sort](one), one.id))
    if is_open:
        events = [one for one in events if one.plan_state is not PlanState.COMPLETED]
    if json:
        printing.print_json([as_row(event) for event in events])
        return
    columns = [printing.Column("id", is_number=True), *map(printing.Column, ("event", "name", "date", "plan"))]
    rows = [(one.id, one.slug, one.name, one.event_date, one.plan_state.name) for one in events]
    printing.print_table("Events", columns, rows, when_empty="none yet; 'plandoc event add NAME --date DATE' adds one")


def show(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show an event and what is planned for it.

    Args:
        json: Print the event and its plan as JSON.

    Examples:
        plandoc event show harbour-market
    """
    plan = folder.read(lambda session: _plan_of(event, session))
    if json:
        printing.print_json(_as_json(plan))
    else:
        _print_plan(plan)


@frozen
class _Plan:
    """An event with everything that is shown about it."""

    event: Event
    recipes: list[Recipe]
    goods: list[tuple[FinishedGood, int]]
    decisions: list[tuple[FinishedUnit, BatchDecision]]
    snapshot: PlanSnapshot | None


def _plan_of(key: str, session: Session) -> _Plan:
    event = find_by_key(Event, key, session=session)
    decisions = get_batch_decisions(event.id, session=session)
    return _Plan(
        event,
        get_event_recipes(event.id, session=session),
        get_event_fg_quantities(event.id, session=session),
        [(defined(FinishedUnit, one.finished_unit_id, event.id, session), one) for one in decisions],
        get_plan_snapshot(event.id, session=session),
    )


def _as_json(plan: _Plan) -> dict[str, Any]:
    taken = plan.snapshot
    return {
        **as_row(plan.event),
        "recipes": [_named(recipe) for recipe in plan.recipes],
        "finished_goods": [{**_named(good), "quantity": quantity} for good, quantity in plan.goods],
        "batch_decisions": [{"finished_unit_slug": unit.slug, **as_row(decision)} for unit, decision in plan.decisions],
        "snapshot_created_at": None if taken is None else taken.created_at.isoformat(),
    }


def _named(record: Recipe | FinishedGood) -> dict[str, Any]:
    return {"id": record.id, "slug": record.slug, "name": record.name}


def _print_plan(plan: _Plan) -> None:
    event = plan.event
    printing.say(f"{event.name} (event {event.id}, {event.slug})")
    printing.say(f"date       {event.event_date}")
    printing.say(f"plan       {state_in_words(event.plan_state)}")
    if event.expected_attendees is not None:
        printing.say(f"attendees  {event.expected_attendees}")
    if event.notes:
        printing.say(f"notes      {printing.clean(event.notes)}")
    if plan.snapshot is not None:
        printing.say(f"snapshot   taken {format_timestamp(plan.snapshot.created_at)}")
    _print_tables(plan)


def _print_tables(plan: _Plan) -> None:
    number, quantity = printing.Column("id", is_number=True), printing.Column("quantity", is_number=True)
    text = printing.Column
    printing.print_table(
        "Recipes",
        [number, text("recipe"), text("name")],
        [(recipe.id, recipe.slug, recipe.name) for recipe in plan.recipes],
        when_empty="none chosen",
        is_one_of_several=True,
    )
    printing.print_table(
        "Goods",
        [number, text("good"), text("name"), quantity],
        [(good.id, good.slug, good.name, count) for good, count in plan.goods],
        when_empty="none chosen",
        is_one_of_several=True,
    )
    counts = [printing.Column(heading, is_number=True) for heading in ("batches", "yield each", "needed")]
    printing.print_table(
        "Batches",
        [text("unit"), *counts, text("")],
        [(unit.slug, one.batches, one.yield_per_batch, one.units_needed, _mark(one)) for unit, one in plan.decisions],
        when_empty="none decided",
        is_one_of_several=True,
    )


def _mark(decision: BatchDecision) -> str:
    return "short, accepted" if decision.shortfall_accepted else ""
