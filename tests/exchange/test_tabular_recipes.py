"""Recipes and ingredients that a baker wrote by hand."""

import json
from decimal import Decimal

import pytest

import plandoc
from plandoc.exchange import RowOutcome
from plandoc.exchange.tabular import import_ingredients, import_recipes
from tests.builders import a_bakery, folder_bytes

ROWS = """\
recipe,category,ingredient,sub_recipe,quantity,unit,makes,of
Trifle,Desserts,Flour,,0.67,cup,,
Trifle,,sugar,,1.50,CUP,12,Trifle Cup
Trifle,,,Custard,0.5,,,
Trifle,,,,,slice,12.5%,Trifle Slice
Custard,,Butter,,2,tbsp,,
"""
OBJECTS = [
    {
        "name": "Trifle",
        "category": "Desserts",
        "lines": [
            {"ingredient": "Flour", "quantity": "0.67", "unit": "cup"},
            {"ingredient": "sugar", "quantity": 1.5, "unit": "CUP"},
        ],
        "sub_recipes": [{"recipe": "Custard", "multiplier": 0.5}],
        "makes": [
            {"name": "Trifle Cup", "items_per_batch": 12},
            {"name": "Trifle Slice", "item_unit": "slice", "batch_percentage": "12.5"},
        ],
    },
    {"name": "Custard", "lines": [{"ingredient": "Butter", "quantity": 2, "unit": "tbsp"}]},
]


def _csv(tmp_path, text):
    path = tmp_path / "recipes.csv"
    path.write_text(text, "utf-8")
    return path


def _json(tmp_path, value):
    path = tmp_path / "recipes.json"
    path.write_text(json.dumps(value), "utf-8")
    return path


def _all(store, record_type):
    return {record.name: record for record in store.read(lambda session: session.find(record_type))}


def _refused(path, **options):
    with pytest.raises(plandoc.ValidationError) as caught:
        import_recipes(path, **options)
    return [(problem.line, problem.field, problem.message, problem.hint) for problem in caught.value.problems]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_recipes_come_in_with_what_they_take_and_make_whatever_their_order(form, store, tmp_path):
    bakery = a_bakery(store)
    report = import_recipes(_csv(tmp_path, ROWS) if form == "csv" else _json(tmp_path, OBJECTS))
    recipes, units = _all(store, plandoc.Recipe), _all(store, plandoc.FinishedUnit)
    trifle = recipes["Trifle"]

    assert trifle.category == "Desserts"
    assert [(line.ingredient_id, str(line.quantity), line.unit) for line in trifle.lines] == [
        (bakery.flour.id, "0.67", "cup"),
        (bakery.sugar.id, "1.5", "CUP"),
    ]
    assert trifle.sub_recipes == (plandoc.SubRecipe(recipes["Custard"].id, Decimal("0.5")),)
    assert (units["Trifle Cup"].items_per_batch, units["Trifle Cup"].item_unit) == (12, "piece")
    assert (units["Trifle Slice"].yield_per_batch, units["Trifle Slice"].item_unit) == (8, "slice")
    assert report.counts() == {"recipes": {RowOutcome.CREATED: 2}, "finished_units": {RowOutcome.CREATED: 2}}


def test_the_same_file_again_changes_nothing(store, folder, tmp_path):
    a_bakery(store)
    import_recipes(_csv(tmp_path, ROWS))
    before = folder_bytes(folder)
    again = [import_recipes(_csv(tmp_path, ROWS)), import_recipes(_json(tmp_path, OBJECTS))]

    assert {row.outcome for report in again for row in report.rows} == {RowOutcome.SKIPPED}
    assert folder_bytes(folder) == before


def test_a_dry_run_says_the_same_and_changes_no_byte(store, folder, tmp_path):
    a_bakery(store)
    before = folder_bytes(folder)
    dry = import_recipes(_csv(tmp_path, ROWS), dry_run=True)
    after = folder_bytes(folder)
    real = import_recipes(_csv(tmp_path, ROWS))

    assert dry.dry_run
    assert dry.rows == real.rows
    assert after == before


