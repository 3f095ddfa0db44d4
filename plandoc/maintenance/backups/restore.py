"""Restoring a backup: into a new folder, or over an existing one as a single guarded write.

Over a folder, a new journal with one line replaces the old journal; the line holds every document, so it supersedes all
lines before it and needs nothing that may be damaged. The rename of that file is the commit. What follows is what any
recovery does.
"""

from __future__ import annotations

import datetime
import os
import stat
from collections.abc import Callable
from pathlib import Path

import attrs

from plandoc.clock import Clock, system_clock
from plandoc.errors import (
    ConflictError,
    DamagedError,
    LockTimeout,
    Outcome,
    PlandocError,
    Problem,
    StorageError,
    StoreNotFoundError,
    ValidationError,
)
from plandoc.errors.hints import Hint, wording
from plandoc.fields.flags import checks_flags
from plandoc.frozen import frozen
from plandoc.maintenance.backups import backup_writer, rotation
from plandoc.maintenance.backups.backup_reader import Backup, open_backup
from plandoc.maintenance.backups.backup_targets import ARCHIVE_SUFFIX
from plandoc.maintenance.backups.restore_target import RestoreTarget, examine_target
from plandoc.maintenance.backups.staging import sync_parent, temporary_beside
from plandoc.maintenance.backups.verification import problems_in
from plandoc.storage import archive, documents, initialize, journal, marker
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.lock import FolderLock, while_locked
from plandoc.storage.os_errors import storage_error, translate_os_errors
from plandoc.storage.paths import resolved
from plandoc.storage.pre_migration_backup import files_of
from plandoc.tables import EVENTS_FOLDER

_TIMEOUT_SECONDS = 30.0


@frozen
class RestoreReport:
    """A restore that was done.

    Attributes:
        path: The data folder.
        source: The backup.
        store_id: The identity of the folder now.
        serial: The serial of the backup.
        documents: How many files came from the backup, `plandoc.json` among them.
        kept: Where the previous content of the folder is; None when it had none.
        problems: What was already wrong with the folder when the backup was made.
    """

    path: Path
    source: Path
    store_id: str
    serial: int
    documents: int
    kept: Path | None = None
    problems: tuple[Problem, ...] = ()


@checks_flags
def restore(
    source: str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    replace: bool = False,
    allow_other_folder: bool = False,
    allow_older: bool = False,
    clock: Clock = system_clock,
    timeout_seconds: float = _TIMEOUT_SECONDS,
    files: Files | None = None,
) -> RestoreReport:
    """Restore a data folder from a backup, completely or not at all, even when it is interrupted.

    Args:
        source: The backup, a folder or a ZIP file.
        path: The data folder: none yet, an empty one, or with `replace` an existing one.
        replace: Restore over an existing data folder. A backup of it is made beside it first; when it is too damaged
            for that, a plain copy.
        allow_other_folder: Restore even over another data folder than the one that was backed up.
        allow_older: Restore even when the folder has transactions that the backup does not have.
        clock: A function that returns the current time with its offset from UTC.
        timeout_seconds: How long to wait for another writer.
        files: The calls to the operating system; replaced only by tests.

    Raises:
        ValidationError: when there is something at the path that must not be replaced.
        DamagedError: when something is wrong with the backup.
        NewerFormatError: when a newer plandoc wrote the backup, or the folder.
        LockTimeout: when another writer did not finish in time.
        StorageError: when the system refuses; it says what was saved.
    """
    layer = files or Files()
    root = resolved(path)
    backup = open_backup(source, files=layer)

    def refuse(target: RestoreTarget) -> None:
        _refuse(target, backup, replace=replace, allow_other_folder=allow_other_folder, allow_older=allow_older)

    return put_in_place(backup, root, refuse, clock=clock, timeout_seconds=timeout_seconds, layer=layer)


