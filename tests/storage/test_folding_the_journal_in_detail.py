"""When a folder folds its journal in, in which order, and what it leaves to others."""

from __future__ import annotations

import errno
import json
import time
from pathlib import Path

import attrs
import pytest
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
from plandoc.storage import marker
from plandoc.storage.folder import FolderBackend

FIRST, SECOND = "events/1.json", "events/2.json"
OLD, NEW, NEWER = (document(FIRST, text) for text in ("old", "new", "newer"))
TEMPORARY = ".plandoc-tmp"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data", QuickFiles())


def lines(root: Path) -> list[dict]:
    return [json.loads(line) for line in (root / "journal.jsonl").read_bytes().splitlines()]


def held(root: Path) -> bytes:
    return (root / FIRST).read_bytes()


def marker_of(root: Path) -> marker.Marker:
    return marker.parse((root / marker.NAME).read_bytes())


def begun(backend: FolderBackend) -> None:
    backend.begin("look", timeout_seconds=0).release()


def test_the_journal_is_folded_in_as_soon_as_it_is_larger_than_the_size_for_it(root):
    backend = open_folder(root, QuickFiles())
    commit(backend, {FIRST: OLD})
    size = (root / "journal.jsonl").stat().st_size
    commit(backend, {FIRST: None})
    backend.close()
    again = open_folder(root, QuickFiles(), checkpoint_size=size)
    commit(again, {FIRST: OLD})
    first = (root / "journal.jsonl").stat().st_size, marker_of(root).serial
    commit(again, {FIRST: NEW})
    second = (root / "journal.jsonl").stat().st_size, marker_of(root).serial
    again.close()

    assert first == (size, 2), "exactly as large is not larger"
    assert second == (0, 4)


def test_a_megabyte_of_journal_is_kept_by_default_and_no_more(root):
    backend = open_folder(root, QuickFiles())
    sizes = []
    for number in range(12):
        commit(backend, {FIRST: document(FIRST, f"{number}" + "x" * 100_000)})
        sizes.append((root / "journal.jsonl").stat().st_size)
    backend.close()

    assert all(size > 0 for size in sizes[:9])
    assert 0 in sizes[9:11]


def test_closing_folds_the_journal_in_and_keeps_the_next_event_id(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD, marker.NAME: marker_with(7)})
    before = marker_of(root)
    backend.close()

    assert before.next_event_id == 7
    assert attrs.evolve(marker_of(root), line_digest="") == marker.Marker(LINEAGE, 1, 7)
    assert not (root / "journal.jsonl").read_bytes()
    assert held(root) == OLD


def test_what_is_folded_in_is_on_the_disk_before_the_marker_and_the_marker_before_the_journal_is_emptied(root):
    files = RecordingFiles()
    backend = open_folder(root, files)
    commit(backend, {FIRST: OLD, CATALOG: document(CATALOG, "new")})
    before = len(files.log)
    backend.close()

    done = [(name, first.name if isinstance(first, Path) else "the journal") for name, first, *_ in files.log[before:]]
    wanted = [
        ("create", CATALOG + TEMPORARY),
        ("sync_file", CATALOG + TEMPORARY),
        ("replace", CATALOG + TEMPORARY),
        ("create", "1.json" + TEMPORARY),
        ("sync_file", "1.json" + TEMPORARY),
        ("replace", "1.json" + TEMPORARY),
        ("sync_folder", "data"),
        ("sync_folder", "events"),
        ("create", marker.NAME + TEMPORARY),
        ("sync_file", marker.NAME + TEMPORARY),
        ("replace", marker.NAME + TEMPORARY),
        ("sync_folder", "data"),
        ("truncate", "the journal"),
        ("sync_data", "the journal"),
    ]
    assert [call for call in done if call in wanted] == wanted


def test_closing_a_folder_in_which_nothing_was_done_touches_nothing(root):
    backend = open_folder(root)
    backend.view(read_all)
    begun(backend)
    before = (root / marker.NAME).stat().st_ino
    backend.close()
    backend.close()

    assert (root / marker.NAME).stat().st_ino == before


def test_closing_while_another_works_waits_a_moment_and_leaves_the_journal_to_it(root):
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
    assert not (root / "journal.jsonl").read_bytes(), "the last one to close folds it in"


