"""How long the slowest of very many starts take, in one store that stays open, checkpoints included."""

from __future__ import annotations

import os
import statistics
import time

from bench.contenders.contract import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.figures import Cell, JobResult, NotRun, Sample
from bench.measuring.places import STARTED

MEDIAN, P99, LONGEST = "median", "99 % take at most", "longest"
# The others would show nothing about this, and take very long.
_CONTENDERS = ("plandoc", "sqlite3")


class Tail(Job):
    """Every event of the largest folder is started, one after the other."""

    name = "tail"
    title = "start all events of the largest folder, one after the other"

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        size = run.sizes[-1]
        cells: dict[Cell, Sample | NotRun] = {}
        for contender in run.contenders:
            if contender.NAME in _CONTENDERS:
                found = _seconds(run, contender, size)
                for column in (MEDIAN, P99, LONGEST):
                    figures = found if isinstance(found, NotRun) else Sample((_figure(column, found),))
                    cells[Cell(contender.NAME, column)] = figures
        return [JobResult(self.name, f"{size - STARTED} calls of start_production, one after the other", cells)]


def _seconds(run: Run, contender: type[Contender], size: int) -> list[float] | NotRun:
    built = run.places.built(contender, size)
    if isinstance(built, NotRun):
        return built
    try:
        return sorted(_taken(contender(run.places.copy(contender, size)), size))
    except Exception as error:
        # Whatever it is, the others are measured all the same.
        return NotRun.failed(error)


def _taken(opened: Contender, size: int) -> list[float]:
    os.sync()
    took = []
    for event_id in range(STARTED + 1, size + 1):
        start = time.perf_counter()
        opened.start(event_id)
        took.append(time.perf_counter() - start)
    opened.close()
    return took


def _figure(column: str, took: list[float]) -> float:
    if column == MEDIAN:
        return statistics.median(took)
    return took[-1] if column == LONGEST else took[int(len(took) * 0.99)]
