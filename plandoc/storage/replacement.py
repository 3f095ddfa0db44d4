"""Files of documents that are replaced together: checked once more, staged, then put in place.

Their folders are opened once and kept open until the end, so a folder replaced by a link meanwhile leads nowhere.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from plandoc.errors import Outcome, StorageError
from plandoc.frozen import frozen
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.files import FOUND_LINK, Files, NotAFile
from plandoc.storage.os_errors import raise_translated

TEMPORARY = ".plandoc-tmp"


@frozen
class Found:
    """The file of a document that will be replaced.

    Attributes:
        content: All of it.
        status: What the system knows of it.
    """

    content: bytes
    status: os.stat_result


class Replacement:
    """The files of some documents, until they are replaced.

    `stage` and later steps raise the system's errors: only the caller knows what they mean. It ends with `close`, or with the
    block that it is used in.

    Args:
        root: The data folder.
        files: The calls to the operating system.
    """

    __slots__ = ("_files", "_folders", "_modes", "_root", "_writes")

    def __init__(self, root: str, files: Files) -> None:
        self._root = root
        self._files = files
        # Open folders by name; None where the system looks whole paths up, as it does for the root.
        self._folders: dict[str, int | None] = {"": None}
        # The permission bits of the files that are replaced, if they were read; None where there is no file.
        self._modes: dict[str, int | None] = {}
        self._writes: dict[str, AtomicWrite] = {}

    def look(self, name: str) -> Found | None:
        """Return the file of a document; None where there is none.

        Raises:
            DamagedError: when there is something else, such as a link.
            StorageError: also where no user can replace the file.
        """
        folder = None
        try:
            try:
                write = self._write(name)
                folder = write.folder
                found = Found(*self._files.read_to_replace(write.path, folder=folder))
            except FileNotFoundError:
                if folder is None and self._files.status(self._root) is None:
                    raise
                found = None
        except OSError as error:
            raise_translated(error, f"{self._root}/{name}")
        self._modes[name] = None if found is None else found.status.st_mode & 0o777
        return found

    def refuse_irreplaceable(self, name: str, found: Found, *, is_removal: bool) -> None:
        """Refuse to change a document whose file cannot be replaced, or removed.

        Raises:
            StorageError: when it cannot.
        """
        path = f"{self._root}/{name}"
        try:
            refuse_irreplaceable(path, found.status, self._files, is_removal=is_removal)
        except OSError as error:
            raise_translated(error, path)

    def stage(self, name: str, content: bytes | None, *, starts_writing: bool = False) -> None:
        """Write the new content beside a document's file, for `put_staged`; nothing if the file will be removed.

        Args:
            name: The document.
            content: All of it; None removes the file.
            starts_writing: Have the system begin to bring the content to the disk, because `sync_staged` follows.
        """
        if content is None:
            return
        write = self._write(name, make_folder=True)
        if name not in self._modes:
            present = self._files.status(write.path)
            self._modes[name] = None if present is None else present.st_mode & 0o777
        write.stage(content, self._modes[name], is_durable=False, starts_writing=starts_writing)

    def sync_staged(self, names: Iterable[str]) -> None:
        """Return when what was staged for these documents is on the disk."""
        self._files.sync_files([self._write(name).temporary for name in names])

    def put_staged(self, name: str, content: bytes | None) -> None:
        """Replace a document's file with the one that was staged; remove it where there is no content."""
        write = self._write(name)
        if content is None:
            self._files.remove(write.path, folder=write.folder)
        else:
            write.replace()

    def discard_staged(self, names: Iterable[str]) -> None:
        """Remove what was staged and will not be put in place."""
        for name in names:
            # Nothing was staged where not even the folder could be opened.
            if name in self._writes:
                self._writes[name].discard()

    def close(self) -> None:
        """Let go of the folders."""
        for handle in self._folders.values():
            if handle is not None:
                os.close(handle)
        self._folders = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, name: str, *, make_folder: bool = False) -> AtomicWrite:
        """Return the write of a document's file.

        Raises:
            FileNotFoundError: when its folder does not exist and is not to be made.
        """
        if name not in self._writes:
            folder, path = name.rpartition("/")[0], f"{self._root}/{name}"
            if folder not in self._folders:
                self._folders[folder] = self._opened(f"{self._root}/{folder}", make=make_folder)
            self._writes[name] = AtomicWrite(path, path + TEMPORARY, self._files, self._folders[folder])
        return self._writes[name]

    def _opened(self, path: str, *, make: bool) -> int | None:
        """Return an open folder; None where the system cannot open one to look names up, as Windows."""
        try:
            handle = self._files.open_folder(path)
            if handle is None:
                self._look_at_folder(path)
        except FileNotFoundError:
            if not make:
                raise
            # The journal makes it again until its name is synced, by a checkpoint or by writing a file into it durably.
            self._files.make_folder(path)
            handle = self._files.open_folder(path)
        return handle

    def _look_at_folder(self, path: str) -> None:
        present = self._files.status(path)
        refuse_link(path, present)
        if present is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)


def refuse_link(folder: str, present: os.stat_result | None) -> None:
    """Refuse a folder of ours that is a link: it would lead reads and writes outside the data folder."""
    if present is not None and stat.S_ISLNK(present.st_mode):
        raise NotAFile(errno.ELOOP, FOUND_LINK, folder)


def refuse_irreplaceable(path: str, present: os.stat_result, may: Files, *, is_removal: bool = False) -> None:
    """Refuse to change a document whose file cannot be replaced, or removed; checked before anything is written.

    This includes a file that its owner made read-only, although the system would let it be replaced. Whether a file can be
    made in its folder shows when one is made.

    Args:
        path: The file.
        present: What the system knows of it.
        may: The calls to the operating system.
        is_removal: Whether it is to be removed.

    Raises:
        StorageError: when it cannot.
    """
    folder = path.rpartition("/")[0]
    if not present.st_mode & 0o200:
        reason = "the file is read-only; give it write permission to let plandoc change it"
    elif is_removal and not may.may_change_folder(folder):
        reason = "its folder is read-only; give it write permission to let plandoc change the file"
    elif may.is_protected_from_others(folder, present):
        reason = "the file belongs to another user, and in this folder only its owner can replace it"
    else:
        return
    raise StorageError(path, reason, Outcome.NOT_SAVED)
