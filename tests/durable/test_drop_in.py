"""What a program written for TinyDB finds: the same calls and options, and a file that is never left half."""

from __future__ import annotations

import datetime
import json
import os
import pickle
import stat
import uuid
import warnings

import pytest
import tinydb
from tinydb import Query, where
from tinydb.middlewares import CachingMiddleware
from tinydb.operations import increment, subtract
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from plandoc.durable import DamagedDatabaseError, DatabaseNotFoundError, DurableStorage, TinyDB
from plandoc.errors import ConflictError, DamagedError, Outcome, SessionError, StorageError, ValidationError


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_each_record_is_on_a_line_of_its_own_and_plain_tinydb_reads_it(path):
    with TinyDB(path) as db:
        db.insert({"cake": "Kuchen, süß", "price": 2.5})
        db.insert({"cake": None})
        db.table("stock").insert({"flour": [1, {"kg": 2}]})

    assert path.read_text("utf-8") == (
        '{\n "_default": {\n  "1":{"cake":"Kuchen, süß","price":2.5},\n  "2":{"cake":null}\n },\n'
        ' "stock": {\n  "1":{"flour":[1,{"kg":2}]}\n }\n}\n'
    )
    with tinydb.TinyDB(path, encoding="utf-8") as plain:
        assert plain.table("stock").all() == [{"flour": [1, {"kg": 2}]}]


def test_what_plain_tinydb_wrote_is_read_and_changed(path):
    with tinydb.TinyDB(path) as plain:
        plain.insert_multiple([{"n": 1}, {"n": float("inf")}, {"n": 2**70}])
        plain.insert(Document({"n": 9}, doc_id=77))

    with TinyDB(path) as db:
        db.update(increment("n"), where("n") == 1)
        assert db.insert({"n": 10}) == 78
        assert [row["n"] for row in db] == [2, float("inf"), 2**70, 9, 10]


@pytest.mark.parametrize(
    "row",
    [
        {"n": 2**64 - 1},
        {"n": 2**64},
        {"n": -(2**63) - 1},
        {"n": 10**30},
        {"n": 0.000012345678901234567},
        {"n": 1234567890123456789012.5},
        {"n": 1e400},
        {"text": "\ud800"},
        {"text": '\x7f",\x7f'},
        {'"\x7f': {"\x7f": ["\x7f"]}},
        {"text": 'line\nbreak "quoted" \\ \x00'},
        {"": {"": []}},
        {"big": 1234567890123456789},
    ],
)
def test_every_value_that_tinydb_keeps_comes_back(path, row):
    with TinyDB(path) as db:
        db.insert(row)
        db.table('odd "name"\n').insert(row)
        db.insert(row)

    with TinyDB(path) as db:
        assert db.all() == [row, row]
        assert db.table('odd "name"\n').all() == [row]


def test_tuples_and_keys_that_are_numbers_become_what_tinydb_makes_of_them(path):
    with TinyDB(path) as db:
        db.insert({"pair": (1, 2), 5: "five", None: 0})

        assert db.all() == [{"pair": [1, 2], "5": "five", "null": 0}]


@pytest.mark.parametrize("value", [datetime.date(2026, 1, 1), uuid.uuid4(), {1, 2}, object()])
def test_what_json_cannot_hold_is_refused_as_tinydb_does_and_nothing_is_changed(path, value):
    with TinyDB(path) as db:
        db.insert({"n": 1})
        before = path.read_bytes()

        with pytest.raises(TypeError):
            db.insert({"value": value})

        assert path.read_bytes() == before
        assert db.insert({"n": 2}) == 2


@pytest.mark.parametrize("options", [{}, {"indent": 2}], ids=["by default", "with options"])
def test_two_keys_that_become_one_text_are_refused_instead_of_one_being_dropped(path, options):
    with TinyDB(path, **options) as db, pytest.raises(ValidationError, match="twice"):
        db.insert({5: "a", "5": "b"})


def test_options_of_json_are_those_of_tinydb(tmp_path):
    options = {"indent": 4, "sort_keys": True, "ensure_ascii": False, "separators": (",", ": ")}
    for make, path in ((tinydb.TinyDB, tmp_path / "plain.json"), (TinyDB, tmp_path / "durable.json")):
        with make(path, encoding="utf-8", **options) as db:
            db.insert({"b": "süß", "a": 1})

    assert (tmp_path / "durable.json").read_bytes() == (tmp_path / "plain.json").read_bytes()


def test_another_encoding_is_written_and_read(path):
    with TinyDB(path, encoding="utf-16") as db:
        db.insert({"cake": "süß"})

    assert json.loads(path.read_text("utf-16")) == {"_default": {"1": {"cake": "süß"}}}
    with TinyDB(path, encoding="utf-16") as db:
        assert db.get(doc_id=1) == {"cake": "süß"}


