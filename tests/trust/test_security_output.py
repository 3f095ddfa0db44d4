"""Whatever names say, no command steers a terminal, runs in a browser or computes in a spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import html.parser
import io
import json
import sys
from pathlib import Path

import pytest

from plandoc.cli import command_table, main
from tests.trust.evil import EVIL, NEVER_SHOWN, an_evil_bakery
from tests.trust.fuzzing import a_copy

STARTED, LOCKED, DRAFT = "19", "20", "21"
WRITTEN_BY_HAND = {
    "ingredients.csv": "name,category\n{0},{0}\n",
    "recipes.csv": "recipe,category,ingredient,quantity,unit\n{0},{0},{0},{0},{0}\n",
    "goods.csv": "good,component,quantity\n{0},{0},{0}\n",
    "stock.csv": "ingredient,quantity,unit\n{0},{0},{0}\n",
}
# What is called on the evil bakery; {0} stands for every evil text.
CALLS: dict[str, list[tuple[str, ...]]] = {
    "demo": [("demo", "data"), ("demo", "{0}/x")],
    "init": [("init",)],
    "completion": [("completion", "bash"), ("completion", "{0}")],
    "import": [("import", "evil.json"), ("import", "evil-export.json"), ("import", "{0}")],
    "export": [
        ("export", "-"),
        ("export", "-", STARTED),
        ("export", "all.json"),
        ("export", "one.json", STARTED),
        ("export", "x.json", "{0}"),
    ],
    "export-csv": [("export-csv", "tables"), ("export-csv", "some", "--table", "recipes"), ("export-csv", "x", "{0}")],
    "schema": [("schema",), ("schema", "{0}")],
    "check": [("check",), ("check", "--json")],
    "repair": [("repair", "--dry-run"), ("repair", "--from", "{0}")],
    "backup": [("backup", "b.zip"), ("backup", "data/{0}")],
    "restore": [("restore", "{0}")],
    # Refused before anybody is asked to find a server of that name.
    "push": [
        ("push", "{0}", "postgresql:///x"),
        ("push", "data", "postgresql:///x?schema={0}"),
        ("push", "data", "{0}"),
    ],
    "pull": [("pull", "postgresql:///x?schema={0}", "data"), ("pull", "postgresql://a:{0}/x", "data")],
    "sql-views": [("--data", "postgresql:///x?schema={0}", "sql-views")],
    "event add": [
        ("event", "add", "--date", "2027-01-01", "--notes", "{0}", "--", "{0}"),
        ("event", "add", "x", "--date", "{0}"),
    ],
    "event edit": [
        ("event", "edit", DRAFT, "--name", "{0}", "--notes", "{0}"),
        ("event", "edit", STARTED, "--attendees", "{0}"),
    ],
    "event list": [("event", "list"), ("event", "list", "--json")],
    "event show": [("event", "show", STARTED), ("event", "show", DRAFT, "--json"), ("event", "show", "--", "{0}")],
    "ingredient list": [("ingredient", "list"), ("ingredient", "list", "--json")],
    "ingredient import": [("ingredient", "import", "ingredients.csv"), ("ingredient", "import", "--", "{0}")],
    "event copy": [
        ("event", "copy", STARTED, "{0}", "--date", "2027-01-02"),
        ("event", "copy", "{0}", "x", "--date", "{0}"),
    ],
    "event remove": [("event", "remove", STARTED, "--yes"), ("event", "remove", "--", "{0}")],
    "ingredient add": [
        ("ingredient", "add", "{0}", "--category", "{0}", "--density", "{0}"),
        ("ingredient", "add", "{0}"),
    ],
    "ingredient edit": [("ingredient", "edit", "{0}"), ("ingredient", "edit", "1")],
    "ingredient rename": [("ingredient", "rename", "1", "{0}"), ("ingredient", "rename", "{0}", "{0}")],
    "ingredient remove": [("ingredient", "remove", "1"), ("ingredient", "remove", "{0}")],
    "recipe add": [("recipe", "add", "{0}", "--ingredient", "{0}=1", "--makes", "{0}={0}")],
    "recipe edit": [("recipe", "edit", "{0}"), ("recipe", "edit", "1")],
    "recipe rename": [("recipe", "rename", "1", "{0}"), ("recipe", "rename", "1", "x", "--yield", "{0}")],
    "recipe remove": [("recipe", "remove", "1"), ("recipe", "remove", "{0}")],
    "good add": [("good", "add", "{0}", "{0}=1")],
    "good edit": [("good", "edit", "{0}"), ("good", "edit", "1")],
    "good rename": [("good", "rename", "1", "{0}"), ("good", "rename", "{0}", "{0}")],
    "good remove": [("good", "remove", "1"), ("good", "remove", "{0}")],
    "ingredient merge": [("ingredient", "merge", "{0}", "into", "flour"), ("ingredient", "merge", "1", "into", "{0}")],
    "recipe list": [("recipe", "list"), ("recipe", "list", "--json")],
    "ingredient show": [
        ("ingredient", "show", "1"),
        ("ingredient", "show", "1", "--json"),
        ("ingredient", "show", "{0}"),
    ],
    "recipe show": [
        *(("recipe", "show", "1"), ("recipe", "show", "1", "--json"), ("recipe", "show", "{0}")),
        *(("recipe", "show", "1", "--batches", "{0}"), ("recipe", "show", "1", "--for", "{0}=2")),
    ],
    "good show": [("good", "show", "3"), ("good", "show", "3", "--json"), ("good", "show", "{0}")],
    "recipe import": [("recipe", "import", "recipes.csv", "--add-ingredients")],
    "recipe convert": [
        ("recipe", "convert", "evil-recipes.json", "-o", "converted.csv", "--replace"),
        ("recipe", "convert", "{0}", "-o", "{0}"),
    ],
    "good list": [("good", "list"), ("good", "list", "--json")],
    "good import": [("good", "import", "goods.csv")],
    "stock list": [("stock", "list"), ("stock", "list", "--json")],
    "stock set": [
        ("stock", "set", "--", "{0}", "1", "{0}"),
        ("stock", "set", "flour", "{0}", "kg"),
        ("stock", "set", "1", "1", "{0}"),
    ],
    "stock add": [("stock", "add", "{0}", "1", "g"), ("stock", "add", "1", "1", "{0}")],
    "stock import": [("stock", "import", "stock.csv")],
    "unit add": [("unit", "add", "{0}", "=", "1", "tbsp"), ("unit", "add", "Kelle", "=", "{0}")],
    "unit list": [("unit", "list"), ("unit", "list", "--all"), ("unit", "list", "--json")],
    "unit remove": [("unit", "remove", "{0}"), ("unit", "remove", "Kelle")],
    "plan recipes": [("plan", "recipes", DRAFT, "{0}"), ("plan", "recipes", DRAFT, "1", "2", "3")],
    "plan goods": [("plan", "goods", DRAFT, "{0}=1"), ("plan", "goods", DRAFT, "1=2", "3=4")],
    "plan available": [
        ("plan", "available", DRAFT),
        ("plan", "available", "1"),
        ("plan", "available", DRAFT, "--json"),
    ],
    "plan options": [("plan", "options", DRAFT), ("plan", "options", DRAFT, "--json")],
    "plan batches": [("plan", "batches", DRAFT, "{0}=1"), ("plan", "batches", DRAFT, "1=90")],
    "plan decide": [("plan", "decide", DRAFT, "--enough", "--replace-stale")],
    "plan undecide": [("plan", "undecide", DRAFT, "{0}"), ("plan", "undecide", DRAFT)],
    "plan show": [("plan", "show", DRAFT), ("plan", "show", STARTED), ("plan", "show", DRAFT, "--json")],
    "plan review": [("plan", "review", DRAFT), ("plan", "review", LOCKED), ("plan", "review", STARTED, "--json")],
    "needs": [("needs", DRAFT, STARTED), ("needs", DRAFT, "--json"), ("needs", "{0}")],
    "shop": [("shop", DRAFT, STARTED), ("shop", DRAFT, "--json"), ("shop", DRAFT, STARTED, "--csv")],
    "feasible": [("feasible", DRAFT), ("feasible", LOCKED), ("feasible", STARTED, "--json")],
    "lock": [("lock", DRAFT), ("lock", "1", "--yes"), ("lock", "{0}")],
    "unlock": [("unlock", LOCKED)],
    "start": [("start", LOCKED, "--yes"), ("start", DRAFT)],
    "amend drop": [
        ("amend", "drop", STARTED, "1", "--reason", "{0}"),
        ("amend", "drop", STARTED, "{0}", "--reason", "x"),
    ],
    "amend add": [("amend", "add", STARTED, "1", "1", "--reason", "{0}")],
    "amend quantity": [("amend", "quantity", STARTED, "3", "11", "--reason", "{0}")],
    "amend batches": [("amend", "batches", STARTED, "1", "40", "--reason", "{0}")],
    "amend recipe": [
        ("amend", "recipe", STARTED, "{0}", "--reason", "x"),
        ("amend", "recipe", STARTED, "1", "--reason", "{0}"),
    ],
    "amend good": [
        ("amend", "good", STARTED, "{0}", "--reason", "x"),
        ("amend", "good", STARTED, "3", "--reason", "{0}"),
    ],
    "amendments": [("amendments", STARTED), ("amendments", STARTED, "--json")],
    "compare": [("compare", STARTED), ("compare", STARTED, "--json")],
    "bake": [("bake", STARTED, "1", "1", "--lost", "1", "--why", "{0}"), ("bake", STARTED, "{0}", "1")],
    "pack": [("pack", STARTED, "3", "1"), ("pack", STARTED, "{0}", "1")],
    "runs": [("runs", STARTED), ("runs", STARTED, "--json")],
    "void": [("void", STARTED, "b1", "--reason", "{0}"), ("void", STARTED, "{0}", "--reason", "x")],
    "progress": [("progress", STARTED), ("progress", STARTED, "--json")],
    "report": [("report", STARTED, "-o", "report.html"), ("report", DRAFT, "-o", "draft.html"), ("report", "{0}")],
    "sheet": [
        *(("sheet", STARTED), ("sheet", DRAFT, "--json"), ("sheet", STARTED, "{0}"), ("sheet", "{0}")),
        ("sheet", STARTED, "-o", "sheet.html"),
    ],
    "complete": [("complete", STARTED)],
    "snapshot": [("snapshot", STARTED), ("snapshot", STARTED, "--json")],
}


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_evil_bakery(tmp_path_factory.mktemp("evil") / "data")


@pytest.fixture
def place(bakery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The evil bakery, and files that are to be imported, in a folder below three others."""
    deep = tmp_path / "outside" / "a" / "b"
    deep.mkdir(parents=True)
    a_copy(bakery, deep / "data")
    rows = "".join('"{}",\n'.format(text.replace('"', '""')) for text in EVIL)
    for name, text in WRITTEN_BY_HAND.items():
        heading, row = text.split("\n", 1)
        rows = "".join(row.format('"{}"'.format(evil.replace('"', '""'))) for evil in EVIL)
        (deep / name).write_text(f"{heading}\n{rows}", "utf-8", newline="")
    (deep / "evil.json").write_text(json.dumps({text: text for text in EVIL}), "utf-8")
    (deep / "evil-recipes.json").write_text(json.dumps([_a_recipe(text) for text in EVIL]), "utf-8")
    (deep / "evil-export.json").write_text(json.dumps(_an_export()), "utf-8")
    monkeypatch.chdir(deep)
    monkeypatch.delenv("PLANDOC_DATA", raising=False)
    return deep


