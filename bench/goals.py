"""What plandoc is to reach, as ratios and counts of one run, and whether it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs

from bench.contenders.limits import Append
from bench.jobs.whole_processes import FIVE_IMPORTS, IMPORT, NAMES, START
from bench.measuring.figures import ANY_SIZE, Column, JobResult
from bench.showing.grids import OURS, Grid

Results = Mapping[str, JobResult]
_MANY, _FEW = 10_000, 10


@attrs.frozen
class Goal:
    """Something to reach.

    Attributes:
        job: What is done.
        against: What it is held against.
        bound: The most that it may be, or the least.
        found: Works it out; None when something was not measured.
        unit: Of the bound.
        at_least: Whether the bound is the least.
    """

    job: str
    against: str
    bound: float
    found: Callable[[Results], float | None]
    unit: str = "x"
    at_least: bool = False

    def row(self, results: Results) -> tuple[str, ...]:
        """Return the goal with what was found."""
        found = self.found(results)
        wanted = f"{'at least' if self.at_least else 'at most'} {self.bound:g} {self.unit}".rstrip()
        if found is None:
            return self.job, self.against, wanted, "", "not measured"
        is_met = found >= self.bound if self.at_least else found <= self.bound
        shown = f"{found:,.0f}".replace(",", " ") if found >= 100 else f"{found:.2f}"
        return self.job, self.against, wanted, f"{shown} {self.unit}".rstrip(), "met" if is_met else "MISSED"


def grid(results: Results, *, everything: bool) -> Grid:
    """Return the goals with what was found.

    Args:
        results: Tables by their names.
        everything: Whether to show the goals of which something was not measured, too.
    """
    goals = [goal for goal in GOALS if everything or goal.found(results) is not None]
    return Grid(
        "goals", ("goal", "against", "wanted", "found", ""), tuple(goal.row(results) for goal in goals), is_prose=True
    )


def _of(results: Results, table: str, contender: str, column: Column) -> float | None:
    return results[table].median(contender, column) if table in results else None


def _ratio(upper: tuple[str, str, Column], lower: tuple[str, str, Column]) -> Callable[[Results], float | None]:
    def found(results: Results) -> float | None:
        above, below = (_of(results, *which) for which in (upper, lower))
        return None if above is None or not below else above / below

    return found


def _figure(table: str, contender: str, column: Column, factor: float = 1.0) -> Callable[[Results], float | None]:
    def found(results: Results) -> float | None:
        value = _of(results, table, contender, column)
        return None if value is None else value * factor

    return found


def _against(job: str, table: str, other: str, bound: float) -> Goal:
    return Goal(job, other, bound, _ratio((table, OURS, _MANY), (table, other, _MANY)))


def _faster(job: str, table: str, other: str, bound: float) -> Goal:
    found = _ratio((table, other, _MANY), (table, OURS, _MANY))
    return Goal(job, f"{other} takes", bound, found, at_least=True)


def _grown(job: str, table: str) -> Goal:
    return Goal(job, f"its own N = {_FEW}", 1.1, _ratio((table, OURS, _MANY), (table, OURS, _FEW)))


def _all() -> Iterator[Goal]:
    start = "start_production, N = 10 000"
    yield _against(start, "start", "sqlite3", 1.0)
    yield _against(start, "start", Append.NAME, 3)
    yield _grown(start, "start")
    yield _faster(start, "start", "sqlite-utils", 1.5)
    yield _faster(start, "start", "SQLAlchemy ORM", 20)
    yield _faster(start, "start", "TinyDB", 1000)
    for operation in ("start", "amend", "decide"):
        yield Goal(f"syncs of one commit: {operation}", "", 1, _figure("syncs", OURS, operation), unit="")
    yield _against("save one decision, N = 10 000", "decide", "sqlite3", 1.0)
    yield _against("one amendment, N = 10 000", "amend", "sqlite3", 1.0)
    yield _against("1 000 events in one session, N = 10 000", "add together", "sqlite3", 3)
    yield Goal("list 10 000 events, warm", "", 5, _figure("list warm", OURS, _MANY, 1e3), unit="ms")
    yield Goal("list 10 000 events, cold", "", 500, _figure("list cold", OURS, _MANY, 1e3), unit="ms")
    yield _grown("read one plan cold, N = 10 000", "read cold")
    imports = "processes", FIVE_IMPORTS, ANY_SIZE
    process = _ratio(("processes", START, _MANY), imports)
    yield Goal("whole process plandoc start, N = 10 000", "the five imports", 1.5, process)
    # The first imports nothing but names; the second is what every script waits for.
    for code in (IMPORT, NAMES):
        yield Goal(code, "the five imports", 1.2, _ratio(("processes", code, ANY_SIZE), imports))
    memory = _figure("memory", OURS, _MANY, 1e-6)
    yield Goal("memory above the imports, start one of 10 000", "", 10, memory, unit="MB")


GOALS = tuple(_all())
