"""--json of the commands that write: one shape, whatever they do."""

import json

import pytest

import plandoc
from plandoc.cli.arguments import arguments_of
from plandoc.cli.command_table import COMMANDS
from tests.cli.conftest import contents

SHAPE = ["command", "changes", "notes"]
# In an order in which each can be done.
LINES = {
    "init": [],
    "ingredient add": ["Mint"],
    "ingredient rename": ["mint", "Fresh mint"],
    "ingredient merge": ["mint", "into", "sea-salt"],
    "recipe add": ["Tea", "--makes", "Cup=4"],
    "recipe rename": ["tea", "Black tea"],
    "good add": ["Tea for two", "cup=2"],
    "good rename": ["tea-for-two", "Tea"],
    "good remove": ["tea-for-two"],
    "recipe remove": ["tea"],
    "stock set": ["butter", "3", "kg"],
    "stock add": ["butter", "1", "kg"],
    "event copy": ["1", "June", "--date", "2026-06-01"],
    "event edit": ["june", "--notes", "rain"],
    "plan goods": ["june", "tea-box=1"],
    "plan undecide": ["june", "rye-loaf"],
    "plan batches": ["june", "rye-loaf=12"],
    "plan decide": ["june", "--enough"],
    "lock": ["june", "--yes"],
    "unlock": ["june"],
    "event remove": ["june", "--yes"],
    "start": ["1", "--yes"],
    "shop": ["1", "--bought"],
    "bake": ["1", "rye-loaf", "1"],
    "amend quantity": ["1", "tea-box", "5", "--reason", "more", "--enough"],
    "void": ["1", "b1", "--reason", "a slip"],
    "export": ["all.json"],
    "export-csv": ["tables"],
    "backup": ["copy.zip"],
    "report": ["1", "-o", "report.html"],
    "complete": ["1", "--yes"],
    "event add": ["Fair", "--date", "2026-12-25"],
}


@pytest.fixture
def done(call, bakery):
    call("lock", "1", "--yes")
    printed = {}
    for name, arguments in LINES.items():
        before = contents(bakery)
        ended = call(*name.split(), *arguments, "--json")
        assert (ended.status, ended.err) == (0, ""), name
        printed[name] = json.loads(ended.out), contents(bakery) != before
    return printed


def test_each_command_prints_the_same_shape_and_says_exactly_what_is_changed(done, bakery):
    for name, (printed, has_changed) in done.items():
        assert list(printed)[:3] == SHAPE, name
        assert printed["command"] == name
        assert bool(printed["changes"]) == has_changed, name
        assert all(one["change"] in {"added", "changed", "removed"} for one in printed["changes"])
        assert all(one["record"]["id"] > 0 for one in printed["changes"])
    assert plandoc.check(bakery) == []


@pytest.mark.costly
def test_short_names_and_ids_of_what_was_added_and_removed_are_there(done):
    added = done["recipe add"][0]["changes"]
    removed = done["recipe remove"][0]["changes"]

    assert [(one["change"], one["table"], one["record"]["slug"]) for one in added] == [
        ("added", "recipes", "tea"),
        ("added", "finished_units", "cup"),
    ]
    assert {(one["change"], one["table"], one["record"]["slug"]) for one in removed} == {
        ("removed", "recipes", "tea"),
        ("removed", "finished_units", "cup"),
    }
    assert done["event copy"][0]["notes"][1] == "copied from harbour-market: 5 recipes, 5 goods, 6 batch decisions"


def test_every_command_on_a_folder_has_json():
    without = {
        command.name
        for command in COMMANDS
        if "--json" not in [name for one in arguments_of(command.load()) for name in one.names]
    }

    assert without == {"completion", "schema"}


def test_a_refusal_prints_no_json(call, bakery):
    ended = call("recipe", "remove", "lemon-tart", "--json")

    assert (ended.status, ended.out) == (1, "")


def test_a_dry_run_has_no_changes_but_its_rows(call, bakery, tmp_path):
    (tmp_path / "i.csv").write_text("name\nMint\n")
    printed = json.loads(call("ingredient", "import", str(tmp_path / "i.csv"), "--dry-run", "--json").out)

    assert printed["changes"] == []
    assert printed["tables"] == [
        {"title": "Import", "rows": [{"table": "ingredients", "outcome": "created", "rows": "1"}]}
    ]


def test_json_and_a_file_on_the_standard_output_exclude_each_other(call, bakery):
    assert call("export", "-", "--json").status == 2
