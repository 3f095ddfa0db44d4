"""A backup is one moment of a folder, read back before it has its name; it overwrites nothing."""

from __future__ import annotations

import os
import shutil
import zipfile

import pytest

import plandoc
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.backups.verification import verify_backup
from plandoc.storage import journal
from plandoc.storage.memory import MemoryBackend
from plandoc.store import Store
from tests.builders import a_bakery, folder_bytes
from tests.conftest import MOMENT
from tests.records.folders import everything_in, look_at_everything
from tests.trust.backing import add_event, documents_of, marker_of, names_in

TARGETS = ["monday.zip", "monday"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_backup_holds_every_document_byte_for_byte_and_a_manifest(worked_in, tmp_path, target):
    before = everything_in(worked_in)
    report = backup(worked_in, tmp_path / target, clock=lambda: MOMENT)
    read = open_backup(tmp_path / target)

    assert read.documents == {k: v for k, v in folder_bytes(worked_in).items() if k != "journal.jsonl"}
    assert (read.manifest.serial, read.manifest.created_at) == (marker_of(worked_in).serial, MOMENT)
    assert (report.documents, report.problems, report.manifest) == (5, (), read.manifest)
    assert verify_backup(tmp_path / target) == []
    assert everything_in(worked_in) == before
    assert sorted(os.listdir(tmp_path)) == ["data", target]


@pytest.mark.sample(3)
@pytest.mark.parametrize("year", [1, 999, 1969, 1979, 1980, 2107, 2108, 9999])
def test_a_clock_that_is_wrong_by_any_number_of_years_stops_no_backup(worked_in, tmp_path, year):
    """An archive holds no moment before 1980 or after 2107; the manifest holds any."""
    moment = MOMENT.replace(year=year)
    made = [
        backup(worked_in, tmp_path / "one.zip", clock=lambda: moment),
        backup(worked_in, tmp_path / "one", clock=lambda: moment),
        backup(worked_in, tmp_path / "many", keep=1, clock=lambda: moment),
        backup(worked_in, tmp_path / "many", keep=1, clock=lambda: moment),
    ]

    assert [report.manifest.created_at for report in made] == [moment] * 4
    assert os.listdir(tmp_path / "many") == [f"plandoc-{year:04}0128T032547Z-2.zip"]
    for name in ("one.zip", "one", f"many/plandoc-{year:04}0128T032547Z-2.zip"):
        assert verify_backup(tmp_path / name) == []
        assert open_backup(tmp_path / name).manifest.created_at == moment
        restore(tmp_path / name, tmp_path / "restored", replace=True, allow_older=True, clock=lambda: moment)
    assert documents_of(tmp_path / "restored") == documents_of(worked_in)


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_committed_but_not_folded_in_is_in_the_backup(store, folder, tmp_path, target):
    a_bakery(store)
    with store.session("add") as session:
        session.add(plandoc.Event("Not folded in", MOMENT.date()))
    report = backup(folder, tmp_path / target)
    of_the_store = backup(store, tmp_path / f"store-{target}")
    serial_on_disk = marker_of(folder).serial

    assert (serial_on_disk, report.manifest.serial) == (0, 2)
    assert of_the_store.manifest.files == report.manifest.files
    assert b"Not folded in" in open_backup(tmp_path / target).documents["events/1.json"]
    assert (folder / "journal.jsonl").stat().st_size > 0, "nothing was folded in for it"


def test_a_folder_backup_is_an_ordinary_data_folder(worked_in, tmp_path):
    backup(worked_in, tmp_path / "copy")
    assert plandoc.check(tmp_path / "copy") == []
    look_at_everything(tmp_path / "copy")
    assert verify_backup(tmp_path / "copy") == []
    assert names_in(tmp_path / "copy") == [
        *("backup.json", "catalog.json", "events", "events/1.json", "events/2.json", "plandoc.json", "stock.json"),
    ]
    add_event(tmp_path / "copy", "Another")

    assert plandoc.check(tmp_path / "copy") == []
    assert verify_backup(tmp_path / "copy") != [], "but now it is no backup any more"
    backup(tmp_path / "copy", tmp_path / "again")
    assert verify_backup(tmp_path / "again") == []


def test_an_archive_that_any_program_unpacked_is_an_ordinary_data_folder_and_still_a_backup(worked_in, tmp_path):
    backup(worked_in, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tmp_path / "unpacked")

    assert plandoc.check(tmp_path / "unpacked") == []
    assert verify_backup(tmp_path / "unpacked") == []
    assert documents_of(tmp_path / "unpacked") == documents_of(worked_in)


def test_a_store_in_memory_can_be_backed_up_too(tmp_path):
    with Store(MemoryBackend("L")) as store:
        a_bakery(store)
        report = backup(store, tmp_path / "memory.zip")

    assert report.manifest.serial == 1
    assert verify_backup(tmp_path / "memory.zip") == []


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_ever_overwritten(worked_in, tmp_path, target):
    (tmp_path / "monday.zip").write_bytes(b"mine")
    (tmp_path / "monday").mkdir()
    before = everything_in(tmp_path)

    with pytest.raises(plandoc.ValidationError, match="never overwrites"):
        backup(worked_in, tmp_path / target)
    assert everything_in(tmp_path) == before


def test_a_name_that_somebody_takes_at_the_last_moment_is_not_overwritten(worked_in, tmp_path, monkeypatch):
    target = tmp_path / "a.zip"
    link = os.link

    def too_late(source, destination):
        target.write_bytes(b"mine")
        link(source, destination)

    monkeypatch.setattr("os.link", too_late)
    with pytest.raises(plandoc.StorageError):
        backup(worked_in, target)

    assert target.read_bytes() == b"mine"
    assert sorted(os.listdir(tmp_path)) == ["a.zip", "data"]


def test_where_there_are_no_hard_links_a_backup_is_made_all_the_same(worked_in, tmp_path, monkeypatch):
    def cannot(source, destination):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", cannot)
    backup(worked_in, tmp_path / "a.zip")

    assert verify_backup(tmp_path / "a.zip") == []
    assert sorted(os.listdir(tmp_path)) == ["a.zip", "data"]


@pytest.mark.parametrize("place", ["data/b.zip", "data/events/b", "link/b.zip", "data/../data/b", "link/events/b.zip"])
def test_a_target_inside_the_data_folder_is_refused_however_it_is_spelled(worked_in, tmp_path, place):
    (tmp_path / "link").symlink_to(worked_in)
    before = everything_in(tmp_path)

    with pytest.raises(plandoc.ValidationError, match="is inside the data folder"):
        backup(worked_in, tmp_path / place)
    assert everything_in(tmp_path) == before


def test_the_data_folder_itself_is_no_target(worked_in):
    before = everything_in(worked_in)
    with pytest.raises(plandoc.ValidationError):
        backup(worked_in, worked_in)
    with pytest.raises(plandoc.ValidationError, match="is inside the data folder"):
        backup(worked_in, worked_in, keep=3)

    assert everything_in(worked_in) == before


@pytest.mark.parametrize("keep", [None, 2])
def test_a_folder_that_is_not_there_is_an_error_that_names_it(worked_in, tmp_path, keep):
    with pytest.raises(plandoc.errors.StoreNotFoundError, match="no folder .*nowhere"):
        backup(worked_in, tmp_path / "nowhere" / "deep" / "x", keep)
    with pytest.raises(plandoc.errors.StoreNotFoundError, match="empty"):
        backup(tmp_path / "empty", tmp_path / "x.zip")

    assert os.listdir(tmp_path) == ["data"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_folder_with_something_wrong_is_copied_faithfully_and_said_to_be_wrong(worked_in, tmp_path, target):
    event = worked_in / "events" / "2.json"
    event.write_bytes(event.read_bytes().replace(b"Hamper", b"Humper", 1))
    found = plandoc.check(worked_in)
    report = backup(worked_in, tmp_path / target)

    assert list(report.problems) == found != []
    assert verify_backup(tmp_path / target) == found
    assert open_backup(tmp_path / target).documents["events/2.json"] == event.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"), [("plandoc.json", b""), ("journal.jsonl", b"x\n"), ("catalog.json", None)]
)
def test_a_folder_that_means_nothing_as_a_whole_is_refused(worked_in, tmp_path, name, content):
    (worked_in / name).unlink() if content is None else (worked_in / name).write_bytes(content)
    if name == "journal.jsonl":
        (worked_in / name).write_bytes(content + a_journal_line())

    with pytest.raises(plandoc.errors.DamagedError):
        backup(worked_in, tmp_path / "b.zip")
    assert os.listdir(tmp_path) == ["data"]


def a_journal_line():
    return journal.render(journal.Line(1, "L", ()), action="x", timestamp=MOMENT)


@pytest.mark.sample(1)
@pytest.mark.parametrize("target", TARGETS)
def test_one_changed_byte_anywhere_in_a_backup_is_found(folder, tmp_path, target):
    plandoc.open_store(folder, create=True).close()
    backup(folder, tmp_path / target, clock=lambda: MOMENT)
    place = tmp_path / target
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    unnoticed = [
        (file.name, offset)
        for file in files
        for offset, content in one_byte_changed(file.read_bytes())
        if is_unnoticed(place, file, content)
    ]

    assert unnoticed == []
    assert verify_backup(place) == []


def one_byte_changed(content):
    for offset in range(len(content)):
        yield offset, content[:offset] + bytes([content[offset] ^ 0x01]) + content[offset + 1 :]
    yield "end", content[:-1]
    yield "end", content + b"\n"


def is_unnoticed(place, file, content):
    whole = file.read_bytes()
    file.write_bytes(content)
    try:
        open_backup(place)
    except plandoc.PlandocError:
        return False
    else:
        return True
    finally:
        file.write_bytes(whole)


@pytest.mark.parametrize("removed", ["plandoc.json", "catalog.json", "events/1.json", "backup.json"])
def test_a_file_that_is_missing_in_a_folder_backup_is_found(worked_in, tmp_path, removed):
    backup(worked_in, tmp_path / "b")
    (tmp_path / "b" / removed).unlink()

    assert removed in str(verify_backup(tmp_path / "b")[0])


def test_a_document_that_was_added_to_a_folder_backup_is_found(worked_in, tmp_path):
    backup(worked_in, tmp_path / "b")
    shutil.copy(tmp_path / "b" / "events" / "2.json", tmp_path / "b" / "events" / "7.json")

    assert [problem.file for problem in verify_backup(tmp_path / "b")] == ["events/7.json"]


def test_there_is_nothing_to_verify_where_nothing_is(tmp_path):
    with pytest.raises(plandoc.errors.StoreNotFoundError):
        verify_backup(tmp_path / "nothing.zip")


def test_a_data_folder_is_no_backup_and_told_apart_from_a_damaged_one(worked_in):
    assert "is not a backup" in verify_backup(worked_in)[0].message
