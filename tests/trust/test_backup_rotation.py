"""Keeping so many backups: what is removed is a whole, older backup of this very folder, and nothing else ever."""

from __future__ import annotations

import datetime
import os
import shutil

import pytest

import plandoc
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.verification import verify_backup
from tests.conftest import MOMENT
from tests.records.folders import everything_in
from tests.trust.backing import add_event

DAY = datetime.timedelta(days=1)


def rotate(folder, target, keep, *, day=0):
    return backup(folder, target, keep, clock=lambda: MOMENT + day * DAY)


def names(folder):
    return sorted(os.listdir(folder))


def test_the_newest_stay_and_the_oldest_go(worked_in, tmp_path):
    reports = [rotate(worked_in, tmp_path / "kept", 3, day=day) for day in range(5)]

    assert names(tmp_path / "kept") == [f"plandoc-202601{28 + day}T032547Z.zip" for day in (2, 3)] + [
        "plandoc-20260201T032547Z.zip"
    ]
    assert [path.name for path in reports[3].removed] == ["plandoc-20260128T032547Z.zip"]
    assert [verify_backup(tmp_path / "kept" / name) for name in names(tmp_path / "kept")] == [[], [], []]


def test_backups_of_one_second_have_names_of_their_own_and_go_in_their_order(worked_in, tmp_path):
    made = [rotate(worked_in, tmp_path / "kept", 2).path.name for _ in range(12)]

    assert len(set(made)) == 12
    assert names(tmp_path / "kept") == sorted(made[-2:])


def test_fewer_than_kept_removes_none_and_a_smaller_number_removes_more(worked_in, tmp_path):
    for day in range(4):
        rotate(worked_in, tmp_path / "kept", 9, day=day)
    assert len(names(tmp_path / "kept")) == 4
    report = rotate(worked_in, tmp_path / "kept", 1, day=5)

    assert names(tmp_path / "kept") == [report.path.name]


def test_the_new_one_stays_even_when_the_clock_went_backwards(worked_in, tmp_path):
    rotate(worked_in, tmp_path / "kept", 1, day=5)
    report = rotate(worked_in, tmp_path / "kept", 1, day=0)

    assert names(tmp_path / "kept") == [report.path.name]


def test_what_is_not_a_whole_backup_of_this_folder_is_left_alone_and_said(worked_in, tmp_path):
    kept = tmp_path / "kept"
    first = rotate(worked_in, kept, 9).path
    torn = kept / "plandoc-20200101T000000Z.zip"
    torn.write_bytes(first.read_bytes()[:-1])
    plandoc.open_store(tmp_path / "other", create=True).close()
    foreign = backup(tmp_path / "other", kept / "plandoc-20200102T000000Z.zip").path
    (kept / "plandoc-20200103T000000Z.zip").symlink_to(first)
    (kept / "plandoc-20200104T000000Z.zip").mkdir()
    shutil.copy(first, kept / "christmas.zip")
    (kept / "notes.txt").write_text("mine")
    others = {name: kind for name, kind in everything_in(kept).items() if name != first.name}
    report = rotate(worked_in, kept, 1, day=1)
    after = everything_in(kept)
    del after[report.path.name]

    assert report.removed == (first,)
    assert after == others
    assert [line.split(": ")[0] for line in report.left] == [
        str(kept / f"plandoc-2020010{day}T000000Z.zip") for day in (1, 2, 3, 4)
    ]
    assert foreign.exists()


def test_while_something_is_wrong_with_the_folder_no_good_backup_is_removed(worked_in, tmp_path):
    rotate(worked_in, tmp_path / "kept", 1)
    event = worked_in / "events" / "1.json"
    event.write_bytes(event.read_bytes()[:-20])
    report = rotate(worked_in, tmp_path / "kept", 1, day=1)

    assert report.problems != ()
    assert len(names(tmp_path / "kept")) == 2


@pytest.mark.parametrize("keep", [0, -1, True, 1.0])
def test_a_number_that_keeps_nothing_is_refused(worked_in, tmp_path, keep):
    with pytest.raises(plandoc.ValidationError, match="number of backups to keep"):
        backup(worked_in, tmp_path / "kept", keep)

    assert names(tmp_path) == ["data"]


def test_an_archive_cannot_hold_several_backups(worked_in, tmp_path):
    with pytest.raises(plandoc.ValidationError, match="wanted a folder for several backups"):
        backup(worked_in, tmp_path / "kept.zip", 3)

    assert names(tmp_path) == ["data"]


def test_only_dated_names_take_part_and_a_change_in_between_is_in_the_newest(worked_in, tmp_path):
    older = rotate(worked_in, tmp_path / "kept", 2)
    add_event(worked_in, "Later")
    newer = rotate(worked_in, tmp_path / "kept", 2, day=1)

    assert newer.manifest.serial > older.manifest.serial
    assert "events/3.json" in newer.manifest.files
