"""The journal: the form of its lines and which of them count, and what an append, a cut and a look do to its file."""

from __future__ import annotations

import datetime
import errno
import hashlib
import json
from pathlib import Path

import orjson
import pytest
from recorder import CATALOG, LINEAGE, MOMENT, SYNCS, Fault, FaultyFiles

from plandoc.errors import DamagedError, Outcome, StorageError
from plandoc.storage import journal
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.journal import Change, Line
from plandoc.storage.journal_file import LEAST_PADDING_SIZE, JournalFile, Position

NAME = "events/1.json"
WRITTEN = Change(CATALOG, "a" * 64, "{ö}\n".encode())
MADE = Change("events/2.json", None, b"{}\n")
REMOVED = Change(NAME, "b" * 64, None)
FIRST, SECOND, THIRD = Line(7, LINEAGE, (WRITTEN,)), Line(8, LINEAGE, (MADE, REMOVED)), Line(9, LINEAGE, ())

START = Position(0, b"", 4)
PADDING = b"\n" * LEAST_PADDING_SIZE


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
def test_the_room_behind_the_last_line_is_not_part_of_what_was_written(room):
    written = render(FIRST) + render(SECOND)

    assert journal.parse(written + b"\n" * room) == journal.parse(written)
    assert journal.parse(written + b"torn" + b"\n" * room).torn_size == len(b"torn\n")
    assert journal.parse(written + bytes(3) + b"\n" * room).torn_size == len(b"\0\0\0\n")


def test_room_alone_is_what_a_crash_left_and_an_empty_journal_holds_nothing():
    assert journal.parse(b"") == journal.Content((), 0, b"")
    assert journal.parse(b"\n" * 5) == journal.Content(torn_size=5)


def test_a_line_behind_room_was_not_written_by_plandoc():
    with pytest.raises(DamagedError, match=":2: this line is damaged, but good ones follow it"):
        journal.parse(render(FIRST) + b"\n" + render(SECOND))


CUT_OFF = [render(SECOND)[:size] for size in (1, 40, 79, 80, 81, -2, -1)]


@pytest.mark.parametrize("left", [*CUT_OFF, b"torn\n\0\0\n" + CUT_OFF[1]])
def test_a_last_line_that_is_cut_off_or_several_bad_ones_were_never_committed(left):
    whole = render(FIRST)

    read = journal.parse(whole + left)

    assert read.lines == (FIRST,)
    assert (read.valid_size, read.last_bytes) == (len(whole), whole[-80:])


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
    assert "good ones follow" in problem.message
    assert "backup" in problem.hint


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
    "a moment that is a number": changed(moment=7),
    "an action that is a number": changed(action=7),
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
    "a document twice": with_change(path=CATALOG),
    "replacing a number": with_change(replaces=1),
    "replacing what is no digest": with_change(replaces="c" * 63),
    "content that is a number": with_change(content=1),
    "a marker that is removed": with_change(path="plandoc.json", content=None),
}


