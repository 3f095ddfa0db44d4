"""What a commit writes, when the journal is folded into the documents, and what an error of the system says of both."""

from __future__ import annotations

import errno
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from event_folder import FIRST, NEW, NEWER, OLD, NamelessFiles, begun, held, left_by_a_crash, lines, marker_of
from recorder import (
    CATALOG,
    LINEAGE,
    MOMENT,
    Fault,
    FaultyFiles,
    QuickFiles,
    RecordingFiles,
    commit,
    document,
    make_folder,
    marker_with,
    open_folder,
    read_all,
)

from plandoc.errors import ConflictError, Outcome, StorageError
from plandoc.storage import documents, initialize, journal, marker
from plandoc.storage.marker import Marker


def test_lines_are_numbered_and_say_what_they_replace_by_its_digest(root):
    backend = open_folder(root)
    transaction = backend.begin("twice", timeout_seconds=0)
    transaction.commit({FIRST: OLD})
    transaction.commit({FIRST: NEW})
    transaction.release()
    commit(backend, {FIRST: None}, "remove it")
    written = lines(root)
    backend.close()

    assert [(line["serial"], line["action"]) for line in written] == [(1, "twice"), (2, "twice"), (3, "remove it")]
    assert [line["documents"] for line in written] == [
        [{"path": FIRST, "replaces": None, "content": OLD.decode()}],
        [{"path": FIRST, "replaces": documents.digest(OLD), "content": NEW.decode()}],
        [{"path": FIRST, "replaces": documents.digest(NEW), "content": None}],
    ]


def test_serials_go_on_over_checkpoints_and_openings(root):
    seen = []
    for checkpoint_size in (10_000, 10):
        backend = open_folder(root, checkpoint_size=checkpoint_size)
        for text in ("one", "two"):
            transaction = backend.begin("count", timeout_seconds=0)
            transaction.commit({FIRST: document(FIRST, text)})
            seen.append(transaction.serial)
            transaction.release()
            seen.append(backend.view(lambda reading: reading.serial))
        backend.close()

    assert seen == [1, 1, 2, 2, 3, 3, 4, 4]
    assert marker_of(root).serial == 4


def test_a_transaction_sees_a_document_as_it_first_read_it_and_refuses_to_overwrite_what_came_since(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    transaction = backend.begin("change", timeout_seconds=0)
    before = transaction.read(FIRST)
    (root / FIRST).write_bytes(NEWER)

    assert (before, transaction.read(FIRST)) == (OLD, OLD)
    with pytest.raises(ConflictError) as refusal:
        transaction.commit({CATALOG: document(CATALOG, "too"), FIRST: NEW})

    assert refusal.value.path == FIRST
    assert held(root) == NEWER
    assert len(lines(root)) == 1
    transaction.release()
    backend.close()


def test_a_line_that_could_not_be_written_leaves_the_transaction_where_it_was(root):
    files = FaultyFiles(("write_at",))
    backend = open_folder(root, files)
    commit(backend, {FIRST: OLD})
    transaction = backend.begin("change", timeout_seconds=0)
    files.arm(Fault(0, "half", errno.ENOSPC))

    with pytest.raises(StorageError) as failure:
        transaction.commit({FIRST: NEW})
    transaction.commit({FIRST: NEWER})
    transaction.release()

    assert failure.value.outcome is Outcome.NOT_SAVED
    assert [line["serial"] for line in lines(root)] == [1, 2]
    assert held(root) == NEWER
    backend.close()


def test_the_journal_is_folded_in_as_soon_as_it_is_larger_than_the_size_for_it(root):
    backend = open_folder(root, QuickFiles())
    commit(backend, {FIRST: OLD})
    size = (root / journal.NAME).stat().st_size
    commit(backend, {FIRST: None})
    backend.close()
    again = open_folder(root, QuickFiles(), checkpoint_size=size)
    commit(again, {FIRST: OLD})
    first = (root / journal.NAME).stat().st_size, marker_of(root).serial
    commit(again, {FIRST: NEW})
    second = (root / journal.NAME).stat().st_size, marker_of(root).serial
    again.close()

    assert first == (size, 2), "exactly as large is not larger"
    assert second == (0, 4)


def test_four_megabytes_of_journal_are_kept_by_default_and_no_more(root):
    backend = open_folder(root, QuickFiles())
    sizes = []
    for number in range(12):
        commit(backend, {FIRST: document(FIRST, f"{number}" + "x" * 400_000)})
        sizes.append((root / journal.NAME).stat().st_size)
    backend.close()

    assert all(size > 0 for size in sizes[:9])
    assert 0 in sizes[9:11]


def test_closing_folds_the_journal_in_keeps_the_next_event_id_and_lets_the_store_begin_again(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD, marker.NAME: marker_with(7)})
    before = marker_of(root)
    backend.close()
    closed = marker_of(root), lines(root), held(root)
    commit(backend, {FIRST: NEW})
    backend.close()

    assert before.next_event_id == 7
    assert closed == (Marker(LINEAGE, 1, 7), [], OLD)
    assert (marker_of(root), lines(root), held(root)) == (Marker(LINEAGE, 2, 7), [], NEW)


