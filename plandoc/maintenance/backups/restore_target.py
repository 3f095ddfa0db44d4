"""What is at the path to restore to, as far as it can be interpreted."""

from __future__ import annotations

from pathlib import Path

import attrs

from plandoc.errors import DamagedError, ValidationError
from plandoc.frozen import frozen
from plandoc.storage import archive, initialize, journal, layout, marker, recovery
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.lock_file import FOLDER
from plandoc.storage.replacement import TEMPORARY


@frozen
class RestoreTarget:
    """What is at the path.

    Attributes:
        root: The path.
        exists: Whether there is a folder.
        is_empty: Whether it holds nothing, apart from what an interrupted restore may have left.
        is_data_folder: Whether there is a marker, a catalog, a journal or an event in it.
        is_sound: Whether journal and marker are consistent.
        store_id: The identity of the folder; None when it is unknown.
        serial: Number of its last transaction, as far as it is known.
        line_digest: The checksum of that transaction's line in the journal; blank when it is unknown.
        next_event_id: The id that its next new event would get, as far as it is known.
        events: The documents of events in it.
    """

    root: Path
    exists: bool = False
    is_empty: bool = False
    is_data_folder: bool = False
    is_sound: bool = False
    store_id: str | None = None
    serial: int = 0
    line_digest: str = ""
    next_event_id: int = 1
    events: tuple[str, ...] = ()


def examine_target(root: Path, layer: Files) -> RestoreTarget:
    """Return what is at a path.

    Raises:
        ValidationError: when it is not a folder.
        NewerFormatError: when a newer plandoc wrote it.
    """
    if layer.status(root) is None:
        return RestoreTarget(root)
    if not root.is_dir():
        raise ValidationError(f"{root} is not a folder; wanted a data folder, an empty folder, or nothing")
    names = [name for name in layer.names(root) if name != FOLDER and not name.endswith(TEMPORARY)]
    folder = DocumentFiles(root, layer)
    events = tuple(filter(archive.is_document_name, folder.names(layout.EVENTS_FOLDER)))
    own = {marker.NAME, *initialize.DOCUMENTS, journal.NAME}
    target = RestoreTarget(
        root, exists=True, is_empty=not names, is_data_folder=not own.isdisjoint(names) or bool(events)
    )
    target = attrs.evolve(target, events=events)
    return _interpreted(target, folder) if target.is_data_folder else target


def _interpreted(target: RestoreTarget, folder: DocumentFiles) -> RestoreTarget:
    content = folder.read(journal.NAME) or b""
    try:
        state = recovery.interpret(content, folder.read(marker.NAME))
    except DamagedError:
        return _guessed(target, folder, content)
    named = filter(archive.is_document_name, state.changes)
    events = {*target.events, *(name for name in named if name not in {marker.NAME, *initialize.DOCUMENTS})}
    return attrs.evolve(
        target,
        is_sound=folder.read(layout.CATALOG) is not None or layout.CATALOG in state.changes,
        store_id=state.marker.store_id,
        serial=state.serial,
        line_digest=state.line_digest,
        next_event_id=state.marker.next_event_id,
        events=tuple(sorted(events)),
    )


def _guessed(target: RestoreTarget, folder: DocumentFiles, content: bytes) -> RestoreTarget:
    """Return what marker and journal say separately, where they are not consistent.

    The serial matters most: the line of the restore needs one that no file of the folder counts as done.
    """
    try:
        present = marker.parse(folder.read(marker.NAME) or b"")
        target = attrs.evolve(
            target, store_id=present.store_id, serial=present.serial, next_event_id=present.next_event_id
        )
    except DamagedError:
        pass
    try:
        lines = journal.parse(content).lines
    except DamagedError:
        lines = ()
    # Lines of another folder do not count.
    own = [line.serial for line in lines if target.store_id in {None, line.store_id}]
    return attrs.evolve(target, serial=max([target.serial, *own]))