def _a_recipe(text: str) -> dict[str, object]:
    lines = [text, f"1 cup {text}", f"1 {text} flour"]
    return {"@type": "Recipe", "name": text, "recipeYield": text, "recipeIngredient": lines, "recipeInstructions": text}


def _an_export() -> dict[str, object]:
    tables = (
        "ingredients",
        "products",
        "inventory_items",
        "recipes",
        "finished_units",
        "finished_goods",
        "compositions",
        "events",
    )
    fields = ("name", "display_name", "slug", "recipe_name", "ingredient_slug", "event_date", "quantity", "yield_mode")
    rows = {table: [dict.fromkeys(fields, text) for text in EVIL] for table in tables}
    return {"application": "bake-tracker", "version": "4.1", **rows, **{text: [1] for text in EVIL}}


def called(arguments: tuple[str, ...], stream: io.StringIO) -> int:
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        return main(list(arguments))


def calls_of(command: str) -> list[tuple[str, ...]]:
    return [
        tuple(argument.replace("{0}", text) for argument in arguments)
        for arguments in CALLS[command]
        for text in (EVIL if any("{0}" in argument for argument in arguments) else ("",))
    ]


def everything_outside(place: Path) -> dict[str, bytes]:
    top = place.parents[1]
    return {str(path): path.read_bytes() for path in top.rglob("*") if path.is_file() and place not in path.parents}


