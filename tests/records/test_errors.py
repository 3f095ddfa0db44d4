from __future__ import annotations

import copy
import errno
import pickle
import re

import pytest

from plandoc import errors
from plandoc.errors import Outcome, PlandocError, Problem
from plandoc.records import PlanState

PROBLEM = Problem("wanted text", file="events/7.json", line=3, table="events", row="7", field="name", hint="add quotes")

EXAMPLES: dict[type[PlandocError], PlandocError] = {
    type(error): error
    for error in (
        PlandocError("no"),
        errors.ValidationError([PROBLEM, Problem("no")]),
        errors.NotFoundError("Event", 99, hint="did you mean 9?"),
        errors.PlanStateError(7, PlanState.DRAFT, "start production", "lock the plan first"),
        errors.StillUsedError("Recipe", 3, [f"good {number}" for number in range(7)]),
        errors.ImportRefusedError("not imported", {"failed": 3}),
        errors.StoreError("no"),
        errors.StoreNotFoundError("/a", "/a is no plandoc folder"),
        errors.DamagedError("events/7.json", [PROBLEM]),
        errors.NewerFormatError("plandoc.json", 9, 1),
        errors.ConflictError("events/7.json", "was changed"),
        errors.LockTimeout("/a", 30, {"pid": 12}, "plandoc (process 12)"),
        errors.SessionError("no"),
        errors.StorageError("/a/b", "no space left on device", Outcome.NOT_SAVED, errno.ENOSPC),
    )
}


def drawn_tree() -> dict[str, tuple[str | None, tuple[str, ...]]]:
    """Read name -> (parent, built-ins) from the drawing in the docstring."""
    tree: dict[str, tuple[str | None, tuple[str, ...]]] = {}
    path: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.fullmatch(r"( {4,})(\w+)(?: \((\w+)\))?", line)
        if match:
            depth, name, built_in = len(match[1]), match[2], match[3]
            path = [*(step for step in path if step[0] < depth), (depth, name)]
            tree[name] = (path[-2][1] if len(path) > 1 else None, (built_in,) if built_in else ())
    return tree


def classes_of_errors() -> dict[str, tuple[str | None, tuple[str, ...]]]:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PlandocError)]
    tree = {}
    for kind in kinds:
        ours = [base.__name__ for base in kind.__bases__ if issubclass(base, PlandocError)]
        built_in = tuple(base.__name__ for base in kind.__bases__ if not issubclass(base, PlandocError))
        tree[kind.__name__] = (ours[0], built_in) if ours else (None, ())
    return tree


def test_the_tree_that_the_module_draws_is_the_tree_of_the_classes():
    assert drawn_tree() == classes_of_errors()


def test_these_tests_have_an_example_of_every_error():
    assert {kind.__name__ for kind in EXAMPLES} == set(classes_of_errors())


@pytest.mark.parametrize("error", EXAMPLES.values(), ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("through", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_an_error_survives_pickling_with_its_message_and_all_its_facts(error, through):
    twin = through(error)

    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)
    assert getattr(twin, "errno", None) == getattr(error, "errno", None)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (errors.ValidationError, "events/7.json:3, events 7, name: wanted text (add quotes)\nno"),
        (errors.NotFoundError, "Event 99 not found (did you mean 9?)"),
        (
            errors.PlanStateError,
            "cannot start production: the plan of event 7 is DRAFT; lock the plan first",
        ),
        (
            errors.StillUsedError,
            "Recipe 3 is still used by good 0, good 1, good 2, good 3, good 4 and 2 more; remove or change those first",
        ),
        (errors.DamagedError, "events/7.json:3, events 7, name: wanted text (add quotes)"),
        (
            errors.NewerFormatError,
            (
                "plandoc.json has format 9, but this plandoc reads formats up to 1; "
                "it was written by a newer plandoc: upgrade with 'pip install --upgrade plandoc'"
            ),
        ),
        (
            errors.LockTimeout,
            (
                "/a is being written to by plandoc (process 12); waited 30 seconds; "
                "try again when it has finished, or with a longer timeout_seconds; "
                "if it hangs, end that process, which releases the lock at once"
            ),
        ),
        (errors.StorageError, "/a/b: no space left on device: not saved; nothing was changed"),
    ],
)
def test_a_message_says_what_where_and_the_way_out(kind, message):
    assert str(EXAMPLES[kind]) == message


def test_the_state_error_carries_the_facts_of_the_contract():
    error = EXAMPLES[errors.PlanStateError]

    assert (error.event_id, error.current_state, error.attempted_action) == (7, PlanState.DRAFT, "start production")


def test_an_unknown_event_is_a_validation_error_as_the_contract_says():
    with pytest.raises(errors.ValidationError, match="^Event 99 not found$"):
        raise errors.NotFoundError("Event", 99)


def test_a_storage_error_is_an_os_error_with_its_number():
    with pytest.raises(OSError, match="no space left") as refused:
        raise EXAMPLES[errors.StorageError]

    assert refused.value.errno == errno.ENOSPC


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("no"), "no"),
        (Problem("no", file="a.json"), "a.json: no"),
        (Problem("no", file="a.json", line=3, hint="do"), "a.json:3: no (do)"),
        (Problem("no", table="events", row="7"), "events 7: no"),
        (Problem("no", field="name"), "name: no"),
        (Problem("no", line=3), "no"),
    ],
)
def test_a_problem_reads_from_the_file_down_to_the_field(problem, text):
    assert str(problem) == text


def test_names_that_come_from_a_file_cannot_write_to_the_terminal():
    assert str(Problem("unknown field", field="\x1b[2Jname\n")).isprintable()


REFUSED = ["\x1b[2J", "\ud800", "x" * 1000, 10**5000, -(10**5000), ["\n"], {"a": b"\0"}]


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: type(value).__name__)
def test_a_refused_value_is_shown_short_and_without_control_characters(value):
    shown = errors.shorten(value)

    assert shown.isprintable()
    assert len(shown) <= 60
