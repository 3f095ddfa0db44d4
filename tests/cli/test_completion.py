"""Pressing TAB: commands, options and names are completed, in real shells, and whatever goes wrong is silence."""

import json

import pytest

import plandoc
from plandoc.cli import command_table
from plandoc.cli.completion import Candidate, candidates

from .conftest import contents
from .shells import SHELLS, TAB, Shell, is_there

(ASKING,) = command_table.COMPLETION.words
FILES = [Candidate(":files")]


def words_for(*typed):
    return [one.word for one in candidates(list(typed))]


@pytest.fixture(params=SHELLS)
def shell(request, bakery):
    if not is_there(request.param):
        pytest.skip(f"there is no {request.param} here")
    return Shell(request.param, bakery.parent)


# In real shells.


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.sample(1)
def test_commands_options_and_slugs_are_completed(shell):
    printed, _ = shell.type(f"plandoc eve{TAB}sh{TAB}harb{TAB}--js{TAB}")

    assert json.loads(printed)["slug"] == "harbour-market"


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.sample(1)
def test_the_number_follows_at_once_behind_a_good_that_was_completed(shell):
    printed, _ = shell.type(f"plandoc plan goods harb{TAB}tea{TAB}5")

    assert "changed: Tea box from 8 to 5" in printed


@pytest.mark.costly
@pytest.mark.sample(1)
def test_a_value_is_completed_behind_an_equals_sign(shell):
    printed, _ = shell.type(f"plandoc import nothing.json --on-conflict=sk{TAB}")

    assert "nothing.json" in printed
    assert "on-conflict" not in printed


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.sample(1)
def test_files_are_completed_by_the_shell(shell, bakery):
    (bakery.parent / "ingredients-2026.csv").write_text("name,category\nSalt,Spices\n")
    printed, _ = shell.type(f"plandoc ingredient import ingr{TAB}")

    assert "created" in printed


@pytest.mark.costly
@pytest.mark.sample(1)
def test_the_folder_of_a_data_option_is_where_slugs_come_from(shell, bakery):
    bakery.rename(bakery.with_name("elsewhere"))
    printed, _ = shell.type(f"plandoc --data elsewhere event show harb{TAB}")

    assert "Harbour Market" in printed


@pytest.mark.costly
@pytest.mark.sample(1)
def test_nothing_of_a_damaged_folder_is_on_the_screen(shell, bakery):
    (bakery / "catalog.json").write_bytes(b"{")
    printed, screen = shell.type(f"plandoc plan goods harb{TAB}tea{TAB}=1")

    assert "Traceback" not in screen
    assert "plandoc: " not in screen
    assert "catalog.json" in printed


# What can stand at each place.


def test_first_come_the_commands_and_groups(bakery):
    assert words_for("") == command_table.first_words()
    assert words_for("st") == ["stock", "start"]
    assert words_for("--") == ["--data", "--help"]
    assert words_for("stock", "") == ["list", "set", "add", "import"]
    assert words_for("stock", "s") == ["set"]
    assert words_for("nonsense", "") == []


def test_options_that_are_given_are_not_offered_again(bakery):
    assert words_for("start", "harbour-market", "-") == ["--yes", "--json", "--data", "--help"]
    assert words_for("start", "harbour-market", "--yes", "-") == ["--json", "--data", "--help"]
    assert words_for("bake", "1", "cookie", "1", "--lost", "3", "--l") == ["--lost"]
    assert words_for("start", "--", "-") == []


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("start ha", ["harbour-market"]),
        ("event show ", ["harbour-market"]),
        ("needs harbour-market ", []),
        ("plan recipes harbour-market ha", ["hazelnut-sables", "harbour-rye"]),
        ("plan recipes harbour-market harbour-rye har", []),
        ("plan goods harbour-market ", ["single-rye-loaf=", "sable-bag=", "breakfast-box=", "tea-box=", "captain-s-crate="]),
        ("plan goods harbour-market tea-box=3 te", []),
        ("plan goods harbour-market tea-box=", ["tea-box="]),
        ("plan batches harbour-market rye", ["rye-loaf="]),
        ("bake harbour-market rye", ["rye-loaf"]),
        ("bake harbour-market rye-loaf ", []),
        ("amend recipe harbour-market --reason why le", ["lemon-curd", "lemon-tart"]),
        ("stock set wheat", ["wheat-flour"]),
        ("stock add wheat-flour 3 k", ["kg", "knob", "kopp", "krm"]),
        ("schema e", ["event", "export"]),
        ("completion ", ["bash", "zsh", "fish"]),
        ("import x --on-conflict ", ["fail", "skip", "update"]),
        ("import x --on-conflict=u", ["--on-conflict=update"]),
        ("event add Tea --date ", []),
        ("start harbour-market ", []),
    ],
)  # fmt: skip
def test_names_come_from_the_data_folder(bakery, line, known):
    assert sorted(words_for(*line.split(" "))) == sorted(known)


@pytest.mark.parametrize(
    "line", ["--data ", "start --data ", "import ", "backup x", "repair --from ", "export ", "report 1 -o "]
)
def test_files_are_left_to_the_shell(bakery, line):
    assert candidates(line.split(" ")) == FILES


def test_the_runs_of_the_event_are_completed_but_for_voided_ones(bakery, call):
    for line in (
        ("lock", "1"),
        ("start", "1"),
        ("bake", "1", "rye-loaf", "1"),
        ("bake", "1", "rye-loaf", "1"),
        ("pack", "1", "single-rye-loaf", "1"),
    ):
        assert call(*line, *(["--yes"] if line[0] in {"lock", "start"} else [])).status == 0
    call("void", "1", "b1", "--reason", "a slip")

    assert words_for("void", "harbour-market", "") == ["b2", "p1"]


def test_the_answer_says_what_each_word_is(bakery, call):
    ended = call(ASKING, "words", "event", "show", "h")

    assert (ended.status, ended.out, ended.err) == (0, "harbour-market\tHarbour Market\n", "")


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "asked",
    [(), ("line", "plandoc 'ev"), ("words", "void", "nothing", ""), ("words", "--data", "nowhere", "start", "")],
)
def test_what_cannot_be_answered_is_silence(bakery, run, asked):
    ended = run(ASKING, *asked)

    assert (ended.status, ended.out, ended.err) == (0, "", "")


def test_asking_changes_nothing_and_makes_no_folder(folder, call):
    call(ASKING, "words", "start", "")
    assert not folder.exists()

    with plandoc.open_store(folder, create=True):
        pass
    before = contents(folder)
    call(ASKING, "words", "start", "")
    assert contents(folder) == before


def test_a_name_cannot_steer_the_terminal_on_which_it_is_offered(bakery, call):
    with plandoc.open_store(bakery) as store, store.session() as session:
        session.add(plandoc.Recipe("Evil\x1b[31m\tcake\n:files", slug="evil"))
    ended = call(ASKING, "words", "plan", "recipes", "1", "evil")

    assert ended.out == "evil\tEvil\\x1b[31m\\tcake\\n:files\n"
