"""`plandoc lock`, `unlock` and `start`: the states of a plan; `complete` is in a file of its own, because it needs much more."""

from __future__ import annotations

from collections.abc import Callable

from plandoc.cli import printing
from plandoc.cli.confirm import move
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import state_in_words
from plandoc.domain import states
from plandoc.engine.session import Session
from plandoc.records import Event, EventId
from plandoc.workflow import lifecycle


def lock(event: str, /, *, yes: bool = False, folder: Folder) -> int:
    """Lock the plan of an event: its recipes and goods can no longer change.

    Shows anything to review in it first, and asks for confirmation.

    Examples:
        plandoc lock harbour-market
    """
    moved = move(event, states.LOCK, lifecycle.lock_plan, "Lock it anyway?", folder, yes=yes)
    if moved is None:
        return 1
    say_state(moved)
    return 0


def unlock(event: str, /, *, folder: Folder) -> None:
    """Unlock a locked plan to change its recipes and goods again.

    Examples:
        plandoc unlock harbour-market
    """
    _step(folder, event, "unlock a plan", lifecycle.unlock_plan)


def start(event: str, /, *, yes: bool = False, folder: Folder) -> int:
    """Start production of a locked plan: its snapshot is kept permanently.

    Shows anything to review in it first, and asks for confirmation.

    Examples:
        plandoc start harbour-market
    """
    moved = move(event, states.START, lifecycle.start_production, "Start it anyway?", folder, yes=yes)
    if moved is None:
        return 1
    say_state(moved)
    printing.say(f"its snapshot is kept; see it with 'plandoc snapshot {event}'")
    return 0


def _step(folder: Folder, key: str, action: str, step: Callable[[EventId, Session], Event]) -> None:
    say_state(folder.change(action, lambda session: step(event_id(key, session), session)))


def say_state(moved: Event) -> None:
    """Say in which state an event is now."""
    printing.say(f"{moved.name} (event {moved.id}) is {state_in_words(moved.plan_state)} now")
