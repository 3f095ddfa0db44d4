"""Folders that other hands have touched without doing harm."""

from __future__ import annotations

import json

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.errors import StorageError
from tests.builders import a_bakery, folder_bytes
from tests.records.folders import everything_in, look_at_everything, replaced

EVENT = "events/1.json"
CATALOG = "catalog.json"
MARKER = "plandoc.json"


@pytest.mark.parametrize("name", [EVENT, CATALOG, "stock.json", MARKER])
@pytest.mark.parametrize(
    "touch",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.rstrip(),
        lambda content: json.dumps(json.loads(content), indent=4).encode(),
    ],
    ids=["crlf", "bom", "no newline", "indented"],
)
def test_a_file_that_an_editor_saved_in_its_own_way_is_read_as_before(folder, name, touch):
    (folder / name).write_bytes(touch((folder / name).read_bytes()))
    with plandoc.open_store(folder) as store:
        event = store.read(lambda session: session.event(1))
        with store.session() as session:
            session.replace(attrs.evolve(event, notes="changed"))
            session.add(records.Ingredient("Rye"))
            session.add(records.Event("Other", event.event_date))

    for path in (folder / EVENT, folder / CATALOG, folder / MARKER):
        assert b"\r" not in path.read_bytes()
        assert path.read_bytes().startswith(b"{\n")
    assert plandoc.check(folder) == []


def test_a_correct_edit_by_hand_is_taken_up(folder):
    replaced(EVENT, '"quantity":10', '"quantity":25')(folder)
    with plandoc.open_store(folder) as store:
        wanted = store.read(lambda session: session.get(records.EventFinishedGood, 1, event_id=1))

    assert wanted.quantity == 25


def test_unfinished_files_of_a_crash_are_ignored_by_readers_and_foreign_files_stay(folder):
    names = ["events/1.json.plandoc-tmp", "catalog.json.plandoc-tmp"]
    foreign = [
        ".DS_Store",
        "Thumbs.db",
        "notes.txt",
        "events/1 (conflicted copy).json",
        "events/01.json",
        "events/x.tmp",
    ]
    for name in [*names, *foreign]:
        (folder / name).write_bytes(b"half a docu")
    before = everything_in(folder)
    look_at_everything(folder)

    assert everything_in(folder) == before
    with plandoc.open_store(folder) as store:
        a_bakery(store)
    for name in foreign:
        assert (folder / name).read_bytes() == b"half a docu"


def test_unfinished_files_and_copies_that_a_sync_program_made_are_reported_by_the_check(folder):
    (folder / "events/1.json.plandoc-tmp").write_bytes(b"{")
    (folder / "events/1 (conflicted copy).json").write_bytes(b"{}")
    (folder / "events/.DS_Store").write_bytes(b"")
    reported = {problem.file for problem in plandoc.check(folder)}

    assert reported == {"events/1.json.plandoc-tmp", "events/1 (conflicted copy).json"}


def test_a_file_that_its_owner_made_read_only_is_not_replaced(folder):
    (folder / EVENT).chmod(0o444)
    before = folder_bytes(folder)
    with plandoc.open_store(folder) as store:
        event = store.read(lambda session: session.event(1))
        with pytest.raises(StorageError, match="read-only"), store.session() as session:
            session.replace(attrs.evolve(event, notes="changed"))

    assert folder_bytes(folder) == before