@pytest.mark.costly
@pytest.mark.sample(3)
@pytest.mark.parametrize("command", CALLS)
def test_no_command_lets_a_name_steer_what_shows_it(place: Path, command: str) -> None:
    outside = everything_outside(place)
    for arguments in calls_of(command):
        said = io.StringIO()
        status = called(arguments, said)
        text = said.getvalue().replace("\r\n", "\n") if "--csv" in arguments else said.getvalue()

        assert status in {0, 1, 2}, arguments
        assert set(text) & NEVER_SHOWN == set(), arguments
        assert "Traceback" not in text
        if "--json" in arguments and status == 0:
            json.loads(text)
    assert everything_outside(place) == outside


@pytest.mark.sample(8)
@pytest.mark.parametrize("command", CALLS)
def test_no_command_lets_a_name_set_colours_or_links_on_a_terminal(place: Path, monkeypatch, command: str) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("FORCE_COLOR", "1")
    for arguments in calls_of(command)[:3]:
        terminal = Terminal()
        called(arguments, terminal)
        plain = _without_own_styles(terminal.getvalue())
        # Lines of CSV end in CR LF.
        plain = plain.replace("\r\n", "\n") if "--csv" in arguments else plain

        assert set(plain) & NEVER_SHOWN == set(), arguments


