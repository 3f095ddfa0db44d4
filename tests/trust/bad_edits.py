"""What people and programs do to documents that the list does not name: editors, git, merges, downloads, typing errors."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from plandoc.tables import STOCK
from tests.records.folders import Spoil, look_at_everything
from tests.trust.bad_documents import CATALOG, EVENT, MARKER, edited
from tests.trust.bad_inputs import CHECK, CHECKED, Call, Row, command, every_document, library, nothing

SHOW = command("event", "show", "1")
RECIPES = command("recipe", "list")
INGREDIENTS = command("ingredient", "list")
STOCK_LIST = command("stock", "list")
ADD = command("event", "add", "Tea", "--date", "2027-01-01")
BAKE = command("bake", "1", "cookie", "1")
READ = library(lambda folder: look_at_everything(folder) or "all of it")
SNAPSHOTS, AMENDMENTS = "plan_snapshots", "plan_amendments"


def bytes_of(name: str, touch: Callable[[bytes], bytes]) -> Spoil:
    """Change the bytes of a file, as a program does that knows nothing of what they mean."""

    def spoil(folder: Path) -> None:
        before = (folder / name).read_bytes()
        after = touch(before)
        assert after != before
        (folder / name).write_bytes(after)

    return spoil


def text_of(old: str, new: str, name: str = EVENT) -> Spoil:
    return bytes_of(name, lambda content: content.replace(old.encode(), new.encode(), 1))


def fields_of(table: str, row: str, file: str = EVENT, /, **fields: Any) -> Spoil:
    """Give fields of a row other values."""
    return edited(file, lambda tables: tables[table][row].update(fields))


def row_of(table: str, change: Callable[[Any], object], row: str = "1") -> Spoil:
    return edited(EVENT, lambda tables: change(tables[table][row]) and None)


def spoiled_part(part: str, value: Any, row: Any) -> None:
    """Put something else in the place of a part of what a snapshot says of the plan, or take it out."""
    row["snapshot_data"][part] = value
    if value is None:
        del row["snapshot_data"][part]


def with_definition(value: Any, row: Any) -> None:
    row["definitions"]["recipes"]["1"] = value


def key_of(table: str, old: str, new: str, name: str = CATALOG) -> Spoil:
    return edited(name, lambda tables: tables[table].update({new: tables[table].pop(old)}))


def about(name: str, **fields: Any) -> Spoil:
    return edited(name, lambda tables: tables["_plandoc"]["1"].update(fields))


def counted(**next_ids: Any) -> Spoil:
    return edited(CATALOG, lambda tables: tables["_plandoc"]["1"]["next_ids"].update(next_ids))


def marked(**fields: Any) -> Spoil:
    return edited(MARKER, lambda marker: marker.update(fields))


def merged(line_with: str, name: str = EVENT) -> Spoil:
    """Leave what git leaves where two people changed one line."""

    def touch(content: bytes) -> bytes:
        lines = content.decode().splitlines(keepends=True)
        at = next(number for number, line in enumerate(lines) if line_with in line)
        both = ["<<<<<<< HEAD\n", lines[at], "=======\n", lines[at].replace("1", "2"), ">>>>>>> 1a2b3c4 (sugar)\n"]
        return "".join([*lines[:at], *both, *lines[at + 1 :]]).encode()

    return bytes_of(name, touch)


def dumped(**options: Any) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps(json.loads(content), **options).encode()


def refused(name: str, spoil: Spoil, *says: str, shown: Call = SHOW) -> Iterator[Row]:
    """Refused by the command and the library, and found by the check, in the same words."""
    yield Row(0, name, shown, says, 1, spoil, kind="DamagedError", also=(READ, CHECK))


def accepted(name: str, spoil: Spoil, *, shown: Call = SHOW) -> Iterator[Row]:
    """Taken as it is, by readers and writers; there is nothing wrong with it."""
    yield Row(0, name, shown, ("2026",) if shown is SHOW else (), 0, spoil)
    yield Row(0, f"{name}, checked", CHECK, ("nothing is wrong",), 0, spoil, also=(CHECKED,))
    yield Row(0, f"{name}, baked for", BAKE, ("1 batch of Cookie baked",), 0, spoil, nothing)


def only_found(name: str, spoil: Spoil, *says: str) -> Iterator[Row]:
    """Rows that are sound one by one and cannot be true together: found by the check, and nothing else is stopped."""
    yield Row(0, name, CHECK, says, 1, spoil, also=(CHECKED,))
    yield Row(0, f"{name}, shown", SHOW, ("Christmas 2026",), 0, spoil)


CONFLICT = ("found a merge conflict marker", "keep one, and take out the other and the markers")
NO_ID = "wanted a whole number above 0 as the id of a row, found "
DAY = ("events 1, event_date: wanted a date such as 2026-12-25, found ",)
MOMENT = f"{AMENDMENTS} 1, created_at: wanted a timestamp such as 2026-01-28T03:25:47+00:00, found "
DIGEST = f"{SNAPSHOTS} 1, digest: PlanSnapshot: wanted a SHA-256 digest of 64 hexadecimal digits"
CHANGED = (
    f"{SNAPSHOTS} 1: the snapshot does not match its digest: it was changed after it was written",
    "from a backup",
)
PARTED = "the plan differs from its snapshot and amendments"

EDITS: tuple[Row, ...] = (
    # Editors and other programs that mean well.
    *accepted("an event that an editor indented anew", bytes_of(EVENT, dumped(indent=4))),
    *accepted("an event without any blanks", bytes_of(EVENT, dumped(separators=(",", ":")))),
    *accepted("an event with its keys sorted", bytes_of(EVENT, dumped(sort_keys=True))),
    *accepted("a byte order mark before CR LF", bytes_of(EVENT, lambda found: b"\xef\xbb\xbf" + found.replace(b"\n", b"\r\n"))),
    *accepted("line ends of two systems in one file", bytes_of(EVENT, lambda found: found.replace(b"\n", b"\r\n", 5))),
    *accepted("line ends of a system of the past", bytes_of(EVENT, lambda found: found.replace(b"\n", b"\r"))),
    *accepted("blank lines in front", bytes_of(EVENT, lambda found: b"\n\n\n" + found)),
    *accepted("a thousand blank lines behind", bytes_of(EVENT, lambda found: found + b"\n" * 1000)),
    *accepted("no line end at the end", bytes_of(EVENT, bytes.rstrip)),
    *accepted("a moment that ends with Z", fields_of(AMENDMENTS, "1", created_at="2026-11-28T07:33:25Z")),
    # Editors and other programs that do not.
    *refused("two byte order marks", bytes_of(EVENT, lambda found: b"\xef\xbb\xbf" * 2 + found), "events/1.json:1: column 1"),
    *refused("a byte order mark in the middle", text_of('"events"', '\ufeff"events"'), "events/1.json:5: column 2: wanted a value"),
    *refused("a non-breaking space before a key", text_of(' "events"', '\u00a0"events"'), "events/1.json:5: column 1: wanted a value"),
    *refused("quotation marks of a word processor", text_of('"events"', "\u201cevents\u201d"), "events/1.json:5: column 2: wanted a value"),
    *refused("a form feed", bytes_of(EVENT, lambda found: found.replace(b"\n", b"\x0c\n", 1)), "events/1.json:1: column 2"),
    *refused("a Ctrl-Z at the end", bytes_of(EVENT, lambda found: found + b"\x1a"), "wanted the end of the file after the first JSON value"),
    *refused("a NUL at the end", bytes_of(EVENT, lambda found: found + b"\0"), "wanted the end of the file after the first JSON value"),
    *refused("NULs from the middle on", bytes_of(EVENT, lambda found: found[:900] + b"\0" * (len(found) - 900)), "events/1.json:", "found a line break, a tab or another control character inside a text"),
    *refused("the end of an older, longer file behind", bytes_of(EVENT, lambda found: found + found[-200:]), "wanted the end of the file after the first JSON value"),
    *refused("the whole file twice", bytes_of(EVENT, lambda found: found * 2), "wanted the end of the file after the first JSON value"),
    *refused("the file in a list", bytes_of(EVENT, lambda found: b"[" + found + b"]"), "events/1.json:1: column 1: wanted an object of tables"),
    *refused("a dictionary of Python", bytes_of(EVENT, lambda found: str(json.loads(found)).encode()), "events/1.json:1: column 2: wanted a value"),
    *refused("YAML", bytes_of(EVENT, lambda _: b"events:\n  1:\n    name: Christmas\n"), "events/1.json:1: column 1: wanted an object of tables"),
    *refused("one object a line", bytes_of(EVENT, lambda _: b'{"name":"x"}\n{"name":"y"}\n'), "events/1.json:1: column 9: wanted an object of tables"),
    # Git, downloads and archives.
    *refused("two versions of an event with their marks", merged('"name"'), "events/1.json:6: ", *CONFLICT),
    *refused("two versions of the marker with their marks", merged('"serial"', MARKER), "plandoc.json:", *CONFLICT),
    *refused("two versions of the catalog with their marks", merged('"Flour"', CATALOG), "catalog.json:6: ", *CONFLICT, shown=RECIPES),
    *refused("a file that begins with the mark of a merge", bytes_of(EVENT, lambda found: b"<<<<<<< HEAD\n" + found), "events/1.json:1: ", *CONFLICT),
    *refused("a pointer of Git LFS", bytes_of(EVENT, lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"), "found a pointer that Git LFS left instead of the file", "git lfs pull"),
    *refused("the page of a server that failed", bytes_of(CATALOG, lambda _: b"<!DOCTYPE html><title>502 Bad Gateway</title>"), "catalog.json: wanted JSON, found a web page", shown=RECIPES),
    *refused("XML", bytes_of(EVENT, lambda _: b"<?xml version='1.0'?><plan/>"), "events/1.json: wanted JSON, found a web page or XML"),
    *refused("a compressed event", bytes_of(EVENT, gzip.compress), "events/1.json: wanted JSON, found a compressed file (uncompress it)"),
    *refused("a packed event", bytes_of(EVENT, lambda found: b"PK\x03\x04" + found), "events/1.json: wanted JSON, found a ZIP archive"),
    # Numbers as other languages write them.
    *refused("a number in hexadecimal", text_of('"batches":6', '"batches":0x6'), "events/1.json:17: column 68: wanted a comma or a closing bracket"),
    *refused("a number with a plus", text_of('"batches":6', '"batches":+6'), "events/1.json:17: column 67: wanted a value"),
    *refused("a number with a zero in front", text_of('"batches":6', '"batches":06'), "events/1.json:17: column 68: wanted a comma"),
    *refused("minus zero", text_of('"batches":6', '"batches":-0'), "batch_decisions 1, batches: BatchDecision: wanted a whole number of at least 1, found 0"),
    *refused("a whole number with a point", text_of('"batches":6', '"batches":6.0'), "batch_decisions 1, batches: BatchDecision: wanted a whole number, found 6.0"),
    *refused("a whole number with an exponent", text_of('"batches":6', '"batches":6e0'), "batches: BatchDecision: wanted a whole number, found 6.0"),
    *refused("an amount with an exponent of 400", edited(CATALOG, lambda tables: tables["recipes"]["1"]["lines"][0].update(quantity="1E+400")), "recipes 1, lines[0].quantity: wanted a number in quotes", "found '1E+400'", shown=RECIPES),
    *refused("an amount with a decimal comma", edited(CATALOG, lambda tables: tables["recipes"]["1"]["lines"][0].update(quantity="0,5")), "lines[0].quantity: wanted a number in quotes", "found '0,5'", shown=RECIPES),
    *refused("an amount in digits of another script", edited(CATALOG, lambda tables: tables["recipes"]["1"]["lines"][0].update(quantity="\u0662")), "lines[0].quantity: wanted a number in quotes", shown=RECIPES),
    *refused("an amount of 13 digits behind the point", edited(CATALOG, lambda tables: tables["recipes"]["1"]["lines"][0].update(quantity="0.1234567890123")), "lines[0].quantity: wanted a number in quotes", shown=RECIPES),
    *refused("more than a hundred per cent", fields_of("finished_units", "3", CATALOG, batch_percentage="120"), "finished_units 3, batch_percentage: FinishedUnit: wanted at most 100, found 120", shown=RECIPES),
    # Texts.
    *refused("a line break inside of a text", text_of("two fewer guests", "two fewer\nguests"), "events/1.json:24: ", "found a line break, a tab or another control character inside a text"),
    *refused("a tab inside of a text", text_of("two fewer guests", "two fewer\tguests"), "found a line break, a tab or another control character inside a text"),
    *refused("a path of Windows in a text", text_of("two fewer guests", "C:\\guests"), "found a backslash before a character that does not take one"),
    *refused("a text that is never closed", text_of('two fewer guests"', "two fewer guests"), "events/1.json:24: "),
    *refused("a name of non-breaking spaces", fields_of("events", "1", name="\u00a0\u00a0"), "events 1, name: Event: wanted a name, found only blanks"),
    *refused("notes of 100 001 characters", fields_of("events", "1", notes="x" * 100_001), "events 1, notes: Event: wanted at most 100000 characters, found 100001"),
    *refused("a reason of blanks", fields_of(AMENDMENTS, "1", reason="  "), f"{AMENDMENTS} 1, reason: PlanAmendment: wanted a reason without blanks around it"),
    *accepted("a name that turns the line round", fields_of("events", "1", name="\u202eChristmas 2026")),
    *accepted("a name of two hundred accents", fields_of("events", "1", name="2026" + "e\u0301" * 98)),
    Row(0, "a name that nobody sees, listed", command("event", "list"), (r"\u200b",), 0, fields_of("events", "1", name="\u200b")),
    # Keys.
    *refused("a key with a character without a width", text_of('"batches":6', '"batch\u200bes":6'), "batches: wanted a value, found nothing: the field is missing", r"batch\u200bes: unknown field (did you mean batches?)"),
    *refused("a key with a letter of another script", text_of('"batches":6', '"b\u0430tches":6'), "unknown field (did you mean batches?)"),
    *refused("a key in another case", text_of('"batches":6', '"Batches":6'), "Batches: unknown field (did you mean batches?)"),
    *refused("a table in another case", text_of('"batch_decisions": {', '"Batch_Decisions": {'), "events/1.json: unknown table 'Batch_Decisions' (known are events, event_recipes"),
    *refused("an id with a point", key_of("ingredients", "3", "3.0"), "catalog.json:1: ", NO_ID + "'3.0'", shown=RECIPES),
    *refused("an id with a blank", key_of("ingredients", "3", " 3"), NO_ID + "' 3'", shown=RECIPES),
    *refused("an id that is empty", key_of("ingredients", "3", ""), NO_ID + "''", shown=RECIPES),
    *refused("an id of zero", key_of("ingredients", "3", "0"), NO_ID + "'0'", shown=RECIPES),
    *refused("an id with a plus", key_of("ingredients", "3", "+3"), NO_ID + "'+3'", shown=RECIPES),
    *refused("an id in digits of another script", key_of("ingredients", "3", "\u0663"), NO_ID, shown=RECIPES),
    *refused("an id that is a slug", key_of("ingredients", "3", "butter"), NO_ID + "'butter'", shown=RECIPES),
    *refused("an id above the highest", key_of("ingredients", "3", str(10**12 + 1)), "ingredients 1000000000001, id: Ingredient: wanted a whole number of at most 1000000000000", shown=RECIPES),
    *refused("an event under another id than its file's", key_of("events", "1", "2", EVENT), "events/1.json, events: wanted exactly one event, number 1"),
    *refused("two events in one file", edited(EVENT, lambda tables: tables["events"].update({"2": tables["events"]["1"]})), "events/1.json, events: wanted exactly one event, number 1"),
    *refused("two rows about the file", edited(CATALOG, lambda tables: tables["_plandoc"].update({"2": tables["_plandoc"]["1"]})), "catalog.json:1, _plandoc 2: unknown row", shown=RECIPES),
    *refused("a file that calls itself by a path out of the folder", about(EVENT, document="../events/1.json"), "_plandoc 1, document: wanted 'events/1.json', found '../events/1.json'"),
    *refused("a file that calls itself as Windows would", about(EVENT, document="events\\1.json"), "_plandoc 1, document: wanted 'events/1.json'"),
    *refused("a lineage in capital letters", edited(EVENT, lambda tables: tables["_plandoc"]["1"].update(lineage=tables["_plandoc"]["1"]["lineage"].upper())), "events/1.json: belongs to another folder"),
    *refused("no next ids at all", edited(CATALOG, lambda tables: tables["_plandoc"]["1"].pop("next_ids")), "_plandoc 1, next_ids: wanted the next id of each table, found None", shown=RECIPES),
    # Days and moments.
    *(row for form in ("2026-12-24T00:00", "20261224", "24.12.2026", "12/24/2026", "2026-W52-4", "2026-2-3", "0000-01-01", "10000-01-01", "2027-02-29", " 2026-12-24", "2026\u201312\u201324", "\u0662\u0660\u0662\u0666-12-24") for row in refused(f"a day written as {ascii(form)}", fields_of("events", "1", event_date=form), *DAY)),
    *refused("a day as the number of a spreadsheet", fields_of("events", "1", event_date=46380), *DAY),
    *(row for form in ("2026-11-28T07:33:25", "2026-11-28T24:00:00+00:00", "2026-12-31T23:59:60+00:00", "2026-12-31T23:59:00+25:00", "2026-11-28 07:33:25+00:00", "2026-11-28T07:33+00:00") for row in refused(f"a moment written as {form}", fields_of(AMENDMENTS, "1", created_at=form), MOMENT)),
    *refused("a moment as seconds since 1970", fields_of(AMENDMENTS, "1", created_at=1764315205), MOMENT),
    # Slugs and states.
    *refused("a slug in capital letters", fields_of("events", "1", slug="Christmas"), "events 1, slug: Event: wanted a slug of a-z, 0-9 and single hyphens inside"),
    *refused("a slug with a blank", fields_of("events", "1", slug="christmas 2026"), "events 1, slug: Event: wanted a slug"),
    *refused("a slug that is a device", fields_of("events", "1", slug="con"), "events 1, slug: Event: wanted a slug"),
    *only_found("a slug that was emptied", fields_of("events", "1", slug=""), "events 1, slug: wanted a slug, found none", "give it a short name that no other event has"),
    *only_found("a slug that another event has", fields_of("events", "1", slug="easter-2027"), "events/2.json", "same slug as in events/1.json events 1"),
    *refused("a state with a blank", fields_of("events", "1", plan_state=" in_production"), "events 1, plan_state: wanted one of draft, locked, in_production, completed"),
    *refused("attendees in words", fields_of("events", "1", expected_attendees="about 40"), "events 1, expected_attendees: Event: wanted a whole number, found 'about 40'"),
    *only_found("a started plan that was made a draft", fields_of("events", "1", plan_state="draft"), f"{AMENDMENTS} 1: the plan is DRAFT, so it never started, but has amendment 1", "production_runs 1"),
    *only_found("a started plan that was made a locked one", fields_of("events", "1", plan_state="locked"), "the plan is LOCKED, so it never started, but has amendment 1"),
    # Amendments.
    *only_found("amendments with a hole in their sequence", fields_of(AMENDMENTS, "2", sequence=3), f"{AMENDMENTS} 2: ", PARTED + " from amendment 3 on: wanted amendment 2, found 3"),
    *only_found("two amendments of one number", fields_of(AMENDMENTS, "2", sequence=1), f"{AMENDMENTS} 2: ", "same sequence as in"),
    *only_found("an amendment that was taken out", edited(EVENT, lambda tables: tables[AMENDMENTS].pop("1")), PARTED + " from amendment 2 on: wanted amendment 1, found 2"),
    *only_found("all amendments taken out", edited(EVENT, lambda tables: tables.pop(AMENDMENTS)), PARTED + "; no amendment explains: finished good 3: wanted 10, found 8"),
    *only_found("an amendment that says another number before", row_of(AMENDMENTS, lambda row: row["change"]["data"].update(old_quantity=11)), "finished good 3: the amendment says 11 before, but 10 were planned"),
    *only_found("an amendment of a good that is not planned", row_of(AMENDMENTS, lambda row: row["change"]["data"].update(fg_id=99)), "finished good 99: the amendment says 10 before, but 0 were planned"),
    *refused("an amendment of number 0", fields_of(AMENDMENTS, "2", sequence=0), f"{AMENDMENTS} 2, sequence: PlanAmendment: wanted a whole number of at least 1, found 0"),
    *refused("an amendment whose kind was changed", row_of(AMENDMENTS, lambda row: row["change"].update(kind="drop_fg")), f"{AMENDMENTS} 1, change.original_quantity: wanted a value, found nothing"),
    # Snapshots.
    *only_found("a snapshot with another digest", fields_of(SNAPSHOTS, "1", digest="0" * 64), *CHANGED),
    *only_found("a snapshot in which a recipe has another name", row_of(SNAPSHOTS, lambda row: row["snapshot_data"]["recipes"][0].update(recipe_name="Rye")), *CHANGED),
    *only_found("a snapshot whose definitions were emptied", fields_of(SNAPSHOTS, "1", definitions={}), *CHANGED),
    *only_found("a snapshot of another version", row_of(SNAPSHOTS, lambda row: row["snapshot_data"].update(snapshot_version="2.0")), *CHANGED),
    *only_found("a snapshot whose plan was emptied", fields_of(SNAPSHOTS, "1", snapshot_data={}), *CHANGED),
    *(
        Row(0, f"a snapshot whose {part} were {how}, by 'plandoc {' '.join(line)}'", command(*line), (f"snapshot_data.{part}: wanted a", "restore the file from a backup"), 1, row_of(SNAPSHOTS, partial(spoiled_part, part, value)))
        for part, how, value in (("recipes", "made a text", "x"), ("batch_decisions", "taken out", None), ("finished_goods", "made numbers", [1, 2]))
        for line in (("snapshot", "1"), ("compare", "1"), ("report", "1", "-o", "report.html"))
    ),
    *(
        Row(0, f"a snapshot that lost the name of a recipe, by 'plandoc {' '.join(line)}'", command(*line), (), 0, row_of(SNAPSHOTS, lambda row: row["snapshot_data"]["recipes"][0].pop("recipe_name")))
        for line in (("snapshot", "1"), ("compare", "1"), ("report", "1", "-o", "report.html"), ("plan", "show", "1"))
    ),
    *(
        Row(0, f"a snapshot whose definition of a recipe is {ascii(value)}, by 'plandoc {' '.join(line)}'", command(*line), (says,), status, row_of(SNAPSHOTS, partial(with_definition, value)), every_document)
        for value, line, status, says in ((None, ("compare", "1"), 0, "Christmas 2026"), ("x", ("compare", "1"), 1, "recipes"), ({}, ("needs", "1"), 1, "recipes"), ([], ("shop", "1"), 1, "recipes"))
    ),
    *refused("a digest in capital letters", row_of(SNAPSHOTS, lambda row: row.update(digest=row["digest"].upper())), DIGEST),
    *refused("half a digest", row_of(SNAPSHOTS, lambda row: row.update(digest=row["digest"][:32])), DIGEST),
    *refused("a snapshot of nothing", fields_of(SNAPSHOTS, "1", snapshot_data=None), f"{SNAPSHOTS} 1, snapshot_data: PlanSnapshot: wanted a JSON object, found None"),
    *refused("a snapshot that is a list", fields_of(SNAPSHOTS, "1", snapshot_data=[]), "snapshot_data: PlanSnapshot: wanted a JSON object, found []"),
    *refused("a snapshot with a number that JavaScript would change", row_of(SNAPSHOTS, lambda row: row["snapshot_data"].update(x=2**60)), "snapshot_data: PlanSnapshot: wanted a value that JSON can hold exactly, found 1152921504606846976"),
    # What a document says of who wrote it.
    Row(0, "a digit that turned, checked", CHECK, ("note: events/2.json: was changed by another program since plandoc ",), 0, text_of('"quantity":10', '"quantity":19', "events/2.json")),
    Row(0, "a digit that turned, checked strictly", command("check", "--strict"), ("events/2.json: was changed by another program since plandoc ", "compare it with a backup"), 1, text_of('"quantity":10', '"quantity":19', "events/2.json")),
    Row(0, "a document with another digest, checked strictly", command("check", "--strict"), ("events/1.json: was changed by another program",), 1, about(EVENT, digest="0" * 64)),
    Row(0, "a document written by something that steers a terminal, checked strictly", command("check", "--strict"), (r"\x1b[2J",), 1, about(EVENT, written_by="\x1b[2J")),
    *refused("a digest that is a number", about(EVENT, digest=7), "events/1.json, _plandoc 1, digest: wanted text, found 7"),
    *refused("a document written by nobody", about(EVENT, written_by=None), "events/1.json, _plandoc 1, written_by: wanted text, found None"),
    *refused("a marker without the digest of its line", edited(MARKER, lambda marker: marker.pop("line_digest")), "plandoc.json, line_digest: wanted text, found None"),
    *refused("a marker of format 1 with what format 2 has", marked(format=1), "plandoc.json, line_digest: unknown field"),
    # The stock.
    *refused("a stock of less than nothing", fields_of("stock", "1", STOCK, quantity="-1"), "stock.json:1, stock 1, quantity: wanted a number in quotes", shown=STOCK_LIST),
    *refused("a stock that is the catalog", lambda folder: shutil.copy(folder / CATALOG, folder / STOCK) and None, "wanted 'stock.json', found 'catalog.json'", shown=STOCK_LIST),
    *refused("a stock that was cut off", lambda folder: os.truncate(folder / STOCK, 100), "stock.json:", shown=STOCK_LIST),
    *refused("a stock in the catalog, as format 1 has it", edited(CATALOG, lambda tables: tables.update(stock={})), "catalog.json: unknown table 'stock'", shown=RECIPES),
    *only_found("two rows of one ingredient and unit", edited(STOCK, lambda tables: tables["stock"].update({"2": tables["stock"]["1"]})), "stock.json:1, stock 2: same ingredient_id and unit as in stock.json stock 1"),
    *only_found("a stock of an ingredient that there is not", fields_of("stock", "1", STOCK, ingredient_id=99), "stock 1, ingredient_id: Ingredient 99 not found"),
    # Counters.
    *only_found("the next id of a table that there is not", counted(cakes=3), "catalog.json, _plandoc 1, next_ids.cakes: wanted the next id of a table, found 'cakes'", "remove it"),
    *only_found("a next id that no row can get", counted(ingredients=10**15), "next_ids.ingredients: wanted a next id of at most 1000000000001 for ingredients, found 1000000000000000"),
    Row(0, "a row under a next id that no row can get", command("ingredient", "import", "rye.csv"), ("id", "wanted a whole number of at most 1000000000000"), 1, lambda folder: (counted(ingredients=10**15)(folder), folder.with_name("rye.csv").write_text("name\nRye\n"), None)[2], every_document),
    # The marker.
    *refused("a marker whose serial is a text", marked(serial="8"), "plandoc.json, serial: wanted a whole number, found '8'"),
    *refused("a marker whose serial has a point", marked(serial=8.0), "plandoc.json, serial: wanted a whole number, found 8.0"),
    *refused("a marker whose number of events is out of range", marked(next_event_id=2**64), "plandoc.json:1: column 1: an integer of 20 digits is out of range"),
    *refused("a marker whose format is true", marked(format=True), "format: wanted a format number, found True"),
    *refused("a marker without a format", marked(format=None), "format: wanted a format number, found None"),
    *refused("a marker with a field that a person added", marked(comment="our folder"), "plandoc.json, comment: unknown field"),
    *refused("a marker of another lineage", marked(lineage="x"), "belongs to another folder", "not to this one (x)"),
    *refused("a marker whose serial nobody can have counted to", marked(serial=10**18), "plandoc.json, serial: wanted a whole number of at most 15 digits, found 1000000000000000000"),
    *refused("a marker whose next event nobody can have counted to", marked(next_event_id=10**15), "plandoc.json, next_event_id: wanted a whole number of at most 15 digits, found 1000000000000000"),
    *only_found("a marker that gives an event no id", marked(next_event_id=10**15 - 1), "plandoc.json, next_event_id: wanted at most 1000000000001, found 999999999999999"),
    Row(0, "a marker of a newer plandoc that says which", SHOW, ("plandoc.json has format 99", "it was written by plandoc >= 12.1", "pip install --upgrade plandoc"), 1, marked(format=99, needs="12.1")),
    Row(0, "a marker of a newer plandoc that says nonsense", SHOW, ("it was written by a newer plandoc",), 1, marked(format=99, needs="1; rm -rf /")),
)  # fmt: skip
