"""Inconsistent runs: more packed than the plan wants or than was made, and units baked that were never in the plan.

Guards prevent recording such runs; only a file that another program changed can hold any.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from plandoc.domain import runs
from plandoc.domain.definitions import Definitions
from plandoc.domain.progress import Work
from plandoc.domain.replay import PlanContent
from plandoc.domain.requirements import Breakdown
from plandoc.domain.rounding import format_number
from plandoc.frozen import frozen
from plandoc.records import (
    AssemblyRun,
    FinishedGood,
    FinishedUnit,
    PlanAmendment,
    PlanSection,
    PlanSnapshot,
    ProductionRun,
)
from plandoc.tables import BY_TYPE

# Takes a record type and an id, and returns the name of the record in messages.
Label = Callable[[type, int], str]


@frozen
class InconsistentRun:
    """A run that contradicts the plan or other runs.

    Attributes:
        run: The run; of several that contradict it together, the last.
        field: The field that is inconsistent.
        message: Why.
    """

    run: ProductionRun | AssemblyRun
    field: str
    message: str


@frozen
class History:
    """What runs are checked against.

    Attributes:
        plan: What is planned now.
        work: The runs that count.
        snapshots: What was planned at the start; there should be one.
        amendments: What was changed since.
        effective: The effective definitions.
        current: What the catalog defines now, by which plandoc 0.1 recorded runs.
    """

    plan: PlanContent
    work: Work
    snapshots: Sequence[PlanSnapshot]
    amendments: Sequence[PlanAmendment]
    effective: Definitions
    current: Definitions


def label_by_id(record_type: type, record_id: int) -> str:
    """Return the name of a record where only its id is known."""
    return f"{BY_TYPE[record_type].label.lower()} {record_id}"


def packed_beyond_plan(history: History, label: Label = label_by_id) -> Iterator[InconsistentRun]:
    """Yield the last run of each good with more pieces packed than the plan wants."""
    wanted = history.plan.goods
    last: dict[int, AssemblyRun] = {run.finished_good_id: run for run in history.work.assembly}
    for good_id, packed in sorted(runs.assembled(history.work.assembly).items()):
        if packed > wanted.get(good_id, 0):
            good = label(FinishedGood, good_id)
            message = f"{packed} of {good} are packed, but the plan wants {wanted.get(good_id, 0)}"
            yield InconsistentRun(last[good_id], "quantity", message)


def inconsistent_by_definitions(history: History, label: Label = label_by_id) -> Iterator[InconsistentRun]:
    """Yield runs that contradict what goods are made of, each by the definitions of its time."""
    if history.work.production or history.work.assembly:
        yield from _used_beyond_made(history, label)
        yield from _baked_out_of_plan(history, label)


def _used_beyond_made(history: History, label: Label) -> Iterator[InconsistentRun]:
    """Yield the last run that took a unit with more pieces packed than made."""
    made = runs.units_made(history.work.production)
    used: dict[int, Fraction] = {}
    last: dict[int, AssemblyRun] = {}
    for run in history.work.assembly:
        for unit_id, each in _least(run, history).items():
            used[unit_id] = used.get(unit_id, Fraction(0)) + each * run.quantity
            last[unit_id] = run
    for unit_id, taken in sorted(used.items()):
        if taken > made.get(unit_id, 0):
            unit = label(FinishedUnit, unit_id)
            message = f"{format_number(taken)} of {unit} are packed, but {made.get(unit_id, 0)} were made"
            yield InconsistentRun(last[unit_id], "quantity", message)


def _least(run: AssemblyRun, history: History) -> Mapping[int, Fraction]:
    """Return what a piece took: the least it can have taken, where the definition of its time is unknown."""
    candidates = [history.effective.as_of(run.amendments_before)]
    if run.amendments_before is None:
        candidates.append(history.current)
    breakdowns = map(Breakdown.of, candidates)
    known = [one.units(run.finished_good_id) for one in breakdowns if not one.problems(run.finished_good_id)]
    units = set(known[0]).intersection(*known[1:]) if known else set()
    return {unit_id: min(one[unit_id] for one in known) for unit_id in units}


def _baked_out_of_plan(history: History, label: Label) -> Iterator[InconsistentRun]:
    """Yield runs of units that were never in the plan."""
    contents = [history.plan, *map(_content_of_snapshot, history.snapshots)]
    effects = [effect for effect in (row.change.effect for row in history.amendments) if effect is not None]
    goods = {good_id for one in contents for good_id in one.goods}
    goods |= {effect.key for effect in effects if effect.section is PlanSection.GOODS}
    decided = {unit_id for one in contents for unit_id in one.batches}
    decided |= {effect.key for effect in effects if effect.section is PlanSection.BATCHES}
    revisions = (row.sequence for row in history.amendments if row.revises)
    ever = [history.effective, *(history.effective.as_of(number - 1) for number in revisions)]
    needed = _needed(goods, ever)
    needed_by_some = needed | _needed(goods, [history.current])
    # A run of plandoc 0.1 may have been needed by a definition that is no longer known.
    all_known = all(_frozen(good_id, history) for good_id in goods)
    for run in history.work.production:
        is_known = run.amendments_before is not None
        if run.finished_unit_id in decided | (needed if is_known else needed_by_some) or not (is_known or all_known):
            continue
        message = f"{label(FinishedUnit, run.finished_unit_id)} was baked, but was never in the plan"
        yield InconsistentRun(run, "finished_unit_id", message)


def _needed(goods: Collection[int], definitions: Iterable[Definitions]) -> set[int]:
    breakdowns = map(Breakdown.of, definitions)
    return {
        unit_id
        for one in breakdowns
        for good_id in goods
        if not one.problems(good_id)
        for unit_id in one.units(good_id)
    }


def _frozen(good_id: int, history: History) -> bool:
    return any(source.defines("finished_goods", good_id) for source in (*history.snapshots, *history.amendments))


def _content_of_snapshot(snapshot: PlanSnapshot) -> PlanContent:
    data = snapshot.snapshot_data
    try:
        return PlanContent(
            frozenset(),
            {row["fg_id"]: row["quantity"] for row in data["finished_goods"]},
            {row["finished_unit_id"]: row["batches"] for row in data["batch_decisions"]},
        )
    except (KeyError, TypeError):
        # Reported elsewhere: the snapshot has another form or digest.
        return PlanContent()
