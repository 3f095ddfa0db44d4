"""Shopping: what the decided batches of events take, and what of it has to be bought."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from plandoc.domain.definitions import Definitions
from plandoc.domain.ingredient_needs import BatchGroup, IngredientNeeds, combined_needs, less_made_ahead
from plandoc.domain.made_ahead import batches_in_stock, together
from plandoc.domain.review import review
from plandoc.domain.runs import batches_done, batches_taken, remaining_batches, units_made
from plandoc.domain.shopping import ShoppingItem, ShoppingList, Standing, shopping_items
from plandoc.domain.without_amount import without_amount
from plandoc.engine.live_plan import baked, live_plan, production_runs
from plandoc.engine.named_records import one_or_several
from plandoc.engine.plan_definitions import catalog_definitions, plan_definitions
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session
from plandoc.errors import Problem, ValidationError, refuse
from plandoc.records import (
    BatchDecision,
    Event,
    Finding,
    FindingKind,
    PlanState,
    StockItem,
)
from plandoc.store import NO_SESSION, changes, reads
from plandoc.workflow.stock import put_in, stock_item


@reads
def get_ingredient_needs(
    event_ids: EventRef | Iterable[EventRef], remaining: bool = False, session: Session = NO_SESSION
) -> IngredientNeeds:
    """Return the ingredients that the decided batches of an event take, or of several events together.

    What has no decided batches is not included; it is listed in `undecided`. What recipes take without an amount is in
    no sum; it is listed in `without_amount`. What goes into batches that were made ahead is not included: those in stock
    for what is still to bake, and those that were taken for what is baked. They are listed in `made_ahead`.

    Args:
        event_ids: The event, or the events; duplicates count once.
        remaining: Count only batches that are not baked yet; a completed event has none.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found", when one is asked for that does not exist.
        ValidationError: when no event is given, with every event that does not exist, or with every recipe that is
            broken.
    """
    return _needs(event_ids, session.find(StockItem), session, remaining=remaining)


def _needs(event_ids: Any, stock: list[StockItem], session: Session, *, remaining: bool) -> IngredientNeeds:
    events = _events(event_ids, session)
    ahead = [event for event in events if not remaining or event.plan_state is not PlanState.COMPLETED]
    groups = _batch_groups(ahead, batches_in_stock(stock), session, remaining=remaining)
    rows = combined_needs(groups)
    listed = without_amount((group.recipes, group.definitions) for group in groups)
    undecided = [finding for event in ahead for finding in undecided_in(event, session, remaining=remaining)]
    made = together(one for group in groups for one in group.made_ahead)
    return IngredientNeeds(events, rows, tuple(undecided), listed, made)


@reads
def get_shopping_list(
    event_ids: EventRef | Iterable[EventRef], remaining: bool = True, session: Session = NO_SESSION
) -> ShoppingList:
    """Return what the batches still to bake need, compared with the stock, for one event or several together.

    Batches of a recipe that are in stock, because they were made ahead, are taken off before their ingredients are counted.
    Before production that is every decided batch; then what is not baked yet, because baking took its ingredients from
    the stock; for a completed event it is nothing. The stock is compared with the sum of all these events, because what
    one takes is not there for the next.

    Args:
        event_ids: The event, or the events; duplicates count once.
        remaining: Count only batches that are not baked yet; False counts all that are decided, those of completed events
            too, as if nothing had been baked.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found", when one is asked for that does not exist.
        ValidationError: as `get_ingredient_needs` does.
    """
    stock = session.find(StockItem)
    needs = _needs(event_ids, stock, session, remaining=remaining)
    groups: dict[Standing, list[ShoppingItem]] = {standing: [] for standing in Standing}
    for item in shopping_items(needs.rows, stock):
        groups[item.standing].append(item)
    return ShoppingList(
        events=needs.events,
        enough=tuple(groups[Standing.ENOUGH]),
        buy=tuple(groups[Standing.BUY]),
        cannot_compare=tuple(groups[Standing.CANNOT_COMPARE]),
        undecided=needs.undecided,
        without_amount=needs.without_amount,
        made_ahead=needs.made_ahead,
    )


@changes("receive the shopping")
def receive_shopping(event_ids: EventRef | Iterable[EventRef], session: Session = NO_SESSION) -> ShoppingList:
    """Add everything on the shopping list to the stock, because it was bought. Returns that list.

    What cannot be compared, and what the recipes take without an amount, has no amount on the list, so nothing of it is
    added.

    Args:
        event_ids: The event, or the events; duplicates count once.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found", when one is asked for that does not exist.
        ValidationError: as `get_ingredient_needs` does.
    """
    found = get_shopping_list(event_ids, session=session)
    for item in found.buy:
        for row in item.rows:
            if row.to_buy is not None and row.to_buy.exact:
                put_in(stock_item(item.ingredient.id, row.to_buy.exact, row.to_buy.unit), session)
    return found


def _events(event_ids: Any, session: Session) -> tuple[Event, ...]:
    named = one_or_several(event_ids)
    events: dict[int, Event] = {}
    problems: list[Problem] = []
    for event_id in named:
        try:
            event = session.event(event_id)
        except ValidationError as error:
            if named is not event_ids:
                raise
            problems.extend(error.problems)
        else:
            events[event.id] = event
    if not events and not problems:
        raise ValidationError([Problem("wanted at least one event, found none", field="event_ids")])
    refuse(problems)
    return tuple(events[event_id] for event_id in sorted(events))


def _batch_groups(
    events: list[Event], made: dict[int, Fraction], session: Session, *, remaining: bool
) -> list[BatchGroup]:
    """Return the batches by the definitions they are baked with, with what of them is made already."""
    if remaining:
        return less_made_ahead(_grouped(events, session, _WhichBatches.TO_BAKE), made)
    taken = {event.id: batches_taken(baked(event, session)) for event in events}
    if not made and not any(taken.values()):
        return _grouped(events, session, _WhichBatches.DECIDED)
    # What is baked has taken what it took; what is in stock now is for what is still to bake, and a completed plan bakes no more.
    over = [event for event in events if event.plan_state is PlanState.COMPLETED]
    ahead = [event for event in events if event.plan_state is not PlanState.COMPLETED]
    none = dict.fromkeys({*made, *itertools.chain.from_iterable(taken.values())}, Fraction(0))
    done = (
        less_made_ahead(_grouped([event], session, _WhichBatches.BAKED), none | taken[event.id]) for event in events
    )
    left_undone = less_made_ahead(_grouped(over, session, _WhichBatches.TO_BAKE), none)
    to_bake = less_made_ahead(_grouped(ahead, session, _WhichBatches.TO_BAKE), none | made)
    return _in_order([*itertools.chain.from_iterable(done), *left_undone, *to_bake], session)


class _WhichBatches(enum.Enum):
    """Which of the decided batches."""

    DECIDED = "decided"
    BAKED = "baked"
    TO_BAKE = "to bake"


def _grouped(events: Iterable[Event], session: Session, part: _WhichBatches) -> list[BatchGroup]:
    """Return the batches by the definitions they are baked with: each started plan its own, all others the catalog's."""
    groups: dict[int, tuple[dict[int, int], Definitions]] = {}
    for event in events:
        definitions = plan_definitions(event.id, session)
        batches, _ = groups.setdefault(id(definitions), ({}, definitions))
        for recipe_id, number in _batches(event, session, part):
            batches[recipe_id] = batches.get(recipe_id, 0) + number
    return _in_order((BatchGroup(*one) for one in groups.values()), session)


