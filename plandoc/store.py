"""Opening a store, its sessions, the store that is meant when none is named, and what `session=None` means.

An operation given no session opens one on the default store: a function that reads gets a look without a lock; one that
changes gets a guarded write, committed when it returns.
"""

from __future__ import annotations

import atexit
import functools
import os
import random
import threading
import uuid
import warnings
import weakref
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, cast

from plandoc.clock import Clock, pause, system_clock
from plandoc.engine.document_cache import DocumentCache
from plandoc.engine.event_index import EventIndex
from plandoc.engine.guarded_write import GuardedWrite
from plandoc.engine.session import Session, required, unit_of_work
from plandoc.engine.session_documents import SessionDocuments
from plandoc.engine.store_change import StoreChange
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import ConflictError, Outcome, SessionError, StorageError, StoreError, StoreNotFoundError
from plandoc.hints import Hint, wording
from plandoc.storage import address, initialize
from plandoc.storage.backend import Announces, Backend, Reading, Transaction
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.memory import MemoryBackend
from plandoc.storage.paths import IN_MEMORY, checked_path

if TYPE_CHECKING:
    from plandoc.storage.postgres.backend import PostgresBackend

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

DEFAULT_TIMEOUT_SECONDS = 30.0
ENVIRONMENT_VARIABLE = "PLANDOC_DATA"
DEFAULT_FOLDER = "data"

# How long a change that was overtaken waits before it is run again, at most; by chance, so that two that met part.
_LONGEST_PAUSES_SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0)


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
        self._in_session = threading.local()
        self._process = os.getpid()
        self._closed = False
        _stores.open.append(self)

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
            self._in_session.session = weakref.ref(write.session)
            return write.session

        def finish(session: Session, transaction: Transaction) -> bool:
            self._check_process()
            return self._commit(session, transaction)

        return GuardedWrite(start, finish)

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

        return until_not_overtaken(changed) if self.is_side_by_side else changed()

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
        """Yield what others have changed, each time that they have; only a store on a server hears of that.

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
            raise SessionError(f"{self.location} is not on a server, which alone says when others change something")
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
            _stores.forget(self)
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
        changes = unit_of_work(session).documents.changes()
        if changes:
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
        if self._is_in_session:
            raise SessionError(
                "this thread already has an open session; pass it with session=... "
                "(two sessions would not be one atomic write)"
            )

    @property
    def _is_in_session(self) -> bool:
        """Whether this thread is in the middle of a session, wherever that was interrupted."""
        known: Callable[[], Session | None] = getattr(self._in_session, "session", lambda: None)
        session = known()
        return session is not None and not unit_of_work(session).is_over

    def _check_process(self) -> None:
        if not self.is_of_this_process:
            raise SessionError(f"the store {self.location} was opened before a fork; open it again in this process")


def until_not_overtaken(change: Callable[[], T]) -> T:
    """Return what a change gives, and run it again, up to five times, when somebody else was faster.

    Raises:
        ConflictError: when somebody else was faster each time.
    """
    for longest in _LONGEST_PAUSES_SECONDS:
        try:
            return change()
        except ConflictError:
            pause(random.uniform(0, longest))  # noqa: S311  (it keeps no secret)
    return change()


def open_store(
    path: str | os.PathLike[str],
    *,
    create: bool = False,
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    on_wait: Callable[[str], None] | None = None,
    clock: Clock = system_clock,
) -> Store:
    """Open a data folder, a store on a PostgreSQL server, or a new store in memory.

    Args:
        path: The folder. A text that begins with "postgresql://" is the address of a store on a server, which needs
            `pip install "plandoc[postgres]"`: "postgresql://USER@HOST/DATABASE?schema=NAME". The text ":memory:" means a
            new, empty store in memory, for the tests of your own programs: it keeps the same promises without a disk, no
            other store sees it, and it is gone when it is closed.
        create: Make the folder, or the tables on the server, when they are not there; else that is an error. A store in
            memory is always new.
        timeout_seconds: How long a session waits for another writer; 0 means not at all.
        on_wait: Called once with who is being waited for, before a wait; on a server nobody is waited for until the end.
        clock: Where timestamps come from: a function that returns the present time with its offset from UTC.

    Raises:
        StoreNotFoundError: when there is no plandoc folder at the path, or no store at the address.
        DamagedError: when the folder cannot be understood.
        NewerFormatError: when a newer plandoc wrote it.
        StorageError: when the system or the server refuses.

    >>> import plandoc
    >>> with plandoc.open_store(":memory:") as store, store.session() as session:
    ...     session.add(plandoc.Recipe("Rye bread", category="Bread")).slug
    'rye-bread'
    """
    if path == IN_MEMORY:
        return Store(MemoryBackend(_new_store_id()), clock=clock, timeout_seconds=timeout_seconds, on_wait=on_wait)
    on_server = address.address_of(path)
    if on_server is not None:
        backend: Backend = open_on_server(on_server, new=initialize.contents(_new_store_id()) if create else None)
        return Store(backend, clock=clock, timeout_seconds=timeout_seconds, on_wait=on_wait)
    # Resolved once: a later change of the working directory must not move the store.
    root = checked_path(path).absolute()
    files = Files()
    if not initialize.is_initialized(root, files):
        if not create:
            initialize.refuse_lost_marker(root, files)
            create_one = Hint.CREATE_FOLDER()
            message = wording("not a plandoc folder: {root}; create one with {create}", root=root, create=create_one)
            raise StoreNotFoundError(str(root), message)
        initialize.create(root, store_id=_new_store_id(), files=files, clock=clock, timeout_seconds=timeout_seconds)
    backend = FolderBackend(root, files=files, clock=clock)
    return Store(backend, clock=clock, timeout_seconds=timeout_seconds, on_wait=on_wait)


def open_on_server(place: str, *, new: Mapping[str, bytes] | None = None) -> PostgresBackend:
    """Return what keeps the documents of a store on a server; the caller closes it.

    Args:
        place: The address.
        new: The documents of the store that is made where there is none; None makes none.

    Raises:
        StoreNotFoundError: when there is none.
        StorageError: when psycopg is missing, or the server refuses.
    """
    try:
        # It takes long to import, and only stores on a server need it.
        from plandoc.storage.postgres.backend import PostgresBackend  # noqa: PLC0415
    except ImportError:
        reason = "a store on a server needs psycopg; install it with pip install 'plandoc[postgres]'"
        raise StorageError(address.without_password(place), reason, Outcome.NOT_SAVED) from None
    return PostgresBackend(place, new=new)


def _new_store_id() -> str:
    return str(uuid.uuid4())


class _Stores:
    """The stores that are open in this process, and the one that was named."""

    def __init__(self) -> None:
        self.open: list[Store] = []
        self.named: Store | None = None
        # Where the store was that was closed last; blank while none was.
        self.last_closed = ""

    def forget(self, store: Store) -> None:
        """Strike off a store that was closed."""
        self.last_closed = store.location
        self.open = [other for other in self.open if other is not store]
        self.named = None if self.named is store else self.named

    def close_all(self) -> None:
        """Close what a program left open, all of it, whatever becomes of one."""
        for store in list(self.open):
            try:
                store.close()
            except StoreError as failure:
                warnings.warn(str(failure), RuntimeWarning, stacklevel=2)


_stores = _Stores()
atexit.register(_stores.close_all)


def use_store(store: Store) -> None:
    """Name the store that operations without a session use."""
    _stores.named = store


def default_store() -> Store:
    """Return the store that operations without a session use.

    That is the one that `use_store` named; else the only one open in this process; else the folder in the environment
    variable PLANDOC_DATA, else `./data`, which is opened and stays open. A process that has closed a store has said
    where it works, so that `./data` is no longer used.

    Raises:
        SessionError: when several stores are open and none is named, or when none is left open.
    """
    if _stores.named is not None and not _stores.named.is_closed:
        return _stores.named
    # One whose closing was interrupted may be among them.
    present = [store for store in _stores.open if not store.is_closed]
    # A store from before a fork is kept when there is no other: it says itself that it must be reopened.
    usable = [store for store in present if store.is_of_this_process] or present
    if len(usable) > 1:
        places = ", ".join(store.location for store in usable)
        raise SessionError(f"several stores are open ({places}); name one with use_store, or pass a session")
    if usable:
        return usable[0]
    folder = os.environ.get(ENVIRONMENT_VARIABLE)
    closed = _stores.last_closed or "".join(store.location for store in _stores.open[:1])
    if not folder and closed:
        raise SessionError(f"no store is open: {closed} was closed; open it again, or set {ENVIRONMENT_VARIABLE}")
    return open_store(folder or DEFAULT_FOLDER)


# The default of every `session` parameter. Typed as a session, because inside the function it always is one.
NO_SESSION: Any = None

# The action of every operation that changes something, by its name, for what must hold of all of them.
CHANGING: dict[str, str] = {}


def reads(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function whose last parameter is `session` work without one, by reading the default store."""
    return _with_session(function, lambda call: default_store().read(call))


