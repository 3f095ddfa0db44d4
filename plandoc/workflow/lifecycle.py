"""The lifecycle of a plan: DRAFT, LOCKED, IN_PRODUCTION, COMPLETED, one step at a time."""

from __future__ import annotations

from plandoc.domain.states import COMPLETE, LOCK, START, UNLOCK, Step, check_step
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session, unit_of_work
from plandoc.fields import evolved
from plandoc.records import Event, PlanState
from plandoc.snapshots import snapshot_of
from plandoc.store import NO_SESSION, changes


@changes("lock a plan")
def lock_plan(event_id: EventRef, session: Session = NO_SESSION) -> Event:
    """Lock a plan that is DRAFT: its recipes, goods and quantities can no longer change. Returns the event.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when the plan is not DRAFT.
    """
    return _moved(session.event(event_id), LOCK, session)


@changes("unlock a plan")
def unlock_plan(event_id: EventRef, session: Session = NO_SESSION) -> Event:
    """Unlock a plan that is LOCKED, so that it is DRAFT again. Returns the event.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when the plan is not LOCKED.
    """
    return _moved(session.event(event_id), UNLOCK, session)


@changes("start production")
def start_production(event_id: EventRef, session: Session = NO_SESSION) -> Event:
    """Write the snapshot of a plan that is LOCKED and move it to IN_PRODUCTION, in one write. Returns the event.

    Even after a crash, either both the snapshot and the new state are there, or neither is.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when the plan is not LOCKED, so a second call is refused and changes nothing.
    """
    event = session.event(event_id)
    check_step(event, START)
    # Before the state: when it fails, the plan must be unchanged. It refuses a plan with two snapshots, too.
    snapshot_of(event, session)
    return _in_state(START.after, event, session)


@changes("complete production")
def complete_production(event_id: EventRef, session: Session = NO_SESSION) -> Event:
    """Complete a plan that is IN_PRODUCTION; nothing but its notes changes any more. Returns the event.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    return _moved(session.event(event_id), COMPLETE, session)


def _moved(event: Event, step: Step, session: Session) -> Event:
    check_step(event, step)
    # A plan with two snapshots is refused: it is unknown which one was started.
    unit_of_work(session).snapshot(event.id)
    return _in_state(step.after, event, session)


def _in_state(state: PlanState, event: Event, session: Session) -> Event:
    return unit_of_work(session).replace(evolved(event, plan_state=state))
