"""Rows that this version of plandoc made of a record become that record again, without a question to its rules."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings

from plandoc import codec
from plandoc.errors import ValidationError
from plandoc.records import Recipe
from tests.effort import examples
from tests.records.test_codec import ANY_RECORD, ROWS


@given(ANY_RECORD)
@settings(max_examples=examples(150), deadline=None)
def test_many_rows_at_once_become_what_each_becomes_alone(record):
    kind, row = type(record), codec.to_row(record)

    read = codec.from_judged_rows(kind, dict.fromkeys(["1", "2", "3", "4"], row))

    assert repr(read) == repr([codec.from_judged_row(kind, number, row) for number in (1, 2, 3, 4)])


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("what", ["a field is missing", "there is one more", "there is an id", "it is a list"])
def test_what_cannot_be_such_a_row_is_read_as_strictly_as_any_other(kind, what):
    row = copy.deepcopy(ROWS[kind])
    if what == "a field is missing":
        row.popitem()
    elif what == "there is one more":
        row["sort"] = 1
    elif what == "there is an id":
        row["id"] = 3
    else:
        row = list(row)
    strictly = codec.problems_of_row(kind, 3, row)

    if strictly:
        with pytest.raises(ValidationError) as refused:
            codec.from_judged_row(kind, 3, row)
        assert refused.value.problems == tuple(strictly)
        with pytest.raises(ValidationError):
            codec.from_judged_rows(kind, {"1": ROWS[kind], "2": row, "3": ROWS[kind]})
    else:
        assert codec.from_judged_row(kind, 3, row) == codec.from_row(kind, 3, row)


@pytest.mark.parametrize("lines", ["x", [1], [{}], [{"ingredient_id": 1, "quantity": 2, "unit": "g", "notes": ""}], {}])
def test_what_is_in_a_row_is_not_guessed_at_either(lines):
    row = {**codec.to_row(Recipe("Bun", "Bread")), "lines": lines}

    with pytest.raises(ValidationError) as refused:
        codec.from_judged_row(Recipe, 3, row)

    assert refused.value.problems == tuple(codec.problems_of_row(Recipe, 3, row))
