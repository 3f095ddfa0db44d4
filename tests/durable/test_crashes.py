"""Whatever a kill or a power cut leaves, every acknowledged change is there, whole, and none is half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lives import everywhere
from lost import LOSSES, Life, any_loss
from recorder import RecordingFiles
from tinydb import where
from tinydb.operations import increment

from plandoc.durable import Folder, TinyDB

LIMIT = 12


def look_at_file(top: Path):
    """Return what is in the database, and see that work goes on from there."""
    path = top / "data" / "db.json"
    if not path.exists():
        return {}
    with TinyDB(path, access_mode="r") as reading:
        found = {name: reading.table(name).all() for name in sorted(reading.tables())}
    with TinyDB(path) as db:
        db.table("after").insert({"goes": "on"})
        db.drop_table("after")
        assert {name: db.table(name).all() for name in sorted(db.tables())} == found
    left = {one.name for one in path.parent.iterdir()}
    assert left == {"db.json", ".db.json.lock"}, left
    return found


def look_at_folder(top: Path):
    """Return what is in all databases, and see that work goes on from there."""
    if not (top / "data").exists():
        return {}
    with Folder(top / "data") as folder:
        found = all_of(folder)
        with folder.transaction():
            folder.open("orders.json").table("after").insert({"goes": "on"})
        folder.open("orders.json").drop_table("after")
        assert all_of(folder) == found
    again = {}
    for name in ("orders", "stock"):
        path = top / "data" / f"{name}.json"
        again[name] = (
            {key: [*rows.values()] for key, rows in json.loads(path.read_bytes()).items()} if path.exists() else {}
        )
    assert {name: tables for name, tables in again.items() if tables} == found, "the files alone hold something else"
    return found


def all_of(folder):
    found = {}
    for name in ("orders", "stock"):
        db = folder.open(f"{name}.json")
        if db.tables():
            found[name] = {table: db.table(table).all() for table in sorted(db.tables())}
    return found


def of_one_file(top: Path) -> Life:
    """Two processes that use one database."""
    life = Life(top, look_at_file)
    life.begin()
    path = top / "data" / "db.json"
    opened = []
    life.do(lambda: opened.append(TinyDB(path, create_dirs=True)))
    db = opened[0]
    life.do(lambda: db.insert({"n": 1, "text": "x" * 40}))
    life.do(lambda: fill(db))
    life.do(lambda: db.update(increment("n")))
    with everywhere(life.files):
        other = TinyDB(path)
    life.do(lambda: other.table("orders").remove(where("cake") == 3))
    life.do(lambda: db.insert_multiple([{"n": 5}, {"n": 6}]))
    life.do(db.truncate)
    return life


def fill(db):
    with db.transaction():
        db.table("orders").insert({"cake": 3})
        db.table("stock").insert({"name": "flour", "kg": 7})


def of_a_killed_writer(top: Path, operations: int) -> Life | None:
    """One process is killed in a change, another one goes on; None where the first was done before that."""
    life = Life(top, look_at_file)
    path = top / "data" / "db.json"
    with TinyDB(path, create_dirs=True) as before:
        before.insert({"n": 1})
    life.begin()
    with everywhere(life.files):
        first, second = TinyDB(path), TinyDB(path)
    if life.try_to(lambda: first.insert({"n": 2}), operations):
        return None
    # The kernel frees the lock.
    first.storage.guard.place._lock.close()
    # What the second one finds there, and builds on, must not be lost with what it writes.
    life.do(lambda: second.update({"seen": 1}, where("n") == 1))
    life.do(lambda: second.update({"seen": 1}, where("n") == 1))
    life.do(lambda: second.insert({"n": 3}))
    return life


def of_a_folder(top: Path) -> Life:
    """Databases that change together, a checkpoint, and another process."""
    life = Life(top, look_at_folder)
    life.begin()
    opened = []
    life.do(lambda: opened.append(Folder(top / "data")))
    folder = opened.pop()
    orders, stock = folder.open("orders.json"), folder.open("stock.json")
    life.do(lambda: change_both(folder, orders, stock, 1))
    life.do(lambda: orders.insert({"cake": 9, "text": "x" * 40}))
    life.do(lambda: change_both(folder, orders, stock, 2))
    life.do(folder.close)
    with everywhere(life.files):
        again = Folder(top / "data")
    orders, stock = again.open("orders.json"), again.open("stock.json")
    life.do(lambda: change_both(again, orders, stock, 3))
    life.do(orders.drop_tables)
    with everywhere(RecordingFiles()):
        again._finish.detach()
    return life


def change_both(folder, orders, stock, number):
    with folder.transaction():
        orders.insert({"cake": number})
        stock.upsert({"name": "flour", "kg": number}, where("name") == "flour")


@pytest.mark.costly
@pytest.mark.sample(2)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("live", [of_one_file, of_a_folder])
def test_after_a_loss_every_acknowledged_change_is_there_and_none_is_half(live, loss, scratch):
    life = live(scratch / "life")

    tried, wrong = life.violations(LOSSES[loss](life, LIMIT), scratch)

    assert wrong == []
    assert tried > 20
    print(f"{live.__name__}, {loss}: {tried} states")


@pytest.mark.proof
@pytest.mark.parametrize("loss", LOSSES)
def test_a_writer_goes_on_safely_from_whatever_a_killed_one_left(loss, scratch):
    tried = lives = 0
    while (life := of_a_killed_writer(scratch / f"life {lives}", lives)) is not None:
        states, wrong = life.violations(LOSSES[loss](life, LIMIT), scratch)
        assert wrong == [], f"killed after {lives} operations"
        lives, tried = lives + 1, tried + states

    assert lives > 4
    print(f"{loss}: killed at {lives} operations, {tried} states")


@pytest.mark.slow
@pytest.mark.parametrize("live", [of_one_file, of_a_folder])
def test_the_same_holds_for_many_more_states(live, scratch):
    life = live(scratch / "life")

    tried, wrong = life.violations(any_loss(life, 200), scratch)

    assert wrong == []
    print(f"{live.__name__}: {tried} states")


@pytest.mark.parametrize("sync", ["sync_file", "sync_folder"])
def test_the_model_notices_a_sync_that_is_left_out(sync, scratch):
    life = of_one_file(scratch / "life")
    life.files.log = [operation for operation in life.files.log if operation[0] != sync]

    assert life.violations(any_loss(life, LIMIT), scratch)[1] != []
