"""What is doubtful is shown, and a person asked whether to go on all the same.

Nobody waits for the answer: it is asked while nothing is locked. So the plan may change meanwhile, and the write goes
on only if it meets nothing but what the answer was about.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.cli.doubts import Doubt, doubts_in
from plandoc.cli.lookup import event_id
from plandoc.domain.states import Step, check_step
from plandoc.engine.session import Session
from plandoc.errors import PlandocError
from plandoc.frozen import frozen
from plandoc.records import Event

T = TypeVar("T")

_AGREEING = frozenset({"y", "yes"})


@frozen
class Wanted(Generic[T]):
    """What a command is to do once its doubts are agreed to.

    Attributes:
        action: What it is, shown to other processes that wait for the lock.
        look: Returns what needs agreement, in the session in which it is then done.
        make: Does it.
        title: The heading of what needs agreement, for so many.
        question: What is asked.
    """

    action: str
    look: Callable[[Session], Sequence[Doubt]]
    make: Callable[[Session], T]
    title: Callable[[int], str]
    question: str


def show_doubts(title: str, doubts: Sequence[Doubt], *, is_one_of_several: bool = False) -> None:
    """Show doubts, each with its hint, or that there are none.

    Args:
        title: The heading.
        doubts: What there is.
        is_one_of_several: Whether other tables are shown beside.
    """
    if is_one_of_several and (sys.stdout.isatty() or not doubts):
        printing.say()
    if not doubts:
        printing.say("nothing to review")
    elif sys.stdout.isatty():
        printing.print_numbered(title, [doubt.parts for doubt in doubts])
    elif all(doubt.kind for doubt in doubts):
        columns = [printing.Column(heading) for heading in ("kind", "finding", "hint")]
        rows = [(doubt.kind, doubt.message, doubt.hint) for doubt in doubts]
        printing.print_table("Findings", columns, rows, when_empty="none", is_one_of_several=is_one_of_several)
    else:
        for line in _lines(title, doubts):
            printing.say(line)


def to_review(number: int) -> str:
    """Return the heading of findings.

    >>> to_review(1)
    '1 finding to review:'
    """
    return f"{counted(number)} to review:"


def counted(findings: int) -> str:
    """Return how many findings there are.

    >>> counted(0)
    '0 findings'
    """
    return "1 finding" if findings == 1 else f"{findings} findings"


def move(
    key: str, step: Step, make: Callable[[int, Session], Event], question: str, folder: Folder, *, yes: bool
) -> Event | None:
    """Move the plan of an event on; when there are findings, only if a person agrees to them.

    Args:
        key: The event, as it was typed.
        step: From which state to which.
        make: Makes the step.
        question: What is asked when there are findings.
        folder: Where the event is.
        yes: Agree to whatever is found.

    Returns:
        The event as it is now; None when the answer was no, and nothing was changed.

    Raises:
        PlandocError: when there are findings, and nobody to ask.
    """

    def look(session: Session) -> list[Doubt]:
        # Before the review: a step that will be refused is not asked about.
        check_step(session.event(event_id(key, session)), step)
        return doubts_in(key, session)

    wanted = Wanted(step.action, look, lambda session: make(event_id(key, session), session), to_review, question)
    return do_if_agreed(wanted, folder, yes=yes)


def do_if_agreed(wanted: Wanted[T], folder: Folder, *, yes: bool, is_silent: bool = False) -> T | None:
    """Do what is wanted; when there are doubts, only if a person agrees to them.

    Args:
        wanted: What.
        folder: Where.
        yes: Agree to whatever there is.
        is_silent: Whether what was agreed to with `yes` is not shown.

    Returns:
        What came of it; None when the answer was no, and nothing was changed.

    Raises:
        PlandocError: when there are doubts, and no terminal to ask at.
    """
    agreed: Sequence[Doubt] = ()
    while True:
        done, doubts = _do_if_agreed(wanted, folder, agreed=agreed, yes=yes)
        if done:
            if yes and doubts and not is_silent:
                show_doubts(wanted.title(len(doubts)), doubts)
            return done[0]
        if not _is_somebody_there():
            raise _nobody_to_ask(wanted.title(len(doubts)), doubts)
        if agreed:
            printing.say("the plan was changed meanwhile; nothing was done yet")
        show_doubts(wanted.title(len(doubts)), doubts)
        if not _agrees(wanted.question):
            printing.say("nothing was changed")
            return None
        agreed = doubts


def _do_if_agreed(
    wanted: Wanted[T], folder: Folder, *, agreed: Iterable[Doubt], yes: bool
) -> tuple[tuple[T, ...], Sequence[Doubt]]:
    """Do what is wanted if all doubts are agreed to; return what came of it, or nothing, and the doubts."""

    def guarded(session: Session) -> tuple[tuple[T, ...], Sequence[Doubt]]:
        doubts = wanted.look(session)
        if not yes and not set(doubts) <= set(agreed):
            return (), doubts
        return (wanted.make(session),), doubts

    return folder.change(wanted.action, guarded)


def _is_somebody_there() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _agrees(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in _AGREEING
    except (EOFError, KeyboardInterrupt) as ended:
        # The cursor still stands behind the question.
        printing.say()
        if isinstance(ended, KeyboardInterrupt):
            raise
        return False


def _nobody_to_ask(title: str, doubts: Sequence[Doubt]) -> PlandocError:
    end = "nothing was changed: this needs confirmation and there is no terminal; pass --yes to continue"
    return PlandocError("\n".join([*_lines(title, doubts), end]))


def _lines(title: str, doubts: Sequence[Doubt]) -> list[str]:
    return [title, *(" - ".join(doubt.parts) for doubt in doubts)]
