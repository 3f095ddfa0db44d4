"""Batches that were made ahead, as the command shows them."""

import csv
import io
import json

import pytest

import plandoc
from tests.cli.terminals import Terminal, needs_a_terminal


@pytest.fixture
def frozen(bakery, call):
    """The sample bakery: Harbour Market takes 2 batches of lemon curd, of which 1.5 are in the freezer."""
    call("stock", "set", "lemon-curd", "1", "1/2", "batches")
    return bakery


def in_production(bakery):
    with plandoc.open_store(bakery) as store, store.session("start") as session:
        plandoc.lock_plan(1, session=session)
        plandoc.start_production(1, session=session)


def test_the_stock_of_a_recipe_is_set_and_added_by_its_name_short_name_or_number(call, bakery):
    recipe = next(one for one in json.loads(call("recipe", "list", "--json").out) if one["slug"] == "lemon-curd")
    ended = [
        call("stock", "set", "lemon-curd", "12"),
        call("stock", "set", "LEMON curd", "12", "batches"),
        call("stock", "set", str(recipe["id"]), "1", "batch"),
        call("stock", "add", "lemon-curd", "1/2", "batch", "--no-stock"),
    ]

    assert [one.out for one in ended] == [
        "in stock now: 12 batches of Lemon curd\n",
        "in stock now: 12 batches of Lemon curd\n",
        "in stock now: 1 batch of Lemon curd\n",
        "in stock now: 1.5 batches of Lemon curd\n",
    ]
    assert plandoc.check(bakery) == []


def test_a_recipe_is_counted_in_batches_and_a_name_is_looked_for_among_recipes(call, bakery):
    in_kg, unknown = call("stock", "set", "lemon-curd", "3", "kg"), call("stock", "set", "lemon-curt", "3", "batches")

    assert (in_kg.status, unknown.status) == (1, 1)
    assert "Lemon curd is a recipe, so its stock is in batches; found 'kg'" in in_kg.err
    assert "there is no recipe 'lemon-curt' (did you mean 'lemon-curd'?" in unknown.err


def test_the_list_shows_what_was_made_ahead_below_the_ingredients(call, frozen):
    lines = call("stock", "list").out.splitlines()
    rows = json.loads(call("stock", "list", "--json").out)

    assert lines[-3:] == ["Made ahead", "recipe\tname\tquantity\tunit", "lemon-curd\tLemon curd\t1.5\tbatches"]
    assert rows[0]["recipe"] is None
    assert {name: rows[-1][name] for name in ("ingredient", "recipe", "name", "quantity", "unit")} == {
        "ingredient": None,
        "recipe": "lemon-curd",
        "name": "Lemon curd",
        "quantity": "1.5",
        "unit": "batch",
    }


def test_needs_and_shopping_list_say_what_was_taken_off(call, frozen):
    needs, shop = call("needs", "harbour-market").out, call("shop", "harbour-market").out
    block = ["Made ahead, in batches", "recipe\tneeded\tmade already\tto make", "Lemon curd\t2\t1.5\t0.5"]

    assert needs.splitlines()[-3:] == shop.splitlines()[-3:] == block
    assert json.loads(call("shop", "harbour-market", "--json").out)["made_ahead"] == [
        {
            "recipe": {"id": 2, "slug": "lemon-curd", "name": "Lemon curd"},
            "needed": "2",
            "made": "3/2",
            "to_make": "1/2",
        }
    ]
    rows = list(csv.reader(io.StringIO(call("shop", "harbour-market", "--csv").out)))
    assert rows[-1] == ["made ahead", "Lemon curd", "2", "1.5", "", "batches", "", "0.5 to make"]


def test_the_sheet_has_the_batches_that_are_to_make(call, frozen):
    lines = call("sheet", "harbour-market").out.splitlines()
    at = lines.index("Lemon curd: 0.5 batches")

    assert "1.5 of 2 batches are made already; make 0.5" in lines[at:]
    assert lines[lines.index("1.5 of 2 batches are made already; make 0.5") + 2] == "[ ] 0.5"


def test_what_is_made_already_has_a_block_without_ingredients_and_boxes(call, frozen):
    call("stock", "set", "lemon-curd", "2")
    lines = call("sheet", "harbour-market", "lemon-curd").out.splitlines()

    assert lines[2:] == [
        "Lemon curd: made already",
        "",
        "all 2 batches are made already",
        "2 batches for Lemon tart",
    ]


def test_baking_takes_batches_and_voiding_puts_them_back(call, frozen):
    in_production(frozen)
    baked = call("bake", "harbour-market", "lemon-tart-slice", "1").out
    after = call("stock", "list").out.splitlines()[-1]
    voided = call("void", "harbour-market", "b1", "--reason", "typed twice").out

    assert "taken from the stock: 1 batch of Lemon curd, " in baked
    assert after == "lemon-curd\tLemon curd\t0.5\tbatches"
    assert "returned to the stock: 1 batch of Lemon curd, " in voided
    assert call("stock", "list").out.splitlines()[-1] == "lemon-curd\tLemon curd\t1.5\tbatches"
    assert plandoc.check(frozen) == []


def test_a_recipe_shows_what_of_it_is_made_ahead(call, frozen):
    assert "made ahead   1.5 batches" in call("recipe", "show", "lemon-curd").out.splitlines()
    assert json.loads(call("recipe", "show", "lemon-curd", "--json").out)["stock"][0]["quantity"] == "1.5"


def test_a_table_of_the_stock_comes_back_with_its_batches(call, frozen, tmp_path):
    call("export-csv", "tables")
    text = (tmp_path / "tables/stock.csv").read_text("utf-8-sig")
    again = call("stock", "import", "tables/stock.csv")

    assert text.splitlines()[-1] == "Lemon curd,1.5,batch,"
    assert again.status == 0
    assert "created" not in again.out


@pytest.mark.costly
@needs_a_terminal
@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("view", ["stock list", "needs 1", "shop 1", "sheet 1 lemon-curd"])
def test_on_a_screen_no_line_is_too_wide_and_no_word_is_broken(frozen, view, columns):
    narrow, wide = (Terminal(frozen, columns=width).run(*view.split()).text for width in (columns, 400))

    assert max(map(len, map(str.rstrip, narrow.splitlines()))) <= columns
    assert {word for word in wide.split() if not set("─█░") & set(word)} <= set(narrow.split())


def test_making_ahead_says_what_was_taken_and_what_was_missing(call, bakery):
    call("stock", "set", "sugar", "0.1", "kg")
    made = call("stock", "add", "lemon-curd", "1", "1/2", "batches")
    left_alone = call("stock", "add", "Lemon curd", "1", "--no-stock")
    rows = json.loads(call("stock", "add", "lemon-curd", "1", "--json").out)

    assert made.out.splitlines()[0] == "in stock now: 1.5 batches of Lemon curd"
    assert made.out.splitlines()[1:] == [
        "taken from the stock: 7.5 piece of Eggs, 6 piece of Lemons, 100 g of Sugar",
        "not in the stock: 1.375 cup of Sugar",
    ]
    assert left_alone.out == "in stock now: 2.5 batches of Lemon curd\n"
    assert rows["notes"][0] == "in stock now: 3.5 batches of Lemon curd"
    assert plandoc.check(bakery) == []
