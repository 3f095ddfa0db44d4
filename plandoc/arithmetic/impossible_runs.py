"""Runs that cannot be: more packed than the plan wants or than was made, and units baked that were never in the plan.

Guards keep such runs from being recorded; only a file that other hands changed holds any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from plandoc.arithmetic import runs
from plandoc.arithmetic.definitions import Definitions
from plandoc.arithmetic.progress import Work
from plandoc.arithmetic.replay import Part, PlanContent, effect_of
from plandoc.arithmetic.requirements import Breakdown
from plandoc.arithmetic.rounding import in_words
from plandoc.codec import from_row
from plandoc.errors import ValidationError
from plandoc.records import (
    AssemblyRun,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    PlanAmendment,
    PlanSnapshot,
    ProductionRun,
    Recipe,
)
from plandoc.tables import BY_TYPE
from plandoc.values import frozen

# Takes a type and an id, and returns what a message calls the record.
Called = Callable[[type, int], str]


@frozen
class ImpossibleRun:
    """A run that cannot be.

    Attributes:
        run: The run; of several that are too much together the last.
        field: What of it cannot be.
        message: Why.
    """

    run: ProductionRun | AssemblyRun
    field: str
    message: str


@frozen
class History:
    """What tells whether runs can be.

    Attributes:
        plan: What is planned now.
        work: The runs that count.
        snapshots: What was planned at the start; there should be one.
        amendments: What was changed since.
        today: What the catalogue defines now.
    """

    plan: PlanContent
    work: Work
    snapshots: Sequence[PlanSnapshot]
    amendments: Sequence[PlanAmendment]
    today: Definitions


def by_number(record_type: type, record_id: int) -> str:
    """Return what a record is called where nothing but its id is known."""
    return f"{BY_TYPE[record_type].label.lower()} {record_id}"


def packed_beyond_plan(history: History, called: Called = by_number) -> Iterator[ImpossibleRun]:
    """Yield the last run of each good of which more are packed than the plan wants."""
    wanted, last = history.plan.goods, {run.finished_good_id: run for run in history.work.assembly}
    for good_id, packed in sorted(runs.assembled(history.work.assembly).items()):
        if packed > wanted.get(good_id, 0):
            good = called(FinishedGood, good_id)
            message = f"{packed} of {good} are packed, but the plan wants {wanted.get(good_id, 0)}"
            yield ImpossibleRun(last[good_id], "quantity", message)


def impossible_by_definitions(history: History, called: Called = by_number) -> Iterator[ImpossibleRun]:
    """Yield runs that cannot be by what goods are made of, by the snapshot and by the catalogue of today."""
    if history.work.production or history.work.assembly:
        then = [Breakdown(_definitions_of(snapshot)) for snapshot in history.snapshots]
        breakdowns = [*then, Breakdown(history.today)]
        yield from _used_beyond_made(history.work, breakdowns, called)
        yield from _baked_out_of_plan(history, breakdowns, called)


def _used_beyond_made(work: Work, breakdowns: Sequence[Breakdown], called: Called) -> Iterator[ImpossibleRun]:
    """Yield the last run that took units of which more are packed than were made.

    A good may have been defined anew since it was packed. What it takes is therefore the least that it takes by any
    of the definitions that are known.
    """
    made = runs.units_made(work.production)
    used: dict[int, Fraction] = {}
    last: dict[int, AssemblyRun] = {}
    for run in work.assembly:
        for unit_id, each in _least(run.finished_good_id, breakdowns).items():
            used[unit_id] = used.get(unit_id, Fraction(0)) + each * run.quantity
            last[unit_id] = run
    for unit_id, taken in sorted(used.items()):
        if taken > made.get(unit_id, 0):
            unit = called(FinishedUnit, unit_id)
            message = f"{in_words(taken)} of {unit} are packed, but {made.get(unit_id, 0)} were made"
            yield ImpossibleRun(last[unit_id], "quantity", message)


def _least(good_id: int, breakdowns: Sequence[Breakdown]) -> Mapping[int, Fraction]:
    known = [breakdown.units(good_id) for breakdown in breakdowns if not breakdown.problems(good_id)]
    units = set(known[0]).intersection(*known[1:]) if known else set()
    return {unit_id: min(one[unit_id] for one in known) for unit_id in units}


def _baked_out_of_plan(history: History, breakdowns: Sequence[Breakdown], called: Called) -> Iterator[ImpossibleRun]:
    """Yield runs of units that were never in the plan.

    Only where the first definitions, those of the snapshot, tell of all goods that ever were: one that came later may
    have been defined anew since.
    """
    contents = [history.plan, *map(_content_of_snapshot, history.snapshots)]
    effects = [effect_of(row.change) for row in history.amendments]
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
    for run in history.work.production:
        if run.finished_unit_id not in known:
            message = f"{called(FinishedUnit, run.finished_unit_id)} was baked, but was never in the plan"
            yield ImpossibleRun(run, "finished_unit_id", message)


def _content_of_snapshot(snapshot: PlanSnapshot) -> PlanContent:
    data = snapshot.snapshot_data
    try:
        return PlanContent(
            frozenset(),
            {row["fg_id"]: row["quantity"] for row in data["finished_goods"]},
            {row["finished_unit_id"]: row["batches"] for row in data["batch_decisions"]},
        )
    except (KeyError, TypeError):
        # Said elsewhere: the snapshot has another form, or another digest.
        return PlanContent()


def _definitions_of(snapshot: PlanSnapshot) -> Definitions:
    rows = snapshot.definitions

    def look_up(record_type: type) -> Any:
        table = rows.get(BY_TYPE[record_type].name, {})

        def record(record_id: int) -> Any:
            try:
                return from_row(record_type, record_id, table[str(record_id)])
            except (KeyError, TypeError, AttributeError, ValidationError):
                return None

        return record

    return Definitions(*map(look_up, (FinishedGood, FinishedUnit, Recipe, Ingredient)))
