"""Recipes in the CSV of apps and spreadsheets: one row for each, with all its ingredients in one cell."""

import pytest

from tests.exchange.convert.test_recipe_files import refusal, rows, write

__all__ = ["write"]

LINES = [("flour", "225", "g"), ("eggs", "2", "each"), ("cinnamon", "0.5", "teaspoon"), ("icing sugar", "", "")]


def amounts(*files):
    return [(row["ingredient"], row["quantity"], row["unit"]) for row in rows(*files) if row["ingredient"]]


@pytest.mark.parametrize(
    "name, text",
    {
        "lines.csv": 'Title,Ingredients\nCake,"225g flour\n2 eggs\n½ teaspoon cinnamon\nlittle icing sugar"\n',
        "spelled.csv": "Title,Ingredients\nCake,225g flour\\n2 eggs\\n½ teaspoon cinnamon\\nlittle icing sugar\n",
        "bullets.csv": "Title,Ingredients\nCake,• 225g flour • 2 eggs • ½ teaspoon cinnamon • little icing sugar\n",
        "bars.tsv": "Name\tIngredients\nCake\t225g flour | 2 eggs | ½ teaspoon cinnamon | little icing sugar\n",
        "semicolons.csv": "name,ingredient list\nCake,225g flour; 2 eggs; &frac12; teaspoon cinnamon; little icing sugar\n",
        "excel.csv": '\ufeffTitel;Zutaten\r\nCake;"225g flour\n2 eggs\n½ teaspoon cinnamon\nlittle icing sugar"\r\n',
        "stated.csv": 'sep=;\r\nTitel;Zutaten\r\nCake;"225g flour\n2 eggs\n½ teaspoon cinnamon\nlittle icing sugar"\r\n',
        "list.csv": "title,ingredients\nCake,\"['225g flour', '2 eggs', '½ teaspoon cinnamon', 'little icing sugar']\"\n",
        "json.csv": 'title,ingredients\nCake,"[""225g flour"", ""2 eggs"", ""½ teaspoon cinnamon"", ""little icing sugar""]"\n',
        "markup.csv": "title,ingredients\nCake,225g flour<br>2 eggs<br/>½ teaspoon cinnamon<br>little icing sugar\n",
    }.items(),
)
def test_the_lines_of_a_cell_are_found_however_they_are_divided(write, name, text):
    assert amounts(write(name, text)) == LINES


def test_a_cell_that_only_has_commas_is_divided_before_its_numbers_with_a_remark_at_each_line(write):
    found = rows(write("a.csv", 'name,ingredients\nBun,"1 kg flour, sifted, 2 eggs, salt"\n'))[1:]

    assert [(row["ingredient"], row["quantity"], row["notes"]) for row in found] == [
        ("flour", "1", "sifted"),
        ("eggs", "2", "salt"),
    ]
    assert all("the cell was divided at its commas" in row["remark"] for row in found)


def test_everything_else_of_a_row_is_taken_in_where_a_table_of_recipes_has_a_place_for_it(write):
    text = (
        "Title,Servings,Category,Ingredients,Directions,Source,Rating\n"
        'Tart,12,Tarts,"Base:\n250 g flour\n[Filling]\n3 eggs","Mix.\nBake.",Aunt May,5\n'
        ",,,,,,\n"
        "Empty,,,,,,\n"
    )
    path = write("a.csv", text)
    recipe, flour, eggs = rows(path)

    assert (recipe["makes"], recipe["unit"], recipe["category"]) == ("12", "servings", "Tarts")
    assert (recipe["method"], recipe["recipe_notes"]) == ("Mix.\nBake.", "Aunt May")
    assert (flour["notes"], eggs["notes"]) == ("Base", "Filling")


def test_what_was_left_out_of_a_table_is_noted(write):
    from plandoc import convert_recipes

    path = write("a.csv", "Title,Ingredients,Rating\nBun,1 egg,5\nBare,,3\n")

    assert convert_recipes([path]).notes == (
        f"{path}: left out, because a table of recipes has no such columns: 'Rating'",
        f"{path}: left out, because Bare has no ingredients",
    )


@pytest.mark.parametrize(
    "text, line, message",
    [
        ("Dear Ann,see you\n", 1, "wanted a column name and a column ingredients, found 'Dear Ann', 'see you'"),
        ("Title,Price\nBun,3\n", 1, "wanted a column ingredients, found 'Title', 'Price'"),
        ('Title,Ingredients\nBun,"1 egg\n', 2, "this is not CSV"),
        ("Title,Ingredients\nBun,1 egg,2 tsp salt\n", 2, "wanted no more cells than the first line has"),
        ("recipe,ingredient,quantity\nBun,egg,1\n", None, "this is a table of recipes already"),
        ("good,component,quantity\nBox,Bun,1\n", None, "this is a table of goods already"),
        ("ingredient,quantity,unit\nFlour,1,kg\n", None, "this is a table of stock already"),
        ('[{"name": "Bun", "lines": []}]', None, "this is a table of recipes already"),
        ('{"version": "4.2", "application": "bake-tracker", "recipes": []}', None, "this is an export already"),
    ],
)
def test_a_table_without_recipes_is_refused_with_its_line_and_the_way_out(write, text, line, message):
    [problem] = refusal(write("a.csv", text))

    assert (problem.line, problem.message.startswith(message), bool(problem.hint)) == (line, True, True)