def changes(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function whose last parameter is `session` work without one, by a guarded write on the default store.

    Args:
        action: What is done, for those who wait meanwhile and for the journal.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        CHANGING[function.__name__] = action

        def in_own_session(call: Callable[[Session], R]) -> R:
            return default_store().change(action, call)

        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            unit_of_work(required(kwargs["session"])).check_writable()
            return function(*args, **kwargs)

        return _with_session(functools.wraps(function)(checked), in_own_session)

    return decorate


def _kept(argument: Any) -> Any:
    return list(argument) if isinstance(argument, Iterator) else argument


def _with_session(function: Callable[P, R], open_one: Callable[[Callable[[Session], R]], R]) -> Callable[P, R]:
    code = getattr(function, "__wrapped__", function).__code__
    position = code.co_varnames[: code.co_argcount].index("session")

    in_session = cast("Callable[..., R]", function)

    @functools.wraps(function)
    def operation(*args: Any, **kwargs: Any) -> R:
        if len(args) > position:
            args, kwargs = args[:position], {**kwargs, "session": args[position]}
        given = kwargs.pop("session", None)
        if given is not None:
            return in_session(*args, **kwargs, session=required(given))
        # It may be called again, and an iterator gives what it has only once.
        args = tuple(map(_kept, args))
        kwargs = {name: _kept(value) for name, value in kwargs.items()}
        return open_one(lambda session: in_session(*args, **kwargs, session=session))

    return operation
