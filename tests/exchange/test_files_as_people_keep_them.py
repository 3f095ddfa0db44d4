"""Tables as people keep them: blank cells, rows in any order, columns of their own, notes, names that look alike."""

import json
from decimal import Decimal

import pytest

import plandoc
from plandoc.exchange.tabular import import_goods, import_ingredients, import_recipes, import_stock
from tests.builders import a_bakery, folder_bytes


def _file(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def _recipe(store, name):
    return next(one for one in store.read(lambda session: session.find(plandoc.Recipe)) if one.name == name)


def _lines(store, name):
    names = {one.id: one.name for one in store.read(lambda session: session.find(plandoc.Ingredient))}
    return [(names[line.ingredient_id], str(line.quantity), line.unit) for line in _recipe(store, name).lines]


def _refused(import_table, path, **options):
    with pytest.raises(plandoc.ValidationError) as caught:
        import_table(path, **options)
    return [(problem.line, problem.message, problem.hint) for problem in caught.value.problems]


def test_a_blank_recipe_means_the_one_above(store, tmp_path):
    text = "recipe,ingredient,quantity,unit\nBread,Flour,1,kg\n,Water,600,g\n\nBun,Flour,1,kg\n,Milk,1,l\n"
    import_recipes(_file(tmp_path, text), add_ingredients=True)

    assert _lines(store, "Bread") == [("Flour", "1", "kg"), ("Water", "600", "g")]
    assert _lines(store, "Bun") == [("Flour", "1", "kg"), ("Milk", "1", "l")]


def test_a_blank_good_means_the_one_above(store, tmp_path):
    a_bakery(store)
    import_goods(_file(tmp_path, "good,component,quantity\nBox,Cookie,6\n,Slice,2\n"))
    goods = store.read(lambda session: session.find(plandoc.FinishedGood))

    assert [(one.name, len(one.components)) for one in goods[-1:]] == [("Box", 2)]


def test_the_first_row_needs_a_name(store, tmp_path):
    path = _file(tmp_path, "recipe,ingredient,quantity,unit\n,Flour,1,kg\nBread,Flour,1,kg\n")

    assert _refused(import_recipes, path, add_ingredients=True) == [(2, "wanted a name, found nothing", None)]


def test_rows_of_a_recipe_may_be_apart_and_that_is_reported(store, tmp_path):
    text = "recipe,ingredient,quantity,unit\nBread,Flour,1,kg\nBun,Flour,2,kg\nbread,Water,600,g\n,Salt,10,g\n"
    report = import_recipes(_file(tmp_path, text), add_ingredients=True)

    assert [name for name, *_ in _lines(store, "Bread")] == ["Flour", "Water", "Salt"]
    assert "put together, because their rows are not: 'Bread' (lines 2, 4)" in report.notes


def test_a_recipe_that_was_pasted_twice_is_not_doubled(store, tmp_path):
    text = "recipe,ingredient,quantity,unit\nBread,Flour,1,kg\nBun,Flour,2,kg\nBread,Flour,1,kg\n"
    ((line, message, hint),) = _refused(import_recipes, _file(tmp_path, text), add_ingredients=True)

    assert (line, message) == (4, "this row of 'Bread' is the same as line 2")
    assert hint == "leave one of them out; if both are meant, put all rows together"


def test_a_yield_may_be_repeated_in_every_row(store, tmp_path):
    text = "recipe,category,ingredient,quantity,unit,makes,of\nBread,B,Flour,1,kg,2,Loaf\nBread,B,Water,1,l,2,loaf\n"
    report = import_recipes(_file(tmp_path, text), add_ingredients=True)

    assert [row.name for row in report.rows if row.table == "finished_units"] == ["Loaf"]


def test_two_categories_of_one_recipe_are_refused(store, tmp_path):
    text = "recipe,category,ingredient,quantity,unit\nBread,Loaves,Flour,1,kg\nBread,Buns,Water,1,l\n"
    ((line, message, _),) = _refused(import_recipes, _file(tmp_path, text), add_ingredients=True)

    assert (line, message) == (3, "wanted one category for all rows, found 'Buns' after 'Loaves' on line 2")


F_M8 = "recipe,ingredient,quantity,unit,makes,of,notes,price\nBread,Flour,1.5,cup,2,Loaf,sifted,1.20\n"


def test_a_note_of_a_line_comes_in_and_a_column_of_ones_own_is_left_out_and_reported(store, tmp_path):
    report = import_recipes(_file(tmp_path, F_M8), add_ingredients=True)
    (unit,) = store.read(lambda session: session.find(plandoc.FinishedUnit))

    assert [(str(line.quantity), line.notes) for line in _recipe(store, "Bread").lines] == [("1.5", "sifted")]
    assert (unit.name, unit.items_per_batch, unit.notes) == ("Loaf", 2, "")
    assert "left out, because plandoc has no such column: 'price'" in report.notes


def test_strict_columns_refuse_what_plandoc_has_no_place_for(store, folder, tmp_path):
    before = folder_bytes(folder)
    ((line, message, _),) = _refused(import_recipes, _file(tmp_path, F_M8), add_ingredients=True, strict_columns=True)

    assert (line, message) == (1, "'price' is not a part of a recipe's row")
    assert folder_bytes(folder) == before


def test_a_slip_in_a_column_is_refused_and_never_left_out(store, tmp_path):
    path = _file(tmp_path, "recipe,ingredient,quantity,unit,note\nBread,Flour,1,kg,sifted\n")

    assert _refused(import_recipes, path) == [
        (1, "'note' is not a part of a recipe's row", "did you mean 'notes'?"),
    ]


def test_unknown_keys_of_json_are_left_out_too(store, tmp_path):
    value = [
        {"name": "Bread", "author": "Ann", "lines": [{"ingredient": "Flour", "quantity": 1, "unit": "kg", "shelf": 3}]}
    ]
    report = import_recipes(_file(tmp_path, json.dumps(value), "x.json"), add_ingredients=True)

    assert "left out, because plandoc has no such keys: 'author', 'shelf'" in report.notes


def test_notes_and_method_come_in_with_all_their_lines(store, tmp_path):
    text = (
        "recipe,ingredient,sub_recipe,quantity,unit,notes,makes,of,recipe_notes,method\n"
        'Bread,Flour,,1,kg,sifted,,,from Ann,"Mix.\nBake."\n'
        "Bread,,Leaven,1,,ripe,,,,\nBread,,,,,crusty,2,Loaf,,\nLeaven,Rye,,1,kg,,,,,\n"
    )
    import_recipes(_file(tmp_path, text), add_ingredients=True)
    bread = _recipe(store, "Bread")
    (unit,) = store.read(lambda session: session.find(plandoc.FinishedUnit))

    assert (bread.notes, bread.method) == ("from Ann", "Mix.\nBake.")
    assert (bread.lines[0].notes, bread.sub_recipes[0].notes, unit.notes) == ("sifted", "ripe", "crusty")


def test_what_is_blank_stays_but_the_notes_of_lines_are_those_of_the_file(store, tmp_path):
    import_recipes(_file(tmp_path, F_M8.replace("price", "method")), add_ingredients=True)
    import_recipes(_file(tmp_path, "recipe,ingredient,quantity,unit,notes,method\nBread,Flour,2,cup,,\n"))
    bread = _recipe(store, "Bread")

    assert (bread.method, bread.lines[0].notes, bread.lines[0].quantity) == ("1.20", "", 2)


def test_a_note_about_nothing_is_refused(store, tmp_path):
    path = _file(tmp_path, "recipe,ingredient,quantity,unit,notes\nBread,Flour,1,kg,\nBread,,,,old\n")

    assert _refused(import_recipes, path, add_ingredients=True) == [
        (3, "wanted what the note is about, found nothing", "notes of a recipe are in recipe_notes"),
    ]


def test_goods_stock_and_ingredients_have_notes(store, tmp_path):
    a_bakery(store)
    import_goods(_file(tmp_path, "good,component,quantity,notes,good_notes\nBox,Cookie,6,below,ribbon\n"))
    import_stock(_file(tmp_path, "ingredient,quantity,unit,notes\nSugar,6,kg,cellar\n"))
    import_ingredients(_file(tmp_path, "name,notes\nSugar,fair trade\n"))
    box, sugar = (
        store.read(lambda session, kind=kind: session.find(kind))[-1]
        for kind in (plandoc.FinishedGood, plandoc.StockItem)
    )

    assert (box.notes, box.components[0].notes, sugar.notes) == ("ribbon", "below", "cellar")
    assert plandoc.find_by_key(plandoc.Ingredient, "sugar").notes == "fair trade"


@pytest.mark.parametrize(
    "table", ["good,component,quantity,notes\nBox,Cookie,1,5\n", "good,component,quantity,price\nBox,Cookie,1,5,\n"]
)
def test_a_decimal_comma_never_ends_up_in_the_next_column(table, store, tmp_path):
    a_bakery(store)

    assert _refused(import_goods, _file(tmp_path, table)) == [
        (2, "1,5 may be one number or two cells", "write 1.5 for the number"),
    ]


def test_new_names_that_look_like_one_are_noted(store, tmp_path):
    text = 'recipe,ingredient,quantity,unit\nA,egg,1,each\nB,eggs,2,each\nB,Sugar,1,kg\nB,"sugar, brown",1,kg\nB,Brown sugar,1,kg\n'
    report = import_recipes(_file(tmp_path, text), add_ingredients=True)

    assert [str(note) for note in report.notes] == [
        "new ingredients: 'egg', 'eggs', 'Sugar', 'sugar, brown', 'Brown sugar'",
        "'egg' and 'eggs' are both new; if they are the same, merge_ingredients(ingredient, into) makes one of them",
        (
            "'sugar, brown' and 'Brown sugar' are both new; if they are the same, "
            "merge_ingredients(ingredient, into) makes one of them"
        ),
    ]


def test_new_ingredients_are_one_problem_after_the_mistakes(store, tmp_path):
    a_bakery(store)
    text = "recipe,ingredient,quantity,unit\nX,Mace,1,g\nX,Cloves,1,g\nY,mace,1,g\nY,Suger,1,g\nY,Flour,1,cupp\n"
    problems = _refused(import_recipes, _file(tmp_path, text))

    assert [(line, message) for line, message, _ in problems] == [
        (5, "there is no ingredient 'Suger'"),
        (6, "wanted a unit that plandoc knows, found 'cupp'"),
        (2, "there are no ingredients 'Mace', 'Cloves'"),
    ]
    assert str(problems[-1][2]) == "use add_ingredients=True to create them"


def test_one_new_ingredient_is_a_mistake_like_others_in_the_order_of_the_lines(store, tmp_path):
    text = "recipe,ingredient,quantity,unit\nX,Mace,1,g\nX,Mace,one,g\n"
    problems = _refused(import_recipes, _file(tmp_path, text))

    assert [(line, message) for line, message, _ in problems] == [
        (2, "there is no ingredient 'Mace'"),
        (3, "wanted a number, found 'one'"),
    ]


@pytest.mark.parametrize("adds", [False, True])
@pytest.mark.parametrize("written", ["butter_unsalted", "Butter-Unsalted", "BUTTER_UNSALTED"])
def test_a_short_name_is_found_however_its_words_are_joined(written, adds, store, tmp_path):
    import_ingredients(_file(tmp_path, "name\nButter Unsalted\n"))
    path = _file(tmp_path, f"recipe,ingredient,quantity,unit\nBun,{written},1,cup\n")
    import_recipes(path, add_ingredients=adds)

    assert [one.slug for one in plandoc.list_records(plandoc.Ingredient)] == ["butter-unsalted"]
    assert _lines(store, "Bun") == [("Butter Unsalted", "1", "cup")]


def test_formulas_and_apostrophes_come_back_as_the_same_names(store, folder, tmp_path):
    import_ingredients(_file(tmp_path, "name\n+Vitamin C\n-18 C Cream\n'Nduja\n"))
    text = "recipe,ingredient,quantity,unit,makes,of\n=Secret,+Vitamin C,1,g,2,@Bun\n"
    import_recipes(_file(tmp_path, text))
    before = folder_bytes(folder)
    files = plandoc.export_csv(tmp_path / "out", ["ingredients", "recipes"])
    reports = [import_ingredients(files[0]), import_recipes(files[1])]

    assert "'+Vitamin C" in files[0].read_text("utf-8")
    assert {str(row) for report in reports for row in report.rows} == {
        f"{table}, {name}: skipped: already there, the same"
        for table, name in [
            ("ingredients", "+Vitamin C"),
            ("ingredients", "-18 C Cream"),
            ("ingredients", "'Nduja"),
            ("recipes", "=Secret"),
            ("finished_units", "@Bun"),
        ]
    }
    assert folder_bytes(folder) == before


def test_a_unit_that_an_earlier_import_brought_can_be_imported_again(store, tmp_path):
    bakery = a_bakery(store)
    with store.session("an odd unit") as session:
        session.add(plandoc.Recipe("Odd", lines=(plandoc.RecipeLine(bakery.flour.id, Decimal(1), "scoopful"),)))
    report = import_recipes(_file(tmp_path, "recipe,ingredient,quantity,unit\nOdd,Flour,2,scoopful\n"))

    assert [row.outcome.value for row in report.rows] == ["updated"]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nname;category\nRye flour;Flour\n",
        '\ufeff"sep=;"\r\nname;category\r\nRye flour;Flour\r\n',
        "SEP=,\nname,category\nRye flour,Flour\n",
        "sep=,\r\n\r\nname,category\r\nRye flour,Flour\r\n",
        # Without that line, the first line would have more commas.
        "sep=;\nname;category;a, b, c and d\nRye flour;Flour;\n",
    ],
)
def test_the_line_in_which_excel_states_the_separator_is_understood(text, store, tmp_path):
    import_ingredients(_file(tmp_path, text))
    (flour,) = store.read(lambda session: session.find(plandoc.Ingredient))

    assert (flour.name, flour.category) == ("Rye flour", "Flour")


def test_below_the_line_that_states_the_separator_lines_keep_their_numbers(store, tmp_path):
    text = "sep=;\nrecipe;ingredient;quantity;unit\nBread;Flour;1,5;kg\nBread;Water;much;g\n"
    ((line, message, _),) = _refused(import_recipes, _file(tmp_path, text), add_ingredients=True)

    assert (line, message) == (4, "wanted a number, found 'much'")


def test_a_stated_tab_is_refused_as_tabs_are(store, tmp_path):
    ((line, message, _),) = _refused(import_ingredients, _file(tmp_path, "sep=\t\nname\tcategory\nRye\tFlour\n"))

    assert (line, message) == (1, "wanted commas or semicolons, found tabs")
