"""The storage: where TinyDB reads and writes all of its tables at once."""

from __future__ import annotations

import datetime
import os
import threading
import warnings
from collections.abc import Hashable, Mapping
from typing import Any

from tinydb.storages import Storage

from plandoc.clock import system_clock
from plandoc.durable.draft_file import DraftFile
from plandoc.durable.guard import Guard, Transaction
from plandoc.durable.json_form import JsonForm
from plandoc.durable.one_file import OneFile
from plandoc.errors import ConflictError, Outcome, SessionError, StorageError
from plandoc.storage.directory_scan import is_stable
from plandoc.storage.paths import resolved

DEFAULT_TIMEOUT_SECONDS = 30.0
READING, WRITING = ("r", "rb"), ("r+", "rb+")


class GuardedStorage(Storage):
    """One JSON file of a place, read and replaced whole.

    Args:
        guard: The transactions of the place.
        name: The file in it.
        form: How it is written and read.
        shown: What messages call it.
        access_mode: "r+", or "r" to read only.
    """

    def __init__(self, guard: Guard, name: str, form: JsonForm, shown: str, access_mode: str) -> None:
        self.guard = guard
        self.name = name
        self._form = form
        self._shown = shown
        self._mode = access_mode
        self._is_closed = False
        # What was read or written last: by each thread, and by any thread.
        self._seen = threading.local()
        self._seen_last: tuple[bytes | DraftFile | None] | None = None
        # A content that need not be read again while the file has this fingerprint.
        self._believed: tuple[Hashable, bytes | DraftFile | None] | None = None
        # What was changed or asked for last, with its tables: it counts as long as the file holds its bytes.
        self._kept: DraftFile | None = None

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return all tables, not shared with anything; None if nothing was ever written.

        Raises:
            DamagedDatabaseError: when the file does not hold JSON that can be understood.
            DatabaseNotFoundError: when the file is gone.
        """
        present = self.present()
        self._see(present)
        content = present.content() if isinstance(present, DraftFile) else present
        return None if content is None else self._form.parse(content)

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace all tables; returns when they are on the disk, or within a transaction when they are kept for its end.

        Raises:
            ConflictError: when another writer has changed the file since this thread has read it; nothing was saved.
            TypeError: for what JSON cannot hold; nothing was saved.
            DamagedDatabaseError: when the file holds a key twice, of which one would be lost.
            LockTimeout: when another writer did not finish in time.
            StorageError: when the system refuses; it says what was saved.
        """
        if self._mode in READING:
            reason = f'Cannot write to the database. Access mode is "{self._mode}"'
            raise StorageError(self._shown, reason, Outcome.NOT_SAVED)
        file = DraftFile(self._form, self._form.render(data))
        self.guard.run(lambda: self._replace(file))
        self._see(file)

    def draft(self, name: str) -> DraftFile | None:
        """Return the file as it is, for a transaction that changes some rows of a table; else None.

        It is written out once, at the end of the transaction. If the ids of a table are not numbers, TinyDB decides what
        becomes of them.
        """
        if self.guard.mine is None or self._mode in READING:
            return None
        file = self._as_draft()
        return file if file.is_numbered(name) else None

    def keep(self, file: DraftFile) -> None:
        """Keep a changed draft for the end of the transaction."""
        self.guard.write(self.name, file)
        self._see(file)
        self._keep(file)

    def transaction(self) -> Transaction:
        """Return a block whose changes are committed together; see `plandoc.durable.TinyDB.transaction`."""
        return Transaction(self.guard)

    def close(self) -> None:
        """Refuse to read and write from now on.

        Raises:
            SessionError: within a transaction, whose changes would be lost.
        """
        if self.guard.mine is not None:
            raise SessionError(f"{self._shown}: close it after the transaction, not in it")
        self._is_closed = True

    def present(self) -> bytes | DraftFile | None:
        """Return the content as this thread sees it now, for comparison; None if there is no file yet."""
        self._refuse_if_closed()
        return self.guard.read(self.name)

    def seen(self) -> bytes | DraftFile | None:
        """Return the content that the current thread read or wrote last."""
        found = getattr(self._seen, "content", self._seen_last)
        return None if found is None else found[0]

    def believed(self) -> bytes | DraftFile | None:
        """Return the content as it is now, for the query cache: read again unless the file's times show that nothing changed.

        They show that once the file has been left alone for so long that any change must alter them.
        """
        self._refuse_if_closed()
        looked_at = system_clock()
        fingerprint = self.guard.fingerprint(self.name)
        before = self._believed
        if before is not None and fingerprint is not None and fingerprint == before[0]:
            return before[1]
        content = self.present()
        if before is not None and content == before[1]:
            # The same object, so that comparing it takes no time.
            content = before[1]
        self._believed = (_stable(fingerprint, looked_at), content)
        return content

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise SessionError(f"{self._shown} is closed; open it again")

    def _replace(self, file: DraftFile) -> None:
        present = self.present()
        known = getattr(self._seen, "content", self._seen_last)
        if known is not None and known[0] != present:
            message = "was changed by another writer since it was read; nothing was saved; read it again and repeat the change"
            raise ConflictError(self._shown, f"{self._shown} {message}")
        # Whether overwriting loses nothing.
        self._as_draft()
        self.guard.write(self.name, file)

    def _as_draft(self) -> DraftFile:
        """Return the present file to be changed.

        Raises:
            DamagedDatabaseError: when it holds a key twice, of which one would be lost.
        """
        present = self.present()
        if isinstance(present, DraftFile):
            return present
        kept = self._kept
        if kept is None or kept != (present or b""):
            self._form.refuse_to_lose(present or b"")
            kept = DraftFile(self._form, present or b"")
            self._keep(kept)
        return kept

    def _keep(self, file: DraftFile) -> None:
        before, self._kept = self._kept, file
        if before is not None and before is not file:
            # Only compared with the file from now on, so the bytes are enough.
            before.release()

    def _see(self, content: bytes | DraftFile | None) -> None:
        self._seen.content = self._seen_last = (content,)


