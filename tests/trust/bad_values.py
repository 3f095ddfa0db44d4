"""Bad inputs that are no damaged document: plans edited by hand, values given to the library, names, repeated steps."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

import plandoc
from plandoc import records
from plandoc.errors import PlandocError
from plandoc.storage.migrations import upgraded
from tests.records.folders import Spoil, replaced
from tests.trust.bad_documents import CATALOG, EVENT, MARKER, copied, edited, written
from tests.trust.bad_inputs import Call, Ended, Row, by_library, command, every_document, in_session, library, nothing

DAY = datetime.date(2027, 1, 1)
NAMES_THAT_LEAD_AWAY = (
    *(
        "../x",
        "/etc/x",
        "a/b",
        "a\\b",
        "..",
        ".",
        " ",
        "CON".lower(),
        "nul",
        "lpt1",
        "x.",
        "x ",
        "X",
        "é",
        "x\0",
        "x\n",
    ),
    *("a" * 121, "-x", "x--y", "\u202ex", "~", "$HOME", "*", "c:x"),
)


def in_every_document(touch: Any) -> Spoil:
    def spoil(folder: Path) -> None:
        for name in (EVENT, CATALOG, MARKER):
            (folder / name).write_bytes(touch((folder / name).read_bytes()))

    return spoil


def all_refused(values: Any, work: Any) -> Call:
    """Give every value to some work, each in a session of its own; fail when one is taken."""

    def tried(folder: Path) -> Ended:
        messages = []
        with plandoc.open_store(folder) as store:
            for value in values:
                try:
                    with store.session() as session:
                        work(session, value)
                except PlandocError as error:
                    messages.append(str(error))
                else:
                    raise AssertionError(f"{value!r} was taken")
        return Ended(1, "\n".join(messages))

    return by_library(tried)


def read_back(session: plandoc.Session) -> str:
    exact = Decimal("0.1") + Decimal("0.2")
    stock = session.add(records.StockItem(1, exact, "g"))
    assert session.get(records.StockItem, stock.id).quantity == exact
    return f"{session.get(records.StockItem, stock.id).quantity} g"


def an_old_row_upgraded(_: Path) -> str:
    old = {"events": {"1": {"title": "Fair"}}}
    new = upgraded(
        old, found=1, wanted=2, upgrades={1: lambda tables: {"events": {"1": {"name": tables["events"]["1"]["title"]}}}}
    )
    return f"{old} -> {new}"


def a_snapshot_given_and_then_changed(folder: Path) -> str:
    lines = [plandoc.RecipeLine(1, Decimal(1), "cup")]
    with plandoc.open_store(folder) as store:
        with store.session() as session:
            recipe = session.add(plandoc.Recipe("Bread", lines=tuple(lines)))
            lines.append(lines[0])
        try:
            recipe.name = "Cake"  # type: ignore[misc]
        except attrs.exceptions.FrozenInstanceError:
            return f"{len(store.read(lambda session: session.get(plandoc.Recipe, recipe.id)).lines)} line stored"
    raise AssertionError("a record could be changed")


def two_names_that_differ_by_their_form(session: plandoc.Session) -> str:
    names = ("\u00c9clair", "E\u0301clair", "\u00e9CLAIR", "eclair")
    return " ".join(session.add(plandoc.Ingredient(name)).slug for name in names)


def cycle(tables: dict[str, Any]) -> None:
    tables["recipes"]["2"]["sub_recipes"] = [{"recipe_id": 3, "multiplier": "1", "notes": ""}]


def a_second_snapshot(tables: dict[str, Any]) -> None:
    tables["plan_snapshots"]["2"] = tables["plan_snapshots"]["1"]


def without_goods(tables: dict[str, Any]) -> None:
    del tables["finished_goods"]


def without_snapshot(tables: dict[str, Any]) -> None:
    del tables["plan_snapshots"]


SHOW = command("event", "show", "1")
ADD_EVENT = ("event", "add", "Tea", "--date", "2027-01-01")

VALUES: tuple[Row, ...] = (
    Row(10, "byte order mark", SHOW, ("Christmas 2026",), 0, in_every_document(lambda found: b"\xef\xbb\xbf" + found)),
    Row(11, "CR LF", SHOW, ("Christmas 2026",), 0, in_every_document(lambda found: found.replace(b"\n", b"\r\n"))),
    Row(14, "half a surrogate pair, written", in_session(lambda session: session.add(plandoc.Ingredient("\ud800"))), ("name: Ingredient: holds half a surrogate pair",), keeps=every_document),
    Row(15, "control character in a name", command("ingredient", "list"), ("Fl\\x00o\\x1bur",), 0, replaced(CATALOG, '"Flour"', '"Fl\\u0000o\\u001bur"')),
    Row(24, "0.1 + 0.2 as a float", in_session(lambda session: session.add(records.StockItem(1, 0.1 + 0.2, "g"))), ("quantity: ", "found"), keeps=every_document),
    Row(24, "0.1 + 0.2", in_session(read_back), ("0.3 g",), 0, keeps=nothing),
    Row(25, "a moment without its offset", in_session(lambda session: session.add(records.ProductionRun(1, 1, 1, 24, 24, datetime.datetime(2026, 1, 1)))), ("produced_at: ", "wanted a timestamp"), keeps=every_document),
    Row(29, "started without a snapshot, looked at", SHOW, ("IN_PRODUCTION",), 0, edited(EVENT, without_snapshot)),
    Row(29, "started without a snapshot, started", command("start", "1"), ("cannot start production", "IN_PRODUCTION"), 1, edited(EVENT, without_snapshot), every_document),
    Row(29, "started without a snapshot, checked", command("check"), ("events/1.json", "plan_snapshots", "IN_PRODUCTION but has no snapshot"), 1, edited(EVENT, without_snapshot)),
    Row(30, "two snapshots", command("check"), ("events/1.json", "plan_snapshots 2", "event_id"), 1, edited(EVENT, a_second_snapshot)),
    Row(31, "recipes in a circle, checked", command("check"), ("catalog.json", "recipes", "'Frosting' -> 'Sponge Cake' -> 'Frosting'"), 1, edited(CATALOG, cycle)),
    Row(31, "recipes in a circle, written", in_session(lambda session: session.replace(attrs.evolve(session.get(plandoc.Recipe, 2), sub_recipes=(plandoc.SubRecipe(3),)))), ("'Frosting' -> 'Sponge Cake' -> 'Frosting'",), keeps=every_document),
    Row(33, "older format", library(an_old_row_upgraded), ("{'title': 'Fair'}}} -> {'events': {'1': {'name': 'Fair'}}}",), 0),
    Row(36, "a catalog of an earlier time", command("check"), ("events/1.json", "event_finished_goods", "Finished good 3 not found"), 1, edited(CATALOG, without_goods)),
    Row(36, "a marker of an earlier time", command("check"), ("plandoc.json, next_event_id: wanted a next event id above 1, found 1",), 1, edited(MARKER, lambda marker: marker.update(next_event_id=1))),
    Row(58, "slugs that lead away", all_refused(NAMES_THAT_LEAD_AWAY, lambda session, slug: session.add(plandoc.Recipe("Cake", slug=slug))), ("slug: Recipe: wanted a slug of a-z, 0-9 and single hyphens", "found '../x'"), keeps=every_document),
    Row(58, "a slug that leads away, in a file", command("recipe", "list"), ("catalog.json:", "recipes 2, slug: Recipe: wanted a slug", "found '../../frosting'"), 1, replaced(CATALOG, '"slug":"frosting"', '"slug":"../../frosting"')),
    Row(58, "keys that lead away, asked for", command("event", "show", "../../etc/passwd"), ("'../../etc/passwd' not found",)),
    Row(58, "names that lead away, given", in_session(lambda session: " ".join(session.add(plandoc.Ingredient(name)).slug for name in ("../../x", "CON", ".", "a/b"))), ("x con-item item-2e a-b",), 0, keeps=nothing),
    Row(59, "names that differ by case or form", in_session(two_names_that_differ_by_their_form), ("eclair eclair-2 eclair-3 eclair-4",), 0, keeps=nothing),
    Row(62, "started twice", command("start", "1"), ("cannot start production: the plan of ", "(event 1) is IN_PRODUCTION"), keeps=every_document),
    Row(63, "changed after it was given", library(a_snapshot_given_and_then_changed), ("1 line stored",), 0, keeps=nothing),
    Row(63, "something that is no JSON", in_session(lambda session: session.add(records.PlanSnapshot(1, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), {"a": object()}, {}, "0" * 64))), ("snapshot_data: PlanSnapshot: ",), keeps=every_document),
    # Not in that list.
    Row(0, "an id that is given", in_session(lambda session: session.add(plandoc.Ingredient("Rye", id=7))), ("wanted no id, because the store assigns it; found 7",), keeps=every_document),
    Row(0, "a reference to nothing", in_session(lambda session: session.add(plandoc.FinishedUnit("Loaf", 99, items_per_batch=1))), ("Recipe 99 not found",), keeps=every_document),
    Row(0, "something that is no record", in_session(lambda session: session.add({"name": "Rye"})), ("dict is not stored in a table of its own",), keeps=every_document),
    Row(0, "a name of 10 000 characters", command("event", "add", "x" * 10_000, "--date", "2027-01-01"), ("name: Event: wanted at most 200 characters, found 10000",), keeps=every_document),
    Row(0, "a name that escapes", command("event", "show", "\x1b[2J\u202e"), ("not found", r"\x1b[2J\u202e")),
    Row(0, "an argument that is no text", command("event", "show", "\udcff\udcfe"), ("not found",)),
    Row(0, "an argument that is no text, kept", command("event", "add", "\udcff", "--date", "2027-01-01"), ("holds half a surrogate pair",), keeps=every_document),
    Row(0, "a day before all days", command("event", "add", "Tea", "--date", "0000-01-01"), ("--date",), 2),
    Row(0, "more guests than there are people", command(*ADD_EVENT, "--attendees", "1" + "0" * 15), ("at most 1000000000000",), keeps=every_document),
    Row(0, "a quantity in another script", command("plan", "goods", "1", "hamper=٧"), ("wanted a whole number after 'hamper='",), 2),
    Row(0, "a good by an endless number", command("plan", "goods", "1", f"{'9' * 5000}=1"), ("not found",), keeps=every_document),
    Row(0, "an event below zero", command("event", "show", "--", "-1"), ("not found",)),
    Row(0, "an empty data folder name", command("--data=", "check"), ("--data needs a folder, found nothing",), 2),
    Row(0, "a snapshot that was changed", command("check"), ("events/1.json", "plan_snapshots 1", "does not match its digest"), 1, edited(EVENT, lambda tables: tables["plan_snapshots"]["1"]["snapshot_data"].update(recipes=[]))),
    Row(0, "two recipes of one slug", command("check"), ("catalog.json", "slug"), 1, replaced(CATALOG, '"slug":"frosting"', '"slug":"sponge-cake"')),
    Row(0, "an event of another number copied in", command("event", "list"), ("wanted 'events/7.json', found 'events/1.json'",), 1, copied(EVENT, "events/7.json")),
    Row(0, "an import of nothing but brackets", command("import", "brackets.json"), ("brackets.json", "nested too deep"), 1, lambda folder: written("../brackets.json", b"[" * 200_000)(folder), every_document),
    Row(0, "an import that never ends", command("import", "/dev/zero"), ("/dev/zero", "found a device"), 1, keeps=every_document),
    Row(0, "an import of the catalog itself", command("import", "data/catalog.json"), ("wanted an export", "found a document of a data folder"), 1, keeps=every_document),
    Row(0, "CSV with a cell of a million characters", command("ingredient", "import", "long.csv"), ("long.csv:2",), 1, lambda folder: written("../long.csv", b"name\n" + b"x" * 1_000_000)(folder), every_document),
    Row(0, "CSV with NUL bytes", command("stock", "import", "nul.csv"), ("nul.csv: wanted a text file, found one with NUL bytes",), 1, lambda folder: written("../nul.csv", b"ingredient\0")(folder), every_document),
    Row(0, "a report over a document", command("report", "1", "-o", "data/catalog.json"), ("it belongs to a data folder",)),
    Row(0, "a report over a document that is to be replaced", command("report", "1", "-o", "data/catalog.json", "--replace"), ("it belongs to a data folder",)),
    Row(0, "a report over somebody's notes", command("report", "1", "-o", "notes.html"), ("already exists and is not a report of plandoc",), 1, lambda folder: written("../notes.html", b"buy flour")(folder)),
    Row(0, "a report over a device", command("report", "1", "-o", "/dev/null", "--replace"), ("it is not an ordinary file",)),
)  # fmt: skip
