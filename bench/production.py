"""Measure what comes after the start: amendments, progress, comparison and the report of one large event.

In turns: one of many events of the same plan is started; it gets its amendments and runs; then it is amended, looked
at, and reported on.
"""

from __future__ import annotations

import argparse
import datetime
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.table import Table

import plandoc
from bench import planning, processes
from plandoc.engine.session import Session
from plandoc.records import EventId, FinishedGoodId, FinishedUnitId
from plandoc.store import Store

GOODS = 100
DECISIONS = 100
# Goods of which two pieces each are packed, and units whose batches are all baked, so that there is enough to pack.
PACKED_GOODS = 5
BAKED_UNITS = 90
CHANGED_GOODS = range(50, 70)
CHANGED_UNITS = range(70, 90)
DROPPED_GOODS = range(90, 95)
AMENDMENTS = len(CHANGED_GOODS) + len(CHANGED_UNITS) + 2 * len(DROPPED_GOODS)
RUNS = BAKED_UNITS + 2 * PACKED_GOODS
_WARM_UP = 2
_DATE = datetime.date(2026, 12, 5)

_START = "start_production"
_COMPARISON = "get_plan_comparison"
_IMPORTS = "the imports alone"
_REPORT = "plandoc report"
_WARM, _AFTER_A_CHANGE, _COLD, _WHOLE = "warm", "after a change", "cold", "whole process"

GOAL_AMENDMENT = 1.5
GOAL_COMPARISON = 5
GOAL_REPORT = 300

Amendment = Callable[[EventId, Session], Any]
# In this order they leave the goods as they were.
AMENDMENTS_MEASURED: dict[str, Amendment] = {
    "change_quantity": lambda event, session: plandoc.change_quantity(
        event, FinishedGoodId(20), 1000, "why not", session=session
    ),
    "modify_batch_decision": lambda event, session: plandoc.modify_batch_decision(
        event, FinishedUnitId(40), 1000, "why not", session=session
    ),
    "drop_finished_good": lambda event, session: plandoc.drop_finished_good(
        event, FinishedGoodId(99), "why not", force=True, session=session
    ),
    "add_finished_good": lambda event, session: plandoc.add_finished_good(
        event, FinishedGoodId(99), 40, "why not", session=session
    ),
}
LOOKS: dict[str, Callable[[EventId, Session], Any]] = {
    _COMPARISON: lambda event, session: plandoc.get_plan_comparison(event, session=session),
    "get_progress": lambda event, session: plandoc.get_progress(event, session=session),
    "get_plan": lambda event, session: plandoc.get_plan(event, session=session),
    "render_report": lambda event, session: plandoc.render_report(event, session=session),
}

# By how it was done (warm, cold, as a whole process), and by what was done.
Times = dict[tuple[str, str], list[float]]


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    options = _options(arguments)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, medians of {options.repeats} in milliseconds")
    print(
        f"one event of {GOODS} goods and {DECISIONS} decisions, with {AMENDMENTS} amendments and {RUNS} runs; "
        f"in {options.folder}\n"
    )
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        times = _measure(Path(folder), options.repeats)
    medians = {key: statistics.median(seconds[_WARM_UP:]) * 1000 for key, seconds in times.items()}
    _print_table(medians)
    _print_goals(medians)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench production", description=__doc__)
    parser.add_argument("--repeats", type=int, default=30, help="how often each figure is taken")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where to work; must be on the disk to measure")
    return parser.parse_args(arguments)


def _measure(folder: Path, repeats: int) -> Times:
    data = folder / "data"
    store = _store(data, repeats + _WARM_UP)
    run = processes.Runner(folder / "bytecode")
    # What was written while building must not be written back while something is measured.
    os.sync()
    times: Times = {}
    for event in map(EventId, range(1, repeats + _WARM_UP + 1)):
        _take(times, _WARM, _START, partial(_change, store, event, plandoc.start_production))
        with store.session("fill") as session:
            _amend(event, session)
            _produce(event, session)
        _check(store, event)
        for name, amend in AMENDMENTS_MEASURED.items():
            _take(times, _WARM, name, partial(_change, store, event, amend))
        for name, look in LOOKS.items():
            # Each look finds the event as a change has just left it, then as it was read before.
            _change(store, event, _note)
            for how in (_AFTER_A_CHANGE, _WARM):
                _take(times, how, name, partial(store.read, partial(look, event)))
            _take(times, _COLD, name, partial(_look_cold, data, event, look))
        command = (
            processes.COMMAND,
            "--data",
            str(data),
            "report",
            str(event),
            "--output",
            str(folder / "report.html"),
        )
        _take(times, _WHOLE, _REPORT, partial(run, *command))
        _take(times, _WHOLE, _IMPORTS, lambda: run("-c", processes.IMPORTS))
    store.close()
    return times


