"""The benchmark runs, small: all contenders come to the same results, and every table and page has all rows."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from bench import contenders, durable, goals, jobs, suite
from bench.contenders import with_plandoc, with_sqlite3, with_tinydb
from bench.jobs import adding, changing, importing, large_import, many_writers, readers
from bench.jobs.contract import ContenderJob, Job, Run
from bench.measuring.figures import Cell, JobResult, NotRun, Sample, TooSlowError
from bench.measuring.places import STARTED, Places
from bench.measuring.turns import Table
from bench.showing import plots
from bench.workload import Catalog, Row

# Whatever the packages of others warn of is theirs.
pytestmark = pytest.mark.filterwarnings("ignore")

SIZES = (7, 8)
IN_THIS_PROCESS = [job for job in jobs.JOBS if isinstance(job, ContenderJob) and job.name not in {"add", "import"}]


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> Places:
    return Places(tmp_path_factory.mktemp("places"))


@pytest.fixture
def asked(places) -> Run:
    return Run(contenders.available()[0], places, SIZES, rounds=1, seed=1)


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("job", [*IN_THIS_PROCESS, *adding.jobs(3)], ids=lambda job: job.key)
def test_every_contender_comes_to_the_same_result_at_every_size(job, asked):
    # A contender that came to another one would end this with SystemExit.
    result = job.measure(asked)[0]

    for contender in asked.contenders:
        for size in SIZES:
            assert isinstance(result.cells[Cell(contender.NAME, size)], Sample), contender.NAME


@pytest.mark.proof
@pytest.mark.proof
@pytest.mark.skipif(not importing.SOURCE.exists(), reason="the real exports are not here")
def test_every_contender_keeps_the_imported_catalog(asked):
    result = importing.JOBS[0].measure(asked)[0]

    assert result.contenders == [contender.NAME for contender in asked.contenders]


class Forgetful(with_sqlite3.Contender):
    NAME = "forgetful"

    def change_quantity(self, event_id: int, good_id: int, quantity: int, reason: str) -> None:
        super().change_quantity(event_id, good_id, quantity, "no reason")


def test_a_contender_that_comes_to_another_result_is_not_measured(places):
    amend = next(job for job in changing.JOBS if job.key == "amend")

    result = amend.measure(Run([with_sqlite3.Contender, Forgetful], places, [7], rounds=1, seed=1))[0]

    assert isinstance(result.cells[Cell("sqlite3", 7)], Sample)
    assert result.cells[Cell("forgetful", 7)] == NotRun("does not come to the same result as the others")


class Broken(with_sqlite3.Contender):
    NAME = "broken"

    def plan(self, event_id: int) -> Row:
        raise KeyError("plans")

    def start(self, event_id: int) -> None:
        if event_id > STARTED:
            raise ValueError(f"no {event_id}")
        super().start(event_id)


@pytest.mark.costly
@pytest.mark.parametrize("key", ["start", "read warm"])
def test_a_contender_that_fails_is_left_out_and_the_others_are_measured(key, places):
    job = next(job for job in IN_THIS_PROCESS if job.key == key)

    result = job.measure(Run([Broken, with_sqlite3.Contender], places, [7, 8], rounds=1, seed=1))[0]

    assert all(isinstance(result.cells[Cell("sqlite3", size)], Sample) for size in SIZES)
    assert all("failed: " in result.cells[Cell("broken", size)].reason for size in SIZES)


class Unbuildable(with_sqlite3.Contender):
    NAME = "unbuildable"

    @classmethod
    def build(cls, folder: Path, catalog: Catalog, event_ids: Iterable[int]) -> None:
        raise OSError("there is no room")


@pytest.mark.costly
def test_a_contender_that_cannot_even_be_filled_is_left_out_of_every_job(places):
    asked = Run([with_sqlite3.Contender, Unbuildable], places, [7], rounds=1, seed=1)

    results = [job.measure(asked)[0] for job in jobs.JOBS if job.name in {"read", "memory"}]

    for result in results:
        column = result.columns[0]
        assert isinstance(result.cells[Cell("sqlite3", column)], Sample)
        assert result.cells[Cell("unbuildable", column)] == NotRun("failed: OSError: there is no room")


class Failing(Job):
    name, title = "compare", "a job that fails"

    def measure(self, run: Run) -> list[JobResult]:
        raise RuntimeError("no luck")


@pytest.mark.costly
def test_a_job_that_fails_is_noted_and_the_others_are_run(on_a_disk, monkeypatch):
    read = next(job for job in IN_THIS_PROCESS if job.key == "read warm")
    monkeypatch.setattr(jobs, "JOBS", (Failing(), read))
    monkeypatch.setattr(contenders, "available", lambda: ([with_sqlite3.Contender], {"other": "not installed"}))
    output = on_a_disk / "page.md"

    results = suite.run(suite.Wanted.of("compare,read", "7", 1, 1), on_a_disk, output, None)

    assert list(results) == ["read warm"]
    page = output.read_text("utf-8")
    assert "- a job that fails: not measured: failed: RuntimeError: no luck" in page
    assert "- other: not installed" in page


# Of plandoc alone, mostly in processes of their own.
OF_PLANDOC = [job for job in jobs.JOBS if job.name in {"calls", "shop", "catalog", "journal", "tail", "long"}]


@pytest.mark.costly
@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "job",
    [*OF_PLANDOC, large_import.LargeImport(3), many_writers.ManyWriters(2), readers.Readers()],
    ids=lambda job: job.title,
)
def test_what_only_plandoc_does_is_measured(job, places):
    asked = Run([with_plandoc.Contender], places, SIZES, rounds=1, seed=1, commits=20, seconds=0.1)

    results = job.measure(asked)

    for result in results:
        assert result.cells
        assert all(isinstance(cell, Sample) for cell in result.cells.values())


@pytest.mark.proof
def test_every_goal_finds_its_figures(places):
    """One that asks for a table or a column that nobody measures would never be met."""
    sizes = dict(zip(SIZES, (10, 10_000), strict=True))
    wanted = [with_plandoc.Contender, with_sqlite3.Contender, with_tinydb.Contender]
    asked = Run(wanted, places, SIZES, rounds=1, seed=1, commits=20, seconds=0.1)
    few = {"add": [*adding.jobs(3)], "import": [large_import.LargeImport(3)]}
    every = [job for name in jobs.NAMES for job in few.get(name, [one for one in jobs.JOBS if one.name == name])]

    results = {result.name: renumbered(result, sizes) for job in every for result in job.measure(asked)}

    missing = [goal for goal in goals.GOALS if goal.found(results) is None]
    assert {goal.against for goal in missing} <= {"sqlite-utils takes", "SQLAlchemy ORM takes"}


def renumbered(result: JobResult, sizes: dict[int, int]) -> JobResult:
    cells = {Cell(cell.contender, sizes.get(cell.column, cell.column)): found for cell, found in result.cells.items()}
    return JobResult(result.name, result.title, cells, result.unit, result.rounds)


@pytest.fixture
def on_a_disk():
    """A folder that is not in memory, where a sync costs nothing."""
    with tempfile.TemporaryDirectory(prefix="plandoc-tests-", dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.proof
def test_a_part_of_the_suite_shows_and_writes_what_it_measured(on_a_disk, capsys):
    output = on_a_disk / "page.md"

    suite.run(suite.Wanted.of("read, compare", "7,8", 1, 1), on_a_disk, output, None)

    page, shown = output.read_text("utf-8"), capsys.readouterr().out
    for contender in contenders.available()[0]:
        assert page.count(f"| {contender.NAME} | ") == 4
        assert shown.count(f" {contender.NAME} ") >= 3
        assert contender.DURABILITY in page
    assert list(on_a_disk.iterdir()) == [output]


def test_goals_are_met_missed_or_not_measured_and_never_guessed():
    def result(ours: float) -> JobResult:
        cells = {Cell("plandoc", 10_000): Sample((ours,)), Cell("sqlite3", 10_000): Sample((0.002,))}
        return JobResult("decide", "decide", cells)

    quick, slow = (goals.grid({"decide": result(ours)}, everything=False).rows for ours in (0.001, 0.003))
    everything = goals.grid({"decide": result(0.001)}, everything=True).rows

    assert [row[3:] for row in quick] == [("0.50 x", "met")]
    assert [row[3:] for row in slow] == [("1.50 x", "MISSED")]
    assert sum(row[4] == "not measured" for row in everything) == len(goals.GOALS) - 1


class Slow:
    """A turn that says how long it would take."""

    def __init__(self, ran: list[str], name: str, *, is_too_slow: bool = False) -> None:
        self.ran, self.name, self.is_too_slow = ran, name, is_too_slow

    def before(self) -> None:
        pass

    def run(self) -> None:
        self.ran.append(self.name)
        if self.is_too_slow:
            raise TooSlowError

    def result(self) -> None:
        pass

    def close(self) -> None:
        pass


def a_table(rounds: int) -> Table:
    return Table(rounds, warm=False, sync=False, order=random.Random(1))


def test_each_round_runs_everybody_once_in_an_order_that_changes():
    ran: list[str] = []
    table = a_table(30)
    for name in "abc":
        table.seat(Cell(name, 10), lambda name=name: Slow(ran, name))
    del ran[:]

    table.run()

    rounds = ["".join(ran[first : first + 3]) for first in range(0, 90, 3)]
    assert all(sorted(order) == ["a", "b", "c"] for order in rounds)
    assert len(set(rounds)) == 6


@pytest.mark.costly
def test_what_was_too_slow_is_not_run_at_larger_sizes():
    ran: list[str] = []
    table = a_table(3)
    for size in (10, 100):
        table.seat(Cell("a", size), lambda: Slow(ran, "a", is_too_slow=True))

    table.run()

    assert table.measured() == {Cell("a", 10): NotRun("over 20 s"), Cell("a", 100): NotRun("over 20 s at N = 10")}
    assert ran == ["a"]


def test_the_picture_has_every_contender(tmp_path):
    pytest.importorskip("matplotlib")
    cells = {Cell(name, size): Sample((size / 1e3,)) for name in ("plandoc", "TinyDB") for size in (10, 100)}

    plots.draw([JobResult("start", "start", cells)], tmp_path / "plot.svg")

    picture = (tmp_path / "plot.svg").read_text("utf-8")
    assert "plandoc" in picture
    assert "TinyDB" in picture


@pytest.mark.sample(1)
@pytest.mark.parametrize("words", ["--help", "planning --help", "production --help"])
def test_the_command_line_answers(words):
    command = [sys.executable, "-m", "bench", *words.split()]
    done = subprocess.run(command, cwd=Path(suite.__file__).parents[1], check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "bench" in done.stdout


@pytest.mark.costly
def test_what_a_durable_tinydb_costs_is_measured_and_four_writers_lose_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(durable, "SIZES", (3,))
    monkeypatch.setattr(durable, "JOBS", {name: durable.JOBS[name] for name in ("insert", "get by id")})
    monkeypatch.setattr(durable, "OPEN", {name: durable.OPEN[name] for name in ("TinyDB", "durable.TinyDB")})
    monkeypatch.setattr(durable, "_WARM_UP", 0)
    monkeypatch.setattr(durable.importlib.util, "find_spec", lambda package: package == "tinydb" or None)
    output = tmp_path / "page.md"

    durable.main(["--rounds", "1", "--changes", "2", "--folder", str(tmp_path), "--output", str(output)])

    assert output.read_text("utf-8").count("\n| durable.TinyDB | ") == 3
    assert "| durable.TinyDB | 0 | 8, 8 | 0 | 8, 8 |" in capsys.readouterr().out
