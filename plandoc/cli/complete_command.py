"""`plandoc complete`: the end of a plan, after what is left undone was confirmed."""

from __future__ import annotations

from plandoc.cli import printing
from plandoc.cli.concerns import Concern
from plandoc.cli.confirm import ConfirmedAction, run_if_confirmed
from plandoc.cli.data_folder import Folder
from plandoc.cli.lifecycle_commands import say_state
from plandoc.cli.lookup import event_id
from plandoc.cli.program import quoted
from plandoc.domain import states
from plandoc.domain.batches import batches_in_words
from plandoc.domain.progress import Progress
from plandoc.engine.session import Session
from plandoc.records import Event
from plandoc.workflow import lifecycle
from plandoc.workflow.production import get_progress


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
    say_state(completed)
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
