"""A disk that is really full, and a process that may write no larger file: the error is true, and work goes on."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from recorder import observe

import plandoc
from plandoc.errors import Outcome, StorageError
from plandoc.records import Event, Recipe
from plandoc.store import Store
from tests.builders import EVENT_DATE

MOST = 400
pytest.importorskip("resource", reason="this system has no limits for a process")

# A limit on the size of files cannot be lifted again without privileges, so a process of its own gets it.
LIMITED = """
import resource, sys
sys.path[:0] = [{tests!r}, {root!r}]
from pathlib import Path
import plandoc
from test_full_disk import fill
store = plandoc.open_store({folder!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
added, error = fill(store)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
store.close()
print(added, error.errno, error.outcome.name)
"""


def fill(store: Store) -> tuple[int, StorageError]:
    """Add events until the system refuses; return how many were acknowledged, and the error."""
    for number in range(MOST):
        try:
            with store.session("add") as session:
                session.add(Event(f"Event {number}", EVENT_DATE, notes="long " * 500))
                session.add(Recipe(f"Recipe {number}"))
        except StorageError as error:
            return number, error
    raise AssertionError("nothing was ever full")


def counts(folder: Path) -> tuple[int, int]:
    """Return how many events and recipes a folder holds when it is opened anew."""
    with plandoc.open_store(folder) as store:
        return store.read(lambda session: (len(session.find(Event)), len(session.find(Recipe))))


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no command to mount a disk with")
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_on_a_full_disk_nothing_acknowledged_is_lost_and_it_works_again_with_space(tiny_disk: Path) -> None:
    folder = tiny_disk / "data"
    reserve = tiny_disk / "reserve"
    with plandoc.open_store(folder, create=True) as store:
        reserve.write_bytes(bytes(1_000_000))
        added, error = fill(store)
        again, same_error = fill(store)
        saved = added + (error.outcome is Outcome.SAVED) + again + (same_error.outcome is Outcome.SAVED)
        held = store.read(lambda session: len(session.find(Event)))
        reserve.unlink()
        with store.session("with space again") as session:
            session.add(Event("With space", EVENT_DATE))

    assert error.errno == same_error.errno == errno.ENOSPC
    assert added > 20
    assert held == saved
    assert plandoc.check(folder) == []
    assert counts(folder) == (saved + 1, saved)
    assert not list(folder.rglob("*.plandoc-tmp"))


def test_a_folder_on_a_full_disk_can_be_read_and_recovered_when_there_is_space(tiny_disk: Path) -> None:
    folder = tiny_disk / "data"
    reserve = tiny_disk / "reserve"
    with plandoc.open_store(folder, create=True) as store:
        reserve.write_bytes(bytes(1_000_000))
        added, error = fill(store)
    saved = added + (error.outcome is Outcome.SAVED)
    while_full = counts(folder)
    reserve.unlink()
    observe(folder)

    assert while_full == counts(folder) == (saved, saved)
    assert plandoc.check(folder) == []


@pytest.mark.proof
def test_a_limit_on_the_size_of_files_is_an_error_and_ends_no_process(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    plandoc.open_store(folder, create=True).close()
    here = Path(__file__)
    script = LIMITED.format(tests=str(here.parent), root=str(here.parents[2]), folder=str(folder))
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    added, number, outcome = done.stdout.split()
    saved = int(added) + (outcome == Outcome.SAVED.name)
    assert int(number) == errno.EFBIG
    assert counts(folder) == (saved, saved)
    assert plandoc.check(folder) == []
