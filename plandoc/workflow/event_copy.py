"""Copying an event: its recipes, goods and batch decisions go into a new plan, by today's catalog."""

from __future__ import annotations

import datetime

from plandoc.engine.named_records import id_of
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, Event, EventId, FinishedGood, FinishedUnit, Recipe
from plandoc.store import NO_SESSION, changes
from plandoc.workflow.decisions import get_batch_decisions, get_requirements, save_batch_decision
from plandoc.workflow.selection import (
    get_event_fg_quantities,
    get_event_recipes,
    set_event_finished_goods,
    set_event_recipes,
)


@frozen
class EventCopy:
    """What became of the plan of an event in a copy of it.

    Attributes:
        event: The copy, a DRAFT.
        original: The event that was copied.
        recipes: The recipes of the copy.
        goods: Its goods, and how many of each.
        decisions: Its batch decisions, with today's yields and needs.
        added_recipes: Recipes that the original does not have, because a good needs them today.
        undecided: Units whose decision was not copied, because the batches would be short today.
    """

    event: Event
    original: Event
    recipes: tuple[Recipe, ...]
    goods: tuple[tuple[FinishedGood, int], ...]
    decisions: tuple[BatchDecision, ...]
    added_recipes: tuple[Recipe, ...]
    undecided: tuple[FinishedUnit, ...]


@changes("copy an event")
def copy_event(
    event_id: EventRef,
    name: str,
    event_date: datetime.date,
    expected_attendees: int | None = None,
    session: Session = NO_SESSION,
) -> EventCopy:
    """Copy the plan of an event, in whatever state it is, into a new event whose plan is a DRAFT.

    Recipes, goods and batch decisions are those of the plan as it is now, with its amendments, but by today's catalog: a
    decision that would be short of what the goods need today is not copied, unless exactly this shortfall was accepted. Snapshot, amendments and runs stay with the original, and so do its notes.

    Args:
        event_id: The event to copy.
        name: The name of the new event.
        event_date: Its date.
        expected_attendees: How many people are expected; None when unknown.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the name or the date is wrong, or a good is broken today.
    """
    event_id = id_of(Event, event_id, session)
    original = session.event(event_id)
    recipes = [one.id for one in get_event_recipes(event_id, session=session)]
    goods = {one.id: quantity for one, quantity in get_event_fg_quantities(event_id, session=session)}
    event = session.add(Event(name, event_date, expected_attendees))
    set_event_recipes(event.id, recipes, session=session)
    added = set_event_finished_goods(event.id, goods, add_missing_recipes=True, session=session).added_recipes
    decisions, undecided = _copy_decisions(event_id, event.id, session)
    return EventCopy(
        event,
        original,
        tuple(get_event_recipes(event.id, session=session)),
        tuple(get_event_fg_quantities(event.id, session=session)),
        decisions,
        added,
        undecided,
    )


def _copy_decisions(
    from_id: EventId, to_id: EventId, session: Session
) -> tuple[tuple[BatchDecision, ...], tuple[FinishedUnit, ...]]:
    needs = {one.unit.id: one for one in get_requirements(to_id, session=session)}
    copied, undecided = [], []
    for decision in get_batch_decisions(from_id, session=session):
        unit = session.get(FinishedUnit, decision.finished_unit_id)
        needed = needs[unit.id].units if unit.id in needs else 0
        is_same = (needed, unit.yield_per_batch) == (decision.units_needed, decision.yield_per_batch)
        accepts = decision.shortfall_accepted and is_same
        try:
            copied.append(save_batch_decision(to_id, unit.id, decision.batches, accepts, session=session))
        except ValidationError:
            undecided.append(unit)
    return tuple(copied), tuple(undecided)
