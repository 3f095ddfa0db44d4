"""The first change of a folder by a newer format: what was there is kept, so that the way back is open."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import attrs

from plandoc.errors import DamagedError, Outcome, StorageError
from plandoc.storage import archive, creation, documents, marker
from plandoc.storage.backend import Reading
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.lock import FOLDER


def files_of(reading: Reading) -> dict[str, bytes]:
    """Return every file of a backup of one moment: the documents as they are, and the marker with the moment's serial.

    Raises:
        DamagedError: when the marker or the catalogue is missing, or the marker means nothing.
    """
    names = sorted(filter(archive.is_document_name, reading.names(creation.EVENTS_FOLDER)))
    found = {name: reading.read(name) for name in (marker.NAME, creation.CATALOG, *names)}
    content = {name: text for name, text in found.items() if text is not None}
    if marker.NAME not in content:
        raise DamagedError(marker.NAME, marker.missing())
    if creation.CATALOG not in content:
        raise archive.damaged(creation.CATALOG, "the file is missing", hint="take it back from a backup")
    content[marker.NAME] = _of_this_moment(content[marker.NAME], reading)
    return content


def _of_this_moment(content: bytes, reading: Reading) -> bytes:
    present = marker.parse(content)
    if present.serial == reading.serial:
        return content
    # An older format stays an older format: the plandoc that wrote it must be able to read the backup.
    return marker.render(attrs.evolve(present, serial=reading.serial, line_digest=reading.line_digest))


def keep(folder: DocumentFiles, reading: Reading, *, moment: datetime.datetime) -> str:
    """Write a backup of a folder into the folder itself, durably, and return its name; one that is there stays."""
    name = f"{FOLDER}/before-format-{documents.FORMAT}.{reading.serial}.zip"
    present = folder.read(name)
    if present is not None and archive.is_sealed(present):
        # Whoever wrote it may have been killed before it was on the disk.
        folder.sync([name])
        return name
    files = files_of(reading)
    content = archive.render_archive(archive.describe(files, moment=moment), files)
    folder.put_durably(name, content)
    # The folder it lies in was made by the lock, which needs nothing on the disk: its name must be there, too.
    folder.sync([])
    if folder.read(name) != content:
        reason = "the backup that comes before a new format does not read back as it was written"
        raise StorageError(str(folder.root / name), reason, Outcome.NOT_SAVED)
    return name


def prepare(
    folder: DocumentFiles, reading: Reading, changes: Mapping[str, bytes | None], *, moment: datetime.datetime
) -> dict[str, bytes | None]:
    """Keep what is there, and return the changes with the marker in the present format among them.

    This is the last moment at which the older plandoc can read all of the folder. The marker travels in the same line:
    whoever sees the change sees the new format.
    """
    keep(folder, reading, moment=moment)
    present = changes.get(marker.NAME) or reading.read(marker.NAME)
    if present is None:
        raise DamagedError(marker.NAME, marker.missing())
    raised = attrs.evolve(marker.parse(present), format=documents.FORMAT)
    return {**changes, marker.NAME: marker.render(raised)}