def put_in_place(
    backup: Backup,
    root: Path,
    refuse: Callable[[RestoreTarget], None],
    *,
    keep: bool = True,
    clock: Clock,
    timeout_seconds: float,
    layer: Files,
) -> RestoreReport:
    """Make a folder hold what a backup holds, completely or not at all.

    Args:
        backup: What it shall hold.
        root: The folder, which may not be there yet.
        refuse: Raises what speaks against it; asked again once nobody else can write.
        keep: Whether what the folder held is kept beside it.
        clock: A function that returns the current time in UTC.
        timeout_seconds: How long to wait for another writer.
        layer: The calls to the operating system.
    """
    _refuse_unreadable(backup)
    problems = tuple(problems_in(backup.documents))
    with translate_os_errors(root, Outcome.NOT_SAVED):
        target = examine_target(root, layer)
        refuse(target)
        if not target.exists:
            _make(root, backup, clock(), layer)
            kept = None
        else:

            def over(lock: FolderLock) -> Path | None:
                # Again, because only under the lock no other process can change it.
                target = examine_target(root, layer)
                refuse(target)
                kept = _keep(target, clock(), layer) if keep and not target.is_empty else None
                _commit(target, backup, lock, clock(), layer)
                return kept

            kept = while_locked(
                root, layer, over, action="restore a backup", timestamp=clock(), timeout_seconds=timeout_seconds
            )
            _finish(root, layer, clock)
    manifest = backup.manifest
    return RestoreReport(root, backup.path, manifest.store_id, manifest.serial, len(backup.documents), kept, problems)


def _refuse_unreadable(backup: Backup) -> None:
    """Refuse a backup with a document that cannot be opened; lesser faults are restored as they are."""
    wrong: list[Problem] = []
    for name, content in backup.documents.items():
        if name == marker.NAME:
            continue
        try:
            store_id = documents.parse(name, content).store_id
        except DamagedError as error:
            wrong += error.problems
        else:
            if store_id != backup.manifest.store_id:
                wrong.append(Problem(f"belongs to another folder ({store_id})", file=name))
    if wrong:
        hint = wording(
            "use another backup; or take the intact documents from this one with {repair}",
            repair=Hint.REPAIR_FROM_BACKUP(),
        )
        raise DamagedError(str(backup.path), [attrs.evolve(problem, hint=hint) for problem in wrong])


def _refuse(
    target: RestoreTarget, backup: Backup, *, replace: bool, allow_other_folder: bool, allow_older: bool
) -> None:
    if not target.exists or target.is_empty:
        return
    if not target.is_data_folder:
        raise _refused(
            f"{target.root} holds files but is not a plandoc data folder", "choose another folder, or a new one"
        )
    manifest = backup.manifest
    if not replace:
        hint = wording(
            "restore into a new folder and compare, or restore with {option}, which keeps a backup of it",
            option=Hint.REPLACE(),
        )
        raise _refused(f"{target.root} is already a data folder", hint)
    if target.store_id not in {None, manifest.store_id} and not allow_other_folder:
        message = f"the backup was made of another data folder ({manifest.store_id}), not of {target.root} ({target.store_id})"
        raise _refused(message, wording("restore anyway with {option}", option=Hint.ALLOW_OTHER_FOLDER()))
    if target.store_id == manifest.store_id and not allow_older:
        _refuse_to_lose_transactions(target, backup)


def _refuse_to_lose_transactions(target: RestoreTarget, backup: Backup) -> None:
    """Refuse when the folder has transactions that the backup does not have.

    The number alone is not enough: the backup may hold a transaction that its writer then failed to make durable, and
    the folder another transaction with that number.
    """
    hint = wording("later changes would be lost; restore anyway with {option}", option=Hint.ALLOW_OLDER())
    serial, digests = backup.manifest.serial, {target.line_digest, backup.marker.line_digest}
    if target.serial > serial:
        raise _refused(f"the backup ends at transaction {serial}, but {target.root} is at {target.serial}", hint)
    if target.serial == serial and len(digests) > 1 and "" not in digests:
        message = f"the backup and {target.root} both end at transaction {serial}, but not the same one"
        raise _refused(message, hint)


def _refused(message: str, hint: str) -> ValidationError:
    return ValidationError([Problem(message, hint=hint)])


def _make(root: Path, backup: Backup, timestamp: datetime.datetime, layer: Files) -> None:
    if not root.parent.is_dir():
        raise StoreNotFoundError(str(root.parent), f"there is no folder {root.parent} to restore into; create it first")
    contents = {**backup.documents, journal.NAME: b""}
    with temporary_beside(root, timestamp, layer) as temporary:
        write = AtomicWrite(root, temporary, layer)
        write.stage_folder(contents, [EVENTS_FOLDER])
        write.publish()
        sync_parent(write)


