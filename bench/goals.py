"""What plandoc is to reach, as ratios and counts of one run, and whether it did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import attrs

from bench.contenders.limits import Append, AppendAndMake
from bench.jobs import calls, large_catalog, large_import, many_writers, readers, shopping, tail
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
        without_journal: The bound where the file system keeps no journal, so that a sync takes sqlite3 less; None where that
            makes no difference.
    """

    job: str
    against: str
    bound: float
    found: Callable[[Results], float | None]
    unit: str = "x"
    at_least: bool = False
    without_journal: float | None = None

    def row(self, results: Results, *, has_journal: bool) -> tuple[str, ...]:
        """Return the goal with what was found.

        Args:
            results: Tables by their names.
            has_journal: Whether the file system keeps a journal.
        """
        found = self.found(results)
        bound = self.bound if has_journal or self.without_journal is None else self.without_journal
        wanted = f"{'at least' if self.at_least else 'at most'} {_number(bound)} {self.unit}".rstrip()
        if found is None:
            return self.job, self.against, wanted, "", "not measured"
        is_met = found >= bound if self.at_least else found <= bound
        shown = _number(round(found)) if found >= 100 else f"{found:.2f}"
        return self.job, self.against, wanted, f"{shown} {self.unit}".rstrip(), "met" if is_met else "MISSED"


def _number(number: float) -> str:
    return f"{number:,g}".replace(",", " ")


def grid(results: Results, *, everything: bool, has_journal: bool = True) -> Grid:
    """Return the goals with what was found.

    Args:
        results: Tables by their names.
        everything: Whether to show the goals of which something was not measured, too.
        has_journal: Whether the file system keeps a journal.
    """
    goals = [goal for goal in GOALS if everything or goal.found(results) is not None]
    rows = tuple(goal.row(results, has_journal=has_journal) for goal in goals)
    return Grid("goals", ("goal", "against", "wanted", "found", ""), rows, is_prose=True)


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


def _against(job: str, table: str, other: str, bound: float, without_journal: float | None = None) -> Goal:
    found = _ratio((table, OURS, _MANY), (table, other, _MANY))
    return Goal(job, other, bound, found, without_journal=without_journal)


def _faster(job: str, table: str, other: str, bound: float) -> Goal:
    found = _ratio((table, other, _MANY), (table, OURS, _MANY))
    return Goal(job, f"{other} takes", bound, found, at_least=True)


def _grown(job: str, table: str) -> Goal:
    return Goal(job, f"its own N = {_FEW}", 1.1, _ratio((table, OURS, _MANY), (table, OURS, _FEW)))


def _growth(table: str) -> Callable[[Results], float | None]:
    """Return what becomes of a figure from the first to the last column."""

    def found(results: Results) -> float | None:
        if table not in results:
            return None
        columns = results[table].columns
        return _ratio((table, OURS, columns[-1]), (table, OURS, columns[0]))(results)

    return found


def _all() -> Iterator[Goal]:
    yield from _changes()
    yield from _processor()
    yield from _looks()
    yield from _sizes()
    yield from _many_at_once()
    yield from _long_runs()
    yield from _whole_processes()


def _changes() -> Iterator[Goal]:
    for operation, most in ((calls.START, 1_000), (calls.DECIDE, 700), (calls.AMEND, 500)):
        yield Goal(f"functions that one warm {operation} calls", "", most, _figure("calls", OURS, operation), unit="")
    for operation in ("start", "amend", "decide"):
        yield Goal(f"syncs of one commit: {operation}", "", 1, _figure("syncs", OURS, operation), unit="")
    start = "start_production, N = 10 000"
    yield _against(start, "start", "sqlite3", 1.0)
    yield _faster(start, "start", "sqlite-utils", 1.5)
    yield _faster(start, "start", "SQLAlchemy ORM", 20)
    yield _faster(start, "start", "TinyDB", 1000)
    yield _against(start, "start", Append.NAME, 3)
    yield _grown(start, "start")
    yield _against("one decision, N = 10 000", "decide", "sqlite3", 1.0, 1.4)
    yield _against("one amendment, N = 10 000", "amend", "sqlite3", 1.3, 1.7)


