"""Output that cannot be written: no traceback, never status 0, and what is saved all the same is said."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys

import pytest

import plandoc
from plandoc.cli import main, streams
from plandoc.errors import Outcome, StorageError
from plandoc.records import Event
from plandoc.storage.files import Files

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")

ADD = ("event", "add", "Tea", "--date", "2026-12-25")
SAVED = "the change is saved; do not run it again: that would do it twice"
WAYS = {
    "a full device": ("> /dev/full", "no space left on device"),
    "no standard output": (">&-", "there is no standard output"),
    "a reader that went away": ("| true", "broken pipe"),
}
LOOKS = [
    ("event", "list"),
    ("event", "list", "--json"),
    ("progress", "1"),
    ("shop", "1", "--csv"),
    ("export", "-"),
    ("check",),
    ("plan", "review", "1"),
    ("schema", "export"),
    ("--help",),
    ("start", "--help"),
    ("--version",),
]
WRITERS = {
    "report": (("report", "1", "-o", "x.html"), "the report is in {}/x.html", "x.html"),
    "export": (("export", "x.json"), "the export is in {}/x.json", "x.json"),
    "export-csv": (("export-csv", "sheets"), "the tables are in sheets", "sheets/stock.csv"),
    "backup": (("backup", "x.zip"), "the backup is in {}/x.zip", "x.zip"),
    "init": (("--data", "new", "init"), "the store new was created", "new/plandoc.json"),
    "demo": (("demo", "new"), "the demo was started in new", "new/plandoc.json"),
}


@pytest.fixture
def shell(bakery):
    """Call the command in a shell, which can close streams; give its status and its error stream."""

    def called(arguments, redirection="", unbuffered=""):
        line = f"{sys.executable} -m plandoc {' '.join(arguments)} {redirection}; exit ${{PIPESTATUS[0]}}"
        surroundings = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        ended = subprocess.run(
            ["bash", "-c", line], cwd=bakery.parent, capture_output=True, text=True, timeout=60, env=surroundings
        )
        return ended.returncode, ended.stderr

    return called


def events_in(folder):
    with plandoc.open_store(folder) as store:
        return [event.name for event in store.read(lambda session: session.find(Event))]


@pytest.mark.of_folder
@pytest.mark.sample(1)
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("way", WAYS)
def test_a_change_that_is_saved_is_said_to_be_saved_when_nothing_can_be_shown(shell, bakery, way, unbuffered):
    redirection, reason = WAYS[way]
    status, said = shell(ADD, redirection, unbuffered)

    assert status == (141 if "pipe" in reason else 3)
    assert said == f"plandoc: the output could not be written: {reason}\n         {SAVED}\n"
    assert events_in(bakery) == ["Harbour Market", "Tea"]


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.sample(1)
@pytest.mark.parametrize("arguments", LOOKS, ids=" ".join)
def test_a_look_that_cannot_be_shown_says_that_nothing_was_changed(shell, arguments):
    status, said = shell(arguments, "> /dev/full")

    assert status == 1
    assert said == "plandoc: the output could not be written: no space left on device\n         nothing was changed\n"


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.sample(1)
@pytest.mark.parametrize("arguments", [("event", "list"), ("good", "list", "--json"), ("export", "-"), ("--help",)])
def test_no_standard_output_at_all_is_no_traceback(shell, arguments):
    status, said = shell(arguments, ">&-")

    assert status == 1
    assert (
        said == "plandoc: the output could not be written: there is no standard output\n         nothing was changed\n"
    )


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.sample(1)
@pytest.mark.parametrize("command", WRITERS)
def test_a_file_that_is_there_is_said_to_be_there_when_that_cannot_be_shown(shell, bakery, command):
    arguments, wanted, file = WRITERS[command]
    status, said = shell(arguments, "> /dev/full")

    assert status == 3
    assert said.splitlines()[1].strip() == wanted.format(bakery.parent)
    assert (bakery.parent / file).stat().st_size


@pytest.mark.proof
def test_a_restored_folder_and_a_repaired_one_are_said_to_be_done(shell, bakery):
    assert shell(("backup", "x.zip"))[0] == 0
    (bakery / "events" / "1.json.plandoc-tmp").write_bytes(b"half")
    repaired = shell(("repair",), "> /dev/full")
    again = shell(("repair",), "> /dev/full")
    restored = shell(("restore", "x.zip", "--replace"), "> /dev/full")

    assert (repaired[0], repaired[1].splitlines()[1].strip()) == (3, "the repair is done")
    assert (again[0], again[1].splitlines()[1].strip()) == (1, "nothing was changed")
    assert (restored[0], restored[1].splitlines()[1].strip()) == (3, f"{bakery} was restored")


@pytest.mark.proof
def test_a_change_that_changed_nothing_is_not_said_to_be_saved(shell, bakery):
    (bakery.parent / "stock.csv").write_text("ingredient,quantity,unit\n")
    status, said = shell(("stock", "import", "stock.csv", "--dry-run"), "> /dev/full")

    assert status == 1
    assert said.endswith("nothing was changed\n")


@pytest.mark.proof
def test_without_an_error_stream_the_work_is_done_and_nothing_strays(shell, bakery):
    shown = bakery.parent / "shown"
    done = shell(ADD, "2>&- > shown")
    refused = shell(("start", "1"), "2>&- >> shown")
    full = shell(("start", "1"), "2> /dev/full")
    both = shell((*ADD, "--again"), ">&- 2>&-")

    assert [status for status, _ in (done, refused, full, both)] == [0, 1, 1, 3]
    assert shown.read_text() == "added 'Tea' on 2026-12-25 as tea (event 2)\n"
    assert len(events_in(bakery)) == 3
    assert plandoc.check(bakery) == []


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_refused_import_whose_report_cannot_be_shown_ends_as_refused(shell, bakery, unbuffered):
    (bakery.parent / "bad.json").write_text('{"application": "bake-tracker", "version": "4.1", "recipes": [{"x": 1}]}')
    status, said = shell(("import", "bad.json"), "> /dev/full", unbuffered)

    assert status == 1
    assert said.startswith("plandoc: nothing was imported from bad.json")
    assert "Exception ignored" not in said


@pytest.mark.proof
def test_a_warning_that_cannot_be_shown_stops_no_recovery(shell, bakery):
    """The journal holds a newer version than the file, and that was edited meanwhile."""
    script = (
        "import os, plandoc; store = plandoc.open_store('data'); session = store.session()\n"
        "with session as s: s.replace(__import__('attrs').evolve(s.event(1), notes='new'))\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=bakery.parent, check=True, timeout=60)
    event = bakery / "events" / "1.json"
    event.write_bytes(event.read_bytes().replace(b"Harbour Market", b"Harbor Market"))
    status, _ = shell(ADD, "2> /dev/full")

    assert status == 0
    assert events_in(bakery) == ["Harbour Market", "Tea"]
    assert list((bakery / "lost-found").iterdir())


@pytest.mark.proof
def test_a_full_device_in_the_middle_of_much_output_is_the_same(shell, bakery):
    with plandoc.open_store(bakery) as store, store.session() as session:
        for number in range(150):
            session.add(plandoc.Ingredient(f"Ingredient {number} {'x' * 100}"))

    for arguments in (("ingredient", "list"), ("ingredient", "list", "--json"), ("export", "-")):
        status, said = shell(arguments, "> /dev/full")

        assert (status, said.count("\n")) == (1, 2), said


class Failing(io.StringIO):
    """A stream in the place of the standard output, as a program can put one there."""

    def write(self, text):
        raise OSError(errno.EIO, "input/output error")


@pytest.mark.parametrize("stream", [None, Failing()])
def test_a_program_that_calls_the_command_without_output_gets_its_status(bakery, capsys, monkeypatch, stream):
    monkeypatch.setattr(sys, "stdout", stream)
    status = main([*ADD])
    still = sys.stdout
    monkeypatch.undo()

    assert (status, still) == (3, stream)
    assert SAVED in capsys.readouterr().err


def test_a_closed_output_is_none(bakery, capsys, monkeypatch):
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stdout", closed)
    status = main([*ADD])
    monkeypatch.undo()

    assert status == 3
    assert "there is no standard output" in capsys.readouterr().err


@pytest.mark.parametrize("at", ["in the work", "behind it"])
def test_an_interruption_says_what_is_saved(bakery, capsys, monkeypatch, at):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    place = "plandoc.engine.session.Session.add" if at == "in the work" else "plandoc.cli.printing.say"
    monkeypatch.setattr(place, interrupt)
    status = main([*ADD])
    monkeypatch.undo()
    said = capsys.readouterr().err

    assert status == 130
    assert said == ("plandoc: interrupted\n" if at == "in the work" else f"plandoc: interrupted\n         {SAVED}\n")
    assert len(events_in(bakery)) == (1 if at == "in the work" else 2)


@pytest.mark.of_folder
def test_an_interruption_in_the_saving_says_that_nobody_knows(bakery, capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Files, "sync_data", interrupt)
    status = main([*ADD])
    monkeypatch.undo()

    assert status == 130
    assert "may or may not have been done; check before you run it again" in capsys.readouterr().err


@pytest.mark.of_folder
def test_an_error_of_closing_never_hides_that_nothing_was_saved(bakery, capsys, monkeypatch):
    def refuse(*_, **__):
        raise StorageError("journal.jsonl", "no space left on device", Outcome.NOT_SAVED, errno.ENOSPC)

    def close(self):
        raise StorageError("catalog.json", "input/output error", Outcome.SAVED, errno.EIO)

    monkeypatch.setattr("plandoc.storage.folder.FolderTransaction.commit", refuse)
    monkeypatch.setattr("plandoc.storage.folder.FolderBackend.close", close)
    status = main([*ADD])
    monkeypatch.undo()
    said = capsys.readouterr().err

    assert status == 1
    assert said == "plandoc: journal.jsonl: no space left on device: not saved; nothing was changed\n"
    assert len(events_in(bakery)) == 1


@pytest.mark.of_folder
def test_an_error_of_closing_after_a_change_says_not_to_run_it_again(bakery, capsys, monkeypatch):
    def close(self):
        raise StorageError("catalog.json", "input/output error", Outcome.SAVED, errno.EIO)

    monkeypatch.setattr("plandoc.storage.folder.FolderBackend.close", close)
    status = main([*ADD])
    monkeypatch.undo()

    assert status == 3
    assert capsys.readouterr().err.endswith(f"\n         {SAVED}\n")
    assert len(events_in(bakery)) == 2


@pytest.mark.costly
@pytest.mark.of_folder
def test_no_file_of_the_folder_gets_the_number_of_a_closed_stream(bakery):
    """What another library prints blindly to number 2 must not end up in the journal."""
    script = (
        "import os, sys\n"
        "from plandoc.cli import main\n"
        "from plandoc.storage.files import Files\n"
        "numbers, original = [], Files.open_to_write\n"
        "def watched(*given, **named): numbers.append(original(*given, **named)); return numbers[-1]\n"
        "Files.open_to_write = watched\n"
        f"main({[*ADD]!r})\n"
        "open('numbers', 'w').write(repr(numbers))\n"
    )
    line = f'{sys.executable} -c "{script}" <&- >&- 2>&-'
    subprocess.run(["bash", "-c", line], cwd=bakery.parent, check=True, timeout=60)
    numbers = json.loads((bakery.parent / "numbers").read_text())

    assert min(numbers) > 2


def test_the_streams_are_as_they_were_after_a_command(bakery, capsys):
    before = sys.stdout, sys.stderr
    main(["event", "list"])

    assert (sys.stdout, sys.stderr) == before
    assert not isinstance(sys.stdout, streams._Output)
