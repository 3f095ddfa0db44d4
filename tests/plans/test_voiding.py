"""Taking back runs that were recorded by mistake."""

from __future__ import annotations

import pytest

import plandoc
from plandoc import PlanState, RunKind
from plandoc.engine.session import unit_of_work
from plandoc.workflow.production import get_progress, record_assembly, record_production, void_run
from tests.builders import a_plan, folder_bytes
from tests.conftest import MOMENT
from tests.plans.recording import messages, stored


def test_a_run_recorded_twice_by_mistake_is_voided_and_stays_where_it_is(store, bakery, event):
    first = record_production(event.id, bakery.cookie.id, 6)
    second = record_production(event.id, bakery.cookie.id, 6)
    voided = void_run(event.id, RunKind.PRODUCTION, second.id, "  recorded twice ")

    assert (voided.kind, voided.run_id, voided.reason, voided.voided_at) == (
        RunKind.PRODUCTION,
        second.id,
        "recorded twice",
        MOMENT,
    )
    assert stored(store, plandoc.results.ProductionRun, event) == [first, second]
    assert get_progress(event.id).units[0].made == 144


def test_a_production_run_and_an_assembly_run_of_one_number_are_voided_apart(bakery, event):
    baked = record_production(event.id, bakery.cookie.id, 1)
    packed = record_assembly(event.id, bakery.cookie_box.id, 1)
    void_run(event.id, RunKind.ASSEMBLY, packed.id, "miscounted")
    progress = get_progress(event.id)

    assert baked.id == packed.id
    assert (progress.units[0].made, progress.units[0].left) == (24, 24)
    assert progress.goods[0].assembled == 0


def test_a_run_is_voided_only_once(folder, bakery, event):
    run = record_production(event.id, bakery.cookie.id, 1)
    void_run(event.id, RunKind.PRODUCTION, run.id, "mistake")
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        void_run(event.id, RunKind.PRODUCTION, run.id, "once more")

    assert messages(refused) == ["production run 1 is already voided (mistake)"]
    assert folder_bytes(folder) == before


def test_a_production_run_whose_units_are_packed_is_not_voided_before_the_packing_is(folder, bakery, event):
    baked = record_production(event.id, bakery.cookie.id, 1)
    record_production(event.id, bakery.slice.id, 1)
    record_assembly(event.id, bakery.cookie_box.id, 1)
    packed = record_assembly(event.id, bakery.hamper.id, 1)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        void_run(event.id, RunKind.PRODUCTION, baked.id, "mistake")

    assert messages(refused) == ["Cookie: 24 are packed, but without production run 1 only 0 would be made"]
    assert refused.value.problems[0].hint == f"void the packing first, such as assembly run {packed.id}"
    assert folder_bytes(folder) == before


def test_a_single_unit_that_would_be_missing_keeps_a_run_from_being_voided(bakery, event):
    whole = record_production(event.id, bakery.cookie.id, 1)
    record_production(event.id, bakery.cookie.id, 1, lost={"burnt": 1})
    record_assembly(event.id, bakery.cookie_box.id, 2)

    with pytest.raises(
        plandoc.ValidationError, match="Cookie: 24 are packed, but without production run 1 only 23 would be"
    ):
        void_run(event.id, RunKind.PRODUCTION, whole.id, "mistake")


def test_the_packing_that_is_named_is_one_that_uses_the_unit(store, bakery):
    event = a_plan(
        store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={bakery.plain_slice.id: 1, bakery.cookie_box.id: 1}
    )
    baked = record_production(event.id, bakery.cookie.id, 1)
    record_production(event.id, bakery.slice.id, 1)
    packed = record_assembly(event.id, bakery.cookie_box.id, 1)
    record_assembly(event.id, bakery.plain_slice.id, 1)

    with pytest.raises(plandoc.ValidationError, match=f"such as assembly run {packed.id}"):
        void_run(event.id, RunKind.PRODUCTION, baked.id, "mistake")


def test_a_run_that_made_nothing_can_always_be_voided(store, bakery, event):
    burnt = record_production(event.id, bakery.cookie.id, 1, lost={"burnt": 24})
    with store.session() as session:
        unit_of_work(session).add(plandoc.results.AssemblyRun(event.id, bakery.cookie_box.id, 1, MOMENT))
    void_run(event.id, RunKind.PRODUCTION, burnt.id, "it was the other oven")

    assert get_progress(event.id).units[0].lost == 0

    # Or the check at the end of every test would find it.
    void_run(event.id, RunKind.ASSEMBLY, 1, "made by hand")


def test_a_production_run_is_voided_when_the_others_made_enough_for_what_is_packed(bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    spare = record_production(event.id, bakery.cookie.id, 1)
    record_assembly(event.id, bakery.cookie_box.id, 2)
    void_run(event.id, RunKind.PRODUCTION, spare.id, "recorded twice")

    assert get_progress(event.id).units[0].left == 0


def test_when_the_packing_is_voided_the_baking_can_be_too(bakery, event):
    baked = record_production(event.id, bakery.cookie.id, 1)
    packed = record_assembly(event.id, bakery.cookie_box.id, 2)
    void_run(event.id, RunKind.ASSEMBLY, packed.id, "wrong day")
    void_run(event.id, RunKind.PRODUCTION, baked.id, "wrong day")

    assert get_progress(event.id).overall.value == "not_started"


@pytest.mark.parametrize("reason", ["", "  ", "\n", None, 5])
def test_voiding_wants_a_reason_and_changes_no_byte_without(folder, bakery, event, reason):
    run = record_production(event.id, bakery.cookie.id, 1)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="reason to void production run 1: wanted") as refused:
        void_run(event.id, RunKind.PRODUCTION, run.id, reason)

    assert [problem.field for problem in refused.value.problems] == ["reason"]
    assert folder_bytes(folder) == before


def test_a_kind_of_run_that_is_none_is_refused(folder, bakery, event):
    run = record_production(event.id, bakery.cookie.id, 1)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="kind of run: wanted RunKind.PRODUCTION or RunKind.ASSEMBLY"):
        void_run(event.id, "production", run.id, "mistake")

    assert folder_bytes(folder) == before


def test_all_that_is_wrong_with_voiding_is_said_at_once(bakery, event):
    run = record_production(event.id, bakery.cookie.id, 1)
    void_run(event.id, RunKind.PRODUCTION, run.id, "mistake")
    with pytest.raises(plandoc.ValidationError) as refused:
        void_run(event.id, RunKind.PRODUCTION, run.id, " ")

    assert [problem.field for problem in refused.value.problems] == ["reason", "run_id"]


def test_a_run_of_another_event_is_not_voided_by_its_number(store, bakery, event):
    other = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Easter")
    record_production(other.id, bakery.cookie.id, 1)
    with pytest.raises(plandoc.NotFoundError, match="Production run 1 not found"):
        void_run(event.id, RunKind.PRODUCTION, 1, "mistake")

    assert get_progress(other.id).units[0].made == 24
