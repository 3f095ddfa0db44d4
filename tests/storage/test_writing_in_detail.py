"""What a folder says of itself and of each change, and what it refuses."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import pytest
from recorder import (
    CATALOG,
    LINEAGE,
    MOMENT,
    Fault,
    FaultyFiles,
    QuickFiles,
    commit,
    document,
    make_folder,
    open_folder,
)

from plandoc.errors import ConflictError, Outcome, SessionError, StorageError
from plandoc.storage import documents, marker
from plandoc.storage.folder import CHECKPOINT_SIZE, FolderBackend

FIRST, SECOND = "events/1.json", "events/2.json"
OLD, NEW, NEWER = (document(FIRST, text) for text in ("old", "new", "newer"))


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


def test_a_folder_knows_its_path_and_its_store_id(root):
    backend = open_folder(root)

    assert backend.location == str(root)
    assert backend.store_id == LINEAGE
    backend.close()


def test_a_line_says_who_did_what_when_and_what_was_there_before(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD}, "plan Christmas")
    commit(backend, {FIRST: NEW, SECOND: document(SECOND, "new")}, "bake")
    first, second = lines(root)
    backend.close()

    assert (first["serial"], first["lineage"], first["action"]) == (1, LINEAGE, "plan Christmas")
    assert first["moment"] == MOMENT.isoformat()
    assert first["documents"] == [{"path": FIRST, "replaces": None, "content": OLD.decode()}]
    assert (second["serial"], second["action"]) == (2, "bake")
    assert [(change["path"], change["replaces"]) for change in second["documents"]] == [
        (FIRST, documents.digest(OLD)),
        (SECOND, None),
    ]


def test_a_removed_document_is_a_line_that_says_what_was_removed(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    commit(backend, {FIRST: None})
    (change,) = lines(root)[-1]["documents"]
    backend.close()

    assert change == {"path": FIRST, "replaces": documents.digest(OLD), "content": None}


def test_who_waits_reads_what_is_done_and_since_when(root):
    backend = open_folder(root)
    transaction = backend.begin("plan Christmas", timeout_seconds=0)
    facts = json.loads((root / ".plandoc/lock.info.json").read_bytes())
    transaction.release()
    backend.close()

    assert (facts["action"], facts["since"]) == ("plan Christmas", MOMENT.isoformat())


def test_serials_count_transactions_over_commits_checkpoints_and_openings(root):
    seen = []
    for checkpoint_size in (CHECKPOINT_SIZE, 10):
        backend = open_folder(root, checkpoint_size=checkpoint_size)
        for text in ("one", "two"):
            transaction = backend.begin("count", timeout_seconds=0)
            seen.append(transaction.serial)
            transaction.commit({FIRST: document(FIRST, text)})
            seen.append(transaction.serial)
            transaction.release()
            seen.append(backend.view(lambda reading: reading.serial))
        backend.close()

    assert seen == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]
    assert marker_of(root).serial == 4


def test_a_transaction_can_commit_twice_and_reads_what_it_committed(root):
    backend = open_folder(root)
    transaction = backend.begin("twice", timeout_seconds=0)
    transaction.commit({FIRST: OLD})
    read = transaction.read(FIRST), list(transaction.names("events"))
    transaction.commit({FIRST: NEW})
    transaction.release()
    replaced = lines(root)[-1]["documents"][0]["replaces"]
    backend.close()

    assert read == (OLD, [FIRST])
    assert held(root) == NEW
    assert replaced == documents.digest(OLD)


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
    assert str(refusal.value) == (
        "events/1.json was changed by another program during this change; nothing was saved; run it again"
    )
    assert held(root) == NEWER
    assert len(lines(root)) == 1
    transaction.release()
    backend.close()


def test_a_read_only_document_is_refused_before_anything_is_written(root):
    backend = open_folder(root)
    commit(backend, {FIRST: OLD})
    (root / FIRST).chmod(0o444)

    with pytest.raises(StorageError) as refusal:
        commit(backend, {CATALOG: document(CATALOG, "too"), FIRST: NEW})

    assert (refusal.value.path, refusal.value.outcome) == (str(root / FIRST), Outcome.NOT_SAVED)
    assert len(lines(root)) == 1
    backend.close()


def test_a_transaction_that_is_over_says_so_and_what_to_do(root):
    backend = open_folder(root)
    transaction = backend.begin("late", timeout_seconds=0)
    transaction.release()

    with pytest.raises(SessionError, match="^this transaction is over; begin another one$"):
        transaction.commit({FIRST: NEW})

    backend.close()


def test_a_lock_that_was_taken_away_is_told_with_the_folder_and_nothing_is_written(root):
    backend = open_folder(root)
    transaction = backend.begin("change", timeout_seconds=0)
    (root / ".plandoc/lock").unlink()

    with pytest.raises(ConflictError) as refusal:
        transaction.commit({FIRST: NEW})

    transaction.release()
    assert refusal.value.path == str(root)
    assert str(refusal.value) == (
        f"{root}: its lock file was removed, or the folder was moved, during a change; nothing was saved"
    )
    assert not (root / "journal.jsonl").read_bytes()
    commit(backend, {FIRST: NEW})
    assert held(root) == NEW
    backend.close()


def test_writers_that_take_turns_see_what_the_other_did(root):
    one, other = open_folder(root), open_folder(root)
    for number in range(3):
        for backend in (one, other):
            transaction = backend.begin("count", timeout_seconds=0)
            before = transaction.read(FIRST)
            count = 0 if before is None else int(re.search(rb'"text":"(\d+)"', before)[1])
            transaction.commit({FIRST: document(FIRST, str(count + 1))})
            transaction.release()

    assert b'"text":"6"' in held(root)
    assert [line["serial"] for line in lines(root)] == [1, 2, 3, 4, 5, 6]
    one.close()
    other.close()


def test_a_store_whose_journal_failed_refuses_with_its_path_its_reason_and_what_to_do(root):
    files = FaultyFiles(("sync_data",))
    backend = open_folder(root, files)
    files.arm(Fault(1, "before", errno.EIO))
    with pytest.raises(StorageError):
        commit(backend, {FIRST: OLD})

    with pytest.raises(StorageError) as refusal:
        begun(backend)

    assert (refusal.value.path, refusal.value.outcome) == (str(root), Outcome.UNKNOWN)
    assert str(refusal.value) == (
        f"{root}: an earlier transaction could not be made durable; close this store and open the folder again: "
        "may or may not have been saved; open the folder again to see"
    )
    backend.close()


def test_documents_that_could_not_be_made_durable_stop_the_store(root):
    files = FaultyFiles(("sync_file",))
    backend = open_folder(root, files, checkpoint_size=10)
    files.arm(Fault(0, "before", errno.EIO))
    with pytest.raises(StorageError) as failure:
        commit(backend, {FIRST: OLD, CATALOG: document(CATALOG, "new")})
    with pytest.raises(StorageError) as refusal:
        begun(backend)

    assert (failure.value.outcome, failure.value.errno) == (Outcome.SAVED, errno.EIO)
    assert str(refusal.value) == (
        f"{root}: the documents could not be made durable; close this store and open the folder again: "
        "may or may not have been saved; open the folder again to see"
    )
    assert (held(root), len(lines(root))) == (OLD, 1)
    backend.close()


def test_an_error_while_a_document_is_replaced_says_saved_and_the_next_writer_finishes_it(root):
    files = FaultyFiles(("replace",))
    backend = open_folder(root, files)
    files.arm(Fault(0, "before", errno.EACCES))

    with pytest.raises(StorageError) as failure:
        commit(backend, {FIRST: OLD})
    seen = backend.view(lambda reading: reading.read(FIRST))
    begun(backend)

    assert (failure.value.outcome, failure.value.errno) == (Outcome.SAVED, errno.EACCES)
    assert seen == OLD
    assert held(root) == OLD
    backend.close()


def test_a_line_that_could_not_be_written_leaves_the_store_where_it_was(root):
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
