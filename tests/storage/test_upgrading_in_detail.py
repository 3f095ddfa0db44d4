"""The first change of a folder by a later format: what was there is kept, and the change itself is the first of the new."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import attrs
import orjson
import pytest
from recorder import (
    LINEAGE,
    MOMENT,
    Fault,
    FaultyFiles,
    QuickFiles,
    commit,
    document,
    make_folder,
    marker_with,
    open_folder,
)

from plandoc.errors import Outcome, StorageError
from plandoc.storage import documents, marker
from plandoc.storage.marker import Marker

FIRST = "events/1.json"
OLD, NEW = (document(FIRST, text) for text in ("old", "new"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of format 2 with two transactions, seen by a plandoc of format 3."""
    made = make_folder(tmp_path / "data", QuickFiles())
    backend = open_folder(made, QuickFiles())
    commit(backend, {FIRST: OLD})
    commit(backend, {marker.NAME: marker_with(2)})
    backend.close()
    monkeypatch.setattr(documents, "FORMAT", 3)
    return made


def marker_of(root: Path) -> Marker:
    return marker.parse((root / marker.NAME).read_bytes())


def kept(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".plandoc").glob("*.zip"))


def test_the_first_change_keeps_a_backup_and_raises_the_format_in_the_same_line(root):
    backend = open_folder(root)

    commit(backend, {FIRST: NEW})

    (line,) = map(orjson.loads, (root / "journal.jsonl").read_bytes().splitlines())
    (name,) = kept(root)
    with zipfile.ZipFile(io.BytesIO((root / ".plandoc" / name).read_bytes())) as archive:
        backed_up = {entry: archive.read(entry) for entry in archive.namelist()}
    assert [change["path"] for change in line["documents"]] == [FIRST, marker.NAME]
    assert attrs.evolve(marker_of(root), line_digest="") == Marker(LINEAGE, 2, 2, 3)
    assert name == "before-format-3.2.zip"
    assert backed_up[FIRST] == OLD
    assert attrs.evolve(marker.parse(backed_up[marker.NAME]), line_digest="") == Marker(LINEAGE, 2, 2, 2)
    assert MOMENT.isoformat().encode() in backed_up["backup.json"]
    assert (root / FIRST).read_bytes() == NEW
    backend.close()


def test_a_change_of_the_marker_itself_is_kept_when_its_format_is_raised(root):
    backend = open_folder(root)

    commit(backend, {marker.NAME: marker.render(Marker(LINEAGE, 2, 9, 2))})
    backend.close()

    assert attrs.evolve(marker_of(root), line_digest="") == Marker(LINEAGE, 3, 9, 3)


def test_the_second_change_is_one_like_any_other(root):
    backend = open_folder(root)
    commit(backend, {FIRST: NEW})
    commit(backend, {FIRST: OLD})
    backend.close()
    again = open_folder(root)
    commit(again, {FIRST: NEW})
    line = orjson.loads((root / "journal.jsonl").read_bytes())
    again.close()

    assert [change["path"] for change in line["documents"]] == [FIRST]
    assert kept(root) == ["before-format-3.2.zip"]
    assert attrs.evolve(marker_of(root), line_digest="") == Marker(LINEAGE, 5, 2, 3)


def test_reading_raises_nothing(root):
    before = (root / marker.NAME).read_bytes()
    backend = open_folder(root)
    backend.view(lambda reading: reading.read(FIRST))
    backend.begin("look", timeout_seconds=0).release()
    backend.close()

    assert (root / marker.NAME).read_bytes() == before
    assert kept(root) == []


@pytest.mark.parametrize("call", ["create", "sync_folder"])
def test_a_backup_that_cannot_be_kept_stops_the_change_before_anything_is_saved(root, call):
    files = FaultyFiles((call,))
    backend = open_folder(root, files)
    transaction = backend.begin("change", timeout_seconds=0)
    files.arm(Fault(0, "before", 28))

    with pytest.raises(StorageError) as failure:
        transaction.commit({FIRST: NEW})

    transaction.release()
    assert (failure.value.outcome, failure.value.errno) == (Outcome.NOT_SAVED, 28)
    assert (root / FIRST).read_bytes() == OLD
    assert not (root / "journal.jsonl").read_bytes()
    assert marker_of(root).format == 2
    backend.close()
