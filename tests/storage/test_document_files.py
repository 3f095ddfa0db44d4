"""The files of a folder: how documents are read, replaced, removed and kept aside, and how a new folder is made."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

import pytest
from event_folder import FIRST
from recorder import (
    LINEAGE,
    MOMENT,
    Fault,
    FaultyFiles,
    QuickFiles,
    RecordingFiles,
    commit,
    contents,
    document,
    open_folder,
)

from plandoc.errors import ConflictError, DamagedError, LockTimeout, Outcome, StorageError, StoreNotFoundError
from plandoc.storage import documents, initialize, journal, marker
from plandoc.storage.document_files import LOST_FOUND, DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.initialize import CATALOG, STOCK
from plandoc.storage.lock import FolderLock
from plandoc.storage.replacement import TEMPORARY

EMPTY = {
    marker.NAME: marker.render(marker.Marker(LINEAGE)),
    CATALOG: documents.render(CATALOG, LINEAGE, {}, {}),
    STOCK: documents.render(STOCK, LINEAGE, {}, {}),
    journal.NAME: b"",
}


@pytest.fixture
def folder(root: Path) -> DocumentFiles:
    return DocumentFiles(root, Files())


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

    with pytest.raises((DamagedError, OSError), match="events: .*found a symbolic link|found a symbolic link.*events"):
        use(folder)

    assert {path.name: path.read_bytes() for path in elsewhere.iterdir()} == {
        "1.json": b"theirs",
        "1.json" + TEMPORARY: b"theirs",
    }


def test_documents_that_are_renewed_are_all_written_then_all_synced_then_all_renamed(root):
    files = RecordingFiles()
    names = ["catalog.json", *(f"events/{number}.json" for number in (1, 2))]
    for name in names:
        (root / name).write_bytes(b"{}")
    DocumentFiles(root, files).renew([*names, "events/3.json"])

    done = [operation[0] for operation in files.log]
    assert done == [*["create"] * 3, *["sync_file"] * 3, *["replace"] * 3, *["sync_folder"] * 2]


@pytest.mark.parametrize("number", range(9))
def test_documents_are_renewed_one_after_the_other_where_the_disk_is_full(root, number):
    files = FaultyFiles(watched=("create", "sync_file", "replace"))
    names = ["catalog.json", *(f"events/{number}.json" for number in (1, 2))]
    for name in names:
        (root / name).write_bytes(name.encode())
    files.arm(Fault(number, "before", errno.ENOSPC))
    DocumentFiles(root, files).renew(names)

    assert files.operations[-9:] == ["create", "sync_file", "replace"] * 3
    assert {name: (root / name).read_bytes() for name in names} == {name: name.encode() for name in names}
    assert not list(root.rglob("*" + TEMPORARY))


@pytest.mark.parametrize("fresh", [False, True])
def test_what_one_commits_oneself_is_taken_into_the_last_scan_and_what_others_change_makes_another(folder, root, fresh):
    gone, new, changed = (root / f"events/{number}.json" for number in (1, 2, 3))
    for file in (gone, changed):
        file.write_bytes(b"{}")
    scan = folder.scan_of("events")
    first = scan.scan(1)
    gone.unlink()
    new.write_bytes(b"{}")
    changed.write_bytes(b"{} ")
    folder.apply_commit(["events/1.json", "events/2.json", "events/3.json", "catalog.json"], 2)
    second = scan.scan(2, fresh=fresh)
    changed.write_bytes(b"{}  ")

    assert second.scan is first.scan
    assert sorted(second) == ["events/2.json", "events/3.json"]
    assert second["events/3.json"] != first["events/3.json"]
    assert scan.scan(2, fresh=True).scan is not first.scan


def test_the_data_folder_itself_may_be_reached_by_a_link(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    linked = DocumentFiles(tmp_path / "link", Files())

    linked.put("catalog.json", b"{}")

    assert linked.read("catalog.json") == b"{}"
    assert (root / "catalog.json").read_bytes() == b"{}"


@pytest.mark.parametrize("mode", [0o444, 0o577], ids=["read-only for all", "read-only for its owner"])
def test_a_read_only_file_is_refused_with_the_way_out_and_any_other_is_not(folder, root, mode):
    (root / FIRST).write_bytes(b"{}")
    folder.refuse_irreplaceable(FIRST)
    folder.refuse_irreplaceable("events/2.json")
    (root / FIRST).chmod(mode)

    with pytest.raises(StorageError, match="write permission") as refusal:
        folder.refuse_irreplaceable(FIRST)

    assert (refusal.value.path, refusal.value.outcome) == (str(root / FIRST), Outcome.NOT_SAVED)


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


@pytest.mark.parametrize("durably", [False, True])
def test_a_folder_that_is_missing_is_made(folder, root, durably):
    (root / "events").rmdir()

    for content in (b"new", b"newer"):
        (folder.put_durably if durably else folder.put)(FIRST, content)

    assert (root / FIRST).read_bytes() == b"newer"


def test_documents_and_folders_that_are_gone_by_now_need_no_sync_but_the_folder_above_does(folder, root):
    folder.sync([FIRST, "nowhere/2.json"])
    (root / "events").rmdir()
    files = FaultyFiles(("sync_folder",))

    DocumentFiles(root, files).sync([FIRST])

    assert files.operations == ["sync_folder"]


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


def test_the_first_document_that_is_no_longer_what_it_was_is_named_and_nothing_is_saved(root):
    backend = open_folder(root, QuickFiles())
    second, third = "events/2.json", "events/3.json"
    commit(backend, {name: document(name, "old") for name in (CATALOG, FIRST, second)})
    changes = {name: document(name, "new") for name in (CATALOG, FIRST, second, third)}

    def changed_by_another_program(*edits: tuple[str, bytes | None]) -> str:
        transaction = backend.begin("change", timeout_seconds=0)
        for name in changes:
            transaction.read(name)
        for name, content in edits:
            (root / name).unlink() if content is None else (root / name).write_bytes(content)
        before = contents(root)
        with pytest.raises(ConflictError) as refusal:
            transaction.commit(changes)
        transaction.release()
        assert contents(root) == before
        return str(refusal.value).partition(" ")[0]

    assert changed_by_another_program((third, b"{}"), (second, b"new")) == second
    assert changed_by_another_program((second, b"newer"), (FIRST, None)) == FIRST
    assert changed_by_another_program((third, b"")) == third
    backend.close()


def test_a_version_that_is_put_aside_is_named_after_its_document_its_transaction_and_its_content(folder, root):
    (root / FIRST).write_bytes(b"mine\n")

    kept = folder.keep_aside(FIRST, 12)

    assert kept == f"lost-found/events-1.json.12.{hashlib.sha256(b'mine').hexdigest()[:8]}"
    assert (root / kept).read_bytes() == b"mine\n"
    assert (root / FIRST).read_bytes() == b"mine\n", "whoever asks for it takes it away"


def test_putting_the_same_version_aside_again_only_makes_it_durable_and_another_is_kept_beside_it(root):
    files = RecordingFiles()
    folder = DocumentFiles(root, files)
    (root / FIRST).write_bytes(b"mine")
    first = folder.keep_aside(FIRST, 12)
    before = len(files.log)
    again = folder.keep_aside(FIRST, 12)
    syncs = [operation[0] for operation in files.log[before:]]
    (root / FIRST).write_bytes(b"yours")
    other = folder.keep_aside(FIRST, 12)

    assert again == first
    assert syncs == ["sync_file", "sync_folder", "sync_folder"]
    assert sorted(path.read_bytes() for path in (root / LOST_FOUND).iterdir()) == [b"mine", b"yours"]
    assert other != first


def test_a_version_that_was_half_kept_is_kept_whole(folder, root):
    (root / FIRST).write_bytes(b"mine")
    kept = folder.keep_aside(FIRST, 12)
    (root / kept).write_bytes(b"mi")

    assert folder.keep_aside(FIRST, 12) == kept
    assert (root / kept).read_bytes() == b"mine"


def test_of_a_file_that_is_gone_there_is_nothing_to_keep(folder, root):
    assert folder.keep_aside(FIRST, 3) is None
    assert not (root / LOST_FOUND).exists()


def test_only_unfinished_files_of_plandoc_in_the_named_folders_are_swept(folder, root):
    swept = ["catalog.json" + TEMPORARY, FIRST + TEMPORARY]
    kept = ["catalog.json", FIRST, "mine.tmp", f"{LOST_FOUND}/mine.json{TEMPORARY}", f"mine{TEMPORARY}.txt"]
    (root / LOST_FOUND).mkdir()
    for name in swept + kept:
        (root / name).write_bytes(b"{}")
    (root / ("events/folder" + TEMPORARY)).mkdir()

    folder.remove_temporary([".", "events", "nowhere"])

    assert [name for name in (*swept, *kept) if (root / name).exists()] == kept
    assert (root / ("events/folder" + TEMPORARY)).is_dir()


def test_a_link_under_a_temporary_name_is_swept_and_not_what_it_leads_to(folder, root, tmp_path):
    (tmp_path / "theirs").write_bytes(b"theirs")
    (root / ("a" + TEMPORARY)).symlink_to(tmp_path / "theirs")

    folder.remove_temporary(["."])

    assert not (root / ("a" + TEMPORARY)).is_symlink()
    assert (tmp_path / "theirs").read_bytes() == b"theirs"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a folder will be."""
    return tmp_path / "data"


