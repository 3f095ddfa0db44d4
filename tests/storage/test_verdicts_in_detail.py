"""What becomes of a document after a crash, judged by its file and by what the journal says of it."""

from __future__ import annotations

import attrs
import pytest
from recorder import CATALOG, LINEAGE, MOMENT, marker_with

from plandoc.errors import DamagedError
from plandoc.storage import documents, journal, marker, recovery
from plandoc.storage.recovery import FileStatus

NAME = "events/1.json"
OLD, OLDER, MIDDLE, NEW = b'{"old": 1}\n', b'{"third": 2}\n', b'{"middle": 22}\n', b'{"new": 333}\n'


def change(before: bytes | None, after: bytes | None, name: str = NAME) -> journal.Change:
    return journal.Change(name, None if before is None else documents.digest(before), after)


WRITTEN_TWICE = [change(OLD, MIDDLE), change(MIDDLE, NEW)]
WRITTEN_THRICE = [change(OLD, OLDER), change(OLDER, MIDDLE), change(MIDDLE, NEW)]
REMOVED = [change(OLD, MIDDLE), change(MIDDLE, None)]
REMOVED_AND_BACK = [change(OLD, None), change(None, NEW)]


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (NEW, FileStatus.UP_TO_DATE),
        (NEW + b"\n ", FileStatus.UP_TO_DATE),
        (NEW.rstrip(), FileStatus.STALE),
        (MIDDLE, FileStatus.STALE),
        (NEW[:5], FileStatus.STALE),
        (MIDDLE[:5], FileStatus.STALE),
        (b"\0" * len(NEW), FileStatus.STALE),
        (NEW[:4] + b"\0\0", FileStatus.STALE),
        (OLDER, FileStatus.DOUBTFUL),
        (OLD, FileStatus.DOUBTFUL),
        (None, FileStatus.DOUBTFUL),
        (b"", FileStatus.DOUBTFUL),
        (b" \n", FileStatus.DOUBTFUL),
        (NEW[:4] + b"\0\0" + NEW[6:], FileStatus.DOUBTFUL),
        ('{"mine": 4}'.encode("utf-16"), FileStatus.DOUBTFUL),
        (b'{"mine": 4}\n', FileStatus.DIVERGED),
        (OLD[:5], FileStatus.DIVERGED),
    ],
    ids=[
        "the last version",
        "the last with white space behind it",
        "the last without its newline",
        "the version before the last",
        "the last cut off",
        "one between cut off",
        "only NUL bytes",
        "NUL bytes behind a beginning",
        "an older version",
        "the version before all",
        "gone, though it was there before",
        "empty",
        "blank",
        "a hole",
        "saved as UTF-16 by an editor",
        "edited",
        "a beginning of what the journal never held",
    ],
)
def test_a_file_is_replaced_without_a_word_only_where_nobody_but_a_crash_leaves_it(file, status):
    assert recovery.classify(file, WRITTEN_THRICE) is status


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (None, FileStatus.UP_TO_DATE),
        (MIDDLE, FileStatus.STALE),
        (MIDDLE[:5], FileStatus.STALE),
        (b"\0\0\0", FileStatus.STALE),
        (OLD, FileStatus.DOUBTFUL),
        (b"", FileStatus.DOUBTFUL),
        (b'{"mine": 4}\n', FileStatus.DIVERGED),
    ],
    ids=["gone", "the one removed", "a beginning of it", "only NUL bytes", "before all", "empty", "edited"],
)
def test_a_document_that_was_removed_must_be_gone_unless_somebody_put_something_there(file, status):
    assert recovery.classify(file, REMOVED) is status


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (None, FileStatus.STALE),
        (OLD, FileStatus.DOUBTFUL),
        (NEW, FileStatus.UP_TO_DATE),
        (b"{}", FileStatus.DIVERGED),
    ],
    ids=["gone", "before all", "the last version", "edited"],
)
def test_a_document_that_was_removed_and_made_again_is_compared_with_its_last_version(file, status):
    assert recovery.classify(file, REMOVED_AND_BACK) is status


