"""Restoring `plandoc.json`: without it nothing else in a folder can be changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from plandoc.clock import Clock
from plandoc.errors import DamagedError, Outcome
from plandoc.maintenance.checks import Fix, Inspection, Issue
from plandoc.maintenance.repairs.lost_found import LostFound
from plandoc.maintenance.repairs.repair_report import RepairAction
from plandoc.maintenance.repairs.restore_document import RestoreSource
from plandoc.storage import journal, marker
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.lock import FolderLock, while_locked
from plandoc.storage.os_errors import translate_os_errors
from plandoc.tables import EVENTS_FOLDER, MARKER, event_of_document


def plan_marker_restore(
    inspection: Inspection, issues: Sequence[Issue], folder: DocumentFiles, source: RestoreSource | None
) -> Iterator[RepairAction]:
    """Yield the restore of the marker, when neither it nor the journal can be read."""
    wrong = next((issue for issue in issues if issue.file == MARKER and issue.is_damage), None)
    if inspection.marker is None and wrong is not None and source is not None:
        content = folder.read(MARKER)
        kept = None if content is None else LostFound.name_of(MARKER, content, is_replaced=True)
        counted = f"transaction numbers continue from {_marker(folder, source).serial}"
        reason = f"{wrong.problem.message}; {counted}; other repairs can be planned once it is there"
        yield RepairAction(Fix.RESTORE, MARKER, reason, kept)


def restore_marker(root: Path, files: Files, clock: Clock, source: RestoreSource, timeout_seconds: float) -> None:
    """Restore the marker, under the lock; the damaged one is kept."""
    folder = DocumentFiles(root, files)

    def put_back(_: FolderLock) -> None:
        with translate_os_errors(root, Outcome.NOT_SAVED):
            content = folder.read(MARKER)
            if _is_sound(content):
                # Somebody else has restored it.
                return
            if content is not None:
                LostFound(folder).keep(MARKER, content, "could not be read", is_replaced=True)
            folder.put_durably(MARKER, marker.render(_marker(folder, source)))

    while_locked(root, files, put_back, action="repair", timestamp=clock(), timeout_seconds=timeout_seconds)


def _is_sound(content: bytes | None) -> bool:
    try:
        marker.parse(content or b"")
    except DamagedError:
        return False
    return True


def _marker(folder: DocumentFiles, source: RestoreSource) -> marker.Marker:
    """Return the marker: with the identity of the folder, and counters above everything that is there."""
    then = source.backup.marker
    ids = [event_of_document(name) or 0 for name in folder.names(EVENTS_FOLDER)]
    serial = then.serial
    try:
        lines = journal.parse(folder.read(journal.NAME) or b"").lines
    except DamagedError:
        lines = ()
    if lines:
        # The journal continues after the last transaction that the lost marker counted as checkpointed.
        serial = lines[0].serial - 1
    return attrs.evolve(
        then, store_id=source.store_id, serial=serial, next_event_id=max(then.next_event_id, max(ids, default=0) + 1)
    )
