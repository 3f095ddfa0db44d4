"""What is measured, in the order of the report."""

from __future__ import annotations

from bench.jobs import adding, changing, importing, looking
from bench.jobs.contract import Job
from bench.jobs.memory import Memory
from bench.jobs.system_calls import SystemCalls
from bench.jobs.whole_processes import WholeProcesses

JOBS: tuple[Job, ...] = (
    *changing.JOBS,
    *looking.JOBS,
    *adding.JOBS,
    *importing.JOBS,
    WholeProcesses(),
    Memory(),
    SystemCalls(),
)
NAMES = tuple(dict.fromkeys(job.name for job in JOBS))
