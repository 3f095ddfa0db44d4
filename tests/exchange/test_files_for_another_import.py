"""A file that was given to the wrong import: the refusal says what it is, and the step that imports it."""

import pytest

import plandoc
from plandoc.errors.hints import for_command
from plandoc.exchange import import_file
from plandoc.exchange.tabular import import_goods, import_ingredients, import_recipes, import_stock
from tests.builders import a_bakery, folder_bytes

TABLES = {
    "recipe,ingredient,quantity,unit\nBread,Flour,1,kg\n": "recipe",
    "\ufeffRecipe;Menge\nBrot;1\n": "recipe",
    "good,component,quantity\nBox,Cookie,1\n": "good",
    "ingredient,quantity,unit\nFlour,1,kg\n": "stock",
    "name,category\nFlour,Baking\n": "ingredient",
    '[{"name": "Bread", "lines": []}]': "recipe",
    '[{"name": "Box", "parts": []}]': "good",
    '[{"name": "Flour"}]': "ingredient",
}


@pytest.mark.parametrize("text, command", TABLES.items())
def test_a_table_is_no_export_and_names_its_own_import(text, command, store, folder, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(text, "utf-8")
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as caught:
        import_file(path)

    assert f"'plandoc {command} import x.csv'" in for_command(caught.value.args[0], file="x.csv")
    assert folder_bytes(folder) == before


@pytest.mark.parametrize(
    "text",
    [
        "event,date,state\nFair,2026-12-25,draft\n",
        "event,good,quantity\nFair,Box,10\n",
        "event,recipe,unit,batches\nFair,Bread,Loaf,2\n",
        "Dear Ann;see you\n",
        "",
    ],
)
def test_a_table_that_no_import_reads_is_not_sent_to_one(text, store, folder, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(text, "utf-8")
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="wanted an export, found CSV") as caught:
        import_file(path)
    with pytest.raises(plandoc.ValidationError) as by_recipes:
        import_recipes(path)

    assert "import it with" not in str(by_recipes.value)
    assert "'plandoc recipe import FILE' and its like" in for_command(caught.value.args[0], file="x.csv")
    assert folder_bytes(folder) == before


def test_recipes_with_a_misspelled_column_are_still_sent_to_their_import(store, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("recipe,ingredients,quantity,unit\nBread,Flour,1,kg\n")
    with pytest.raises(plandoc.ValidationError, match="found a table of recipes"):
        import_file(path)


def test_what_is_nothing_of_all_this_is_still_called_damaged(store, tmp_path):
    for name in ("x.json", "x.csv"):
        path = tmp_path / name
        path.write_text('{"application": "plandoc", "recipes": [')
        with pytest.raises(plandoc.errors.DamagedError):
            import_file(path)


@pytest.mark.of_folder
def test_a_spreadsheet_an_object_and_a_document_of_a_folder_say_the_way_on(store, folder, tmp_path):
    for name, text in {"x.xlsx": "PK\x03\x04", "x.json": '{"a": 1}'}.items():
        (tmp_path / name).write_text(text)
    said = []
    for path in (tmp_path / "x.xlsx", tmp_path / "x.json", folder / "catalog.json"):
        with pytest.raises(plandoc.ValidationError) as caught:
            import_file(path)
        said.append(str(caught.value))

    assert "save it as 'CSV UTF-8'" in said[0]
    assert "an object that names no application" in said[1]
    assert "a document of a data folder" in said[2]


WRONG = [
    (import_goods, "recipe,ingredient,quantity,unit\nBread,Flour,1,kg\n", "import_recipes"),
    (import_stock, "recipe,ingredient,quantity,unit\nBread,Flour,1,kg\n", "import_recipes"),
    (import_recipes, "good,component,quantity\nBox,Cookie,1\n", "import_goods"),
    (import_recipes, '[{"name": "Box", "parts": []}]', "import_goods"),
    (import_ingredients, '[{"name": "Bread", "lines": []}]', "import_recipes"),
    (import_recipes, '{"version": "4.1", "application": "bake-tracker"}', "import_file"),
]


@pytest.mark.parametrize("import_table, text, function", WRONG)
def test_another_table_or_an_export_is_refused_with_the_step_that_imports_it(
    import_table, text, function, store, folder, tmp_path
):
    a_bakery(store)
    path = tmp_path / "x.csv"
    path.write_text(text)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match=rf"import it with {function}\("):
        import_table(path)

    assert folder_bytes(folder) == before


def test_a_column_of_ones_own_does_not_make_another_table(store, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("name,recipe\nFlour,Bread\n")

    assert import_ingredients(path).notes == ("left out, because plandoc has no such column: 'recipe'",)


OF_OTHERS = {
    "cake.cook": "Whisk the @eggs{3}.",
    "cake.html": "<!DOCTYPE html><html></html>",
    "cake.json": '{"@context": "https://schema.org", "@type": "Recipe", "name": "Cake"}',
    "cakes.json": '[{"name": "Cake", "recipeIngredient": ["3 eggs"]}]',
    "tandoor.json": '{"name": "Cake", "working_time": 3, "steps": []}',
    "cakes.csv": 'Name,Ingredients,Directions\nCake,"200 g flour\n2 eggs",Mix\n',
    "kuchen.csv": '\ufeffRezept;Zutaten\nKuchen;"200 g Mehl\n2 Eier"\n',
}


@pytest.mark.parametrize("name, text", OF_OTHERS.items())
def test_recipes_of_another_program_are_sent_to_the_command_that_converts_them(name, text, store, folder, tmp_path):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    before = folder_bytes(folder)
    for read in (import_recipes, import_file):
        with pytest.raises(plandoc.ValidationError, match="found recipes of another program") as caught:
            read(path)
        said = for_command(caught.value.args[0], file=name)

        assert f"'plandoc recipe convert {name} -o converted.csv'" in said
    assert folder_bytes(folder) == before


def test_an_archive_of_recipes_is_sent_there_as_well_and_a_spreadsheet_is_not(store, tmp_path):
    for name, message in {"mealie.zip": "found an archive", "cakes.xlsx": "found the file of a spreadsheet"}.items():
        (tmp_path / name).write_bytes(b"PK\x03\x04")
        with pytest.raises(plandoc.ValidationError, match=message) as caught:
            import_recipes(tmp_path / name)

        assert ("convert_recipes" in str(caught.value)) == (name == "mealie.zip")


# Headings that have those of the stock, or of ingredients, and mean something else.
OF_A_MISSPELLED_TABLE = {
    "recipie,ingredient,quantity,unit\nBread,Flour,2,kg\n": "did you mean 'recipe'",
    "Recipe Name,Ingredient,Quantity,Unit\nBread,Flour,2,kg\n": "the column recipe is missing",
    ",ingredient,quantity,unit\nBread,Flour,2,kg\n": "the column recipe is missing",
    "name,ingredient,quantity,unit\nBread,Flour,2,kg\n": "the column recipe is missing",
    "name,servings\nBread,2\n": "the column recipe is missing",
}


@pytest.mark.parametrize("text, said", OF_A_MISSPELLED_TABLE.items())
def test_recipes_whose_heading_is_misspelled_are_never_sent_to_the_import_of_the_stock(text, said, store, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(plandoc.ValidationError, match=said):
        import_recipes(path)
    with pytest.raises(plandoc.ValidationError, match="wanted an export, found CSV"):
        import_file(path)


def test_ingredients_without_quantities_are_not_sent_to_the_stock(store, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Ingredient,Category\nFlour,Baking\n")
    with pytest.raises(plandoc.ValidationError, match="the column name is missing"):
        import_ingredients(path)
