"""Nothing leaves a plan unsaid, nothing final or far beyond the plan happens unasked, and hints can be pasted."""

import json
import re
import shlex

import pytest

import plandoc
from tests.builders import made_once

from .conftest import contents, done
from .terminals import QUESTION, Terminal, needs_a_terminal

PASTED = re.compile(r"'plandoc ([^']*)'")


@pytest.fixture
def fair(folder):
    """The event `fair`: 10 boxes of 12 cookies and 3 bags of 5, nothing decided yet; a batch gives 24 cookies."""
    return made_once(folder, _fair)


def _fair(folder):
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        recipe = session.add(plandoc.Recipe("Cookies"))
        cookie = session.add(plandoc.FinishedUnit("Cookie", recipe.id, items_per_batch=24))
        for name, quantity in (("Box", 12), ("Bag", 5), ("Tin", 30)):
            part = plandoc.Component(finished_unit_id=cookie.id, quantity=quantity)
            session.add(plandoc.FinishedGood(name, (part,)))
    done(
        folder,
        ("event", "add", "Fair", "--date", "2026-12-25"),
        ("plan", "goods", "fair", "box=10", "bag=3", "--add-missing-recipes"),
    )


@pytest.fixture
def started(folder):
    """The same in production, with 6 batches of cookies, which is enough."""
    return made_once(folder, _started)


def _started(folder):
    _fair(folder)
    done(folder, ("plan", "decide", "fair", "--enough"), ("lock", "fair"), ("start", "fair"))


@pytest.fixture
def terminal(folder):
    return Terminal(folder)


def planned(call):
    plan = json.loads(call("plan", "show", "fair", "--json").out)
    return {good["slug"]: quantity for good, quantity in plan["goods"]}


def state(call):
    return json.loads(call("event", "show", "fair", "--json").out)["plan_state"]


# Goods.


def test_goods_that_are_not_named_stay_and_all_that_are_chosen_are_shown(call, fair):
    ended = call("plan", "goods", "fair", "tin=1")

    assert ended.status == 0
    assert ended.out.splitlines() == ["added to the plan: 1 Tin", "chosen: 10 Box, 3 Bag, 1 Tin"]
    assert planned(call) == {"box": 10, "bag": 3, "tin": 1}


def test_what_comes_what_changes_and_what_goes_is_said(call, fair):
    ended = call("plan", "goods", "fair", "tin=1", "box=8", "bag=0")

    assert ended.out.splitlines() == [
        "changed: Box from 10 to 8",
        "removed from the plan: 3 Bag",
        "added to the plan: 1 Tin",
        "chosen: 8 Box, 1 Tin",
    ]


def test_replacing_has_to_be_said_and_tells_what_left(call, fair):
    ended = call("plan", "goods", "fair", "tin=1", "--replace")

    assert ended.out.splitlines() == [
        "removed from the plan: 10 Box",
        "removed from the plan: 3 Bag",
        "added to the plan: 1 Tin",
        "chosen: 1 Tin",
    ]


def test_the_last_good_can_be_taken_out(call, fair):
    ended = call("plan", "goods", "fair", "box=0", "bag=0")

    assert ended.out.splitlines()[-1] == "chosen: no goods"
    assert planned(call) == {}


def test_where_nothing_changes_that_is_said(call, fair):
    assert call("plan", "goods", "fair", "box=10").out == "chosen as before: 10 Box, 3 Bag\n"


def test_a_good_that_is_not_in_the_plan_cannot_be_taken_out(call, fair):
    before = contents(fair)
    ended = call("plan", "goods", "fair", "box=5", "tin=0")

    assert ended.status == 1
    assert "Tin is not in the plan, so it cannot be taken out" in ended.err
    assert contents(fair) == before


def test_recipes_that_are_no_longer_chosen_are_named(call, fair):
    with plandoc.open_store(fair) as store, store.session() as session:
        session.add(plandoc.Recipe("Bread"))
    ended = call("plan", "recipes", "fair", "bread")

    assert ended.out.splitlines() == [
        "chosen: Bread",
        "no longer chosen: Cookies",
        "removed from the plan: Box (it needs a recipe that is not selected)",
        "removed from the plan: Bag (it needs a recipe that is not selected)",
    ]


# Completing.


