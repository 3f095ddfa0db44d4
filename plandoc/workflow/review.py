"""Reviewing a plan: what a person should look at before it is locked or started."""

from __future__ import annotations

from plandoc.domain.review import PlanParts, review
from plandoc.domain.revising import changed_in_catalog
from plandoc.engine.plan_definitions import definitions_in, definitions_of, frozen_units
from plandoc.engine.plan_parts import plan_parts
from plandoc.engine.session import Session
from plandoc.records import Finding, PlanState
from plandoc.store import NO_SESSION, reads


@reads
def review_plan(event_id: int, session: Session = NO_SESSION) -> list[Finding]:
    """Return what is wrong or doubtful in an event's plan, each with the numbers and the way out; the worst first.

    Found are: goods that are broken or whose recipes are not selected, units without a decision, decisions that are
    short and not accepted, that were made for another need, yield or recipe, or that nobody needs.

    Of a plan in production it is also named what the catalog defines otherwise than the plan, and that can be left.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    return list(findings_in(plan_parts(event_id, session), event_id, session))


def findings_in(plan: PlanParts, event_id: int, session: Session) -> tuple[Finding, ...]:
    """Return what a review finds in the plan of an event."""
    in_force = definitions_of(event_id, session)
    found = review(plan, in_force)
    if plan.state is not PlanState.IN_PRODUCTION:
        return found
    units = frozen_units(event_id, session)
    return (*found, *changed_in_catalog(plan, units, in_force, definitions_in(session)))