def test_a_file_that_was_first_made_in_the_journal_may_be_gone_by_a_crash():
    assert recovery.classify(None, [change(None, OLD), change(OLD, NEW)]) is FileStatus.STALE
    assert recovery.classify(None, [change(None, OLD), change(OLD, NEW), change(NEW, None)]) is FileStatus.UP_TO_DATE
    assert recovery.classify(None, WRITTEN_TWICE) is FileStatus.DOUBTFUL


def line(serial: int, *changes: journal.Change) -> journal.Line:
    return journal.Line(serial, LINEAGE, changes)


def journal_of(*lines: journal.Line) -> bytes:
    return b"".join(journal.render(each, action="change", timestamp=MOMENT) for each in lines)


def marker_change(next_event_id: int, serial: int = 0) -> journal.Change:
    return journal.Change(marker.NAME, None, marker_with(next_event_id, serial))


def test_a_journal_whose_lines_are_not_folded_in_is_what_the_documents_may_lack():
    first, second = line(4, change(None, OLD)), line(5, change(OLD, NEW), change(None, MIDDLE, CATALOG))
    content = journal_of(first, second)

    state = recovery.interpret(content + b'{"serial":6,', marker_with(2, serial=3))

    assert (state.serial, state.lines, state.already_checkpointed) == (5, (first, second), False)
    assert state.changes == {NAME: (*first.changes, second.changes[0]), CATALOG: second.changes[1:]}
    assert (state.valid_size, state.last_bytes) == (len(content), content[-journal.LAST_BYTES_SIZE :])
    assert state.torn_size == len(b'{"serial":6,')
    assert state.marker == marker.Marker(LINEAGE, 3, 2)


@pytest.mark.parametrize("marker_serial", [5, 6], ids=["just folded in", "folded in before"])
def test_a_journal_that_a_checkpoint_folded_in_changes_nothing_any_more(marker_serial):
    content = journal_of(line(4, change(None, OLD)), line(5, change(OLD, NEW)))

    state = recovery.interpret(content + b"torn", marker_with(2, marker_serial))

    assert (state.serial, state.lines, state.changes, state.already_checkpointed) == (marker_serial, (), {}, True)
    assert (state.valid_size, state.last_bytes, state.torn_size) == (0, b"", 4)


def test_lines_that_have_come_since_go_on_from_a_state_as_if_all_were_read_at_once():
    first, second = line(4, change(None, OLD)), line(5, change(OLD, NEW), marker_change(3, serial=3))
    third = line(6, change(NEW, None), change(None, MIDDLE, CATALOG))
    before, fresh = journal_of(first), journal_of(second, third) + b"torn"

    state = recovery.extended(recovery.interpret(before, marker_with(2, 3)), journal.parse(fresh, first=2))

    assert state == recovery.interpret(before + fresh, marker_with(2, 3))
    assert state.changed_since(4) == {NAME, marker.NAME, CATALOG}
    assert state.changed_since(6) == frozenset()
    assert state.changed_since(2) is None, "what a checkpoint has folded in is not known"
    assert state.changed_since(7) is None
    assert (state.made_or_removed_since(5), state.made_or_removed_since(6)) == (True, False)


def test_lines_that_have_come_since_must_follow_those_that_were_known():
    state = recovery.interpret(journal_of(line(4, change(None, OLD))), marker_with(2, 3))

    with pytest.raises(DamagedError, match=r"journal\.jsonl:2: wanted transaction 5, found 6"):
        recovery.extended(state, journal.parse(journal_of(line(6, change(OLD, NEW))), first=2))


def test_the_line_of_the_last_transaction_is_known_by_its_checksum_also_after_a_checkpoint():
    content = journal_of(line(4, change(None, OLD)))
    digest = recovery.interpret(content, marker_with(2, 3)).line_digest
    folded = marker.Marker(LINEAGE, 4, 2, 2, digest)

    assert f'"checksum":"{digest}"'.encode() in content
    assert recovery.interpret(b"", marker_with(2, 3)).line_digest == ""
    assert attrs.evolve(folded).line_digest == digest


