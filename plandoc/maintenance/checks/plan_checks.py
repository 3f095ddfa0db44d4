"""What can be wrong with the plan of one event, checked with its own document and the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from plandoc import records
from plandoc.domain import runs
from plandoc.domain.definitions import Definitions
from plandoc.domain.effective_definitions import effective_definitions, problems_of_definitions
from plandoc.domain.progress import Work
from plandoc.domain.replay import PlanContent, first_divergence
from plandoc.domain.run_consistency import History, inconsistent_by_definitions, packed_beyond_plan
from plandoc.domain.snapshot_ids import digest_matches, is_sound
from plandoc.engine.document import DocumentSession
from plandoc.errors import Problem, ValidationError
from plandoc.errors.hints import TAKE_FILE_BACK
from plandoc.frozen import frozen
from plandoc.maintenance.checks.issues import Issue
from plandoc.records import PlanState, RunKind
from plandoc.tables import BY_TYPE

_STARTED = frozenset({PlanState.IN_PRODUCTION, PlanState.COMPLETED})
_BACKUP = TAKE_FILE_BACK
_BY_HAND = "the file was edited by another program; fix the row or restore the file from a backup"


@frozen
class _EventRows:
    """The rows of one event."""

    document: DocumentSession
    event: records.Event

    def rows(self, record_type: type) -> list[Any]:
        return self.document.find(BY_TYPE[record_type])

    def issue(self, message: str, row: Any, *, field: str | None = None, hint: str = _BY_HAND) -> Issue:
        table = BY_TYPE[type(row)].name
        place: dict[str, Any] = {"file": self.document.name, "table": table, "row": str(row.id)}
        place["line"] = self.document.line(table, row.id)
        return Issue(Problem(message, field=field, hint=hint, **place))

    @property
    def content(self) -> PlanContent:
        return PlanContent.of(
            self.rows(records.EventRecipe), self.rows(records.EventFinishedGood), self.rows(records.BatchDecision)
        )

    @property
    def work(self) -> Work:
        voided = self.rows(records.VoidedRun)
        return Work(
            runs.counted(self.rows(records.ProductionRun), voided),
            runs.counted(self.rows(records.AssemblyRun), voided),
        )


def validate_plan(document: DocumentSession, event_id: int, current: Definitions) -> Iterator[Issue]:
    """Yield what is wrong with the plan in a document whose rows are sound one by one.

    Args:
        document: The document.
        event_id: Its event.
        current: What the catalog defines now.
    """
    event: Any = document.get(BY_TYPE[records.Event], event_id)
    plan = _EventRows(document, event)
    yield from _snapshots(plan)
    unreadable = list(_unreadable(plan))
    yield from unreadable
    yield from _replays(plan)
    yield from _before_the_start(plan)
    yield from _voided(plan)
    if not unreadable:
        yield from _inconsistent_runs(plan, current)


def _unreadable(plan: _EventRows) -> Iterator[Issue]:
    for source in (*plan.rows(records.PlanSnapshot), *plan.rows(records.PlanAmendment)):
        for problem in problems_of_definitions(source):
            issue = plan.issue(problem.message, source, field=problem.field, hint=_BACKUP)
            yield attrs.evolve(issue, is_damage=True)


def _snapshots(plan: _EventRows) -> Iterator[Issue]:
    snapshots: list[records.PlanSnapshot] = plan.rows(records.PlanSnapshot)
    if plan.event.plan_state in _STARTED and not snapshots:
        message = f"the plan is {plan.event.plan_state.name} but has no snapshot"
        problem = Problem(message, file=plan.document.name, table="plan_snapshots", hint=_BACKUP)
        yield Issue(problem, is_damage=True)
    for problem in plan.document.problems_of_several(BY_TYPE[records.PlanSnapshot]):
        yield Issue(problem, is_damage=True)
    for snapshot in snapshots:
        if not is_sound(snapshot):
            message = "the snapshot does not match its digest: it was changed after it was written"
            if digest_matches(snapshot):
                message = "the snapshot records an import, but its original content does not match the recorded digest"
            yield attrs.evolve(plan.issue(message, snapshot, hint=_BACKUP), is_damage=True)


def _replays(plan: _EventRows) -> Iterator[Issue]:
    for snapshot in plan.rows(records.PlanSnapshot):
        try:
            amendments = plan.rows(records.PlanAmendment)
            divergence = first_divergence(snapshot.snapshot_data, amendments, plan.content, snapshot.definitions)
        except ValidationError as error:
            for one in error.problems:
                yield attrs.evolve(plan.issue(one.message, snapshot, field=one.field, hint=_BACKUP), is_damage=True)
            continue
        if divergence is not None:
            last = divergence.amendment
            since = "; no amendment explains" if last is None else f" from amendment {last.sequence} on"
            message = f"the plan differs from its snapshot and amendments{since}: {divergence.message}"
            row = snapshot if last is None else last
            yield attrs.evolve(plan.issue(message, row, hint=_BACKUP), is_damage=True)


def _before_the_start(plan: _EventRows) -> Iterator[Issue]:
    if plan.event.plan_state in _STARTED:
        return
    for record_type in (records.PlanAmendment, records.ProductionRun, records.AssemblyRun, records.VoidedRun):
        for row in plan.rows(record_type):
            label = BY_TYPE[record_type].label.lower()
            message = f"the plan is {plan.event.plan_state.name}, so it never started, but has {label} {row.id}"
            yield attrs.evolve(plan.issue(message, row), is_damage=True)


def _voided(plan: _EventRows) -> Iterator[Issue]:
    types = {RunKind.PRODUCTION: records.ProductionRun, RunKind.ASSEMBLY: records.AssemblyRun}
    for row in plan.rows(records.VoidedRun):
        if plan.document.get(BY_TYPE[types[row.kind]], row.run_id) is None:
            message = f"voids {row.kind.value} run {row.run_id}, which does not exist"
            yield plan.issue(message, row, field="run_id")


def _inconsistent_runs(plan: _EventRows, current: Definitions) -> Iterator[Issue]:
    snapshots, amendments = plan.rows(records.PlanSnapshot), plan.rows(records.PlanAmendment)
    if len(snapshots) > 1:
        # Reported already; which definitions are effective is not for plandoc to decide.
        return
    effective = effective_definitions(snapshots[0] if snapshots else None, amendments, current)
    history = History(plan.content, plan.work, snapshots, amendments, effective, current)
    found = [*packed_beyond_plan(history)]
    if plan.event.plan_state in _STARTED:
        found += inconsistent_by_definitions(history)
    yield from (plan.issue(one.message, one.run, field=one.field) for one in found)
