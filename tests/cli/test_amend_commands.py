"""Changing a plan during production by the command: with a reason, on record, and never short in silence."""

import json

import pytest

import plandoc

from .conftest import added, contents
from .terminals import Terminal, needs_a_terminal

EVERY_KIND = [
    ("drop", "1", "tea-box", "order cancelled"),
    ("add", "1", "tea-box", "9", "ordered again"),
    ("quantity", "1", "sable-bag", "25", "a bus of guests"),
    ("batches", "1", "cardamom-bun", "5", "one tray fell"),
]
EVIL = "why\x1b[31m\u202e[red]"


@pytest.fixture
def amend(call):
    def amended(*words, more=()):
        *arguments, reason = words
        return call("amend", *arguments, "--reason", reason, *more)

    return amended


def test_every_kind_of_change_is_made_and_listed_with_its_reason_in_order(call, amend, kitchen):
    statuses = [amend(*words).status for words in EVERY_KIND]
    lines = [line.split("\t") for line in call("amendments", "1").out.splitlines()]

    assert statuses == [0, 0, 0, 0]
    assert lines[0] == ["no", "when", "change", "reason"]
    assert [(number, change, reason) for number, _, change, reason in lines[1:]] == [
        ("1", "Tea box dropped, 8 were planned", "order cancelled"),
        ("2", "Tea box added, 9 planned", "ordered again"),
        ("3", "Sablé bag from 20 to 25", "a bus of guests"),
        ("4", "batches of Cardamom bun from 4 to 5", "one tray fell"),
    ]
    assert plandoc.check(kitchen) == []


def test_an_amendment_changes_the_plan_that_is_shown(call, amend, kitchen):
    amend("drop", "1", "tea-box", "order cancelled")
    amend("batches", "1", "cardamom-bun", "5", "one tray fell")
    shown = json.loads(call("event", "show", "1", "--json").out)

    assert "tea-box" not in [good["slug"] for good in shown["finished_goods"]]
    assert {row["finished_unit_slug"]: row["batches"] for row in shown["batch_decisions"]}["cardamom-bun"] == 5


def test_an_added_good_brings_its_recipe_and_says_so(call, amend, bakery):
    for step in (("event", "add", "Tea", "--date", "2026-06-01"), ("lock", "tea"), ("start", "tea")):
        assert call(*step).status == 0
    ended = amend("add", "tea", "single-rye-loaf", "3", "somebody wants bread")

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "amendment 1: Single rye loaf added, 3 planned, with recipe Harbour rye (somebody wants bread)",
        "1 finding caused by this change:",
        "- Rye loaf: 3 needed, no batches decided",
        "'plandoc amend batches tea --enough --reason TEXT' bakes enough of everything",
    ]


def test_what_a_change_leaves_short_is_said_at_once(amend, kitchen):
    ended = amend("quantity", "1", "single-rye-loaf", "25", "the inn ordered bread")

    assert ended.status == 0
    assert (
        "- Rye loaf: 9 batches make 27 of 40 needed, 13 short; since it was decided, the need changed from 25 to 40"
        in (ended.out.splitlines())
    )


def test_what_was_short_before_is_not_told_again(amend, kitchen):
    amend("quantity", "1", "single-rye-loaf", "25", "the inn ordered bread")
    ended = amend("batches", "1", "lemon-tart-slice", "3", "to be safe")

    assert ended.out.splitlines() == [
        "amendment 2: batches of Lemon tart slice from 2 to 3 (to be safe)",
        "3 batches make 36 of 16 needed (20 over)",
    ]


def test_batches_that_are_short_on_purpose_are_told_with_the_numbers(amend, kitchen):
    ended = amend("batches", "1", "cardamom-bun", "1", "no more cardamom")

    assert ended.out.splitlines()[1:] == ["1 batch makes 16 of 60 needed (44 short, accepted)"]


def test_batches_that_are_taken_out_leave_a_finding(amend, kitchen):
    ended = amend("batches", "1", "cardamom-bun", "0", "no more cardamom")

    assert "- Cardamom bun: 60 needed, no batches decided" in ended.out.splitlines()


def test_a_reason_must_be_given(call, kitchen):
    before = contents(kitchen)
    without = call("amend", "drop", "1", "tea-box")
    blank = call("amend", "drop", "1", "tea-box", "--reason", "  ")

    assert (without.status, blank.status) == (2, 1)
    assert "--reason" in without.err
    assert "wanted a reason" in blank.err
    assert contents(kitchen) == before


@pytest.mark.sample(6)
@pytest.mark.parametrize("number", ["2.5", "0x10", "1e3", "many", "", "²", "9" * 30])
@pytest.mark.parametrize("words", EVERY_KIND[1:], ids=lambda words: words[0])
def test_a_number_that_is_none_is_wrong_usage_and_changes_nothing(amend, kitchen, words, number):
    before = contents(kitchen)
    ended = amend(*words[:3], number, words[4])

    assert ended.status == 2
    assert "wanted a whole number" in ended.err
    assert contents(kitchen) == before