def test_closing_a_folder_in_which_nothing_was_done_touches_nothing(root):
    backend = open_folder(root)
    backend.view(read_all)
    begun(backend)
    before = (root / marker.NAME).stat().st_ino
    backend.close()
    backend.close()

    assert (root / marker.NAME).stat().st_ino == before


def test_closing_while_another_works_waits_a_little_and_leaves_the_journal_to_it(root):
    backend, other = open_folder(root), open_folder(root)
    commit(backend, {FIRST: OLD})
    working = other.begin("work", timeout_seconds=0)
    started = time.monotonic()
    backend.close()
    waited = time.monotonic() - started
    left = len(lines(root))
    working.release()
    other.close()

    assert 1.5 < waited < 30
    assert left == 1
    assert not lines(root), "the last one to close folds it in"


def test_closing_after_another_wrote_folds_in_what_both_did(root):
    backend, other = open_folder(root), open_folder(root)
    commit(backend, {FIRST: OLD})
    commit(other, {FIRST: NEW, marker.NAME: marker_with(9)})
    backend.close()

    assert (marker_of(root), lines(root), held(root)) == (Marker(LINEAGE, 2, 9), [], NEW)
    commit(other, {FIRST: NEWER})
    other.close()
    assert marker_of(root).serial == 3


def test_what_another_writer_left_when_it_died_is_folded_in_once_by_the_one_that_closes(root):
    files = RecordingFiles()
    backend, other = open_folder(root, files), open_folder(root)
    commit(backend, {FIRST: OLD})
    commit(other, {FIRST: NEW})
    (root / FIRST).write_bytes(OLD)
    backend.close()

    markers = [entry for entry in files.log if entry[0] == "replace" and entry[2].name == marker.NAME]
    assert len(markers) == 1
    assert held(root) == NEW
    assert marker_of(root).serial == 2


