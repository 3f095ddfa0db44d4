from __future__ import annotations

import datetime

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.domain import states
from plandoc.domain.states import Edit, check_edit, check_step, edits_between
from plandoc.errors import PlanStateError
from plandoc.records import PlanState
from plandoc.tables import TABLES
from tests.builders import a_plan

# The table of the domain, written out once more: y allows, n refuses; DRAFT, LOCKED, IN_PRODUCTION, COMPLETED.
EDITS = {
    Edit.DETAILS: "yyyn",
    Edit.NOTES: "yyyy",
    Edit.SELECTION: "ynnn",
    Edit.DECISIONS: "yynn",
    Edit.AMENDMENTS: "nnyn",
    Edit.RUNS: "nnyn",
    Edit.REMOVAL: "yynn",
}
STEPS = {states.LOCK: "ynnn", states.UNLOCK: "nynn", states.START: "nynn", states.COMPLETE: "nnyn"}
WAYS_OUT = {
    (Edit.SELECTION, PlanState.LOCKED): "unlock_plan",
    (Edit.SELECTION, PlanState.IN_PRODUCTION): "change_quantity(7, finished_good_id, quantity, reason)",
    (Edit.DECISIONS, PlanState.IN_PRODUCTION): "modify_batch_decision",
    (Edit.DETAILS, PlanState.COMPLETED): "only its notes",
    (Edit.REMOVAL, PlanState.IN_PRODUCTION): "discard_history=True",
    (Edit.REMOVAL, PlanState.COMPLETED): "discard_history=True",
    (Edit.RUNS, PlanState.LOCKED): "start_production",
    (Edit.AMENDMENTS, PlanState.DRAFT): "lock_plan",
    (states.START, PlanState.DRAFT): "lock_plan",
    (states.UNLOCK, PlanState.IN_PRODUCTION): "never goes back",
    (states.COMPLETE, PlanState.LOCKED): "start_production",
}
# What else belongs to an event: the event itself is judged field by field, the snapshot comes with the step START.
WITHOUT_AN_EDIT = {records.Event, records.PlanSnapshot}


def an_event(state: PlanState) -> records.Event:
    return records.Event("Fair", datetime.date(2026, 12, 25), plan_state=state, id=7)


def each(table):
    return [
        pytest.param(change, state, letter == "y", id=f"{getattr(change, 'name', None) or change.action}-{state.name}")
        for change, letters in table.items()
        for state, letter in zip(PlanState, letters, strict=True)
    ]


@pytest.mark.parametrize(("change", "state", "allowed"), each({**EDITS, **STEPS}))
def test_each_change_is_allowed_in_its_states_and_refused_with_the_way_out_in_all_others(change, state, allowed):
    check = check_edit if isinstance(change, Edit) else check_step
    action = change.value if isinstance(change, Edit) else change.action
    refusal = None
    try:
        check(an_event(state), change)
    except PlanStateError as error:
        refusal = error

    assert (refusal is None) == allowed
    if refusal is not None:
        assert (refusal.event_id, refusal.current_state, refusal.attempted_action) == (7, state, action)
        assert WAYS_OUT.get((change, state), "") in refusal.hint
        assert refusal.hint


def test_the_tables_of_this_test_are_complete():
    assert set(EDITS) == set(Edit) == set(states.ALLOWED)
    assert tuple(STEPS) == states.STEPS


def test_each_step_leads_to_the_next_state_and_only_unlock_goes_back():
    order = list(PlanState)
    moves = {step: order.index(step.after) - order.index(step.before) for step in states.STEPS}

    assert moves == {states.LOCK: 1, states.UNLOCK: -1, states.START: 1, states.COMPLETE: 1}


def test_every_table_of_an_event_is_guarded_by_the_state_or_named_as_an_exception():
    of_events = {table.record_type for table in TABLES if table.of_event}

    assert of_events - set(states.EDITS_OF_TABLES) == WITHOUT_AN_EDIT
    assert set(states.EDITS_OF_TABLES) <= of_events


@pytest.mark.parametrize(
    ("kind", "edit"),
    [
        (records.EventRecipe, Edit.SELECTION),
        (records.EventFinishedGood, Edit.SELECTION),
        (records.BatchDecision, Edit.DECISIONS),
        (records.PlanAmendment, Edit.AMENDMENTS),
        (records.ProductionRun, Edit.RUNS),
        (records.AssemblyRun, Edit.RUNS),
        (records.VoidedRun, Edit.RUNS),
    ],
)
def test_a_row_of_a_completed_plan_is_refused_as_the_change_that_it_would_be(kind, edit):
    with plandoc.open_store(":memory:") as store:
        event = a_plan(store, PlanState.COMPLETED)
        with store.session() as session, pytest.raises(PlanStateError) as refused:
            session.remove(kind, 1, event_id=event.id)

    error = refused.value
    assert error.attempted_action == edit.value
    assert all(part in str(error) for part in (edit.value, event.name, f"event {event.id}", "COMPLETED", error.hint))


@pytest.mark.parametrize(
    ("field", "value", "edits"),
    [
        ("name", "Other", {Edit.DETAILS}),
        ("event_date", datetime.date(2027, 1, 1), {Edit.DETAILS}),
        ("expected_attendees", 40, {Edit.DETAILS}),
        ("slug", "other", {Edit.DETAILS}),
        ("notes", "rain", {Edit.NOTES}),
        ("plan_state", PlanState.LOCKED, set()),
    ],
)
def test_each_field_of_an_event_belongs_to_one_edit(field, value, edits):
    event = an_event(PlanState.DRAFT)

    assert edits_between(event, attrs.evolve(event, **{field: value})) == edits


def test_a_change_of_notes_and_name_needs_leave_for_both():
    event = an_event(PlanState.DRAFT)

    assert edits_between(event, attrs.evolve(event, name="Other", notes="rain")) == {Edit.DETAILS, Edit.NOTES}
    assert edits_between(event, event) == set()
