"""Every call to the system that a command makes fails in turn: what it says and how it ends is what is on the disk."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

import plandoc
from plandoc import PlanState
from plandoc.cli import main, sample
from plandoc.maintenance.backups.rotation import BEFORE_RESTORE
from plandoc.storage import marker
from plandoc.store.open_stores import OPEN_STORES
from tests.builders import a_bakery, a_plan

from .faulty_system import Faults, failing

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE, errno.EROFS)
DONE, REFUSED, DONE_BUT = 0, 1, 3
# What says that something is there now, when the status is none of "done".
CHANGED = re.compile(
    r"the change is saved|: saved; | (is|are) in |restored|the repair is done| was created|verified|\b[1-9][0-9]* repaired"
)
UNKNOWN = "may or may not"
MOST = 1000


@attrs.frozen
class Story:
    """A command, and the folder that it is called in.

    Attributes:
        arguments: The command line.
        prepare: Makes what is there before.
        file: What is written outside of the data folder; "" when nothing is.
    """

    arguments: tuple[str, ...]
    prepare: Callable[[Path], object] = sample.write
    file: str = ""


def _started(folder: Path) -> None:
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store, PlanState.IN_PRODUCTION, bakery=a_bakery(store))


def _locked(folder: Path) -> None:
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store, PlanState.LOCKED, bakery=a_bakery(store))


def _with_backup(folder: Path) -> None:
    _started(folder)
    plandoc.backup(folder, folder.parent / "old.zip")
    with plandoc.open_store(folder) as store, store.session() as session:
        session.replace(attrs.evolve(session.event(1), notes="changed since"))


def _with_export(folder: Path) -> None:
    sample.write(folder)
    with plandoc.open_store(folder), plandoc.open_store(folder.parent / "other", create=True) as other:
        with other.session() as session:
            session.add(plandoc.Ingredient("Salt"))
            plandoc.export_file(folder.parent / "salt.json", session=session)


def _damaged(folder: Path) -> None:
    _started(folder)
    (folder / "events" / "1 (conflicted copy).json").write_bytes((folder / "events" / "1.json").read_bytes())


def _nothing(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)


STORIES = {
    "event add": Story(("event", "add", "Tea", "--date", "2026-12-25")),
    "start": Story(("start", "1", "--yes"), _locked),
    "bake": Story(("bake", "1", "cookie", "1"), _started),
    "init": Story(("init",), _nothing),
    "import": Story(("import", "salt.json"), _with_export),
    "repair": Story(("repair",), _damaged),
    "restore": Story(("restore", "old.zip", "--replace", "--allow-older"), _with_backup),
    "backup": Story(("backup", "new.zip"), file="new.zip"),
    "backup into a folder": Story(("backup", "new"), file="new"),
    "backup, keeping some": Story(("backup", "kept", "--keep", "1"), file="kept"),
    "export": Story(("export", "new.json"), file="new.json"),
    "export-csv": Story(("export-csv", "new"), file="new"),
    "report": Story(("report", "1", "-o", "new.html"), file="new.html"),
    "event list": Story(("event", "list")),
    "check": Story(("check",)),
}


class Sweep:
    """Calls one command again and again, each time with another fault."""

    def __init__(self, story: Story, top: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.story, self.top, self.capsys = story, top, capsys
        self.model = top / "model"
        self.model.mkdir()
        story.prepare(self.model / "data")
        self.before = self.held(self.model)
        self.number = 0
        # Once without a fault: what is imported only now must not count later.
        self.changes = self._call(Faults(None, 0))[2] != self.before

    def held(self, place: Path) -> dict[str, bytes | None]:
        """Return what is in the folder, as whoever opens it finds it, and what is beside it."""
        root = place / "data"
        beside = {
            str(path.relative_to(place)): path.read_bytes()
            for path in sorted(place.rglob("*"))
            # A copy of what a restore was to replace is no change of it; what becomes of a lock is seen afterwards.
            if path.is_file()
            and root not in path.parents
            and BEFORE_RESTORE not in path.name
            and _lock_beside(place).isdisjoint(path.parents)
        }
        if not (root / marker.NAME).exists():
            return beside
        with plandoc.open_store(root) as store:
            return beside | store.view(_documents)

    def _call(self, faults: Faults) -> tuple[int, str, dict[str, bytes | None]]:
        self.number += 1
        place = self.top / str(self.number)
        shutil.copytree(self.model, place)
        os.chdir(place)
        self.capsys.readouterr()
        with failing(faults):
            status = main([*self.story.arguments])
        said = "".join(self.capsys.readouterr())
        os.chdir(self.top)
        held = self.held(place)
        if _lock_beside(place):
            # The command could not even see its own lock any more; it is free, so the next one clears it away.
            plandoc.backup(place / "data", place / "next.zip")
            held |= dict.fromkeys(map(str, _lock_beside(place)))
        shutil.rmtree(place)
        return status, said, held

    def lies(self, error: int, at: int, *, lasting: bool = False) -> Iterator[str | None]:
        """Yield what is wrong with one call in which something failed; None at the end, when nothing did."""
        faults = Faults(at, error, lasting)
        try:
            status, said, held = self._call(faults)
        except BaseException as raised:
            yield f"{self._place(faults)}: raised {raised!r}"
            return
        finally:
            # None may be left for the end of the process, which has no status any more to say anything by.
            left_open = list(OPEN_STORES.open)
            for store in left_open:
                OPEN_STORES.forget(store)
        if left_open:
            yield f"{self._place(faults)}: left open {left_open}"
        if faults.failed is None:
            yield None
            return
        yield from (f"{self._place(faults)}, status {status}: {said}: {lie}" for lie in self._told(status, said, held))

    def _place(self, faults: Faults) -> str:
        return f"call {faults.at} ({faults.failed}) with {errno.errorcode[faults.error]}"

    def _told(self, status: int, said: str, held: dict[str, bytes | None]) -> Iterator[str]:
        changed = {name for name in held.keys() | self.before.keys() if held.get(name) != self.before.get(name)}
        if status not in {DONE, REFUSED, DONE_BUT}:
            yield "another status"
        elif status == DONE and bool(changed) != self.changes:
            yield f"done was said, found changed {changed}"
        elif status and not said:
            yield "nothing was said"
        elif status and UNKNOWN not in said:
            says_changed = CHANGED.search(said) is not None
            if status == DONE_BUT and not says_changed:
                yield "the status says that something is done, the words do not"
            if says_changed != bool(changed):
                yield f"found changed {changed}"


def _lock_beside(place: Path) -> set[Path]:
    """Return the locks that commands keep beside what they write."""
    return set(place.glob(".plandoc-*.lock"))


def _documents(reading: plandoc.storage.backend.Reading) -> dict[str, bytes | None]:
    names = ["catalog.json", *(f"{name}" for name in reading.names("events"))]
    return {f"data/{name}": reading.read(name) for name in names}


def _told_wrong(sweep: Sweep, error_of: Callable[[int], int], *, lasting: bool = False) -> tuple[list[str], int]:
    """Return what was said wrongly in a whole sweep, and how many calls there were."""
    lies: list[str] = []
    for at in range(MOST):
        found = list(sweep.lies(error_of(at), at, lasting=lasting))
        if found == [None]:
            return lies, at
        lies += [lie for lie in found if lie]
    raise AssertionError("there was no end")


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.sample(1)
@pytest.mark.parametrize("name", STORIES)
def test_whatever_call_fails_the_command_says_what_is_there(name, tmp_path, capsys):
    lies, calls = _told_wrong(Sweep(STORIES[name], tmp_path, capsys), lambda at: ERRORS[at % len(ERRORS)])

    assert lies == []
    assert calls > 40


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("error", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", STORIES)
def test_the_same_holds_for_every_error_at_every_call(name, error, lasting, tmp_path, capsys):
    lies, calls = _told_wrong(Sweep(STORIES[name], tmp_path, capsys), lambda _: error, lasting=lasting)

    assert lies == []
    assert calls > 40