def test_who_waits_for_a_store_that_closes_reads_that_and_since_when(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    backend.close()

    facts = json.loads((root / ".plandoc/lock.info.json").read_bytes())
    assert (facts["action"], facts["since"]) == ("close", MOMENT.isoformat())


def other_folder_put_in_place(root: Path) -> None:
    for path in (marker.NAME, CATALOG):
        content = (root / path).read_bytes()
        (root / path).write_bytes(content.replace(b'"lineage": "L"', b'"lineage": "M"').replace(b':"L"', b':"M"'))


@pytest.mark.parametrize("use", [begun, lambda backend: backend.view(read_all)], ids=["write", "read"])
def test_a_folder_that_holds_another_folders_documents_by_now_is_refused(root, use):
    backend = open_folder(root)
    other_folder_put_in_place(root)

    with pytest.raises(ConflictError, match="open it again") as refusal:
        use(backend)

    assert refusal.value.path == str(root)
    backend.close()
    assert open_folder(root).store_id == "M"


def test_a_store_whose_folder_was_replaced_leaves_the_new_one_as_it_is_when_it_closes(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    (root / journal.NAME).write_bytes(b"")
    other_folder_put_in_place(root)
    before = {path.name: path.read_bytes() for path in root.rglob("*.json*") if path.parent.name != ".plandoc"}

    backend.close()

    assert {path.name: path.read_bytes() for path in root.rglob("*.json*") if path.parent.name != ".plandoc"} == before


def test_a_marker_of_a_transaction_is_the_one_that_the_next_checkpoint_writes(root):
    backend = open_folder(root, checkpoint_size=10)
    commit(backend, {marker.NAME: marker_with(5)})
    first = marker_of(root)
    commit(backend, {FIRST: OLD, marker.NAME: marker_with(6)})
    backend.close()

    assert (first, marker_of(root)) == (Marker(LINEAGE, 1, 5), Marker(LINEAGE, 2, 6))


def test_a_transaction_goes_on_after_the_journal_was_folded_in_within_it(root):
    backend = open_folder(root, checkpoint_size=10)
    transaction = backend.begin("three", timeout_seconds=0)
    for content in (OLD, NEW, NEWER):
        transaction.commit({FIRST: content})
    transaction.release()
    written = held(root), marker_of(root).serial, (root / journal.NAME).read_bytes()
    again = open_folder(root)
    begun(again)

    assert written == (NEWER, 3, b"")
    assert again.view(lambda reading: (reading.read(FIRST), reading.serial)) == (NEWER, 3)
    again.close()
    backend.close()


def test_a_journal_that_grows_after_it_was_folded_in_within_a_transaction_is_read_by_the_next_one(root):
    backend = open_folder(root, checkpoint_size=len(OLD) + 600)
    transaction = backend.begin("two", timeout_seconds=0)
    transaction.commit({FIRST: document(FIRST, "x" * 1000)})
    folded = (root / journal.NAME).read_bytes()
    transaction.commit({FIRST: NEW})
    transaction.release()

    assert folded == b""
    assert [line["serial"] for line in lines(root)] == [2]
    assert open_folder(root).view(lambda reading: (reading.read(FIRST), reading.serial)) == (NEW, 2)
    backend.close()


@pytest.fixture
def older(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of format 2 with two transactions, seen by a plandoc of format 3."""
    backend = open_folder(root, QuickFiles())
    commit(backend, {FIRST: OLD})
    commit(backend, {marker.NAME: marker_with(2)})
    backend.close()
    monkeypatch.setattr(documents, "FORMAT", 3)
    return root


def backups(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".plandoc").glob("*.zip"))


def test_the_first_change_in_a_new_format_keeps_a_backup_and_raises_the_format_in_the_same_line(older):
    backend = open_folder(older)

    commit(backend, {FIRST: NEW})

    (line,) = lines(older)
    (name,) = backups(older)
    with zipfile.ZipFile(io.BytesIO((older / ".plandoc" / name).read_bytes())) as archive:
        backed_up = {entry: archive.read(entry) for entry in archive.namelist()}
    assert [change["path"] for change in line["documents"]] == [FIRST, marker.NAME]
    assert marker_of(older) == Marker(LINEAGE, 2, 2, 3)
    assert name == "before-format-3.2.zip"
    assert backed_up[FIRST] == OLD
    assert marker.parse(backed_up[marker.NAME]).format == 2
    assert MOMENT.isoformat().encode() in backed_up["backup.json"]
    assert held(older) == NEW
    backend.close()


def test_a_change_of_the_marker_itself_is_kept_when_its_format_is_raised(older):
    backend = open_folder(older)

    commit(backend, {marker.NAME: marker.render(Marker(LINEAGE, 2, 9, 2))})
    backend.close()

    assert marker_of(older) == Marker(LINEAGE, 3, 9, 3)


def test_the_second_change_in_a_new_format_is_one_like_any_other(older):
    backend = open_folder(older)
    commit(backend, {FIRST: NEW})
    commit(backend, {FIRST: OLD})
    backend.close()
    again = open_folder(older)
    commit(again, {FIRST: NEW})
    (line,) = lines(older)
    again.close()

    assert [change["path"] for change in line["documents"]] == [FIRST]
    assert backups(older) == ["before-format-3.2.zip"]
    assert marker_of(older) == Marker(LINEAGE, 5, 2, 3)


def test_reading_raises_no_format(older):
    before = (older / marker.NAME).read_bytes()
    backend = open_folder(older)
    backend.view(lambda reading: reading.read(FIRST))
    begun(backend)
    backend.close()

    assert (older / marker.NAME).read_bytes() == before
    assert backups(older) == []


@pytest.mark.parametrize("files", [FaultyFiles, NamelessFiles])
@pytest.mark.parametrize("call", ["create", "sync_folder"])
def test_a_backup_that_cannot_be_kept_stops_the_change_before_anything_is_saved(older, call, files):
    layer = files((call,))
    backend = open_folder(older, layer)
    transaction = backend.begin("change", timeout_seconds=0)
    layer.arm(Fault(0, "before", errno.ENOSPC))

    with pytest.raises(StorageError) as failure:
        transaction.commit({FIRST: NEW})

    transaction.release()
    assert (failure.value.outcome, failure.value.errno) == (Outcome.NOT_SAVED, errno.ENOSPC)
    assert failure.value.path.startswith(str(older))
    assert (held(older), lines(older), marker_of(older).format) == (OLD, [], 2)
    backend.close()


def failing(files: FaultyFiles, call: str) -> None:
    files.watched = (call,)
    files.arm(Fault(0, "before", errno.EIO))


def reported(failure: pytest.ExceptionInfo[StorageError]) -> tuple[str, int | None, Outcome]:
    return failure.value.path, failure.value.errno, failure.value.outcome


@pytest.mark.parametrize(
    ("call", "path", "look"),
    [
        ("read", FIRST, lambda reading: reading.read(FIRST)),
        ("names", "events", lambda reading: reading.names("events")),
        ("status", ".", lambda reading: reading.fingerprints("events")),
        ("status", ".", lambda reading: reading.fingerprint(FIRST)),
    ],
    ids=["a document", "the names of documents", "all fingerprints", "one fingerprint"],
)
@pytest.mark.parametrize("who", ["reader", "writer"])
def test_a_look_that_fails_without_a_word_of_the_file_names_it_or_its_folder(root, who, call, path, look):
    files = NamelessFiles(())
    backend = open_folder(root, files)

    def failing_look(reading: Any) -> object:
        failing(files, call)
        return look(reading)

    transaction = backend.begin("look", timeout_seconds=0)
    with pytest.raises(StorageError) as failure:
        failing_look(transaction) if who == "writer" else backend.view(failing_look)

    transaction.release()
    assert reported(failure) == (str(root / path), errno.EIO, Outcome.NOT_SAVED)
    backend.close()


@pytest.mark.parametrize(
    ("call", "start"),
    [
        ("open_to_read", lambda backend: backend.view(read_all)),
        ("read_at", lambda backend: backend.view(read_all)),
        ("open_to_write", begun),
        ("size", begun),
    ],
)
def test_an_error_while_a_reader_or_a_writer_catches_up_names_a_path_of_the_folder(root, call, start):
    left_by_a_crash(root, {FIRST: OLD})
    files = NamelessFiles(())
    backend = open_folder(root, files)
    failing(files, call)

    with pytest.raises(StorageError) as failure:
        start(backend)

    assert failure.value.path.startswith(str(root))
    assert reported(failure)[1:] == (errno.EIO, Outcome.NOT_SAVED)
    commit(backend, {FIRST: NEW})
    backend.close()


@pytest.mark.parametrize(
    ("call", "path"), [("read_to_replace", CATALOG), ("status", ".")], ids=["the document", "the lock"]
)
def test_a_look_before_a_commit_that_fails_names_the_document_or_the_folder_and_saves_nothing(root, call, path):
    files = NamelessFiles(())
    backend = open_folder(root, files)
    transaction = backend.begin("change", timeout_seconds=0)
    changes = {CATALOG: transaction.read(CATALOG) + b" "}
    failing(files, call)

    with pytest.raises(StorageError) as failure:
        transaction.commit(changes)

    transaction.release()
    assert reported(failure) == (str(root / path), errno.EIO, Outcome.NOT_SAVED)
    assert lines(root) == []
    backend.close()


def test_a_checkpoint_after_a_commit_that_fails_says_saved(root):
    files = NamelessFiles(())
    backend = open_folder(root, files, checkpoint_size=10)
    failing(files, "truncate")

    with pytest.raises(StorageError) as failure:
        commit(backend, {FIRST: OLD})

    assert reported(failure) == (str(root), errno.EIO, Outcome.SAVED)
    assert open_folder(root).view(lambda reading: reading.read(FIRST)) == OLD
    backend.close()


@pytest.mark.parametrize(
    ("call", "use"),
    [("make_folder", make_folder), ("create", make_folder), ("status", initialize.is_initialized)],
)
def test_a_folder_that_cannot_be_made_or_looked_at_is_named(tmp_path, call, use):
    files = NamelessFiles(())
    failing(files, call)

    with pytest.raises(StorageError) as failure:
        use(tmp_path / "data", files)

    assert reported(failure) == (str(tmp_path / "data"), errno.EIO, Outcome.NOT_SAVED)
