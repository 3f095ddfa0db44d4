"""Making a data folder: what is made in which order, what is finished, left alone or refused."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from recorder import LINEAGE, MOMENT, Fault, FaultyFiles, QuickFiles, RecordingFiles, contents, document, open_folder

from plandoc.errors import DamagedError, FolderNotFoundError, LockTimeout, Outcome, StorageError
from plandoc.storage import documents, initialize, journal, marker
from plandoc.storage.files import Files
from plandoc.storage.initialize import CATALOG, STOCK
from plandoc.storage.lock import FolderLock

EMPTY = {
    marker.NAME: marker.render(marker.Marker(LINEAGE)),
    CATALOG: documents.render(CATALOG, LINEAGE, {}, {}),
    STOCK: documents.render(STOCK, LINEAGE, {}, {}),
    journal.NAME: b"",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "data"


def create(root: Path, files: Files | None = None, store_id: str = LINEAGE) -> None:
    initialize.create(root, store_id=store_id, files=files or Files(), clock=lambda: MOMENT, timeout_seconds=0)


def test_a_new_folder_holds_a_marker_an_empty_catalog_an_empty_journal_and_a_folder_for_events(root):
    create(root)

    assert contents(root) == EMPTY
    assert (root / "events").is_dir()
    assert not list((root / "events").iterdir())


def test_a_folder_is_made_in_an_order_in_which_the_marker_says_that_all_is_there(root):
    files = RecordingFiles()

    create(root, files)

    done = [
        (name, os.path.relpath(arguments[-1] if name == "replace" else arguments[0], root.parent))
        for name, *arguments in files.log
        if isinstance(arguments[0], Path) and name in ("make_folder", "replace", "sync_folder", "sync_file")
    ]
    assert done == [
        # What is empty may have been made by one who was killed before that was durable.
        ("sync_folder", ".."),
        ("make_folder", "data"),
        ("sync_folder", "."),
        ("make_folder", "data/.plandoc"),
        ("sync_folder", "."),
        ("make_folder", "data/events"),
        ("sync_file", "data/catalog.json.plandoc-tmp"),
        ("replace", "data/catalog.json"),
        ("sync_folder", "data"),
        ("sync_file", "data/stock.json.plandoc-tmp"),
        ("replace", "data/stock.json"),
        ("sync_folder", "data"),
        ("sync_file", "data/journal.jsonl.plandoc-tmp"),
        ("replace", "data/journal.jsonl"),
        ("sync_folder", "data"),
        ("sync_file", "data/plandoc.json.plandoc-tmp"),
        ("replace", "data/plandoc.json"),
        ("sync_folder", "data"),
    ]


def test_folders_above_are_made_too_each_durable_in_the_one_above_it(tmp_path):
    files = RecordingFiles()
    root = tmp_path / "a/b/data"

    create(root, files)

    made = [
        (name, os.path.relpath(first, tmp_path))
        for name, first, *_ in files.log
        if name in ("make_folder", "sync_folder") and isinstance(first, Path)
    ]
    assert made[:7] == [
        ("sync_folder", ".."),
        ("make_folder", "a"),
        ("sync_folder", "."),
        ("make_folder", "a/b"),
        ("sync_folder", "a"),
        ("make_folder", "a/b/data"),
        ("sync_folder", "a/b"),
    ]
    assert contents(root) == EMPTY


def test_a_folder_that_is_made_stays_as_it_is(root):
    create(root)
    backend = open_folder(root)
    before = contents(root)

    create(root, store_id="another")

    assert contents(root) == before
    backend.close()


@pytest.mark.parametrize(
    "kept", [["catalog.json"], ["catalog.json", "stock.json"], ["journal.jsonl"], ["catalog.json", "journal.jsonl"], []]
)
def test_a_folder_whose_making_was_cut_off_is_finished(root, kept):
    create(root)
    for name in EMPTY:
        if name not in kept:
            (root / name).unlink()
    (root / "events").rmdir()

    create(root, store_id="of the second try")

    assert marker.parse((root / marker.NAME).read_bytes()).store_id == "of the second try"
    assert documents.parse(CATALOG, (root / CATALOG).read_bytes()).store_id == "of the second try"
    assert (root / "events").is_dir()


@pytest.mark.parametrize("left", [b"", b"\0" * 40, b" \n", b"\0\0\n"], ids=["empty", "NUL", "blank", "NUL and blank"])
@pytest.mark.parametrize("name", [CATALOG, STOCK])
def test_what_a_power_cut_leaves_of_a_first_document_is_none(root, left, name):
    root.mkdir()
    (root / name).write_bytes(left)

    create(root)

    assert contents(root) == EMPTY


DOCUMENTS = {
    "an event": ({"events/7.json": b"{}"}, "events/7.json"),
    "four events": (
        {f"events/{number}.json": b"" for number in (4, 3, 2, 1)},
        "events/1.json, events/2.json, events/3.json",
    ),
    "a catalog": ({CATALOG: document(CATALOG, "flour")}, CATALOG),
    "a catalog that is damaged": ({CATALOG: b"{"}, CATALOG),
    "a catalog of one letter": ({CATALOG: b"X"}, CATALOG),
    "a catalog with a hole": ({CATALOG: b"{\0\0"}, CATALOG),
    "the stock": ({STOCK: document(STOCK, "flour")}, STOCK),
    "both": ({CATALOG: document(CATALOG, "flour"), "events/7.json": b"{}"}, "events/7.json, catalog.json"),
}


@pytest.mark.parametrize(("present", "named"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_folder_with_documents_but_no_marker_is_not_new_and_is_left_as_it_is(root, present, named):
    (root / "events").mkdir(parents=True)
    for name, content in present.items():
        (root / name).write_bytes(content)
    (root / "events/notes.txt").write_bytes(b"theirs")

    with pytest.raises(DamagedError) as refusal:
        create(root)

    (problem,) = refusal.value.problems
    assert refusal.value.path == problem.file == "plandoc.json"
    assert problem.message == f"there are documents ({named}) but no plandoc.json, so the folder is not new"
    assert problem.hint == "restore it from a backup: repair(folder, from_backup=backup); or use an empty folder"
    assert contents(root) == {**present, "events/notes.txt": b"theirs"}


def test_files_of_other_programs_are_no_documents_and_stay(root):
    (root / "events").mkdir(parents=True)
    (root / "events/notes.txt").write_bytes(b"theirs")
    (root / "README.md").write_bytes(b"theirs")

    create(root)

    assert contents(root) == {**EMPTY, "events/notes.txt": b"theirs", "README.md": b"theirs"}


def test_who_makes_a_folder_says_so_to_those_who_wait_and_lets_the_next_one_in(root):
    create(root)
    lock = FolderLock(root, Files())
    lock.acquire(action="work", timestamp=MOMENT, timeout_seconds=0, on_wait=None)

    with pytest.raises(LockTimeout) as refusal:
        create(root)

    assert refusal.value.holder["action"] == "work"
    lock.release()
    lock.close()
    create(root)
    assert b'"action":"create the folder"' in (root / ".plandoc/lock.info.json").read_bytes()
    assert MOMENT.isoformat().encode() in (root / ".plandoc/lock.info.json").read_bytes()


@pytest.mark.parametrize("call", ["make_folder", "sync_folder", "create", "replace"])
def test_an_error_of_the_system_says_that_nothing_was_saved_and_lets_the_next_try_finish(root, call):
    files = FaultyFiles((call,))
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(StorageError) as failure:
        create(root, files)
    create(root)

    assert (failure.value.outcome, failure.value.errno) == (Outcome.NOT_SAVED, errno.EIO)
    assert failure.value.path.startswith(str(root.parent.parent))
    assert contents(root) == EMPTY


def is_initialized(root: Path) -> bool:
    return initialize.is_initialized(root, QuickFiles())


def test_a_folder_is_made_when_it_has_a_marker_or_a_journal_with_something_in_it(root):
    seen = [is_initialized(root)]
    root.mkdir()
    seen.append(is_initialized(root))
    (root / journal.NAME).write_bytes(b"")
    seen.append(is_initialized(root))
    (root / journal.NAME).write_bytes(b"x")
    seen.append(is_initialized(root))
    (root / journal.NAME).write_bytes(b"")
    (root / marker.NAME).write_bytes(b"")
    seen.append(is_initialized(root))
    (root / journal.NAME).unlink()
    seen.append(is_initialized(root))

    assert seen == [False, False, False, True, True, True]


def test_a_file_is_no_folder_and_is_named(root):
    root.write_bytes(b"mine")

    with pytest.raises(FolderNotFoundError) as refusal:
        is_initialized(root)

    assert refusal.value.path == str(root)
    assert str(refusal.value) == f"{root} is a file; wanted the path of a data folder"


def test_a_path_with_a_nul_character_is_refused_in_words():
    with pytest.raises(FolderNotFoundError) as refusal:
        is_initialized(Path("da\0ta"))

    assert refusal.value.path == "da\0ta"
    assert str(refusal.value) == r"a path cannot contain a NUL character, found 'da\x00ta'"


def test_a_folder_that_cannot_be_looked_at_is_an_error_and_not_one_that_is_missing(root):
    root.mkdir()
    files = FaultyFiles(("status",))
    files.arm(Fault(0, "before", errno.EACCES))

    with pytest.raises(StorageError) as failure:
        initialize.is_initialized(root, files)

    assert (failure.value.errno, failure.value.path) == (errno.EACCES, str(root / marker.NAME))
    assert failure.value.outcome is Outcome.NOT_SAVED


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        (marker.NAME, True),
        (CATALOG, True),
        (STOCK, True),
        (journal.NAME, True),
        ("events/7.json", True),
        ("events/report.html", True),
        (".plandoc/lock", True),
        ("report.html", False),
        ("backups/7.json", False),
        ("events/kept/7.json", False),
    ],
)
def test_a_file_belongs_to_a_data_folder_by_its_name_and_its_place_beside_a_marker(root, name, is_ours):
    elsewhere = root / name
    before = initialize.is_of_a_data_folder(elsewhere)
    create(root)

    assert not before
    assert initialize.is_of_a_data_folder(elsewhere) is is_ours
