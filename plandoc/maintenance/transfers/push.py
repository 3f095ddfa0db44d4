"""Taking all documents of a folder to a server, as one transaction there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import attrs

from plandoc.fields.flags import checks_flags
from plandoc.maintenance.backups.backup_writer import contents_of
from plandoc.maintenance.transfers import agreement
from plandoc.maintenance.transfers.agreement import Contents, TransferReport
from plandoc.storage import marker
from plandoc.storage.files import Files
from plandoc.storage.paths import resolved
from plandoc.storage.pre_migration_backup import files_of
from plandoc.store import open_on_server, until_not_overtaken

if TYPE_CHECKING:
    from plandoc.storage.postgres.transaction import PostgresTransaction

_TIMEOUT_SECONDS = 30.0


@checks_flags
def push(
    folder: str | os.PathLike[str],
    address: str,
    *,
    allow_newer: bool = False,
    allow_other_store: bool = False,
    timeout_seconds: float = _TIMEOUT_SECONDS,
) -> TransferReport:
    """Make a store on a server hold what a data folder holds, byte for byte, completely or not at all.

    The store is made where there is none. The folder stays as it is; it only notes what both agreed on.

    Args:
        folder: The data folder.
        address: The address of the store on the server.
        allow_newer: Overwrite changes that were made on the server since the last push or pull.
        allow_other_store: Replace another store.
        timeout_seconds: How long to wait for somebody who writes there.

    Raises:
        ValidationError: when the store on the server has changes that the folder does not have, or is another one.
        StoreNotFoundError: when there is no data folder, or no such server.
        DamagedError: when the folder cannot be read as a whole.
        ConflictError: when somebody writes there all the time.
        StorageError: when the system or the server refuses; it says what was saved.
    """
    root, layer, place = resolved(folder), Files(), agreement.checked_address(address)
    contents = contents_of(root, layer)
    agreement.refuse_what_is_no_text(root, contents)
    agreed = agreement.read_agreed(root, layer)
    backend = open_on_server(place, new=contents)
    try:

        def pushed() -> int:
            transaction = backend.begin("push", timeout_seconds=timeout_seconds)
            try:
                present = files_of(transaction)
                agreement.refuse_to_lose(
                    str(root), backend.location, present, contents, agreed, other=allow_other_store, newer=allow_newer
                )
                return _write(transaction, present, contents)
            finally:
                transaction.release()

        changed = until_not_overtaken(pushed) or (len(contents) if backend.is_new else 0)
    finally:
        backend.close()
    agreement.keep_agreed(root, layer, contents)
    return TransferReport(str(root), backend.location, len(contents), changed)


def _write(transaction: PostgresTransaction, present: Contents, contents: Contents) -> int:
    names = agreement.differing(present, contents)
    changes = {name: contents.get(name) for name in names}
    if marker.NAME in changes:
        changes[marker.NAME] = _marker(present, contents)
        transaction.commit(changes, least_number=marker.parse(contents[marker.NAME]).serial)
    return len(changes)


def _marker(present: Contents, contents: Contents) -> bytes:
    """Return the marker of the folder; no event id that was given on the server is given again."""
    before, after = marker.parse(present[marker.NAME]), marker.parse(contents[marker.NAME])
    if before.store_id != after.store_id or before.next_event_id <= after.next_event_id:
        return contents[marker.NAME]
    return marker.render(attrs.evolve(after, next_event_id=before.next_event_id))