def _without_own_styles(shown: str) -> str:
    """Take out the styles of the tables; no evil text holds one of these exact codes."""
    for code in ("0", "1", "2", "3", "32", "33", "36", "90", "1;32", "1;33", "2;3", "1;36"):
        shown = shown.replace(f"\x1b[{code}m", "")
    return shown


def test_every_command_is_called_here() -> None:
    assert set(CALLS) >= {command.name for command in command_table.COMMANDS}


def is_formula(cell: str) -> bool:
    first = cell.lstrip("\ufeff")[:1]
    return first in set("=+-@\t\r") and not cell.lstrip("+-").replace(".", "").isdigit()


def test_no_cell_of_a_shopping_list_is_a_formula(place: Path) -> None:
    said = io.StringIO()
    status = called(("shop", DRAFT, STARTED, "--csv"), said)
    rows = list(csv.reader(io.StringIO(said.getvalue(), newline=""), strict=True))

    assert status == 0
    assert len(rows) > len(EVIL)
    assert len({len(row) for row in rows}) == 1
    assert [cell for row in rows for cell in row if is_formula(cell)] == []


def test_no_cell_of_an_exported_table_is_a_formula(place: Path) -> None:
    status = called(("export-csv", "tables"), io.StringIO())
    texts = [path.read_text("utf-8-sig") for path in (place / "tables").glob("*.csv")]
    rows = [row for text in texts for row in csv.reader(io.StringIO(text, newline=""), strict=True)]

    assert status == 0
    assert len(rows) > len(EVIL)
    assert [cell for row in rows for cell in row if is_formula(cell)] == []
    assert set("".join(texts).replace("\r\n", "\n")) & NEVER_SHOWN == set()


class Reader(html.parser.HTMLParser):
    """What a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "img", "iframe", "object", "embed", "link", "base", "form", "audio", "video"}:
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name, _ in attributes if name.startswith("on") or name in {"src", "srcdoc"}]
        self.found += [
            f"{tag} {value}" for name, value in attributes if name == "href" and not str(value).startswith("#")
        ]


@pytest.mark.parametrize("command", ["report", "sheet"])
@pytest.mark.parametrize("event", [STARTED, DRAFT, LOCKED])
def test_a_page_holds_nothing_that_a_browser_would_run_or_load(place: Path, event: str, command: str) -> None:
    status = called((command, event, "-o", "page.html"), io.StringIO())
    text = (place / "page.html").read_text("utf-8")
    reader = Reader()
    reader.feed(text)

    assert status == 0
    assert reader.found == []
    # Nothing is left to bake for the started one, so that its sheet names nothing.
    is_bare = event == LOCKED or (event, command) == (STARTED, "sheet")
    assert "alert(&#39;owned&#39;)" in text or "&lt;script&gt;" in text or is_bare
    assert set(text) & NEVER_SHOWN == set()


def test_the_pattern_for_formulas_finds_them() -> None:
    assert is_formula("=1+1")
    assert is_formula("-2+3")
    assert not is_formula("-2.5")
    assert sys.stdout is not None
