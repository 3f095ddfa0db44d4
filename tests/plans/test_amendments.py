"""Amendments: the live plan and the record of its change, in one write."""

from __future__ import annotations

import datetime
import itertools

import attrs
import pytest

import plandoc
from plandoc import PlanState
from plandoc.records import (
    AddFinishedGood,
    ChangeQuantity,
    DropFinishedGood,
    EventRecipe,
    FinishedGood,
    ModifyBatch,
    PlanAmendment,
    Recipe,
)
from plandoc.workflow.amendments import (
    add_finished_good,
    change_quantity,
    drop_finished_good,
    get_amendments,
    modify_batch_decision,
)
from tests.builders import a_bakery, a_plan, transactions
from tests.conftest import MOMENT
from tests.plans.amending import CHANGES, batches_of, goods_of, recipes_of, refuses_without_a_byte


def test_dropping_a_good_takes_it_out_and_says_how_many_there_were(bakery, event):
    amendment = drop_finished_good(event.id, bakery.hamper.id, "the customer changed her mind")

    assert goods_of(event) == {"Cookie Gift Box": 10}
    assert amendment.change == DropFinishedGood(bakery.hamper.id, "Hamper", original_quantity=2)
    assert (amendment.sequence, amendment.reason) == (1, "the customer changed her mind")
    assert get_amendments(event.id) == [amendment]


def test_dropping_a_good_leaves_its_recipes_and_decisions(bakery, event):
    drop_finished_good(event.id, bakery.hamper.id, "no")

    assert recipes_of(event) == ["Chocolate Chip Cookies", "Sponge Cake"]
    assert batches_of(event) == {bakery.cookie.id: 6, bakery.slice.id: 1}


def test_adding_a_good_brings_the_recipes_that_are_missing_and_names_them_in_the_record(event, pie):
    amendment = add_finished_good(event.id, pie.id, 5, "somebody wants pie")
    pie_recipe = plandoc.find_by_key(Recipe, "apple-pie")

    assert goods_of(event) == {"Cookie Gift Box": 10, "Hamper": 2, "Pie Box": 5}
    assert recipes_of(event) == ["Chocolate Chip Cookies", "Sponge Cake", "Apple Pie"]
    assert amendment.change == AddFinishedGood(pie.id, "Pie Box", 5)
    assert amendment.added_recipe_ids == (pie_recipe.id,)


def test_adding_a_good_whose_recipes_are_selected_brings_none(bakery, event):
    amendment = add_finished_good(event.id, bakery.plain_slice.id, 1, "one to taste")

    assert amendment.added_recipe_ids == ()
    assert recipes_of(event) == ["Chocolate Chip Cookies", "Sponge Cake"]


def test_changing_a_quantity_keeps_both_numbers(store, bakery, event):
    amendment = change_quantity(event.id, bakery.cookie_box.id, 12, "two more guests")

    assert goods_of(event) == {"Cookie Gift Box": 12, "Hamper": 2}
    assert amendment.change == ChangeQuantity(bakery.cookie_box.id, "Cookie Gift Box", old_quantity=10, new_quantity=12)


@pytest.mark.of_folder
def test_a_quantity_is_changed_by_what_the_plan_froze_without_a_look_into_the_catalog(store, folder, bakery, event):
    with store.session() as session:
        session.replace(attrs.evolve(session.get(FinishedGood, bakery.cookie_box.id), name="Box of Twelve"))
    catalog = folder / "catalog.json"
    whole = catalog.read_bytes()
    catalog.write_bytes(b"{}")
    amendment = change_quantity(event.id, bakery.cookie_box.id, 12, "two more guests")
    catalog.write_bytes(whole)

    assert amendment.change == ChangeQuantity(bakery.cookie_box.id, "Cookie Gift Box", old_quantity=10, new_quantity=12)
    assert goods_of(event) == {"Cookie Gift Box": 12, "Hamper": 2}


def test_modifying_batches_stores_the_need_and_the_yield_that_the_plan_has(store, bakery, event):
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookie, items_per_batch=20))
    amendment = modify_batch_decision(event.id, bakery.cookie.id, 8, "to be sure")
    decision = plandoc.get_batch_decisions(event.id)[0]

    assert (decision.batches, decision.yield_per_batch, decision.units_needed) == (8, 24, 144)
    assert decision.shortfall_accepted is False
    assert amendment.change == ModifyBatch(
        bakery.cookies.id, "Chocolate Chip Cookies", bakery.cookie.id, "cookie", old_batches=6, new_batches=8
    )


def test_fewer_batches_than_needed_count_as_accepted_for_there_is_a_reason(bakery, event):
    modify_batch_decision(event.id, bakery.cookie.id, 5, "no more butter")
    decision = plandoc.get_batch_decisions(event.id)[0]

    assert (decision.batches, decision.shortfall_accepted) == (5, True)
    assert plandoc.review_plan(event.id) == []


def test_zero_batches_take_the_decision_away_and_leave_the_recipe(bakery, event):
    amendment = modify_batch_decision(event.id, bakery.slice.id, 0, "the oven is broken")

    assert batches_of(event) == {bakery.cookie.id: 6}
    assert (amendment.change.old_batches, amendment.change.new_batches) == (1, 0)
    assert recipes_of(event) == ["Chocolate Chip Cookies", "Sponge Cake"]


