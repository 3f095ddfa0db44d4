"""What is to be reviewed is shown, and a person asked whether to go on all the same.

Nobody waits for the answer: it is asked while nothing is locked. So the plan may change meanwhile, and the write goes
on only if it meets no finding but those that the answer was about.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.finding import event_id
from plandoc.cli.folder import Folder
from plandoc.cli.parameters import Parameter
from plandoc.cli.wording import as_said_here
from plandoc.errors import PlandocError
from plandoc.planning.reviewing import review_plan
from plandoc.records import Event, Finding
from plandoc.sessions import Session
from plandoc.states import Step, check_step
from plandoc.values import frozen

# Agree to what is found, without being asked.
Yes = Annotated[bool, Parameter(name="--yes", negative="", show_default=False)]
_AGREEING = frozenset({"y", "yes"})


@frozen
class Move:
    """A step of a plan that is to be reviewed before.

    Attributes:
        step: From which state to which.
        make: Makes it, in a session.
        question: What is asked when there are findings.
    """

    step: Step
    make: Callable[[int, Session], Event]
    question: str


def show_findings(findings: Sequence[Finding], event: str, *, is_one_of_several: bool = False) -> None:
    """Show findings, each with its way out, or that there are none.

    Args:
        findings: What a review found.
        event: What the way out calls the event.
        is_one_of_several: Whether other tables are shown beside.
    """
    in_words = [_in_words(finding, event) for finding in findings]
    if is_one_of_several and (sys.stdout.isatty() or not findings):
        printing.say()
    if not findings:
        printing.say("nothing to review")
    elif sys.stdout.isatty():
        printing.print_numbered(f"{counted(findings)} to review:", in_words)
    else:
        columns = [printing.Column(heading) for heading in ("kind", "finding", "way out")]
        rows = [(finding.kind.value, *words) for finding, words in zip(findings, in_words, strict=True)]
        printing.print_table("Findings", columns, rows, when_empty="none", is_one_of_several=is_one_of_several)


def counted(findings: Sequence[Finding]) -> str:
    """Return how many findings there are.

    >>> counted([])
    '0 findings'
    """
    return "1 finding" if len(findings) == 1 else f"{len(findings)} findings"


def move(key: str, wanted: Move, folder: Folder, *, yes: bool) -> Event | None:
    """Move the plan of an event on; when there are findings, only if a person agrees to them.

    Args:
        key: The event, as it was typed.
        wanted: The step.
        folder: Where the event is.
        yes: Agree to whatever is found.

    Returns:
        The event as it is now; None when the answer was no, and nothing was changed.

    Raises:
        PlandocError: when there are findings, and nobody to ask.
    """
    agreed: Sequence[Finding] = ()
    while True:
        moved, found = _move_if_agreed(key, wanted, folder, agreed=agreed, yes=yes)
        if moved is not None:
            if yes and found:
                show_findings(found, moved.slug)
            return moved
        if not _is_somebody_there():
            raise _nobody_to_ask(found, key)
        if agreed:
            printing.say("the plan was changed meanwhile; nothing was done yet")
        show_findings(found, key)
        if not _agrees(wanted.question):
            printing.say("nothing was changed")
            return None
        agreed = found


def _move_if_agreed(
    key: str, wanted: Move, folder: Folder, *, agreed: Iterable[Finding], yes: bool
) -> tuple[Event | None, list[Finding]]:
    """Make the step if all findings are agreed to; return the event as it is then, and the findings."""

    def guarded(session: Session) -> tuple[Event | None, list[Finding]]:
        found = event_id(key, session)
        # Before the review: nobody should be asked about a step that will be refused.
        check_step(session.event(found), wanted.step)
        findings = review_plan(found, session=session)
        if not yes and not set(findings) <= set(agreed):
            return None, findings
        return wanted.make(found, session), findings

    return folder.change(wanted.step.action, guarded)


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


def _nobody_to_ask(findings: Sequence[Finding], event: str) -> PlandocError:
    points = [" - ".join(_in_words(finding, event)) for finding in findings]
    end = "nothing was changed, for nobody can be asked here; go on all the same with --yes"
    return PlandocError("\n".join([f"{counted(findings)} to review:", *points, end]))


def _in_words(finding: Finding, event: str) -> tuple[str, str]:
    return as_said_here(finding.message, event), as_said_here(finding.way_out, event)
