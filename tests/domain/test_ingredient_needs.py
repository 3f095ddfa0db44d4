"""What batches take: exactly, sub-recipes included, and in as few units as can be."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plandoc
from plandoc.domain.definitions import Definitions
from plandoc.domain.ingredient_needs import BatchGroup, combined_needs
from plandoc.domain.measures import Amount, convert
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.errors import ValidationError
from plandoc.records import Density, Ingredient, Recipe, RecipeLine, SubRecipe
from tests.exchange.exports import real

FLOUR = Ingredient("Flour", density=Density(1, "cup", 120, "g"), id=1)
WATER = Ingredient("Water", id=2)
EGGS = Ingredient("eggs", id=3)
INGREDIENTS = (FLOUR, WATER, EGGS)
CATALOG = "bake_tracker_4.2_catalog.json"

UNITS = st.sampled_from(["cup", "Cups", "tbsp", "ml", "lb", "g", "each", "dozen", "bag", "stick", "blorp", "T"])
QUANTITIES = st.decimals(Decimal("0.001"), 1000, places=3)
LINES = st.lists(st.builds(RecipeLine, st.sampled_from([1, 2, 3]), QUANTITIES, UNITS), max_size=6).map(tuple)
BATCHES = st.dictionaries(st.integers(1, 4), st.integers(1, 1000), max_size=4)


@st.composite
def catalogs(draw):
    """Four recipes, each of which may hold those before it."""
    recipes = []
    for number in range(1, 5):
        parts = st.builds(SubRecipe, st.integers(1, number - 1), QUANTITIES) if number > 1 else st.nothing()
        held = tuple(draw(st.lists(parts, max_size=3))) if number > 1 else ()
        recipes.append(Recipe(f"Recipe {number}", "", draw(LINES), held, id=number))
    return recipes


def _amounts(rows):
    return {(row.ingredient.id, row.amount.unit): row.amount.exact for row in rows}


def _as_written(rows):
    return {(row.ingredient.id, amount.unit): amount.exact for row in rows for amount in row.as_written}


def _needs(recipes, batches, ingredients=INGREDIENTS):
    return combined_needs([BatchGroup(batches, Definitions.of(recipes=recipes, ingredients=ingredients))])


def _of_lines(*lines, ingredient=WATER):
    """Return the rows of one ingredient that a recipe takes in these quantities and units."""
    written = tuple(RecipeLine(ingredient.id, Decimal(quantity), unit) for quantity, unit in lines)
    return _needs([Recipe("Dough", "", written, id=1)], {1: 1}, [ingredient])


@pytest.fixture
def catalog(store):
    plandoc.import_file(real(CATALOG))
    return store


def _rows_of_real_recipes(store, batches_by_slug):
    def look(session):
        batches = {plandoc.find_by_key(Recipe, slug, session=session).id: n for slug, n in batches_by_slug.items()}
        return combined_needs([BatchGroup(batches, catalog_definitions(session))])

    return store.read(look)


def _of_real_recipes(store, batches_by_slug):
    return {row.ingredient.slug: row for row in _rows_of_real_recipes(store, batches_by_slug)}


HOLIDAY = {"almond-biscotti": 4, "anzac-cookies": 2, "candy-bar-fudge": 1}


def test_the_real_catalog_needs_exactly_what_was_worked_out_by_hand(catalog):
    rows = _of_real_recipes(catalog, HOLIDAY)
    wanted = {
        "flour-all-purpose": "12 cup",
        "sugar-granulated": "6.68 cup",
        "eggs-whole": "8 each",
        "butter-unsalted": "4.5 cup",
        "shortening": "8 tbsp",
        "oats-rolled": "4 cup",
        "golden-syrup": "0.66 cup",
        "vanilla-extract": "5 tsp",
        "water": "0.5 cup + 1 tbsp",
    }

    assert {slug: " + ".join(map(str, rows[slug].as_written)) for slug in wanted} == wanted
    assert [rows["sugar-granulated"].amount.exact] == [Fraction("6.68")]
    assert [rows["golden-syrup"].amount.exact] == [Fraction("0.66")]


def test_the_water_of_the_real_catalog_is_one_row_after_conversion(catalog):
    rows = _of_real_recipes(catalog, HOLIDAY)

    assert rows["water"].amount == Amount(Fraction("0.5625"), "cup")
    assert rows["water"].unconverted is None


def test_of_all_needs_of_the_real_catalog_only_those_of_lemons_cannot_be_one_row(catalog):
    every = {recipe.slug: 1 for recipe in plandoc.list_records(Recipe)}
    rows = _rows_of_real_recipes(catalog, every)

    # Whoever changes what is known of units sees here what becomes of the 86 needs of the real recipes.
    assert sum(len(row.as_written) for row in rows) == 86
    assert [(row.ingredient.slug, row.amount.unit) for row in rows if row.unconverted] == [
        ("lemon-whole", "each"),
        ("lemon-whole", "cup"),
    ]
    assert len(rows) == len({row.ingredient.id for row in rows}) + 1 == 74


def test_multipliers_multiply_through_every_level():
    line = RecipeLine(2, Decimal("0.5"), "cup")
    recipes = [
        Recipe("Syrup", "", (line,), id=1),
        Recipe("Frosting", "", (line,), (SubRecipe(1, Decimal("1.5")),), id=2),
        Recipe("Cake", "", (), (SubRecipe(2, 2), SubRecipe(1, Decimal("0.1"))), id=3),
    ]

    assert _amounts(_needs(recipes, {3: 3})) == {
        (2, "cup"): 3 * (2 * (Fraction("0.5") + Fraction("0.75")) + Fraction("0.05"))
    }


def test_units_of_one_kind_are_one_row_in_the_largest_that_is_used():
    [row] = _of_lines(("0.5", "cup"), ("1", "tbsp"), ("3", "Tsp."), ("0.5", "Cups"))

    assert row.amount == Amount(Fraction("1.125"), "cup")
    assert [(amount.exact, amount.unit) for amount in row.as_written] == [(1, "cup"), (1, "tbsp"), (3, "tsp")]
    assert row.unconverted is None


def test_volumes_and_weights_are_one_row_in_a_weight_where_the_density_is_known():
    [row] = _of_lines(("1", "cup"), ("80", "g"), ingredient=FLOUR)

    assert row.amount == Amount(Fraction(200), "g")
    assert [str(amount) for amount in row.as_written] == ["80 g", "1 cup"]
    assert row.unconverted is None


def test_volumes_alone_stay_volumes_though_the_density_is_known():
    [row] = _of_lines(("1", "cup"), ("8", "tbsp"), ingredient=FLOUR)

    assert row.amount == Amount(Fraction("1.5"), "cup")


def test_volumes_and_weights_without_a_density_stay_apart_and_say_why():
    rows = _of_lines(("1", "cup"), ("80", "g"), ("1", "tbsp"))

    assert [(str(row.amount), row.unconverted) for row in rows] == [
        ("80 g", "no equivalent such as '1 cup = ... g' is known"),
        ("1.063 cup", "no equivalent such as '1 cup = ... g' is known"),
    ]


def test_containers_counts_and_unknown_units_stay_apart_and_say_why():
    rows = _of_lines(("1", "dozen"), ("2", "each"), ("1", "bag"), ("1", "bottle"), ("2", "blorp"), ("3", "cupz"))

    assert [(str(row.amount), row.unconverted) for row in rows] == [
        (
            "1.167 dozen",
            "no equivalent such as '1 bottle = ... dozen' is known",
        ),
        (
            "1 bottle",
            "no equivalent such as '1 bottle = ... dozen' is known",
        ),
        (
            "1 bag",
            "no equivalent such as '1 bag = ... dozen' is known",
        ),
        ("2 blorp", "'blorp' is not a unit that the plan knows"),
        ("3 cupz", "'cupz' is not a unit that the plan knows"),
    ]


def test_a_need_in_one_container_alone_has_nothing_to_explain():
    [row] = _of_lines(("1", "bag"), ("2", "Bags"))

    assert (row.amount, row.unconverted) == (Amount(Fraction(3), "bag"), None)


def test_a_need_in_one_unknown_unit_stays_in_it_and_is_marked():
    [row] = _of_lines(("1", "blorp"), ("2", " blorp "))

    assert (row.amount, row.unconverted) == (Amount(Fraction(3), "blorp"), "'blorp' is not a unit that the plan knows")


def test_texts_that_differ_in_case_are_not_taken_for_one_unknown_unit():
    rows = _of_lines(("1", "T"), ("2", "t"))

    assert [str(row.amount) for row in rows] == ["1 T", "2 t"]


def test_the_rows_stand_in_the_order_of_the_names_whatever_their_case():
    lines = tuple(RecipeLine(ingredient.id, 1, "cup") for ingredient in reversed(INGREDIENTS))
    rows = _needs([Recipe("Dough", "", lines, id=1)], {1: 1})

    assert [row.ingredient for row in rows] == [EGGS, FLOUR, WATER]


@given(catalogs(), BATCHES, st.integers(1, 10**6))
def test_baking_k_times_as_much_takes_exactly_k_times_as_much(recipes, batches, times):
    once = _needs(recipes, batches)
    scaled = _needs(recipes, {recipe_id: number * times for recipe_id, number in batches.items()})

    assert _amounts(scaled) == {key: exact * times for key, exact in _amounts(once).items()}
    assert _as_written(scaled) == {key: exact * times for key, exact in _as_written(once).items()}
    assert [row.unconverted for row in scaled] == [row.unconverted for row in once]


@given(catalogs(), BATCHES, BATCHES)
def test_what_two_plans_take_is_the_sum_of_what_each_takes(recipes, one, other):
    both = {recipe_id: one.get(recipe_id, 0) + other.get(recipe_id, 0) for recipe_id in {*one, *other}}
    sums = _as_written(_needs(recipes, one))
    for key, exact in _as_written(_needs(recipes, other)).items():
        sums[key] = sums.get(key, 0) + exact

    assert _as_written(_needs(recipes, both)) == sums


@given(catalogs(), BATCHES, st.randoms())
def test_the_order_of_recipes_lines_and_parts_never_changes_a_result(recipes, batches, chance):
    shuffled = [
        Recipe(
            recipe.name,
            "",
            tuple(chance.sample(recipe.lines, len(recipe.lines))),
            tuple(chance.sample(recipe.sub_recipes, len(recipe.sub_recipes))),
            id=recipe.id,
        )
        for recipe in chance.sample(recipes, len(recipes))
    ]
    other = dict(chance.sample(list(batches.items()), len(batches)))

    assert _needs(shuffled, other, chance.sample(INGREDIENTS, 3)) == _needs(recipes, batches)


@given(catalogs(), BATCHES)
def test_a_row_holds_all_that_is_written_of_its_units(recipes, batches):
    rows = _needs(recipes, batches)

    for row in rows:
        assert sum(convert(amount, row.amount.unit, row.known).exact for amount in row.as_written) == row.amount.exact
        assert row.amount.exact > 0


@given(catalogs(), BATCHES)
def test_an_ingredient_whose_needs_stand_apart_is_marked_in_every_row(recipes, batches):
    rows = _needs(recipes, batches)
    rows_of = {row.ingredient.id: [other for other in rows if other.ingredient == row.ingredient] for row in rows}

    assert [row for row in rows if len(rows_of[row.ingredient.id]) > 1 and row.unconverted is None] == []


def test_a_shared_sub_recipe_is_worked_out_once_however_many_ways_lead_to_it():
    # Ten levels of ten recipes, each holding all of the level below: ten thousand million ways to the lowest level.
    recipes = {}
    for level in range(10):
        below = tuple(SubRecipe(10 * (level - 1) + n) for n in range(1, 11)) if level else ()
        for number in range(10 * level + 1, 10 * level + 11):
            recipes[number] = Recipe(f"Recipe {number}", "", (RecipeLine(2, 1, "cup"),), below, id=number)
    looked_up = []

    def recipe(recipe_id):
        looked_up.append(recipe_id)
        return recipes.get(recipe_id)

    rows = combined_needs([BatchGroup({91: 1}, Definitions(recipes=recipe, ingredients={2: WATER}.get))])

    assert _amounts(rows) == {(2, "cup"): sum(10**level for level in range(10))}
    assert len(looked_up) == len(set(looked_up)) == 91


def test_the_largest_numbers_that_records_take_are_still_exact():
    tiny, huge = Decimal("0.999999999999"), Decimal("123456789012.123456789012")
    recipes = [Recipe("Recipe 1", "", (RecipeLine(2, tiny, "cup"), RecipeLine(2, huge, "cup")), id=1)]
    recipes += [Recipe(f"Recipe {n}", "", (), (SubRecipe(n - 1, huge),), id=n) for n in range(2, 11)]

    assert _amounts(_needs(recipes, {10: 10**12})) == {
        (2, "cup"): (Fraction(tiny) + Fraction(huge)) * Fraction(huge) ** 9 * 10**12
    }


def test_no_batches_take_nothing_and_do_not_ask_for_the_recipe():
    assert _needs([], {}) == ()
    assert _needs([], {77: 0}) == ()


def _problems(recipes, batches, ingredients=INGREDIENTS):
    with pytest.raises(ValidationError) as refused:
        _needs(recipes, batches, ingredients)
    return [problem.message for problem in refused.value.problems]


def test_a_recipe_that_contains_itself_is_refused_with_the_path():
    recipes = [
        Recipe("Dough", "", (), (SubRecipe(2),), id=1),
        Recipe("Filling", "", (), (SubRecipe(3),), id=2),
        Recipe("Crumble", "", (), (SubRecipe(2),), id=3),
    ]

    assert _problems(recipes, {1: 1}) == ["'Filling' contains itself: 'Filling' -> 'Crumble' -> 'Filling'"]


def test_recipes_eleven_deep_are_refused_and_ten_deep_are_not():
    chain = [Recipe("Recipe 1", "", (RecipeLine(2, 1, "cup"),), id=1)]
    chain += [Recipe(f"Recipe {n}", "", (), (SubRecipe(n - 1, 2),), id=n) for n in range(2, 12)]
    [message] = _problems(chain, {11: 1})

    assert message.startswith("'Recipe 11' is nested more than 10 levels deep: 'Recipe 11' -> 'Recipe 10' -> ")
    assert _amounts(_needs(chain, {10: 1})) == {(2, "cup"): 2**9}


def test_a_chain_far_deeper_than_the_stack_is_refused_and_no_recursion_error():
    chain = [Recipe(f"Recipe {n}", "", (), (SubRecipe(n + 1),), id=n) for n in range(1, 5000)]
    messages = _problems(chain, {1: 1})

    assert messages[0].startswith("Recipe 5000 not found, wanted by 'Recipe 1' -> 'Recipe 2' -> ")
    assert messages[1].startswith("'Recipe 1' is nested more than 10 levels deep: ")


def test_everything_that_is_broken_is_told_at_once_with_the_path():
    recipes = [
        Recipe("Cake", "", (RecipeLine(88, 1, "cup"),), (SubRecipe(2), SubRecipe(66)), id=1),
        Recipe("Frosting", "", (RecipeLine(99, 1, "cup"), RecipeLine(99, 2, "g")), (SubRecipe(77),), id=2),
        Recipe("Ring", "", (), (SubRecipe(3),), id=3),
    ]

    assert sorted(_problems(recipes, {1: 1, 3: 2, 55: 1, 2: -1})) == [
        "'Ring' contains itself: 'Ring' -> 'Ring'",
        "Ingredient 88 not found, wanted by 'Cake'",
        "Ingredient 99 not found, wanted by 'Frosting'",
        "Recipe 55 not found",
        "Recipe 66 not found, wanted by 'Cake'",
        "Recipe 77 not found, wanted by 'Frosting'",
        "batches of recipe 2: wanted a whole number of at least 0, found -1",
    ]


@pytest.mark.parametrize("number", [-1, 1.5, "2", True, Decimal(2), float("nan"), 10**13])
def test_a_number_of_batches_that_is_none_is_refused(number):
    [message] = _problems([Recipe("Dough", id=1)], {1: number})

    assert message.startswith("batches of recipe 1: wanted a whole number")
