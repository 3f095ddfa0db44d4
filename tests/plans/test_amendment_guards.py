"""The guards of a plan in production: never below what is baked or assembled, however deep."""

from __future__ import annotations

import plandoc
from plandoc import RunKind
from plandoc.records import (
    Component,
    FinishedGood,
)
from plandoc.workflow.amendments import (
    add_finished_good,
    change_quantity,
    drop_finished_good,
    get_amendments,
    modify_batch_decision,
)
from plandoc.workflow.production import record_assembly, record_production, void_run
from tests.plans.amending import batches_of, goods_of, messages_of, refuses_without_a_byte


def test_batches_never_fall_below_what_is_baked_but_may_fall_to_it(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 2)
    record_production(event.id, bakery.cookie.id, 2)
    for batches in (3, 0):
        refused = refuses_without_a_byte(
            folder, lambda wanted=batches: modify_batch_decision(event.id, bakery.cookie.id, wanted, "why")
        )

        assert messages_of(refused) == [
            f"batches of Cookie: 4 are already baked, so the plan cannot go down to {batches}"
        ]
    modify_batch_decision(event.id, bakery.cookie.id, 4, "no more butter")

    assert batches_of(event)[bakery.cookie.id] == 4


def test_batches_may_rise_at_any_time(bakery, event):
    record_production(event.id, bakery.cookie.id, 6)
    modify_batch_decision(event.id, bakery.cookie.id, 9, "they taste good")

    assert batches_of(event)[bakery.cookie.id] == 9


def test_baking_one_yield_does_not_guard_the_batches_of_the_other(bakery, event):
    modify_batch_decision(event.id, bakery.small_cookie.id, 3, "some small ones")
    record_production(event.id, bakery.cookie.id, 4)
    modify_batch_decision(event.id, bakery.small_cookie.id, 1, "not so many")

    assert batches_of(event) == {bakery.cookie.id: 6, bakery.small_cookie.id: 1, bakery.slice.id: 1}


def test_a_run_that_was_voided_guards_nothing(bakery, event):
    run = record_production(event.id, bakery.cookie.id, 4)
    void_run(event.id, RunKind.PRODUCTION, run.id, "counted twice")
    modify_batch_decision(event.id, bakery.cookie.id, 1, "no more butter")
    drop_finished_good(event.id, bakery.cookie_box.id, "nobody wants it")

    assert batches_of(event)[bakery.cookie.id] == 1
    assert goods_of(event) == {"Hamper": 2}


def test_a_voided_assembly_does_not_void_the_production_run_of_the_same_number(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 4)
    packed = record_assembly(event.id, bakery.cookie_box.id, 2)
    void_run(event.id, RunKind.ASSEMBLY, packed.id, "counted twice")
    refuses_without_a_byte(folder, lambda: modify_batch_decision(event.id, bakery.cookie.id, 3, "why"))
    change_quantity(event.id, bakery.cookie_box.id, 1, "fewer")

    assert goods_of(event)["Cookie Gift Box"] == 1


def test_a_good_never_falls_below_its_assembled_pieces_but_may_fall_to_them(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 6)
    record_assembly(event.id, bakery.cookie_box.id, 3)
    record_assembly(event.id, bakery.cookie_box.id, 1)
    refused = refuses_without_a_byte(folder, lambda: change_quantity(event.id, bakery.cookie_box.id, 3, "why"))
    change_quantity(event.id, bakery.cookie_box.id, 4, "that is enough")

    assert messages_of(refused) == ["Cookie Gift Box: 4 are already assembled, so the plan cannot go down to 3"]
    assert goods_of(event)["Cookie Gift Box"] == 4


def test_a_good_with_assembled_pieces_is_not_dropped_even_by_force(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 6)
    record_assembly(event.id, bakery.cookie_box.id, 1)
    both = refuses_without_a_byte(folder, lambda: drop_finished_good(event.id, bakery.cookie_box.id, "why"))
    still = refuses_without_a_byte(
        folder, lambda: drop_finished_good(event.id, bakery.cookie_box.id, "why", force=True)
    )

    assert messages_of(both) == [
        "Cookie Gift Box: 1 are already assembled, so the plan cannot go down to 0",
        "Cookie Gift Box needs recipes with batches already baked: Chocolate Chip Cookies",
    ]
    assert messages_of(still) == messages_of(both)[:1]


def test_dropping_a_good_whose_recipes_have_production_is_refused_with_their_names(folder, bakery, event):
    record_production(event.id, bakery.slice.id, 1)
    record_production(event.id, bakery.cookie.id, 1)
    refused = refuses_without_a_byte(folder, lambda: drop_finished_good(event.id, bakery.hamper.id, "why"))
    amendment = drop_finished_good(event.id, bakery.hamper.id, "burnt", force=True)

    assert messages_of(refused) == [
        "Hamper needs recipes with batches already baked: Chocolate Chip Cookies, Sponge Cake"
    ]
    assert "force=True" in refused.value.problems[0].hint
    assert get_amendments(event.id) == [amendment]


def test_the_other_yield_of_a_recipe_that_was_baked_guards_the_good_too(folder, bakery, event):
    modify_batch_decision(event.id, bakery.small_cookie.id, 1, "some small ones")
    record_production(event.id, bakery.small_cookie.id, 1)
    refused = refuses_without_a_byte(folder, lambda: drop_finished_good(event.id, bakery.cookie_box.id, "why"))

    assert messages_of(refused) == ["Cookie Gift Box needs recipes with batches already baked: Chocolate Chip Cookies"]


def test_a_good_three_bundles_deep_is_guarded(folder, store, bakery, event):
    with store.session() as session:
        crate = session.add(FinishedGood("Crate", (Component(finished_good_id=bakery.hamper.id, quantity=2),)))
        pallet = session.add(FinishedGood("Pallet", (Component(finished_good_id=crate.id, quantity=3),)))
    add_finished_good(event.id, pallet.id, 1, "for the whole town")
    record_production(event.id, bakery.slice.id, 1)
    refused = refuses_without_a_byte(folder, lambda: drop_finished_good(event.id, pallet.id, "why"))

    assert messages_of(refused) == ["Pallet needs recipes with batches already baked: Sponge Cake"]


def test_a_good_without_baked_recipes_is_dropped_while_others_are_baked(store, bakery, event, pie):
    add_finished_good(event.id, pie.id, 5, "somebody wants pie")
    record_production(event.id, bakery.cookie.id, 6)
    drop_finished_good(event.id, pie.id, "nobody does")

    assert "Pie Box" not in goods_of(event)


def test_a_short_plan_shows_up_in_the_review_after_an_amendment(bakery, event):
    change_quantity(event.id, bakery.cookie_box.id, 20, "ten more")
    kinds = [finding.kind.value for finding in plandoc.review_plan(event.id)]

    assert kinds == ["short"]