def _store(folder: Path, events: int) -> Store:
    store = plandoc.open_store(folder, create=True)
    with store.session("fill the catalog") as session:
        planning.fill_catalog(session, DECISIONS, GOODS)
    quantities = {FinishedGoodId(good): 10 + good for good in range(1, GOODS + 1)}
    for number in range(1, events + 1):
        with store.session("plan an event") as session:
            event = session.add(plandoc.Event(f"Winter Fair {number}", _DATE))
            plandoc.set_event_finished_goods(event.id, quantities, add_missing_recipes=True, session=session)
            plandoc.decide_enough(event.id, session=session)
            plandoc.lock_plan(event.id, session=session)
    return store


def _amend(event: EventId, session: Session) -> None:
    for good in map(FinishedGoodId, CHANGED_GOODS):
        plandoc.change_quantity(event, good, 5 + good, "fewer guests", session=session)
    batches = {one.finished_unit_id: one.batches for one in plandoc.get_batch_decisions(event, session=session)}
    for unit in map(FinishedUnitId, CHANGED_UNITS):
        plandoc.modify_batch_decision(event, unit, batches[unit] + 1, "one to spare", session=session)
    for good in map(FinishedGoodId, DROPPED_GOODS):
        plandoc.drop_finished_good(event, good, "no boxes of that size", session=session)
        plandoc.add_finished_good(event, good, good, "boxes were found", session=session)


def _produce(event: EventId, session: Session) -> None:
    for decision in plandoc.get_batch_decisions(event, session=session):
        if decision.finished_unit_id <= BAKED_UNITS:
            plandoc.record_production(event, decision.finished_unit_id, decision.batches, session=session)
    for good in map(FinishedGoodId, range(1, PACKED_GOODS + 1)):
        for _ in range(2):
            plandoc.record_assembly(event, good, 1, session=session)


def _check(store: Store, event: EventId) -> None:
    """See that the event is as large as it is said to be."""
    plan = store.read(lambda session: plandoc.get_plan(event, session=session))
    found = len(plan.goods), len(plan.decisions), len(plan.amendments)
    runs = len(plan.production_runs) + len(plan.assembly_runs)
    if (*found, runs) != (GOODS, DECISIONS, AMENDMENTS, RUNS):
        raise SystemExit(f"the event is not as it should be: {found}, {runs} runs; the figures would mean nothing")


def _change(store: Store, event: EventId, change: Callable[..., Any]) -> None:
    with store.session("measured") as session:
        change(event, session=session)


def _note(event: EventId, session: Session) -> None:
    present = session.event(event)
    session.replace(attrs.evolve(present, notes=f"{present.notes}."))


def _look_cold(folder: Path, event: EventId, look: Callable[[EventId, Session], Any]) -> None:
    with plandoc.open_store(folder) as store:
        store.read(lambda session: look(event, session))


def _take(times: Times, how: str, name: str, call: Callable[[], Any]) -> None:
    start = time.perf_counter()
    call()
    times.setdefault((how, name), []).append(time.perf_counter() - start)


def _print_table(medians: dict[tuple[str, str], float]) -> None:
    start = medians[_WARM, _START]
    table = Table()
    table.add_column("how")
    table.add_column("what")
    table.add_column("ms", justify="right")
    table.add_column(f"/ {_START}", justify="right")
    before = _WARM
    for (how, name), median in sorted(
        medians.items(), key=lambda item: (_WARM, _AFTER_A_CHANGE, _COLD, _WHOLE).index(item[0][0])
    ):
        if how != before:
            table.add_section()
            before = how
        table.add_row(how, name, f"{median:.2f}", f"{median / start:.2f} x")
    Console(width=80).print(table)


def _print_goals(medians: dict[tuple[str, str], float]) -> None:
    slowest = max(AMENDMENTS_MEASURED, key=lambda name: medians[_WARM, name])
    times = medians[_WARM, slowest] / medians[_WARM, _START]
    print(
        f"the slowest amendment, {slowest}: {times:.2f} x {_START} of the same event (goal: at most {GOAL_AMENDMENT})"
    )
    print(f"{_COMPARISON}, warm: {medians[_WARM, _COMPARISON]:.2f} ms (goal: under {GOAL_COMPARISON})")
    report, imports = medians[_WHOLE, _REPORT], medians[_WHOLE, _IMPORTS]
    print(
        f"{_REPORT}, whole process: {report:.0f} ms (goal: under {GOAL_REPORT}), {report / imports:.2f} x the imports "
        f"that it cannot do without"
    )
