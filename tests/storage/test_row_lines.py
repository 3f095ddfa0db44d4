"""In a large document that plandoc wrote a row is found by its line, and everything is found that a reading of all finds."""

from __future__ import annotations

import hashlib
import re

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plandoc
from plandoc.errors import DamagedError
from plandoc.records import Recipe
from plandoc.storage import documents, row_lines
from tests.effort import examples

NAME = "catalog.json"
MANY = row_lines.LARGE // 100
RECIPE = {"name": 'a "quoted" word, },\n and é', "notes": "x" * 100}
CONTENT = documents.render(
    NAME,
    "of this folder",
    {},
    {
        "ingredients": {"2": {"name": "Rye"}},
        "recipes": {str(number): {**RECIPE, "number": number} for number in range(3, 3 + 2 * MANY, 2)},
        "finished_units": {"7": {"name": "Loaf"}, "10": {"name": "Bun"}},
    },
)
WHOLE = {name: rows for name, rows in orjson.loads(CONTENT).items() if name != documents.ABOUT_TABLE}
LAST = 3 + 2 * MANY - 2


def sealed(content):
    """The content with the digest that it should have, as plandoc never wrote it."""
    digest = hashlib.sha256(re.sub(rb',"digest":"[0-9a-f]{64}"', b"", content, count=1)).hexdigest().encode()
    return re.sub(rb'"digest":"[0-9a-f]{64}"', b'"digest":"%b"' % digest, content, count=1)


def tables_of(content):
    return documents.parse(NAME, content).tables


@pytest.fixture
def folder(tmp_path):
    with plandoc.open_store(tmp_path / "data", create=True) as store, store.session() as session:
        for number in range(MANY):
            session.add(Recipe(f"Loaf {number}", notes="x" * 100))
    assert (tmp_path / "data" / NAME).stat().st_size > row_lines.LARGE
    return tmp_path / "data"


@given(st.lists(st.tuples(st.sampled_from([*WHOLE]), st.integers(-2, LAST + 2)), max_size=40))
@settings(max_examples=examples(50), deadline=None)
def test_each_row_that_is_asked_for_is_the_one_that_a_reading_of_all_gives(asked):
    tables = tables_of(CONTENT)

    assert [*tables] == [*WHOLE]
    for table, number in asked:
        assert tables[table].get(str(number)) == WHOLE[table].get(str(number))
    assert {name: dict(rows) for name, rows in tables.items()} == WHOLE


@pytest.mark.parametrize("key", ["03", "+3", " 3", "3 ", "0", "-3", "٣", "3.0", "", "x", "9" * 5000])
def test_what_only_looks_like_the_id_of_a_row_finds_none(key):
    assert key not in tables_of(CONTENT)["recipes"]


def test_all_rows_come_in_the_order_of_the_file_whichever_were_asked_for_before():
    rows = tables_of(CONTENT)["recipes"]
    assert rows["9"]["number"] == 9

    assert [*rows] == [*rows.keys()] == [*WHOLE["recipes"]]
    assert len(rows) == len(WHOLE["recipes"])
    assert [*rows.values()] == [*WHOLE["recipes"].values()]
    assert [*rows.items()] == [*WHOLE["recipes"].items()]


def test_a_row_is_read_without_a_look_at_the_others():
    rows = tables_of(sealed(CONTENT.replace(b'"number":5}', b'"number":!}')))["recipes"]

    assert rows["7"] == WHOLE["recipes"]["7"]
    with pytest.raises(DamagedError):
        rows["5"]
    with pytest.raises(DamagedError):
        dict(rows)


@pytest.mark.parametrize("edit", [b" ", b"\n", b"\t"])
def test_a_document_that_was_changed_by_a_blank_is_read_as_a_whole(edit):
    tables = tables_of(CONTENT.replace(b'"number":5}', b'"number":5' + edit + b"}"))

    assert tables == WHOLE
    assert {*map(type, tables.values())} == {dict}


def test_a_broken_row_of_a_document_that_was_changed_is_refused_with_its_line():
    content = CONTENT.replace(b'"number":5}', b'"number":5,}')

    with pytest.raises(DamagedError) as refused:
        documents.parse(NAME, content)

    line = content.split(b'"number":5,')[0].count(b"\n") + 1
    assert [problem.line for problem in refused.value.problems] == [line]


def test_rows_that_somebody_put_into_another_order_and_sealed_are_found_all_the_same():
    lines = CONTENT.split(b"\n")
    first = next(number for number, line in enumerate(lines) if line.startswith(b'  "3": '))
    lines[first], lines[first + MANY // 2] = lines[first + MANY // 2], lines[first]
    rows = tables_of(sealed(b"\n".join(lines)))["recipes"]

    assert all(rows[key] == row for key, row in WHOLE["recipes"].items())
    assert all(rows.get(str(number)) is None for number in (1, 4, LAST + 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'\n "finished_units": {\n', b'\n "recipes": {\n'),
        (b'\n "finished_units": {\n', b'\n "finished units": {\n'),
        (b'\n "finished_units": {\n', b'\n "finished_units":\n{'),
        (b'\n },\n "finished_units"', b'\n},\n "finished_units"'),
    ],
    ids=["a table twice", "a strange name", "another layout", "another end"],
)
def test_another_form_is_read_as_a_whole_also_where_somebody_sealed_it(old, new):
    content = sealed(CONTENT.replace(old, new))
    assert row_lines.tables_in(NAME, content) is None

    assert {name: dict(rows) for name, rows in tables_of(content).items()} == {
        name: rows for name, rows in orjson.loads(content).items() if name != documents.ABOUT_TABLE
    }


def test_a_change_keeps_the_rows_that_it_does_not_touch(folder):
    with plandoc.open_store(folder) as store, store.session() as session:
        session.add(plandoc.Ingredient("Rye", category="Flour"))
    with plandoc.open_store(folder) as store, store.session() as session:
        session.add(Recipe("Last loaf", notes="y"))
        session.remove(Recipe, 2)

    with plandoc.open_store(folder) as store:
        names = [one.name for one in store.read(lambda session: session.find(Recipe))]
    assert names == [f"Loaf {number}" for number in range(MANY) if number != 1] + ["Last loaf"]
    assert plandoc.check(folder) == []
