"""A transaction changes its tables row by row and writes them once: what TinyDB would do, call by call, is what comes of it."""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import tinydb
from hypothesis import given
from hypothesis import strategies as st
from tinydb import where
from tinydb.operations import delete, increment
from tinydb.table import Document

from plandoc.durable import Folder, TinyDB
from plandoc.durable.json_form import JsonForm
from plandoc.errors import ValidationError


@pytest.fixture
def db(path):
    with TinyDB(path) as opened:
        opened.insert_multiple({"n": n, "tags": ["a"]} for n in range(1, 4))
        yield opened


@pytest.fixture
def rendered(monkeypatch):
    """How many rows of which table were written out at once; those that a call changes, by themselves, under no name."""
    calls = []
    render, read_back = JsonForm.render, JsonForm.read_back

    def counted(form, tables):
        calls.append({name: len(rows) for name, rows in tables.items()})
        return render(form, tables)

    def counted_rows(form, rows):
        if rows:
            calls.append({"": len(rows)})
        return read_back(form, rows)

    monkeypatch.setattr(JsonForm, "render", counted)
    monkeypatch.setattr(JsonForm, "read_back", counted_rows)
    return calls


def test_the_file_is_written_out_once_and_before_that_only_the_rows_that_a_call_changes(db, rendered):
    with db.transaction():
        for n in range(4, 9):
            db.insert({"n": n})
        db.update(increment("n"), where("n") == 2)
        db.update({"n": 1}, doc_ids=[1])
        db.remove(where("n") > 6)

    assert rendered == [{"": 1}] * 6 + [{"_default": 6}]


def test_that_goes_for_each_file_of_a_folder(tmp_path, rendered):
    with Folder(tmp_path / "data") as folder:
        first, second = folder.open("first.json"), folder.open("second.json")
        with folder.transaction():
            first.insert({})
            second.insert({})
            first.insert({})

        assert rendered == [{"": 1}] * 3 + [{"_default": 2}, {"_default": 1}]
        assert (len(first), len(second)) == (2, 1)


def test_a_call_alone_writes_out_only_the_rows_that_it_changes(db, path, rendered):
    changes = [
        lambda: db.insert({"n": 4}),
        lambda: db.update({"n": 5}, doc_ids=[2]),
        lambda: db.upsert({"n": 6}, where("n") == 3),
        lambda: db.insert({"n": 7}),
        lambda: db.remove(doc_ids=[1]),
        lambda: db.remove(doc_ids=[3]),
        lambda: db.remove(doc_ids=[5]),
    ]
    contents = [change() and path.read_bytes() for change in changes]

    assert rendered == [{"": 1}] * 4
    assert [(row.doc_id, row["n"]) for row in db] == [(2, 5), (4, 4)]
    assert contents == [JsonForm("", None, {}).render(json.loads(content)) for content in contents]


def test_a_call_that_changes_many_rows_or_follows_another_writer_writes_out_all(db, path, rendered):
    db.insert_multiple({"n": n} for n in range(10))
    with TinyDB(path) as other:
        other.insert({"n": 10})
    db.insert({"n": 11})

    assert [call for call in rendered if "" not in call] == [{"_default": 13}, {"_default": 14}, {"_default": 15}]


_NAMES = st.sampled_from(["_default", "t", "}", 'a "b"', "ä\n \u2028"])
_VALUES = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=4)
_ROWS = st.dictionaries(
    st.sampled_from(["n", "}", '": {', "\n }", "\x7f"]), _VALUES | st.lists(_VALUES, max_size=2), max_size=2
)
_CHANGES = st.lists(
    st.tuples(_NAMES, st.sampled_from(["insert", "update", "remove"]), st.integers(1, 4), _ROWS), max_size=8
)


@given(_CHANGES)
def test_what_is_changed_row_by_row_is_byte_for_byte_what_writing_all_of_it_gives(tmp_path_factory, changes):
    path = tmp_path_factory.mktemp("rows") / "db.json"
    with TinyDB(path) as db:
        for name, kind, row_id, row in changes:
            table = db.table(name)
            if kind == "insert":
                table.insert(row)
            elif table.contains(doc_id=row_id):
                change = partial(table.update, row) if kind == "update" else table.remove
                change(doc_ids=[row_id])

            content = path.read_bytes()
            assert content == JsonForm("", None, {}).render(json.loads(content or b"{}")) or not content


class _Colour(enum.Enum):
    RED = "red"


