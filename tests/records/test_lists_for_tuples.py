"""Whoever writes a script has lists, and generators; a record keeps them as a tuple, in their order."""

from __future__ import annotations

import pytest

from plandoc import Component, Equivalent, FinishedGood, Ingredient, Recipe, RecipeLine, SubRecipe, ValidationError

FLOUR, WATER = RecipeLine(1, 2, "kg"), RecipeLine(2, 1, "l")
STICK = Equivalent(1, "stick", 113, "g")


@pytest.mark.parametrize(
    ("record", "field", "kept"),
    [
        (Recipe("Bread", lines=[FLOUR, WATER]), "lines", (FLOUR, WATER)),
        (Recipe("Bread", lines=(one for one in (WATER, FLOUR))), "lines", (WATER, FLOUR)),
        (Recipe("Cake", sub_recipes=[SubRecipe(1)]), "sub_recipes", (SubRecipe(1),)),
        (Ingredient("Butter", equivalents=[STICK, STICK]), "equivalents", (STICK,)),
        (FinishedGood("Box", [Component(1)]), "components", (Component(1),)),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_record_takes_a_list_where_it_keeps_a_tuple(record, field, kept):
    assert getattr(record, field) == kept


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (FLOUR, "lines: Recipe: wanted a tuple of RecipeLine, found RecipeLine("),
        ([FLOUR, "water"], "lines: Recipe: wanted only RecipeLine in it, found 'water'"),
        ({"Flour": 2}, "lines: Recipe: wanted a tuple of RecipeLine, found {'Flour': 2}"),
        ({FLOUR}, "lines: Recipe: wanted a tuple of RecipeLine, found {"),
    ],
)
def test_what_is_not_a_list_of_lines_is_refused_with_what_was_wanted_and_what_was_given(lines, said):
    with pytest.raises(ValidationError) as refused:
        Recipe("Bread", lines=lines)

    assert str(refused.value).startswith(said)
