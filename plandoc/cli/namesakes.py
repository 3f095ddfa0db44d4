"""Events of one name: a second one on the same day is added only on request, and others are reported."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from plandoc.cli import printing
from plandoc.engine.session import Session
from plandoc.errors import PlandocError
from plandoc.records import Event


def find_namesakes(name: str, date: datetime.date, session: Session, *, again: bool) -> list[Event]:
    """Return the events that have the name of one that is to be added, in any case.

    Raises:
        PlandocError: when one of them is on the same day, because a command was probably run twice; unless `again`.
    """
    wanted = name.strip().casefold()
    namesakes = [one for one in session.find(Event) if one.name.casefold() == wanted]
    same_day = [one for one in namesakes if one.event_date == date]
    if same_day and not again:
        there = f"{_called(same_day[0])} already exists as {same_day[0].slug} (event {same_day[0].id})"
        raise PlandocError(f"{there}; nothing was added; pass --again to add another event of this name")
    return namesakes


def report_namesakes(namesakes: Iterable[Event]) -> None:
    """Print the events that have the name of one that was added."""
    for other in namesakes:
        printing.say(f"there is also {_called(other)}, {other.slug} (event {other.id})")


def _called(event: Event) -> str:
    return f"{event.name!r} on {event.event_date}"
