"""Nothing leaves a plan unsaid: what came, what went and what changed is in the result of every choice."""

from __future__ import annotations

import pytest

import plandoc
from plandoc import PlanState
from plandoc.results import QuantityChange
from tests.builders import a_plan, folder_bytes


@pytest.fixture
def event(store, bakery):
    """10 cookie boxes and 2 hampers."""
    return a_plan(store, bakery=bakery)


def planned(event):
    return {good.name: quantity for good, quantity in plandoc.get_event_fg_quantities(event.id)}


def test_goods_that_are_not_named_stay_as_they_are(bakery, event):
    selection = plandoc.change_event_finished_goods(event.id, {bakery.plain_slice.id: 4})

    assert planned(event) == {"Plain Slice": 4, "Cookie Gift Box": 10, "Hamper": 2}
    assert selection.changes == (QuantityChange(bakery.plain_slice.id, "Plain Slice", before=0, after=4),)
    assert selection.quantities == ((bakery.plain_slice, 4), (bakery.cookie_box, 10), (bakery.hamper, 2))


def test_a_good_is_added_another_changed_and_a_third_taken_out_in_one_step(bakery, event):
    wanted = {bakery.hamper.id: 0, bakery.plain_cookie.id: 7, bakery.cookie_box.id: 12}
    selection = plandoc.change_event_finished_goods(event.id, wanted)

    assert planned(event) == {"Plain Cookie": 7, "Cookie Gift Box": 12}
    assert [(one.name, one.before, one.after) for one in selection.changes] == [
        ("Plain Cookie", 0, 7),
        ("Cookie Gift Box", 10, 12),
        ("Hamper", 2, 0),
    ]


def test_replacing_reports_each_good_that_left_the_plan(bakery, event):
    selection = plandoc.set_event_finished_goods(event.id, {bakery.plain_slice.id: 4, bakery.hamper.id: 2})

    assert planned(event) == {"Plain Slice": 4, "Hamper": 2}
    assert [(one.name, one.before, one.after) for one in selection.changes] == [
        ("Plain Slice", 0, 4),
        ("Cookie Gift Box", 10, 0),
    ]


def test_all_goods_can_leave_and_all_are_reported(event):
    selection = plandoc.set_event_finished_goods(event.id, {})

    assert [(one.name, one.after) for one in selection.changes] == [("Cookie Gift Box", 0), ("Hamper", 0)]
    assert planned(event) == {}


@pytest.mark.parametrize("choose", [plandoc.set_event_finished_goods, plandoc.change_event_finished_goods])
def test_what_is_planned_already_is_no_change(folder, bakery, event, choose):
    before = folder_bytes(folder)
    selection = choose(event.id, {bakery.cookie_box.id: 10, bakery.hamper.id: 2})

    assert selection.changes == selection.added_recipes == ()
    assert folder_bytes(folder) == before


def test_recipes_that_came_and_went_are_reported(bakery, event):
    selection = plandoc.set_event_recipes(event.id, [bakery.cake.id, bakery.frosting.id])

    assert selection.added_recipes == (bakery.frosting,)
    assert selection.removed_recipes == (bakery.cookies,)
    assert selection.removed_goods == (bakery.cookie_box, bakery.hamper)


def test_missing_recipes_are_added_to_those_that_are_chosen(store, bakery):
    event = a_plan(store, bakery=bakery, quantities={bakery.cookie_box.id: 1})
    with pytest.raises(plandoc.ValidationError, match="Plain Slice needs recipes that are not selected: Sponge Cake"):
        plandoc.change_event_finished_goods(event.id, {bakery.plain_slice.id: 4})
    selection = plandoc.change_event_finished_goods(event.id, {bakery.plain_slice.id: 4}, add_missing_recipes=True)

    assert selection.added_recipes == (bakery.cake,)
    assert plandoc.get_event_recipes(event.id) == [bakery.cookies, bakery.cake]


def test_everything_that_is_wrong_is_named_and_nothing_changes(folder, bakery, event):
    before = folder_bytes(folder)
    wanted = {bakery.plain_slice.id: 0, 77: 0, 78: 3, bakery.hamper.id: -1, bakery.cookie_box.id: 5}
    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.change_event_finished_goods(event.id, wanted)

    assert [problem.message for problem in refused.value.problems] == [
        "Plain Slice is not in the plan, so it cannot be taken out",
        "finished good 77 is not in the plan, so it cannot be taken out",
        "Finished good 78 not found",
        "Hamper: wanted a whole number of at least 1, found -1",
    ]
    assert folder_bytes(folder) == before


@pytest.mark.parametrize("nothing", [False, 0.0, None, "0", -0.0])
def test_only_a_whole_zero_takes_a_good_out(folder, bakery, event, nothing):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="Hamper: wanted a whole number"):
        plandoc.change_event_finished_goods(event.id, {bakery.hamper.id: nothing})

    assert folder_bytes(folder) == before


def test_no_other_thing_stands_for_the_number_of_a_good(event):
    with pytest.raises(plandoc.ValidationError, match="finished good True is not in the plan"):
        plandoc.change_event_finished_goods(event.id, {True: 0})


def test_a_good_that_was_cut_out_of_the_catalog_can_leave_the_plan(store, folder, bakery, event):
    store.close()
    catalog = folder / "catalog.json"
    lines = catalog.read_text("utf-8").splitlines(keepends=True)
    cut = [line for line in lines if '"slug":"hamper"' not in line]
    cut[-3] = cut[-3].replace("},\n", "}\n")
    text = "".join(cut).replace('"slug":"cookie-gift-box"},', '"slug":"cookie-gift-box"}')
    catalog.write_text(text, "utf-8")
    with plandoc.open_store(folder) as opened, opened.session() as session:
        selection = plandoc.change_event_finished_goods(event.id, {bakery.hamper.id: 0}, session=session)

    assert selection.changes == (QuantityChange(bakery.hamper.id, f"finished good {bakery.hamper.id}", 2, 0),)


@pytest.mark.parametrize("state", [PlanState.LOCKED, PlanState.IN_PRODUCTION, PlanState.COMPLETED])
def test_only_a_draft_is_changed_so(store, bakery, state):
    event = a_plan(store, state, bakery=bakery)
    with pytest.raises(plandoc.PlanStateError):
        plandoc.change_event_finished_goods(event.id, {bakery.hamper.id: 0})
