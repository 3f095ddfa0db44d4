"""After a crash: what each file is classified as, what the journal comes to, and what the next writer does."""

from __future__ import annotations

import warnings

import pytest
from event_folder import FIRST, NEW, NEWER, OLD, SECOND, begun, held, kept_aside, left_by_a_crash, lines
from recorder import CATALOG, LINEAGE, MOMENT, SYNCS, FaultyFiles, commit, marker_with, open_folder

from plandoc.errors import DamagedError, RecoveryWarning
from plandoc.storage import documents, journal, marker, recovery
from plandoc.storage.recovery import FileStatus
from plandoc.storage.replacement import TEMPORARY

# The versions of a document, from the one before the journal to the last.
BEFORE, EARLY, MIDDLE, LAST = b'{"old": 1}\n', b'{"third": 2}\n', b'{"middle": 22}\n', b'{"new": 333}\n'


def line(serial: int, *changes: journal.Change) -> journal.Line:
    return journal.Line(serial, LINEAGE, changes)


def marker_change(next_event_id: int, serial: int = 0) -> journal.Change:
    return journal.Change(marker.NAME, None, marker_with(next_event_id, serial))


def change(before: bytes | None, after: bytes | None, name: str = FIRST) -> journal.Change:
    return journal.Change(name, None if before is None else documents.digest(before), after)


WRITTEN_TWICE = [change(BEFORE, MIDDLE), change(MIDDLE, LAST)]
WRITTEN_THRICE = [change(BEFORE, EARLY), change(EARLY, MIDDLE), change(MIDDLE, LAST)]
REMOVED = [change(BEFORE, MIDDLE), change(MIDDLE, None)]
REMOVED_AND_BACK = [change(BEFORE, None), change(None, LAST)]


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (LAST, FileStatus.UP_TO_DATE),
        (LAST + b"\n ", FileStatus.UP_TO_DATE),
        (LAST.rstrip(), FileStatus.STALE),
        (MIDDLE, FileStatus.STALE),
        (LAST[:5], FileStatus.STALE),
        (MIDDLE[:5], FileStatus.STALE),
        (b"\0" * len(LAST), FileStatus.STALE),
        (LAST[:4] + b"\0\0", FileStatus.STALE),
        (EARLY, FileStatus.DOUBTFUL),
        (BEFORE, FileStatus.DOUBTFUL),
        (None, FileStatus.DOUBTFUL),
        (b"", FileStatus.DOUBTFUL),
        (b" \n", FileStatus.DOUBTFUL),
        (LAST[:4] + b"\0\0" + LAST[6:], FileStatus.DOUBTFUL),
        ('{"mine": 4}'.encode("utf-16"), FileStatus.DOUBTFUL),
        (b'{"mine": 4}\n', FileStatus.DIVERGED),
        (BEFORE[:5], FileStatus.DIVERGED),
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
        (BEFORE, FileStatus.DOUBTFUL),
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
        (BEFORE, FileStatus.DOUBTFUL),
        (LAST, FileStatus.UP_TO_DATE),
        (b"{}", FileStatus.DIVERGED),
    ],
    ids=["gone", "before all", "the last version", "edited"],
)
def test_a_document_that_was_removed_and_made_again_is_compared_with_its_last_version(file, status):
    assert recovery.classify(file, REMOVED_AND_BACK) is status


def test_a_file_that_was_first_made_in_the_journal_may_be_gone_by_a_crash():
    assert recovery.classify(None, [change(None, BEFORE), change(BEFORE, LAST)]) is FileStatus.STALE
    assert (
        recovery.classify(None, [change(None, BEFORE), change(BEFORE, LAST), change(LAST, None)])
        is FileStatus.UP_TO_DATE
    )
    assert recovery.classify(None, WRITTEN_TWICE) is FileStatus.DOUBTFUL


