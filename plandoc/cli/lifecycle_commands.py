"""`plandoc lock`, `unlock`, `start`, `complete` and `snapshot`: the states of a plan."""

from __future__ import annotations

from collections.abc import Callable

from plandoc.cli import printing
from plandoc.cli.concerns import Concern
from plandoc.cli.confirm import ConfirmedAction, move, run_if_confirmed
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import state_in_words
from plandoc.cli.program import quoted
from plandoc.domain import states
from plandoc.domain.batches import batches_in_words
from plandoc.domain.local_time import format_timestamp
from plandoc.domain.progress import Progress
from plandoc.domain.replay import original
from plandoc.engine.session import Session
from plandoc.errors import PlandocError
from plandoc.records import Event, EventId, PlanSnapshot
from plandoc.snapshots import get_plan_snapshot
from plandoc.workflow import lifecycle
from plandoc.workflow.catalog import find_by_key
from plandoc.workflow.production import get_progress


def lock(event: str, /, *, yes: bool = False, folder: Folder) -> int:
    """Lock the plan of an event: its recipes and goods can no longer change.

    Shows anything to review in it first, and asks for confirmation.

    Examples:
        plandoc lock harbour-market
    """
    moved = move(event, states.LOCK, lifecycle.lock_plan, "Lock it anyway?", folder, yes=yes)
    if moved is None:
        return 1
    _say_state(moved)
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
    _say_state(moved)
    printing.say(f"its snapshot is kept; see it with 'plandoc snapshot {event}'")
    return 0


def complete(event: str, /, *, yes: bool = False, folder: Folder) -> int:
    """Complete the production of an event: after that only its notes can change. This cannot be undone.

    Shows batches that are not baked and goods that are not packed first, and asks for confirmation.

    Examples:
        plandoc complete harbour-market
    """

    def find_concerns(session: Session) -> list[Concern]:
        found = session.event(event_id(event, session))
        states.check_step(found, states.COMPLETE)
        return _left_undone(get_progress(found.id, session=session), event)

    def make(session: Session) -> tuple[Event, Progress]:
        completed = lifecycle.complete_production(event_id(event, session), session=session)
        return completed, get_progress(completed.id, session=session)

    question = "Complete it anyway? This cannot be undone."
    action = ConfirmedAction(states.COMPLETE.action, find_concerns, make, _not_done_yet, question)
    done = run_if_confirmed(action, folder, yes=yes, is_silent=True)
    if done is None:
        return 1
    completed, progress = done
    _say_state(completed)
    for concern in _left_undone(progress, event):
        printing.say(f"left undone: {concern.message}")
    return 0


def _not_done_yet(number: int) -> str:
    return "1 item is not done yet:" if number == 1 else f"{number} items are not done yet:"


def _left_undone(progress: Progress, key: str) -> list[Concern]:
    event = quoted(key)
    unbaked = [
        Concern(
            f"{one.unit.name}: {one.batches_done} of {batches_in_words(one.batches_decided)} baked",
            f"record what was baked with 'plandoc bake {event} {one.unit.slug} {one.batches_undone}'",
        )
        for one in progress.undone_units
    ]
    unpacked = [
        Concern(
            f"{one.good.name}: {one.assembled} of {one.wanted} packed",
            f"record what was packed with 'plandoc pack {event} {one.good.slug} {one.undone}'",
        )
        for one in progress.undone_goods
    ]
    return [*unbaked, *unpacked]


def snapshot(event: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show the plan of an event as it was when production started.

    Args:
        json: Print the snapshot's data as JSON.

    Examples:
        plandoc snapshot harbour-market
    """
    found, taken = folder.read(lambda session: _snapshot(event, session))
    if json:
        printing.print_json(taken.snapshot_data)
    else:
        print_snapshot(found, taken)


def print_snapshot(event: Event, taken: PlanSnapshot) -> None:
    """Show a snapshot as tables."""
    data = taken.snapshot_data
    # Validates the numbers, because another program may have changed the file.
    original(data)
    printing.say(f"Snapshot of {event.name!r} (event {event.id}), taken {format_timestamp(taken.created_at)}")
    number = [printing.Column("id", is_number=True)]
    printing.print_table(
        "Recipes",
        [*number, printing.Column("recipe"), printing.Column("name")],
        [(row["recipe_id"], row.get("recipe_slug"), row.get("recipe_name")) for row in data["recipes"]],
        when_empty="none",
        is_one_of_several=True,
    )
    printing.print_table(
        "Goods",
        [*number, printing.Column("good"), printing.Column("name"), printing.Column("quantity", is_number=True)],
        [(row["fg_id"], row.get("fg_slug"), row.get("fg_name"), row["quantity"]) for row in data["finished_goods"]],
        when_empty="none",
        is_one_of_several=True,
    )
    printing.print_table(
        "Batches",
        [
            printing.Column("unit"),
            printing.Column("recipe"),
            printing.Column("batches", is_number=True),
            printing.Column("yield each", is_number=True),
        ],
        [
            (row.get("finished_unit_slug"), row.get("recipe_name"), row["batches"], row.get("yield_per_batch"))
            for row in data["batch_decisions"]
        ],
        when_empty="none",
        is_one_of_several=True,
    )


def _step(folder: Folder, key: str, action: str, step: Callable[[EventId, Session], Event]) -> None:
    _say_state(folder.change(action, lambda session: step(event_id(key, session), session)))


def _say_state(moved: Event) -> None:
    printing.say(f"{moved.name} (event {moved.id}) is {state_in_words(moved.plan_state)} now")


def _snapshot(key: str, session: Session) -> tuple[Event, PlanSnapshot]:
    event = find_by_key(Event, key, session=session)
    taken = get_plan_snapshot(event.id, session=session)
    if taken is None:
        raise PlandocError(f"{event.name!r} has no snapshot yet; 'plandoc start {event.slug}' takes one")
    return event, taken
