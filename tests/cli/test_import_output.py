"""What an import shows: counts, mistakes of one kind together on a terminal, all of them in a pipe."""

import csv
import io
import sys

import pytest

import plandoc
from plandoc.cli import busy_line, sample

from .terminals import Terminal, needs_a_terminal

# F-D10: 76 mistakes of one kind, and one of another.
WRONG = "ingredient,quantity,unit\n" + "".join(f"Flour,{number},kg\n" for number in ["some"] * 50 + ["few"] * 26)


@pytest.fixture
def files(folder):
    with plandoc.open_store(folder, create=True) as store, store.session() as session:
        session.add(plandoc.Ingredient("Flour"))
    (folder.parent / "wrong.csv").write_text(f"{WRONG}Flower,1,kg\n")
    return folder


def test_a_pipe_gets_each_mistake(call, files):
    lines = call("stock", "import", "wrong.csv").err.splitlines()

    assert len([line for line in lines if "wrong.csv:" in line and "quantity: wanted a number" in line]) == 76
    assert "wrong.csv:78, ingredient: there is no ingredient 'Flower'" in lines[-1]


@pytest.mark.costly
@needs_a_terminal
def test_a_terminal_gets_mistakes_of_one_kind_together_unless_all_are_wanted(files):
    short = Terminal(files, columns=200).run("stock", "import", "wrong.csv").text
    long = Terminal(files, columns=200).run("stock", "import", "wrong.csv", "--all").text

    assert "76 lines (2-77): wanted a number, found 'some', 'few' (" in short
    assert "wrong.csv:78, ingredient: there is no ingredient 'Flower'" in short
    assert short.rstrip().endswith("--all lists each of them")
    assert long.count("wanted a number, found") == 76


def test_a_second_import_shows_counts_and_on_request_every_row(call, files):
    (files.parent / "i.csv").write_text("name\n" + "".join(f"Thing {number}\n" for number in range(50)))
    call("ingredient", "import", "i.csv")
    counts, rows = call("ingredient", "import", "i.csv"), call("ingredient", "import", "i.csv", "--verbose")

    assert counts.out.splitlines() == ["table\toutcome\trows", "ingredients\tskipped\t50"]
    assert rows.out.splitlines()[2] == "ingredients, Thing 0: skipped: already there, the same"
    assert len(rows.out.splitlines()) == 52


def test_of_many_changed_rows_the_first_are_shown(call, files):
    for category in ("A", "B"):
        rows = "".join(f"Thing {number},{category}\n" for number in range(50))
        (files.parent / "i.csv").write_text(f"name,category\n{rows}")
        ended = call("ingredient", "import", "i.csv")

    assert ended.out.splitlines()[1:3] == [
        "ingredients\tupdated\t50",
        "ingredients, Thing 0: updated: differed in category",
    ]
    assert ended.out.splitlines()[-1] == "and 30 more; --verbose shows every row"


def test_mistakes_of_an_export_come_before_its_notes(call, files):
    (files.parent / "x.json").write_text(
        '{"version": "4.1", "application": "bake-tracker", "spaceships": 3,'
        ' "finished_units": [{"display_name": "Slice", "recipe_name": "Cake", "items_per_batch": 2}]}'
    )
    ended = call("import", "x.json")
    lines = ended.err.splitlines()

    assert ended.out.splitlines() == ["table\toutcome\trows", "finished_units\tfailed\t1"]
    assert "Slice: recipes: 'Cake' is neither in the file nor in the folder" in lines[1]
    assert lines[2].strip() == "note: the key spaceships has no counterpart in plandoc and was left out"


def test_a_table_given_to_import_names_the_command_with_the_file(call, files):
    ended = call("import", "wrong.csv")

    assert "found a table of stock (import it with 'plandoc stock import wrong.csv')" in ended.err


def test_two_ingredients_are_merged(call, files):
    (files.parent / "e.csv").write_text("recipe,ingredient,quantity,unit\nA,egg,1,each\nB,eggs,2,each\n")
    imported = call("recipe", "import", "e.csv", "--add-ingredients")
    call("stock", "set", "eggs", "3", "each")
    merged = call("ingredient", "merge", "eggs", "into", "egg")

    assert "'plandoc ingredient merge INGREDIENT into OTHER' makes one of them" in imported.out
    assert merged.out.splitlines() == [
        "merged eggs into egg",
        "changed recipes: B",
        "in stock now: 3 each of egg",
    ]
    assert call("ingredient", "merge", "egg", "with", "flour").status == 2
    assert plandoc.check(files) == []


def test_a_terminal_shows_that_an_import_goes_on(monkeypatch):
    class Screen(io.StringIO):
        def isatty(self):
            return True

    screen = Screen()
    monkeypatch.setattr(busy_line, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(sys, "stderr", screen)
    with busy_line.busy_line("importing x.csv"):
        while "importing x.csv: " not in screen.getvalue():
            pass

    assert screen.getvalue().endswith(f"\r{' ' * len('importing x.csv: 0 s')}\r")


def test_nobody_waits_at_a_pipe(call, files):
    assert "importing" not in call("stock", "import", "wrong.csv").err


@pytest.mark.costly
@pytest.mark.of_folder
@pytest.mark.parametrize("begun", [False, True])
def test_a_file_of_the_shopping_list_begins_with_a_byte_order_mark(begun, folder):
    import subprocess

    sample.write(folder)
    path = folder.parent / "list.csv"
    path.write_text("mine\n" if begun else "")
    with path.open("ab") as file:
        command = [sys.executable, "-m", "plandoc", "--data", str(folder), "shop", "1", "--csv"]
        subprocess.run(command, stdout=file, check=True, timeout=60)
    written = path.read_bytes()

    assert written.startswith(b"mine\n" if begun else b"\xef\xbb\xbf")
    assert written.count(b"\xef\xbb\xbf") == (0 if begun else 1)
    assert "standing" in next(csv.reader(io.StringIO(written.decode("utf-8-sig").removeprefix("mine\n"))))
