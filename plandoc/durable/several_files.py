"""Several databases in one folder that change together: one line of a journal is the commit of all of them."""

from __future__ import annotations

import os
import re
import uuid
import weakref
from collections.abc import Hashable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from plandoc.clock import Clock, system_clock
from plandoc.durable.database import TinyDB
from plandoc.durable.errors import DatabaseNotFoundError
from plandoc.durable.guard import Guard, Transaction
from plandoc.durable.json_form import JsonForm
from plandoc.durable.place import Writing
from plandoc.durable.storage import DEFAULT_TIMEOUT_SECONDS, READING, GuardedStorage
from plandoc.errors import SessionError, ValidationError, shorten
from plandoc.storage import backend, initialize, marker
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.layout import Layout
from plandoc.storage.paths import resolved

_NAME = re.compile(r"[a-z0-9_-]+\.json", re.ASCII)


def _store_id_of(name: str, content: bytes) -> None:
    """Refuse what is not a database; a database carries no identity."""
    JsonForm(name, None, {}).parse(content)


DATABASES = Layout(
    holds="databases",
    names=re.compile(rf"(?!{re.escape(marker.NAME)}){_NAME.pattern}", re.ASCII),
    can_be_removed=(),
    folders=(),
    first_documents=lambda _: {},
    store_id_of=_store_id_of,
)


class Folder:
    """A folder of databases, several of which can be changed in one transaction.

    A commit takes one sync, of the journal, however many files it changes; so it is quicker than a single file, too. A
    process that ends closes its folders, after which the files alone count. Beside them the folder holds `plandoc.json`,
    `journal.jsonl` and `.plandoc/lock`.

    Args:
        path: The folder. It is made where there is none; JSON files already in it become its databases.
        timeout_seconds: How long a change waits for another writer; 0 means not at all.

    Raises:
        DamagedError: when the journal cannot be understood, or the folder holds a bakery's plans.
        StorageError: when the system refuses.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as place, Folder(os.path.join(place, "data")) as folder:
    ...     orders, stock = folder.open("orders.json"), folder.open("stock.json")
    ...     with folder.transaction():
    ...         _ = orders.insert({"cake": 3})
    ...         _ = stock.insert({"name": "flour", "bags": 7})
    ...     orders.all(), stock.all()
    ([{'cake': 3}], [{'name': 'flour', 'bags': 7}])
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        files: Files | None = None,
        clock: Clock = system_clock,
    ) -> None:
        root, layer = resolved(path), files or Files()
        if not initialize.is_initialized(root, layer):
            initialize.create(
                root,
                store_id=str(uuid.uuid4()),
                files=layer,
                clock=clock,
                timeout_seconds=timeout_seconds,
                layout=DATABASES,
            )
        self._place = _FolderPlace(FolderBackend(root, files=layer, clock=clock, layout=DATABASES), root)
        self._guard = Guard(self._place, timeout_seconds)
        self._finish = weakref.finalize(self._guard, self._place.close)

    def open(self, name: str, *, access_mode: str = "r+", **kwargs: Any) -> TinyDB:
        """Return the database in a file of this folder; the file is made by the first change.

        Args:
            name: Such as "orders.json": small letters, digits, "_" and "-".
            access_mode: "r+", or "r" to read only.
            **kwargs: Options of `json.dumps`, such as `indent`.

        Raises:
            ValidationError: for another name.
            DatabaseNotFoundError: when there is no such file to read only.
        """
        if not isinstance(name, str) or DATABASES.names.fullmatch(name) is None:
            wanted = f'wanted a name such as "orders.json": small letters, digits, "_" and "-", and not {marker.NAME}'
            raise ValidationError(f"{wanted}; found {shorten(name)}")
        if access_mode in READING and self._guard.read(name) is None:
            raise DatabaseNotFoundError(f"{self._place.location}/{name}", "there is no such file", 2)
        form = JsonForm(name, None, kwargs)
        return TinyDB(storage=lambda: GuardedStorage(self._guard, name, form, name, access_mode))

    def transaction(self) -> Transaction:
        """Return a block whose changes, of any databases of this folder, are committed together when it ends.

        When the block is left by an exception, nothing of it is written. A transaction within another one of the same thread
        is a part of that.
        """
        return Transaction(self._guard)

    def close(self) -> None:
        """Empty the journal and release the folder; this happens automatically when the process ends.

        Raises:
            SessionError: within a transaction, whose changes would be lost.
        """
        if self._guard.mine is not None:
            raise SessionError("close the folder after the transaction, not in it")
        self._guard.close()
        self._finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _FolderPlace:
    """The databases of a folder, by name."""

    def __init__(self, folder: FolderBackend, root: Path) -> None:
        self._folder = folder
        self.location = str(root)
        self._process = os.getpid()

    def read(self, name: str) -> bytes | None:
        self._refuse_after_fork()
        return self._folder.view(lambda reading: reading.read(name))

    def fingerprint(self, name: str) -> Hashable | None:  # noqa: ARG002
        # A file may be older than what the journal says of it.
        return None

    def begin(self, timeout_seconds: float) -> Writing:
        self._refuse_after_fork()
        return _FolderWriting(self._folder.begin("write", timeout_seconds=timeout_seconds))

    def close(self) -> None:
        if os.getpid() == self._process:
            self._folder.close()

    def _refuse_after_fork(self) -> None:
        if os.getpid() != self._process:
            raise SessionError(f"{self.location} was opened before this process was forked; open it again")


class _FolderWriting:
    """The one writer of a folder."""

    def __init__(self, transaction: backend.Transaction) -> None:
        self._transaction = transaction

    def read(self, name: str) -> bytes | None:
        return self._transaction.read(name)

    def commit(self, changes: Mapping[str, bytes]) -> None:
        # What is there already is durable: taking the lock makes sure of that.
        real = {name: content for name, content in changes.items() if content != self._transaction.read(name)}
        if real:
            self._transaction.commit(real)

    def release(self) -> None:
        self._transaction.release()
