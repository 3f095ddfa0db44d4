"""Batches of a recipe that are in stock are used before new ones are made: in needs, shopping, sheets and baking."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

import plandoc
from plandoc import (
    NotFoundError,
    PlanState,
    RunKind,
    StockItem,
    ValidationError,
    add_stock,
    get_ingredient_needs,
    get_production_sheet,
    get_shopping_list,
    get_stock,
    record_production,
    set_stock,
    void_run,
)
from plandoc.errors import StillUsedError
from plandoc.records import FinishedUnit, Ingredient, Recipe, RecipeLine, SubRecipe
from plandoc.results import Taken
from tests.builders import a_bakery, a_plan, brought_to, folder_bytes


@pytest.fixture
def bakery(store):
    """A cake takes 1.5 batches of frosting, each of 0.67 cups of butter."""
    return a_bakery(store)


@pytest.fixture
def event(store, bakery):
    """In production: 6 batches of cookies and 4 of cake, and so 6 of frosting."""
    event = a_plan(store, bakery=bakery)
    plandoc.save_batch_decision(event.id, bakery.slice.id, 4)
    return brought_to(store, event, PlanState.IN_PRODUCTION)


def batches(recipe):
    return [item.quantity for item in get_stock() if item.recipe_id == recipe.id]


def needed(found):
    return {row.ingredient.name: str(row.amount) for row in found.rows}


def made(found):
    return [(one.recipe.name, one.needed, one.made, one.to_make) for one in found.made_ahead]


def on_sheet(event):
    sheet = get_production_sheet(event.id)
    return {one.work.recipe.name: (one.work.needed, one.work.made_ahead, one.work.batches) for one in sheet.recipes}


@pytest.mark.parametrize("unit", ["batch", "batches", "Batches ", "each"])
def test_stock_of_a_recipe_is_set_in_batches_by_the_functions_for_ingredients(bakery, unit):
    item = set_stock(bakery.frosting, "2 1/2", unit)

    assert (item.ingredient_id, item.recipe_id, item.quantity, item.unit) == (
        None,
        bakery.frosting.id,
        Decimal("2.5"),
        "batch",
    )
    assert add_stock("frosting", 1, unit).quantity == Decimal("3.5")
    assert set_stock("frosting", 4).quantity == 4
    assert batches(bakery.frosting) == [4]
    assert get_stock()[-1].recipe_id == bakery.frosting.id, "recipes come after ingredients"


def test_where_a_recipe_and_an_ingredient_have_one_name_the_unit_says_which(store, bakery):
    with store.session("a bought one") as session:
        bought = session.add(Ingredient("Frosting"))

    assert set_stock("frosting", 3).ingredient_id == bought.id
    assert set_stock("frosting", 3, "kg").ingredient_id == bought.id
    assert set_stock("frosting", 3, "batches").recipe_id == bakery.frosting.id


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        (1, "kg", "Frosting is a recipe, so its stock is in batches; found 'kg'"),
        (1, None, "Frosting is a recipe, so its stock is in batches; found None"),
        (-1, "batch", "wanted zero or more"),
        (0.5, "batch", "binary float"),
    ],
)
def test_what_is_no_number_of_batches_is_refused(folder, bakery, quantity, unit, words):
    before = folder_bytes(folder)
    with pytest.raises(ValidationError, match=words):
        set_stock(bakery.frosting, quantity, unit)

    assert folder_bytes(folder) == before


def test_batches_of_what_is_no_recipe_are_refused_with_the_way_out(bakery):
    with pytest.raises(NotFoundError, match="Recipe 'frostin' not found"):
        set_stock("frostin", 1, "batch")
    with pytest.raises(ValidationError, match="batches are of a recipe; name it by its slug, or give the record"):
        set_stock(bakery.flour.id, 1, "batch")


def test_needs_shopping_and_sheet_are_of_what_is_still_to_make(bakery, event):
    assert needed(get_ingredient_needs(event.id))["Butter"] == "4.02 cup"
    set_stock(bakery.frosting, 2)

    for found in (get_ingredient_needs(event.id), get_ingredient_needs(event.id, remaining=True)):
        assert needed(found)["Butter"] == "2.68 cup"
        assert made(found) == [("Frosting", 6, 2, 4)]
    shopping = get_shopping_list(event.id)
    assert [str(row.to_buy) for item in shopping.buy for row in item.rows if item.ingredient == bakery.butter] == [
        "2.68 cup"
    ]
    assert made(shopping) == [("Frosting", 6, 2, 4)]
    assert on_sheet(event)["Frosting"] == (6, 2, 4)


def test_when_all_is_made_already_nothing_is_bought_and_the_sheet_says_so(bakery, event):
    set_stock(bakery.frosting, 7)

    assert "Butter" not in needed(get_ingredient_needs(event.id))
    assert on_sheet(event) == {"Chocolate Chip Cookies": (6, 0, 6), "Frosting": (6, 6, 0), "Sponge Cake": (4, 0, 4)}
    [frosting] = get_production_sheet(event.id, [bakery.frosting]).recipes
    assert (frosting.work.lines, frosting.boxes.full, [use.batches for use in frosting.work.used_in]) == ((), 0, [6])


def test_what_is_only_in_batches_that_are_made_is_not_on_the_sheet(bakery, event):
    set_stock(bakery.cake, 4)

    assert on_sheet(event) == {"Chocolate Chip Cookies": (6, 0, 6), "Sponge Cake": (4, 4, 0)}
    assert needed(get_ingredient_needs(event.id)) == {"Flour": "12 cup", "Sugar": "6 cup"}
    [cake] = get_production_sheet(event.id, [bakery.cake]).recipes
    assert [(one.batches, one.units) for one in cake.yields] == [(4, 16)], "they are still to bake"


def test_baking_uses_batches_first_and_then_the_ingredients_of_the_others(bakery, event):
    set_stock(bakery.frosting, 2)
    set_stock(bakery.butter, 10, "cup")
    run = record_production(event.id, bakery.slice.id, 2)

    assert run.taken == (
        Taken(None, 2, "batch", bakery.frosting.id),
        Taken(bakery.butter.id, Decimal("0.67"), "cup"),
        Taken(bakery.flour.id, Decimal("0.72"), "kg"),
    )
    assert run.not_taken == ()
    assert batches(bakery.frosting) == [0]
    void_run(event.id, RunKind.PRODUCTION, run.id, "typed twice")
    assert batches(bakery.frosting) == [2]
    assert [item.quantity for item in get_stock() if item.ingredient_id == bakery.butter.id] == [10]


def test_a_voided_run_puts_back_batches_that_have_no_row_any_more(store, bakery, event):
    item = set_stock(bakery.frosting, 2)
    run = record_production(event.id, bakery.slice.id, 1)
    with store.session("tidy up") as session:
        session.remove(StockItem, item.id)
    void_run(event.id, RunKind.PRODUCTION, run.id, "typed twice")

    assert batches(bakery.frosting) == [Decimal("1.5")]


def test_the_stock_can_be_left_alone(folder, bakery, event):
    set_stock(bakery.frosting, 2)
    before = folder_bytes(folder)["stock.json"]
    run = record_production(event.id, bakery.slice.id, 1, use_stock=False)

    assert run.taken == ()
    assert folder_bytes(folder)["stock.json"] == before


def test_what_is_needed_in_the_middle_of_production_is_what_the_runs_will_take(bakery, event):
    set_stock(bakery.frosting, 4)
    record_production(event.id, bakery.slice.id, 2)

    left, everything = get_ingredient_needs(event.id, remaining=True), get_ingredient_needs(event.id)
    assert (made(left), needed(left)["Butter"]) == ([("Frosting", 3, 1, 2)], "1.34 cup")
    # 3 were taken for the first two cakes, and 1 is there for the other two.
    assert (made(everything), needed(everything)["Butter"]) == ([("Frosting", 6, 4, 2)], "1.34 cup")


def test_batches_made_later_are_not_taken_off_what_is_baked_already(bakery, event):
    record_production(event.id, bakery.slice.id, 4)
    before = get_ingredient_needs(event.id)
    set_stock(bakery.frosting, 9)

    assert get_ingredient_needs(event.id) == before
    assert get_ingredient_needs(event.id, remaining=True).made_ahead == ()


def test_nothing_about_a_completed_plan_depends_on_what_is_in_stock_now(bakery, event):
    set_stock(bakery.frosting, 2)
    record_production(event.id, bakery.slice.id, 3)
    plandoc.complete_production(event.id)
    before = get_ingredient_needs(event.id), get_production_sheet(event.id), get_shopping_list(event.id)
    set_stock(bakery.frosting, 50)

    assert made(before[0]) == [("Frosting", 6, 2, 4)]
    assert (get_ingredient_needs(event.id), get_production_sheet(event.id), get_shopping_list(event.id)) == before


def test_several_events_share_what_is_made_already(store, bakery, event):
    other = a_plan(store, bakery=bakery, name="Easter")
    set_stock(bakery.frosting, 7)

    assert made(get_shopping_list(event.id)) == [("Frosting", 6, 6, 0)]
    assert made(get_shopping_list([event.id, other.id])) == [("Frosting", Fraction(15, 2), 7, Fraction(1, 2))]


def test_a_started_plan_uses_its_own_definitions(store, bakery, event):
    set_stock(bakery.frosting, 2)
    with store.session("another recipe") as session:
        session.replace(attrs.evolve(bakery.cake, sub_recipes=(SubRecipe(bakery.frosting.id, 100),)))
        session.replace(attrs.evolve(bakery.frosting, lines=(RecipeLine(bakery.sugar.id, 9, "kg"),)))

    assert made(get_ingredient_needs(event.id)) == [("Frosting", 6, 2, 4)]
    assert needed(get_ingredient_needs(event.id))["Butter"] == "2.68 cup"
    assert record_production(event.id, bakery.slice.id, 1).taken[0] == Taken(
        None, Fraction(3, 2), "batch", bakery.frosting.id
    )


def test_a_third_of_a_batch_stays_a_third(store, bakery, event):
    set_stock(bakery.frosting, "1/3")
    run = record_production(event.id, bakery.slice.id, 1)

    assert run.taken[0].quantity == Fraction(1, 3)
    assert batches(bakery.frosting) == [0]
    void_run(event.id, RunKind.PRODUCTION, run.id, "typed twice")
    assert batches(bakery.frosting) == [Fraction(1, 3)]


def test_a_recipe_of_which_batches_are_there_is_not_removed_and_its_empty_row_goes_with_it(store):
    with store.session("a recipe") as session:
        jam = session.add(Recipe("Jam"))
        session.add(FinishedUnit("Jar", jam.id, items_per_batch=4))
    set_stock("jam", 3)
    with pytest.raises(StillUsedError, match=r"the stock of Jam \(3 batch\)"):
        plandoc.remove_record(Recipe, jam.id)
    item = set_stock("jam", 0)

    assert plandoc.remove_record(Recipe, jam.id)[-1] == item
    assert get_stock() == []


def test_a_recipe_that_a_run_took_is_not_removed(store, bakery, event):
    item = set_stock(bakery.frosting, 1)
    record_production(event.id, bakery.slice.id, 1)
    plandoc.complete_production(event.id)
    with store.session("no frosting any more") as session:
        session.remove(StockItem, item.id)
        session.replace(attrs.evolve(bakery.cake, sub_recipes=()))
    with pytest.raises(StillUsedError, match="event 1"):
        plandoc.remove_record(Recipe, bakery.frosting.id)


def test_a_recipe_that_is_renamed_keeps_its_batches(bakery, event):
    set_stock(bakery.frosting, 1)
    plandoc.rename_record(Recipe, bakery.frosting.id, "Buttercream")

    assert batches(bakery.frosting) == [1]


def test_merging_ingredients_leaves_what_runs_took_of_recipes(store, bakery, event):
    set_stock(bakery.frosting, 1)
    run = record_production(event.id, bakery.slice.id, 1)
    plandoc.complete_production(event.id)
    with store.session("another sugar") as session:
        other = session.add(Ingredient("Fine Sugar"))
    plandoc.merge_ingredients(bakery.sugar.id, other.id)
    # The butter is the ingredient with the number of the frosting.
    plandoc.merge_ingredients(bakery.butter.id, other.id)

    [found] = store.read(lambda session: session.find(plandoc.results.ProductionRun, event_id=event.id))
    assert found.taken[0] == run.taken[0]
    assert batches(bakery.frosting) == [0]


def test_batches_travel_with_the_folder(tmp_path, store, bakery, event):
    set_stock(bakery.frosting, "2 1/3")
    record_production(event.id, bakery.slice.id, 1)
    plandoc.export_file(tmp_path / "all.json")
    store.close()
    with plandoc.open_store(tmp_path / "other", create=True) as other:
        plandoc.import_file(tmp_path / "all.json")
        again = plandoc.import_file(tmp_path / "all.json")
        there = [
            (item.recipe_id and other.read(lambda s: s.get(Recipe, item.recipe_id)).name, item.quantity)
            for item in get_stock()
        ]
        plandoc.export_file(tmp_path / "again.json")

    assert there[-1] == ("Frosting", Fraction(5, 6))
    assert again.counts()["stock"].keys() == {"skipped"} or not again.counts()["stock"].get("created")
    assert (tmp_path / "all.json").read_bytes() == (tmp_path / "again.json").read_bytes()
    assert plandoc.check(tmp_path / "other") == []


def test_a_store_in_memory_does_the_same():
    with plandoc.open_store(":memory:") as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        set_stock(bakery.frosting, 1)

        assert made(get_shopping_list(event.id)) == [("Frosting", Fraction(3, 2), 1, Fraction(1, 2))]
        assert record_production(event.id, bakery.slice.id, 1).taken[0] == Taken(None, 1, "batch", bakery.frosting.id)


def test_results_are_flat_rows_and_shown_in_a_notebook(bakery, event):
    set_stock(bakery.frosting, 2)
    found = get_shopping_list(event.id)

    assert plandoc.rows(found.made_ahead) == [
        {
            "recipe_id": bakery.frosting.id,
            "recipe_slug": "frosting",
            "recipe_name": "Frosting",
            "needed": 6,
            "made": 2,
            "to_make": 4,
        }
    ]
    assert "Made ahead" in found._repr_html_()
    assert "Made ahead" in get_ingredient_needs(event.id)._repr_html_()


def test_a_recipe_has_one_row_and_a_second_is_refused_and_reported(store, folder, bakery):
    set_stock(bakery.frosting, 2)
    with pytest.raises(ValidationError, match="already has recipe_id 2 and unit 'batch'"), store.session() as session:
        session.add(StockItem(None, 1, "batch", recipe_id=bakery.frosting.id))
    with pytest.raises(ValidationError, match="Recipe 99 not found"), store.session() as session:
        session.add(StockItem(None, 1, "batch", recipe_id=99))


def test_two_rows_of_a_recipe_in_a_file_are_reported_and_none_is_lost(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        set_stock(bakery.frosting, 1)
        set_stock(bakery.cake, Fraction(1, 4))
    file = tmp_path / "data/stock.json"
    text = file.read_text("utf-8")
    file.write_text(text.replace(f'"recipe_id":{bakery.cake.id}', f'"recipe_id":{bakery.frosting.id}'), "utf-8")

    assert ["same recipe_id and unit" in str(one) for one in plandoc.check(tmp_path / "data")] == [True]
    with plandoc.open_store(tmp_path / "data"):
        run = record_production(event.id, bakery.slice.id, 1)

    assert [part.quantity for part in run.taken if part.recipe_id] == [1, Fraction(1, 4)]
