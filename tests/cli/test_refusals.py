"""What the command refuses: the exit status, one message, no traceback."""

import os
import signal
import subprocess
import sys

import pytest

import plandoc
from plandoc.cli import main

from .conftest import contents

WRONG_USAGE = [
    ("nonsense",),
    ("plan",),
    ("event",),
    ("event", "ad"),
    ("lock",),
    ("lock", "1", "2"),
    ("lock", "1", "--bogus"),
    ("event", "add", "Tea"),
    ("event", "add", "Tea", "--date", "2026-13-01"),
    ("event", "add", "Tea", "--date", "tomorrow"),
    ("event", "add", "Tea", "--date", "2026-12-25", "--attendees", "many"),
    ("event", "add", "Tea", "--date", "2026-12-25", "--attendees", "2.5"),
    ("event", "add", "Tea", "--date", "2026-12-25", "--attendees", "0x10"),
    ("plan", "recipes", "1"),
    ("plan", "goods", "1"),
    ("plan", "goods", "1", "tea-box"),
    ("plan", "goods", "1", "=3"),
    ("plan", "goods", "1", "tea-box=1.5"),
    ("plan", "goods", "1", "tea-box=1", "tea-box=2"),
    ("plan", "goods", "1", "tea-box=1", "4=2"),
    ("plan", "batches", "1", "rye-loaf=" + "9" * 5000),
    ("--data",),
    ("--data=", "check"),
]
REFUSED = [
    ("lock", "99"),
    ("unlock", "1"),
    ("start", "1"),
    ("complete", "1"),
    ("snapshot", "1"),
    ("snapshot", "1", "--json"),
    ("event", "show", "nothing"),
    ("event", "add", " ", "--date", "2026-12-25"),
    ("event", "add", "Tea", "--date", "2026-12-25", "--attendees", "0"),
    ("plan", "recipes", "1", "nothing"),
    ("plan", "goods", "1", "tea-box=-1"),
    ("plan", "batches", "1", "rye-loaf=-3"),
    ("import", "not-there.json"),
    ("demo", "data"),
]


def _assert_one_message(ended):
    first, *further = ended.err.splitlines()
    assert first.startswith("plandoc: ")
    assert all(line.startswith("         ") for line in further)
    assert "Traceback" not in ended.err


@pytest.mark.sample(10)
@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=lambda arguments: " ".join(arguments)[:40])
def test_wrong_usage_ends_with_2_and_changes_nothing(call, bakery, arguments):
    before = contents(bakery)
    ended = call(*arguments)

    assert (ended.status, ended.out) == (2, "")
    _assert_one_message(ended)
    assert contents(bakery) == before


@pytest.mark.of_folder
@pytest.mark.parametrize("arguments", REFUSED, ids=lambda arguments: " ".join(arguments))
def test_a_refusal_ends_with_1_and_changes_nothing(call, bakery, arguments):
    before = contents(bakery)
    ended = call(*arguments)

    assert (ended.status, ended.out) == (1, "")
    _assert_one_message(ended)
    assert contents(bakery) == before


def test_every_wrong_argument_is_named_at_once(call, bakery):
    wrong_form = call("plan", "goods", "1", "tea-box", "sable-bag=x")
    unknown = call("plan", "goods", "1", "tee-box=1", "sabel-bag=2")

    assert "'tea-box'" in wrong_form.err
    assert "sable-bag=" in wrong_form.err
    assert "did you mean tea-box?" in unknown.err
    assert "did you mean sable-bag?" in unknown.err


def test_a_missing_folder_says_how_to_make_one(call, folder):
    ended = call("event", "list")

    assert ended.status == 1
    assert "plandoc init" in ended.err
    assert "open_store" not in ended.err
    assert not folder.exists()


def test_a_damaged_folder_is_reported_and_left_as_it_is(call, bakery):
    (bakery / "catalog.json").write_bytes(b"")
    before = contents(bakery)
    listing, checking = call("recipe", "list"), call("check")

    assert (listing.status, checking.status) == (1, 1)
    _assert_one_message(listing)
    assert "catalog.json" in checking.out
    assert checking.err == ""
    assert contents(bakery) == before


@pytest.mark.proof
def test_the_real_process_ends_with_the_same_statuses_and_without_a_traceback(run, bakery):
    refused, wrong = run("start", "1"), run("start")

    assert (refused.status, wrong.status) == (1, 2)
    _assert_one_message(refused)
    _assert_one_message(wrong)


@pytest.mark.costly
@pytest.mark.of_folder
def test_who_is_waited_for_is_said(bakery):
    with plandoc.open_store(bakery) as store:
        with store.session("bake a very long cake"):
            command = [sys.executable, "-m", "plandoc", "--data", str(bakery), "lock", "1"]
            waiting = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
            said = waiting.stderr.readline()
        rest = waiting.communicate(timeout=60)[1]

    assert said.startswith("plandoc: waiting: ")
    assert str(os.getpid()) in said
    assert "bake a very long cake" in said
    assert (waiting.returncode, rest) == (0, "")


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.skipif(os.name != "posix", reason="interrupts are sent by signals only there")
def test_an_interrupt_while_waiting_ends_with_130(bakery):
    with plandoc.open_store(bakery) as store, store.session("wait for me"):
        command = [sys.executable, "-m", "plandoc", "--data", str(bakery), "lock", "1"]
        waiting = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        waiting.stderr.readline()
        waiting.send_signal(signal.SIGINT)
        rest = waiting.communicate(timeout=60)[1]

    assert waiting.returncode == 130
    assert rest == "plandoc: interrupted\n"


@pytest.mark.of_folder
@pytest.mark.skipif(os.name != "posix", reason="a closed pipe ends a process otherwise there")
def test_a_reader_that_goes_away_is_no_traceback(bakery):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "plandoc", "--data", str(bakery), "good", "list"]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, b"")


def test_help_is_no_refusal(capsys):
    status = main(["--help"])
    shown = capsys.readouterr().out

    assert status == 0
    assert all(name in shown for name in ("demo", "import", "snapshot", "--data FOLDER"))


def test_the_version_can_be_asked_for(call):
    ended = call("--version")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.strip()


def test_a_name_that_looks_like_an_option_can_be_given_after_two_hyphens(call, bakery):
    ended = call("event", "add", "--date", "2026-12-25", "--", "--data")

    assert ended.status == 0
    assert "added '--data'" in ended.out
