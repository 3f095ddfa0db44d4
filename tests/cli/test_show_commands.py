"""`plandoc recipe show`, `good show` and `ingredient show`."""

import json

import attrs
import pytest

import plandoc
from plandoc import records


@pytest.fixture
def texts(bakery):
    """The sample bakery, with a method, notes and a variant."""
    with plandoc.open_store(bakery) as store, store.session("write it down") as session:
        tart = plandoc.find_by_key(plandoc.Recipe, "lemon-tart", session=session)
        note = attrs.evolve(tart.lines[0], notes="whipped")
        session.replace(attrs.evolve(tart, method="Line the tin.\nFill it.", notes="Best on the day.", lines=(note,)))
        session.add(records.Recipe("Lime tart", base_recipe_id=tart.id, variant_name="lime"))


def test_a_recipe_is_shown_with_everything_that_is_known_of_it(texts, call):
    shown = call("recipe", "show", "lemon-tart").out

    assert shown.splitlines() == [
        "Lemon tart (recipe 3, lemon-tart)",
        "category     Tarts",
        "a batch      12 x lemon-tart-slice (one is called slice)",
        "goes into    tea-box",
        "planned      harbour-market",
        "notes        Best on the day.",
        "",
        "Lemon tart: 1 batch",
        "ingredient\t1 batch\tnote",
        "Cream\t250 ml\twhipped",
        "Shortcrust\t0.5 batches\t",
        "Lemon curd\t1 batch\t",
        "",
        "Method",
        "  Line the tin.",
        "  Fill it.",
        "",
        "Shortcrust: 0.5 batches",
        "ingredient\t1 batch\t0.5 batches",
        "Wheat flour\t500 g\t250 g",
        "Butter\t250 g\t125 g",
        "Sugar\t125 g\t62.5 g",
        "Eggs\t2 piece\t1 piece",
        "",
        "Lemon curd: 1 batch",
        "ingredient\t1 batch",
        "Lemons\t4 piece",
        "Sugar\t1.25 cup",
        "Eggs\t5 piece",
    ]
    assert "variant      lime of Lemon tart" in call("recipe", "show", "lime-tart").out


def test_a_recipe_is_scaled_to_batches(bakery, call):
    shown = call("recipe", "show", "harbour-rye", "--batches", "9").out

    assert "9 batches: 27 x Rye loaf" in shown
    assert "Harbour rye: 1.5 batches" in call("recipe", "show", "harbour-rye", "--batches", "1 1/2").out
    assert "Rye flour\t1.5 kg\t13.5 kg" in shown
    assert "Sea salt\t30 g\t270 g" in shown


def test_a_recipe_is_scaled_to_units_in_whole_batches_and_says_what_is_over(bakery, call):
    shown = call("recipe", "show", "lemon-tart", "--for", "100").out

    # 9 batches of 12 are 108.
    assert "100 x Lemon tart slice: 9 batches, 108 made, 8 over" in shown
    assert "Cream\t250 ml\t2.25 l" in shown
    assert "Shortcrust: 4.5 batches" in shown


def test_of_several_yields_the_one_that_is_wanted_is_named(bakery, call):
    unclear = call("recipe", "show", "chocolate-torte", "--for", "10")
    clear = call("recipe", "show", "chocolate-torte", "--for", "small-chocolate-torte=10")

    assert unclear.status == 1
    assert "say which is wanted: large-chocolate-torte (4) or small-chocolate-torte (5)" in unclear.err
    assert "10 x Small chocolate torte: 3 batches, 12 made, 2 over" in clear.out


def test_a_recipe_as_json_has_its_record_and_the_scaled_lines(bakery, call):
    shown = json.loads(call("recipe", "show", "lemon-tart", "--batches", "3", "--json").out)

    assert shown["slug"] == "lemon-tart"
    assert [unit["slug"] for unit in shown["finished_units"]] == ["lemon-tart-slice"]
    assert shown["scaled"]["batches"] == "3"
    assert [step["recipe"]["slug"] for step in shown["scaled"]["steps"]] == ["shortcrust", "lemon-curd", "lemon-tart"]
    assert shown["scaled"]["steps"][0]["lines"][0]["amount"] == {"exact": "750", "unit": "g", "quantity": "750"}
    assert [good["slug"] for good in shown["used_in"]["goods"]] == ["tea-box"]


