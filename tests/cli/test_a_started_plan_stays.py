"""What each command prints about a started plan stays what it is, whatever becomes of the catalog."""

from __future__ import annotations

import re

import pytest

import plandoc
from plandoc.cli.command_table import COMMANDS
from plandoc.records import PlanState
from plandoc.workflow import review
from tests.plans.catalog_changes import CHANGES, a_started_plan, files_go_to

EVENT = "christmas-2026"
JSON = ((), ("--json",))

# Each command that answers about an event, and the ways to ask it.
ANSWERS = {
    "event list": [("event", "list", *more) for more in JSON],
    "event show": [("event", "show", EVENT, *more) for more in JSON],
    "plan available": [("plan", "available", EVENT, *more) for more in JSON],
    "plan options": [("plan", "options", EVENT, *more) for more in JSON],
    "plan show": [("plan", "show", EVENT, *more) for more in JSON],
    "plan review": [("plan", "review", EVENT, *more) for more in JSON],
    "needs": [("needs", EVENT, *more) for more in JSON],
    "shop": [("shop", EVENT, *more) for more in (*JSON, ("--csv",))],
    "feasible": [("feasible", EVENT, *more) for more in JSON],
    "amendments": [("amendments", EVENT, *more) for more in JSON],
    "compare": [("compare", EVENT, *more) for more in JSON],
    "runs": [("runs", EVENT, *more) for more in JSON],
    "progress": [("progress", EVENT, *more) for more in JSON],
    "snapshot": [("snapshot", EVENT, *more) for more in JSON],
    "report": [("report", EVENT, "-o", "report.html")],
    "sheet": [("sheet", EVENT, *more) for more in JSON],
    "check": [("check",)],
}
# What tells of the catalog or the stock, or changes something.
NO_ANSWERS = {
    *("demo", "init", "completion", "import", "export", "export-csv", "schema", "repair", "backup", "restore"),
    *("push", "pull", "sql-views"),
    *(
        "ingredient list",
        "ingredient import",
        "recipe list",
        "recipe import",
        "recipe convert",
        "good list",
        "good import",
    ),
    *("unit add", "unit list", "unit remove"),
    *("ingredient show", "ingredient merge", "recipe show", "good show"),
    *(
        f"{thing} {change}"
        for thing in ("ingredient", "recipe", "good")
        for change in ("add", "edit", "rename", "remove")
    ),
    *("event copy", "event remove"),
    *("stock list", "stock set", "stock add", "stock import"),
    *("event add", "event edit", "plan recipes", "plan goods", "plan batches", "plan decide", "plan undecide"),
    *("lock", "unlock", "start", "complete"),
    *("amend drop", "amend add", "amend quantity", "amend batches", "amend recipe", "amend good"),
    *("bake", "pack", "void"),
}


def test_no_command_is_missing_here():
    assert {command.name for command in COMMANDS} == ANSWERS.keys() | NO_ANSWERS


def printed(call, folder):
    """What every way to ask prints, and the report that is written, but for the moment when it was made."""
    answers = {words: call(*words) for ways in ANSWERS.values() for words in ways}
    report = (folder.parent / "report.html").read_text("utf-8")
    return {**answers, "report": re.sub("Made by plandoc on .*", "", report)}


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("state", [PlanState.IN_PRODUCTION, PlanState.COMPLETED])
@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_the_catalog_changes_what_is_printed(call, folder, tmp_path, monkeypatch, change, state):
    # But for what a review of a running plan says of the change itself.
    monkeypatch.setattr(review, "catalog_changes", lambda *_: ())
    files_go_to(tmp_path)
    with plandoc.open_store(folder, create=True) as store:
        bakery, event = a_started_plan(store, state)
    assert event.slug == EVENT
    before = printed(call, folder)
    with plandoc.open_store(folder) as store, store.session(change) as session:
        CHANGES[change](session, bakery)
    after = printed(call, folder)

    assert {words for words in before if after[words] != before[words]} == set()


def test_things_are_called_as_the_plan_calls_them_whatever_the_catalog_does(call, folder):
    with plandoc.open_store(folder, create=True) as store:
        bakery, _ = a_started_plan(store)
        with store.session() as session:
            for change in ("every FinishedUnit under another slug", "every FinishedGood under another slug"):
                CHANGES[change](session, bakery)
    ended = [
        call("bake", EVENT, "cookie", "1"),
        call("bake", EVENT, "other-cookie", "1"),
        call("pack", EVENT, "cookie-gift-box", "1"),
        call("amend", "quantity", EVENT, "cookie-gift-box", "11", "--reason", "more"),
        call("amend", "batches", EVENT, "cookie", "9", "--reason", "more"),
        call("amend", "good", EVENT, "cookie-gift-box", "--reason", "another slug"),
        call("amend", "drop", EVENT, "pie-to-go", "--reason", "no pie"),
    ]

    assert [one.status for one in ended] == [0] * len(ended)


def test_a_review_says_what_changed_with_the_commands_that_take_it_over(call, folder):
    with plandoc.open_store(folder, create=True) as store:
        bakery, _ = a_started_plan(store)
        with store.session() as session:
            for change in ("twice as much in every recipe", "boxes of slices"):
                CHANGES[change](session, bakery)
    review = call("plan", "review", EVENT)

    assert f"'plandoc amend recipe {EVENT} chocolate-chip-cookies --reason TEXT', or leave it" in review.out
    assert f"'plandoc amend good {EVENT} cookie-gift-box --reason TEXT', or leave it" in review.out


def test_a_recipe_and_a_good_are_taken_over_and_compared(call, folder):
    with plandoc.open_store(folder, create=True) as store:
        bakery, _ = a_started_plan(store)
        with store.session() as session:
            for change in ("twice as much in every recipe", "five more in every good"):
                CHANGES[change](session, bakery)
    recipe = call("amend", "recipe", EVENT, "apple-pie", "--reason", "they are small")
    good = call("amend", "good", EVENT, "cookie-gift-box", "--reason", "boxes are larger")
    compared = call("compare", EVENT)
    listed = call("amendments", EVENT)

    assert recipe.out.startswith("amendment 5: Apple Pie as the catalog has it (they are small)\n")
    assert good.out.startswith("amendment 6: Cookie Gift Box as the catalog has it (boxes are larger)\n")
    assert "~\trecipe Apple Pie\tApples\t2 kg\t4 kg\t5: they are small" in compared.out
    assert "~\tfinished good Cookie Gift Box\tCookie\t12\t17\t6: boxes are larger" in compared.out
    assert "5\t" in listed.out
    assert call("amend", "recipe", EVENT, "apple-pie", "--reason", "once more").status == 1
