"""`plandoc event copy`: a new plan from one that is there."""

from __future__ import annotations

import datetime
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import counted
from plandoc.cli.namesakes import find_namesakes, report_namesakes
from plandoc.cli.program import quoted
from plandoc.engine.session import Session
from plandoc.records import Event
from plandoc.workflow.event_copy import EventCopy, copy_event


def copy(
    event: str,
    name: Annotated[str, Parameter("NAME", words="TEXT")],
    /,
    *,
    date: datetime.date,
    attendees: int | None = None,
    again: bool = False,
    folder: Folder,
) -> None:
    """Copy the recipes, goods and batch decisions of an event into a new one, whose plan is a DRAFT.

    The event can be in any state; what was amended is copied as it is now. Recipes and goods mean what they are in the
    catalog today. Snapshot, amendments, runs and notes stay with the original.

    Args:
        event: The event to copy, by its short name or number.
        name: The name of the new event.
        date: The day of the new event, such as 2026-12-25.
        attendees: How many people are expected at the new event.
        again: Copy it even if an event of this name exists on this day.

    Examples:
        plandoc event copy harbour-market 'Harbour Market in June' --date 2026-06-20 --attendees 280
    """

    def work(session: Session) -> tuple[EventCopy, list[Event]]:
        namesakes = find_namesakes(name, date, session, again=again)
        return copy_event(event_id(event, session), name, date, attendees, session=session), namesakes

    done, namesakes = folder.change("copy an event", work)
    made = done.event
    printing.say(f"added {made.name!r} on {made.event_date} as {made.slug} (event {made.id}), a DRAFT")
    parts = ((done.recipes, "recipe"), (done.goods, "good"), (done.decisions, "batch decision"))
    printing.say(f"copied from {done.original.slug}: {', '.join(counted(len(many), one) for many, one in parts)}")
    report_namesakes(namesakes)
    _say_what_differs(done)


def _say_what_differs(done: EventCopy) -> None:
    for recipe in done.added_recipes:
        printing.say(f"recipe added, because a good needs it today: {recipe.name}")
    for unit in done.undecided:
        again = f"plandoc plan decide {quoted(done.event.slug)} --enough"
        printing.say(f"not copied, because these batches would be short today: {unit.name}; decide with '{again}'")
