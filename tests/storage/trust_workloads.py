"""Workloads of what is done to whole folders: backup, restore, repair, and the first change by a later format."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest import mock

from lives import Life, forget
from recorder import QuickFiles, clock, open_folder
from workloads import PLANNED, add_event, change_everything, operated, rename, with_plan

import plandoc
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.repairs.repairing import repair
from plandoc.records import PlanState
from plandoc.storage import documents, migrations
from plandoc.store import Store
from tests.trust.test_released_formats import FORMATS


def a_backup(top: Path, target: str) -> Life:
    """A backup is made beside a folder in which somebody has just written."""
    life = with_plan(top, PlanState.LOCKED)
    life.kept = {2: target}
    life.begin()
    store = life.open()
    life.do(lambda: rename(store, "Renamed"))
    life.do(lambda: backup(life.root, top / target, clock=clock))
    life.do(store.close)
    return life


def restored_anew(top: Path) -> Life:
    """A backup is restored where nothing was."""
    life = with_plan(top, PlanState.IN_PRODUCTION)
    backup(life.root, top / "kept.zip", clock=clock)
    shutil.rmtree(life.root)
    life.begin()
    life.do(lambda: restore(top / "kept.zip", life.root, clock=clock))
    store = life.open()
    life.do(lambda: rename(store, "After the restore"))
    return life


def restored_over(top: Path) -> Life:
    """A backup is restored over a folder that went on meanwhile; its last writer died before it wrote a new event."""
    life = with_plan(top, PlanState.LOCKED)
    backup(life.root, top / "kept.zip", clock=clock)
    with plandoc.open_store(life.root, clock=clock) as store:
        operated(store, plandoc.start_production, PLANNED)
    killed = Store(open_folder(life.root, QuickFiles()), clock=clock)
    forget(killed)
    add_event(killed, "Only in the journal")
    (life.root / "events" / "2.json").unlink()
    shutil.rmtree(life.root / ".plandoc")
    life.kept = {1: "data-before-restore-*.zip"}
    life.begin()
    life.do(lambda: restore(top / "kept.zip", life.root, replace=True, allow_older=True, clock=clock))
    store = life.open()
    life.do(lambda: rename(store, "After the restore"))
    return life


def restored_over_a_writer(top: Path) -> Life:
    """A backup is restored over what a writer has just saved, of which only the journal is on the disk for sure."""
    life = with_plan(top, PlanState.LOCKED)
    backup(life.root, top / "kept.zip", clock=clock)
    life.kept = {2: "data-before-restore-*.zip"}
    life.begin()
    store = life.open()
    life.do(lambda: change_everything(store))
    life.do(lambda: restore(top / "kept.zip", life.root, replace=True, allow_older=True, clock=clock))
    return life


def _dirty(top: Path) -> Life:
    life = with_plan(top, PlanState.LOCKED)
    life.clean_from = 1
    return life


def repaired_copy(top: Path) -> Life:
    """A second version that a sync service left is moved to lost-found."""
    life = _dirty(top)
    copy = (life.root / "events" / "1.json").read_bytes().replace(b"Christmas", b"Xmas")
    (life.root / "events" / "1 (conflicted copy).json").write_bytes(copy)
    life.treasures = [copy]
    life.begin()
    life.do(lambda: repair(life.root, clock=clock))
    store = life.open()
    life.do(lambda: rename(store, "After the repair"))
    return life


def repaired_from_backup(top: Path) -> Life:
    """A document that is damaged is taken back from a backup."""
    life = _dirty(top)
    backup(life.root, top / "kept.zip", clock=clock)
    damaged = (life.root / "events" / "1.json").read_bytes()[:200] + b"!"
    (life.root / "events" / "1.json").write_bytes(damaged)
    life.treasures = [damaged]
    life.begin()
    life.do(lambda: repair(life.root, backup=top / "kept.zip", clock=clock))
    return life


@contextmanager
def a_later_format() -> Iterator[None]:
    """Pretend that this is a later plandoc, whose format gives every event without notes a line of them."""

    def noted(tables: Any) -> Any:
        events = {key: {**row, "notes": row["notes"] or "fine"} for key, row in tables.get("events", {}).items()}
        return {**tables, **({"events": events} if events else {})}

    present = documents.FORMAT
    later = functools.partial(migrations.upgraded, upgrades={**migrations.UPGRADES, present: noted})
    with (
        mock.patch("plandoc.storage.documents.FORMAT", present + 1),
        mock.patch("plandoc.storage.migrations.upgraded", later),
    ):
        yield


def upgraded(top: Path) -> Life:
    """The first change by a later format, which keeps a backup of what was there."""
    life = with_plan(top, PlanState.DRAFT)
    life.world = a_later_format
    life.kept = {1: "data/.plandoc/before-format-*.zip"}
    with a_later_format():
        life.begin()
        store = life.open()
        life.do(lambda: rename(store, "In the later format"))
        life.do(lambda: operated(store, plandoc.lock_plan, PLANNED))
        life.do(store.close)
    return life


def upgraded_with_its_stock(top: Path) -> Life:
    """The first change of a folder of format 1: its stock gets a document of its own in the same line."""
    life = Life(top)
    shutil.copytree(FORMATS / "1", life.root)
    life.kept = {1: "data/.plandoc/before-format-*.zip"}
    life.begin()
    store = life.open()
    life.do(lambda: operated(store, plandoc.unlock_plan, 2))
    life.do(lambda: operated(store, plandoc.set_stock, 1, 7, "kg"))
    life.do(store.close)
    return life


def upgraded_and_restored(top: Path) -> Life:
    """A folder of format 1 goes on in the present one, and is restored from the backup that was made before."""
    life = Life(top)
    shutil.copytree(FORMATS / "1", life.root)
    life.begin()
    store = life.open()
    life.do(lambda: operated(store, plandoc.set_stock, 1, 7, "kg"))
    life.do(store.close)
    kept = next((life.root / ".plandoc").glob("before-format-*.zip"))
    life.do(lambda: restore(kept, life.root, replace=True, allow_older=True, clock=clock))
    return life


_FOLDERS: tuple[Callable[[Path], Life], ...] = (
    restored_anew,
    restored_over,
    restored_over_a_writer,
    repaired_copy,
    repaired_from_backup,
    upgraded,
    upgraded_with_its_stock,
    upgraded_and_restored,
)
WORKLOADS: Mapping[str, Callable[[Path], Life]] = MappingProxyType(
    {
        "backup_archive": functools.partial(a_backup, target="kept.zip"),
        "backup_folder": functools.partial(a_backup, target="kept"),
        **{workload.__name__: workload for workload in _FOLDERS},
    }
)
