"""Reviewing a plan: what a person should look at before it is locked or started."""

from __future__ import annotations

from plandoc.arithmetic.review import PlanParts, review
from plandoc.operations import NO_SESSION, reads
from plandoc.planning.definitions import definitions_in
from plandoc.records import BatchDecision, EventFinishedGood, EventRecipe, Finding
from plandoc.sessions import Session


@reads
def review_plan(event_id: int, session: Session = NO_SESSION) -> list[Finding]:
    """Return what is wrong or doubtful in an event's plan, each with the numbers and the way out; the worst first.

    Found are: goods that are broken or whose recipes are not selected, units without a decision, decisions that are
    short and not accepted, that were made for another need, yield or recipe, or that nobody needs.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    return list(review(plan_parts(event_id, session), definitions_in(session)))


def plan_parts(event_id: int, session: Session) -> PlanParts:
    """Return what the plan of an event consists of, as the sums want it."""
    event = session.event(event_id)
    goods = session.find(EventFinishedGood, event_id=event_id)
    recipes = session.find(EventRecipe, event_id=event_id)
    decisions = session.find(BatchDecision, event_id=event_id)
    return PlanParts(
        quantities={row.finished_good_id: row.quantity for row in goods},
        recipes={row.recipe_id for row in recipes},
        decisions={row.finished_unit_id: row for row in decisions},
        state=event.plan_state,
    )
