"""Sixteen processes that write to one folder for a while: how long each waits for its turn, and what they do together."""

from __future__ import annotations

import math
from pathlib import Path

import attrs

from bench.contenders.with_plandoc import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.at_work import WRITER, Worker
from bench.measuring.figures import Cell, JobResult, NotRun, Sample, Unit
from bench.measuring.places import STARTED

WRITERS = 16
ONE, MANY = "1 writer", f"{WRITERS} writers"
MEAN, P95, LONGEST = "mean", "95 % wait at most", "longest"
RATE, FEWEST, MOST = "commits a second", "fewest of one writer", "most of one writer"


class ManyWriters(Job):
    """One writer for a third of the time, all of them, and one once more."""

    name = "writers"
    title = "many processes that save decisions of plans in one folder, without a pause"

    def __init__(self, writers: int = WRITERS) -> None:
        self._writers = writers

    def measure(self, run: Run) -> list[JobResult]:
        """Return a table of the waits, and one of the commits."""
        size = run.sizes[:2][-1]
        folder = run.places.copy(Contender, size) / "plandoc"
        alone = [_written(folder, size, 1, run.seconds / 3)]
        together = _written(folder, size, self._writers, run.seconds)
        alone.append(_written(folder, size, 1, run.seconds / 3))
        phases = {ONE: _sum(alone), f"{self._writers} writers": together}
        waits: dict[Cell, Sample | NotRun] = {}
        commits: dict[Cell, Sample | NotRun] = {}
        for row, phase in phases.items():
            waits |= {Cell(row, column): Sample((figure,)) for column, figure in phase.waits().items()}
            commits |= {Cell(row, column): Sample((figure,)) for column, figure in phase.commits().items()}
        seconds = f"{run.seconds:g} s"
        return [
            JobResult("writers", f"wait for the turn, in one folder, {seconds}", waits),
            JobResult("writers, commits", f"commits, in one folder, {seconds}", commits, unit=Unit.TIMES),
        ]


@attrs.frozen
class _Phase:
    """What some writers did.

    Attributes:
        seconds: How long.
        waits_of_each: Of each writer, how long each of its commits waited.
    """

    seconds: float
    waits_of_each: tuple[list[float], ...]

    def waits(self) -> dict[str, float]:
        waits = sorted(wait for each in self.waits_of_each for wait in each)
        return {MEAN: math.fsum(waits) / len(waits), P95: waits[int(len(waits) * 0.95)], LONGEST: waits[-1]}

    def commits(self) -> dict[str, float]:
        counts = [len(each) for each in self.waits_of_each]
        return {RATE: round(sum(counts) / self.seconds, 1), FEWEST: min(counts), MOST: max(counts)}


def _sum(phases: list[_Phase]) -> _Phase:
    (writers,) = {len(phase.waits_of_each) for phase in phases}
    waits = tuple([wait for phase in phases for wait in phase.waits_of_each[number]] for number in range(writers))
    return _Phase(math.fsum(phase.seconds for phase in phases), waits)


def _written(folder: Path, size: int, writers: int, seconds: float) -> _Phase:
    workers = [Worker(WRITER, folder, STARTED + 1 + number % (size - STARTED)) for number in range(writers)]
    for worker in workers:
        worker.answer()
    for worker in workers:
        worker.order(f"write {seconds} 0")
    waits = tuple(worker.answer() for worker in workers)
    for worker in workers:
        worker.end()
    return _Phase(seconds, waits)
