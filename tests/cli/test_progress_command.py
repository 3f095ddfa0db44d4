"""How far an event has come, as the command shows it: bars, what remains, and what stops it."""

import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.cli import main
from plandoc.cli.progress_command import bar
from tests.builders import made_once

from .conftest import contents, done, in_production
from .terminals import Terminal, needs_a_terminal

NUMBERS = st.integers(0, 10**12)


class Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def busy(folder):
    return made_once(folder, _busy)


def _busy(folder):
    in_production(folder)
    done(
        folder,
        ("bake", "1", "rye-loaf", "5"),
        ("pack", "1", "single-rye-loaf", "6"),
        ("amend", "batches", "1", "cardamom-bun", "2", "--reason", "no more cardamom"),
        ("amend", "drop", "1", "tea-box", "--reason", "order cancelled"),
    )


def _rows(printed):
    rows = (line.split("\t") for line in printed.splitlines() if "\t" in line)
    return {row[0]: row[1:] for row in rows}


@given(done=NUMBERS, of=NUMBERS, in_blocks=st.booleans())
def test_a_bar_is_ten_wide_and_empty_or_full_only_when_it_is_true(done, of, in_blocks):
    drawn = bar(done, of, in_blocks=in_blocks)
    full, empty = ("█", "░") if in_blocks else ("#", "-")

    assert len(drawn) == 10
    assert (drawn == empty * 10) == (done == 0)
    assert (drawn == full * 10) == (0 < done >= of)


@given(done=NUMBERS, more=NUMBERS, of=NUMBERS)
def test_a_bar_never_shrinks_when_more_is_done(done, more, of):
    drawn, later = (bar(number, of, in_blocks=False).count("#") for number in (done, done + more))

    assert drawn <= later


def test_before_anything_is_baked_nothing_is_started(call, kitchen):
    ended = call("progress", "1")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Harbour Market: not started; 0 of 28 batches baked, 0 of 53 goods packed\n")


def test_each_unit_has_what_is_done_remains_and_was_lost(call, busy):
    call("bake", "1", "rye-loaf", "1", "--lost", "1", "--why", "burnt")
    rows = _rows(call("progress", "1").out)

    assert rows["unit"] == ["batches", "to bake", "made", "lost", "needed", "in the end"]
    assert rows["Rye loaf"] == ["6 of 9", "3", "17", "1", "25", ""]
    assert rows["Cardamom bun"] == ["0 of 2", "2", "0", "0", "60", "28 short"]
    assert rows["Lemon tart slice"] == ["0 of 2", "2", "0", "0", "0", "not needed"]


def test_each_good_has_what_is_packed_what_can_be_and_what_stops_it(call, busy):
    ended = call("progress", "1")
    rows = _rows(ended.out)

    assert ended.out.startswith("Harbour Market: in progress; 5 of 26 batches baked, 6 of 45 goods packed\n")
    assert rows["good"] == ["packed", "can now", "after baking", "what stops it"]
    assert rows["Single rye loaf"] == ["6 of 10", "4", "4", ""]
    assert rows["Breakfast box"] == ["0 of 12", "0", "8", "not enough Cardamom bun"]
    assert rows["Sablé bag"] == ["0 of 20", "0", "20", "waits for Hazelnut sablé"]


def test_of_many_units_that_a_good_waits_for_only_the_first_are_named(call, kitchen):
    rows = _rows(call("progress", "1").out)

    assert rows["Captain's crate"][-1] == "waits for Hazelnut sablé, Cardamom bun and 2 more"


def test_batches_beyond_the_plan_do_not_stand_for_others(call, kitchen):
    call("bake", "1", "rye-loaf", "11", "--yes")
    ended = call("progress", "1")

    assert ended.out.startswith("Harbour Market: in progress; 9 of 28 batches baked")
    assert _rows(ended.out)["Rye loaf"] == ["11 of 9", "0", "33", "0", "25", "2 batches over"]


def test_a_plan_that_is_baked_and_packed_is_complete(call, bakery):
    for step in (
        ("event", "add", "Tea", "--date", "2026-06-01"),
        ("plan", "goods", "tea", "single-rye-loaf=3", "--add-missing-recipes"),
        ("plan", "decide", "tea", "--enough"),
        ("lock", "tea"),
        ("start", "tea"),
        ("bake", "tea", "rye-loaf", "1"),
        ("pack", "tea", "single-rye-loaf", "3"),
    ):
        assert call(*step).status == 0

    assert call("progress", "tea").out.splitlines()[0] == "Tea: complete; 1 of 1 batches baked, 3 of 3 goods packed"


def test_an_empty_plan_has_no_rows(call, bakery):
    call("event", "add", "Tea", "--date", "2026-06-01")
    ended = call("progress", "tea")

    assert ended.status == 0
    assert ended.out.startswith("Tea: not started; 0 of 0 batches baked, 0 of 0 goods packed\n")
    assert set(_rows(ended.out)) == {"unit", "good"}


def test_json_has_every_number(call, busy):
    shown = json.loads(call("progress", "1", "--json").out)
    loaf = next(unit for unit in shown["units"] if unit["unit"]["slug"] == "rye-loaf")
    box = next(good for good in shown["goods"] if good["good"]["slug"] == "breakfast-box")

    assert shown["overall"] == "in_progress"
    assert (loaf["batches_done"], loaf["batches_decided"], loaf["batches_remaining"]) == (5, 9, 4)
    assert (loaf["made"], loaf["lost"], loaf["needed"]) == (15, 0, 25)
    assert [unit["slug"] for unit in box["blocked_by"]] == ["cardamom-bun"]
    assert (box["can_assemble_now"], box["after_remaining"]) == (0, 8)


def test_looking_writes_nothing(call, busy):
    before = contents(busy)
    call("progress", "1")

    assert contents(busy) == before


@pytest.mark.costly
def test_a_pipe_gets_no_bars(run, busy):
    ended = run("progress", "1")

    assert (ended.status, ended.err) == (0, "")
    assert not set("█░─\x1b") & set(ended.out)


@pytest.mark.proof
@needs_a_terminal
def test_a_terminal_of_80_columns_shows_bars_of_blocks(busy):
    seen = Terminal(busy).run("progress", "1")

    assert seen.status == 0
    assert "█████▌░░░░" in seen.text
    assert seen.widest <= 80


@pytest.mark.proof
@needs_a_terminal
def test_a_terminal_that_cannot_show_blocks_gets_bars_in_ascii(monkeypatch, busy):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    seen = Terminal(busy).run("progress", "1")

    assert "#####-----" in seen.text
    assert "█" not in seen.text


def test_a_dumb_terminal_gets_bars_in_ascii(monkeypatch, busy):
    shown = Screen()
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setenv("TERM", "dumb")
    status = main(["progress", "1"])

    assert status == 0
    assert "#####-----" in shown.getvalue()
    assert not set("█░\x1b") & set(shown.getvalue())


@pytest.mark.costly
@needs_a_terminal
def test_a_terminal_says_when_there_is_nothing_to_show(call, bakery):
    call("event", "add", "Tea", "--date", "2026-06-01")
    seen = Terminal(bakery).run("progress", "tea")

    assert "Baking: nothing is needed or decided" in seen.text
    assert "Packing: no goods are planned" in seen.text
