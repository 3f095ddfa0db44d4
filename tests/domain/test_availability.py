from __future__ import annotations

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from plandoc.domain.availability import Availability, availability
from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.records import Recipe
from tests.plans.strategies import a_good, a_unit, plans

COOKIES, CAKE = Recipe("Cookies", id=1), Recipe("Cake", id=2)
BOX, SLICE = a_good(1, units={1: 12}), a_good(2, units={2: 1})
HAMPER = a_good(3, goods={1: 1, 2: 2})
DEFINITIONS = Definitions.of([BOX, SLICE, HAMPER], [a_unit(1), a_unit(2, recipe_id=2)], [COOKIES, CAKE])


def test_a_good_is_available_when_all_recipes_are_selected_that_it_needs_through_its_bundles():
    box, piece, hamper = availability([BOX, SLICE, HAMPER], {1}, DEFINITIONS)

    assert box == Availability(BOX, (COOKIES,), (), None)
    assert piece == Availability(SLICE, (CAKE,), (CAKE,), None)
    assert hamper == Availability(HAMPER, (COOKIES, CAKE), (CAKE,), None)
    assert [one.is_available for one in (box, piece, hamper)] == [True, False, False]


def test_needed_recipes_come_in_the_order_of_their_ids():
    recipes = [Recipe(f"Recipe {number}", id=number) for number in (33, 16, 9)]
    units = [a_unit(recipe.id, recipe_id=recipe.id) for recipe in recipes]
    good = a_good(1, units={33: 1, 16: 1, 9: 1})
    (one,) = availability([good], {16}, Definitions.of([good], units, recipes))

    assert [recipe.id for recipe in one.needed_recipes] == [9, 16, 33]
    assert [recipe.id for recipe in one.missing_recipes] == [9, 33]


def test_recipes_that_are_selected_and_not_needed_do_no_harm():
    (hamper,) = availability([HAMPER], {2, 1, 99}, DEFINITIONS)

    assert hamper.is_available


def test_a_good_that_is_broken_is_not_available_and_says_why():
    broken = attrs.evolve(HAMPER, components=a_good(3, goods={3: 1, 8: 1}).components)
    (one,) = availability([broken], {1, 2}, Definitions.of([broken]))

    assert not one.is_available
    assert one.problem == "Good 3: finished good 8 not found; Good 3 contains itself: Good 3 -> Good 3"
    assert (one.needed_recipes, one.missing_recipes) == ((), ())


def test_the_answers_come_in_the_order_of_the_question():
    assert [one.good for one in availability([HAMPER, BOX], set(), DEFINITIONS)] == [HAMPER, BOX]
    assert availability([], {1}, DEFINITIONS) == ()


@settings(deadline=None)
@given(plans(), st.sets(st.integers(1, 3)))
def test_needed_recipes_are_either_selected_or_missing_and_never_both(plan, selected):
    for one in availability(plan.goods, selected, plan.definitions):
        needed = {recipe.id for recipe in one.needed_recipes}
        assert needed == Breakdown.of(plan.definitions).recipes(one.good.id)
        assert {recipe.id for recipe in one.missing_recipes} == needed - selected
        assert one.is_available == (needed <= selected)