def journal_of(*lines: journal.Line) -> bytes:
    return b"".join(journal.render(each, action="change", timestamp=MOMENT) for each in lines)


def test_a_journal_whose_lines_are_not_folded_in_is_what_the_documents_may_lack():
    first, second = line(4, change(None, BEFORE)), line(5, change(BEFORE, LAST), change(None, MIDDLE, CATALOG))
    content = journal_of(first, second)

    state = recovery.interpret(content + b'{"serial":6,', marker_with(2, serial=3))

    assert (state.serial, state.lines, state.already_checkpointed) == (5, (first, second), False)
    assert state.changes == {FIRST: (*first.changes, second.changes[0]), CATALOG: second.changes[1:]}
    assert (state.valid_size, state.last_bytes) == (len(content), content[-journal.LAST_BYTES_SIZE :])
    assert state.torn_size == len(b'{"serial":6,')
    assert content.endswith(f'"checksum":"{state.line_digest}"}}\n'.encode())
    assert state.marker == marker.Marker(LINEAGE, 3, 2)


@pytest.mark.parametrize("marker_serial", [5, 6], ids=["just folded in", "folded in before"])
def test_a_journal_that_a_checkpoint_folded_in_changes_nothing_any_more(marker_serial):
    content = journal_of(line(4, change(None, BEFORE)), line(5, change(BEFORE, LAST)))

    state = recovery.interpret(content + b"torn", marker_with(2, marker_serial))

    assert (state.serial, state.lines, state.changes, state.already_checkpointed) == (marker_serial, (), {}, True)
    assert (state.valid_size, state.last_bytes, state.torn_size) == (0, b"", 4)


def test_lines_that_have_come_since_go_on_from_a_state_as_if_all_were_read_at_once():
    first, second = line(4, change(None, BEFORE)), line(5, change(BEFORE, LAST), marker_change(3, serial=3))
    third = line(6, change(LAST, None), change(None, MIDDLE, CATALOG))
    before, fresh = journal_of(first), journal_of(second, third) + b"torn"

    state = recovery.extended(recovery.interpret(before, marker_with(2, 3)), journal.parse(fresh, first=2))

    assert state == recovery.interpret(before + fresh, marker_with(2, 3))
    assert state.changed_since(4) == {FIRST, marker.NAME, CATALOG}
    assert state.changed_since(6) == frozenset()
    assert state.changed_since(2) is None, "what a checkpoint has folded in is not known"
    assert state.changed_since(7) is None
    assert (state.made_or_removed_since(5), state.made_or_removed_since(6)) == (True, False)


def test_lines_that_have_come_since_must_follow_those_that_were_known():
    state = recovery.interpret(journal_of(line(4, change(None, BEFORE))), marker_with(2, 3))

    with pytest.raises(DamagedError, match=r"journal\.jsonl:2: wanted transaction 5, found 6"):
        recovery.extended(state, journal.parse(journal_of(line(6, change(BEFORE, LAST))), first=2))


@pytest.mark.parametrize(
    "content",
    [b"mine", documents.render(FIRST, "another", {}, {}), documents.render(CATALOG, LINEAGE, {}, {})],
    ids=["no JSON", "of another folder", "of another name"],
)
def test_a_content_that_is_not_a_document_of_this_folder_is_refused_before_it_is_put_in_place(content):
    with pytest.raises(DamagedError):
        recovery.check_understood(FIRST, content, LINEAGE)


def test_an_empty_journal_says_nothing_beyond_the_marker():
    state = recovery.interpret(b"", marker_with(7, serial=9))

    assert (state.serial, state.lines, state.changes, state.already_checkpointed) == (9, (), {}, False)
    assert (state.valid_size, state.last_bytes, state.torn_size, state.line_digest) == (0, b"", 0, "")
    assert state.marker == marker.Marker(LINEAGE, 9, 7)