def _keep(target: RestoreTarget, timestamp: datetime.datetime, layer: Files) -> Path:
    """Keep the content of the folder beside it: as a backup when it can be interpreted, otherwise file by file."""
    stem = target.root.with_name(f"{target.root.name}{rotation.BEFORE_RESTORE}{rotation.stamp(timestamp)}")
    if target.is_sound:
        backend = FolderBackend(target.root, files=layer)
        contents = backend.view(files_of)
        backend.close()
        place = rotation.free_path(stem, ARCHIVE_SUFFIX, layer)
        return backup_writer.write(place, archive.describe(contents, timestamp=timestamp), contents, layer).path
    place = rotation.free_path(stem, "", layer)
    with temporary_beside(place, timestamp, layer) as temporary:
        write = AtomicWrite(place, temporary, layer)
        write.stage_folder(_plain_files(target.root, layer), [EVENTS_FOLDER])
        write.publish()
        sync_parent(write)
    return place


def _plain_files(root: Path, layer: Files) -> dict[str, bytes]:
    found = {}
    for folder in ("", "events/"):
        for name in layer.names(root / folder):
            present = layer.status(root / folder / name)
            if present is not None and stat.S_ISREG(present.st_mode):
                found[f"{folder}{name}"] = layer.read(root / folder / name)
    return found


def _commit(
    target: RestoreTarget, backup: Backup, lock: FolderLock, timestamp: datetime.datetime, layer: Files
) -> None:
    """Replace the journal with one line that holds everything: the rename is the commit."""
    folder = DocumentFiles(target.root, layer)
    serial = max(target.serial, backup.manifest.serial)
    # The stock as well: a backup of an older format has no document of it.
    there = (name for name in initialize.DOCUMENTS if folder.read(name) is not None)
    wanted: dict[str, bytes | None] = dict.fromkeys([*there, *target.events])
    wanted |= backup.documents
    wanted[marker.NAME] = marker.render(_marker_for(target, backup, serial))
    for name in wanted:
        folder.refuse_irreplaceable(name)
    present = {name: folder.read(name) for name in wanted}
    changes = tuple(
        journal.Change(name, None if before is None else documents.digest(before), wanted[name])
        for name, before in present.items()
    )
    # Otherwise a power cut could revert a document, and recovery would mistake it for an edit by hand.
    folder.sync(name for name, before in present.items() if before is not None)
    line = journal.Line(serial + 1, backup.manifest.store_id, changes)
    content = journal.render(line, action="restore a backup", timestamp=timestamp)
    if not lock.is_still_ours():
        message = f"{target.root}: its lock file was removed or the folder was moved; nothing was restored"
        raise ConflictError(str(target.root), message)
    try:
        folder.put_durably(journal.NAME, content)
    except OSError as error:
        # The last step makes the name durable; by then every reader sees the new line.
        outcome = Outcome.UNKNOWN if _may_hold(folder, content) else Outcome.NOT_SAVED
        raise storage_error(error, target.root, outcome, "the journal could not be written") from error


def _may_hold(folder: DocumentFiles, content: bytes) -> bool:
    """Whether a journal is in place, as far as the system lets anybody see."""
    try:
        return folder.read(journal.NAME) == content
    except PlandocError:
        return True


def _marker_for(target: RestoreTarget, backup: Backup, serial: int) -> marker.Marker:
    """Return the marker that goes with the line; serials never decrease, because others would not see the change."""
    restored = backup.marker
    same = target.store_id == restored.store_id
    # No event id is given twice, even one that the backup does not know yet.
    next_event_id = max(restored.next_event_id, target.next_event_id) if same else restored.next_event_id
    return attrs.evolve(restored, serial=serial, next_event_id=next_event_id, line_digest="")


def _finish(root: Path, layer: Files, clock: Clock) -> None:
    """Put the documents in place, as the next writer would."""
    try:
        backend = FolderBackend(root, files=layer, clock=clock)
        try:
            backend.begin("restore a backup", timeout_seconds=_TIMEOUT_SECONDS).release()
        finally:
            backend.close()
    except LockTimeout:
        # The process that has the lock has done it or will do it.
        return
    except StorageError as error:
        raise StorageError(error.path, "tidying up failed", Outcome.SAVED, error.errno) from error
    except PlandocError as error:
        raise StorageError(str(root), f"tidying up failed: {error}", Outcome.SAVED) from error
