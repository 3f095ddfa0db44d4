"""What an error says, and what a program can read off it without parsing what it says."""

from __future__ import annotations

import copy
import errno
import pickle
from typing import Any

import pytest

from plandoc import errors
from plandoc.errors import Outcome, Problem
from plandoc.records import PlanState

PROBLEMS = (Problem("wanted text", file="a.json", line=3), Problem("no"))
HOLDER = {"pid": 12, "host": "bakery"}
REPORT = {"failed": 3}

# By what is raised: its message and its facts.
FACTS: list[tuple[errors.PlandocError, str, dict[str, Any]]] = [
    (errors.ValidationError("no flour"), "no flour", {"problems": (Problem("no flour"),)}),
    (errors.ValidationError(iter(PROBLEMS)), "a.json:3: wanted text\nno", {"problems": PROBLEMS}),
    (
        errors.NotFoundError("Event", 99),
        "Event 99 not found",
        {"kind": "Event", "key": 99, "problems": (Problem("Event 99 not found"),)},
    ),
    (
        errors.NotFoundError("Recipe", "'caek'", "did you mean cake?"),
        "Recipe 'caek' not found (did you mean cake?)",
        {"key": "'caek'", "problems": (Problem("Recipe 'caek' not found", hint="did you mean cake?"),)},
    ),
    (
        errors.PlanStateError(7, PlanState.LOCKED, "amend the plan", "start production first"),
        "cannot amend the plan: the plan of event 7 is LOCKED; start production first",
        {
            "event_id": 7,
            "current_state": PlanState.LOCKED,
            "attempted_action": "amend the plan",
            "hint": "start production first",
            "event_name": "",
        },
    ),
    (
        errors.PlanStateError(7, PlanState.LOCKED, "amend the plan", "start production first", "Fair\x1b[2J"),
        "cannot amend the plan: the plan of 'Fair\\x1b[2J' (event 7) is LOCKED; start production first",
        {"event_id": 7, "event_name": "Fair\x1b[2J"},
    ),
    (
        errors.StillUsedError("Recipe", 3, iter(["unit 1", "unit 2"])),
        "Recipe 3 is still used by unit 1, unit 2; remove or change those first",
        {"kind": "Recipe", "key": 3, "users": ("unit 1", "unit 2")},
    ),
    (errors.ImportRefusedError("3 rows failed", REPORT), "3 rows failed", {"report": REPORT}),
    (errors.StoreNotFoundError("/a", "/a is no plandoc folder"), "/a is no plandoc folder", {"path": "/a"}),
    (
        errors.DamagedError("a.json", iter(PROBLEMS)),
        "a.json:3: wanted text\nno",
        {"path": "a.json", "problems": PROBLEMS},
    ),
    (
        errors.NewerFormatError("plandoc.json", 9, 1, "3.0"),
        (
            "plandoc.json has format 9, but this plandoc reads formats up to 1; "
            "it was written by plandoc >= 3.0: upgrade with 'pip install --upgrade plandoc'"
        ),
        {"path": "plandoc.json", "found": 9, "supported": 1, "needs": "3.0"},
    ),
    (
        errors.NewerFormatError("plandoc.json", 9, 1),
        (
            "plandoc.json has format 9, but this plandoc reads formats up to 1; "
            "it was written by a newer plandoc: upgrade with 'pip install --upgrade plandoc'"
        ),
        {"path": "plandoc.json", "found": 9, "supported": 1, "needs": None},
    ),
    (errors.ConflictError("a.json", "a.json was changed"), "a.json was changed", {"path": "a.json"}),
    (
        errors.LockTimeout("/a", 0.25, HOLDER, "plandoc (process 12)"),
        (
            "/a is being written to by plandoc (process 12); waited 0.25 seconds; "
            "try again when it has finished, or with a longer timeout_seconds; "
            "if it hangs, end that process, which releases the lock at once"
        ),
        {"path": "/a", "waited_seconds": 0.25, "holder": HOLDER},
    ),
    (
        errors.StorageError("/a", "disk full", Outcome.UNKNOWN, errno.ENOSPC),
        "/a: disk full: may or may not have been saved; open the store again to see",
        {"path": "/a", "outcome": Outcome.UNKNOWN, "errno": errno.ENOSPC},
    ),
    (
        errors.StorageError("/a", "cut short", Outcome.SAVED),
        "/a: cut short: saved; the remaining files are updated by the next writer",
        {"path": "/a", "outcome": Outcome.SAVED, "errno": None},
    ),
]


