"""The lock: one writer a folder, or a file, among all threads and processes of a machine, each in turn."""

from __future__ import annotations

import datetime
import errno
import os
import threading
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from plandoc.clock import stopwatch_seconds
from plandoc.errors import LockTimeout, Outcome, StorageError
from plandoc.storage import process_queue
from plandoc.storage.files import Files
from plandoc.storage.holder import Holder
from plandoc.storage.lock_file import LockFile
from plandoc.storage.thread_queue import Turn, Turns
from plandoc.storage.unwinding import and_done, or_undone

T = TypeVar("T")

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})

_open_locks: weakref.WeakSet[FolderLock] = weakref.WeakSet()


class _Wait:
    """How long a caller waits for the lock, and that this is reported once."""

    def __init__(self, timeout_seconds: float, on_wait: Callable[[str], None] | None) -> None:
        self._started = stopwatch_seconds()
        self._timeout_seconds = timeout_seconds
        self._on_wait = on_wait

    @property
    def left_seconds(self) -> float:
        """What is left of the time."""
        return self._timeout_seconds - (stopwatch_seconds() - self._started)

    @property
    def waited_seconds(self) -> float:
        """The time waited so far, as it is reported."""
        return round(stopwatch_seconds() - self._started, 1)

    def tell(self, holder: Callable[[], Holder]) -> None:
        """Say who is being waited for, the first time."""
        on_wait, self._on_wait = self._on_wait, None
        if on_wait is not None:
            on_wait(str(holder()))


