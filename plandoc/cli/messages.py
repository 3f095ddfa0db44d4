"""The command's own words: what the library says in terms of its functions, and arguments of the form NAME=NUMBER."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from plandoc.errors import shorten
from plandoc.records import PlanState, RunKind

# A number that long is a slip of the hand; int() would refuse a few thousand digits with a message of its own.
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)

_COMMANDS_FOR: Mapping[str, str] = MappingProxyType(
    {
        "unlock_plan": "'plandoc unlock EVENT'",
        "lock_plan": "'plandoc lock EVENT'",
        "start_production": "'plandoc start EVENT'",
        "complete_production": "'plandoc complete EVENT'",
        "set_event_recipes": "'plandoc plan recipes EVENT RECIPE...'",
        "save_batch_decision": "'plandoc plan batches EVENT UNIT=BATCHES'",
        "decide_enough": "'plandoc plan decide EVENT --enough'",
        "delete_batch_decisions": "'plandoc plan undecide EVENT UNIT'",
        "use replace_stale": "use --replace-stale",
        "use add_ingredients": "use --add-ingredients",
        "import_ingredients": "'plandoc ingredient import FILE'",
        "use_stock=False": "--no-stock",
        "use add_missing_recipes": "use --add-missing-recipes",
        "accept the shortfall": "accept the shortfall with --accept-shortfall",
        "drop_finished_good": "'plandoc amend drop EVENT GOOD --reason TEXT'",
        "add_finished_good": "'plandoc amend add EVENT GOOD QUANTITY --reason TEXT'",
        "change_quantity": "'plandoc amend quantity EVENT GOOD QUANTITY --reason TEXT'",
        "amend_enough": "'plandoc amend batches EVENT --enough --reason TEXT'",
        "modify_batch_decision": "'plandoc amend batches EVENT UNIT BATCHES --reason TEXT'",
        "revise_recipe": "'plandoc amend recipe EVENT RECIPE --reason TEXT'",
        "revise_finished_good": "'plandoc amend good EVENT GOOD --reason TEXT'",
        "with replace=True": "with --replace",
        "with allow_other_folder=True": "with --allow-other-folder",
        "with allow_older=True": "with --allow-older",
        "with force=True": "with --force",
        "record_production": "'plandoc bake EVENT UNIT BATCHES'",
        "record_assembly": "'plandoc pack EVENT GOOD QUANTITY'",
        "void_run": "'plandoc void EVENT RUN --reason TEXT'",
        "say why, such as {'burnt': 3}": "say why with --why",
        "as lost, with the reason": "as lost, with --lost N --why REASON",
        " or open_store(path, create=True)": "",
        "or wait longer with timeout_seconds": "or later",
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


_NO_NAMES: Mapping[str, str] = MappingProxyType({})
# What is said in the command's words already stays as it is.
# What the library says in terms of its functions, with the arguments where it names them: change_quantity(quantity=13).
_LIBRARY = re.compile(
    "|".join(rf"(?<!\w){re.escape(words)}(?!\w)(?! with --)" for words in _COMMANDS_FOR).join(
        ("(", r")(?:\(([^()]*=[^()]*)\))?(?: of ([a-z0-9-]+))?")
    )
)
_ARGUMENT = re.compile(r"(\w+)=([0-9]+)", re.ASCII)
_WORDS_FOR: Mapping[str, str] = MappingProxyType(
    {"finished_unit_id": "UNIT", "finished_good_id": "GOOD", "batches": "BATCHES", "quantity": "QUANTITY"}
)

# How the library names a run, and the letter of its kind here.
_RUNS: Mapping[RunKind, str] = MappingProxyType({RunKind.PRODUCTION: "b", RunKind.ASSEMBLY: "p"})
_RUN = re.compile(rf"\b({'|'.join(kind.value for kind in _RUNS)}) run ([0-9]+)\b", re.ASCII | re.IGNORECASE)


class UsageError(Exception):
    """The command was called in a way that cannot be meant."""


def as_said_here(message: str, names: Mapping[str, str] = _NO_NAMES) -> str:
    """Return a message of the library in terms of the command.

    Args:
        message: What the library says.
        names: What replaces EVENT, UNIT, BATCHES and so on in commands.

    >>> as_said_here("lock the plan first, with lock_plan", {"EVENT": "fair"})
    "lock the plan first, with 'plandoc lock fair'"
    >>> as_said_here("raise it first, with change_quantity(quantity=13)", {"EVENT": "fair", "GOOD": "box"})
    "raise it first, with 'plandoc amend quantity fair box 13 --reason TEXT'"
    >>> as_said_here("take it over with revise_recipe of bread", {"EVENT": "fair"})
    "take it over with 'plandoc amend recipe fair bread --reason TEXT'"
    >>> as_said_here(as_said_here("or accept the shortfall"))
    'or accept the shortfall with --accept-shortfall'
    """
    said = _LIBRARY.sub(lambda match: _command(match, names), message)
    return _RUN.sub(lambda match: f"run {run_in_words(RunKind(match[1].lower()), int(match[2]))}", said)


def _command(match: re.Match[str], names: Mapping[str, str]) -> str:
    """Return the command for a function of the library; ready to be pasted where all that it needs is known."""
    words, arguments, called = match.groups()
    command = _COMMANDS_FOR[words]
    if called is not None:
        command = re.sub("RECIPE|GOOD|UNIT", called, command, count=1)
    known = {**names, **_arguments(arguments or "")}
    return re.sub(r"\b[A-Z]+\b", lambda word: known.get(word[0], word[0]), command)


def _arguments(said: str) -> dict[str, str]:
    return {_WORDS_FOR[name]: value for name, value in _ARGUMENT.findall(said) if name in _WORDS_FOR}


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
