"""A script that enters what it needs can run twice: what is there already is handed back, unless it differs."""

from __future__ import annotations

import datetime
from decimal import Decimal

import attrs
import pytest

import plandoc
from plandoc import Component, Event, FinishedGood, FinishedUnit, Ingredient, PlanState, Recipe, RecipeLine, StockItem
from tests.builders import EVENT_DATE, a_bakery, a_plan, folder_bytes


def enter(session):
    """Enter one of everything that a script can enter."""
    flour = session.get_or_add(Ingredient("Flour", "Baking"))
    bread = session.get_or_add(Recipe("Bread", lines=(RecipeLine(flour.id, Decimal("1.5"), "kg"),)))
    loaf = session.get_or_add(FinishedUnit("Loaf", bread.id, items_per_batch=2))
    box = session.get_or_add(FinishedGood("Bread Box", (Component(finished_unit_id=loaf.id, quantity=2),)))
    stock = session.get_or_add(StockItem(flour.id, 5, "kg"))
    event = session.get_or_add(Event("Fair", EVENT_DATE, expected_attendees=50))
    chosen = session.get_or_add(plandoc.results.EventRecipe(event.id, bread.id))
    wanted = session.get_or_add(plandoc.results.EventFinishedGood(event.id, box.id, 3))
    decided = session.get_or_add(plandoc.results.BatchDecision(event.id, loaf.id, bread.id, 3, 2))
    return flour, bread, loaf, box, stock, event, chosen, wanted, decided


def test_what_is_not_there_is_added_and_what_is_there_is_handed_back(store, folder):
    with store.session() as session:
        first = enter(session)
        within = enter(session)
    before = folder_bytes(folder)
    with store.session() as session:
        again = enter(session)

    assert first == within == again
    assert all(record.id == 1 for record in first)
    assert folder_bytes(folder) == before


def test_a_name_that_only_gives_the_same_short_name_is_refused(store):
    with store.session() as session:
        session.add(Ingredient("Flour"))
        with pytest.raises(plandoc.ValidationError, match="Ingredient flour already exists and differs in name"):
            session.get_or_add(Ingredient("flour"))

    assert len(plandoc.list_records(Ingredient)) == 1


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"event_date": datetime.date(2027, 12, 25)}, "event_date"),
        (
            {"event_date": datetime.date(2027, 12, 25), "notes": "rain", "expected_attendees": 7},
            "event_date, expected_attendees, notes",
        ),
        ({"expected_attendees": None}, "expected_attendees"),
    ],
)
def test_every_field_that_differs_is_named_and_nothing_is_changed(store, folder, changed, fields):
    event = Event("Fair", EVENT_DATE, expected_attendees=50)
    with store.session() as session:
        session.add(event)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused, store.session() as session:
        session.get_or_add(attrs.evolve(event, **changed))

    assert str(refused.value) == (
        f"Event fair already exists and differs in {fields} "
        "(change it with replace, or give the new one a slug of its own)"
    )
    assert folder_bytes(folder) == before


def test_stock_that_differs_is_refused_by_what_is_unique_in_it(store):
    with store.session() as session:
        flour = session.add(Ingredient("Flour"))
        session.add(StockItem(flour.id, 5, "kg"))

        assert session.get_or_add(StockItem(flour.id, 5, "cup")).id == 2
        with pytest.raises(plandoc.ValidationError, match="Stock item 1 already exists and differs in quantity"):
            session.get_or_add(StockItem(flour.id, 6, "kg"))


def test_a_slug_of_its_own_makes_another_record(store):
    with store.session() as session:
        session.add(Event("Fair", EVENT_DATE))
        other = session.get_or_add(Event("Fair", datetime.date(2027, 12, 25), slug="fair-2027"))
        again = session.get_or_add(Event("Fair", datetime.date(2027, 12, 25), slug="fair-2027"))

    assert other == again
    assert other.id == 2


@pytest.mark.parametrize("state", list(PlanState))
def test_an_event_is_handed_back_whatever_state_its_plan_is_in(store, state):
    bakery = a_bakery(store)
    event = a_plan(store, state, bakery=bakery)
    with store.session() as session:
        again = session.get_or_add(Event(event.name, event.event_date))

    assert (again.id, again.plan_state) == (event.id, state)


def test_what_plandoc_writes_itself_is_refused_as_it_is_when_it_is_added(store):
    event = a_plan(store, PlanState.IN_PRODUCTION)
    snapshot = plandoc.get_plan_snapshot(event.id)
    with store.session() as session, pytest.raises(plandoc.ValidationError, match="create_plan_snapshot"):
        session.get_or_add(attrs.evolve(snapshot, id=0))


def test_a_record_that_is_there_is_handed_back_in_a_plan_that_can_no_longer_change(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.COMPLETED, bakery=bakery)
    with store.session() as session:
        chosen = session.get_or_add(plandoc.results.EventRecipe(event.id, bakery.cookies.id))
        with pytest.raises(plandoc.PlanStateError):
            session.get_or_add(plandoc.results.EventRecipe(event.id, bakery.frosting.id))

    assert chosen.id == 1


def test_a_session_that_only_reads_refuses_it(store):
    with pytest.raises(plandoc.errors.SessionError, match="only reads"):
        store.read(lambda session: session.get_or_add(Recipe("Bread")))


def test_a_new_record_that_brings_an_id_is_refused_as_when_it_is_added(store):
    with store.session() as session:
        session.add(Recipe("Bread"))
        for number in (1, 7):
            with pytest.raises(plandoc.ValidationError, match="wanted no id"):
                session.get_or_add(Recipe("Bread", id=number))


def test_names_in_any_script_are_found_again_and_kept_apart(store):
    names = ["Кекс", "Хлеб", "לחם", "小麦", "🎄"]
    for _ in range(2):
        with store.session() as session:
            found = [session.get_or_add(plandoc.Recipe(name)) for name in names]

    assert [recipe.id for recipe in found] == [1, 2, 3, 4, 5]
