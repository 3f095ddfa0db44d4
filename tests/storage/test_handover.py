"""What a holder of the lock leaves for the next one saves a look, and is believed only where a look would find the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
from recorder import CATALOG, LINEAGE, MOMENT, QuickFiles, commit, document, marker_with, open_folder, read_all
from test_held_documents import refusing
from test_waiting import ENOUGH_SECONDS, needs_places, until

from plandoc.errors import RecoveryWarning, StorageError
from plandoc.storage import handover, journal, marker, process_queue
from plandoc.storage.folder import FolderBackend

FIRST, SECOND, THIRD = (f"events/{number}.json" for number in (1, 2, 3))

pytestmark = needs_places


class CountingFiles(QuickFiles):
    """Counts what is read, synced and replaced, each by the name of the file."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.bytes_read = 0

    def read(self, path: Path) -> bytes:
        self.calls.append(("read", Path(path).name))
        return super().read(path)

    def read_at(self, handle: int, offset: int, size: int) -> bytes:
        content = super().read_at(handle, offset, size)
        self.bytes_read += len(content)
        return content

    def sync_data(self, handle: int) -> None:
        self.calls.append(("sync_data", ""))
        super().sync_data(handle)

    def sync_file(self, path: Path) -> None:
        self.calls.append(("sync_file", Path(path).name.split(".json")[0]))
        super().sync_file(path)


@contextmanager
def waited_for(root: Path) -> Iterator[None]:
    """Let somebody wait for the lock, so that whoever holds it leaves something for the next one."""
    backend = open_folder(root, QuickFiles())
    # Not this backend's own wait for the lock, which it would get in between.
    with ExitStack() as stack:
        handle = backend._lock._file.opened()
        stack.callback(backend.close)
        waiter = process_queue.Waiter(handle)
        waiter.join()
        yield
        waiter.leave()


def commit_behind(backend: FolderBackend, changes: dict[str, bytes | None]) -> None:
    """Commit without looking whether anybody waits, which somebody does who never takes the lock."""
    transaction = backend.begin("change", timeout_seconds=0)
    transaction.commit(changes)
    transaction.release()


@pytest.fixture
def files() -> CountingFiles:
    return CountingFiles()


@pytest.fixture
def next_one(root: Path, files: CountingFiles) -> Iterator[FolderBackend]:
    """One who has written before, and whom others have overtaken since then."""
    backend = open_folder(root, files)
    commit(backend, {CATALOG: document(CATALOG, "of the next one")})
    yield backend
    backend.close()


def begun(backend: FolderBackend, files: CountingFiles) -> list[tuple[str, str]]:
    """Begin a transaction; return what that has asked of the system."""
    files.calls.clear()
    backend.begin("look", timeout_seconds=0).release()
    return list(files.calls)


def left_by_others(root: Path, *changes: dict[str, bytes | None]) -> FolderBackend:
    """Let another process commit while somebody waits."""
    other = open_folder(root, QuickFiles())
    with waited_for(root):
        for each in changes:
            commit_behind(other, each)
    return other


def test_what_others_have_written_and_handed_over_is_neither_read_nor_synced_again(
    root: Path, next_one: FolderBackend, files: CountingFiles
) -> None:
    other = left_by_others(root, *({FIRST: document(FIRST, f"{number}")} for number in range(5)))

    calls = begun(next_one, files)

    assert calls == []
    assert next_one.position.serial == 6
    assert next_one.view(lambda reading: reading.read(FIRST)) == document(FIRST, "4")
    other.close()


def test_of_lines_that_were_handed_over_none_is_read_however_many_they_are(
    root: Path, next_one: FolderBackend, files: CountingFiles
) -> None:
    read, others = [], []
    for count in (1, 200):
        others.append(left_by_others(root, *({FIRST: document(FIRST, f"{number}")} for number in range(count))))
        files.bytes_read = 0
        begun(next_one, files)
        read.append(files.bytes_read)

    assert read[0] == read[1] < handover.SIZE + 4 * journal.LAST_BYTES_SIZE
    for other in others:
        other.close()


def test_lines_behind_those_that_were_handed_over_are_checkpointed_with_them(
    root: Path, next_one: FolderBackend, files: CountingFiles
) -> None:
    other = left_by_others(root, {FIRST: document(FIRST, "new")})
    begun(next_one, files)
    commit(other, {SECOND: document(SECOND, "new")})
    begun(next_one, files)
    commit(next_one, {THIRD: document(THIRD, "new")})

    next_one.close()

    assert {("sync_file", name) for name in "123"} <= set(files.calls)
    other.close()


def test_without_anybody_who_waits_nothing_is_left_and_the_next_one_looks(
    root: Path, next_one: FolderBackend, files: CountingFiles
) -> None:
    other = open_folder(root, QuickFiles())
    commit(other, {FIRST: document(FIRST, "new")})

    calls = begun(next_one, files)

    assert (root / ".plandoc" / "lock").read_bytes() == b""
    assert ("read", "1.json") in calls
    other.close()


def test_a_change_on_top_of_what_was_handed_over_is_as_good_as_any(root: Path, next_one: FolderBackend) -> None:
    other = left_by_others(root, {FIRST: document(FIRST, "new"), SECOND: document(SECOND, "new")})
    commit(next_one, {SECOND: document(SECOND, "newer")})
    commit(other, {FIRST: document(FIRST, "newest")})

    found = open_folder(root, QuickFiles()).view(read_all)

    assert (found[FIRST], found[SECOND]) == (document(FIRST, "newest").rstrip(), document(SECOND, "newer").rstrip())
    other.close()


