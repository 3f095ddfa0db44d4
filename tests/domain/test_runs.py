"""Which runs count, and what they add up to."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.domain import runs
from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.errors import ValidationError
from plandoc.records import (
    AssemblyRun,
    Component,
    FinishedGood,
    FinishedUnit,
    Loss,
    ProductionRun,
    Recipe,
    RunKind,
    VoidedRun,
)

NOON = datetime.datetime(2026, 12, 20, 12, tzinfo=datetime.UTC)
IDS = st.integers(1, 4)


def _baked(unit_id, batches=1, made=24, lost=0, run_id=1):
    losses = (Loss("burnt", lost),) if lost else ()
    return ProductionRun(7, unit_id, batches, made + lost, made, NOON, losses, id=run_id)


def _packed(good_id, quantity=1, run_id=1):
    return AssemblyRun(7, good_id, quantity, NOON, id=run_id)


def _voided(kind, run_id):
    return VoidedRun(7, kind, run_id, "mistake", NOON)


def _numbered(build):
    """Runs with ids 1, 2, 3, ..."""
    return st.lists(st.tuples(IDS, st.integers(1, 9)), max_size=8).map(
        lambda rows: [build(of, number, number_of_run) for number_of_run, (of, number) in enumerate(rows, start=1)]
    )


PRODUCTION = _numbered(lambda unit_id, batches, run_id: _baked(unit_id, batches, 3 * batches, batches, run_id))
ASSEMBLY = _numbered(_packed)
VOIDED = st.lists(st.builds(_voided, st.sampled_from(RunKind), st.integers(1, 10)), max_size=6)


def test_a_voided_run_does_not_count_and_one_of_the_other_kind_with_its_number_does():
    baked, packed = [_baked(1, run_id=1), _baked(1, run_id=2)], [_packed(1, run_id=1), _packed(1, run_id=2)]
    voided = [_voided(RunKind.PRODUCTION, 1), _voided(RunKind.ASSEMBLY, 2)]

    assert runs.counted(baked, voided) == (baked[1],)
    assert runs.counted(packed, voided) == (packed[0],)


def test_runs_add_up_for_each_unit_and_good():
    baked = [_baked(1, 2, 48), _baked(2, 1, 4), _baked(1, 1, 20, 4), _baked(2, 1, 0, 4)]
    packed = [_packed(5, 2), _packed(6, 1), _packed(5, 3)]

    assert runs.batches_done(baked) == {1: 3, 2: 2}
    assert runs.units_made(baked) == {1: 68, 2: 4}
    assert runs.units_lost(baked) == {1: 4, 2: 4}
    assert runs.assembled(packed) == {5: 5, 6: 1}


def test_no_runs_add_up_to_nothing():
    assert runs.batches_done([]) == runs.units_made([]) == runs.units_lost([]) == runs.assembled([]) == {}


def _with_a_shared_unit():
    """A box of 12 cookies, a hamper of two boxes and half a slice, and a taste of a tenth of a slice."""
    parts = (Component(finished_good_id=1, quantity=2), Component(finished_unit_id=2, quantity=Decimal("0.5")))
    return Breakdown(
        Definitions.of(
            goods=[
                FinishedGood("Box", (Component(finished_unit_id=1, quantity=12),), id=1),
                FinishedGood("Hamper", parts, id=2),
                FinishedGood("Taste", (Component(finished_unit_id=2, quantity=Decimal("0.1")),), id=3),
                FinishedGood("Broken", (Component(finished_unit_id=9),), id=4),
            ],
            units=[
                FinishedUnit("Cookie", 1, items_per_batch=24, id=1),
                FinishedUnit("Slice", 1, items_per_batch=4, id=2),
            ],
            recipes=[Recipe("Dough", id=1)],
        )
    )


def test_what_is_packed_uses_units_through_bundles_and_exactly():
    used = runs.units_used({1: 1, 2: 3, 3: 3}, _with_a_shared_unit())

    assert used == {1: 12 + 72, 2: Fraction(3, 2) + Fraction(3, 10)}


def test_what_a_broken_good_uses_cannot_be_told():
    with pytest.raises(ValidationError, match="Broken: finished unit 9 not found"):
        runs.units_used({1: 1, 4: 1}, _with_a_shared_unit())


def test_what_is_left_is_below_zero_where_more_was_used_than_made():
    left = runs.units_left({1: 24, 3: 5}, {1: Fraction(3, 2), 2: Fraction(4)})

    assert left == {1: Fraction(45, 2), 2: -4, 3: 5}


@given(PRODUCTION, VOIDED)
def test_what_counts_and_what_is_voided_are_all_runs(production, voided):
    counted = runs.counted(production, voided)
    ids = {one.run_id for one in voided if one.kind is RunKind.PRODUCTION}

    assert [run for run in production if run in counted or run.id in ids] == production
    assert not any(run.id in ids for run in counted)


@given(PRODUCTION, ASSEMBLY)
def test_voiding_everything_leaves_nothing(production, assembly):
    voided = [
        *(_voided(RunKind.PRODUCTION, run.id) for run in production),
        *(_voided(RunKind.ASSEMBLY, run.id) for run in assembly),
    ]

    assert runs.counted(production, voided) == ()
    assert runs.counted(assembly, voided) == ()


@given(PRODUCTION.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), VOIDED)
def test_the_order_of_runs_never_matters(orders, voided):
    counted = [runs.counted(order, voided) for order in orders]
    one, other = ([add(rows) for add in (runs.batches_done, runs.units_made, runs.units_lost)] for rows in counted)

    assert one == other


@given(PRODUCTION)
def test_made_and_lost_are_what_was_expected(production):
    made, lost = runs.units_made(production), runs.units_lost(production)

    assert sum(made.values()) + sum(lost.values()) == sum(run.units_expected for run in production)
    assert made.keys() == lost.keys() == runs.batches_done(production).keys()


@given(st.dictionaries(IDS, st.integers(1, 9)), st.dictionaries(IDS, st.integers(1, 12)))
def test_what_remains_and_what_is_done_is_never_less_than_decided(decided, done):
    remaining = runs.remaining_batches(decided, done)

    assert all(remaining.get(i, 0) + done.get(i, 0) >= batches for i, batches in decided.items())
    assert all(0 < batches <= decided[i] for i, batches in remaining.items())
    assert all(remaining[i] + done.get(i, 0) == decided[i] for i in remaining)
