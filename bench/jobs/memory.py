"""The most memory that opening and starting one plan takes, above what the imports take: a process for each run."""

from __future__ import annotations

import subprocess

from bench.contenders.contract import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.child import CLOSED
from bench.measuring.children import run_child
from bench.measuring.figures import Cell, JobResult, NotRun, Sample, Unit

_ROUNDS = 3


class Memory(Job):
    """Each contender at each size."""

    name = "memory"
    title = "peak memory above the imports: open, and start one plan among N"

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        cells = {
            Cell(contender.NAME, size): _measured(run, contender, size)
            for size in run.sizes
            for contender in run.contenders
        }
        return [JobResult(self.name, self.title, cells, unit=Unit.BYTES, rounds=min(_ROUNDS, run.rounds))]


def _measured(run: Run, contender: type[Contender], size: int) -> Sample | NotRun:
    built = run.places.built(contender, size)
    if isinstance(built, NotRun):
        return built
    values = []
    try:
        for _ in range(min(_ROUNDS, run.rounds)):
            folder = run.places.copy(contender, size)
            values.append(float(run_child(contender, folder, "start", 1, CLOSED)["bytes"]))
    except subprocess.CalledProcessError as error:
        return NotRun.failed(error)
    return Sample(tuple(values))
