"""How far an event has come, in a real store and with a real plan."""

from __future__ import annotations

import pytest

import plandoc
from plandoc import PlanState, RunKind
from plandoc.domain.progress import Overall
from plandoc.exchange import import_file
from plandoc.workflow.production import get_progress, record_assembly, record_production, void_run
from tests.builders import EVENT_DATE, a_plan, folder_bytes
from tests.exchange.exports import real

BOXES = "bake_tracker_3.4_boxes.json"


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.LOCKED, PlanState.IN_PRODUCTION])
def test_an_event_is_not_started_in_every_state_before_the_first_run(store, bakery, state):
    event = a_plan(store, state, bakery=bakery)
    progress = get_progress(event.id)

    assert progress.event == event
    assert progress.overall is Overall.NOT_STARTED
    assert [(unit.unit, unit.needed, unit.batches_decided, unit.batches_remaining) for unit in progress.units] == [
        (bakery.cookie, 144, 6, 6),
        (bakery.slice, 4, 1, 1),
    ]
    assert [(good.good, good.wanted, good.can_assemble_now, good.after_remaining) for good in progress.goods] == [
        (bakery.cookie_box, 10, 0, 10),
        (bakery.hamper, 2, 0, 2),
    ]


@pytest.mark.parametrize("state", list(PlanState))
def test_an_empty_plan_has_nothing_to_tell(store, state):
    event = a_plan(store, state, quantities={})
    progress = get_progress(event.id)

    overall = Overall.COMPLETE if state is PlanState.COMPLETED else Overall.NOT_STARTED
    assert (progress.units, progress.goods, progress.overall) == ((), (), overall)


def test_a_plan_goes_from_not_started_to_complete(bakery, event):
    overall = [get_progress(event.id).overall]
    for unit, batches in ((bakery.cookie, 6), (bakery.slice, 1)):
        record_production(event.id, unit.id, batches)
        overall.append(get_progress(event.id).overall)
    for good, pieces in ((bakery.hamper, 2), (bakery.cookie_box, 9), (bakery.cookie_box, 1)):
        record_assembly(event.id, good.id, pieces)
        overall.append(get_progress(event.id).overall)

    assert overall == [Overall.NOT_STARTED, *[Overall.IN_PROGRESS] * 4, Overall.COMPLETE]


def test_a_completed_plan_waits_for_nothing_and_says_what_was_left_undone(event, bakery):
    record_production(event.id, bakery.cookie.id, 5)
    record_assembly(event.id, bakery.cookie_box.id, 4)
    before = get_progress(event.id)
    plandoc.complete_production(event.id)
    after = get_progress(event.id)
    cookies, slices = after.units
    boxes, hampers = after.goods

    assert after.overall is Overall.COMPLETE
    assert [(one.batches_remaining, one.batches_undone) for one in (cookies, slices)] == [(0, 1), (0, 1)]
    assert [(one.made, one.needed, one.short_after_remaining) for one in (cookies, slices)] == [
        (120, 144, 24),
        (0, 4, 4),
    ]
    assert [(one.assembled, one.still_wanted, one.undone) for one in (boxes, hampers)] == [(4, 0, 6), (0, 0, 2)]
    assert not any(
        one.waits_for or one.blocked_by or one.can_assemble_now or one.after_remaining for one in after.goods
    )
    assert after.undone_units == (cookies, slices)
    assert after.undone_goods == (boxes, hampers)
    assert [one.short_after_remaining for one in before.units] == [0, 0]
    assert [(one.batches_done, one.made, one.used) for one in before.units] == [
        (one.batches_done, one.made, one.used) for one in after.units
    ]


def test_nothing_is_left_undone_of_a_plan_that_was_done(event, bakery):
    record_production(event.id, bakery.cookie.id, 6)
    record_production(event.id, bakery.slice.id, 1)
    record_assembly(event.id, bakery.cookie_box.id, 10)
    record_assembly(event.id, bakery.hamper.id, 2)
    plandoc.complete_production(event.id)
    progress = get_progress(event.id)

    assert (progress.undone_units, progress.undone_goods) == ((), ())


def test_every_unit_that_is_too_few_for_all_that_is_wanted_is_named(store):
    with store.session() as session:
        cookie, brownie, nut = (_single(session, name) for name in ("Cookie", "Brownie", "Nut"))
        parts = [(cookie, 6), (brownie, 3), (nut, 1)]
        bag = session.add(plandoc.FinishedGood("Bag", tuple(_part(unit, number) for unit, number in parts)))
        event = session.add(plandoc.Event("Fair", EVENT_DATE))
        plandoc.set_event_finished_goods(event.id, {bag.id: 10}, add_missing_recipes=True, session=session)
        batches = {cookie.id: 30, brownie.id: 6, nut.id: 10}
        plandoc.save_batch_decisions(event.id, batches, accept_shortfall=True, session=session)
        plandoc.lock_plan(event.id, session=session)
        plandoc.start_production(event.id, session=session)
    (nothing_baked,) = get_progress(event.id).goods
    record_production(event.id, cookie.id, 30)
    record_production(event.id, brownie.id, 4)
    (some_baked,) = get_progress(event.id).goods

    assert (nothing_baked.can_assemble_now, nothing_baked.after_remaining) == (0, 2)
    assert nothing_baked.waits_for == (cookie, brownie, nut)
    assert nothing_baked.blocked_by == (cookie, brownie)
    assert (some_baked.waits_for, some_baked.blocked_by) == ((cookie, brownie, nut), (cookie, brownie))


