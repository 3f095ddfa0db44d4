"""What the tests of a plan in production share: how to look at the plan, and one amendment of each kind."""

from __future__ import annotations

import pytest

import plandoc
from plandoc.workflow.amendments import add_finished_good, change_quantity, drop_finished_good, modify_batch_decision
from tests.builders import folder_bytes

CHANGES = {
    "drop": lambda bakery, event, **rest: drop_finished_good(event.id, bakery.hamper.id, "why", **rest),
    "add": lambda bakery, event, **rest: add_finished_good(event.id, bakery.plain_cookie.id, 3, "why", **rest),
    "quantity": lambda bakery, event, **rest: change_quantity(event.id, bakery.hamper.id, 3, "why", **rest),
    "batches": lambda bakery, event, **rest: modify_batch_decision(event.id, bakery.cookie.id, 7, "why", **rest),
    "no batches": lambda bakery, event, **rest: modify_batch_decision(event.id, bakery.cookie.id, 0, "why", **rest),
}


def goods_of(event):
    return {good.name: quantity for good, quantity in plandoc.get_event_fg_quantities(event.id)}


def batches_of(event):
    return {row.finished_unit_id: row.batches for row in plandoc.get_batch_decisions(event.id)}


def recipes_of(event):
    return [recipe.name for recipe in plandoc.get_event_recipes(event.id)]


def messages_of(refused):
    return [problem.message for problem in refused.value.problems]


def refuses_without_a_byte(folder, call, *, error=plandoc.ValidationError):
    """Call what must be refused, see that nothing was written, and return the refusal."""
    before = folder_bytes(folder)
    with pytest.raises(error) as refused:
        call()
    assert folder_bytes(folder) == before
    return refused
