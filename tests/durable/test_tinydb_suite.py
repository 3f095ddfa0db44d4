"""TinyDB's own tests, as they are in its source distribution, run against plandoc.durable."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

# Each test that fails, and why.
FAILS = {
    "tests/test_middlewares.py::test_caching_json_write": "asks the storage for its open file, `_handle`; here none is kept open",
    "tests/test_tables.py::test_table_repr[json]": "wants the storage's class to be called tinydb.storages.JSONStorage",
}
LEAST_PASSED = 202


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of the version of TinyDB that is installed."""
    place = tmp_path_factory.mktemp("tinydb")
    version = importlib.metadata.version("tinydb")
    wanted = [f"tinydb=={version}", "--no-binary", "tinydb", "--no-deps", "--dest", str(place)]
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"the source distribution of TinyDB {version} cannot be had: {done.stderr.strip()[-200:]}")
    with tarfile.open(next(place.glob("*.tar.gz"))) as archive:
        archive.extractall(place, filter="data")
    return place / f"tinydb-{version}"


@pytest.mark.proof
@pytest.mark.parametrize("stands_for", ["TinyDB", "DurableStorage"])
def test_tinydbs_own_tests_pass_but_for_those_that_are_named(sources: Path, stands_for: str, tmp_path: Path) -> None:
    here = Path(__file__)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rf",
        "-p",
        "as_tinydb",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
    ]
    done = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'of-tinydb'}", "tests"],
        cwd=sources,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(here.parents[2]), str(here.parent)]),
            "PLANDOC_DURABLE": stands_for,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )

    failed = set(re.findall(r"^FAILED (\S+)", done.stdout, re.MULTILINE))
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None, done.stdout + done.stderr
    print(f"TinyDB's own tests against {stands_for}: {done.stdout.strip().splitlines()[-1]}")
    assert int(passed[1]) >= LEAST_PASSED
    assert failed == set(FAILS), done.stdout[-3000:]
