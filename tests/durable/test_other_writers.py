"""Several processes and threads in one file: no update is lost, and nothing stale is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import tinydb
from tinydb import where
from tinydb.operations import increment

from plandoc.durable import DurableStorage, TinyDB
from plandoc.errors import ConflictError

WRITERS = 4
CHANGES = 50

WRITE = f"""
import sys
from test_other_writers import write
write(sys.argv[1], {CHANGES})
"""


def write(path, changes):
    """Insert records, and count up in another table."""
    with TinyDB(path, timeout_seconds=120) as db:
        _write(db, changes)


def _write(db, changes):
    for number in range(changes):
        db.table("orders").insert({"number": number})
        db.table("counters").update(increment("value"), where("name") == "orders")


def prepare(path):
    with TinyDB(path) as db:
        db.table("counters").insert({"name": "orders", "value": 0})


def assert_all_is_there(path, writers=WRITERS, changes=CHANGES):
    with TinyDB(path) as db:
        orders = db.table("orders").all()
        assert len(orders) == writers * changes
        assert sorted(row["number"] for row in orders) == sorted([*range(changes)] * writers)
        assert [row.doc_id for row in orders] == [*range(1, writers * changes + 1)]
        assert db.table("counters").get(doc_id=1)["value"] == writers * changes
    assert sorted(one.name for one in path.parent.iterdir()) == [".db.json.lock", "db.json"]


def run_threads(acts):
    failed = []

    def run(act):
        try:
            act()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.costly
def test_four_processes_lose_nothing(path):
    prepare(path)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(Path(__file__).parent)]),
    }
    running = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(path)], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(WRITERS)
    ]
    told = [one.communicate(timeout=600)[1] for one in running]

    assert told == [""] * WRITERS
    assert_all_is_there(path)


@pytest.mark.costly
def test_four_threads_with_a_database_each_lose_nothing(path):
    prepare(path)

    run_threads([lambda: write(path, CHANGES)] * WRITERS)

    assert_all_is_there(path)


def test_four_threads_with_one_database_lose_nothing_and_read_beside_it(path):
    prepare(path)
    with TinyDB(path, timeout_seconds=120) as db:

        def read():
            last = 0
            for _ in range(CHANGES):
                found = len(db.table("orders").search(where("number") >= 0))
                assert found >= last
                last = found

        run_threads([*[lambda: _write(db, CHANGES)] * WRITERS, read, read])

    assert_all_is_there(path)


def test_with_tinydbs_own_class_an_update_that_would_be_lost_is_refused(path):
    prepare(path)

    def count_up(storage):
        data = storage.read()
        ready.wait()
        data["counters"]["1"]["value"] += 1
        try:
            storage.write(data)
        except ConflictError:
            refused.append(storage)

    for storages in ([DurableStorage(path), DurableStorage(path)], [DurableStorage(path)] * 2):
        refused, ready = [], threading.Barrier(2)
        before = json.loads(path.read_bytes())["counters"]["1"]["value"]
        run_threads([lambda one=one: count_up(one) for one in storages])

        assert len(refused) == 1
        assert json.loads(path.read_bytes())["counters"]["1"]["value"] == before + 1
        for one in storages:
            one.close()


def test_with_tinydbs_own_class_every_acknowledged_change_is_there(path):
    prepare(path)
    acknowledged = []

    def count_up():
        with tinydb.TinyDB(path, storage=DurableStorage) as db:
            for _ in range(CHANGES):
                try:
                    db.table("counters").update(increment("value"), where("name") == "orders")
                except ConflictError:
                    continue
                acknowledged.append(1)

    run_threads([count_up] * WRITERS)

    with TinyDB(path) as db:
        assert db.table("counters").get(doc_id=1)["value"] == len(acknowledged)


def test_the_results_and_ids_that_are_remembered_are_those_of_the_file(path):
    query = where("n") > 0
    with TinyDB(path) as mine, TinyDB(path) as other:
        assert mine.insert({"n": 1}) == 1
        assert mine.search(query) == [{"n": 1}]

        assert other.insert({"n": 2}) == 2
        assert mine.search(query) == [{"n": 1}, {"n": 2}]
        assert mine.insert_multiple([{"n": 3}, {"n": 4}]) == [3, 4]
        other.truncate()
        assert mine.search(query) == []
        assert mine.insert({"n": 5}) == 1


def test_a_file_that_another_program_replaces_or_writes_over_is_noticed(path):
    query = where("n") > 0
    with TinyDB(path) as db:
        for number in range(1, 10):
            content = json.dumps({"_default": {"1": {"n": number}}})
            if number % 2:
                path.write_text(content)
            else:
                path.with_suffix(".new").write_text(content)
                path.with_suffix(".new").replace(path)

            assert db.search(query) == [{"n": number}]


def test_of_a_file_left_alone_the_results_are_remembered_and_a_change_that_puts_its_time_back_is_seen(path):
    query = where("n") > 0
    path.write_text('{"_default": {"1": {"n": 1}}}')
    long_ago = time.time() - 100
    with TinyDB(path) as db:
        db.search(query)
        os.utime(path, (long_ago, long_ago))
        path.write_text('{"_default": {"1": {"n": 2}}}')
        os.utime(path, (long_ago, long_ago))

        assert db.search(query) == [{"n": 2}]


def test_a_content_that_comes_back_has_its_own_results(path):
    query = where("n") > 0
    with TinyDB(path) as db:
        for number in (1, 2, 1, 2):
            path.write_text(json.dumps({"_default": {"1": {"n": number}}}))
            assert db.search(query) == db.search(query) == [{"n": number}]


def test_a_table_of_which_there_are_two_objects_gives_no_id_twice(path):
    with TinyDB(path) as db:
        first = db.table("orders")
        first.insert({})
        db.drop_table("orders")
        second = db.table("orders")
        second.insert_multiple([{}, {}, {}])

        assert first.insert({}) == 4
        assert second.insert({}) == 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_was_forked_writes_like_any_other(path):
    with TinyDB(path) as db:
        db.insert({"n": 1})
        child = os.fork()
        if not child:
            db.insert({"n": 2})
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert db.insert({"n": 3}) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_transaction_is_not_committed_by_a_forked_child(path):
    with TinyDB(path) as db:
        with db.transaction():
            db.insert({"n": 1})
            child = os.fork()
            if not child:
                try:
                    db.storage.guard.mine.commit()
                except ConflictError:
                    os._exit(0)
                os._exit(1)
            assert os.waitpid(child, 0)[1] == 0

        assert db.all() == [{"n": 1}]
