"""The commands that bring in what a baker wrote by hand."""

import pytest

import plandoc
from plandoc.cli.program import quoted

from .conftest import contents, shown

INGREDIENTS = "name,category,density\nFlour,Baking,1 cup = 120 g\nSugar,Baking,\n"
RECIPES = "recipe,ingredient,quantity,unit,makes,of\nFudge,Sugar,0.67,cup,64,Fudge Piece\nFudge,Mace,1,pinch,,\n"
GOODS = "good,component,quantity\nFudge Bag,Fudge Piece,12\n"
STOCK = "ingredient;quantity;unit\nFlour;2,5;kg\n"


@pytest.fixture
def files(folder):
    plandoc.open_store(folder, create=True).close()
    for name, text in {"ingredients": INGREDIENTS, "recipes": RECIPES, "goods": GOODS, "stock": STOCK}.items():
        (folder.parent / f"{name}.csv").write_text(text, "utf-8")
    return folder


@pytest.mark.proof
def test_a_bakery_comes_in_from_four_files(run, files):
    steps = [
        (("ingredient", "import", "ingredients.csv"), ["ingredients\tcreated\t2"]),
        (
            ("recipe", "import", "recipes.csv", "--add-ingredients"),
            [
                "ingredients\tcreated\t1",
                "recipes\tcreated\t1",
                "finished_units\tcreated\t1",
                "note: new ingredients: 'Mace'",
            ],
        ),
        (("good", "import", "goods.csv"), ["finished_goods\tcreated\t1"]),
        (("stock", "import", "stock.csv"), ["stock\tcreated\t1"]),
    ]

    for arguments, lines in steps:
        ended = run(*arguments)
        assert (ended.status, ended.err, ended.out.splitlines()[1:]) == (0, "", lines)
    assert run("good", "list").out.splitlines()[1] == "1\tfudge-bag\tFudge Bag\tbundle\t12 fudge-piece"
    assert plandoc.check(files) == []


@pytest.mark.parametrize("group", ["ingredient", "recipe", "good", "stock"])
def test_a_dry_run_changes_no_byte(group, call, files):
    call("ingredient", "import", "ingredients.csv")
    call("recipe", "import", "recipes.csv", "--add-ingredients")
    (files.parent / "ingredients.csv").write_text("name\nMilk\n")
    (files.parent / "recipes.csv").write_text("recipe,ingredient,quantity,unit\nNougat,Sugar,1,cup\n")
    before = contents(files)
    ended = call(group, "import", f"{group}s.csv" if group != "stock" else "stock.csv", "--dry-run")

    assert ended.status == 0
    assert "created\t1" in ended.out
    assert ended.out.endswith("dry run: nothing was changed\n")
    assert contents(files) == before


def test_an_unknown_ingredient_names_the_option_that_creates_it(call, files):
    before = contents(files)
    ended = call("recipe", "import", "recipes.csv")

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "plandoc: nothing was imported:\n"
        "         recipes.csv:2, ingredient: there are no ingredients 'Sugar', 'Mace'"
        " (use --add-ingredients to create them)\n"
    )
    assert contents(files) == before


def test_stock_of_an_unknown_ingredient_names_the_command_that_brings_it_in(call, files):
    ended = call("stock", "import", "stock.csv")

    assert "there is no ingredient 'Flour' (add it with 'plandoc ingredient import FILE')" in ended.err


def test_a_file_that_is_not_there_and_a_folder_that_is_none_are_one_message_each(call, files, tmp_path):
    missing = call("good", "import", "nowhere.csv")
    no_store = call("good", "import", "goods.csv", "--data", "elsewhere")

    assert missing.status == no_store.status == 1
    assert missing.err.startswith("plandoc: ")
    assert "nowhere.csv: no such file" in missing.err
    assert f"'plandoc --data {quoted(shown('elsewhere'))} init'" in no_store.err


def test_control_characters_of_a_file_never_reach_the_terminal(call, files):
    (files.parent / "ingredients.csv").write_text("na\x1b[31mme\nX\n")
    heading = call("ingredient", "import", "ingredients.csv")
    (files.parent / "ingredients.csv").write_text("name\nX\x1b[31m\n")
    cell = call("ingredient", "import", "ingredients.csv")

    assert heading.status == cell.status == 1
    assert "\x1b" not in heading.err + cell.err
