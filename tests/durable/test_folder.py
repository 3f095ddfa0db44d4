"""Several databases in one folder, changed together or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tinydb
from tinydb import where
from tinydb.operations import increment

import plandoc
from plandoc.durable import DatabaseNotFoundError, Folder, TinyDB
from plandoc.errors import ConflictError, DamagedError, LockTimeout, SessionError, StorageError, ValidationError


@pytest.fixture
def root(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def folder(root):
    with Folder(root, timeout_seconds=5) as opened:
        yield opened


def journal(root):
    return (root / "journal.jsonl").read_bytes().rstrip(b"\n")


def test_changes_of_several_databases_are_one_line_of_the_journal(folder, root):
    orders, stock = folder.open("orders.json"), folder.open("stock.json")
    with folder.transaction():
        orders.insert({"cake": 3})
        stock.insert({"name": "flour", "kg": 7})
        stock.update(increment("kg"), where("name") == "flour")
        assert not (root / "orders.json").exists()

    assert orders.all() == [{"cake": 3}]
    assert json.loads((root / "stock.json").read_bytes()) == {"_default": {"1": {"name": "flour", "kg": 8}}}
    (line,) = journal(root).splitlines()
    assert [one["path"] for one in json.loads(line)["documents"]] == ["orders.json", "stock.json"]


def test_an_exception_takes_the_changes_of_all_back(folder, root):
    orders, stock = folder.open("orders.json"), folder.open("stock.json")
    orders.insert({"cake": 1})

    with pytest.raises(ZeroDivisionError), folder.transaction():
        orders.insert({"cake": 2})
        with stock.transaction():
            stock.insert({"name": "flour"})
        raise ZeroDivisionError

    assert (orders.all(), stock.all()) == ([{"cake": 1}], [])
    assert orders.insert({"cake": 3}) == 2


def test_a_change_of_one_database_is_a_transaction_of_its_own(folder, root):
    orders = folder.open("orders.json", indent=2)
    orders.insert({"cake": 1})
    orders.insert({"cake": 2})
    orders.update({"cake": 2}, where("cake") == 2)

    assert len(journal(root).splitlines()) == 2
    assert (root / "orders.json").read_text().startswith('{\n  "_default"')


def test_others_see_the_changes_of_all_or_of_none(folder, root):
    orders, stock = folder.open("orders.json"), folder.open("stock.json")
    with Folder(root) as other, folder.transaction():
        orders.insert({"cake": 3})
        stock.insert({"name": "flour"})
        assert (other.open("orders.json").all(), other.open("stock.json").all()) == ([], [])


def test_another_writer_waits_and_gives_up_after_its_time(folder, root):
    with Folder(root, timeout_seconds=0) as other, folder.transaction():
        with pytest.raises(LockTimeout), other.transaction():
            pass


def test_results_and_ids_that_are_remembered_are_those_of_the_files(folder, root):
    query = where("n") > 0
    mine = folder.open("a.json")
    with Folder(root) as other:
        theirs = other.open("a.json")
        assert mine.insert({"n": 1}) == 1
        assert mine.search(query) == mine.search(query) == [{"n": 1}]
        assert theirs.insert({"n": 2}) == 2
        assert mine.search(query) == [{"n": 1}, {"n": 2}]
        assert mine.insert({"n": 3}) == 3


def test_four_threads_and_two_folders_lose_nothing(folder, root):
    def count_up(opened):
        counter, log = opened.open("counter.json"), opened.open("log.json")
        for _ in range(25):
            with opened.transaction():
                counter.update(increment("n"))
                log.insert({"n": counter.get(doc_id=1)["n"]})

    folder.open("counter.json").insert({"n": 0})
    with Folder(root, timeout_seconds=60) as other, Folder(root, timeout_seconds=60) as third:
        threads = [threading.Thread(target=count_up, args=(opened,)) for opened in (other, third, other, third)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert folder.open("counter.json").get(doc_id=1) == {"n": 100}
    assert [row["n"] for row in folder.open("log.json")] == [*range(1, 101)]


def test_a_closed_folder_has_an_empty_journal_and_plain_files(root):
    with Folder(root) as folder:
        folder.open("orders.json").insert({"cake": 3})

    assert journal(root) == b""
    with tinydb.TinyDB(root / "orders.json") as plain:
        assert plain.all() == [{"cake": 3}]
        plain.insert({"cake": 4})
    with Folder(root) as folder:
        assert folder.open("orders.json").insert({"cake": 5}) == 3


@pytest.mark.costly
@pytest.mark.parametrize("leave", ["", "raise SystemExit(3)", "del folder; import gc; gc.collect()"])
def test_a_process_that_ends_closes_its_folders(root, run_python, leave):
    code = f"""
import sys
from plandoc.durable import Folder
folder = Folder(sys.argv[1])
db = folder.open("orders.json")
db.insert({{"cake": 3}})
try:
    {leave or "pass"}
except SystemExit:
    pass
