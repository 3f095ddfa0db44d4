"""What a command line means, and what is said of one that cannot be understood."""

from __future__ import annotations

import datetime
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc import PlanState, open_store
from plandoc.cli import arguments, command_table, help_texts, parsing
from plandoc.cli.command_table import COMMANDS
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError
from plandoc.cli.work_log import WorkLog
from tests import builders

# Texts that a parser could take for something else; none begins with a hyphen.
WORDS = st.one_of(
    st.sampled_from(["1", "easter", "", " ", "none", "null", "a=1", "é", "[]", "{}", "@file", "~", "%s", "%(prog)s"]),
    st.text(max_size=8).filter(lambda text: not text.startswith("-")),
)


def read(line: str | list[str]) -> partial[object]:
    call = parsing.read(shlex.split(line) if isinstance(line, str) else line, WorkLog()).call
    assert isinstance(call, partial)
    return call


def given_by(line: str | list[str]) -> tuple[tuple[object, ...], dict[str, object]]:
    """The arguments that a line gives its command, without the folder."""
    call = read(line)
    return call.args, {name: value for name, value in call.keywords.items() if name != "folder"}


@given(event=WORDS, reason=WORDS, good=WORDS)
def test_words_arrive_as_they_were_typed(event: str, reason: str, good: str) -> None:
    placed, named = given_by(["amend", "drop", event, f"--reason={reason}", good])

    assert placed == (event, good)
    assert named == {"reason": reason, "force": False}


@given(words=st.lists(st.text(max_size=5), min_size=1, max_size=4))
def test_behind_two_hyphens_everything_is_a_word(words: list[str]) -> None:
    placed, named = given_by(["plan", "undecide", "fair", "--", *words])

    assert (placed, named) == (("fair", *words), {})


@pytest.mark.parametrize(
    "line",
    ["plan goods fair box=1 bag=2 --replace", "plan goods --replace fair box=1 bag=2", "plan goods fair --replace box=1 bag=2", "plan goods fair box=1 --replace bag=2"],
)  # fmt: skip
def test_options_can_be_anywhere_among_the_words(line: str) -> None:
    assert given_by(line) == (("fair", "box=1", "bag=2"), {"replace": True, "add_missing_recipes": False})


@pytest.mark.of_folder
@pytest.mark.parametrize(
    "line", ["--data d event list", "event list --data d", "event --data=d list", "--data=d event list"]
)
def test_the_data_folder_can_be_named_before_and_after_the_command(line: str) -> None:
    if line.startswith("event --data"):
        with pytest.raises(UsageError):
            read(line)
        return
    folder = read(line).keywords["folder"]

    assert isinstance(folder, Folder)
    assert folder.given == Path("d")


def test_values_have_the_types_that_the_command_wants() -> None:
    placed, named = given_by("bake fair cookie 3 --made 60 --lost 5 --why burnt --lost 7 --why fell")
    _, event = given_by("event add Tea --date 2026-12-25 --attendees -5")
    (place,), tables = given_by("export-csv tables --table recipes --table stock")

    assert placed == ("fair", "cookie", 3)
    assert (named["made"], named["lost"], named["why"]) == (60, [5, 7], ["burnt", "fell"])
    assert (event["date"], event["attendees"]) == (datetime.date(2026, 12, 25), -5)
    assert (place, tables["table"]) == (Path("tables"), ["recipes", "stock"])


@pytest.mark.of_folder
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("start", "the following arguments are required: EVENT"),
        ("start 1 2", "unexpected argument '2'; wanted EVENT"),
        ("event list all", "unexpected argument 'all'; wanted no arguments"),
        ("plan recipes 1", "RECIPE"),
        ("void 1 p2", "--reason"),
        ("export-csv", "PLACE"),
        ("backup x 3", "unexpected argument '3'"),
        ("start 1 --yse", "unknown option --yse; did you mean --yes?"),
        ("--yes start 1", "unknown option --yes"),
        ("start 1 --ye", "unknown option --ye; did you mean --yes?"),
        ("start 1 --yes=no", "--yes takes no value"),
        ("start 1 --yes --yes", "--yes is given twice"),
        ("event edit 1 --name", "--name needs a value, found nothing"),
        ("--data a start 1 --data b", "--data is given twice, 'a' and 'b'"),
        ("strat 1", "unknown command 'strat'; did you mean start?"),
        ("event lst", "unknown command 'event lst'; did you mean event list?"),
        ("event xyz", "unknown command 'event xyz'; wanted event add or edit or copy or remove or list or show"),
        ("schema cake", "wanted catalog or stock or event or marker or export for NAME, found 'cake'"),
        ("backup x --keep 2.5", "wanted a whole number for --keep, found '2.5'"),
        ("--data x", "wanted a command"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(line: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(line)

    assert says in str(refused.value)


def test_a_refusal_names_the_help_of_the_command(call) -> None:
    assert "see 'plandoc event add --help'" in call("event", "add", "Tea").err
    assert "see 'plandoc --help'" in call("evnt", "add").err


def test_every_command_is_found_by_its_name_and_no_other() -> None:
    for command in COMMANDS:
        assert command_table.find([*command.words, "x"]) == (command, ["x"])
        function = command.load()
        assert f"{function.__module__}:{function.__name__}" == f"plandoc.cli.{command.place}"
    for words in (["event list"], ["nothing"], ["event"]):
        with pytest.raises(UsageError):
            command_table.find(words)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_example_in_the_help_is_a_line_of_its_command(command: command_table.Command) -> None:
    function = command.load()
    examples = help_texts.described(function).examples

    assert examples
    for example in examples:
        line = example.removeprefix("source <(").partition(" > ")[0].removesuffix(")").removeprefix("plandoc ")
        assert read(line).func is function


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_says_what_every_argument_is_for(command: command_table.Command) -> None:
    function = command.load()
    said = help_texts.described(function)

    assert said.arguments.keys() == {one.parameter for one in arguments.arguments_of(function)}
    assert all(said.arguments.values())
    assert said.purpose.endswith(".")


@pytest.mark.costly
@pytest.mark.of_folder
def test_a_command_imports_only_what_it_needs(tmp_path: Path) -> None:
    with open_store(tmp_path / "data", create=True) as store:
        builders.a_plan(store, PlanState.LOCKED)
    script = (
        "import sys; from plandoc.cli import main;"
        f"status = main(['--data', {str(tmp_path / 'data')!r}, 'start', '1', '--yes']);"
        "sys.exit(status or ('jinja2' in sys.modules) or ('rich' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
