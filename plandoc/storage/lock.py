"""The file lock: one writer a folder, among all threads and processes of a machine.

The kernel frees it when its holder dies, so a lock file on the disk means nothing and is never deleted. What
`lock.info.json` says is a hint for the person who waits, never proof.
"""

from __future__ import annotations

import datetime
import errno
import os
import stat
import sys
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from plandoc.clock import pause, stopwatch_seconds
from plandoc.errors import LockTimeout, Outcome, StorageError
from plandoc.storage.files import Files, NotAFile
from plandoc.values import frozen

FOLDER = ".plandoc"
NAME = "lock"
INFO_NAME = "lock.info.json"

# One size for every holder: overwritten in place, the file never needs new blocks, so that writing it
# costs no part of the commit's sync.
_INFO_SIZE = 512
_POLL_SECONDS = 0.005
_SHOWN = ("pid", "host", "since", "action")
_LONGEST_SHOWN = 80
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})

_open_locks: weakref.WeakSet[FolderLock] = weakref.WeakSet()


@frozen
class Holder:
    """Who holds the lock, as far as is known.

    Attributes:
        facts: What the holder left; empty when it left nothing that can be understood.
        moment: When somebody asked, for the age; None leaves the age out.
    """

    facts: dict[str, Any]
    moment: datetime.datetime | None = None

    def __str__(self) -> str:
        if not self.facts:
            return "another process that did not say which"
        pid, host, since, action = (_shown(self.facts[key]) for key in _SHOWN)
        same = " (this very process)" if self.facts["pid"] == os.getpid() else ""
        command = f" ({_shown(self.facts['command'])})" if self.facts.get("command") else ""
        return f"process {pid}{same} on {host}, since {since}{self._age}: {action}{command}"

    @property
    def _age(self) -> str:
        try:
            age = self.moment - datetime.datetime.fromisoformat(self.facts["since"]) if self.moment else None
        except (TypeError, ValueError, OverflowError):
            age = None
        # The clocks of two machines may differ, and one may have been set back.
        if age is None or age < datetime.timedelta(0):
            return ""
        return f" ({str(age).partition('.')[0]} ago)"


def _shown(fact: Any) -> str:
    """Return a fact as it stands in a message: short and on one line, for anybody could have written the file."""
    text = str(fact) if type(fact) in (str, int) else repr(fact)
    plain = text if text.isprintable() else ascii(text)[1:-1]
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}..."


