"""What repair does to a folder, what it leaves alone, and that nothing is lost by it."""

from __future__ import annotations

import os
import shutil

import pytest

import plandoc
from plandoc.maintenance.repairs import Fix, repair
from tests.builders import EVENT_DATE
from tests.trust.troubles import (
    a_transaction_is_not_folded_in,
    a_worked_folder,
    everything,
    is_kept,
    much_happens_to,
    spoil,
)


@pytest.fixture(scope="module")
def worked_folder(tmp_path_factory):
    return a_worked_folder(tmp_path_factory.mktemp("worked") / "data")


@pytest.fixture
def worked(worked_folder, tmp_path):
    return shutil.copytree(worked_folder, tmp_path / "data")


def done(report):
    return [(action.fix.name, action.file) for action in report.actions]


MUCH = {
    ("REMOVE_TEMPORARY", "events/4.json.plandoc-tmp"),
    ("FIX_COUNTER", "catalog.json"),
    ("FIX_COUNTER", "events/1.json"),
    ("FIX_COUNTER", "plandoc.json"),
    ("QUARANTINE", "events/2.json"),
    ("QUARANTINE", "events/3.json"),
    ("QUARANTINE", "events/12.json"),
    ("QUARANTINE", "catalog-DESKTOP-ABC.json"),
    ("QUARANTINE", "events/1 (conflicted copy).json"),
    ("QUARANTINE", "events/fair.json"),
}


def test_a_sound_folder_is_left_byte_for_byte(worked):
    before = everything(worked)

    assert repair(worked).actions == ()
    assert everything(worked) == before


def test_much_at_once_is_put_in_order_and_no_byte_is_lost(worked):
    much_happens_to(worked)
    before = everything(worked)
    report = repair(worked)
    counted = {"catalog.json", "events/1.json", "plandoc.json"}

    assert set(done(report)) == MUCH
    assert report.remaining == ()
    assert plandoc.check(worked) == []
    for name, content in before.items():
        assert name in counted or name.endswith(".plandoc-tmp") or is_kept(content, worked), name


def test_a_counted_document_differs_only_in_its_count(worked):
    before = (worked / "catalog.json").read_bytes()
    spoil(worked / "catalog.json", rb'"recipes":4', rb'"recipes":2')
    repair(worked)

    assert (worked / "catalog.json").read_bytes() == before


def test_the_second_repair_changes_nothing(worked):
    much_happens_to(worked)
    repair(worked)
    before = everything(worked)
    second = repair(worked)

    assert (second.actions, second.remaining) == ((), ())
    assert everything(worked) == before


def test_a_dry_run_says_the_same_and_changes_no_byte(worked):
    much_happens_to(worked)
    before = everything(worked)
    said = repair(worked, dry_run=True)

    assert everything(worked) == before
    assert not (worked / "lost-found").exists()
    assert said.remaining == ()
    assert sorted(map(str, said.actions)) == sorted(map(str, repair(worked).actions))


def test_the_reason_stands_beside_what_was_taken_out(worked):
    (worked / "events/2.json").write_bytes(b"\0" * 500)
    (action,) = (one for one in repair(worked).actions if one.fix is Fix.QUARANTINE)

    assert (worked / action.kept_as).read_bytes() == b"\0" * 500
    assert (worked / f"{action.kept_as}.why.txt").read_text().startswith("events/2.json\n")
    assert "looks like a lost write" in (worked / f"{action.kept_as}.why.txt").read_text()


def test_two_damaged_versions_of_one_document_are_both_kept(worked):
    for content in (b"first", b"first ", b"second"):
        (worked / "events/2.json").write_bytes(content)
        repair(worked)

    assert all(is_kept(content, worked) for content in (b"first", b"first ", b"second"))


def test_what_a_crash_left_is_finished(worked):
    a_transaction_is_not_folded_in(worked)
    report = repair(worked)

    assert done(report) == [("RECOVER", "journal.jsonl")]
    assert plandoc.check(worked) == []
    with plandoc.open_store(worked) as store:
        names = store.read(lambda session: [one.name for one in session.find(plandoc.Ingredient)])
    assert "Salt" in names


def test_a_document_edited_after_a_crash_is_kept_and_the_saved_one_is_back(worked):
    a_transaction_is_not_folded_in(worked)
    edited = (worked / "catalog.json").read_bytes().replace(b"Frosting", b"Icing sugar")
    (worked / "catalog.json").write_bytes(edited)
    report = repair(worked)

    assert set(done(report)) == {("RECOVER", "journal.jsonl"), ("RECOVER", "catalog.json")}
    assert report.remaining == ()
    assert b"Salt" in (worked / "catalog.json").read_bytes()
    assert is_kept(edited, worked)