def test_a_checkpoint_makes_durable_what_others_have_handed_over(
    root: Path, next_one: FolderBackend, files: CountingFiles
) -> None:
    other = left_by_others(root, {FIRST: document(FIRST, "new")}, {SECOND: document(SECOND, "new"), FIRST: None})
    begun(next_one, files)

    next_one.close()

    assert ("sync_file", "2") in files.calls
    assert (root / journal.NAME).read_bytes() == b""
    assert not (root / FIRST).exists()
    other.close()


def written_by_hand(root: Path, content: bytes) -> None:
    (root / ".plandoc" / "lock").write_bytes(content)


def another_serial(root: Path) -> None:
    end = open_folder(root, QuickFiles())
    end.begin("look", timeout_seconds=0).release()
    further = attrs.evolve(end.position, size=end.position.size + 1)
    written_by_hand(root, handover.left(further, marker.parse(marker_with(1))))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: written_by_hand(root, b""),
        lambda root: written_by_hand(root, b"\0" * handover.SIZE),
        lambda root: written_by_hand(root, b"[1]"),
        lambda root: written_by_hand(root, b'{"size": 1}'),
        lambda root: written_by_hand(root, (root / ".plandoc" / "lock").read_bytes()[:-1]),
        another_serial,
        lambda root: (root / ".plandoc" / "lock").unlink(),
        lambda root: commit(open_folder(root, QuickFiles()), {FIRST: document(FIRST, "written without a word")}),
    ],
    ids=["nothing", "NUL", "a list", "a part", "cut off", "another place", "removed", "overtaken"],
)
def test_what_does_not_name_the_very_end_of_the_journal_is_not_believed(
    spoil: Callable[[Path], Any], root: Path, next_one: FolderBackend, files: CountingFiles
) -> None:
    other = left_by_others(root, {FIRST: document(FIRST, "new")})
    spoil(root)

    calls = begun(next_one, files)

    assert ("read", "1.json") in calls
    assert next_one.view(lambda reading: reading.read(FIRST)) == (root / FIRST).read_bytes()
    other.close()


def test_who_holds_a_document_that_cannot_be_replaced_hands_nothing_over(
    root: Path, next_one: FolderBackend, files: CountingFiles
) -> None:
    dying = open_folder(root, refusing(FIRST))
    with pytest.raises(StorageError):
        commit(dying, {FIRST: document(FIRST, "only in the journal")})
    with pytest.warns(RecoveryWarning, match="cannot be replaced"), waited_for(root):
        holding = open_folder(root, refusing(FIRST))
        commit_behind(holding, {SECOND: document(SECOND, "new")})

    next_one.begin("look", timeout_seconds=0).release()

    assert (root / FIRST).read_bytes() == document(FIRST, "only in the journal")
    for backend in (dying, holding):
        backend.close()


def test_a_document_that_a_killed_writer_left_behind_is_put_right_whatever_was_handed_over_before(
    root: Path, next_one: FolderBackend
) -> None:
    other = left_by_others(root, {FIRST: document(FIRST, "new")})
    before = (root / FIRST).read_bytes()
    commit(other, {FIRST: document(FIRST, "newer")})
    (root / FIRST).write_bytes(before)

    next_one.begin("look", timeout_seconds=0).release()

    assert (root / FIRST).read_bytes() == document(FIRST, "newer")
    other.close()


def test_who_has_just_opened_the_folder_looks_at_everything(root: Path, next_one: FolderBackend) -> None:
    other = left_by_others(root, {FIRST: document(FIRST, "new")})
    # As a power cut leaves it: the line is there, and so may be what was left for the next one.
    (root / FIRST).unlink()

    opened = open_folder(root, QuickFiles())
    opened.begin("look", timeout_seconds=0).release()

    assert (root / FIRST).read_bytes() == document(FIRST, "new")
    opened.close()
    other.close()


@pytest.mark.parametrize("lines", [1, 2], ids=["last", "before others"])
def test_a_marker_that_others_have_written_is_read(lines: int, root: Path, next_one: FolderBackend) -> None:
    changes = [{FIRST: document(FIRST, "new"), marker.NAME: marker_with(7)}, {FIRST: document(FIRST, "newer")}]
    other = left_by_others(root, *changes[:lines])
    next_one.begin("look", timeout_seconds=0).release()

    next_one.close()

    assert marker.parse((root / marker.NAME).read_bytes()).next_event_id == 7
    other.close()


def test_names_in_lines_are_found_wherever_a_text_looks_like_one() -> None:
    changes = (
        journal.Change(FIRST, None, b'{"path":"events/8.json","x":"\\"path\\":"}'),
        journal.Change(SECOND, None, b'\\{"path":"events/9.json"'),
        journal.Change(THIRD, "0" * 64, None),
    )
    line = journal.render(journal.Line(1, LINEAGE, changes), action='{"path":"catalog.json"', timestamp=MOMENT)

    assert journal.names_in(line) == {FIRST, SECOND, THIRD}


def test_whoever_waits_gets_what_the_holder_leaves(root: Path, next_one: FolderBackend, files: CountingFiles) -> None:
    other = open_folder(root, QuickFiles())
    held = other.begin("first", timeout_seconds=0)
    files.calls.clear()
    thread = threading.Thread(
        target=lambda: next_one.begin("wait", timeout_seconds=ENOUGH_SECONDS).release(), daemon=True
    )
    thread.start()
    lock = other._lock._file.opened()
    until(lambda: process_queue.first_place(lock) > 0)
    held.commit({FIRST: document(FIRST, "new")})
    held.release()
    thread.join()

    assert files.calls == []
    assert next_one.position.serial == 2
    other.close()