def test_a_byte_order_mark_that_an_editor_left_is_read_over(path):
    path.write_bytes(b'\xef\xbb\xbf{"_default": {"1": {"n": 1}}}')

    with TinyDB(path) as db:
        assert db.insert({"n": 2}) == 2

    assert json.loads(path.read_bytes()) == {"_default": {"1": {"n": 1}, "2": {"n": 2}}}


def test_opening_makes_an_empty_file_and_with_create_dirs_its_folders(tmp_path):
    deep = tmp_path / "a" / "b" / "db.json"
    with pytest.raises(FileNotFoundError):
        TinyDB(deep)

    TinyDB(deep, create_dirs=True).close()

    assert deep.read_bytes() == b""
    with TinyDB(deep, create_dirs=True) as db:
        assert db.all() == [] and db.tables() == set()


def test_reading_only_creates_locks_and_writes_nothing(path):
    with pytest.raises(FileNotFoundError) as refused:
        TinyDB(path, access_mode="r", create_dirs=True)
    assert names(path.parent) == []
    assert isinstance(refused.value, DatabaseNotFoundError)

    with tinydb.TinyDB(path) as plain:
        plain.insert({"n": 1})
    with TinyDB(path, access_mode="r") as db, db.transaction():
        assert db.all() == [{"n": 1}] == db.search(where("n") == 1)
        with pytest.raises(OSError, match='Access mode is "r"'):
            db.insert({"n": 2})

    assert names(path.parent) == ["db.json"]


def test_a_transaction_that_only_reads_shows_one_version(path):
    with TinyDB(path) as writing, TinyDB(path, access_mode="r") as reading:
        writing.insert({"n": 1})
        with reading.transaction():
            assert len(reading) == 1
            writing.insert({"n": 2})
            assert len(reading) == 1

        assert len(reading) == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anything")
def test_a_read_only_folder_is_read(path):
    TinyDB(path).close()
    path.parent.chmod(0o555)
    try:
        with TinyDB(path, access_mode="r") as db:
            assert db.all() == []
    finally:
        path.parent.chmod(0o755)


def test_an_access_mode_that_would_empty_the_file_is_taken_as_reading_and_writing(path):
    with TinyDB(path) as db:
        db.insert({"n": 1})

    with pytest.warns(UserWarning, match="Using an `access_mode` other than"):
        again = TinyDB(path, access_mode="w")

    assert again.all() == [{"n": 1}]
    again.close()


def test_permissions_are_kept(path):
    with TinyDB(path) as db:
        path.chmod(0o640)
        db.insert({"n": 1})

        assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(path):
    with TinyDB(path) as db:
        os.chown(path, 1234, 4321)
        db.insert({"n": 1})

        assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_a_link_is_followed_and_stays_a_link(tmp_path, path):
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "real.json"
    path.symlink_to(real)

    with TinyDB(path) as db:
        db.insert({"n": 1})

    assert path.is_symlink() and "1" in real.read_text()
    assert names(real.parent) == [".real.json.lock", "real.json"]


