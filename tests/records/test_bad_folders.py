"""Folders that are no good: each is refused with its reason, and not a byte of it is touched."""

from __future__ import annotations

import datetime
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

import plandoc
from plandoc import records
from plandoc.errors import DamagedError, FolderNotFoundError, NewerFormatError, PlandocError
from tests.builders import a_plan, folder_bytes
from tests.records.folders import Spoil, everything_in, look_at_everything, replaced


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


EVENT = "events/1.json"
CATALOG = "catalog.json"
MARKER = "plandoc.json"
GOODS = '{"event_id":1,"finished_good_id":3,"quantity":10}'
FLOUR = '{"name":"Flour","category":"Baking"'


def goods(new: str) -> Spoil:
    return replaced(EVENT, GOODS, new)


def quantity(found: str) -> Spoil:
    return goods(GOODS.replace("10", found))


BAD_FOLDERS: dict[str, tuple[Spoil, type[PlandocError], str]] = {
    # What is no JSON, or no table.
    "1 empty": (written(EVENT, b""), DamagedError, "events/1.json: the file is empty; a document never is"),
    "1 empty catalogue": (written(CATALOG, b""), DamagedError, "catalog.json: the file is empty"),
    "1 empty marker": (written(MARKER, b""), DamagedError, "plandoc.json: the file is empty"),
    "2 null": (written(EVENT, b"null"), DamagedError, "events/1.json:1: column 1: wanted an object of tables"),
    "2 list": (written(CATALOG, b"[]"), DamagedError, "catalog.json:1: column 1: wanted an object of tables"),
    "2 number": (written(MARKER, b"3"), DamagedError, "plandoc.json:1: column 1: wanted one JSON object"),
    "3 truncated": (cut_off(EVENT), DamagedError, "events/1.json:"),
    "3 truncated catalogue": (cut_off(CATALOG), DamagedError, "catalog.json:"),
    "3 truncated marker": (cut_off(MARKER), DamagedError, "plandoc.json:"),
    "4 garbage": (replaced(EVENT, "\n}\n", "\n}\n{}"), DamagedError, "wanted the end of the file after the first"),
    "4 trailing comma": (replaced(CATALOG, "\n }\n}", "\n },\n}"), DamagedError, "catalog.json:"),
    "5 NUL bytes": (written(EVENT, b"\0" * 300), DamagedError, "300 NUL bytes; it looks like a lost write"),
    "6 same row twice": (replaced(EVENT, '  "2": ', '  "1": '), DamagedError, "a row '1' stands twice"),
    "6 same field twice": (goods(GOODS[:-1] + ',"quantity":3}'), DamagedError, "the key 'quantity' stands twice"),
    "7 NaN": (quantity("NaN"), DamagedError, "NaN is not a number that JSON knows"),
    "7 Infinity": (quantity("Infinity"), DamagedError, "Infinity is not a number that JSON knows"),
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
    "25 no offset": (replaced(EVENT, '+00:00","snapshot_data"', '","snapshot_data"'), DamagedError, "wanted a moment"),
    "26 same id": (replaced(CATALOG, '  "2": ', '  "1": '), DamagedError, "a row '1' stands twice"),
    "27 id with a zero": (replaced(CATALOG, '  "2": ', '  "02": '), DamagedError, "id of a row, found '02'"),
    "27 negative id": (replaced(CATALOG, '  "2": ', '  "-2": '), DamagedError, "id of a row, found '-2'"),
    "32 newer format": (replaced(EVENT, '"format":1', '"format":2'), NewerFormatError, "pip install --upgrade plandoc"),
    "32 newer marker": (replaced(MARKER, '"format": 1', '"format": 2'), NewerFormatError, "plandoc.json has format 2"),
    "34 no format": (replaced(EVENT, '"format":1,', ""), DamagedError, "wanted a format number, found None"),
    "34 text as format": (replaced(EVENT, '"format":1', '"format":"1"'), DamagedError, "a format number, found '1'"),
    "34 negative format": (replaced(MARKER, '"format": 1', '"format": -1'), DamagedError, "a format number, found -1"),
    "34 no facts": (replaced(EVENT, '"_plandoc"', '"_other"'), DamagedError, 'wanted a table "_plandoc"'),
    "35 event of another folder": (from_another_folder(EVENT), DamagedError, "belongs to another folder"),
    "35 catalogue of another folder": (from_another_folder(CATALOG), DamagedError, "belongs to another folder"),
    "35 marker of another folder": (from_another_folder(MARKER), DamagedError, "belongs to another folder"),
    "35 event under another number": (
        lambda folder: (folder / EVENT).rename(folder / "events/2.json") and None,
        DamagedError,
        "wanted 'events/2.json', found 'events/1.json' (the file was renamed or copied; give it its own name back)",
    ),
    "35 row of another event": (goods(GOODS.replace('"event_id":1', '"event_id":2')), DamagedError, "wanted event 1"),
    # What is no file, or not there.
    "37 no catalogue": (lambda folder: (folder / CATALOG).unlink(), DamagedError, "catalog.json: the file is missing"),
    "37 no marker": (lambda folder: (folder / MARKER).unlink(), FolderNotFoundError, "is no plandoc folder; make one"),
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
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "kind", "words"), BAD_FOLDERS.values(), ids=BAD_FOLDERS)
def test_a_bad_folder_is_refused_with_its_reason_and_every_byte_stays(folder, spoil, kind, words):
    look_at_everything(folder)
    spoil(folder)
    before = everything_in(folder)
    with pytest.raises(PlandocError) as refused:
        look_at_everything(folder)

    assert type(refused.value) is kind
    assert words in str(refused.value)
    assert everything_in(folder) == before


