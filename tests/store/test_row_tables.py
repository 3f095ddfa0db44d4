"""TinyDB's tables over the rows of a document: TinyDB's methods, on rows that others have too."""

from __future__ import annotations

import copy

import pytest
import tinydb
from tinydb import operations, where

from plandoc.engine.row_tables import DocumentStorage, WholeRow


@pytest.fixture
def shared():
    """The tables of a document that was read."""
    return {
        "recipes": {"1": {"name": "Rye", "lines": [{"n": 1}]}, "2": {"name": "Oat", "lines": []}},
        "stock": {"7": {}},
    }


@pytest.fixture
def storage(shared):
    return DocumentStorage(dict(shared))


def test_a_change_leaves_the_rows_that_others_have_as_they_were(shared, storage):
    before = copy.deepcopy(shared)
    recipes = storage.table("recipes")
    recipes.update(lambda row: row["lines"].append({"n": 2}), where("name") == "Rye")
    recipes.insert(WholeRow({"name": "Corn"}, 5))
    recipes.remove(doc_ids=[2])

    assert shared == before
    assert storage.tables["recipes"] == {"1": {"name": "Rye", "lines": [{"n": 1}, {"n": 2}]}, "5": {"name": "Corn"}}
    assert storage.tables["stock"] is shared["stock"]
    assert storage.changed == {"recipes": {"1", "2", "5"}}


def test_a_call_that_fails_in_the_middle_changes_nothing(shared, storage):
    seen = []

    def fail_at_the_second(row):
        row["name"] = "changed"
        seen.append(row)
        if len(seen) == 2:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        storage.table("recipes").update(fail_at_the_second)

    assert (storage.tables, storage.changed) == (shared, {})


def test_a_copy_and_its_original_change_apart(storage):
    storage.table("recipes").remove(doc_ids=[1])
    twin = storage.copy()
    twin.table("recipes").truncate()
    storage.table("recipes").insert(WholeRow({"name": "Corn"}, 5))

    assert list(twin.tables["recipes"]) == []
    assert list(storage.tables["recipes"]) == ["2", "5"]
    assert (twin.changed, storage.changed) == ({"recipes": {"1", "2"}}, {"recipes": {"1", "5"}})


def test_a_whole_row_replaces_the_one_there_with_its_fields_in_their_order(storage):
    storage.put("recipes", {"lines": [], "slug": "rye"}, 1)

    assert list(storage.tables["recipes"]["1"].items()) == [("lines", []), ("slug", "rye")]


def test_rows_put_in_and_taken_out_by_one_call_are_what_is_left(storage):
    def updater(draft):
        draft[9] = {"name": "Pie"}
        assert (len(draft), list(draft), 9 in draft, "1" in draft, 10**30 in draft) == (
            3,
            [1, 2, 9],
            True,
            False,
            False,
        )
        del draft[1]
        with pytest.raises(KeyError):
            del draft[1]
        with pytest.raises(KeyError):
            draft[1]
        assert list(draft) == [2, 9]

    storage.table("recipes")._update_table(updater)

    assert list(storage.tables["recipes"]) == ["2", "9"]


def test_it_is_a_storage_of_tinydb(storage):
    database = tinydb.TinyDB(storage=lambda: storage)

    assert database.tables() == {"recipes", "stock"}
    assert database.table("recipes").update(operations.set("name", "Same")) == [1, 2]
    database.drop_table("stock")

    assert database.tables() == {"recipes"}
    assert storage.changed == {"recipes": {"1", "2"}, "stock": {"7"}}
