"""How far a plan has come, worked out from records alone."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from plandoc.domain import runs
from plandoc.domain.batches import units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.progress import Overall, Work, progress
from plandoc.domain.requirements import Breakdown
from plandoc.domain.review import LivePlan
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Component,
    Event,
    FinishedGood,
    FinishedUnit,
    Loss,
    ProductionRun,
    Recipe,
    RunKind,
    VoidedRun,
    YieldMode,
)

NOON = datetime.datetime(2026, 12, 20, 12, tzinfo=datetime.UTC)
EVENT = Event("Christmas", datetime.date(2026, 12, 25), id=7)
COOKIE = FinishedUnit("Cookie", 1, items_per_batch=24, id=1)
SLICE = FinishedUnit("Slice", 2, mode=YieldMode.BATCH_PORTION, batch_percentage=25, id=2)
THIRD = FinishedUnit("Third", 2, mode=YieldMode.BATCH_PORTION, batch_percentage=30, id=3)
BOX = FinishedGood("Box", (Component(finished_unit_id=1, quantity=12),), id=1)
HAMPER = FinishedGood("Hamper", (Component(finished_good_id=1), Component(finished_unit_id=2, quantity=2)), id=2)
CRATE = FinishedGood("Crate", (Component(finished_good_id=2, quantity=2), Component(finished_good_id=1)), id=3)
TASTE = FinishedGood("Taste", (Component(finished_unit_id=3, quantity=Decimal("0.3")),), id=4)
BROKEN = FinishedGood("Broken", (Component(finished_unit_id=91),), id=5)
BAKERY = Definitions.of(
    goods=[BOX, HAMPER, CRATE, TASTE, BROKEN],
    units=[COOKIE, SLICE, THIRD],
    recipes=[Recipe("Cookies", id=1), Recipe("Cake", id=2)],
)
YIELDS = {1: 24, 2: 4, 3: Fraction(10, 3)}


def _plan(quantities, batches=None):
    decisions = {
        unit_id: BatchDecision(7, unit_id, BAKERY.units(unit_id).recipe_id, number, YIELDS[unit_id])
        for unit_id, number in (batches or {}).items()
    }
    return LivePlan(quantities, {1, 2}, decisions)


def _baked(unit_id, batches, lost=0, run_id=1):
    expected = units_yielded(batches, YIELDS[unit_id])
    losses = (Loss("burnt", lost),) if lost else ()
    return ProductionRun(7, unit_id, batches, expected, expected - lost, NOON, losses, id=run_id)


def _packed(good_id, quantity, run_id=1):
    return AssemblyRun(7, good_id, quantity, NOON, id=run_id)


def _progress(plan, production=(), assembly=()):
    return progress(EVENT, plan, Work(tuple(production), tuple(assembly)), BAKERY)


def test_a_plan_on_which_nothing_was_done_is_not_started():
    told = _progress(_plan({1: 4}, {1: 2}))
    cookie, box = told.units[0], told.goods[0]

    assert told.overall is Overall.NOT_STARTED
    assert (cookie.needed, cookie.batches_remaining, cookie.still_needed, cookie.expected) == (48, 2, 48, 48)
    assert (box.wanted, box.assembled, box.can_assemble_now, box.after_remaining) == (4, 0, 0, 4)
    assert (box.waits_for, box.blocked_by) == ((COOKIE,), ())


def test_a_plan_with_nothing_in_it_is_not_started():
    assert _progress(_plan({})) == progress(EVENT, LivePlan({}, (), {}), Work(), Definitions())
    assert _progress(_plan({})).overall is Overall.NOT_STARTED


def test_losses_show_what_will_be_missing_even_when_all_is_baked():
    told = _progress(_plan({1: 4}, {1: 2}), [_baked(1, 1, lost=3)])
    cookie, box = told.units[0], told.goods[0]

    assert (cookie.made, cookie.lost, cookie.still_needed, cookie.expected) == (21, 3, 27, 24)
    assert cookie.short_after_remaining == 3
    assert (box.can_assemble_now, box.after_remaining, box.blocked_by) == (1, 3, (COOKIE,))


def test_a_unit_without_a_decision_is_short_after_all_that_remains():
    told = _progress(_plan({1: 1}))

    assert (told.units[0].batches_decided, told.units[0].short_after_remaining) == (0, 12)
    assert told.goods[0].blocked_by == (COOKIE,)


def test_batches_beyond_the_decided_are_over_and_nothing_remains():
    cookie = _progress(_plan({1: 4}, {1: 2}), [_baked(1, 3)]).units[0]

    assert (cookie.batches_remaining, cookie.batches_over, cookie.expected, cookie.left) == (0, 1, 0, 72)


def test_what_is_packed_leaves_the_units_and_the_wanted():
    told = _progress(_plan({1: 4}, {1: 2}), [_baked(1, 2)], [_packed(1, 3)])
    cookie, box = told.units[0], told.goods[0]

    assert (cookie.used, cookie.left, cookie.still_needed) == (36, 12, 0)
    assert (box.assembled, box.still_wanted, box.can_assemble_now, box.waits_for) == (3, 1, 1, ())
    assert told.overall is Overall.IN_PROGRESS


def test_a_plan_is_complete_when_no_batch_remains_and_every_good_is_packed():
    plan = _plan({1: 4}, {1: 2})

    assert _progress(plan, [_baked(1, 2)], [_packed(1, 4)]).overall is Overall.COMPLETE
    assert _progress(plan, [_baked(1, 2)], [_packed(1, 3)]).overall is Overall.IN_PROGRESS
    assert _progress(_plan({1: 2}, {1: 2}), [_baked(1, 1)], [_packed(1, 2)]).overall is Overall.IN_PROGRESS


def test_a_unit_that_two_goods_share_is_given_out_once():
    told = _progress(_plan({1: 2, 2: 2}, {1: 2, 2: 1}), [_baked(1, 1), _baked(2, 1)])

    assert [(good.can_assemble_now, good.after_remaining) for good in told.goods] == [(2, 2), (0, 2)]
    assert [(good.waits_for, good.blocked_by) for good in told.goods] == [((), ()), ((COOKIE,), ())]


def test_what_can_be_packed_now_is_not_set_back_for_a_good_that_still_waits():
    # A dozen cookies and no slice: the hamper comes first but waits for its slices, so the tin may have the cookies.
    tin = FinishedGood("Tin", (Component(finished_unit_id=1, quantity=12),), id=8)
    bakery = Definitions.of(goods=[BOX, HAMPER, tin], units=[COOKIE, SLICE], recipes=map(BAKERY.recipes, [1, 2]))
    told = progress(EVENT, _plan({2: 1, 8: 1}, {2: 1}), Work((_baked(1, 1, lost=12),)), bakery)

    assert [(good.can_assemble_now, good.after_remaining, good.blocked_by) for good in told.goods] == [
        (0, 0, (COOKIE,)),
        (1, 1, ()),
    ]


def test_a_bundle_in_a_bundle_in_a_bundle_counts_every_cookie():
    told = _progress(_plan({3: 2}, {1: 3, 2: 2}), [_baked(1, 3), _baked(2, 2)], [_packed(3, 1)])

    assert [(unit.unit, unit.needed, unit.used, unit.left) for unit in told.units] == [
        (COOKIE, 72, 36, 36),
        (SLICE, 8, 4, 4),
    ]
    assert told.goods[0].can_assemble_now == 1


def test_parts_of_a_unit_are_exact():
    told = _progress(_plan({4: 40}, {3: 4}), [_baked(3, 3)], [_packed(4, 20)])
    third = told.units[0]

    assert (third.needed, third.made, third.used, third.left, third.expected) == (12, 10, 6, 4, 3)
    assert (told.goods[0].can_assemble_now, told.goods[0].after_remaining) == (13, 20)


def test_a_broken_good_is_named_with_its_problem_and_hides_no_other():
    told = _progress(_plan({1: 1, 5: 2, 6: 1}, {1: 1}), [_baked(1, 1)], [_packed(5, 1)])

    assert [(good.good, good.assembled, good.can_assemble_now, good.problem) for good in told.goods] == [
        (BOX, 0, 1, None),
        (BROKEN, 1, 0, "Broken: finished unit 91 not found"),
    ]


def test_what_was_done_and_is_no_longer_in_the_plan_is_still_told():
    told = _progress(_plan({}), [_baked(1, 1)], [_packed(1, 1)])

    assert (told.units[0].needed, told.units[0].batches_over, told.units[0].left) == (0, 1, 12)
    assert (told.goods[0].wanted, told.goods[0].assembled, told.goods[0].still_wanted) == (0, 1, 0)


def test_packing_alone_is_a_beginning_too_and_its_units_are_told():
    told = _progress(_plan({}, {2: 1}), [], [_packed(1, 1)])

    assert told.overall is Overall.IN_PROGRESS
    assert [(unit.unit, unit.needed, unit.used) for unit in told.units] == [(COOKIE, 0, 12), (SLICE, 0, 0)]


def test_more_used_than_made_leaves_nothing_and_not_less():
    cookie = _progress(_plan({1: 1}), [], [_packed(1, 1)]).units[0]

    assert (cookie.used, cookie.left) == (12, 0)


QUANTITIES = st.dictionaries(st.sampled_from([1, 2, 3, 4]), st.integers(1, 30))
BATCHES = st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(1, 12))
BAKING = st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(1, 5), st.integers(0, 3)), max_size=8)


@st.composite
def _worlds(draw):
    """A plan, what was baked, and packing that never used more than was made."""
    quantities, batches = draw(QUANTITIES), draw(BATCHES)
    production = [_baked(*row, run_id=number) for number, row in enumerate(draw(BAKING), start=1)]
    assembly = []
    for good_id in draw(st.permutations(sorted(quantities))):
        told = _progress(_plan(quantities, batches), production, assembly)
        most = next(good.can_assemble_now for good in told.goods if good.good.id == good_id)
        pieces = draw(st.integers(0, most))
        if pieces:
            assembly.append(_packed(good_id, pieces, run_id=len(assembly) + 1))
    return _plan(quantities, batches), production, assembly


@given(_worlds())
def test_the_figures_of_a_unit_agree(world):
    plan, production, assembly = world
    for unit in _progress(*world).units:
        baked = [run for run in production if run.finished_unit_id == unit.unit.id]

        assert unit.made + unit.lost == sum(run.units_expected for run in baked)
        assert unit.batches_remaining + unit.batches_done >= unit.batches_decided
        assert min(unit.batches_remaining, unit.batches_over) == 0
        assert unit.batches_done - unit.batches_over + unit.batches_remaining == unit.batches_decided
        assert 0 <= unit.used <= unit.made
        assert unit.left + unit.used == unit.made
        assert unit.made + unit.expected + unit.short_after_remaining >= unit.needed


@given(_worlds())
def test_what_can_be_packed_now_and_later_takes_no_more_than_there_is(world):
    told = _progress(*world)
    left = {unit.unit.id: unit.left for unit in told.units}
    later = {unit.unit.id: unit.left + unit.expected for unit in told.units}
    now = runs.units_used({good.good.id: good.can_assemble_now for good in told.goods}, Breakdown(BAKERY))
    after = runs.units_used({good.good.id: good.after_remaining for good in told.goods}, Breakdown(BAKERY))

    assert all(used <= left[unit_id] for unit_id, used in now.items())
    assert all(used <= later[unit_id] for unit_id, used in after.items())
    assert all(0 <= good.can_assemble_now <= good.after_remaining <= good.still_wanted for good in told.goods)
    assert all(bool(good.blocked_by) == (good.after_remaining < good.still_wanted) for good in told.goods)
    assert all(bool(good.waits_for) == (good.can_assemble_now < good.still_wanted) for good in told.goods)


@given(_worlds())
def test_of_a_good_that_is_not_all_packable_now_one_more_would_take_too_much(world):
    told = _progress(*world)
    packable = {good.good.id: good.can_assemble_now for good in told.goods}
    left = {unit.unit.id: unit.left for unit in told.units}
    used = runs.units_used(packable, Breakdown(BAKERY))

    for good in told.goods:
        one = Breakdown.of(BAKERY).units(good.good.id)
        fits = all(used.get(i, 0) + each <= left[i] for i, each in one.items())
        assert good.can_assemble_now == good.still_wanted or not fits


@given(_worlds(), st.randoms(use_true_random=False))
def test_the_order_of_runs_never_matters(world, random):
    plan, production, assembly = world
    shuffled = random.sample(production, len(production)), random.sample(assembly, len(assembly))

    assert _progress(plan, *shuffled) == _progress(*world)


@given(_worlds())
def test_voiding_everything_is_as_if_nothing_had_been_done(world):
    plan, production, assembly = world
    voided = [
        *(VoidedRun(7, RunKind.PRODUCTION, run.id, "mistake", NOON) for run in production),
        *(VoidedRun(7, RunKind.ASSEMBLY, run.id, "mistake", NOON) for run in assembly),
    ]
    counted = runs.counted(production, voided), runs.counted(assembly, voided)

    assert _progress(plan, *counted) == _progress(plan)
    assert _progress(plan, *counted).overall is Overall.NOT_STARTED


@given(_worlds())
def test_the_overall_word_says_what_the_rows_say(world):
    told, (_, production, assembly) = _progress(*world), world
    to_do = [unit for unit in told.units if unit.batches_remaining] + [g for g in told.goods if g.still_wanted]

    assert (told.overall is Overall.NOT_STARTED) == (not production and not assembly)
    assert (told.overall is Overall.COMPLETE) == (bool(production or assembly) and not to_do)
