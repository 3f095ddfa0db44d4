"""The places in TinyDB that plandoc.durable takes: a release of TinyDB that renames or drops one fails here."""

from __future__ import annotations

import inspect

import pytest
import tinydb
from tinydb import where
from tinydb.storages import MemoryStorage
from tinydb.table import Document
from tinydb.table import Table as PlainTable

from plandoc.durable.database import Table, TinyDB
from plandoc.durable.storage import DurableStorage

CALLED: list[str] = []


class _Cache(PlainTable.query_cache_class):
    def get(self, key, default=None):
        CALLED.append("cache.get")
        return super().get(key, default)

    def set(self, key, value):
        CALLED.append("cache.set")
        super().set(key, value)

    def clear(self):
        CALLED.append("cache.clear")
        super().clear()


class _Probe(PlainTable):
    query_cache_class = _Cache

    def _update_table(self, updater):
        CALLED.append("_update_table")
        super()._update_table(updater)

    def _read_table(self):
        CALLED.append("_read_table")
        return super()._read_table()

    def _get_next_id(self):
        CALLED.append("_get_next_id")
        return super()._get_next_id()


class _ProbeDB(tinydb.TinyDB):
    table_class = _Probe
    default_storage_class = MemoryStorage


@pytest.fixture
def table():
    with _ProbeDB() as db:
        db.insert({"n": 1})
        CALLED.clear()
        yield db.table(db.default_table_name)


def calls(act):
    CALLED.clear()
    act()
    return list(CALLED)


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda table: table.insert({}), ["_get_next_id", "_update_table", "cache.clear"]),
        (lambda table: table.insert(Document({}, 9)), ["_update_table", "cache.clear"]),
        (lambda table: table.insert_multiple([{}]), ["_update_table", "_get_next_id", "cache.clear"]),
        (lambda table: table.update({"n": 2}), ["_update_table", "cache.clear"]),
        (lambda table: table.update_multiple([({}, where("n") == 1)]), ["_update_table", "cache.clear"]),
        (lambda table: table.upsert({"n": 2}, where("n") == 1), ["_update_table", "cache.clear"]),
        (lambda table: table.remove(where("n") == 1), ["_update_table", "cache.clear"]),
        (lambda table: table.truncate(), ["_update_table", "cache.clear"]),
        (lambda table: table.search(where("n") == 1), ["cache.get", "_read_table", "cache.set"]),
        (lambda table: table.get(doc_id=1), ["_read_table"]),
        (lambda table: len(table), ["_read_table"]),
        (lambda table: list(iter(table)), ["_read_table"]),
    ],
)
def test_tinydb_goes_by_the_hooks_that_are_taken(table, act, expected):
    assert calls(lambda: act(table)) == expected


def test_the_next_id_is_remembered_where_it_is_taken_back(table):
    table.insert({})
    assert table._next_id == 3

    table._next_id = None

    assert table.insert({}) == 3


def test_a_database_asks_its_class_for_table_and_storage():
    with _ProbeDB() as db:
        assert type(db.table("t")) is _Probe
        assert type(db.storage) is MemoryStorage


def test_every_method_of_tinydb_that_changes_a_table_is_made_under_the_lock():
    changing = {
        name
        for name, function in inspect.getmembers(PlainTable, inspect.isfunction)
        if "_update_table(" in inspect.getsource(function) and not name.startswith("_")
    } | {"upsert"}

    assert changing == {"insert", "insert_multiple", "update", "update_multiple", "upsert", "remove", "truncate"}
    assert changing <= vars(Table).keys()


def test_every_method_of_tinydb_that_writes_the_storage_is_made_under_the_lock():
    writing = {
        name
        for name, function in inspect.getmembers(tinydb.TinyDB, inspect.isfunction)
        if "storage.write(" in inspect.getsource(function)
    }

    assert writing == {"drop_table", "drop_tables"}
    assert writing <= vars(TinyDB).keys()


@pytest.mark.parametrize(
    "name", ["insert", "insert_multiple", "update", "update_multiple", "upsert", "remove", "truncate"]
)
def test_a_method_takes_what_that_of_tinydb_takes(name):
    def taken(cls):
        return [(one.name, one.default) for one in inspect.signature(getattr(cls, name)).parameters.values()]

    assert taken(Table) == taken(PlainTable)


def test_table_and_storage_are_made_with_the_arguments_of_tinydb():
    def taken(cls):
        parameters = inspect.signature(cls.__init__).parameters.values()
        return [(one.name, one.default) for one in parameters if one.name != "timeout_seconds"]

    assert taken(Table) == taken(PlainTable)
    assert taken(DurableStorage) == taken(tinydb.JSONStorage)
