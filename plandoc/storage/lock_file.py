"""The file that is locked, and the note about its holder beside it.

The kernel frees the lock when its holder dies, so a lock file on the disk means nothing and is never deleted. What
`lock.info.json` says is a hint for the waiting person, never proof.
"""

from __future__ import annotations

import datetime
import errno
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import ModuleType

from plandoc.storage.files import Files, NotAFile
from plandoc.storage.holder import NOTE_SIZE, note

FOLDER = ".plandoc"
NAME = "lock"
INFO_NAME = "lock.info.json"


class LockFile:
    """The lock file of a folder, or one file that is locked itself; opened when it is first asked for.

    `filelock.lock_descriptor` on a descriptor that stays open is used instead of `filelock.FileLock`: both
    contend for the same lock, and the former takes 2 microseconds where the latter takes 170.

    Args:
        root: The folder.
        files: The calls to the operating system.
        lock_file: The file that is locked, in that folder, where not all of the folder is meant; it also keeps who holds it.

    Attributes:
        path: The file.
        handle: The open file; None where it is not open.
    """

    handle: int | None = None
    _info_handle: int | None = None
    # Which file is open.
    _identity = (0, 0)

    def __init__(self, root: Path, files: Files, lock_file: Path | None) -> None:
        self._root = root
        self._files = files
        self.path = lock_file or root / FOLDER / NAME
        # As text, because every call would convert a `Path` again.
        self._path = str(self.path)
        self._info_path = lock_file or root / FOLDER / INFO_NAME

    def __del__(self) -> None:
        # A caller that was interrupted right after it took the lock could not release it.
        if self.handle is not None:
            self.close()

    def opened(self) -> int:
        """Return the open file."""
        if self.handle is None:
            self.handle = self._open(self.path)
            opened = self._files.status_of(self.handle)
            self._identity = opened.st_dev, opened.st_ino
        return self.handle

    def try_to_lock(self) -> bool:
        """Lock the file unless somebody else has; return whether that worked."""
        handle = self.opened() if self.handle is None else self.handle
        return bool(_filelock().lock_descriptor(handle, blocking=False))

    def unlock(self) -> None:
        """Release the lock; do nothing if the file is not open."""
        if self.handle is not None:
            _filelock().unlock_descriptor(self.handle)

    def is_in_place(self) -> bool:
        """Whether the open file is still the one that others would lock."""
        present = self._files.status(self._path)
        return self.handle is not None and present is not None and (present.st_dev, present.st_ino) == self._identity

    def write(self, content: bytes) -> None:
        """Write to the lock file; what is written may be lost."""
        if self.handle is not None:
            with suppress(OSError):
                self._files.write_at(self.handle, 0, content)

    def read(self, size: int) -> bytes:
        """Return the first bytes of the lock file; none if it cannot be read."""
        with suppress(OSError):
            return b"" if self.handle is None else self._files.read_at(self.handle, 0, size)
        return b""

    def write_holder(self, action: str, timestamp: datetime.datetime) -> None:
        """Record who has the lock; a hint that cannot be written is not a reason to refuse the work."""
        try:
            if self._info_handle is None:
                self._info_handle = self._open(self._info_path)
            self._files.write_at(self._info_handle, 0, note(action, timestamp))
        except OSError:
            return

    def read_holder(self) -> bytes:
        """Return the note of who had the lock last.

        Raises:
            OSError: when there is none.
        """
        handle, _ = self._files.open_to_read(self._info_path)
        try:
            # No more than a holder writes, however long the file is: it is only a hint.
            return self._files.read_at(handle, 0, NOTE_SIZE)
        finally:
            self._files.close(handle)

    def close(self) -> None:
        """Close the files, which frees the lock."""
        handles = self.handle, self._info_handle
        self.handle = self._info_handle = None
        for handle in handles:
            if handle is not None:
                # Whatever the system says, the file is closed afterwards.
                with suppress(OSError):
                    self._files.close(handle)

    def _open(self, path: Path) -> int:
        if self._files.status(self._root) is None:
            raise FileNotFoundError(errno.ENOENT, "the folder no longer exists", str(self._root))
        folder = self._files.status(path.parent)
        if folder is None:
            # Another process may make it at the same moment.
            with suppress(FileExistsError):
                self._files.make_folder(path.parent)
        elif stat.S_ISLNK(folder.st_mode):
            raise NotAFile(errno.ELOOP, "wanted a folder, found a symbolic link that leads elsewhere", str(path.parent))
        return self._files.open_to_write(path, create=True)


@cache
def _filelock() -> ModuleType:
    import filelock  # noqa: PLC0415  (a process that only reads need not wait for it: it imports much)

    return filelock
