"""The form of a line in the journal, and which lines count."""

from __future__ import annotations

import datetime
import hashlib
import json

import orjson
import pytest
from recorder import CATALOG, LINEAGE, MOMENT

from plandoc.errors import DamagedError
from plandoc.storage import journal
from plandoc.storage.journal import Change, Line

NAME = "events/1.json"
WRITTEN = Change(CATALOG, "a" * 64, "{ö}\n".encode())
MADE = Change("events/2.json", None, b"{}\n")
REMOVED = Change(NAME, "b" * 64, None)
FIRST, SECOND, THIRD = Line(7, LINEAGE, (WRITTEN,)), Line(8, LINEAGE, (MADE, REMOVED)), Line(9, LINEAGE, ())


def render(line: Line) -> bytes:
    return journal.render(line, action="bake", timestamp=MOMENT)


def sealed(fields: object) -> bytes:
    """A line with the right checksum, whatever it holds."""
    body = json.dumps(fields, separators=(",", ":"))[:-1].encode()
    return body + b',"checksum":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def fields_of(line: Line) -> dict:
    fields = json.loads(render(line))
    del fields["checksum"]
    return fields


def test_a_line_is_one_json_object_that_says_what_was_done_when_and_to_what():
    content = render(SECOND)
    fields = json.loads(content)

    assert content.count(b"\n") == 1
    assert content.endswith(b"\n")
    assert list(fields) == ["serial", "lineage", "moment", "action", "documents", "checksum"]
    assert (fields["serial"], fields["lineage"], fields["action"]) == (8, LINEAGE, "bake")
    assert datetime.datetime.fromisoformat(fields["moment"]) == MOMENT
    assert fields["documents"] == [
        {"path": "events/2.json", "replaces": None, "content": "{}\n"},
        {"path": NAME, "replaces": "b" * 64, "content": None},
    ]
    assert fields["checksum"] == hashlib.sha256(content.partition(b',"checksum"')[0]).hexdigest()


def test_lines_read_back_as_they_were_written_with_the_end_of_the_last():
    content = render(FIRST) + render(SECOND) + render(THIRD)

    read = journal.parse(content)

    assert read.lines == (FIRST, SECOND, THIRD)
    assert (read.valid_size, read.last_bytes) == (len(content), content[-80:])


@pytest.mark.parametrize("room", [1, 2, 5000])
def test_the_room_behind_the_last_line_is_no_part_of_what_was_written(room):
    written = render(FIRST) + render(SECOND)

    assert journal.parse(written + b"\n" * room) == journal.parse(written)
    assert journal.parse(written + b"torn" + b"\n" * room).torn_size == len(b"torn\n")
    assert journal.parse(written + bytes(3) + b"\n" * room).torn_size == len(b"\0\0\0\n")


def test_room_alone_is_what_a_crash_left():
    assert journal.parse(b"\n" * 5) == journal.Content(torn_size=5)


def test_a_line_behind_room_was_not_written_by_plandoc():
    with pytest.raises(DamagedError, match=":2: this line is damaged, but good ones follow it"):
        journal.parse(render(FIRST) + b"\n" + render(SECOND))


def test_an_empty_journal_holds_nothing():
    assert journal.parse(b"") == journal.Content((), 0, b"")


@pytest.mark.parametrize("size", [1, 40, 79, 80, 81, len(render(SECOND)) - 2, len(render(SECOND)) - 1])
def test_a_last_line_that_is_cut_off_was_never_committed(size):
    whole = render(FIRST)

    read = journal.parse(whole + render(SECOND)[:size])

    assert read.lines == (FIRST,)
    assert (read.valid_size, read.last_bytes) == (len(whole), whole[-80:])


def test_several_bad_lines_at_the_end_were_never_committed_either():
    whole = render(FIRST)

    read = journal.parse(whole + b"torn\n\0\0\n" + render(SECOND)[:30])

    assert (read.lines, read.valid_size) == ((FIRST,), len(whole))


@pytest.mark.parametrize("at", [0, -80, -79, -3, -2], ids=lambda at: f"byte {at}")
def test_a_byte_that_is_not_what_was_written_and_makes_no_sense_makes_a_line_uncommitted(at):
    content = bytearray(render(SECOND))
    content[at] = 0

    assert journal.parse(bytes(content)).lines == ()


@pytest.mark.parametrize("of", [b"2026", b',"checksum'], ids=["its moment", "its checksum"])
def test_a_whole_line_that_does_not_match_its_checksum_was_changed_by_other_hands(of):
    content = bytearray(render(SECOND))
    content[content.index(of) + (3 if of == b"2026" else 14)] ^= 1

    with pytest.raises(DamagedError, match=r"journal\.jsonl:2: this line was changed by another program"):
        journal.parse(render(FIRST) + bytes(content))