def create(root: Path, files: Files | None = None, store_id: str = LINEAGE) -> None:
    initialize.create(root, store_id=store_id, files=files or Files(), clock=lambda: MOMENT, timeout_seconds=0)


@pytest.mark.parametrize("where", ["data", "a/b/data"])
def test_a_new_folder_holds_a_marker_empty_documents_an_empty_journal_and_a_folder_for_events(tmp_path, where):
    create(tmp_path / where)

    assert contents(tmp_path / where) == EMPTY
    assert not list((tmp_path / where / "events").iterdir())


def test_a_folder_that_is_made_stays_as_it_is(place):
    create(place)
    backend = open_folder(place)
    before = contents(place)

    create(place, store_id="another")

    assert contents(place) == before
    backend.close()


@pytest.mark.parametrize(
    "kept", [["catalog.json"], ["catalog.json", "stock.json"], ["journal.jsonl"], ["catalog.json", "journal.jsonl"], []]
)
def test_a_folder_whose_making_was_cut_off_is_finished(place, kept):
    create(place)
    for name in EMPTY:
        if name not in kept:
            (place / name).unlink()
    (place / "events").rmdir()

    create(place, store_id="of the second try")

    assert marker.parse((place / marker.NAME).read_bytes()).store_id == "of the second try"
    assert documents.parse(CATALOG, (place / CATALOG).read_bytes()).store_id == "of the second try"
    assert (place / "events").is_dir()


