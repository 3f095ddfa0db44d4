"""What a person should look at before a command goes on, each with a way out that can be pasted as it is."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from plandoc import hints
from plandoc.cli.lookup import event_id
from plandoc.engine.session import Session
from plandoc.frozen import frozen
from plandoc.records import Finding
from plandoc.workflow.review import review_plan


@frozen
class Doubt:
    """Something that a person has to agree to.

    Attributes:
        message: What it is, with the numbers.
        hint: What can be done about it; blank when nothing can.
        kind: Of the finding that it is; blank when it is none.
    """

    message: str
    hint: str = ""
    kind: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What is said of it, one below the other."""
        return (self.message, self.hint) if self.hint else (self.message,)


def doubts_in(key: str, session: Session) -> list[Doubt]:
    """Return what a review of an event's plan finds; the way out calls the event as it was typed."""
    return doubts_of(review_plan(event_id(key, session), session=session), key)


def doubts_of(findings: Iterable[Finding], key: str) -> list[Doubt]:
    """Return findings in the command's words; the way out calls the event as it was typed."""
    return [_doubt_of(finding, key) for finding in findings]


def _doubt_of(finding: Finding, key: str) -> Doubt:
    event = shlex.quote(key)
    return Doubt(
        hints.for_command(finding.message, event=event),
        hints.for_command(finding.hint, event=event),
        finding.kind.value,
    )
