"""Fractions, pieces and lines without amount on the screen: from the files to the shopping list and the report."""

import csv
import io
import json

import pytest

import plandoc

from .conftest import contents

RECIPES = """\
recipe,ingredient,sub_recipe,quantity,unit,makes,of
Bun,Milk,,1/3,cup,1,Bun
Bun,Salt,,,,,
Bun,,Glaze,1/3,,,
Glaze,Egg,,2-3,,,
Glaze,Salt,,1,pinch,,
Glaze,Vanilla,,,,,
"""
LISTED = "Also needed, no amount given"


@pytest.fixture
def fair(call, folder, tmp_path):
    (tmp_path / "recipes.csv").write_text(RECIPES, "utf-8")
    (tmp_path / "goods.csv").write_text("good,component,quantity\nThird,Bun,1/3\n", "utf-8")
    call("init")
    imported = call("recipe", "import", str(tmp_path / "recipes.csv"), "--add-ingredients")
    for words in (
        ("good", "import", str(tmp_path / "goods.csv")),
        ("stock", "set", "milk", "99.9", "cup"),
        ("event", "add", "Fair", "--date", "2026-12-24"),
        ("plan", "goods", "fair", "third=900", "--add-missing-recipes"),
        ("plan", "decide", "fair", "--enough"),
    ):
        assert call(*words).status == 0
    return imported


def _table(shown, title):
    lines = shown.split(f"\n{title}\n")[1].split("\n\n")[0].splitlines()
    return [line.split("\t") for line in lines[1:]]


def test_the_import_says_how_it_read_what_is_not_a_number_with_a_unit(fair):
    assert fair.out.splitlines()[-4:] == [
        "note: 'Egg' in 'Glaze': '2-3' counts as 3; the line's notes keep the text",
        "note: new ingredients: 'Milk', 'Salt', 'Egg', 'Vanilla'",
        "note: no unit is given, so these are counted in each: 'Egg' in 'Glaze'",
        "note: no amount is given, so these are listed and not summed: 'Salt' in 'Bun', 'Vanilla' in 'Glaze'",
    ]


def test_three_hundred_thirds_of_a_cup_are_a_tenth_more_than_there_is(fair, call):
    assert _table(call("shop", "fair").out, "Buy") == [
        ["Egg", "300", "0", "300", "each"],
        ["Milk", "100", "99.9", "0.1", "cup"],
        ["Salt", "100", "0", "100", "pinch"],
    ]


@pytest.mark.parametrize("command", ["needs", "shop"])
def test_what_has_no_amount_is_listed_with_its_recipes_after_the_sums(command, fair, call):
    assert _table(call(command, "fair").out, LISTED) == [["Salt", "Bun"], ["Vanilla", "Glaze"]]
    listed = json.loads(call(command, "fair", "--json").out)["without_amount"]
    assert [(one["ingredient"]["slug"], [recipe["slug"] for recipe in one["recipes"]]) for one in listed] == [
        ("salt", ["bun"]),
        ("vanilla", ["glaze"]),
    ]


def test_the_list_as_csv_and_the_report_name_what_has_no_amount(fair, call, tmp_path):
    rows = list(csv.DictReader(io.StringIO(call("shop", "fair", "--csv").out)))
    call("report", "fair", "-o", str(tmp_path / "fair.html"))
    page = (tmp_path / "fair.html").read_text("utf-8")

    assert [(row["ingredient"], row["needed"], row["why"]) for row in rows if row["standing"] == "no amount given"] == [
        ("Salt", "", "in Bun"),
        ("Vanilla", "", "in Glaze"),
    ]
    assert f"<h3>{LISTED}</h3>" in page


def test_what_has_no_amount_is_not_bought_and_that_is_said(fair, call):
    ended = call("shop", "fair", "--bought")

    assert ended.out.endswith(
        "not added to the stock, because the recipes give no amount: Salt, Vanilla; use 'plandoc stock add'\n"
    )
    assert [line.split("\t")[0] for line in call("stock", "list").out.splitlines()[1:]] == ["egg", "milk", "salt"]


def test_needs_of_recipes_without_any_amount_are_not_said_to_be_none(call, folder, tmp_path):
    (tmp_path / "r.csv").write_text("recipe,ingredient,quantity,unit,makes,of\nBrine,Salt,,,1,Brine\n", "utf-8")
    (tmp_path / "g.csv").write_text("good,component,quantity\nJar,Brine,1\n", "utf-8")
    for words in (
        ("init",),
        ("recipe", "import", str(tmp_path / "r.csv"), "--add-ingredients"),
        ("good", "import", str(tmp_path / "g.csv")),
        ("event", "add", "Fair", "--date", "2026-12-24"),
        ("plan", "goods", "fair", "jar=1", "--add-missing-recipes"),
        ("plan", "decide", "fair", "--enough"),
        ("report", "fair", "-o", str(tmp_path / "fair.html")),
    ):
        assert call(*words).status == 0

    assert _table(call("needs", "fair").out, LISTED) == [["Salt", "Brine"]]
    assert "no batches are decided" not in (tmp_path / "fair.html").read_text("utf-8")


AMOUNTS = {
    ("1/2", "kg"): "0.5 kg",
    ("1", "1/2", "kg"): "1.5 kg",
    ("1½ kg",): "1.5 kg",
    ("5kg",): "5 kg",
    ("0,5", "kg"): "0.5 kg",
    ("2", "fl", "oz"): "2 fl oz",
    ("2/3", "cup"): "0.667 cup",
    ("12",): "12 each",
}


@pytest.mark.parametrize("words", AMOUNTS, ids=" ".join)
def test_stock_is_set_with_the_words_that_people_type(words, call, folder):
    with plandoc.open_store(folder, create=True) as store, store.session("fill") as session:
        session.add(plandoc.Ingredient("Milk"))

    assert call("stock", "set", "milk", *words).out == f"in stock now: {AMOUNTS[words]} of Milk\n"
    assert call("stock", "add", "milk", *words).status == 0
    assert plandoc.check(folder) == []


def test_pieces_are_one_row_of_the_stock_whatever_they_are_called(call, folder):
    with plandoc.open_store(folder, create=True) as store, store.session("fill") as session:
        session.add(plandoc.Ingredient("Eggs"))
    call("stock", "set", "eggs", "90", "piece")

    assert call("stock", "add", "eggs", "2").out == "in stock now: 92 piece of Eggs\n"
    assert call("stock", "set", "eggs", "12").out == "in stock now: 12 each of Eggs\n"
    assert call("stock", "set", "eggs", "1", "dozen").out == (
        "in stock now: 1 dozen of Eggs\nalso in stock, in other units: 12 each\n"
    )


def test_a_spreadsheet_that_made_dates_of_fractions_is_told_so(call, folder, tmp_path):
    (tmp_path / "r.csv").write_text("recipe,ingredient,quantity,unit\nBun,Milk,01-Feb,cup\n", "utf-8")
    call("init")
    before = contents(folder)
    ended = call("recipe", "import", str(tmp_path / "r.csv"), "--add-ingredients")

    assert ended.status == 1
    assert "found '01-Feb' (where a spreadsheet makes a date of 1/2 or 2-3, write 0.5 or 3" in ended.err
    assert contents(folder) == before
