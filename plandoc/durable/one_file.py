"""One file: changed under a lock that is beside it, and always replaced whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Hashable, Mapping
from contextlib import suppress
from pathlib import Path

from plandoc.clock import Clock, system_clock
from plandoc.durable.errors import DatabaseNotFoundError
from plandoc.errors import ConflictError, Outcome, StorageError, ValidationError
from plandoc.storage import marker
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.directory_scan import fingerprint_of
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.initialize import is_of_a_data_folder, make_folders
from plandoc.storage.lock import FolderLock
from plandoc.storage.os_errors import storage_error, translate_os_errors
from plandoc.storage.replacement import TEMPORARY
from plandoc.storage.thread_queue import Turn
from plandoc.storage.unwinding import or_undone

_NO_LONGER_DURABLE = "an earlier change may not survive a power cut; close this database and open it again"


class OneFile:
    """The place of one database.

    Args:
        path: The file itself, where links finally lead.
        files: The calls to the operating system; replaced only by tests.
        clock: Where the time in the note for waiting callers comes from.
    """

    def __init__(self, path: Path, *, files: Files | None = None, clock: Clock = system_clock) -> None:
        self.path = path
        self.files = files or Files()
        self._clock = clock
        self._folder = DocumentFiles(path.parent, self.files)
        self._lock = FolderLock(path.parent, self.files, path.with_name(f".{path.name}.lock"))
        # What this process has written and synced, so that the same content is not written again.
        self._durable: bytes | None = None
        self._failed: str | None = None
        self._is_settled = False

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    def make(self, *, with_folders: bool) -> None:
        """Make an empty file where there is none, as TinyDB does; nothing is lost if a crash undoes that.

        Raises:
            ValidationError: when it is one of a data folder, whose journal says what it holds.
        """
        if (self.path.parent / marker.NAME).exists() or is_of_a_data_folder(self.path):
            advice = (
                "open the folder, with plandoc.durable.Folder or plandoc.open_store, or read it with access_mode='r'"
            )
            raise ValidationError(f"{self.path} belongs to a data folder, which has a journal; {advice}")
        try:
            if with_folders:
                make_folders(self.path.parent, self.files)
            self.files.close(self.files.open_to_write(self.path, create=True))
        except FileNotFoundError as error:
            raise self._missing(error) from None
        except OSError as error:
            raise storage_error(error, self.path, Outcome.NOT_SAVED) from error

    def read(self, name: str) -> bytes:  # noqa: ARG002  (the only one)
        """Return the content of the file.

        Raises:
            DatabaseNotFoundError: when it is gone; it must not look like an empty database.
        """
        with translate_os_errors(self.path, Outcome.NOT_SAVED):
            try:
                return self.files.read(self.path)
            except FileNotFoundError as error:
                raise self._missing(error) from None

    def fingerprint(self, name: str) -> Hashable | None:  # noqa: ARG002  (the only one)
        """Return size, times and inode number of the file; None if there is no plain file."""
        with translate_os_errors(self.path, Outcome.NOT_SAVED):
            status = self.files.status(self.path)
        return None if status is None else fingerprint_of(status)

    def begin(self, timeout_seconds: float) -> FileWriting:
        """Become the writer."""
        if self._failed:
            raise StorageError(self.location, self._failed, Outcome.NOT_SAVED)
        turn = Turn()

        def start() -> FileWriting:
            self._lock.take(
                turn, action="write", timestamp=self._clock(), timeout_seconds=timeout_seconds, on_wait=None
            )
            self._settle()
            return FileWriting(self, turn)

        return or_undone(start, lambda: self.release(turn))

    def release(self, turn: Turn) -> None:
        """Let the next writer in."""
        self._lock.release(turn)

    def replace(self, before: bytes, content: bytes) -> None:
        """Replace what the writer has read; returns when the new content is on the disk.

        Raises:
            ConflictError: when a program that takes no lock has changed the file meanwhile.
            StorageError: with what is in the file now.
        """
        if content == before == self._durable:
            return
        self._durable = None
        write = AtomicWrite(
            self.path, self.path.with_name(f"{self._prefix}{secrets.token_hex(6)}{TEMPORARY}"), self.files
        )
        try:
            with translate_os_errors(self.path, Outcome.NOT_SAVED):
                self._stage(write, content)
                self._refuse_change_by_others(before)
            self._put_in_place(write)
        except BaseException:
            write.discard()
            raise
        self._sync_name(write)
        self._durable = content

    def close(self) -> None:
        """Release the lock's file."""
        self._lock.close()

    @property
    def _prefix(self) -> str:
        return f".{self.path.name}."

    def _settle(self) -> None:
        """Remove what killed writers have left; once is enough, and only the holder of the lock can tell it from a living writer's."""
        if self._is_settled:
            return
        with translate_os_errors(self.path, Outcome.NOT_SAVED):
            # Who made the folder may not have made its name durable.
            self.files.sync_name_of(self.path.parent)
            for name in self.files.names(self.path.parent):
                if name.startswith(self._prefix) and name.endswith(TEMPORARY):
                    self.files.remove(self.path.with_name(name))
        self._is_settled = True

    def _stage(self, write: AtomicWrite, content: bytes) -> None:
        status = self.files.status(self.path)
        if status is None:
            raise self._missing(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
        self._folder.refuse_irreplaceable(self.path.name)
        write.stage(content, status.st_mode & 0o7777, owner=status)

    def _refuse_change_by_others(self, before: bytes) -> None:
        """As late as possible: a change after this check by a program without the lock is overwritten."""
        if not self._lock.is_still_ours():
            message = "its lock file was removed during a change; nothing was saved; run it again"
            raise ConflictError(self.location, f"{self.location}: {message}")
        if self.read(self.path.name) != before:
            message = "was changed by another program during this change; nothing was saved; run it again"
            raise ConflictError(self.location, f"{self.location} {message}")

    def _put_in_place(self, write: AtomicWrite) -> None:
        try:
            write.replace()
        except OSError as error:
            if not write.has_its_name(error):
                raise storage_error(error, self.path, Outcome.NOT_SAVED) from error

    def _sync_name(self, write: AtomicWrite) -> None:
        try:
            write.sync_name()
        except OSError as error:
            # Never tried again: the system reports a lost write once.
            self._failed = _NO_LONGER_DURABLE
            doing = "the file was replaced, but may not survive a power cut"
            raise storage_error(error, self.path, Outcome.UNKNOWN, doing) from error

    def _missing(self, error: FileNotFoundError) -> DatabaseNotFoundError:
        reason = "there is no such file" if self.path.parent.is_dir() else "there is no such folder"
        return DatabaseNotFoundError(self.location, reason, error.errno or errno.ENOENT)


class FileWriting:
    """The one writer of a file."""

    # Until it is made.
    _over = True

    def __init__(self, file: OneFile, turn: Turn) -> None:
        self._file = file
        self._turn = turn
        self._before: bytes | None = None
        self._over = False

    def __del__(self) -> None:
        # A caller that was interrupted right after `begin` could not release it.
        with suppress(Exception):
            if not self._over:
                self.release()

    def read(self, name: str) -> bytes:
        """Return the content of the file, always that of the first look."""
        if self._before is None:
            self._before = self._file.read(name)
        return self._before

    def commit(self, changes: Mapping[str, bytes]) -> None:
        """Replace the file."""
        for name, content in changes.items():
            self._file.replace(self.read(name), content)
            self._before = content

    def release(self) -> None:
        """Let the next writer in."""
        self._over = True
        self._file.release(self._turn)
