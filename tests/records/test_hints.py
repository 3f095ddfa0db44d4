"""A hint names a step that there is: a function of the library, and a command line that the command understands."""

import ast
import inspect
import pickle
import shlex

import pytest

import plandoc
from plandoc import errors
from plandoc.cli import parsing
from plandoc.cli.work_log import WorkLog
from plandoc.errors import hints
from plandoc.errors.hints import Hint, Named, for_command, joined, wording

FACTS = {"event": Named(7, "fair"), "unit": Named(3, "cookie"), "good": Named(4, "box"), "recipe": Named(2, "cookies"), "ingredient": Named(5, "egg"), "other": Named(6, "eggs"), "batches": 5, "quantity": 6, "run": 8, "word": "Kelle"}  # fmt: skip
LOCK = wording("lock {{it}} first, with {lock}", lock=Hint.LOCK(event=FACTS["event"]))


def typed(line):
    """A command line as a person completes it."""
    for word, example in (("TEXT", "because"), ("FILE", "file.csv"), ("BACKUP", "backup.zip"), ("RECIPE...", "bread")):
        line = line.replace(word, example)
    return shlex.split(line)[1:]


@pytest.mark.parametrize("hint", Hint, ids=lambda hint: hint.name)
def test_a_function_that_is_named_is_one_of_the_library(hint):
    call = hint(**FACTS).in_library()
    name, bracket, _ = call.partition("(")

    assert not bracket or name in plandoc.__all__
    assert bracket or "=" in name or hint in {Hint.PRODUCTION_RUN, Hint.ASSEMBLY_RUN, Hint.WAIT_LONGER}


def test_every_function_that_is_named_takes_the_arguments_that_are_named():
    calls = [ast.parse(text, mode="eval").body for hint in Hint if "(" in (text := hint(**FACTS).in_library())]
    for call in calls:
        function = getattr(plandoc, call.func.id)
        given = {one.arg: one.value for one in call.keywords}

        assert inspect.signature(function).bind(*call.args, **given), call.func.id
    assert len(calls) > 30


@pytest.mark.parametrize(
    "hint", [hint for hint in Hint if hint.line.startswith("plandoc ")], ids=lambda hint: hint.name
)
def test_a_command_that_is_named_is_understood(hint):
    line = hint(**FACTS).in_command().strip("'")

    assert parsing.read(typed(line), WorkLog())
    assert not {name.upper() for name in FACTS} & set(line.split())


def test_names_and_numbers_are_ids_for_the_library_and_slugs_for_the_command():
    text = wording("{decide}", decide=Hint.DECIDE(**FACTS))

    assert text == "save_batch_decision(7, 3, 5)"
    assert for_command(text) == "'plandoc plan batches fair cookie=5'"


def test_what_is_not_known_keeps_its_place_until_somebody_knows_it():
    text = wording("{decide}", decide=Hint.DECIDE(batches=2))

    assert text == "save_batch_decision(event_id, finished_unit_id, 2)"
    assert for_command(text) == "'plandoc plan batches EVENT UNIT=2'"
    assert text.filled(event=FACTS["event"], batches=9) == "save_batch_decision(7, finished_unit_id, 2)"
    assert for_command(text, event="'a b'") == "'plandoc plan batches 'a b' UNIT=2'"


def test_a_text_without_steps_stays_as_it_is():
    assert for_command("add it first", event="fair") == "add it first"
    assert hints.filled("add it first", event="fair") == "add it first"


def test_braces_of_a_name_are_no_places():
    text = wording("{name}: {hint}", name="{Box}", hint=LOCK)

    assert text == "{Box}: lock {it} first, with lock_plan(7)"
    assert for_command(joined(" ", [text, "{x}"])) == "{Box}: lock {it} first, with 'plandoc lock fair' {x}"


def test_an_error_has_both_readings_also_in_another_process():
    error = errors.ValidationError([errors.Problem("is DRAFT", field="plan", hint=LOCK)])
    sent = pickle.loads(pickle.dumps(error))

    assert str(error) == str(sent) == "plan: is DRAFT (lock {it} first, with lock_plan(7))"
    assert for_command(sent.args[0]) == "plan: is DRAFT (lock {it} first, with 'plandoc lock fair')"
    assert sent.problems == error.problems
