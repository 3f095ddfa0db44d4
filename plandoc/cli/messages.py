"""The command's own words for numbers, runs, timestamps and states, and arguments of the form NAME=NUMBER."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import attrs

from plandoc.domain.written_dates import day_in
from plandoc.errors import PlandocError, Problem, ValidationError, hints, shorten
from plandoc.records import PlanState, RunKind

# A longer number is a typing error; int() would refuse thousands of digits with its own message.
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
    """The command line is wrong.

    Attributes:
        command: The command whose help explains more; blank for the help of plandoc.
    """

    command = ""


def in_command_words(problem: Problem) -> Problem:
    """Return a problem that names commands where the library names functions."""
    hint = None if problem.hint is None else hints.for_command(problem.hint)
    return attrs.evolve(problem, message=hints.for_command(problem.message), hint=hint)


def without_parameters(error: PlandocError) -> str:
    """Return the message of an error without the parameters that only functions have.

    >>> without_parameters(ValidationError([Problem("Box is not in the plan", field="finished_good_id")]))
    'Box is not in the plan'
    """
    message: str = error.args[0]
    # Other errors say more than their problems.
    if type(error) is not ValidationError:
        return message
    return hints.joined("\n", (attrs.evolve(one, field=_shown_field(one)).text for one in error.problems))


def _shown_field(problem: Problem) -> str | None:
    is_of_row = problem.file or problem.table or problem.row
    return problem.field if is_of_row or not (problem.field or "").endswith("_id") else None


def format_run(kind: RunKind, run_id: int) -> str:
    """Return the label of a run: b for baking or p for packing, and its number.

    >>> format_run(RunKind.PRODUCTION, 3), format_run(RunKind.ASSEMBLY, 2)
    ('b3', 'p2')
    """
    return f"{_RUNS[kind]}{run_id}"


def parse_run(words: str) -> tuple[RunKind, int]:
    """Return the kind and the number of a run from its label.

    Raises:
        UsageError: when it is not the label of a run.

    >>> parse_run("P2")
    (<RunKind.ASSEMBLY: 'assembly'>, 2)
    """
    for kind, letter in _RUNS.items():
        number = words[1:]
        if words[:1].lower() == letter and _WHOLE.fullmatch(number) and int(number) > 0:
            return kind, int(number)
    raise UsageError(f"wanted a run as 'plandoc runs EVENT' shows it, such as b3 or p2, found {shorten(words)}")


def counted(number: int, what: str) -> str:
    """Return a number of things.

    >>> counted(1, "good"), counted(3, "good")
    ('1 good', '3 goods')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def parse_timestamp(argument: str, label: str) -> datetime.datetime:
    """Return the timestamp in an argument; without an offset it is in this computer's time zone.

    Args:
        argument: As it was typed.
        label: The name of the argument in messages.

    Raises:
        UsageError: when it is not one.

    >>> parse_timestamp("2026-12-24 22:00+01:00", "--at").isoformat()
    '2026-12-24T22:00:00+01:00'
    >>> parse_timestamp("24.12.2026 22:00+01:00", "--at").isoformat()
    '2026-12-24T22:00:00+01:00'
    """
    text = argument.strip()
    try:
        timestamp = _timestamp_in(text)
        return timestamp if timestamp.tzinfo else timestamp.astimezone()
    except (ValueError, OverflowError) as error:
        why = f" ({error})" if " can be " in str(error) else ""
        wanted = "wanted a date and a time such as '2026-12-24 22:00'"
        raise UsageError(f"{wanted} for {label}, found {shorten(argument)}{why}") from None


def _timestamp_in(text: str) -> datetime.datetime:
    # A date alone would be taken as midnight.
    if ":" not in text:
        raise ValueError(text)
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        day, _, time = text.rpartition(" ")
        # People write 9:30.
        time = f"0{time}" if time[1:2] == ":" else time
        return datetime.datetime.combine(day_in(day.rstrip(",")), datetime.time.fromisoformat(time))


def state_in_words(state: PlanState) -> str:
    """Return a state with its meaning to a baker."""
    return _STATES[state]


def difference_in_words(difference: int, *, accepted: int = 0) -> str:
    """Return how what is made differs from what is needed.

    Args:
        difference: Units made less units needed.
        accepted: How many units of shortfall were accepted.

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


def whole_number(argument: str, label: str) -> int:
    """Return the whole number in an argument.

    Args:
        argument: As it was typed.
        label: The name of the argument in messages.

    Raises:
        UsageError: when it is not one.

    >>> whole_number("12", "BATCHES")
    12
    """
    if not _WHOLE.fullmatch(argument):
        raise UsageError(f"wanted a whole number for {label}, found {shorten(argument)}")
    return int(argument)


def numbers_by_key(arguments: Sequence[str], wanted: str) -> dict[str, int]:
    """Return the numbers in arguments of the form KEY=NUMBER.

    Args:
        arguments: As they were typed.
        wanted: The form in messages ("GOOD=QUANTITY").

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
