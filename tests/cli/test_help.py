"""What help shows, on a terminal of 80 columns too."""

import subprocess
import sys

import pytest

from plandoc.cli.command_table import COMMANDS, GROUPS, SECTIONS
from tests.cli.terminals import Terminal, needs_a_terminal


def test_the_help_names_every_command_below_what_it_is_for(call):
    shown = call("--help").out

    for title, commands in SECTIONS:
        part = shown.partition(f"\n{title}:\n")[2].partition("\n\n")[0]
        assert all(word in part for command in commands for word in command.words), title
    assert call().out == call("-h").out == shown


@pytest.mark.parametrize("group", GROUPS)
def test_the_help_of_a_group_names_its_commands(call, group):
    shown = call(group, "--help")

    assert shown.status == 0
    assert all(f"\n  {command.name} " in shown.out for command in COMMANDS if command.words[0] == group)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_fits_into_80_columns(call, command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = call(*command.words, "--help")
    lines = shown.out.splitlines()

    assert shown.status == 0
    assert lines[0].startswith(f"Usage: plandoc {command.name}")
    # An example is one line, however long, so that it can be pasted.
    assert max(len(line) for line in lines if not line.startswith("  plandoc")) <= 80


@needs_a_terminal
def test_headings_are_bold_on_a_terminal_and_no_line_is_too_long(folder):
    seen = Terminal(folder).run("--help")

    assert "\x1b[1mPlan:\x1b[0m" in seen.screen
    assert seen.widest <= 80


def test_headings_are_plain_elsewhere(call):
    assert "\x1b" not in call("--help").out


def test_help_is_shown_without_tinydb():
    code = "import sys; from plandoc.cli import app; status = app.main(['--help']); sys.exit(status or 'tinydb' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False).returncode == 0