def test_a_recipe_that_is_there_takes_the_new_lines_and_what_is_dropped_is_said(store, tmp_path):
    bakery = a_bakery(store)
    text = "recipe,ingredient,quantity,unit,makes,of\nSPONGE cake,Flour,4,cup,20%,slice\n"
    report = import_recipes(_csv(tmp_path, text))
    cake = store.read(lambda session: session.get(plandoc.Recipe, bakery.cake.id))
    piece = store.read(lambda session: session.get(plandoc.FinishedUnit, bakery.slice.id))

    assert (cake.name, cake.slug, cake.category) == ("Sponge Cake", "sponge-cake", "Cakes")
    assert [line.quantity for line in cake.lines] == [4]
    assert cake.sub_recipes == ()
    assert (piece.name, piece.item_unit, piece.yield_per_batch) == ("Slice", "slice", 5)
    assert [row.outcome for row in report.rows] == [RowOutcome.UPDATED, RowOutcome.UPDATED]
    assert report.notes == ("'Sponge Cake' no longer takes 'Frosting'",)


def test_yields_that_a_file_does_not_name_stay_and_so_do_lines_when_it_has_none(store, tmp_path):
    bakery = a_bakery(store)
    import_recipes(_csv(tmp_path, "recipe,makes,of\nchocolate-chip-cookies,30,Cookie\n"))
    recipes, units = _all(store, plandoc.Recipe), _all(store, plandoc.FinishedUnit)

    assert recipes["Chocolate Chip Cookies"] == bakery.cookies
    assert (units["Cookie"].items_per_batch, units["Small Cookie"].items_per_batch) == (30, 48)
    assert units["Cookie"].id == bakery.cookie.id


def test_a_unit_of_the_same_name_of_another_recipe_is_another_unit_and_said(store, tmp_path):
    bakery = a_bakery(store)
    report = import_recipes(_csv(tmp_path, "recipe,makes,of\nFrosting,3,COOKIE\n"))
    units = store.read(lambda session: session.find(plandoc.FinishedUnit))

    assert units[0] == bakery.cookie
    assert (units[-1].slug, units[-1].items_per_batch) == ("cookie-2", 3)
    assert report.notes == ("'COOKIE' is made by several recipes; each has a short name of its own",)


def test_the_notes_of_lines_and_a_variant_outlive_an_import(store, tmp_path):
    bakery = a_bakery(store)
    with store.session("a variant") as session:
        line = plandoc.RecipeLine(bakery.flour.id, 1, "cup", "sifted")
        before = session.add(
            plandoc.Recipe(
                "Rye Cookies", lines=(line,), base_recipe_id=bakery.cookies.id, variant_name="rye", notes="!"
            )
        )
    import_recipes(_csv(tmp_path, "recipe,ingredient,quantity,unit\nRye Cookies,Flour,2,cup\n"))
    after = _all(store, plandoc.Recipe)["Rye Cookies"]

    assert (after.base_recipe_id, after.variant_name, after.notes) == (before.base_recipe_id, "rye", "!")
    assert [(line.quantity, line.notes) for line in after.lines] == [(2, "sifted")]


def test_unknown_ingredients_are_refused_or_created_once_and_said(store, folder, tmp_path):
    a_bakery(store)
    text = "recipe,ingredient,quantity,unit\nX,Flower,1,cup\nX,Mace,1,pinch\nX, MACE ,2,pinch\n"
    before = folder_bytes(folder)
    refused = _refused(_csv(tmp_path, text))
    after = folder_bytes(folder)
    report = import_recipes(_csv(tmp_path, text), add_ingredients=True)

    assert [(line, message) for line, _, message, _ in refused] == [
        (2, "there is no ingredient 'Flower'"),
        (3, "there is no ingredient 'Mace'"),
    ]
    assert refused[0][3] == "did you mean 'Flour'? Else use add_ingredients=True to create it"
    assert after == before
    assert [str(row) for row in report.rows[:2]] == ["ingredients, Flower: created", "ingredients, Mace: created"]
    assert report.notes == (
        "'Flower' is a new ingredient; did you mean 'Flour'?",
        "new ingredients: 'Flower', 'Mace'",
    )


