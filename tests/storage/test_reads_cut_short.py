"""Nobody is told that something is damaged because somebody writes, however a read is cut short or held up.

`PLANDOC_LOOKS=1000000 pytest -m slow tests/storage/test_reads_cut_short.py -s` looks so many times.
"""

from __future__ import annotations

import os
import random
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from cut_reads import CutReads, Writers, counted
from lives import forget
from recorder import QuickFiles, open_folder

import plandoc
from plandoc.errors import RecoveryWarning
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.storage.folder import FolderBackend
from plandoc.store import Store

LOOKS = int(os.environ.get("PLANDOC_LOOKS", "1000000"))
FOLDERS = 10
# How likely it is that somebody writes before a call of the one who looks: seldom, often, and without a pause; each with
# its share of the looks.
CHANCES = {0.004: 0.8, 0.04: 0.198, 1.0: 0.002}


@attrs.frozen
class Place:
    """A folder in which others write, and somebody whose store stays open.

    Attributes:
        top: Where backups are put.
        root: The folder.
        store: The store.
    """

    top: Path
    root: Path
    store: Store


def read(place: Place) -> int:
    return place.store.read(counted)


def open_and_read(place: Place) -> int:
    with Store(FolderBackend(place.root, files=QuickFiles()), timeout_seconds=0) as store:
        return store.read(counted)


def check(place: Place) -> None:
    """What a writer is about may be said: lines that are not checkpointed yet, and one that is not finished."""
    problems = [one for one in plandoc.check(place.root) if (one.file, one.line) != ("journal.jsonl", None)]
    assert problems == [], problems


def back_up(place: Place) -> int:
    target = place.top / "backup.zip"
    target.unlink(missing_ok=True)
    backup(place.root, target)
    documents = open_backup(target).documents
    numbers = {re.search(rb'"notes":"(\d+)', documents[name])[1] for name in ("catalog.json", "events/1.json")}
    assert len(numbers) == 1, f"two moments mixed: {numbers}"
    return int(numbers.pop())


def looks_beside_writers(top: Path, look: Callable[[Place], Any], looks: int, seed: int) -> int:
    """Look again and again with reads cut short; return how often the writers saved something meanwhile."""
    luck = random.Random(seed)
    writers = Writers(top / "data", luck)
    reads = CutReads(luck, writers.work)
    place = Place(top, top / "data", Store(open_folder(top / "data", QuickFiles()), timeout_seconds=0))
    forget(place.store)
    for _ in range(looks):
        reads.chance = luck.choices(list(CHANCES), list(CHANCES.values()))[0]
        writers.work()
        before = writers.number
        with reads.cut(), warnings.catch_warnings():
            warnings.simplefilter("error", RecoveryWarning)
            seen = look(place)
        assert seen is None or before <= seen <= writers.number, (before, seen, writers.number)
    return writers.number


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("look", [read, open_and_read, check, back_up])
def test_no_look_beside_writers_gives_a_false_alarm_or_mixes_two_moments(
    look: Callable[[Place], Any], scratch: Path
) -> None:
    looks = 200 if look in {read, open_and_read} else 30

    saved = looks_beside_writers(scratch, look, looks, seed=1)

    assert saved > looks


@pytest.mark.slow
@pytest.mark.parametrize("look", [read, open_and_read, check, back_up])
def test_a_million_looks_beside_writers_give_no_false_alarm(look: Callable[[Place], Any], scratch: Path) -> None:
    # A check and a backup take longer than all else, so there are fewer of them.
    looks = round(LOOKS * {read: 0.49, open_and_read: 0.49}.get(look, 0.01) / FOLDERS)
    for seed in range(FOLDERS):
        top = scratch / str(seed)
        top.mkdir()
        saved = looks_beside_writers(top, look, looks, seed)
        print(f"{look.__name__}: {looks} looks, {saved} transactions meanwhile")
        assert saved > looks
