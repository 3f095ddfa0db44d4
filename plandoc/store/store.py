"""An open store and its sessions."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, TypeVar

from plandoc.clock import Clock, system_clock
from plandoc.engine.document_cache import DocumentCache
from plandoc.engine.event_index import EventIndex
from plandoc.engine.guarded_write import GuardedWrite
from plandoc.engine.session import Session, unit_of_work
from plandoc.engine.session_documents import SessionDocuments
from plandoc.engine.store_change import StoreChange
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import SessionError, StoreError
from plandoc.storage.backend import Announces, Backend, Reading, Transaction
from plandoc.store.open_stores import OPEN_STORES
from plandoc.store.overtaken import until_not_overtaken

T = TypeVar("T")

DEFAULT_TIMEOUT_SECONDS = 30.0


class _OfThread(threading.local):
    """What a store knows of each thread: its last session."""

    session: Callable[[], Session | None] | None = None


class Store:
    """An open store; made by `open_store`.

    Args:
        backend: Where the documents are.
        clock: Where the timestamps in records come from.
        timeout_seconds: How long a session waits for another writer unless it says otherwise.
        on_wait: Called with who is being waited for, before a wait.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        clock: Clock = system_clock,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        self._backend = backend
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._on_wait = on_wait
        self._cache = DocumentCache(lambda: backend.store_id)
        self._index = EventIndex()
        self._of_thread = _OfThread()
        self._process = os.getpid()
        self._closed = False
        OPEN_STORES.open.append(self)

    def __repr__(self) -> str:
        return f"<Store {self.location}{' (closed)' if self._closed else ''}>"

    @property
    def location(self) -> str:
        """Where the store is, as a person says it."""
        return self._backend.location

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    @property
    def is_of_this_process(self) -> bool:
        """Whether it was opened by this process, not by the one that this process was forked from."""
        return self._process == os.getpid()

    @property
    def is_side_by_side(self) -> bool:
        """Whether others write at the same time, as on a server; else writers take turns."""
        return self._backend.side_by_side

    def session(self, action: str = "change", *, timeout_seconds: float | None = None) -> GuardedWrite:
        """Open a session: all its changes are saved when the block ends, or none when it ends by an exception.

        Args:
            action: What is being done, for those who wait meanwhile and for the journal.
            timeout_seconds: How long to wait for another writer; None means as long as the store was opened with.

        Raises:
            LockTimeout: when another writer did not finish in time.
            SessionError: when this thread already has an open session; pass that one along instead.
            StorageError: when the system failed; it says what was saved.
        """
        wait = self._timeout_seconds if timeout_seconds is None else timeout_seconds

        def start(write: GuardedWrite) -> Session:
            self._check_usable()
            write.transaction = self._backend.begin(action, timeout_seconds=wait, on_wait=self._on_wait)
            write.session = self._make_session(write.transaction, writes=True)
            self._of_thread.session = weakref.ref(write.session)
            return write.session

        return GuardedWrite(start, self._commit)

    def change(self, action: str, function: Callable[[Session], T]) -> T:
        """Return what a function makes of a session of its own, whose changes are saved when it returns.

        On a server it is called again, up to five times, when somebody else has changed meanwhile what it read or changes,
        and nothing was saved. So it should do nothing but read, compute and change records.

        Raises:
            ConflictError: when somebody else was faster each time; in a folder, where writers take turns, at once when a
                program that takes no lock has changed a file meanwhile.

        >>> import plandoc
        >>> with plandoc.open_store(":memory:") as store:
        ...     store.change("add a recipe", lambda session: session.add(plandoc.Recipe("Rye", category="Bread"))).id
        1
        """

        def changed() -> T:
            with self.session(action) as session:
                return function(session)

        return until_not_overtaken(changed) if self._backend.side_by_side else changed()

    def read(self, function: Callable[[Session], T]) -> T:
        """Return what a function makes of a session that only reads, at one moment and without a lock.

        It may be called again when somebody writes meanwhile, so it should only read and compute.

        >>> import plandoc, tempfile
        >>> with plandoc.open_store(tempfile.mkdtemp(), create=True) as store:
        ...     store.read(lambda session: len(session.find(plandoc.Recipe)))
        0
        """
        self._check_usable()

        def looked(reading: Reading) -> T:
            session = self._make_session(reading, writes=False)
            try:
                return function(session)
            finally:
                unit_of_work(session).end()

        return self._backend.view(looked)

    def changes(self, timeout_seconds: float | None = None) -> Iterator[StoreChange]:
        """Yield what others have changed, each time that they have; only a store on a server is notified of that.

        It waits, so it belongs in a thread of its own. What this store itself changes does not count.

        Args:
            timeout_seconds: It ends when nothing was changed for so long; None waits for ever.

        Raises:
            SessionError: when the store is not on a server.
            StorageError: when the server refuses.
            StoreNotFoundError: when the server was lost and does not come back.
        """
        self._check_usable()
        if not isinstance(self._backend, Announces):
            raise SessionError(f"{self.location} is not on a server; only a server reports what others change")
        found = map(StoreChange.of, self._backend.changes(timeout_seconds))
        return (change for change in found if change)

    def view(self, function: Callable[[Reading], T]) -> T:
        """Return what a function makes of the documents as they are, at one moment and without a lock; for backups."""
        self._check_usable()
        return self._backend.view(function)

    def close(self) -> None:
        """Checkpoint the journal and let go of the folder; closing twice is not an error."""
        if self._closed:
            return
        try:
            self._closed = True
            OPEN_STORES.forget(self)
        finally:
            if self.is_of_this_process:
                self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except StoreError as failure:
            # What went wrong before matters more, and says of its own change what is saved.
            if error is None:
                raise
            error.add_note(str(failure))

    def _make_session(self, reading: Reading, *, writes: bool) -> Session:
        documents = SessionDocuments(reading, self._cache, self._index, self._backend.store_id, writes=writes)
        return Session(UnitOfWork(documents, writes=writes), self._clock())

    def _commit(self, session: Session, transaction: Transaction) -> bool:
        """Save the changes of a session; return whether there were any."""
        self._check_process()
        changes = unit_of_work(session).documents.changes()
        if changes:
            if self._closed:
                raise SessionError(f"the store {self.location} was closed during this session; nothing was saved")
            before = transaction.version
            try:
                transaction.commit(changes)
            finally:
                # Also after an error, which may have come behind the commit.
                self._index.forget(changes, before, transaction.version)
        return bool(changes)

    def _check_usable(self) -> None:
        if self._closed:
            raise SessionError(f"the store {self.location} is closed; open it again")
        self._check_process()
        session = None if self._of_thread.session is None else self._of_thread.session()
        if session is not None and not unit_of_work(session).is_over:
            # This thread is in the middle of it, wherever that was interrupted.
            raise SessionError(
                "this thread already has an open session; pass it with session=... "
                "(two sessions would not be one atomic write)"
            )

    def _check_process(self) -> None:
        if self._process != os.getpid():
            raise SessionError(f"the store {self.location} was opened before a fork; open it again in this process")
