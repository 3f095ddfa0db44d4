"""The definitions of an event: the catalog until its plan is frozen, and from then on what was frozen."""

from __future__ import annotations

import attrs
import pytest

import plandoc
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.records import PlanState
from tests.builders import a_plan


def defined(store, event):
    return store.read(lambda session: plan_definitions(event.id, session))


def baked_in_tens(store, bakery):
    """Give the cookie another yield, and return it."""
    with store.session() as session:
        return session.replace(attrs.evolve(bakery.cookie, items_per_batch=10))


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.LOCKED])
def test_before_production_they_are_those_of_the_catalog(store, bakery, state):
    event = a_plan(store, state, bakery=bakery)
    now = baked_in_tens(store, bakery)

    assert defined(store, event).units(bakery.cookie.id) == now


@pytest.mark.parametrize("state", [PlanState.IN_PRODUCTION, PlanState.COMPLETED])
def test_once_production_started_they_are_those_of_that_moment(store, bakery, state):
    event = a_plan(store, state, bakery=bakery)
    baked_in_tens(store, bakery)

    known = defined(store, event)
    assert known.units(bakery.cookie.id) == bakery.cookie
    assert known.goods(bakery.hamper.id) == bakery.hamper
    assert known.recipes(bakery.frosting.id) == bakery.frosting
    assert known.ingredients(bakery.butter.id) == bakery.butter


def test_a_snapshot_taken_before_the_start_freezes_them_too(store, bakery):
    event = a_plan(store, PlanState.LOCKED, bakery=bakery)
    plandoc.create_plan_snapshot(event.id)
    baked_in_tens(store, bakery)

    assert defined(store, event).units(bakery.cookie.id) == bakery.cookie


def test_what_nothing_froze_is_looked_up_in_the_catalog(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)

    assert defined(store, event).units(bakery.small_cookie.id) == bakery.small_cookie
    assert defined(store, event).units(99) is None


def test_an_unknown_event_has_none(store, bakery):
    with pytest.raises(plandoc.NotFoundError, match="Event 99 not found"):
        store.read(lambda session: plan_definitions(99, session))


def test_a_key_that_no_id_is_written_as_is_not_taken_for_one(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    snapshot = store.read(lambda session: plandoc.get_plan_snapshot(event.id, session=session))
    edited = attrs.evolve(snapshot, definitions={"recipes": {"01": None, "0": None, "x": None, "12": None}})

    assert edited.ids_defined("recipes") == (12,)
