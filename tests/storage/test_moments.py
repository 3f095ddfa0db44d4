"""Looking at journal and marker without the lock, beside somebody who writes them."""

from __future__ import annotations

import gc
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorder import (
    CATALOG,
    LINEAGE,
    MOMENT,
    QuickFiles,
    clock,
    commit,
    document,
    make_folder,
    open_folder,
    read_all,
)

from plandoc.errors import DamagedError, Outcome, StorageError
from plandoc.storage import journal, marker
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.documents import digest
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.journal_file import LEAST_PADDING_SIZE
from plandoc.storage.journal_reader import Identity, JournalReader, identify
from plandoc.storage.lock import FolderLock
from plandoc.storage.thread_queue import Turn

FIRST = "events/1.json"
PADDING = b"\n" * LEAST_PADDING_SIZE


def line(serial: int, *changes: journal.Change) -> bytes:
    return journal.render(journal.Line(serial, LINEAGE, changes), action="change", timestamp=MOMENT)


def a_reader(root: Path, files: Files | None = None) -> JournalReader:
    layer = files or QuickFiles()
    return JournalReader(DocumentFiles(root, layer), layer, FolderLock(root, layer), clock)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data", QuickFiles())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


class ReadsInPieces(QuickFiles):
    """Reads journals in pieces, and lets others work between two of them."""

    def __init__(self, meanwhile: Callable[[], Any], *, sizes: Callable[[], int]) -> None:
        self.meanwhile = meanwhile
        self.sizes = sizes

    def read(self, path: Path) -> bytes:
        if Path(path).name != journal.NAME:
            return super().read(path)
        handle, status = self.open_to_read(path)
        try:
            return self.read_at(handle, 0, status.st_size)
        finally:
            self.close(handle)

    def read_at(self, handle: int, offset: int, size: int) -> bytes:
        found = b""
        while len(found) < size:
            wanted = min(self.sizes(), size - len(found))
            piece = super().read_at(handle, offset + len(found), wanted)
            found += piece
            if len(piece) < wanted:
                break
            self.meanwhile()
        return found


def test_a_line_behind_the_room_of_the_one_before_it_is_not_taken_for_damage(root: Path) -> None:
    writer = open_folder(root)
    for number in range(3):
        commit(writer, {FIRST: document(FIRST, f"{number}")})
    known = (root / journal.NAME).read_bytes().rstrip()
    commits = iter(range(2))

    def two_commits() -> None:
        for _ in commits:
            commit(writer, {FIRST: document(FIRST, "meanwhile")})

    reader = open_folder(root, ReadsInPieces(two_commits, sizes=lambda: len(known) + 20))

    assert reader.view(lambda reading: reading.serial) == 5
    reader.close()
    writer.close()


@pytest.mark.costly
def test_reads_cut_at_random_beside_a_writer_that_never_pauses_give_no_false_alarm(root: Path) -> None:
    luck = random.Random(13)
    writer = open_folder(root, QuickFiles(), checkpoint_size=4_000)
    commit(writer, {FIRST: document(FIRST, "first")})
    written = 1

    def write() -> None:
        nonlocal written
        written += 1
        commit(writer, {FIRST: document(FIRST, "x" * luck.randrange(900))})

    def now_and_then() -> None:
        if luck.random() < 0.3:
            write()

    files = ReadsInPieces(now_and_then, sizes=lambda: luck.randrange(1, 400))
    for _ in range(200):
        write()
        before = written
        # Opened anew each time, so that the first look is disturbed as well.
        reader = open_folder(root, files)
        serial = reader.view(lambda reading: (read_all(reading), reading.serial))[1]

        assert before <= serial <= written
    assert written > 200
    writer.close()


def test_a_look_reads_only_what_has_come_since_the_last_one(root: Path) -> None:
    class Counting(QuickFiles):
        bytes_read = 0

        def read_at(self, handle: int, offset: int, size: int) -> bytes:
            found = super().read_at(handle, offset, size)
            self.bytes_read += len(found)
            return found

    writer, files = open_folder(root), Counting()
    commit(writer, {FIRST: document(FIRST, "x" * 20_000)})
    reader = open_folder(root, files)
    commit(writer, {FIRST: document(FIRST, "small")})
    # The room that the second line has made is read once.
    reader.view(lambda reading: reading.serial)
    files.bytes_read = 0
    commit(writer, {FIRST: document(FIRST, "third")})

    assert reader.view(lambda reading: (reading.read(FIRST), reading.serial)) == (document(FIRST, "third"), 3)
    assert files.bytes_read < 2 * LEAST_PADDING_SIZE + 2_000
    assert (root / journal.NAME).stat().st_size > 20_000 + LEAST_PADDING_SIZE
    reader.close()
    writer.close()


