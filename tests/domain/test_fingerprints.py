from __future__ import annotations

from collections import Counter
from decimal import Decimal

import attrs
import pytest

from plandoc.domain.definitions import Definitions
from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.records import Recipe, RecipeLine, SubRecipe

VANILLA = Recipe("Vanilla Sugar", lines=(RecipeLine(3, 1, "cup"),), id=3)
FROSTING = Recipe("Frosting", lines=(RecipeLine(2, Decimal("0.67"), "cup"),), sub_recipes=(SubRecipe(3),), id=2)
CAKE = Recipe(
    "Sponge Cake",
    lines=(RecipeLine(1, 3, "cup"), RecipeLine(2, 8, "tbsp")),
    sub_recipes=(SubRecipe(2, Decimal("1.5")), SubRecipe(3, 2)),
    id=1,
)


def fingerprint(cake=CAKE, frosting=FROSTING, vanilla=VANILLA):
    return recipe_fingerprint(1, Definitions.of(recipes=[cake, frosting, vanilla]))


def line(**changes):
    return (attrs.evolve(CAKE.lines[0], **changes), *CAKE.lines[1:])


@pytest.mark.parametrize(
    "changed",
    [
        {"cake": attrs.evolve(CAKE, lines=line(quantity=Decimal("3.001")))},
        {"cake": attrs.evolve(CAKE, lines=line(unit="tbsp"))},
        {"cake": attrs.evolve(CAKE, lines=line(quantity="10/3"))},
        {"cake": attrs.evolve(CAKE, lines=line(quantity=None, unit=""))},
        {"cake": attrs.evolve(CAKE, sub_recipes=(SubRecipe(2, "5/3"), SubRecipe(3, 2)))},
        {"cake": attrs.evolve(CAKE, lines=line(ingredient_id=9))},
        {"cake": attrs.evolve(CAKE, lines=CAKE.lines[:1])},
        {"cake": attrs.evolve(CAKE, lines=CAKE.lines * 2)},
        {"cake": attrs.evolve(CAKE, lines=())},
        {"cake": attrs.evolve(CAKE, sub_recipes=(SubRecipe(2, 2), SubRecipe(3, 2)))},
        {"cake": attrs.evolve(CAKE, sub_recipes=(SubRecipe(2, 2), SubRecipe(3, Decimal("1.5"))))},
        {"cake": attrs.evolve(CAKE, sub_recipes=CAKE.sub_recipes[:1])},
        {"frosting": attrs.evolve(FROSTING, lines=())},
        {"frosting": attrs.evolve(FROSTING, sub_recipes=())},
        {"vanilla": attrs.evolve(VANILLA, lines=(RecipeLine(3, 2, "cup"),))},
        {"vanilla": attrs.evolve(VANILLA, id=7)},
    ],
)
def test_what_goes_into_a_recipe_or_into_its_parts_changes_the_fingerprint(changed):
    assert fingerprint(**changed) != fingerprint()


@pytest.mark.parametrize(
    "changed",
    [
        {
            "cake": attrs.evolve(
                CAKE, name="Cake", slug="cake", category="Cakes", notes="Bake it.", variant_name="plain"
            )
        },
        {"cake": attrs.evolve(CAKE, lines=CAKE.lines[::-1])},
        {"cake": attrs.evolve(CAKE, lines=line(notes="sifted"))},
        {"cake": attrs.evolve(CAKE, lines=line(quantity=Decimal("3.000")))},
        {"cake": attrs.evolve(CAKE, sub_recipes=CAKE.sub_recipes[::-1])},
        {"cake": attrs.evolve(CAKE, sub_recipes=(SubRecipe(2, Decimal("1.50"), "cold"), SubRecipe(3, 2)))},
        {"frosting": attrs.evolve(FROSTING, name="Icing", notes="white")},
        {"vanilla": attrs.evolve(VANILLA, name="Sugar", notes="stirred")},
    ],
)
def test_names_notes_order_and_the_way_a_number_is_written_do_not(changed):
    assert fingerprint(**changed) == fingerprint()


def test_every_digit_of_a_quantity_counts():
    long = [Decimal("123456789012.123456789012"), Decimal("123456789012.123456789013")]
    prints = {fingerprint(cake=attrs.evolve(CAKE, lines=line(quantity=quantity))) for quantity in long}

    assert len(prints) == 2


def test_a_recipe_that_is_missing_has_none_and_one_whose_part_is_missing_has_another_than_before():
    without_vanilla = Definitions.of(recipes=[CAKE, FROSTING])

    assert recipe_fingerprint(9, without_vanilla) == ""
    assert recipe_fingerprint(1, without_vanilla) not in {"", fingerprint()}


def test_a_recipe_inside_itself_has_a_fingerprint_too():
    endless = attrs.evolve(VANILLA, sub_recipes=(SubRecipe(1),))

    assert fingerprint(vanilla=endless) != fingerprint()
    assert len(fingerprint(vanilla=endless)) == 16


def test_parts_that_many_recipes_share_are_read_a_few_times_and_not_along_every_path():
    recipes = {
        level: Recipe(f"Level {level}", sub_recipes=tuple(SubRecipe(level + 1) for _ in range(50)), id=level)
        for level in range(1, 10)
    }
    recipes[10] = Recipe("Level 10", lines=(RecipeLine(1, 1, "cup"),), id=10)
    looked_up = Counter()
    recipe_fingerprint(1, Definitions(recipes=lambda i: looked_up.update([i]) or recipes[i]))

    assert sum(looked_up.values()) <= 1 + 9 * 50
