"""Taking all documents of a store on a server into a folder, as one transaction there."""

from __future__ import annotations

import functools
import os

from plandoc.clock import Clock, system_clock
from plandoc.errors import ConflictError, ValidationError
from plandoc.fields.flags import checks_flags
from plandoc.maintenance.backups.backup_reader import Backup
from plandoc.maintenance.backups.backup_writer import contents_of
from plandoc.maintenance.backups.restore import put_in_place
from plandoc.maintenance.backups.restore_target import RestoreTarget, examine_target
from plandoc.maintenance.transfers import agreement
from plandoc.maintenance.transfers.agreement import TransferReport
from plandoc.storage import archive
from plandoc.storage.files import Files
from plandoc.storage.paths import resolved
from plandoc.storage.pre_migration_backup import files_of
from plandoc.store import open_on_server

_TIMEOUT_SECONDS = 30.0


@checks_flags
def pull(
    address: str,
    folder: str | os.PathLike[str],
    *,
    allow_newer: bool = False,
    allow_other_store: bool = False,
    clock: Clock = system_clock,
    timeout_seconds: float = _TIMEOUT_SECONDS,
) -> TransferReport:
    """Make a data folder hold what a store on a server holds, byte for byte, completely or not at all.

    The folder is made where there is none; the server stays as it is.

    Args:
        address: The address of the store on the server.
        folder: The data folder.
        allow_newer: Overwrite changes that were made in the folder since the last push or pull; what it held is kept
            beside it.
        allow_other_store: Replace another store, which is kept beside the folder.
        clock: A function that returns the current time in UTC.
        timeout_seconds: How long to wait for another writer in the folder.

    Raises:
        ValidationError: when the folder has changes that the server does not have, or holds another store.
        StoreNotFoundError: when there is no such store, or no folder for the new one.
        DamagedError: when one of the two cannot be read as a whole.
        ConflictError: when somebody changed the folder meanwhile.
        LockTimeout: when another writer did not finish in time.
        StorageError: when the system or the server refuses; it says what was saved.
    """
    root, layer = resolved(folder), Files()
    location, contents = _on_server(agreement.checked_address(address))
    looked_at = examine_target(root, layer)
    has_own, changed = False, len(contents)
    if looked_at.is_data_folder:
        before, agreed = contents_of(root, layer), agreement.read_agreed(root, layer)
        agreement.refuse_to_lose(
            location, str(root), before, contents, agreed, other=allow_other_store, newer=allow_newer
        )
        has_own, changed = agreement.digest_of(before) != agreed, len(agreement.differing(before, contents))
    kept = None
    if changed:
        backup = Backup(root, archive.describe(contents, timestamp=clock()), contents)
        refuse = functools.partial(_refuse, looked_at=looked_at)
        kept = put_in_place(
            backup, root, refuse, keep=has_own, clock=clock, timeout_seconds=timeout_seconds, layer=layer
        ).kept
    agreement.keep_agreed(root, layer, contents)
    return TransferReport(location, str(root), len(contents), changed, kept)


def _on_server(address: str) -> tuple[str, dict[str, bytes]]:
    """Return where a store on a server is, and its documents as files."""
    backend = open_on_server(address)
    try:
        return backend.location, backend.view(files_of)
    finally:
        backend.close()


def _refuse(target: RestoreTarget, looked_at: RestoreTarget) -> None:
    if target.exists and not target.is_empty and not target.is_data_folder:
        raise ValidationError(
            f"{target.root} holds files but is not a plandoc data folder; choose another, or a new one"
        )
    if (target.store_id, target.serial, target.line_digest) != (
        looked_at.store_id,
        looked_at.serial,
        looked_at.line_digest,
    ):
        message = f"{target.root} was changed by somebody else meanwhile; nothing was saved; run it again"
        raise ConflictError(str(target.root), message)
