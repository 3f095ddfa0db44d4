"""What the batches that are not baked yet still take, and what of it has to be bought."""

from __future__ import annotations

from decimal import Decimal

import pytest

import plandoc
from plandoc import PlanState, RunKind
from plandoc.domain.ingredient_needs import BatchGroup, combined_needs
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.exchange import import_file
from plandoc.workflow.production import get_progress, record_production, void_run
from plandoc.workflow.shopping import get_ingredient_needs, get_shopping_list
from plandoc.workflow.stock import set_stock
from tests.builders import a_plan, folder_bytes
from tests.exchange.exports import real

BOXES = "bake_tracker_3.4_boxes.json"


@pytest.fixture
def event(store, bakery):
    """In production with 6 batches of cookies and 1 of cake decided."""
    return a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)


def _needs(event_ids, *, remaining):
    rows = get_ingredient_needs(event_ids, remaining=remaining).rows
    return {row.ingredient.name: str(row.amount) for row in rows}


ALL = {"Flour": "15 cup", "Sugar": "6 cup", "Butter": "1.005 cup"}


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.LOCKED, PlanState.IN_PRODUCTION])
def test_before_the_first_run_all_remains(store, bakery, state):
    event = a_plan(store, state, bakery=bakery)

    assert _needs(event.id, remaining=True) == _needs(event.id, remaining=False) == ALL
    assert get_shopping_list(event.id, remaining=True) == get_shopping_list(event.id)


def test_what_is_baked_is_needed_no_more(bakery, event):
    record_production(event.id, bakery.cookie.id, 2)
    after_cookies = _needs(event.id, remaining=True)
    record_production(event.id, bakery.slice.id, 1)

    assert after_cookies == {"Flour": "11 cup", "Sugar": "4 cup", "Butter": "1.005 cup"}
    assert _needs(event.id, remaining=True) == {"Flour": "8 cup", "Sugar": "4 cup"}
    assert _needs(event.id, remaining=False) == ALL


def test_when_all_is_baked_nothing_remains_and_nothing_is_bought(bakery, event):
    record_production(event.id, bakery.cookie.id, 4)
    record_production(event.id, bakery.cookie.id, 2)
    record_production(event.id, bakery.slice.id, 1)
    shopping = get_shopping_list(event.id, remaining=True)

    assert _needs(event.id, remaining=True) == {}
    assert (shopping.enough, shopping.buy, shopping.cannot_compare, shopping.undecided) == ((), (), (), ())


@pytest.mark.parametrize("done", range(1, 7))
def test_what_remains_is_the_whole_less_what_the_baked_batches_took(bakery, event, done):
    record_production(event.id, bakery.cookie.id, done)
    whole = {row.ingredient: row.amount.exact for row in get_ingredient_needs(event.id).rows}
    left = {row.ingredient: row.amount.exact for row in get_ingredient_needs(event.id, remaining=True).rows}

    assert whole[bakery.flour] - left[bakery.flour] == 2 * done
    assert whole[bakery.sugar] - left.get(bakery.sugar, 0) == done
    assert whole[bakery.butter] == left[bakery.butter]


def test_units_that_were_lost_bring_no_batch_back(bakery, event):
    record_production(event.id, bakery.cookie.id, 2, units_made=0, lost={"burnt": 48})

    assert _needs(event.id, remaining=True)["Sugar"] == "4 cup"


def test_a_voided_run_is_still_to_be_baked(bakery, event):
    run = record_production(event.id, bakery.cookie.id, 2)
    void_run(event.id, RunKind.PRODUCTION, run.id, "recorded for the wrong event")

    assert _needs(event.id, remaining=True) == ALL


def test_baking_more_than_decided_saves_nothing_for_the_other_yield_of_the_recipe(store, bakery):
    event = a_plan(store, bakery=bakery)
    plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 3)
    plandoc.lock_plan(event.id)
    plandoc.start_production(event.id)
    record_production(event.id, bakery.cookie.id, 9)

    assert _needs(event.id, remaining=True)["Sugar"] == "3 cup"


def test_several_events_remain_each_for_itself(store, bakery, event):
    other = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Easter")
    record_production(event.id, bakery.cookie.id, 8)
    record_production(other.id, bakery.cookie.id, 1)

    assert _needs([event.id, other.id], remaining=True)["Sugar"] == "5 cup"
    assert _needs([event.id, other.id], remaining=False)["Sugar"] == "12 cup"


def test_of_a_completed_event_nothing_remains_for_nobody_will_bake_it(bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    plandoc.complete_production(event.id)
    shopping = get_shopping_list(event.id, remaining=True)

    assert _needs(event.id, remaining=True) == {}
    assert (shopping.buy, shopping.cannot_compare, shopping.undecided) == ((), (), ())
    assert _needs(event.id, remaining=False) == ALL


def sugar_to_buy(bakery, shopping):
    return next(str(row.to_buy) for item in shopping.buy for row in item.rows if item.ingredient == bakery.sugar)


def test_the_stock_is_set_against_what_remains(bakery, event):
    set_stock(bakery.sugar.id, Decimal(4), "cup")
    before = sugar_to_buy(bakery, get_shopping_list(event.id))
    record_production(event.id, bakery.cookie.id, 2)

    assert (before, sugar_to_buy(bakery, get_shopping_list(event.id))) == ("2 cup", "2 cup")
    assert sugar_to_buy(bakery, get_shopping_list(event.id, remaining=False)) == "4 cup"
    record_production(event.id, bakery.cookie.id, 1, use_stock=False)
    assert sugar_to_buy(bakery, get_shopping_list(event.id)) == "1 cup"


def test_what_nobody_decided_is_listed_until_enough_of_it_is_made(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={bakery.cookie_box.id: 3})
    record_production(event.id, bakery.cookie.id, 1)
    before = get_ingredient_needs(event.id, remaining=True).undecided
    record_production(event.id, bakery.cookie.id, 1)

    assert [finding.finished_unit_id for finding in before] == [bakery.cookie.id]
    assert get_ingredient_needs(event.id, remaining=True).undecided == ()
    assert get_shopping_list(event.id, remaining=True).undecided == ()
    assert [finding.finished_unit_id for finding in get_ingredient_needs(event.id).undecided] == [bakery.cookie.id]


def test_asking_what_remains_changes_no_byte(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    before = folder_bytes(folder)
    needs, shopping = get_ingredient_needs(event.id, remaining=True), get_shopping_list(event.id, remaining=True)

    assert needs.events == shopping.events == (event,)
    assert folder_bytes(folder) == before


def test_what_remains_of_the_worked_example_is_one_batch_of_fudge_and_one_of_pecan_sandies(store):
    import_file(real(BOXES))
    event = next(one for one in plandoc.list_records(plandoc.Event) if one.name == "Holiday Baking 2024")
    remaining = {unit.unit.slug: unit for unit in get_progress(event.id).units if unit.batches_remaining}
    needs = get_ingredient_needs(event.id, remaining=True)
    one_of_each = dict.fromkeys((unit.recipe.id for unit in remaining.values()), 1)

    assert {slug: unit.batches_remaining for slug, unit in remaining.items()} == {"fudge-piece": 1, "pecan-sandy": 1}
    assert needs.rows == store.read(
        lambda session: combined_needs([BatchGroup(one_of_each, catalog_definitions(session))])
    )
    assert {row.ingredient.id for row in needs.rows} == {
        line.ingredient_id for unit in remaining.values() for line in unit.recipe.lines
    }
    assert len(needs.rows) < len(get_ingredient_needs(event.id).rows)
    assert needs.undecided == ()