def test_damage_that_is_there_under_the_lock_too_is_told(root: Path) -> None:
    (root / journal.NAME).write_bytes(b"damaged\n" + line(1))

    with pytest.raises(DamagedError, match="good ones follow"):
        a_reader(root).look()
    with pytest.raises(DamagedError, match="good ones follow"):
        FolderBackend(root)


def test_damage_is_told_also_where_nobody_can_lock(root: Path) -> None:
    (root / ".plandoc" / "lock").unlink()
    (root / journal.NAME).write_bytes(b"damaged\n" + line(1))

    with pytest.raises(DamagedError, match="good ones follow"):
        a_reader(root).look()

    assert not (root / ".plandoc" / "lock").exists()


def test_what_looks_like_damage_is_looked_at_again_when_the_writer_is_done(root: Path) -> None:
    (root / journal.NAME).write_bytes(b"unfinished\n" + line(1))
    lock = FolderLock(root, Files())
    turn = Turn()
    lock.take(turn, action="write", timestamp=MOMENT, timeout_seconds=0, on_wait=None)

    def finish() -> None:
        (root / journal.NAME).write_bytes(line(1) + line(2))
        lock.release(turn)

    timer = threading.Timer(0.2, finish)
    timer.start()

    assert a_reader(root).look().state.serial == 2
    timer.join()
    lock.close()


class SyncedByReader(QuickFiles):
    """Counts the syncs of a reader, and lets them fail."""

    def __init__(self) -> None:
        self.synced: list[str] = []
        self.error: OSError | None = None

    def sync_file(self, path: Path) -> None:
        self.synced.append(Path(path).name)
        if self.error is not None:
            raise self.error


def test_a_line_that_another_process_wrote_is_made_durable_once_before_it_is_believed(root: Path) -> None:
    writer, files = open_folder(root), SyncedByReader()
    commit(writer, {FIRST: document(FIRST, "1")})
    reader = open_folder(root, files)

    for _ in range(3):
        reader.view(read_all)

    assert files.synced == [journal.NAME]
    reader.close()
    writer.close()


def test_a_line_behind_a_known_one_is_believed_where_a_document_is_in_place(root: Path) -> None:
    writer, files = open_folder(root), SyncedByReader()
    commit(writer, {FIRST: document(FIRST, "1")})
    reader = open_folder(root, files)
    files.synced.clear()
    commit(writer, {FIRST: document(FIRST, "2"), CATALOG: document(CATALOG, "longer")})

    found = reader.view(lambda reading: (reading.serial, reading.read(FIRST)))

    assert found == (2, document(FIRST, "2"))
    assert files.synced == []
    reader.close()
    writer.close()


def not_in_place(root: Path) -> None:
    (root / FIRST).write_bytes(document(FIRST, "1"))


def not_changed(root: Path) -> None:
    whole = (root / journal.NAME).read_bytes().rstrip(journal.PADDING) + journal.PADDING
    replaced = digest((root / FIRST).read_bytes())
    change = journal.Change(FIRST, replaced, (root / FIRST).read_bytes())
    (root / journal.NAME).write_bytes(whole + line(3, change))


def removed(root: Path) -> None:
    (root / FIRST).unlink()


def unreadable(root: Path) -> None:
    removed(root)
    (root / FIRST).mkdir()


@pytest.mark.parametrize("spoil", [not_in_place, not_changed, removed, unreadable])
def test_a_line_of_which_no_document_shows_that_it_is_durable_is_synced(
    spoil: Callable[[Path], None], root: Path
) -> None:
    writer, files = open_folder(root), SyncedByReader()
    commit(writer, {FIRST: document(FIRST, "1")})
    reader = open_folder(root, files)
    files.synced.clear()
    commit(writer, {FIRST: document(FIRST, "2")})
    spoil(root)

    reader.view(lambda reading: reading.serial)

    assert files.synced == [journal.NAME]
    reader.close()


