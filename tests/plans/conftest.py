"""The bakery that most tests of plans work in, and its event in production."""

from __future__ import annotations

import pytest

from plandoc import PlanState
from plandoc.records import Component, FinishedGood, FinishedUnit, Recipe
from tests.builders import a_bakery, a_plan


@pytest.fixture
def bakery(store):
    return a_bakery(store)


@pytest.fixture
def event(store, bakery):
    """10 cookie boxes and 2 hampers, in production; 6 batches of cookies and 1 of cake are just enough."""
    return a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)


@pytest.fixture
def pie(store):
    """A good whose recipe is in no plan: one pie, 8 a batch."""
    with store.session() as session:
        recipe = session.add(Recipe("Apple Pie"))
        unit = session.add(FinishedUnit("Pie", recipe.id, items_per_batch=8))
        return session.add(FinishedGood("Pie Box", (Component(finished_unit_id=unit.id, quantity=2),)))
