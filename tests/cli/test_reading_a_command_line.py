"""Plain words are read without the parser, and as the parser would read them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc import PlanState, open_store
from plandoc.cli import command_table, fast_path, parsing
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError
from tests import builders

FOLDER = Folder(Path("somewhere"))
WORDS = st.one_of(
    st.sampled_from(
        [
            "1",
            "-1",
            "easter",
            "",
            " ",
            "--",
            "-",
            "--yes",
            "--json",
            "--reason",
            "none",
            "null",
            "a=1",
            "é",
            "[]",
            "{}",
            "@",
        ]
    ),
    st.text(max_size=8),
)


@given(words=st.sampled_from([words for words, *_ in command_table.COMMANDS]), arguments=st.lists(WORDS, max_size=4))
def test_what_is_read_without_the_parser_is_what_the_parser_reads(words: str, arguments: list[str]) -> None:
    tokens = [*words.split(), *arguments]
    called = command_table.find(tokens)
    assert called is not None
    without = fast_path.read(called, FOLDER)
    if without is None:
        return

    with_parser = parsing.read(tokens, called, FOLDER)

    assert (without.func, without.args, without.keywords) == (with_parser.func, with_parser.args, with_parser.keywords)


@pytest.mark.parametrize(
    "line", ["start easter", "start 1", "event list", "check", "progress 1", "compare 1", "pack 1 box 2"]
)
def test_common_command_lines_are_read_without_the_parser(line: str) -> None:
    called = command_table.find(line.split())
    assert called is not None
    assert fast_path.read(called, FOLDER) is not None


@pytest.mark.parametrize("line", ["start", "start 1 2", "backup x 3", "plan recipes 1", "void 1 p2", "export-csv"])
def test_too_few_words_or_too_many_are_left_to_the_parser(line: str) -> None:
    called = command_table.find(line.split())
    assert called is not None
    assert fast_path.read(called, FOLDER) is None
    with pytest.raises(UsageError):
        parsing.read(line.split(), called, FOLDER)


def test_every_command_is_found_by_its_name_and_no_other() -> None:
    for words, place, _ in command_table.COMMANDS:
        called = command_table.find(words.split())
        assert called is not None
        assert f"{called.command.__module__}:{called.command.__name__}" == f"plandoc.cli.{place}"
    assert command_table.find(["event list"]) is None
    assert command_table.find(["nothing"]) is None
    assert command_table.find([]) is None


def test_a_command_line_of_plain_words_imports_no_parser(tmp_path: Path) -> None:
    with open_store(tmp_path / "data", create=True) as store:
        builders.a_plan(store, PlanState.LOCKED)
    script = (
        "import sys; from plandoc.cli import main;"
        f"status = main(['--data', {str(tmp_path / 'data')!r}, 'start', '1']);"
        "sys.exit(status or ('cyclopts' in sys.modules) or ('rich' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
