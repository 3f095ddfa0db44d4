"""Merging the events of a file: a plan in DRAFT is brought up to the file, one that has left DRAFT never changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from plandoc.domain.batches import batches_for, units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.engine.session import Session, unit_of_work
from plandoc.exchange.drafts import BatchesDraft, Draft, EventDraft
from plandoc.exchange.import_report import Outcome, Row
from plandoc.exchange.merge import CatalogMerge, row_of
from plandoc.exchange.references import unit_of
from plandoc.frozen import frozen
from plandoc.records import (
    BatchDecision,
    Event,
    EventFinishedGood,
    EventRecipe,
    FinishedGood,
    FinishedUnit,
    PlanSnapshot,
    PlanState,
    ProductionRun,
    Recipe,
)
from plandoc.snapshots import create_plan_snapshot
from plandoc.workflow.decisions import save_batch_decisions
from plandoc.workflow.selection import set_event_finished_goods, set_event_recipes

_ORDER = tuple(PlanState)


@frozen
class Plan:
    """All of an event's plan, comparable.

    Attributes:
        recipes: Ids.
        goods: Quantities by the good's id.
        decisions: Batches by the unit's id.
        runs: Without their ids, and without the event's.
    """

    recipes: frozenset[int]
    goods: Mapping[int, int]
    decisions: Mapping[int, int]
    runs: Counter[ProductionRun]


class EventMerge:
    """One merge of the events of a file, after its catalog.

    Attributes:
        rows: What was done so far.
        notes: What a person should know of it.
    """

    def __init__(self, catalog: CatalogMerge, session: Session, *, dry_run: bool) -> None:
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self._catalog = catalog
        self._session = session
        self._dry_run = dry_run
        self._units: dict[int, FinishedUnit] = catalog.target.all(FinishedUnit)
        self._goods: dict[int, FinishedGood] = catalog.target.all(FinishedGood)
        self._recipes: dict[int, Recipe] = catalog.target.all(Recipe)
        self._definitions = Definitions(self._goods.get, self._units.get, self._recipes.get)

    def run(self) -> None:
        """Merge everything; what cannot be told becomes a failed row, and the caller must then end without saving."""
        for draft in self._catalog.drafts.events:
            self._merge(draft)

    def _merge(self, draft: EventDraft) -> None:
        present = self._catalog.by_slug(Event).get(draft.event.slug)
        stored = None if present is None else self._stored(present)
        units = self._units_of_batches(draft)
        if units is None:
            return
        plan = self._wanted(draft, units, stored)
        event = draft.event if present is None else _merged(draft.event, present)
        state = _state_of(draft)
        same = present is not None and event == present and plan == stored and not _is_ahead(state, present.plan_state)
        if same:
            self._report(draft, plan, stored, Outcome.SKIPPED)
        elif present is not None and present.plan_state is not PlanState.DRAFT:
            reason = (
                f"it differs from the file, but its plan is {present.plan_state.name}: an import leaves it as it is"
            )
            self.rows.append(row_of(Event, draft.event.name, Outcome.SKIPPED, reason))
        else:
            if not self._dry_run:
                self._save(event, present, plan, state)
            self._report(draft, plan, stored, Outcome.CREATED if present is None else Outcome.UPDATED)

    def _units_of_batches(self, draft: EventDraft) -> dict[int, FinishedUnit] | None:
        """Return the unit of each decision and run, by the draft's identity; None when one cannot be told."""
        needed = {one.unit.id for one in Breakdown.of(self._definitions).requirements(self._goods_of(draft))}
        catalog = self._catalog

        def wanted(unit: Draft) -> bool:
            return catalog.record_of_draft(unit).id in needed

        found = {}
        failed = False
        for batches in (*draft.decisions, *draft.runs):
            unit = unit_of(batches, catalog.names, catalog.drafts, wanted)
            if isinstance(unit, str):
                self.rows.append(Row(batches.table, draft.event.name, Outcome.FAILED, unit))
                failed = True
            else:
                found[id(batches)] = catalog.record_of_draft(unit)
        return None if failed else found

    def _goods_of(self, draft: EventDraft) -> dict[int, int]:
        quantities: Counter[int] = Counter()
        for reference, quantity in draft.goods:
            quantities[self._catalog.record_of(reference).id] += quantity
        return dict(quantities)

    def _wanted(self, draft: EventDraft, units: Mapping[int, FinishedUnit], stored: Plan | None) -> Plan:
        """Return the plan as the file wants it; what the file does not speak of stays as it is stored."""
        goods = self._goods_of(draft) or dict(stored.goods if stored else {})
        decided: Counter[int] = Counter()
        for batches in draft.decisions:
            decided[units[id(batches)].id] += batches.batches
        decisions = dict(decided) or dict(stored.decisions if stored else {})
        if draft.started and not decided and not (stored and stored.decisions):
            decisions = self._never_short(goods)
        recipes = {self._catalog.record_of(recipe).id for recipe in draft.recipes}
        if not draft.recipes and stored:
            recipes |= stored.recipes
        for good_id in goods:
            recipes |= Breakdown.of(self._definitions).recipes(good_id)
        recipes |= {self._units[unit_id].recipe_id for unit_id in decisions} | {u.recipe_id for u in units.values()}
        runs = Counter(_run(batches, units[id(batches)]) for batches in draft.runs)
        return Plan(frozenset(recipes), goods, decisions, runs or (stored.runs if stored else runs))

    def _never_short(self, goods: Mapping[int, int]) -> dict[int, int]:
        needed = Breakdown.of(self._definitions).requirements(goods)
        return {one.unit.id: batches_for(one.units, one.unit.yield_per_batch) for one in needed}

    def _stored(self, event: Event) -> Plan:
        def rows(record_type: type[Any]) -> list[Any]:
            return self._session.find(record_type, event_id=event.id)

        return Plan(
            recipes=frozenset(row.recipe_id for row in rows(EventRecipe)),
            goods={row.finished_good_id: row.quantity for row in rows(EventFinishedGood)},
            decisions={row.finished_unit_id: row.batches for row in rows(BatchDecision)},
            runs=Counter(attrs.evolve(row, id=0, event_id=_NO_EVENT) for row in rows(ProductionRun)),
        )

    def _save(self, event: Event, present: Event | None, plan: Plan, state: PlanState) -> None:
        session, work = self._session, unit_of_work(self._session)
        event = work.add(event) if present is None else work.replace(event)
        set_event_recipes(event.id, sorted(plan.recipes), session=session)
        set_event_finished_goods(event.id, dict(plan.goods), session=session)
        for row in session.find(BatchDecision, event_id=event.id):
            if row.finished_unit_id not in plan.decisions:
                work.remove(BatchDecision, row.id, event.id)
        decisions = dict(sorted(plan.decisions.items()))
        for decision in save_batch_decisions(event.id, decisions, accept_shortfall=True, session=session):
            if decision.shortfall_accepted:
                self.notes.append(
                    f"batch_decisions: {event.name} bakes too little of {self._units[decision.finished_unit_id].name}; taken as accepted"
                )
        if state in (PlanState.IN_PRODUCTION, PlanState.COMPLETED):
            # The snapshot first: nothing is baked on a plan that is not frozen.
            create_plan_snapshot(event.id, session=session)
        if state is not event.plan_state:
            work.replace(attrs.evolve(event, plan_state=state))
        for run in plan.runs.elements():
            work.add(attrs.evolve(run, event_id=event.id))

    def _report(self, draft: EventDraft, plan: Plan, stored: Plan | None, outcome: Outcome) -> None:
        name = draft.event.name
        self.rows.append(row_of(Event, name, outcome))
        before = stored or Plan(frozenset(), {}, {}, Counter())
        self._parts(EventRecipe, name, dict.fromkeys(plan.recipes, 1), dict.fromkeys(before.recipes, 1), self._recipes)
        self._parts(EventFinishedGood, name, plan.goods, before.goods, self._goods)
        self._parts(BatchDecision, name, plan.decisions, before.decisions, self._units)
        if _state_of(draft) in (PlanState.IN_PRODUCTION, PlanState.COMPLETED):
            done = Outcome.SKIPPED if outcome is Outcome.SKIPPED else Outcome.CREATED
            self.rows.append(row_of(PlanSnapshot, name, done))
        for run in plan.runs.elements():
            done = Outcome.SKIPPED if run in before.runs else Outcome.CREATED
            batches = "1 batch" if run.batches == 1 else f"{run.batches} batches"
            self.rows.append(
                row_of(ProductionRun, f"{name}: {batches} of {self._units[run.finished_unit_id].name}", done)
            )

    def _parts(
        self,
        kind: type[Any],
        event: str,
        after: Mapping[int, int],
        before: Mapping[int, int],
        called: Mapping[int, Any],
    ) -> None:
        for key, value in sorted(after.items()):
            changed = Outcome.UPDATED if key in before else Outcome.CREATED
            outcome = Outcome.SKIPPED if before.get(key) == value else changed
            self.rows.append(row_of(kind, f"{event}: {called[key].name}", outcome))


# A run must name an event; while plans are compared, all name this one.
_NO_EVENT = 1


def _run(batches: BatchesDraft, unit: FinishedUnit) -> ProductionRun:
    made = units_yielded(batches.batches, unit.yield_per_batch)
    assert batches.moment is not None  # noqa: S101  (runs are read with their moment)
    return ProductionRun(
        event_id=_NO_EVENT,
        finished_unit_id=unit.id,
        batches=batches.batches,
        units_expected=made,
        units_made=made,
        produced_at=batches.moment,
        notes=batches.notes,
    )


def _merged(event: Event, present: Event) -> Event:
    return attrs.evolve(
        event,
        id=present.id,
        plan_state=present.plan_state,
        notes=event.notes or present.notes,
        expected_attendees=event.expected_attendees or present.expected_attendees,
    )


def _state_of(draft: EventDraft) -> PlanState:
    told = draft.state or PlanState.DRAFT
    return PlanState.IN_PRODUCTION if draft.started and told is not PlanState.COMPLETED else told


def _is_ahead(wanted: PlanState, present: PlanState) -> bool:
    return _ORDER.index(wanted) > _ORDER.index(present)
