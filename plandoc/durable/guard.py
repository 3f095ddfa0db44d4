"""Transactions: one thread reads, changes and commits; all others see either none or all of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from types import TracebackType
from typing import TypeVar

from plandoc.durable.draft_file import DraftFile
from plandoc.durable.place import Place, Writing
from plandoc.errors import Outcome, SessionError, StorageError
from plandoc.storage.unwinding import or_undone

T = TypeVar("T")


class Guard:
    """The transactions over the files of one place.

    Args:
        place: The files.
        timeout_seconds: How long to wait for another writer; 0 means not at all.
        is_read_only: Whether nothing may be written; then transactions take no lock.
    """

    def __init__(self, place: Place, timeout_seconds: float, *, is_read_only: bool = False) -> None:
        self.place = place
        self._timeout_seconds = timeout_seconds
        self._is_read_only = is_read_only
        self._threads = threading.local()
        self._is_closed = False

    def read(self, name: str) -> bytes | DraftFile | None:
        """Return a file as the current thread's transaction has it (a draft if it was changed), or else as last committed."""
        self._refuse_if_closed()
        mine = self.mine
        return self.place.read(name) if mine is None else mine.read(name)

    def write(self, name: str, file: DraftFile) -> None:
        """Set what a file will hold when the current thread's transaction ends.

        Raises:
            SessionError: outside of one.
        """
        if self.mine is None:
            raise SessionError("a change needs a transaction")
        self.mine.written = {**self.mine.written, name: file}

    def fingerprint(self, name: str) -> Hashable | None:
        """Return what shows that a file is still what it was; None within a transaction."""
        return None if self.mine is not None else self.place.fingerprint(name)

    def run(self, work: Callable[[], T]) -> T:
        """Do some work in a transaction of its own, or as a part of the open one; return what it returns."""
        with Transaction(self):
            return work()

    @property
    def mine(self) -> _Open | None:
        """What the present thread is doing; None outside of a transaction."""
        found: _Open | None = getattr(self._threads, "open", None)
        return None if found is None or found.is_over else found

    def begin(self) -> _Open:
        """Become the writer."""
        self._refuse_if_closed()
        writing = _Looking(self.place) if self._is_read_only else self.place.begin(self._timeout_seconds)
        opened = self._threads.open = _Open(writing)
        return opened

    def close(self) -> None:
        """Release everything; nothing can be read or written afterwards."""
        self._is_closed = True
        self.place.close()

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise SessionError(f"{self.place.location} is closed; open it again")


class Transaction:
    """A block whose changes are committed together when it ends, or not at all when it is left by an exception.

    Within another one of the same thread it is a part of that: left by an exception, it undoes only its own changes.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._own: _Open | None = None
        self._outer: _Open | None = None
        self._saved: Mapping[str, DraftFile] = {}

    def __enter__(self) -> None:
        if self._own is not None or self._outer is not None:
            raise SessionError("this transaction was entered before; begin another one")
        or_undone(self._start, self._leave)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Two levels, so that after one interruption, even of the inner cleanup, the outer one still runs to its end.
        try:
            self._finish(is_whole=kind is None)
        finally:
            self._leave()

    def __del__(self) -> None:
        # An interruption can also come before the first step of the cleanup.
        self._leave()

    def _start(self) -> None:
        self._outer = self._guard.mine
        if self._outer is None:
            self._own = self._guard.begin()
        else:
            self._saved = self._outer.written

    def _finish(self, *, is_whole: bool) -> None:
        try:
            if self._outer is not None and not is_whole:
                self._outer.written = self._saved
            if self._own is not None and is_whole:
                self._own.commit()
        finally:
            self._leave()

    def _leave(self) -> None:
        own = self._own
        if own is not None:
            own.is_over = True
            own.writing.release()
            self._own = None


class _Open:
    """What one thread is doing: what it has read, and what it wants to write."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        # Replaced and never changed, so that a part can be taken back.
        self.written: Mapping[str, DraftFile] = {}
        self.is_over = False

    def read(self, name: str) -> bytes | DraftFile | None:
        return self.written[name] if name in self.written else self.writing.read(name)

    def commit(self) -> None:
        self.writing.commit({name: file.final_content() for name, file in self.written.items()})


class _Looking:
    """A transaction that only reads: each file as it was when first read."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._read: dict[str, bytes | None] = {}

    def read(self, name: str) -> bytes | None:
        if name not in self._read:
            self._read[name] = self._place.read(name)
        return self._read[name]

    def commit(self, changes: Mapping[str, bytes]) -> None:
        if changes:
            raise StorageError(self._place.location, "it was opened for reading only", Outcome.NOT_SAVED)

    def release(self) -> None:
        self._read.clear()
