"""Recording what was packed: never more than the plan wants, never more units than were made."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

import plandoc
from plandoc import PlanState, RunKind
from plandoc.engine.session import unit_of_work
from plandoc.workflow.production import get_progress, record_assembly, record_production, void_run
from tests.builders import a_plan, folder_bytes
from tests.conftest import MOMENT
from tests.plans.recording import broken_catalog, messages


def test_packing_takes_units_through_all_bundles(bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    record_production(event.id, bakery.slice.id, 1)
    run = record_assembly(event.id, bakery.hamper.id, 2, notes="with a ribbon")
    progress = get_progress(event.id)

    assert (run.quantity, run.notes, run.assembled_at) == (2, "with a ribbon", MOMENT)
    assert [(unit.unit, unit.used, unit.left) for unit in progress.units] == [
        (bakery.cookie, 24, 0),
        (bakery.slice, 4, 0),
    ]


def test_units_that_two_goods_share_are_used_once(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    record_production(event.id, bakery.slice.id, 1)
    record_assembly(event.id, bakery.cookie_box.id, 1)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_assembly(event.id, bakery.hamper.id, 2)

    assert messages(refused) == ["Hamper: packing 2 takes 24 Cookie, found 12 made and not used, 12 missing"]
    assert refused.value.problems[0].hint == ("record what was baked first, with record_production(1, 1, 1)")
    assert folder_bytes(folder) == before
    assert record_assembly(event.id, bakery.hamper.id, 1).quantity == 1


def test_every_unit_that_is_missing_is_named(folder, bakery, event):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_assembly(event.id, bakery.hamper.id, 1)

    assert messages(refused) == [
        "Hamper: packing 1 takes 12 Cookie, found 0 made and not used, 12 missing",
        "Hamper: packing 1 takes 2 Slice, found 0 made and not used, 2 missing",
    ]
    assert folder_bytes(folder) == before


def test_units_that_were_lost_cannot_be_packed(bakery, event):
    record_production(event.id, bakery.cookie.id, 1, lost={"burnt": 1})
    with pytest.raises(
        plandoc.ValidationError, match="packing 2 takes 24 Cookie, found 23 made and not used, 1 missing"
    ):
        record_assembly(event.id, bakery.cookie_box.id, 2)


def test_other_events_do_not_lend_their_units(store, bakery, event):
    other = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Easter")
    record_production(other.id, bakery.cookie.id, 6)
    with pytest.raises(plandoc.ValidationError, match="found 0 made and not used, 12 missing"):
        record_assembly(event.id, bakery.cookie_box.id, 1)


def test_parts_of_units_are_counted_exactly(store, bakery):
    with store.session() as session:
        part = plandoc.Component(quantity=Decimal("0.1"), finished_unit_id=bakery.slice.id)
        taste = session.add(plandoc.FinishedGood("Taste", (part, part, part)))
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, quantities={taste.id: 99})
    record_production(event.id, bakery.slice.id, 3)

    with pytest.raises(
        plandoc.ValidationError, match="packing 41 takes 12.3 Slice, found 12 made and not used, 0.3 missing"
    ):
        record_assembly(event.id, taste.id, 41)
    record_assembly(event.id, taste.id, 39)
    record_assembly(event.id, taste.id, 1)
    with pytest.raises(
        plandoc.ValidationError, match="packing 1 takes 0.3 Slice, found 0 made and not used, 0.3 missing"
    ):
        record_assembly(event.id, taste.id, 1)


def test_a_good_is_packed_no_more_often_than_the_plan_wants(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 9)
    record_assembly(event.id, bakery.cookie_box.id, 7)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_assembly(event.id, bakery.cookie_box.id, 4)

    assert messages(refused) == ["Cookie Gift Box: 10 wanted and 7 packed, so at most 3 more, found 4"]
    assert refused.value.problems[0].hint == "raise the quantity first, with change_quantity(1, 3, 11, reason)"
    assert folder_bytes(folder) == before
    assert record_assembly(event.id, bakery.cookie_box.id, 3).quantity == 3


def test_a_good_that_is_not_in_the_plan_is_refused_and_changes_no_byte(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_assembly(event.id, bakery.plain_cookie.id, 1)

    assert messages(refused) == ["Plain Cookie is not in the plan of Christmas 2026"]
    assert refused.value.problems[0].hint == "add it to the plan first, with add_finished_good(1, 1, quantity, reason)"
    assert folder_bytes(folder) == before


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        (0, "quantity of Hamper: wanted a whole number of at least 1, found 0"),
        (-2, "quantity of Hamper: wanted a whole number of at least 1, found -2"),
        (1.0, "quantity of Hamper: wanted a whole number, found 1.0"),
        (True, "quantity of Hamper: wanted a whole number, found True"),
        ("1", "quantity of Hamper: wanted a whole number, found '1'"),
    ],
)
def test_a_quantity_that_is_no_whole_number_above_zero_is_refused_and_changes_no_byte(
    folder, bakery, event, quantity, message
):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_assembly(event.id, bakery.hamper.id, quantity)

    assert messages(refused) == [message]
    assert folder_bytes(folder) == before


def test_all_that_is_wrong_with_an_assembly_run_is_said_at_once(bakery, event):
    with pytest.raises(plandoc.ValidationError) as refused:
        record_assembly(event.id, bakery.plain_cookie.id, 1, None, datetime.datetime(2026, 12, 1))

    assert [problem.field for problem in refused.value.problems] == [
        "notes",
        "assembled_at",
        "finished_good_id",
        "quantity",
    ]


def test_what_was_packed_beyond_what_was_made_is_owed_by_nobody(store, folder, bakery, event):
    # Only an edit by hand gets there.
    with store.session() as session:
        unit_of_work(session).add(plandoc.results.AssemblyRun(event.id, bakery.cookie_box.id, 12, MOMENT))
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        record_assembly(event.id, bakery.cookie_box.id, 1)

    assert messages(refused) == [
        "Cookie Gift Box: 10 wanted and 12 packed, so at most 0 more, found 1",
        "Cookie Gift Box: packing 1 takes 12 Cookie, found 0 made and not used, 12 missing",
    ]
    assert folder_bytes(folder) == before
    assert {problem.table for problem in plandoc.check(folder)} == {"assembly_runs"}

    # Or the check at the end of every test would find it.
    void_run(event.id, RunKind.ASSEMBLY, 1, "made by hand")


def test_what_somebody_breaks_in_the_catalog_stops_nothing_in_a_started_plan(store, folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 2)
    record_assembly(event.id, bakery.cookie_box.id, 1)
    store.close()
    part, lost_part = (b'"finished_unit_id":%d,"finished_good_id":null,"quantity":"12"' % key for key in (1, 91))
    with broken_catalog(folder, part, lost_part), plandoc.open_store(folder):
        record_assembly(event.id, bakery.cookie_box.id, 1)
        goods = get_progress(event.id).goods

    assert [(good.good, good.assembled, good.problem) for good in goods] == [
        (bakery.cookie_box, 2, None),
        (bakery.hamper, 0, None),
    ]


def test_a_good_that_was_broken_when_its_plan_was_frozen_is_not_packed(store, folder, bakery):
    event = a_plan(store, PlanState.LOCKED, bakery=bakery)
    store.close()
    part, lost_part = (b'"finished_unit_id":%d,"finished_good_id":null,"quantity":"12"' % key for key in (1, 91))
    with broken_catalog(folder, part, lost_part), plandoc.open_store(folder):
        plandoc.start_production(event.id)
    with plandoc.open_store(folder):
        plandoc.record_production(event.id, bakery.cookie.id, 2)
        with pytest.raises(plandoc.ValidationError, match="finished unit 91 not found"):
            record_assembly(event.id, bakery.cookie_box.id, 1)
        goods = get_progress(event.id).goods

    assert [(good.assembled, good.can_assemble_now, good.after_remaining) for good in goods] == [(0, 0, 0), (0, 0, 0)]
    assert goods[0].problem == "Cookie Gift Box: finished unit 91 not found"
    assert goods[1].problem == "Hamper -> Cookie Gift Box: finished unit 91 not found"