def test_a_row_that_breaks_a_rule_is_never_dropped_but_explained(worked):
    spoil(worked / "events/2.json", rb'"batches":6', rb'"batches":-6')
    before = everything(worked)
    report = repair(worked)

    assert everything(worked) == before
    assert report.actions == ()
    assert [(one.file, one.table, one.row, one.line > 1) for one in report.remaining] == [
        ("events/2.json", "batch_decisions", "1", True)
    ]
    assert "does not show what was meant" in report.remaining[0].hint
    assert "backup" in report.remaining[0].hint


LEFT_ALONE = {
    "a catalog that is cut off": lambda root: (root / "catalog.json").write_bytes(b'{"_plandoc"'),
    "a catalog that is gone": lambda root: (root / "catalog.json").unlink(),
    "a marker that is damaged": lambda root: (root / "plandoc.json").write_bytes(b"{"),
    "a marker that is gone": lambda root: (root / "plandoc.json").unlink(),
    "a journal of another folder": lambda root: (root / "journal.jsonl").write_bytes(another_journal(root)),
    "a reference to nothing": lambda root: spoil(root / "events/2.json", rb'"recipe_id":3\}', rb'"recipe_id":33}'),
    "a snapshot that was changed": lambda root: spoil(
        root / "events/1.json", rb'"fg_slug":"hamper"', rb'"fg_slug":"hampers"'
    ),
    "a file that is not ours": lambda root: (root / "events/list.json").write_bytes(b"[]"),
    "a link in the place of a copy": lambda root: os.symlink(root / "catalog.json", root / "catalog (1).json"),
    "a folder in the place of an event": lambda root: (root / "events/9.json").mkdir(),
    "a folder named like an unfinished file": lambda root: (root / "x.plandoc-tmp").mkdir(),
}


def another_journal(root):
    with plandoc.open_store(root.parent / "other", create=True) as store:
        with store.session() as session:
            session.add(plandoc.Ingredient("Pepper"))
        return (root.parent / "other/journal.jsonl").read_bytes()


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_cannot_be_put_right_stays_and_says_why_and_the_way_out(worked, case):
    LEFT_ALONE[case](worked)
    before = everything(worked)
    report = repair(worked)

    assert everything(worked) == before
    assert report.remaining
    assert all(problem.hint.startswith("not repaired (") for problem in report.remaining)
    assert all(": " in problem.hint for problem in report.remaining)
    assert len(report.remaining) == len(plandoc.check(worked))


@pytest.mark.parametrize("name", ["plandoc.json", "catalog.json", "events/2.json"])
def test_nothing_is_repaired_where_a_newer_plandoc_wrote(worked, name):
    much_happens_to(worked)
    spoil(worked / name, rb'"format": ?2', rb'"format":3') if name != "events/2.json" else (
        (worked / name).write_bytes((worked / "events/4.json").read_bytes().replace(b'"format":2', b'"format":3'))
    )
    before = everything(worked)
    with pytest.raises(plandoc.errors.NewerFormatError, match="upgrade"):
        repair(worked)

    assert everything(worked) == before


def test_a_folder_that_is_none_of_ours_is_refused(tmp_path):
    with pytest.raises(plandoc.errors.StoreNotFoundError, match="nothing to repair"):
        repair(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_repair_waits_for_its_turn(worked):
    much_happens_to(worked)
    with plandoc.open_store(worked) as store, store.session():
        before = everything(worked)
        with pytest.raises(plandoc.LockTimeout):
            repair(worked, timeout_seconds=0)

        assert everything(worked) == before


def test_a_name_as_long_as_a_name_can_be_is_kept_under_a_shorter_one(worked):
    long_name = "1 (copy " + "ä" * 115 + ").json"
    (worked / "events" / long_name).write_bytes(b"long")
    report = repair(worked)

    assert report.remaining == ()
    assert is_kept(b"long", worked)
    assert not (worked / "events" / long_name).exists()


def test_a_folder_with_many_documents_behind_is_counted_up_in_steps(tmp_path):
    root = tmp_path / "data"
    with plandoc.open_store(root, create=True) as store, store.session() as session:
        recipe = session.add(plandoc.Recipe("Bread"))
        for number in range(120):
            event = session.add(plandoc.Event(f"Day {number}", EVENT_DATE))
            plandoc.set_event_recipes(event.id, [recipe.id], session=session)
    for path in (root / "events").iterdir():
        spoil(path, rb'"event_recipes":2', rb'"event_recipes":1')
    report = repair(root)

    assert len(report.actions) == 120
    assert plandoc.check(root) == []
