"""One run of the suite: jobs one after the other, each shown as soon as it is measured."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import attrs

from bench import contenders, goals, jobs
from bench.jobs.contract import Job, Run
from bench.jobs.long_life import FEWEST_COMMITS
from bench.measuring.figures import JobResult, NotRun
from bench.measuring.places import Places
from bench.showing import machine, page, plots, terminal
from bench.showing.grids import grid_of

_ALL_SIZES = (10, 100, 1000, 10000)
# With fewer events there are none to start after the first ones.
_FEWEST_EVENTS = 7


@attrs.frozen
class Wanted:
    """What is to be run.

    Attributes:
        jobs: Their names.
        sizes: Numbers of events, from small to large.
        rounds: How often each contender runs.
        seed: Of the order of turns.
        commits: How many one process makes while its memory is watched.
        seconds: How long many writers write.
    """

    jobs: Sequence[str]
    sizes: Sequence[int]
    rounds: int
    seed: int
    commits: int
    seconds: float

    @classmethod
    def of(
        cls, job_names: str, sizes: str, rounds: int, seed: int, *, commits: int = 20_000, seconds: float = 30.0
    ) -> Self:
        """Return what the command line says.

        Raises:
            SystemExit: when it cannot be done.
        """
        names = [name.strip() for name in job_names.split(",") if name.strip()] or list(jobs.NAMES)
        unknown = [name for name in names if name not in jobs.NAMES]
        if unknown:
            raise SystemExit(f"there is no job {', '.join(unknown)}; there are {', '.join(jobs.NAMES)}")
        numbers = sorted({int(size) for size in sizes.split(",")})
        if numbers[0] < _FEWEST_EVENTS or rounds < 1:
            raise SystemExit(f"at least {_FEWEST_EVENTS} events and one round are needed")
        if commits < FEWEST_COMMITS or seconds <= 0:
            raise SystemExit(f"at least {FEWEST_COMMITS} commits and some seconds are needed")
        return cls(names, numbers, rounds, seed, commits, seconds)

    @property
    def is_everything(self) -> bool:
        """Whether it is all that the results page holds."""
        return tuple(self.jobs) == jobs.NAMES and tuple(self.sizes) == _ALL_SIZES


def run(wanted: Wanted, work: Path, output: Path | None, plot: Path | None) -> dict[str, JobResult]:
    """Run the jobs, show and write their tables, and return them by their names.

    Args:
        wanted: Which jobs, and how.
        work: A folder on the disk to measure.
        output: The page to write, if any.
        plot: The picture to draw, if any.

    Raises:
        SystemExit: when the folder is in memory.
    """
    start, surroundings = time.monotonic(), machine.machine(work)
    if machine.is_in_memory(work):
        raise SystemExit(f"{work} is in memory, where a sync costs nothing; name a folder on a disk with --folder")
    there, missing = contenders.available()
    for name, reason in missing.items():
        terminal.say(f"{name} is left out: {reason}; pip install -e '.\\[bench]' brings it")
    with TemporaryDirectory(dir=work) as folder:
        asked = Run(
            there, Places(Path(folder)), wanted.sizes, wanted.rounds, wanted.seed, wanted.commits, wanted.seconds
        )
        results, skipped = _results(wanted, asked, start)
    met = goals.grid(results, everything=wanted.is_everything, has_journal=machine.has_journal(work))
    if met.rows:
        terminal.show(met)
    minutes = (time.monotonic() - start) / 60
    terminal.say(f"{minutes:.1f} minutes")
    if output is not None:
        about = page.About(
            surroundings, there, {**missing, **skipped}, wanted.rounds, wanted.commits, wanted.seconds, minutes
        )
        output.write_text(page.page(about, list(results.values()), met), encoding="utf-8")
        terminal.say(f"written to {output}")
    if plot is not None:
        plots.draw(list(results.values()), plot)
        terminal.say(f"drawn in {plot}")
    return results


def _results(wanted: Wanted, asked: Run, start: float) -> tuple[dict[str, JobResult], Mapping[str, str]]:
    results: dict[str, JobResult] = {}
    skipped: dict[str, str] = {}
    chosen = [job for job in jobs.JOBS if job.name in wanted.jobs]
    for number, job in enumerate(chosen, start=1):
        minutes = (time.monotonic() - start) / 60
        terminal.say(f"{number} of {len(chosen)}, after {minutes:.1f} minutes: {job.title}")
        found = _measured(job, asked)
        if isinstance(found, str):
            skipped[job.title] = f"not measured: {found}"
            terminal.say(f"{job.title}: {skipped[job.title]}")
            continue
        for result in found:
            results[result.name] = result
            terminal.show(grid_of(result))
    return results, skipped


def _measured(job: Job, asked: Run) -> list[JobResult] | str:
    """Return the tables of a job, or why there are none; whatever that is, the others are measured all the same."""
    try:
        return job.why_skipped() or job.measure(asked)
    except Exception as error:
        traceback.print_exc()
        return NotRun.failed(error).reason
