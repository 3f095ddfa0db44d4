"""Documents as files of a folder: read whole, replaced whole."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path

from plandoc.errors import Outcome
from plandoc.storage.directory_scan import DirectoryScan, fingerprint_of
from plandoc.storage.document_head import END_SIZE, START_SIZE, Head
from plandoc.storage.documents import digest
from plandoc.storage.files import Files
from plandoc.storage.os_errors import raise_translated, translate_os_errors
from plandoc.storage.remembered_files import RememberedFiles
from plandoc.storage.replacement import TEMPORARY, Replacement, refuse_irreplaceable, refuse_link

LOST_FOUND = "lost-found"
# So many that their syncs share what the file system has to write down, so few that their copies take little space.
_RENEWED_AT_ONCE = 64
_DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class DocumentFiles:
    """The files of one data folder, by document name."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = root
        self._root = str(root)
        self._files = files
        self._scans: dict[str, DirectoryScan] = {}
        self._remembered = RememberedFiles(files)

    def path_of(self, name: str) -> str:
        """Return the path of a document, or of another file of the folder, as text: a `Path` takes far longer to make."""
        return f"{self._root}/{name}"

    def read(self, name: str) -> bytes | None:
        """Return the content of a document's file, or None when there is none.

        A folder that is gone is an error: it must not look like one without documents.
        """
        path = f"{self._root}/{name}"
        try:
            is_there = self._refuse_linked_folder(name.rpartition("/")[0])
            try:
                return self._files.read(path)
            except FileNotFoundError:
                if not is_there and self._files.status(self._root) is None:
                    raise
                return None
        except OSError as error:
            raise_translated(error, path)

    def read_remembered(self, name: str) -> bytes | None:
        """Return the same for readings alone: what was read of a file a moment ago counts while it looks the same.

        Only documents that belong to no event are remembered: there are few, all readings need them, and the catalog is large.
        """
        if "/" in name:
            return self.read(name)
        path = self.path_of(name)
        try:
            return self._remembered.read(path, lambda: self.read(name))
        except OSError as error:
            raise_translated(error, path)

    def has(self, name: str) -> bool:
        """Return whether something exists at the path of a document, without opening it."""
        path = self.path_of(name)
        try:
            return self._files.status(path) is not None
        except OSError as error:
            raise_translated(error, path)

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:
        """Yield the head of the file of each of these documents of one folder; None where there is none."""
        path = self.root / folder
        with translate_os_errors(path, Outcome.NOT_SAVED):
            try:
                handle = self._files.open_folder(path)
                if handle is None:
                    self._refuse_linked_folder(folder)
            except FileNotFoundError:
                # Such as in a git clone, because git keeps no empty folders: none of the documents is there.
                handle = None
            try:
                for name in names:
                    yield name, self._head(self.path_of(name), handle)
            finally:
                if handle is not None:
                    os.close(handle)

    def _head(self, path: str, folder: int | None) -> Head | None:
        try:
            start, end, status = self._files.read_ends(path, START_SIZE, END_SIZE, folder=folder)
        except FileNotFoundError:
            if self._files.status(self.root) is None:
                raise
            return None
        except OSError as error:
            error.filename = error.filename or path
            raise
        return Head(start, end, fingerprint_of(status))

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, without those of unfinished files."""
        path = self.root / folder
        with translate_os_errors(path, Outcome.NOT_SAVED):
            self._refuse_linked_folder(folder)
            names = self._files.names(path)
        return [f"{folder}/{name}" for name in names if not name.endswith(TEMPORARY)]

    def scan_of(self, folder: str) -> DirectoryScan:
        """Return what shows whether the documents of a folder are still what they were."""
        self._refuse_linked_folder(folder)
        return self._scans.setdefault(folder, DirectoryScan(self.root, folder, self._files))

    def apply_commit(self, names: Iterable[str], serial: int) -> None:
        """Let the scans know what a transaction has just done; see `DirectoryScan.apply_commit`."""
        for scan in self._scans.values():
            scan.apply_commit(names, serial)

    def refuse_irreplaceable(self, name: str) -> None:
        """Refuse to change a document whose file cannot be replaced; checked before anything is written.

        Raises:
            StorageError: when it cannot.
        """
        path = f"{self._root}/{name}"
        with translate_os_errors(path, Outcome.NOT_SAVED):
            try:
                present = self._files.probe_replaceable(path)
            except FileNotFoundError:
                return
            refuse_irreplaceable(path, present, self._files)

    def replacement(self) -> Replacement:
        """Return the replacement of some documents together."""
        return Replacement(self._root, self._files)

    def put(self, name: str, content: bytes | None) -> None:
        """Replace a document's file, or remove it when there is no content. It is not synced, because the journal has it."""
        with self.replacement() as replacement:
            replacement.stage(name, content)
            replacement.put_staged(name, content)

    def put_durably(self, name: str, content: bytes) -> None:
        """Replace a file that no journal line protects: when this returns, it and its folder are on the disk."""
        with self.replacement() as replacement:
            _put_synced(replacement, {name: content})
        self._sync_folders_of([name])

    def keep(self, name: str, content: bytes) -> None:
        """Make a file with this content durable: the process that wrote it may have been killed before its sync."""
        if self.read(name) == content:
            self.sync([name])
        else:
            self.put_durably(name, content)

    def sync(self, names: Iterable[str]) -> None:
        """Make these documents durable, and their presence or absence too."""
        present = sorted(names)
        for name in present:
            self._files.sync_file(self.root / name)
        self._sync_folders_of(present)

    def renew(self, names: Iterable[str]) -> None:
        """Write these documents again, unchanged, and make them and their names durable.

        Syncing them in place is not enough: a sync may have failed before, in a process that was then killed. The system
        reports lost pages once and calls them clean afterwards; a new file has no lost pages.
        """
        present = sorted(names)
        with self.replacement() as replacement:
            for start in range(0, len(present), _RENEWED_AT_ONCE):
                contents = {name: self.read(name) for name in present[start : start + _RENEWED_AT_ONCE]}
                _renew(replacement, {name: content for name, content in contents.items() if content is not None})
        self._sync_folders_of(present)

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
        """Remove what a crash left half written, and nothing but plandoc's own files."""
        for folder in folders:
            path = self.root / folder
            self._refuse_linked_folder(folder)
            for name in self._files.names(path):
                status = self._files.status(path / name) if name.endswith(TEMPORARY) else None
                if status is not None and not stat.S_ISDIR(status.st_mode):
                    self._files.remove(path / name)

    def _refuse_linked_folder(self, folder: str) -> bool:
        """Refuse a folder of ours that is a link; return whether it exists."""
        if folder in {"", "."}:
            return False
        path = f"{self._root}/{folder}"
        present = self._files.status(path)
        refuse_link(path, present)
        return present is not None


def _renew(replacement: Replacement, contents: Mapping[str, bytes]) -> None:
    try:
        _put_synced(replacement, contents)
    except OSError as error:
        if error.errno not in _DISK_IS_FULL:
            raise
        # One after the other, each in the space that the one before has left.
        for name, content in contents.items():
            _put_synced(replacement, {name: content})


def _put_synced(replacement: Replacement, contents: Mapping[str, bytes]) -> None:
    """Replace documents by files that are on the disk before they get their names."""
    try:
        for name, content in contents.items():
            replacement.stage(name, content, starts_writing=True)
        replacement.sync_staged(contents)
        for name, content in contents.items():
            replacement.put_staged(name, content)
    except OSError:
        replacement.discard_staged(contents)
        raise
