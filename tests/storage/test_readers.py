"""What readers see while others write and after a crash, and what shows them without reading that a document changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from event_folder import FIRST, NEW, NEWER, OLD, SECOND, left_by_a_crash
from recorder import CATALOG, LINEAGE, MOMENT, QuickFiles, commit, document, open_folder

from plandoc.errors import LockTimeout
from plandoc.storage import journal, marker
from plandoc.storage.memory import MemoryBackend
from plandoc.storage.replacement import TEMPORARY


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


def test_a_reading_beside_writers_shows_one_state_and_is_done_once_where_the_journal_has_what_it_read(root):
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


def test_a_reader_of_a_folder_that_is_at_rest_reads_journal_and_marker_once(root):
    class Counting(QuickFiles):
        def __init__(self) -> None:
            self.read_names: list[str] = []

        def read(self, path: Path) -> bytes:
            self.read_names.append(Path(path).name)
            return super().read(path)

    left_by_a_crash(root, {FIRST: OLD})
    files = Counting()
    backend = open_folder(root, files)
    for _ in range(5):
        backend.view(lambda reading: reading.read(FIRST))

    assert files.read_names.count("journal.jsonl") == 1
    assert files.read_names.count(marker.NAME) == 1
    backend.close()


@pytest.fixture(params=["memory", "folder"])
def backend(request: pytest.FixtureRequest, root: Path) -> Iterator[Any]:
    made = MemoryBackend("L") if request.param == "memory" else open_folder(root, QuickFiles())
    yield made
    made.close()


def seen_by(backend: Any) -> dict[str, Any]:
    return dict(backend.view(lambda reading: reading.fingerprints("events")))


def test_each_document_of_a_folder_has_one_and_no_other(backend):
    commit(backend, {FIRST: OLD, SECOND: OLD, CATALOG: document(CATALOG, "new")})

    found = seen_by(backend)

    assert set(found) == {FIRST, SECOND}
    assert None not in found.values()
    assert backend.view(lambda reading: dict(reading.fingerprints("nowhere"))) == {}


def test_it_changes_with_its_document_and_with_no_other(backend):
    commit(backend, {FIRST: OLD, SECOND: OLD})
    before = seen_by(backend)
    commit(backend, {FIRST: NEW})
    after = seen_by(backend)
    commit(backend, {FIRST: None})

    assert before[FIRST] != after[FIRST]
    assert before[SECOND] == after[SECOND]
    assert set(seen_by(backend)) == {SECOND}


def test_of_one_document_it_is_the_same_as_among_all(backend):
    commit(backend, {FIRST: OLD, SECOND: OLD})
    found = seen_by(backend)
    transaction = backend.begin("look", timeout_seconds=0)
    by_writer = dict(transaction.fingerprints("events")), transaction.fingerprint(SECOND)
    transaction.release()
    one = backend.view(lambda reading: (reading.fingerprint(SECOND), reading.fingerprint("events/9.json")))

    assert transaction.fingerprint("events/9.json") is None
    assert one[1] is None
    assert set(by_writer[0]) == set(found)
    assert one[0] == found[SECOND]
    assert by_writer[1] == by_writer[0][SECOND]


def test_what_the_journal_says_is_part_of_it_where_a_writer_died_before_the_files_were_replaced(root):
    left_by_a_crash(root, {FIRST: OLD, SECOND: OLD}, {FIRST: NEW, SECOND: None, CATALOG: document(CATALOG, "new")})
    (root / FIRST).write_bytes(OLD)
    (root / SECOND).write_bytes(OLD)
    backend = open_folder(root)
    dead = seen_by(backend)
    one = backend.view(lambda reading: reading.fingerprint(FIRST))
    backend.begin("recover", timeout_seconds=0).release()
    recovered = seen_by(backend)

    assert set(dead) == set(recovered) == {FIRST}
    assert dead[FIRST] != recovered[FIRST]
    assert one == dead[FIRST]
    backend.close()


def test_each_further_transaction_on_a_document_is_seen_though_its_file_stays(root):
    left = open_folder(root, QuickFiles())
    commit(left, {FIRST: OLD})
    backend = open_folder(root)
    first = seen_by(backend)
    file = root / FIRST
    status = file.stat()
    commit(left, {FIRST: NEW})
    file.write_bytes(OLD)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert seen_by(backend)[FIRST] != first[FIRST]
    backend.close()


class SlowClockFiles(QuickFiles):
    """A file system whose clock does not move for folders, as that of a stick does for two seconds."""

    def status(self, path: Path) -> Any:
        found = super().status(path)
        if found is None or Path(path).name != "events":
            return found
        return SimpleNamespace(st_mtime_ns=0, st_ctime_ns=0, st_ino=found.st_ino, st_mode=found.st_mode)


@pytest.mark.parametrize("who", ["reader", "writer"])
def test_a_change_is_seen_also_where_the_clock_of_the_folder_does_not_move(root, who):
    backend = open_folder(root, SlowClockFiles())
    commit(backend, {FIRST: OLD})
    seen = []
    for changes in ({}, {FIRST: NEW}, {SECOND: OLD}):
        transaction = backend.begin("look", timeout_seconds=0)
        if changes:
            transaction.commit(changes)
        seen.append(dict(transaction.fingerprints("events")) if who == "writer" else seen_by(backend))
        transaction.release()

    first, changed, added = seen
    assert first[FIRST] != changed[FIRST]
    assert set(changed) == {FIRST}
    assert set(added) == {FIRST, SECOND}
    backend.close()


def test_lines_of_a_writer_that_died_before_it_touched_a_file_are_seen_one_by_one(root):
    def line(serial: int, content: bytes | None) -> bytes:
        change = journal.Change(FIRST, None, content)
        return journal.render(journal.Line(serial, LINEAGE, (change,)), action="change", timestamp=MOMENT)

    backend = open_folder(root)
    seen = []
    for written in (line(1, OLD), line(2, NEW), line(3, None), line(4, NEW)):
        with (root / journal.NAME).open("ab") as log:
            log.write(written)
        seen.append(seen_by(backend))

    first, second, third, fourth = seen
    assert set(first) == set(second) == set(fourth) == {FIRST}
    assert third == {}
    assert len({first[FIRST], second[FIRST], fourth[FIRST]}) == 3
