"""A process that reads the same plan again and again, alone and beside one that writes all the time; and what it reads.

Between two looks there is time for two commits, so that each look finds something new.
"""

from __future__ import annotations

import statistics
from pathlib import Path

from bench.contenders.with_plandoc import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.at_work import READER, WRITER, Worker
from bench.measuring.figures import Cell, JobResult, NotRun, Sample, Unit
from bench.measuring.places import STARTED
from plandoc.storage.folder import CHECKPOINT_SIZE

ALONE, BESIDE = "alone", "beside a writer"
MEDIAN, P95 = "median", "95 % take at most"
LINE, SHORT, LONG = "bytes of the commit's line", "read, short journal", "read, long journal"
OURS = "plandoc"
_READ_EVENT, _WRITTEN_EVENT = STARTED + 1, STARTED + 2
_UNIT = 4
_COMMIT_PAUSE, _LOOK_PAUSE = 0.005, 0.01
_LOOKS = 250
_TURNS = 2
_COUNTED = 5


class Readers(Job):
    """Both in turns, and then one commit and one look at a time."""

    name = "readers"
    title = "read one plan beside a steady writer"

    def measure(self, run: Run) -> list[JobResult]:
        """Return a table of times, and one of bytes."""
        size = run.sizes[:2][-1]
        folder = run.places.copy(Contender, size)
        took = _in_turns(folder / "plandoc", _LOOKS if run.rounds > 2 else 2)
        times: dict[Cell, Sample | NotRun] = {}
        for row, looks in took.items():
            times[Cell(row, MEDIAN)] = Sample((statistics.median(looks),))
            times[Cell(row, P95)] = Sample((sorted(looks)[int(len(looks) * 0.95)],))
        counted: dict[Cell, Sample | NotRun] = {
            Cell(OURS, column): Sample((figure,)) for column, figure in _bytes(run.places.copy(Contender, size)).items()
        }
        return [
            JobResult("readers", "read one plan, warm, while another process commits 200 times a second", times),
            JobResult(
                "readers, bytes", "what one look reads after one commit of another process", counted, unit=Unit.TIMES
            ),
        ]


def _in_turns(folder: Path, looks: int) -> dict[str, list[float]]:
    reader, writer = Worker(READER, folder, _READ_EVENT), Worker(WRITER, folder, _WRITTEN_EVENT)
    took: dict[str, list[float]] = {ALONE: [], BESIDE: []}
    for worker in (reader, writer):
        worker.answer()
    for row in (ALONE, BESIDE) * _TURNS:
        if row == BESIDE:
            writer.order(f"pace {_COMMIT_PAUSE}")
        reader.order(f"look {looks} {_LOOK_PAUSE}")
        took[row] += [seconds for seconds, _ in reader.answer()]
        if row == BESIDE:
            # Any order ends the one before; this one takes no time.
            writer.order("write 0 0")
            writer.answer()
            writer.answer()
    for worker in (reader, writer):
        worker.end()
    return took


def _bytes(folder: Path) -> dict[str, float]:
    """Return what a commit appends, and what the look after it reads, as the journal grows."""
    reader, writer = Worker(READER, folder / "plandoc", _READ_EVENT), Contender(folder)
    reader.answer()
    line = _after_commit(reader, writer)[0]
    short = [_after_commit(reader, writer)[1] for _ in range(_COUNTED)]
    while writer.journal_bytes() < CHECKPOINT_SIZE - (_COUNTED + 2) * line:
        _commit(writer)
    _after_commit(reader, writer)
    long = [_after_commit(reader, writer)[1] for _ in range(_COUNTED)]
    reader.end()
    writer.close()
    return {LINE: line, SHORT: statistics.median(short), LONG: statistics.median(long)}


def _after_commit(reader: Worker, writer: Contender) -> tuple[int, int]:
    before = writer.journal_bytes()
    _commit(writer)
    reader.order("look 1 0")
    ((_, read),) = reader.answer()
    return writer.journal_bytes() - before, read


def _commit(writer: Contender) -> None:
    # The length of the journal says how often: each is another number than the one before.
    writer.decide(_WRITTEN_EVENT, _UNIT, 50 + writer.journal_bytes() % 40)
