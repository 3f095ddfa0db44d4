"""What one more change asks of the disk: how many syncs, and how many bytes written into files.

Six changes less one in a process of their own, as strace sees them: what opening costs falls out. The process is left
as it is after its changes, so that only what they waited for is counted; and once closed, with what was put off till then.
"""

from __future__ import annotations

import subprocess

from bench.contenders.contract import Contender
from bench.jobs.contract import Job, Run
from bench.measuring.child import CLOSED, LEFT, OPERATIONS
from bench.measuring.children import Calls, can_count, count_calls
from bench.measuring.figures import Cell, JobResult, NotRun, Sample, Unit

_FEW, _MANY = 1, 6
_COLUMNS = {**{operation: (operation, LEFT) for operation in OPERATIONS}, "start, closed": ("start", CLOSED)}


class SystemCalls(Job):
    """Each contender doing each kind of change among a hundred events or so; most do not care how many there are."""

    name = "syncs"
    title = "syncs and bytes of one change"

    def why_skipped(self) -> str | None:
        """Tell whether calls can be counted."""
        return None if can_count() else "strace is not installed, or may not trace"

    def measure(self, run: Run) -> list[JobResult]:
        """Return a table of syncs and one of bytes."""
        size = run.sizes[:2][-1]
        syncs: dict[Cell, Sample | NotRun] = {}
        written: dict[Cell, Sample | NotRun] = {}
        for contender in run.contenders:
            for column, (operation, ending) in _COLUMNS.items():
                cell = Cell(contender.NAME, column)
                syncs[cell], written[cell] = _counted(run, contender, size, operation, ending)
        return [
            JobResult("syncs", f"syncs that one change waits for, N = {size}", syncs, unit=Unit.TIMES),
            JobResult("bytes", f"bytes that one change writes, N = {size}", written, unit=Unit.BYTES_WRITTEN),
        ]


def _counted(
    run: Run, contender: type[Contender], size: int, operation: str, ending: str
) -> tuple[Sample | NotRun, Sample | NotRun]:
    built = run.places.built(contender, size)
    if isinstance(built, NotRun):
        return built, built
    try:
        few, many = (_calls(run, contender, size, operation, times, ending) for times in (_FEW, _MANY))
    except subprocess.CalledProcessError as error:
        return NotRun.failed(error), NotRun.failed(error)
    more = _MANY - _FEW
    return (
        Sample(((many.syncs - few.syncs) / more,)),
        Sample(((many.bytes_written - few.bytes_written) / more,)),
    )


def _calls(run: Run, contender: type[Contender], size: int, operation: str, times: int, ending: str) -> Calls:
    folder = run.places.copy(contender, size)
    return count_calls(contender, folder, operation, times, ending)