@pytest.mark.parametrize(
    "content",
    [b"mine", documents.render(NAME, "another", {}, {}), documents.render(CATALOG, LINEAGE, {}, {})],
    ids=["no JSON", "of another folder", "of another name"],
)
def test_a_content_that_is_not_a_document_of_this_folder_is_refused_before_it_is_put_in_place(content):
    with pytest.raises(DamagedError):
        recovery.check_understood(NAME, content, LINEAGE)


def test_an_empty_journal_says_nothing_beyond_the_marker():
    state = recovery.interpret(b"", marker_with(7, serial=9))

    assert (state.serial, state.lines, state.changes, state.already_checkpointed) == (9, (), {}, False)
    assert (state.valid_size, state.last_bytes, state.torn_size) == (0, b"", 0)
    assert state.marker == marker.Marker(LINEAGE, 9, 7)


@pytest.mark.parametrize("serials", [(4, 6), (5, 4), (4, 4)], ids=["a gap", "backwards", "doubled"])
def test_a_folded_in_journal_must_be_of_one_piece_too(serials):
    content = journal_of(*(line(serial, change(None, OLD)) for serial in serials))

    with pytest.raises(DamagedError, match=r"journal\.jsonl:2: wanted transaction"):
        recovery.interpret(content, marker_with(2, serial=8))


@pytest.mark.parametrize("serial", [0, 8], ids=["not folded in", "folded in"])
def test_a_journal_of_another_folder_is_refused_whether_it_is_folded_in_or_not(serial):
    content = journal_of(journal.Line(1, "another", (change(None, OLD),)))

    with pytest.raises(DamagedError, match=r"belongs to another folder \(another\), not to this one \(L\)"):
        recovery.interpret(content, marker_with(2, serial))


def test_transactions_that_are_missing_between_marker_and_journal_are_told():
    with pytest.raises(DamagedError, match="wanted transaction 3, found 4") as refusal:
        recovery.interpret(journal_of(line(4, change(None, OLD))), marker_with(2, serial=2))

    (problem,) = refusal.value.problems
    assert (problem.file, problem.line) == (journal.NAME, 1)
    assert "not of the same version" in problem.message
    assert "backup" in problem.hint


def test_the_marker_of_the_last_line_that_has_one_counts_before_a_checkpoint():
    content = journal_of(line(1, marker_change(2)), line(2, marker_change(3)), line(3, change(None, OLD)))

    assert recovery.interpret(journal_of(line(1, marker_change(2))), marker_with(1)).marker.next_event_id == 2
    assert recovery.interpret(content, marker_with(1)).marker.next_event_id == 3
    assert recovery.interpret(content, b"").marker.next_event_id == 3
    assert recovery.interpret(content, None).marker.next_event_id == 3


@pytest.mark.parametrize("serial", [2, 3], ids=["of this journal", "of a later one"])
def test_a_marker_that_a_checkpoint_wrote_counts_before_those_of_the_journal(serial):
    content = journal_of(line(1, change(None, OLD)), line(2, marker_change(2)))

    state = recovery.interpret(content, marker_with(5, serial))

    assert state.marker == marker.Marker(LINEAGE, serial, 5)
    assert state.already_checkpointed


def test_a_marker_counts_where_no_line_of_the_journal_changed_it():
    content = journal_of(line(1, change(None, OLD)))

    assert recovery.interpret(content, marker_with(5)).marker.next_event_id == 5


@pytest.mark.parametrize("content", [None, b"", b"{"], ids=["missing", "empty", "cut off"])
def test_a_marker_that_is_gone_and_in_no_line_is_an_error_that_says_the_way_out(content):
    with pytest.raises(DamagedError) as refusal:
        recovery.interpret(journal_of(line(1, change(None, OLD))), content)

    (problem,) = refusal.value.problems
    assert refusal.value.path == marker.NAME
    assert problem.file == marker.NAME
    assert "backup" in problem.hint


def test_a_marker_that_is_missing_is_said_to_be_and_what_it_is_for():
    with pytest.raises(DamagedError) as refusal:
        recovery.interpret(b"", None)

    assert str(refusal.value) == (
        "plandoc.json: the file is missing or unreadable; it identifies the folder "
        "(restore it from a backup: repair(folder, from_backup=backup))"
    )
