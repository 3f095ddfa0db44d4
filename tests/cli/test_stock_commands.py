"""`plandoc stock set`, `stock list` and `ingredient list`."""

import json

import pytest

import plandoc

from .conftest import contents


@pytest.fixture
def pantry(folder):
    with plandoc.open_store(folder, create=True) as store, store.session("fill") as session:
        flour = session.add(plandoc.Ingredient("Fine Flour", "Baking", plandoc.Density(1, "cup", 120, "g")))
        session.add(plandoc.Ingredient("Sugar"))
        session.add(plandoc.StockItem(flour.id, 3, "cup"))
    return folder


def test_stock_is_set_by_name_short_name_and_number_and_other_units_are_told(call, pantry):
    by_name = call("stock", "set", "FINE flour", "2.50", "kg")
    by_slug = call("stock", "set", "sugar", "0", "kg")
    by_number = call("stock", "set", "1", "4", "cups")

    assert by_name.out == "in stock now: 2.5 kg of Fine Flour\nalso in stock, in other units: 3 cup\n"
    assert by_slug.out == "in stock now: 0 kg of Sugar\n"
    assert by_number.out == "in stock now: 4 cups of Fine Flour\nalso in stock, in other units: 2.5 kg\n"
    assert plandoc.check(pantry) == []


def test_stock_list_shows_every_amount_in_a_pipe_and_as_json(call, pantry):
    plain, rows = call("stock", "list"), json.loads(call("stock", "list", "--json").out)

    assert plain.out == "ingredient\tname\tquantity\tunit\nfine-flour\tFine Flour\t3\tcup\n"
    assert [(row["ingredient"], row["name"], row["quantity"], row["unit"]) for row in rows] == [
        ("fine-flour", "Fine Flour", "3", "cup")
    ]


def test_ingredient_list_shows_what_a_volume_weighs(call, pantry):
    plain, rows = call("ingredient", "list"), json.loads(call("ingredient", "list", "--json").out)

    assert plain.out.splitlines()[1:] == [
        "1\tfine-flour\tFine Flour\tBaking\t1 cup = 120 g",
        "2\tsugar\tSugar\t\t",
    ]
    assert [row["slug"] for row in rows] == ["fine-flour", "sugar"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            ("sugar", "1,500", "g"),
            "found '1,500 g' (write 1500 for the large number, 1.500 for the small one)",
        ),
        (("sugar", "2-3", "kg"), "AMOUNT: wanted one number, not a range, found '2-3 kg'"),
        (("sugar", "1/0", "kg"), "AMOUNT: wanted a fraction of a number above 0, found '1/0 kg'"),
        (("sugar", "-1", "kg"), "AMOUNT: wanted zero or more, found -1"),
        (("sugar", "nan", "kg"), "AMOUNT: wanted a number, found 'nan kg'"),
        (
            ("sugar", "1e3", "kg"),
            "wanted a number without an exponent, found '1e3 kg' (write 1000 if that is what you mean)",
        ),
        (
            ("sugar", "2.5E-1", "kg"),
            "wanted a number without an exponent, found '2.5E-1 kg' (write 0.25 if that is what you mean)",
        ),
        (("sugar", "1e999", "kg"), "AMOUNT: wanted"),
        (("sugar", "1", "kgg"), "wanted a unit such as cup, g or each, found 'kgg' (did you mean kg?)"),
        (
            ("suger", "1", "kg"),
            "there is no ingredient 'suger' (did you mean 'Sugar'? Else see 'plandoc ingredient list')",
        ),
        (("99", "1", "kg"), "Ingredient '99' not found"),
        (("", "1", "kg"), "there is no ingredient ''"),
    ],
)
def test_what_cannot_be_set_is_refused_and_changes_no_byte(arguments, message, call, pantry):
    before = contents(pantry)
    ended = call("stock", "set", *arguments)

    assert (ended.status, ended.out) == (1, "")
    assert message in ended.err
    assert contents(pantry) == before


def test_two_ingredients_of_one_name_are_told_apart_by_the_short_name(call, pantry):
    with plandoc.open_store(pantry) as store, store.session("a namesake") as session:
        session.add(plandoc.Ingredient("SUGAR"))
    ended = call("stock", "set", "Sugar", "1", "kg")

    assert ended.status == 1
    assert "'Sugar' is the name of 2 ingredients (use the short name of the right one" in ended.err
    assert call("stock", "set", "sugar-2", "1", "kg").out == "in stock now: 1 kg of SUGAR\n"


def test_a_group_without_a_command_names_the_commands(call, pantry):
    ended = call("stock")

    assert ended.status == 2
    assert "'plandoc stock' needs a command: list or set or add or import" in ended.err