BROKEN_ROWS = {
    "both": ("X,Flour,Frosting,1,cup,,", "sub_recipe", "wanted an ingredient or a sub-recipe, found both"),
    "neither": ("X,,,1,cup,,", "ingredient", "wanted an ingredient or a sub-recipe, found nothing"),
    "unit of a sub-recipe": (
        "X,,Frosting,1,cup,,",
        "unit",
        "wanted no unit, because a sub-recipe is counted in batches",
    ),
    "unknown sub-recipe": ("X,,Frostin,1,,,", "sub_recipe", "there is no recipe 'Frostin'"),
    "itself": ("X,,X,1,,,", None, "'X' contains itself: 'X' -> 'X'"),
    "unknown unit": ("X,Flour,,1,tablespon,,", "unit", "wanted a unit that plandoc knows, found 'tablespon'"),
    "a unit twice": ("X,Flour,,5kg,g,,", "unit", "wanted one unit, found 'kg' with the number and 'g'"),
    "a range of batches": ("X,,Frosting,2-3,,,", "quantity", "wanted one number, not a range, found '2-3'"),
    "batches with a unit": ("X,,Frosting,2 cups,,,", "quantity", "wanted a number without a unit, found '2 cups'"),
    "words": ("X,Flour,,to taste,,,", "quantity", "wanted a number, found 'to taste'"),
    "zero": ("X,Flour,,0,cup,,", "quantity", "wanted more than 0, found 0"),
    "no quantity": ("X,Flour,,,cup,,", "quantity", "wanted a number, found nothing"),
    "makes nothing": ("X,Flour,,1,cup,24,", "of", "wanted the name of what the recipe makes, found nothing"),
    "makes no number": ("X,Flour,,1,cup,,Y", "makes", "wanted a number, found nothing"),
    "makes a part": ("X,Flour,,1,cup,2.5,Y", "makes", "wanted a whole number, found '2.5'"),
    "too large a part": ("X,Flour,,1,cup,101%,Y", "makes", "wanted at most 100, found 101"),
    "no part": ("X,Flour,,1,cup,%,Y", "makes", "wanted a number, found '%'"),
    "long name": (f"{'X' * 201},Flour,,1,cup,,", "recipe", "wanted at most 200 characters, found 201"),
}


@pytest.mark.parametrize("row, field, message", BROKEN_ROWS.values(), ids=BROKEN_ROWS)
def test_a_broken_row_is_one_problem_with_line_and_field_and_changes_no_byte(
    row, field, message, store, folder, tmp_path
):
    a_bakery(store)
    before = folder_bytes(folder)
    path = _csv(tmp_path, f"recipe,ingredient,sub_recipe,quantity,unit,makes,of\nFine,Flour,,1,cup,,\n{row}\n")
    ((line, found, said, _),) = _refused(path)

    assert (line, found) == (3, field)
    assert said.startswith(message)
    assert folder_bytes(folder) == before


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_its_lines(store, tmp_path):
    a_bakery(store)
    text = "recipe,ingredient,quantity,unit,makes,of\nX,Flor,1,cupp,,\n,Flour,0,cup,0,Y\n"

    assert [(line, field) for line, field, *_ in _refused(_csv(tmp_path, text))] == [
        (2, "ingredient"),
        (2, "unit"),
        (3, "quantity"),
        (3, "makes"),
    ]


def test_a_decimal_comma_that_became_two_cells_is_never_taken_and_is_named(store, tmp_path):
    a_bakery(store)
    text = "recipe,ingredient,quantity,unit,makes,of\nX,Flour,1,5,cup\n"

    assert (
        2,
        "unit",
        "wanted a unit that plandoc knows, found '5'",
        "is a decimal comma before it? Write 0.5 for 0,5, or put it in quotes",
    ) in _refused(_csv(tmp_path, text))


