"""`start_production` under faults, kills and competitors: both the snapshot and the state, or neither."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import textwrap

import pytest

import plandoc
from plandoc import PlanState
from plandoc.errors import Outcome
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store
from tests.builders import a_plan

OPERATIONS = [name for name in vars(Files) if not name.startswith("_")]


class FailingFiles(Files):
    """Fails the n-th call to the operating system, before it is made, half-way through a write, or after it."""

    def __init__(self, number, fails, moment):
        self.left = number
        self.fails = fails
        self.moment = moment
        self.armed = False


def _breaking(name):
    def call(self, *args, **kwargs):
        original = getattr(Files, name)
        if not self.armed:
            return original(self, *args, **kwargs)
        self.left -= 1
        if self.left != 0:
            return original(self, *args, **kwargs)
        if self.moment == "during" and name == "write_at":
            handle, offset, content = args
            original(self, handle, offset, content[: len(content) // 2])
        elif self.moment == "during" and name == "create":
            path, content, mode = args
            original(self, path, content[: len(content) // 2], mode)
        elif self.moment == "after":
            original(self, *args, **kwargs)
        raise self.fails()

    return call


for operation in OPERATIONS:
    setattr(FailingFiles, operation, _breaking(operation))


@pytest.fixture(scope="module")
def locked_folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("start") / "data"
    with plandoc.open_store(path, create=True) as store:
        a_plan(store, PlanState.LOCKED)
    return path


def found_after_reopening(path):
    with plandoc.open_store(path) as store:
        with store.session("look") as session:
            event = session.event(1)
            snapshot = plandoc.get_plan_snapshot(1, session=session)
    assert plandoc.check(path) == []
    return event.plan_state, snapshot is not None


OLD, NEW = (PlanState.LOCKED, False), (PlanState.IN_PRODUCTION, True)
FAILURES = {
    "disk full": lambda: OSError(errno.ENOSPC, "No space left on device"),
    "input/output error": lambda: OSError(errno.EIO, "Input/output error"),
    "permission denied": lambda: PermissionError(errno.EACCES, "Permission denied"),
    "interrupted by the keyboard": KeyboardInterrupt,
}


@pytest.mark.sample(1)
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_failure_at_any_operation_leaves_the_whole_old_or_the_whole_new_plan(
    locked_folder, tmp_path, moment, failure
):
    outcomes = set()
    for number in range(1, 500):
        path = tmp_path / str(number)
        shutil.copytree(locked_folder, path)
        files = FailingFiles(number, FAILURES[failure], moment)
        outcome = _start_with_failure(path, files)
        found = found_after_reopening(path)
        if files.left > 0:
            # The workload has fewer operations than this.
            assert (outcome, found) == (None, NEW)
            break
        # What is only a hint, such as who holds the lock, may fail without harm.
        if outcome is None:
            assert found == NEW
        elif outcome is Outcome.NOT_SAVED:
            assert found == OLD
        elif outcome is Outcome.SAVED:
            assert found == NEW
        else:
            assert found in (OLD, NEW)
        outcomes.add(outcome)
    else:
        pytest.fail("the workload never ran to its end")

    assert number > 20
    assert outcomes - {None} >= (
        {"interrupted"} if failure.startswith("interrupted") else {Outcome.NOT_SAVED, Outcome.SAVED}
    )


def _start_with_failure(path, files):
    """Start production; return what the error says became of it, None when there was none."""
    store = Store(FolderBackend(path, files=files), timeout_seconds=1)
    files.armed = True
    outcome = None
    try:
        with store.session("start production") as session:
            plandoc.start_production(1, session=session)
    except plandoc.StorageError as error:
        outcome = error.outcome
    except plandoc.PlandocError:
        # A damaged or conflicting folder is found before anything is written.
        outcome = Outcome.NOT_SAVED
    except KeyboardInterrupt:
        outcome = "interrupted"
    finally:
        files.armed = False
        store.close()
    return outcome


KILLED_CHILD = textwrap.dedent(
    """
    import os, signal, sys
    import plandoc
    from plandoc.storage.files import Files
    from plandoc.storage.folder import FolderBackend
    from plandoc.store import Store

    path, number = sys.argv[1], int(sys.argv[2])

    class KillingFiles(Files):
        left = number

    def killing(name):
        def call(self, *args, **kwargs):
            KillingFiles.left -= 1
            if KillingFiles.left == 0:
                if name == "write_at" and len(args[2]) > 600:
                    getattr(Files, name)(self, args[0], args[1], args[2][: len(args[2]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return getattr(Files, name)(self, *args, **kwargs)
        return call

    for name in [name for name in vars(Files) if not name.startswith("_")]:
        setattr(KillingFiles, name, killing(name))

    from pathlib import Path
    store = Store(FolderBackend(Path(path), files=KillingFiles()))
    plandoc.start_production(1)
    print("started", flush=True)
    store.close()
    """
)


@pytest.mark.proof
def test_a_killed_process_leaves_the_whole_old_or_the_whole_new_plan(locked_folder, tmp_path):
    seen = set()
    for number in range(1, 130, 3):
        path = tmp_path / str(number)
        shutil.copytree(locked_folder, path)
        child = subprocess.run(
            [sys.executable, "-c", KILLED_CHILD, str(path), str(number)], capture_output=True, text=True, check=False
        )
        found = found_after_reopening(path)

        assert child.returncode in (0, -9), child.stderr
        assert found in (OLD, NEW)
        if "started" in child.stdout:
            assert found == NEW
        seen.add((found, child.returncode))
        if child.returncode == 0:
            break

    assert {(OLD, -9), (NEW, -9)} <= seen


COMPETITOR = textwrap.dedent(
    """
    import sys, plandoc
    with plandoc.open_store(sys.argv[1]):
        sys.stdin.readline()
        try:
            plandoc.start_production(1)
            print("started")
        except plandoc.PlanStateError:
            print("refused")
    """
)


@pytest.mark.proof
def test_of_four_processes_that_start_one_plan_exactly_one_does(locked_folder, tmp_path):
    path = tmp_path / "data"
    shutil.copytree(locked_folder, path)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", COMPETITOR, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    answers = sorted(child.communicate()[0].strip() for child in children)

    assert answers == ["refused", "refused", "refused", "started"]
    assert found_after_reopening(path) == NEW


ADDER = textwrap.dedent(
    """
    import sys, plandoc, attrs
    with plandoc.open_store(sys.argv[1]) as store:
        for number in range(100):
            with store.session("add") as session:
                added = session.add(plandoc.Ingredient(f"{sys.argv[2]} {number}"))
                event = session.event(1)
                count = int(event.notes or "0") + 1
                session.replace(attrs.evolve(event, notes=str(count)))
    """
)


@pytest.mark.proof
def test_two_processes_that_add_and_change_at_once_lose_nothing_and_readers_see_no_part(locked_folder, tmp_path):
    path = tmp_path / "data"
    shutil.copytree(locked_folder, path)
    children = [subprocess.Popen([sys.executable, "-c", ADDER, str(path), name]) for name in ("left", "right")]
    looks = 0
    with plandoc.open_store(path) as store:
        start = len(store.read(lambda session: session.find(plandoc.Ingredient)))
        while any(child.poll() is None for child in children):
            # Every transaction changes both documents, so every look must find them in step.
            counted, named = store.read(
                lambda session: (int(session.event(1).notes or "0"), len(session.find(plandoc.Ingredient)))
            )
            assert named == start + counted
            looks += 1

    assert [child.returncode for child in children] == [0, 0]
    assert looks > 10
    with plandoc.open_store(path):
        ingredients = plandoc.list_records(plandoc.Ingredient)
        assert plandoc.find_by_key(plandoc.Event, 1).notes == "200"
    assert len({record.id for record in ingredients}) == start + 200
    assert plandoc.check(path) == []


@pytest.mark.sample(1)
@pytest.mark.skipif(os.name != "posix", reason="counts the calls of a POSIX system")
@pytest.mark.parametrize("documents", [1, 2, 9])
def test_a_commit_syncs_once_whatever_the_number_of_documents(locked_folder, tmp_path, documents):
    path = tmp_path / "data"
    shutil.copytree(locked_folder, path)
    counted = []

    class CountingFiles(Files):
        def sync_data(self, handle):
            counted.append("data")
            super().sync_data(handle)

        def sync_folder(self, folder):
            counted.append("folder")
            super().sync_folder(folder)

    store = Store(FolderBackend(path, files=CountingFiles()))
    with store.session() as session:
        # The first commit after opening also makes sure that what was there before is on the disk.
        session.add(plandoc.Ingredient("Sugar"))
    first = list(counted)
    counted.clear()
    with store.session() as session:
        for number in range(documents - 1):
            session.add(plandoc.Event(f"Event {number}", session.event(1).event_date))
        session.add(plandoc.Ingredient("Salt"))
    in_commit = list(counted)
    store.close()

    assert first == ["folder", "folder", "data", "data"]
    assert in_commit == ["data"]