def test_a_file_that_its_owner_made_read_only_is_not_replaced(path):
    with TinyDB(path) as db:
        path.chmod(0o400)
        with pytest.raises(StorageError, match="read-only") as refused:
            db.insert({"n": 1})

    assert refused.value.outcome is Outcome.NOT_SAVED
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"_default": {"1": {"n": 1}', ":1: column"),
        (b'{"_default": {}}{"_default": {}}', "end of the file"),
        (b"\0\0\0\0", "4 NUL bytes"),
        (b"   ", "empty"),
        (b"[1, 2]", "one JSON object"),
        (b"null", "one JSON object"),
        (b'{"_default": {"1": {"n": "\xff"}}}', "not UTF-8"),
        (b"<<<<<<< HEAD\n{}\n", "merge conflict"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_a_damaged_file_is_refused_named_and_never_emptied(path, content, told):
    path.write_bytes(content)

    with TinyDB(path) as db:
        for act in (db.all, lambda: db.insert({"n": 1}), db.drop_tables, lambda: db.drop_table("x"), db.truncate):
            with pytest.raises(DamagedError, match=told) as refused:
                act()

    assert path.read_bytes() == content
    assert isinstance(refused.value, json.JSONDecodeError), "programs written for TinyDB catch this"
    assert str(path) in str(refused.value)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_a_key_that_is_in_the_file_twice_is_not_silently_dropped_by_the_next_change(path):
    content = b'{"_default": {"1": {"n": 1}, "1": {"n": 2}}}'
    path.write_bytes(content)

    with TinyDB(path) as db, pytest.raises(DamagedDatabaseError, match="twice"):
        db.insert({"n": 3})

    assert path.read_bytes() == content


def test_a_file_that_is_gone_is_an_error_and_not_an_empty_database(path):
    with TinyDB(path) as db:
        db.insert({"n": 1})
        path.unlink()

        for act in (db.all, lambda: db.insert({"n": 2})):
            with pytest.raises(FileNotFoundError):
                act()

    assert not path.exists()


def test_a_folder_in_place_of_the_file_is_refused(path):
    path.mkdir()

    with pytest.raises(OSError):
        TinyDB(path)


def test_after_close_nothing_is_read_or_written(path):
    db = TinyDB(path)
    db.insert({"n": 1})
    assert db.search(where("n") == 1)
    db.close()

    for act in (db.all, lambda: db.search(where("n") == 1), lambda: db.insert({"n": 2}), db.transaction().__enter__):
        with pytest.raises(SessionError, match="closed"):
            act()
    db.close()


def test_a_persistent_empty_table_keeps_the_records_that_it_has(path):
    with TinyDB(path) as db:
        db.table("orders").insert({"n": 1})

    with TinyDB(path) as db:
        assert db.table("orders", persist_empty=True).all() == [{"n": 1}]
        db.table("empty", persist_empty=True)
        assert db.tables() == {"orders", "empty"}


def test_an_update_that_matches_nothing_writes_nothing(path):
    with TinyDB(path) as db:
        db.insert({"n": 1})
        before = path.stat()

        assert db.update({"n": 2}, where("n") == 5) == []
        assert db.remove(where("n") == 5) == []

        assert path.stat() == before


def test_an_update_that_fails_half_way_changes_nothing(path):
    def fail_at_two(row):
        row["n"] += 10
        if row["n"] == 12:
            raise KeyError("two")

    with TinyDB(path) as db:
        db.insert_multiple({"n": n} for n in (1, 2, 3))
        with pytest.raises(KeyError):
            db.update(fail_at_two)
        with db.transaction():
            with pytest.raises(KeyError):
                db.update(fail_at_two)
            db.insert({"n": 4})

        assert [row["n"] for row in db] == [1, 2, 3, 4]


def test_a_record_whose_list_the_caller_goes_on_changing_stays_as_it_was_inserted(path):
    mine = {"list": [1]}
    with TinyDB(path) as db, db.transaction():
        db.insert(mine)
        mine["list"].append(2)
        db.get(doc_id=1)["list"].append(3)
        db.insert({})

        assert db.get(doc_id=1) == {"list": [1]}


def test_the_rest_of_tinydb_works_as_it_does(path):
    with TinyDB(path) as db:
        stock = db.table("stock", cache_size=0)
        assert stock.upsert({"name": "flour", "kg": 9}, where("name") == "flour") == [1]
        assert stock.upsert({"kg": 7}, where("name") == "flour") == [1]
        assert stock.update(subtract("kg", 2), Query().name == "flour") == [1]
        assert stock.update_multiple([({"kg": 1}, where("kg") == 5)]) == [1]
        assert stock.get(doc_id=1) == {"name": "flour", "kg": 1}
        assert stock.insert(Document({"name": "sugar"}, doc_id=9)) == 9
        assert stock.insert({"name": "salt"}) == 10
        assert stock.count(where("name").exists()) == 3
        db.drop_table("stock")
        assert db.tables() == set()
        db.table("a").insert({})
        db.drop_tables()
        assert db.tables() == set()


def test_another_storage_and_middleware_can_be_used(path):
    with TinyDB(storage=MemoryStorage) as db:
        assert db.insert({"n": 1}) == 1
        assert db.search(where("n") == 1) == db.search(where("n") == 1) == [{"n": 1}]
        with pytest.raises(TypeError, match="DurableStorage, found MemoryStorage"):
            db.transaction()

    with TinyDB(path, storage=CachingMiddleware(DurableStorage)) as db:
        db.insert({"n": 1})
    assert "1" in path.read_text()


def test_a_middleware_that_kept_what_another_has_replaced_meanwhile_is_refused(path):
    caching = TinyDB(path, storage=CachingMiddleware(DurableStorage))
    caching.insert({"n": 1})
    with TinyDB(path) as other:
        other.insert({"n": 2})

    with pytest.raises(ConflictError):
        caching.close()

    with TinyDB(path) as db:
        assert db.all() == [{"n": 2}]


def test_a_name_as_long_as_names_can_be_for_the_lock_works(tmp_path):
    path = tmp_path / f"{'x' * 220}.json"
    with TinyDB(path) as db:
        db.insert({"n": 1})
        assert db.all() == [{"n": 1}]


def test_importing_plandoc_does_not_import_it(run_python):
    code = "import sys, plandoc; plandoc.open_store; print('plandoc.durable' in sys.modules, 'tinydb' in sys.modules)"
    assert run_python(code) == "False False\n"


def test_no_warning_comes_of_its_use(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with TinyDB(path) as db:
            db.insert({"n": 1})