class DurableStorage(GuardedStorage):
    """A JSON file for TinyDB: locked, replaced whole, and on the disk when a change returns.

    With `plandoc.durable.TinyDB` no update is lost. With TinyDB's own class this storage alone cannot know that a read and
    a write belong together: it compares what is written over with what was read, and refuses to lose an update.

    Args:
        path: The file; a link is followed.
        create_dirs: Make the folders that it is to be in.
        encoding: Of the text; None means UTF-8 on every system.
        access_mode: "r+", or "r" to read only: then nothing is written, locked or created.
        timeout_seconds: How long a change waits for another writer; 0 means not at all.
        **kwargs: Options of `json.dumps`, such as `indent`. Without any, each record is on a line of its own.

    Raises:
        DatabaseNotFoundError: when there is no such file to read, or no folder for it.
        StorageError: when the system refuses.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        create_dirs: bool = False,
        encoding: str | None = None,
        access_mode: str = "r+",
        *,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        **kwargs: Any,
    ) -> None:
        if access_mode not in (*READING, *WRITING):
            # It begins with the words of TinyDB, because programs may filter them.
            message = "Using an `access_mode` other than 'r', 'rb', 'r+' or 'rb+' is taken as 'r+'"
            warnings.warn(message, stacklevel=2)
        file = OneFile(resolved(path))
        is_read_only = access_mode in READING
        if is_read_only:
            file.read(file.path.name)
        else:
            file.make(with_folders=create_dirs)
        guard = Guard(file, timeout_seconds, is_read_only=is_read_only)
        form = JsonForm(file.location, encoding, kwargs)
        super().__init__(guard, file.path.name, form, file.location, access_mode)
        self.kwargs = kwargs

    def close(self) -> None:
        """Refuse to read and write from now on, and release the lock's file.

        Raises:
            SessionError: within a transaction, whose changes would be lost.
        """
        super().close()
        self.guard.close()


def _stable(fingerprint: Hashable | None, looked_at: datetime.datetime) -> Hashable | None:
    return fingerprint if is_stable(fingerprint, looked_at) else None
