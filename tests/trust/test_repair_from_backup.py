"""Taking damaged documents back from a backup: what is taken, what is kept, what is said to be lost."""

from __future__ import annotations

import shutil

import pytest

import plandoc
from plandoc.maintenance.backups.backup_writer import backup
from plandoc.maintenance.repairs import repair
from tests.trust.troubles import a_worked_folder, everything, is_kept, spoil


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A worked folder and two backups of it, one a folder and one an archive; then something more was changed."""
    top = tmp_path_factory.mktemp("saved")
    root = a_worked_folder(top / "data")
    backup(root, top / "backup")
    backup(root, top / "backup.zip")
    with plandoc.open_store(root) as store, store.session() as session:
        session.add(plandoc.Ingredient("Salt"))
        session.add(plandoc.Event("Wedding", session.event(1).event_date))
    return top


@pytest.fixture
def place(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "saved")


def done(report):
    return [(action.fix.name, action.file) for action in report.actions]


@pytest.mark.parametrize("name", ["backup", "backup.zip"])
def test_a_damaged_event_is_taken_back_and_the_damaged_one_is_kept(place, name):
    root, event = place / "data", place / "data/events/2.json"
    wanted = event.read_bytes()
    event.write_bytes(wanted[:500])
    report = repair(root, backup=place / name)

    assert done(report) == [("RESTORE", "events/2.json")]
    assert "are lost" in report.actions[0].reason
    assert event.read_bytes() == wanted
    assert is_kept(wanted[:500], root)
    assert (report.remaining, plandoc.check(root)) == ((), [])


def test_a_dry_run_says_so_and_changes_no_byte(place):
    root = place / "data"
    (root / "events/2.json").write_bytes(b"{")
    before = everything(root)
    said = repair(root, dry_run=True, backup=place / "backup")

    assert everything(root) == before
    assert said.remaining == ()
    assert said.actions == repair(root, backup=place / "backup").actions


DAMAGED = {
    "a row that breaks a rule": lambda root: spoil(root / "events/2.json", rb'"batches":6', rb'"batches":-6'),
    "a snapshot that was changed": lambda root: spoil(
        root / "events/1.json", rb'"fg_slug":"hamper"', rb'"fg_slug":"hampers"'
    ),
    "a document of another folder": lambda root: spoil(root / "events/3.json", rb'"lineage":"', rb'"lineage":"other-'),
    "a catalog that is gone": lambda root: (root / "catalog.json").unlink(),
    "a marker that is damaged": lambda root: (root / "plandoc.json").write_bytes(b"\0" * 90),
    "a marker that is gone": lambda root: (root / "plandoc.json").unlink(),
    "all of it": lambda root: [
        path.write_bytes(b"\0" * 90) for path in (root / "plandoc.json", root / "events/2.json", root / "events/4.json")
    ],
}


@pytest.mark.parametrize("case", DAMAGED)
def test_what_only_a_backup_can_put_right_is_put_right(place, case):
    root = place / "data"
    DAMAGED[case](root)
    before = everything(root)
    report = repair(root, backup=place / "backup.zip")

    assert {kind for kind, _ in done(report)} >= {"RESTORE"}
    assert (report.remaining, plandoc.check(root)) == ((), [])
    assert all(
        is_kept(content, root) for name, content in before.items() if name != "plandoc.json" or content[:1] == b"\0"
    )
    assert repair(root, backup=place / "backup.zip").actions == ()


def test_a_catalog_that_is_taken_back_gives_no_id_again_that_a_plan_refers_to(place):
    root = place / "data"
    with plandoc.open_store(root) as store, store.session() as session:
        new = session.add(plandoc.Recipe("Rye Bread"))
        plandoc.set_event_recipes(2, [1, 3, new.id], session=session)
    (root / "catalog.json").write_bytes(b"")
    report = repair(root, backup=place / "backup")
    with plandoc.open_store(root) as store, store.session() as session:
        other = session.add(plandoc.Recipe("Walnut Cake"))

    assert [(one.file, one.message) for one in report.remaining] == [("events/2.json", f"Recipe {new.id} not found")]
    assert other.id > new.id


def test_an_event_that_an_earlier_repair_took_out_is_taken_back_but_not_one_that_was_removed_since(place):
    root = place / "data"
    wanted = (root / "events/2.json").read_bytes()
    (root / "events/2.json").write_bytes(b"[")
    first = repair(root)
    second = repair(root, backup=place / "backup")
    back = (root / "events/2.json").read_bytes()
    with plandoc.open_store(root) as store, store.session() as session:
        session.remove(plandoc.Event, 2)
    third = repair(root, backup=place / "backup")

    assert [done(first), done(second), done(third)] == [
        [("QUARANTINE", "events/2.json")],
        [("RESTORE", "events/2.json")],
        [],
    ]
    assert back == wanted


def test_the_counts_of_a_marker_that_is_taken_back_are_behind_all_that_is_there(place):
    root = place / "data"
    (root / "plandoc.json").unlink()
    repair(root, backup=place / "backup")
    with plandoc.open_store(root) as store, store.session() as session:
        event = session.add(plandoc.Event("Fair", session.event(1).event_date))

    assert event.id == 6


def test_a_backup_of_another_folder_is_refused_unless_said(place, tmp_path):
    root = place / "data"
    other = a_worked_folder(tmp_path / "other")
    backup(other, tmp_path / "foreign.zip")
    (root / "events/2.json").write_bytes(b"{")
    before = everything(root)
    with pytest.raises(plandoc.ValidationError, match="another folder"):
        repair(root, backup=tmp_path / "foreign.zip")
    unchanged = everything(root) == before
    report = repair(root, backup=tmp_path / "foreign.zip", allow_other_folder=True)

    assert unchanged
    assert done(report) == [("RESTORE", "events/2.json")]
    assert (report.remaining, plandoc.check(root)) == ((), [])


def test_a_backup_that_is_damaged_itself_is_refused(place):
    root, archive = place / "data", place / "backup.zip"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    (root / "events/2.json").write_bytes(b"{")
    before = everything(root)
    with pytest.raises(plandoc.errors.DamagedError):
        repair(root, backup=archive)

    assert everything(root) == before


def test_without_a_sound_version_in_the_backup_the_document_is_treated_as_without_one(place):
    root = place / "data"
    (root / "events/5.json").write_bytes(b"{")
    report = repair(root, backup=place / "backup")

    assert done(report) == [("QUARANTINE", "events/5.json")]
