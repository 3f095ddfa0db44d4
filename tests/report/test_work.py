"""What the tables of baking and packing say of plans that went well, badly, or otherwise than planned."""

import plandoc
from plandoc import records
from plandoc.records import PlanState
from plandoc.workflow import production
from tests.builders import a_bakery, a_plan, brought_to

from .test_page import the_page

BARE = records.AssemblyType.BARE


def test_an_accepted_shortfall_is_told_and_is_nothing_to_look_at(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery, quantities={bakery.plain_cookie.id: 30})
    with store.session("decide") as session:
        plandoc.save_batch_decision(event.id, bakery.cookie.id, 1, accept_shortfall=True, session=session)

    page = the_page(store, event)
    assert "6 short, accepted" in page.section("bake").words
    assert "the decided batches are enough for 24: not enough Cookie" in page.section("pack").words
    assert page.section("look").words.startswith("To review Nothing.")


def test_more_than_was_planned_is_marked_as_such(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session("bake") as session:
        production.record_production(event.id, bakery.slice.id, 3, session=session)

    page = the_page(store, event)
    assert "2 batches more than planned" in page.section("bake").words
    [bar] = [one for one in page.all("svg") if "Slice: 3 of 1 batches baked" in one.words]
    assert bar.get("class") == "bar"


def test_everything_done_is_said_in_one_sentence(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session("bake and pack") as session:
        production.record_production(event.id, bakery.cookie.id, 6, session=session)
        production.record_production(event.id, bakery.slice.id, 1, session=session)
        production.record_assembly(event.id, bakery.cookie_box.id, 10, session=session)
        production.record_assembly(event.id, bakery.hamper.id, 2, session=session)

    page = the_page(store, event)
    assert "Everything is baked and packed." in page.words
    assert "Nothing has to be bought, because no batches are left to bake." in page.section("shop").words


def test_a_completed_plan_with_everything_done_says_so(store):
    event = a_plan(store, PlanState.COMPLETED, quantities={})

    assert "Completed." in the_page(store, event).words

    with store.session("plan, bake and pack") as session:
        other = session.add(records.Event("New Year", event.event_date))
        box = session.find(records.FinishedGood, plandoc.where("slug") == "cookie-gift-box")[0]
        plandoc.set_event_finished_goods(other.id, {box.id: 2}, add_missing_recipes=True, session=session)
        plandoc.decide_enough(other.id, session=session)
    brought_to(store, other, PlanState.IN_PRODUCTION)
    with store.session("bake and pack") as session:
        production.record_production(other.id, box.components[0].finished_unit_id, 1, session=session)
        production.record_assembly(other.id, box.id, 2, session=session)
        plandoc.complete_production(other.id, session=session)

    assert "Completed: everything planned is baked and packed." in the_page(store, other).words


def test_a_shortfall_that_was_accepted_is_no_warning_in_production_either(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery, quantities={bakery.plain_cookie.id: 30})
    with store.session("decide") as session:
        plandoc.save_batch_decision(event.id, bakery.cookie.id, 1, accept_shortfall=True, session=session)

    page = the_page(store, brought_to(store, event, PlanState.IN_PRODUCTION))
    assert "6 short, accepted" in page.section("bake").words
    assert "change the plan" not in page.section("bake").words


def test_of_a_good_with_many_parts_the_first_are_named_and_of_one_that_is_its_unit_none(store):
    bakery = a_bakery(store)
    with store.session("add goods") as session:
        parts = tuple(records.Component(bakery.cookie.id, quantity=n) for n in range(1, 11))
        many = session.add(records.FinishedGood("Sampler", parts))
        alone = session.add(records.FinishedGood("Slice", (records.Component(bakery.slice.id),), assembly_type=BARE))
    event = a_plan(store, bakery=bakery, quantities={many.id: 1, alone.id: 1})

    words = the_page(store, event).section("pack").words
    assert "7 Cookie, 8 Cookie, and 2 more" in words
    assert words.endswith("Slice 1")
