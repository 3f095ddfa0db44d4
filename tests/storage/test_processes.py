"""Real processes: killed at every operation, writing at once, reading beside writers, forked."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from recorder import CATALOG, after, commit, contents, document, make_folder, observe, open_folder, read_all

import plandoc
from plandoc.errors import ConflictError, LockTimeout, SessionError

EVENT = "events/1.json"
CHANGE = {CATALOG: document(CATALOG, "started"), EVENT: document(EVENT, "in production, with its snapshot")}
COUNT = 150

# One process forks a child for every trial: starting an interpreter for each would take a minute.
KILLED = """
import os, sys
from pathlib import Path
from recorder import Fault, KillingFiles, commit, open_folder
from test_processes import CHANGE

def die_at(root, number, moment):
    files = KillingFiles()
    backend = open_folder(root, files, checkpoint_size=10)
    files.arm(Fault(number, moment, 5))
    commit(backend, CHANGE, "start")
    os._exit(0)

roots = sys.argv[1:]
for number in range(int(roots.pop(0))):
    for moment in ("before", "half", "after"):
        child = os.fork()
        if not child:
            die_at(Path(roots[0]) / f"{number}-{moment}", number, moment)
        print(number, moment, os.waitpid(child, 0)[1], flush=True)
"""

ADD = f"""
import sys
from pathlib import Path
from recorder import CATALOG, document, open_folder
from test_processes import EVENT, counter
backend = open_folder(Path(sys.argv[1]), checkpoint_size=20000)
for _ in range({COUNT}):
    transaction = backend.begin("add one", timeout_seconds=60)
    number = counter(transaction) + 1
    transaction.commit({{name: document(name, str(number)) for name in (CATALOG, EVENT)}})
    transaction.release()
    assert backend.view(counter) >= number, "a stale read"
backend.close()
"""

WATCH = f"""
import sys
from pathlib import Path
from recorder import open_folder
from test_processes import counter
backend = open_folder(Path(sys.argv[1]))
last = looks = 0
while last < 2 * {COUNT}:
    number = backend.view(counter)
    assert number >= last, "time went backwards"
    last, looks = number, looks + 1
print(looks)
"""


def counter(reading: object) -> int:
    """The number that stands in both documents; they must agree."""
    texts = [
        orjson.loads(reading.read(name))[table]["1"]["text"]
        for name, table in ((CATALOG, "recipes"), (EVENT, "events"))
    ]
    assert texts[0] == texts[1], f"two moments mixed: {texts}"
    return int(texts[0])


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", script, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=Path(__file__).parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return output


@pytest.mark.proof
def test_a_process_killed_at_any_operation_of_a_commit_leaves_all_of_it_or_nothing(tmp_path: Path) -> None:
    trials = 80
    model = make_folder(tmp_path / "model")
    old = open_folder(model).view(read_all)
    for number in range(trials):
        for moment in ("before", "half", "after"):
            shutil.copytree(model, tmp_path / "trials" / f"{number}-{moment}")

    lines = finish(start(KILLED, trials, tmp_path / "trials")).splitlines()
    killed, held = 0, []
    for number, moment, status in map(str.split, lines):
        killed += os.WIFSIGNALED(int(status)) and os.WTERMSIG(int(status)) == signal.SIGKILL
        held.append(observe(tmp_path / "trials" / f"{number}-{moment}"))

    assert len(lines) == 3 * trials
    assert 60 < killed < 3 * trials
    new = after(old, CHANGE)
    assert [found for found in held if found not in (old, new)] == []
    assert old in held
    assert new in held


@pytest.mark.proof
def test_two_processes_that_write_at_once_lose_nothing_and_readers_see_no_half(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data")
    backend = open_folder(root)
    commit(backend, {name: document(name, "0") for name in (CATALOG, EVENT)})
    backend.close()

    processes = [start(script, root) for script in (ADD, ADD, WATCH)]
    outputs = [finish(process) for process in processes]

    assert open_folder(root).view(counter) == 2 * COUNT
    assert int(outputs[2]) > 0
    observe(root)


def test_what_another_process_wrote_is_read_by_the_next_transaction(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data")
    backend, other = open_folder(root), open_folder(root)
    for number in range(5):
        content = document(CATALOG, f"round {number}")
        commit(other, {CATALOG: content})

        transaction = backend.begin("look", timeout_seconds=0)
        assert transaction.read(CATALOG) == content
        transaction.release()
        commit(backend, {CATALOG: document(CATALOG, f"answer {number}")})
        assert other.view(lambda reading: reading.read(CATALOG)) == document(CATALOG, f"answer {number}")
    backend.close()
    other.close()


def in_child(act: object) -> str:
    """Run something in a forked child; return the name of what it raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            act()
            result = "nothing"
        except BaseException as error:
            result = type(error).__name__
        os.write(writing, result.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@needs_fork
def test_a_store_from_before_a_fork_is_refused_in_the_child(tmp_path: Path) -> None:
    with plandoc.open_store(tmp_path / "data", create=True) as store:

        def use() -> None:
            with store.session():
                pass

        refused = in_child(use)

    assert refused == SessionError.__name__


@needs_fork
def test_a_child_does_not_release_the_lock_of_its_parent(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data")
    backend = open_folder(root)
    transaction = backend.begin("parent", timeout_seconds=0)

    def leave() -> None:
        transaction.release()
        backend.close()

    left = in_child(leave)

    assert left == "nothing"
    with pytest.raises(LockTimeout):
        open_folder(root).begin("other", timeout_seconds=0)
    transaction.release()
    backend.close()


@needs_fork
def test_a_child_cannot_commit_what_its_parent_began(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data")
    backend = open_folder(root)
    transaction = backend.begin("parent", timeout_seconds=0)
    before = contents(root)

    refused = in_child(lambda: transaction.commit(CHANGE))

    assert refused == ConflictError.__name__
    assert contents(root) == before
    transaction.commit(CHANGE)
    transaction.release()
    backend.close()
