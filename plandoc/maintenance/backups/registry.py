"""Which backups of a folder this machine knows of, for whoever needs one because a document is damaged.

Looked for are those beside the folder, the one that plandoc keeps in it before a new format, and those that the command
made last. Of these it leaves a note in the folder, which the library does not: there a backup only reads. The note is
worth nothing on another machine or in a copy of the folder, and is not believed there; losing it loses nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from plandoc.engine.document import DocumentSession
from plandoc.errors import PlandocError
from plandoc.frozen import frozen
from plandoc.maintenance.backups import rotation
from plandoc.maintenance.backups.backup_reader import Backup, open_backup
from plandoc.records import PlanSnapshot
from plandoc.storage import archive, documents, holder, initialize, lock, marker
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.paths import resolved
from plandoc.tables import BY_TYPE

_NOTE = f"{lock.FOLDER}/backups.json"
_MOST_REMEMBERED = 5
# Each is read as a whole, while somebody waits for a message.
_MOST_LOOKED_AT = 10


@frozen
class KnownBackup:
    """A backup that can be used.

    Attributes:
        path: Where it is.
        created_at: When it was made.
    """

    path: Path
    created_at: datetime.datetime


def remember(path: Path, made: Path) -> None:
    """Note in a folder where a backup of it was put; a note that cannot be left is no reason to say that anything failed."""
    # By where it is in the end: whoever comes by a link or from another folder is to find it, too.
    layer, root = Files(), resolved(path)
    with contextlib.suppress(OSError, PlandocError):
        folder = layer.status(root / lock.FOLDER)
        if folder is not None and stat.S_ISDIR(folder.st_mode):
            paths = dict.fromkeys([str(made), *map(str, _remembered(root, layer))])
            note = {"host": holder.this_host(), "folder": str(root), "backups": list(paths)[:_MOST_REMEMBERED]}
            _leave(root / _NOTE, json.dumps(note, indent=1).encode() + b"\n", layer)


def _leave(place: Path, note: bytes, layer: Files) -> None:
    handle = layer.open_to_write(place, create=True)
    try:
        layer.truncate(handle, 0)
        layer.write_at(handle, 0, note)
    finally:
        layer.close(handle)


def newest_usable(path: Path, names: Collection[str]) -> KnownBackup | None:
    """Return the newest backup of a folder that holds these documents unharmed; None when none is known.

    Of backups that hold only some of them, the one with the most.

    Args:
        path: The folder.
        names: Documents of the folder.
    """
    layer, root = Files(), resolved(path)
    store_id, remembered = _store_id(root, layer), _remembered(root, layer)
    best: tuple[int, datetime.datetime, Path] | None = None
    for place in _latest({*remembered, *_beside(root, layer), *_inside(root, layer)}):
        try:
            backup = open_backup(place, files=layer)
        except (PlandocError, OSError):
            continue
        is_of_this = backup.manifest.store_id == store_id or (store_id is None and place in remembered)
        sound = sum(_is_sound(backup, name) for name in names) if is_of_this else 0
        found = (sound, backup.manifest.created_at, place)
        if sound and (best is None or found > best):
            best = found
    return None if best is None else KnownBackup(best[2], best[1])


def is_damaged(path: Path, name: str) -> bool:
    """Whether a document of a folder is missing, cannot be read, holds rows that break a rule, or two snapshots."""
    folder = DocumentFiles(path.absolute(), Files())
    try:
        content = folder.read(name)
        if name == marker.NAME:
            marker.parse(content or b"")
            return False
        return content is None or not _is_whole(name, content)
    except PlandocError:
        return True


def _is_sound(backup: Backup, name: str) -> bool:
    content = backup.documents.get(name)
    if content is None or name == marker.NAME:
        # A backup whose marker means nothing could not have been opened.
        return content is not None
    try:
        return _is_whole(name, content)
    except PlandocError:
        return False


def _is_whole(name: str, content: bytes) -> bool:
    document = DocumentSession(documents.parse(name, content))
    return not document.problems() and not document.problems_of_several(BY_TYPE[PlanSnapshot])


def _store_id(root: Path, layer: Files) -> str | None:
    """Return the identity of a folder: as the marker says, else as the first document says that can be read."""
    folder = DocumentFiles(root, layer)
    with contextlib.suppress(PlandocError):
        return marker.parse(folder.read(marker.NAME) or b"").store_id
    with contextlib.suppress(PlandocError):
        for name in (*initialize.DOCUMENTS, *filter(archive.is_document_name, folder.names(initialize.EVENTS_FOLDER))):
            with contextlib.suppress(PlandocError):
                return documents.parse(name, folder.read(name) or b"").store_id
    return None


def _remembered(root: Path, layer: Files) -> list[Path]:
    try:
        told = json.loads(DocumentFiles(root, layer).read(_NOTE) or b"{}")
    except (PlandocError, ValueError, RecursionError):
        return []
    if type(told) is not dict or (told.get("host"), told.get("folder")) != (holder.this_host(), str(root)):
        return []
    paths = told.get("backups")
    texts = [path for path in paths if type(path) is str and "\0" not in path] if type(paths) is list else []
    return [place for place in map(Path, texts[:_MOST_REMEMBERED]) if place.is_absolute()]


def _beside(root: Path, layer: Files) -> Iterator[Path]:
    kept = f"{root.name}{rotation.BEFORE_RESTORE}"
    with contextlib.suppress(OSError):
        for name in layer.names(root.parent):
            if name.startswith(kept) or rotation.is_dated(name):
                yield root.parent / name


def _inside(root: Path, layer: Files) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for name in layer.names(root / lock.FOLDER):
            if name.endswith(".zip"):
                yield root / lock.FOLDER / name


def _latest(places: Collection[Path]) -> list[Path]:
    """Return those that were written last, as far as the file system knows; what is gone is left out."""
    dated = []
    for place in places:
        with contextlib.suppress(OSError):
            dated.append((place.stat().st_mtime, place))
    return [place for _, place in sorted(dated, reverse=True)[:_MOST_LOOKED_AT]]
