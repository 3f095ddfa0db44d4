"""Events together that are worked out by different definitions: each by its own, and the sum is that of them all."""

from __future__ import annotations

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.records import PlanState
from tests.builders import a_plan


def replaced(store, record, **changes):
    with store.session("change the catalog") as session:
        return session.replace(attrs.evolve(record, **changes))


def needed(*events):
    rows = plandoc.get_ingredient_needs([event.id for event in events]).rows
    return {row.ingredient.name: (str(row.amount), [str(amount) for amount in row.as_written]) for row in rows}


def test_a_started_plan_and_a_draft_are_added_up_each_by_its_own_recipe(store, bakery):
    started = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Started")
    draft = a_plan(store, PlanState.DRAFT, bakery=bakery, name="Draft")
    replaced(store, bakery.cookies, lines=(records.RecipeLine(bakery.sugar.id, 3, "cup"),))

    assert needed(started)["Sugar"] == ("6 cup", ["6 cup"])
    assert needed(draft)["Sugar"] == ("18 cup", ["18 cup"])
    assert needed(started, draft)["Sugar"] == ("24 cup", ["24 cup"])
    assert needed(started, draft)["Flour"] == ("18 cup", ["18 cup"])


def test_volumes_are_weighed_by_the_density_of_their_own_plan(store, bakery):
    started = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Started")
    draft = a_plan(store, PlanState.DRAFT, bakery=bakery, name="Draft")
    replaced(store, bakery.flour, density=records.Density(1, "cup", 130, "g"))
    shopping = plandoc.get_shopping_list([started.id, draft.id])

    assert needed(started, draft)["Flour"] == ("3.75 kg", ["30 cup"])  # 15 * 120 g + 15 * 130 g
    (row,) = next(item.rows for item in shopping.enough if item.ingredient.name == "Flour")
    assert str(row.needed) == "3.75 kg"


def test_an_ingredient_is_called_as_today_where_a_plan_is_not_started(store, bakery):
    draft = a_plan(store, PlanState.DRAFT, bakery=bakery, name="Draft")
    started = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Started")
    replaced(store, bakery.flour, name="Wheat Flour")

    assert "Flour" in needed(started)
    assert "Wheat Flour" in needed(draft, started)
    assert "Flour" not in needed(draft, started)


def test_an_ingredient_is_called_as_in_the_last_of_several_started_plans(store, bakery):
    first = a_plan(store, PlanState.COMPLETED, bakery=bakery, name="First")
    replaced(store, bakery.flour, name="Wheat Flour")
    second = a_plan(store, PlanState.COMPLETED, bakery=bakery, name="Second")
    replaced(store, bakery.flour, name="Rye")

    assert "Flour" in needed(first)
    assert "Wheat Flour" in needed(second, first)


def test_a_recipe_that_is_broken_in_one_of_them_is_told_once(store, folder, bakery):
    events = [a_plan(store, PlanState.DRAFT, bakery=bakery, name=name) for name in ("One", "Two")]
    store.close()
    catalog = (folder / "catalog.json").read_bytes()
    (folder / "catalog.json").write_bytes(catalog.replace(b'"ingredient_id":2', b'"ingredient_id":92'))
    with plandoc.open_store(folder), pytest.raises(plandoc.ValidationError) as refused:
        needed(*events)
    (folder / "catalog.json").write_bytes(catalog)

    assert [problem.message for problem in refused.value.problems] == [
        "Ingredient 92 not found, wanted by 'Chocolate Chip Cookies'"
    ]
