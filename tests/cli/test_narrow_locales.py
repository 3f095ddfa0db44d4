"""Where the locale knows only ASCII, and where a name of a file is no text at all: typed, shown and saved all the same."""

from __future__ import annotations

import json
import os
import sys

import pytest

import plandoc

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a locale means differs from system to system")

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
UTF8 = {"LC_ALL": "C.UTF-8"}
NO_TEXT = os.fsdecode(b"\xff")


@pytest.fixture
def narrow(run):
    def called(*arguments):
        return run(*arguments, **ASCII)

    return called


@pytest.mark.proof
def test_what_is_typed_is_saved_as_the_same_text_as_elsewhere(narrow, run, bakery):
    added = narrow("event", "add", "Fête", "--date", "2026-12-25", "--notes=Été 🥐")
    shown, found = narrow("event", "show", "fete", "--json"), narrow("event", "show", "Forêt")
    elsewhere = run("event", "show", "fete", "--json", **UTF8)

    assert (added.status, added.err) == (0, "")
    assert added.out == "added 'F\\xeate' on 2026-12-25 as fete (event 2)\n"
    assert json.loads(shown.out) == json.loads(elsewhere.out)
    assert json.loads(elsewhere.out)["notes"] == "Été 🥐"
    assert (found.status, found.err) == (1, "plandoc: Event 'For\\xeat' not found\n")
    assert plandoc.check(bakery) == []


@pytest.mark.proof
def test_files_get_the_names_that_were_typed_and_are_found_by_them(narrow, bakery, tmp_path):
    steps = [
        ("--data", "Fête", "init"),
        ("export", "Fête.json"),
        ("export-csv", "Fêtes"),
        ("report", "1", "-o", "Fête.html"),
        ("backup", "Fête.zip"),
        ("--data", "Fête", "import", "Fête.json"),
        ("restore", "Fête.zip", "--replace"),
        ("stock", "import", "Fêtes/stock.csv"),
        ("demo", "Démo"),
    ]
    for step in steps:
        ended = narrow(*step)
        assert (ended.status, ended.err) == (0, ""), step

    assert {"Fête", "Fêtes", "Fête.json", "Fête.html", "Fête.zip", "Démo"} <= set(os.listdir(tmp_path))
    assert plandoc.check(tmp_path / "Fête") == []


@pytest.mark.costly
def test_a_folder_can_be_named_in_the_environment(run, narrow, tmp_path):
    made = run("init", **ASCII, PLANDOC_DATA="Fête")

    assert (made.status, made.out) == (0, "F\\xeate is ready\n")
    assert (tmp_path / "Fête" / "plandoc.json").exists()


@pytest.mark.costly
@pytest.mark.sample(1)
@pytest.mark.parametrize("locale", [ASCII, UTF8], ids=["ASCII", "UTF-8"])
def test_a_file_whose_name_is_no_text_is_imported_and_written(run, bakery, tmp_path, locale):
    (tmp_path / f"{NO_TEXT}.csv").write_text("ingredient,quantity,unit\nRye flour,3,kg\n", "utf-8")
    imported = run("stock", "import", f"{NO_TEXT}.csv", **locale)
    exported, again = run("export", f"{NO_TEXT}.json", **locale), run("import", f"{NO_TEXT}.json", **locale)

    assert (imported.status, imported.err) == (0, "")
    assert (exported.status, exported.err) == (0, "")
    assert exported.out.splitlines()[-1].startswith(f"{tmp_path}/\\udcff.json: ")
    assert (again.status, again.err) == (0, "")


@pytest.mark.costly
def test_a_name_that_is_no_text_is_refused_as_a_name(narrow, bakery):
    ended = narrow("event", "add", NO_TEXT, "--date", "2026-12-25")

    assert ended.status == 1
    assert ended.err.startswith("plandoc: name: Event: holds half a surrogate pair")


def test_the_help_needs_no_more_than_ascii(narrow):
    ended = narrow("--help")

    assert (ended.status, ended.err) == (0, "")
    assert ended.out.isascii()
    assert "\\u" not in ended.out