def test_names_that_stand_twice_are_refused(store, tmp_path):
    a_bakery(store)
    yields = "recipe,makes,of\nX,2,Y\nX,3,y\n"
    twice = [{"name": "Frosting"}, {"name": "FROSTING"}]

    assert [one[2] for one in _refused(_csv(tmp_path, yields))] == ["'y' occurs twice, first on line 2"]
    assert [one[2] for one in _refused(_json(tmp_path, twice))] == ["'FROSTING' occurs twice, first on line 1"]


def test_a_cycle_through_stored_recipes_and_too_many_levels_show_their_path(store, tmp_path):
    a_bakery(store)
    cycle = "recipe,sub_recipe,quantity\nFrosting,Sponge Cake,1\n"
    deep = "recipe,sub_recipe,quantity\nR1,Sponge Cake,1\n" + "".join(f"R{n},R{n - 1},1\n" for n in range(2, 11))

    assert _refused(_csv(tmp_path, cycle))[0][:3] == (
        2,
        None,
        "'Frosting' contains itself: 'Frosting' -> 'Sponge Cake' -> 'Frosting'",
    )
    assert all("is nested more than 10 levels deep" in one[2] for one in _refused(_csv(tmp_path, deep)))


def test_a_name_that_two_recipes_have_is_refused_until_the_short_name_says_which(store, tmp_path):
    a_bakery(store)
    with store.session("a namesake") as session:
        session.add(plandoc.Recipe("Frosting"))
    text = "recipe,ingredient,quantity,unit\n{},Butter,1,cup\n"
    refused = _refused(_csv(tmp_path, text.format("FROSTING")))
    import_recipes(_csv(tmp_path, text.format("frosting-2")))

    assert refused[0][2] == "'FROSTING' is the name of 2 recipes"
    assert len(store.read(lambda session: session.find(plandoc.Recipe))[-1].lines) == 1


def test_a_json_yield_with_both_or_none_of_the_numbers_is_refused(store, tmp_path):
    both = [{"name": "X", "makes": [{"name": "Y", "items_per_batch": 2, "batch_percentage": 5}]}]
    none = [{"name": "X", "makes": [{"name": "Y"}]}]

    assert _refused(_json(tmp_path, both))[0][1:3] == (
        "makes[1].batch_percentage",
        "wanted items_per_batch or batch_percentage, found both",
    )
    assert _refused(_json(tmp_path, none))[0][1:3] == ("makes[1].items_per_batch", "wanted a number, found nothing")


def test_a_file_with_headings_only_brings_nothing_in(store, folder, tmp_path):
    before = folder_bytes(folder)

    assert import_recipes(_csv(tmp_path, "recipe\n")).rows == ()
    assert folder_bytes(folder) == before


def test_a_refused_import_leaves_the_session_of_the_caller_as_it_was(store, folder, tmp_path):
    a_bakery(store)
    before = folder_bytes(folder)
    with store.session("try") as session, pytest.raises(plandoc.ValidationError):
        import_recipes(_csv(tmp_path, ROWS + "Custard,,Butter,,2,tbspoo,,\n"), session=session)

    assert folder_bytes(folder) == before


def test_ingredients_come_in_with_their_densities_and_are_updated(store, tmp_path):
    bakery = a_bakery(store)
    text = "name,category,density\nflour,,1 cup = 125 g\nMilk,Dairy,1 fl oz=30.5g\nSugar,Sweet,\n"
    report = import_ingredients(_csv(tmp_path, text))
    ingredients = _all(store, plandoc.Ingredient)

    assert ingredients["Flour"].density == plandoc.Density(1, "cup", 125, "g")
    assert (ingredients["Flour"].id, ingredients["Flour"].category) == (bakery.flour.id, "Baking")
    assert ingredients["Milk"].density == plandoc.Density(1, "fl oz", Decimal("30.5"), "g")
    assert ingredients["Sugar"].category == "Sweet"
    assert [row.outcome for row in report.rows] == [RowOutcome.UPDATED, RowOutcome.CREATED, RowOutcome.UPDATED]


