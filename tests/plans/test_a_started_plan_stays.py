"""A started plan stays what it is: whatever becomes of the catalog, no answer about it changes by a byte."""

from __future__ import annotations

import inspect
import json
import re

import attrs
import pytest

import plandoc
from plandoc import store
from plandoc.records import FindingKind, PlanState
from plandoc.workflow import review
from tests.plans.catalog_changes import CHANGES, a_started_plan, files_go_to

STARTED = (PlanState.IN_PRODUCTION, PlanState.COMPLETED)


def exported(event_id, tmp_path):
    """What an export has of the plan itself; everything else in it is the catalog, or named as it is there."""
    file = tmp_path / "export.json"
    plandoc.export_file(file, [event_id])
    tables = json.loads(file.read_bytes())
    told = [
        tables[name]
        for name in ("plan_snapshots", "plan_amendments", "production_runs", "assembly_runs", "voided_runs")
    ]
    return re.sub(r"'(\w+)_slug': '[^']*'", r"'\1_slug'", repr(told))


def written(event_id, tmp_path):
    """The report as a file."""
    return plandoc.write_report(event_id, tmp_path / "report.html", replace=True).read_text("utf-8")


def in_spreadsheets(_, tmp_path):
    """The tables for a spreadsheet that tell of events."""
    files = plandoc.export_csv(tmp_path / "sheets", ["events", "plans", "batches"], replace=True)
    return repr([file.read_bytes() for file in files])


def shown(function):
    """How the answer of a function of an event looks."""
    return lambda event_id, _: repr(function(event_id))


# What each public function that takes an event and changes nothing answers about it.
ANSWERS = {
    "export_file": exported,
    "get_amendments": shown(plandoc.get_amendments),
    "get_available_finished_goods": shown(plandoc.get_available_finished_goods),
    "get_batch_decisions": shown(plandoc.get_batch_decisions),
    "get_batch_options": shown(plandoc.get_batch_options),
    "get_event_fg_quantities": shown(plandoc.get_event_fg_quantities),
    "get_event_recipes": shown(plandoc.get_event_recipes),
    "get_feasibility": shown(plandoc.get_feasibility),
    "get_ingredient_needs": lambda event_id, _: repr(
        [plandoc.get_ingredient_needs(event_id), plandoc.get_ingredient_needs([event_id], remaining=True)]
    ),
    "get_plan": shown(plandoc.get_plan),
    "get_plan_comparison": shown(plandoc.get_plan_comparison),
    "get_plan_snapshot": shown(plandoc.get_plan_snapshot),
    "get_production_sheet": shown(plandoc.get_production_sheet),
    "get_progress": shown(plandoc.get_progress),
    "get_requirements": shown(plandoc.get_requirements),
    "get_shopping_list": lambda event_id, _: repr(
        [plandoc.get_shopping_list(event_id), plandoc.get_shopping_list([event_id], remaining=True)]
    ),
    "render_report": lambda event_id, _: plandoc.render_report(event_id),
    "review_plan": shown(plandoc.review_plan),
    "write_report": written,
}
# What answers about events although it does not take one.
OF_ALL_EVENTS = {"export_csv": in_spreadsheets}


def test_no_public_function_that_answers_about_an_event_is_missing_here():
    functions = {name: getattr(plandoc, name) for name in plandoc.__all__ if inspect.isfunction(getattr(plandoc, name))}
    taking_an_event = {
        name for name, one in functions.items() if {"event_id", "event_ids"} & inspect.signature(one).parameters.keys()
    }

    assert taking_an_event - store.CHANGING.keys() == set(ANSWERS)


def answers_about(event, tmp_path):
    return {name: answer(event.id, tmp_path) for name, answer in (ANSWERS | OF_ALL_EVENTS).items()}


@pytest.mark.sample(3)
@pytest.mark.sample(3)
@pytest.mark.parametrize("state", STARTED)
@pytest.mark.parametrize("change", CHANGES)
def test_no_change_of_the_catalog_changes_an_answer_about_a_started_plan(
    store, folder, tmp_path, monkeypatch, change, state
):
    # But for what a review of a running plan says of the change itself; see the next test.
    monkeypatch.setattr(review, "catalog_changes", lambda *_: ())
    files_go_to(tmp_path)
    bakery, event = a_started_plan(store, state)
    before = answers_about(event, tmp_path)
    catalog = (folder / "catalog.json").read_bytes()
    with store.session(change) as session:
        CHANGES[change](session, bakery)
    after = answers_about(event, tmp_path)

    assert {name for name in before if after[name] != before[name]} == set()
    assert (folder / "catalog.json").read_bytes() != catalog


@pytest.mark.sample(7)
@pytest.mark.parametrize("change", CHANGES)
def test_a_review_of_a_running_plan_says_what_changed_and_nothing_else_anew(store, tmp_path, change):
    files_go_to(tmp_path)
    bakery, event = a_started_plan(store)
    before = plandoc.review_plan(event.id)
    with store.session(change) as session:
        CHANGES[change](session, bakery)
    after = plandoc.review_plan(event.id)

    new = [finding for finding in after if finding not in before]
    assert after == [*before, *new]
    assert {finding.kind for finding in new} <= {FindingKind.CATALOG_CHANGED}
    assert (new == []) is (change == "more of everything")
    assert plandoc.get_plan(event.id).findings == tuple(after)


def test_a_review_of_a_completed_plan_says_nothing_of_the_catalog(store):
    bakery, event = a_started_plan(store, PlanState.COMPLETED)
    before = plandoc.review_plan(event.id)
    with store.session() as session:
        CHANGES["twice as much in every recipe"](session, bakery)

    assert plandoc.review_plan(event.id) == before


@pytest.mark.parametrize("state", STARTED)
def test_a_catalog_that_was_emptied_by_hand_changes_no_answer(store, folder, tmp_path, monkeypatch, state):
    monkeypatch.setattr(review, "catalog_changes", lambda *_: ())
    _, event = a_started_plan(store, state)
    # An export must refer to the catalog, and the stock is a part of its file.
    asked = [
        name for name in ANSWERS if name not in {"export_file", "get_shopping_list", "render_report", "write_report"}
    ]
    before = {name: ANSWERS[name](event.id, tmp_path) for name in asked}
    store.close()
    file = folder / "catalog.json"
    whole = file.read_text("utf-8")
    file.write_text(
        re.sub(r'(?s)^( "(?:ingredients|recipes|finished_units|finished_goods)": ).*?^ \}', r"\1{}", whole, flags=re.M)
    )
    with plandoc.open_store(folder):
        after = {name: ANSWERS[name](event.id, tmp_path) for name in asked}
        gone = plandoc.list_records(plandoc.Recipe)
    file.write_text(whole, "utf-8")

    assert gone == []
    assert {name for name in asked if after[name] != before[name]} == set()


def test_what_a_running_plan_rests_on_cannot_be_removed_from_the_catalog(store):
    bakery, event = a_started_plan(store)
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cake, sub_recipes=()))
    with pytest.raises(
        plandoc.errors.StillUsedError, match="the plan of event 1 'Christmas 2026', which is in production"
    ):
        remove(store, bakery.frosting)
    plandoc.complete_production(event.id)

    remove(store, bakery.frosting)
    assert "Frosting" not in [recipe.name for recipe in plandoc.list_records(plandoc.Recipe)]


def remove(store, record):
    with store.session() as session:
        session.remove(type(record), record.id)
