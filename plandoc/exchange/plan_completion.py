"""A plan for which a file gives only the numbers: what follows from them, and what stays as it is in the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import attrs

from plandoc.domain.batches import batches_for, decision_for
from plandoc.domain.definitions import Definitions
from plandoc.domain.replay import PlanContent
from plandoc.domain.requirements import Breakdown, Exact
from plandoc.exchange.event_content import ANY_EVENT, STARTED, EventContent
from plandoc.records import BatchDecision, Event, PlanState

_ORDER = tuple(PlanState)


def completed(
    said: EventContent, batches: Mapping[int, int], there: EventContent | None, definitions: Definitions
) -> EventContent:
    """Return the whole plan; exactly the existing one if the file says nothing different.

    Args:
        said: What the file says, under the ids of the folder.
        batches: The batches that the file decides, by the unit's id.
        there: What is in the folder; None for a new event.
        definitions: What everything is defined as after the import.
    """
    before = there or EventContent(said.event)
    event = said.event if there is None else _filled(said.event, there.event)
    plan = _plan(said, batches, before, definitions)
    runs = said.production_runs or before.production_runs
    if Counter(runs) == Counter(before.production_runs):
        runs = before.production_runs
    if there is not None and (event, plan, runs) == (there.event, there.plan, there.production_runs):
        return there
    decisions = _decisions(plan, definitions)
    return attrs.evolve(
        before,
        event=event,
        recipes=plan.recipes,
        goods=dict(plan.goods),
        decisions=decisions,
        current=frozenset(decisions),
        production_runs=runs,
    )


def _plan(
    said: EventContent, batches: Mapping[int, int], before: EventContent, definitions: Definitions
) -> PlanContent:
    goods = said.goods or before.goods
    wanted = batches or before.plan.batches
    if not wanted and said.event.plan_state in STARTED:
        wanted = _never_short(goods, definitions)
    units = [*wanted, *(run.finished_unit_id for run in said.production_runs)]
    recipes = set(said.recipes or before.recipes)
    recipes.update(*(Breakdown.of(definitions).recipes(good) for good in goods))
    recipes.update(unit.recipe_id for unit in map(definitions.units, units) if unit is not None)
    return PlanContent(frozenset(recipes), goods, wanted)


def _never_short(goods: Mapping[int, int], definitions: Definitions) -> dict[int, int]:
    return {
        one.unit.id: batches_for(one.units, one.unit.yield_per_batch)
        for one in Breakdown.of(definitions).requirements(goods)
    }


def _decisions(plan: PlanContent, definitions: Definitions) -> dict[int, BatchDecision]:
    needs: dict[int, Exact] = {one.unit.id: one.exact for one in Breakdown.of(definitions).requirements(plan.goods)}
    units = {unit: definitions.units(unit) for unit in sorted(plan.batches)}
    return {
        number: decision_for(ANY_EVENT, unit, plan.batches[number], needs.get(number, 0))
        for number, unit in units.items()
        if unit is not None
    }


def _filled(event: Event, present: Event) -> Event:
    """Return an event with the existing values for fields that the file does not mention; its plan never goes back."""
    return attrs.evolve(
        event,
        plan_state=max(event.plan_state, present.plan_state, key=_ORDER.index),
        notes=event.notes or present.notes,
        expected_attendees=event.expected_attendees or present.expected_attendees,
    )
