"""A repair that is stopped anywhere, or that the system refuses anywhere, loses nothing; the next one ends clean."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from crash_model import Disk, crashes, materialise
from recorder import CHANGES, Fault, FaultyFiles, RecordingFiles, clock

import plandoc
from plandoc.maintenance.backups.backup_writer import backup as make_backup
from plandoc.maintenance.repairs import repair
from plandoc.maintenance.repairs.repairing import Repair
from tests.trust.troubles import a_transaction_is_not_folded_in, a_worked_folder, everything, is_kept, much_happens_to

# These are counted up, or written anew when the journal is folded in; what is in them is compared with what it should be.
REWRITTEN = {"plandoc.json", "catalog.json", "events/1.json", "journal.jsonl"}


class Stopped(BaseException):
    """The process is gone."""


class Place:
    """A folder with much that is wrong, in which every trial starts from the same files."""

    def __init__(self, top: Path, backup: Path | None = None) -> None:
        self.top = top
        self.backup = backup
        self.model = a_worked_folder(top / "model")
        if backup is None:
            a_transaction_is_not_folded_in(self.model)
            much_happens_to(self.model)
        else:
            make_backup(self.model, backup)
            for name in ("plandoc.json", "catalog.json", "events/1.json", "events/2.json"):
                (self.model / name).write_bytes(f"{name} is damaged".encode())
        self.before = everything(self.model)
        whole = self.fresh()
        assert repair(whole, backup=backup).remaining == ()
        self.repaired = without_serial(everything(whole))

    def fresh(self) -> Path:
        return Path(shutil.copytree(self.model, tempfile.mkdtemp(dir=self.top), dirs_exist_ok=True))

    def check_repaired(self, root: Path) -> None:
        """See that a folder ended as an undisturbed repair ends, with every byte that was there before."""
        assert plandoc.check(root) == []
        assert without_serial(everything(root)).items() >= self.repaired.items()
        for name, content in self.before.items():
            rewritten = REWRITTEN if self.backup is None else {"journal.jsonl"}
            assert name in rewritten or name.endswith(".plandoc-tmp") or is_kept(content, root), name


_OF_A_MOMENT = re.compile(rb'"(?:serial|line_digest)": [^,\n]+')


def without_serial(held: dict[str, bytes]) -> dict[str, bytes]:
    """What a folder holds, but for the number of the last transaction and a last newline, which a power cut may take."""
    sound = {name: content for name, content in held.items() if not name.endswith(".why.txt")}
    return {name: _OF_A_MOMENT.sub(b"", content).rstrip() for name, content in sound.items()}


@contextmanager
def in_memory(otherwise: Path) -> Iterator[Path]:
    shared = Path("/dev/shm")
    if not shared.is_dir():
        yield otherwise
        return
    with tempfile.TemporaryDirectory(dir=shared, prefix="plandoc-tests-") as top:
        yield Path(top)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with in_memory(tmp_path_factory.mktemp("repairs")) as top:
        yield Place(top)


@pytest.fixture(scope="module")
def place_with_backup(tmp_path_factory):
    with in_memory(tmp_path_factory.mktemp("repairs")) as top:
        yield Place(top, backup=top / "backup.zip")


def attempt(root: Path, files: FaultyFiles | RecordingFiles, backup: Path | None = None) -> BaseException | None:
    try:
        Repair(root, files, clock, timeout_seconds=0).do(backup, allow_other_folder=False)
    except (plandoc.PlandocError, Stopped) as error:
        return error
    return None


def operations_of(place: Place) -> list[str]:
    root, files = place.fresh(), FaultyFiles(CHANGES)
    files.arm(None)
    assert attempt(root, files) is None
    return files.operations


@pytest.mark.proof
@pytest.mark.parametrize(("moment", "kinds"), [("before", CHANGES), ("half", ("create", "write_at"))])
def test_a_repair_that_is_stopped_at_any_operation_loses_nothing_and_the_next_one_ends_clean(moment, kinds, place):
    stops = [at for at, name in enumerate(operations_of(place)) if name in kinds]
    for at in stops:
        root, files = place.fresh(), FaultyFiles(CHANGES)
        files.arm(Fault(at, moment, Stopped, lasting=True))
        attempt(root, files)
        plandoc.check(root)

        assert files.failed_at is not None
        assert repair(root).remaining == (), at
        place.check_repaired(root)
        shutil.rmtree(root)

    assert len(stops) > (100 if moment == "before" else 10)


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_an_operation_that_fails_is_told_and_the_next_repair_ends_clean(number, place):
    failures = 0
    for at in range(0, len(operations_of(place)), 4):
        root, files = place.fresh(), FaultyFiles(CHANGES)
        files.arm(Fault(at, "before", number))
        error = attempt(root, files)
        failures += error is not None

        assert error is None or isinstance(error, plandoc.StorageError), (at, error)
        assert repair(root).remaining == (), at
        place.check_repaired(root)
        shutil.rmtree(root)

    assert failures > 20


def power_cuts(place: Place, *, limit: int) -> int:
    """Repair, cut the power wherever POSIX allows, and see that the next repair ends clean; return how many states."""
    root, files = place.fresh(), RecordingFiles()
    disk = Disk(root)
    disk.load()
    assert attempt(root, files, place.backup) is None
    states = 0
    for crash in crashes(disk, files.log, limit=limit):
        after = Path(tempfile.mkdtemp(dir=place.top)) / "data"
        materialise(crash.tree, after)
        assert repair(after, backup=place.backup).remaining == (), crash.at
        place.check_repaired(after)
        shutil.rmtree(after.parent)
        states += 1
    return states


@pytest.mark.proof
def test_after_a_power_cut_at_any_moment_of_a_repair_the_next_one_ends_clean(place):
    assert power_cuts(place, limit=2) > 100


@pytest.mark.proof
def test_after_a_power_cut_while_documents_are_taken_back_the_next_repair_ends_clean(place_with_backup):
    assert power_cuts(place_with_backup, limit=2) > 40


@pytest.mark.proof
@pytest.mark.parametrize("without", ["sync_file", "sync_folder"])
def test_the_proof_sees_a_repair_that_does_not_sync_what_it_keeps(place, monkeypatch, without):
    original = getattr(RecordingFiles, without)

    def forgetful(files, path):
        if "lost-found" not in Path(path).parts:
            original(files, path)

    monkeypatch.setattr(RecordingFiles, without, forgetful)
    with pytest.raises(AssertionError):
        power_cuts(place, limit=20)


@pytest.mark.slow
def test_after_a_power_cut_in_any_state_that_posix_allows_the_next_repair_ends_clean(place):
    assert power_cuts(place, limit=60) > 800


@pytest.mark.slow
def test_after_a_power_cut_in_any_state_while_documents_are_taken_back_the_next_repair_ends_clean(place_with_backup):
    assert power_cuts(place_with_backup, limit=60) > 450
