"""Rows are read by a quick way, and told about by a careful one: both must accept the same rows."""

from __future__ import annotations

import copy
from pathlib import Path

import orjson
import pytest

from plandoc import codec
from plandoc.errors import ValidationError
from plandoc.storage import documents
from plandoc.tables import TABLES, Table

FOLDER = Path(__file__).parents[1] / "formats" / str(documents.FORMAT)
STRANGE = (None, True, 0, -1, 3.9, 10**13, "", " ", "7", "1/0", "4/6", "x", "2026-12-25", [], [None], {}, {"id": 1})


def rows_of(table: Table):
    documents = [orjson.loads(file.read_bytes()) for file in FOLDER.rglob("*.json")]
    return [(int(key), row) for document in documents for key, row in document.get(table.name, {}).items()]


def places_in(value, path=()):
    """Yield the way to every value inside a row."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places_in(inner, (*path, key))


def changed(row, path, change):
    """Return a copy of a row with a change made to what holds one of its values."""
    other = copy.deepcopy(row)
    holder = other
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return other


def variants(row):
    """Yield a row with each of its values left out, beside an unknown one, and replaced by strange ones."""
    yield row
    for path in places_in(row):
        yield changed(row, path, lambda holder, key: holder.pop(key))
        yield changed(row, path, lambda holder, _: holder.update(sort=1) if type(holder) is dict else holder.append(1))
        for strange in STRANGE:
            yield changed(row, path, lambda holder, key, value=strange: holder.__setitem__(key, copy.deepcopy(value)))


@pytest.mark.sample(3)
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_row_is_read_just_when_nothing_is_wrong_with_it_and_else_refused_with_all_of_it(table):
    row_id, row = max(rows_of(table), key=lambda one: len(orjson.dumps(one[1])))
    refused = 0

    for variant in variants(row):
        problems = codec.problems_of_row(table.record_type, row_id, variant)
        try:
            record = codec.from_row(table.record_type, row_id, variant)
        except ValidationError as error:
            refused += 1
            assert problems
            assert list(error.problems) == problems
        else:
            assert problems == []
            assert codec.from_row(table.record_type, row_id, codec.to_row(record)) == record
    assert refused > len(row)