@pytest.mark.parametrize(("spoil", "kind", "words"), BAD_FOLDERS.values(), ids=BAD_FOLDERS)
def test_a_write_to_a_bad_folder_is_refused_too_and_no_document_changes(folder, spoil, kind, words):
    spoil(folder)
    before = folder_bytes(folder)
    with pytest.raises(PlandocError) as refused, plandoc.open_store(folder) as store:
        with store.session() as session:
            session.add(records.Event("Other", datetime.date(2027, 1, 1)))
            session.add(records.Ingredient("Rye"))
            session.find(records.PlanSnapshot)
            session.find(records.EventFinishedGood)

    assert type(refused.value) is kind
    assert words in str(refused.value)
    assert folder_bytes(folder) == before


def test_a_mistake_is_reported_with_file_line_table_row_field_found_and_wanted(folder):
    quantity('"7"')(folder)
    with pytest.raises(DamagedError) as refused:
        look_at_everything(folder)

    (problem,) = refused.value.problems
    assert (problem.file, problem.table, problem.row, problem.field) == (EVENT, "event_finished_goods", "1", "quantity")
    assert GOODS.replace("10", '"7"') in (folder / EVENT).read_text().splitlines()[problem.line - 1]


def test_all_mistakes_of_a_document_are_reported_at_once(folder):
    quantity("0")(folder)
    replaced(EVENT, '"batches":6', '"batches":6.5')(folder)
    replaced(EVENT, "2026-12-25", "2026-12-32")(folder)
    with pytest.raises(DamagedError) as refused:
        look_at_everything(folder)

    assert [problem.field for problem in refused.value.problems] == ["event_date", "quantity", "batches"]


@pytest.mark.parametrize("create", [False, True])
def test_a_path_that_is_a_file_is_refused_and_the_file_stays(tmp_path, create):
    path = tmp_path / "data"
    path.write_bytes(b"mine")
    with pytest.raises(FolderNotFoundError, match="is a file; wanted the path of a data folder"):
        plandoc.open_store(path, create=create)

    assert path.read_bytes() == b"mine"


def test_a_missing_folder_is_named_and_made_only_when_asked_for(tmp_path):
    path = tmp_path / "no" / "data"
    with pytest.raises(FolderNotFoundError, match=r"is no plandoc folder; make one with 'plandoc init'") as refused:
        plandoc.open_store(path)

    assert refused.value.path == str(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lost", [MARKER, CATALOG])
def test_create_never_makes_a_folder_anew_over_documents_that_are_there(folder, lost):
    (folder / lost).unlink()
    before = folder_bytes(folder)
    with pytest.raises(DamagedError), plandoc.open_store(folder, create=True) as store:
        store.read(lambda session: session.find(records.Recipe))

    assert folder_bytes(folder) == before


def test_a_folder_that_is_deleted_while_open_is_an_error_and_is_not_made_anew(folder):
    with plandoc.open_store(folder) as store:
        folder.rename(folder.with_name("moved"))
        with pytest.raises(PlandocError):
            store.read(lambda session: session.event(1))
        with pytest.raises(PlandocError), store.session() as session:
            session.add(records.Ingredient("Rye"))

    assert not folder.exists()
