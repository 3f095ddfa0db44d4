"""A new plan from one that is there."""

import datetime
from decimal import Decimal

import attrs
import pytest

import plandoc
from plandoc.records import PlanState
from tests.builders import a_bakery, a_plan

EASTER = datetime.date(2027, 3, 28)


@pytest.fixture
def store(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        yield store
    assert plandoc.check(tmp_path / "data") == []


def numbers(event_id):
    goods = {good.id: number for good, number in plandoc.get_event_fg_quantities(event_id)}
    return goods, {one.finished_unit_id: one.batches for one in plandoc.get_batch_decisions(event_id)}


@pytest.mark.parametrize("state", PlanState)
def test_a_plan_in_any_state_is_copied_into_a_draft(store, state):
    event = a_plan(store, state)

    copy = plandoc.copy_event(event.id, "Easter", EASTER, 40)

    assert (copy.event.plan_state, copy.event.event_date, copy.event.expected_attendees) == (
        PlanState.DRAFT,
        EASTER,
        40,
    )
    assert numbers(copy.event.id) == numbers(event.id)
    assert [one.id for one in copy.recipes] == [one.id for one in plandoc.get_event_recipes(event.id)]
    assert (copy.undecided, copy.added_recipes) == ((), ())
    assert plandoc.review_plan(copy.event.id) == []
    assert plandoc.get_plan_snapshot(copy.event.id) is None


def test_what_was_amended_is_copied_as_it_is_now(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    plandoc.change_quantity(event.id, bakery.cookie_box.id, 3, "fewer guests")

    copy = plandoc.copy_event(event.id, "Easter", EASTER)

    assert dict(numbers(copy.event.id)[0])[bakery.cookie_box.id] == 3


def test_batches_that_are_short_by_the_catalog_of_today_are_not_copied_and_named(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookie, items_per_batch=5))

    copy = plandoc.copy_event(event.id, "Easter", EASTER)

    assert [one.id for one in copy.undecided] == [bakery.cookie.id]
    assert bakery.cookie.id not in numbers(copy.event.id)[1]


def test_a_shortfall_that_was_accepted_is_accepted_in_the_copy_while_nothing_else_changed(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 1, accept_shortfall=True)

    copy = plandoc.copy_event(event.id, "Easter", EASTER)
    with store.session() as session:
        box = attrs.evolve(bakery.cookie_box, components=(plandoc.Component(bakery.cookie.id, quantity=Decimal(13)),))
        session.replace(box)
    later = plandoc.copy_event(event.id, "Whitsun", EASTER)

    assert copy.undecided == ()
    assert [one.id for one in later.undecided] == [bakery.cookie.id]


def test_a_recipe_that_a_good_needs_today_is_added_and_named(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.COMPLETED, bakery=bakery, quantities={bakery.cookie_box.id: 2})
    with store.session() as session:
        parts = (*bakery.cookie_box.components, plandoc.Component(bakery.slice.id))
        session.replace(attrs.evolve(bakery.cookie_box, components=parts))
        others = {one.id for one in plandoc.get_event_recipes(event.id, session=session)}

    copy = plandoc.copy_event(event.id, "Easter", EASTER)

    assert [one.id for one in copy.added_recipes] == [one for one in [bakery.cake.id] if one not in others]


def test_an_unknown_event_is_not_copied(store):
    with pytest.raises(plandoc.NotFoundError):
        plandoc.copy_event(9, "Easter", EASTER)
