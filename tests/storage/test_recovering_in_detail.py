"""What the next one to open a folder does and says after a crash."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from recorder import (
    CATALOG,
    SYNCS,
    Fault,
    FaultyFiles,
    QuickFiles,
    RecordingFiles,
    commit,
    document,
    make_folder,
    marker_with,
    open_folder,
)

from plandoc.errors import Outcome, StorageError
from plandoc.storage import documents, marker
from plandoc.storage.folder import FolderBackend, RecoveryWarning

FIRST, SECOND = "events/1.json", "events/2.json"
OLD, NEW, NEWER = (document(FIRST, text) for text in ("old", "new", "newer"))
TEMPORARY = ".plandoc-tmp"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data", QuickFiles())


def lines(root: Path) -> list[dict]:
    return [json.loads(line) for line in (root / "journal.jsonl").read_bytes().rstrip().splitlines()]


def held(root: Path) -> bytes:
    return (root / FIRST).read_bytes()


def marker_of(root: Path) -> marker.Marker:
    return marker.parse((root / marker.NAME).read_bytes())


def begun(backend: FolderBackend) -> None:
    backend.begin("look", timeout_seconds=0).release()


def left_by_a_crash(root: Path, *changes: dict) -> None:
    """Let a writer commit these changes and die before it closes its store."""
    backend = open_folder(root, QuickFiles())
    for each in changes:
        commit(backend, each)


def test_after_a_crash_each_document_is_put_in_place_and_the_journal_is_folded_in(root):
    left_by_a_crash(root, {FIRST: OLD, SECOND: document(SECOND, "old")}, {FIRST: NEW, SECOND: None, CATALOG: NEWER})
    (root / FIRST).write_bytes(OLD)
    (root / SECOND).write_bytes(document(SECOND, "old"))
    backend = open_folder(root)

    begun(backend)

    assert held(root) == NEW
    assert not (root / SECOND).exists()
    assert not (root / "journal.jsonl").read_bytes()
    assert marker_of(root).serial == 2
    assert backend.view(lambda reading: reading.serial) == 2
    backend.close()


def test_before_a_recovery_puts_documents_in_place_the_journal_is_on_the_disk_in_a_file_of_its_own(root):
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: NEW})
    (root / FIRST).write_bytes(OLD)
    with (root / "journal.jsonl").open("ab") as log:
        log.write(b"torn")
    files = RecordingFiles()

    begun(open_folder(root, files))

    done = [(name, first.name) for name, first, *_ in files.log if isinstance(first, Path)]
    written = [
        content for name, path, content, *_ in (e for e in files.log if e[0] == "create") if "journal" in path.name
    ]
    assert done.index(("replace", "journal.jsonl" + TEMPORARY)) < done.index(("replace", "1.json" + TEMPORARY))
    assert [[line["serial"] for line in map(json.loads, content.splitlines())] for content in written] == [[1, 2]]


def test_a_journal_whose_documents_are_all_in_place_is_synced_and_kept(root):
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: NEW})
    files = FaultyFiles((*SYNCS, "truncate", "create"))
    backend = open_folder(root, files)

    begun(backend)
    first = list(files.operations)
    begun(backend)

    assert first == ["sync_file", "sync_folder", "sync_folder", "sync_data"], (
        "the look at the journal believes no line that may be lost"
    )
    assert files.operations == first
    assert [line["serial"] for line in lines(root)] == [1, 2]
    backend.close()


def test_a_torn_line_is_cut_off_even_where_no_whole_one_stands_before_it(root):
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
    assert not (root / "journal.jsonl").read_bytes()
    assert [kept.read_bytes() for kept in (root / "lost-found").iterdir()] == [lines_before]
    assert backend.view(lambda reading: reading.serial) == 2
    backend.close()


def test_a_document_edited_after_a_crash_is_kept_under_the_name_that_the_warning_says(root):
    left_by_a_crash(root, {FIRST: OLD, CATALOG: NEWER}, {FIRST: NEW})
    (root / FIRST).write_bytes(b"mine")
    backend = open_folder(root)

    with pytest.warns(RecoveryWarning) as warned:
        begun(backend)

    (kept,) = (root / "lost-found").iterdir()
    (message,) = (str(warning.message) for warning in warned)
    assert message == (
        f"events/1.json was changed after a crash; that version is kept as lost-found/{kept.name}; "
        "the saved version is back in place"
    )
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
    assert [path.read_bytes() for path in (root / "lost-found").iterdir()] == [b"mine"]
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


def test_an_error_of_the_system_while_a_writer_catches_up_lets_the_next_one_in(root):
    left_by_a_crash(root, {FIRST: OLD})
    files = FaultyFiles(("sync_data",))
    backend = open_folder(root, files)
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(StorageError) as failure:
        begun(backend)
    begun(open_folder(root))

    assert failure.value.outcome is Outcome.NOT_SAVED
    assert failure.value.path == str(root)
    backend.close()
