"""What is measured, in the order of the report."""

from __future__ import annotations

from bench.jobs import adding, changing, importing, looking
from bench.jobs.calls import Calls
from bench.jobs.contract import Job
from bench.jobs.large_catalog import LargeCatalog
from bench.jobs.large_import import LargeImport
from bench.jobs.long_journal import LongJournal
from bench.jobs.long_life import LongLife
from bench.jobs.many_writers import ManyWriters
from bench.jobs.memory import Memory
from bench.jobs.readers import Readers
from bench.jobs.shopping import Shopping
from bench.jobs.system_calls import SystemCalls
from bench.jobs.tail import Tail
from bench.jobs.whole_processes import WholeProcesses

JOBS: tuple[Job, ...] = (
    Calls(),
    *changing.JOBS,
    *looking.JOBS,
    Shopping(),
    LargeCatalog(),
    LongJournal(),
    *adding.JOBS,
    *importing.JOBS,
    LargeImport(),
    Tail(),
    ManyWriters(),
    Readers(),
    LongLife(),
    WholeProcesses(),
    Memory(),
    SystemCalls(),
)
NAMES = tuple(dict.fromkeys(job.name for job in JOBS))
