"""Every store that a test is given is closed, and its folder checked and clean, when the test ends.

Three runs: the default one covers every feature and a sample of the proofs, `-m proof` is the rest, `-m slow` what takes
minutes each and is run by hand. Each says how much processor time it used; the default run has a budget (CONTRIBUTING.md).
"""

from __future__ import annotations

import datetime
import gc
import os
import resource
import secrets
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

import plandoc
from tests.effort import EXAMPLES, EXAMPLES_VARIABLE

MOMENT = datetime.datetime(2026, 1, 28, 3, 25, 47, tzinfo=datetime.UTC)

# Folders of tests are in memory where the system has such a place: what is proved about a disk needs a model of one anyway.
IN_MEMORY = Path("/dev/shm")

# How many cases of a test the default run takes, if the test has no `sample` of its own.
CASES = 2


def _runs_proofs(config: pytest.Config) -> bool:
    expression = config.getoption("markexpr")
    return "proof" in expression and "not proof" not in expression


def _runs_costly(config: pytest.Config) -> bool:
    """On a server, which no other run tries, the default run takes the costly tests and every case too."""
    return config.getoption("costly") or config.getoption("store") == "postgres"


def _effort(config: pytest.Config) -> str:
    if _runs_proofs(config):
        return "proof"
    return "costly" if _runs_costly(config) else "default"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store", choices=["folder", "postgres"], default="folder", help="where the stores of tests are (folder)"
    )
    parser.addoption(
        "--renew-messages", action="store_true", help="write tests/messages/messages.txt anew, to be reviewed"
    )
    parser.addoption(
        "--costly", action="store_true", help="do not leave to the proofs what is one only for what it costs"
    )


def pytest_configure(config: pytest.Config) -> None:
    # Timestamps are shown in local time; commands that tests run inherit it.
    os.environ["TZ"] = "UTC"
    if hasattr(time, "tzset"):
        time.tzset()
    wanted = os.environ.get(EXAMPLES_VARIABLE) or EXAMPLES[_effort(config)]
    hypothesis.settings.register_profile("plandoc", max_examples=int(wanted), deadline=None)
    hypothesis.settings.load_profile("plandoc")
    _keep_bytecode()
    _work_in_memory(config)


def _keep_bytecode() -> None:
    """Keep bytecode where Python is not to write it: else each worker and each command compiles all of it anew."""
    sys.dont_write_bytecode = False
    # Workers and commands inherit it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _work_in_memory(config: pytest.Config) -> None:
    """Have the folders of all tests in memory; the workers of a run get those of fixtures from it."""
    if not os.access(IN_MEMORY, os.W_OK):
        return
    tempfile.tempdir = str(IN_MEMORY)
    if not hasattr(config, "workerinput") and not config.option.basetemp:
        config.option.basetemp = tempfile.mkdtemp(prefix="plandoc-tests-", dir=IN_MEMORY)
        config.add_cleanup(lambda: shutil.rmtree(config.option.basetemp, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session):
    """Collect without looking for garbage: thousands of tests come into being, and all of them stay."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the processor the run used, with all workers and commands that it started and has waited for."""
    used = 0.0
    for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(whose)
        used += usage.ru_utime + usage.ru_stime
    terminalreporter.write_line(f"{used:.0f} s of processor time")


@pytest.fixture(autouse=True)
def _on_server(request):
    """With `--store=postgres`, what a test opens or checks as a folder is on a server instead."""
    if request.config.getoption("store") != "postgres":
        yield
        return
    from tests.postgres.in_place_of_folders import on_server

    with on_server(request.getfixturevalue("server"), request.getfixturevalue("tmp_path_factory").getbasetemp()):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """With `--store=postgres`, skip a test once it looks for the files of a folder that is on a server."""
    report = yield
    error = None if call.excinfo is None else call.excinfo.value
    if item.config.getoption("store") == "postgres" and type(error) is FileNotFoundError and call.when != "teardown":
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, "Skipped: it is about the files of a folder")
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make proofs of the cases that a sample leaves out, and of the properties where there is time for more inputs."""
    if config.getoption("store") == "postgres":
        items[:] = [item for item in items if not item.get_closest_marker("of_folder")]
    cases: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if hypothesis.is_hypothesis_test(getattr(item, "obj", None)) and _runs_proofs(config):
            item.add_marker("proof")
        if item.get_closest_marker("costly") and not _runs_costly(config):
            item.add_marker("proof")
        if item.get_closest_marker("sample") or not (
            item.get_closest_marker("slow") or item.get_closest_marker("postgres")
        ):
            cases[item.nodeid.partition("[")[0]].append(item)
    for all_cases in cases.values():
        for item in _left_out(all_cases, len(all_cases) if _runs_costly(config) else CASES):
            item.add_marker("proof")


def _left_out(cases: list[pytest.Item], otherwise: int) -> Iterable[pytest.Item]:
    """Return the cases that are not in the sample, which is spread over all of them and is the same in every run."""
    marker = cases[0].get_closest_marker("sample")
    size = min(otherwise if marker is None else marker.args[0], len(cases))
    kept = {round(number * (len(cases) - 1) / max(size - 1, 1)) for number in range(size)}
    return [item for number, item in enumerate(cases) if number not in kept]


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server for all tests of this process; without the programs of one they are skipped."""
    from tests.postgres.server import programs, running

    if programs() is None:
        pytest.skip("there is no PostgreSQL server on this machine")
    with running() as started:
        yield started


@pytest.fixture
def address(server):
    """The address of a store that is not made yet."""
    schema = f"t_{secrets.token_hex(8)}"
    yield server.address(schema)
    server.run(f"drop schema if exists {schema} cascade")


@contextmanager
def _scratch(otherwise: Path) -> Iterator[Path]:
    if not IN_MEMORY.is_dir():
        yield otherwise
        return
    with tempfile.TemporaryDirectory(dir=IN_MEMORY, prefix="plandoc-tests-") as folder:
        yield Path(folder)


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """A folder for thousands of short-lived files of one test, which are removed right after it."""
    with _scratch(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="module")
def module_scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same for all tests of a module."""
    with _scratch(tmp_path_factory.mktemp("module")) as folder:
        yield folder


@pytest.fixture
def folder(tmp_path):
    """The path of a data folder that is not made yet."""
    return tmp_path / "data"


@pytest.fixture
def store(folder):
    """A new store in a folder, whose clock stands still."""
    with plandoc.open_store(folder, create=True, timeout_seconds=5, clock=lambda: MOMENT) as opened:
        yield opened
    assert plandoc.check(folder) == []
