"""The journal as a file: what an append, a cut and a look do, and what they say when they fail."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from recorder import MOMENT, SYNCS, Fault, FaultyFiles

from plandoc.errors import Outcome, StorageError
from plandoc.storage import journal
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.journal_file import LEAST_PADDING_SIZE, JournalFile, Position

START = Position(0, b"", 4)
PADDING = b"\n" * LEAST_PADDING_SIZE
WHOLE = "an earlier transaction could not be made durable; close this store and open the folder again"


def line(serial: int) -> bytes:
    return journal.render(journal.Line(serial, "L", ()), action="change", timestamp=MOMENT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def opened(path: Path, files: Files | None = None) -> JournalFile:
    layer = files or Files()
    made = JournalFile(DocumentFiles(path.parent, layer), layer)
    made.reopen_if_replaced()
    return made


def test_an_appended_line_stands_behind_the_others_and_its_end_is_known(path):
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


def test_a_line_for_which_no_room_could_be_made_does_not_stand_there_whole(path):
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


def test_a_line_that_others_write_into_the_room_is_noticed_from_its_first_byte_on(path):
    log = opened(path)
    second = log.append(line(6), after=log.append(line(5), after=START))

    with path.open("rb+") as other:
        other.seek(second.size)
        other.write(b"{")

    assert not log.ends_at(second)
    log.close()


def test_the_end_of_a_journal_is_known_by_its_last_bytes_and_the_one_behind_them(path):
    log = opened(path)
    first = log.append(line(5), after=START)
    second = log.append(line(6), after=first)

    assert log.ends_at(second)
    assert not log.ends_at(first)
    assert not log.ends_at(Position(second.size, line(7)[-80:], 6)), "as long as another, but another"
    assert not log.ends_at(Position(second.size + 1, second.last_bytes, 6))
    log.close()


def test_a_journal_that_is_shorter_than_a_line_ends_where_it_ends(path):
    path.write_bytes(b"torn")
    log = opened(path)

    assert log.ends_at(Position(4, b"torn", 0))
    assert not log.ends_at(Position(4, b"orn", 0))
    log.close()


def test_a_journal_is_read_whole_wherever_the_last_append_was(path):
    log = opened(path)
    first = log.append(line(5), after=START)
    log.append(line(6), after=first)

    assert [log.read(), log.read()] == [line(5) + line(6) + PADDING] * 2
    log.close()


def test_a_journal_is_opened_once_and_again_only_when_another_file_stands_in_its_place(path):
    layer = Files()
    log = JournalFile(DocumentFiles(path.parent, layer), layer)

    assert log.reopen_if_replaced()
    assert not log.reopen_if_replaced()
    path.unlink()
    path.write_bytes(b"another")
    assert log.reopen_if_replaced()
    assert log.read() == b"another"
    assert not log.reopen_if_replaced()
    log.close()
    assert log.reopen_if_replaced(), "after it was closed"
    log.close()


def test_opening_a_journal_makes_it_where_there_is_none_and_keeps_what_is_there(path):
    opened(path).close()
    assert path.read_bytes() == b""

    path.write_bytes(b"kept")
    opened(path).close()
    assert path.read_bytes() == b"kept"


def test_the_name_of_a_journal_is_made_durable_once_after_each_opening(path):
    files = FaultyFiles(SYNCS)
    log = opened(path, files)

    log.sync()
    log.sync()
    log.close()
    log.reopen_if_replaced()
    log.sync()

    assert files.operations == ["sync_folder", "sync_data", "sync_data", "sync_folder", "sync_data"]
    log.close()


def test_the_folder_is_made_durable_before_an_opened_journal_is_changed_for_the_first_time(path):
    path.write_bytes(line(5) + b"torn")
    for act in (
        lambda log: log.append(line(6), after=Position(len(line(5)), line(5)[-80:], 5)),
        lambda log: log.cut(len(line(5))),
        lambda log: log.rewrite(line(5)),
        lambda log: log.sync(),
    ):
        files = FaultyFiles(("write_at", "truncate", "create", "replace", *SYNCS))
        log = opened(path, files)

        act(log)

        assert files.operations[0] == "sync_folder"
        log.close()


def test_a_name_that_could_not_be_made_durable_is_not_taken_for_durable(path):
    files = FaultyFiles(SYNCS)
    log = opened(path, files)
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(OSError):
        log.sync()
    files.arm(None)
    log.sync()

    assert files.operations == ["sync_folder", "sync_data"]
    log.close()


def test_a_journal_written_anew_is_another_file_durable_with_its_name_and_open(path):
    path.write_bytes(b"old and longer")
    before = path.stat().st_ino
    files = FaultyFiles(SYNCS)
    log = opened(path, files)

    with path.open("rb"):
        log.rewrite(line(5))
    written = list(files.operations)
    log.append(line(6), after=Position(len(line(5)), b"", 5))

    assert path.stat().st_ino != before
    assert path.read_bytes() == line(5) + line(6) + PADDING
    assert written == ["sync_folder", "sync_data", "sync_file", "sync_folder"]
    assert files.operations[4:] == ["sync_data"], "its name is on the disk already"
    assert not log.reopen_if_replaced()
    log.close()


def test_what_is_cut_off_is_gone_durably(path):
    path.write_bytes(b"0123456789")
    files = FaultyFiles(SYNCS)
    log = opened(path, files)

    log.cut(4)
    first = path.read_bytes(), list(files.operations)
    log.cut(0)

    assert first == (b"0123", ["sync_folder", "sync_data"])
    assert path.read_bytes() == b""
    log.close()


def test_a_closed_journal_says_that_it_is_not_open_and_may_be_closed_again(path):
    log = opened(path)
    log.close()
    log.close()

    with pytest.raises(StorageError) as refusal:
        log.read()

    assert str(refusal.value) == f"{path}: the journal is not open: not saved; the folder is as it was before"
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
    assert "the journal could not be written: no space left on device" in str(refusal.value)
    assert log.failed is None
    log.close()


def test_a_line_that_can_neither_be_written_nor_taken_back_stops_the_store(path):
    files = FaultyFiles(("write_at", "truncate"))
    log = opened(path, files)
    files.arm(Fault(0, "half", errno.EIO, lasting=True))

    with pytest.raises(StorageError) as refusal:
        log.append(line(5), after=START)

    assert files.operations == ["write_at", "truncate"]
    assert refusal.value.outcome is Outcome.NOT_SAVED
    assert log.failed == "an earlier transaction was cut off; close this store and open the folder again"
    log.close()


def test_a_folder_that_could_not_be_made_durable_stops_the_store_before_anything_is_written(path):
    path.write_bytes(line(4))
    files = FaultyFiles(SYNCS)
    log = opened(path, files)
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(StorageError) as refusal:
        log.append(line(5), after=Position(len(line(4)), line(4)[-80:], 4))

    assert path.read_bytes() == line(4)
    assert (refusal.value.outcome, refusal.value.errno) == (Outcome.NOT_SAVED, errno.EIO)
    assert refusal.value.path == str(path.parent)
    assert log.failed is not None
    log.close()


def test_a_line_that_could_not_be_made_durable_is_taken_back_and_nobody_knows_what_the_disk_has(path):
    files = FaultyFiles(("sync_data",))
    log = opened(path, files)
    files.arm(Fault(1, "before", errno.EIO))

    with pytest.raises(StorageError) as refusal:
        log.append(line(5), after=START)

    assert path.read_bytes() == b""
    assert (refusal.value.outcome, refusal.value.errno) == (Outcome.UNKNOWN, errno.EIO)
    assert refusal.value.path == str(path)
    assert "the journal could not be made durable: input/output error" in str(refusal.value)
    assert log.failed == WHOLE
    log.close()


def test_a_journal_that_could_not_be_synced_stops_the_store(path):
    files = FaultyFiles(("sync_data",))
    log = opened(path, files)
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(OSError):
        log.cut(0)

    assert log.failed == "the journal could not be made durable; close this store and open the folder again"
    log.close()