def _single(session, name):
    recipe = session.add(plandoc.Recipe(name))
    return session.add(plandoc.FinishedUnit(name, recipe.id, items_per_batch=1))


def _part(unit, quantity):
    return plandoc.Component(finished_unit_id=unit.id, quantity=quantity)


def test_what_progress_says_can_be_packed_is_what_can_be_packed(bakery, event):
    record_production(event.id, bakery.cookie.id, 2, lost={"burnt": 5})
    record_production(event.id, bakery.slice.id, 1)
    boxes, hampers = get_progress(event.id).goods
    with pytest.raises(
        plandoc.ValidationError, match="packing 4 takes 48 Cookie, found 43 made and not used, 5 missing"
    ):
        record_assembly(event.id, bakery.cookie_box.id, boxes.can_assemble_now + 1)
    record_assembly(event.id, bakery.cookie_box.id, boxes.can_assemble_now)

    assert (boxes.can_assemble_now, hampers.can_assemble_now) == (3, 0)
    assert hampers.waits_for == (bakery.cookie,)
    assert [good.can_assemble_now for good in get_progress(event.id).goods] == [0, 0]


def test_a_loss_shows_in_the_goods_that_it_will_stop(bakery, event):
    record_production(event.id, bakery.slice.id, 1, lost={"dropped": 1})
    boxes, hampers = get_progress(event.id).goods

    assert (boxes.after_remaining, boxes.blocked_by) == (10, ())
    assert (hampers.after_remaining, hampers.blocked_by) == (1, (bakery.slice,))


def test_voiding_everything_is_as_if_nothing_had_been_done(bakery, event):
    before = get_progress(event.id)
    baked = record_production(event.id, bakery.cookie.id, 1)
    packed = record_assembly(event.id, bakery.cookie_box.id, 1)
    void_run(event.id, RunKind.ASSEMBLY, packed.id, "mistake")
    void_run(event.id, RunKind.PRODUCTION, baked.id, "mistake")

    assert get_progress(event.id) == before


def test_reading_the_progress_changes_no_byte(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    before = folder_bytes(folder)
    progress = get_progress(event.id)

    assert progress.overall is Overall.IN_PROGRESS
    assert folder_bytes(folder) == before


def test_progress_in_a_session_sees_what_is_not_saved_yet(store, bakery, event):
    with store.session() as session:
        record_production(event.id, bakery.cookie.id, 1, session=session)
        within = get_progress(event.id, session=session)

    assert within.units[0].made == 24
    assert get_progress(event.id) == within


def _worked_example():
    import_file(real(BOXES))
    return next(one for one in plandoc.list_records(plandoc.Event) if one.name == "Holiday Baking 2024")


def test_the_worked_example_has_two_batches_to_go_and_one_batch_of_cookies_over(store):
    progress = get_progress(_worked_example().id)
    told = {
        one.unit.slug: (one.batches_decided, one.batches_done, one.batches_remaining, one.batches_over, one.made)
        for one in progress.units
    }

    assert progress.overall is Overall.IN_PROGRESS
    assert told == {
        "chocolate-chip-cookie": (1, 2, 0, 1, 96),
        "brownie-square": (1, 1, 0, 0, 16),
        "snickerdoodle": (1, 1, 0, 0, 36),
        "fudge-piece": (1, 0, 1, 0, 0),
        "pecan-sandy": (1, 0, 1, 0, 0),
    }
    assert {one.unit.slug: (one.needed, one.still_needed, one.short_after_remaining) for one in progress.units} == {
        "chocolate-chip-cookie": (48, 0, 0),
        "brownie-square": (8, 0, 0),
        "snickerdoodle": (36, 0, 0),
        "fudge-piece": (16, 16, 0),
        "pecan-sandy": (12, 12, 0),
    }


def test_the_goods_of_the_worked_example_can_all_be_packed_when_the_rest_is_baked(store):
    event = _worked_example()
    before = {good.good.slug: good for good in get_progress(event.id).goods}
    for unit in get_progress(event.id).units:
        if unit.batches_remaining:
            record_production(event.id, unit.unit.id, unit.batches_remaining)
    for good in get_progress(event.id).goods:
        record_assembly(event.id, good.good.id, good.can_assemble_now)
    after = get_progress(event.id)

    assert {slug: (good.wanted, good.after_remaining, good.blocked_by) for slug, good in before.items()} == {
        "cookie-lovers-box": (1, 1, ()),
        "deluxe-dessert-package": (1, 1, ()),
        "holiday-cookie-box": (2, 2, ()),
    }
    assert {slug: sorted(unit.slug for unit in good.waits_for) for slug, good in before.items()} == {
        "cookie-lovers-box": ["pecan-sandy"],
        "deluxe-dessert-package": ["fudge-piece"],
        "holiday-cookie-box": [],
    }
    assert after.overall is Overall.COMPLETE
