"""Recording what was baked, and when and where runs may be recorded at all."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

import plandoc
from plandoc import PlanState, RunKind
from plandoc.workflow.production import get_progress, record_assembly, record_production, void_run
from tests.builders import a_plan, folder_bytes
from tests.conftest import MOMENT
from tests.plans.recording import broken_catalog, messages, stored

LATER = datetime.datetime(2026, 12, 20, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


def test_a_run_without_losses_makes_what_its_batches_yield(store, bakery, event):
    run = record_production(event.id, bakery.cookie.id, 2)

    assert (run.batches, run.units_expected, run.units_made, run.losses) == (2, 48, 48, ())
    assert run.produced_at == MOMENT
    assert stored(store, plandoc.results.ProductionRun, event) == [run]


def test_what_was_lost_is_taken_from_what_the_batches_yield(bakery, event):
    run = record_production(event.id, bakery.cookie.id, 2, lost={" burnt ": 3, "dropped": 1}, notes="hot oven")

    assert run.units_made == 44
    assert run.losses == (plandoc.results.Loss("burnt", 3), plandoc.results.Loss("dropped", 1))
    assert run.notes == "hot oven"


def test_a_batch_that_is_lost_whole_is_a_run_too(bakery, event):
    run = record_production(event.id, bakery.slice.id, 1, units_made=0, lost={"collapsed": 4})

    assert (run.units_expected, run.units_made) == (4, 0)


def test_all_units_of_a_run_may_be_lost(bakery, event):
    run = record_production(event.id, bakery.cookie.id, 1, lost={"burnt": 20, "dropped": 4})

    assert (run.units_expected, run.units_made) == (24, 0)


def test_the_moment_may_be_told(bakery, event):
    baked = record_production(event.id, bakery.cookie.id, 1, produced_at=LATER)
    packed = record_assembly(event.id, bakery.cookie_box.id, 1, assembled_at=LATER)

    assert baked.produced_at == packed.assembled_at == LATER


def test_portions_that_do_not_divide_a_batch_are_counted_whole(store, bakery):
    with store.session() as session:
        third = session.add(
            plandoc.FinishedUnit(
                "Third", bakery.cake.id, mode=plandoc.YieldMode.BATCH_PORTION, batch_percentage=Decimal(30)
            )
        )
        good = session.add(plandoc.FinishedGood("Third", (plandoc.Component(finished_unit_id=third.id),)))
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={good.id: 5})

    assert record_production(event.id, third.id, 1).units_made == 3
    assert record_production(event.id, third.id, 2).units_made == 6


def test_more_batches_than_decided_may_be_baked(bakery, event):
    record_production(event.id, bakery.cookie.id, 9)
    cookie = get_progress(event.id).units[0]

    assert (cookie.batches_remaining, cookie.batches_over, cookie.made) == (0, 3, 216)


def test_a_unit_that_is_needed_and_not_decided_can_be_baked(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={bakery.hamper.id: 1})

    assert record_production(event.id, bakery.cookie.id, 1).units_made == 24


def test_a_unit_that_is_decided_and_needed_by_nothing_can_be_baked(store, bakery):
    event = a_plan(store, bakery=bakery)
    plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 1)
    plandoc.lock_plan(event.id)
    plandoc.start_production(event.id)

    assert record_production(event.id, bakery.small_cookie.id, 1).units_made == 48


WRONG_NUMBERS = [
    (
        {"units_made": 40},
        "Cookie: 2 batches yield 48, found 40 made and 0 lost",
        "record the other 8 as lost, with lost={reason: 8}",
    ),
    (
        {"units_made": 40, "lost": {"burnt": 7}},
        "Cookie: 2 batches yield 48, found 40 made and 7 lost",
        "record the other 1 as lost, with lost={reason: 1}",
    ),
    (
        {"units_made": 50},
        "Cookie: 2 batches yield 48, found 50 made and 0 lost",
        "at most 48 can be counted; if there were more, record more batches",
    ),
    (
        {"units_made": 48, "lost": {"burnt": 1}},
        "Cookie: 2 batches yield 48, found 48 made and 1 lost",
        "at most 48 can be counted; if there were more, record more batches",
    ),
    (
        {"lost": {"burnt": 40, "eaten": 9}},
        "Cookie: 2 batches yield 48, found 49 lost",
        "no more can be lost than the batches yield",
    ),
]


@pytest.mark.parametrize(("numbers", "message", "hint"), WRONG_NUMBERS)
def test_made_and_lost_that_do_not_add_up_are_refused_and_change_no_byte(folder, bakery, event, numbers, message, hint):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_production(event.id, bakery.cookie.id, 2, **numbers)

    assert [(problem.message, problem.hint) for problem in refused.value.problems] == [(message, hint)]
    assert folder_bytes(folder) == before


WRONG_VALUES = [
    ({"batches": 0}, "batches of Cookie: wanted a whole number of at least 1, found 0"),
    ({"batches": -1}, "batches of Cookie: wanted a whole number of at least 1, found -1"),
    ({"batches": 1.5}, "batches of Cookie: wanted a whole number, found 1.5"),
    ({"batches": "2"}, "batches of Cookie: wanted a whole number, found '2'"),
    ({"batches": True}, "batches of Cookie: wanted a whole number, found True"),
    ({"batches": None}, "batches of Cookie: wanted a whole number, found None"),
    (
        {"batches": 10**12},
        (
            "units of 1000000000000 batches of Cookie: "
            "wanted a whole number of at most 1000000000000, found 24000000000000"
        ),
    ),
    ({"units_made": -1}, "units made of Cookie: wanted a whole number of at least 0, found -1"),
    ({"units_made": 23.0}, "units made of Cookie: wanted a whole number, found 23.0"),
    ({"lost": 3}, "units lost of Cookie: wanted a number for each reason, found 3"),
    ({"lost": {" ": 3}}, "units lost of Cookie: wanted a reason without blanks around it, found ''"),
    ({"lost": {None: 3}}, "units lost of Cookie: wanted text, found None"),
    ({"lost": {"burnt": 0}}, "units lost of Cookie, 'burnt': wanted a whole number of at least 1, found 0"),
    ({"lost": {"burnt": -3}}, "units lost of Cookie, 'burnt': wanted a whole number of at least 1, found -3"),
    ({"lost": {"burnt": 1.0}}, "units lost of Cookie, 'burnt': wanted a whole number, found 1.0"),
    ({"notes": None}, "notes: wanted text, found None"),
    (
        {"produced_at": datetime.datetime(2026, 12, 1)},
        (
            "time of production: wanted a timestamp with its offset, such as 2026-01-28T03:25:47+00:00, "
            "found datetime.datetime(2026, 12, 1, 0, 0)"
        ),
    ),
]


@pytest.mark.parametrize(("values", "message"), WRONG_VALUES)
def test_a_value_that_is_none_is_refused_and_changes_no_byte(folder, bakery, event, values, message):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_production(event.id, bakery.cookie.id, **{"batches": 1, **values})

    assert messages(refused) == [message]
    assert folder_bytes(folder) == before


def test_all_that_is_wrong_with_a_production_run_is_said_at_once(bakery, event):
    with pytest.raises(plandoc.ValidationError) as refused:
        record_production(event.id, bakery.small_cookie.id, 0, -1, {"": 1}, 7, MOMENT.date())

    assert [problem.field for problem in refused.value.problems] == [
        "batches",
        "units_made",
        "lost",
        "notes",
        "produced_at",
        "finished_unit_id",
    ]


def test_a_unit_that_is_not_in_the_plan_is_refused_and_changes_no_byte(folder, bakery, event):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_production(event.id, bakery.small_cookie.id, 1)

    assert messages(refused) == ["Small Cookie is neither decided nor needed in the plan of Christmas 2026"]
    assert (
        refused.value.problems[0].hint == "add it to the plan first, with modify_batch_decision(1, 2, batches, reason)"
    )
    assert folder_bytes(folder) == before


def test_a_broken_good_in_the_plan_does_not_stop_the_baking_for_another(store, folder, bakery):
    event = a_plan(
        store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={bakery.plain_slice.id: 1, bakery.cookie_box.id: 1}
    )
    store.close()
    with broken_catalog(folder, b'"finished_unit_id":3,', b'"finished_unit_id":91,'), plandoc.open_store(folder):
        run = record_production(event.id, bakery.cookie.id, 1)

    assert run.units_made == 24


CALLS = {
    "record_production": lambda event_id, bakery: record_production(event_id, bakery.cookie.id, 1),
    "record_assembly": lambda event_id, bakery: record_assembly(event_id, bakery.cookie_box.id, 1),
    "void_run": lambda event_id, bakery: void_run(event_id, RunKind.PRODUCTION, 1, "mistake"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("state", [state for state in PlanState if state is not PlanState.IN_PRODUCTION])
def test_runs_are_recorded_and_voided_only_in_production(store, folder, bakery, call, state):
    event = a_plan(store, PlanState.IN_PRODUCTION if state is PlanState.COMPLETED else state, bakery=bakery)
    if state is PlanState.COMPLETED:
        record_production(event.id, bakery.cookie.id, 6)
        plandoc.complete_production(event.id)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.PlanStateError) as refused:
        CALLS[call](event.id, bakery)

    assert (refused.value.current_state, refused.value.attempted_action) == (state, "record production")
    assert folder_bytes(folder) == before


@pytest.mark.parametrize("call", [*CALLS.values(), lambda event_id, bakery: get_progress(event_id)])
def test_an_unknown_event_is_said_and_changes_no_byte(folder, bakery, event, call):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.NotFoundError, match="Event 99 not found"):
        call(99, bakery)

    assert folder_bytes(folder) == before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda event: record_production(event.id, 77, 1), "Finished unit 77 not found"),
        (lambda event: record_assembly(event.id, 77, 1), "Finished good 77 not found"),
        (lambda event: void_run(event.id, RunKind.PRODUCTION, 77, "mistake"), "Production run 77 not found"),
        (lambda event: void_run(event.id, RunKind.ASSEMBLY, 77, "mistake"), "Assembly run 77 not found"),
    ],
)
def test_what_does_not_exist_is_said_and_changes_no_byte(folder, event, call, message):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.NotFoundError, match=message):
        call(event)

    assert folder_bytes(folder) == before


def test_baking_packing_and_voiding_in_one_session_are_one_write(store, folder, bakery, event):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError), store.session() as session:
        record_production(event.id, bakery.cookie.id, 1, session=session)
        record_assembly(event.id, bakery.cookie_box.id, 2, session=session)
        void_run(event.id, RunKind.PRODUCTION, 1, "mistake", session=session)

    assert folder_bytes(folder) == before
