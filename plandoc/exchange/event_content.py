"""An event with everything that belongs to it, to be compared, exported or imported; and whether it is sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from plandoc.domain.effective_definitions import problems_of_definitions
from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.domain.replay import PlanContent, first_divergence, in_order
from plandoc.domain.snapshot_ids import is_sound
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import ValidationError
from plandoc.frozen import frozen
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Event,
    EventFinishedGood,
    EventId,
    EventRecipe,
    FinishedGoodId,
    PlanAmendment,
    PlanSnapshot,
    PlanState,
    ProductionRun,
    RecipeId,
    RunKind,
    VoidedRun,
)
from plandoc.tables import table_of

STARTED = frozenset({PlanState.IN_PRODUCTION, PlanState.COMPLETED})
# Records of an event must name one; those that are compared all name this one.
ANY_EVENT = EventId(1)


@frozen
class EventContent:
    """All records of an event, without their own ids and without that of the event.

    Attributes:
        recipes: Ids of the selected recipes.
        goods: How many of each good, by its id.
        decisions: By the id of the finished unit; without a fingerprint where it is that of the recipe as it is.
        current: The finished units whose decisions were made for the recipe as it is.
        amendments: In their order.
        production_runs: In the order in which they were recorded, as the assembly runs.
        voided: Each with the position of its run, counted from 1, instead of the run's id.
    """

    event: Event
    recipes: frozenset[int] = frozenset()
    goods: dict[int, int] = attrs.field(factory=dict)
    decisions: dict[int, BatchDecision] = attrs.field(factory=dict)
    current: frozenset[int] = frozenset()
    snapshot: PlanSnapshot | None = None
    amendments: tuple[PlanAmendment, ...] = ()
    production_runs: tuple[ProductionRun, ...] = ()
    assembly_runs: tuple[AssemblyRun, ...] = ()
    voided: frozenset[VoidedRun] = frozenset()

    @property
    def plan(self) -> PlanContent:
        """What is planned, in numbers."""
        batches = {unit: decision.batches for unit, decision in self.decisions.items()}
        return PlanContent(self.recipes, self.goods, batches)

    def rows(self) -> Iterator[Any]:
        """Yield all records of the event but itself, in the order in which they are stored."""
        yield from (EventRecipe(ANY_EVENT, RecipeId(recipe)) for recipe in sorted(self.recipes))
        yield from (EventFinishedGood(ANY_EVENT, FinishedGoodId(good), self.goods[good]) for good in sorted(self.goods))
        yield from (self.decisions[unit] for unit in sorted(self.decisions))
        if self.snapshot is not None:
            yield self.snapshot
        yield from self.amendments
        yield from self.production_runs
        yield from self.assembly_runs
        yield from sorted(self.voided, key=lambda void: (void.kind.value, void.run_id))

    def runs(self, kind: RunKind) -> tuple[Any, ...]:
        """Return the runs of a kind."""
        return self.production_runs if kind is RunKind.PRODUCTION else self.assembly_runs


def content_of(session: Session, event: Event) -> EventContent:
    """Return the content of an event of the folder."""

    def rows(record_type: type[Any]) -> list[Any]:
        return session.find(record_type, event_id=event.id)

    decisions, current = _decisions(session, event.id, rows(BatchDecision))
    positions = {
        (kind, run.id): position
        for kind, record_type in ((RunKind.PRODUCTION, ProductionRun), (RunKind.ASSEMBLY, AssemblyRun))
        for position, run in enumerate(rows(record_type), start=1)
    }
    snapshot = unit_of_work(session).snapshot(event.id)
    content = content_of_rows(event, rows, () if snapshot is None else (snapshot,))
    return attrs.evolve(
        content,
        decisions=decisions,
        current=current,
        # A missing run gets a position that no run has, which is then found unsound.
        voided=frozenset(
            attrs.evolve(row, run_id=positions.get((row.kind, row.run_id), 10**9 + row.run_id))
            for row in content.voided
        ),
    )


def content_of_rows(
    event: Event, rows: Callable[[type[Any]], list[Any]], snapshots: Sequence[PlanSnapshot]
) -> EventContent:
    """Return the content of an event that these rows make: no decision counts as current, and voids name run ids."""

    def bare(record_type: type[Any]) -> list[Any]:
        return [_bare(row) for row in rows(record_type)]

    return EventContent(
        event=attrs.evolve(event, id=EventId(0)),
        recipes=frozenset(row.recipe_id for row in rows(EventRecipe)),
        goods={row.finished_good_id: row.quantity for row in rows(EventFinishedGood)},
        decisions={row.finished_unit_id: row for row in bare(BatchDecision)},
        snapshot=_bare(snapshots[0]) if snapshots else None,
        amendments=tuple(in_order(bare(PlanAmendment))),
        production_runs=tuple(bare(ProductionRun)),
        assembly_runs=tuple(bare(AssemblyRun)),
        voided=frozenset(bare(VoidedRun)),
    )


def _decisions(
    session: Session, event_id: int, rows: list[BatchDecision]
) -> tuple[dict[int, BatchDecision], frozenset[int]]:
    definitions, current = plan_definitions(event_id, session), set()
    decisions: dict[int, BatchDecision] = {}
    for row in rows:
        bare = _bare(row)
        # The digits depend on ids of ingredients, which differ between folders.
        if row.recipe_fingerprint and row.recipe_fingerprint == recipe_fingerprint(row.recipe_id, definitions):
            bare = attrs.evolve(bare, recipe_fingerprint="")
            current.add(row.finished_unit_id)
        decisions[row.finished_unit_id] = bare
    return decisions, frozenset(current)


def _bare(record: Any) -> Any:
    return attrs.evolve(record, id=0, event_id=ANY_EVENT)


def with_snapshot_ids(plan: PlanContent, snapshot_ids: Mapping[str, Mapping[int, int]]) -> PlanContent:
    """Return a plan with the ids that its snapshot uses; anything that the snapshot never mentions gets an id of its own."""
    back = {table: {own: former for former, own in ids.items()} for table, ids in snapshot_ids.items()}

    def former(table: str, number: int) -> int:
        return back[table].get(number, -number)

    return PlanContent(
        frozenset(former("recipes", number) for number in plan.recipes),
        {former("finished_goods", number): quantity for number, quantity in plan.goods.items()},
        {former("finished_units", number): batches for number, batches in plan.batches.items()},
    )


def unsound(content: EventContent, plan: PlanContent) -> Iterator[tuple[str, str]]:
    """Yield the table and what is wrong with the history of an event, and with the plan that must follow from it.

    Args:
        content: The event.
        plan: What is planned, with the ids that the snapshot uses.
    """
    started, state = content.event.plan_state in STARTED, content.event.plan_state.name
    if started and content.snapshot is None:
        yield "plan_snapshots", f"the plan is {state} but has no snapshot"
    if not started:
        later = (
            ("plan_amendments", content.amendments),
            ("production_runs", content.production_runs),
            ("assembly_runs", content.assembly_runs),
            ("voided_runs", content.voided),
        )
        for table in (table for table, rows in later if rows):
            yield table, f"the plan is {state}, so there cannot be any of these yet"
    yield from _unsound_voids(content)
    yield from _unreadable(content)
    if content.snapshot is not None and not is_sound(content.snapshot):
        yield "plan_snapshots", "the snapshot does not match its digest: it was changed after it was written"
    elif content.snapshot is not None:
        yield from _unsound_replay(content, plan)


def _unreadable(content: EventContent) -> Iterator[tuple[str, str]]:
    sources: list[PlanSnapshot | PlanAmendment] = [*content.amendments]
    for source in sources if content.snapshot is None else [content.snapshot, *sources]:
        for problem in problems_of_definitions(source):
            yield table_of(type(source)).name, f"{problem.field}: {problem.message}"


def _unsound_voids(content: EventContent) -> Iterator[tuple[str, str]]:
    for void in content.voided:
        there = len(content.runs(void.kind))
        if void.run_id > there:
            yield "voided_runs", f"it voids {void.kind.value} run {void.run_id}, but there are only {there}"


def _unsound_replay(content: EventContent, plan: PlanContent) -> Iterator[tuple[str, str]]:
    snapshot = content.snapshot
    assert snapshot is not None  # noqa: S101  (the caller has looked)
    try:
        divergence = first_divergence(snapshot.snapshot_data, content.amendments, plan, snapshot.definitions)
    except ValidationError as error:
        yield "plan_snapshots", str(error)
        return
    if divergence is not None:
        table = "plan_snapshots" if divergence.amendment is None else "plan_amendments"
        yield table, f"the plan differs from its snapshot and amendments: {divergence.message}"
