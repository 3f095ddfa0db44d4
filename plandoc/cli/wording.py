"""The command's own words: what the library says in terms of its functions, and arguments of the form NAME=NUMBER."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from plandoc.records import PlanState

# A number that long is a slip of the hand; int() would refuse a few thousand digits with a message of its own.
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)

_COMMANDS_FOR: Mapping[str, str] = MappingProxyType(
    {
        "unlock_plan": "'plandoc unlock EVENT'",
        "lock_plan": "'plandoc lock EVENT'",
        "start_production": "'plandoc start EVENT'",
        "complete_production": "'plandoc complete EVENT'",
        "set_event_recipes": "'plandoc plan recipes'",
        "use add_missing_recipes": "use --add-missing-recipes",
        "accept the shortfall": "accept the shortfall with --accept-shortfall",
        " or open_store(path, create=True)": "",
    }
)
_STATES: Mapping[PlanState, str] = MappingProxyType(
    {
        PlanState.DRAFT: "DRAFT (can be changed)",
        PlanState.LOCKED: "LOCKED (ready to start)",
        PlanState.IN_PRODUCTION: "IN_PRODUCTION (being baked)",
        PlanState.COMPLETED: "COMPLETED",
    }
)


class UsageError(Exception):
    """The command was called in a way that cannot be meant."""


def as_said_here(message: str) -> str:
    """Return a message of the library in terms of the command.

    >>> as_said_here("lock the plan first, with lock_plan")
    "lock the plan first, with 'plandoc lock EVENT'"
    """
    pattern = "|".join(rf"(?<!\w){re.escape(words)}(?!\w)" for words in _COMMANDS_FOR)
    return re.sub(pattern, lambda match: _COMMANDS_FOR[match[0]], message)


def state_in_words(state: PlanState) -> str:
    """Return a state with what it means to a baker."""
    return _STATES[state]


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
            wrong.append(f"wanted {wanted}, found {argument!r}")
        elif not _WHOLE.fullmatch(number):
            wrong.append(f"wanted a whole number after '{key}=', found {number!r}")
        elif key in numbers:
            wrong.append(f"{key!r} is given twice")
        else:
            numbers[key] = int(number)
    if wrong:
        raise UsageError("\n".join(wrong))
    return numbers
