"""Recipes scaled for work, with numbers worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from plandoc.domain.definitions import Definitions
from plandoc.domain.scaled_recipes import recipe_scaling, scaled_recipes
from plandoc.errors import ValidationError
from plandoc.records import FinishedUnit, Ingredient, Recipe, RecipeLine, SubRecipe, YieldMode

SUGAR, BUTTER, FLOUR, WATER = (
    Ingredient(name, id=n) for n, name in enumerate(("Sugar", "Butter", "Flour", "Water"), 1)
)
SYRUP = Recipe("Syrup", lines=(RecipeLine(1, 200, "g"), RecipeLine(4, 1, "l")), id=1)
BUTTERCREAM = Recipe(
    "Buttercream",
    lines=(RecipeLine(2, 250, "g", "soft"), RecipeLine(1, Decimal("0.67"), "cup")),
    sub_recipes=(SubRecipe(1, Decimal("0.25")),),
    method="Beat.",
    id=2,
)
CAKE = Recipe("Cake", lines=(RecipeLine(3, 715, "g"),), sub_recipes=(SubRecipe(2, 2, "for the layers"),), id=3)
CUPCAKES = Recipe("Cupcakes", lines=(RecipeLine(3, 3, "cup"),), sub_recipes=(SubRecipe(2, Decimal("0.5")),), id=4)
DEFINITIONS = Definitions.of(recipes=(SYRUP, BUTTERCREAM, CAKE, CUPCAKES), ingredients=(SUGAR, BUTTER, FLOUR, WATER))


def shown(work):
    return [(line.ingredient.name, str(line.one_batch), str(line.amount)) for line in work.lines]


def test_a_sub_recipe_comes_once_before_what_it_goes_into_with_the_batches_of_all():
    work = scaled_recipes({3: 9, 4: 6}, DEFINITIONS)

    # Buttercream: 9 x 2 + 6 x 0.5 = 21; syrup: 21 x 0.25 = 5.25.
    assert [(one.recipe.name, one.batches) for one in work] == [
        ("Syrup", Fraction("5.25")),
        ("Buttercream", 21),
        ("Cake", 9),
        ("Cupcakes", 6),
    ]
    assert [(use.recipe.name, use.batches) for use in work[1].used_in] == [("Cake", 18), ("Cupcakes", 3)]
    assert [(part.recipe.name, part.one_batch, part.batches, part.notes) for part in work[2].parts] == [
        ("Buttercream", 2, 18, "for the layers")
    ]


def test_every_line_is_scaled_exactly_and_in_the_unit_that_fits():
    syrup, buttercream, cake, cupcakes = scaled_recipes({3: 20, 4: 6}, DEFINITIONS)

    # Buttercream: 20 x 2 + 6 x 0.5 = 43; syrup: 10.75.
    assert shown(syrup) == [("Sugar", "200 g", "2.15 kg"), ("Water", "1 l", "10.75 l")]
    assert shown(buttercream) == [("Butter", "250 g", "10.75 kg"), ("Sugar", "0.67 cup", "28.81 cup")]
    assert shown(cake) == [("Flour", "715 g", "14.3 kg")]
    assert shown(cupcakes) == [("Flour", "3 cup", "18 cup")]
    assert [line.notes for line in buttercream.lines] == ["soft", ""]


def test_a_recipe_that_is_baked_and_also_goes_into_another_adds_up():
    work = scaled_recipes({2: 2, 3: 1}, DEFINITIONS)

    assert [(one.recipe.name, one.batches) for one in work] == [("Syrup", 1), ("Buttercream", 4), ("Cake", 1)]


def test_the_lines_are_kept_in_order_even_if_they_name_one_ingredient_twice():
    buns = Recipe("Buns", lines=(RecipeLine(2, 120, "g"), RecipeLine(3, 1, "kg"), RecipeLine(2, 60, "g")), id=5)
    [work] = scaled_recipes({5: 4}, Definitions.of(recipes=[buns], ingredients=[BUTTER, FLOUR]))

    assert shown(work) == [("Butter", "120 g", "480 g"), ("Flour", "1 kg", "4 kg"), ("Butter", "60 g", "240 g")]


def test_everything_that_is_broken_is_named_at_once():
    broken = Recipe("Broken", lines=(RecipeLine(9, 1, "g"),), sub_recipes=(SubRecipe(8),), id=5)
    with pytest.raises(ValidationError) as refused:
        scaled_recipes({5: 1}, Definitions.of(recipes=[broken]))

    assert len(refused.value.problems) == 2


def test_a_part_of_a_batch_is_scaled_and_its_yields_are_whole_units():
    slice_ = FinishedUnit("Slice", 3, mode=YieldMode.BATCH_PORTION, batch_percentage=30, id=1)
    whole = FinishedUnit("Whole", 3, items_per_batch=1, id=2)
    scaling = recipe_scaling(CAKE, Fraction(5, 2), [slice_, whole], DEFINITIONS)

    # 2.5 batches of 100 / 30 portions are 8.33 portions.
    assert [(one.unit.name, one.units) for one in scaling.yields] == [("Slice", 8), ("Whole", 2)]
    assert [(one.recipe.name, one.batches) for one in scaling.steps] == [
        ("Syrup", Fraction("1.25")),
        ("Buttercream", 5),
        ("Cake", Fraction(5, 2)),
    ]
    assert shown(scaling.steps[-1]) == [("Flour", "715 g", "1.788 kg")]
