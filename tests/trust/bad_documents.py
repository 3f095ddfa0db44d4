"""Documents that are no good, by the numbers of the list of bad inputs: how each is spoiled, and what is said of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plandoc
from plandoc.errors import DamagedError, NewerFormatError, PlandocError, StorageError
from tests.builders import a_plan
from tests.records.folders import Spoil, replaced
from tests.trust.bad_inputs import Row, command, every_document


def written(name: str, content: bytes) -> Spoil:
    return lambda folder: (folder / name).write_bytes(content) and None


def cut_off(name: str) -> Spoil:
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size // 2)


def recoded(name: str, encoding: str) -> Spoil:
    return lambda folder: (folder / name).write_bytes((folder / name).read_text("utf-8").encode(encoding)) and None


def made(name: str, make: Callable[[Path], object]) -> Spoil:
    """Put something else in the place of a file, which stays beside it."""

    def spoil(folder: Path) -> None:
        (folder / name).rename(folder / "moved-away")
        make(folder / name)

    return spoil


def a_socket(path: Path) -> None:
    # The name of a socket is short by law of the system, so it is bound relative to its folder.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(before)


def from_another_folder(name: str) -> Spoil:
    def spoil(folder: Path) -> None:
        other = folder.parent / "other"
        with plandoc.open_store(other, create=True) as store:
            a_plan(store)
        (folder / name).write_bytes((other / name).read_bytes())

    return spoil


def edited(name: str, edit: Callable[[dict[str, Any]], object]) -> Spoil:
    """Change the tables of a document, as a program of somebody else does."""

    def spoil(folder: Path) -> None:
        tables = json.loads((folder / name).read_bytes())
        edit(tables)
        (folder / name).write_text(json.dumps(tables), "utf-8")

    return spoil


def copied(name: str, copy: str) -> Spoil:
    return lambda folder: shutil.copy(folder / name, folder / copy) and None


EVENT = "events/1.json"
CATALOG = "catalog.json"
STOCK = "stock.json"
MARKER = "plandoc.json"
GOODS = '{"event_id":1,"finished_good_id":3,"quantity":10}'
FLOUR = '{"name":"Flour","category":"Baking"'


def goods(new: str) -> Spoil:
    return replaced(EVENT, GOODS, new)


def quantity(found: str) -> Spoil:
    return goods(GOODS.replace("10", found))


def _sealed(**fields: Any) -> bytes:
    line = {
        "serial": 1,
        "lineage": "L",
        "moment": "2026-01-28T03:25:47+00:00",
        "action": "x",
        "documents": [],
        **fields,
    }
    body = json.dumps(line).encode()[:-1]
    return body + b',"checksum":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


SEALED = _sealed(documents=None)
LEADING_OUT = _sealed(documents=[{"path": "../evil.json", "replaces": None, "content": "{}"}])


KEPT = ("from a backup: 'plandoc repair --from BACKUP'",)

# Damage that only a backup can mend: the command that restores a document is named.
BACKED_UP = (
    Row(3, "truncated; the command that takes it back, shown", command("event", "show", "1"), ("events/1.json:", *KEPT), 1, cut_off(EVENT)),
    Row(3, "truncated; the command that takes it back, checked", command("check"), ("events/1.json:", *KEPT), 1, cut_off(EVENT)),
    Row(3, "truncated; the command that takes it back, written", command("unlock", "1"), ("events/1.json:", *KEPT), 1, cut_off(EVENT), every_document),
    Row(3, "truncated catalog; the command that takes it back", command("recipe", "list"), ("catalog.json:", *KEPT), 1, cut_off(CATALOG)),
    Row(3, "truncated marker; the command that takes it back", command("recipe", "list"), ("plandoc.json:", *KEPT), 1, cut_off(MARKER)),
    Row(5, "NUL bytes; the command that takes it back", command("event", "show", "1"), ("a lost write", *KEPT), 1, written(EVENT, b"\0" * 300)),
    Row(37, "no catalog; the command that takes it back", command("recipe", "list"), ("catalog.json: the file is missing", *KEPT), 1, lambda folder: (folder / CATALOG).unlink()),
    Row(37, "no marker; the command that takes it back", command("recipe", "list"), ("no plandoc.json, so the folder is not new", *KEPT), 1, lambda folder: (folder / MARKER).unlink()),
)  # fmt: skip

# The number, what it is; how it is made, the error of the library, and a part of the message.
BAD_DOCUMENTS: dict[str, tuple[Spoil, type[PlandocError], str]] = {
    # What is no JSON, or no table.
    "1 empty": (written(EVENT, b""), DamagedError, "events/1.json: the file is empty; a document never is"),
    "1 empty catalog": (written(CATALOG, b""), DamagedError, "catalog.json: the file is empty"),
    "1 empty marker": (written(MARKER, b""), DamagedError, "plandoc.json: the file is empty"),
    "2 null": (written(EVENT, b"null"), DamagedError, "events/1.json:1: column 1: wanted an object of tables"),
    "2 list": (written(CATALOG, b"[]"), DamagedError, "catalog.json:1: column 1: wanted an object of tables"),
    "2 number as marker": (written(MARKER, b"3"), DamagedError, "plandoc.json:1: column 1: wanted one JSON object"),
    "3 truncated": (cut_off(EVENT), DamagedError, "events/1.json:"),
    "3 truncated catalog": (cut_off(CATALOG), DamagedError, "catalog.json:"),
    "3 truncated marker": (cut_off(MARKER), DamagedError, "plandoc.json:"),
    "4 garbage": (replaced(EVENT, "\n}\n", "\n}\n{}"), DamagedError, "wanted the end of the file after the first"),
    "4 trailing comma": (replaced(CATALOG, "\n }\n}", "\n },\n}"), DamagedError, "catalog.json:"),
    "5 NUL bytes": (written(EVENT, b"\0" * 300), DamagedError, "300 NUL bytes; it looks like a lost write"),
    "6 same row twice": (replaced(EVENT, '  "2": ', '  "1": '), DamagedError, "duplicate row '1'"),
    "6 same field twice": (goods(GOODS[:-1] + ',"quantity":3}'), DamagedError, "duplicate key 'quantity'"),
    "7 NaN": (quantity("NaN"), DamagedError, "NaN is not a JSON number"),
    "7 Infinity": (quantity("Infinity"), DamagedError, "Infinity is not a JSON number"),
    "7 1e999": (quantity("1e999"), DamagedError, "the number 1e999 is out of range"),
    "8 5000 digits": (quantity("7" * 5000), DamagedError, "an integer of 5000 digits is out of range"),
    "9 deep": (quantity("[" * 100_000 + "]" * 100_000), DamagedError, "nested too deep"),
    "9 deep enough for some": (quantity("[" * 240 + "]" * 240), DamagedError, "wanted a whole number, found [[["),
    "12 UTF-16": (recoded(EVENT, "utf-16"), DamagedError, "not UTF-8: byte 0xff at offset 0 (save the file as UTF-8)"),
    "13 bad byte": (written(EVENT, b'{"\xff"'), DamagedError, "not UTF-8: byte 0xff at offset 2"),
    "14 surrogate": (replaced(CATALOG, '"Flour"', '"\\ud800"'), DamagedError, "holds half a surrogate pair"),
    # What is JSON, but no record.
    "15 control character in a slug": (replaced(CATALOG, '"slug":"flour"', '"slug":"fl\\u0000r"'), DamagedError, "slug"),
    "16 unknown field": (goods(GOODS[:-1] + ',"quantiti":3}'), DamagedError, "quantiti: unknown field (did you mean q"),
    "16 unknown table": (replaced(EVENT, '"event_recipes": {', '"event_recipe": {'), DamagedError, "unknown table 'event_rec"),
    "17 missing field": (goods('{"event_id":1,"quantity":10}'), DamagedError, "finished_good_id: wanted a value, found"),
    "18 null": (replaced(CATALOG, FLOUR, FLOUR.replace('"Flour"', "null")), DamagedError, "wanted text, found None"),
    "19 number for text": (replaced(CATALOG, FLOUR, FLOUR.replace('"Flour"', "7")), DamagedError, "wanted text, found 7"),
    "20 text for a number": (quantity('"7"'), DamagedError, "quantity: EventFinishedGood: wanted a whole number"),
    "20 digits of another script": (quantity('"٧"'), DamagedError, "wanted a whole number, found '٧'"),
    "21 fraction": (quantity("3.9"), DamagedError, "wanted a whole number, found 3.9"),
    "21 true": (quantity("true"), DamagedError, "wanted a whole number, found True"),
    "22 wrong state": (replaced(EVENT, '"in_production"', '"baking"'), DamagedError, "wanted one of draft, locked, in_"),
    "22 wrong case": (replaced(EVENT, '"in_production"', '"IN_PRODUCTION"'), DamagedError, "wanted one of draft, locked"),
    "23 zero": (quantity("0"), DamagedError, "wanted a whole number of at least 1, found 0"),
    "23 negative": (quantity("-3"), DamagedError, "wanted a whole number of at least 1, found -3"),
    "23 10^18": (quantity("1000000000000000000"), DamagedError, "wanted a whole number of at most 1000000000000"),
    "25 no such day": (replaced(EVENT, "2026-12-25", "2025-02-30"), DamagedError, "wanted a date such as 2026-12-25"),
    "25 no offset": (replaced(EVENT, '+00:00","snapshot_data"', '","snapshot_data"'), DamagedError, "wanted a timestamp"),
    "26 same id": (replaced(CATALOG, '  "2": ', '  "1": '), DamagedError, "duplicate row '1'"),
    "27 id with a zero": (replaced(CATALOG, '  "2": ', '  "02": '), DamagedError, "id of a row, found '02'"),
    "27 negative id": (replaced(CATALOG, '  "2": ', '  "-2": '), DamagedError, "id of a row, found '-2'"),
    "32 newer format": (replaced(EVENT, '"format":2', '"format":3'), NewerFormatError, "pip install --upgrade plandoc"),
    "32 newer marker": (replaced(MARKER, '"format": 2', '"format": 3'), NewerFormatError, "plandoc.json has format 3"),
    "34 no format": (replaced(EVENT, '"format":2,', ""), DamagedError, "wanted a format number, found None"),
    "34 text as format": (replaced(EVENT, '"format":2', '"format":"1"'), DamagedError, "a format number, found '1'"),
    "34 negative format of the marker": (replaced(MARKER, '"format": 2', '"format": -1'), DamagedError, "a format number, found -1"),
    "34 no facts": (replaced(EVENT, '"_plandoc"', '"_other"'), DamagedError, 'wanted a table "_plandoc"'),
    "35 event of another folder": (from_another_folder(EVENT), DamagedError, "belongs to another folder"),
    "35 catalog of another folder": (from_another_folder(CATALOG), DamagedError, "belongs to another folder"),
    "35 marker of another folder": (from_another_folder(MARKER), DamagedError, "belongs to another folder"),
    "35 event under another number": (
        lambda folder: (folder / EVENT).rename(folder / "events/2.json") and None,
        DamagedError,
        "wanted 'events/2.json', found 'events/1.json' (the file was renamed or copied; restore its original name)",
    ),
    "35 row of another event": (goods(GOODS.replace('"event_id":1', '"event_id":2')), DamagedError, "wanted event 1"),
    # What is no file, or not there.
    "37 no catalog": (lambda folder: (folder / CATALOG).unlink(), DamagedError, "catalog.json: the file is missing"),
    "37 no marker": (lambda folder: (folder / MARKER).unlink(), DamagedError, "but no plandoc.json, so the folder is not new"),
    "38 folder": (made(EVENT, Path.mkdir), DamagedError, "wanted a plain file, found a folder"),
    "38 pipe": (made(EVENT, os.mkfifo), DamagedError, "wanted a plain file, found a pipe"),
    "38 pipe as marker": (made(MARKER, os.mkfifo), DamagedError, "wanted a plain file, found a pipe"),
    "38 pipe as journal": (made("journal.jsonl", os.mkfifo), DamagedError, "wanted a plain file, found a pipe"),
    "38 socket": (made(EVENT, a_socket), DamagedError, "wanted a plain file, found a socket"),
    "39 link inside": (made(EVENT, lambda path: path.symlink_to("../moved-away")), DamagedError, "a symbolic link"),
    "39 link outside": (made(CATALOG, lambda path: path.symlink_to("/etc/hostname")), DamagedError, "a symbolic link"),
    "39 dangling link": (made(EVENT, lambda path: path.symlink_to("nothing")), DamagedError, "a symbolic link"),
    "39 link to itself": (made(EVENT, lambda path: path.symlink_to("1.json")), DamagedError, "a symbolic link"),
    "39 link as marker": (made(MARKER, lambda path: path.symlink_to("moved-away")), DamagedError, "a symbolic link"),
    "26 copy of an event": (copied(EVENT, "events/2.json"), DamagedError, "wanted 'events/2.json', found 'events/1.json'"),
    "28 snapshot without its event": (
        edited(EVENT, lambda tables: tables.pop("events")), DamagedError, "events/1.json, events: wanted exactly one event, number 1"
    ),
    "28 snapshot of another event": (
        edited(EVENT, lambda tables: tables["plan_snapshots"]["1"].update(event_id=99)), DamagedError, "wanted event 1, as the file says, found 99"
    ),
    "33 format before the first": (replaced(EVENT, '"format":2', '"format":0'), DamagedError, "a format number, found 0"),
    # Not in that list.
    "0 marker with a serial below zero": (replaced(MARKER, '"serial": ', '"serial": -'), DamagedError, "serial: wanted a whole number of at least 0"),
    "0 marker with another field": (replaced(MARKER, '"serial"', '"serail"'), DamagedError, "serail: unknown field"),
    "0 marker that counts events in words": (edited(MARKER, lambda marker: marker.update(next_event_id="two")), DamagedError, "found 'two'"),
    "0 marker without a lineage": (edited(MARKER, lambda marker: marker.pop("lineage")), DamagedError, "lineage: wanted text, found None"),
    "0 journal of lines without end": (written("journal.jsonl", SEALED), DamagedError, "journal.jsonl:1: this line has the right checksum, but plandoc did not write it"),
    "0 journal that leads out of the folder": (written("journal.jsonl", LEADING_OUT), DamagedError, "journal.jsonl:1: this line has the right"),
    "0 events folder that is a file": (made("events", Path.touch), StorageError, "events: not a directory"),
    "0 events folder that is a link": (made("events", lambda path: path.symlink_to("moved-away")), DamagedError, "found a symbolic link"),
    "0 table of a table": (edited(EVENT, lambda tables: tables.update(event_recipes=[])), DamagedError, "wanted an object of tables"),
    "0 row that is a text": (edited(EVENT, lambda tables: tables["batch_decisions"].update({"1": "six"})), DamagedError, "row 1: wanted an object"),
    "0 row with an id of 20 digits": (replaced(CATALOG, '  "2": ', '  "20000000000000000000": '), DamagedError, "id of a row, found '2000"),
    "0 row with its id inside": (goods(GOODS[:-1] + ',"id":1}'), DamagedError, "the id of a row is its key"),
    "0 counter below one": (replaced(CATALOG, '"recipes":4', '"recipes":0'), DamagedError, "wanted the next id of each table"),
    "0 document without a lineage": (replaced(EVENT, '"lineage"', '"linage"'), DamagedError, "linage: unknown field"),
    "0 comment": (replaced(EVENT, "{\n", "{ // the plan\n"), DamagedError, "events/1.json:1: column 3"),
    "0 single quotes": (replaced(EVENT, '"events"', "'events'"), DamagedError, "events/1.json:"),
    "0 amount as a number": (replaced(STOCK, '"quantity":"5.5"', '"quantity":5.5'), DamagedError, "wanted a number in quotes"),
    "0 amount with an exponent": (replaced(STOCK, '"quantity":"5.5"', '"quantity":"5e5"'), DamagedError, "found '5e5'"),
    "0 digest of another length": (edited(EVENT, lambda tables: tables["plan_snapshots"]["1"].update(digest="0")), DamagedError, "digest"),
    "0 name of 201 characters": (replaced(CATALOG, '"Flour"', f'"{"x" * 201}"'), DamagedError, "wanted at most 200 characters, found 201"),
    "0 name of blanks": (replaced(CATALOG, '"Flour"', '"  "'), DamagedError, "wanted a name, found only blanks"),
    "0 kind of amendment that is none": (
        edited(EVENT, lambda tables: tables.update(plan_amendments={"1": {"change": {"kind": "os.system", "data": {}}}})),
        DamagedError,
        "wanted a kind that is one of drop_fg, add_fg",
    ),
}  # fmt: skip
