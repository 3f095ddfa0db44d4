"""Asking for confirmation before a command does something questionable.

The question is asked while nothing is locked, so that no other process waits for the answer. The plan may therefore
change in the meantime, and the write goes on only if it meets no concern other than those that were confirmed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from plandoc.cli import printing
from plandoc.cli.asking import is_confirmed, is_interactive
from plandoc.cli.concerns import Concern, concerns_in_plan
from plandoc.cli.data_folder import Folder
from plandoc.cli.lookup import event_id
from plandoc.cli.messages import counted
from plandoc.domain.states import Step, check_step
from plandoc.engine.session import Session
from plandoc.errors import PlandocError
from plandoc.frozen import frozen
from plandoc.records import Event, EventId

T = TypeVar("T")


@frozen
class ConfirmedAction(Generic[T]):
    """What a command does once its concerns are confirmed.

    Attributes:
        action: What it does, shown to other processes that wait for the lock.
        find_concerns: Returns what needs confirmation, in the session in which the action then runs.
        run: Runs it.
        title: Returns the heading for a number of concerns.
        question: The question to ask.
    """

    action: str
    find_concerns: Callable[[Session], Sequence[Concern]]
    run: Callable[[Session], T]
    title: Callable[[int], str]
    question: str


def show_concerns(title: str, concerns: Sequence[Concern], *, is_one_of_several: bool = False) -> None:
    """Show concerns, each with its hint, or that there are none.

    Args:
        title: The heading.
        concerns: What there is.
        is_one_of_several: Whether other tables are shown as well.
    """
    if is_one_of_several and (sys.stdout.isatty() or not concerns):
        printing.say()
    if not concerns:
        printing.say("nothing to review")
    elif sys.stdout.isatty():
        printing.print_numbered(title, [concern.parts for concern in concerns])
    elif all(concern.kind for concern in concerns):
        columns = [printing.Column(heading) for heading in ("kind", "finding", "hint")]
        rows = [(concern.kind, concern.message, concern.hint) for concern in concerns]
        printing.print_table("Findings", columns, rows, when_empty="none", is_one_of_several=is_one_of_several)
    else:
        for line in _lines(title, concerns):
            printing.say(line)


def review_title(number: int) -> str:
    """Return the heading of findings.

    >>> review_title(1)
    '1 finding to review:'
    """
    return f"{counted(number, 'finding')} to review:"


def move(
    key: str, step: Step, make: Callable[[EventId, Session], Event], question: str, folder: Folder, *, yes: bool
) -> Event | None:
    """Advance the plan of an event; when there are findings, only if a person confirms.

    Args:
        key: The event, as it was typed.
        step: From which state to which.
        make: Makes the step.
        question: The question to ask when there are findings.
        folder: Where the event is.
        yes: Confirm whatever is found.

    Returns:
        The event as it is now; None when the answer was no and nothing was changed.

    Raises:
        PlandocError: when there are findings and there is no terminal to ask at.
    """

    def find_concerns(session: Session) -> list[Concern]:
        # Before the review: no question about a step that will be refused.
        check_step(session.event(event_id(key, session)), step)
        return concerns_in_plan(key, session)

    action = ConfirmedAction(
        step.action, find_concerns, lambda session: make(event_id(key, session), session), review_title, question
    )
    return run_if_confirmed(action, folder, yes=yes)


def run_if_confirmed(action: ConfirmedAction[T], folder: Folder, *, yes: bool, is_silent: bool = False) -> T | None:
    """Run an action; when there are concerns, only if a person confirms.

    Args:
        action: The action.
        folder: Where to run it.
        yes: Confirm whatever is found.
        is_silent: Whether concerns that were confirmed with `yes` are not shown.

    Returns:
        Its result; None when the answer was no and nothing was changed.

    Raises:
        PlandocError: when there are concerns and there is no terminal to ask at.
    """
    confirmed: Sequence[Concern] = ()
    while True:
        done, concerns = _try(action, folder, confirmed=confirmed, yes=yes)
        if done:
            if yes and concerns and not is_silent:
                show_concerns(action.title(len(concerns)), concerns)
            return done[0]
        if not is_interactive():
            raise _no_terminal(action.title(len(concerns)), concerns)
        if confirmed:
            printing.say("the plan was changed in the meantime; nothing was done yet")
        show_concerns(action.title(len(concerns)), concerns)
        if not is_confirmed(action.question):
            printing.say("nothing was changed")
            return None
        confirmed = concerns


def _try(
    action: ConfirmedAction[T], folder: Folder, *, confirmed: Iterable[Concern], yes: bool
) -> tuple[tuple[T, ...], Sequence[Concern]]:
    """Run an action if all its concerns are confirmed; return its result, or nothing, and the concerns."""

    def guarded(session: Session) -> tuple[tuple[T, ...], Sequence[Concern]]:
        concerns = action.find_concerns(session)
        if not yes and not set(concerns) <= set(confirmed):
            return (), concerns
        return (action.run(session),), concerns

    return folder.change(action.action, guarded)


def _no_terminal(title: str, concerns: Sequence[Concern]) -> PlandocError:
    end = "nothing was changed: this needs confirmation and there is no terminal; pass --yes to continue"
    return PlandocError("\n".join([*_lines(title, concerns), end]))


def _lines(title: str, concerns: Sequence[Concern]) -> list[str]:
    return [title, *(" - ".join(concern.parts) for concern in concerns)]
