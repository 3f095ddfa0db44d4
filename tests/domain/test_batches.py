from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plandoc.domain.batches import (
    BatchOption,
    UnitPlan,
    batch_options,
    batches_for,
    options_for,
    suggest,
    units_yielded,
)
from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.errors import ValidationError
from plandoc.records import BatchDecision, Recipe
from tests.plans.strategies import PERCENTAGES, a_good, a_portion, a_unit, plans

YIELDS = st.integers(1, 1000) | PERCENTAGES.map(lambda percentage: a_portion(1, percentage).yield_per_batch)
NEEDS = st.integers(1, 100_000)


@pytest.mark.parametrize(
    ("needed", "options"),
    [
        (48, [(2, 48, 0)]),
        (50, [(2, 48, -2), (3, 72, 22)]),
        (5, [(1, 24, 19)]),
        (1000, [(41, 984, -16), (42, 1008, 8)]),
        (1, [(1, 24, 23)]),
        (24, [(1, 24, 0)]),
        (25, [(1, 24, -1), (2, 48, 23)]),
    ],
)
def test_the_options_for_a_yield_of_24_are_the_whole_batches_below_and_above_the_need(needed, options):
    assert batch_options(needed, 24) == tuple(BatchOption(*option) for option in options)


def test_portions_of_a_quarter_give_four_a_batch():
    quarter = a_portion(1, 25)

    assert batch_options(10, quarter.yield_per_batch) == (BatchOption(2, 8, -2), BatchOption(3, 12, 2))


def test_portions_that_do_not_fill_a_batch_are_counted_over_all_batches_together():
    thirty_hundredths = a_portion(1, 30).yield_per_batch

    assert [units_yielded(batches, thirty_hundredths) for batches in (1, 2, 3)] == [3, 6, 10]
    assert batch_options(10, thirty_hundredths) == (BatchOption(3, 10, 0),)
    assert batch_options(6, thirty_hundredths) == (BatchOption(1, 3, -3), BatchOption(2, 6, 0))


def test_an_option_says_whether_it_is_short_or_exact_and_by_how_much():
    short, over = batch_options(50, 24)
    (exact,) = batch_options(48, 24)

    assert (short.is_shortfall, short.is_exact, short.shortfall) == (True, False, 2)
    assert (over.is_shortfall, over.is_exact, over.shortfall) == (False, False, 0)
    assert (exact.is_shortfall, exact.is_exact, exact.shortfall) == (False, True, 0)


def test_nothing_needed_leaves_nothing_to_choose():
    assert batch_options(0, 24) == ()
    assert batches_for(0, Fraction(10, 3)) == 0


def test_numbers_beyond_every_float_are_exact():
    assert batches_for(10**30 + 1, 10**15) == 10**15 + 1
    assert units_yielded(3 * 10**20, Fraction(1, 3)) == 10**20


def test_the_options_of_a_unit_go_from_what_is_needed_to_the_suggestion():
    definitions = Definitions.of([a_good(1, units={1: "2.5"})], [a_unit(1)], [Recipe("Cookies", id=1)])
    (requirement,) = Breakdown.of(definitions).requirements({1: 19})
    options = options_for(requirement)

    assert (options.requirement, requirement.exact, requirement.units) == (requirement, Fraction("47.5"), 48)
    assert options.suggested == BatchOption(2, 48, 0)


def test_the_suggestion_is_never_short_though_less_would_be_wasted():
    just_short, far_over = a_unit(1, items_per_batch=99), a_unit(2, items_per_batch=150)

    assert suggest(100, [just_short]).option == BatchOption(2, 198, 98)
    assert suggest(100, [just_short, far_over]).unit == far_over


def test_the_suggestion_wastes_least_though_that_takes_more_batches():
    small, large = a_unit(1, items_per_batch=10), a_unit(2, items_per_batch=60)

    assert (suggest(50, [large, small]).unit, suggest(50, [large, small]).option.batches) == (small, 5)


def test_among_equal_waste_the_suggestion_takes_fewest_batches_and_then_the_lower_id():
    small, large, twin = (a_unit(i, items_per_batch=n) for i, n in ((1, 12), (2, 24), (3, 24)))

    assert suggest(48, [small, twin, large]).unit == large


def test_without_a_yield_there_is_nothing_to_suggest():
    with pytest.raises(ValidationError, match="there is no yield to choose from"):
        suggest(10, [])


def test_a_unit_in_a_plan_counts_what_the_decided_batches_give_by_the_yield_of_today():
    recipe = Recipe("Cookies", id=1)
    decision = BatchDecision(1, 1, 1, 2, yield_per_batch=20)
    decided, undecided = UnitPlan(a_unit(1), recipe, 50, decision), UnitPlan(a_unit(1), recipe, 50, None)

    assert (decided.made, decided.difference) == (48, -2)
    assert (undecided.made, undecided.difference) == (0, None)


@settings(deadline=None)
@given(NEEDS, YIELDS)
def test_enough_batches_are_never_short_and_one_fewer_always_is(needed, yield_per_batch):
    enough = batches_for(needed, yield_per_batch)

    assert units_yielded(enough, yield_per_batch) >= needed
    assert units_yielded(enough - 1, yield_per_batch) < needed


@settings(deadline=None)
@given(NEEDS, YIELDS)
def test_the_last_option_is_never_short_and_any_other_is_one_batch_less_and_short(needed, yield_per_batch):
    *below, above = batch_options(needed, yield_per_batch)

    assert not above.is_shortfall
    assert all(option.is_shortfall and option.batches == above.batches - 1 > 0 for option in below)
    for option in (*below, above):
        assert option.total_yield == units_yielded(option.batches, yield_per_batch)
        assert option.difference == option.total_yield - needed


@settings(deadline=None)
@given(NEEDS, st.lists(YIELDS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_no_number_of_batches_of_any_yield_beats_the_suggestion(needed, yields, random):
    units = [_unit_yielding(number, units_a_batch) for number, units_a_batch in enumerate(yields, 1)]
    best = suggest(needed, units)
    made = [
        (units_yielded(batches, unit.yield_per_batch) - needed, batches)
        for unit in units
        for batches in range(max(1, enough_of(needed, unit) - 2), enough_of(needed, unit) + 3)
    ]

    assert (best.option.difference, best.option.batches) == min(one for one in made if one[0] >= 0)
    assert suggest(needed, random.sample(units, len(units))) == best


def enough_of(needed, unit):
    return batches_for(needed, unit.yield_per_batch)


def _unit_yielding(number, units_a_batch):
    if isinstance(units_a_batch, int):
        return a_unit(number, items_per_batch=units_a_batch)
    return next(
        a_portion(number, percentage)
        for percentage in ("0.5", "7", "12.5", "25", "30", "33.33", "100")
        if a_portion(number, percentage).yield_per_batch == units_a_batch
    )


@settings(deadline=None)
@given(plans())
def test_every_unit_of_a_plan_has_an_option_that_is_enough(plan):
    for requirement in Breakdown.of(plan.definitions).requirements(plan.quantities):
        suggested = options_for(requirement).suggested
        assert suggested.total_yield >= requirement.exact
        assert suggested.total_yield - requirement.units == suggested.difference >= 0
