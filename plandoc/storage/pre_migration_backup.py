"""The backup before the first change by a newer format, so that the older plandoc can be used again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import attrs

from plandoc.errors import DamagedError, Outcome, Problem, StorageError
from plandoc.errors.hints import TAKE_BACK
from plandoc.storage import archive, documents, initialize, layout, marker, migrations
from plandoc.storage.backend import Reading
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.lock_file import FOLDER


def files_of(reading: Reading) -> dict[str, bytes]:
    """Return every file of a backup of one version of a store: the documents as they are, and the marker with its serial.

    Raises:
        DamagedError: when the marker or a document that every folder has is missing, or the marker means nothing.
    """
    names = sorted(filter(archive.is_document_name, reading.names(layout.EVENTS_FOLDER)))
    own = dict.fromkeys(migrations.origin(name, reading.format) for name in initialize.DOCUMENTS)
    found = dict(reading.read_many((marker.NAME, *own, *names)))
    found[marker.NAME] = reading.current_marker()
    content = {name: text for name, text in found.items() if text is not None}
    if marker.NAME not in content:
        raise DamagedError(marker.NAME, marker.missing())
    for name in own:
        if name not in content:
            raise archive.damaged(name, "the file is missing", hint=TAKE_BACK)
    return content


def keep(folder: DocumentFiles, reading: Reading, *, serial: int, timestamp: datetime.datetime) -> str:
    """Write a durable backup of a folder into the folder itself and return its name; an existing one stays."""
    name = f"{FOLDER}/before-format-{documents.FORMAT}.{serial}.zip"
    present = folder.read(name)
    if present is not None and archive.is_sealed(present):
        # The process that wrote it may have been killed before it was on the disk.
        folder.sync([name])
        return name
    files = files_of(reading)
    content = archive.render_archive(archive.describe(files, timestamp=timestamp), files)
    folder.put_durably(name, content)
    if folder.read(name) != content:
        reason = "the backup made before the change of format does not read back as it was written"
        raise StorageError(str(folder.root / name), reason, Outcome.NOT_SAVED)
    return name


def raised(reading: Reading, changes: Mapping[str, bytes | None]) -> dict[str, bytes | None]:
    """Return the changes of a store of an older format together with the whole step to the present format.

    The marker changes together with the documents that are now divided differently: a reader that sees the change sees
    the new format.

    Raises:
        DamagedError: when a document that must be divided cannot be read, or a file has the name of a new one.
    """
    wrong = problems_in_the_way(reading)
    if wrong:
        raise DamagedError(wrong[0].file or "", wrong)
    present = changes.get(marker.NAME) or reading.read(marker.NAME)
    if present is None:
        raise DamagedError(marker.NAME, marker.missing())
    of_present_format = attrs.evolve(marker.parse(present), format=documents.FORMAT)
    return {**_divided(reading, changes), **changes, marker.NAME: marker.render(of_present_format)}


def problems_in_the_way(reading: Reading) -> list[Problem]:
    """Return existing files with the name of a document that the next change of an older folder would make."""
    message = f"a folder of format {reading.format} has no file of this name, and the next change would replace it"
    return [
        Problem(message, file=name, hint="move it somewhere else")
        for name in initialize.DOCUMENTS
        if migrations.origin(name, reading.format) != name and reading.read(name) is not None
    ]


def _divided(reading: Reading, changes: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """Return the documents that now hold other tables, without those that are changed anyway."""
    divided = {}
    for name in (name for name in initialize.DOCUMENTS if name not in changes):
        file = migrations.origin(name, reading.format)
        content = reading.read(file)
        if content is not None and len(migrations.parts(file, reading.format)) > 1:
            divided[name] = _part(documents.parse(file, content), name)
    return divided


def _part(document: documents.Document, name: str) -> bytes:
    number = document.format
    tables = migrations.upgraded(document.tables, found=number, wanted=documents.FORMAT)
    next_ids = migrations.part(document.next_ids, name, number)
    own = migrations.part(tables, name, number)
    as_part = attrs.evolve(document, name=name)
    # Rows of an older version; the first session that changes the document judges them.
    return documents.rewritten(as_part, next_ids, own, changed=own, judged=False).content
