"""How many functions one change calls, all of it warm: eight recipes without lines, twelve goods and eight decisions."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Sequence
from pathlib import Path

import plandoc
from bench.jobs.contract import Job, Run
from bench.measuring.calls import calls_of
from bench.measuring.figures import Cell, JobResult, NotRun, Sample, Unit
from bench.showing.grids import OURS
from plandoc.records import EventId

START, DECIDE, AMEND = "start_production", "save_batch_decision", "change_quantity"
_RECIPES, _GOODS = 8, 12
_WARM_UP = 4
_MOST_ROUNDS = 12


class Calls(Job):
    """Each operation on one plan after the other; the median of as many as there are rounds."""

    name = "calls"
    title = "functions that one change calls, of Python and of C"

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        rounds = min(run.rounds, _MOST_ROUNDS)
        counts = counted(run.places.empty() / "plandoc", rounds)
        cells: dict[Cell, Sample | NotRun] = {
            Cell(OURS, name): Sample((float(statistics.median_high(each)),)) for name, each in counts.items()
        }
        return [JobResult(self.name, self.title, cells, unit=Unit.TIMES)]


def counted(folder: Path, rounds: int) -> dict[str, list[int]]:
    """Return how many functions each operation called, by its name.

    Args:
        folder: Where to make the store.
        rounds: How often each is counted, each time on another plan; some more warm the store up before.
    """
    with plandoc.open_store(folder, create=True) as store:
        units, goods = _fill(store)
        with store.session("plans") as session:
            events = [_planned(session, units, goods) for _ in range(_WARM_UP + rounds)]
    with plandoc.open_store(folder) as store:
        plandoc.use_store(store)
        unit, good = units[0].id, goods[0].id
        decided = [calls_of(plandoc.save_batch_decision, event, unit, 6 + event) for event in events]
        for event in events:
            plandoc.lock_plan(event)
        started = [calls_of(plandoc.start_production, event) for event in events]
        changed = [calls_of(plandoc.change_quantity, event, good, 11, "more guests") for event in events]
    counts = {START: started, DECIDE: decided, AMEND: changed}
    return {name: calls[_WARM_UP:] for name, calls in counts.items()}


def _fill(store: plandoc.Store) -> tuple[list[plandoc.FinishedUnit], list[plandoc.FinishedGood]]:
    with store.session("catalog") as session:
        recipes = [session.add(plandoc.Recipe(f"Recipe {i}", category="Cookies")) for i in range(_RECIPES)]
        units = [session.add(plandoc.FinishedUnit(one.name, one.id, items_per_batch=24)) for one in recipes]
        parts = [(plandoc.Component(units[i % _RECIPES].id),) for i in range(_GOODS)]
        goods = [session.add(plandoc.FinishedGood(f"Good {i}", part)) for i, part in enumerate(parts)]
    return units, goods


def _planned(
    session: plandoc.Session, units: Sequence[plandoc.FinishedUnit], goods: Sequence[plandoc.FinishedGood]
) -> EventId:
    event = session.add(plandoc.Event("Fair", datetime.date(2026, 12, 25)))
    plandoc.set_event_recipes(event.id, [unit.recipe_id for unit in units], session=session)
    plandoc.set_event_finished_goods(event.id, {good.id: 10 for good in goods}, session=session)
    for unit in units:
        plandoc.save_batch_decision(event.id, unit.id, 5, session=session)
    return event.id
