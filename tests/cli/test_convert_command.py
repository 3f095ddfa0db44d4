"""`plandoc recipe convert`, from a recipe of another program to one in the folder."""

import pytest

import plandoc

PIE = """---
title: Apple pie
yield: 1 pie
---
Rub @butter{100%g} into @flour{1/3%kg}, fill with @apples{2-3} and dust with @icing sugar{}.
"""


@pytest.fixture
def pie(folder):
    plandoc.open_store(folder, create=True).close()
    file = folder.parent / "pie.cook"
    file.write_text(PIE, "utf-8")
    return file


def test_a_recipe_comes_in_by_the_commands_that_the_screen_shows(call, pie, folder):
    converted = call("recipe", "convert", "pie.cook", "-o", "recipes.csv")
    command = converted.out.splitlines()[-1]

    assert (converted.status, converted.err) == (0, "")
    assert converted.out.splitlines()[:2] == ["recipe\tlines\tto look at", "Apple pie\t4\t1"]
    assert call(*command.split()[1:]).status == 0
    with plandoc.open_store(folder):
        (recipe,) = plandoc.list_records(plandoc.Recipe)
    assert (recipe.name, len(recipe.lines)) == ("Apple pie", 4)
    assert recipe.method.startswith("Rub butter into flour")
    assert plandoc.check(folder) == []


def test_the_table_goes_to_the_standard_output_too(call, pie):
    ended = call("recipe", "convert", "pie.cook", "-o", "-")

    assert ended.status == 0
    assert ended.out.splitlines()[0].startswith("recipe,category,ingredient,")
    assert ended.out.splitlines()[0].endswith(",remark")
    assert "Apple pie,,flour,,0 1/3,kg" in ended.out


def test_what_was_left_out_is_said_beside_the_standard_output(call, pie, folder):
    (folder.parent / "both.json").write_text('[{"name": "Empty", "slug": "e", "recipeIngredient": []}]')
    ended = call("recipe", "convert", "pie.cook", "both.json", "-o", "-")

    assert ended.status == 0
    assert "Empty has no ingredients" in ended.err


def test_without_an_output_nothing_is_converted(call, pie):
    ended = call("recipe", "convert", "pie.cook")

    assert (ended.status, ended.out) == (2, "")
    assert "--output" in ended.err


def test_an_existing_file_stays_unless_it_may_be_replaced(call, pie, folder):
    target = folder.parent / "recipes.csv"
    target.write_text("mine")
    refused = call("recipe", "convert", "pie.cook", "-o", "recipes.csv")
    kept = target.read_text()
    replaced = call("recipe", "convert", "pie.cook", "-o", "recipes.csv", "--replace")

    assert (refused.status, kept, replaced.status) == (1, "mine", 0)
    assert "--replace" in refused.err
    assert "Apple pie" in target.read_text("utf-8-sig")


def test_all_files_that_cannot_be_read_are_named_and_nothing_is_written(call, pie, folder):
    for name in ("a.txt", "b.txt"):
        (folder.parent / name).write_text("Beat the eggs.")
    ended = call("recipe", "convert", "a.txt", "pie.cook", "b.txt", "-o", "recipes.csv")

    assert ended.status == 1
    assert ended.err.count("cannot tell what kind of file this is") == 2
    assert not (folder.parent / "recipes.csv").exists()


def test_no_folder_is_needed(call, tmp_path):
    (tmp_path / "pie.cook").write_text(PIE, "utf-8")

    assert call("recipe", "convert", "pie.cook", "-o", "recipes.csv").status == 0
    assert not (tmp_path / "data").exists()


@pytest.mark.costly
def test_only_a_web_page_imports_the_libraries_for_web_pages(pie, folder):
    import subprocess
    import sys

    code = (
        "import sys, plandoc, plandoc.cli\n"
        "plandoc.convert_recipes\n"
        "assert plandoc.cli.main(['recipe', 'convert', 'pie.cook', '-o', '-']) == 0\n"
        "assert not {'bs4', 'extruct', 'lxml', 'rdflib', 'recipe_scrapers'} & set(sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=folder.parent, capture_output=True, text=True, encoding="utf-8"
    )
    assert ended.returncode == 0, ended.stderr
