"""A whole store goes to a server and comes back, byte for byte, and nothing that somebody changed is lost by it."""

from __future__ import annotations

import datetime
import os
import shutil
from pathlib import Path

import attrs
import pytest

import plandoc
from plandoc import PlanState
from tests.builders import a_bakery, a_plan, folder_bytes
from tests.conftest import MOMENT

pytestmark = pytest.mark.postgres

DAY = datetime.date(2026, 12, 24)
FORMAT_1 = Path(__file__).parents[1] / "formats" / "1"


@pytest.fixture
def worked_in(folder):
    """A folder with plans in several states, closed."""
    with plandoc.open_store(folder, create=True, clock=lambda: MOMENT) as store:
        bakery = a_bakery(store)
        for state in PlanState:
            a_plan(store, state, bakery=bakery, name=f"Fête {state.value}")
        with store.session() as session:
            plandoc.remove_event(1, session=session)
    return folder


def add_event(place, name):
    with plandoc.open_store(place) as store, store.session() as session:
        return session.add(plandoc.Event(name, DAY))


def names(place):
    with plandoc.open_store(place) as store:
        return [event.name for event in store.read(lambda session: session.find(plandoc.Event))]


def test_what_was_pushed_comes_back_byte_for_byte(worked_in, address, tmp_path):
    before = folder_bytes(worked_in)
    pushed = plandoc.push(worked_in, address)
    pulled = plandoc.pull(address, tmp_path / "back")

    assert folder_bytes(worked_in) == before
    assert folder_bytes(tmp_path / "back") == before
    assert (pushed.documents, pushed.changed) == (pulled.documents, pulled.changed) == (6, 6)
    assert pulled.kept is None
    assert plandoc.check(address) == plandoc.check(tmp_path / "back") == plandoc.check(worked_in) == []


def test_both_sides_can_go_on_in_turn(worked_in, address):
    plandoc.push(worked_in, address)
    add_event(address, "on the server")
    pulled = plandoc.pull(address, worked_in)
    add_event(worked_in, "in the folder")
    pushed = plandoc.push(worked_in, address)
    add_event(address, "on the server again")
    plandoc.pull(address, worked_in)

    assert names(worked_in)[-3:] == names(address)[-3:] == ["on the server", "in the folder", "on the server again"]
    assert (pulled.changed, pushed.changed, pulled.kept) == (2, 2, None)
    assert plandoc.check(worked_in) == plandoc.check(address) == []


def test_numbers_of_transactions_go_on_from_those_of_the_folder(worked_in, address, tmp_path):
    plandoc.push(worked_in, address)
    for number in range(30):
        with plandoc.open_store(worked_in) as store, store.session() as session:
            session.replace(attrs.evolve(session.event(2), notes=str(number)))
    plandoc.push(worked_in, address)
    plandoc.pull(address, tmp_path / "back")

    assert folder_bytes(tmp_path / "back") == folder_bytes(worked_in)


def test_where_nothing_differs_nothing_is_written(worked_in, address, server):
    plandoc.push(worked_in, address)
    schema = address.rpartition("=")[2]
    before = server.run(f"select * from {schema}.document order by name"), folder_bytes(worked_in)

    assert plandoc.push(worked_in, address).changed == plandoc.pull(address, worked_in).changed == 0
    assert (server.run(f"select * from {schema}.document order by name"), folder_bytes(worked_in)) == before


def test_a_push_over_changes_on_the_server_is_refused_unless_said_so(worked_in, address):
    plandoc.push(worked_in, address)
    theirs = add_event(address, "theirs")
    with pytest.raises(plandoc.ValidationError, match="was changed since the last transfer") as refused:
        plandoc.push(worked_in, address)

    assert f"events/{theirs.id}.json" in str(refused.value)
    assert "allow_newer=True" in str(refused.value)
    assert names(address)[-1] == "theirs"
    plandoc.push(worked_in, address, allow_newer=True)
    assert "theirs" not in names(address)
    assert add_event(address, "after it").id == theirs.id + 1, "no id is given twice"
    assert plandoc.check(address) == []


def test_a_push_over_changes_on_both_sides_is_refused_whoever_made_more(worked_in, address):
    plandoc.push(worked_in, address)
    add_event(address, "theirs")
    for number in range(5):
        add_event(worked_in, f"mine {number}")
    for transfer in (lambda: plandoc.push(worked_in, address), lambda: plandoc.pull(address, worked_in)):
        with pytest.raises(plandoc.ValidationError, match="was changed since the last transfer"):
            transfer()

    assert (names(worked_in)[-1], names(address)[-1]) == ("mine 4", "theirs")


def test_a_pull_over_changes_in_the_folder_keeps_them_beside_it(worked_in, address):
    plandoc.push(worked_in, address)
    mine = add_event(worked_in, "mine")
    with pytest.raises(plandoc.ValidationError, match="was changed since the last transfer"):
        plandoc.pull(address, worked_in)
    pulled = plandoc.pull(address, worked_in, allow_newer=True)

    assert "mine" not in names(worked_in)
    assert plandoc.verify_backup(pulled.kept) == []
    plandoc.restore(pulled.kept, worked_in.parent / "kept")
    assert names(worked_in.parent / "kept")[-1] == "mine"
    assert add_event(worked_in, "after it").id == mine.id + 1
    assert plandoc.check(worked_in) == []


