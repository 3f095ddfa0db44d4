"""The shipped JSON Schemas: what the generator gives, true of all that plandoc writes, and never stricter than it."""

import copy
import json
from functools import cache
from pathlib import Path

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plandoc
from plandoc import codec
from plandoc.exchange import import_file, json_schema
from plandoc.exchange.native.export_native import render_export
from plandoc.storage import marker
from plandoc.tables import BY_TYPE, TABLES
from tests.effort import examples
from tests.exchange.exchange_files import a_busy_bakery, opened
from tests.strategies import ANY_RECORD

SAMPLE = Path(__file__).resolve().parents[2] / "data"
OF_DOCUMENTS = {"plandoc.json": "marker", "catalog.json": "catalog", "stock.json": "stock", "events/1.json": "event"}


@cache
def _validator(name):
    return jsonschema.Draft202012Validator(json_schema.schema_of(name))


@cache
def _row_validator(table):
    (document,) = (name for name in ("catalog", "stock", "event") if table in json_schema.schema_of(name)["properties"])
    (rows,) = json_schema.schema_of(document)["properties"][table]["patternProperties"].values()
    return jsonschema.Draft202012Validator(rows)


@pytest.mark.parametrize("name", json_schema.NAMES)
def test_what_is_shipped_is_what_the_generator_gives_and_a_sound_schema(name):
    jsonschema.Draft202012Validator.check_schema(json_schema.schema_of(name))

    assert json_schema.shipped(name) == json_schema.rendered(name)


@pytest.mark.parametrize("file, name", OF_DOCUMENTS.items())
def test_the_sample_is_as_the_schemas_say(file, name):
    _validator(name).validate(json.loads((SAMPLE / file).read_bytes()))


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("busy") / "data"
    with opened(folder) as store:
        a_busy_bakery(store)
        exported = store.read(lambda session: render_export(session=session)).content
    return folder, json.loads(exported)


def test_everything_of_a_busy_bakery_is_as_the_schemas_say(busy):
    folder, exported = busy
    for document in sorted((folder / "events").iterdir()):
        _validator("event").validate(json.loads(document.read_bytes()))
    _validator("catalog").validate(json.loads((folder / "catalog.json").read_bytes()))
    _validator("marker").validate(json.loads((folder / "plandoc.json").read_bytes()))
    _validator("export").validate(exported)

    assert set(exported) == set(json_schema.schema_of("export")["required"])


@settings(max_examples=examples(150), deadline=None)
@given(ANY_RECORD)
def test_every_record_that_there_can_be_is_as_its_schema_says(record):
    row = orjson.loads(orjson.dumps(codec.to_row(record)))

    assert list(_row_validator(BY_TYPE[type(record)].name).iter_errors(row)) == []


ODD = st.sampled_from(
    [None, True, False, 0, -1, 1, 10**13, 1.5, "", " ", "x", "7", "7/0", "7/2", "0.0", "A", "a--b", "../x", [], {}, [True],
     [{}], {"kind": "drop_fg"}, "2026-02-30", "2026-12-25", "x" * 201, "2026-01-28T03:25:47", "0" * 64]
)  # fmt: skip


def _places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(item, (*path, index))


def _mutated(data, value):
    value = copy.deepcopy(value)
    path = data.draw(st.sampled_from([path for path in _places(value) if path]))
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    action = data.draw(st.sampled_from(["odd", "drop", "add"]))
    if action == "drop" and isinstance(inner, dict):
        del inner[path[-1]]
    elif action == "add" and isinstance(inner, dict):
        inner["oven"] = 1
    else:
        inner[path[-1]] = data.draw(ODD)
    return value


@settings(max_examples=examples(300), deadline=None)
@given(st.data(), ANY_RECORD)
def test_what_the_schema_of_a_row_refuses_the_codec_refuses_too(data, record):
    row = orjson.loads(orjson.dumps(codec.to_row(record)))
    changed = _mutated(data, row)
    if _row_validator(BY_TYPE[type(record)].name).is_valid(changed):
        return

    assert codec.problems_of_row(type(record), 1, changed) != []


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data())
def test_what_the_schema_of_an_export_refuses_the_import_refuses_too(data, busy, tmp_path_factory):
    changed = _mutated(data, busy[1])
    if _validator("export").is_valid(changed):
        return
    path = tmp_path_factory.mktemp("changed") / "export.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    with plandoc.open_store(path.parent / "data", create=True) as store:
        plandoc.use_store(store)
        with pytest.raises(plandoc.PlandocError):
            import_file(path)


def test_what_the_schema_of_the_marker_refuses_the_store_refuses_too():
    good = {"format": 2, "needs": "0.2.0", "lineage": "x", "serial": 0, "next_event_id": 1, "line_digest": ""}
    wrong = [{**good, key: value} for key in good for value in (None, True, -1, "7", 1.5, [], {})]
    wrong += [{key: value for key, value in good.items() if key != left_out} for left_out in set(good) - {"needs"}]
    wrong.append({**good, "oven": 1})
    refused = [value for value in wrong if not _validator("marker").is_valid(value)]
    for value in refused:
        with pytest.raises(plandoc.PlandocError):
            marker.parse(json.dumps(value).encode())

    assert len(refused) > len(wrong) * 0.8


def test_every_table_has_a_place_in_the_schemas():
    places = [place for name in ("catalog", "stock", "event") for place in json_schema.schema_of(name)["properties"]]

    assert [place for place in places if place != "_plandoc"] == [table.name for table in TABLES]
    assert {table.name for table in TABLES} <= set(json_schema.schema_of("export")["properties"])
