"""Files by hand that are no such files, cells that mean nothing, and any text at all."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plandoc
from plandoc.exchange import tabular
from plandoc.exchange.tabular.table_files import LARGEST_BYTES
from tests.builders import a_bakery, folder_bytes
from tests.effort import examples

IMPORTS = {
    "ingredients": tabular.import_ingredients,
    "recipes": tabular.import_recipes,
    "goods": tabular.import_goods,
    "stock": tabular.import_stock,
}
each_import = pytest.mark.parametrize("bring_in", IMPORTS.values(), ids=IMPORTS)

NO_FILES = {
    "empty": (b"", "the file is empty"),
    "blanks": (b" \r\n \n", "the file is empty"),
    "wide blanks": ("\u2003\n\x1c".encode(), "the file is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "the file is empty"),
    "binary": (b"a,b\0c", "NUL bytes"),
    "spreadsheet": (b"PK\x03\x04rest", "found the file of a spreadsheet program (save it as 'CSV UTF-8'"),
    "UTF-16": ("recipe".encode("utf-16"), "wanted UTF-8, found UTF-16"),
    "Latin-1 behind a mark": ("\ufeffa\n".encode() + b"\xe9", ":2: wanted UTF-8, found the byte 0xe9 (save it as"),
    "Latin-1": ("a\nSabl\u00e9s".encode("latin-1"), ":2: wanted UTF-8, found the byte 0xe9 (save it as"),
    "tabs": (b"recipe\tgood\tname", "found tabs"),
    "an object": (b'{"name": "X"}', "wanted a list of"),
    "cut off": (b'[{"name": "X"', "this is not JSON"),
    "not a list of objects": (b"[1, null]", "wanted an object for each"),
    "NaN": (b'[{"name": NaN}]', "NaN is not a number"),
    "deep": (b"[" * 5000, "nested too deep"),
    "half a pair": (b'[{"name": "\\ud800"}]', "surrogate"),
}


@pytest.mark.sample(35)
@each_import
@pytest.mark.parametrize("content, message", NO_FILES.values(), ids=NO_FILES)
def test_a_file_that_cannot_be_read_as_rows_is_one_clear_error(content, message, bring_in, store, folder, tmp_path):
    path = tmp_path / "rows.txt"
    path.write_bytes(content)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as caught:
        bring_in(path)

    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert folder_bytes(folder) == before


@each_import
def test_a_missing_file_a_folder_and_a_huge_file_are_refused(bring_in, store, tmp_path):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(LARGEST_BYTES * 10)

    with pytest.raises(plandoc.StorageError, match=r"nowhere\.csv: no such file"):
        bring_in(tmp_path / "nowhere.csv")
    with pytest.raises(plandoc.StorageError, match="NUL"):
        bring_in("a\0b")
    with pytest.raises(plandoc.ValidationError, match="wanted a file, found a folder"):
        bring_in(tmp_path)
    with pytest.raises(plandoc.ValidationError, match=r"wanted at most 10 MB, found 100\.0 MB"):
        bring_in(huge)


def _problems(bring_in, path, content):
    path.write_text(content, "utf-8")
    with pytest.raises(plandoc.ValidationError) as caught:
        bring_in(path)
    return [(problem.line, problem.field, problem.message) for problem in caught.value.problems], caught.value


def test_an_unknown_column_is_refused_with_the_nearest_one(store, tmp_path):
    _, error = _problems(tabular.import_recipes, tmp_path / "r.csv", "recipe,ingredeint,quantity,unit\n")

    assert "r.csv:1: 'ingredeint' is not a part of a recipe's row (did you mean 'ingredient'?)" in str(error)


def test_a_missing_and_a_doubled_column_are_refused(store, tmp_path):
    missing, _ = _problems(tabular.import_stock, tmp_path / "s.csv", "ingredient\nFlour\n")
    bare, _ = _problems(tabular.import_stock, tmp_path / "s.csv", "ingredient,quantity\nFlour,12\n")
    doubled, _ = _problems(tabular.import_stock, tmp_path / "s.csv", "ingredient,unit,quantity,Unit\n")

    assert missing == [(1, None, "the column quantity is missing")]
    assert bare == [(1, None, "the column unit is missing")]
    assert doubled == [(1, None, "the column unit occurs twice")]


def test_a_quotation_mark_that_is_not_closed_is_no_csv(store, tmp_path):
    (problem,), _ = _problems(tabular.import_ingredients, tmp_path / "i.csv", 'name\nFlour\n"Sugar\nButter\n')

    assert problem[0] == 3
    assert problem[2].startswith("this is not CSV: ")


def test_a_cell_beyond_the_last_column_names_the_decimal_comma(store, tmp_path):
    a_bakery(store)
    _, error = _problems(
        tabular.import_stock, tmp_path / "s.csv", "ingredient,quantity,unit\nFlour,0,5,kg\nSugar,1,kg\n"
    )

    assert "s.csv:2: wanted no more than the columns of the first line, found also 'kg' (write 0.5" in str(error)


@pytest.mark.parametrize(
    "number, message",
    {
        "": "wanted a number, found nothing",
        "much": "wanted a number, found 'much'",
        "1/0": "wanted a fraction of a number above 0, found '1/0'",
        "2-3": "wanted one number, not a range, found '2-3'",
        "2-Jan": "wanted a number, found '2-Jan'",
        '"1,000"': "wanted a number that can be read in one way only, found '1,000'",
        "NaN": "wanted a number, found 'NaN'",
        "Infinity": "wanted a number, found 'Infinity'",
        "1_000": "wanted a number, found '1_000'",
        "٣": "wanted a number, found '٣'",
        '"1,000.5"': "wanted a number without separators between its thousands, found '1,000.5'",
        "-1": "wanted zero or more, found -1",
        "1e13": "wanted at most 12 digits before and after the point",
        "0.0000000000001": "wanted at most 12 digits before and after the point",
        "1" * 41: "wanted a number",
    }.items(),
)
def test_a_quantity_that_is_none_is_refused_with_its_line(number, message, store, tmp_path):
    a_bakery(store)
    problems, _ = _problems(
        tabular.import_stock, tmp_path / "s.csv", f"ingredient,quantity,unit\n\nFlour,{number},kg\n"
    )

    ((line, field, said),) = problems
    assert (line, field) == (3, "quantity")
    assert said.startswith(message)


def test_between_semicolons_a_comma_is_a_decimal_point_and_a_thousand_is_not_guessed(store, tmp_path):
    a_bakery(store)
    good = tmp_path / "good.csv"
    good.write_text("\ufeffUnit;QUANTITY; Ingredient \r\nkg;0,5;flour\r\nkg;0.25;SUGAR\r\n", "utf-8")
    tabular.import_stock(good)
    (problem,), error = _problems(tabular.import_stock, tmp_path / "s.csv", "ingredient;quantity;unit\nFlour;1.500;g\n")

    assert [str(item.quantity) for item in store.read(lambda session: session.find(plandoc.StockItem))] == [
        "0.5",
        "0.25",
    ]
    assert problem[2] == "wanted a number that can be read in one way only, found '1.500'"
    assert "write 1500 for the large number, 1,500 for the small one" in str(error)


def test_a_number_keeps_every_digit_in_csv_and_json(store, tmp_path):
    a_bakery(store)
    path = tmp_path / "stock.json"
    path.write_text('[{"ingredient": "Flour", "quantity": 0.100000000001, "unit": "lb"}]')
    tabular.import_stock(path)
    items = store.read(lambda session: session.find(plandoc.StockItem))

    assert str(items[-1].quantity) == "0.100000000001"


def test_text_that_looks_like_a_formula_is_just_text_and_control_characters_are_refused(store, tmp_path):
    path = tmp_path / "i.csv"
    path.write_text("name,notes\n=cmd|'/C calc'!A0,+1\n", "utf-8")
    tabular.import_ingredients(path)
    problems, _ = _problems(tabular.import_ingredients, path, 'name\nFl\x1b[31mour\n"two\nlines"\n')

    assert store.read(lambda session: session.find(plandoc.Ingredient))[0].name == "=cmd|'/C calc'!A0"
    assert [line for line, *_ in problems] == [2, 3]
    assert problems[0][2] == r"wanted text in one line without control characters, found 'Fl\x1b[31mour'"


def test_a_key_that_stands_twice_is_refused_with_the_line_of_the_second(store, tmp_path):
    problems, _ = _problems(tabular.import_ingredients, tmp_path / "i.json", '[{"name": "X",\n"name": "Y"}]')

    assert problems == [(2, None, "the key name occurs twice")]


@pytest.mark.parametrize("value", ["true", "[]", "{}", "3"])
def test_a_name_in_json_is_text(value, store, tmp_path):
    problems, _ = _problems(tabular.import_ingredients, tmp_path / "i.json", f'[\n{{"name": {value}}}]')

    ((line, field, said),) = problems
    assert (line, field) == (2, "name")
    assert said.startswith("wanted text")


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "Flour", "Cookie", "cup", "1", "0.5", "0,5", "25%", "unit", "1 cup = 120 g", '"', ",", ";"]),
)


@each_import
@settings(max_examples=examples(60), deadline=None)
@given(rows=st.lists(st.lists(CELLS, max_size=8), max_size=4), data=st.data())
def test_any_text_in_any_cell_is_taken_in_or_refused(bring_in, rows, data, tmp_path_factory):
    headings = data.draw(
        st.sampled_from(
            [
                "name,category,density,notes",
                "recipe,category,ingredient,sub_recipe,quantity,unit,makes,of",
                "good;component;quantity;kind",
                "ingredient;quantity;unit",
            ]
        )
    )
    separator = ";" if ";" in headings else ","
    text = "\n".join([headings, *(separator.join(row) for row in rows)])
    folder = tmp_path_factory.mktemp("any")
    (folder / "rows.csv").write_text(text, "utf-8", newline="")
    with plandoc.open_store(folder / "data", create=True) as store:
        a_bakery(store)
        before = folder_bytes(folder / "data")
        try:
            report = bring_in(folder / "rows.csv")
        except plandoc.ValidationError as error:
            assert error.problems
            assert folder_bytes(folder / "data") == before
        else:
            assert report.with_outcome(plandoc.exchange.RowOutcome.FAILED) == ()

    assert plandoc.check(folder / "data") == []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | CELLS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "lines",
                    "ingredient",
                    "quantity",
                    "unit",
                    "sub_recipes",
                    "recipe",
                    "multiplier",
                    "makes",
                    "parts",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@each_import
@settings(max_examples=examples(60), deadline=None)
@given(rows=st.lists(JSON_VALUES, max_size=3))
def test_any_json_is_taken_in_or_refused(bring_in, rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    (folder / "rows.json").write_text(json.dumps(rows), "utf-8")
    with plandoc.open_store(folder / "data", create=True) as store:
        a_bakery(store)
        before = folder_bytes(folder / "data")
        try:
            bring_in(folder / "rows.json")
        except plandoc.ValidationError as error:
            assert error.problems
            assert folder_bytes(folder / "data") == before

    assert plandoc.check(folder / "data") == []


EMPTY_TABLES = {
    "ingredients": "name,category\n",
    "recipes": "recipe,ingredient,quantity,unit\n,,,\n",
    "goods": "good;component;quantity\n",
    "stock": "[]",
}


@pytest.mark.parametrize("table", EMPTY_TABLES)
@pytest.mark.sample(4)
def test_a_table_without_rows_is_reported(table, store, tmp_path):
    path = tmp_path / "rows.txt"
    path.write_text(EMPTY_TABLES[table], "utf-8")

    assert IMPORTS[table](path).notes == ("the table has no rows, so there was nothing to import",)


@each_import
@pytest.mark.sample(4)
def test_a_pipe_is_refused_as_one_and_not_called_missing(bring_in, store):
    read, write = os.pipe()
    try:
        with pytest.raises(
            plandoc.errors.DamagedError, match=f"/dev/fd/{read}: wanted a plain file, found a pipe; save what"
        ):
            bring_in(f"/dev/fd/{read}")
    finally:
        os.close(read)
        os.close(write)


@each_import
@pytest.mark.sample(4)
@pytest.mark.parametrize("text", ["name,{}\nA,b\n", "{}\n", "name\n{}\n"])
def test_a_cell_beyond_all_bounds_is_refused_wherever_it_is(text, bring_in, store, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(text.format("x" * 200_000), "utf-8")
    with pytest.raises(plandoc.ValidationError):
        bring_in(path)
    with pytest.raises(plandoc.ValidationError):
        plandoc.convert_recipes(path)
    with pytest.raises(plandoc.PlandocError):
        plandoc.import_file(path)


def test_each_column_that_is_missing_is_named(store, tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("item,unit\nFlour,kg\n", "utf-8")
    with pytest.raises(plandoc.ValidationError, match="the column ingredient and the column quantity are missing"):
        tabular.import_stock(path)
