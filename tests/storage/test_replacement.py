"""Documents replaced together: what was looked at is what is replaced, wherever its folder is by then."""

from __future__ import annotations

from pathlib import Path

import pytest

from plandoc.errors import StorageError
from plandoc.storage.document_files import TEMPORARY
from plandoc.storage.files import Files
from plandoc.storage.replacement import Replacement

FIRST, SECOND = "events/1.json", "events/2.json"

pytestmark = pytest.mark.of_folder


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "data"
    (root / "events").mkdir(parents=True)
    (root / FIRST).write_bytes(b"old")
    (root / SECOND).write_bytes(b"old")
    return root


@pytest.fixture
def replacement(root):
    with Replacement(str(root), Files()) as replacement:
        yield replacement


def swap_folder(root: Path) -> Path:
    """Put a link in the place of the folder of events, and return where the link leads."""
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "1.json").write_bytes(b"theirs")
    (elsewhere / "2.json").write_bytes(b"theirs")
    (elsewhere / f"1.json{TEMPORARY}").write_bytes(b"theirs")
    (root / "events").rename(root / "moved")
    (root / "events").symlink_to(elsewhere)
    return elsewhere


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_permissions_are_those_that_the_file_had_when_it_was_looked_at(replacement, root):
    (root / FIRST).chmod(0o640)
    assert replacement.look(FIRST).content == b"old"
    (root / FIRST).chmod(0o600)

    replacement.stage(FIRST, b"new")
    replacement.put_staged(FIRST, b"new")

    assert (root / FIRST).read_bytes() == b"new"
    assert (root / FIRST).stat().st_mode & 0o7777 == 0o640


def test_a_folder_that_becomes_a_link_after_the_first_look_leads_nowhere(replacement, root):
    replacement.look(FIRST)
    elsewhere = swap_folder(root)
    before = contents(elsewhere)

    assert replacement.look(SECOND).content == b"old"
    replacement.stage(FIRST, b"new")
    replacement.put_staged(FIRST, b"new")
    replacement.put_staged(SECOND, None)

    assert contents(elsewhere) == before
    assert contents(root / "moved") == {"1.json": b"new"}


def test_what_was_staged_is_discarded_where_it_was_staged(replacement, root):
    replacement.stage(FIRST, b"new")
    elsewhere = swap_folder(root)
    before = contents(elsewhere)

    replacement.discard_staged([FIRST])

    assert contents(elsewhere) == before
    assert contents(root / "moved") == {"1.json": b"old", "2.json": b"old"}


def test_nothing_is_discarded_in_a_folder_in_which_nothing_was_staged(replacement, root):
    (root / f"{FIRST}{TEMPORARY}").write_bytes(b"of another program")

    replacement.discard_staged([FIRST])

    assert (root / f"{FIRST}{TEMPORARY}").exists()


def test_a_missing_document_is_one_without_a_file_and_a_missing_folder_is_an_error(replacement, root):
    assert replacement.look("events/3.json") is None
    assert replacement.look("catalog.json") is None
    (root / "events").rename(root.parent / "events")
    root.rename(root.parent / "gone")

    with Replacement(str(root), Files()) as other, pytest.raises(StorageError, match="data"):
        other.look("catalog.json")


@pytest.mark.parametrize("name", ["catalog.json", FIRST])
def test_an_error_of_the_system_names_the_document(root, name):
    class Failing(Files):
        def may_change_folder(self, folder: str) -> bool:
            raise PermissionError(13, "Permission denied")

    (root / "catalog.json").write_bytes(b"{}")
    with Replacement(str(root), Failing()) as replacement:
        found = replacement.look(name)
        with pytest.raises(StorageError) as refusal:
            replacement.refuse_irreplaceable(name, found, is_removal=True)

    assert refusal.value.path == str(root / name)


def test_looking_at_a_document_makes_no_folder_and_staging_one_does(tmp_path):
    with Replacement(str(tmp_path), Files()) as replacement:
        assert replacement.look(FIRST) is None
        assert not (tmp_path / "events").exists()

        replacement.stage(FIRST, b"new")
        elsewhere = swap_folder(tmp_path)
        before = contents(elsewhere)
        replacement.put_staged(FIRST, b"new")

    assert contents(elsewhere) == before
    assert contents(tmp_path / "moved") == {"1.json": b"new"}
