"""What the errors say that programs get, which form the file has, and when the results of queries are remembered."""

from __future__ import annotations

import datetime
import errno
import json
import os
import threading

import pytest
from tinydb import where

from plandoc.clock import system_clock
from plandoc.durable import DamagedDatabaseError, DatabaseNotFoundError, DurableStorage, Folder, TinyDB
from plandoc.durable.several_files import DATABASES
from plandoc.errors import ConflictError, DamagedError, Outcome, SessionError, StorageError, ValidationError
from plandoc.storage.files import Files


@pytest.mark.parametrize(("name", "reason"), [("db.json", "no such file"), ("folder/db.json", "no such folder")])
def test_what_is_missing_is_named(tmp_path, name, reason):
    with pytest.raises(DatabaseNotFoundError, match=reason) as refused:
        TinyDB(tmp_path / name, access_mode="r").all()

    assert (refused.value.path, refused.value.errno) == (str(tmp_path / name), errno.ENOENT)
    assert refused.value.outcome is Outcome.NOT_SAVED


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ('{"_default": {\n"1": {"n": 1}\n', 3, "column"),
        ('{"_default": {\n"1": {"a": 0, "n": 1, "n": 2}}}', 1, "the key 'n' is in one object twice"),
        ("[1]", 1, "wanted one JSON object of tables"),
    ],
)
def test_what_is_damaged_is_named_with_the_way_out(path, content, line, message):
    path.write_text(content)

    with TinyDB(path) as db, pytest.raises(DamagedDatabaseError, match=message) as refused:
        db.insert({"n": 1})

    (problem,) = refused.value.problems
    assert (refused.value.path, problem.file, refused.value.lineno) == (str(path), str(path), line)
    assert problem.hint is not None
    assert str(refused.value) == str(problem)
    assert path.read_text() == content


def test_keys_that_become_the_same_text_are_refused_with_the_file_and_the_key(path):
    with TinyDB(path) as db, pytest.raises(ValidationError, match="the key '5' is in one object twice") as refused:
        db.insert({"a": 1, "b": {5: "a", "5": "b"}})

    assert refused.value.problems[0].file == str(path)


def test_a_database_to_read_only_says_which_one_it_is(path):
    with TinyDB(path) as db:
        db.insert({"n": 1})

    with TinyDB(path, access_mode="r") as db, pytest.raises(StorageError, match="Cannot write") as refused:
        db.insert({"n": 2})

    assert (refused.value.path, refused.value.outcome) == (str(path), Outcome.NOT_SAVED)


def test_a_thread_that_writes_what_another_has_read_loses_no_update(path):
    storage, refused = DurableStorage(path), []
    storage.write({"_default": {"1": {"n": 1}}})
    data = storage.read()
    with TinyDB(path) as other:
        other.insert({"n": 2})

    def write():
        with pytest.raises(ConflictError, match="changed by another writer") as conflict:
            storage.write(data)
        refused.append(conflict.value.path)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()

    assert refused == [str(path)]
    assert storage.read() == {"_default": {"1": {"n": 1}, "2": {"n": 2}}}


def test_what_orjson_does_not_write_has_a_record_a_line_all_the_same(path):
    storage = DurableStorage(path)
    storage.write({"large": {"1": {"n": 10**30, "m": 1}, "2": {}}, "empty": {}})

    assert path.read_text() == (
        '{\n "large": {\n  "1":{"n":1000000000000000000000000000000,"m":1},\n  "2":{}\n },\n "empty": {}\n}\n'
    )


def test_results_are_remembered_until_the_file_changes(path):
    asked = []

    def is_wanted(number):
        asked.append(number)
        return True

    query = where("n").test(is_wanted)
    with TinyDB(path) as db, TinyDB(path) as other:
        db.insert_multiple([{"n": 1}, {"n": 2}])

        assert db.search(query) == db.search(query) == [{"n": 1}, {"n": 2}]
        assert asked == [1, 2]

        other.insert({"n": 3})
        assert db.search(query) == [{"n": 1}, {"n": 2}, {"n": 3}]
        assert asked == [1, 2, 1, 2, 3]