def test_a_line_of_this_process_is_known_to_be_durable(root: Path) -> None:
    files = SyncedByReader()
    backend = open_folder(root, files)
    for number in range(3):
        commit(backend, {FIRST: document(FIRST, str(number))})
        backend.view(read_all)

    assert journal.NAME not in files.synced
    backend.close()


def test_a_line_that_cannot_be_made_durable_is_not_believed(root: Path) -> None:
    writer, files = open_folder(root), SyncedByReader()
    reader = open_folder(root, files)
    commit(writer, {FIRST: document(FIRST, "1")})
    files.error = OSError(5, "Input/output error")

    with pytest.raises(StorageError, match="input/output error"):
        reader.view(read_all)

    files.error = OSError(30, "Read-only file system")
    assert reader.view(lambda reading: reading.serial) == 1, "what cannot be synced has nothing to lose"
    reader.close()
    writer.close()


def test_a_line_that_its_writer_takes_back_after_a_failed_sync_is_not_believed(root: Path) -> None:
    reader_files = SyncedByReader()
    reader = open_folder(root, reader_files)
    seen = []

    class Failing(QuickFiles):
        def sync_data(self, handle: int) -> None:
            if not (root / journal.NAME).read_bytes():
                return

            def taken_back(_: Path) -> None:
                os_truncate(root)

            reader_files.sync_file = taken_back
            seen.append(reader.view(lambda reading: reading.serial))
            raise OSError(5, "Input/output error")

    with pytest.raises(StorageError) as failure:
        commit(open_folder(root, Failing()), {FIRST: document(FIRST, "never was")})

    assert failure.value.outcome is Outcome.UNKNOWN
    assert seen == [0]
    reader.close()


def os_truncate(root: Path) -> None:
    """What the writer does as soon as its sync has failed."""
    (root / journal.NAME).write_bytes(b"")


# What a journal may come to hold, from one moment to the next, and where the last line ends that was known before.
_BOTH = line(5) + line(6)
_MOMENTS = (
    (b"", 0),
    (line(5), 0),
    (line(5), len(line(5))),
    (_BOTH, len(line(5))),
    (_BOTH, len(_BOTH)),
    (_BOTH + PADDING, len(_BOTH)),
    (_BOTH + b"{" + PADDING[1:], len(_BOTH)),
    (_BOTH + line(7)[:-1] + PADDING[len(line(7)) - 1 :], len(_BOTH)),
    (_BOTH + line(7) + PADDING[len(line(7)) :] + b"!", len(_BOTH)),
    (b"torn", 0),
    (b"torn", len(line(5))),
)


def test_two_moments_of_a_folder_are_told_apart_by_the_journal_or_by_the_marker_of_an_empty_one(path):
    layer = Files()
    folder = DocumentFiles(path.parent, layer)
    nothing = identify(folder, layer, 0)
    (path.parent / marker.NAME).write_bytes(b"marker")
    moments = [identify(folder, layer, 0)]
    for content, end in _MOMENTS:
        path.write_bytes(content)
        moments.append(identify(folder, layer, end))
    assert nothing == Identity(0, b"", None)
    assert moments[:2] == [Identity(0, b"", b"marker")] * 2
    assert moments[2] == Identity(len(line(5)), line(5)[:-1], b"marker"), "no line was known"
    assert moments[3] == Identity(len(line(5)), line(5)[-80:-1], None)
    assert moments[5] == Identity(len(_BOTH), line(6)[-80:-1], None)
    assert moments[6] == Identity(len(_BOTH + PADDING), line(6)[-80:] + b"\n", None)
    assert moments[-2] == Identity(4, b"torn", b"marker")
    assert len(set(moments)) == len(moments) - 1


def test_a_line_that_is_being_written_is_another_moment_until_it_is_whole(path):
    layer = Files()
    folder = DocumentFiles(path.parent, layer)
    moments = set()
    for written in range(1, len(line(7)), 7):
        path.write_bytes(_BOTH + line(7)[:written] + PADDING[written:])
        moments.add(identify(folder, layer, len(_BOTH)))

    assert len(moments) == len(range(1, len(line(7)), 7))


def test_looking_at_a_folder_leaves_no_file_open(path):
    path.write_bytes(line(5))
    layer = Files()
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not show its open files")
    # What earlier tests left in cycles would be closed meanwhile.
    gc.collect()
    before = len(list(descriptors.iterdir()))

    for _ in range(5):
        identify(DocumentFiles(path.parent, layer), layer, 0)

    assert len(list(descriptors.iterdir())) == before