def each() -> list[Any]:
    return [pytest.param(*case, id=f"{type(case[0]).__name__}-{number}") for number, case in enumerate(FACTS)]


@pytest.mark.parametrize(("error", "message", "facts"), each())
def test_an_error_says_what_happened_and_carries_each_fact_by_name(error, message, facts):
    assert str(error) == message
    assert {name: getattr(error, name) for name in facts} == facts


@pytest.mark.parametrize(("error", "message", "facts"), each())
def test_message_and_facts_of_an_error_come_through_another_process(error, message, facts):
    twin = pickle.loads(pickle.dumps(error))

    assert str(twin) == str(copy.copy(error)) == message
    assert {name: getattr(twin, name) for name in facts} == facts
    assert twin.args == error.args


def test_an_error_without_a_message_says_nothing():
    assert str(errors.PlandocError()) == ""


@pytest.mark.parametrize(
    ("how_many", "words"),
    [
        (1, "by good 0; remove"),
        (5, "by good 0, good 1, good 2, good 3, good 4; remove"),
        (6, "by good 0, good 1, good 2, good 3, good 4 and 1 more; remove"),
        (12, "by good 0, good 1, good 2, good 3, good 4 and 7 more; remove"),
    ],
)
def test_up_to_five_users_are_named_and_the_rest_counted(how_many, words):
    users = [f"good {number}" for number in range(how_many)]
    error = errors.StillUsedError("Recipe", 3, users)

    assert words in str(error)
    assert error.users == tuple(users)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("cookie-box", "cookie-box"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "'" + "x" * 37 + "..." + "x" * 18 + "'"),
        ("a\x1b[2J", "'a\\x1b[2J'"),
        (None, "None"),
        (1.5, "1.5"),
        (10**60, "a number of about 61 digits"),
    ],
)
def test_a_key_that_was_not_found_is_shown_as_it_was_asked_for_unless_it_is_long_or_unprintable(key, shown):
    error = errors.NotFoundError("Event", key)

    assert str(error) == f"Event {shown} not found"
    assert error.key == key


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("abc", "'abc'"),
        (3.5, "3.5"),
        (True, "True"),
        ("x" * 58, "'" + "x" * 58 + "'"),
        ("x" * 59, "'" + "x" * 37 + "..." + "x" * 18 + "'"),
        ("/" + "x" * 99 + "/shopping.csv", "'/" + "x" * 36 + "..." + "xxxxx/shopping.csv'"),
        ([1] * 30, "[" + "1, " * 12 + "1..." + ", 1" * 6 + "]"),
        ("é\n", "'\\xe9\\n'"),
        ("é", "'é'"),
        (10**49, "1" + "0" * 49),
        (10**50 - 1, "9" * 50),
        (10**50, "a number of about 51 digits"),
        (-(10**50), "a number of about 51 digits"),
        (10**5000, "a number of about 5001 digits"),
        (["\x1b"], "['\\x1b']"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_refused_value_is_shown_as_python_writes_it_or_cut_in_the_middle(value, shown):
    assert errors.shorten(value) == shown


@pytest.mark.parametrize(
    ("problem", "where"),
    [
        (Problem("no"), ""),
        (Problem("no", line=3), ""),
        (Problem("no", file="a.json"), "a.json"),
        (Problem("no", file="a.json", line=3), "a.json:3"),
        (Problem("no", file="a.json", line=3, table="events", row="7", field="name"), "a.json:3, events 7, name"),
        (Problem("no", table="events"), "events"),
        (Problem("no", row="7", field="name"), "7, name"),
        (Problem("no", field="né"), "né"),
        (Problem("no", field="a\x1b[2J"), "a\\x1b[2J"),
    ],
)
def test_the_place_of_a_problem_reads_from_the_file_down_to_the_field(problem, where):
    assert problem.where == where
    assert str(problem) == (f"{where}: no" if where else "no")
