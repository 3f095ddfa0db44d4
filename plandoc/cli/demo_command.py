"""`plandoc demo`: the sample bakery from an empty folder to production, step by step."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from plandoc.cli import printing, sample
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder, Place
from plandoc.cli.messages import state_in_words
from plandoc.cli.program import called, quoted
from plandoc.cli.snapshot_command import print_snapshot
from plandoc.errors import PlandocError
from plandoc.records import Event
from plandoc.snapshots import get_plan_snapshot
from plandoc.store import Store
from plandoc.workflow import lifecycle


def demo(path: Annotated[Path | None, Parameter("FOLDER")] = None, /, *, folder: Folder) -> None:
    """Build a sample bakery, plan an event, lock it, start production and show the snapshot.

    Args:
        path: A new or empty folder for the sample; by default a new temporary folder, which is kept.

    Examples:
        plandoc demo
        plandoc demo my-demo
    """
    # Not the folder of PLANDOC_DATA: the demo must not end up among real plans.
    chosen: Place | None = path or folder.given
    where = Folder(chosen or Path(tempfile.mkdtemp(prefix="plandoc-demo-")))
    path = where.path
    sample.check_empty(path)
    with where.open(create=True) as store:
        folder.work_log.end(f"the demo was started in {path}")
        event = _build_and_plan(path, store)
        event = _lock_and_start(event, store)
        taken = store.read(lambda session: get_plan_snapshot(event.id, session=session))
        if taken is None:
            raise PlandocError("the demo ended without a snapshot; please report this as a bug of plandoc")
        printing.say("5. This is the snapshot:")
        printing.say()
        print_snapshot(event, taken)
    printing.say()
    printing.say(f"{event.name} is {state_in_words(event.plan_state)}. Look around in the folder:")
    for line in (f"event show {event.slug}", "check"):
        printing.say(f"   {called()} --data {quoted(str(path))} {line}", wraps=False)


def _build_and_plan(path: Path, store: Store) -> Event:
    printing.say(f"1. Building a sample bakery in {path}:")
    with store.session("build the sample") as session:
        sample.add_bakery(session)
        event = sample.add_event(session)
    printing.say("   ingredients, stock, recipes, goods and one event without a plan yet,")
    printing.say("   all saved as JSON files that you can read.")
    printing.say(f"2. Planning {event.name!r} on {event.event_date}, for {event.expected_attendees} people:")
    with store.session("plan the event") as session:
        sample.plan_event(event, session)
    chosen = f"{len(sample.RECIPES)} recipes, {len(sample.QUANTITIES)} goods"
    printing.say(f"   {chosen} and the batches of {len(sample.BATCHES)} units, saved in one write.")
    return event


def _lock_and_start(event: Event, store: Store) -> Event:
    printing.say("3. Locking the plan, so that its recipes and goods cannot change by mistake.")
    with store.session("lock a plan") as session:
        lifecycle.lock_plan(event.id, session=session)
    printing.say("4. Starting production: the plan as it is now is kept permanently, as a snapshot,")
    with store.session("start production") as session:
        started = lifecycle.start_production(event.id, session=session)
    printing.say("   and the event is IN_PRODUCTION; in one write, so that a crash leaves both or neither.")
    return started
