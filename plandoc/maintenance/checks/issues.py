"""Issues of the check: each problem as it is shown, and what a repair can do about it."""

from __future__ import annotations

import enum

import attrs

from plandoc.errors import DamagedError, NewerFormatError, PlandocError, Problem, ValidationError
from plandoc.frozen import frozen


class Fix(enum.Enum):
    """What a repair does about an issue, in the order in which it does it; the value says it before it is done and after.

    No fix loses anything. RESTORE needs a backup, so the check never proposes it.
    """

    RECOVER = ("finish what a crash left", "finished what a crash left")
    REMOVE_TEMPORARY = ("remove", "removed")
    FIX_COUNTER = ("raise the next id", "raised the next id")
    QUARANTINE = ("move to lost-found", "moved to lost-found")
    RESTORE = ("restore from the backup", "restored from the backup")


@frozen
class Issue:
    """One thing that is wrong.

    Attributes:
        problem: As it is shown.
        fix: What a repair does about it by itself; None when it can do nothing.
        is_damage: Whether the document's content cannot be trusted, so that a backup's is better.
        newer: The error when a newer plandoc wrote the file; None otherwise.
        is_note: Whether it is only worth knowing and nothing is wrong.
    """

    problem: Problem
    fix: Fix | None = None
    is_damage: bool = False
    newer: NewerFormatError | None = None
    is_note: bool = False

    @property
    def file(self) -> str:
        """The file it is about; blank when it is about the folder itself."""
        return self.problem.file or ""


def issues_of(error: PlandocError, name: str, fix: Fix | None = None, *, is_damage: bool = False) -> tuple[Issue, ...]:
    """Return the issues for an error that reading a file raised."""
    if isinstance(error, NewerFormatError):
        message = f"has format {error.found}, but this plandoc reads formats up to {error.supported}"
        hint = "upgrade with 'pip install --upgrade plandoc'; until then nothing here is changed"
        return (Issue(Problem(message, file=name, hint=hint), newer=error),)
    if isinstance(error, DamagedError | ValidationError):
        # The error can name the whole path, which repair could not match.
        problems = (attrs.evolve(problem, file=name) for problem in error.problems)
        return tuple(Issue(problem, fix, is_damage=is_damage) for problem in problems)
    return (Issue(Problem(str(error), file=name)),)
