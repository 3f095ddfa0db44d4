"""Many processes that use a folder for the first time at the same moment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import plandoc

MANY = 6
ROUNDS = 4
FIRST_USE = """
import sys
import plandoc
print("ready", flush=True)
for root in sys.stdin:
    with plandoc.open_store(root.strip(), create=True, timeout_seconds=60) as store:
        with store.session() as session:
            session.add(plandoc.Ingredient(f"Flour of {sys.argv[1]}"))
    print("done", flush=True)
"""


def used_by_many(roots: list[Path]) -> list[str]:
    """Let many processes use each folder at once; return what they complained of."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([sys.executable, "-c", FIRST_USE, str(number)], **pipes) for number in range(MANY)]
    for process in processes:
        process.stdout.readline()
    for root in roots:
        for process in processes:
            process.stdin.write(f"{root}\n")
            process.stdin.flush()
        for process in processes:
            process.stdout.readline()
    return [process.communicate()[1] for process in processes]


def names_in(root: Path) -> set[str]:
    with plandoc.open_store(root) as store:
        return store.read(lambda session: {one.name for one in session.find(plandoc.Ingredient)})


EVERYBODY = {f"Flour of {number}" for number in range(MANY)}


@pytest.mark.proof
def test_many_processes_that_make_one_folder_at_once_all_write_into_it(tmp_path: Path) -> None:
    roots = [tmp_path / str(number) / "deep" / "data" for number in range(ROUNDS)]
    complaints = used_by_many(roots)

    assert complaints == [""] * MANY
    assert [names_in(root) for root in roots] == [EVERYBODY] * ROUNDS
    assert [plandoc.check(root) for root in roots] == [[]] * ROUNDS


@pytest.mark.proof
def test_many_processes_that_write_first_into_a_copy_without_its_hidden_folder_all_do(tmp_path: Path) -> None:
    roots = [tmp_path / str(number) for number in range(ROUNDS)]
    for root in roots:
        plandoc.open_store(root, create=True).close()
        shutil.rmtree(root / ".plandoc")
    complaints = used_by_many(roots)

    assert complaints == [""] * MANY
    assert [names_in(root) for root in roots] == [EVERYBODY] * ROUNDS
