"""Two ingredients that are the same become one, with all that refers to them."""

from decimal import Decimal

import attrs
import pytest

import plandoc
from plandoc.records import PlanState
from plandoc.tables import TABLES
from tests.builders import a_bakery, a_plan, folder_bytes


@pytest.fixture
def shop(store):
    return a_bakery(store)


def _lines(recipe_id):
    return [line.ingredient_id for line in plandoc.find_by_key(plandoc.Recipe, recipe_id).lines]


def _stock(store):
    items = store.read(lambda session: session.find(plandoc.StockItem))
    return [(item.ingredient_id, str(item.quantity), item.unit, item.notes) for item in items]


def _added(store, record):
    with store.session("add") as session:
        return session.add(record)


def test_recipes_take_the_one_that_stays_and_the_other_is_gone(shop, store, folder):
    done = plandoc.merge_ingredients(shop.sugar.id, shop.butter.id)

    assert _lines(shop.cookies.id) == [shop.flour.id, shop.butter.id]
    assert [recipe.id for recipe in done.recipes] == [shop.cookies.id]
    assert (done.merged, done.ingredient.id) == (shop.sugar, shop.butter.id)
    assert shop.sugar.id not in {one.id for one in plandoc.list_records(plandoc.Ingredient)}
    assert plandoc.check(folder) == []


def test_stock_in_the_same_unit_is_added_up_and_other_stock_is_moved(shop, store):
    rye = _added(store, plandoc.Ingredient("Rye"))
    _added(store, plandoc.StockItem(rye.id, Decimal("1.5"), "KG", "in the cellar"))
    _added(store, plandoc.StockItem(rye.id, Decimal(3), "bag"))
    done = plandoc.merge_ingredients(rye.id, shop.flour.id)

    assert _stock(store) == [(shop.flour.id, "7", "kg", "in the cellar"), (shop.flour.id, "3", "bag", "")]
    assert [item.unit for item in done.stock] == ["kg", "bag"]


def test_what_the_one_that_stays_does_not_say_comes_from_the_other(shop, store):
    density = plandoc.Density(1, "cup", 100, "g")
    rye = _added(store, plandoc.Ingredient("Rye", notes="coarse"))
    whole = _added(store, plandoc.Ingredient("Whole rye", "Grains", density, "from the mill"))
    stays = plandoc.merge_ingredients(whole.id, rye.id).ingredient

    assert stays == attrs.evolve(rye, category="Grains", density=density, notes="coarse\nfrom the mill")


def test_the_equivalents_of_both_are_kept(shop, store):
    stick, knob = plandoc.Equivalent(1, "stick", 113, "g"), plandoc.Equivalent(1, "knob", 15, "g")
    density = plandoc.Density(2, "cup", 240, "g")
    rye = _added(store, plandoc.Ingredient("Rye", density=density, equivalents=(stick, knob)))
    stays = plandoc.merge_ingredients(rye.id, shop.flour.id).ingredient

    assert (stays.density, stays.equivalents) == (shop.flour.density, (stick, knob))


def test_two_densities_are_refused_and_nothing_is_changed(shop, store, folder):
    rye = _added(store, plandoc.Ingredient("Rye", density=plandoc.Density(1, "cup", 100, "g")))
    before = folder_bytes(folder)
    with pytest.raises(
        plandoc.ValidationError,
        match="the equivalents of Rye and Flour differ, .* 1 cup = 100 g contradicts 1 cup = 120 g",
    ):
        plandoc.merge_ingredients(rye.id, shop.flour.id)
    with pytest.raises(plandoc.ValidationError, match="into itself"):
        plandoc.merge_ingredients(rye.id, rye.id)
    with pytest.raises(plandoc.NotFoundError, match="Ingredient 99 not found"):
        plandoc.merge_ingredients(99, rye.id)

    assert folder_bytes(folder) == before


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.LOCKED])
def test_a_decided_plan_has_nothing_new_to_review(state, shop, store):
    event = a_plan(store, state, bakery=shop)
    before = plandoc.review_plan(event.id)
    plandoc.merge_ingredients(shop.sugar.id, shop.butter.id)

    assert plandoc.review_plan(event.id) == before


def test_an_ingredient_of_a_plan_in_production_is_refused_and_nothing_is_changed(shop, store, folder):
    a_plan(store, PlanState.IN_PRODUCTION, bakery=shop)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.errors.StillUsedError, match="which is in production"):
        plandoc.merge_ingredients(shop.sugar.id, shop.butter.id)

    assert folder_bytes(folder) == before


def test_a_completed_plan_keeps_its_definitions_and_its_runs_name_the_one_that_stays(shop, store, folder):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=shop)
    plandoc.record_production(event.id, shop.cookie.id, 1)
    plandoc.complete_production(event.id)
    needs, compared = plandoc.get_ingredient_needs(event.id), plandoc.get_plan_comparison(event.id)
    other = _added(store, plandoc.Ingredient("Plain flour"))
    plandoc.merge_ingredients(shop.flour.id, other.id)
    (run,) = store.read(lambda session: session.find(plandoc.results.ProductionRun, event_id=event.id))

    assert plandoc.get_ingredient_needs(event.id) == needs
    assert plandoc.get_plan_comparison(event.id) == compared
    assert {part.ingredient_id for part in run.taken} == {other.id}
    assert plandoc.check(folder) == []


def test_every_table_that_refers_to_ingredients_is_rewritten():
    fields = [
        (table.name, reference.field)
        for table in TABLES
        for reference in table.references
        if reference.target is plandoc.Ingredient
    ]

    assert fields == [
        ("recipes", "lines.ingredient_id"),
        ("stock", "ingredient_id"),
        ("production_runs", "taken.ingredient_id"),
    ]
