from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plandoc.domain.batches import options_for, units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.feasibility import feasibility, units_decided
from plandoc.domain.requirements import Breakdown
from plandoc.errors import ValidationError
from plandoc.records import BatchDecision, Recipe
from tests.plans.strategies import a_good, a_unit, plans

BOX, HAMPER, PLAIN = a_good(1, units={1: 12}), a_good(2, units={2: 2}, goods={1: 1}), a_good(3, units={2: 1})
UNITS = (a_unit(1), a_unit(2, items_per_batch=4))
DEFINITIONS = Definitions.of([BOX, HAMPER, PLAIN], UNITS, [Recipe("Cookies", id=1)])
AVAILABLE = st.dictionaries(st.integers(1, 5), st.fractions(0, 5000, max_denominator=6), max_size=5)


def possible(quantities, available):
    return {one.good.id: one.possible for one in feasibility(quantities, available, DEFINITIONS).goods}


def test_enough_for_all_is_feasible_and_what_is_left_is_named():
    answer = feasibility({1: 10, 2: 2}, {1: Fraction(150), 2: Fraction(4)}, DEFINITIONS)

    assert answer.is_feasible
    assert [(one.good, one.wanted, one.possible, one.stopped_by) for one in answer.goods] == [
        (BOX, 10, 10, ()),
        (HAMPER, 2, 2, ()),
    ]
    assert answer.left_over == ((UNITS[0], Fraction(6)),)


def test_a_unit_that_goods_share_is_given_out_once():
    assert possible({1: 10, 2: 2}, {1: Fraction(120), 2: Fraction(100)}) == {1: 10, 2: 0}
    assert possible({1: 9, 2: 2}, {1: Fraction(120), 2: Fraction(100)}) == {1: 9, 2: 1}


def test_a_good_names_the_units_that_stop_it_and_no_other():
    short_of_both = feasibility({2: 5}, {1: Fraction(13), 2: Fraction(3)}, DEFINITIONS)
    short_of_one = feasibility({2: 5}, {1: Fraction(500), 2: Fraction(9)}, DEFINITIONS)

    assert (short_of_both.goods[0].possible, short_of_both.goods[0].stopped_by) == (1, UNITS)
    assert (short_of_one.goods[0].possible, short_of_one.goods[0].stopped_by) == (4, (UNITS[1],))
    assert not short_of_both.is_feasible


def test_a_unit_of_which_there_is_just_enough_for_one_more_does_not_stop_a_good():
    answer = feasibility({2: 5}, {1: Fraction(24), 2: Fraction(3)}, DEFINITIONS)

    assert (answer.goods[0].possible, answer.goods[0].stopped_by) == (1, (UNITS[1],))


def test_nothing_made_packs_nothing_and_nothing_wanted_is_feasible():
    assert possible({1: 3}, {}) == {1: 0}
    assert feasibility({}, {1: Fraction(5)}, DEFINITIONS).is_feasible
    assert feasibility({}, {1: Fraction(5)}, DEFINITIONS).left_over == ((UNITS[0], 5),)


def test_goods_are_served_in_the_order_of_their_ids_however_they_were_entered():
    stock = {2: Fraction(5), 1: Fraction(24)}

    assert possible({3: 4, 2: 2}, stock) == possible({2: 2, 3: 4}, stock) == {2: 2, 3: 1}


def test_parts_of_units_are_counted_exactly():
    tenth = Definitions.of([a_good(1, units={1: "0.1"})], UNITS, [Recipe("Cookies", id=1)])
    answer = feasibility({1: 10}, {1: Fraction(1)}, tenth)

    assert (answer.goods[0].possible, answer.left_over) == (10, ())


def test_a_broken_good_is_an_error_that_names_all_of_them():
    broken = Definitions.of([a_good(1, units={9: 1}), a_good(2, goods={2: 1})])
    with pytest.raises(ValidationError) as refused:
        feasibility({1: 1, 2: 1}, {}, broken)

    assert [problem.message for problem in refused.value.problems] == [
        "Good 1: finished unit 9 not found",
        "Good 2 contains itself: Good 2 -> Good 2",
    ]


def test_decided_batches_give_units_by_the_yield_of_today_and_none_of_a_unit_that_is_gone():
    decisions = {i: BatchDecision(1, i, 1, 3, yield_per_batch=99) for i in (1, 2, 7)}

    assert units_decided(decisions, DEFINITIONS) == {1: 72, 2: 12}


@settings(deadline=None)
@given(plans(), AVAILABLE)
def test_no_more_of_a_unit_is_handed_out_than_there_is_and_nothing_gets_lost(plan, available):
    answer = feasibility(plan.quantities, available, plan.definitions)
    left = {unit.id: rest for unit, rest in answer.left_over}
    used = dict.fromkeys(range(1, 6), Fraction(0))
    for one in answer.goods:
        for unit_id, each in Breakdown.of(plan.definitions).units(one.good.id).items():
            used[unit_id] += each * one.possible

    known = {unit.id for unit in plan.units}
    assert all(0 <= one.possible <= one.wanted for one in answer.goods)
    assert all(used[unit_id] <= available.get(unit_id, 0) for unit_id in used)
    assert all(used[unit_id] + left.get(unit_id, 0) == available.get(unit_id, 0) for unit_id in known)


@settings(deadline=None)
@given(plans(), AVAILABLE)
def test_a_good_that_is_stopped_could_not_be_packed_once_more(plan, available):
    answer = feasibility(plan.quantities, available, plan.definitions)
    left = {unit.id: rest for unit, rest in answer.left_over}
    for one in answer.goods:
        each = Breakdown.of(plan.definitions).units(one.good.id)
        # What is left at the end is never more than what was there when this good had its turn.
        assert (one.possible == one.wanted) == (not one.stopped_by)
        assert all(left.get(unit.id, 0) < each[unit.id] for unit in one.stopped_by)


@settings(deadline=None)
@given(plans())
def test_the_suggested_batches_of_every_unit_are_always_enough_to_pack_everything(plan):
    rows = [options_for(row) for row in Breakdown.of(plan.definitions).requirements(plan.quantities)]
    made = {
        row.requirement.unit.id: Fraction(units_yielded(row.suggested.batches, row.requirement.unit.yield_per_batch))
        for row in rows
    }

    assert feasibility(plan.quantities, made, plan.definitions).is_feasible


@settings(deadline=None)
@given(plans())
def test_just_the_exact_needs_pack_everything_and_leave_nothing(plan):
    needs = {row.unit.id: row.exact for row in Breakdown.of(plan.definitions).requirements(plan.quantities)}
    answer = feasibility(plan.quantities, needs, plan.definitions)

    assert answer.is_feasible
    assert answer.left_over == ()


@settings(deadline=None)
@given(plans())
def test_one_unit_less_than_the_exact_need_is_never_enough(plan):
    needs = {row.unit.id: row.exact for row in Breakdown.of(plan.definitions).requirements(plan.quantities)}
    for unit_id in needs:
        fewer = {**needs, unit_id: max(Fraction(0), needs[unit_id] - 1)}
        assert not feasibility(plan.quantities, fewer, plan.definitions).is_feasible
