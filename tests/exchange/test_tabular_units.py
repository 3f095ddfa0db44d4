"""Equivalents and units in tables: what is read, what is refused and why, and that what is exported comes back the same."""

import pytest

import plandoc
from plandoc import import_ingredients, import_recipes, import_stock
from plandoc.exchange.import_report import RowOutcome
from plandoc.records import Density, Equivalent, Ingredient, Recipe, StockItem


def _csv(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    return path


def _ingredients():
    return {one.name: one for one in plandoc.list_records(Ingredient)}


def _refused(function, path, **options):
    with pytest.raises(plandoc.ValidationError) as caught:
        function(path, **options)
    return [(problem.line, problem.field, problem.message, problem.hint) for problem in caught.value.problems]


def test_what_a_stick_a_piece_and_a_can_weigh_is_an_equivalent_even_in_the_column_of_the_density(store, tmp_path):
    import_ingredients(
        _csv(tmp_path, "name,density\nButter,1 stick = 113 g\nEgg,1 each = 50 g\nTomatoes,1 can = 400 g\n")
    )

    assert [str(*one.equivalents) for one in _ingredients().values()] == [
        "1 stick = 113 g",
        "1 each = 50 g",
        "1 can = 400 g",
    ]
    assert [one.density for one in _ingredients().values()] == [None, None, None]


def test_several_statements_are_in_one_cell_and_a_volume_and_its_weight_is_the_density(store, tmp_path):
    import_ingredients(
        _csv(tmp_path, 'name,density,equivalents\nButter,"1 stick = 1/2 cup; 1 cup=226g",1 knob = 1 tbsp;\n')
    )

    butter = _ingredients()["Butter"]
    assert butter.density == Density(1, "cup", 226, "g")
    assert butter.equivalents == (Equivalent(1, "stick", "1/2", "cup"), Equivalent(1, "knob", 1, "tbsp"))


def test_json_has_equivalents_too(store, tmp_path):
    (tmp_path / "i.json").write_text('[{"name": "Egg", "equivalents": "1 = 50 g; 1 dozen = 600 g"}]', "utf-8")
    import_ingredients(tmp_path / "i.json")

    assert [str(one) for one in _ingredients()["Egg"].equivalents] == ["1 each = 50 g", "1 dozen = 600 g"]


@pytest.mark.parametrize(
    ("cell", "message", "hint"),
    [
        ("1 stick", "wanted an equivalent such as '1 cup = 120 g' or '1 stick = 113 g', found '1 stick'", None),
        (
            "1 stick = 113 g = 4 oz",
            "wanted an equivalent such as '1 cup = 120 g' or '1 stick = 113 g', found '1 stick = 113 g = 4 oz'",
            None,
        ),
        ("1 T = 9 g", "wanted a unit that plandoc knows, found 'T'", "write tbsp or tsp, whichever is meant"),
        ("1 sitck = 113 g", "wanted a unit that plandoc knows, found 'sitck'", "did you mean stick?"),
        (
            "1 cup = 120 g; 1 stick = 1/2 cup; 1 stick = 113 g",
            "1 stick = 113 g contradicts 1 stick = 0.5 cup and 1 cup = 120 g, by which 1 stick = 60 g",
            "leave one of them out",
        ),
    ],
)
def test_what_is_no_equivalent_or_contradicts_another_is_refused(store, tmp_path, cell, message, hint):
    assert _refused(import_ingredients, _csv(tmp_path, f"name,equivalents\nButter,{cell}\n")) == [
        (2, "equivalents", message, hint)
    ]


def test_what_contradicts_the_folder_is_refused_too(store, tmp_path):
    import_ingredients(
        _csv(tmp_path, "name,density,equivalents\nButter,1 cup = 226 g,1 stick = 1/2 cup; 1 stick = 113 g\n")
    )

    assert _refused(import_ingredients, _csv(tmp_path, "name,density\nButter,1 cup = 200 g\n")) == [
        (2, None, "1 stick = 113 g contradicts 1 stick = 0.5 cup and 1 cup = 200 g, by which 1 stick = 100 g", None)
    ]


def test_ingredients_that_are_exported_come_back_the_same(store, tmp_path):
    with store.session() as session:
        session.add(
            Ingredient("Butter", "", Density(1, "cup", "226 2/3", "g"), "", (Equivalent(1, "stick", "1/2", "cup"),))
        )
        session.add(
            Ingredient("Egg", equivalents=(Equivalent("1/3", "dozen", 200, "g"), Equivalent(1, "c. à s.", 15, "g")))
        )
        session.add(Ingredient("Flour", equivalents=(Equivalent(1, "cup", 120, "g"),)))
    plandoc.export_csv(tmp_path / "out")
    report = import_ingredients(tmp_path / "out" / "ingredients.csv")

    assert {row.outcome for row in report.rows} == {RowOutcome.SKIPPED}


# Words of German, French, Spanish, Italian and Scandinavian kitchens, and short ones that look like other units.
_KNOWN = "EL TL Tasse Dose pkt hg Stk Prise msk cac µl Bund tsk krm dl càs cda cdta cucchiaio cucchiaino tazza pack pk unit drop portion splash Becher Pck.".split()


def test_units_of_other_kitchens_come_in_as_they_are_written(store, tmp_path):
    rows = "".join(f"A,i{number},1,{unit}\n" for number, unit in enumerate(_KNOWN))
    import_recipes(_csv(tmp_path, f"recipe,ingredient,quantity,unit\n{rows}A,x,1,c. à s.\n"), add_ingredients=True)

    (recipe,) = plandoc.list_records(Recipe)
    assert [line.unit for line in recipe.lines] == [*_KNOWN, "c. à s."]


@pytest.mark.parametrize(
    ("unit", "hint"),
    [
        ("cc", "write ml (cubic centimetre) or c. à c. (cuillère à café), whichever is meant"),
        ("T", "write tbsp or tsp, whichever is meant"),
        ("c", "write cup, cda, c. à s. or c. à c., whichever is meant"),
        ("scant", "scant is not an exact amount; write the unit alone, and scant in the notes"),
        (
            "Kelle",
            (
                "units are, among others: g, kg, oz, lb, ml, l, tsp, tbsp, cup, each, can. Add a word of your own with "
                "add_unit_word('Kelle', quantity, unit)"
            ),
        ),
    ],
)
def test_a_unit_that_is_read_in_two_ways_or_not_known_is_refused_with_the_way_out(store, tmp_path, unit, hint):
    path = _csv(tmp_path, f"recipe,ingredient,quantity,unit\nA,Salt,1,{unit}\n")

    assert _refused(import_recipes, path, add_ingredients=True) == [
        (2, "unit", f"wanted a unit that plandoc knows, found {unit!r}", hint)
    ]


def test_a_custom_word_and_a_unit_of_the_ingredient_alone_are_units_in_tables(store, tmp_path):
    plandoc.add_unit_word("T", 1, "tbsp")
    import_ingredients(_csv(tmp_path, "name,equivalents\nButter,1 knob = 15 g\nFlour,\n"))
    import_recipes(_csv(tmp_path, "recipe,ingredient,quantity,unit\nA,Butter,2,knob\nA,Flour,3,T\n"))
    import_stock(_csv(tmp_path, "ingredient,quantity,unit\nButter,4,knob\nFlour,5,T\n"))

    assert [item.unit for item in plandoc.list_records(StockItem)] == ["knob", "T"]
    assert [
        field
        for _, field, _, _ in _refused(
            import_recipes, _csv(tmp_path, "recipe,ingredient,quantity,unit\nA,Flour,2,knobble\n")
        )
    ] == ["unit"]


def test_a_product_in_the_quantity_is_refused_with_what_to_write(store, tmp_path):
    [problem] = _refused(
        import_recipes, _csv(tmp_path, "recipe,ingredient,quantity,unit\nBun,Tomato,2 x 400 g,\n"), add_ingredients=True
    )

    assert problem[3] == "write the product, such as 800 g for 2 x 400 g"


@pytest.mark.parametrize("amount", ["5 kg 200 g", "5kg 200"])
def test_two_amounts_in_one_cell_are_refused_without_making_a_unit_of_the_second(amount, store, tmp_path):
    text = f"recipe,ingredient,quantity,unit\nBun,Tomato,{amount},\n"
    [problem] = _refused(import_recipes, _csv(tmp_path, text), add_ingredients=True)
    plandoc.import_ingredients([{"name": "Tomato"}])
    with pytest.raises(plandoc.ValidationError, match="write one number and one unit"):
        plandoc.set_stock("tomato", 5, amount.lstrip("5 "))

    assert problem[3] == "write one number and one unit, such as 5.2 kg for 5 kg 200 g"


def test_a_side_without_a_unit_is_of_pieces_and_that_is_reported(store, tmp_path):
    report = import_ingredients(_csv(tmp_path, "name,density\nFlour,1 cup = 120\nEgg,1 = 50 g; 1 tray = 30 each\n"))

    assert report.notes == (
        "no unit is given, so '1 cup = 120' means 1 cup = 120 each",
        "no unit is given, so '1 = 50 g' means 1 each = 50 g",
    )
