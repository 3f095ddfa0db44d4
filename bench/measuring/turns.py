"""Every round, each contender at each size runs once, in a new order, so that drift of the machine hits all alike.

A measured run follows one unmeasured run of the same contender: it pays for what its own predecessor left to the disk and
to the processor's caches, and not for what another contender left. What others left to the disk is written down before.
"""

from __future__ import annotations

import gc
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import attrs

from bench.measuring.figures import Cell, NotRun, Sample, TooSlowError

# What one contender at one size may take in all its rounds; and a single run, beyond which larger sizes are not tried.
SECONDS_A_CELL = 5.0
LONGEST_RUN_SECONDS = 20.0
# A run that takes longer than this needs no other one before it.
_LONG_SECONDS = 0.3


class Turn(Protocol):
    """One contender at one size, doing one job again and again."""

    def before(self) -> None:
        """Get ready for three runs; not measured."""

    def run(self) -> Any:
        """Do it; measured."""

    def result(self) -> Any:
        """Return the JSON that the job has come to, which must be the same of all; None when there is none."""

    def close(self) -> None:
        """Let go of everything."""


@attrs.frozen
class Cost:
    """What one run took, in seconds: by the clock, and of the processor alone, without waiting for the disk."""

    clock: float
    processor: float


class OtherResultError(Exception):
    """A contender has not done the same job as the others."""


@attrs.define
class _Entry:
    turn: Turn
    first: Cost
    rounds: int
    costs: list[Cost]


class Table:
    """The turns of one job.

    Args:
        rounds: How often each runs, unless it takes too long.
        warm: Whether a run before each measured one makes sense.
        sync: Whether to write down before each run what others left to the disk.
        order: Shuffles each round.
    """

    def __init__(self, rounds: int, *, warm: bool, sync: bool, order: random.Random) -> None:
        self._rounds = rounds
        self._warm = warm
        self._sync = sync
        self._order = order
        self._entries: dict[Cell, _Entry] = {}
        self._not_run: dict[Cell, NotRun] = {}
        self._seats: list[Cell] = []

    def seat(self, cell: Cell, make: Callable[[], Turn | NotRun], expected: Any = None) -> Any:
        """Let a contender do the job once and return its result; None when it is not run.

        Args:
            cell: Which contender at which size; of one contender the smaller sizes come first.
            make: Makes its turn.
            expected: The result of the others; None when this is the first. One that comes to another result is not
                run, because its figures would mean nothing.
        """
        self._seats.append(cell)
        turn: Turn | NotRun | None = None
        try:
            turn = self._too_slow_before(cell) or make()
            if isinstance(turn, NotRun):
                self._not_run[cell] = turn
                return None
            return self._seated(cell, turn, expected)
        except Exception as error:
            # Whatever it is, the others are measured all the same.
            self._leave_out(cell, turn, error)
            return None

    def run(self) -> None:
        """Run all rounds."""
        # What one contender holds in memory must not be swept while another one is measured.
        gc.collect()
        gc.freeze()
        try:
            for number in range(self._rounds):
                turns = [
                    (cell, entry)
                    for cell, entry in self._entries.items()
                    if _is_in_round(number, entry.rounds, self._rounds)
                ]
                self._order.shuffle(turns)
                for cell, entry in turns:
                    self._measure(cell, entry)
        finally:
            gc.unfreeze()

    def measured(self, figure: Callable[[Cost], float] = lambda cost: cost.clock) -> dict[Cell, Sample | NotRun]:
        """Return what was measured, in the order of the seats.

        Args:
            figure: Of a run: what it took by the clock, unless given.
        """
        return {cell: self._not_run.get(cell) or self._sample(cell, figure) for cell in self._seats}

    def close(self) -> None:
        """Let go of all contenders."""
        for entry in self._entries.values():
            _close(entry.turn)

    def _seated(self, cell: Cell, turn: Turn, expected: Any) -> Any:
        self._get_ready(turn)
        first = self._first_cost(turn)
        result = turn.result()
        if expected is not None and result != expected:
            raise OtherResultError("does not come to the same result as the others")
        self._entries[cell] = self._entry(turn, first)
        return result

    def _leave_out(self, cell: Cell, turn: Turn | NotRun | None, error: Exception) -> None:
        self._entries.pop(cell, None)
        self._not_run[cell] = _reason(error)
        if turn is not None and not isinstance(turn, NotRun):
            _close(turn)

    def _sample(self, cell: Cell, figure: Callable[[Cost], float]) -> Sample:
        return Sample(tuple(figure(cost) for cost in self._entries[cell].costs))

    def _first_cost(self, turn: Turn) -> Cost:
        """Return what a run takes; where runs are warm, one that is not the very first."""
        cost = cost_of(turn.run)
        return cost_of(turn.run) if self._warm and cost.clock < LONGEST_RUN_SECONDS else cost

    def _entry(self, turn: Turn, first: Cost) -> _Entry:
        """Return a turn with as many rounds as are bearable; one that takes very long is not run again."""
        rounds = min(self._rounds, int(SECONDS_A_CELL / max(first.clock, 1e-9)))
        return _Entry(turn, first, rounds, [] if rounds else [first])

    def _get_ready(self, turn: Turn) -> None:
        turn.before()
        if self._sync:
            os.sync()

    def _measure(self, cell: Cell, entry: _Entry) -> None:
        try:
            self._get_ready(entry.turn)
            if self._warm and entry.first.clock < _LONG_SECONDS:
                entry.turn.run()
            gc.collect()
            entry.costs.append(cost_of(entry.turn.run))
        except Exception as error:
            self._leave_out(cell, entry.turn, error)

    def _too_slow_before(self, cell: Cell) -> NotRun | None:
        """Return why a contender is not run that was not at a smaller size, or was too slow there."""
        for smaller, not_run in self._not_run.items():
            if smaller.contender == cell.contender:
                at = "" if " at N" in not_run.reason else f" at N = {smaller.column}"
                return NotRun(f"{not_run.reason}{at}")
        for smaller, entry in self._entries.items():
            if smaller.contender == cell.contender and entry.first.clock > LONGEST_RUN_SECONDS:
                return NotRun(f"{entry.first.clock:.0f} s at N = {smaller.column}")
        return None


def _reason(error: Exception) -> NotRun:
    if isinstance(error, TooSlowError):
        return NotRun(f"over {LONGEST_RUN_SECONDS:.0f} s")
    return NotRun(str(error)) if isinstance(error, OtherResultError) else NotRun.failed(error)


def _close(turn: Turn) -> None:
    # One that failed may be unable even to do this.
    with suppress(Exception):
        turn.close()


def cost_of(work: Callable[[], object]) -> Cost:
    """Do something, and return what it took."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - clock, time.process_time() - processor)


def _is_in_round(number: int, rounds: int, all_rounds: int) -> bool:
    """Return whether one that runs fewer times runs in this round; its runs are spread over all rounds."""
    return (number + 1) * rounds // all_rounds > number * rounds // all_rounds
