"""Batches that were made ahead are taken off before any ingredient is counted, exactly and once."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.domain.consumption import consume
from plandoc.domain.definitions import Definitions
from plandoc.domain.ingredient_needs import BatchGroup, combined_needs, less_made_ahead
from plandoc.domain.made_ahead import MadeAhead, batches_in_stock, made_ahead, made_in_words, together, without_made
from plandoc.domain.nested_recipes import NestedRecipes
from plandoc.domain.recipe_scaling import scaled
from plandoc.domain.scaled_recipes import scaled_recipes
from plandoc.domain.without_amount import without_amount
from plandoc.records import Ingredient, Recipe, RecipeLine, StockItem, SubRecipe

BUTTER, FLOUR, SUGAR = (Ingredient(name, id=number) for number, name in enumerate(("Butter", "Flour", "Sugar"), 1))
SYRUP = Recipe("Syrup", lines=(RecipeLine(3, 200, "g"),), id=3)
BUTTERCREAM = Recipe(
    "Buttercream", lines=(RecipeLine(1, 500, "g"), RecipeLine(3, None)), sub_recipes=(SubRecipe(3, "1/2"),), id=2
)
CAKE = Recipe("Cake", lines=(RecipeLine(2, 1, "kg"),), sub_recipes=(SubRecipe(2, "1.5"),), id=1)
DEFINITIONS = Definitions.of(recipes=[CAKE, BUTTERCREAM, SYRUP], ingredients=[BUTTER, FLOUR, SUGAR])


def taken(batches, made, definitions=DEFINITIONS):
    found = made_ahead(batches, NestedRecipes(definitions), made)
    return [(one.recipe.name, one.needed, one.made) for one in found]


def needs(batches, made):
    rows = combined_needs(less_made_ahead([BatchGroup(batches, DEFINITIONS)], made))
    return {row.ingredient.name: str(row.amount) for row in rows}


def test_of_21_batches_12_are_made_already_and_9_are_to_make():
    assert taken({1: 14}, {2: 12}) == [("Buttercream", 21, 12)]
    assert needs({1: 14}, {}) == {"Butter": "10.5 kg", "Flour": "14 kg", "Sugar": "2.1 kg"}
    assert needs({1: 14}, {2: 12}) == {"Butter": "4.5 kg", "Flour": "14 kg", "Sugar": "900 g"}


def test_what_goes_only_into_batches_that_are_made_is_not_needed_at_all():
    assert needs({1: 2}, {2: 99}) == {"Flour": "2 kg"}
    assert taken({1: 2}, {2: 99, 3: 5}) == [("Buttercream", 3, 3)]


def test_what_a_recipe_was_made_ahead_of_leaves_its_own_sub_recipes_in_the_freezer():
    assert taken({1: 2}, {2: 1, 3: 5}) == [("Syrup", 1, 1), ("Buttercream", 3, 1)]


def test_a_batch_that_is_decided_itself_can_be_made_ahead_too():
    assert taken({1: 3, 2: 1}, {1: 2, 2: 2}) == [("Buttercream", Fraction(5, 2), 2), ("Cake", 3, 2)]
    assert needs({1: 3}, {1: 3}) == {}


def test_thirds_stay_thirds():
    assert taken({1: 1}, {2: Fraction(1, 3)}) == [("Buttercream", Fraction(3, 2), Fraction(1, 3))]
    [butter] = [
        row
        for row in combined_needs(less_made_ahead([BatchGroup({1: 1}, DEFINITIONS)], {2: Fraction(1, 3)}))
        if row.ingredient is BUTTER
    ]
    assert butter.amount.exact == Fraction(1750, 3)


def test_what_one_group_takes_the_next_does_not_find():
    first, second = less_made_ahead([BatchGroup({1: 2}, DEFINITIONS), BatchGroup({1: 4}, DEFINITIONS)], {2: 5})

    assert [(one.needed, one.made) for one in (*first.made_ahead, *second.made_ahead)] == [(3, 3), (6, 2)]
    assert together([*first.made_ahead, *second.made_ahead]) == (MadeAhead(BUTTERCREAM, Fraction(9), Fraction(5)),)


def test_an_ingredient_without_an_amount_is_listed_only_for_what_is_to_make():
    [listed] = without_amount([(BatchGroup({1: 2}, DEFINITIONS).recipes, DEFINITIONS)])
    [group] = less_made_ahead([BatchGroup({1: 2}, DEFINITIONS)], {2: 3})

    assert listed.recipes == (BUTTERCREAM,)
    assert without_amount([(group.recipes, DEFINITIONS)]) == ()


def test_a_broken_recipe_takes_nothing_because_its_needs_are_refused():
    circle = Recipe("Circle", sub_recipes=(SubRecipe(1),), id=1)

    assert taken({1: 2}, {1: 1}, Definitions.of(recipes=[circle])) == []


def test_stock_of_ingredients_and_empty_rows_are_no_batches():
    stock = [StockItem(2, 5, "kg"), StockItem(None, 0, "batch", recipe_id=1), StockItem(None, 3, "batch", recipe_id=2)]

    assert batches_in_stock(stock) == {2: 3}


@pytest.mark.parametrize(
    ("made", "needed", "words"),
    [
        (1, 21, "1 of 21 batches is made already; make 20"),
        (Fraction(1, 2), 1, "0.5 of 1 batch is made already; make 0.5"),
        (1, Fraction(4, 3), "1 of 1.333 batches is made already; make 0.334"),
        (2, 2, "all 2 batches are made already"),
    ],
)
def test_how_much_is_made_is_said_in_words(made, needed, words):
    assert made_in_words(Fraction(made), Fraction(needed)) == words


# Any recipes, each of which may take those after it; any batches of them, wanted and made.

MOST = 5
PARTS = st.fractions("1/9", 4, max_denominator=9)
GRAMS = st.fractions("1/7", 900, max_denominator=7)
WANTED = st.dictionaries(st.integers(1, MOST), st.integers(0, 9))
MADE = st.dictionaries(st.integers(1, MOST), st.fractions(0, 30, max_denominator=12))


@st.composite
def nested(draw):
    recipes = []
    for number in range(1, MOST + 1):
        lines = draw(st.dictionaries(st.integers(1, 3), GRAMS, max_size=3))
        parts = draw(st.dictionaries(st.integers(number + 1, MOST), PARTS, max_size=3)) if number < MOST else {}
        recipes.append(
            Recipe(
                f"R{number}",
                lines=tuple(RecipeLine(i, grams, "g") for i, grams in lines.items()),
                sub_recipes=tuple(SubRecipe(i, times) for i, times in parts.items()),
                id=number,
            )
        )
    return Definitions.of(recipes=recipes, ingredients=[BUTTER, FLOUR, SUGAR])


def as_a_baker_does_it(definitions, wanted, made):
    """Make one thing after the other: what is in the freezer is taken, the rest is made of its parts."""
    freezer, used, bought = dict(made), {}, {}

    def make(recipe_id, batches):
        out = min(batches, freezer.get(recipe_id, Fraction(0)))
        freezer[recipe_id] = freezer.get(recipe_id, Fraction(0)) - out
        used[recipe_id] = used.get(recipe_id, 0) + out
        recipe, left = definitions.recipes(recipe_id), batches - out
        for line in recipe.lines:
            bought[line.ingredient_id, "g"] = bought.get((line.ingredient_id, "g"), 0) + left * Fraction(line.quantity)
        for part in recipe.sub_recipes:
            make(part.recipe_id, left * Fraction(part.multiplier))

    for recipe_id, number in wanted.items():
        make(recipe_id, Fraction(number))
    return {one: number for one, number in used.items() if number}, {
        one: grams for one, grams in bought.items() if grams
    }


def exact(quantities):
    return {key: Fraction(quantity) for key, quantity in quantities.items() if quantity}


@given(nested(), WANTED, MADE)
def test_it_is_what_a_baker_takes_who_makes_one_thing_after_the_other(definitions, wanted, made):
    recipes = NestedRecipes(definitions)
    found = made_ahead(wanted, recipes, made)
    used, bought = as_a_baker_does_it(definitions, wanted, made)

    assert {one.recipe.id: one.made for one in found if one.made} == used
    assert exact(scaled(without_made(wanted, found), recipes)) == bought


@given(nested(), WANTED, MADE)
def test_what_is_needed_and_what_was_saved_is_what_all_batches_take_and_nothing_is_below_zero(
    definitions, wanted, made
):
    recipes = NestedRecipes(definitions)
    found = made_ahead(wanted, recipes, made)
    left, saved = (
        exact(scaled(batches, recipes))
        for batches in (without_made(wanted, found), {one.recipe.id: one.made for one in found})
    )
    everything = exact(scaled(wanted, recipes))

    assert {key: left.get(key, 0) + saved.get(key, 0) for key in {*left, *saved}} == everything
    assert all(quantity > 0 for quantity in left.values())
    assert all(0 <= one.made == min(one.needed, made[one.recipe.id]) for one in found)


@given(nested(), WANTED, MADE)
def test_the_sheet_and_the_needs_are_of_the_same_batches(definitions, wanted, made):
    wanted = {recipe_id: number for recipe_id, number in wanted.items() if number}
    on_sheet = {}
    for work in scaled_recipes(wanted, definitions, made):
        assert work.needed > 0
        for line in work.recipe.lines:
            key = line.ingredient_id
            on_sheet[key] = on_sheet.get(key, 0) + Fraction(line.quantity) * work.batches
    rows = combined_needs(less_made_ahead([BatchGroup(wanted, definitions)], made))

    assert {row.ingredient.id: row.amount.exact for row in rows} == {
        key: grams for key, grams in on_sheet.items() if grams
    }


@given(nested(), st.lists(WANTED, min_size=1, max_size=3), MADE)
def test_several_plans_never_take_more_than_there_is(definitions, plans, made):
    groups = less_made_ahead([BatchGroup(wanted, definitions) for wanted in plans], made)
    for one in together(one for group in groups for one in group.made_ahead):
        assert one.made <= made[one.recipe.id]


@given(nested(), WANTED, MADE)
def test_what_was_there_is_what_is_left_and_what_was_taken(definitions, wanted, made):
    stock = [StockItem(None, batches, "batch", recipe_id=i, id=i) for i, batches in made.items()]
    [group] = less_made_ahead([BatchGroup(wanted, definitions)], batches_in_stock(stock))
    consumption = consume(combined_needs([group]), stock, group.made_ahead)
    left = {item.id: Fraction(item.quantity) for item in (*stock, *consumption.remaining_stock)}

    assert {one.recipe_id: one.quantity for one in consumption.taken} == {
        one.recipe.id: one.made for one in group.made_ahead if one.made
    }
    for one in consumption.taken:
        left[one.recipe_id] += Fraction(one.quantity)
    assert left == made
    assert all(item.quantity >= 0 for item in consumption.remaining_stock)
