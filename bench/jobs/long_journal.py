"""A store that is opened while its journal is nearly as long as it ever gets: read one plan, and save one decision.

The journal is left by a process that ended without closing its store; whoever opens it has to make sense of all of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from bench import workload
from bench.contenders.with_plandoc import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.child import LEFT
from bench.measuring.children import run_child
from bench.measuring.figures import Cell, JobResult
from bench.measuring.places import STARTED
from bench.measuring.turns import Table
from plandoc.storage.folder import CHECKPOINT_SIZE

EMPTY, LONG = "empty journal", "long journal"
_EVENT, _UNIT = STARTED + 2, 4
_ENOUGH = workload.decisions()[_UNIT - 1]["batches"]
_PROBES = 3


class LongJournal(Job):
    """plandoc with both journals, in the same rounds; each run opens a new copy."""

    name = "journal"
    title = "open a store and do one thing, with an empty journal and with a long one"

    def measure(self, run: Run) -> list[JobResult]:
        """Return one table."""
        size = run.sizes[:2][-1]
        folders = {EMPTY: run.places.folder(Contender, size), LONG: _with_long_journal(run, size)}
        with closing(Contender(run.places.duplicate(folders[LONG]))) as opened:
            length = opened.journal_bytes()
        table = Table(run.rounds, warm=False, sync=True, order=random.Random(run.seed))
        for row, work in (("read one plan", _read), ("save one decision", _decide)):
            for column, folder in folders.items():
                copy = partial(run.places.duplicate, folder)
                table.seat(Cell(row, column), partial(_Opening, copy, work))
        table.run()
        table.close()
        return [JobResult(self.name, f"{self.title} of {length / 1e3:.0f} kB", table.measured(), rounds=run.rounds)]


class _Opening:
    """Opens a copy, does something and keeps the store open until the next run."""

    def __init__(self, copy: Callable[[], Path], work: Callable[[Contender], object]) -> None:
        self._copy = copy
        self._work = work
        self._opened: Contender | None = None

    def before(self) -> None:
        """Take another copy."""
        self.close()
        self._folder = self._copy()

    def run(self) -> None:
        """Open it and do something."""
        self._opened = Contender(self._folder)
        self._work(self._opened)

    def result(self) -> None:
        """Nothing is compared."""

    def close(self) -> None:
        """Let go of the copy."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None


def _with_long_journal(run: Run, size: int) -> Path:
    folder = run.places.copy(Contender, size)
    run_child(Contender, folder, "decide", _PROBES, LEFT)
    each = _journal_length(folder) // _PROBES
    more = (CHECKPOINT_SIZE - 2 * each) // each - _PROBES
    run_child(Contender, folder, "decide", more, LEFT)
    return folder


def _journal_length(folder: Path) -> int:
    return len((folder / "plandoc" / "journal.jsonl").read_bytes().rstrip(b"\0 \n"))


def _read(opened: Contender) -> object:
    return opened.plan(_EVENT)


def _decide(opened: Contender) -> None:
    opened.decide(_EVENT, _UNIT, _ENOUGH + 1)
