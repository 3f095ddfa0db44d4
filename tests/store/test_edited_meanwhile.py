"""What a program without the lock changes in a folder during a change ends that change: nothing runs again unseen.

Writers take turns in a folder, so only such a program can come between. On a server writers work side by side, and a
change that was overtaken runs again: see tests/postgres/test_side_by_side.py.
"""

from __future__ import annotations

import attrs
import pytest

import plandoc
from plandoc import Event
from plandoc.cli import main
from plandoc.engine.unit_of_work import UnitOfWork
from tests.builders import EVENT_DATE, folder_bytes

pytestmark = pytest.mark.of_folder

# How to change the folder behind the back of a writer: which document ends it, and what its file holds afterwards.
EDITS = {
    "an event": ("events/1.json", lambda content: content.replace(b'"notes":""', b'"notes":"theirs"')),
    "the catalog": ("catalog.json", lambda content: content + b"\n"),
    "the stock": ("stock.json", lambda content: content + b"\n"),
    "a new file": ("events/2.json", lambda _: b"{}"),
}


@pytest.fixture
def bakery(store):
    """A store with flour in stock and an event."""
    with store.session() as session:
        session.add(plandoc.Ingredient("Flour"))
        session.add(Event("Fair", EVENT_DATE))
        plandoc.set_stock(1, 5, "kg", session=session)
    return store


@pytest.fixture
def edited(folder, monkeypatch):
    """Edit a file each time that a change was made and is not saved yet; returns how often that was."""
    times = []

    def edit(what):
        name, change = EDITS[what]
        note = UnitOfWork._note

        def noted(work, table, record, before, after):
            note(work, table, record, before, after)
            path = folder / name
            path.write_bytes(change(path.read_bytes() if path.exists() else b""))
            times.append(folder_bytes(folder))

        monkeypatch.setattr(UnitOfWork, "_note", noted)
        return times

    return edit


def an_event_with_notes(session):
    return session.replace(attrs.evolve(session.event(1), notes="ours"))


CHANGES = {
    "a call without a session": ("the stock", lambda store: plandoc.set_stock("flour", 1, "kg")),
    "a call that reads, then writes": ("the stock", lambda store: plandoc.add_stock("flour", 1, "kg")),
    "a call that changes the catalog": ("the catalog", lambda store: plandoc.rename_record(plandoc.Ingredient, "flour", "Rye")),
    "Store.change": ("an event", lambda store: store.change("notes", an_event_with_notes)),
    "Store.change of a new event": ("a new file", lambda store: store.change("add", lambda s: s.add(Event("Ball", EVENT_DATE)))),
}  # fmt: skip


@pytest.mark.parametrize("way", CHANGES)
def test_a_change_is_a_conflict_and_what_was_edited_stays(bakery, folder, edited, way):
    what, change = CHANGES[way]
    times = edited(what)
    with pytest.raises(plandoc.ConflictError, match="by another program") as refusal:
        change(bakery)

    assert refusal.value.path == EDITS[what][0]
    assert times == [folder_bytes(folder)]
    put_right(folder)


COMMANDS = {
    "a command that reads, then writes": ("the stock", "stock add flour 1 kg"),
    "a command that changes an event": ("an event", "event edit fair --notes ours"),
    "a command that adds an event": ("a new file", "event add Ball --date 2027-01-01"),
}


@pytest.mark.parametrize("way", COMMANDS)
def test_a_command_is_a_conflict_and_what_was_edited_stays(bakery, folder, edited, capsys, way):
    what, line = COMMANDS[way]
    bakery.close()
    times = edited(what)
    status = main(["--data", str(folder), *line.split()])

    assert (status, capsys.readouterr().out) == (1, "")
    assert times == [folder_bytes(folder)]
    put_right(folder)


def put_right(folder):
    """Take away the file of nobody, so that the folder is found clean."""
    made = folder / "events/2.json"
    if made.exists() and made.read_bytes() == b"{}":
        made.unlink()
