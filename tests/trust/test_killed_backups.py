"""What a killed backup or restore leaves beside its target goes with the next one; nothing else does."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from plandoc.maintenance.backups import staging
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.backups.verification import verify_backup
from plandoc.storage.files import Files
from plandoc.storage.holder import this_host
from tests.trust.backing import documents_of, names_in
from tests.trust.processes import ROOT

# Does the work, and stops at the first sync of what is being made, or once it has its name.
STOPPING = """
import os, sys
from pathlib import Path
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.storage.files import Files
from plandoc.storage.holder import this_host

class Stopping(Files):
    def sync_file(self, path):
        super().sync_file(path)
        if ".tmp" in str(path):
            print("stopped", flush=True)
            sys.stdin.readline()

what, source, target, *keep = sys.argv[1:]
if what == "backup":
    backup(source, target, *map(int, keep), files=Stopping())
else:
    restore(source, target, replace=True, allow_older=True, files=Stopping())
print("done", flush=True)
"""


def stopped(*arguments: object) -> subprocess.Popen[str]:
    """Start some work in another process, and return when it stands still in the middle of it."""
    worker = subprocess.Popen(
        [sys.executable, "-c", STOPPING, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "stopped\n"
    return worker


def ended(worker: subprocess.Popen[str], *, by: int | None = None) -> int:
    """Kill a process, or let it go on; return its exit status."""
    with worker:
        if by is not None:
            worker.send_signal(by)
        worker.communicate("\n" * 100, timeout=60)
    return worker.returncode


def left_in(folder: Path) -> list[str]:
    return [name for name in names_in(folder) if ".plandoc-" in name]


def work(what: str, top: Path) -> tuple[object, ...]:
    """What is called, in a place with a data folder and a backup of it."""
    return {
        "an archive": ("backup", top / "data", top / "x.zip"),
        "a folder": ("backup", top / "data", top / "x"),
        "one of several": ("backup", top / "data", top / "kept", 2),
        "a new folder": ("restore", top / "b.zip", top / "new"),
        "what is kept of a folder": ("restore", top / "b.zip", top / "data"),
    }[what]


WORK = ("an archive", "a folder", "one of several", "a new folder", "what is kept of a folder")


@pytest.fixture
def top(worked_in: Path) -> Path:
    backup(worked_in, worked_in.parent / "b.zip")
    (worked_in.parent / "kept").mkdir()
    return worked_in.parent


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.skipif(os.name != "posix", reason="nobody kills so here")
@pytest.mark.parametrize("what", WORK)
def test_what_a_killed_one_left_is_removed_by_the_next_to_the_same_place(top: Path, what: str) -> None:
    before = documents_of(top / "data")
    assert ended(stopped(*work(what, top)), by=signal.SIGKILL) == -signal.SIGKILL
    left = left_in(top)
    assert documents_of(top / "data") == before
    assert ended(stopped(*work(what, top))) == 0

    assert left != []
    assert left_in(top) == []
    assert documents_of(top / "data") == before


@pytest.mark.proof
@pytest.mark.skipif(os.name != "posix", reason="nobody kills so here")
def test_a_restore_removes_what_a_killed_backup_left_and_the_other_way_round(top: Path) -> None:
    ended(stopped("backup", top / "data", top / "x"), by=signal.SIGKILL)
    restore(top / "b.zip", top / "new")
    first = left_in(top)
    ended(stopped("restore", top / "b.zip", top / "newer"), by=signal.SIGKILL)
    backup(top / "data", top / "x.zip")

    assert first == left_in(top) == []


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("what", WORK)
def test_what_somebody_works_at_is_left_alone_and_gets_done(top: Path, what: str) -> None:
    worker = stopped(*work(what, top))
    during = set(left_in(top))
    report = backup(top / "data", top / "between.zip")
    in_kept = backup(top / "data", top / "kept" / "between.zip")
    after = set(left_in(top))

    assert during == after
    assert during != set()
    assert ended(worker) == 0
    assert left_in(top) == []
    assert verify_backup(report.path) == verify_backup(in_kept.path) == []


def a_leftover(top: Path, **facts: object) -> Path:
    """What somebody left who had the lock of the given facts, or none."""
    place = top / ".plandoc-0123456789abcdef.lock"
    (place / ".plandoc").mkdir(parents=True)
    (place / ".plandoc" / "lock").touch()
    if facts:
        word = {"pid": 1, "since": "2026-01-28T03:25:47+00:00", "action": "x", **facts}
        (place / ".plandoc" / "lock.info.json").write_text(json.dumps(word))
    made = top / ".plandoc-0123456789abcdef.tmp"
    made.write_bytes(b"half a backup")
    return made


@pytest.mark.parametrize("facts", [{"host": "another-machine"}, {}], ids=["another machine", "nobody knows who"])
def test_what_may_be_somebody_elses_stays(top: Path, facts: dict[str, object]) -> None:
    made = a_leftover(top, **facts)
    before = left_in(top)
    backup(top / "data", top / "x.zip")

    assert made.read_bytes() == b"half a backup"
    assert left_in(top) == before


def test_what_has_only_the_name_of_a_leftover_stays(top: Path) -> None:
    (top / ".plandoc-0123456789abcdef.tmp").write_bytes(b"mine")
    (top / ".plandoc-0123456789abcdeg.lock").mkdir()
    (top / ".plandoc-fedcba9876543210.lock").write_bytes(b"mine too")
    (top / ".plandoc-00000000000000ff.lock").symlink_to("data")
    before = left_in(top)
    backup(top / "data", top / "x.zip")

    assert left_in(top) == before
    assert (top / "data" / ".plandoc" / "lock").exists()


def test_a_link_in_a_leftover_leads_the_removal_nowhere(top: Path) -> None:
    made = a_leftover(top, host=this_host())
    made.unlink()
    precious = top / "precious"
    precious.mkdir()
    (precious / "lock").write_bytes(b"precious")
    made.symlink_to("precious")
    backup(top / "data", top / "x.zip")

    assert (precious / "lock").read_bytes() == b"precious"
    assert left_in(top) == []


def test_a_folder_that_somebody_put_into_a_leftover_keeps_what_is_in_it(top: Path) -> None:
    made = a_leftover(top, host=this_host())
    made.unlink()
    (made / "mine").mkdir(parents=True)
    (made / "mine" / "recipe.txt").write_bytes(b"precious")
    backup(top / "data", top / "x.zip")

    assert (made / "mine" / "recipe.txt").read_bytes() == b"precious"


def test_where_there_are_no_locks_backups_are_made_all_the_same(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("filelock.lock_descriptor", refused)
    report = backup(top / "data", top / "x.zip")
    restored = restore(report.path, top / "new")

    assert left_in(top) == []
    assert documents_of(restored.path) == documents_of(top / "data")


def test_whoever_loses_the_race_for_its_lock_works_without(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = staging._locked

    def too_late(place: Path, moment: object, layer: Files) -> object:
        # Another one takes the folder for a leftover just before the lock is taken.
        place.mkdir()
        return locked(place, moment, layer)

    monkeypatch.setattr(staging, "_locked", too_late)
    backup(top / "data", top / "x.zip")

    assert verify_backup(top / "x.zip") == []
    assert left_in(top) == []
