"""What becomes of a document after a crash, judged by its file and by what the journal says of it."""

from __future__ import annotations

import pytest
from recorder import CATALOG, LINEAGE, MOMENT, marker_with

from plandoc.errors import DamagedError
from plandoc.storage import documents, journal, marker, recovery
from plandoc.storage.recovery import Verdict

NAME = "events/1.json"
OLD, MIDDLE, NEW = b'{"old": 1}\n', b'{"middle": 22}\n', b'{"new": 333}\n'


def change(before: bytes | None, after: bytes | None, name: str = NAME) -> journal.Change:
    return journal.Change(name, None if before is None else documents.digest(before), after)


WRITTEN_TWICE = [change(OLD, MIDDLE), change(MIDDLE, NEW)]
REMOVED = [change(OLD, MIDDLE), change(MIDDLE, None)]
REMOVED_AND_BACK = [change(OLD, None), change(None, NEW)]


@pytest.mark.parametrize(
    ("file", "verdict"),
    [
        (NEW, Verdict.CURRENT),
        (NEW.rstrip(), Verdict.CURRENT),
        (OLD, Verdict.OUTDATED),
        (MIDDLE, Verdict.OUTDATED),
        (None, Verdict.OUTDATED),
        (b"", Verdict.OUTDATED),
        (NEW[:5], Verdict.OUTDATED),
        (MIDDLE[:5], Verdict.OUTDATED),
        (b"\0" * len(NEW), Verdict.OUTDATED),
        (NEW[:4] + b"\0\0" + NEW[6:], Verdict.OUTDATED),
        (b'{"mine": 4}\n', Verdict.EDITED),
        (OLD[:5], Verdict.EDITED),
    ],
    ids=[
        "the last version",
        "the last without its newline",
        "the version before all",
        "a version between",
        "gone",
        "empty",
        "the last cut off",
        "one between cut off",
        "only NUL bytes",
        "a hole",
        "edited",
        "a beginning of what the journal never held",
    ],
)
def test_a_document_that_was_written_is_outdated_unless_it_is_the_last_version_or_somebody_elses(file, verdict):
    assert recovery.judge(file, WRITTEN_TWICE) is verdict


@pytest.mark.parametrize(
    ("file", "verdict"),
    [
        (None, Verdict.CURRENT),
        (OLD, Verdict.OUTDATED),
        (MIDDLE, Verdict.OUTDATED),
        (MIDDLE[:5], Verdict.OUTDATED),
        (b"", Verdict.OUTDATED),
        (b"\0\0\0", Verdict.OUTDATED),
        (b'{"mine": 4}\n', Verdict.EDITED),
    ],
    ids=["gone", "before all", "between", "between cut off", "empty", "only NUL bytes", "edited"],
)
def test_a_document_that_was_removed_must_be_gone_unless_somebody_put_something_there(file, verdict):
    assert recovery.judge(file, REMOVED) is verdict


@pytest.mark.parametrize(
    ("file", "verdict"),
    [(None, Verdict.OUTDATED), (OLD, Verdict.OUTDATED), (NEW, Verdict.CURRENT), (b"{}", Verdict.EDITED)],
    ids=["gone", "before all", "the last version", "edited"],
)
def test_a_document_that_was_removed_and_made_again_is_judged_by_its_last_version(file, verdict):
    assert recovery.judge(file, REMOVED_AND_BACK) is verdict


def test_a_document_that_was_removed_last_is_current_when_it_is_gone_however_often_it_was_written_before():
    assert recovery.judge(None, [change(None, OLD), change(OLD, NEW), change(NEW, None)]) is Verdict.CURRENT
    assert recovery.judge(None, [change(OLD, None), change(None, OLD), change(OLD, NEW)]) is Verdict.OUTDATED


def line(serial: int, *changes: journal.Change) -> journal.Line:
    return journal.Line(serial, LINEAGE, changes)


def journal_of(*lines: journal.Line) -> bytes:
    return b"".join(journal.render(each, action="change", moment=MOMENT) for each in lines)


def marker_change(next_event_id: int, serial: int = 0) -> journal.Change:
    return journal.Change(marker.NAME, None, marker_with(next_event_id, serial))


def test_a_journal_whose_lines_are_not_folded_in_is_what_the_documents_may_lack():
    first, second = line(4, change(None, OLD)), line(5, change(OLD, NEW), change(None, MIDDLE, CATALOG))
    content = journal_of(first, second)

    state = recovery.interpret(content + b'{"serial":6,', marker_with(2, serial=3))

    assert (state.serial, state.lines, state.folded) == (5, (first, second), False)
    assert state.changes == {NAME: (*first.changes, second.changes[0]), CATALOG: second.changes[1:]}
    assert (state.sound_size, state.tail) == (len(content), content[-journal.TAIL_SIZE :])
    assert state.unfinished_size == len(b'{"serial":6,')
    assert state.marker == marker.Marker(LINEAGE, 3, 2)


@pytest.mark.parametrize("marker_serial", [5, 6], ids=["just folded in", "folded in before"])
def test_a_journal_that_a_checkpoint_folded_in_changes_nothing_any_more(marker_serial):
    content = journal_of(line(4, change(None, OLD)), line(5, change(OLD, NEW)))

    state = recovery.interpret(content + b"torn", marker_with(2, marker_serial))

    assert (state.serial, state.lines, state.changes, state.folded) == (marker_serial, (), {}, True)
    assert (state.sound_size, state.tail, state.unfinished_size) == (0, b"", 4)


def test_an_empty_journal_says_nothing_beyond_the_marker():
    state = recovery.interpret(b"", marker_with(7, serial=9))

    assert (state.serial, state.lines, state.changes, state.folded) == (9, (), {}, False)
    assert (state.sound_size, state.tail, state.unfinished_size) == (0, b"", 0)
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
    assert "not of the same moment" in problem.message
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
    assert state.folded


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
        "plandoc.json: the file is missing or unreadable; it says which folder this is "
        "(take it back from a backup of this folder)"
    )
