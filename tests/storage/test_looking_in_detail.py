"""What readers of a folder see while others write, and after a crash."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from recorder import (
    QuickFiles,
    commit,
    document,
    make_folder,
    open_folder,
)

from plandoc.errors import LockTimeout
from plandoc.storage import marker

FIRST, SECOND = "events/1.json", "events/2.json"
OLD, NEW, NEWER = (document(FIRST, text) for text in ("old", "new", "newer"))
TEMPORARY = ".plandoc-tmp"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data", QuickFiles())


def left_by_a_crash(root: Path, *changes: dict) -> None:
    """Let a writer commit these changes and die before it closes its store."""
    backend = open_folder(root, QuickFiles())
    for each in changes:
        commit(backend, each)


def test_readers_before_a_recovery_see_the_last_transaction_and_repair_nothing(root):
    left_by_a_crash(
        root, {FIRST: OLD, SECOND: document(SECOND, "old")}, {FIRST: NEW, SECOND: None, "events/3.json": OLD}
    )
    (root / FIRST).write_bytes(OLD)
    (root / SECOND).write_bytes(document(SECOND, "old"))
    (root / "events/3.json").unlink()
    (root / ("events/4.json" + TEMPORARY)).write_bytes(b"{}")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    backend = open_folder(root)

    seen = backend.view(
        lambda reading: (
            {name: reading.read(name) for name in (FIRST, SECOND, "events/3.json", "events/9.json")},
            list(reading.names("events")),
            list(reading.names("event")),
            reading.serial,
        )
    )

    assert seen == (
        {FIRST: NEW, SECOND: None, "events/3.json": OLD, "events/9.json": None},
        [FIRST, "events/3.json"],
        [],
        2,
    )
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_readers_see_an_edit_by_hand_that_came_after_a_crash(root):
    left_by_a_crash(root, {FIRST: OLD}, {FIRST: NEW})
    (root / FIRST).write_bytes(NEWER)

    assert open_folder(root).view(lambda reading: reading.read(FIRST)) == NEWER


def test_a_reading_beside_writers_is_of_one_moment_and_done_once_where_the_journal_has_what_it_read(root):
    backend, other = open_folder(root), open_folder(root)
    commit(backend, {FIRST: OLD, SECOND: OLD})
    looks = []

    def look(reading):
        first = reading.read(FIRST)
        text = f"{len(looks)}"
        commit(other, {FIRST: document(FIRST, text), SECOND: document(FIRST, text)})
        looks.append((first, reading.read(SECOND), reading.serial))
        return looks[-1]

    assert backend.view(look) == (OLD, OLD, 1)
    assert len(looks) == 1
    backend.close()
    other.close()


def test_a_reading_of_files_that_a_writer_changed_meanwhile_is_done_again(root):
    left_by_a_crash(root, {FIRST: OLD, SECOND: OLD})
    open_folder(root).begin("fold in", timeout_seconds=0).release()
    backend, other = open_folder(root, QuickFiles()), open_folder(root, QuickFiles(), checkpoint_size=10)
    commit(other, {FIRST: OLD + b" ", SECOND: OLD + b" "})
    looks = []

    def look(reading):
        looks.append((reading.read(FIRST), None))
        if len(looks) < 3:
            text = f"{len(looks)}"
            commit(other, {FIRST: document(FIRST, text), SECOND: document(FIRST, text)})
        looks[-1] = (looks[-1][0], reading.read(SECOND))
        return looks[-1]

    first, second = backend.view(look)

    assert len(looks) == 3
    assert first == second == document(FIRST, "2")
    assert all(one != two for one, two in looks[:-1]), "those that were thrown away did mix two moments"
    backend.close()
    other.close()


def test_an_error_of_a_reading_that_was_disturbed_is_thrown_away_with_it(root):
    backend, other = open_folder(root), open_folder(root)
    looks = []

    def look(reading):
        looks.append(reading.serial)
        found = reading.read(FIRST)
        if len(looks) == 1:
            commit(other, {FIRST: OLD})
            raise KeyError("half of a moment")
        return found

    assert backend.view(look) == OLD
    assert looks == [0, 1]
    backend.close()
    other.close()


def test_an_error_of_a_reading_that_others_did_not_disturb_is_that_of_the_caller(root):
    backend, other = open_folder(root), open_folder(root)
    looks = []

    def look(reading):
        looks.append(reading.read(SECOND))
        commit(other, {FIRST: document(FIRST, str(len(looks)))})
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        backend.view(look)

    assert len(looks) == 1
    backend.close()
    other.close()


def always_disturbed(other, looks):
    """A reading of all events, which each commit disturbs, until it has the lock."""

    def look(reading):
        reading.fingerprints("events")
        looks.append(reading.read(FIRST))
        try:
            commit(other, {FIRST: document(FIRST, str(len(looks)))})
        except LockTimeout as refusal:
            return refusal.holder["action"], reading.read(FIRST), reading.serial
        return None

    return look


def test_a_reading_that_is_always_disturbed_takes_its_turn_among_the_writers(root):
    backend, other = open_folder(root), open_folder(root)
    looks = []

    action, content, serial = backend.view(always_disturbed(other, looks))

    assert action == "read"
    assert content == document(FIRST, str(len(looks) - 1))
    assert serial == len(looks) - 1
    commit(other, {FIRST: OLD})
    backend.close()
    other.close()


def test_a_turn_that_a_reading_took_ends_also_when_it_fails(root):
    backend, other = open_folder(root), open_folder(root)
    look = always_disturbed(other, [])

    def failing(reading):
        if look(reading) is not None:
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        backend.view(failing)

    commit(other, {FIRST: OLD})
    backend.close()
    other.close()


def test_a_document_that_another_program_edits_while_a_store_is_open_is_shown_as_it_is(root):
    backend, other = open_folder(root), open_folder(root)
    commit(other, {FIRST: OLD, SECOND: OLD})
    (root / FIRST).write_bytes(NEWER)

    assert backend.view(lambda reading: (reading.read(FIRST), reading.read(SECOND))) == (NEWER, OLD)
    backend.close()
    other.close()


def test_a_reader_without_a_pause_between_writers_sees_only_whole_moments(root):
    backend, other = open_folder(root, QuickFiles()), open_folder(root, QuickFiles(), checkpoint_size=2_000)
    over = threading.Event()

    def write():
        for number in range(60):
            commit(other, {name: document(FIRST, str(number)) for name in (FIRST, SECOND)})
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    pairs = []
    while not over.is_set():
        pairs.append(backend.view(lambda reading: (reading.read(FIRST), reading.read(SECOND))))
    writer.join()

    assert pairs
    assert all(first == second for first, second in pairs)
    backend.close()
    other.close()


def test_a_reader_of_a_folder_that_is_at_rest_reads_journal_and_marker_once(root):
    class Counting(QuickFiles):
        def __init__(self) -> None:
            self.read_names: list[str] = []

        def read(self, path: Path) -> bytes:
            self.read_names.append(path.name)
            return super().read(path)

    left_by_a_crash(root, {FIRST: OLD})
    files = Counting()
    backend = open_folder(root, files)
    for _ in range(5):
        backend.view(lambda reading: reading.read(FIRST))

    assert files.read_names.count("journal.jsonl") == 1
    assert files.read_names.count(marker.NAME) == 1
    backend.close()