@pytest.mark.parametrize(
    ("serials", "marker_serial", "line_number"),
    [((4, 6), 8, 2), ((5, 4), 8, 2), ((4, 4), 8, 2), ((4,), 2, 1)],
    ids=["a gap", "backwards", "doubled", "a gap behind the marker"],
)
def test_a_journal_must_be_of_one_piece_with_the_marker_or_folded_in_as_one(serials, marker_serial, line_number):
    content = journal_of(*(line(serial, change(None, BEFORE)) for serial in serials))

    with pytest.raises(DamagedError, match="wanted transaction") as refusal:
        recovery.interpret(content, marker_with(2, marker_serial))

    (problem,) = refusal.value.problems
    assert (problem.file, problem.line) == (journal.NAME, line_number)
    assert "backup" in problem.hint


@pytest.mark.parametrize("serial", [0, 8], ids=["not folded in", "folded in"])
def test_a_journal_of_another_folder_is_refused_whether_it_is_folded_in_or_not(serial):
    content = journal_of(journal.Line(1, "another", (change(None, BEFORE),)))

    with pytest.raises(DamagedError, match=r"belongs to another folder \(another\), not to this one \(L\)"):
        recovery.interpret(content, marker_with(2, serial))


def test_the_marker_of_the_last_line_that_has_one_counts_before_a_checkpoint():
    content = journal_of(line(1, marker_change(2)), line(2, marker_change(3)), line(3, change(None, BEFORE)))

    assert recovery.interpret(journal_of(line(1, marker_change(2))), marker_with(1)).marker.next_event_id == 2
    assert recovery.interpret(content, marker_with(1)).marker.next_event_id == 3
    assert recovery.interpret(content, b"").marker.next_event_id == 3
    assert recovery.interpret(content, None).marker.next_event_id == 3


@pytest.mark.parametrize("serial", [2, 3], ids=["of this journal", "of a later one"])
def test_a_marker_that_a_checkpoint_wrote_counts_before_those_of_the_journal(serial):
    content = journal_of(line(1, change(None, BEFORE)), line(2, marker_change(2)))

    state = recovery.interpret(content, marker_with(5, serial))

    assert state.marker == marker.Marker(LINEAGE, serial, 5)
    assert state.already_checkpointed


@pytest.mark.parametrize("content", [None, b"", b"{"], ids=["missing", "empty", "cut off"])
def test_a_marker_that_is_gone_and_in_no_line_is_an_error_that_says_the_way_out(content):
    with pytest.raises(DamagedError) as refusal:
        recovery.interpret(journal_of(line(1, change(None, BEFORE))), content)

    (problem,) = refusal.value.problems
    assert refusal.value.path == marker.NAME
    assert problem.file == marker.NAME
    assert "backup" in problem.hint


def test_a_journal_whose_documents_are_all_in_place_is_synced_and_kept(root):
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: NEW})
    files = FaultyFiles((*SYNCS, "truncate", "create"))
    backend = open_folder(root, files)

    begun(backend)
    first = list(files.operations)
    begun(backend)

    assert first[-1] == "sync_data"
    assert not {"truncate", "create"} & set(first)
    assert files.operations == first, "there is nothing left to do"
    assert [line["serial"] for line in lines(root)] == [1, 2]
    backend.close()


def test_a_torn_line_is_cut_off_even_where_no_whole_one_is_before_it(root):
    (root / "journal.jsonl").write_bytes(b'{"serial":1,')
    backend = open_folder(root)

    begun(backend)

    assert not (root / "journal.jsonl").read_bytes()
    backend.close()


def test_a_journal_that_was_folded_in_before_a_crash_is_emptied_and_not_applied_again(root):
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: NEW})
    (root / marker.NAME).write_bytes(marker_with(3, serial=2))
    (root / FIRST).write_bytes(NEWER)
    lines_before = (root / "journal.jsonl").read_bytes()
    backend = open_folder(root)

    with pytest.warns(RecoveryWarning, match=r"counts as done, but events/1\.json does not hold"):
        begun(backend)

    assert held(root) == NEWER, "an edit after the checkpoint is an edit"
    assert not lines(root)
    assert kept_aside(root) == [lines_before]
    assert backend.view(lambda reading: reading.serial) == 2
    backend.close()


