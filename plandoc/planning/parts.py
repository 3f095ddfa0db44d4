"""What an event holds of its plan and of the work for it: the recipes, the goods, the runs that count."""

from __future__ import annotations

from plandoc.arithmetic.runs import counted_assembly, counted_production
from plandoc.records import AssemblyRun, EventFinishedGood, EventRecipe, ProductionRun, VoidedRun
from plandoc.sessions import Session


def selected_recipes(event_id: int, session: Session) -> set[int]:
    """Return the ids of the recipes that are selected for an event."""
    return {row.recipe_id for row in session.find(EventRecipe, event_id=event_id)}


def planned_goods(event_id: int, session: Session) -> dict[int, int]:
    """Return how many of each good are handed out at an event, by the good's id."""
    return {row.finished_good_id: row.quantity for row in session.find(EventFinishedGood, event_id=event_id)}


def production_runs(event_id: int, session: Session) -> tuple[ProductionRun, ...]:
    """Return what was baked for an event, without what was voided."""
    voided = session.find(VoidedRun, event_id=event_id)
    return counted_production(session.find(ProductionRun, event_id=event_id), voided)


def assembly_runs(event_id: int, session: Session) -> tuple[AssemblyRun, ...]:
    """Return what was packed for an event, without what was voided."""
    voided = session.find(VoidedRun, event_id=event_id)
    return counted_assembly(session.find(AssemblyRun, event_id=event_id), voided)