def test_another_store_is_replaced_only_if_that_is_said(worked_in, address, tmp_path):
    with plandoc.open_store(address, create=True) as other:
        a_bakery(other)
    with pytest.raises(plandoc.ValidationError, match="is another store") as refused:
        plandoc.push(worked_in, address)
    assert "allow_other_store=True" in str(refused.value)
    with pytest.raises(plandoc.ValidationError, match="is another store"):
        plandoc.pull(address, worked_in)

    plandoc.push(worked_in, address, allow_other_store=True)
    assert names(address) == names(worked_in)
    assert plandoc.check(address) == []


def test_a_folder_of_another_store_is_kept_when_it_is_replaced(worked_in, address):
    with plandoc.open_store(address, create=True) as other:
        a_bakery(other)
    pulled = plandoc.pull(address, worked_in, allow_other_store=True)

    assert names(worked_in) == []
    assert pulled.kept.exists()
    assert plandoc.check(worked_in) == []


def test_an_open_store_on_the_server_sees_what_is_pushed(worked_in, address, open_one):
    plandoc.push(worked_in, address)
    with plandoc.open_store(address) as looking:
        before = looking.read(lambda session: session.find(plandoc.Event))
        add_event(worked_in, "later")
        plandoc.push(worked_in, address)
        after = looking.read(lambda session: session.find(plandoc.Event))

    assert [event.name for event in after] == [*(event.name for event in before), "later"]


def test_a_push_beside_a_writer_is_all_or_nothing(worked_in, address):
    """One who writes on the server while a push is under way: one of the two is refused, and nothing is mixed."""
    plandoc.push(worked_in, address)
    add_event(worked_in, "mine")
    with plandoc.open_store(address) as store:
        with pytest.raises(plandoc.ConflictError), store.session() as session:
            session.replace(attrs.evolve(session.event(2), notes="theirs"))
            session.add(plandoc.Event("theirs", DAY))
            plandoc.push(worked_in, address)

    assert names(address) == names(worked_in)


def test_a_folder_of_an_older_format_is_pushed_as_it_is_and_brought_up_to_date_by_its_first_change(tmp_path, address):
    shutil.copytree(FORMAT_1, tmp_path / "old")
    os.chmod(tmp_path / "old", 0o755)
    before = folder_bytes(tmp_path / "old")
    plandoc.push(tmp_path / "old", address)
    plandoc.pull(address, tmp_path / "back")
    assert {name: content for name, content in folder_bytes(tmp_path / "back").items() if name != "journal.jsonl"} == {
        name: content for name, content in before.items() if name != "journal.jsonl"
    }

    events, stock = names(address), None
    with plandoc.open_store(address) as store:
        stock = store.read(lambda session: session.find(plandoc.StockItem))
    add_event(address, "new")

    assert names(address) == [*events, "new"]
    with plandoc.open_store(address) as store:
        assert store.read(lambda session: session.find(plandoc.StockItem)) == stock
    assert plandoc.check(address) == []


def test_what_a_server_cannot_hold_is_refused_with_its_name(worked_in, address):
    (worked_in / "events" / "2.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(plandoc.PlandocError, match=r"events/2\.json"):
        plandoc.push(worked_in, address)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda folder: plandoc.push(folder, "data"), "wanted postgresql://USER@HOST/DATABASE"),
        (lambda folder: plandoc.pull("data", folder), "wanted postgresql://USER@HOST/DATABASE"),
        (lambda folder: plandoc.push(folder / "nowhere", "postgresql:///x"), "not a plandoc folder"),
    ],
)
def test_what_is_neither_a_folder_nor_an_address_is_refused(worked_in, call, message):
    with pytest.raises(plandoc.PlandocError, match=message):
        call(worked_in)


def test_a_folder_that_holds_other_files_is_not_pulled_into(worked_in, address, tmp_path):
    plandoc.push(worked_in, address)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cake.jpg").write_bytes(b"x")
    with pytest.raises(plandoc.ValidationError, match="holds files but is not a plandoc data folder"):
        plandoc.pull(address, tmp_path / "photos")


def test_backups_exports_and_reports_come_from_a_server(worked_in, address, tmp_path):
    plandoc.push(worked_in, address)
    made = plandoc.backup(address, tmp_path / "kept.zip")
    with plandoc.open_store(address) as store:
        plandoc.backup(store, tmp_path / "kept")
        plandoc.use_store(store)
        plandoc.export_file(tmp_path / "plans.json")
        assert plandoc.write_report(3, tmp_path / "report.html").stat().st_size > 1000
    plandoc.restore(tmp_path / "kept.zip", tmp_path / "restored")

    assert made.problems == ()
    assert folder_bytes(tmp_path / "restored") == folder_bytes(worked_in)
    assert plandoc.check(tmp_path / "kept") == []


@pytest.mark.parametrize(
    "call",
    [plandoc.repair, lambda place: plandoc.restore("kept.zip", place), plandoc.verify_backup],
    ids=["repair", "restore", "verify_backup"],
)
def test_what_is_for_folders_says_so(address, call):
    with pytest.raises(plandoc.StorageError, match="is on a server; this is for a folder"):
        call(address)
