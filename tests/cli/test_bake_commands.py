"""Recording what was baked and packed by the command, and taking back what was recorded by mistake."""

import json

import pytest

import plandoc
from tests.builders import made_once

from .conftest import added, contents, done, in_production
from .terminals import Terminal, needs_a_terminal


@pytest.fixture
def busy(folder):
    """Two bakings, a packing that was voided, and the right one."""
    return made_once(folder, _busy)


def _busy(folder):
    in_production(folder)
    done(
        folder,
        ("bake", "1", "rye-loaf", "5"),
        ("bake", "1", "hazelnut-sable", "1", "--lost", "3", "--why", "burnt", "--lost", "2", "--why", "the dog"),
        ("pack", "1", "single-rye-loaf", "7"),
        ("void", "1", "p1", "--reason", "counted wrong"),
        ("pack", "1", "single-rye-loaf", "6", "--notes", "in paper"),
    )


def test_a_baking_is_recorded_and_what_stands_now_is_said(call, kitchen):
    ended = call("bake", "1", "rye-loaf", "5")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "b1: 5 batches of Rye loaf baked, 15 made",
        "taken from the stock: 7.5 kg of Rye flour, 150 g of Sea salt, 1.2 kg of Sourdough starter",
        "not in the stock: 300 g of Sourdough starter",
        "Rye loaf: 5 of 9 batches baked now, 15 made of 25 needed",
    ]
    assert plandoc.check(kitchen) == []


def test_losses_are_given_in_pairs_with_their_reasons(call, kitchen):
    words = ("--lost", "3", "--why", "burnt", "--lost", "2", "--why", "the dog", "--lost", "1", "--why", "burnt")
    run = added(call("bake", "1", "hazelnut-sable", "1", *words, "--json"), "production_runs")

    assert run["id"] == 1
    assert (run["units_expected"], run["units_made"]) == (36, 30)
    assert run["losses"] == [{"reason": "burnt", "units": 4}, {"reason": "the dog", "units": 2}]


def test_what_was_made_can_be_said_too(call, kitchen):
    ended = call("bake", "1", "hazelnut-sable", "1", "--made", "33", "--lost", "3", "--why", "burnt")

    assert ended.status == 0
    assert "33 made, 3 lost (burnt)" in ended.out


def test_units_that_are_neither_made_nor_lost_are_asked_for(call, kitchen):
    before = contents(kitchen)
    ended = call("bake", "1", "hazelnut-sable", "1", "--made", "33")

    assert ended.status == 1
    assert "record the other 3 as lost, with --lost 3 --why REASON" in ended.err
    assert contents(kitchen) == before


@pytest.mark.parametrize(
    "words",
    [
        ("--lost", "3"),
        ("--why", "burnt"),
        ("--lost", "3", "--lost", "2", "--why", "burnt"),
        ("--lost", "few", "--why", "burnt"),
        ("--made", "2.5"),
    ],
    ids=" ".join,
)
def test_losses_that_cannot_be_meant_are_wrong_usage(call, kitchen, words):
    before = contents(kitchen)
    ended = call("bake", "1", "hazelnut-sable", "1", *words)

    assert ended.status == 2
    assert contents(kitchen) == before


@pytest.mark.parametrize(
    "words",
    [
        ("bake", "1", "rye-loaf", "0", "found 0"),
        ("bake", "1", "rye-loaf", "1", "--lost", "9", "--why", "burnt", "9 lost"),
        ("bake", "1", "rye-loaf", "1", "--lost", "1", "--why", " ", "reason"),
        ("bake", "1", "rye-loafs", "1", "did you mean rye-loaf?"),
        (
            "pack",
            "1",
            "single-rye-loaf",
            "11",
            "'plandoc amend quantity harbour-market single-rye-loaf 11 --reason TEXT'",
        ),
        ("pack", "1", "tea-box", "2", "'plandoc bake harbour-market small-chocolate-torte 1'"),
        ("pack", "1", "tea-box", "2", "4 Lemon tart slice"),
    ],
    ids=" ".join,
)
def test_a_run_that_cannot_be_is_refused_and_changes_no_byte(call, kitchen, words):
    *arguments, said = words
    before = contents(kitchen)
    ended = call(*arguments)

    assert (ended.status, ended.out) == (1, "")
    assert said in ended.err
    assert contents(kitchen) == before


@pytest.mark.parametrize("words", [("bake", "1", "rye-loaf", "1"), ("pack", "1", "tea-box", "1")], ids=" ".join)
def test_nothing_is_baked_or_packed_before_production(call, bakery, words):
    ended = call(*words)

    assert ended.status == 1
    assert "'plandoc lock harbour-market'" in ended.err


