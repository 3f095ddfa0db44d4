"""Every call to the operating system that the storage makes, one method each, and nothing else.

One place to look for what the systems do differently; one place to put a recorder, a fault or a crash in a test.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plandoc.clock import pause
from plandoc.storage.in_threads import for_each

if sys.platform == "darwin":  # pragma: no cover  (Windows has no such module)
    import fcntl

_READ_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    # Opening a pipe without a writer would wait forever.
    | getattr(os, "O_NONBLOCK", 0)
)
_WRITE_FLAGS = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
# O_NONBLOCK here too, because opening a pipe for reading and writing is undefined and waits on some systems.
_CHANGE_FLAGS = _WRITE_FLAGS | getattr(os, "O_NONBLOCK", 0)
_CREATE_FLAGS = _WRITE_FLAGS | os.O_CREAT | os.O_EXCL
_CANNOT_SYNC_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})
# Errors of a sync that our own writes do not need, on systems that have nothing to sync.
CANNOT_SYNC = frozenset({errno.EROFS, *_CANNOT_SYNC_FOLDERS})
_CANNOT_MAKE_FOLDERS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_CANNOT_TAKE_SPACE = frozenset({errno.ENOSYS, *_CANNOT_SYNC_FOLDERS})
# Errors of a file system without hard links.
_CANNOT_LINK = frozenset({errno.EPERM, errno.ENOSYS, errno.EMLINK, errno.EACCES}) | _CANNOT_SYNC_FOLDERS
# Whether names can be looked up in an open folder, which cannot be replaced by a link meanwhile. Only systems whose paths have
# slashes do that.
_HAS_FOLDER_HANDLES = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd
_HAS_MODES = hasattr(os, "fchmod")
_HAS_OWNERS = hasattr(os, "geteuid")
_CAN_SYNC_DATA = hasattr(os, "fdatasync")
_CAN_TAKE_SPACE = hasattr(os, "posix_fallocate")
_FOLDER_FLAGS = (
    getattr(os, "O_PATH", os.O_RDONLY)
    | getattr(os, "O_DIRECTORY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_LIST_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_REPLACE_TRIES = 50
_REPLACE_PAUSE_SECONDS = 0.02


# A path as the system takes it; text needs no conversion.
StrPath = str | os.PathLike[str]

FOUND_LINK = "wanted a folder, found a symbolic link that leads elsewhere"


class NotAFile(OSError):  # noqa: N818  (a kind of OSError, named for what was found)
    """The path holds a folder, a pipe, a device or a link where a plain file belongs."""


class Files:
    """The operating system's files."""

    def read(self, path: StrPath) -> bytes:
        """Return the content of a plain file; refuse links, pipes, devices and folders instead of waiting on them."""
        handle, status = _open_plain(path, _READ_FLAGS)
        try:
            return _read_on(handle, status.st_size)
        finally:
            os.close(handle)

    def read_to_replace(self, path: StrPath, *, folder: int | None = None) -> tuple[bytes, os.stat_result]:
        """Return the content of a plain file that is to be replaced, and what the system knows of it.

        Raises the system's error where it can be neither changed nor replaced by any user, such as when it is marked immutable.
        One that others own may be replaced by any user who may write in its folder.
        """
        handle, status = _open_to_replace(path, folder)
        try:
            return _read_on(handle, status.st_size), status
        finally:
            os.close(handle)

    def read_ends(
        self, path: StrPath, start_size: int, end_size: int, *, folder: int | None = None
    ) -> tuple[bytes, bytes, os.stat_result]:
        """Return the first and the last bytes of a plain file, and what the system knows of it right after that.

        Args:
            path: The file.
            start_size: How many bytes of its start are wanted; a smaller file is read whole.
            end_size: How many of its end.
            folder: The open folder that it is in, from `open_folder`; None looks the whole path up.
        """
        handle, status = _open_plain(path, _READ_FLAGS, folder)
        try:
            start = _read_on(handle, min(start_size, status.st_size))
            is_all = status.st_size <= start_size
            end = start[-end_size:] if is_all else self.read_at(handle, status.st_size - end_size, end_size)
            return start, end, os.fstat(handle)
        finally:
            os.close(handle)

    def open_to_read(self, path: StrPath) -> tuple[int, os.stat_result]:
        """Open a plain file for reading, and return what the system knows of it."""
        return _open_plain(path, _READ_FLAGS)

    def open_to_write(self, path: StrPath, *, create: bool = False) -> int:
        """Open a plain file for reading and writing; never empties it."""
        return _open_plain(path, _CHANGE_FLAGS | os.O_CREAT if create else _CHANGE_FLAGS)[0]

    def create(
        self,
        path: StrPath,
        content: bytes,
        mode: int | None,
        *,
        folder: int | None = None,
        starts_writing: bool = False,
    ) -> None:
        """Write a new file that nobody looks at yet; what a crash left under its name is removed, never overwritten.

        A second crash could mix what is overwritten with what overwrites it, which would look like an edit by hand.

        Args:
            path: The file.
            content: All of it.
            mode: The permission bits that it gets, those of the file that it is to replace; None, where there is none to
                replace, leaves them to the umask.
            folder: The open folder that it is in, from `open_folder`; None looks the whole path up.
            starts_writing: Have the system begin to bring the content to the disk, because a sync is to follow.
        """
        try:
            handle = _open(path, _CREATE_FLAGS, folder)
        except FileExistsError:
            self.remove(path, folder=folder)
            handle = _open(path, _CREATE_FLAGS, folder)
        try:
            if mode is not None:
                if _HAS_MODES and mode != os.fstat(handle).st_mode & 0o7777:
                    os.fchmod(handle, mode)
                if content and _CAN_TAKE_SPACE and not starts_writing:
                    _take_space(handle, len(content))
            self.write(handle, content)
            if starts_writing:
                _start_writing(handle)
        finally:
            os.close(handle)

    def give_to(self, path: StrPath, owner: os.stat_result) -> None:
        """Give a file the owner and the group of another one, as far as this process is allowed to."""
        present = os.lstat(path)
        if not hasattr(os, "chown") or (present.st_uid, present.st_gid) == (owner.st_uid, owner.st_gid):
            return
        try:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
        except PermissionError:
            # Only root gives files away; others can still leave it to the group.
            with suppress(PermissionError):
                os.chown(path, -1, owner.st_gid, follow_symlinks=False)

    def write(self, handle: int, content: bytes) -> None:
        """Write all of it at the handle's position, however many calls that takes."""
        written = os.write(handle, content)
        while written < len(content):
            written += os.write(handle, content[written:])

    def write_at(self, handle: int, offset: int, content: bytes) -> None:
        """Write all of it at an offset."""
        if sys.platform == "win32":  # pragma: no cover  (Windows has no such call)
            os.lseek(handle, offset, os.SEEK_SET)
            self.write(handle, content)
            return
        written = os.pwrite(handle, content, offset)
        while written < len(content):
            written += os.pwrite(handle, content[written:], offset + written)

    def read_at(self, handle: int, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from an offset; fewer only at the end of the file."""
        if sys.platform == "win32":  # pragma: no cover  (Windows has no such call)
            os.lseek(handle, offset, os.SEEK_SET)
            return _read_on(handle, size)
        found = part = os.pread(handle, size, offset) if size else b""
        while part and len(found) < size:
            part = os.pread(handle, size - len(found), offset + len(found))
            found += part
        return found

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file to a size."""
        os.ftruncate(handle, size)

    def status_of(self, handle: int) -> os.stat_result:
        """Return what the system knows of an open file."""
        return os.fstat(handle)

    def size(self, handle: int) -> int:
        """Return the size of an open file in bytes."""
        return os.fstat(handle).st_size

    def close(self, handle: int) -> None:
        """Close a handle."""
        os.close(handle)

    def status(self, path: StrPath) -> os.stat_result | None:
        """Return what the system knows of a path itself, not of what it links to; None when there is nothing."""
        try:
            return os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def sync_data(self, handle: int) -> None:
        """Return once a file's content and size are on the disk, not before."""
        if sys.platform == "darwin":  # pragma: no cover  (macOS: fsync only reaches the drive's cache)
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
        elif _CAN_SYNC_DATA:
            os.fdatasync(handle)
        else:  # pragma: no cover  (Windows)
            os.fsync(handle)

    def sync_file(self, path: StrPath) -> None:
        """Return when the file at a path is on the disk; nothing to do when it is gone."""
        try:
            handle = self.open_to_write(path) if sys.platform == "win32" else self.open_to_read(path)[0]
        except FileNotFoundError:
            return
        try:
            self.sync_data(handle)
        finally:
            self.close(handle)

    def sync_files(self, paths: Iterable[StrPath]) -> None:
        """Return when the files at these paths are on the disk: many at once, because a disk does for all what it does for one."""
        for_each(self.sync_file, paths)

    def sync_folder(self, path: StrPath) -> None:
        """Return when the names in a folder are on the disk.

        Windows has no such call. A file system that says it *cannot* passes with a warning; one that tried and
        failed is an error.
        """
        if sys.platform == "win32":  # pragma: no cover  (Windows writes names with the file)
            return
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _CANNOT_SYNC_FOLDERS:
                raise
            warnings.warn(
                f"{path}: this file system cannot sync folders; new files may not survive a power cut",
                RuntimeWarning,
                stacklevel=2,
            )
        finally:
            os.close(handle)

    def sync_name_of(self, folder: Path) -> None:
        """Make a folder's own name durable: the process that made it may have been killed before that."""
        try:
            self.sync_folder(folder.parent)
        except OSError as error:
            # A process that may not read the parent, or finds it read-only, did not make this folder.
            if error.errno not in _CANNOT_MAKE_FOLDERS:
                raise

    def replace(self, source: StrPath, target: StrPath, *, folder: int | None = None) -> None:
        """Replace a file with a finished one in one step; with a `folder`, both are looked up in it."""
        if folder is not None:
            source, target = str(source).rpartition("/")[2], str(target).rpartition("/")[2]
        for left in reversed(range(_REPLACE_TRIES)):
            try:
                os.replace(source, target, src_dir_fd=folder, dst_dir_fd=folder)
            except PermissionError:
                # Windows refuses while somebody has the target open. Copying over it instead was rejected: a reader
                # would see half a file.
                if sys.platform != "win32" or not left:
                    raise
                pause(_REPLACE_PAUSE_SECONDS)  # pragma: no cover  (Windows)
            else:
                return

    def publish(self, source: StrPath, target: StrPath) -> None:
        """Give a finished file a name that nothing has, in one step.

        Raises:
            FileExistsError: when something has it; then nothing was overwritten.
        """
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in _CANNOT_LINK:
                raise
            if self.status(target) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
            self.replace(source, target)
        else:
            self.remove(source)

    def remove(self, path: StrPath, *, folder: int | None = None) -> None:
        """Remove a file; nothing to do when it is gone. With a `folder`, it is looked up in that."""
        with suppress(FileNotFoundError):
            os.unlink(path if folder is None else str(path).rpartition("/")[2], dir_fd=folder)

    def open_folder(self, path: StrPath) -> int | None:
        """Open a folder to look names up in; None where the system cannot.

        Raises:
            NotAFile: when it is a link, which would lead elsewhere.
        """
        if not _HAS_FOLDER_HANDLES:
            return None
        try:
            return os.open(path, _FOLDER_FLAGS)
        except OSError:
            if not Path(path).is_symlink():
                raise
            raise NotAFile(errno.ELOOP, FOUND_LINK, str(path)) from None

    def probe_replaceable(self, path: StrPath) -> os.stat_result:
        """Return what the system knows of a plain file; raise its error as `read_to_replace` does."""
        handle, status = _open_to_replace(path)
        os.close(handle)
        return status

    def may_change_folder(self, path: StrPath) -> bool:
        """Whether this process may make and remove names in a folder."""
        return os.access(path, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids)

    def is_protected_from_others(self, folder: StrPath, file: os.stat_result) -> bool:
        """Whether a folder is one in which only the owner of a file can replace it, as in /tmp, and we are not that one."""
        if not _HAS_OWNERS or os.geteuid() in {0, file.st_uid}:
            return False
        status = Path(folder).stat()
        return bool(status.st_mode & stat.S_ISVTX) and status.st_uid != os.geteuid()

    def make_folder(self, path: StrPath) -> None:
        """Make one folder."""
        Path(path).mkdir()

    def names(self, path: StrPath) -> list[str]:
        """Return the names in a folder, in order; none when it is not there."""
        try:
            return sorted(os.listdir(path))
        except FileNotFoundError:
            return []

    def statuses(self, path: StrPath) -> list[tuple[str, os.stat_result]]:
        """Return the names in a folder, each with what the system knows of it; none when the folder is not there."""
        found = []
        try:
            with _entries_of(path) as entries:
                for entry in entries:
                    try:
                        # Windows has only half of it at hand while it lists a folder.
                        status = os.lstat(entry) if sys.platform == "win32" else entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    found.append((entry.name, status))
        except FileNotFoundError:
            return []
        return found


def _open_to_replace(path: StrPath, folder: int | None = None) -> tuple[int, os.stat_result]:
    try:
        return _open_plain(path, _CHANGE_FLAGS, folder)
    except PermissionError as error:
        # EPERM is the system's error for a file that nobody can change.
        if error.errno != errno.EACCES:
            raise
        return _open_plain(path, _READ_FLAGS, folder)


def _open(path: StrPath, flags: int, folder: int | None) -> int:
    try:
        return os.open(path if folder is None else str(path).rpartition("/")[2], flags, 0o666, dir_fd=folder)
    except OSError as error:
        error.filename = str(path)
        if error.errno in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            raise NotAFile(error.errno, _what_stands(path), str(path)) from None
        raise


def _open_plain(path: StrPath, flags: int, folder: int | None = None) -> tuple[int, os.stat_result]:
    handle = _open(path, flags, folder)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile(errno.EINVAL, _what_stands(path), str(path))
    except OSError:
        os.close(handle)
        raise
    return handle, status


def _take_space(handle: int, size: int) -> None:
    """Allocate the blocks of a file that will replace another one at once.

    Otherwise ext4 allocates them and writes the content out during the rename, to protect programs that do not sync. Here
    the journal protects the file, and that rename took half as long as the sync of the journal.
    """
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        if error.errno not in _CANNOT_TAKE_SPACE:
            raise


def _start_writing(handle: int) -> None:
    """Have the system begin to bring a file to the disk; whether it does shows in the sync.

    Where many files are to be synced, ext4 then writes down once for all of them where they are, and not once a sync.
    """
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def _read_on(handle: int, size: int) -> bytes:
    found = part = os.read(handle, size) if size else b""
    while part and len(found) < size:
        part = os.read(handle, size - len(found))
        found += part
    return found


@contextmanager
def _entries_of(path: StrPath) -> Iterator[Iterator[os.DirEntry[str]]]:
    """List a folder. Where it can be open meanwhile, its names are looked up in it, which takes a fifth less for each."""
    if os.scandir not in os.supports_fd:
        with os.scandir(path) as entries:
            yield entries
        return
    handle = os.open(path, _LIST_FLAGS)
    try:
        with os.scandir(handle) as entries:
            yield entries
    finally:
        os.close(handle)


def _what_stands(path: StrPath) -> str:
    mode = os.lstat(path).st_mode
    kinds = (
        (stat.S_ISLNK, "a symbolic link, which writing would replace with a file"),
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    kind = next((name for test, name in kinds if test(mode)), "a device")
    return f"wanted a plain file, found {kind}"
