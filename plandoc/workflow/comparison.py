"""The original plan against the current one: what was planned, what changed, and why."""

from __future__ import annotations

from plandoc.domain.definition_changes import DefinitionDifference
from plandoc.domain.mapping_diff import Status
from plandoc.domain.plan_diff import Difference, compare, compare_definitions
from plandoc.domain.replay import PlanContent, in_order
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, Event, EventFinishedGood, EventId, EventRecipe, PlanAmendment, PlanSection
from plandoc.snapshots import get_plan_snapshot
from plandoc.store import NO_SESSION, reads


@frozen
class PlanComparison:
    """The plan as production started against the plan as it is.

    Attributes:
        event: The event.
        has_snapshot: Whether there is an original to compare with; without one nothing is compared.
        goods: Each good of either plan.
        batches: Each finished unit that is decided in either plan.
        recipes: Each recipe that is selected in either plan.
        amendments: All amendments in order, including those of items that are in neither plan.
        definitions: Each good, unit, recipe and ingredient whose definition was revised; a change of
            the catalog alone does not count.
    """

    event: Event
    has_snapshot: bool
    goods: tuple[Difference, ...]
    batches: tuple[Difference, ...]
    recipes: tuple[Difference, ...]
    amendments: tuple[PlanAmendment, ...]
    definitions: tuple[DefinitionDifference, ...] = ()

    @property
    def total_changes(self) -> int:
        """How many goods, batches, recipes and definitions changed."""
        numbers = sum(one.status is not Status.UNCHANGED for one in (*self.goods, *self.batches, *self.recipes))
        return numbers + sum(one.status is not Status.UNCHANGED for one in self.definitions)

    @property
    def has_changes(self) -> bool:
        """Whether anything changed."""
        return self.total_changes > 0


@reads
def get_plan_comparison(event_id: EventRef, session: Session = NO_SESSION) -> PlanComparison:
    """Return how an event's plan changed since its snapshot, with the amendments behind each difference.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the snapshot was changed by hand, so that it cannot be read.
    """
    event_id = id_of(Event, event_id, session)
    event = session.event(event_id)
    amendments = tuple(in_order(session.find(PlanAmendment, event_id=event_id)))
    snapshot = get_plan_snapshot(event_id, session=session)
    if snapshot is None:
        return PlanComparison(event, has_snapshot=False, goods=(), batches=(), recipes=(), amendments=amendments)
    effective = plan_definitions(event_id, session)
    compared = compare(snapshot, amendments, _live(event_id, session), effective)
    return PlanComparison(
        event=event,
        has_snapshot=True,
        goods=compared[PlanSection.GOODS],
        batches=compared[PlanSection.BATCHES],
        recipes=compared[PlanSection.RECIPES],
        amendments=amendments,
        definitions=compare_definitions(amendments, effective),
    )


def _live(event_id: EventId, session: Session) -> PlanContent:
    return PlanContent.of(
        session.find(EventRecipe, event_id=event_id),
        session.find(EventFinishedGood, event_id=event_id),
        session.find(BatchDecision, event_id=event_id),
    )
