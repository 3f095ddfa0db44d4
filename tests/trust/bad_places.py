"""Folders that somebody copied, unpacked, renamed or lost a part of, journals that somebody edited, odd places."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import plandoc
from plandoc.tables import STOCK
from tests.records.folders import Spoil
from tests.trust.bad_documents import CATALOG, EVENT, MARKER
from tests.trust.bad_edits import ADD, INGREDIENTS, READ, RECIPES, SHOW
from tests.trust.bad_inputs import (
    CHECK,
    CHECKED,
    Call,
    Ended,
    Row,
    by_command,
    called,
    called_as_typed,
    command,
    every_document,
    in_session,
    library,
    nothing,
)
from tests.trust.bad_surroundings import BY_COMMAND, elsewhere
from tests.trust.processes import ran

JOURNAL = "journal.jsonl"
EVENTS = command("event", "list")
Lines = list[bytes]


def renamed(name: str, to: str) -> Spoil:
    return lambda folder: (folder / name).rename(folder / to) and None


def put(name: str, content: str = "{}") -> Spoil:
    return lambda folder: (folder / name).write_text(content, "utf-8") and None


def swapped(folder: Path) -> None:
    (folder / EVENT).rename(folder / "kept")
    (folder / "events/2.json").rename(folder / EVENT)
    (folder / "kept").rename(folder / "events/2.json")


def one_folder_deeper(folder: Path) -> None:
    away = folder.rename(folder.with_name("away"))
    folder.mkdir()
    away.rename(folder / "data")


def journal_of(touch: Callable[[Lines], Lines]) -> Spoil:
    """Leave the journal of three changes that nobody folded in, after somebody was at it."""

    def spoil(folder: Path) -> None:
        marker = (folder / MARKER).read_bytes()
        with plandoc.open_store(folder) as store:
            for name in ("Rye", "Spelt", "Oats"):
                with store.session() as session:
                    session.add(plandoc.Ingredient(name))
            journal, catalog = (folder / JOURNAL).read_bytes().rstrip() + b"\n", (folder / CATALOG).read_bytes()
        (folder / CATALOG).write_bytes(catalog)
        (folder / MARKER).write_bytes(marker)
        (folder / JOURNAL).write_bytes(b"".join(touch(journal.splitlines(keepends=True))))

    return spoil


def sealed(line: bytes, **fields: Any) -> bytes:
    """Return a line with other fields and the checksum that belongs to them."""
    written = {**json.loads(line), **fields}
    del written["checksum"]
    body = json.dumps(written, separators=(",", ":")).encode()[:-1]
    return body + b',"checksum":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def resealed(number: int, **fields: Any) -> Spoil:
    return journal_of(lambda lines: [sealed(x, **fields) if n == number else x for n, x in enumerate(lines)])


def changing(**fields: Any) -> Spoil:
    """Let the last line of the journal change its document in another way."""

    def touch(lines: Lines) -> Lines:
        (change,) = json.loads(lines[-1])["documents"]
        return [*lines[:-1], sealed(lines[-1], documents=[{**change, **fields}])]

    return journal_of(touch)


def of_journal(name: str, spoil: Spoil, *says: str) -> Iterator[Row]:
    """A journal that cannot be what a crash left: nobody reads past it, nobody writes."""
    calls = (READ, CHECK, ADD)
    yield Row(0, name, INGREDIENTS, says, 1, spoil, every_document, "DamagedError", calls)


def found(name: str, spoil: Spoil, *says: str) -> Iterator[Row]:
    """Found by the check, by the command and the library."""
    yield Row(0, name, CHECK, says, 1, spoil, also=(CHECKED,))


def named_by_the_environment(value: str, *arguments: str) -> Call:
    """Call the command without `--data`, with a data folder named by the environment."""

    def call(_: Path) -> Ended:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PLANDOC_DATA", value)
            return called_as_typed(*arguments)

    return by_command(call)


def that_cannot_be_replaced(name: str, *arguments: str) -> Call:
    """Call the command where a document may not be replaced, by an attribute that even the superuser obeys."""

    def call(folder: Path) -> Ended:
        attribute = shutil.which("chattr")
        if attribute is None or subprocess.run([attribute, "+i", folder / name], check=False).returncode:
            pytest.skip("files cannot be made immutable here")
        try:
            return called(folder, *arguments)
        finally:
            subprocess.run([attribute, "-i", folder / name], check=True)

    return by_command(call)


def with_output_on(device: str) -> Call:
    """Have the command print where nothing can be printed."""

    def call(folder: Path) -> Ended:
        script = f"import os, sys\nos.dup2(os.open({device!r}, os.O_WRONLY), 1)\n{BY_COMMAND.format(arguments=('event', 'list'))}"
        ended = ran(script, folder)
        return Ended(ended.returncode, ended.stdout + ended.stderr)

    return by_command(call)


BROKEN = "this line is damaged, but good ones follow it"
CHANGED = "this line was changed by another program: it does not match its checksum"
NOT_OURS = "this line has the right checksum, but plandoc did not write it"
OF_ANOTHER_MOMENT = "plandoc.json and the journal are not of the same version of the folder"
RENAMED = "the file was renamed or copied; restore its original name"
UNKNOWN_NAME = "misnamed document; plandoc ignores it"
STRANGE = "a JSON file that plandoc does not know"
NO_FOLDER = "not a plandoc folder"

PLACES: tuple[Row, ...] = (
    # Files under other names.
    *found("an event in capital letters", renamed(EVENT, "events/1.JSON"), "events/1.JSON: looks like events/1.json under another name"),
    *found("an event with a zero in front", renamed(EVENT, "events/01.json"), f"events/01.json: {UNKNOWN_NAME}"),
    *found("an event with a blank behind", renamed(EVENT, "events/1.json "), "looks like events/1.json under another name"),
    *found("an event numbered in another script", renamed(EVENT, "events/\u0661.json"), UNKNOWN_NAME),
    *found("an event numbered in wide digits", renamed(EVENT, "events/\uff11.json"), UNKNOWN_NAME),
    *found("an event that a mail program made a text", renamed(EVENT, "events/1.json.txt"), "events/1.json.txt: looks like events/1.json under another name"),
    *found("an event numbered 0", renamed(EVENT, "events/0.json"), f"events/0.json: {UNKNOWN_NAME}"),
    *found("an event numbered below 0", renamed(EVENT, "events/-1.json"), f"events/-1.json: {UNKNOWN_NAME}"),
    *found("an event numbered 10^16", renamed(EVENT, f"events/{10**16}.json"), UNKNOWN_NAME),
    *found("an event beside its folder", renamed(EVENT, "1.json"), f"1.json: {STRANGE}"),
    *found("a catalog in the folder of events", renamed(CATALOG, "events/catalog.json"), "catalog.json: the file is missing", f"events/catalog.json: {UNKNOWN_NAME}"),
    *found("a catalog in capital letters", renamed(CATALOG, "Catalog.json"), "catalog.json: the file is missing", "Catalog.json: looks like catalog.json under another name"),
    *found("a stock in capital letters", renamed(STOCK, "Stock.json"), "stock.json: the file is missing", "Stock.json: looks like stock.json under another name"),
    Row(0, "no stock, shopped for", command("shop", "1"), ("stock.json: the file is missing (restore it from a backup: 'plandoc repair",), 1, lambda folder: (folder / STOCK).unlink()),
    Row(0, "no stock, an event shown", SHOW, ("Christmas 2026",), 0, lambda folder: (folder / STOCK).unlink()),
    *found("a folder of events in capital letters", renamed("events", "Events"), "events: the folder is missing, but events were numbered up to 3 (rename 'Events' to 'events')"),
    *found("no folder of events", lambda folder: shutil.rmtree(folder / "events"), "events: the folder is missing, but events were numbered up to 3", "restore it from a backup"),
    *found("a marker in capital letters", renamed(MARKER, "Plandoc.json"), "plandoc.json: the file is missing, but there are documents"),
    *found("a marker that a mail program made a text", renamed(MARKER, "plandoc.json.txt"), "plandoc.json: the file is missing, but there are documents"),
    *found("two events under each other's name", swapped, "events/1.json, _plandoc 1, document: wanted 'events/1.json', found 'events/2.json'", RENAMED),
    *found("a file whose name has a line break", put("events/1\n.json"), r"events/1\n.json: " + STRANGE),
    *found("a file whose name steers a terminal", put("events/\x1b[2J.json"), r"events/\x1b[2J.json: " + STRANGE),
    *found("a file whose name is not UTF-8", lambda folder: open(os.fsencode(folder / "events") + b"/\xff.json", "w").close(), r"events/\udcff.json"),
    *found("an event that waits for its number", put("events/4.json"), 'events/4.json: wanted a table "_plandoc"'),
    *found("a folder with the name of an event", lambda folder: (folder / "events/5.json").mkdir(), "events/5.json: wanted a plain file, found a folder"),
    *found("a pipe with the name of an event", lambda folder: os.mkfifo(folder / "events/4.json"), "events/4.json: wanted a plain file, found a pipe"),
    *found("an export among the documents", put("export.json", '{"application":"plandoc"}'), f"export.json: {STRANGE}"),
    Row(0, "an event added beside a pipe", ADD, ("events/4.json: wanted a plain file, found a pipe",), 1, lambda folder: os.mkfifo(folder / "events/4.json"), every_document),
    Row(0, "an event shown that has another name", SHOW, ("Event '1' not found",), 1, renamed(EVENT, "events/01.json")),
    Row(0, "a catalog that is the marker", RECIPES, ("catalog.json:2: column 13: wanted an object of tables",), 1, lambda folder: shutil.copy(folder / MARKER, folder / CATALOG) and None),
    Row(0, "a catalog that is an event", RECIPES, ("_plandoc 1, document: wanted 'catalog.json', found 'events/1.json'", RENAMED), 1, lambda folder: shutil.copy(folder / EVENT, folder / CATALOG) and None),
    Row(0, "an event that is the catalog", SHOW, ("wanted 'events/1.json', found 'catalog.json'",), 1, lambda folder: shutil.copy(folder / CATALOG, folder / EVENT) and None),
    Row(0, "a marker that is the catalog", SHOW, ("plandoc.json", "wanted a format number, found None"), 1, lambda folder: shutil.copy(folder / CATALOG, folder / MARKER) and None),
    Row(0, "a folder that was unpacked one folder deeper", SHOW, (NO_FOLDER, "create one with 'plandoc init'"), 1, one_folder_deeper),
    Row(0, "a folder that holds a copy of itself", SHOW, ("Christmas 2026",), 0, lambda folder: (shutil.copytree(folder, folder.with_name("t")), folder.with_name("t").rename(folder / "data")) and None),
    # Rights.
    Row(0, "a folder that was unpacked with other rights", command("stock", "set", "flour", "1", "kg"), ("stock.json: the file is read-only; give it write permission", "not saved"), 1, lambda folder: [path.chmod(0o444) for path in folder.rglob("*.json")] and None, every_document),
    Row(0, "files that everybody may run", SHOW, ("Christmas 2026",), 0, lambda folder: [path.chmod(0o777) for path in folder.rglob("*.json")] and None),
    Row(0, "a stock that may never be changed", that_cannot_be_replaced(STOCK, "stock", "set", "flour", "1", "kg"), (STOCK, "not saved"), keeps=every_document),
    Row(0, "a started event that may never be changed", that_cannot_be_replaced(EVENT, "bake", "1", "cookie", "1"), (EVENT, "not saved"), keeps=every_document),
    Row(0, "a list on a device that is full", with_output_on("/dev/full"), ("the output could not be written: no space left on device", "nothing was changed")),
    # The journal.
    *of_journal("a journal upside down", journal_of(lambda lines: lines[::-1]), "journal.jsonl:1: wanted transaction ", OF_ANOTHER_MOMENT, "keep a copy of the whole folder"),
    *of_journal("a journal with a blank line", journal_of(lambda lines: [lines[0], b"\n", *lines[1:]]), f"journal.jsonl:2: {BROKEN}"),
    *of_journal("a journal that begins with a blank line", journal_of(lambda lines: [b"\n", *lines]), f"journal.jsonl:1: {BROKEN}"),
    *of_journal("a journal whose first line is there twice", journal_of(lambda lines: [lines[0], *lines]), "journal.jsonl:2: wanted transaction ", OF_ANOTHER_MOMENT),
    *of_journal("a journal whose last line is there twice", journal_of(lambda lines: [*lines, lines[-1]]), "journal.jsonl:4: wanted transaction ", OF_ANOTHER_MOMENT),
    *of_journal("a journal without its first line", journal_of(lambda lines: lines[1:]), "journal.jsonl:1: wanted transaction ", OF_ANOTHER_MOMENT),
    *of_journal("a journal without a line in the middle", journal_of(lambda lines: [lines[0], lines[2]]), "journal.jsonl:2: wanted transaction ", OF_ANOTHER_MOMENT),
    *of_journal("a journal with a byte order mark", journal_of(lambda lines: [b"\xef\xbb\xbf" + lines[0], *lines[1:]]), f"journal.jsonl:1: {BROKEN}"),
    *of_journal("a journal with the marks of a merge", journal_of(lambda lines: [b"<<<<<<< HEAD\n", lines[0], b"=======\n", *lines[1:]]), f"journal.jsonl:1: {BROKEN}"),
    *of_journal("a journal in which somebody mended a word", journal_of(lambda lines: [lines[0], lines[1].replace(b"Spelt", b"Smelt"), lines[2]]), f"journal.jsonl:2: {CHANGED}"),
    *of_journal("a journal with a line of another folder", resealed(0, lineage="x"), "journal.jsonl:1: the journal belongs to another folder (x)"),
    *of_journal("a journal with a serial of 10^15", resealed(0, serial=10**15), "found 1000000000000000", OF_ANOTHER_MOMENT),
    *of_journal("a journal with a serial below zero", resealed(1, serial=-1), "journal.jsonl:", "wanted transaction ", OF_ANOTHER_MOMENT),
    *of_journal("a journal with a serial that is true", resealed(0, serial=True), f"journal.jsonl:1: {NOT_OURS}"),
    *of_journal("a journal with a serial with a point", resealed(0, serial=9.0), f"journal.jsonl:1: {NOT_OURS}"),
    *of_journal("a journal with a serial of 30 digits", resealed(0, serial=10**30), f"journal.jsonl:1: {NOT_OURS}"),
    *of_journal("a journal with a field that nobody knows", resealed(2, comment="x"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal whose documents are no list", resealed(2, documents={}), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names the catalog in capital letters", changing(path="CATALOG.json"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names the lock", changing(path=".plandoc/lock"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names a file of Windows", changing(path="events\\1.json"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names an absolute path", changing(path="/etc/passwd"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that removes the catalog", changing(content=None), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that removes the marker", changing(path=MARKER, content=None), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal whose content is a number", changing(content=3), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names a file of nobody", changing(path="notes.json"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names an event in letters", changing(path="events/x.json"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names an event with a zero in front", changing(path="events/01.json"), f"journal.jsonl:3: {NOT_OURS}"),
    *of_journal("a journal that names itself", changing(path="journal.json"), f"journal.jsonl:3: {NOT_OURS}"),
    Row(0, "a journal whose content is no document, written", ADD, ("catalog.json:1: column 1: wanted an object of tables",), 1, changing(content="hello"), every_document),
    Row(0, "a journal whose content is empty, written", ADD, ("catalog.json: the file is empty",), 1, changing(content=""), every_document),
    Row(0, "a journal whose content is another document, written", ADD, ("wanted 'events/1.json', found 'catalog.json'",), 1, changing(path=EVENT), every_document),
    Row(0, "a journal that nobody folded in, shown", INGREDIENTS, ("oats",), 0, journal_of(lambda lines: lines)),
    Row(0, "a journal that nobody folded in, checked", CHECK, ("note: journal.jsonl: 3 transactions are not checkpointed yet",), 0, journal_of(lambda lines: lines)),
    Row(0, "no journal, written", ADD, ("added 'Tea'",), 0, lambda folder: (folder / JOURNAL).unlink(), nothing),
    # What the environment names.
    *(
        Row(0, f"the environment names {ascii(value[:20])}", named_by_the_environment(value, "event", "list"), (says,))
        for value, says in (
            (" ", NO_FOLDER), ("nowhere", NO_FOLDER), ("data/catalog.json", "is a file; wanted the path of a data folder"), ("/dev/null", "is a file; wanted the path of a data folder"),
            ("/proc/self", NO_FOLDER), ("~/data", NO_FOLDER), ("$HOME", NO_FOLDER), ("x" * 5000, "name too long"), ("a/" * 3000, "name too long"), ("\udcff", r"\udcff"), ("/", NO_FOLDER),
            ("data/events", NO_FOLDER), ("file:///tmp", NO_FOLDER), ("-", NO_FOLDER), ("--data", NO_FOLDER), ("data;rm -rf /", NO_FOLDER), ("data\x1b[2J", r"data\x1b[2J"),
        )
    ),
    Row(0, "the environment names a folder that is made nowhere", named_by_the_environment("no/where/data", "event", "add", "Tea", "--date", "2027-01-01"), (NO_FOLDER,)),
    Row(0, "the environment names the folder by a detour", named_by_the_environment("./data/../data/", "event", "list"), ("christmas-2026",), 0),
    # What the library is given as a path.
    Row(0, "nothing as a path, checked by the library", library(lambda _: plandoc.check("")), ("wanted a path, found nothing",), kind="StorageError"),
    Row(0, "nothing as an export", in_session(lambda session: plandoc.import_file("", session=session)), ("wanted a path, found nothing",), keeps=every_document, kind="StorageError"),
    Row(0, "a home that nobody spells out", library(lambda _: plandoc.open_store("~")), (NO_FOLDER,), kind="StoreNotFoundError"),
    Row(0, "a folder of events for a data folder", elsewhere("events", CHECKED), (f"not a plandoc data folder: {MARKER} is missing",)),
)  # fmt: skip