def test_completing_without_a_terminal_is_refused_while_anything_is_undone(call, started):
    call("bake", "fair", "cookie", "2")
    call("pack", "fair", "box", "4")
    before = contents(started)
    ended = call("complete", "fair")

    assert (ended.status, ended.out) == (1, "")
    assert [line.strip() for line in ended.err.splitlines()] == [
        "plandoc: 3 items are not done yet:",
        "Cookie: 2 of 6 batches baked - record what was baked with 'plandoc bake fair cookie 4'",
        "Box: 4 of 10 packed - record what was packed with 'plandoc pack fair box 6'",
        "Bag: 0 of 3 packed - record what was packed with 'plandoc pack fair bag 3'",
        "nothing was changed: this needs confirmation and there is no terminal; pass --yes to continue",
    ]
    assert contents(started) == before


def test_yes_completes_it_and_still_shows_what_is_left_undone(call, started):
    ended = call("complete", "fair", "--yes")

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "Fair (event 1) is COMPLETED now",
        "left undone: Cookie: 0 of 6 batches baked",
        "left undone: Box: 0 of 10 packed",
        "left undone: Bag: 0 of 3 packed",
    ]


def test_a_plan_that_is_done_is_completed_without_a_question(call, started):
    for step in (("bake", "fair", "cookie", "6"), ("pack", "fair", "box", "10"), ("pack", "fair", "bag", "3")):
        assert call(*step).status == 0
    ended = call("complete", "fair")

    assert (ended.status, ended.out) == (0, "Fair (event 1) is COMPLETED now\n")


@pytest.mark.costly
@pytest.mark.sample(1)
@needs_a_terminal
@pytest.mark.parametrize(
    ("answer", "becomes"), [("y\n", "completed"), ("n\n", "in_production"), ("\n", "in_production")]
)
def test_who_is_asked_decides_whether_it_is_completed(call, started, terminal, answer, becomes):
    seen = terminal.run("complete", "fair", answers=[answer])

    assert "1. Cookie: 0 of 6 batches baked" in seen.text
    assert f"Complete it anyway? This cannot be undone. {QUESTION}" in seen.text
    assert seen.widest <= 80
    assert (seen.status, state(call)) == (0 if becomes == "completed" else 1, becomes)


def test_a_plan_that_cannot_be_completed_is_refused_without_a_question(call, fair):
    ended = call("complete", "fair", "--yes")

    assert ended.status == 1
    assert "lock the plan first, with 'plandoc lock fair'" in ended.err


def test_a_completed_plan_waits_for_nothing_on_the_screen(call, started):
    call("bake", "fair", "cookie", "2")
    call("pack", "fair", "box", "4")
    call("complete", "fair", "--yes")
    lines = [line.split("\t") for line in call("progress", "fair").out.splitlines()]

    assert lines[0] == [
        "Fair: completed with 4 batches and 9 goods left undone; 2 of 6 batches baked, 4 of 13 goods packed"
    ]
    assert lines[3] == ["unit", "batches", "not baked", "made", "lost", "needed", "in the end"]
    assert lines[4] == ["Cookie", "2 of 6", "4", "48", "0", "135", "87 short"]
    assert lines[7] == ["good", "packed", "not packed", "remark"]
    assert "undone     4 batches and 9 goods" in call("plan", "show", "fair").out
    assert lines[8:] == [["Box", "4 of 10", "6", ""], ["Bag", "0 of 3", "3", ""]]


# Numbers far beyond the plan.


def test_baking_more_than_is_planned_is_asked(call, started):
    call("bake", "fair", "cookie", "5")
    before = contents(started)
    ended = call("bake", "fair", "cookie", "500")

    assert ended.status == 1
    assert "1 number goes beyond what is planned:" in ended.err
    assert "Cookie: 6 batches decided, 5 baked already, and 500 batches more to record" in ended.err
    assert "--yes" in ended.err
    assert contents(started) == before
    assert call("bake", "fair", "cookie", "1").status == 0
    assert call("bake", "fair", "cookie", "1", "--yes").status == 0


@pytest.mark.costly
@pytest.mark.sample(1)
@needs_a_terminal
@pytest.mark.parametrize(("answer", "status"), [("yes\n", 0), ("no\n", 1)])
def test_who_is_asked_decides_whether_more_is_recorded(call, started, terminal, answer, status):
    seen = terminal.run("bake", "fair", "cookie", "7", answers=[answer])

    assert f"Record it anyway? {QUESTION}" in seen.text
    assert seen.status == status
    assert len(json.loads(call("runs", "fair", "--json").out)) == 1 - status


