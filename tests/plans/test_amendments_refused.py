"""Amendments that are refused: each with its message, and without a byte changed."""

from __future__ import annotations

import pytest

import plandoc
from plandoc import PlanState
from plandoc.workflow.amendments import (
    add_finished_good,
    change_quantity,
    drop_finished_good,
    get_amendments,
    modify_batch_decision,
)
from tests.builders import a_plan
from tests.plans.amending import CHANGES, messages_of, refuses_without_a_byte


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.LOCKED, PlanState.COMPLETED])
@pytest.mark.parametrize("kind", CHANGES)
def test_only_a_plan_in_production_is_amended(folder, store, bakery, state, kind):
    event = a_plan(store, state, bakery=bakery)
    refused = refuses_without_a_byte(folder, lambda: CHANGES[kind](bakery, event), error=plandoc.PlanStateError)

    assert (refused.value.current_state, refused.value.attempted_action) == (state, "amend the plan")


AMENDING = {
    "drop": lambda event_id, reason: drop_finished_good(event_id, 99, reason),
    "add": lambda event_id, reason: add_finished_good(event_id, 99, -1, reason),
    "quantity": lambda event_id, reason: change_quantity(event_id, 99, -1, reason),
    "batches": lambda event_id, reason: modify_batch_decision(event_id, 99, -1, reason),
}


@pytest.mark.parametrize("reason", ["", "  \n", None, 7, "half \ud800"])
@pytest.mark.parametrize("kind", AMENDING)
def test_a_reason_is_wanted_before_anything_else_of_the_change_is_looked_at(folder, event, kind, reason):
    refused = refuses_without_a_byte(folder, lambda: AMENDING[kind](event.id, reason))

    assert [problem.field for problem in refused.value.problems] == ["reason"]


def test_a_blank_reason_is_refused_with_the_way_out(folder, bakery, event):
    refused = refuses_without_a_byte(folder, lambda: change_quantity(event.id, bakery.hamper.id, 3, " \n"))

    assert str(refused.value) == "reason: wanted a reason, found only blanks (say why the plan changes)"


@pytest.mark.parametrize("kind", AMENDING)
def test_an_unknown_event_is_named_first_then_the_state_then_the_reason(folder, store, bakery, kind):
    draft = a_plan(store, bakery=bakery)
    unknown = refuses_without_a_byte(folder, lambda: AMENDING[kind](99, ""), error=plandoc.NotFoundError)
    refuses_without_a_byte(folder, lambda: AMENDING[kind](draft.id, ""), error=plandoc.PlanStateError)

    assert str(unknown.value) == "Event 99 not found"
    with pytest.raises(plandoc.NotFoundError, match="Event 99 not found"):
        get_amendments(99)


@pytest.mark.parametrize("good_id", [99, 0, -1, "1", None, 3.0, True])
def test_an_unknown_good_is_refused_by_every_amendment_of_goods(folder, bakery, event, good_id):
    add_finished_good(event.id, bakery.plain_cookie.id, 1, "so that the plan has a good 1, which True is not")
    for call in (
        lambda: drop_finished_good(event.id, good_id, "why"),
        lambda: add_finished_good(event.id, good_id, 1, "why"),
        lambda: change_quantity(event.id, good_id, 1, "why"),
    ):
        refused = refuses_without_a_byte(folder, call)

        assert messages_of(refused) == [f"Finished good {good_id!r} not found"]


def test_everything_that_is_wrong_with_a_new_good_is_told_at_once(folder, event):
    refused = refuses_without_a_byte(folder, lambda: add_finished_good(event.id, 99, 0, "why"))

    assert messages_of(refused) == [
        "Finished good 99 not found",
        "finished good 99: wanted a whole number of at least 1, found 0",
    ]


def test_adding_what_is_there_is_refused_and_leads_to_change_quantity(folder, bakery, event):
    refused = refuses_without_a_byte(folder, lambda: add_finished_good(event.id, bakery.hamper.id, 0, "why"))

    assert messages_of(refused) == [
        "Hamper: wanted a whole number of at least 1, found 0",
        "Hamper is already in the plan, with a quantity of 2",
    ]
    assert "change_quantity" in refused.value.problems[1].hint


@pytest.mark.parametrize("quantity", [-1, 2.5, True, "3", None, 10**18])
def test_a_quantity_is_a_whole_number_above_zero(folder, bakery, event, quantity):
    for call in (
        lambda: add_finished_good(event.id, bakery.plain_cookie.id, quantity, "why"),
        lambda: change_quantity(event.id, bakery.hamper.id, quantity, "why"),
    ):
        refused = refuses_without_a_byte(folder, call)

        assert [problem.field for problem in refused.value.problems] == ["quantity"]


def test_quantity_zero_leads_to_drop_finished_good(folder, bakery, event):
    refused = refuses_without_a_byte(folder, lambda: change_quantity(event.id, bakery.hamper.id, 0, "why"))

    assert messages_of(refused) == ["Hamper: wanted a whole number of at least 1, found 0"]
    assert "drop_finished_good" in refused.value.problems[0].hint


def test_a_good_that_is_not_in_the_plan_is_neither_dropped_nor_changed(folder, bakery, event):
    for call in (
        lambda: drop_finished_good(event.id, bakery.plain_slice.id, "why"),
        lambda: change_quantity(event.id, bakery.plain_slice.id, 3, "why"),
    ):
        refused = refuses_without_a_byte(folder, call)

        assert messages_of(refused) == ["Plain Slice is not in the plan"]
        assert "add_finished_good" in refused.value.problems[0].hint


def test_a_change_that_changes_nothing_is_refused(folder, bakery, event):
    same_quantity = refuses_without_a_byte(folder, lambda: change_quantity(event.id, bakery.hamper.id, 2, "why"))
    same_batches = refuses_without_a_byte(folder, lambda: modify_batch_decision(event.id, bakery.cookie.id, 6, "why"))
    still_none = refuses_without_a_byte(
        folder, lambda: modify_batch_decision(event.id, bakery.small_cookie.id, 0, "why")
    )

    assert messages_of(same_quantity) == ["Hamper: 2 are already planned, so nothing would change"]
    assert messages_of(same_batches) == ["batches of Cookie: 6 are already decided, so nothing would change"]
    assert messages_of(still_none) == ["batches of Small Cookie: 0 are already decided, so nothing would change"]


@pytest.mark.parametrize("batches", [-1, 1.0, True, "2", None, 10**18])
def test_batches_are_a_whole_number(folder, bakery, event, batches):
    refused = refuses_without_a_byte(folder, lambda: modify_batch_decision(event.id, bakery.cookie.id, batches, "why"))

    assert [problem.field for problem in refused.value.problems] == ["batches"]
    assert messages_of(refused)[0].startswith("batches of Cookie: wanted a whole number")


@pytest.mark.parametrize("unit_id", [99, 0, "1", None, 1.0, True])
def test_an_unknown_unit_is_refused(folder, event, unit_id):
    refused = refuses_without_a_byte(folder, lambda: modify_batch_decision(event.id, unit_id, 1, "why"))

    assert messages_of(refused) == [f"Finished unit {unit_id!r} not found"]