def test_a_file_that_was_left_alone_is_not_read_again_for_what_is_remembered(path, monkeypatch):
    later = datetime.timedelta(seconds=10)
    monkeypatch.setattr("plandoc.durable.storage.system_clock", lambda: system_clock() + later)
    read, reading = [], Files.read
    query = where("n") > 0
    with TinyDB(path) as db:
        db.insert({"n": 1})
        assert db.search(query) == [{"n": 1}]
        monkeypatch.setattr(Files, "read", lambda files, place: read.append(place) or reading(files, place))

        assert db.search(query) == db.search(query) == [{"n": 1}]
        assert read == []

        path.write_text('{"_default": {"1": {"n": 2}}}')
        assert db.search(query) == [{"n": 2}]
        assert len(read) == 2


def test_a_young_file_is_read_again_although_its_times_show_no_change(path, monkeypatch):
    query = where("n") > 0
    with TinyDB(path) as db:
        db.insert({"n": 1})
        present = path.stat()
        monkeypatch.setattr(Files, "status", lambda _files, _place: present)
        assert db.search(query) == [{"n": 1}]

        path.write_text(path.read_text().replace("1}", "2}"))
        assert db.search(query) == [{"n": 2}]


def test_a_database_of_a_folder_that_is_missing_or_misnamed_is_named(tmp_path):
    with Folder(tmp_path / "data") as folder:
        with pytest.raises(DatabaseNotFoundError, match="there is no such file") as missing:
            folder.open("orders.json", access_mode="r")
        with pytest.raises(ValidationError, match=r"found 'Orders\.JSON'"):
            folder.open("Orders.JSON")

    assert (missing.value.path, missing.value.errno) == (str(tmp_path / "data" / "orders.json"), errno.ENOENT)


def test_a_database_of_a_folder_is_called_by_its_name(tmp_path):
    with Folder(tmp_path / "data") as folder:
        orders = folder.open("orders.json")
        orders.insert({"cake": 3})
        reading = folder.open("orders.json", access_mode="r")
        with pytest.raises(StorageError, match="Cannot write") as refused:
            reading.insert({"cake": 4})

    assert refused.value.path == "orders.json"


def test_two_folders_have_two_identities(tmp_path):
    for name in ("one", "other"):
        with Folder(tmp_path / name):
            pass
    one, other = (json.loads((tmp_path / name / "plandoc.json").read_bytes()) for name in ("one", "other"))

    assert one != other
    assert {key for key in one if one[key] != other[key]} == {"lineage"}


def test_a_folder_that_another_process_inherited_is_named(tmp_path):
    with Folder(tmp_path / "data") as folder:
        orders = folder.open("orders.json")
        folder._place._process = -1
        with pytest.raises(SessionError, match="data was opened before this process was forked"):
            orders.all()
        folder._place._process = os.getpid()


def test_what_is_not_json_in_another_encoding_is_named_too(path):
    path.write_bytes("{".encode("utf-16"))

    with TinyDB(path, encoding="utf-16") as db, pytest.raises(DamagedDatabaseError, match="wanted JSON: Expecting"):
        db.all()


def test_a_file_that_is_gone_is_an_error_for_a_query_whose_results_are_remembered(path):
    query = where("n") > 0
    with TinyDB(path) as db:
        db.insert({"n": 1})
        assert db.search(query) == db.search(query) == [{"n": 1}]
        path.unlink()

        with pytest.raises(DatabaseNotFoundError, match="no such file"):
            db.search(query)


def test_a_storage_that_has_written_may_write_again_without_reading(path):
    storage = DurableStorage(path)
    for number in range(3):
        storage.write({"_default": {"1": {"n": number}}})

    assert storage.read() == {"_default": {"1": {"n": 2}}}


def test_what_a_journal_holds_of_a_database_is_refused_where_it_is_not_one():
    assert DATABASES.store_id_of("orders.json", b'{"_default": {}}') is None

    with pytest.raises(DamagedError, match=r"orders\.json"):
        DATABASES.store_id_of("orders.json", b"{")