@pytest.mark.parametrize("left", [b"", b"\0" * 40, b" \n", b"\0\0\n"], ids=["empty", "NUL", "blank", "NUL and blank"])
@pytest.mark.parametrize("name", [CATALOG, STOCK])
def test_what_a_power_cut_leaves_of_a_first_document_is_not_one(place, left, name):
    place.mkdir()
    (place / name).write_bytes(left)

    create(place)

    assert contents(place) == EMPTY


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
def test_a_folder_with_documents_but_no_marker_is_not_new_and_is_left_as_it_is(place, present, named):
    (place / "events").mkdir(parents=True)
    for name, content in present.items():
        (place / name).write_bytes(content)
    (place / "events/notes.txt").write_bytes(b"theirs")

    with pytest.raises(DamagedError) as refusal:
        create(place)

    (problem,) = refusal.value.problems
    assert refusal.value.path == problem.file == "plandoc.json"
    assert f"({named})" in problem.message
    assert "backup" in problem.hint
    assert contents(place) == {**present, "events/notes.txt": b"theirs"}


def test_files_of_other_programs_are_not_documents_and_stay(place):
    (place / "events").mkdir(parents=True)
    (place / "events/notes.txt").write_bytes(b"theirs")
    (place / "README.md").write_bytes(b"theirs")

    create(place)

    assert contents(place) == {**EMPTY, "events/notes.txt": b"theirs", "README.md": b"theirs"}


