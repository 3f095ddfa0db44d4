"""Making a backup while others work: consistent, whole or not at all, and read back before it gets its name."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Mapping
from pathlib import Path

import attrs

from plandoc.clock import Clock, system_clock
from plandoc.errors import Outcome, Problem, StoreNotFoundError, ValidationError, shorten
from plandoc.frozen import frozen
from plandoc.maintenance.backups import rotation
from plandoc.maintenance.backups.backup_targets import is_archive, write_to_target
from plandoc.maintenance.backups.verification import problems_in
from plandoc.storage import address, archive, initialize
from plandoc.storage.archive import Manifest
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import checked_path, folder_at
from plandoc.storage.pre_migration_backup import files_of
from plandoc.store import Store, open_store


@frozen
class BackupReport:
    """A backup that was made.

    Attributes:
        path: Where it is.
        manifest: What it says about itself: store_id, serial, time, digests.
        documents: How many files it holds, `plandoc.json` among them.
        size: Bytes of the archive; for a folder, of the files in it.
        problems: What is wrong with the source folder. The backup is an exact copy of it.
        removed: Older backups that were removed for it.
        left: Files named like older backups that were left alone, each with the reason.
    """

    path: Path
    manifest: Manifest
    documents: int
    size: int
    problems: tuple[Problem, ...] = ()
    removed: tuple[Path, ...] = ()
    left: tuple[str, ...] = ()


def backup(
    source: Store | str | os.PathLike[str],
    target: str | os.PathLike[str],
    keep: int | None = None,
    *,
    clock: Clock = system_clock,
    files: Files | None = None,
) -> BackupReport:
    """Make a consistent copy of a data folder while others work in it, and read the copy back.

    Args:
        source: An open store, the path of a data folder, or the address of a store on a server.
        target: The backup: a ZIP file when it ends with `.zip`, otherwise a folder, which is an ordinary data
            folder with a manifest. With `keep`, the folder in which an archive named after the time is made.
        keep: How many backups of this folder stay in `target`; the oldest are removed once the new one is there and
            nothing is wrong with it. None removes nothing.
        clock: A function that returns the current time with its offset from UTC.
        files: The calls to the operating system; replaced only by tests.

    Raises:
        ValidationError: when the target already exists, or is inside the data folder.
        StoreNotFoundError: when there is no data folder, or no folder for the target.
        DamagedError: when the folder cannot be read as a whole.
        StorageError: when the system refuses; then no backup was made.
    """
    layer, where = files or Files(), checked_path(target)
    with translate_os_errors(where, Outcome.NOT_SAVED):
        place, report = _make(source, where, keep, clock(), layer)
        if keep is None or report.problems:
            return report
    removed, left = rotation.remove_oldest(place, report.manifest.store_id, keep, layer)
    return attrs.evolve(report, removed=removed, left=left)


def _make(
    source: Store | str | os.PathLike[str], target: Path, keep: int | None, timestamp: datetime.datetime, layer: Files
) -> tuple[Path, BackupReport]:
    place = _place_for(target, keep, timestamp, layer)
    _refuse_inside(_root_of(source), place)
    contents = contents_of(source, layer)
    if keep is not None:
        # Another backup may make it at the same moment.
        with contextlib.suppress(FileExistsError):
            layer.make_folder(place.parent)
        layer.sync_name_of(place.parent)
    return place, write(place, archive.describe(contents, timestamp=timestamp), contents, layer)


def write(place: Path, manifest: Manifest, contents: Mapping[str, bytes], layer: Files) -> BackupReport:
    """Write a backup, an archive or a folder as the name says; it gets its name once it reads back correctly."""
    problems = tuple(problems_in(contents))
    size = write_to_target(place, manifest, contents, layer)
    return BackupReport(place, manifest, len(contents), size, problems)


def _root_of(source: Store | str | os.PathLike[str]) -> Path | None:
    """Return the path of the data folder; None when the store is not in a folder."""
    if isinstance(source, Store):
        return folder_at(source.location)
    if address.address_of(source) is not None:
        return None
    return checked_path(source).absolute()


def contents_of(source: Store | str | os.PathLike[str], layer: Files) -> dict[str, bytes]:
    """Return every file of a backup of a store as it is at one moment."""
    if isinstance(source, Store):
        return source.view(files_of)
    if address.address_of(source) is not None:
        with open_store(source) as opened:
            return contents_of(opened, layer)
    root = checked_path(source).absolute()
    if not initialize.is_initialized(root, layer):
        raise StoreNotFoundError(str(root), f"not a plandoc folder: {root}")
    backend = FolderBackend(root, files=layer)
    try:
        return backend.view(files_of)
    finally:
        backend.close()


def _place_for(target: Path, keep: int | None, timestamp: datetime.datetime, layer: Files) -> Path:
    if keep is None:
        place = target.absolute()
        if layer.status(place) is not None:
            raise _refused(f"{place} already exists, and a backup never overwrites anything", "choose another name")
        folder = place.parent
    else:
        _check_keep(keep, target)
        place = rotation.free_name(target.absolute(), timestamp, layer)
        folder = target.absolute() if target.exists() else target.absolute().parent
    if not folder.is_dir():
        raise StoreNotFoundError(str(folder), f"there is no folder {folder} for the backup; create it first")
    return place


def _check_keep(keep: int, target: Path) -> None:
    if type(keep) is not int or keep < 1:
        raise _refused(f"wanted the number of backups to keep, at least 1, found {shorten(keep)}", field="keep")
    if is_archive(target):
        hint = "name the folder that holds them"
        raise _refused(f"wanted a folder for several backups, found the name of an archive: {target}", hint)


def _refuse_inside(root: Path | None, place: Path) -> None:
    if root is None or not root.exists():
        return
    for folder in (place, *place.parents):
        # By identity, not by name: a link or another spelling leads to the same folder.
        if folder.exists() and folder.samefile(root):
            message = f"{place} is inside the data folder {root} and would be lost with it"
            raise _refused(message, "choose a place outside it, ideally on another disk")


def _refused(message: str, hint: str | None = None, field: str = "target") -> ValidationError:
    return ValidationError([Problem(message, field=field, hint=hint)])