def test_closing_after_another_wrote_folds_in_what_both_did(root):
    backend, other = open_folder(root), open_folder(root)
    commit(backend, {FIRST: OLD})
    commit(other, {FIRST: NEW, marker.NAME: marker_with(9)})
    backend.close()

    assert attrs.evolve(marker_of(root), line_digest="") == marker.Marker(LINEAGE, 2, 9)
    assert held(root) == NEW
    assert not (root / "journal.jsonl").read_bytes()
    commit(other, {FIRST: NEWER})
    other.close()
    assert marker_of(root).serial == 3


def test_a_store_that_was_closed_can_begin_again(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    backend.close()

    commit(backend, {FIRST: NEW})
    backend.close()

    assert held(root) == NEW
    assert marker_of(root).serial == 2


def other_folder_put_in_place(root: Path) -> None:
    for path in (marker.NAME, CATALOG):
        content = (root / path).read_bytes()
        (root / path).write_bytes(content.replace(b'"lineage": "L"', b'"lineage": "M"').replace(b':"L"', b':"M"'))


@pytest.mark.parametrize("use", [begun, lambda backend: backend.view(read_all)], ids=["write", "read"])
def test_a_folder_that_holds_another_folders_documents_by_now_is_told(root, use):
    backend = open_folder(root)
    other_folder_put_in_place(root)

    with pytest.raises(ConflictError) as refusal:
        use(backend)

    assert refusal.value.path == str(root)
    assert str(refusal.value) == (
        f"{root}: has held another folder's documents since it was opened; open it again to work with those"
    )
    backend.close()
    begun(open_folder(root))


def test_a_store_whose_folder_was_replaced_leaves_the_new_one_as_it_is_when_it_closes(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    (root / "journal.jsonl").write_bytes(b"")
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

    assert attrs.evolve(first, line_digest="") == marker.Marker(LINEAGE, 1, 5)
    assert attrs.evolve(marker_of(root), line_digest="") == marker.Marker(LINEAGE, 2, 6)


def test_a_transaction_goes_on_after_the_journal_was_folded_in_within_it(root):
    backend = open_folder(root, checkpoint_size=10)
    transaction = backend.begin("three", timeout_seconds=0)
    for content in (OLD, NEW, NEWER):
        transaction.commit({FIRST: content})
    transaction.release()
    written = (root / FIRST).read_bytes(), marker_of(root).serial, (root / "journal.jsonl").read_bytes()
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
    folded = (root / "journal.jsonl").read_bytes()
    transaction.commit({FIRST: NEW})
    transaction.release()

    assert folded == b""
    assert [line["serial"] for line in lines(root)] == [2]
    assert open_folder(root).view(lambda reading: (reading.read(FIRST), reading.serial)) == (NEW, 2)
    backend.close()


def test_who_waits_for_a_store_that_closes_reads_that_and_since_when(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    backend.close()

    facts = json.loads((root / ".plandoc/lock.info.json").read_bytes())
    assert (facts["action"], facts["since"]) == ("close", MOMENT.isoformat())


def test_a_closing_that_fails_says_that_everything_is_saved_and_lets_go_of_the_folder(root):
    files = FaultyFiles(("truncate",))
    backend = open_folder(root, files)
    commit(backend, {FIRST: OLD})
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(StorageError) as failure:
        backend.close()

    assert (failure.value.path, failure.value.errno) == (str(root), errno.EIO)
    assert failure.value.outcome is Outcome.SAVED
    other = open_folder(root)
    begun(other)
    assert other.view(lambda reading: (reading.read(FIRST), reading.serial)) == (OLD, 1)
    other.close()


def test_what_another_writer_left_when_it_died_is_folded_in_once_by_the_one_that_closes(root):
    files = RecordingFiles()
    backend, other = open_folder(root, files), open_folder(root)
    commit(backend, {FIRST: OLD})
    commit(other, {FIRST: NEW})
    (root / FIRST).write_bytes(OLD)
    backend.close()

    markers = [entry for entry in files.log if entry[0] == "replace" and entry[2].name == marker.NAME]
    assert len(markers) == 1
    assert (root / FIRST).read_bytes() == NEW
    assert marker_of(root).serial == 2


def test_documents_that_cannot_be_renewed_are_told_and_stay_in_the_journal(root):
    files = FaultyFiles(("sync_file", "create"))
    backend = open_folder(root, files)
    commit(backend, {FIRST: OLD})
    files.arm(Fault(0, "before", errno.EIO, lasting=True))

    with pytest.raises(StorageError) as failure:
        backend.close()

    assert (failure.value.path, failure.value.errno) == (str(root / f"{FIRST}{TEMPORARY}"), errno.EIO)
    assert failure.value.outcome is Outcome.SAVED
    assert [line["serial"] for line in lines(root)] == [1]
    assert held(root) == OLD