class FolderLock:
    """The lock of one data folder.

    `filelock.lock_descriptor` on a descriptor that stays open is used instead of `filelock.FileLock`: both
    contend for the same lock, and the former takes 2 microseconds where the latter takes 170.
    """

    def __init__(self, root: Path, files: Files) -> None:
        self._root = root
        self._files = files
        self._path = root / FOLDER / NAME
        self._info_path = root / FOLDER / INFO_NAME
        self._threads = threading.Lock()
        self._handle: int | None = None
        self._info_handle: int | None = None
        self._moment: datetime.datetime | None = None
        _open_locks.add(self)

    def acquire(
        self, *, action: str, moment: datetime.datetime, timeout_seconds: float, on_wait: Callable[[str], None] | None
    ) -> None:
        """Take the lock and leave word who has it.

        Raises:
            LockTimeout: when somebody else kept it for longer than `timeout_seconds`.
            StorageError: when the folder cannot be locked at all.
        """
        started = stopwatch_seconds()
        self._moment = moment
        if not self._threads.acquire(blocking=False):
            self._tell(on_wait)
            if not self._threads.acquire(timeout=max(timeout_seconds, 0)):
                raise self._timeout(started)
        try:
            self._acquire_among_processes(started, timeout_seconds, on_wait)
            self._leave_word(action, moment)
        except BaseException:
            self._unlock()
            self._threads.release()
            raise

    def release(self) -> None:
        """Let the next one in."""
        self._unlock()
        # In a child process that was forked meanwhile there is nothing to release.
        if self._threads.locked():
            self._threads.release()

    def still_held(self) -> bool:
        """Whether the file that is locked is still the one that others would lock."""
        return self._handle is not None and self._files.is_same(self._handle, self._path)

    def holder(self) -> Holder:
        """Return who was last known to hold the lock."""
        try:
            facts = orjson.loads(self._read_word())
        except (OSError, orjson.JSONDecodeError):
            return Holder({})
        sound = type(facts) is dict and all(key in facts for key in _SHOWN)
        return Holder(facts if sound else {}, self._moment)

    def close(self) -> None:
        """Let go of the files; the lock can be taken again later."""
        for handle in (self._handle, self._info_handle):
            if handle is not None:
                self._files.close(handle)
        self._handle = self._info_handle = None

    def forget_after_fork(self) -> None:
        """Drop in a child process what belongs to its parent, without unlocking it for the parent."""
        self._threads = threading.Lock()
        self.close()

    def _acquire_among_processes(
        self, started: float, timeout_seconds: float, on_wait: Callable[[str], None] | None
    ) -> None:
        told = False
        while not self._try():
            if not told:
                self._tell(on_wait)
                told = True
            if stopwatch_seconds() - started >= timeout_seconds:
                raise self._timeout(started)
            pause(_POLL_SECONDS)

    def _try(self) -> bool:
        import filelock  # noqa: PLC0415  (who only reads need not wait for it)

        try:
            if self._handle is None:
                self._handle = self._open(self._path)
            if not filelock.lock_descriptor(self._handle, blocking=False):
                return False
            if self.still_held():
                return True
            # Somebody deleted the lock file: others would lock a new one. Start over with that.
            self.close()
        except OSError as error:
            raise self._refused(error) from error
        return self._try()

    def _open(self, path: Path) -> int:
        if self._files.status(self._root) is None:
            raise FileNotFoundError(errno.ENOENT, "the data folder is gone", str(self._root))
        folder = self._files.status(path.parent)
        if folder is None:
            self._files.make_folder(path.parent)
        elif stat.S_ISLNK(folder.st_mode):
            raise NotAFile(errno.ELOOP, "wanted a folder, found a symbolic link that leads elsewhere", str(path.parent))
        return self._files.open_to_write(path, create=True)

    def _unlock(self) -> None:
        if self._handle is not None:
            import filelock  # noqa: PLC0415

            filelock.unlock_descriptor(self._handle)

    def _read_word(self) -> bytes:
        handle = self._files.open_to_read(self._info_path)
        try:
            # No more than a holder leaves: it is only a hint, however much stands there.
            return self._files.read_at(handle, 0, _INFO_SIZE)
        finally:
            self._files.close(handle)

    def _leave_word(self, action: str, moment: datetime.datetime) -> None:
        facts = {
            "pid": os.getpid(),
            "host": this_host(),
            "since": moment.isoformat(),
            "action": action,
            "command": " ".join(sys.argv),
        }
        try:
            if self._info_handle is None:
                self._info_handle = self._open(self._info_path)
            self._files.write_at(self._info_handle, 0, _word(facts))
        except OSError:
            # A hint that cannot be left is no reason to refuse the work.
            return

    def _tell(self, on_wait: Callable[[str], None] | None) -> None:
        if on_wait is not None:
            on_wait(str(self.holder()))

    def _timeout(self, started: float) -> LockTimeout:
        holder = self.holder()
        waited = round(stopwatch_seconds() - started, 1)
        return LockTimeout(str(self._root), waited, holder.facts, str(holder))

    def _refused(self, error: OSError) -> StorageError:
        if error.errno in _NO_LOCKS:
            reason = "this file system has no file locks, so that two writers could harm each other; use a local disk"
        else:
            reason = f"cannot lock the folder for writing: {error.strerror or error}"
        return StorageError(str(error.filename or self._path), reason, Outcome.NOT_SAVED, error.errno)


def this_host() -> str:
    """Return what this machine is called."""
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")


def _word(facts: dict[str, Any]) -> bytes:
    """Return the facts as JSON, with shorter texts where they would not fit."""
    for longest in (100, 40, 10):
        # What a system calls a file need not be text that JSON can carry.
        shortened = {
            key: fact[:longest].encode("utf-8", "backslashreplace").decode() if type(fact) is str else fact
            for key, fact in facts.items()
        }
        word = orjson.dumps(shortened)
        if len(word) < _INFO_SIZE:
            break
    return word.ljust(_INFO_SIZE - 1) + b"\n"


def _forget_all() -> None:
    for lock in list(_open_locks):
        lock.forget_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
