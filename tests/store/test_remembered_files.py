"""What a reading remembers of the catalog and the marker never hides what another program has written."""

from __future__ import annotations

import datetime
import mmap
import os
import random
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import attrs
import pytest

import plandoc
from plandoc.clock import stopwatch_seconds, system_clock
from plandoc.errors import ConflictError, DamagedError, StorageError
from plandoc.storage import remembered_files
from plandoc.storage.directory_scan import VALID_SECONDS
from plandoc.storage.files import Files
from plandoc.storage.remembered_files import RememberedFiles
from tests.builders import a_bakery

pytestmark = pytest.mark.of_folder

CATALOG, MARKER = "catalog.json", "plandoc.json"
LATER = datetime.timedelta(seconds=10)
# Longer than a tick of any clock that a file system on this machine goes by.
TICK_SECONDS = 0.05


def name_of(store, recipe_id=1):
    return store.read(lambda session: session.get(plandoc.Recipe, recipe_id).name)


def events_of(store):
    return store.read(lambda session: [event.name for event in session.find(plandoc.Event)])


@pytest.fixture
def read(monkeypatch):
    """The names of the files that were read whole, from then on."""
    names, reading = [], Files.read
    monkeypatch.setattr(Files, "read", lambda files, path: names.append(Path(path).name) or reading(files, path))
    return names


@pytest.fixture
def opened(folder, monkeypatch, read):
    """A store that remembers its catalog and its marker, as if both had been written long ago."""
    with plandoc.open_store(folder, create=True) as store:
        a_bakery(store)
    monkeypatch.setattr(remembered_files, "system_clock", lambda: system_clock() + LATER)
    time.sleep(TICK_SECONDS)
    with plandoc.open_store(folder) as store:
        assert name_of(store) == "Chocolate Chip Cookies"
        read.clear()
        assert name_of(store) == "Chocolate Chip Cookies"
        assert read == [], "nothing is remembered, so that no test here shows anything"
        yield store


def changed(content):
    return content.replace(b"Chocolate Chip Cookies", b"Chestnut Chip Cookies!")


def in_place(file):
    with file.open("r+b") as there:
        content = there.read()
        there.seek(0)
        there.write(changed(content))


def in_place_with_its_old_time(file):
    before = file.stat()
    in_place(file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(file):
    other = file.with_suffix(".new")
    other.write_bytes(changed(file.read_bytes()))
    other.replace(file)


def replaced_by_one_of_the_same_age(file):
    other = file.with_suffix(".new")
    other.write_bytes(changed(file.read_bytes()))
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)


def copied_over_with_its_time(file):
    other = file.with_suffix(".new")
    other.write_bytes(changed(file.read_bytes()))
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    shutil.copy2(other, file)
    other.unlink()


def removed_and_made_again(file):
    content, before = file.read_bytes(), file.stat()
    file.unlink()
    file.write_bytes(changed(content))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def longer(file):
    file.write_bytes(changed(file.read_bytes()) + b"\n\n")


EDITS = (
    in_place,
    in_place_with_its_old_time,
    replaced,
    replaced_by_one_of_the_same_age,
    copied_over_with_its_time,
    removed_and_made_again,
    longer,
)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.sample(len(EDITS))
def test_a_reading_right_after_an_edit_by_hand_shows_it(opened, folder, edit):
    before = (folder / CATALOG).stat()
    edit(folder / CATALOG)
    after = (folder / CATALOG).stat()

    assert name_of(opened) == "Chestnut Chip Cookies!"
    if edit not in (in_place, replaced, longer):
        assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def as_a_folder(file):
    file.mkdir()


def as_a_pipe(file):
    os.mkfifo(file)


def as_a_link(file):
    (file.parent / "elsewhere.json").write_text("{}")
    file.symlink_to(file.parent / "elsewhere.json")


def as_nothing(file):
    file.unlink(missing_ok=True)


@pytest.mark.parametrize("name", [CATALOG, MARKER])
@pytest.mark.parametrize("left", [as_a_folder, as_a_pipe, as_a_link, as_nothing])
@pytest.mark.sample(8)
def test_what_takes_the_place_of_a_remembered_file_is_refused_at_once(opened, folder, name, left):
    kept = folder.parent / name
    (folder / name).rename(kept)
    left(folder / name)

    with pytest.raises(DamagedError, match=name):
        name_of(opened)
    if left is as_a_folder:
        (folder / name).rmdir()
    else:
        as_nothing(folder / name)
    (folder / "elsewhere.json").unlink(missing_ok=True)
    kept.rename(folder / name)
    assert name_of(opened) == "Chocolate Chip Cookies"


def test_a_remembered_file_that_may_no_longer_be_read_is_an_error_at_once(opened, folder):
    if os.geteuid() == 0:
        pytest.skip("the superuser may read any file")
    (folder / CATALOG).chmod(0)

    with pytest.raises(StorageError, match=CATALOG):
        name_of(opened)
    (folder / CATALOG).chmod(0o644)