@pytest.mark.parametrize(
    "density, message",
    [
        ("120 g", "wanted an equivalent such as '1 cup = 120 g' or '1 stick = 113 g', found '120 g'"),
        ("1 T = 120 g", "write tbsp or tsp, whichever is meant"),
        ("1 cup = 2 Cups", "1 cup = 2 Cups contradicts the sizes of the units, by which 1 cup = 1 Cups"),
        ("0 cup = 120 g", "wanted more than 0, found 0"),
        ("1 cupp = 120 g", "did you mean cup?"),
    ],
)
def test_a_density_that_is_none_is_refused(density, message, store, tmp_path):
    with pytest.raises(plandoc.ValidationError) as caught:
        import_ingredients(_csv(tmp_path, f"name,density\nFlour,{density}\n"))

    assert "recipes.csv:2, density: " in str(caught.value)
    assert message in str(caught.value)


def test_a_recipe_of_more_lines_than_a_record_holds_is_refused(store, tmp_path):
    a_bakery(store)
    text = "recipe,ingredient,quantity,unit\n" + "X,Flour,1,cup\n" * 1001

    assert _refused(_csv(tmp_path, text))[0][:3] == (2, "lines", "Recipe: wanted 0 to 1000 entries, found 1001")


def test_an_ingredient_that_stands_twice_is_refused(store, tmp_path):
    with pytest.raises(plandoc.ValidationError, match="'FLOUR' occurs twice, first on line 2"):
        import_ingredients(_csv(tmp_path, "name\nFlour\nFLOUR\n"))


def test_the_unit_of_a_sub_recipe_may_say_batches(store, tmp_path):
    a_bakery(store)
    path = _csv(tmp_path, "recipe,sub_recipe,quantity,unit\nBun,Frosting,1/2,batch\nCake,Frosting,2,Batches\n")
    import_recipes(path)
    recipes = _all(store, plandoc.Recipe)

    assert [str(recipes[name].sub_recipes[0].multiplier) for name in ("Bun", "Cake")] == ["0.5", "2"]


@pytest.mark.parametrize("add_ingredients", [True, False])
def test_an_ingredient_with_the_name_of_a_recipe_is_not_taken_for_another_ingredient(add_ingredients, store, tmp_path):
    with store.session() as session:
        session.add(plandoc.Ingredient("Butter"))
        session.add(plandoc.Recipe("Buttercream"))
    path = _csv(tmp_path, "recipe,ingredient,quantity,unit\nCake,Buttercream,1,kg\nBun,Cake,2,g\n")

    if add_ingredients:
        notes = import_recipes(path, add_ingredients=True).notes
        also = "there is also a recipe of this name, which would go into another as a sub-recipe"
        assert notes[:2] == (f"'Buttercream' is a new ingredient; {also}", f"'Cake' is a new ingredient; {also}")
    else:
        assert [(line, message) for line, _, message, _ in _refused(path)] == [
            (2, "there is no ingredient 'Buttercream'"),
            (3, "there is no ingredient 'Cake'"),
        ]
        assert all("a recipe has this name; name it as a sub-recipe" in hint for *_, hint in _refused(path))


def test_a_portion_that_is_nearly_a_whole_part_or_very_small_is_noted_once(store, tmp_path):
    text = (
        "recipe,makes,of\nA,16.67%,Sixth\nB,0.5%,Crumb\nC,33 1/3%,Third\nD,30%,Piece\nE,12.5%,Eighth\nF,33.333%,Other\n"
    )
    first, second = (import_recipes(_csv(tmp_path, text)).notes for _ in range(2))

    assert first == (
        "'Sixth' takes 16.67 % of a batch, so that a batch gives 5.999; if it is to give 6, write 16 2/3 %",
        "'Crumb' takes 0.5 % of a batch, so that a batch gives 200; if it takes 50 %, write that",
    )
    assert second == ()
