"""A finding of the check: the problem as it is shown, and what a repair can do about it."""

from __future__ import annotations

import enum

import attrs

from plandoc.errors import DamagedError, NewerFormatError, PlandocError, Problem, ValidationError
from plandoc.frozen import frozen


class Cure(enum.Enum):
    """What a repair does about a finding without losing anything."""

    RECOVER = "checkpoint the journal"
    CLEAR_AWAY = "remove an unfinished file of plandoc's own"
    COUNT_UP = "count the next id up"
    SET_ASIDE = "move the file to lost-found"


@frozen
class Finding:
    """One thing that is wrong.

    Attributes:
        problem: As it is shown.
        cure: What a repair does about it; None when it can do nothing by itself.
        is_damage: Whether the document's content cannot be trusted, so that a backup's is better.
        newer: The error that says that a newer plandoc wrote the file; None when none did.
        is_note: Whether nothing is wrong, but it is worth knowing.
    """

    problem: Problem
    cure: Cure | None = None
    is_damage: bool = False
    newer: NewerFormatError | None = None
    is_note: bool = False

    @property
    def file(self) -> str:
        """The file it is about; blank when it is about the folder itself."""
        return self.problem.file or ""


def findings_of(
    error: PlandocError, name: str, cure: Cure | None = None, *, is_damage: bool = False
) -> tuple[Finding, ...]:
    """Return what an error of reading a file means as findings."""
    if isinstance(error, NewerFormatError):
        message = f"has format {error.found}, but this plandoc reads formats up to {error.supported}"
        hint = "upgrade with 'pip install --upgrade plandoc'; until then nothing here is changed"
        return (Finding(Problem(message, file=name, hint=hint), newer=error),)
    if isinstance(error, DamagedError | ValidationError):
        # What stands in the place of a file names its whole path, which repair could not match.
        problems = (attrs.evolve(problem, file=name) for problem in error.problems)
        return tuple(Finding(problem, cure, is_damage=is_damage) for problem in problems)
    return (Finding(Problem(str(error), file=name)),)
