"""Quantities in tables as people write them: fractions, ranges, the unit behind the number, pieces, no amount at all."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction

import pytest

import plandoc
from plandoc.exchange import RowOutcome, export_file, import_file
from plandoc.exchange.csv_export import render_csv
from plandoc.exchange.tabular import import_goods, import_ingredients, import_recipes, import_stock
from tests.builders import a_bakery, folder_bytes

MUFFINS = """\
recipe,ingredient,sub_recipe,quantity,unit,makes,of
Muffins,Flour,,1½,cup,12,Muffin
Muffins,Milk,,1 1/2,cup,33 1/3%,Third of a Tray
Muffins,Sugar,,2/3,cup,,
Muffins,Vanilla,,½,tsp,,
Muffins,Butter,,"0,25",lb,,
Muffins,Yeast,,5g,,,
Muffins,Egg,,3,,,
Muffins,Apple,,2-3,,,
Muffins,Salt,,,,,
Muffins,,Glaze,1/3,,,
Glaze,Sugar,,1 to 1½ cups,,,
"""
OBJECTS = [
    {
        "name": "Muffins",
        "lines": [
            {"ingredient": "Flour", "quantity": "1½", "unit": "cup"},
            {"ingredient": "Milk", "quantity": "1 1/2", "unit": "cup"},
            {"ingredient": "Sugar", "quantity": "2/3", "unit": "cup"},
            {"ingredient": "Vanilla", "quantity": "½", "unit": "tsp"},
            {"ingredient": "Butter", "quantity": "0,25", "unit": "lb"},
            {"ingredient": "Yeast", "quantity": "5g"},
            {"ingredient": "Egg", "quantity": 3},
            {"ingredient": "Apple", "quantity": "2-3"},
            {"ingredient": "Salt"},
        ],
        "sub_recipes": [{"recipe": "Glaze", "multiplier": "1/3"}],
        "makes": [
            {"name": "Muffin", "items_per_batch": 12},
            {"name": "Third of a Tray", "batch_percentage": "33 1/3"},
        ],
    },
    {"name": "Glaze", "lines": [{"ingredient": "Sugar", "quantity": "1 to 1½ cups", "unit": None}]},
]


def _file(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def _recipes(store):
    return {one.name: one for one in store.read(lambda session: session.find(plandoc.Recipe))}


@pytest.fixture(params=["csv", "json"])
def muffins(request, store, tmp_path):
    path = _file(tmp_path, MUFFINS) if request.param == "csv" else _file(tmp_path, json.dumps(OBJECTS), "recipes.json")
    return path, import_recipes(path, add_ingredients=True)


def test_every_way_to_write_a_quantity_comes_in_exactly(muffins, store):
    recipes = _recipes(store)
    names = {one.id: one.name for one in store.read(lambda session: session.find(plandoc.Ingredient))}
    lines = {names[line.ingredient_id]: (line.quantity, line.unit, line.notes) for line in recipes["Muffins"].lines}

    assert lines == {
        "Flour": (Decimal("1.5"), "cup", ""),
        "Milk": (Decimal("1.5"), "cup", ""),
        "Sugar": (Fraction(2, 3), "cup", ""),
        "Vanilla": (Decimal("0.5"), "tsp", ""),
        "Butter": (Decimal("0.25"), "lb", ""),
        "Yeast": (Decimal(5), "g", ""),
        "Egg": (Decimal(3), "each", ""),
        "Apple": (Decimal(3), "each", "2-3"),
        "Salt": (None, "", ""),
    }
    assert recipes["Muffins"].sub_recipes == (plandoc.SubRecipe(recipes["Glaze"].id, Fraction(1, 3)),)
    assert recipes["Glaze"].lines[0].quantity == Decimal("1.5")
    units = store.read(lambda session: session.find(plandoc.FinishedUnit))
    assert {unit.name: unit.yield_per_batch for unit in units} == {"Muffin": 12, "Third of a Tray": 3}


def test_the_report_says_what_was_a_range_what_is_counted_in_pieces_and_what_has_no_amount(muffins):
    assert muffins[1].notes == (
        "'Apple' in 'Muffins': '2-3' counts as 3; the line's notes keep the text",
        "'Sugar' in 'Glaze': '1 to 1½ cups' counts as 1.5; the line's notes keep the text",
        "new ingredients: 'Flour', 'Milk', 'Sugar', 'Vanilla', 'Butter', 'Yeast', 'Egg', 'Apple', 'Salt'",
        "no unit is given, so these are counted in each: 'Egg' in 'Muffins', 'Apple' in 'Muffins'",
        "no amount is given, so these are listed and not summed: 'Salt' in 'Muffins'",
    )


def test_the_same_file_again_and_the_tables_exported_and_imported_again_change_nothing(
    muffins, store, folder, tmp_path
):
    before = folder_bytes(folder)
    again = [import_recipes(muffins[0])]
    for name, text in render_csv(["recipes"]).items():
        again.append(import_recipes(_file(tmp_path, text, f"{name}.csv")))

    assert {row.outcome for report in again for row in report.rows} == {RowOutcome.SKIPPED}
    assert folder_bytes(folder) == before


def test_a_table_for_a_spreadsheet_has_thirds_that_it_does_not_take_for_dates(muffins):
    rows = list(csv.DictReader(io.StringIO(render_csv(["recipes"])["recipes"])))

    assert {row["ingredient"] or row["sub_recipe"]: row["quantity"] for row in rows if row["recipe"] == "Muffins"} == {
        "Flour": "1.5",
        "Milk": "1.5",
        "Sugar": "0 2/3",
        "Vanilla": "0.5",
        "Butter": "0.25",
        "Yeast": "5",
        "Egg": "3",
        "Apple": "3",
        "Salt": "",
        "Glaze": "0 1/3",
        "": "",
    }
    assert "33 1/3%" in {row["makes"] for row in rows}


def test_an_export_brings_thirds_and_lines_without_amount_into_an_empty_folder(muffins, store, tmp_path):
    export_file(tmp_path / "all.json")
    before = _recipes(store)
    with plandoc.open_store(tmp_path / "other", create=True) as other:
        with other.session("import") as session:
            import_file(tmp_path / "all.json", session=session)
        assert _recipes(other) == before
    assert plandoc.check(tmp_path / "other") == []


def test_another_range_takes_the_place_of_the_one_before_and_other_notes_stay(store, tmp_path):
    bakery = a_bakery(store)
    with store.session("notes") as session:
        session.replace(
            plandoc.Recipe(
                "Frosting",
                "Toppings",
                (plandoc.RecipeLine(bakery.butter.id, 3, "cup", "soft; 2-3"),),
                slug="frosting",
                id=bakery.frosting.id,
            )
        )
    import_recipes(_file(tmp_path, "recipe,ingredient,quantity,unit\nFrosting,Butter,3–4,cup\n"))

    line = _recipes(store)["Frosting"].lines[0]
    assert (line.quantity, line.notes) == (4, "soft; 3–4")


def test_stock_components_and_densities_take_fractions_and_units_behind_the_number(store, tmp_path):
    bakery = a_bakery(store)
    stock = import_stock(_file(tmp_path, "ingredient,quantity,unit\nFlour,⅓,cup\nButter,1 1/2 lb,\nSugar,12,\n"))
    import_goods(_file(tmp_path, "good,component,quantity\nHalf,Slice,½\nHalf,Cookie,1/3\n"))
    import_ingredients(_file(tmp_path, "name,density\nSugar,½ cup = 100g\nButter,1/3 cup = 2⅔ oz\n"))

    amounts = {(one.ingredient_id, one.unit): one.quantity for one in store.read(lambda s: s.find(plandoc.StockItem))}
    assert amounts[bakery.flour.id, "cup"] == Fraction(1, 3)
    assert amounts[bakery.butter.id, "lb"] == Decimal("1.5")
    assert amounts[bakery.sugar.id, "each"] == 12
    assert stock.notes == ("no unit is given, so these are counted in each: 'Sugar'",)
    half = next(one for one in store.read(lambda session: session.find(plandoc.FinishedGood)) if one.name == "Half")
    assert [part.quantity for part in half.components] == [Decimal("0.5"), Fraction(1, 3)]
    densities = {one.name: one.density for one in store.read(lambda session: session.find(plandoc.Ingredient))}
    assert densities["Sugar"] == plandoc.Density("1/2", "cup", 100, "g")
    assert densities["Butter"] == plandoc.Density(Fraction(1, 3), "cup", Fraction(8, 3), "oz")


def test_pieces_in_a_file_are_the_pieces_that_are_in_stock(store, tmp_path):
    bakery = a_bakery(store)
    plandoc.set_stock(bakery.sugar.id, 90, "piece")
    import_stock(_file(tmp_path, "ingredient,quantity,unit\nSugar,12,\n"))

    counted = store.read(lambda session: session.find(plandoc.StockItem))
    assert [(one.quantity, one.unit) for one in counted if one.ingredient_id == bakery.sugar.id] == [(12, "each")]


@pytest.mark.parametrize(
    "text, message",
    [
        ("recipe,ingredient\nFudge,Sugar\n", "the column quantity is missing"),
        ("recipe,ingredient,quantity\nFudge,Sugar,3\n", "the column unit is missing"),
    ],
)
def test_a_table_that_lacks_the_column_of_amounts_or_units_is_refused(text, message, store, tmp_path):
    a_bakery(store)
    with pytest.raises(plandoc.ValidationError, match=message):
        import_recipes(_file(tmp_path, text))


def test_a_table_with_the_units_behind_its_numbers_needs_no_column_of_units(store, tmp_path):
    a_bakery(store)
    import_recipes(_file(tmp_path, "recipe,ingredient,quantity\nFudge,Sugar,2 cups\nFudge,Butter,3\nFudge,Flour\n"))

    assert [(line.quantity, line.unit) for line in _recipes(store)["Fudge"].lines] == [
        (2, "cups"),
        (3, "each"),
        (None, ""),
    ]


def test_words_instead_of_a_number_are_refused_with_what_to_do_where_no_amount_is_given(store, tmp_path):
    a_bakery(store)
    with pytest.raises(plandoc.ValidationError) as caught:
        import_recipes(_file(tmp_path, "recipe,ingredient,quantity,unit\nFudge,Sugar,to taste,\nFudge,Flour,,cup\n"))

    assert [(one.line, one.field, one.hint) for one in caught.value.problems] == [
        (2, "quantity", "leave it blank where no amount is given"),
        (3, "quantity", "for an ingredient without an amount, leave the unit blank, too"),
    ]