def _processor() -> Iterator[Goal]:
    for operation, most in (("start", 1.0), ("decide", 1.6), ("amend", 2.0)):
        yield _against(f"processor time alone: {operation}, N = 10 000", f"{operation}, processor", "sqlite3", most)


def _looks() -> Iterator[Goal]:
    yield _against("read one plan cold, N = 10 000", "read cold", "sqlite3", 1.2)
    yield _against("read one plan warm, N = 10 000", "read warm", "sqlite3", 1.0)
    yield _grown("read one plan cold, N = 10 000", "read cold")
    yield Goal("list 10 000 events, cold", "", 500, _figure("list cold", OURS, _MANY, 1e3), unit="ms")
    yield Goal("list 10 000 events, warm", "", 2, _figure("list warm", OURS, _MANY, 1e3), unit="ms")
    for row in (shopping.WARM, shopping.COLD):
        how = row.removeprefix(f"{OURS}, ")
        found = _ratio(("shop", row, _MANY), ("shop", row, _FEW))
        yield Goal(f"shop for one event among 10 000, {how}", "among 10", 1.1, found)


def _sizes() -> Iterator[Goal]:
    small, large = large_catalog.COLUMNS.values()
    for row in large_catalog.ROWS:
        found = _ratio(("catalog", row, large), ("catalog", row, small))
        yield Goal(f"with a catalog of {large}: {row}", f"with {small}", 1.3, found)
    many = "1 000 events in one session, N = 10 000"
    yield _against(many, "add together", "sqlite3", 12)
    yield _against(many, "add together", AppendAndMake.NAME, 2)
    for kind in (large_import.CSV, large_import.EXPORT):
        for column in (large_import.FIRST, large_import.AGAIN):
            yield Goal(
                f"import 5 000 recipes, {kind}, {column}", "", 2, _figure("import large", kind, column), unit="s"
            )


def _many_at_once() -> Iterator[Goal]:
    crowd = many_writers.MANY
    mean = "writers", crowd, many_writers.MEAN
    for column, most in ((many_writers.P95, 3), (many_writers.LONGEST, 10)):
        yield Goal(f"{crowd}: {column}", "the mean wait", most, _ratio(("writers", crowd, column), mean))
    rate = many_writers.RATE
    found = _ratio(("writers, commits", crowd, rate), ("writers, commits", many_writers.ONE, rate))
    yield Goal(f"{crowd}: {rate}", many_writers.ONE, 1.0, found, at_least=True)
    column = readers.P95
    found = _ratio(("readers", readers.BESIDE, column), ("readers", readers.ALONE, column))
    yield Goal(f"read one plan warm beside a steady writer: {column}", "without the writer", 1.5, found)
    found = _ratio(("readers, bytes", OURS, readers.LONG), ("readers, bytes", OURS, readers.SHORT))
    yield Goal("bytes that a look reads after a commit of another, long journal", "short journal", 1.1, found)


def _long_runs() -> Iterator[Goal]:
    found = _ratio(("tail", OURS, tail.P99), ("tail", OURS, tail.MEDIAN))
    yield Goal("10 000 calls of start_production, checkpoints included: 99 % take at most", "the median", 6, found)
    yield Goal("memory after all commits of one process", "after a tenth", 1.05, _growth("long, memory"))
    yield Goal("open files after all commits of one process", "after a tenth", 1.0, _growth("long, files"))
    memory = _figure("memory", OURS, _MANY, 1e-6)
    yield Goal("memory above the imports, start one of 10 000", "", 10, memory, unit="MB")


def _whole_processes() -> Iterator[Goal]:
    imports = "processes", FIVE_IMPORTS, ANY_SIZE
    process = _ratio(("processes", START, _MANY), imports)
    yield Goal("whole process plandoc start, N = 10 000", "the five imports", 1.5, process)
    # The first imports nothing but names; the second is what every script waits for.
    for code, most in ((IMPORT, 0.3), (NAMES, 1.2)):
        yield Goal(code, "the five imports", most, _ratio(("processes", code, ANY_SIZE), imports))


GOALS = tuple(_all())