def test_lines_that_a_checkpoint_has_folded_in_are_dropped_without_a_word_where_the_documents_hold_them(root):
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: NEW, CATALOG: NEWER})
    (root / marker.NAME).write_bytes(marker_with(3, serial=2))

    with warnings.catch_warnings():
        warnings.simplefilter("error", RecoveryWarning)
        begun(open_folder(root))

    assert not lines(root)
    assert held(root) == NEW
    assert not (root / "lost-found").exists()


def test_a_document_edited_after_a_crash_is_kept_under_the_name_that_the_warning_says(root):
    left_by_a_crash(root, {FIRST: OLD, CATALOG: NEWER}, {FIRST: NEW})
    (root / FIRST).write_bytes(b"mine")
    backend = open_folder(root)

    with pytest.warns(RecoveryWarning) as warned:
        begun(backend)

    (kept,) = (root / "lost-found").iterdir()
    (message,) = (str(warning.message) for warning in warned)
    assert message.startswith("events/1.json was changed after a crash")
    assert f"lost-found/{kept.name}" in message
    assert kept.name == f"events-1.json.2.{documents.digest(b'mine')[:8]}"
    assert kept.read_bytes() == b"mine"
    assert held(root) == NEW
    backend.close()


def test_a_document_that_was_removed_and_put_there_by_hand_after_a_crash_is_kept_aside_and_removed(root):
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: None})
    (root / FIRST).write_bytes(b"mine")
    backend = open_folder(root)

    with pytest.warns(RecoveryWarning, match=r"events/1\.json was changed after a crash"):
        begun(backend)

    assert not (root / FIRST).exists()
    assert kept_aside(root) == [b"mine"]
    backend.close()


def test_what_a_crash_left_half_written_is_swept_by_the_first_writer_also_where_the_journal_shows_nothing(root):
    (root / "lost-found").mkdir()
    left = [root / (name + TEMPORARY) for name in ("catalog.json", FIRST, "lost-found/events-1.json.3")]
    for path in left:
        path.write_bytes(b"half")
    backend = open_folder(root)

    begun(backend)

    assert not any(path.exists() for path in left)
    backend.close()


def test_half_written_files_are_swept_again_after_a_crash_and_not_with_every_change(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    left = root / (SECOND + TEMPORARY)
    left.write_bytes(b"half")
    commit(backend, {FIRST: NEW})
    stayed = left.exists()
    with (root / "journal.jsonl").open("rb+") as log:
        log.seek(len(log.read().rstrip()) + 1)
        log.write(b"torn")
    begun(backend)

    assert stayed
    assert not left.exists()
    assert (root / "journal.jsonl").read_bytes().count(b"\n") == len(lines(root)) == 2
    backend.close()


def test_half_written_files_of_another_that_died_are_swept_by_a_store_that_was_open_all_the_time(root):
    backend = open_folder(root)
    begun(backend)
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: NEW})
    (root / FIRST).write_bytes(OLD)
    left = root / ("events/2.json" + TEMPORARY)
    left.write_bytes(NEW[:9])

    begun(backend)

    assert held(root) == NEW
    assert not left.exists()
    backend.close()


def test_a_store_that_works_on_lists_no_folder_so_that_a_change_costs_the_same_among_many_events(root):
    files = FaultyFiles(("names",))
    backend = open_folder(root, files, checkpoint_size=10)
    begun(backend)
    first = len(files.operations)
    for content in (OLD, NEW, NEWER):
        commit(backend, {FIRST: content})

    assert first > 0
    assert len(files.operations) == first
    backend.close()
