"""`plandoc export`, `export-csv`, `schema`, and `import` of what was exported."""

import csv
import io
import json

import pytest

import plandoc
from plandoc.cli import main

from .conftest import contents


def test_an_export_goes_into_another_folder_and_out_again_as_the_same_bytes(call, bakery, tmp_path):
    first = call("export", "bakery.json")
    taken = call("--data", "other", "import", "bakery.json")
    second = call("--data", "other", "export", "again.json")

    assert (first.status, taken.status, second.status) == (0, 0, 0)
    assert "ingredients\tcreated\t13" in taken.out
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "bakery.json").read_bytes()
    assert plandoc.check(tmp_path / "other") == []


def test_a_single_event_is_exported_by_its_short_name_without_the_stock(call, bakery, tmp_path):
    ended = call("export", "market.json", "harbour-market")
    unknown = call("export", "other.json", "christmas")

    assert (ended.status, "stock" in ended.out) == (0, False)
    assert (unknown.status, (tmp_path / "other.json").exists()) == (1, False)
    assert "'christmas' not found" in unknown.err


def test_a_file_that_is_no_export_is_left_alone_until_replace_is_given(call, bakery, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear")
    refused = call("export", "letter.txt")

    assert (refused.status, (tmp_path / "letter.txt").read_text()) == (1, "Dear")
    assert "--replace" in refused.err
    assert call("export", "letter.txt", "--replace").status == 0


def test_conflicts_stop_the_import_and_say_what_to_do(call, bakery, tmp_path):
    call("export", "bakery.json")
    call("stock", "set", "butter", "1", "kg")
    before = contents(bakery)
    refused = call("import", "bakery.json")

    assert refused.status == 1
    assert "stock, butter, kg: already there and differs in quantity" in refused.err
    assert "--on-conflict skip" in refused.err
    assert contents(bakery) == before
    assert call("import", "bakery.json", "--on-conflict", "never").status == 2
    assert call("import", "bakery.json", "--on-conflict", "update").status == 0
    assert "stock, butter, kg" in call("import", "bakery.json", "--verbose").out


def test_a_dry_run_of_an_export_leaves_nothing_behind(call, bakery, tmp_path):
    call("export", "bakery.json")
    dry = call("--data", "other", "import", "bakery.json", "--dry-run")

    assert (dry.status, "nothing was changed" in dry.out, (tmp_path / "other").exists()) == (0, True, False)


def test_an_evil_export_is_refused_without_a_traceback_or_an_escape_sequence(call, bakery, tmp_path):
    call("export", "bakery.json")
    value = json.loads((tmp_path / "bakery.json").read_bytes())
    value["recipes"][0].update(slug="../../\x1b[31mevil", name="\x1b]0;evil\x07")
    (tmp_path / "evil.json").write_text(json.dumps(value))
    ended = call("--data", "other", "import", "evil.json")

    assert ended.status == 1
    assert "\x1b" not in ended.out + ended.err
    assert "Traceback" not in ended.err


@pytest.mark.costly
def test_spreadsheets_are_what_the_imports_of_tables_read(call, bakery, tmp_path):
    call("export-csv", "sheets")
    call("--data", "other", "init")
    for kind in ("ingredient", "recipe", "good", "stock"):
        name = f"{kind}s" if kind not in ("stock",) else kind
        assert call("--data", "other", kind, "import", f"sheets/{name}.csv").status == 0
    for kind in ("ingredient", "recipe", "good", "stock"):
        assert call("--data", "other", kind, "list").out == call(kind, "list").out


def test_no_cell_of_a_spreadsheet_is_a_formula(call, bakery, tmp_path):
    with plandoc.open_store(bakery) as store, store.session() as session:
        session.add(plandoc.Ingredient("=cmd|' /C calc'!A0", "@SUM(1)", notes="+1\r\n-2"))
    call("export-csv", "sheets", "--table", "ingredients")
    text = (tmp_path / "sheets/ingredients.csv").read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert rows[-1] == ["'=cmd|' /C calc'!A0", "'@SUM(1)", "", "", "'+1\n-2"]
    assert text.count("\r\n") == len(rows)


def test_spreadsheets_that_are_there_stay_until_replace_is_given(call, bakery, tmp_path):
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets/goods.csv").write_text("mine")
    refused = call("export-csv", "sheets")

    assert (refused.status, sorted(path.name for path in (tmp_path / "sheets").iterdir())) == (1, ["goods.csv"])
    assert "--replace" in refused.err
    assert call("export-csv", "sheets", "--replace").status == 0
    assert call("export-csv", "sheets/goods.csv").status == 1
    assert call("export-csv", "more", "--table", "ovens").status == 2


def test_a_schema_is_printed_as_it_is_shipped(call, folder):
    from plandoc.exchange import json_schema

    for name in json_schema.NAMES:
        assert json.loads(call("schema", name).out) == json_schema.schema_of(name)
    assert call("schema", "oven").status == 2


@pytest.mark.proof
def test_a_hyphen_stands_for_the_standard_output(run, bakery, tmp_path):
    ended = run("export", "-")
    file = run("export", "bakery.json")
    one = run("export", "-", "harbour-market")
    unknown = run("export", "-", "christmas")

    assert (ended.status, ended.err, file.status) == (0, "", 0)
    assert ended.out.encode() == (tmp_path / "bakery.json").read_bytes()
    assert json.loads(one.out)["stock"] == []
    assert (unknown.status, unknown.out) == (1, "")
    assert not (tmp_path / "-").exists()


def test_what_only_looks_like_an_option_is_no_name_of_a_file(call, bakery, tmp_path):
    mistyped = call("export", "--replce", "x.json")

    assert mistyped.status == 2
    assert "unknown option --replce; did you mean --replace?" in mistyped.err
    assert call("export", "--", "-x.json").status == 0
    assert call("export", "./-x.json").status == 0
    assert json.loads((tmp_path / "-x.json").read_bytes())["application"] == "plandoc"


def test_an_export_on_a_terminal_steers_nothing_and_is_the_same_json(bakery, monkeypatch, folder):
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self):
            return True

    with plandoc.open_store(bakery) as store, store.session() as session:
        session.add(plandoc.Ingredient("Rye \u202e\u009b2J flour"))
    shown = Terminal()
    monkeypatch.setattr("sys.stdout", shown)
    status = main(["export", "-"])
    monkeypatch.undo()

    assert status == 0
    assert not {"\u202e", "\u009b"} & set(shown.getvalue())
    assert "Rye \u202e\u009b2J flour" in [row["name"] for row in json.loads(shown.getvalue())["ingredients"]]


