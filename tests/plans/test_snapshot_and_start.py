from __future__ import annotations

import json

import pytest

import plandoc
from plandoc import PlanState
from tests.builders import a_bakery, a_plan, folder_bytes
from tests.conftest import MOMENT


def test_a_snapshot_holds_recipes_goods_and_decisions_in_the_agreed_form(store):
    bakery = a_bakery(store)
    event = a_plan(store, bakery=bakery)
    data = plandoc.create_plan_snapshot(event.id).snapshot_data

    assert json.dumps(data) == json.dumps(
        {
            "snapshot_version": "1.0",
            "created_at": "2026-01-28T03:25:47+00:00",
            "recipes": [
                {"recipe_id": 1, "recipe_name": "Chocolate Chip Cookies", "recipe_slug": "chocolate-chip-cookies"},
                {"recipe_id": 3, "recipe_name": "Sponge Cake", "recipe_slug": "sponge-cake"},
            ],
            "finished_goods": [
                {"fg_id": 3, "fg_name": "Cookie Gift Box", "fg_slug": "cookie-gift-box", "quantity": 10},
                {"fg_id": 4, "fg_name": "Hamper", "fg_slug": "hamper", "quantity": 2},
            ],
            "batch_decisions": [
                {
                    "recipe_id": 1,
                    "recipe_name": "Chocolate Chip Cookies",
                    "batches": 6,
                    "yield_per_batch": 24,
                    "finished_unit_id": 1,
                    "finished_unit_slug": "cookie",
                },
                {
                    "recipe_id": 3,
                    "recipe_name": "Sponge Cake",
                    "batches": 1,
                    "yield_per_batch": 4,
                    "finished_unit_id": 3,
                    "finished_unit_slug": "slice",
                },
            ],
        }
    )


def test_a_second_snapshot_is_the_first_one(store, folder):
    event = a_plan(store)
    first = plandoc.create_plan_snapshot(event.id)
    before = folder_bytes(folder)
    second = plandoc.create_plan_snapshot(event.id)

    assert second == first
    assert folder_bytes(folder) == before


def test_an_empty_plan_gives_three_empty_lists(store):
    event = a_plan(store, PlanState.IN_PRODUCTION, quantities={})
    data = plandoc.get_plan_snapshot(event.id).snapshot_data

    assert (data["recipes"], data["finished_goods"], data["batch_decisions"]) == ([], [], [])


def test_there_is_no_snapshot_before_one_is_taken(store):
    assert plandoc.get_plan_snapshot(a_plan(store, PlanState.LOCKED).id) is None


def test_a_snapshot_is_usable_after_its_session_and_its_store_are_closed(store):
    event = a_plan(store, PlanState.LOCKED)
    with store.session() as session:
        snapshot = plandoc.create_plan_snapshot(event.id, session=session)
    store.close()

    assert snapshot.created_at == MOMENT
    assert [row["fg_slug"] for row in snapshot.snapshot_data["finished_goods"]] == ["cookie-gift-box", "hamper"]


def test_nobody_can_change_a_snapshot_through_what_it_hands_out(store):
    snapshot = plandoc.create_plan_snapshot(a_plan(store).id)
    snapshot.snapshot_data["recipes"].clear()
    snapshot.definitions["recipes"].clear()

    assert len(snapshot.snapshot_data["recipes"]) == 2
    assert len(plandoc.get_plan_snapshot(1).definitions["recipes"]) == 3


@pytest.mark.parametrize(
    "operation",
    [
        plandoc.create_plan_snapshot,
        plandoc.lock_plan,
        plandoc.unlock_plan,
        plandoc.start_production,
        plandoc.complete_production,
        plandoc.get_event_recipes,
        plandoc.get_event_fg_quantities,
        plandoc.get_batch_decisions,
        plandoc.remove_event,
    ],
)
def test_an_unknown_event_is_named(store, operation):
    with pytest.raises(plandoc.ValidationError, match="^Event 99 not found$"):
        operation(99)