def test_baking_what_is_in_no_plan_is_refused_and_not_asked(call, started):
    with plandoc.open_store(started) as store, store.session() as session:
        session.add(plandoc.FinishedUnit("Crumb", 1, items_per_batch=100))
    ended = call("bake", "fair", "crumb", "3")

    assert "neither decided nor needed" in ended.err
    assert "'plandoc amend batches fair crumb 3 --reason TEXT'" in ended.err


@pytest.mark.parametrize(("batches", "status"), [(60, 0), (61, 1), (10**9, 1)])
def test_more_than_ten_times_what_is_enough_is_asked_when_it_is_decided(call, fair, batches, status):
    ended = call("plan", "batches", "fair", f"cookie={batches}")

    assert ended.status == status
    if status:
        assert f"Cookie: {batches} batches, and 6 batches are enough for the 135 needed" in ended.err
        assert call("plan", "batches", "fair", f"cookie={batches}", "--yes").status == 0


@pytest.mark.parametrize(("batches", "status"), [(60, 0), (61, 1)])
def test_it_is_asked_when_it_is_amended_too(call, started, batches, status):
    amend = ("amend", "batches", "fair", "cookie", str(batches), "--reason", "a slip")
    ended = call(*amend)

    assert ended.status == status
    assert bool(status) == ("6 batches are enough for the 135 needed" in ended.err)
    assert call(*amend[:4], "62", *amend[5:], "--yes").status == 0


def test_ten_batches_of_what_nobody_needs_are_no_question_and_a_thousand_are(call, fair):
    call("plan", "goods", "fair", "box=0", "bag=0")

    assert call("plan", "batches", "fair", "cookie=10").status == 0
    assert call("plan", "batches", "fair", "cookie=1000").status == 1


# What is there already.


def test_an_event_of_the_same_name_and_day_is_not_added_again_unless_that_is_said(call, fair):
    before = contents(fair)
    ended = call("event", "add", " fair ", "--date", "2026-12-25")
    again = call("event", "add", "Fair", "--date", "2026-12-25", "--again")

    assert ended.status == 1
    assert "'Fair' on 2026-12-25 already exists as fair (event 1); nothing was added" in ended.err
    assert "--again" in ended.err
    assert contents(fair) != before
    assert "added 'Fair' on 2026-12-25 as fair-2 (event 2)" in again.out


def test_an_event_of_the_same_name_on_another_day_is_added_and_the_other_named(call, fair):
    ended = call("event", "add", "Fair", "--date", "2027-12-25")

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "added 'Fair' on 2027-12-25 as fair-2 (event 2)",
        "there is also 'Fair' on 2026-12-25, fair (event 1)",
    ]


def test_names_in_other_scripts_are_told_apart(call, fair):
    first = call("event", "add", "お祭り", "--date", "2026-12-25")
    second = call("event", "add", "Ярмарка", "--date", "2026-12-25")

    assert (first.status, second.status) == (0, 0)
    assert "there is also" not in second.out


# One step for one change of mind.


def test_goods_and_all_their_batches_are_amended_with_one_reason(call, started):
    ended = call("amend", "quantity", "fair", "box", "40", "--enough", "--reason", "30 guests more")

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "amendment 1: Box from 10 to 40 (30 guests more)",
        "amendment 2: batches of Cookie from 6 to 21 (30 guests more)",
        "21 batches make 504 of 495 needed (9 over)",
    ]
    assert call("plan", "review", "fair").status == 0


def test_all_batches_are_amended_to_be_enough(call, started):
    short = call("amend", "quantity", "fair", "box", "40", "--reason", "30 guests more")
    ended = call("amend", "batches", "fair", "--enough", "--reason", "30 guests more")

    assert "'plandoc amend batches fair --enough --reason TEXT' bakes enough of everything" in short.out
    assert short.out.count("\n- ") == 1
    assert ended.out.splitlines()[0] == "amendment 2: batches of Cookie from 6 to 21 (30 guests more)"
    assert call("amend", "batches", "fair", "--enough", "--reason", "again").status == 1


def test_a_good_that_is_added_can_bring_its_batches(call, started):
    ended = call("amend", "add", "fair", "tin", "4", "--enough", "--reason", "for the choir")

    assert ended.out.splitlines()[1] == "amendment 2: batches of Cookie from 6 to 11 (for the choir)"


def test_as_json_all_amendments_of_a_step_are_printed(call, started):
    ended = call("amend", "quantity", "fair", "box", "40", "--enough", "--reason", "more", "--json")
    changes = json.loads(ended.out)["changes"]

    assert [one["record"]["sequence"] for one in changes if one["table"] == "plan_amendments"] == [1, 2]