@pytest.mark.parametrize(
    "edit",
    [
        lambda line: line.replace(b"\n", b"\r\n"),
        lambda line: orjson.dumps(orjson.loads(line), option=orjson.OPT_SORT_KEYS) + b"\n",
        lambda line: (
            orjson.dumps({name: value for name, value in orjson.loads(line).items() if name != "checksum"}) + b"\n"
        ),
    ],
    ids=["CRLF", "sorted keys", "no checksum"],
)
def test_a_line_that_another_program_has_written_anew_is_not_taken_for_one_that_was_never_committed(edit):
    with pytest.raises(DamagedError, match="changed by another program"):
        journal.parse(edit(render(FIRST)))


def test_a_bad_line_before_good_ones_is_damage_and_the_first_bad_one_is_named():
    with pytest.raises(DamagedError) as refusal:
        journal.parse(render(FIRST) + b"bad\n" + b"worse\n" + render(SECOND) + render(THIRD))

    (problem,) = refusal.value.problems
    assert refusal.value.path == "journal.jsonl"
    assert (problem.file, problem.line) == ("journal.jsonl", 2)
    assert problem.message == "this line is damaged, but good ones follow it"
    assert problem.hint == "keep a copy of the whole folder, then restore it from a backup"


def changed(**new: object) -> dict:
    return {**fields_of(FIRST), **new}


def with_change(**new: object) -> dict:
    fields = fields_of(FIRST)
    return {**fields, "documents": [*fields["documents"], {"path": NAME, "replaces": None, "content": "{}", **new}]}


def without(name: str) -> dict:
    fields = fields_of(FIRST)
    del fields[name]
    return fields


FOREIGN = {
    "a list": ["serial"],
    "a field more": changed(more=1),
    "no serial": without("serial"),
    "no moment": without("moment"),
    "a serial that is text": changed(serial="7"),
    "a serial that is true": changed(serial=True),
    "a lineage that is a number": changed(lineage=7),
    "documents by name": changed(documents={}),
    "a document that is text": changed(documents=["catalog.json"]),
    "a document with a field more": with_change(more=1),
    "a path that is a number": with_change(path=1),
    "a path that leads out": with_change(path="../catalog.json"),
    "a path that leads out below events": with_change(path="events/../catalog.json"),
    "an absolute path": with_change(path="/catalog.json"),
    "a path of another kind": with_change(path="events/1.txt"),
    "a path that goes on in a second line": with_change(path="events/1.json\n"),
    "a path below another folder": with_change(path="backups/1.json"),
    "a path in capitals": with_change(path="Catalog.json"),
    "a path that is too long": with_change(path="e" * 41 + ".json"),
    "replacing a number": with_change(replaces=1),
    "content that is a number": with_change(content=1),
    "a catalog that is removed": with_change(path="catalog.json", content=None),
}


@pytest.mark.parametrize("fields", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_line_that_plandoc_never_writes_is_refused_though_its_checksum_is_right(fields):
    with pytest.raises(DamagedError) as refusal:
        journal.parse(render(FIRST) + sealed(fields) + render(SECOND))

    (problem,) = refusal.value.problems
    assert problem.line == 2
    assert problem.message == "this line has the right checksum, but plandoc did not write it"


def test_a_line_that_is_no_json_is_refused_though_its_checksum_is_right():
    body = b'{"serial":'
    line = body + b',"checksum":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'

    with pytest.raises(DamagedError, match="plandoc did not write it"):
        journal.parse(line)


def test_the_same_fields_in_another_order_are_a_line():
    fields = with_change(path="events/" + "9" * 15 + ".json", replaces="c" * 64)

    (line,) = journal.parse(sealed(dict(reversed(fields.items())))).lines

    assert line.changes == (WRITTEN, Change("events/" + "9" * 15 + ".json", "c" * 64, b"{}"))


def test_what_was_done_to_a_document_is_known_in_order():
    back = Change(NAME, None, b"{again}\n")
    lines = [FIRST, SECOND, Line(9, LINEAGE, (back,))]

    assert journal.versions(lines) == {CATALOG: (WRITTEN,), "events/2.json": (MADE,), NAME: (REMOVED, back)}


def test_lines_belong_together_when_each_is_one_more_than_the_one_before():
    journal.check_belongs([FIRST, SECOND, THIRD], store_id=LINEAGE, after_serial=6)

    with pytest.raises(DamagedError) as refusal:
        journal.check_belongs([FIRST, THIRD], store_id=LINEAGE, after_serial=6)

    (problem,) = refusal.value.problems
    assert problem.line == 2
    assert (
        problem.message
        == "wanted transaction 8, found 9: plandoc.json and the journal are not of the same version of the folder"
    )


def test_a_line_of_another_folder_is_named():
    foreign = Line(8, "M", (WRITTEN,))

    with pytest.raises(DamagedError) as refusal:
        journal.check_belongs([FIRST, foreign], store_id=LINEAGE, after_serial=6)

    (problem,) = refusal.value.problems
    assert (problem.file, problem.line) == ("journal.jsonl", 2)
    assert problem.message == "the journal belongs to another folder (M), not to this one (L)"