def test_units_that_will_be_missing_in_the_end_are_said(call, kitchen):
    ended = call("bake", "1", "rye-loaf", "8", "--lost", "4", "--why", "burnt")

    assert ended.out.splitlines()[-1] == (
        "2 will be missing even after the 1 batch still to bake; "
        "'plandoc amend batches 1 rye-loaf 10 --reason TEXT' bakes more"
    )


def test_packing_says_how_many_can_still_be_packed(call, kitchen):
    call("bake", "1", "rye-loaf", "3")
    ended = call("pack", "1", "single-rye-loaf", "6")

    assert ended.out.splitlines() == [
        "p1: 6 x Single rye loaf packed",
        "Single rye loaf: 6 of 10 packed, 3 more can be packed now",
    ]


def test_the_list_shows_every_run_and_which_were_voided_and_why(call, busy):
    lines = [line.split("\t") for line in call("runs", "1").out.splitlines()]

    assert lines[0] == ["run", "when", "done", "result"]
    assert sorted((run, done, result) for run, _, done, result in lines[1:]) == [
        ("b1", "5 batches of Rye loaf baked", "15 made"),
        ("b2", "1 batch of Hazelnut sablé baked", "31 made, 3 lost (burnt), 2 lost (the dog)"),
        ("p1", "7 x Single rye loaf packed", "VOID: counted wrong"),
        ("p2", "6 x Single rye loaf packed", "in paper"),
    ]


def test_the_list_is_in_the_order_of_time_as_json_too(call, busy):
    listed = json.loads(call("runs", "1", "--json").out)

    moments = [run.get("produced_at") or run["assembled_at"] for run in listed]
    assert moments == sorted(moments)
    assert {run["run"]: run["voided"] and run["voided"]["reason"] for run in listed} == {
        "b1": None,
        "b2": None,
        "p1": "counted wrong",
        "p2": None,
    }


def test_a_voided_run_no_longer_counts(call, busy):
    ended = call("void", "1", "P2", "--reason", "dropped on the floor")

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "p2 no longer counts: 6 x Single rye loaf packed (dropped on the floor)",
        "Single rye loaf: 0 of 10 packed, 10 more can be packed now",
    ]
    assert plandoc.check(busy) == []


def test_voiding_shows_the_run_as_json_with_the_reason(call, busy):
    voided = added(call("void", "1", "b2", "--reason", "another event", "--json"), "voided_runs")

    assert (voided["kind"], voided["run_id"], voided["reason"]) == ("production", 2, "another event")


@pytest.mark.parametrize(
    "words",
    [
        ("p1", "too late", "run p1 is already voided"),
        ("b1", "never happened", "run p2"),
        ("b9", "never happened", "run b9 not found"),
        ("b2", " ", "reason"),
    ],
    ids=" ".join,
)
def test_a_run_that_cannot_be_voided_stays(call, busy, words):
    run, reason, said = words
    before = contents(busy)
    ended = call("void", "1", run, "--reason", reason)

    assert ended.status == 1
    assert said in ended.err
    assert contents(busy) == before


@pytest.mark.sample(3)
@pytest.mark.parametrize("run", ["1", "x1", "b", "b0", "b-1", "b1.5", "b\u00b2", "", "b" + "9" * 40])
def test_a_run_is_called_as_the_list_shows_it(call, busy, run):
    ended = call("void", "1", run, "--reason", "mistake")

    assert ended.status == 2
    assert "'plandoc runs EVENT'" in ended.err


def test_notes_and_reasons_cannot_steer_the_terminal(call, kitchen):
    evil = "\x1b[31mred\u202e"
    shown = call("bake", "1", "rye-loaf", "1", "--lost", "1", "--why", evil, "--notes", evil).out
    shown += call("runs", "1").out + call("void", "1", "b1", "--reason", evil).out + call("runs", "1").out

    assert not {"\x1b", "\u202e"} & set(shown)
    assert r"\x1b[31mred\u202e" in shown


def test_listing_writes_nothing(call, busy):
    before = contents(busy)
    call("runs", "1")

    assert contents(busy) == before


@pytest.mark.costly
@needs_a_terminal
def test_runs_fit_80_columns_and_voided_ones_are_dimmed(call, busy):
    call("bake", "1", "rye-loaf", "1", "--notes", "it was late, and the oven was far too hot for bread " * 4)
    seen = Terminal(busy).run("runs", "1")

    assert seen.status == 0
    assert "\x1b[2mp1" in seen.screen
    assert seen.text.count("bread") == 4
    assert seen.widest <= 80


@pytest.mark.costly
@needs_a_terminal
def test_a_terminal_says_how_the_first_run_is_recorded(kitchen):
    seen = Terminal(kitchen).run("runs", "1")

    assert seen.text.startswith("Runs: none yet; '")
    assert " ".join(seen.text.split()).endswith(" bake EVENT UNIT BATCHES' records the first")
