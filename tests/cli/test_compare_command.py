"""The original plan beside the current one: marks, colours and reasons."""

import json

import pytest

import plandoc
from plandoc.cli import sample
from tests.builders import made_once

from .conftest import contents, done
from .terminals import Terminal, needs_a_terminal

LONG = "Grandmother's very best hazelnut biscuits with cinnamon and cloves from the mountains, the large box"


@pytest.fixture
def kitchen(folder):
    return made_once(folder, _started)


def _started(folder):
    sample.write(folder)
    with plandoc.open_store(folder) as store, store.session() as session:
        session.add(plandoc.FinishedGood(LONG, (plandoc.Component(quantity=1, finished_unit_id=6),), slug="long"))
    done(folder, ("lock", "1", "--yes"), ("start", "1", "--yes"))


@pytest.fixture
def amended(folder):
    return made_once(folder, _amended)


def _amended(folder):
    _started(folder)
    changes = (
        ("drop", "1", "tea-box", "--reason", "order cancelled"),
        ("quantity", "1", "sable-bag", "22", "--reason", "a few guests"),
        ("quantity", "1", "sable-bag", "25", "--reason", "a bus of guests"),
        ("add", "1", "long", "2", "--reason", "the mayor wants them " * 6),
        ("batches", "1", "rye-loaf", "12", "--reason", "more bread"),
    )
    done(folder, *(("amend", *words) for words in changes))


def _rows(printed):
    rows = (line.split("\t") for line in printed.splitlines() if "\t" in line)
    return {row[1]: [row[0], *row[2:]] for row in rows}


def test_without_a_snapshot_there_is_nothing_to_compare_with(call, bakery):
    ended, as_json = call("compare", "1"), call("compare", "1", "--json")

    assert ended.status == 0
    assert ended.out == "Harbour Market: no snapshot to compare with yet; 'plandoc start 1' takes one\n"
    assert json.loads(as_json.out)["has_snapshot"] is False


def test_a_plan_that_did_not_change_is_said_to_be_so(call, kitchen):
    ended, as_json = call("compare", "1"), call("compare", "1", "--json")

    assert (ended.status, ended.out) == (0, "Harbour Market: nothing has changed since production started\n")
    assert json.loads(as_json.out)["total_changes"] == 0


def test_each_difference_is_marked_and_has_its_reasons(call, amended):
    ended = call("compare", "1")
    rows = _rows(ended.out)

    assert ended.out.startswith("Harbour Market: 4 differences from the original plan, 5 amendments\n")
    assert rows["Tea box"] == ["-", "8", "-", "-8", "1: order cancelled"]
    assert rows["Sablé bag"] == ["~", "20", "25", "+5", "2: a few guests; 3: a bus of guests"]
    assert rows[LONG][:4] == ["+", "-", "2", "+2"]
    assert rows["Rye loaf"] == ["~", "9", "12", "+3", "5: more bread"]
    assert rows["Breakfast box"] == ["", "12", "12", "", ""]


def test_a_recipe_that_came_with_a_good_is_marked(call, bakery):
    for step in (("event", "add", "Tea", "--date", "2026-06-01"), ("lock", "tea"), ("start", "tea")):
        call(*step)
    call("amend", "add", "tea", "single-rye-loaf", "3", "--reason", "bread after all")

    assert _rows(call("compare", "tea").out)["Harbour rye"] == ["+", "-", "chosen", "1: bread after all"]


def test_changes_that_undo_each_other_are_no_difference_but_are_counted(call, kitchen):
    call("amend", "quantity", "1", "sable-bag", "25", "--reason", "a bus of guests")
    call("amend", "quantity", "1", "sable-bag", "20", "--reason", "the bus broke down")
    ended = call("compare", "1")

    assert ended.out == "Harbour Market: the plan is identical to the original again, after 2 amendments\n"


def test_json_holds_both_values_and_the_amendments_behind(call, amended):
    compared = json.loads(call("compare", "1", "--json").out)
    sable_bag = next(good for good in compared["goods"] if good["name"] == "Sablé bag")

    assert (compared["has_snapshot"], compared["has_changes"], compared["total_changes"]) == (True, True, 4)
    assert (sable_bag["before"], sable_bag["after"], sable_bag["difference"]) == (20, 25, 5)
    assert sable_bag["status"] == "modified"
    assert [one["sequence"] for one in sable_bag["amendments"]] == [2, 3]
    assert [one["sequence"] for one in compared["amendments"]] == [1, 2, 3, 4, 5]
    assert {one["status"] for one in compared["recipes"]} == {"unchanged"}


def test_comparing_writes_nothing(call, amended):
    before = contents(amended)
    call("compare", "1")

    assert contents(amended) == before


@pytest.mark.costly
def test_a_pipe_gets_no_colours(run, amended):
    ended = run("compare", "1", TERM="xterm-256color")

    assert (ended.status, ended.err) == (0, "")
    assert not set("\x1b─") & set(ended.out)


@pytest.mark.proof
@needs_a_terminal
def test_differences_are_coloured_and_marked_on_a_terminal_of_80_columns(monkeypatch, amended):
    monkeypatch.delenv("NO_COLOR", raising=False)
    seen = Terminal(amended).run("compare", "1")

    assert seen.status == 0
    assert {"\x1b[32m+", "\x1b[31m-", "\x1b[33m~"} <= {seen.screen[at : at + 6] for at in range(len(seen.screen))}
    assert "+ added, - dropped, ~ changed" in seen.text
    assert "Recipes: the same" in seen.text
    assert seen.widest <= 80


@pytest.mark.costly
@needs_a_terminal
def test_no_color_is_respected(monkeypatch, amended):
    monkeypatch.setenv("NO_COLOR", "1")
    seen = Terminal(amended).run("compare", "1")

    assert not any(colour in seen.screen for colour in ("\x1b[31m", "\x1b[32m", "\x1b[33m"))
    assert "\n~  Sablé bag" in seen.text
