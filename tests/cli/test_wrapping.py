"""Sentences and tables in the width of a terminal: no word is broken while a line can hold it."""

import re

import pytest

import plandoc
from plandoc.cli.program import quoted
from plandoc.cli.wrapping import cells, fitted, rows_of, wrapped
from tests.cli.conftest import shown
from tests.cli.terminals import Terminal, needs_a_terminal

SENTENCE = "Harbour Market: 2 of 28 batches baked, 0 of 57 goods packed; see 'plandoc progress harbour-market'"
VIEWS = [
    *(
        "event list",
        "event show 1",
        "ingredient list",
        "recipe list",
        "good list",
        "stock list",
        "recipe show lemon-tart",
    ),
    *("plan options 1", "plan show 1", "plan review 1", "needs 1", "shop 1", "progress 1", "feasible 1", "sheet 1"),
    *("ingredient remove butter", "event show harbour-markt", "good remove lemon-tart", "unit list --all"),
]


@pytest.mark.parametrize("columns", [20, 40, 60])
def test_a_sentence_is_wrapped_between_words(columns):
    lines = wrapped(SENTENCE, columns).split("\n")

    assert max(map(cells, lines)) <= columns
    assert " ".join(line.strip() for line in lines) == SENTENCE


def test_a_sentence_that_fits_stays_as_it_is():
    assert wrapped("date       2026-05-16", 21) == "date       2026-05-16"


def test_further_lines_begin_below_what_follows_a_label():
    assert wrapped("goes into  tea-box, hamper, crate", 24) == f"goes into  tea-box,\n{' ' * 11}hamper, crate"


def test_a_word_that_no_line_holds_is_broken_and_nothing_of_it_is_lost():
    lines = wrapped("so " + "x" * 50, 20).split("\n")

    assert max(map(len, lines)) == 20
    assert "".join(line.strip() for line in lines) == "so" + "x" * 50


def test_letters_of_two_columns_count_as_two():
    assert wrapped("月餅 月餅 月餅", 9) == "月餅 月餅\n月餅"


def test_columns_give_way_from_the_widest_down_to_their_least():
    assert fitted([5, 5], [50, 10], 30) == [20, 10]
    assert fitted([25, 3], [50, 10], 30) == [25, 5]
    assert fitted([25, 10], [50, 10], 30) is None


@pytest.fixture
def started(bakery):
    with plandoc.open_store(bakery) as store, store.session() as session:
        plandoc.lock_plan(1, session=session)
        plandoc.start_production(1, session=session)
    return bakery


@pytest.mark.costly
@needs_a_terminal
@pytest.mark.sample(2)
@pytest.mark.parametrize("view", VIEWS)
def test_at_60_columns_no_line_is_wider_and_no_word_is_broken(started, view):
    narrow, wide = (Terminal(started, columns=columns).run(*view.split()).text for columns in (60, 400))
    left_out = narrow.partition("too narrow to show")[2]

    assert max(map(len, map(str.rstrip, narrow.splitlines()))) <= 60
    if not left_out:
        assert {word for word in wide.split() if not set("─█░") & set(word)} - set(narrow.split()) <= {
            quoted(str(shown(started)))
        }


@pytest.mark.costly
@needs_a_terminal
def test_bars_need_80_columns(started):
    wide, narrow = (Terminal(started, columns=columns).run("progress", "1").text for columns in (80, 60))

    assert "░" in wide
    assert "░" not in narrow


@needs_a_terminal
def test_a_very_narrow_terminal_gets_a_line_for_each_cell(started):
    seen = Terminal(started, columns=32).run("good", "list")

    assert seen.widest <= 32
    assert "single-rye-loaf" in seen.text
    assert re.search(r"^made of +8 hazelnut-sable$", seen.text, re.MULTILINE)


def test_nothing_is_wrapped_in_a_pipe(call, started, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")

    assert all(len(line) > 30 or "\t" in line or "," not in line for line in call("plan", "show", "1").out.splitlines())
    assert len(call("ingredient", "remove", "butter").err.splitlines()) == 1


def test_boxes_side_by_side_are_never_broken_and_never_stick_out():
    marks = ["[ ]"] * 9 + ["[ ] 0.5"]
    for columns in range(7, 80):
        rows = rows_of(marks, columns)

        assert max(map(len, rows)) <= columns
        assert " ".join(rows) == " ".join(marks)
        assert all(row.startswith("[ ]") for row in rows)
