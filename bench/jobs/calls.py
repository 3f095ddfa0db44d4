"""How many functions one change calls: eight recipes without lines, twelve goods and eight decisions, all of it warm."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import plandoc
from bench import workload
from bench.jobs.contract import Job, Run
from bench.measuring.calls import calls_of
from bench.measuring.figures import Cell, JobResult, Sample, Unit
from bench.showing.grids import OURS
from plandoc.ids import EventId, FinishedGoodId, FinishedUnitId

START, DECIDE, AMEND, BAKE, READ = "start", "decide", "amend", "bake", "read"
_UNIT, _GOOD = FinishedUnitId(4), FinishedGoodId(5)
_WARM_UP = 3


class Calls(Job):
    """Each operation on one plan after the other; the median of as many as there are rounds."""

    name = "calls"
    title = "functions that one change calls, of Python and of C"

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        counts = counted(run.places.empty() / "plandoc", run.rounds)
        cells = {Cell(OURS, name): Sample(tuple(map(float, each))) for name, each in counts.items()}
        return [JobResult(self.name, self.title, {**cells}, unit=Unit.TIMES, rounds=run.rounds)]


def counted(folder: Path, rounds: int) -> dict[str, list[int]]:
    """Return how many functions each operation called, by its name.

    Args:
        folder: Where to make the store.
        rounds: How often each is counted, each time on another plan.
    """
    counts: dict[str, list[int]] = {name: [] for name in _OPERATIONS}
    with plandoc.open_store(folder, create=True) as store:
        plandoc.use_store(store)
        _fill(store, rounds + _WARM_UP)
        for number in range(1, rounds + _WARM_UP + 1):
            for name, operation in _OPERATIONS.items():
                # What is swept meanwhile calls functions, too.
                gc.collect()
                count = calls_of(lambda operation=operation, number=number: operation(EventId(number)))  # type: ignore[misc]
                if number > _WARM_UP:
                    counts[name].append(count)
    return counts


# In this order: a decision before the start, the others after it.
_OPERATIONS: dict[str, Callable[[EventId], object]] = {
    DECIDE: lambda event_id: plandoc.save_batch_decision(event_id, _UNIT, 90),
    START: lambda event_id: plandoc.start_production(event_id),
    AMEND: lambda event_id: plandoc.change_quantity(event_id, _GOOD, 1, "fewer guests"),
    BAKE: lambda event_id: plandoc.record_production(event_id, _UNIT, 1),
    READ: lambda event_id: plandoc.get_plan(event_id),
}


def _fill(store: plandoc.Store, events: int) -> None:
    with store.session("fill the catalog") as session:
        for number in range(1, workload.RECIPES + 1):
            recipe = session.add(plandoc.Recipe(f"Recipe {number}"))
            session.add(
                plandoc.FinishedUnit(f"Unit {number}", recipe.id, items_per_batch=workload.items_per_batch(number))
            )
        for number in range(1, workload.GOODS + 1):
            parts = tuple(
                plandoc.Component(quantity=int(count), finished_unit_id=FinishedUnitId(unit))
                for unit, count in workload.components(number)
            )
            session.add(plandoc.FinishedGood(f"Box {number}", parts))
    quantities = {FinishedGoodId(good): count for good, count in workload.quantities().items()}
    for number in range(1, events + 1):
        with store.session("plan") as session:
            event = session.add(plandoc.Event(f"Event {number}", workload.DATE))
            plandoc.set_event_finished_goods(event.id, quantities, add_missing_recipes=True, session=session)
            plandoc.decide_enough(event.id, session=session)
            plandoc.lock_plan(event.id, session=session)
