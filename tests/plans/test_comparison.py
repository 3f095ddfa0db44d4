"""The original plan against the current one, in real stores whose catalog goes on changing."""

from __future__ import annotations

import os
import threading

import attrs
import pytest

import plandoc
from plandoc import PlanState
from plandoc.domain.mapping_diff import Status
from plandoc.records import Component, FinishedGood, FinishedUnit, Recipe
from plandoc.workflow.amendments import add_finished_good, change_quantity, drop_finished_good, modify_batch_decision
from plandoc.workflow.comparison import get_plan_comparison
from plandoc.workflow.production import record_production
from tests.builders import a_bakery, a_plan
from tests.plans.amending import CHANGES


def shown(differences):
    """Return differences as short rows: name, before, after, status, and the numbers of the amendments."""
    return [
        (one.name, one.before, one.after, one.status.value, [amendment.sequence for amendment in one.amendments])
        for one in differences
    ]


def test_a_plan_that_was_not_amended_has_no_changes(bakery, event):
    comparison = get_plan_comparison(event.id)

    assert shown(comparison.goods) == [
        ("Cookie Gift Box", 10, 10, "unchanged", []),
        ("Hamper", 2, 2, "unchanged", []),
    ]
    assert shown(comparison.batches) == [("Cookie", 6, 6, "unchanged", []), ("Slice", 1, 1, "unchanged", [])]
    assert shown(comparison.recipes) == [
        ("Chocolate Chip Cookies", 1, 1, "unchanged", []),
        ("Sponge Cake", 1, 1, "unchanged", []),
    ]
    assert (comparison.has_snapshot, comparison.has_changes, comparison.total_changes) == (True, False, 0)
    assert (comparison.event, comparison.amendments) == (event, ())


def test_an_empty_plan_compares_with_itself(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={})
    comparison = get_plan_comparison(event.id)

    assert (comparison.goods, comparison.batches, comparison.recipes) == ((), (), ())
    assert (comparison.has_snapshot, comparison.has_changes) == (True, False)


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.LOCKED])
def test_without_a_snapshot_it_says_so_and_compares_nothing(store, bakery, state):
    event = a_plan(store, state, bakery=bakery)
    comparison = get_plan_comparison(event.id)

    assert comparison.has_snapshot is False
    assert (comparison.goods, comparison.batches, comparison.recipes) == ((), (), ())
    assert (comparison.has_changes, comparison.total_changes) == (False, 0)


def test_an_unknown_event_is_named(store):
    with pytest.raises(plandoc.NotFoundError, match="Event 99 not found"):
        get_plan_comparison(99)


def test_each_difference_has_both_numbers_and_the_amendments_behind_it(bakery, event):
    change_quantity(event.id, bakery.cookie_box.id, 12, "two more guests")
    drop_finished_good(event.id, bakery.hamper.id, "no hampers")
    add_finished_good(event.id, bakery.plain_slice.id, 3, "slices instead")
    change_quantity(event.id, bakery.cookie_box.id, 14, "and two more")
    modify_batch_decision(event.id, bakery.cookie.id, 7, "for the guests")
    modify_batch_decision(event.id, bakery.slice.id, 0, "bought ready made")
    comparison = get_plan_comparison(event.id)

    assert shown(comparison.goods) == [
        ("Plain Slice", None, 3, "added", [3]),
        ("Cookie Gift Box", 10, 14, "modified", [1, 4]),
        ("Hamper", 2, None, "dropped", [2]),
    ]
    assert [one.difference for one in comparison.goods] == [3, 4, -2]
    assert shown(comparison.batches) == [("Cookie", 6, 7, "modified", [5]), ("Slice", 1, None, "dropped", [6])]
    assert [one.difference for one in comparison.batches] == [1, -1]
    assert (comparison.total_changes, comparison.has_changes) == (5, True)
    assert [one.reason for one in comparison.goods[1].amendments] == ["two more guests", "and two more"]


def test_two_yields_of_one_recipe_amended_apart_show_each(store, bakery):
    event = a_plan(store, bakery=bakery)
    plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 1)
    plandoc.lock_plan(event.id)
    plandoc.start_production(event.id)
    modify_batch_decision(event.id, bakery.cookie.id, 8, "more large ones")
    modify_batch_decision(event.id, bakery.small_cookie.id, 0, "no small ones")
    comparison = get_plan_comparison(event.id)

    assert shown(comparison.batches) == [
        ("Cookie", 6, 8, "modified", [1]),
        ("Small Cookie", 1, None, "dropped", [2]),
        ("Slice", 1, 1, "unchanged", []),
    ]


def test_what_was_changed_there_and_back_is_unchanged_but_the_amendments_are_listed(bakery, event):
    change_quantity(event.id, bakery.cookie_box.id, 12, "two more guests")
    change_quantity(event.id, bakery.cookie_box.id, 10, "they do not come")
    drop_finished_good(event.id, bakery.hamper.id, "no hampers")
    add_finished_good(event.id, bakery.hamper.id, 2, "hampers after all")
    modify_batch_decision(event.id, bakery.slice.id, 0, "no oven")
    modify_batch_decision(event.id, bakery.slice.id, 1, "an oven")
    comparison = get_plan_comparison(event.id)

    assert shown(comparison.goods) == [
        ("Cookie Gift Box", 10, 10, "unchanged", [1, 2]),
        ("Hamper", 2, 2, "unchanged", [3, 4]),
    ]
    assert shown(comparison.batches)[1] == ("Slice", 1, 1, "unchanged", [5, 6])
    assert comparison.has_changes is False