@pytest.mark.parametrize("value", [{1, 2}, object(), b"x", [{"deep": {1j}}], _Colour.RED])
@pytest.mark.parametrize(
    "change",
    [
        lambda db, value: db.insert({"bad": value}),
        lambda db, value: db.insert_multiple([{"n": 8}, {"bad": value}]),
        lambda db, value: db.update({"bad": value}, doc_ids=[2]),
        lambda db, value: db.update({"bad": value}, where("n") > 1),
        lambda db, value: db.upsert({"bad": value}, where("n") == 3),
        lambda db, value: db.table("other").insert({"bad": value}),
    ],
)
def test_what_json_cannot_hold_is_refused_by_the_call_that_brings_it_and_the_rest_is_saved(db, change, value):
    with db.transaction():
        db.insert({"n": 4})
        with pytest.raises(TypeError, match="not JSON serializable"):
            change(db, value)
        assert db.insert({"n": 5}) == 5

    assert [row["n"] for row in db] == [1, 2, 3, 4, 5]
    assert all("bad" not in row for row in db)
    assert db.tables() == {"_default"}


def test_keys_that_would_become_the_same_text_are_refused_by_the_call_that_brings_them(db):
    with db.transaction():
        with pytest.raises(ValidationError, match="in one object twice"):
            db.insert({"rows": {1: "a", "1": "b"}})
        db.insert({"rows": {1: "a"}})

    assert db.get(doc_id=4) == {"rows": {"1": "a"}}


def test_what_a_caller_changes_afterwards_in_his_own_objects_is_not_in_the_file(db):
    mine = {"n": 4, "tags": ["a"]}
    with db.transaction():
        db.insert(mine)
        mine["tags"].append("b")
        db.get(doc_id=1)["tags"].append("b")
        db.search(where("n") == 2)[0]["tags"].append("b")
        db.update({"seen": mine["tags"]}, doc_ids=[3])
        mine["tags"].append("c")

    assert [row["tags"] for row in db] == [["a"]] * 4
    assert db.get(doc_id=3)["seen"] == ["a", "b"]


def test_within_a_call_all_or_nothing(db):
    def half(row):
        row["tags"].append("b")
        if row["n"] == 2:
            raise ZeroDivisionError

    with db.transaction():
        db.insert({"n": 4, "tags": []})
        with pytest.raises(ZeroDivisionError):
            db.update(half)
        with pytest.raises(ValueError, match="already exists"):
            db.insert_multiple([{"n": 5}, Document({"n": 6}, 1)])

    assert [(row["n"], row["tags"]) for row in db] == [(1, ["a"]), (2, ["a"]), (3, ["a"]), (4, [])]


@pytest.mark.parametrize(
    ("before", "after"),
    [(1, True), (1, 1.0), (0.0, -0.0), (None, math.nan), (2**70, 2**70 + 1), (2**70, None), ([], ())],
)
def test_values_that_are_alike_are_told_apart(db, path, before, after):
    db.insert({"value": before})
    with db.transaction():
        db.update({"value": after}, where("value").exists())

    (found,) = db.search(where("value").exists())
    assert repr(found["value"]) == repr(list(after) if isinstance(after, tuple) else after)


def test_what_orjson_does_not_know_stays_as_it_is_where_something_else_changes(db):
    values = {"nan": math.nan, "many": 2**70, "inf": -math.inf, "half": "\ud800"}
    db.insert(values)
    with db.transaction():
        db.update({"new": 1}, lambda row: "nan" in row)
        db.update({"n": 9}, where("n") == 1)
    (found,) = db.search(where("new") == 1)
    assert repr({**values, "new": 1}) == repr(dict(found))


class _One:
    """A number of another library, as numpy.int64 is."""

    def __int__(self):
        return 1

    __index__ = __int__

    def __eq__(self, other):
        return other == 1

    def __hash__(self):
        return hash(1)

    def __str__(self):
        return "1"


@pytest.mark.parametrize("one", [True, 1.0, _One()])
def test_an_id_is_what_is_equal_to_it(db, one):
    with db.transaction():
        db.update({"n": 7}, doc_ids=[one])
        with pytest.raises(ValueError, match="already exists"):
            db.insert(Document({}, one))
        db.remove(doc_ids=[one])
        assert db.update({"n": 8}, doc_ids=[one]) == []

    assert [row.doc_id for row in db] == [2, 3]


@pytest.mark.parametrize("rows", ['{"01": {"n": 1}}', '{"-1": {"n": 1}}', '{"1": {"n": 1}, "\u0662": {}}'])
def test_a_table_whose_ids_tinydb_would_write_in_another_way_becomes_what_it_makes_of_it(path, tmp_path, rows):
    plain = tmp_path / "plain.json"
    for file in (path, plain):
        file.write_text(f'{{"_default": {rows}}}', "utf-8")
    with TinyDB(path) as db, tinydb.TinyDB(plain) as other:
        with db.transaction():
            db.insert({"n": 2})
            db.update({"m": 1}, where("n") == 1)
        other.insert({"n": 2})
        other.update({"m": 1}, where("n") == 1)

        assert db.storage.read() == other.storage.read()


