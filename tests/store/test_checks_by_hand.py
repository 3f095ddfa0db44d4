"""Every kind of thing that can be wrong with a folder, made by hand on a real one."""

from __future__ import annotations

import re
import shutil
import tracemalloc

import pytest

import plandoc
from plandoc import PlanState, RunKind
from plandoc.errors.hints import for_command
from plandoc.maintenance import checks
from plandoc.workflow.production import record_assembly, record_production, void_run
from tests.builders import EVENT_DATE, a_bakery, a_plan, folder_bytes

BY_SYNC_SERVICES_AND_EDITORS = [
    "events/1 (conflicted copy).json",
    "events/1 (Anna's conflicted copy 2026-11-24).json",
    "events/1 (1).json",
    "events/1.json.sync-conflict-20261124-081500-ABCDEFG",
    "events/1.sync-conflict-20261124-081500-ABCDEFG.json",
    "events/1-DESKTOP-ABC.json",
    "events/1_conflict-20261124-081500.json",
    "events/1 - Copy.json",
    "events/1 copy.json",
    "events/1.json~",
    "events/1.json.orig",
    "catalog (conflicted copy).json",
    "catalog-LAPTOP.json",
    "plandoc (1).json",
    "journal (conflicted copy).jsonl",
]


@pytest.fixture(scope="module")
def worked_folder(tmp_path_factory):
    """A closed folder with a plan that was baked, packed and partly voided, and a draft."""
    path = tmp_path_factory.mktemp("worked") / "data"
    with plandoc.open_store(path, create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        a_plan(store, bakery=bakery, name="Easter 2027")
        with store.session() as session:
            record_production(event.id, bakery.cookie.id, 3, session=session)
            record_production(event.id, bakery.slice.id, 1, session=session)
            record_assembly(event.id, bakery.cookie_box.id, 5, session=session)
            record_assembly(event.id, bakery.cookie_box.id, 1, session=session)
            void_run(event.id, RunKind.ASSEMBLY, 2, "counted twice", session=session)
    return path


@pytest.fixture
def worked(worked_folder, tmp_path):
    return shutil.copytree(worked_folder, tmp_path / "data")


def spoil(path, old, new):
    content = path.read_bytes()
    assert re.search(old, content)
    path.write_bytes(re.sub(old, new, content, count=1))


def found(root):
    before = folder_bytes(root)
    problems = plandoc.check(root)
    assert folder_bytes(root) == before
    return problems


def test_a_worked_folder_is_clean(worked):
    assert found(worked) == []


RULES = {
    "packed beyond the plan": (
        (rb'"finished_good_id":3,"quantity":5', rb'"finished_good_id":3,"quantity":11'),
        ("assembly_runs", "1", "quantity", "11 of finished good 3 are packed, but the plan wants 10"),
    ),
    "packed beyond what was made": (
        (rb'"batches":3,"units_expected":72,"units_made":72', rb'"batches":1,"units_expected":24,"units_made":24'),
        ("assembly_runs", "1", "quantity", "60 of finished unit 1 are packed, but 24 were made"),
    ),
    "a voided run that is not there": (
        (rb'"kind":"assembly","run_id":2', rb'"kind":"assembly","run_id":7'),
        ("voided_runs", "1", "run_id", "voids assembly run 7, which does not exist"),
    ),
    "a unit that was never in the plan": (
        (
            rb'"finished_unit_id":3,"batches":1,"units_expected":4',
            rb'"finished_unit_id":2,"batches":1,"units_expected":4',
        ),
        ("production_runs", "2", "finished_unit_id", "finished unit 2 was baked, but was never in the plan"),
    ),
    "runs before the start": (
        (rb'"plan_state":"in_production"', rb'"plan_state":"locked"'),
        ("production_runs", "1", None, "the plan is LOCKED, so it never started, but has production run 1"),
    ),
    "a next id that was used": (
        (rb'"assembly_runs":3', rb'"assembly_runs":2'),
        ("_plandoc", "1", "next_ids.assembly_runs", "wanted a next id of at least 3 for assembly_runs, found 2"),
    ),
}


@pytest.mark.parametrize("case", RULES)
def test_a_row_that_plandoc_would_never_write_is_found(worked, case):
    (old, new), (table, row, field, message) = RULES[case]
    spoil(worked / "events/1.json", old, new)
    matching = [problem for problem in found(worked) if problem.message == message]

    assert [(one.file, one.table, one.row, one.field) for one in matching] == [("events/1.json", table, row, field)]
    assert matching[0].hint
    assert table == "_plandoc" or matching[0].line > 1


def test_a_good_that_was_defined_anew_after_it_was_packed_is_no_finding(worked):
    with plandoc.open_store(worked) as store, store.session() as session:
        box = session.get(plandoc.FinishedGood, 3)
        more = plandoc.Component(finished_unit_id=1, quantity=90)
        session.replace(plandoc.FinishedGood(box.name, (more,), slug=box.slug, id=box.id))

    assert found(worked) == []


def test_a_broken_reference_is_told_with_its_line(worked):
    spoil(worked / "events/2.json", rb'"recipe_id":3\}', rb'"recipe_id":33}')
    (problem,) = [one for one in found(worked) if one.message == "Recipe 33 not found"]
    line = (worked / "events/2.json").read_text().splitlines()[problem.line - 1]

    assert '"recipe_id":33}' in line
    assert (problem.table, problem.row, problem.field) == ("event_recipes", "2", "recipe_id")


def test_references_are_looked_up_even_when_the_catalog_has_a_bad_row(worked):
    spoil(worked / "catalog.json", rb'"items_per_batch":48', rb'"items_per_batch":-48')
    spoil(worked / "events/2.json", rb'"recipe_id":3\}', rb'"recipe_id":33}')

    assert {"catalog.json", "events/2.json"} == {problem.file for problem in found(worked)}


def test_two_events_of_one_slug_are_found(worked):
    spoil(worked / "events/2.json", rb'"slug":"easter-2027"', rb'"slug":"christmas-2026"')
    (problem,) = found(worked)

    assert problem.message == "same slug as in events/1.json events 1"
    assert (problem.file, problem.table, problem.row) == ("events/2.json", "events", "2")


@pytest.mark.parametrize("name", BY_SYNC_SERVICES_AND_EDITORS)
def test_second_versions_of_documents_are_found(worked, name):
    original = worked / ("events/1.json" if name.startswith("events/") else "catalog.json")
    (worked / name).write_bytes(original.read_bytes())
    (problem,) = found(worked)

    assert problem.file == name
    assert "second version" in problem.message
    assert "lost-found" in problem.hint


@pytest.mark.parametrize("name", ["events/1 (conflicted copy).json", "catalog (1).json", "events/1.json~"])
def test_a_second_version_is_told_by_its_name_alone_when_nothing_is_left_in_it(worked, name):
    (worked / name).write_bytes(b"")

    assert ["second version" in problem.message for problem in found(worked)] == [True]


@pytest.mark.parametrize("name", ["events/christmas.json", "events/007.json", "events/0.json"])
def test_a_document_under_a_name_that_is_none_is_found(worked, name):
    (worked / name).write_bytes((worked / "events/2.json").read_bytes())
    (problem,) = found(worked)

    assert problem.file == name
    assert "misnamed document" in problem.message


@pytest.mark.parametrize("name", ["export.json", "plandoc-export.json", "events/list.json", "events/2026-12-25.json"])
def test_a_json_file_that_is_no_document_is_said_to_be_unknown(worked, name):
    (worked / name).write_bytes(b"[]")
    (problem,) = found(worked)

    assert (problem.file, problem.message) == (name, "a JSON file that plandoc does not know")


@pytest.mark.parametrize("folder", [".", "events", "lost-found"])
def test_what_an_unfinished_write_left_is_found(worked, folder):
    (worked / folder).mkdir(exist_ok=True)
    (worked / folder / "1.json.plandoc-tmp").write_bytes(b"{")

    assert [problem.message for problem in found(worked)] == ["left over from an unfinished write"]


def test_what_lost_found_keeps_is_no_finding(worked):
    (worked / "lost-found").mkdir()
    (worked / "lost-found/events-1 (conflicted copy).json.0123456789ab").write_bytes(b"{}")

    assert found(worked) == []


def test_a_journal_in_all_its_states_is_told(worked):
    with plandoc.open_store(worked) as store:
        with store.session() as session:
            session.add(plandoc.Ingredient("Salt"))
        journal = (worked / "journal.jsonl").read_bytes()
        open_one = [note.message for note in checks.notes_and_problems(worked)[0]]
        wrong = plandoc.check(worked)
        with store.session() as session:
            session.add(plandoc.Ingredient("Pepper"))
        with_room = [note.message for note in checks.notes_and_problems(worked)[0]]
    (worked / "journal.jsonl").write_bytes(journal)
    folded = [problem.message for problem in found(worked)]
    (worked / "journal.jsonl").write_bytes(journal[:-9])
    torn = [problem.message for problem in found(worked)]
    (worked / "journal.jsonl").write_bytes(journal[9:] + journal)
    damaged = found(worked)

    assert wrong == []
    assert open_one == ["1 transaction is not checkpointed yet: the folder is open"]
    assert with_room == ["2 transactions are not checkpointed yet: the folder is open"]
    assert folded == ["all its transactions are already checkpointed"]
    assert torn == [f"all of its {len(journal) - 9} bytes were never committed"]
    assert [(one.file, one.line, one.message) for one in damaged] == [
        ("journal.jsonl", 1, "this line is damaged, but good ones follow it")
    ]


def test_an_older_marker_than_its_journal_is_found(worked):
    marker = (worked / "plandoc.json").read_bytes()
    for name in ("Salt", "Pepper"):
        with plandoc.open_store(worked) as store:
            with store.session() as session:
                session.add(plandoc.Ingredient(name))
            journal = (worked / "journal.jsonl").read_bytes()
    (worked / "journal.jsonl").write_bytes(journal)
    (worked / "plandoc.json").write_bytes(marker)

    assert any("not of the same version" in problem.message for problem in found(worked))


def test_a_document_edited_while_the_journal_names_it_is_told(worked):
    with plandoc.open_store(worked) as store:
        with store.session() as session:
            session.add(plandoc.Ingredient("Salt"))
        spoil(worked / "catalog.json", rb"Salt", rb"Rock salt")
        problems = plandoc.check(worked)

    assert ("catalog.json", True) in [(one.file, "lost-found" in (one.hint or "")) for one in problems]


def test_a_missing_marker_beside_documents_is_told_from_no_folder(worked):
    (worked / "plandoc.json").unlink()
    (problem,) = plandoc.check(worked)

    assert problem.file == "plandoc.json"
    assert "plandoc repair --from BACKUP" in for_command(problem.hint)


def test_a_newer_format_is_told(worked):
    spoil(worked / "events/2.json", rb'"format":2', rb'"format":3')
    (problem,) = found(worked)

    assert problem.message == "has format 3, but this plandoc reads formats up to 2"
    assert "upgrade" in problem.hint


def test_a_folder_where_the_lock_belongs_is_told(worked):
    shutil.rmtree(worked / ".plandoc")
    (worked / ".plandoc/lock").mkdir(parents=True)

    assert [problem.file for problem in found(worked)] == [".plandoc/lock"]


@pytest.mark.proof
def test_memory_does_not_grow_with_the_number_of_events(tmp_path):
    few, many = (peak_of_a_check(many_events(tmp_path / str(number), number)) for number in (40, 160))

    assert many < few * 1.3


def many_events(root, number):
    with plandoc.open_store(root, create=True) as store, store.session() as session:
        recipe = session.add(plandoc.Recipe("Bread"))
        for day in range(number):
            event = session.add(plandoc.Event(f"Day {day}", EVENT_DATE, notes="x" * 20_000))
            plandoc.set_event_recipes(event.id, [recipe.id], session=session)
    return root


def peak_of_a_check(root):
    plandoc.check(root)
    tracemalloc.start()
    try:
        assert plandoc.check(root) == []
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_highest_id_can_be_given_and_no_higher_one(folder):
    plandoc.open_store(folder, create=True).close()
    marker = folder / "plandoc.json"
    marker.write_text(re.sub(r'"next_event_id": \d+', f'"next_event_id": {10**12}', marker.read_text()))

    with plandoc.open_store(folder) as store:
        with store.session() as session:
            assert session.add(plandoc.Event("Fair", EVENT_DATE)).id == 10**12
        with pytest.raises(plandoc.ValidationError, match="at most 1000000000000"), store.session() as session:
            session.add(plandoc.Event("Tea", EVENT_DATE))

    assert plandoc.check(folder) == []
