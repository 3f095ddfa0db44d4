"""How many calls one warmed operation makes, in Python and C: the work of a commit as a figure without noise."""

from __future__ import annotations

import datetime
import statistics
import sys

import pytest

import plandoc

RECIPES, GOODS, EVENTS = 8, 12, 16
# What was counted last, by CPython 3.11; later versions make fewer. docs/design.md says what they are made of.
FIGURES = {"start_production": 902, "save_batch_decision": 989, "change_quantity": 850}
# Room for what differs from one machine to another. A figure that falls is written here, so that it does not rise again unnoticed.
ROOM = 1.05


def a_catalog(store):
    with store.session("catalog") as session:
        recipes = [session.add(plandoc.Recipe(f"Recipe {i}", category="Cookies")) for i in range(RECIPES)]
        units = [session.add(plandoc.FinishedUnit(one.name, one.id, items_per_batch=24)) for one in recipes]
        parts = [(plandoc.Component(units[i % RECIPES].id),) for i in range(GOODS)]
        goods = [session.add(plandoc.FinishedGood(f"Good {i}", part)) for i, part in enumerate(parts)]
    return units, goods


def a_plan(session, units, goods):
    event = session.add(plandoc.Event("Fair", datetime.date(2026, 12, 25)))
    plandoc.set_event_recipes(event.id, [unit.recipe_id for unit in units], session=session)
    plandoc.set_event_finished_goods(event.id, {good.id: 10 for good in goods}, session=session)
    for unit in units:
        plandoc.save_batch_decision(event.id, unit.id, 5, session=session)
    return event.id


def calls_of(operation, *arguments):
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        operation(*arguments)
    finally:
        sys.setprofile(before)
    return calls


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The calls of each operation, by its name; the first events warm the store up."""
    folder = tmp_path_factory.mktemp("calls") / "data"
    with plandoc.open_store(folder, create=True) as store:
        units, goods = a_catalog(store)
        with store.session("plans") as session:
            events = [a_plan(session, units, goods) for _ in range(EVENTS)]
    with plandoc.open_store(folder) as store:
        plandoc.use_store(store)
        decided = [calls_of(plandoc.save_batch_decision, event, units[0].id, 6 + event) for event in events]
        for event in events:
            plandoc.lock_plan(event)
        started = [calls_of(plandoc.start_production, event) for event in events]
        changed = [calls_of(plandoc.change_quantity, event, goods[0].id, 11, "more guests") for event in events]
    assert plandoc.check(folder) == []
    found = {"start_production": started, "save_batch_decision": decided, "change_quantity": changed}
    return {name: statistics.median_high(calls[4:]) for name, calls in found.items()}


@pytest.mark.of_folder
@pytest.mark.parametrize("operation", FIGURES)
def test_an_operation_makes_no_more_calls_than_it_did(counted, operation):
    assert counted[operation] <= FIGURES[operation] * ROOM
