"""The results as a page of Markdown. Nothing on it is written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from bench import workload
from bench.contenders.contract import Contender
from bench.contenders.limits import ALL_LIMITS
from bench.measuring.figures import JobResult
from bench.measuring.turns import LONGEST_RUN_SECONDS, SECONDS_A_CELL
from bench.showing import machine
from bench.showing.grids import Grid, grid_of

_HOW = """\
What is kept: {recipes} recipes of {lines} lines, {goods} goods, and N events that each select all recipes, hand out all goods and
have {recipes} decisions.

Medians, with the quartiles in brackets. Every round, each contender at each size runs once in a new order. A
measured change follows an unmeasured one of the same contender, and what others left to the disk is written down before:
each pays for what it leaves behind itself, and for nothing else. Only who comes to the same JSON as the others is
measured. A cell that takes longer than {cell:.0f} s in all runs fewer times, as it says; one that takes longer
than {run:.0f} s is not run, and neither are its larger sizes.

What is compared is the same job, not the same promises: see the table of durability."""

_WORKLOAD = {"recipes": workload.RECIPES, "lines": workload.LINES_OF_RECIPE, "goods": workload.GOODS}


@attrs.frozen
class About:
    """What the figures are of.

    Attributes:
        machine: What was measured on.
        contenders: Those that ran.
        missing: Contenders and jobs that were left out, and why.
        rounds: How often each ran.
        commits: How many one process made while its memory was watched.
        seconds: How long many writers wrote.
        minutes: How long it took.
    """

    machine: Mapping[str, str]
    contenders: Sequence[type[Contender]]
    missing: Mapping[str, str]
    rounds: int
    commits: int
    seconds: float
    minutes: float


def page(about: About, results: Sequence[JobResult], goals: Grid) -> str:
    """Return the page."""
    return "\n\n".join(_parts(about, results, goals)) + "\n"


def _parts(about: About, results: Sequence[JobResult], goals: Grid) -> Iterator[str]:
    yield "# Results"
    options = f"--rounds {about.rounds} --commits {about.commits} --seconds {about.seconds:g}"
    yield f"Written by `python -m bench {options}` in {about.minutes:.0f} minutes."
    yield "What `plandoc.durable` costs a user of TinyDB is in [DURABLE.md](DURABLE.md)."
    yield _HOW.format(**_WORKLOAD, cell=SECONDS_A_CELL, run=LONGEST_RUN_SECONDS)
    yield "## Goals"
    yield table_of(goals)
    yield "## Machine"
    yield "\n".join(f"- {name}: {value}" for name, value in about.machine.items())
    packages = {name for contender in about.contenders for name in contender.PACKAGES}
    yield "Versions: " + ", ".join(f"{name} {version}" for name, version in machine.versions(packages).items()) + "."
    if about.missing:
        yield "\n".join(f"- {name}: {reason}" for name, reason in about.missing.items())
    yield "## Contenders"
    yield table_of(_durability(about.contenders))
    yield "## Jobs"
    for result in results:
        grid = grid_of(result)
        yield f"### {grid.title}"
        yield table_of(grid)


def _durability(contenders: Sequence[type[Contender]]) -> Grid:
    rows = [(one.NAME, one.DURABILITY, one.USE) for one in contenders]
    rows += [(limit.NAME, limit.DURABILITY, "a limit, for as many bytes as plandoc appends") for limit in ALL_LIMITS]
    return Grid("contenders", ("", "durability", "use"), tuple(rows), is_prose=True)


def table_of(grid: Grid) -> str:
    """Return a grid as a table of Markdown."""
    marks = [":--", *((":--" if grid.is_prose else "--:") for _ in grid.header[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (grid.header, marks, *grid.rows))
