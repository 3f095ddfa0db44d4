"""What the command prints: plain in a pipe, tables of 80 columns on a terminal, JSON when asked."""

import io
import json
import re
import sys

import pytest

import plandoc
from plandoc.cli import printing

JSON_COMMANDS = [("event", "list"), ("event", "show", "1"), ("recipe", "list"), ("good", "list"), ("snapshot", "1")]
EVIL = "Br\u00f6tchen\x1b[31m\r\n\u009b2J\u202e[red]"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def _without_styles(shown):
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


@pytest.fixture
def started(bakery):
    with plandoc.open_store(bakery) as store, store.session() as session:
        plandoc.lock_plan(1, session=session)
        plandoc.start_production(1, session=session)
    return bakery


@pytest.fixture
def evil(bakery):
    with plandoc.open_store(bakery) as store, store.session() as session:
        session.add(plandoc.Recipe(name=EVIL, slug="evil"))
    return bakery


@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_json_is_one_document(call, started, arguments):
    ended = call(*arguments, "--json")

    assert (ended.status, ended.err) == (0, "")
    assert json.loads(ended.out)


@pytest.mark.sample(1)
@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_piped_output_is_plain_lines_with_tabs(run, started, arguments):
    ended = run(*arguments)

    assert (ended.status, ended.err) == (0, "")
    assert "\t" in ended.out
    assert not set("\x1b─│━╭") & set(ended.out)


@pytest.mark.parametrize("arguments", JSON_COMMANDS, ids=" ".join)
def test_tables_fit_a_terminal_of_80_columns(started, monkeypatch, arguments):
    from plandoc.cli import main

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    status = main(list(arguments))

    assert status == 0
    assert "─" in terminal.getvalue()
    assert max(map(len, _without_styles(terminal.getvalue()).splitlines())) <= 80


def test_json_rows_have_the_keys_of_the_files(call, bakery):
    events = json.loads(call("event", "list", "--json").out)
    shown = json.loads(call("event", "show", "1", "--json").out)

    assert events[0]["slug"] == "harbour-market"
    assert events[0]["event_date"] == "2026-05-16"
    assert events[0]["plan_state"] == "draft"
    assert [good["quantity"] for good in shown["finished_goods"]] == [10, 20, 12, 8, 3]
    assert shown["snapshot_created_at"] is None


def test_names_cannot_steer_the_terminal(call, evil):
    listed, as_json = call("recipe", "list"), call("recipe", "list", "--json")

    assert not set("\x1b\r\u009b\u202e") & set(listed.out)
    assert "Br\u00f6tchen\\x1b[31m" in listed.out
    assert not set("\x1b\r\u009b\u202e") & set(as_json.out)
    assert json.loads(as_json.out)[-1]["name"] == EVIL


def test_errors_cannot_steer_the_terminal(call, bakery):
    ended = call("lock", "\x1b[31mred")

    assert ended.status == 1
    assert "\x1b" not in ended.err


def test_a_name_is_no_style_on_a_terminal(evil, monkeypatch):
    from plandoc.cli import main

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "200")
    main(["recipe", "list"])

    assert "[red]" in terminal.getvalue()
    assert "\x1b[31m" not in terminal.getvalue()
    assert "\x1b" not in _without_styles(terminal.getvalue())


def test_an_empty_list_says_what_to_do_on_a_terminal(call, folder, monkeypatch):
    call("init")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    printing.print_table("Events", [printing.Column("id")], [], when_empty="none yet")

    assert terminal.getvalue() == "Events: none yet\n"


@pytest.mark.proof
def test_output_in_a_narrow_encoding_is_spelled_out(run, bakery):
    plain = run("good", "list", PYTHONIOENCODING="ascii")
    as_json = run("good", "list", "--json", PYTHONIOENCODING="ascii")

    assert "Sabl\\xe9 bag" in plain.out
    assert json.loads(as_json.out)[1]["name"] == "Sabl\u00e9 bag"
