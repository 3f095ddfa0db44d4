from __future__ import annotations

import pytest

from plandoc.domain.availability import availability
from plandoc.domain.definitions import Definitions
from plandoc.domain.guards import validate_new_good, validate_not_baked
from plandoc.records import Component, FinishedGood, FinishedUnit, Recipe

COOKIES, CAKE = Recipe("Cookies", id=1), Recipe("Cake", id=2)
COOKIE = FinishedUnit("Cookie", 1, items_per_batch=24, id=1)
LARGE_COOKIE = FinishedUnit("Large Cookie", 1, items_per_batch=6, id=2)
SLICE = FinishedUnit("Slice", 2, items_per_batch=8, id=3)
UNITS = [COOKIE, LARGE_COOKIE, SLICE]


def a_good(good_id, *, units=(), goods=()):
    parts = [Component(finished_unit_id=unit.id) for unit in units]
    return FinishedGood(f"Good {good_id}", (*parts, *(Component(finished_good_id=i) for i in goods)), id=good_id)


def named(goods, good_id, baked):
    definitions = Definitions.of(goods, UNITS, [COOKIES, CAKE])
    return [problem.message for problem in validate_not_baked("Box", good_id, baked, definitions)]


@pytest.mark.parametrize("baked", [{COOKIE.id}, {LARGE_COOKIE.id}, {COOKIE.id, LARGE_COOKIE.id}])
def test_every_yield_of_a_recipe_counts_and_the_recipe_is_named_once(baked):
    assert named([a_good(1, units=[COOKIE])], 1, baked) == ["Box needs recipes with batches already baked: Cookies"]


def test_a_good_whose_recipes_are_not_baked_may_go():
    assert named([a_good(1, units=[COOKIE])], 1, {SLICE.id}) == []
    assert named([a_good(1, units=[COOKIE])], 1, set()) == []


@pytest.mark.parametrize("depth", range(2, 10))
def test_the_recipes_of_a_good_are_found_however_deep_they_are(depth):
    goods = [a_good(1, units=[SLICE]), *(a_good(level, goods=[level - 1]) for level in range(2, depth + 1))]

    assert named(goods, depth, {SLICE.id}) == ["Box needs recipes with batches already baked: Cake"]


def test_a_good_that_contains_itself_or_lacks_a_part_is_guarded_by_what_can_be_found():
    broken = [
        a_good(1, units=[COOKIE], goods=[2, 77]),
        a_good(2, goods=[3]),
        a_good(3, units=[SLICE], goods=[2, 1]),
    ]

    assert named(broken, 1, {COOKIE.id, SLICE.id, 99}) == [
        "Box needs recipes with batches already baked: Cookies, Cake"
    ]
    assert named(broken, 77, {COOKIE.id}) == []


def test_a_good_whose_definition_is_broken_is_not_added_and_leads_to_its_definition():
    broken = a_good(1, units=[COOKIE], goods=[77])
    asked = availability([broken], {1}, Definitions.of([broken], UNITS, [COOKIES, CAKE]))[0]
    problems = list(validate_new_good(1, asked, 5, None))

    assert [problem.message for problem in problems] == ["Good 1: finished good 77 not found"]
    assert problems[0].hint == "fix the good's definition first"