def test_a_unit_without_a_decision_starts_from_zero(bakery, event):
    amendment = modify_batch_decision(event.id, bakery.small_cookie.id, 1, "some to give away")

    assert batches_of(event) == {bakery.cookie.id: 6, bakery.small_cookie.id: 1, bakery.slice.id: 1}
    assert (amendment.change.old_batches, amendment.change.new_batches) == (0, 1)
    assert amendment.added_recipe_ids == ()


def test_batches_of_a_recipe_that_is_not_selected_bring_it(event, pie):
    unit_id = pie.components[0].finished_unit_id
    amendment = modify_batch_decision(event.id, unit_id, 2, "to try it out")

    assert recipes_of(event)[-1] == "Apple Pie"
    assert amendment.added_recipe_ids == (plandoc.find_by_key(Recipe, "apple-pie").id,)


def test_amendments_come_in_the_order_of_their_numbers_whatever_the_clock_says(tmp_path):
    hours = itertools.count()
    clock_that_goes_back = lambda: MOMENT - datetime.timedelta(hours=next(hours))
    with plandoc.open_store(tmp_path / "data", create=True, clock=clock_that_goes_back) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        for number in (11, 12, 13):
            with store.session() as session:
                change_quantity(event.id, bakery.cookie_box.id, number, "more", session=session)
        amendments = store.read(lambda session: get_amendments(event.id, session=session))
        moments = [amendment.created_at for amendment in amendments]

    assert [amendment.sequence for amendment in amendments] == [1, 2, 3]
    assert [amendment.change.new_quantity for amendment in amendments] == [11, 12, 13]
    assert moments == sorted(moments, reverse=True)


def test_an_amendment_bears_the_moment_of_its_session_and_a_trimmed_reason(bakery, event):
    amendment = change_quantity(event.id, bakery.hamper.id, 3, "  one more \n")

    assert (amendment.created_at, amendment.reason) == (MOMENT, "one more")


def test_a_good_that_was_dropped_can_be_added_again(bakery, event):
    drop_finished_good(event.id, bakery.hamper.id, "no")
    add_finished_good(event.id, bakery.hamper.id, 4, "but yes")

    assert goods_of(event)["Hamper"] == 4
    assert [type(one.change) for one in get_amendments(event.id)] == [DropFinishedGood, AddFinishedGood]


@pytest.mark.parametrize("kind", CHANGES)
def test_the_plan_and_the_record_are_one_line_of_the_journal(store, folder, bakery, event, kind):
    before = transactions(folder)
    live = (goods_of(event), batches_of(event))
    amendment = CHANGES[kind](bakery, event)

    assert (goods_of(event), batches_of(event)) != live
    assert get_amendments(event.id) == [amendment]
    assert transactions(folder)[: len(before)] == before
    assert len(transactions(folder)) == len(before) + 1


@pytest.mark.parametrize("kind", CHANGES)
def test_an_amendment_in_a_session_that_fails_is_not_there(folder, store, bakery, event, kind):
    def amend_and_fail():
        with store.session() as session:
            amendment = CHANGES[kind](bakery, event, session=session)
            assert get_amendments(event.id, session=session) == [amendment]
            raise KeyError

    live = (goods_of(event), batches_of(event))
    refuses_without_a_byte(folder, amend_and_fail, error=KeyError)

    assert get_amendments(event.id) == []
    assert (goods_of(event), batches_of(event)) == live


def test_several_amendments_in_one_session_are_numbered_and_see_each_other(store, bakery, event):
    with store.session() as session:
        change_quantity(event.id, bakery.hamper.id, 3, "more", session=session)
        second = change_quantity(event.id, bakery.hamper.id, 4, "even more", session=session)

    assert (second.sequence, second.change.old_quantity) == (2, 3)
    assert goods_of(event)["Hamper"] == 4


def test_a_refused_amendment_leaves_nothing_behind_in_a_session_that_goes_on(store, bakery, event, pie):
    """The need of more than a million millions of pies cannot be stored; by then nothing may have been changed."""
    unit_id = pie.components[0].finished_unit_id
    with store.session() as session:
        add_finished_good(event.id, pie.id, 10**12, "a great many", session=session)
        before = session.find(EventRecipe, event_id=event.id)
        with pytest.raises(plandoc.ValidationError):
            modify_batch_decision(event.id, unit_id, 3, "why", session=session)

        assert session.find(EventRecipe, event_id=event.id) == before
        assert len(get_amendments(event.id, session=session)) == 1
    assert unit_id not in batches_of(event)


@pytest.mark.parametrize("kind", CHANGES)
def test_amendments_are_never_altered_or_removed(store, bakery, event, kind):
    amendment = CHANGES[kind](bakery, event)
    with store.session() as session:
        with pytest.raises(plandoc.ValidationError, match="cannot be changed"):
            session.replace(attrs.evolve(amendment, reason="another"))
        with pytest.raises(plandoc.ValidationError, match="cannot be removed"):
            session.remove(PlanAmendment, amendment.id, event_id=event.id)

    assert get_amendments(event.id) == [amendment]
