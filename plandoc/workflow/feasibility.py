"""Whether what was decided is enough to pack the goods."""

from __future__ import annotations

from plandoc.domain.feasibility import Feasibility, feasibility, units_decided
from plandoc.engine.live_plan import live_plan
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session
from plandoc.store import NO_SESSION, reads


@reads
def get_feasibility(event_id: int, session: Session = NO_SESSION) -> Feasibility:
    """Return how many of each good can be packed from the decided batches, and what stops the others.

    Units that several goods share are used once, by the goods in the order of their ids.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: with every good that is broken.
    """
    session.event(event_id)
    plan, definitions = live_plan(event_id, session), plan_definitions(event_id, session)
    return feasibility(plan.quantities, units_decided(plan.decisions, definitions), definitions)
