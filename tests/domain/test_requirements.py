from __future__ import annotations

from collections import Counter
from fractions import Fraction

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.errors import ValidationError
from plandoc.records import Recipe
from tests.plans.strategies import a_good, a_unit, plans

RECIPES = (Recipe("Cookies", id=1), Recipe("Cake", id=2))
UNITS = (a_unit(1), a_unit(2), a_unit(3, recipe_id=2))


def definitions(*goods):
    return Definitions.of(goods, UNITS, RECIPES)


def exact(quantities, definitions):
    return {one.unit.id: one.exact for one in Breakdown.of(definitions).requirements(quantities)}


def messages_of(quantities, definitions):
    with pytest.raises(ValidationError) as refused:
        Breakdown.of(definitions).requirements(quantities)
    return [problem.message for problem in refused.value.problems]


def chain(levels):
    inner = [a_good(level, goods={level + 1: 2}) for level in range(1, levels)]
    return definitions(*inner, a_good(levels, units={1: 1}))


def _part_of(place):
    below = a_good(1, goods={place: 1}).components[0]
    unit = a_good(1, units={1: 1}).components[0]
    return lambda level: unit if level == 0 else attrs.evolve(below, finished_good_id=(level - 1) * 10 + place)


PARTS = [_part_of(place) for place in range(1, 6)]


def test_quantities_multiply_along_every_path_and_add_up_for_each_unit():
    box, plain = a_good(1, units={1: 12}), a_good(2, units={3: 1})
    hamper = a_good(3, units={1: "0.5"}, goods={1: 1, 2: 2})

    assert exact({1: 10, 3: 2}, definitions(box, plain, hamper)) == {1: 10 * 12 + 2 * 12 + 1, 3: 4}


def test_a_unit_that_several_goods_use_is_one_row_with_its_sources():
    first, second = a_good(1, units={1: 12}), a_good(2, units={1: "0.25"})
    (row,) = Breakdown.of(definitions(first, second)).requirements({2: 3, 1: 10})

    assert (row.unit, row.recipe, row.exact, row.units) == (UNITS[0], RECIPES[0], Fraction("120.75"), 121)
    assert [(source.good, source.quantity) for source in row.sources] == [(first, 120), (second, Fraction(3, 4))]


def test_a_need_is_rounded_up_once_and_not_for_each_good():
    thirds = [a_good(good_id, units={1: "0.4"}) for good_id in (1, 2, 3, 4, 5)]
    (row,) = Breakdown.of(definitions(*thirds)).requirements(dict.fromkeys(range(1, 6), 1))

    assert (row.exact, row.units) == (2, 2)


def test_a_tenth_of_a_unit_ten_times_is_one_with_no_drift():
    (row,) = Breakdown.of(definitions(a_good(1, units={1: "0.1"}))).requirements({1: 10})

    assert (row.exact, row.units) == (1, 1)


def test_the_same_unit_twice_in_one_good_counts_twice():
    good = a_good(1, units={1: 2})
    double = attrs.evolve(good, components=good.components * 2)

    assert Breakdown.of(definitions(double)).units(1) == {1: 4}


def test_a_shared_sub_bundle_is_no_cycle():
    shared = a_good(1, units={1: 3})
    top = a_good(4, goods={2: 1, 3: 5, 1: 7})
    goods = definitions(shared, a_good(2, goods={1: 2}), a_good(3, goods={1: 1}), top)

    assert exact({4: 1}, goods) == {1: 3 * (2 + 5 + 7)}
    assert Breakdown.of(goods).recipes(4) == {1}


def test_all_recipes_are_found_through_all_bundles():
    goods = definitions(a_good(1, units={3: 1}), a_good(2, goods={1: 1}), a_good(3, goods={2: 1}, units={1: 1}))

    assert Breakdown.of(goods).recipes(3) == {1, 2}


def test_a_plan_without_goods_and_a_good_with_nothing_in_it_take_nothing():
    assert Breakdown.of(definitions()).requirements({}) == ()
    assert Breakdown.of(definitions(a_good(1))).requirements({1: 3}) == ()


def test_a_cycle_is_refused_with_the_path():
    goods = definitions(a_good(1, goods={2: 1}), a_good(2, goods={3: 1}), a_good(3, goods={1: 1}))

    assert messages_of({1: 1}, goods) == ["Good 1 contains itself: Good 1 -> Good 2 -> Good 3 -> Good 1"]


def test_a_cycle_further_in_names_the_good_of_the_plan_too():
    goods = definitions(a_good(1, goods={2: 1}), a_good(2, goods={2: 1}), a_good(3, goods={2: 1}))

    assert messages_of({1: 1, 3: 1}, goods) == [
        "Good 1: Good 2 contains itself: Good 2 -> Good 2",
        "Good 3: Good 2 contains itself: Good 2 -> Good 2",
    ]


