"""The way back: the same bytes, into nothing or over what is there, never without asking, and everybody notices."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import plandoc
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.backups.verification import verify_backup
from plandoc.storage import journal
from tests.builders import folder_bytes
from tests.conftest import MOMENT
from tests.records.folders import everything_in
from tests.trust.backing import add_event, documents_of, marker_of, names_in, names_of_events

ROOT = Path(__file__).parent.parent.parent
TARGETS = ["b.zip", "b"]


@pytest.fixture(params=TARGETS)
def made(worked_in, tmp_path, request):
    """A backup of a folder with two plans."""
    return backup(worked_in, tmp_path / request.param).path


def beside(tmp_path):
    """What a restore over a folder left beside it."""
    return sorted(path for path in tmp_path.iterdir() if "before-restore" in path.name)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_restored_folder_holds_the_same_bytes_as_the_one_that_was_backed_up(worked_in, tmp_path, made, is_there):
    target = tmp_path / "new"
    if is_there:
        target.mkdir()
    report = restore(made, target)

    assert documents_of(target) == documents_of(worked_in)
    assert plandoc.check(target) == []
    assert (marker_of(target).store_id, report.kept, report.problems) == (marker_of(worked_in).store_id, None, ())
    assert (report.documents, report.serial) == (5, marker_of(worked_in).serial)
    assert [name for name in names_in(tmp_path) if name.endswith("tmp")] == []
    assert names_of_events(target) == ["Draft", "Started"]


def test_a_backup_of_another_transaction_of_the_same_number_is_not_restored_unasked(worked_in, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(worked_in, other)
    add_event(worked_in, "Taken back after a sync that failed")
    add_event(other, "Written in its place")
    made = backup(worked_in, tmp_path / "b.zip").path
    own = backup(other, tmp_path / "own.zip").path

    with pytest.raises(plandoc.ValidationError, match="but not the same one .*allow_older=True"):
        restore(made, other, replace=True)

    assert names_of_events(other)[-1] == "Written in its place"
    restore(own, other, replace=True)
    restore(made, other, replace=True, allow_older=True)
    assert names_of_events(other)[-1] == "Taken back after a sync that failed"


@pytest.mark.parametrize("is_there", [False, True])
def test_what_is_restored_can_be_worked_with(tmp_path, made, is_there):
    target = tmp_path / "new"
    if is_there:
        target.mkdir()
    restore(made, target)
    event = add_event(target, "Later")

    assert event.id == 3
    assert plandoc.check(target) == []


def test_over_a_folder_only_with_replace_which_keeps_a_backup_of_what_was_there(worked_in, tmp_path, made):
    saved = documents_of(worked_in)
    add_event(worked_in, "Later")
    newer, everything = documents_of(worked_in), everything_in(tmp_path)
    with pytest.raises(plandoc.ValidationError, match=r"is already a data folder .*replace=True"):
        restore(made, worked_in, allow_older=True, allow_other_folder=True)
    assert everything_in(tmp_path) == everything
    report = restore(made, worked_in, replace=True, allow_older=True, clock=lambda: MOMENT)

    assert documents_of(worked_in) == saved
    assert plandoc.check(worked_in) == []
    assert report.kept == tmp_path / "data-before-restore-20260128T032547Z.zip"
    assert verify_backup(report.kept) == []
    assert {k: v for k, v in open_backup(report.kept).documents.items() if k != "plandoc.json"} == newer
    restore(report.kept, worked_in, replace=True, allow_older=True)
    assert documents_of(worked_in) == newer, "and the way back from there"


def test_an_older_serial_is_refused_unless_said_so(worked_in, tmp_path, made):
    add_event(worked_in, "Later")
    before = everything_in(tmp_path)

    with pytest.raises(
        plandoc.ValidationError, match=r"the backup ends at transaction 5, .* is at 6 .*allow_older=True"
    ):
        restore(made, worked_in, replace=True)
    assert everything_in(tmp_path) == before


def test_another_lineage_is_refused_unless_said_so(worked_in, tmp_path, made):
    other = tmp_path / "other"
    plandoc.open_store(other, create=True).close()
    before = everything_in(tmp_path)
    with pytest.raises(plandoc.ValidationError, match="was made of another data folder .*allow_other_folder=True"):
        restore(made, other, replace=True)
    assert everything_in(tmp_path) == before
    report = restore(made, other, replace=True, allow_other_folder=True)

    assert documents_of(other) == documents_of(worked_in)
    assert marker_of(other).store_id == marker_of(worked_in).store_id == report.store_id
    assert plandoc.check(other) == []


def test_serials_never_fall_and_no_number_of_an_event_is_given_twice(worked_in, made):
    later = add_event(worked_in, "Later")
    serial = marker_of(worked_in).serial
    restore(made, worked_in, replace=True, allow_older=True)

    assert marker_of(worked_in).serial > serial
    assert add_event(worked_in, "Another").id == later.id + 1


@pytest.mark.parametrize("foreign", [False, True])
def test_a_store_that_was_open_meanwhile_notices(worked_in, tmp_path, made, foreign):
    folder = worked_in
    if foreign:
        folder = tmp_path / "other"
        plandoc.open_store(folder, create=True).close()
    count = 0 if foreign else 2
    with plandoc.open_store(folder) as store:
        with store.session("add") as session:
            session.add(plandoc.Event("Gone", MOMENT.date()))
        assert store.read(lambda session: len(session.find(plandoc.Event))) == count + 1
        restore(made, folder, replace=True, allow_older=True, allow_other_folder=foreign)
        if foreign:
            with pytest.raises(plandoc.ConflictError, match="open it again"):
                store.read(lambda session: session.find(plandoc.Event))
            with pytest.raises(plandoc.ConflictError, match="open it again"), store.session("add"):
                pass
        else:
            assert store.read(lambda session: [event.name for event in session.find(plandoc.Event)]) == [
                "Draft",
                "Started",
            ]
            with store.session("add") as session:
                session.add(plandoc.Event("After", MOMENT.date()))

    assert names_of_events(folder) == ["Draft", "Started"] + ([] if foreign else ["After"])
    assert plandoc.check(folder) == []


@pytest.mark.sample(1)
def test_it_waits_for_another_writer_and_gives_up_without_a_trace(worked_in, tmp_path, made):
    script = (
        "import sys, plandoc\nwith plandoc.open_store(sys.argv[1]) as store, store.session('hold'):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(worked_in)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        before = folder_bytes(worked_in)
        with pytest.raises(plandoc.LockTimeout, match=f"process {holder.pid}"):
            restore(made, worked_in, replace=True, timeout_seconds=0)
        holder.stdin.close()
        holder.wait()

    assert folder_bytes(worked_in) == before
    assert beside(tmp_path) == []


DAMAGES = {
    "an event cut off": lambda root: cut(root / "events/1.json"),
    "a catalog full of NUL bytes": lambda root: (root / "catalog.json").write_bytes(b"\0" * 99),
    "an event gone": lambda root: (root / "events/2.json").unlink(),
    "an event too many": lambda root: shutil.copy(root / "events/2.json", root / "events/9.json"),
    "no marker": lambda root: (root / "plandoc.json").unlink(),
    "a broken marker": lambda root: cut(root / "plandoc.json"),
    "no catalog": lambda root: (root / "catalog.json").unlink(),
    "a broken journal": lambda root: (root / "journal.jsonl").write_bytes(b"{}\n" + a_line()),
    "a journal of another": lambda root: (root / "journal.jsonl").write_bytes(a_line()),
    "a torn journal": lambda root: (root / "journal.jsonl").write_bytes(a_line()[:-9]),
    "no journal": lambda root: (root / "journal.jsonl").unlink(),
    "only one event left": lambda root: [
        (root / name).unlink() for name in ("plandoc.json", "catalog.json", "journal.jsonl", "events/1.json")
    ],
}


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def a_line():
    return journal.render(journal.Line(99, "another", ()), action="x", timestamp=MOMENT)


@pytest.mark.sample(4)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_restored_and_what_was_left_of_it_is_kept_byte_for_byte(worked_in, tmp_path, made, damage):
    saved = documents_of(worked_in)
    DAMAGES[damage](worked_in)
    left = {name: content for name, content in folder_bytes(worked_in).items() if name != "journal.jsonl"}
    report = restore(made, worked_in, replace=True)
    kept = open_backup(report.kept).documents if report.kept.is_file() else folder_bytes(report.kept)

    assert documents_of(worked_in) == saved
    assert plandoc.check(worked_in) == []
    assert {name: content for name, content in kept.items() if name != "journal.jsonl"} == left
    assert beside(tmp_path) == [report.kept]
    add_event(worked_in, "Later")
    assert plandoc.check(worked_in) == []


@pytest.mark.costly
def test_a_folder_whose_journal_is_not_folded_in_is_restored_over_too(folder, tmp_path):
    plandoc.open_store(folder, create=True).close()
    backup(folder, tmp_path / "b.zip")
    script = (
        "import os, sys, datetime, plandoc\nstore = plandoc.open_store(sys.argv[1])\n"
        "with store.session('add') as session:\n    session.add(plandoc.Event('Killed', datetime.date(2026, 1, 1)))\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, check=True)
    (folder / "events" / "1.json").unlink()
    report = restore(tmp_path / "b.zip", folder, replace=True, allow_older=True)

    assert plandoc.check(folder) == []
    assert names_of_events(folder) == []
    assert b"Killed" in open_backup(report.kept).documents["events/1.json"]


@pytest.mark.parametrize("what", ["files of others", "a file", "nowhere"])
def test_where_no_data_folder_can_be_nothing_is_restored(tmp_path, made, what):
    target = tmp_path / "place"
    if what == "files of others":
        target.mkdir()
        (target / "photo.jpg").write_bytes(b"x")
    elif what == "a file":
        target.write_bytes(b"x")
    else:
        target = target / "deep"
    before = everything_in(tmp_path)

    with pytest.raises((plandoc.ValidationError, plandoc.errors.StoreNotFoundError)):
        restore(made, target, replace=True, allow_other_folder=True, allow_older=True)
    assert everything_in(tmp_path) == before


def test_a_folder_of_a_newer_format_is_not_restored_over(worked_in, tmp_path, made):
    marker = worked_in / "plandoc.json"
    marker.write_bytes(marker.read_bytes().replace(b'"format": 2', b'"format": 9'))
    before = everything_in(tmp_path)

    with pytest.raises(plandoc.errors.NewerFormatError):
        restore(made, worked_in, replace=True, allow_other_folder=True, allow_older=True)
    assert everything_in(tmp_path) == before


def test_a_document_that_its_owner_made_read_only_is_not_replaced(worked_in, tmp_path, made):
    (worked_in / "events" / "1.json").chmod(0o444)
    before = folder_bytes(worked_in)

    with pytest.raises(plandoc.StorageError, match="read-only"):
        restore(made, worked_in, replace=True)
    assert folder_bytes(worked_in) == before


def test_files_of_others_stay_where_they_are(worked_in, made):
    (worked_in / "README.txt").write_text("mine")
    (worked_in / "events" / "notes.txt").write_text("mine")
    restore(made, worked_in, replace=True)

    assert (worked_in / "README.txt").read_text() == (worked_in / "events" / "notes.txt").read_text() == "mine"


def test_a_backup_with_a_document_that_nobody_can_read_is_refused(worked_in, tmp_path):
    cut(worked_in / "events" / "1.json")
    backup(worked_in, tmp_path / "b.zip")

    with pytest.raises(plandoc.errors.DamagedError, match=r"events/1.json.*repair\(folder, backup="):
        restore(tmp_path / "b.zip", tmp_path / "new")
    assert sorted(os.listdir(tmp_path)) == ["b.zip", "data"]


def test_a_backup_of_a_folder_with_a_lesser_fault_is_restored_and_the_fault_said(worked_in, tmp_path):
    event = worked_in / "events" / "2.json"
    event.write_bytes(event.read_bytes().replace(b"Hamper", b"Humper", 1))
    made = backup(worked_in, tmp_path / "b.zip")
    report = restore(made.path, tmp_path / "new")

    assert report.problems == made.problems != ()
    assert documents_of(tmp_path / "new") == documents_of(worked_in)


def test_a_folder_that_is_a_link_is_restored_where_it_leads(worked_in, tmp_path, made):
    (tmp_path / "link").symlink_to("data")
    restore(made, tmp_path / "link", replace=True)

    assert (tmp_path / "link").is_symlink()
    assert beside(tmp_path)[0].name.startswith("data-before-restore-")