@pytest.mark.parametrize(
    "words",
    [
        ("quantity", "1", "sable-bag", "20", "the same", "already planned"),
        ("quantity", "1", "sable-bag", "0", "none", "'plandoc amend drop 1 sable-bag --reason TEXT'"),
        ("quantity", "1", "sable-bag", "-3", "fewer", "found -3"),
        ("add", "1", "sable-bag", "5", "more", "'plandoc amend quantity 1 sable-bag 5 --reason TEXT'"),
        ("drop", "1", "sable-bags", "typed wrongly", "did you mean sable-bag?"),
        ("drop", "1", "999", "typed wrongly", "999 not found"),
        ("batches", "1", "rye-loaf", "9", "the same", "already decided"),
        ("drop", "2", "sable-bag", "no such event", "Event '2' not found"),
    ],
    ids=" ".join,
)
def test_a_refused_change_says_why_and_changes_no_byte(call, amend, kitchen, words):
    *arguments, said = words
    before = contents(kitchen)
    ended = amend(*arguments)

    assert (ended.status, ended.out) == (1, "")
    assert said in ended.err
    assert contents(kitchen) == before


def test_what_is_baked_is_guarded_and_the_hint_is_an_option(call, amend, kitchen):
    call("bake", "1", "rye-loaf", "5")
    fewer = amend("batches", "1", "rye-loaf", "2", "enough bread")
    refused = amend("drop", "1", "captain-s-crate", "order cancelled")
    dropped = amend("drop", "1", "captain-s-crate", "order cancelled", more=["--force"])

    assert (fewer.status, refused.status, dropped.status) == (1, 1, 0)
    assert "5 are already baked" in fewer.err
    assert "Harbour rye" in refused.err
    assert "--force" in refused.err


def test_a_good_that_was_cut_out_of_the_catalog_can_be_dropped_by_its_number(call, amend, kitchen):
    catalog = kitchen / "catalog.json"
    lines = catalog.read_text(encoding="utf-8").splitlines(keepends=True)
    catalog.write_text("".join(line for line in lines if '"slug":"tea-box"' not in line), encoding="utf-8")
    ended = amend("drop", "1", "4", "nobody makes it any more")

    assert ended.status == 0
    assert "Tea box dropped, 8 were planned" in ended.out
    assert plandoc.check(kitchen) == []


def test_a_plan_that_is_not_in_production_is_not_amended(call, amend, bakery):
    ended = amend("drop", "1", "tea-box", "order cancelled")

    assert ended.status == 1
    assert "'plandoc lock harbour-market'" in ended.err


def test_json_is_the_amendment_and_what_it_leaves_to_look_at(call, amend, kitchen):
    ended = [amend(*words, more=["--json"]) for words in EVERY_KIND]
    listed = json.loads(call("amendments", "1", "--json").out)

    assert [added(one, "plan_amendments") for one in ended] == listed
    assert [one["sequence"] for one in listed] == [1, 2, 3, 4]
    assert [one["change"]["kind"] for one in listed] == ["drop_fg", "add_fg", "change_quantity", "modify_batch"]
    assert "3 findings caused by this change:" in json.loads(ended[0].out)["notes"]


def test_no_amendments_are_an_empty_list(call, kitchen):
    listed, as_json = call("amendments", "1"), call("amendments", "1", "--json")

    assert listed.out == "no\twhen\tchange\treason\n"
    assert json.loads(as_json.out) == []


def test_a_reason_cannot_steer_the_terminal(call, amend, kitchen):
    ended, listed = amend("drop", "1", "tea-box", EVIL), call("amendments", "1")

    assert not {"\x1b", "\u202e"} & set(ended.out + listed.out)
    assert r"why\x1b[31m\u202e[red]" in listed.out


@pytest.mark.costly
@needs_a_terminal
def test_long_reasons_fit_80_columns(amend, kitchen):
    amend("drop", "1", "tea-box", "the guests who ordered these boxes telephoned and will not come " * 5)
    seen = Terminal(kitchen).run("amendments", "1")

    assert seen.status == 0
    assert seen.widest <= 80
    assert seen.text.count("telephoned") == 5


@pytest.mark.costly
@needs_a_terminal
def test_a_terminal_says_that_nothing_was_amended(kitchen):
    assert Terminal(kitchen).run("amendments", "1").text == "Amendments: none; the plan is unchanged\n"


def test_a_refusal_names_no_parameter_that_only_functions_have(call, kitchen):
    call("good", "add", "Crumbs", "rye-loaf=1")
    refused = call("amend", "quantity", "1", "crumbs", "3", "--reason", "more")

    assert refused.err.startswith("plandoc: Crumbs is not in the plan (add it with 'plandoc amend add")
