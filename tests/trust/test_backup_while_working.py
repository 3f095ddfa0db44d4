"""Backups beside real writers: each is one moment, in which the two documents that are always changed together agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import plandoc
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.verification import verify_backup

ROOT = Path(__file__).parent.parent.parent
COUNT = 120
BACKUPS = 8

WORK = f"""
import sys, datetime
import plandoc
from plandoc.records import Event, Ingredient, StockItem
with plandoc.open_store(sys.argv[1], timeout_seconds=60) as store:
    print("works", flush=True)
    for _ in range({COUNT}):
        with store.session("count") as session:
            event = session.get(Event, 1)
            number = event.expected_attendees + 1
            session.replace(Event(event.name, event.event_date, number, slug=event.slug, id=1))
            flour = session.get(Ingredient, 1)
            session.replace(Ingredient(flour.name, f"number {{number}}", slug=flour.slug, id=1))
            if number % 20 == 0:
                session.add(Event(f"Event {{number}}", event.event_date))
"""


def number_in(content, pattern):
    return int(re.search(pattern, content)[1])


@pytest.mark.proof
def test_backups_beside_two_writers_are_each_one_moment_and_nothing_is_wrong_with_them(folder, tmp_path):
    with plandoc.open_store(folder, create=True) as store, store.session("begin") as session:
        session.add(plandoc.Ingredient("Flour", "number 1"))
        session.add(plandoc.Event("Counted", session.moment.date(), 1))
    command = [sys.executable, "-c", WORK, str(folder)]
    writers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for writer in writers:
        assert writer.stdout.readline() == "works\n"
    targets = [tmp_path / f"{number}{'.zip' if number % 2 else ''}" for number in range(BACKUPS)]
    reports = [backup(folder, target) for target in targets]
    for writer in writers:
        writer.communicate(timeout=60)

    assert [writer.returncode for writer in writers] == [0, 0]
    assert [verify_backup(target) for target in targets] == [[]] * BACKUPS
    seen = [open_backup(target).documents for target in targets]
    counted = [number_in(files["events/1.json"], rb'"expected_attendees":(\d+)') for files in seen]
    assert [number_in(files["catalog.json"], rb'"number (\d+)"') for files in seen] == counted
    assert [report.manifest.serial for report in reports] == counted
    assert [len(files) for files in seen] == [4 + number // 20 for number in counted]
    assert counted == sorted(counted)
    assert counted[0] < 2 * COUNT, "the backups came too late to meet a writer"
    assert plandoc.check(folder) == []