def test_who_makes_a_folder_says_so_to_those_who_wait_and_lets_the_next_one_in(place):
    create(place)
    lock = FolderLock(place, Files())
    lock.acquire(action="work", timestamp=MOMENT, timeout_seconds=0, on_wait=None)

    with pytest.raises(LockTimeout) as refusal:
        create(place)

    assert refusal.value.holder["action"] == "work"
    lock.release()
    lock.close()
    create(place)
    assert b'"action":"create the folder"' in (place / ".plandoc/lock.info.json").read_bytes()
    assert MOMENT.isoformat().encode() in (place / ".plandoc/lock.info.json").read_bytes()


@pytest.mark.parametrize("call", ["make_folder", "sync_folder", "create", "replace"])
def test_an_error_of_the_system_says_that_nothing_was_saved_and_lets_the_next_try_finish(place, call):
    files = FaultyFiles((call,))
    files.arm(Fault(0, "before", errno.EIO))

    with pytest.raises(StorageError) as failure:
        create(place, files)
    create(place)

    assert (failure.value.outcome, failure.value.errno) == (Outcome.NOT_SAVED, errno.EIO)
    assert failure.value.path.startswith(str(place.parent.parent))
    assert contents(place) == EMPTY


def is_initialized(place: Path) -> bool:
    return initialize.is_initialized(place, QuickFiles())


def test_a_folder_is_made_when_it_has_a_marker_or_a_journal_with_something_in_it(place):
    seen = [is_initialized(place)]
    place.mkdir()
    seen.append(is_initialized(place))
    (place / journal.NAME).write_bytes(b"")
    seen.append(is_initialized(place))
    (place / journal.NAME).write_bytes(b"x")
    seen.append(is_initialized(place))
    (place / journal.NAME).write_bytes(b"")
    (place / marker.NAME).write_bytes(b"")
    seen.append(is_initialized(place))
    (place / journal.NAME).unlink()
    seen.append(is_initialized(place))

    assert seen == [False, False, False, True, True, True]


def test_a_file_is_not_a_folder_and_is_named(place):
    place.write_bytes(b"mine")

    with pytest.raises(StoreNotFoundError) as refusal:
        is_initialized(place)

    assert refusal.value.path == str(place)


def test_a_path_with_a_nul_character_is_refused_in_words():
    with pytest.raises(StoreNotFoundError) as refusal:
        is_initialized(Path("da\0ta"))

    assert refusal.value.path == "da\0ta"
    assert r"'da\x00ta'" in str(refusal.value)


def test_a_folder_that_cannot_be_looked_at_is_an_error_and_not_one_that_is_missing(place):
    place.mkdir()
    files = FaultyFiles(("status",))
    files.arm(Fault(0, "before", errno.EACCES))

    with pytest.raises(StorageError) as failure:
        initialize.is_initialized(place, files)

    assert (failure.value.errno, failure.value.path) == (errno.EACCES, str(place / marker.NAME))
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
def test_a_file_belongs_to_a_data_folder_by_its_name_and_its_place_beside_a_marker(place, name, is_ours):
    elsewhere = place / name
    before = initialize.is_of_a_data_folder(elsewhere)
    create(place)

    assert not before
    assert initialize.is_of_a_data_folder(elsewhere) is is_ours
