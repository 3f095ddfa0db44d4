"""A commit costs one sync, whatever the number of documents in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from recorder import CATALOG, SYNCS, FaultyFiles, commit, document, make_folder, open_folder

SCRIPT = """
import sys
from pathlib import Path
from recorder import CATALOG, commit, document, open_folder
backend = open_folder(Path(sys.argv[1]))
names = [CATALOG] + [f"events/{number}.json" for number in range(1, 10)]
commit(backend, {CATALOG: document(CATALOG, "the first line")})
for number in range(int(sys.argv[2])):
    commit(backend, {name: document(name, str(number)) for name in names})
import os
os._exit(0)
"""


def names(count: int) -> list[str]:
    return [CATALOG, *(f"events/{number}.json" for number in range(1, count))]


@pytest.mark.parametrize("count", [1, 2, 10])
def test_a_commit_syncs_the_journal_once_and_nothing_else(count: int, tmp_path: Path) -> None:
    files = FaultyFiles(SYNCS)
    backend = open_folder(make_folder(tmp_path / "data"), files)
    commit(backend, {CATALOG: document(CATALOG, "the first line")})
    files.arm(None)

    commit(backend, {name: document(name, "new") for name in names(count)})

    assert files.operations == ["sync_data"]
    backend.close()


def test_before_the_first_line_after_opening_what_was_there_is_synced(tmp_path: Path) -> None:
    files = FaultyFiles(SYNCS)
    backend = open_folder(make_folder(tmp_path / "data"), files)

    commit(backend, {CATALOG: document(CATALOG, "the first line")})

    # The name of the folder, the names in it, what the journal holds; then the line.
    assert files.operations == ["sync_folder", "sync_folder", "sync_data", "sync_data"]
    backend.close()


def test_a_transaction_that_commits_nothing_syncs_nothing(tmp_path: Path) -> None:
    files = FaultyFiles(SYNCS)
    backend = open_folder(make_folder(tmp_path / "data"), files)

    backend.begin("look", timeout_seconds=0).release()

    assert files.operations == []
    backend.close()


def count_syncs(root: Path, commits: int) -> int:
    trace = root.with_name(f"trace-{commits}")
    command = ["strace", "-f", "-o", str(trace), "-e", "trace=fsync,fdatasync,sync,syncfs,sync_file_range,msync"]
    script = [sys.executable, "-c", SCRIPT, str(root), str(commits)]
    done = subprocess.run([*command, *script], cwd=Path(__file__).parent, check=False, capture_output=True, text=True)
    if "ptrace" in done.stderr and done.returncode:
        pytest.skip("strace may not trace here")
    assert done.returncode == 0, done.stderr
    return len(re.findall(r"(?:fsync|fdatasync|sync|syncfs|sync_file_range|msync)\(", trace.read_text()))


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_kernel_sees_one_sync_for_each_further_commit_over_ten_documents(tmp_path: Path) -> None:
    few, many = (count_syncs(make_folder(tmp_path / str(commits)), commits) for commits in (1, 6))

    assert many - few == 5
