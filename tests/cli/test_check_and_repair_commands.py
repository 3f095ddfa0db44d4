"""`plandoc check` and `plandoc repair`: what is printed, and the exit statuses."""

import json

import pytest

from tests.cli.conftest import contents


@pytest.fixture
def damaged(bakery):
    (bakery / "events/1 (1).json").write_bytes(b"{}")
    (bakery / "events/1.json.plandoc-tmp").write_bytes(b"{")
    return bakery


@pytest.mark.of_folder
def test_a_clean_folder_ends_with_0(call, bakery):
    ended = call("check")

    assert (ended.status, ended.out) == (0, f"{bakery.relative_to(bakery.parent)}: nothing is wrong\n")


def test_findings_end_with_1_and_each_has_its_hint(call, damaged):
    ended = call("check")

    assert ended.status == 1
    assert ended.out.splitlines()[-1] == "data: 2 found"
    assert any(line.startswith("events/1 (1).json: ") and "plandoc repair" in line for line in ended.out.splitlines())


def test_findings_as_json_have_all_that_is_known(call, bakery):
    path = bakery / "events/1.json"
    path.write_bytes(path.read_bytes().replace(b'"recipe_id":3', b'"recipe_id":333', 1))
    before = contents(bakery)
    ended = call("check", "--json")
    problems = json.loads(ended.out)

    assert ended.status == 1
    assert {tuple(problem) for problem in problems} == {("message", "file", "line", "table", "row", "field", "hint")}
    assert [(one["file"], one["table"]) for one in problems if one["message"] == "Recipe 333 not found"] == [
        ("events/1.json", "event_recipes")
    ]
    assert contents(bakery) == before


def test_a_clean_folder_as_json_is_an_empty_list(call, bakery):
    ended = call("check", "--json")

    assert (ended.status, json.loads(ended.out)) == (0, [])


def test_a_dry_run_says_what_a_repair_does_and_does_nothing(call, damaged):
    before = contents(damaged)
    ended = call("repair", "--dry-run")

    assert ended.status == 0
    assert "would move to lost-found: events/1 (1).json" in ended.out
    assert "would remove: events/1.json.plandoc-tmp" in ended.out
    assert ended.out.splitlines()[-1] == "data: 2 to repair, nothing left; dry run: nothing was changed"
    assert contents(damaged) == before


def test_a_repair_says_what_it_did_and_the_check_is_clean(call, damaged):
    ended = call("repair")

    assert ended.status == 0
    assert "moved to lost-found: events/1 (1).json (kept as lost-found/events-1 (1).json." in ended.out
    assert ended.out.splitlines()[-1] == "data: 2 repaired, nothing left"
    assert call("check").status == 0
    assert call("repair").out == "data: nothing is wrong\n"


def test_what_no_repair_can_put_right_ends_with_1(call, bakery):
    (bakery / "catalog.json").write_bytes(b"")
    ended = call("repair")

    assert ended.status == 1
    assert "catalog.json: the file is empty" in ended.out
    assert "not repaired (only a backup has the right rows)" in ended.out


def test_a_document_is_taken_back_from_a_backup(call, bakery):
    wanted = (bakery / "catalog.json").read_bytes()
    assert call("backup", str(bakery.parent / "saved.zip")).status == 0
    (bakery / "catalog.json").write_bytes(b"")
    ended = call("repair", "--from", str(bakery.parent / "saved.zip"))

    assert ended.status == 0
    assert "restored from the backup: catalog.json" in ended.out
    assert (bakery / "catalog.json").read_bytes() == wanted


@pytest.mark.of_folder
def test_a_folder_that_is_none_is_refused(call, folder):
    folder.mkdir()
    ended = call("repair")

    assert ended.status == 1
    assert "nothing to repair" in ended.err


def test_no_text_of_a_file_name_reaches_the_terminal_as_it_is(call, bakery):
    (bakery / "events" / "1 \x1b[31m.json").write_bytes(b"{}")

    assert "\x1b" not in call("check").out
    assert "\x1b" not in call("repair").out
