"""What a person is told to do when the state of a plan forbids a change: one line for each pair that is refused."""

from __future__ import annotations

import datetime

import pytest

from plandoc import records
from plandoc.domain import states
from plandoc.domain.states import Edit
from plandoc.errors import PlanStateError
from plandoc.records import PlanState

DRAFT, LOCKED, IN_PRODUCTION, COMPLETED = PlanState
LOCK_FIRST = "lock the plan first, with lock_plan(7)"
START_FIRST = "start production first, with start_production(7), or go back with unlock_plan(7)"
ON_ONLY = "a started plan never goes back; it can be amended, or completed with complete_production(7)"
DONE = "a completed plan stays as it is"
AMEND_GOODS = (
    "amend it with add_finished_good(7, finished_good_id, quantity, reason), "
    "drop_finished_good(7, finished_good_id, reason) or change_quantity(7, finished_good_id, quantity, reason)"
)
AMEND_BATCHES = "amend it with modify_batch_decision(7, finished_unit_id, batches, reason)"
NOTES_ONLY = "only its notes can change now"
DISCARD = "remove_event(7, discard_history=True) removes it with its snapshot"

WAYS_OUT = {
    (Edit.DETAILS, COMPLETED): ("change the event's name, date or attendees", NOTES_ONLY),
    (Edit.SELECTION, LOCKED): ("change the selected recipes and goods", "go back to DRAFT with unlock_plan(7)"),
    (Edit.SELECTION, IN_PRODUCTION): ("change the selected recipes and goods", AMEND_GOODS),
    (Edit.SELECTION, COMPLETED): ("change the selected recipes and goods", DONE),
    (Edit.DECISIONS, IN_PRODUCTION): ("change batch decisions", AMEND_BATCHES),
    (Edit.DECISIONS, COMPLETED): ("change batch decisions", DONE),
    (Edit.AMENDMENTS, DRAFT): ("amend the plan", LOCK_FIRST),
    (Edit.AMENDMENTS, LOCKED): ("amend the plan", START_FIRST),
    (Edit.AMENDMENTS, COMPLETED): ("amend the plan", DONE),
    (Edit.RUNS, DRAFT): ("record production", LOCK_FIRST),
    (Edit.RUNS, LOCKED): ("record production", START_FIRST),
    (Edit.RUNS, COMPLETED): ("record production", DONE),
    (Edit.REMOVAL, IN_PRODUCTION): ("remove the event", DISCARD),
    (Edit.REMOVAL, COMPLETED): ("remove the event", DISCARD),
    (states.LOCK, LOCKED): ("lock the plan", START_FIRST),
    (states.LOCK, IN_PRODUCTION): ("lock the plan", ON_ONLY),
    (states.LOCK, COMPLETED): ("lock the plan", DONE),
    (states.UNLOCK, DRAFT): ("unlock the plan", LOCK_FIRST),
    (states.UNLOCK, IN_PRODUCTION): ("unlock the plan", ON_ONLY),
    (states.UNLOCK, COMPLETED): ("unlock the plan", DONE),
    (states.START, DRAFT): ("start production", LOCK_FIRST),
    (states.START, IN_PRODUCTION): ("start production", ON_ONLY),
    (states.START, COMPLETED): ("start production", DONE),
    (states.COMPLETE, DRAFT): ("complete production", LOCK_FIRST),
    (states.COMPLETE, LOCKED): ("complete production", START_FIRST),
    (states.COMPLETE, COMPLETED): ("complete production", DONE),
}


def refusal(change: Edit | states.Step, state: PlanState) -> PlanStateError | None:
    event = records.Event("Fair", datetime.date(2026, 12, 25), plan_state=state, id=7)
    try:
        states.check_edit(event, change) if isinstance(change, Edit) else states.check_step(event, change)
    except PlanStateError as error:
        return error
    return None


def test_every_pair_that_is_refused_is_in_this_table():
    refused = {(change, state) for change in (*Edit, *states.STEPS) for state in PlanState if refusal(change, state)}

    assert refused == set(WAYS_OUT)


@pytest.mark.parametrize(("pair", "told"), WAYS_OUT.items(), ids=lambda value: None)
def test_a_refused_change_is_named_and_followed_by_what_can_be_done_instead(pair, told):
    error = refusal(*pair)

    assert error is not None
    assert (error.attempted_action, error.hint) == told
    assert str(error) == f"cannot {told[0]}: the plan of 'Fair' (event 7) is {pair[1].name}; {told[1]}"


def test_rows_of_an_event_are_guarded_by_the_change_that_they_are():
    assert dict(states.EDITS_OF_TABLES) == {
        records.EventRecipe: Edit.SELECTION,
        records.EventFinishedGood: Edit.SELECTION,
        records.BatchDecision: Edit.DECISIONS,
        records.PlanAmendment: Edit.AMENDMENTS,
        records.ProductionRun: Edit.RUNS,
        records.AssemblyRun: Edit.RUNS,
        records.VoidedRun: Edit.RUNS,
    }
