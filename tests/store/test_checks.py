"""What `check` finds in a folder that something happened to; it changes nothing itself."""

from __future__ import annotations

import datetime
import os
import re

import pytest

import plandoc
from plandoc import PlanState
from plandoc.cli import main
from plandoc.maintenance import checks
from plandoc.workflow.amendments import add_finished_good, change_quantity, modify_batch_decision
from tests.builders import a_bakery, a_plan, folder_bytes


@pytest.fixture
def folder_at_rest(tmp_path):
    """A closed folder with one plan in production."""
    path = tmp_path / "data"
    with plandoc.open_store(path, create=True) as store:
        a_plan(store, PlanState.IN_PRODUCTION)
    return path


def spoil(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


SPOILED = {
    "a snapshot that was changed": (
        lambda root: spoil(
            root / "events/1.json",
            b'"snapshot_data":{"snapshot_version":"1.0"',
            b'"snapshot_data":{"snapshot_version":"1.1"',
        ),
        ["the snapshot does not match its digest"],
    ),
    "a plan in production without its snapshot": (
        lambda root: _drop_table(root / "events/1.json", "plan_snapshots"),
        ["the plan is IN_PRODUCTION but has no snapshot"],
    ),
    "a reference to nothing": (
        lambda root: spoil(root / "events/1.json", b'"recipe_id":3}', b'"recipe_id":33}'),
        ["event_recipes 2, recipe_id: Recipe 33 not found"],
    ),
    "two rows of one good": (
        lambda root: spoil(
            root / "events/1.json", b'"finished_good_id":4,"quantity":2', b'"finished_good_id":3,"quantity":2'
        ),
        ["same finished_good_id as in events/1.json event_finished_goods 1"],
    ),
    "two recipes of one slug": (
        lambda root: spoil(root / "catalog.json", b'"slug":"frosting"', b'"slug":"sponge-cake"'),
        ["same slug as in catalog.json recipes 2"],
    ),
    "a cycle of recipes": (
        lambda root: spoil(root / "catalog.json", b'"sub_recipes":[{"recipe_id":2', b'"sub_recipes":[{"recipe_id":3'),
        ["'Sponge Cake' contains itself"],
    ),
    "a recipe that is its own base": (
        lambda root: spoil(root / "catalog.json", b'"base_recipe_id":null', b'"base_recipe_id":1'),
        ["recipes 1, base_recipe_id: 'Chocolate Chip Cookies' is a variant of itself", "remove the base from one"],
    ),
    "an event of another folder": (
        lambda root: spoil(root / "events/1.json", b'"lineage":"', b'"lineage":"other-'),
        ["belongs to another folder"],
    ),
    "a document under another's name": (
        lambda root: (root / "events/2.json").write_bytes((root / "events/1.json").read_bytes()),
        ["events/2.json", "the file was renamed or copied"],
    ),
    "a row of another event": (
        lambda root: spoil(root / "events/1.json", b'{"event_id":1,"recipe_id":1}', b'{"event_id":2,"recipe_id":1}'),
        ["event_recipes 1, event_id: wanted event 1, as the file says, found 2"],
    ),
    "a torn document": (
        lambda root: (root / "events/1.json").write_bytes((root / "events/1.json").read_bytes()[:700]),
        ["events/1.json"],
    ),
    "a catalog that is gone": (lambda root: (root / "catalog.json").unlink(), ["catalog.json: the file is missing"]),
    "an unfinished file": (
        lambda root: (root / "events/1.json.plandoc-tmp").write_bytes(b"{"),
        ["left over from an unfinished write"],
    ),
    "a conflicted copy": (
        lambda root: (root / "events/1 (conflicted copy).json").write_bytes(b"{}"),
        ["looks like a second version of events/1.json"],
    ),
    "a line that was never committed": (
        lambda root: (root / "journal.jsonl").write_bytes(b'{"serial":'),
        ["journal.jsonl", "10 bytes were never committed"],
    ),
    "a counter that was set back": (
        lambda root: spoil(root / "plandoc.json", b'"next_event_id": 2', b'"next_event_id": 1'),
        ["wanted a next event id above 1, found 1"],
    ),
    "a marker that is damaged": (
        lambda root: (root / "plandoc.json").write_bytes(b""),
        ["plandoc.json: the file is empty"],
    ),
    "several things at once": (
        lambda root: (
            spoil(root / "events/1.json", b'"batches":6', b'"batches":-6'),
            spoil(root / "catalog.json", b'"items_per_batch":24', b'"items_per_batch":0'),
        ),
        ["batch_decisions 1, batches", "finished_units 1, items_per_batch"],
    ),
}


def _drop_table(path, table):
    text = path.read_text(encoding="utf-8")
    start = text.index(f',\n "{table}"')
    path.write_text(text[:start] + "\n}\n", encoding="utf-8")


@pytest.mark.parametrize("case", SPOILED)
def test_what_is_wrong_is_found_and_named_and_no_byte_changes(folder_at_rest, case):
    happens, words = SPOILED[case]
    happens(folder_at_rest)
    before = folder_bytes(folder_at_rest)
    problems = [str(problem) for problem in plandoc.check(folder_at_rest)]

    for word in words:
        assert any(word in problem for problem in problems), problems
    assert folder_bytes(folder_at_rest) == before


@pytest.fixture
def amended_folder(tmp_path):
    """A closed folder with a plan that was amended: boxes 10 to 12, cookies 6 to 7 batches, and a pie with its recipe."""
    path = tmp_path / "data"
    with plandoc.open_store(path, create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        with store.session() as session:
            recipe = session.add(plandoc.Recipe("Apple Pie"))
            pie = session.add(plandoc.FinishedUnit("Pie", recipe.id, items_per_batch=8))
            box = session.add(plandoc.FinishedGood("Pie Box", (plandoc.Component(finished_unit_id=pie.id),)))
            change_quantity(event.id, bakery.cookie_box.id, 12, "two more guests", session=session)
            modify_batch_decision(event.id, bakery.cookie.id, 7, "for the guests", session=session)
            add_finished_good(event.id, box.id, 1, "they like pie", session=session)
    return path


REPLAYS = {
    "a quantity that was set back to what it was before an amendment": (
        (b'"finished_good_id":3,"quantity":12', b'"finished_good_id":3,"quantity":10'),
        "plan_amendments 1",
        "from amendment 1 on: finished good 3: wanted 12, found 10",
    ),
    "batches that were set back": (
        (b'"recipe_id":1,"batches":7', b'"recipe_id":1,"batches":6'),
        "plan_amendments 2",
        "from amendment 2 on: batches of finished unit 1: wanted 7, found 6",
    ),
    "a number that no amendment touched": (
        (b'"finished_good_id":4,"quantity":2', b'"finished_good_id":4,"quantity":3'),
        "plan_snapshots 1",
        "no amendment explains: finished good 4: wanted 2, found 3",
    ),
    "a recipe that came with a good and is gone": (
        (b',\n  "3": {"event_id":1,"recipe_id":4}', b""),
        "plan_amendments 3",
        "from amendment 3 on: recipe 4: wanted 1, found nothing",
    ),
    "a good that is gone": (
        (b',\n  "2": {"event_id":1,"finished_good_id":4,"quantity":2}', b""),
        "plan_snapshots 1",
        "no amendment explains: finished good 4: wanted 2, found nothing",
    ),
    "an amendment that says another number": (
        (b'"new_quantity":12', b'"new_quantity":13'),
        "plan_amendments 1",
        "from amendment 1 on: finished good 3: wanted 13, found 12",
    ),
    "an amendment that says another number before": (
        (b'"old_batches":6', b'"old_batches":5'),
        "plan_amendments 2",
        "from amendment 2 on: batches of finished unit 1: the amendment says 5 before, but 6 were planned",
    ),
    "an amendment that has another number itself": (
        (b'"sequence":2', b'"sequence":4'),
        "plan_amendments 3",
        "from amendment 3 on: wanted amendment 2, found 3",
    ),
    "a snapshot that says another number": (
        (b'"fg_slug":"hamper","quantity":2', b'"fg_slug":"hamper","quantity":3'),
        "plan_snapshots 1",
        "no amendment explains: finished good 4: wanted 3, found 2",
    ),
    "a snapshot in another form": (
        (b'"fg_slug":"hamper","quantity":2', b'"fg_slug":"hamper","quantity":"2"'),
        "plan_snapshots 1, snapshot_data.finished_goods",
        "wanted a whole number, found '2'",
    ),
}


def test_an_amended_plan_is_its_snapshot_with_its_amendments(amended_folder):
    assert plandoc.check(amended_folder) == []


@pytest.mark.parametrize("case", REPLAYS)
def test_a_plan_that_is_not_its_snapshot_with_its_amendments_is_told_from_where(amended_folder, case):
    (old, new), place, message = REPLAYS[case]
    spoil(amended_folder / "events/1.json", old, new)
    before = folder_bytes(amended_folder)
    problems = [problem for problem in plandoc.check(amended_folder) if "digest" not in problem.message]

    assert [re.sub(r":\d+", "", problem.where) for problem in problems] == [f"events/1.json, {place}"]
    assert problems[0].line is not None
    assert problems[0].message.endswith(message)
    assert folder_bytes(amended_folder) == before


def test_a_folder_at_rest_is_clean_and_stays_byte_for_byte(folder_at_rest):
    before = {path: path.read_bytes() for path in folder_at_rest.rglob("*") if path.is_file()}

    assert plandoc.check(folder_at_rest) == []
    assert {path: path.read_bytes() for path in folder_at_rest.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "notes.txt", ".gitignore"])
def test_files_of_others_are_no_problem(folder_at_rest, name):
    (folder_at_rest / name).write_text("theirs")
    (folder_at_rest / "events" / name).write_text("theirs")

    assert plandoc.check(folder_at_rest) == []


@pytest.mark.of_folder
def test_a_folder_that_is_merely_open_is_sound_and_that_it_is_open_is_said(folder_at_rest, capsys):
    with plandoc.open_store(folder_at_rest) as store:
        with store.session() as session:
            session.add(plandoc.Ingredient("Salt"))
        during = plandoc.check(folder_at_rest)
        notes, problems = checks.notes_and_problems(folder_at_rest)
        status = main(["--data", str(folder_at_rest), "check"])
        said = capsys.readouterr().out.splitlines()

    assert during == problems == []
    assert [(note.file, note.message) for note in notes] == [
        ("journal.jsonl", "1 transaction is not checkpointed yet: the folder is open")
    ]
    assert status == 0
    assert said[0].startswith("note: journal.jsonl: 1 transaction is not checkpointed yet: the folder is open")
    assert said[-1] == f"{folder_at_rest}: nothing is wrong"
    assert checks.notes_and_problems(folder_at_rest) == ([], [])


@pytest.mark.of_folder
def test_a_folder_that_is_none_of_ours_says_so(tmp_path):
    assert "not a plandoc data folder" in str(plandoc.check(tmp_path)[0])


@pytest.mark.of_folder
def test_a_folder_reached_through_a_link_is_the_same_folder(folder_at_rest, tmp_path):
    link = tmp_path / "link"
    os.symlink(folder_at_rest, link)
    with plandoc.open_store(link) as store, store.session() as session:
        session.add(plandoc.Ingredient("Salt"))

    assert plandoc.check(folder_at_rest) == []


def test_an_events_folder_that_is_a_link_is_refused_and_nothing_is_written_behind_it(folder_at_rest, tmp_path):
    outside = tmp_path / "outside"
    (folder_at_rest / "events").rename(outside)
    os.symlink(outside, folder_at_rest / "events")
    before = folder_bytes(folder_at_rest)
    with plandoc.open_store(folder_at_rest) as store:
        with pytest.raises(plandoc.errors.DamagedError, match="symbolic link"), store.session() as session:
            session.event(1)
        with pytest.raises(plandoc.errors.DamagedError, match="symbolic link"), store.session() as session:
            session.add(plandoc.Event("Fair", datetime.date(2026, 5, 1)))

    assert any("symbolic link" in str(problem) for problem in plandoc.check(folder_at_rest))
    assert folder_bytes(folder_at_rest) == before


def test_a_lock_folder_that_is_a_link_is_refused(folder_at_rest, tmp_path):
    outside = tmp_path / "outside"
    (folder_at_rest / ".plandoc").rename(outside)
    os.symlink(outside, folder_at_rest / ".plandoc")
    before = folder_bytes(folder_at_rest)
    with plandoc.open_store(folder_at_rest) as store:
        with pytest.raises(plandoc.StorageError, match="symbolic link") as refused, store.session() as session:
            session.add(plandoc.Ingredient("Salt"))

    assert refused.value.outcome is plandoc.errors.Outcome.NOT_SAVED
    assert folder_bytes(folder_at_rest) == before