def _in_order(groups: Iterable[BatchGroup], session: Session) -> list[BatchGroup]:
    # The catalog last: where it is involved, an ingredient gets its current name.
    current = catalog_definitions(session)
    return sorted(groups, key=lambda group: group.definitions is current)


def _batches(event: Event, session: Session, part: _WhichBatches) -> Iterator[tuple[int, int]]:
    """Yield recipes with their batches; a recipe with several yields comes once for each."""
    decisions: dict[int, BatchDecision] = {
        row.finished_unit_id: row for row in session.find(BatchDecision, event_id=event.id)
    }
    batches: dict[int, int] = {unit_id: row.batches for unit_id, row in decisions.items()}
    if part is not _WhichBatches.DECIDED:
        left = remaining_batches(batches, batches_done(production_runs(event.id, session)))
        baked = {unit_id: number - left.get(unit_id, 0) for unit_id, number in batches.items()}
        batches = left if part is _WhichBatches.TO_BAKE else baked
    for unit_id, number in batches.items():
        yield decisions[unit_id].recipe_id, number


def undecided_in(event: Event, session: Session, *, remaining: bool) -> Iterator[Finding]:
    """Yield what the goods of an event need without decided batches, or with a broken definition."""
    made = units_made(production_runs(event.id, session)) if remaining else {}
    for finding in review(live_plan(event.id, session), plan_definitions(event.id, session)):
        # What was baked without a decision and is enough takes nothing more.
        enough = finding.needed is not None and made.get(finding.finished_unit_id or 0, 0) >= finding.needed
        # What a broken good needs is unknown.
        if finding.kind is FindingKind.BROKEN or (finding.kind is FindingKind.UNDECIDED and not enough):
            yield finding