def test_a_marker_of_another_folder_is_refused_at_once(opened, folder):
    marker = folder / MARKER
    content = marker.read_bytes()
    with marker.open("r+b") as there:
        there.write(content.replace(opened._backend.store_id.encode(), opened._backend.store_id[::-1].encode()))

    with pytest.raises(ConflictError):
        name_of(opened)
    marker.write_bytes(content)


def test_what_another_store_wrote_and_checkpointed_is_seen_at_once(opened, folder):
    for number in range(3):
        with plandoc.open_store(folder) as other, other.session() as session:
            session.replace(attrs.evolve(session.get(plandoc.Recipe, 1), name=f"Cookies {number}"))
            session.add(plandoc.Event(f"Fair {number}", datetime.date(2026, 12, 25)))

        assert name_of(opened) == f"Cookies {number}"
        assert events_of(opened) == [f"Fair {one}" for one in range(number + 1)]
        # Looked at again, so that it is remembered from then on.
        name_of(opened)


@pytest.fixture
def blind(opened, folder, monkeypatch):
    """The same store; its catalog was then changed so that nothing shows it but a look at its content."""
    present, status = (folder / CATALOG).stat(), Files.status
    in_place(folder / CATALOG)
    monkeypatch.setattr(
        Files, "status", lambda files, path: present if Path(path).name == CATALOG else status(files, path)
    )
    return opened


def test_what_no_look_at_a_file_shows_is_seen_when_the_moment_is_over(blind, monkeypatch):
    assert name_of(blind) == "Chocolate Chip Cookies"

    monkeypatch.setattr(remembered_files, "stopwatch_seconds", lambda: stopwatch_seconds() + VALID_SECONDS)

    assert name_of(blind) == "Chestnut Chip Cookies!"


def test_what_is_written_through_memory_is_seen_when_the_moment_is_over(opened, folder, monkeypatch):
    with (folder / CATALOG).open("r+b") as there, mmap.mmap(there.fileno(), 0) as mapped:
        mapped[:] = changed(mapped[:])
        monkeypatch.setattr(remembered_files, "stopwatch_seconds", lambda: stopwatch_seconds() + VALID_SECONDS)

        assert name_of(opened) == "Chestnut Chip Cookies!"


def test_the_document_of_an_event_is_read_each_time(opened, folder, read):
    with opened.session() as session:
        session.add(plandoc.Event("Fair", datetime.date(2026, 12, 25)))
    time.sleep(TICK_SECONDS)
    read.clear()
    for _ in range(3):
        opened.read(lambda session: session.event(1))

    assert read.count("1.json") == 3


def test_a_session_that_writes_decides_by_the_file(blind):
    with blind.session() as session:
        assert session.get(plandoc.Recipe, 1).name == "Chestnut Chip Cookies!"


def test_a_copy_is_made_of_the_files(blind, folder, tmp_path):
    backup = plandoc.backup(folder, tmp_path / "copy")

    assert (Path(backup.path) / CATALOG).read_bytes() == (folder / CATALOG).read_bytes()
    assert blind.view(lambda reading: reading.read(CATALOG)) == (folder / CATALOG).read_bytes()


def test_a_file_that_was_written_a_moment_ago_is_read_each_time(folder, read):
    with plandoc.open_store(folder, create=True) as store:
        a_bakery(store)
        name_of(store)
        read.clear()
        name_of(store)
        name_of(store)

        assert read == [CATALOG, CATALOG]


class CoarseFiles(Files):
    """One file, on a file system whose clock ticks every two seconds."""

    def __init__(self):
        self.now = 1_000_000.0
        self.change(b"first")

    def change(self, content):
        self.content, ticked = content, int(self.now // 2 * 2e9)
        self.present = SimpleNamespace(st_mode=0o100644, st_size=1, st_mtime_ns=ticked, st_ctime_ns=ticked, st_ino=1)

    def status(self, _path):
        return self.present


def test_on_a_file_system_with_a_coarse_clock_no_reading_is_ever_out_of_date(monkeypatch):
    luck, files = random.Random(7), CoarseFiles()
    monkeypatch.setattr(remembered_files, "stopwatch_seconds", lambda: files.now)
    in_whole_seconds = lambda: datetime.datetime.fromtimestamp(int(files.now), datetime.UTC)
    monkeypatch.setattr(remembered_files, "system_clock", in_whole_seconds)
    remembered, looks = RememberedFiles(files), 0

    def read():
        nonlocal looks
        looks += 1
        found = files.content
        if luck.random() < 0.1:
            files.change(b"written while it was read %d" % number)
        return found

    for number in range(2_000):
        if luck.random() < 0.1:
            files.change(b"written %d" % number)
        before = files.content
        assert remembered.read("file", read) == before
        files.now += luck.choice((0, 0.01, 0.1, 0.2, 5))

    assert 500 < looks < 1_800, "it remembers always or never, so that this shows nothing"