@pytest.mark.parametrize("words", [("cookie", "7", "--enough"), ("cookie",), ()])
def test_batches_are_given_or_enough_are_asked_for(call, started, words):
    ended = call("amend", "batches", "fair", *words, "--reason", "more")

    assert ended.status == 2
    assert "UNIT BATCHES" in ended.err


# Ways out.


def pasted(text):
    """The commands in what was said, as they would be pasted."""
    return [shlex.split(line.replace("TEXT", "'because'")) for line in PASTED.findall(text)]


STEPS_TO_FINDINGS = {
    "undecided": (),
    "short": (("plan", "batches", "fair", "cookie=2", "--accept-shortfall"), ("plan", "goods", "fair", "box=20")),
    "stale": (("plan", "batches", "fair", "cookie=9"), ("plan", "goods", "fair", "box=9")),
    "unneeded": (("plan", "batches", "fair", "cookie=6"), ("plan", "goods", "fair", "box=0", "bag=0")),
}


@pytest.mark.sample(3)
@pytest.mark.parametrize("is_started", [False, True])
@pytest.mark.parametrize("kind", STEPS_TO_FINDINGS)
def test_each_hint_of_a_finding_can_be_pasted_and_helps(call, fair, kind, is_started):
    steps = [*STEPS_TO_FINDINGS[kind], *((("lock", "fair", "--yes"), ("start", "fair", "--yes")) if is_started else ())]
    for step in steps:
        assert call(*step).status == 0, step
    review = call("plan", "review", "fair")
    first = pasted(review.out)[0]

    assert review.out.splitlines()[1].startswith(kind)
    assert call(*first).status == 0, first
    assert call("plan", "review", "fair").status == 0


def test_a_good_whose_recipe_is_not_chosen_comes_with_the_command_that_chooses_it(call, fair):
    call("plan", "decide", "fair", "--enough")
    catalog = json.loads((fair / "catalog.json").read_bytes())
    catalog["recipes"]["2"] = {**catalog["recipes"]["1"], "name": "Bread", "slug": "bread"}
    catalog["finished_units"]["1"]["recipe_id"] = 2
    catalog["_plandoc"]["1"]["next_ids"]["recipes"] = 3
    (fair / "catalog.json").write_text(json.dumps(catalog))
    review = call("plan", "review", "fair")
    command = pasted(review.out)[0]

    assert command == ["plan", "goods", "fair", "box=10", "--add-missing-recipes"]
    assert call(*command).status == 0
    assert "missing_recipe" not in call("plan", "review", "fair").out


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("steps", "refused", "hint"),
    [
        ((), ("start", "fair"), "'plandoc lock fair'"),
        ((("lock", "1", "--yes"),), ("plan", "goods", "1", "box=1"), "'plandoc unlock fair'"),
        ((("lock", "fair", "--yes"),), ("bake", "fair", "cookie", "1"), "'plandoc start fair'"),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes")),
            ("plan", "goods", "fair", "box=1", "bag=0", "3=2"),
            "'plandoc amend drop fair bag --reason TEXT' and 'plandoc amend add fair 3 2 --reason TEXT'\n",
        ),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes")),
            ("plan", "goods", "fair", "box=10", "--replace"),
            "amend it with 'plandoc amend drop fair bag --reason TEXT'\n",
        ),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes")),
            ("plan", "batches", "fair", "cookie=1"),
            "'plandoc amend batches fair cookie 1 --reason TEXT'",
        ),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes")),
            ("plan", "decide", "fair", "--enough"),
            "'plandoc amend batches fair --enough --reason TEXT'",
        ),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes")),
            ("plan", "undecide", "fair", "cookie"),
            "'plandoc amend batches fair cookie 0 --reason TEXT'",
        ),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes")),
            ("pack", "fair", "box", "2"),
            "'plandoc bake fair cookie 1'",
        ),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes"), ("bake", "fair", "cookie", "20", "--yes")),
            ("pack", "fair", "box", "12"),
            "'plandoc amend quantity fair box 12 --reason TEXT'",
        ),
        (
            (("lock", "fair", "--yes"), ("start", "fair", "--yes")),
            ("amend", "quantity", "fair", "tin", "3", "--reason", "more"),
            "'plandoc amend add fair tin 3 --reason TEXT'",
        ),
    ],
)
def test_a_refusal_names_the_command_with_what_was_typed(call, fair, steps, refused, hint):
    for step in steps:
        assert call(*step).status == 0, step
    ended = call(*refused)

    assert ended.status == 1
    assert hint in ended.err
