"""Opening a store: in a folder, on a server or in memory."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from plandoc.clock import Clock, system_clock
from plandoc.errors import Outcome, StorageError, StoreNotFoundError
from plandoc.errors.hints import Hint, wording
from plandoc.fields.flags import checks_flags
from plandoc.storage import address, initialize
from plandoc.storage.backend import Backend
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.memory import MemoryBackend
from plandoc.storage.paths import IN_MEMORY, checked_path
from plandoc.store.store import DEFAULT_TIMEOUT_SECONDS, Store

if TYPE_CHECKING:
    from plandoc.storage.postgres.backend import PostgresBackend


@checks_flags
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
