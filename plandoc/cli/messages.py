"""The command's own words for numbers, runs, timestamps and states, and arguments of the form NAME=NUMBER."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import attrs

from plandoc import hints
from plandoc.errors import Problem, shorten
from plandoc.records import PlanState, RunKind

# A number that long is a slip of the hand; int() would refuse a few thousand digits with a message of its own.
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)

_STATES: Mapping[PlanState, str] = MappingProxyType(
    {
        PlanState.DRAFT: "DRAFT (can be changed)",
        PlanState.LOCKED: "LOCKED (ready to start)",
        PlanState.IN_PRODUCTION: "IN_PRODUCTION (being baked)",
        PlanState.COMPLETED: "COMPLETED",
    }
)


# The letter of each kind of run.
_RUNS: Mapping[RunKind, str] = MappingProxyType({RunKind.PRODUCTION: "b", RunKind.ASSEMBLY: "p"})


class UsageError(Exception):
    """The command was called in a way that cannot be meant.

    Attributes:
        command: The name of the command whose help tells more; blank for that of plandoc.
    """

    command = ""


def in_command_words(problem: Problem) -> Problem:
    """Return a problem that names commands where the library names functions."""
    hint = None if problem.hint is None else hints.for_command(problem.hint)
    return attrs.evolve(problem, message=hints.for_command(problem.message), hint=hint)


def run_in_words(kind: RunKind, run_id: int) -> str:
    """Return how a run is called: the first letter of baking or packing, and its number.

    >>> run_in_words(RunKind.PRODUCTION, 3), run_in_words(RunKind.ASSEMBLY, 2)
    ('b3', 'p2')
    """
    return f"{_RUNS[kind]}{run_id}"


def run_from_words(words: str) -> tuple[RunKind, int]:
    """Return the kind and the number of a run from what it is called.

    Raises:
        UsageError: when no run can be called so.

    >>> run_from_words("P2")
    (<RunKind.ASSEMBLY: 'assembly'>, 2)
    """
    for kind, letter in _RUNS.items():
        number = words[1:]
        if words[:1].lower() == letter and _WHOLE.fullmatch(number) and int(number) > 0:
            return kind, int(number)
    raise UsageError(f"wanted a run as 'plandoc runs EVENT' shows it, such as b3 or p2, found {shorten(words)}")


def batches_in_words(number: int) -> str:
    """Return a number of batches.

    >>> batches_in_words(1), batches_in_words(5)
    ('1 batch', '5 batches')
    """
    return "1 batch" if number == 1 else f"{number} batches"


def moment_in_words(moment: datetime.datetime) -> str:
    """Return a moment to the minute, in UTC: what is recorded has no place, and so no time of a place.

    >>> moment_in_words(datetime.datetime(2026, 12, 23, 8, 5, 59, tzinfo=datetime.UTC))
    '2026-12-23 08:05'
    """
    return f"{moment.astimezone(datetime.UTC):%Y-%m-%d %H:%M}"


def moment_from_words(argument: str, called: str) -> datetime.datetime:
    """Return the moment that an argument says; without an offset it is one of this computer's time.

    Args:
        argument: As it was typed.
        called: What it is called in messages.

    Raises:
        UsageError: when it is none.

    >>> moment_from_words("2026-12-24 22:00+01:00", "--at").isoformat()
    '2026-12-24T21:00:00+00:00'
    """
    text = argument.strip()
    try:
        # A day alone would be taken for its first minute.
        moment = datetime.datetime.fromisoformat(text if ":" in text else "")
        return moment.astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        wanted = "wanted a day and a time such as '2026-12-24 22:00'"
        raise UsageError(f"{wanted} for {called}, found {shorten(argument)}") from None


def state_in_words(state: PlanState) -> str:
    """Return a state with what it means to a baker."""
    return _STATES[state]


def difference_in_words(difference: int, *, accepted: int = 0) -> str:
    """Return how what is made differs from what is needed.

    Args:
        difference: Units made less units needed.
        accepted: How many units short somebody accepted.

    >>> difference_in_words(22), difference_in_words(0), difference_in_words(-2, accepted=2)
    ('22 over', 'exact', '2 short, accepted')
    >>> difference_in_words(-8, accepted=2)
    '8 short, 2 accepted'
    """
    if difference == 0:
        return "exact"
    if difference > 0:
        return f"{difference} over"
    short = -difference
    agreed = f", {'' if short <= accepted else f'{accepted} '}accepted" if accepted else ""
    return f"{short} short{agreed}"


def whole_number(argument: str, called: str) -> int:
    """Return what an argument says that must be a whole number.

    By hand, for cyclopts takes 2.5 for 2 and 0x10 for 16.

    Args:
        argument: As it was typed.
        called: What it is called in messages.

    Raises:
        UsageError: when it is none.

    >>> whole_number("12", "BATCHES")
    12
    """
    if not _WHOLE.fullmatch(argument):
        raise UsageError(f"wanted a whole number for {called}, found {shorten(argument)}")
    return int(argument)


def numbers_by_key(arguments: Sequence[str], wanted: str) -> dict[str, int]:
    """Return what arguments of the form KEY=NUMBER say.

    Args:
        arguments: As they were typed.
        wanted: How the form is called in messages ("GOOD=QUANTITY").

    Raises:
        UsageError: with every argument that is wrong.

    >>> numbers_by_key(["cookie-box=12"], "GOOD=QUANTITY")
    {'cookie-box': 12}
    """
    numbers: dict[str, int] = {}
    wrong = []
    for argument in arguments:
        key, equals, number = argument.partition("=")
        if not key or not equals:
            wrong.append(f"wanted {wanted}, found {shorten(argument)}")
        elif not _WHOLE.fullmatch(number):
            wrong.append(f"wanted a whole number after '{key}=', found {shorten(number)}")
        elif key in numbers:
            wrong.append(f"{key!r} is given twice")
        else:
            numbers[key] = int(number)
    if wrong:
        raise UsageError("\n".join(wrong))
    return numbers
