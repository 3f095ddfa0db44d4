"""`plandoc unit add`, `unit list` and `unit remove`, and what comes of equivalents on the screen."""

import json

import pytest

import plandoc

RECIPES = (
    "recipe,ingredient,quantity,unit,makes,of\nBun,Butter,100,g,10,Bun\nBun,Butter,1,stick,,\nBun,Flour,2,Kelle,,\n"
)


@pytest.fixture
def made(call, folder):
    """A data folder with nothing in it."""
    call("init")
    yield folder
    assert plandoc.check(folder) == []


@pytest.mark.parametrize(
    "words", [("Kelle = 125 ml",), ("Kelle", "=", "125", "ml"), ("Kelle=125ml",), ("Kelle", "=1/8", "l")]
)
def test_a_word_is_stated_as_people_write_it(call, made, words):
    said = call("unit", "add", *words)

    assert said.status == 0
    assert said.out.startswith("Kelle is a unit now: 1 Kelle = ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("Kelle",), "wanted a word and what it means, such as 'Kelle = 125 ml', found 'Kelle'"),
        (("a = 1 g = 2 g",), "wanted a word and what it means"),
        (("Kelle = ml",), "STATEMENT: wanted a number"),
        (("Cup = 200 ml",), "'Cup' is a unit that plandoc knows already: cup, which is 236.5882365 ml"),
        (("Kelle = 2 Schippe",), "wanted a measure of fixed size, found 'Schippe'"),
    ],
)
def test_what_states_nothing_is_refused(call, made, words, message):
    said = call("unit", "add", *words)

    assert said.status != 0
    assert message in said.err


def test_a_word_is_replaced_only_when_that_is_said(call, made):
    call("unit", "add", "Kelle = 125 ml")
    refused = call("unit", "add", "kelle = 150 ml")

    assert "'kelle' is there already: Kelle = 125 ml (replace it with --replace)" in refused.err
    assert call("unit", "add", "Kelle = 150 ml", "--replace").status == 0
    assert json.loads(call("unit", "list", "--json").out) == [
        {"id": 1, "name": "Kelle", "quantity": "150", "unit": "ml", "slug": "kelle"}
    ]


def test_the_units_are_listed_and_one_is_removed(call, made):
    assert call("unit", "list").out == "unit\tis\n"
    call("unit", "add", "Kelle = 125 ml")

    assert call("unit", "list").out == "unit\tis\nKelle\t125 ml\n"
    assert "EL\tvolume\t15 ml\tesslöffel, essloeffel" in call("unit", "list", "--all").out
    call("unit", "add", "Esslöffel = 1 tbsp")
    assert "EL\tvolume\t1 tbsp\tesslöffel, essloeffel" in call("unit", "list", "--all").out
    assert call("unit", "remove", "kelle").out == "removed unit 'Kelle' (1 Kelle = 125 ml)\n"
    assert "Word for a unit 'kelle' not found" in call("unit", "remove", "kelle").err


def test_the_help_says_which_units_these_are(call, made):
    assert "unit of measure" in call("unit", "add", "--help").out


def test_sticks_and_ladles_become_one_row_and_one_comparison(call, made, tmp_path):
    (tmp_path / "i.csv").write_text(
        "name,density,equivalents\nButter,,1 stick = 113 g\nFlour,1 cup = 120 g,\n", "utf-8"
    )
    (tmp_path / "r.csv").write_text(RECIPES, "utf-8")
    (tmp_path / "g.csv").write_text("good,component,quantity\nBag,Bun,10\n", "utf-8")
    call("unit", "add", "Kelle = 1 cup")
    for words in (
        ("ingredient", "import", tmp_path / "i.csv"),
        ("recipe", "import", tmp_path / "r.csv"),
        ("good", "import", tmp_path / "g.csv"),
        ("event", "add", "Fair", "--date", "2026-12-25"),
        ("plan", "goods", "fair", "bag=1", "--add-missing-recipes"),
        ("plan", "decide", "fair", "--enough"),
        ("stock", "set", "butter", "4 stick"),
        ("stock", "set", "flour", "1 Kelle"),
    ):
        assert call(*map(str, words)).status == 0

    assert "Butter\t213\tg\t100 g + 1 stick\t" in call("needs", "fair").out
    shopping = call("shop", "fair", "--csv").out
    assert "enough,Butter,1.885,4,0,stick,," in shopping
    assert "buy,Flour,2,1,1,Kelle,," in shopping
