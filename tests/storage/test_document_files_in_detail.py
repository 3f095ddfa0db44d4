"""Documents as files: how they are read, replaced and removed, and which calls that takes."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from recorder import Fault, FaultyFiles, RecordingFiles

from plandoc.errors import DamagedError, Outcome, StorageError
from plandoc.storage.document_files import DocumentFiles, changed_since
from plandoc.storage.files import Files

FIRST = "events/1.json"
TEMPORARY = ".plandoc-tmp"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data/events").mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def folder(root: Path) -> DocumentFiles:
    return DocumentFiles(root, Files())


def calls(files: RecordingFiles, root: Path) -> list[tuple[str, ...]]:
    """The operations that change something, with their paths as seen from the folder."""
    return [
        (name, *(os.path.relpath(given, root) for given in arguments if isinstance(given, Path)))
        for name, *arguments in files.log
    ]


def test_a_document_reads_as_its_bytes_and_one_that_is_not_there_as_none(folder, root):
    (root / FIRST).write_bytes(b"\xff\0{}\r\n")

    assert folder.read(FIRST) == b"\xff\0{}\r\n"
    assert folder.read("events/2.json") is None
    assert folder.read("nowhere/2.json") is None


def test_a_folder_that_is_gone_is_an_error_and_not_one_without_documents(tmp_path):
    gone = DocumentFiles(tmp_path / "gone", Files())

    with pytest.raises(StorageError) as refusal:
        gone.read("catalog.json")

    assert refusal.value.errno == errno.ENOENT
    assert refusal.value.path == str(tmp_path / "gone/catalog.json")
    assert refusal.value.outcome is Outcome.NOT_SAVED


def test_the_names_of_a_folder_are_in_order_and_without_unfinished_files(folder, root):
    for name in ("2.json", "1.json", "10.json", "3.json" + TEMPORARY, "notes.txt"):
        (root / "events" / name).write_bytes(b"")

    assert folder.names("events") == ["events/1.json", "events/10.json", "events/2.json", "events/notes.txt"]
    assert folder.names("nowhere") == []


@pytest.mark.parametrize(
    "use",
    [
        lambda folder: folder.read(FIRST),
        lambda folder: folder.names("events"),
        lambda folder: folder.put(FIRST, b"new"),
        lambda folder: folder.put(FIRST, None),
        lambda folder: folder.put_durably(FIRST, b"new"),
        lambda folder: folder.remove_temporary(["events"]),
    ],
    ids=["read", "names", "put", "remove", "put durably", "sweep"],
)
def test_a_folder_of_ours_that_is_a_link_is_not_followed(use, folder, root, tmp_path):
    (root / "events").rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "1.json").write_bytes(b"theirs")
    (elsewhere / ("1.json" + TEMPORARY)).write_bytes(b"theirs")
    (root / "events").symlink_to(elsewhere)

    with pytest.raises((DamagedError, OSError), match="wanted a folder, found a symbolic link that leads elsewhere"):
        use(folder)

    assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == {
        "1.json": b"theirs",
        "1.json" + TEMPORARY: b"theirs",
    }


def test_a_linked_folder_is_named_as_damage_with_its_path(folder, root, tmp_path):
    (root / "events").rmdir()
    (root / "events").symlink_to(tmp_path)

    with pytest.raises(DamagedError) as refusal:
        folder.read(FIRST)

    (problem,) = refusal.value.problems
    assert refusal.value.path == "events"
    assert problem.file == str(root / "events")
    assert problem.message == "wanted a folder, found a symbolic link that leads elsewhere"


def test_the_data_folder_itself_may_be_reached_by_a_link(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    linked = DocumentFiles(tmp_path / "link", Files())

    linked.put("catalog.json", b"{}")

    assert linked.read("catalog.json") == b"{}"
    assert (root / "catalog.json").read_bytes() == b"{}"


def test_a_read_only_file_is_refused_with_the_way_out_and_any_other_is_not(folder, root):
    (root / FIRST).write_bytes(b"{}")
    folder.refuse_irreplaceable(FIRST)
    folder.refuse_irreplaceable("events/2.json")
    (root / FIRST).chmod(0o444)

    with pytest.raises(StorageError) as refusal:
        folder.refuse_irreplaceable(FIRST)

    assert str(refusal.value) == (
        f"{root / FIRST}: the file is read-only; give it write permission to let plandoc change it: "
        "not saved; the folder is as it was before"
    )
    assert (refusal.value.path, refusal.value.outcome) == (str(root / FIRST), Outcome.NOT_SAVED)


def test_a_file_that_all_but_its_owner_may_write_is_read_only(folder, root):
    (root / FIRST).write_bytes(b"{}")
    (root / FIRST).chmod(0o577)

    with pytest.raises(StorageError, match="the file is read-only"):
        folder.refuse_irreplaceable(FIRST)


def test_a_replaced_document_is_another_file_with_the_permissions_of_the_old_one(folder, root):
    (root / FIRST).write_bytes(b"old")
    (root / FIRST).chmod(0o640)
    with (root / FIRST).open("rb") as reader:
        folder.put(FIRST, b"new")

        assert reader.read() == b"old", "whoever has the old one open keeps it"

    assert (root / FIRST).read_bytes() == b"new"
    assert (root / FIRST).stat().st_mode & 0o7777 == 0o640
    assert [path.name for path in (root / "events").iterdir()] == ["1.json"]


def test_a_replaced_document_is_never_made_to_run_as_its_owner(folder, root):
    (root / FIRST).write_bytes(b"old")
    (root / FIRST).chmod(0o4640)

    folder.put(FIRST, b"new")

    assert (root / FIRST).stat().st_mode & 0o7777 == 0o640


def test_a_new_document_gets_the_permissions_that_the_user_wants_for_files(folder, root):
    (root / "mine").write_bytes(b"")

    folder.put(FIRST, b"new")

    assert (root / FIRST).stat().st_mode == (root / "mine").stat().st_mode


def test_putting_nothing_removes_a_document_also_one_that_is_gone(folder, root):
    (root / FIRST).write_bytes(b"old")

    folder.put(FIRST, None)
    folder.put(FIRST, None)

    assert list((root / "events").iterdir()) == []


def test_a_document_is_put_in_place_in_one_step_without_a_sync(root):
    files = RecordingFiles()

    DocumentFiles(root, files).put(FIRST, b"new")

    assert calls(files, root) == [
        ("create", FIRST + TEMPORARY),
        ("replace", FIRST + TEMPORARY, FIRST),
    ]


def test_a_document_put_durably_is_on_the_disk_before_and_after_it_gets_its_name(root):
    files = RecordingFiles()

    DocumentFiles(root, files).put_durably(FIRST, b"new")

    assert calls(files, root) == [
        ("create", FIRST + TEMPORARY),
        ("sync_file", FIRST + TEMPORARY),
        ("replace", FIRST + TEMPORARY, FIRST),
        ("sync_folder", "events"),
    ]
    assert (root / FIRST).read_bytes() == b"new"


@pytest.mark.parametrize("durably", [False, True])
def test_a_folder_that_is_missing_is_made_and_its_name_made_durable(root, durably):
    files = RecordingFiles()
    folder = DocumentFiles(root, files)
    (root / "events").rmdir()

    (folder.put_durably if durably else folder.put)(FIRST, b"new")
    (folder.put_durably if durably else folder.put)(FIRST, b"newer")

    assert calls(files, root)[:2] == [("make_folder", "events"), ("sync_folder", ".")]
    assert [name for name, *_ in calls(files, root)].count("make_folder") == 1
    assert (root / FIRST).read_bytes() == b"newer"


def test_what_a_crash_left_under_the_temporary_name_is_never_written_into(folder, root):
    left = root / (FIRST + TEMPORARY)
    left.write_bytes(b"left by a crash, and longer than what comes")
    with left.open("rb") as reader:
        folder.put(FIRST, b"new")

        assert reader.read() == b"left by a crash, and longer than what comes"

    assert (root / FIRST).read_bytes() == b"new"
    assert not left.exists()


@pytest.mark.parametrize("operation", ["create", "replace", "sync_file"])
def test_a_document_that_could_not_be_put_in_place_leaves_the_old_one_and_nothing_beside_it(root, operation):
    (root / FIRST).write_bytes(b"old")
    files = FaultyFiles((operation,))
    files.arm(Fault(0, "half", errno.ENOSPC))

    with pytest.raises(OSError) as refusal:
        DocumentFiles(root, files).put_durably(FIRST, b"new")

    assert refusal.value.errno == errno.ENOSPC
    assert [(path.name, path.read_bytes()) for path in (root / "events").iterdir()] == [("1.json", b"old")]


def test_documents_are_synced_with_their_folders_the_files_before_the_names(root):
    files = RecordingFiles()
    (root / "catalog.json").write_bytes(b"{}")
    (root / FIRST).write_bytes(b"{}")

    DocumentFiles(root, files).sync([FIRST, "catalog.json"])

    assert calls(files, root) == [
        ("sync_file", "catalog.json"),
        ("sync_file", FIRST),
        ("sync_folder", "."),
        ("sync_folder", "events"),
    ]


def test_what_is_removed_by_now_needs_no_sync_but_its_folder_does(root):
    DocumentFiles(root, Files()).sync([FIRST, "nowhere/2.json"])
    files = RecordingFiles()
    (root / "events").rmdir()

    DocumentFiles(root, files).sync([])
    DocumentFiles(root, files).sync([FIRST])

    assert [call for call in calls(files, root) if call[0] == "sync_folder"] == [
        ("sync_folder", "."),
        ("sync_folder", "."),
    ]


def test_the_first_document_that_is_no_longer_what_it_was_is_named(folder, root):
    for name in ("catalog.json", FIRST, "events/2.json"):
        (root / name).write_bytes(b"old")
    before = {"catalog.json": b"old", FIRST: b"old", "events/2.json": b"old", "events/3.json": None}

    assert changed_since(before, folder) is None
    (root / "events/2.json").write_bytes(b"new")
    assert changed_since(before, folder) == "events/2.json"
    (root / FIRST).unlink()
    assert changed_since(before, folder) == FIRST
    assert changed_since({"events/3.json": None}, folder) is None
    (root / "events/3.json").write_bytes(b"")
    assert changed_since({"events/3.json": None}, folder) == "events/3.json"
