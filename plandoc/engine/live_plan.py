"""What an event holds of its plan and of the work for it: the recipes, the goods, the runs that count."""

from __future__ import annotations

from plandoc.domain.review import LivePlan
from plandoc.domain.runs import counted
from plandoc.engine.session import Session, document_of_event
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
from plandoc.tables import table_of

_GOODS, _RECIPES, _DECISIONS = map(table_of, (EventFinishedGood, EventRecipe, BatchDecision))
_PRODUCTION_RUNS, _ASSEMBLY_RUNS, _VOIDED_RUNS = map(table_of, (ProductionRun, AssemblyRun, VoidedRun))
_BEFORE_PRODUCTION = (PlanState.DRAFT, PlanState.LOCKED)


def selected_recipes(event_id: int, session: Session) -> set[int]:
    """Return the ids of the recipes that are selected for an event."""
    return {row.recipe_id for row in document_of_event(event_id, session).all(_RECIPES)}


def planned_goods(event_id: int, session: Session) -> dict[int, int]:
    """Return how many of each good are handed out at an event, by the good's id."""
    return {row.finished_good_id: row.quantity for row in document_of_event(event_id, session).all(_GOODS)}


def production_runs(event_id: int, session: Session) -> tuple[ProductionRun, ...]:
    """Return what was baked for an event, without what was voided."""
    document = document_of_event(event_id, session)
    return counted(document.all(_PRODUCTION_RUNS), document.all(_VOIDED_RUNS))


def assembly_runs(event_id: int, session: Session) -> tuple[AssemblyRun, ...]:
    """Return what was packed for an event, without what was voided."""
    document = document_of_event(event_id, session)
    return counted(document.all(_ASSEMBLY_RUNS), document.all(_VOIDED_RUNS))


def baked(event: Event, session: Session) -> tuple[ProductionRun, ...]:
    """Return the production runs of an event that count; before production there are none."""
    return () if event.plan_state in _BEFORE_PRODUCTION else production_runs(event.id, session)


def packed(event: Event, session: Session) -> tuple[AssemblyRun, ...]:
    """Return the assembly runs of an event that count; before production there are none."""
    if event.plan_state in _BEFORE_PRODUCTION:
        return ()
    return assembly_runs(event.id, session)


def live_plan(event_id: int, session: Session) -> LivePlan:
    """Return what the plan of an event consists of, as the calculations need it."""
    return live_plan_of(session.event(event_id), session)


def live_plan_of(event: Event, session: Session) -> LivePlan:
    """Return what the plan of an event consists of, for callers that already have the event."""
    document = document_of_event(event.id, session)
    return LivePlan(
        quantities={row.finished_good_id: row.quantity for row in document.all(_GOODS)},
        recipes={row.recipe_id for row in document.all(_RECIPES)},
        decisions={row.finished_unit_id: row for row in document.all(_DECISIONS)},
        state=event.plan_state,
        packed=packed(event, session),
    )
