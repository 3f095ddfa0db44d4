"""The file that makes a folder a plandoc folder."""

from __future__ import annotations

import json

import pytest

from plandoc.errors import DamagedError, NewerFormatError
from plandoc.storage import documents, marker
from plandoc.storage.marker import Marker

CONTENT = (
    b'{\n  "format": 2,\n  "needs": "0.2.0",\n  "lineage": "L",\n  "serial": 41,\n  "next_event_id": 8,\n'
    b'  "line_digest": "5f1c"\n}\n'
)


def spoiled(**fields: object) -> bytes:
    return json.dumps({**json.loads(CONTENT), **fields}).encode()


def without(name: str) -> bytes:
    fields = json.loads(CONTENT)
    del fields[name]
    return json.dumps(fields).encode()


def test_a_marker_is_six_facts_each_on_its_line():
    assert marker.render(Marker("L", 41, 8, line_digest="5f1c")) == CONTENT
    assert marker.parse(CONTENT) == Marker("L", 41, 8, 2, "5f1c")


def test_a_new_marker_has_no_transaction_the_first_event_id_and_the_present_format():
    new = Marker("L")

    assert (new.store_id, new.serial, new.next_event_id, new.format) == ("L", 0, 1, documents.FORMAT)
    assert marker.parse(marker.render(new)) == new


def test_a_marker_is_of_an_older_format_only_below_the_present_one(monkeypatch):
    monkeypatch.setattr(documents, "FORMAT", 3)

    assert [Marker("L", format=number).is_of_older_format for number in (1, 2, 3)] == [True, True, False]
    assert Marker("L").format == 3
    assert marker.parse(CONTENT).format == 2, "as it stands in the file"
    assert json.loads(marker.render(marker.parse(CONTENT)))["format"] == 2


def test_a_marker_of_format_1_stays_one_that_the_first_plandoc_reads():
    old = b'{\n  "format": 1,\n  "lineage": "L",\n  "serial": 41,\n  "next_event_id": 8\n}\n'

    assert marker.render(marker.parse(old)) == old


WRONG = {
    "text as the serial": (spoiled(serial="41"), [("serial", "wanted a whole number, found '41'")]),
    "true as the serial": (spoiled(serial=True), [("serial", "wanted a whole number, found True")]),
    "a serial below 0": (spoiled(serial=-1), [("serial", "wanted a whole number of at least 0, found -1")]),
    "an event id of 0": (spoiled(next_event_id=0), [("next_event_id", "wanted a whole number of at least 1, found 0")]),
    "a broken event id": (spoiled(next_event_id=1.5), [("next_event_id", "wanted a whole number, found 1.5")]),
    "a number as the lineage": (spoiled(lineage=7), [("lineage", "wanted text, found 7")]),
    "no digest of the last line": (without("line_digest"), [("line_digest", "wanted text, found None")]),
    "no lineage": (without("lineage"), [("lineage", "wanted text, found None")]),
    "no serial": (without("serial"), [("serial", "wanted a whole number, found None")]),
    "no event id": (without("next_event_id"), [("next_event_id", "wanted a whole number, found None")]),
    "fields more": (spoiled(zeal=1, more=2), [("more", "unknown field"), ("zeal", "unknown field")]),
    "all at once": (
        spoiled(more=1, lineage=None, serial=-2, next_event_id=[]),
        [
            ("more", "unknown field"),
            ("lineage", "wanted text, found None"),
            ("next_event_id", "wanted a whole number, found []"),
            ("serial", "wanted a whole number of at least 0, found -2"),
        ],
    ),
}


@pytest.mark.parametrize(("content", "problems"), WRONG.values(), ids=WRONG.keys())
def test_everything_that_is_wrong_with_a_marker_is_told_at_once_by_field(content, problems):
    with pytest.raises(DamagedError) as refusal:
        marker.parse(content)

    assert refusal.value.path == "plandoc.json"
    assert [(problem.field, problem.message) for problem in refusal.value.problems] == problems
    assert {problem.file for problem in refusal.value.problems} == {"plandoc.json"}


def test_the_least_numbers_are_accepted():
    assert marker.parse(spoiled(serial=0, next_event_id=1)) == Marker("L", 0, 1, line_digest="5f1c")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (without("format"), "wanted a format number, found None"),
        (spoiled(format="1"), "wanted a format number, found '1'"),
        (spoiled(format=0), "wanted a format number, found 0"),
        (b"[]", "column 1: wanted one JSON object"),
        (b"", "the file is empty; a document never is"),
        (CONTENT + b"{}", "column 1: wanted the end of the file after the first JSON value"),
    ],
    ids=["no format", "text as the format", "format 0", "a list", "nothing", "more after it"],
)
def test_a_marker_that_is_none_is_refused_by_name(content, message):
    with pytest.raises(DamagedError) as refusal:
        marker.parse(content)

    (problem,) = refusal.value.problems
    assert (refusal.value.path, problem.file, problem.message) == ("plandoc.json", "plandoc.json", message)


def test_a_marker_of_a_newer_plandoc_is_refused_with_the_version_that_reads_it():
    with pytest.raises(NewerFormatError) as refusal:
        marker.parse(spoiled(format=3, needs="1.4", more="unknown here"))

    error = refusal.value
    assert (error.path, error.found, error.supported, error.needs) == ("plandoc.json", 3, documents.FORMAT, "1.4")


def test_what_to_say_of_a_marker_that_is_not_there_names_the_file_and_the_way_out():
    (problem,) = marker.missing()

    assert str(problem) == (
        "plandoc.json: the file is missing or unreadable; it identifies the folder "
        "(restore it from a backup: repair(folder, from_backup=backup))"
    )
