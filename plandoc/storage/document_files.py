"""Documents as files of a folder: read whole, replaced whole."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from plandoc.errors import Outcome, StorageError
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.directory_scan import DirectoryScan, fingerprint_of
from plandoc.storage.document_head import END_SIZE, START_SIZE, Head
from plandoc.storage.documents import digest
from plandoc.storage.files import FOUND_LINK, Files, NotAFile
from plandoc.storage.os_errors import translate_os_errors

TEMPORARY = ".plandoc-tmp"
LOST_FOUND = "lost-found"


# So many are remembered: those that are being worked on are asked for several times, and paths are slow to make.
_MOST_PLACES = 64


class _Place(NamedTuple):
    """Where a document is, how it is put there, and the folder that it is in."""

    path: Path
    write: AtomicWrite
    folder: Path


class DocumentFiles:
    """The files of one data folder, by document name."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = root
        self._files = files
        self._places: dict[str, _Place] = {}
        self._folders: dict[str, Path] = {"": root, ".": root}
        self._scans: dict[str, DirectoryScan] = {}

    def read(self, name: str) -> bytes | None:
        """Return the content of a document's file, or None when there is none.

        A folder that is gone is an error: it must not look like one without documents.
        """
        path, _, folder = self._place(name)
        with translate_os_errors(path, Outcome.NOT_SAVED):
            self._refuse_linked_folder(folder)
            try:
                return self._files.read(path)
            except FileNotFoundError:
                if self._files.status(self.root) is None:
                    raise
                return None

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:
        """Yield the head of the file of each of these documents of one folder; None where there is none."""
        path = self._folder(folder)
        with translate_os_errors(path, Outcome.NOT_SAVED):
            try:
                handle = self._open_to_look_up(path)
            except FileNotFoundError:
                # Such as in a clone made by git, which keeps no empty folders: none of the documents is there.
                handle = None
            try:
                for name in names:
                    yield name, self._head(path / name.removeprefix(f"{folder}/"), handle)
            finally:
                _let_go(handle)

    def _head(self, path: Path, folder: int | None) -> Head | None:
        try:
            start, end, status = self._files.read_ends(path, START_SIZE, END_SIZE, folder=folder)
        except FileNotFoundError:
            if self._files.status(self.root) is None:
                raise
            return None
        except OSError as error:
            error.filename = error.filename or str(path)
            raise
        return Head(start, end, fingerprint_of(status))

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, without those of unfinished files."""
        path = self._folder(folder)
        with translate_os_errors(path, Outcome.NOT_SAVED):
            self._refuse_linked_folder(path)
            names = self._files.names(path)
        return [f"{folder}/{name}" for name in names if not name.endswith(TEMPORARY)]

    def scan_of(self, folder: str) -> DirectoryScan:
        """Return what shows whether the documents of a folder are still what they were."""
        self._refuse_linked_folder(self._folder(folder))
        return self._scans.setdefault(folder, DirectoryScan(self.root, folder, self._files))

    def apply_commit(self, names: Iterable[str], serial: int) -> None:
        """Let the scans know what a transaction has just done; see `DirectoryScan.apply_commit`."""
        for scan in self._scans.values():
            scan.apply_commit(names, serial)

    def refuse_irreplaceable(self, name: str, *, is_removal: bool = False) -> None:
        """Refuse to change a document whose file cannot be replaced, or removed; asked before anything is written.

        Also where its owner made it read-only: the system itself would let it be replaced. Whether a file can be made in its
        folder shows when that is done.
        """
        place = self._place(name)
        with translate_os_errors(place.path, Outcome.NOT_SAVED):
            present = self._files.status(place.path)
            reason = None if present is None else self._why_irreplaceable(place, present, is_removal=is_removal)
            if reason is None:
                self._files.probe_replaceable(place.path)
                return
        raise StorageError(str(place.path), reason, Outcome.NOT_SAVED)

    def _why_irreplaceable(self, place: _Place, present: os.stat_result, *, is_removal: bool) -> str | None:
        if not present.st_mode & 0o200:
            return "the file is read-only; give it write permission to let plandoc change it"
        if is_removal and not self._files.may_change_folder(place.folder):
            return "its folder is read-only; give it write permission to let plandoc change the file"
        if self._files.is_protected_from_others(place.folder, present):
            return "the file belongs to another user, and in this folder only its owner can replace it"
        return None

    def put(self, name: str, content: bytes | None) -> None:
        """Replace a document's file, or remove it when there is no content. Not synced: the journal has it."""
        self.stage(name, content)
        self.put_staged(name, content)

    def stage(self, name: str, content: bytes | None) -> None:
        """Write the new content beside a document's file, for `put_staged`; nothing if the file will be removed."""
        if content is not None:
            self._stage(self._place(name), content)

    def put_staged(self, name: str, content: bytes | None) -> None:
        """Replace a document's file with the one that was staged; remove it where there is no content."""
        self._put_staged(self._place(name), content)

    def _put_staged(self, place: _Place, content: bytes | None) -> None:
        folder = self._open_folder_of(place)
        try:
            if content is None:
                self._files.remove(place.path, folder=folder)
            else:
                place.write.replace(folder=folder)
        finally:
            _let_go(folder)

    def discard_staged(self, names: Iterable[str]) -> None:
        """Remove what was staged and is not to be put in place."""
        for name in names:
            self._place(name).write.discard()

    def put_durably(self, name: str, content: bytes) -> None:
        """Replace a file that no journal line protects: when this returns, it and its folder are on the disk."""
        self._put_synced(self._place(name), content)
        self._sync_folders_of([name])

    def keep(self, name: str, content: bytes) -> None:
        """Return when a file with this content is on the disk: a process that wrote it may have been killed before its sync."""
        if self.read(name) == content:
            self.sync([name])
        else:
            self.put_durably(name, content)

    def sync(self, names: Iterable[str]) -> None:
        """Return when these documents, and that they are there or gone, are on the disk."""
        present = sorted(names)
        for name in present:
            self._files.sync_file(self.root / name)
        self._sync_folders_of(present)

    def renew(self, names: Iterable[str]) -> None:
        """Write these documents again, each as it is, and return when they and their names are on the disk.

        Not synced where they are: a sync may have failed before, in a process that was killed then. The system reports lost
        pages once and calls them clean afterwards; a new file has none to lose.
        """
        present = sorted(names)
        for name in present:
            content = self.read(name)
            if content is not None:
                self._put_synced(self._place(name), content)
        self._sync_folders_of(present)

    def _put_synced(self, place: _Place, content: bytes) -> None:
        self._stage(place, content, is_durable=True)
        try:
            self._put_staged(place, content)
        except OSError:
            place.write.discard()
            raise

    def _sync_folders_of(self, names: Iterable[str]) -> None:
        for folder in sorted({self.root, *((self.root / name).parent for name in names)}):
            if self._files.status(folder) is not None:
                self._files.sync_folder(folder)

    def keep_aside(self, name: str, serial: int) -> str | None:
        """Copy a document's file to `lost-found` and return the copy's name; None where there is no file."""
        content = self.read(name)
        return None if content is None else self.keep_copy(name, content, serial)

    def keep_copy(self, name: str, content: bytes, serial: int) -> str:
        """Write what a file held into `lost-found` and return the copy's name; doing it again changes nothing."""
        kept = f"{LOST_FOUND}/{name.replace('/', '-')}.{serial}.{digest(content)[:8]}"
        self.keep(kept, content)
        return kept

    def remove_temporary(self, folders: Iterable[str]) -> None:
        """Remove what a crash left half written; nothing that is not plandoc's own."""
        for folder in folders:
            path = self._folder(folder)
            self._refuse_linked_folder(path)
            for name in self._files.names(path):
                status = self._files.status(path / name) if name.endswith(TEMPORARY) else None
                if status is not None and not stat.S_ISDIR(status.st_mode):
                    self._files.remove(path / name)

    def _place(self, name: str) -> _Place:
        place = self._places.get(name)
        if place is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            folder = name.rpartition("/")[0]
            path = self.root / name
            write = AtomicWrite(path, self.root / f"{name}{TEMPORARY}", self._files)
            place = self._places[name] = _Place(path, write, self._folder(folder))
        return place

    def _folder(self, name: str) -> Path:
        # The very same object each time, so that the root is known without comparing paths.
        if name not in self._folders:
            self._folders[name] = self.root / name
        return self._folders[name]

    def _refuse_linked_folder(self, folder: Path) -> None:
        """Refuse a folder of ours that is a link: it would lead reads and writes outside the data folder."""
        if folder is not self.root:
            _refuse_link(folder, self._files.status(folder))

    def _make_folder_of(self, place: _Place) -> None:
        folder = place.folder
        if folder is self.root:
            return
        present = self._files.status(folder)
        _refuse_link(folder, present)
        if present is None:
            # The journal makes it again until its name is synced, by a checkpoint or with a file that is put into it durably.
            self._files.make_folder(folder)

    def _stage(self, place: _Place, content: bytes, *, is_durable: bool = False) -> None:
        self._make_folder_of(place)
        present = self._files.status(place.path)
        mode = None if present is None else present.st_mode & 0o777
        folder = self._open_folder_of(place)
        try:
            place.write.stage(content, mode, folder=folder, is_durable=is_durable)
        finally:
            _let_go(folder)

    def _open_folder_of(self, place: _Place) -> int | None:
        """Open the folder that a document is in, so that it cannot be made a link meanwhile; None for the root."""
        if place.folder is self.root:
            return None
        return self._open_to_look_up(place.folder)

    def _open_to_look_up(self, folder: Path) -> int | None:
        handle = self._files.open_folder(folder)
        if handle is None:
            self._refuse_linked_folder(folder)
        return handle


def _let_go(folder: int | None) -> None:
    if folder is not None:
        os.close(folder)


def _refuse_link(folder: Path, present: os.stat_result | None) -> None:
    if present is not None and stat.S_ISLNK(present.st_mode):
        raise NotAFile(errno.ELOOP, FOUND_LINK, str(folder))


def changed_since(before: Mapping[str, bytes | None], files: DocumentFiles) -> str | None:
    """Return the first document whose file is no longer what it was, or None when all are."""
    return next((name for name, content in before.items() if files.read(name) != content), None)
