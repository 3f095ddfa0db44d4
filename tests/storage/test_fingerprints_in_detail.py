"""What tells whether a document still holds what it held, without reading it: the same over all backends."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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

from plandoc.errors import Outcome, StorageError
from plandoc.storage import journal
from plandoc.storage.memory import MemoryBackend

FIRST, SECOND = "events/1.json", "events/2.json"
OLD, NEW = (document(FIRST, text) for text in ("old", "new"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "data", QuickFiles())


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
    left = open_folder(root, QuickFiles())
    commit(left, {FIRST: OLD, SECOND: OLD})
    commit(left, {FIRST: NEW, SECOND: None, CATALOG: document(CATALOG, "new")})
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
    """A file system whose clock stands still for folders, as that of a stick does for two seconds."""

    def status(self, path: Path) -> Any:
        found = super().status(path)
        if found is None or path.name != "events":
            return found
        return SimpleNamespace(st_mtime_ns=0, st_ctime_ns=0, st_ino=found.st_ino, st_mode=found.st_mode)


@pytest.mark.parametrize("who", ["reader", "writer"])
def test_a_change_is_seen_also_where_the_clock_of_the_folder_stands_still(root, who):
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


@pytest.mark.parametrize("call", ["fingerprints", "fingerprint"])
@pytest.mark.parametrize("who", ["reader", "writer"])
def test_a_look_that_fails_names_the_folder_or_the_file_and_saved_nothing(root, call, who):
    class NamelessFiles(FaultyFiles):
        def _error(self, fault: Fault, arguments: tuple[Any, ...]) -> BaseException:
            return OSError(fault.error, os.strerror(errno.EIO))

    files = NamelessFiles(("status",))
    backend = open_folder(root, files)
    commit(backend, {FIRST: OLD})

    def look(reading: Any) -> object:
        files.arm(Fault(0, "before", errno.EIO))
        return reading.fingerprints("events") if call == "fingerprints" else reading.fingerprint(FIRST)

    transaction = backend.begin("look", timeout_seconds=0)
    with pytest.raises(StorageError) as failure:
        look(transaction) if who == "writer" else backend.view(look)

    transaction.release()
    assert (failure.value.path, failure.value.errno) == (str(root), errno.EIO)
    assert failure.value.outcome is Outcome.NOT_SAVED
    backend.close()
