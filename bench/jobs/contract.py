"""What a job is, and how it is measured: seat every contender, see that all come to the same result, run the rounds."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import attrs

from bench.contenders.contract import Contender
from bench.contenders.limits import LIMITS, Limit
from bench.measuring.figures import ANY_SIZE, Cell, JobResult, NotRun
from bench.measuring.places import Places
from bench.measuring.turns import Table, Turn


@attrs.frozen
class Run:
    """What one run of the suite measures.

    Attributes:
        contenders: Ours first.
        places: Where their folders are.
        sizes: Numbers of events, from small to large.
        rounds: How often each contender runs.
        seed: Of the order of turns.
        commits: How many one process makes while its memory is watched.
        seconds: How long many writers write.
    """

    contenders: Sequence[type[Contender]]
    places: Places
    sizes: Sequence[int]
    rounds: int
    seed: int
    commits: int = 1_000
    seconds: float = 1.0


class Job:
    """Something that is measured.

    Attributes:
        name: As `--jobs` calls it; one name can have several tables.
        title: What is done.
    """

    name: str
    title: str

    def why_skipped(self) -> str | None:
        """Return what is missing that the job cannot do without; None when nothing is."""
        return None

    def measure(self, run: Run) -> list[JobResult]:
        """Return the tables of the job."""
        raise NotImplementedError


@attrs.frozen
class ContenderJob(Job):
    """Something that every contender does in this process.

    Attributes:
        key: By which goals find the table.
        turn: Makes a contender's turn at a size.
        changes: Whether something is written.
        warm: Whether a run before each measured one makes sense.
        most_rounds: At most so many rounds.
        has_events: Whether the number of events matters.
        only_ends: Whether only the smallest and the largest size are measured, for it takes long.
        missing: Tells what is missing, or None.
        limits: What is measured beside, for as many bytes as plandoc appends.
    """

    name: str
    key: str
    title: str
    turn: Callable[[type[Contender], Places, int], Turn]
    changes: bool = False
    warm: bool = True
    most_rounds: int = 1000
    has_events: bool = True
    only_ends: bool = False
    missing: Callable[[], str | None] = lambda: None
    limits: Sequence[Callable[[Path, int], Limit]] = LIMITS

    def why_skipped(self) -> str | None:
        """Return what is missing."""
        return self.missing()

    def measure(self, run: Run) -> list[JobResult]:
        """Measure every contender at every size."""
        rounds = min(run.rounds, self.most_rounds)
        table = Table(rounds, warm=self.warm, sync=self.changes, order=random.Random(run.seed))
        for size in self._sizes(run):
            expected: Any = None
            for contender in run.contenders:
                turns: list[Turn] = []
                cell = Cell(contender.NAME, size)
                result = table.seat(cell, partial(self._turn, run, contender, size, turns), expected)
                expected = result if expected is None else expected
                appended_bytes = getattr(turns[0], "appended_bytes", 0) if turns else 0
                if appended_bytes:
                    self._seat_limits(table, run.places, size, appended_bytes)
        table.run()
        table.close()
        results = [JobResult(self.key, self.title, table.measured(), rounds=rounds)]
        if self.changes:
            # How much of it is waiting for the disk: what disturbs the disk disturbs these figures less.
            cells = table.measured(lambda cost: cost.processor)
            results.append(
                JobResult(f"{self.key}, processor", f"{self.title}, processor time alone", cells, rounds=rounds)
            )
        return results

    def _seat_limits(self, table: Table, places: Places, size: int, appended_bytes: int) -> None:
        folder = places.empty()
        for make in self.limits:
            limit = make(folder, appended_bytes)
            table.seat(Cell(limit.NAME, size), partial(_LimitTurn, limit))

    def _sizes(self, run: Run) -> Sequence[int]:
        if not self.has_events:
            return [ANY_SIZE]
        return sorted({run.sizes[0], run.sizes[-1]}) if self.only_ends else run.sizes

    def _turn(self, run: Run, contender: type[Contender], size: int, turns: list[Turn]) -> Turn | NotRun:
        if self.has_events:
            built = run.places.built(contender, size)
            if isinstance(built, NotRun):
                return built
        turns.append(self.turn(contender, run.places, size))
        return turns[0]


class _LimitTurn:
    """Brings bytes to the disk, and comes to no result."""

    def __init__(self, limit: Limit) -> None:
        self._limit = limit

    def before(self) -> None:
        """Nothing is used up."""

    def run(self) -> None:
        """Bring the bytes to the disk."""
        self._limit()

    def result(self) -> None:
        """There is none."""

    def close(self) -> None:
        """Close the file."""
        self._limit.close()
