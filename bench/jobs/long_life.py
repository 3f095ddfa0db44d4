"""Memory and open files of one process over very many commits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.contenders.with_plandoc import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.figures import Cell, JobResult, NotRun, Sample, Unit
from bench.measuring.long_life import TENTHS
from bench.showing.grids import OURS, spaced

FEWEST_COMMITS = TENTHS


class LongLife(Job):
    """As many commits as are asked for."""

    name = "long"
    title = "memory and open files of one process over very many commits"

    def why_skipped(self) -> str | None:
        """Whether the system says what a process has."""
        return None if Path("/proc/self/statm").exists() else "there is no /proc"

    def measure(self, run: Run) -> list[JobResult]:
        """Return a table of memory, and one of open files."""
        folder = run.places.copy(Contender, run.sizes[:2][-1])
        command = [sys.executable, "-m", "bench.measuring.long_life", str(folder), str(run.commits)]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        of = f"of one process after so many of {spaced(run.commits)} commits"
        return [
            JobResult(
                "long, memory", f"resident memory {of}", _cells(found, lambda one: one["bytes"]), unit=Unit.BYTES
            ),
            JobResult("long, files", f"open files {of}", _cells(found, lambda one: one["files"]), unit=Unit.TIMES),
        ]


def _cells(found: list[Any], figure: Callable[[Any], float]) -> dict[Cell, Sample | NotRun]:
    return {Cell(OURS, spaced(one["commits"])): Sample((float(figure(one)),)) for one in found}
