"""What an event holds of its plan and of the work for it: the recipes, the goods, the runs that count."""

from __future__ import annotations

from plandoc.domain.review import LivePlan
from plandoc.domain.runs import counted
from plandoc.engine.session import Session
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Event,
    EventFinishedGood,
    EventRecipe,
    PlanState,
    ProductionRun,
    VoidedRun,
)

_BEFORE_PRODUCTION = frozenset({PlanState.DRAFT, PlanState.LOCKED})


def selected_recipes(event_id: int, session: Session) -> set[int]:
    """Return the ids of the recipes that are selected for an event."""
    return {row.recipe_id for row in session.find(EventRecipe, event_id=event_id)}


def planned_goods(event_id: int, session: Session) -> dict[int, int]:
    """Return how many of each good are handed out at an event, by the good's id."""
    return {row.finished_good_id: row.quantity for row in session.find(EventFinishedGood, event_id=event_id)}


def production_runs(event_id: int, session: Session) -> tuple[ProductionRun, ...]:
    """Return what was baked for an event, without what was voided."""
    voided = session.find(VoidedRun, event_id=event_id)
    return counted(session.find(ProductionRun, event_id=event_id), voided)


def assembly_runs(event_id: int, session: Session) -> tuple[AssemblyRun, ...]:
    """Return what was packed for an event, without what was voided."""
    voided = session.find(VoidedRun, event_id=event_id)
    return counted(session.find(AssemblyRun, event_id=event_id), voided)


def baked(event: Event, session: Session) -> tuple[ProductionRun, ...]:
    """Return the production runs of an event that count; before production there are none."""
    return () if event.plan_state in _BEFORE_PRODUCTION else production_runs(event.id, session)


def packed(event: Event, session: Session) -> tuple[AssemblyRun, ...]:
    """Return the assembly runs of an event that count; before production there are none."""
    if event.plan_state in _BEFORE_PRODUCTION:
        return ()
    return assembly_runs(event.id, session)


def live_plan(event_id: int, session: Session) -> LivePlan:
    """Return what the plan of an event consists of, as the sums want it."""
    event = session.event(event_id)
    decisions = session.find(BatchDecision, event_id=event_id)
    return LivePlan(
        quantities=planned_goods(event_id, session),
        recipes=selected_recipes(event_id, session),
        decisions={row.finished_unit_id: row for row in decisions},
        state=event.plan_state,
        packed=packed(event, session),
    )