@pytest.mark.parametrize("fields", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_line_that_plandoc_never_writes_is_refused_though_its_checksum_is_right(fields):
    with pytest.raises(DamagedError) as refusal:
        journal.parse(render(FIRST) + sealed(fields) + render(SECOND))

    (problem,) = refusal.value.problems
    assert problem.line == 2
    assert "right checksum" in problem.message


def test_a_line_that_is_not_json_is_refused_though_its_checksum_is_right():
    body = b'{"serial":'
    line = body + b',"checksum":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'

    with pytest.raises(DamagedError, match="right checksum"):
        journal.parse(line)


def test_the_same_fields_in_another_order_are_a_line():
    fields = with_change(path="events/" + "9" * 15 + ".json", replaces="c" * 64)

    (line,) = journal.parse(sealed(dict(reversed(fields.items())))).lines

    assert line.changes == (WRITTEN, Change("events/" + "9" * 15 + ".json", "c" * 64, b"{}"))


def test_what_was_done_to_a_document_is_known_in_order():
    back = Change(NAME, None, b"{again}\n")
    lines = [FIRST, SECOND, Line(9, LINEAGE, (back,))]

    assert journal.versions(lines) == {CATALOG: (WRITTEN,), "events/2.json": (MADE,), NAME: (REMOVED, back)}


def line(serial: int) -> bytes:
    return render(Line(serial, LINEAGE, ()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def opened(path: Path, files: Files | None = None) -> JournalFile:
    layer = files or Files()
    made = JournalFile(DocumentFiles(path.parent, layer), layer)
    made.reopen_if_replaced()
    return made


def test_an_appended_line_follows_the_others_and_its_end_is_known(path):
    log = opened(path)

    first = log.append(line(5), after=START)
    alone = path.read_bytes()
    second = log.append(line(6), after=first)

    assert alone == line(5)
    assert path.read_bytes() == line(5) + line(6) + PADDING
    assert first == Position(len(line(5)), line(5)[-80:], 5)
    assert second == Position(len(line(5) + line(6)), line(6)[-80:], 6)
    assert log.failed is None
    log.close()


def test_lines_are_written_into_the_room_behind_the_last_one_until_there_is_none_left(path):
    log = opened(path)
    end = log.append(line(5), after=START)
    sizes, serial = [], 5
    while len(set(sizes)) < 4:
        serial += 1
        end = log.append(line(serial), after=end)
        sizes.append(path.stat().st_size)

    content = path.read_bytes()
    assert content.rstrip() + b"\n" == b"".join(line(number) for number in range(5, serial + 1))
    first, second, third, fourth = sorted(set(sizes))
    assert first == len(line(5) + line(6)) + LEAST_PADDING_SIZE
    assert 1.95 < second / first < 2.05
    assert 1.95 < third / second < 2.05
    assert fourth - end.size == end.size - len(line(serial)), "as much again as there was"
    assert sizes.count(second) > 300, "most lines make the file no longer"
    log.close()


def test_a_line_for_which_no_room_could_be_made_is_not_left_there_whole(path):
    files = FaultyFiles(("write_at", "truncate"))
    log = opened(path, files)
    first = log.append(line(5), after=START)
    files.arm(Fault(0, "half", errno.ENOSPC, lasting=True))

    with pytest.raises(StorageError) as refusal:
        log.append(line(6), after=first)

    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert journal.parse(path.read_bytes()) == journal.parse(line(5))
    log.close()


def test_a_line_that_just_fits_into_the_room_makes_the_file_no_longer(path):
    path.write_bytes(line(5) + b"\n" * len(line(6)))
    log = opened(path)

    log.append(line(6), after=Position(len(line(5)), line(5)[-80:], 5))

    assert path.read_bytes() == line(5) + line(6)
    log.close()


def test_the_end_of_a_journal_is_known_by_its_last_bytes_and_the_one_behind_them(path):
    log = opened(path)
    first = log.append(line(5), after=START)
    second = log.append(line(6), after=first)

    assert log.ends_at(second)
    assert not log.ends_at(first)
    assert not log.ends_at(Position(second.size, line(7)[-80:], 6)), "as long as another, but another"
    assert not log.ends_at(Position(second.size + 1, second.last_bytes, 6))
    with path.open("rb+") as other:
        other.seek(second.size)
        other.write(b"{")
    assert not log.ends_at(second), "others write into the room"
    log.close()


def test_a_journal_that_is_shorter_than_a_line_ends_where_it_ends(path):
    path.write_bytes(b"torn")
    log = opened(path)

    assert log.ends_at(Position(4, b"torn", 0))
    assert not log.ends_at(Position(4, b"orn", 0))
    log.close()


def test_a_journal_is_opened_once_and_again_only_when_another_file_has_replaced_it(path):
    layer = Files()
    log = JournalFile(DocumentFiles(path.parent, layer), layer)

    assert log.reopen_if_replaced()
    assert path.read_bytes() == b"", "it was made"
    assert not log.reopen_if_replaced()
    path.unlink()
    path.write_bytes(b"another")
    assert log.reopen_if_replaced()
    assert log.read() == b"another"
    assert not log.reopen_if_replaced()
    log.close()
    assert log.reopen_if_replaced(), "after it was closed"
    log.close()


def test_a_name_that_could_not_be_made_durable_is_not_taken_for_durable(path):
    files = FaultyFiles(SYNCS)
    log = opened(path, files)
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(OSError):
        log.sync()
    files.arm(None)
    log.sync()

    # The name of the folder, and those in it.
    assert files.operations == ["sync_folder", "sync_folder", "sync_data"]
    log.close()


def test_a_journal_written_anew_is_another_file_and_open_for_the_next_line(path):
    path.write_bytes(b"old and longer")
    before = path.stat().st_ino
    log = opened(path)

    with path.open("rb"):
        log.rewrite(line(5))
    log.append(line(6), after=Position(len(line(5)), b"", 5))

    assert path.stat().st_ino != before
    assert path.read_bytes() == line(5) + line(6) + PADDING
    assert not log.reopen_if_replaced()
    log.close()


def test_a_closed_journal_says_that_it_is_not_open_and_may_be_closed_again(path):
    log = opened(path)
    log.close()
    log.close()

    with pytest.raises(StorageError) as refusal:
        log.read()

    assert (refusal.value.path, refusal.value.outcome) == (str(path), Outcome.NOT_SAVED)


@pytest.mark.parametrize("moment", ["before", "half", "after"])
def test_a_line_that_could_not_be_written_is_taken_back_and_the_store_goes_on(path, moment):
    files = FaultyFiles(("write_at",))
    log = opened(path, files)
    first = log.append(line(5), after=START)
    files.arm(Fault(0, moment, errno.ENOSPC))

    with pytest.raises(StorageError) as refusal:
        log.append(line(6), after=first)

    assert path.read_bytes() == line(5)
    assert (refusal.value.outcome, refusal.value.errno) == (Outcome.NOT_SAVED, errno.ENOSPC)
    assert refusal.value.path == str(path)
    assert log.failed is None
    log.close()


@pytest.mark.parametrize("written", ["half", "whole"])
def test_a_line_that_can_neither_be_written_nor_taken_back_stops_the_store_and_nobody_says_that_it_is_not_saved(
    path, written
):
    size = len(line(5)) // 2 if written == "half" else len(line(5))

    class Stuck(Files):
        def write_at(self, handle, offset, content):
            super().write_at(handle, offset, content[:size])
            raise OSError(errno.EIO, "input/output error")

        def truncate(self, handle, size):
            raise OSError(errno.EIO, "input/output error")

    log = opened(path, Stuck())

    with pytest.raises(StorageError) as refusal:
        log.append(line(5), after=START)

    assert path.read_bytes() == line(5)[:size]
    assert refusal.value.outcome is Outcome.UNKNOWN
    assert "open the folder again" in log.failed
    log.close()


def test_padding_that_cannot_be_written_saves_nothing_even_if_it_cannot_be_cut_off(path):
    files = FaultyFiles(("write_at", "truncate"))
    log = opened(path, files)
    end = log.append(line(5), after=START)
    files.arm(Fault(0, "half", errno.EIO, lasting=True))

    with pytest.raises(StorageError) as refusal:
        log.append(line(6), after=end)

    assert files.operations == ["write_at", "truncate"]
    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert path.read_bytes().rstrip() == line(5).rstrip()
    log.close()


def test_a_folder_that_could_not_be_made_durable_stops_the_store_before_anything_is_written(path):
    path.write_bytes(line(4))
    files = FaultyFiles(SYNCS)
    log = opened(path, files)
    files.arm(Fault(1, "before", errno.EIO))

    with pytest.raises(StorageError) as refusal:
        log.append(line(5), after=Position(len(line(4)), line(4)[-80:], 4))

    assert path.read_bytes() == line(4)
    assert (refusal.value.outcome, refusal.value.errno) == (Outcome.NOT_SAVED, errno.EIO)
    assert refusal.value.path == str(path.parent)
    assert log.failed is not None
    log.close()


def test_a_journal_that_could_not_be_synced_stops_the_store(path):
    files = FaultyFiles(("sync_data",))
    log = opened(path, files)
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(OSError):
        log.cut(0)

    assert "open the folder again" in log.failed
    log.close()
