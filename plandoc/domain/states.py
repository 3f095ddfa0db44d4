"""What may be done to a plan in which state: the one table that every change is checked against."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

import attrs

from plandoc import records
from plandoc.errors import PlanStateError
from plandoc.errors.hints import Hint, Named, filled, wording
from plandoc.frozen import frozen
from plandoc.records import PlanState

_DRAFT, _LOCKED, _IN_PRODUCTION, _COMPLETED = PlanState


class Edit(enum.Enum):
    """A kind of change; the value is how a person calls it."""

    DETAILS = "change the event's name, date or attendees"
    NOTES = "change the event's notes"
    SELECTION = "change the selected recipes and goods"
    DECISIONS = "change batch decisions"
    AMENDMENTS = "amend the plan"
    RUNS = "record production"
    REMOVAL = "remove the event"


ALLOWED: Mapping[Edit, tuple[PlanState, ...]] = MappingProxyType(
    {
        Edit.DETAILS: (_DRAFT, _LOCKED, _IN_PRODUCTION),
        Edit.NOTES: tuple(PlanState),
        Edit.SELECTION: (_DRAFT,),
        Edit.DECISIONS: (_DRAFT, _LOCKED),
        Edit.AMENDMENTS: (_IN_PRODUCTION,),
        Edit.RUNS: (_IN_PRODUCTION,),
        Edit.REMOVAL: (_DRAFT, _LOCKED),
    }
)


@frozen
class Step:
    """A move of a plan from one state to the next."""

    action: str
    before: PlanState
    after: PlanState


LOCK = Step("lock the plan", _DRAFT, _LOCKED)
UNLOCK = Step("unlock the plan", _LOCKED, _DRAFT)
START = Step("start production", _LOCKED, _IN_PRODUCTION)
COMPLETE = Step("complete production", _IN_PRODUCTION, _COMPLETED)
STEPS: tuple[Step, ...] = (LOCK, UNLOCK, START, COMPLETE)

_HINTS_ON: Mapping[PlanState, str] = MappingProxyType(
    {
        _DRAFT: wording("lock the plan first, with {lock}", lock=Hint.LOCK()),
        _LOCKED: wording(
            "start production first, with {start}, or go back with {unlock}", start=Hint.START(), unlock=Hint.UNLOCK()
        ),
        _IN_PRODUCTION: wording(
            "a started plan never goes back; it can be amended, or completed with {complete}", complete=Hint.COMPLETE()
        ),
        _COMPLETED: "a completed plan stays as it is",
    }
)
_HINTS: Mapping[tuple[Edit, PlanState], str] = MappingProxyType(
    {
        (Edit.SELECTION, _LOCKED): wording("go back to DRAFT with {unlock}", unlock=Hint.UNLOCK()),
        (Edit.SELECTION, _IN_PRODUCTION): wording(
            "amend it with {add}, {drop} or {change}",
            add=Hint.ADD_GOOD(),
            drop=Hint.DROP_GOOD(),
            change=Hint.CHANGE_QUANTITY(),
        ),
        (Edit.DECISIONS, _IN_PRODUCTION): wording("amend it with {change}", change=Hint.CHANGE_BATCHES()),
        (Edit.DETAILS, _COMPLETED): "only its notes can change now",
        (Edit.REMOVAL, _IN_PRODUCTION): wording("{remove} removes it with its snapshot", remove=Hint.REMOVE_EVENT()),
        (Edit.REMOVAL, _COMPLETED): wording("{remove} removes it with its snapshot", remove=Hint.REMOVE_EVENT()),
    }
)

EDITS_OF_TABLES: Mapping[type, Edit] = MappingProxyType(
    {
        records.EventRecipe: Edit.SELECTION,
        records.EventFinishedGood: Edit.SELECTION,
        records.BatchDecision: Edit.DECISIONS,
        records.PlanAmendment: Edit.AMENDMENTS,
        records.ProductionRun: Edit.RUNS,
        records.AssemblyRun: Edit.RUNS,
        records.VoidedRun: Edit.RUNS,
    }
)


def check_edit(event: records.Event, edit: Edit) -> None:
    """Refuse a change that the state of the event's plan does not allow.

    Raises:
        PlanStateError: with the way out.
    """
    if event.plan_state not in ALLOWED[edit]:
        hint = _HINTS.get((edit, event.plan_state), _HINTS_ON[event.plan_state])
        raise _refused(event, edit.value, hint)


def check_step(event: records.Event, step: Step) -> None:
    """Refuse a step that does not start from the state the event's plan is in.

    Raises:
        PlanStateError: with the way out.
    """
    if event.plan_state is not step.before:
        raise _refused(event, step.action, _HINTS_ON[event.plan_state])


def _refused(event: records.Event, action: str, hint: str) -> PlanStateError:
    known = filled(hint, event=Named(event.id, event.slug))
    return PlanStateError(event.id, event.plan_state, action, known, event.name)


def edits_between(before: records.Event, after: records.Event) -> set[Edit]:
    """Return the kinds of change that lead from one version of an event to another."""
    edits = set()
    if before.notes != after.notes:
        edits.add(Edit.NOTES)
    if attrs.evolve(before, notes=after.notes, plan_state=after.plan_state) != after:
        edits.add(Edit.DETAILS)
    return edits
