"""A folder of every format that was ever released opens, is whole and can be worked with; a newer one is left alone."""

from __future__ import annotations

import shutil
import tomllib
from functools import partial
from pathlib import Path
from types import MappingProxyType

import pytest

import plandoc
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.restore import restore
from plandoc.maintenance.backups.verification import verify_backup
from plandoc.records import PlanState
from plandoc.storage import documents, migrations
from plandoc.tables import TABLES
from tests.builders import folder_bytes
from tests.formats.make import make
from tests.records.folders import everything_in

FORMATS = Path(__file__).parent.parent / "formats"
RELEASED = [int(folder.name) for folder in FORMATS.iterdir() if folder.name.isdigit()]
NEXT = documents.FORMAT + 1


@pytest.fixture(params=sorted(RELEASED))
def released(request, tmp_path):
    """A copy of a folder of a released format."""
    copy = tmp_path / "data"
    shutil.copytree(FORMATS / str(request.param), copy)
    return copy


@pytest.fixture
def next_format(monkeypatch):
    """Pretend that this is a later plandoc, whose format gives every event a line about the weather in its notes."""

    def with_weather(tables):
        events = {key: {**row, "notes": row["notes"] or "fine"} for key, row in tables.get("events", {}).items()}
        return {**tables, **({"events": events} if events else {})}

    later = partial(migrations.upgraded, upgrades=MappingProxyType({**migrations.UPGRADES, NEXT - 1: with_weather}))
    monkeypatch.setattr("plandoc.storage.documents.FORMAT", NEXT)
    monkeypatch.setattr("plandoc.storage.migrations.upgraded", later)
    return monkeypatch


def all_records(folder):
    """Every record of a folder, by its type."""
    with plandoc.open_store(folder) as store:
        return store.read(lambda session: {table.record_type: session.find(table.record_type) for table in TABLES})


def test_there_is_a_folder_of_every_format():
    assert sorted(RELEASED) == list(range(1, documents.FORMAT + 1))


def test_the_folder_of_the_present_format_is_what_plandoc_writes(tmp_path, monkeypatch):
    monkeypatch.setattr("plandoc.storage.documents.__version__", "0.2.0")
    make(tmp_path / "data")

    # Another form of the same records wants another format number, and a folder of its own beside this one.
    assert folder_bytes(tmp_path / "data") == folder_bytes(FORMATS / str(documents.FORMAT))


def test_the_version_that_documents_name_is_that_of_the_package():
    told = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))

    assert told["project"]["version"] == plandoc.__version__


def test_nothing_is_wrong_with_a_released_folder_and_reading_it_changes_no_byte(released):
    before = everything_in(released)
    assert plandoc.check(released) == []
    records = all_records(released)

    # The first format had no words for units.
    without = [] if (released / "stock.json").exists() else ["UnitWord"]
    assert [kind.__name__ for kind, found in records.items() if not found] == without
    assert {event.plan_state for event in records[plandoc.Event]} == set(PlanState)
    assert any(snapshot.findings for snapshot in records[plandoc.PlanSnapshot])
    assert everything_in(released) == before


def test_a_released_folder_can_be_planned_amended_and_compared(released):
    with plandoc.open_store(released) as store:
        by_name = {event.name: event.id for event in store.read(lambda session: session.find(plandoc.Event))}
        plandoc.use_store(store)
        plandoc.unlock_plan(by_name["Locked"])
        plandoc.change_quantity(by_name["Started"], 3, 12, "another guest")
        comparison = plandoc.get_plan_comparison(by_name["Started"])
        plandoc.complete_production(by_name["Started"])

    assert plandoc.check(released) == []
    assert len(comparison.amendments) == 5


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("plandoc.json", '"format": 2,\n  "needs": "0.2.0"', f'"format": {NEXT}, "needs": "0.9"'),
        ("catalog.json", '"format":2,"needs":"0.2.0"', f'"format":{NEXT},"needs":"0.9"'),
        ("events/3.json", '"format":2,"needs":"0.2.0"', f'"format":{NEXT},"needs":"0.9","anything":[1]'),
    ],
)
def test_a_newer_format_is_refused_untouched_with_the_version_that_reads_it(tmp_path, name, old, new):
    folder = tmp_path / "data"
    make(folder)
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))
    before = everything_in(folder)

    with pytest.raises(plandoc.errors.NewerFormatError) as refused:
        all_records(folder)
    assert "written by plandoc >= 0.9" in str(refused.value)
    assert (refused.value.found, refused.value.needs) == (NEXT, "0.9")
    assert everything_in(folder) == before