@pytest.mark.parametrize("nobody", [99, 0, -1, None, True])
def test_an_event_that_does_not_exist_has_no_snapshot(store, nobody):
    a_plan(store, PlanState.IN_PRODUCTION)

    assert plandoc.get_plan_snapshot(nobody) is None
    with store.session() as session:
        assert plandoc.get_plan_snapshot(nobody, session=session) is None


def test_starting_a_locked_plan_takes_the_snapshot_and_moves_the_state(store, folder):
    event = a_plan(store, PlanState.LOCKED)
    started = plandoc.start_production(event.id)
    store.close()
    with plandoc.open_store(folder):
        snapshot, kept = plandoc.get_plan_snapshot(event.id), plandoc.find_by_key(plandoc.Event, event.id)

    assert started.plan_state is PlanState.IN_PRODUCTION
    assert kept == started
    assert snapshot.created_at == MOMENT


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.IN_PRODUCTION, PlanState.COMPLETED])
def test_a_plan_that_is_not_locked_cannot_start_and_no_byte_changes(store, folder, state):
    event = a_plan(store, state)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.PlanStateError) as refused:
        plandoc.start_production(event.id)

    error = refused.value
    assert (error.event_id, error.current_state, error.attempted_action) == (event.id, state, "start production")
    assert folder_bytes(folder) == before


STEPS = {
    plandoc.lock_plan: (PlanState.DRAFT, PlanState.LOCKED),
    plandoc.unlock_plan: (PlanState.LOCKED, PlanState.DRAFT),
    plandoc.start_production: (PlanState.LOCKED, PlanState.IN_PRODUCTION),
    plandoc.complete_production: (PlanState.IN_PRODUCTION, PlanState.COMPLETED),
}


@pytest.mark.parametrize("state", list(PlanState))
@pytest.mark.parametrize("step", list(STEPS))
def test_each_step_leads_from_one_state_to_one_other_and_is_refused_elsewhere(store, step, state):
    event = a_plan(store, state)
    before, after = STEPS[step]
    if state is before:
        assert step(event.id).plan_state is after
    else:
        with pytest.raises(plandoc.PlanStateError):
            step(event.id)
        assert plandoc.find_by_key(plandoc.Event, event.id).plan_state is state


def test_when_the_snapshot_fails_neither_it_nor_the_state_exists(store, folder, monkeypatch):
    event = a_plan(store, PlanState.LOCKED)
    before = folder_bytes(folder)
    monkeypatch.setattr("plandoc.snapshots.digest_of", lambda *_: "not a digest")
    with pytest.raises(plandoc.ValidationError, match="SHA-256"):
        plandoc.start_production(event.id)

    assert folder_bytes(folder) == before
    assert plandoc.get_plan_snapshot(event.id) is None
    assert plandoc.find_by_key(plandoc.Event, event.id).plan_state is PlanState.LOCKED


def test_the_original_plan_outlives_changes_of_the_catalog(store):
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session() as session:
        session.replace(plandoc.FinishedUnit("Biscuit", bakery.cookies.id, items_per_batch=99, id=bakery.cookie.id))
    definitions = plandoc.get_plan_snapshot(event.id).definitions

    assert definitions["finished_units"][str(bakery.cookie.id)]["items_per_batch"] == 24
    assert set(definitions["recipes"]) == {"1", "2", "3"}
    assert definitions["recipes"]["3"]["sub_recipes"][0]["multiplier"] == "1.5"


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.LOCKED])
def test_what_is_started_is_what_was_frozen(store, folder, state):
    bakery = a_bakery(store)
    event = a_plan(store, state, bakery=bakery)
    plandoc.create_plan_snapshot(event.id)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.PlanStateError, match="snapshot has already been taken"):
        plandoc.save_batch_decision(event.id, bakery.cookie.id, 9)

    assert folder_bytes(folder) == before


def test_a_snapshot_is_never_made_up_by_hand(store):
    event = a_plan(store)
    made_up = plandoc.PlanSnapshot(event.id, MOMENT, {}, {}, "0" * 64)
    with pytest.raises(plandoc.ValidationError, match="create_plan_snapshot"), store.session() as session:
        session.add(made_up)

    assert plandoc.get_plan_snapshot(event.id) is None
