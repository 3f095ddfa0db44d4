"""What is known of the units of one ingredient: how much of one is how much of another, through any chain."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc import units
from plandoc.domain.definitions import Definitions
from plandoc.domain.ingredient_needs import BatchGroup, combined_needs
from plandoc.domain.measures import Amount, conversions, convert, wrong_equivalents
from plandoc.domain.shopping import Standing, shopping_items
from plandoc.records import Density, Equivalent, Ingredient, Recipe, RecipeLine, StockItem, UnitWord

CUP, STICK = Equivalent(1, "cup", 120, "g"), Equivalent(1, "stick", 113, "g")
KELLE = UnitWord("Kelle", 125, "ml", id=1)


def _butter(*equivalents, density=None):
    return Ingredient("Butter", density=density, equivalents=equivalents, id=1)


def _converted(ingredient, quantity, unit, other, *words):
    amount = convert(Amount(Fraction(quantity), unit), other, conversions(ingredient, words))
    return None if amount is None else amount.exact


def _needs(ingredient, *lines, words=()):
    recipe = Recipe("Cake", lines=tuple(RecipeLine(1, quantity, unit) for quantity, unit in lines), id=1)
    return combined_needs([BatchGroup({1: 1}, Definitions.of(recipes=[recipe], ingredients=[ingredient], words=words))])


def test_an_equivalent_converts_both_ways_and_through_the_sizes_of_its_units():
    butter = _butter(STICK)

    assert _converted(butter, 2, "stick", "g") == 226
    assert _converted(butter, 2, "Sticks", "kg") == Fraction("0.226")
    assert _converted(butter, 113, "g", "stick") == 1
    assert _converted(butter, 1, "stick", "cup") is None


def test_equivalents_convert_through_a_chain_exactly():
    butter = _butter(
        Equivalent(1, "stick", "1/3", "cup"), CUP, Equivalent(4, "stick", 1, "pack"), Equivalent(2, "knob", 1, "tbsp")
    )

    assert _converted(butter, 1, "pack", "g") == 160
    assert _converted(butter, 1, "stick", "g") == 40
    assert _converted(butter, 1, "knob", "g") == Fraction(120, 32)


def test_a_density_is_one_of_the_equivalents():
    butter = _butter(Equivalent(2, "stick", 1, "cup"), density=Density(1, "cup", 226, "g"))

    assert _converted(butter, 1, "stick", "g") == 113
    assert [str(one) for one in butter.all_equivalents] == ["1 cup = 226 g", "2 stick = 1 cup"]


def test_equal_statements_count_once():
    butter = _butter(STICK, Equivalent("1.0", "stick", 113, "g"), CUP, density=Density(1, "cup", 120, "g"))

    assert butter.equivalents == (STICK, CUP)
    assert [str(one) for one in butter.all_equivalents] == ["1 cup = 120 g", "1 stick = 113 g"]
    assert list(wrong_equivalents(butter)) == []


@pytest.mark.parametrize(
    ("equivalents", "message"),
    [
        (
            [STICK, Equivalent(1, "stick", 110, "g")],
            "1 stick = 110 g contradicts 1 stick = 113 g, by which 1 stick = 113 g",
        ),
        (
            [STICK, Equivalent(1, "stick", "0.25", "lb")],
            "1 stick = 0.25 lb contradicts 1 stick = 113 g, by which 1 stick = about 0.249122 lb",
        ),
        (
            [CUP, Equivalent(1, "stick", "1/2", "cup"), STICK],
            "1 stick = 113 g contradicts 1 stick = 0.5 cup and 1 cup = 120 g, by which 1 stick = 60 g",
        ),
        (
            [Equivalent(1, "cup", 250, "ml")],
            "1 cup = 250 ml contradicts the sizes of the units, by which 1 cup = 236.5882365 ml",
        ),
        (
            [Equivalent(1, "can", 2, "cans")],
            "1 can = 2 cans contradicts the sizes of the units, by which 1 can = 1 cans",
        ),
        (
            [Equivalent(1, "knob", 2, "knob")],
            "1 knob = 2 knob contradicts the sizes of the units, by which 1 knob = 1 knob",
        ),
    ],
)
def test_a_contradiction_is_written_out(equivalents, message):
    assert list(wrong_equivalents(_butter(*equivalents))) == [message]


def test_what_agrees_through_another_unit_is_no_contradiction():
    egg = _butter(Equivalent(1, "each", 50, "g"), Equivalent(1, "dozen", 600, "g"), Equivalent(12, "piece", 1, "dozen"))

    assert list(wrong_equivalents(egg)) == []


def test_an_ingredient_whose_units_are_all_connected_is_one_row_in_one_unit():
    (row,) = _needs(_butter(STICK, Equivalent(2, "stick", 1, "cup")), (1, "cup"), (1, "stick"), (100, "g"), (1, "tbsp"))

    assert (str(row.amount), row.unconverted) == ("453.125 g", None)
    assert [str(amount) for amount in row.as_written] == ["100 g", "1 cup", "1 tbsp", "1 stick"]


def test_units_that_no_equivalent_connects_stay_apart_and_the_missing_one_is_named():
    rows = _needs(_butter(STICK), (100, "g"), (1, "stick"), (2, "can"))

    assert [(str(row.amount), row.unconverted) for row in rows] == [
        ("213 g", "no equivalent such as '1 can = ... g' is known"),
        ("2 can", "no equivalent such as '1 can = ... g' is known"),
    ]


def test_sticks_in_stock_cover_what_recipes_weigh_and_are_shown_once():
    (item,) = shopping_items(_needs(_butter(STICK), (100, "g"), (1, "stick")), [StockItem(1, 4, "stick")])
    (row,) = item.rows

    assert (item.standing, item.other_stock, row.reason) == (Standing.ENOUGH, (), None)
    assert (str(row.needed), str(row.in_stock), str(row.to_buy)) == ("1.885 stick", "4 stick", "0 stick")


def test_stock_that_cannot_be_compared_is_shown_once_at_its_own_row():
    rows = _needs(_butter(), (200, "g"), (1, "stick"), (1, "can"))
    (item,) = shopping_items(rows, [StockItem(1, 4, "stick"), StockItem(1, 100, "g")])

    assert [(str(row.needed), str(row.in_stock), row.reason is None) for row in item.rows] == [
        ("200 g", "100 g", False),
        ("1 stick", "4 stick", True),
        ("1 can", "0 can", False),
    ]
    assert item.other_stock == ()


def test_a_custom_word_is_a_unit_in_any_spelling():
    flour = _butter(CUP)

    assert _converted(flour, 2, "kelle", "ml", KELLE) == 250
    assert _converted(flour, 1, "KELLE.", "g", KELLE) == Fraction(125) / Fraction("236.5882365") * 120
    assert _converted(flour, 1, "Kelle", "ml") is None


def test_single_letters_are_two_words_where_their_case_differs():
    words = UnitWord("T", 1, "tbsp"), UnitWord("t", 1, "tsp")

    assert _converted(_butter(), 1, "T", "tsp", *words) == 3
    assert _converted(_butter(), 1, "t", "tsp", *words) == 1


def test_a_container_gets_a_size_for_all_ingredients_by_a_word_and_another_by_the_ingredient_itself():
    can = UnitWord("can", 400, "g")

    assert _converted(_butter(), 2, "cans", "g", can) == 800
    assert _converted(_butter(Equivalent(1, "can", 240, "g")), 2, "cans", "g", can) == 480


def test_a_spoon_gets_another_size_by_a_word_and_another_by_the_ingredient_itself():
    spoon = UnitWord("EL", 1, "tbsp")

    assert _converted(_butter(), 2, "Esslöffel", "tbsp", spoon) == 2
    assert _converted(_butter(), 1, "msk", "ml", spoon) == 15
    assert _converted(_butter(CUP), 1, "EL", "g", spoon) == Fraction("7.5")
    assert _converted(_butter(Equivalent(1, "EL", 12, "g")), 2, "EL", "g", spoon) == 24


def test_a_custom_word_stays_what_it_was_when_plandoc_learns_it():
    # As if a later plandoc had learned the cup after somebody stated it.
    assert _converted(_butter(), 1, "cup", "ml", UnitWord("cup", 250, "ml")) == 250


@given(
    st.permutations(
        [CUP, Equivalent(1, "stick", "1/2", "cup"), Equivalent(4, "stick", 1, "pack"), Equivalent(3, "knob", 1, "pack")]
    ),
    st.sampled_from(["g", "cup", "stick", "pack", "knob", "kg", "tsp"]),
    st.sampled_from(["g", "cup", "stick", "pack", "knob", "kg", "tsp"]),
)
def test_the_order_of_statements_changes_no_conversion(equivalents, unit, other):
    there = _converted(_butter(*equivalents), 1, unit, other)

    assert there == _converted(_butter(*sorted(equivalents, key=str)), 1, unit, other)
    assert there * _converted(_butter(*equivalents), 1, other, unit) == 1


def test_an_equivalent_is_written_as_people_write_it():
    assert str(Equivalent("1 1/3", "cup", Decimal("0.5"), "lb")) == "1 1/3 cup = 0.5 lb"
    assert str(Density("2/3", "cup", 80, "g")) == "2/3 cup = 80 g"
    assert units.word_key("Fl. Oz.") == "fl oz"
