"""What a person should confirm before a command goes on, each with a hint that can be pasted as it is."""

from __future__ import annotations

from collections.abc import Iterable

from plandoc.cli.lookup import event_id
from plandoc.cli.program import quoted
from plandoc.engine.session import Session
from plandoc.errors import hints
from plandoc.frozen import frozen
from plandoc.records import Finding
from plandoc.workflow.review import review_plan


@frozen
class Concern:
    """Something that a person has to confirm.

    Attributes:
        message: What it is, with the numbers.
        hint: What can be done about it; blank when nothing can.
        kind: The kind of finding; blank when it is not a finding.
    """

    message: str
    hint: str = ""
    kind: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The lines that describe it."""
        return (self.message, self.hint) if self.hint else (self.message,)


def concerns_in_plan(key: str, session: Session) -> list[Concern]:
    """Return what a review of an event's plan finds; hints name the event as it was typed."""
    return concerns_from(review_plan(event_id(key, session), session=session), key)


def concerns_from(findings: Iterable[Finding], key: str) -> list[Concern]:
    """Return findings in the command's words; hints name the event as it was typed."""
    return [_concern_from(finding, key) for finding in findings]


def _concern_from(finding: Finding, key: str) -> Concern:
    event = quoted(key)
    return Concern(
        hints.for_command(finding.message, event=event),
        hints.for_command(finding.hint, event=event),
        finding.kind.value,
    )
