"""Making batches ahead: what goes into them leaves the stock, and they enter it, in one write."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

import plandoc
from plandoc import ValidationError, add_stock, get_shopping_list, get_stock, set_stock
from plandoc.records import Recipe, SubRecipe
from plandoc.results import NotTaken, Taken
from plandoc.workflow.stock import added
from tests.builders import a_bakery, a_plan, folder_bytes, transactions


@pytest.fixture
def bakery(store):
    """A cake takes 1.5 batches of frosting, each of 0.67 cups of butter."""
    return a_bakery(store)


def in_stock():
    return {(item.ingredient_id, item.recipe_id): (item.quantity, item.unit) for item in get_stock()}


def test_what_goes_into_the_batches_leaves_the_stock_in_the_write_in_which_they_enter_it(store, folder, bakery):
    set_stock(bakery.butter.id, 1, "cup")
    before = len(transactions(folder))
    with store.session("make ahead") as session:
        made = added("frosting", 2, "batch", session, use_stock=True)
    lines = transactions(folder)[before:]

    assert made.item.quantity == 2
    assert made.taken == (Taken(bakery.butter.id, 1, "cup"),)
    assert made.not_taken == (NotTaken("Butter", Decimal("0.34"), "cup"),)
    assert in_stock()[None, bakery.frosting.id] == (2, "batch")
    assert in_stock()[bakery.butter.id, None] == (0, "cup")
    assert [[one["path"] for one in line["documents"]] for line in lines] == [["stock.json"]]


def test_sub_recipes_that_were_made_ahead_are_used_and_batches_of_its_own_are_not(store, bakery):
    set_stock(bakery.frosting, 1)
    set_stock(bakery.cake, 5)
    with store.session("make ahead") as session:
        made = added(bakery.cake, "1 1/3", "batches", session, use_stock=True)

    assert made.item.quantity == Fraction(19, 3)
    assert made.taken == (
        Taken(None, 1, "batch", bakery.frosting.id),
        Taken(bakery.flour.id, Decimal("0.48"), "kg"),
    )
    assert made.not_taken == (NotTaken("Butter", Decimal("0.67"), "cup"),)


def test_the_stock_can_be_left_alone(bakery):
    flour = in_stock()[bakery.flour.id, None]
    assert add_stock(bakery.cake, 2, use_stock=False).quantity == 2
    assert in_stock() == {(bakery.flour.id, None): flour, (None, bakery.cake.id): (2, "batch")}


def test_making_ahead_what_is_needed_leaves_nothing_more_to_buy(store, bakery):
    event = a_plan(store, bakery=bakery)
    plandoc.receive_shopping(event.id)
    add_stock(bakery.frosting, 1)
    add_stock("sponge-cake", 1, "batch")

    assert get_shopping_list(event.id).buy == ()


@pytest.mark.parametrize("batches", [0, -1, "x", 1.5, True, None, Decimal("NaN")])
def test_a_number_of_batches_is_exact_and_above_zero(folder, bakery, batches):
    before = folder_bytes(folder)
    with pytest.raises(ValidationError, match="quantity: "):
        add_stock(bakery.frosting, batches)

    assert folder_bytes(folder) == before


def test_a_broken_recipe_is_refused_with_the_way_out(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store:
        bakery = a_bakery(store)
        with store.session("one more") as session:
            session.add(Recipe("Tower", sub_recipes=(SubRecipe(bakery.frosting.id, 7),)))
    file = tmp_path / "data/catalog.json"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace(
            f'"sub_recipes":[{{"recipe_id":{bakery.frosting.id},"multiplier":"7"',
            '"sub_recipes":[{"recipe_id":77,"multiplier":"7"',
        ),
        "utf-8",
    )
    with plandoc.open_store(tmp_path / "data"):
        with pytest.raises(ValidationError, match=r"Recipe 77 not found.*use_stock=False"):
            add_stock("tower", 1)
        assert add_stock("tower", 1, use_stock=False).quantity == 1
