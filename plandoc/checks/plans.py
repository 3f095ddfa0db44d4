"""What can be wrong with the plan of one event, judged from its own document and the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from plandoc import records
from plandoc.arithmetic import runs
from plandoc.arithmetic.definitions import Definitions
from plandoc.arithmetic.progress import Work
from plandoc.arithmetic.replay import Part, PlanContent, effect_of, first_parting
from plandoc.arithmetic.requirements import Breakdown
from plandoc.arithmetic.rounding import in_words
from plandoc.checks.findings import Finding
from plandoc.codec import from_row
from plandoc.errors import Problem, ValidationError
from plandoc.open_documents import OpenDocument
from plandoc.records import PlanState, RunKind
from plandoc.snapshots import digest_of
from plandoc.tables import BY_TYPE
from plandoc.values import frozen

_STARTED = frozenset({PlanState.IN_PRODUCTION, PlanState.COMPLETED})
_BACKUP = "take the file back from a backup, with 'plandoc repair --from BACKUP'"
_BY_HAND = "plandoc never writes this, so somebody changed the file; put the row right, or take the file from a backup"


@frozen
class _Plan:
    """The rows of one event."""

    document: OpenDocument
    event: records.Event

    def rows(self, record_type: type) -> list[Any]:
        return self.document.find(BY_TYPE[record_type])

    def finding(self, message: str, row: Any, *, field: str | None = None, hint: str = _BY_HAND) -> Finding:
        table = BY_TYPE[type(row)].name
        place: dict[str, Any] = {"file": self.document.name, "table": table, "row": str(row.id)}
        place["line"] = self.document.line(table, row.id)
        return Finding(Problem(message, field=field, hint=hint, **place))

    @property
    def content(self) -> PlanContent:
        return PlanContent.of(
            self.rows(records.EventRecipe), self.rows(records.EventFinishedGood), self.rows(records.BatchDecision)
        )

    @property
    def work(self) -> Work:
        voided = self.rows(records.VoidedRun)
        return Work(
            runs.counted_production(self.rows(records.ProductionRun), voided),
            runs.counted_assembly(self.rows(records.AssemblyRun), voided),
        )


def wrong_with_plan(document: OpenDocument, event_id: int, today: Definitions) -> Iterator[Finding]:
    """Yield what is wrong with the plan in a document whose rows are sound one by one.

    Args:
        document: The document.
        event_id: Its event.
        today: What the catalogue defines now.
    """
    event: Any = document.get(BY_TYPE[records.Event], event_id)
    plan = _Plan(document, event)
    yield from _snapshots(plan)
    yield from _replays(plan)
    yield from _before_the_start(plan)
    yield from _voided(plan)
    yield from _packed_beyond_plan(plan)
    if plan.event.plan_state in _STARTED and (plan.work.production or plan.work.assembly):
        # What goods are made of by the snapshot, and by the catalogue of today.
        then = [Breakdown(_definitions_of(snapshot)) for snapshot in plan.rows(records.PlanSnapshot)]
        yield from _used_beyond_made(plan, [*then, Breakdown(today)])
        yield from _baked_out_of_plan(plan, [*then, Breakdown(today)])


def _snapshots(plan: _Plan) -> Iterator[Finding]:
    snapshots: list[records.PlanSnapshot] = plan.rows(records.PlanSnapshot)
    if plan.event.plan_state in _STARTED and not snapshots:
        message = f"the plan is {plan.event.plan_state.name} but has no snapshot"
        problem = Problem(message, file=plan.document.name, table="plan_snapshots", hint=_BACKUP)
        yield Finding(problem, is_damage=True)
    for snapshot in snapshots:
        if digest_of(snapshot.snapshot_data, snapshot.definitions, snapshot.findings) != snapshot.digest:
            message = "the snapshot does not match its digest: it was changed after it was written"
            yield attrs.evolve(plan.finding(message, snapshot, hint=_BACKUP), is_damage=True)


def _replays(plan: _Plan) -> Iterator[Finding]:
    for snapshot in plan.rows(records.PlanSnapshot):
        try:
            parting = first_parting(snapshot.snapshot_data, plan.rows(records.PlanAmendment), plan.content)
        except ValidationError as error:
            for one in error.problems:
                yield attrs.evolve(plan.finding(one.message, snapshot, field=one.field, hint=_BACKUP), is_damage=True)
            continue
        if parting is not None:
            last = parting.amendment
            since = "its snapshot on, by no amendment" if last is None else f"amendment {last.sequence} on"
            message = f"the plan is not what its snapshot and amendments make it, from {since}: {parting.message}"
            row = snapshot if last is None else last
            yield attrs.evolve(plan.finding(message, row, hint=_BACKUP), is_damage=True)


def _before_the_start(plan: _Plan) -> Iterator[Finding]:
    if plan.event.plan_state in _STARTED:
        return
    for record_type in (records.PlanAmendment, records.ProductionRun, records.AssemblyRun, records.VoidedRun):
        for row in plan.rows(record_type):
            label = BY_TYPE[record_type].label.lower()
            message = f"the plan is {plan.event.plan_state.name}, so it never started, but has {label} {row.id}"
            yield attrs.evolve(plan.finding(message, row), is_damage=True)


def _voided(plan: _Plan) -> Iterator[Finding]:
    types = {RunKind.PRODUCTION: records.ProductionRun, RunKind.ASSEMBLY: records.AssemblyRun}
    for row in plan.rows(records.VoidedRun):
        if plan.document.get(BY_TYPE[types[row.kind]], row.run_id) is None:
            message = f"voids {row.kind.value} run {row.run_id}, which is not there"
            yield plan.finding(message, row, field="run_id")


def _packed_beyond_plan(plan: _Plan) -> Iterator[Finding]:
    wanted, last = plan.content.goods, {run.finished_good_id: run for run in plan.work.assembly}
    for good_id, packed in sorted(runs.assembled(plan.work.assembly).items()):
        if packed > wanted.get(good_id, 0):
            message = f"{packed} of finished good {good_id} are packed, but the plan wants {wanted.get(good_id, 0)}"
            yield plan.finding(message, last[good_id], field="quantity")


def _used_beyond_made(plan: _Plan, breakdowns: Sequence[Breakdown]) -> Iterator[Finding]:
    """Yield the units of which more are packed than were made.

    A good may have been defined anew since it was packed. What it takes is therefore the least that it takes by any
    of the definitions that are known.
    """
    made = runs.units_made(plan.work.production)
    used: dict[int, Fraction] = {}
    last: dict[int, records.AssemblyRun] = {}
    for run in plan.work.assembly:
        for unit_id, each in _least(run.finished_good_id, breakdowns).items():
            used[unit_id] = used.get(unit_id, Fraction(0)) + each * run.quantity
            last[unit_id] = run
    for unit_id, taken in sorted(used.items()):
        if taken > made.get(unit_id, 0):
            message = f"{in_words(taken)} of finished unit {unit_id} are packed, but {made.get(unit_id, 0)} were made"
            yield plan.finding(message, last[unit_id], field="quantity")


def _least(good_id: int, breakdowns: Sequence[Breakdown]) -> Mapping[int, Fraction]:
    known = [breakdown.units(good_id) for breakdown in breakdowns if not breakdown.problems(good_id)]
    units = set(known[0]).intersection(*known[1:]) if known else set()
    return {unit_id: min(one[unit_id] for one in known) for unit_id in units}


def _baked_out_of_plan(plan: _Plan, breakdowns: Sequence[Breakdown]) -> Iterator[Finding]:
    """Yield runs of units that were never in the plan.

    Only where the first definitions, those of the snapshot, tell of all goods that ever were: one that came later may
    have been defined anew since.
    """
    contents = [plan.content, *map(_content_of_snapshot, plan.rows(records.PlanSnapshot))]
    effects = [effect_of(row.change) for row in plan.rows(records.PlanAmendment)]
    goods = {good_id for one in contents for good_id in one.goods}
    goods |= {effect.key for effect in effects if effect.part is Part.GOODS}
    if any(breakdowns[0].problems(good_id) for good_id in goods):
        return
    known = {unit_id for one in contents for unit_id in one.batches}
    known |= {effect.key for effect in effects if effect.part is Part.BATCHES}
    known |= {
        unit_id
        for breakdown in breakdowns
        for good_id in goods
        if not breakdown.problems(good_id)
        for unit_id in breakdown.units(good_id)
    }
    for run in plan.work.production:
        if run.finished_unit_id not in known:
            message = f"finished unit {run.finished_unit_id} was baked, but was never in the plan"
            yield plan.finding(message, run, field="finished_unit_id")


def _content_of_snapshot(snapshot: records.PlanSnapshot) -> PlanContent:
    data = snapshot.snapshot_data
    try:
        return PlanContent(
            frozenset(),
            {row["fg_id"]: row["quantity"] for row in data["finished_goods"]},
            {row["finished_unit_id"]: row["batches"] for row in data["batch_decisions"]},
        )
    except (KeyError, TypeError):
        # Said already: the snapshot has another form, or another digest.
        return PlanContent()


def _definitions_of(snapshot: records.PlanSnapshot) -> Definitions:
    rows = snapshot.definitions

    def look_up(record_type: type) -> Any:
        table = rows.get(BY_TYPE[record_type].name, {})

        def record(record_id: int) -> Any:
            try:
                return from_row(record_type, record_id, table[str(record_id)])
            except (KeyError, TypeError, AttributeError, ValidationError):
                return None

        return record

    return Definitions(*map(look_up, (records.FinishedGood, records.FinishedUnit, records.Recipe, records.Ingredient)))
