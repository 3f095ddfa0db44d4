"""Reviewing a plan before it is locked or started: what a person should look at, and whether the goods can be packed."""

from __future__ import annotations

from plandoc.domain.feasibility import Feasibility, feasibility, units_decided
from plandoc.domain.review import LivePlan, named, review
from plandoc.domain.revision_scope import catalog_changes
from plandoc.engine.live_plan import live_plan
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import catalog_definitions, frozen_units, plan_definitions
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session
from plandoc.errors.hints import Named
from plandoc.records import Event, EventId, Finding, PlanState
from plandoc.store import NO_SESSION, reads


@reads
def review_plan(event_id: EventRef, session: Session = NO_SESSION) -> list[Finding]:
    """Return what is wrong or doubtful in an event's plan, each with the numbers and the way out; the worst first.

    It finds goods that are broken or whose recipes are not selected, units without a decision, and decisions that are
    short and not accepted, that were made for another need, yield or recipe, or that no good needs.

    For a plan in production, it also reports what the catalog defines differently; that can be left.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    event_id = id_of(Event, event_id, session)
    return list(findings_in(live_plan(event_id, session), event_id, session))


def findings_in(plan: LivePlan, event_id: EventId, session: Session) -> tuple[Finding, ...]:
    """Return what a review finds in the plan of an event."""
    effective = plan_definitions(event_id, session)
    found = review(plan, effective)
    if plan.state is PlanState.IN_PRODUCTION:
        units = frozen_units(event_id, session)
        found = (*found, *catalog_changes(plan, units, effective, catalog_definitions(session)))
    event = session.event(event_id)
    return named(found, Named(event.id, event.slug), effective)


@reads
def get_feasibility(event_id: EventRef, session: Session = NO_SESSION) -> Feasibility:
    """Return how many of each good can be packed from the decided batches, and what stops the others.

    Units that several goods share are used once, by the goods in the order of their ids.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: with every good that is broken.
    """
    event_id = id_of(Event, event_id, session)
    session.event(event_id)
    plan, definitions = live_plan(event_id, session), plan_definitions(event_id, session)
    return feasibility(plan.quantities, units_decided(plan.decisions, definitions), definitions)
