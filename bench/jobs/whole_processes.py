"""Whole processes, from nothing to their end, beside the five imports that plandoc cannot do without."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench import processes
from bench.contenders.with_plandoc import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.figures import ANY_SIZE, Cell, JobResult
from bench.measuring.places import STARTED, Places
from bench.measuring.turns import Table

START, EVENT_LIST, SCRIPT = "plandoc start EVENT", "plandoc event list", "a script of five lines"
IMPORT, FIVE_IMPORTS, NOTHING = "import plandoc", processes.IMPORTS, "pass"
NAMES = "from plandoc import open_store, start_production"
_FIVE_LINES = """
import plandoc
with plandoc.open_store({folder!r}) as store:
    plandoc.start_production({event_id})
    snapshot = plandoc.get_plan_snapshot({event_id})
    print(len(snapshot.snapshot_data["recipes"]), "recipes")
"""


class _Process:
    """A process that needs no event of its own."""

    def __init__(self, runner: processes.Runner, *arguments: str) -> None:
        self._runner = runner
        self._arguments = arguments
        # The first one makes the bytecode, as an installer does.
        self.run()

    def before(self) -> None:
        """Nothing is used up."""

    def run(self) -> None:
        """Run it to its end."""
        self._runner(*self._arguments)

    def result(self) -> None:
        """Its exit status was looked at."""

    def close(self) -> None:
        """It has ended."""


class _WithEvent:
    """A process that starts an event; when all are started, another copy of the folder is taken."""

    def __init__(
        self, runner: processes.Runner, places: Places, size: int, command: Callable[[str, int], list[str]]
    ) -> None:
        self._runner = runner
        self._places = places
        self._size = size
        self._command = command
        self._take_copy()
        # The first one makes the bytecode, as an installer does.
        self.run()

    def before(self) -> None:
        """Take another copy when no event is left."""
        if self._next > self._size:
            self._take_copy()

    def run(self) -> None:
        """Start the next event."""
        self._runner(*self._command(str(self._folder / "plandoc"), self._next))
        self._next += 1

    def result(self) -> Any:
        """Its exit status was looked at."""

    def close(self) -> None:
        """It has ended."""

    def _take_copy(self) -> None:
        self._folder: Path = self._places.copy(Contender, self._size)
        self._next = STARTED + 1


class WholeProcesses(Job):
    """All of them in the same rounds."""

    name = "processes"
    title = "whole processes with N events"

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        runner = processes.Runner(run.places.empty())
        table = Table(run.rounds, warm=False, sync=True, order=random.Random(run.seed))
        for size in run.sizes:
            folder = str(run.places.folder(Contender, size) / "plandoc")
            table.seat(Cell(START, size), partial(_WithEvent, runner, run.places, size, _start))
            listing = processes.COMMAND, "--data", folder, "event", "list"
            table.seat(Cell(EVENT_LIST, size), partial(_Process, runner, *listing))
            table.seat(Cell(SCRIPT, size), partial(_WithEvent, runner, run.places, size, _script))
        for code in (IMPORT, NAMES, FIVE_IMPORTS, NOTHING):
            table.seat(Cell(code, ANY_SIZE), partial(_Process, runner, "-c", code))
        table.run()
        table.close()
        return [JobResult(self.name, self.title, table.measured(), rounds=run.rounds)]


def _start(folder: str, event_id: int) -> list[str]:
    return [processes.COMMAND, "--data", folder, "start", str(event_id)]


def _script(folder: str, event_id: int) -> list[str]:
    return ["-c", _FIVE_LINES.format(folder=folder, event_id=event_id)]