def test_a_file_that_holds_a_key_twice_is_refused_by_the_first_change(path):
    path.write_text('{"_default": {"1": {"n": 1, "n": 2}}}')
    with TinyDB(path) as db, pytest.raises(ValueError, match="twice"), db.transaction():
        db.insert({})

    assert path.read_text() == '{"_default": {"1": {"n": 1, "n": 2}}}'


@pytest.mark.costly
def test_a_database_to_read_only_is_not_changed_in_a_transaction_either(db, path):
    with TinyDB(path, access_mode="r") as reader, reader.transaction():
        with pytest.raises(OSError, match="Access mode"):
            reader.insert({})
        with pytest.raises(OSError, match="Access mode"):
            reader.update({"n": 1}, where("n") == 2)


def test_a_function_of_the_user_sees_rows_as_outside_of_a_transaction(db):
    seen = []
    with db.transaction():
        db.update({"m": 1}, lambda row: seen.append(type(row)) or row["n"] == 2)

    assert seen == [dict] * 3
    assert db.get(where("m") == 1).doc_id == 2


# What is done in a transaction, beside plain TinyDB.

NUMBERS = st.integers(0, 3)
CALLS: st.SearchStrategy[Callable[[Any], Any]] = st.one_of(
    st.builds(lambda n: lambda t: t.insert({"n": n, "in": {"n": [n]}}), NUMBERS),
    st.builds(lambda n: lambda t: t.insert_multiple([{"n": n}, {"n": n + 1}][: n % 3]), NUMBERS),
    st.builds(lambda n: lambda t: t.insert(Document({"n": n}, n + 1)), NUMBERS),
    st.builds(lambda n: lambda t: t.update({"n": n, "m": n}, where("n") == n - 1), NUMBERS),
    st.builds(lambda n: lambda t: t.update(increment("n"), doc_ids=[n, 99]), NUMBERS),
    st.builds(lambda n: lambda t: t.update(delete("n"), lambda row: row.get("n") == n), NUMBERS),
    st.builds(lambda n: lambda t: t.update_multiple([({"m": 0}, where("n") == n), ({"m": 1}, where("m") == 0)]), NUMBERS),
    st.builds(lambda n: lambda t: t.upsert({"n": n, "u": True}, where("n") == n), NUMBERS),
    st.builds(lambda n: lambda t: t.remove(where("n") == n), NUMBERS),
    st.builds(lambda n: lambda t: t.remove(doc_ids=[n]), NUMBERS),
    st.just(lambda t: t.truncate()),
    st.just(lambda t: t.all()),
    st.builds(lambda n: lambda t: t.search(where("n") == n), NUMBERS),
    st.builds(lambda n: lambda t: t.get(doc_id=n), NUMBERS),
    st.just(lambda t: len(t)),
    st.just(lambda t: t.insert({"n": object()})),
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(["_default", "other"]), CALLS), max_size=12)


def outcome(call, table):
    # TinyDB remembers the next id longer: an id that became free last is given again here, or is not.
    table._next_id = None
    try:
        return call(table)
    except (TypeError, ValueError, KeyError) as error:
        return type(error)


@given(kept=STEPS, taken_back=STEPS, more=STEPS, at_rest=STEPS)
def test_a_transaction_ends_as_the_same_calls_on_plain_tinydb(tmp_path_factory, kept, taken_back, more, at_rest):
    folder = tmp_path_factory.mktemp("db")
    with TinyDB(folder / "a.json") as db, tinydb.TinyDB(folder / "b.json") as plain:

        def same(steps):
            for name, call in steps:
                assert outcome(call, db.table(name)) == outcome(call, plain.table(name))

        same(at_rest)
        with db.transaction():
            same(kept)
            with pytest.raises(InterruptedError), db.transaction():
                for name, call in taken_back:
                    outcome(call, db.table(name))
                raise InterruptedError
            same(more)
            same(kept)

        assert (db.storage.read() or {}) == (plain.storage.read() or {})


def test_what_this_process_wrote_is_not_searched_for_doubled_keys(db, monkeypatch):
    searched = []
    monkeypatch.setattr(JsonForm, "_is_as_written", lambda form, content: searched.append(content) or True)
    db.insert({})
    with db.transaction():
        db.insert({})
        db.update({"n": 1}, where("n") == 2)
    db.insert({})

    assert searched == []
