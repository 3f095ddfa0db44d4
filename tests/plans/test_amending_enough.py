"""One step for one change of mind: goods and all the batches that they need, with one reason, in one write."""

from __future__ import annotations

import pytest

import plandoc
from plandoc import PlanState, amend_enough, change_quantity
from plandoc.records import AddFinishedGood, ChangeQuantity, Component, FinishedGood, FinishedUnit, ModifyBatch, Recipe
from tests.builders import a_plan, transactions
from tests.plans.amending import batches_of, goods_of, messages_of, recipes_of, refuses_without_a_byte

MORE = "30 guests more"


@pytest.fixture
def event(store, bakery):
    """In production: 10 cookie boxes and 2 hampers, 6 batches of cookies and 1 of cake, which is exactly enough."""
    return a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)


def changes_of(event):
    return [one.change for one in plandoc.get_amendments(event.id)]


def batch_changes(event):
    return [
        (one.finished_unit_slug, one.old_batches, one.new_batches)
        for one in changes_of(event)
        if isinstance(one, ModifyBatch)
    ]


def test_more_of_a_good_brings_all_batches_that_it_needs_in_one_write(folder, bakery, event):
    before = len(transactions(folder))
    amendment = change_quantity(event.id, bakery.hamper.id, 9, MORE, enough=True)
    goods, cookies, slices = plandoc.get_amendments(event.id)

    assert len(transactions(folder)) == before + 1
    assert amendment == goods
    assert goods.change == ChangeQuantity(bakery.hamper.id, "Hamper", old_quantity=2, new_quantity=9)
    assert batch_changes(event) == [("cookie", 6, 10), ("slice", 1, 5)]
    assert [one.sequence for one in (goods, cookies, slices)] == [1, 2, 3]
    assert {one.reason for one in (goods, cookies, slices)} == {MORE}
    assert batches_of(event) == {bakery.cookie.id: 10, bakery.slice.id: 5}
    assert plandoc.review_plan(event.id) == []


def test_without_it_the_batches_stay_and_each_unit_is_one_finding(bakery, event):
    change_quantity(event.id, bakery.hamper.id, 9, MORE)

    assert batches_of(event) == {bakery.cookie.id: 6, bakery.slice.id: 1}
    assert [(one.kind.value, one.what) for one in plandoc.review_plan(event.id)] == [
        ("short", "Cookie"),
        ("short", "Slice"),
    ]


def test_fewer_of_a_good_take_fewer_batches_but_never_fewer_than_are_baked(bakery, event):
    plandoc.record_production(event.id, bakery.cookie.id, 5)
    change_quantity(event.id, bakery.cookie_box.id, 1, "rain", enough=True)

    assert batch_changes(event) == [("cookie", 6, 5)]
    assert plandoc.review_plan(event.id) == []


def test_units_of_other_goods_stay_as_they_were_decided(bakery, event):
    plandoc.modify_batch_decision(event.id, bakery.slice.id, 9, "to be sure")
    change_quantity(event.id, bakery.cookie_box.id, 30, MORE, enough=True)

    assert batches_of(event) == {bakery.cookie.id: 16, bakery.slice.id: 9}


def test_a_number_that_is_right_already_counts_for_the_need_of_now_without_an_amendment(store, bakery):
    event = a_plan(store, bakery=bakery, quantities={bakery.cookie_box.id: 3})
    plandoc.decide_enough(event.id)
    plandoc.lock_plan(event.id)
    plandoc.start_production(event.id)
    change_quantity(event.id, bakery.cookie_box.id, 4, MORE, enough=True)
    (decision,) = plandoc.get_batch_decisions(event.id)

    assert len(plandoc.get_amendments(event.id)) == 1
    assert (decision.batches, decision.units_needed) == (2, 48)
    assert plandoc.review_plan(event.id) == []


