"""Reading a backup, a folder or a ZIP file, without trusting a byte of it; nothing is ever unpacked.

A ZIP file may come from anybody. Any name that is not the name of a document is refused, so no path can lead outside;
the size of a member is limited before it is read.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from plandoc.errors import DamagedError, Outcome, Problem, StoreNotFoundError
from plandoc.frozen import frozen
from plandoc.storage import archive, initialize, journal, marker
from plandoc.storage.archive import MANIFEST, Manifest, damaged
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import resolved

if TYPE_CHECKING:
    import os

_LONGEST_MANIFEST = 64_000_000
_LARGEST_BACKUP = 8_000_000_000
_EVENTS_FOLDER = "events"
_ENCRYPTED = 0x1
# What zipfile raises on some broken archives.
_OF_A_BROKEN_ARCHIVE = (EOFError, ValueError, LookupError, RuntimeError, OverflowError, OSError)


@frozen
class Backup:
    """A backup that was read, each file compared with its digest.

    Attributes:
        path: Where it is.
        manifest: What it says about itself.
        documents: The content of every document, `plandoc.json` among them, by its path inside the data folder.
    """

    path: Path
    manifest: Manifest
    documents: Mapping[str, bytes]

    @property
    def marker(self) -> marker.Marker:
        """The marker that is in it."""
        return marker.parse(self.documents[marker.NAME])


def open_backup(path: str | os.PathLike[str], *, files: Files | None = None) -> Backup:
    """Read a backup, a folder or a ZIP file, and compare every file with its digest.

    Whether the documents are valid is checked by `verify_backup`.

    Raises:
        StoreNotFoundError: when there is nothing at the path.
        DamagedError: when it is not a backup, or a byte of it has changed; with every problem.
        NewerFormatError: when a newer plandoc wrote it.
    """
    # A link to the latest backup is fine; links inside a backup are not.
    place = resolved(path)
    layer = files or Files()
    with translate_os_errors(place, Outcome.NOT_SAVED):
        present = layer.status(place)
        if present is None:
            raise StoreNotFoundError(str(place), f"there is no backup at {place}")
        backup = _open_folder(place, layer) if stat.S_ISDIR(present.st_mode) else _open_archive(place, layer)
    _check_digests(backup)
    return backup


def _check_digests(backup: Backup) -> None:
    manifest, documents = backup.manifest, backup.documents
    wrong = [
        Problem("its content does not match the manifest", file=name, hint="use another backup")
        for name, content in documents.items()
        if archive.sha256(content) != manifest.files.get(name)
    ]
    wrong += [
        Problem("listed in the manifest but missing", file=name, hint="use another backup")
        for name in manifest.files
        if name not in documents
    ]
    if wrong:
        raise DamagedError(str(backup.path), wrong)
    inside = backup.marker
    if (inside.store_id, inside.serial) != (manifest.store_id, manifest.serial):
        raise damaged(MANIFEST, f"the manifest and {marker.NAME} do not belong together")


def _open_folder(root: Path, layer: Files) -> Backup:
    folder = DocumentFiles(root, layer)
    content = folder.read(MANIFEST)
    if content is None:
        hint = "name a folder or a .zip made by 'plandoc backup'; any other folder can simply be copied"
        raise damaged(MANIFEST, f"{root} is not a backup: {MANIFEST} is missing", hint=hint)
    manifest = archive.parse_manifest(content)
    if folder.read(journal.NAME):
        raise damaged(journal.NAME, "the backup has been opened and changed since it was made")
    names = {marker.NAME, *initialize.DOCUMENTS, *manifest.files, *filter(archive.is_document_name, _events_in(folder))}
    found = {name: folder.read(name) for name in sorted(names)}
    return Backup(root, manifest, {name: content for name, content in found.items() if content is not None})


def _events_in(folder: DocumentFiles) -> list[str]:
    return folder.names(_EVENTS_FOLDER)


def _open_archive(path: Path, layer: Files) -> Backup:
    content = layer.read(path)
    if not archive.is_sealed(content):
        message = "not a plandoc backup, or changed since plandoc wrote it: the digest at its end does not match"
        hint = "use another backup; if another program repacked this one, unpack it and name the folder"
        raise damaged(path.name, message, hint=hint)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return _Members(path, opened, len(content)).backup()
    except (zipfile.BadZipFile, zlib.error, struct.error, *_OF_A_BROKEN_ARCHIVE) as error:
        raise damaged(path.name, f"the archive cannot be read: {error}") from error


class _Members:
    """The members of an archive, read only up to their limits."""

    def __init__(self, path: Path, opened: zipfile.ZipFile, size: int) -> None:
        self._path = path
        self._size = size
        self._opened = opened
        self._members = {member.filename: member for member in opened.infolist()}

    def backup(self) -> Backup:
        """Read all of it.

        Raises:
            DamagedError: when a member is not one that plandoc writes.
        """
        self._refuse_strange_members()
        manifest = archive.parse_manifest(self._read(MANIFEST, _LONGEST_MANIFEST))
        names = [name for name in self._members if name != MANIFEST]
        size = sum(self._members[name].file_size for name in names)
        if size != manifest.size or size > _LARGEST_BACKUP:
            raise damaged(self._path.name, f"wanted {manifest.size} bytes of documents, found {size}")
        if sum(member.compress_size for member in self._members.values()) > self._size:
            raise damaged(self._path.name, "the members overlap")
        return Backup(
            self._path, manifest, {name: self._read(name, self._members[name].file_size) for name in sorted(names)}
        )

    def _refuse_strange_members(self) -> None:
        wrong = [
            f"{member.orig_filename!r}: {problem}"
            for member in self._opened.infolist()
            for problem in _problems_of_member(member)
        ]
        if len(self._members) != len(self._opened.infolist()):
            wrong.append("a name occurs twice in the archive")
        if MANIFEST not in self._members:
            wrong.append(f"{MANIFEST} is missing from the archive")
        if wrong:
            raise damaged(self._path.name, *wrong)

    def _read(self, name: str, limit: int) -> bytes:
        with self._opened.open(self._members[name]) as member:
            # One byte above the limit is enough to see that it is exceeded.
            content = member.read(limit + 1)
        if len(content) > limit:
            raise damaged(self._path.name, f"{name} is too large")
        return content


def _problems_of_member(member: zipfile.ZipInfo) -> list[str]:
    wrong = []
    if member.filename != member.orig_filename or not (
        member.filename == MANIFEST or archive.is_document_name(member.filename)
    ):
        wrong.append("is not the name of a document; a backup holds nothing else")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG} or member.filename.endswith("/"):
        wrong.append("wanted a plain file, found a link, a folder or a device")
    if member.flag_bits & _ENCRYPTED or member.compress_type not in {0, 8}:
        wrong.append("is encrypted, or compressed in a way that plandoc does not use")
    if archive.is_too_compressed(member.file_size, member.compress_size):
        wrong.append(f"expands from {member.compress_size} to {member.file_size} bytes; refused as a possible zip bomb")
    return wrong