@pytest.mark.parametrize(
    ("arguments", "message", "status"),
    [
        (("--batches", "0"), "batches: wanted", 1),
        (("--batches", "x"), "wanted a number for --batches, found 'x'", 2),
        (("--for", "x"), "wanted a whole number for --for, found 'x'", 2),
        (("--for", "nothing=5"), "Finished unit 'nothing' not found", 1),
        (("--for", "5", "--batches", "2"), "--batches and --for are mutually exclusive", 2),
    ],
)
def test_a_wrong_number_is_refused(bakery, call, arguments, message, status):
    ended = call("recipe", "show", "lemon-tart", *arguments)

    assert message in ended.err
    assert ended.status == status


def test_a_good_is_shown_with_the_goods_inside_it(bakery, call):
    assert call("good", "show", "captain-s-crate").out.splitlines() == [
        "Captain's crate (good 5, captain-s-crate)",
        "kind         bundle",
        "recipes      hazelnut-sables, cardamom-buns, chocolate-torte, harbour-rye",
        "planned      harbour-market (3)",
        "",
        "Made of",
        "part\tin one",
        "Large chocolate torte\t1",
        "Breakfast box\t1",
        "  Cardamom bun\t4",
        "  Rye loaf\t1",
        "Sablé bag\t2",
        "  Hazelnut sablé\t16",
    ]
    assert "goes into    tea-box, captain-s-crate" in call("good", "show", "sable-bag").out


def test_a_good_as_json_has_its_parts(bakery, call):
    shown = json.loads(call("good", "show", "tea-box", "--json").out)

    assert [(part["name"], part["depth"], part["in_one"]) for part in shown["parts"]] == [
        ("Lemon tart slice", 0, "2"),
        ("Small chocolate torte", 0, "1"),
        ("Sablé bag", 0, "1"),
        ("Hazelnut sablé", 1, "8"),
    ]
    assert [event["slug"] for event in shown["used_in"]["events"]] == ["harbour-market"]


def test_an_ingredient_is_shown_with_its_stock_and_every_line_that_takes_it(bakery, call):
    shown = call("ingredient", "show", "butter").out.splitlines()

    assert shown[0] == "Butter (ingredient 5, butter)"
    assert {"category     Dairy", "in stock     6 kg"} <= set(shown)
    assert shown[shown.index("Used in") + 1 :] == [
        "recipe\t1 batch",
        "shortcrust\t250 g",
        "hazelnut-sables\t225 g",
        "cardamom-buns\t120 g",
        "cardamom-buns\t60 g",
        "chocolate-torte\t200 g",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "first"),
    [
        ("ingredient", "Wheat flour", "Wheat flour (ingredient 1, wheat-flour)"),
        ("recipe", "Lemon tart", "Lemon tart (recipe 3, lemon-tart)"),
        ("good", "tea box", "Tea box (good 4, tea-box)"),
    ],
)
def test_what_is_shown_can_be_named_as_the_baker_says_it(bakery, call, kind, name, first):
    assert call(kind, "show", name).out.startswith(f"{first}\n")


def test_an_ingredient_as_json_has_its_stock_and_its_recipes(bakery, call):
    shown = json.loads(call("ingredient", "show", "cardamom", "--json").out)

    assert [item["quantity"] for item in shown["stock"]] == ["0.15"]
    assert [recipe["slug"] for recipe in shown["used_in"]["recipes"]] == ["cardamom-buns"]


@pytest.mark.parametrize("kind", ["recipe", "good", "ingredient"])
def test_what_does_not_exist_is_not_found(bakery, call, kind):
    ended = call(kind, "show", "nothing-of-that-name")

    assert ended.status == 1
    assert "nothing-of-that-name" in ended.err
