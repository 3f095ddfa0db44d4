"""Renaming and removing ingredients, recipes, units and goods; and what is said of a short name of another kind."""

import pytest

import plandoc
from plandoc.records import PlanState
from tests.builders import a_bakery, a_plan


@pytest.fixture
def store(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        yield store
    assert plandoc.check(tmp_path / "data") == []


def test_a_name_changes_and_the_short_name_stays(store):
    bakery = a_bakery(store)

    renamed = plandoc.rename_record(plandoc.Recipe, bakery.cookies.id, " Choc Chips ")

    assert (renamed.name, renamed.slug) == ("Choc Chips", "chocolate-chip-cookies")
    assert plandoc.find_by_key(plandoc.Recipe, "chocolate-chip-cookies") == renamed


def test_a_name_that_another_has_is_refused_and_its_own_in_capitals_is_not(store):
    bakery = a_bakery(store)

    with pytest.raises(plandoc.ValidationError, match="already has the name 'Sugar'.*merge_ingredients\\(1, 2\\)"):
        plandoc.rename_record(plandoc.Ingredient, bakery.flour.id, "SUGAR")
    assert plandoc.rename_record(plandoc.Ingredient, bakery.flour.id, "FLOUR").name == "FLOUR"


def test_units_of_different_recipes_may_have_one_name(store):
    bakery = a_bakery(store)

    with pytest.raises(plandoc.ValidationError):
        plandoc.rename_record(plandoc.FinishedUnit, bakery.cookie.id, "Small cookie")
    assert plandoc.rename_record(plandoc.FinishedUnit, bakery.slice.id, "Cookie").name == "Cookie"


def test_what_is_used_is_not_removed_and_all_that_uses_it_is_named(store):
    bakery = a_bakery(store)
    a_plan(store, PlanState.LOCKED, bakery=bakery)

    with pytest.raises(plandoc.errors.StillUsedError) as of_ingredient:
        plandoc.remove_record(plandoc.Ingredient, bakery.flour.id)
    with pytest.raises(plandoc.errors.StillUsedError) as of_recipe:
        plandoc.remove_record(plandoc.Recipe, bakery.cookies.id)

    assert of_ingredient.value.users == (
        "recipe 1 'Chocolate Chip Cookies'",
        "recipe 3 'Sponge Cake'",
        "the stock of Flour (5.5 kg)",
    )
    assert of_recipe.value.users == (
        "event 1 'Christmas 2026'",
        "finished good 1 'Plain Cookie'",
        "finished good 3 'Cookie Gift Box'",
    )
    assert "Recipe 1 'Chocolate Chip Cookies' is still used by event 1" in str(of_recipe.value)


def test_a_recipe_goes_with_its_yields_and_an_ingredient_with_its_empty_rows_of_the_stock(store):
    with store.session() as session:
        mint = session.add(plandoc.Ingredient("Mint"))
        tea = session.add(plandoc.Recipe("Tea", lines=(plandoc.RecipeLine(mint.id, 1, "g"),)))
        cup = session.add(plandoc.FinishedUnit("Cup", tea.id, items_per_batch=1))
    none = plandoc.set_stock(mint.id, 0, "g")

    assert plandoc.remove_record(plandoc.Recipe, tea.id) == [tea, cup]
    assert plandoc.remove_record(plandoc.Ingredient, mint.id) == [mint, none]
    assert plandoc.list_records(plandoc.FinishedUnit) == plandoc.get_stock() == []


def test_a_refused_removal_in_a_session_leaves_everything(store):
    bakery = a_bakery(store)
    with store.session() as session:
        with pytest.raises(plandoc.errors.StillUsedError):
            plandoc.remove_record(plandoc.Recipe, bakery.cookies.id, session=session)
    assert {one.id for one in plandoc.list_records(plandoc.FinishedUnit)} >= {bakery.cookie.id, bakery.small_cookie.id}


@pytest.mark.parametrize("record_type", [plandoc.Event, plandoc.StockItem, int])
def test_only_what_is_in_the_catalog_is_renamed_and_removed(store, record_type):
    with pytest.raises(plandoc.ValidationError, match="wanted one of Ingredient"):
        plandoc.remove_record(record_type, 1)
    with pytest.raises(plandoc.ValidationError, match="wanted one of Ingredient"):
        plandoc.rename_record(record_type, 1, "Other")


@pytest.mark.parametrize(
    ("wanted", "slug", "words"),
    [
        (
            plandoc.FinishedGood,
            "cookie",
            "it is the finished unit 'Cookie'; the goods made of it are plain-cookie, cookie-gift",
        ),
        (plandoc.Recipe, "cookie", "it is the finished unit 'Cookie'; its recipe is chocolate-chip-cookies"),
        (plandoc.FinishedUnit, "sponge-cake", "it is the recipe 'Sponge Cake'; its finished units are slice"),
        (plandoc.FinishedGood, "sponge-cake", "it is the recipe 'Sponge Cake'; the goods made of it are plain-slice"),
        (plandoc.FinishedUnit, "frosting", "it is the recipe 'Frosting'; it has no finished unit"),
        (plandoc.FinishedGood, "frosting", "it is the recipe 'Frosting'; no good is made of it"),
        (plandoc.Recipe, "hamper", "it is the finished good 'Hamper'"),
        (plandoc.FinishedUnit, "hamper", "it is the finished good 'Hamper'; there is no unit in it"),
        (plandoc.FinishedUnit, "plain-slice", "it is the finished good 'Plain Slice'; the units in it are slice"),
        (plandoc.Recipe, "flour", "it is the ingredient 'Flour'"),
        (plandoc.Event, "cookie", "it is the finished unit 'Cookie'"),
    ],
)
def test_a_short_name_of_another_kind_says_what_it_is_and_what_was_meant(store, wanted, slug, words):
    a_bakery(store)
    with pytest.raises(plandoc.NotFoundError) as refused:
        plandoc.find_by_key(wanted, slug)
    assert words in str(refused.value)
