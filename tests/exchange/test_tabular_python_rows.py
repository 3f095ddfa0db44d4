"""Ingredients, recipes, goods and stock from Python data: the same tables as CSV and JSON, with the numbers of the rows."""

from __future__ import annotations

import collections
import csv
import datetime
import io
import json
import math
from decimal import Decimal
from fractions import Fraction

import pytest

import plandoc
from tests.builders import a_bakery

_FUDGE = [
    {"recipe": "Fudge", "ingredient": "Sugar", "quantity": "2/3", "unit": "cup", "makes": 64, "of": "Fudge Piece"},
    {"recipe": None, "ingredient": "Butter", "quantity": 113, "unit": "g", "makes": math.nan, "of": None},
]
_NESTED = [
    {
        "name": "Fudge",
        "lines": [
            {"ingredient": "Sugar", "quantity": Fraction(2, 3), "unit": "cup"},
            {"ingredient": "Butter", "quantity": Decimal("113.0"), "unit": "g"},
        ],
        "makes": ({"name": "Fudge Piece", "items_per_batch": 64},),
    }
]


def _rows_below_headings():
    return [tuple(_FUDGE[0]), *(tuple(row.values()) for row in _FUDGE)]


@pytest.mark.parametrize(
    "rows",
    [
        _FUDGE,
        tuple(_FUDGE),
        iter([*_FUDGE]),
        [collections.OrderedDict(row) for row in _FUDGE],
        _NESTED,
        _rows_below_headings(),
        [[*row] for row in _rows_below_headings()],
        [_FUDGE[0], {}, {"recipe": "", "ingredient": None}, _FUDGE[1]],
    ],
)
def test_recipes_come_from_rows_as_from_a_file(store, tmp_path, rows):
    with plandoc.open_store(":memory:") as other:
        path = tmp_path / "recipes.csv"
        lines = [["" if value is None or value != value else value for value in row] for row in _rows_below_headings()]
        path.write_text("\n".join(",".join(map(str, line)) for line in lines), "utf-8")
        with other.session() as session:
            expected_report = plandoc.import_recipes(path, add_ingredients=True, session=session)
            expected = session.find(plandoc.Recipe), session.find(plandoc.FinishedUnit)
    with store.session() as session:
        report = plandoc.import_recipes(rows, add_ingredients=True, session=session)
        assert (session.find(plandoc.Recipe), session.find(plandoc.FinishedUnit)) == expected
    assert report == expected_report


def test_all_four_tables_come_from_rows(store):
    plandoc.import_ingredients([{"name": "Sugar", "category": "Baking", "density": "1 cup = 200 g"}])
    plandoc.import_recipes(_FUDGE, add_ingredients=True)
    plandoc.import_goods(csv.DictReader(io.StringIO("good,component,quantity\nFudge Box,Fudge Piece,12\n")))
    plandoc.import_stock([("ingredient", "quantity", "unit"), ("Sugar", 2.5, "kg"), ("Butter", 1, "kg")])

    with store.session() as session:
        assert session.get(plandoc.Ingredient, "sugar").density.weight == 200
        assert session.get(plandoc.FinishedGood, "fudge-box").components[0].quantity == 12
        assert {item.quantity for item in session.find(plandoc.StockItem)} == {Decimal("2.5"), Decimal(1)}


def test_every_mistake_is_told_with_the_number_of_its_row(store):
    a_bakery(store)
    rows = [
        {"ingredient": "Flour", "quantity": 1, "unit": "kg"},
        {"ingredient": "Flower", "quantity": 1, "unit": "kg"},
        {"ingredient": "Sugar", "quantity": "much", "unit": "kg"},
        {"ingredient": "Butter", "quantity": True, "unit": "kg"},
        {"ingredient": "Flour", "quantity": 1, "unit": "kg"},
        ["Sugar", 1, "kg"],
    ]

    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.import_stock(rows)

    said = [str(problem) for problem in refused.value.problems]
    assert [one.partition(":")[0] for one in said] == [
        "row 2, ingredient",
        "row 3, quantity",
        "row 4, quantity",
        "row 5, ingredient",
        "row 6",
    ]
    assert "first on row 1" in said[3]
    assert all(problem.file is None for problem in refused.value.problems)


def test_a_mistake_inside_a_row_has_its_path(store):
    wrong = [{"name": "Fudge", "lines": [{"ingredient": "Sugar", "quantity": "x", "unit": "cup"}]}]

    with pytest.raises(plandoc.ValidationError, match=r"row 1, lines\[1\]\.quantity: wanted"):
        plandoc.import_recipes(wrong, add_ingredients=True)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "wanted rows, found none"),
        (iter([]), "was an iterator given that is already used up"),
        ({"name": "Flour"}, "found one mapping"),
        (7, "wanted a path or rows, found 7"),
        (None, "wanted a path or rows, found None"),
        ([{"recipe": "Fudge"}], "wanted rows of ingredients with the key name, found recipe"),
        (["Flour"], "wanted an object for each ingredient, found 'Flour'"),
        ([None], "wanted an object for each ingredient, found nothing"),
        ([{"name": datetime.date(2026, 1, 1)}], "wanted text or a number, found datetime.date"),
        ([{"name": "Flour", "notes": 3}], "wanted text, found the number '3'"),
        ([{"name": "Flour", "notes": ["a"]}], "wanted text or a number, found a list"),
        ([("name", "notes"), ("Flour", "", "too much")], "row 2: wanted no more than the columns of the first row"),
        ([("name", "name"), ("Flour", "Flour")], "row 1: wanted each column once"),
        ([{"name": "Flour", "Name": "Flour"}], "row 1: the key name occurs twice"),
        ([{"name": "half a pair \ud800"}], "row 1, name: "),
    ],
)
def test_what_is_no_rows_is_refused_with_what_was_wanted(store, rows, message):
    with pytest.raises(plandoc.ValidationError, match=message.replace("(", r"\(")):
        plandoc.import_ingredients(rows)


@pytest.mark.parametrize(
    "number",
    [pytest.param(10**5000, id="long"), Decimal("1e400"), math.inf, 0.1 + 0.2, Fraction(1, 10**200), Decimal("NaN")],
)
def test_a_number_that_no_file_can_hold_is_refused(store, number):
    a_bakery(store)

    with pytest.raises(plandoc.ValidationError, match="row 1, quantity: "):
        plandoc.import_stock([{"ingredient": "Flour", "quantity": number, "unit": "kg"}])


def test_lists_that_hold_themselves_are_refused(store):
    endless: list = []
    endless.append(endless)

    with pytest.raises(plandoc.ValidationError, match="nested too deep"):
        plandoc.import_recipes([{"name": "Fudge", "lines": endless}])


def test_what_looks_like_a_frame_of_pandas_is_told_how_to_give_its_rows(store):
    class Frame:
        def to_dict(self, orient):
            return []

    with pytest.raises(plandoc.ValidationError, match=r"found Frame \(for pandas, give frame\.to_dict\('records'\)\)"):
        plandoc.import_stock(Frame())


def test_rows_are_imported_as_the_json_that_python_makes_of_them(store, tmp_path):
    rows = [{"ingredient": "Flour", "quantity": 0.67, "unit": "kg"}, {"ingredient": "Sugar", "quantity": 64.0}]
    path = tmp_path / "stock.json"
    path.write_text(json.dumps(rows), "utf-8")
    a_bakery(store)

    plandoc.import_stock(rows)
    from_rows = plandoc.get_stock()
    report = plandoc.import_stock(path)

    assert {row.outcome.value for row in report.rows} == {"skipped"}
    assert plandoc.get_stock() == from_rows
