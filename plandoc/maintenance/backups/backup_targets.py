"""The kinds of place that a backup can be written to: a folder, or a ZIP archive. A new kind is added here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from plandoc.errors import Outcome, StorageError
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.maintenance.backups.staging import sync_parent, temporary_beside
from plandoc.storage import archive
from plandoc.storage.archive import Manifest
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.files import Files
from plandoc.tables import EVENTS_FOLDER

ARCHIVE_SUFFIX = ".zip"


def is_archive(target: Path) -> bool:
    """Whether a backup with this name is an archive; otherwise it is a folder."""
    return target.suffix.lower() == ARCHIVE_SUFFIX


def write_to_target(place: Path, manifest: Manifest, contents: Mapping[str, bytes], layer: Files) -> int:
    """Write a backup to its target, which gets its name once it reads back correctly; return the size in bytes.

    Raises:
        StorageError: when it does not read back as it was written; then there is no backup.
        OSError: when the system refuses.
    """
    return (_write_archive if is_archive(place) else _write_folder)(place, manifest, contents, layer)


def _write_archive(place: Path, manifest: Manifest, contents: Mapping[str, bytes], layer: Files) -> int:
    content = archive.render_archive(manifest, contents)
    with temporary_beside(place, manifest.created_at, layer) as temporary:
        write = AtomicWrite(place, temporary, layer)
        write.stage(content)
        _read_back(temporary, manifest, contents, layer)
        write.publish()
        sync_parent(write)
    return len(content)


def _write_folder(place: Path, manifest: Manifest, contents: Mapping[str, bytes], layer: Files) -> int:
    everything = {**contents, archive.MANIFEST: archive.render_manifest(manifest)}
    with temporary_beside(place, manifest.created_at, layer) as temporary:
        write = AtomicWrite(place, temporary, layer)
        write.stage_folder(everything, [EVENTS_FOLDER])
        _read_back(temporary, manifest, contents, layer)
        write.publish()
        sync_parent(write)
    return sum(map(len, everything.values()))


def _read_back(written: Path, manifest: Manifest, contents: Mapping[str, bytes], layer: Files) -> None:
    read = open_backup(written, files=layer)
    if read.manifest != manifest or read.documents != contents:
        raise StorageError(str(written), "the backup does not read back as it was written", Outcome.NOT_SAVED)