def test_what_came_and_went_is_in_neither_plan_but_its_amendments_are_there(bakery, event):
    added = add_finished_good(event.id, bakery.plain_slice.id, 3, "slices too")
    dropped = drop_finished_good(event.id, bakery.plain_slice.id, "no slices")
    comparison = get_plan_comparison(event.id)

    assert "Plain Slice" not in [one.name for one in comparison.goods]
    assert comparison.amendments == (added, dropped)
    assert comparison.has_changes is False


def test_a_recipe_that_came_with_a_good_is_added_by_that_amendment_alone(store, bakery, event):
    with store.session() as session:
        recipe = session.add(Recipe("Apple Pie"))
        pie = session.add(FinishedUnit("Pie", recipe.id, items_per_batch=8))
        box = session.add(FinishedGood("Pie Box", (Component(finished_unit_id=pie.id, quantity=2),)))
    modify_batch_decision(event.id, bakery.cookie.id, 7, "more")
    add_finished_good(event.id, box.id, 4, "pie")
    modify_batch_decision(event.id, pie.id, 1, "for the pie boxes")
    comparison = get_plan_comparison(event.id)

    assert shown(comparison.recipes)[2:] == [("Apple Pie", None, 1, "added", [2])]
    assert shown(comparison.goods)[2:] == [("Pie Box", None, 4, "added", [2])]
    assert shown(comparison.batches)[2:] == [("Pie", None, 1, "added", [3])]
    assert all(one.amendments == () for one in comparison.recipes[:2])


def test_names_are_those_of_the_start_whatever_the_catalog_calls_things_now(store, bakery, event):
    drop_finished_good(event.id, bakery.hamper.id, "no hampers")
    modify_batch_decision(event.id, bakery.slice.id, 0, "no oven")
    with store.session() as session:
        for record in (bakery.cookie_box, bakery.hamper, bakery.cookie, bakery.slice, bakery.cookies):
            session.replace(attrs.evolve(record, name=f"New {record.name}"))
    comparison = get_plan_comparison(event.id)

    everything = (*comparison.goods, *comparison.batches, *comparison.recipes)
    assert [one.name for one in everything[:5]] == [
        "Cookie Gift Box",
        "Hamper",
        "Cookie",
        "Slice",
        "Chocolate Chip Cookies",
    ]
    assert all(one.name == one.original_name for one in everything)


def test_a_good_that_was_dropped_and_removed_from_the_catalog_keeps_its_name(store, bakery, event):
    drop_finished_good(event.id, bakery.hamper.id, "no hampers")
    with store.session() as session:
        session.remove(FinishedGood, bakery.hamper.id)

    assert shown(get_plan_comparison(event.id).goods)[1] == ("Hamper", 2, None, "dropped", [1])


def test_something_new_has_no_original_name(bakery, event):
    add_finished_good(event.id, bakery.plain_slice.id, 3, "slices too")
    added = get_plan_comparison(event.id).goods[0]

    assert (added.status, added.original_name, added.before) == (Status.ADDED, None, None)


def test_a_changed_yield_and_recorded_production_are_no_changes_of_the_plan(store, bakery, event):
    record_production(event.id, bakery.cookie.id, 2)
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookie, items_per_batch=20))

    assert get_plan_comparison(event.id).has_changes is False


def test_a_completed_plan_is_compared_too(bakery, event):
    change_quantity(event.id, bakery.hamper.id, 3, "one more")
    plandoc.complete_production(event.id)

    assert get_plan_comparison(event.id).total_changes == 1


@pytest.mark.parametrize("kind", CHANGES)
def test_a_session_sees_its_own_amendment_in_the_comparison(store, bakery, event, kind):
    with store.session() as session:
        amendment = CHANGES[kind](bakery, event, session=session)
        comparison = get_plan_comparison(event.id, session=session)

    everything = (*comparison.goods, *comparison.batches)
    assert [one.amendments for one in everything if one.status is not Status.UNCHANGED] == [(amendment,)]


def all_of(folder):
    return {path: (path.read_bytes(), os.stat(path).st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_comparing_writes_nothing_and_waits_for_nobody_who_writes(store, folder, bakery, event):
    change_quantity(event.id, bakery.hamper.id, 3, "one more")
    locked, done = threading.Event(), threading.Event()

    def hold_the_lock():
        with store.session("take long"):
            locked.set()
            done.wait(timeout=30)

    other = threading.Thread(target=hold_the_lock)
    other.start()
    assert locked.wait(timeout=30)
    before = all_of(folder)
    try:
        comparison = get_plan_comparison(event.id)
        after = all_of(folder)
    finally:
        done.set()
        other.join()

    assert comparison.total_changes == 1
    assert after == before


def test_comparing_in_a_folder_at_rest_leaves_every_file_as_it_was(tmp_path):
    path = tmp_path / "data"
    with plandoc.open_store(path, create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    before = all_of(path)
    with plandoc.open_store(path) as store:
        comparison = store.read(lambda session: get_plan_comparison(event.id, session=session))

    assert comparison.has_snapshot is True
    assert all_of(path) == before