@pytest.mark.proof
def test_an_export_in_a_pipe_steers_nothing_either_and_loses_nothing(run, bakery, tmp_path):
    """What reads the pipe may be a terminal in the end; the file holds every character as it is."""
    name = "Rye \u202e\u009b2J\u200b\u00ad\x7f\U000e0041 flour \u05d0 \u00e9 \U0001f950"
    with plandoc.open_store(bakery) as store, store.session() as session:
        session.add(plandoc.Ingredient(name))
    piped, narrow = run("export", "-"), run("export", "-", PYTHONIOENCODING="ascii")
    written = run("export", "bakery.json")
    (tmp_path / "piped.json").write_bytes(piped.out.encode())
    imported = run("--data", "other", "import", "piped.json")
    run("--data", "other", "export", "other.json")

    assert {character for character in piped.out if not character.isprintable()} == {"\n"}
    assert "\u05d0 \u00e9 \U0001f950" in piped.out
    assert piped.out == narrow.out
    assert json.loads(piped.out) == json.loads((tmp_path / "bakery.json").read_bytes())
    assert "\u202e" in (tmp_path / "bakery.json").read_text("utf-8")
    assert (written.status, imported.status) == (0, 0)
    assert (tmp_path / "other.json").read_bytes() == (tmp_path / "bakery.json").read_bytes()


@pytest.mark.proof
def test_a_device_or_a_pipe_is_never_replaced_and_named_as_it_was(run, bakery):
    for place in ("/dev/stdout", "/dev/null"):
        refused, report = run("export", place), run("report", "harbour-market", "-o", place, "--replace")

        assert (refused.status, refused.out, report.status) == (1, "", 1)
        assert f"cannot write {place}: it is not an ordinary file; name a file, or -" in refused.err
        assert f"cannot write {place}: it is not an ordinary file" in report.err
