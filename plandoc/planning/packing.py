"""Whether what was decided is enough to pack the goods."""

from __future__ import annotations

from plandoc.arithmetic.feasibility import Feasibility, feasibility, units_decided
from plandoc.operations import NO_SESSION, reads
from plandoc.planning.definitions import definitions_of
from plandoc.planning.reviewing import plan_parts
from plandoc.sessions import Session


@reads
def get_feasibility(event_id: int, session: Session = NO_SESSION) -> Feasibility:
    """Return how many of each good can be packed from the decided batches, and what stops the others.

    Units that several goods share are given out once, to the goods in the order of their ids.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: with every good that is broken.
    """
    session.event(event_id)
    plan, definitions = plan_parts(event_id, session), definitions_of(event_id, session)
    return feasibility(plan.quantities, units_decided(plan.decisions, definitions), definitions)