@pytest.mark.parametrize("needs", ['"\\u001b[31m9"', "9", "null", '"newest"', '"' + "9" * 99 + '"'])
def test_what_is_no_version_is_not_shown_as_one(tmp_path, needs):
    folder = tmp_path / "data"
    make(folder)
    marker = folder / "plandoc.json"
    old = '"format": 2,\n  "needs": "0.2.0"'
    marker.write_text(marker.read_text().replace(old, f'"format": {NEXT}, "needs": {needs}'))

    with pytest.raises(plandoc.errors.NewerFormatError, match="written by a newer plandoc"):
        plandoc.open_store(folder)


def test_a_later_format_says_which_plandoc_reads_it():
    written = documents.render("catalog.json", "L", {}, {})
    # So that an older plandoc, which cannot know, can say it: see `check_format`.
    assert b'"needs":"0.2.0"' in written


def kept_in(folder):
    return sorted((folder / ".plandoc").glob("before-format-*"))


def test_before_the_first_change_by_a_new_format_a_backup_is_made(released, next_format):
    folder = released
    before = folder_bytes(folder)
    is_first = "stock.json" not in before
    with plandoc.open_store(folder) as store:
        with store.session("rename") as session:
            draft = session.find(plandoc.Event)[0]
            session.replace(plandoc.records.Event(draft.name, draft.event_date, notes="rain", slug=draft.slug, id=1))

    [kept] = kept_in(folder)
    backup = open_backup(kept)
    assert backup.documents == {name: content for name, content in before.items() if name != "journal.jsonl"}
    assert b'"format": %d' % NEXT in (folder / "plandoc.json").read_bytes()
    for name in ("catalog.json", "stock.json", "events/1.json"):
        assert (b'"format":%d' % NEXT in (folder / name).read_bytes()) == (is_first or name.startswith("events"))
    assert (folder / "events" / "2.json").read_bytes() == before["events/2.json"], "what is not changed stays"
    assert plandoc.check(folder) == []
    next_format.undo()
    assert verify_backup(kept) == [], "the older plandoc can read it"
    with pytest.raises(plandoc.errors.NewerFormatError):
        plandoc.open_store(folder)


def test_reading_and_refused_changes_in_an_older_folder_make_no_backup_and_change_no_byte(released, next_format):
    folder = released
    before = folder_bytes(folder)
    assert {event.notes for event in all_records(folder)[plandoc.Event]} == {"fine"}
    with plandoc.open_store(folder) as store, pytest.raises(plandoc.PlanStateError):
        with store.session("refused") as session:
            plandoc.start_production(1, session=session)

    assert kept_in(folder) == []
    assert folder_bytes(folder) == before


def test_only_the_first_change_makes_a_backup(released, next_format):
    folder = released
    for name in ("One", "Two"):
        with plandoc.open_store(folder) as store, store.session("add") as session:
            session.add(plandoc.Ingredient(name))
            session.add(plandoc.Event(name, session.moment.date()))

    assert len(kept_in(folder)) == 1
    assert plandoc.check(folder) == []


def test_when_the_backup_cannot_be_made_nothing_is_changed(released, next_format):
    folder = released
    serial = plandoc.storage.marker.parse((folder / "plandoc.json").read_bytes()).serial
    # What stands in the way of the file.
    (folder / ".plandoc" / f"before-format-{NEXT}.{serial}.zip" / "x").mkdir(parents=True)
    before = folder_bytes(folder)
    with plandoc.open_store(folder) as store, pytest.raises(plandoc.errors.StoreError):
        with store.session("add") as session:
            session.add(plandoc.Ingredient("Salt"))

    assert folder_bytes(folder) == before


def test_the_way_back_to_the_older_format_is_a_restore(released, next_format):
    folder = released
    before = folder_bytes(folder)
    with plandoc.open_store(folder) as store, store.session("add") as session:
        session.add(plandoc.Ingredient("Salt"))
    restore(kept_in(folder)[0], folder, replace=True, allow_older=True)
    next_format.undo()

    after = folder_bytes(folder)
    assert set(after) == set(before), "also what the older format had no document of is gone"
    assert {name: after[name] for name in before if name != "plandoc.json"} == {
        name: content for name, content in before.items() if name != "plandoc.json"
    }
    assert plandoc.check(folder) == []