def test_a_new_good_brings_its_recipe_and_enough_batches(store, event):
    with store.session() as session:
        recipe = session.add(Recipe("Apple Pie"))
        pie = session.add(FinishedUnit("Pie", recipe.id, items_per_batch=8))
        tart = session.add(FinishedUnit("Tart", recipe.id, items_per_batch=12))
        parts = (Component(finished_unit_id=pie.id, quantity=2), Component(finished_unit_id=tart.id))
        box = session.add(FinishedGood("Pie Box", parts))
    plandoc.add_finished_good(event.id, box.id, 5, "somebody wants pie", enough=True)
    added, *batches = plandoc.get_amendments(event.id)

    assert added.change == AddFinishedGood(box.id, "Pie Box", 5)
    assert [one.added_recipe_ids for one in (added, *batches)] == [(recipe.id,), (), ()]
    assert batch_changes(event) == [("pie", 0, 2), ("tart", 0, 1)]
    assert recipes_of(event)[-1] == "Apple Pie"
    assert plandoc.get_plan_comparison(event.id).total_changes == 4


def test_all_batches_become_enough_with_one_reason(store, bakery):
    event = a_plan(store, bakery=bakery, quantities={bakery.cookie_box.id: 10, bakery.hamper.id: 2})
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 2, accept_shortfall=True)
    plandoc.lock_plan(event.id)
    plandoc.start_production(event.id)
    amendments = amend_enough(event.id, f"  {MORE} ")

    assert amendments == plandoc.get_amendments(event.id)
    assert batch_changes(event) == [("cookie", 2, 6), ("slice", 0, 1)]
    assert {one.reason for one in amendments} == {MORE}
    assert plandoc.review_plan(event.id) == []


def test_what_was_lost_in_baking_is_baked_again(bakery, event):
    plandoc.record_production(event.id, bakery.cookie.id, 6, lost={"burnt": 30})
    before = plandoc.get_progress(event.id).units[0].short_after_remaining
    amend_enough(event.id, "burnt")

    assert before == 30
    assert batch_changes(event) == [("cookie", 6, 8)]
    assert plandoc.get_progress(event.id).units[0].short_after_remaining == 0


def test_batches_that_nobody_needs_stay(bakery, event):
    plandoc.modify_batch_decision(event.id, bakery.small_cookie.id, 3, "for the staff")
    change_quantity(event.id, bakery.cookie_box.id, 12, MORE)
    amend_enough(event.id, MORE)

    assert batches_of(event) == {bakery.cookie.id: 7, bakery.small_cookie.id: 3, bakery.slice.id: 1}


def test_where_enough_is_decided_it_is_refused_for_nothing_would_change(folder, event):
    refused = refuses_without_a_byte(folder, lambda: amend_enough(event.id, MORE))

    assert messages_of(refused) == ["enough batches are already decided for everything, so nothing would change"]


@pytest.mark.parametrize("reason", ["", " \t", None, 7])
def test_a_reason_is_wanted(folder, bakery, event, reason):
    refuses_without_a_byte(folder, lambda: amend_enough(event.id, reason))
    refuses_without_a_byte(folder, lambda: change_quantity(event.id, bakery.hamper.id, 9, reason, enough=True))


def test_a_step_that_cannot_be_made_whole_leaves_the_session_as_it_was(store, folder, bakery, event):
    with store.session() as session:
        huge = session.add(FinishedGood("Crate", (Component(finished_unit_id=bakery.slice.id, quantity=10**11),)))
        plandoc.add_finished_good(event.id, huge.id, 1, "a dream", session=session)
        before = session.find(plandoc.results.EventFinishedGood, event_id=event.id)
        with pytest.raises(plandoc.ValidationError, match="batches of Slice: wanted a whole number of at most"):
            change_quantity(event.id, huge.id, 10**3, MORE, enough=True, session=session)

        assert session.find(plandoc.results.EventFinishedGood, event_id=event.id) == before
        assert len(plandoc.get_amendments(event.id, session=session)) == 1


def test_the_plan_is_what_snapshot_and_amendments_make_it(store, folder, bakery, event):
    change_quantity(event.id, bakery.hamper.id, 9, MORE, enough=True)
    plandoc.record_production(event.id, bakery.slice.id, 2, lost={"fell": 3})
    amend_enough(event.id, "it fell")
    store.close()

    assert plandoc.check(folder) == []
    with plandoc.open_store(folder):
        assert goods_of(event) == {"Cookie Gift Box": 10, "Hamper": 9}
        assert batch_changes(event) == [("cookie", 6, 10), ("slice", 1, 5), ("slice", 5, 6)]
