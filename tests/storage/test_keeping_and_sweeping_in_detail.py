"""What a recovery puts aside for the owner of a folder, and what it sweeps away."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from recorder import LOST_FOUND, RecordingFiles

from plandoc.storage.document_files import DocumentFiles
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


def test_a_version_that_is_put_aside_is_named_after_its_document_its_moment_and_its_content(folder, root):
    (root / FIRST).write_bytes(b"mine\n")

    kept = folder.keep_aside(FIRST, 12)

    assert kept == f"lost-found/events-1.json.12.{hashlib.sha256(b'mine').hexdigest()[:8]}"
    assert (root / kept).read_bytes() == b"mine\n"
    assert (root / FIRST).read_bytes() == b"mine\n", "whoever asks for it takes it away"


def test_putting_the_same_version_aside_again_changes_nothing_and_another_stands_beside_it(root):
    files = RecordingFiles()
    folder = DocumentFiles(root, files)
    (root / FIRST).write_bytes(b"mine")
    first = folder.keep_aside(FIRST, 12)
    before = len(files.log)
    again = folder.keep_aside(FIRST, 12)
    after = len(files.log)
    (root / FIRST).write_bytes(b"yours")
    other = folder.keep_aside(FIRST, 12)

    assert (first, before) == (again, after)
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

    left = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert left == set(kept)
    assert (root / ("events/folder" + TEMPORARY)).is_dir()


def test_a_link_under_a_temporary_name_is_swept_and_not_what_it_leads_to(folder, root, tmp_path):
    (tmp_path / "theirs").write_bytes(b"theirs")
    (root / ("a" + TEMPORARY)).symlink_to(tmp_path / "theirs")

    folder.remove_temporary(["."])

    assert not (root / ("a" + TEMPORARY)).is_symlink()
    assert (tmp_path / "theirs").read_bytes() == b"theirs"
