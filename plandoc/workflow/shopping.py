"""Shopping: what the decided batches of events take, and what of it has to be bought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from plandoc.domain.definitions import Definitions
from plandoc.domain.ingredient_needs import BatchGroup, IngredientNeeds, combined_needs
from plandoc.domain.review import review
from plandoc.domain.runs import batches_done, remaining_batches, units_made
from plandoc.domain.shopping import ShoppingItem, ShoppingList, Standing, shopping_items
from plandoc.domain.without_amount import without_amount
from plandoc.engine.live_plan import live_plan, production_runs
from plandoc.engine.plan_definitions import catalog_definitions, plan_definitions
from plandoc.engine.session import Session
from plandoc.errors import NotFoundError, Problem, ValidationError, refuse
from plandoc.records import (
    BatchDecision,
    Event,
    Finding,
    FindingKind,
    PlanState,
    StockItem,
)
from plandoc.store import NO_SESSION, changes, reads
from plandoc.workflow.stock import put_in


@reads
def get_ingredient_needs(
    event_ids: int | Iterable[int], remaining: bool = False, session: Session = NO_SESSION
) -> IngredientNeeds:
    """Return the ingredients that the decided batches of an event take, or of several events together.

    What has no decided batches is not included; it is listed in `undecided`. What recipes take without an amount is in
    no sum; it is listed in `without_amount`.

    Args:
        event_ids: The event, or the events; duplicates count once.
        remaining: Count only batches that are not baked yet; a completed event has none.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: "Event 99 not found", when one is asked for that does not exist.
        ValidationError: when no event is given, with every event that does not exist, or with every recipe that is
            broken.
    """
    events = _events(event_ids, session)
    ahead = [event for event in events if not remaining or event.plan_state is not PlanState.COMPLETED]
    groups = _batch_groups(ahead, session, remaining=remaining)
    rows = combined_needs(groups)
    listed = without_amount((group.recipe_ids, group.definitions) for group in groups)
    undecided = [finding for event in ahead for finding in undecided_in(event, session, remaining=remaining)]
    return IngredientNeeds(events, rows, tuple(undecided), listed)


@reads
def get_shopping_list(
    event_ids: int | Iterable[int], remaining: bool = True, session: Session = NO_SESSION
) -> ShoppingList:
    """Return what the batches still to bake need, compared with the stock, for one event or several together.

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
    needs = get_ingredient_needs(event_ids, remaining, session=session)
    groups: dict[Standing, list[ShoppingItem]] = {standing: [] for standing in Standing}
    for item in shopping_items(needs.rows, session.find(StockItem)):
        groups[item.standing].append(item)
    return ShoppingList(
        events=needs.events,
        enough=tuple(groups[Standing.ENOUGH]),
        buy=tuple(groups[Standing.BUY]),
        cannot_compare=tuple(groups[Standing.CANNOT_COMPARE]),
        undecided=needs.undecided,
        without_amount=needs.without_amount,
    )


@changes("receive the shopping")
def receive_shopping(event_ids: int | Iterable[int], session: Session = NO_SESSION) -> ShoppingList:
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
                put_in(item.ingredient.id, row.to_buy.exact, row.to_buy.unit, session)
    return found


def _events(event_ids: Any, session: Session) -> tuple[Event, ...]:
    # Text is iterable too, but it is one wrong id.
    several = isinstance(event_ids, Iterable) and not isinstance(event_ids, str | bytes)
    events: dict[int, Event] = {}
    problems: list[Problem] = []
    for event_id in event_ids if several else [event_ids]:
        try:
            event = session.event(event_id)
        except NotFoundError as error:
            if not several:
                raise
            problems.extend(error.problems)
        else:
            events[event.id] = event
    if not events and not problems:
        raise ValidationError([Problem("wanted at least one event, found none", field="event_ids")])
    refuse(problems)
    return tuple(events[event_id] for event_id in sorted(events))


def _batch_groups(events: Iterable[Event], session: Session, *, remaining: bool) -> list[BatchGroup]:
    """Return the batches by the definitions they are baked with: each started plan its own, all others the catalog's."""
    groups: dict[int, tuple[dict[int, int], Definitions]] = {}
    for event in events:
        definitions = plan_definitions(event.id, session)
        batches, _ = groups.setdefault(id(definitions), ({}, definitions))
        for recipe_id, number in _batches(event, session, remaining=remaining):
            batches[recipe_id] = batches.get(recipe_id, 0) + number
    # The catalog last: where it is involved, an ingredient gets its current name.
    current = catalog_definitions(session)
    return sorted((BatchGroup(*one) for one in groups.values()), key=lambda group: group.definitions is current)


def _batches(event: Event, session: Session, *, remaining: bool) -> Iterator[tuple[int, int]]:
    """Yield recipes with the batches to bake; a recipe with several yields comes once for each."""
    decisions = {row.finished_unit_id: row for row in session.find(BatchDecision, event_id=event.id)}
    batches = {unit_id: row.batches for unit_id, row in decisions.items()}
    if remaining:
        batches = remaining_batches(batches, batches_done(production_runs(event.id, session)))
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
