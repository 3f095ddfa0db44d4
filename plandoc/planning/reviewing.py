"""Reviewing a plan: what a person should look at before it is locked or started."""

from __future__ import annotations

from plandoc.arithmetic.review import PlanParts, review
from plandoc.arithmetic.revising import changed_in_catalogue
from plandoc.operations import NO_SESSION, reads
from plandoc.planning.definitions import definitions_in, definitions_of, frozen_units
from plandoc.planning.parts import assembly_runs, planned_goods, selected_recipes
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Event,
    Finding,
    PlanState,
)
from plandoc.sessions import Session

_BEFORE_PRODUCTION = frozenset({PlanState.DRAFT, PlanState.LOCKED})


@reads
def review_plan(event_id: int, session: Session = NO_SESSION) -> list[Finding]:
    """Return what is wrong or doubtful in an event's plan, each with the numbers and the way out; the worst first.

    Found are: goods that are broken or whose recipes are not selected, units without a decision, decisions that are
    short and not accepted, that were made for another need, yield or recipe, or that nobody needs.

    Of a plan in production it is also named what the catalogue defines otherwise than the plan, and that can be left.

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
    return (*found, *changed_in_catalogue(plan, units, in_force, definitions_in(session)))


def packed(event: Event, session: Session) -> tuple[AssemblyRun, ...]:
    """Return the assembly runs of an event that count; before production there are none."""
    if event.plan_state in _BEFORE_PRODUCTION:
        return ()
    return assembly_runs(event.id, session)


def plan_parts(event_id: int, session: Session) -> PlanParts:
    """Return what the plan of an event consists of, as the sums want it."""
    event = session.event(event_id)
    decisions = session.find(BatchDecision, event_id=event_id)
    return PlanParts(
        quantities=planned_goods(event_id, session),
        recipes=selected_recipes(event_id, session),
        decisions={row.finished_unit_id: row for row in decisions},
        state=event.plan_state,
        packed=packed(event, session),
    )