def test_ten_levels_are_fine_and_eleven_are_refused_with_the_path():
    (refusal,) = messages_of({1: 1}, chain(11))

    assert exact({1: 3}, chain(10)) == {1: 3 * 2**9}
    assert refusal.startswith("Good 1 is nested more than 10 levels deep: Good 1 -> Good 2 -> ")
    assert refusal.endswith("Good 10 -> Good 11")


def test_a_chain_far_longer_than_the_stack_is_refused_like_any_other():
    (refusal,) = messages_of({1: 1}, chain(5000))

    assert refusal.startswith("Good 1 is nested more than 10 levels deep")


def test_every_broken_good_is_listed_with_the_path_and_the_way_out():
    lost_recipe = a_unit(9, recipe_id=77)
    goods = Definitions.of(
        [a_good(1, units={88: 1}), a_good(2, goods={99: 1}), a_good(3, goods={1: 1}), a_good(4, units={9: 1})],
        [lost_recipe],
        RECIPES,
    )
    with pytest.raises(ValidationError) as refused:
        Breakdown.of(goods).requirements({5: 1, 4: 1, 3: 1, 2: 1})

    assert [problem.message for problem in refused.value.problems] == [
        "Good 2: finished good 99 not found",
        "Good 3 -> Good 1: finished unit 88 not found",
        "Good 4: recipe 77 of Unit 9 not found",
        "Finished good 5 not found",
    ]
    assert all(problem.hint for problem in refused.value.problems[:3])


def test_ten_levels_of_fifty_components_each_are_looked_up_a_few_times_each_and_not_along_every_path():
    looked_up = Counter()
    # Five goods a level, each with fifty parts of the level below: 50 to the power of 9 paths.
    goods = [
        attrs.evolve(a_good(level * 10 + place), components=tuple(part(level) for part in PARTS * 10))
        for level in range(10)
        for place in range(1, 6)
    ]
    all_goods = definitions(*goods)
    counted = attrs.evolve(all_goods, goods=lambda i: looked_up.update([i]) or all_goods.goods(i))
    (row,) = Breakdown.of(counted).requirements({91: 1, 92: 1})

    assert row.exact == 2 * 50**10
    assert sum(looked_up.values()) < 20_000


@settings(deadline=None)
@given(plans())
def test_the_sum_over_the_goods_alone_is_the_whole(plan):
    total = Counter()
    for good_id, number in plan.quantities.items():
        total.update(exact({good_id: number}, plan.definitions))

    assert exact(plan.quantities, plan.definitions) == dict(total)


@settings(deadline=None)
@given(plans())
def test_the_sources_of_a_unit_add_up_to_its_need(plan):
    for row in Breakdown.of(plan.definitions).requirements(plan.quantities):
        assert row.exact == sum(source.quantity for source in row.sources)
        assert row.units - 1 < row.exact <= row.units


@settings(deadline=None)
@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_goods_units_recipes_components_and_rows_never_changes_a_result(plan, random):
    def shuffled(things):
        return random.sample(list(things), len(things))

    goods = [attrs.evolve(good, components=tuple(shuffled(good.components))) for good in shuffled(plan.goods)]
    other = Definitions.of(goods, shuffled(plan.units), shuffled(plan.recipes))
    quantities = dict(shuffled(plan.quantities.items()))
    before, after = (
        Breakdown.of(plan.definitions).requirements(plan.quantities),
        Breakdown.of(other).requirements(quantities),
    )

    assert [(row.unit, row.recipe, row.exact) for row in after] == [(row.unit, row.recipe, row.exact) for row in before]
    assert [[(source.good.id, source.quantity) for source in row.sources] for row in after] == [
        [(source.good.id, source.quantity) for source in row.sources] for row in before
    ]


@settings(deadline=None)
@given(plans(), st.integers(1, 1000))
def test_scaling_every_quantity_scales_the_exact_needs(plan, factor):
    scaled = {good_id: factor * number for good_id, number in plan.quantities.items()}
    wanted = {unit_id: factor * need for unit_id, need in exact(plan.quantities, plan.definitions).items()}

    assert exact(scaled, plan.definitions) == wanted


@settings(deadline=None)
@given(plans())
def test_the_recipes_of_a_good_are_those_of_the_units_it_takes(plan):
    recipe_of = {unit.id: unit.recipe_id for unit in plan.units}
    for good in plan.goods:
        units = Breakdown.of(plan.definitions).units(good.id)
        assert Breakdown.of(plan.definitions).recipes(good.id) == {recipe_of[unit_id] for unit_id in units}