class FolderLock:
    """The lock of one data folder, or of one file in a folder.

    Args:
        root: The folder.
        files: The calls to the operating system.
        lock_file: The file that is locked, in that folder, where not all of the folder is meant; it also keeps who holds it.
    """

    # Whether the one who is next was called before the release.
    _has_called = False

    def __init__(self, root: Path, files: Files, lock_file: Path | None = None) -> None:
        self._root = root
        self._file = LockFile(root, files, lock_file)
        self._what = "file" if lock_file else "folder"
        self._turns = Turns()
        self._waiter: process_queue.Waiter | None = None
        self._timestamp: datetime.datetime | None = None
        _open_locks.add(self)

    def acquire(
        self,
        *,
        action: str | None,
        timestamp: datetime.datetime,
        timeout_seconds: float,
        on_wait: Callable[[str], None] | None,
    ) -> None:
        """Take the lock for this thread, as `take` does; when this raises, the lock was not taken."""
        turn = Turn(threading.get_ident())

        def take() -> None:
            self.take(turn, action=action, timestamp=timestamp, timeout_seconds=timeout_seconds, on_wait=on_wait)

        or_undone(take, lambda: self.release(turn))

    def take(
        self,
        turn: Turn,
        *,
        action: str | None,
        timestamp: datetime.datetime,
        timeout_seconds: float,
        on_wait: Callable[[str], None] | None,
    ) -> None:
        """Take the lock and record who has it.

        Args:
            turn: The owner of the lock. Its maker releases it whatever happens, also when this raises.
            action: What is going to be done, shown to waiters; None records nothing, so that a reader writes nothing.
            timestamp: When.
            timeout_seconds: 0 means not to wait, and then not to queue behind waiters.
            on_wait: Called once, with the holder that is being waited for.

        Raises:
            LockTimeout: when another thread or process kept it for longer than `timeout_seconds`.
            StorageError: when the folder cannot be locked at all.
        """
        self._timestamp = timestamp
        is_first = self._turns.join(turn)
        try:
            is_taken = is_first and self._try(behind_others=timeout_seconds > 0)
        except OSError as error:
            raise self._refused(error) from error
        if not is_taken:
            self._wait(turn, _Wait(timeout_seconds, on_wait), is_first=is_first)
        if action is not None:
            self._file.write_holder(action, timestamp)

    def release(self, turn: Turn | None = None) -> None:
        """Let the next one in; nothing to do when that was done before. A failure of the system is not an error here.

        Args:
            turn: The one that `take` was given; None means what this thread took by `acquire`.
        """

        def give_back() -> None:
            for mine in self._turns.of_this_thread() if turn is None else [turn]:
                # In this order: an interruption leaves the turn in the line, and so the rest to be done again.
                if self._turns.is_first(mine):
                    self._let_go()
                self._turns.leave(mine)

        or_undone(give_back, give_back)

    def is_still_ours(self) -> bool:
        """Whether the file that is locked is still the one that others would lock."""
        return self._file.is_in_place()

    def call_next(self) -> bool:
        """Call the process that is next, if one waits, shortly before the release: to wake up takes it as long as that.

        Returns:
            Whether one waits.
        """
        handle = self._file.handle
        self._has_called = handle is not None and process_queue.call_first(handle)
        return self._has_called

    def leave(self, content: bytes) -> None:
        """Leave something in the lock file for those who hold it later; it may be lost."""
        self._file.write(content)

    def found(self, size: int) -> bytes:
        """Return the first bytes of what was left by those who held the lock before."""
        return self._file.read(size)

    def holder(self) -> Holder:
        """Return who was last known to hold the lock."""
        try:
            return Holder.from_note(self._file.read_holder(), self._timestamp)
        except OSError:
            return Holder({})

    def close(self) -> None:
        """Release the lock and close the files; the lock can be taken again later."""
        self.release()
        self._close_files()

    def forget_after_fork(self) -> None:
        """Drop in a child process what belongs to its parent, without unlocking it for the parent."""
        self._turns = Turns()
        self._close_files()

    def _wait(self, turn: Turn, wait: _Wait, *, is_first: bool) -> None:
        """Wait for the lock, behind the other threads and then behind the other processes."""
        wait.tell(self.holder)
        if not is_first:
            if not self._turns.wait(turn, wait.left_seconds):
                raise self._timeout(wait)
            if self._tried(lambda: self._try(behind_others=True)):
                return
        while wait.left_seconds > 0:
            if self._tried(lambda: self._try_in_turn(wait)):
                return
        raise self._timeout(wait)

    def _tried(self, attempt: Callable[[], bool]) -> bool:
        try:
            return attempt()
        except OSError as error:
            raise self._refused(error) from error

    def _try_in_turn(self, wait: _Wait) -> bool:
        """Return whether the lock was taken; if not, wait before the next attempt."""
        waiter = self._in_line()
        if waiter.may_ask():
            is_free = self._try()
            if waiter.may_keep(is_free=is_free):
                self._leave_line()
                return True
            if is_free:
                self._unlock()
        waiter.wait(wait.left_seconds)
        return False

    def _in_line(self) -> process_queue.Waiter:
        """Return this lock's waiter; a new one where the lock file has been replaced."""
        if self._waiter is None:
            # Known before it has a place, so that an interruption finds it.
            self._waiter = process_queue.Waiter(self._file.opened())
            self._waiter.join()
        return self._waiter

    def _leave_line(self) -> None:
        if self._waiter is not None:
            self._waiter.leave()
            self._waiter = None

    def _try(self, *, behind_others: bool = False) -> bool:
        if behind_others and process_queue.first_place(self._file.opened()):
            return False
        if not self._file.try_to_lock():
            return False
        if self._file.is_in_place():
            return True
        # The lock file was deleted: others would lock a new one. Start over with that.
        self._close_files()
        return self._try(behind_others=behind_others)

    def _unlock(self) -> None:
        if self._file.handle is not None:
            self._file.unlock()
            if not self._has_called:
                process_queue.call_first(self._file.handle)
            self._has_called = False

    def _let_go(self) -> None:
        try:
            self._leave_line()
            self._unlock()
        except OSError:
            # Closing the file releases it as well.
            self._close_files()

    def _close_files(self) -> None:
        waiter, self._waiter = self._waiter, None
        self._has_called = False
        if waiter is not None:
            waiter.forget()
        self._file.close()

    def _timeout(self, wait: _Wait) -> LockTimeout:
        holder = self.holder()
        return LockTimeout(str(self._root), wait.waited_seconds, holder.facts, str(holder))

    def _refused(self, error: OSError) -> StorageError:
        if error.errno in _NO_LOCKS:
            reason = f"this file system does not support file locks, so two writers could corrupt the {self._what}; use a local disk"
        else:
            reason = f"cannot lock the {self._what} for writing: {error.strerror or error}"
        return StorageError(str(error.filename or self._file.path), reason, Outcome.NOT_SAVED, error.errno)


def while_locked(
    root: Path,
    files: Files,
    work: Callable[[FolderLock], T],
    *,
    action: str | None,
    timestamp: datetime.datetime,
    timeout_seconds: float,
) -> T:
    """Return what some work returns on a folder that no one else can change meanwhile; the lock is released in any case.

    Raises:
        LockTimeout: when another thread or process kept the lock for longer than `timeout_seconds`.
        StorageError: when the folder cannot be locked at all.
    """
    lock = FolderLock(root, files)

    def locked() -> T:
        lock.acquire(action=action, timestamp=timestamp, timeout_seconds=timeout_seconds, on_wait=None)
        return work(lock)

    return and_done(locked, lock.close)


def _forget_all() -> None:
    for lock in list(_open_locks):
        lock.forget_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