assert db.all() == [{{"cake": 3}}]
"""
    run_python(code, str(root))

    assert journal(root) == b""


def test_what_a_crash_left_is_finished_by_the_next_one(root):
    folder = Folder(root)
    folder.open("orders.json").insert({"cake": 3})
    before = (root / "orders.json").read_bytes()
    folder.open("orders.json").insert({"cake": 4})
    folder._finish.detach()
    # As if the last rename had not come to the disk.
    (root / "orders.json").write_bytes(before)

    with Folder(root) as again:
        assert len(again.open("orders.json")) == 2
        again.open("stock.json").insert({"name": "flour"})

    assert len(json.loads((root / "orders.json").read_bytes())["_default"]) == 2


def test_files_that_are_there_already_are_its_databases(root):
    root.mkdir()
    with tinydb.TinyDB(root / "orders.json") as plain:
        plain.insert({"cake": 3})
    (root / "empty.json").touch()

    with Folder(root) as folder:
        assert folder.open("orders.json").all() == [{"cake": 3}]
        assert folder.open("empty.json").insert({"n": 1}) == 1


@pytest.mark.parametrize(
    "name",
    ["plandoc.json", "Orders.json", "../orders.json", "a/b.json", "orders", ".json", "orders.json\n", "", None, 5],
)
def test_another_name_is_refused(folder, name):
    with pytest.raises(ValidationError, match=r'such as "orders\.json"'):
        folder.open(name)


def test_a_database_is_made_by_its_first_change(folder, root):
    assert folder.open("a-b_9.json").all() == []
    assert not (root / "a-b_9.json").exists()
    with pytest.raises(DatabaseNotFoundError):
        folder.open("a-b_9.json", access_mode="r")

    folder.open("a-b_9.json").insert({})
    reading = folder.open("a-b_9.json", access_mode="r")

    assert reading.all() == [{}]
    with pytest.raises(StorageError, match="Access mode"):
        reading.insert({})


def test_a_damaged_database_is_refused_left_as_it_is_and_holds_up_no_other(folder, root):
    (root / "orders.json").write_bytes(b'{"_default": {')

    with pytest.raises(DamagedError, match="orders.json"), folder.transaction():
        folder.open("stock.json").insert({"n": 1})
        folder.open("orders.json").insert({"n": 1})
    folder.open("stock.json").insert({"n": 2})

    assert (root / "orders.json").read_bytes() == b'{"_default": {'
    assert folder.open("stock.json").all() == [{"n": 2}]


def test_a_program_that_takes_no_lock_is_noticed(folder, root):
    orders = folder.open("orders.json")
    orders.insert({"cake": 1})

    with pytest.raises(ConflictError), folder.transaction():
        orders.insert({"cake": 2})
        (root / "orders.json").write_text('{"_default": {"1": {"by": "hand"}}}')


def test_a_folder_of_plans_is_not_one_of_databases_nor_the_other_way_round(tmp_path):
    plandoc.open_store(tmp_path / "bakery", create=True).close()
    Folder(tmp_path / "data").close()
    before = sorted((path.name, path.read_bytes()) for path in (tmp_path / "data").iterdir() if path.is_file())

    with pytest.raises(DamagedError, match="found one of plans.*plandoc.open_store"):
        Folder(tmp_path / "bakery")
    for act in (
        lambda: plandoc.open_store(tmp_path / "data"),
        lambda: plandoc.open_store(tmp_path / "data", create=True),
        lambda: plandoc.backup(tmp_path / "data", tmp_path / "backup.zip"),
    ):
        with pytest.raises(DamagedError, match="found one of .databases.*plandoc.durable.Folder"):
            act()
    assert any("plandoc.durable.Folder" in str(one) for one in plandoc.check(tmp_path / "data"))

    assert sorted((path.name, path.read_bytes()) for path in (tmp_path / "data").iterdir() if path.is_file()) == before
    assert plandoc.check(tmp_path / "bakery") == []


def test_after_close_nothing_is_read_or_written(root):
    folder = Folder(root)
    orders = folder.open("orders.json")
    orders.insert({"cake": 1})
    with folder.transaction(), pytest.raises(SessionError, match="after the transaction"):
        folder.close()
    folder.close()
    folder.close()

    for act in (orders.all, lambda: orders.insert({}), folder.transaction().__enter__):
        with pytest.raises(SessionError, match="closed"):
            act()


def test_a_database_of_it_that_is_closed_leaves_the_others_open(folder):
    orders, stock = folder.open("orders.json"), folder.open("stock.json")
    orders.close()

    with pytest.raises(SessionError):
        orders.all()
    assert stock.insert({}) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_was_forked_opens_it_again(folder):
    orders = folder.open("orders.json")
    orders.insert({"cake": 1})
    child = os.fork()
    if not child:
        try:
            orders.insert({"cake": 2})
        except SessionError:
            os._exit(0)
        os._exit(1)

    assert os.waitpid(child, 0)[1] == 0
    assert orders.all() == [{"cake": 1}]


WRITE = """
import sys
from tinydb.operations import increment
from plandoc.durable import Folder
with Folder(sys.argv[1], timeout_seconds=120) as folder:
    for number in range(50):
        folder.open("orders.json").insert({"number": number})
        folder.open("counter.json").update(increment("value"))
"""


@pytest.mark.costly
def test_four_processes_lose_nothing(folder, root):
    folder.open("counter.json").insert({"value": 0})
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    running = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(root)], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [one.communicate(timeout=600)[1] for one in running] == [""] * 4

    assert len(folder.open("orders.json")) == folder.open("counter.json").get(doc_id=1)["value"] == 200


def test_a_database_of_a_folder_is_only_read_alone_because_the_journal_says_what_it_holds(root, tmp_path):
    with Folder(root) as folder:
        folder.open("orders.json").insert({"cake": 3})
    plandoc.open_store(tmp_path / "bakery", create=True).close()

    for path in (root / "orders.json", root / "new.json", tmp_path / "bakery" / "catalog.json", root / "plandoc.json"):
        with pytest.raises(ValidationError, match="belongs to a data folder"):
            TinyDB(path)

    with TinyDB(root / "orders.json", access_mode="r") as db:
        assert db.all() == [{"cake": 3}]
    assert not (root / "new.json").exists()
