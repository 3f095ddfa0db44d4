"""One guarded write of a folder, from its lock to its line in the journal."""

from __future__ import annotations

from collections.abc import Collection, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from plandoc.errors import ConflictError, Outcome, SessionError, StorageError
from plandoc.storage import journal, marker
from plandoc.storage.backend import Fingerprints
from plandoc.storage.directory_scan import unsettled
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.document_head import Head, head_of
from plandoc.storage.documents import digest
from plandoc.storage.folder_recovery import Held
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.replacement import Replacement
from plandoc.storage.thread_queue import Turn

if TYPE_CHECKING:
    from plandoc.storage.folder import FolderBackend


class FolderTransaction:
    """The one writer of a folder."""

    # Until it is made.
    _over = True

    def __init__(
        self, backend: FolderBackend, documents: DocumentFiles, action: str, held: Mapping[str, Held], turn: Turn
    ) -> None:
        self._backend = backend
        self._documents = documents
        self._action = action
        self._held = held
        self._turn = turn
        self.serial = backend.position.serial
        self.format = backend.format
        self._read: dict[str, bytes | None] = {name: one.content for name, one in held.items()} if held else {}
        self._over = False

    def __del__(self) -> None:
        # A caller that was interrupted right after `begin` could not release it.
        if not self._over:
            self.release()

    @property
    def version(self) -> Hashable:
        """Equal in two readings between which nothing was committed: the number of the last transaction."""
        return self.serial

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none."""
        if name not in self._read:
            self._read[name] = self._documents.read(name)
        return self._read[name]

    # Whoever holds the lock decides by what is there.
    read_remembered = read

    def has(self, name: str) -> bool:
        """Return whether there is a document. Where there is none, there must be none at the commit."""
        if name not in self._read:
            if self._documents.has(name):
                return True
            self._read[name] = None
        return self._read[name] is not None

    def read_many(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield the content of each of these documents; None where there is none."""
        return ((name, self.read(name)) for name in names)

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:
        """Yield the head of each of these documents of one folder; None where there is none."""
        others = []
        for name in names:
            if name in self._read:
                content = self._read[name]
                yield name, None if content is None else head_of(content, self.fingerprint(name))
            else:
                others.append(name)
        yield from self._documents.heads(folder, others)

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the documents in a folder."""
        names = self._documents.names(folder)
        if not self._held:
            return names
        held = {name: one.content for name, one in self._held.items() if name.startswith(f"{folder}/")}
        return sorted({name for name in names if name not in held} | {name for name in held if held[name] is not None})

    def fingerprints(self, folder: str, *, fresh: bool = False) -> Fingerprints:
        """Return what shows whether each document of a folder still holds what it held."""
        with translate_os_errors(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.scan_of(folder).scan(self.serial, fresh=fresh)

    def fingerprint(self, name: str) -> Hashable | None:
        """Return the same for one document, as it is at this instant."""
        with translate_os_errors(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.scan_of(name.partition("/")[0]).stat(name, {})

    def unsettled(self, fingerprints: Mapping[str, Hashable]) -> Collection[str]:
        """Return the documents that may change from now on and keep these fingerprints."""
        return unsettled(fingerprints)

    def current_marker(self) -> bytes | None:
        """Return the marker with the number of the last transaction in it; None without one."""
        return marker.as_of(self.read(marker.NAME), self.serial, self._backend.line_digest)

    def commit(self, changes: Mapping[str, bytes | None]) -> None:
        """Write all documents or none."""
        if self._over:
            raise SessionError("this transaction is over; begin another one")
        changes = self._backend.prepare_upgrade(self, changes)
        self._refuse_held(changes)
        with self._documents.replacement() as replacement:
            before = self._look_again(replacement, changes)
            done = [_change(name, before[name], content) for name, content in changes.items()]
            self._backend.commit(done, self._action, replacement)
        self._read.update(changes)
        self.serial += 1
        self.format = self._backend.format

    def _look_again(self, replacement: Replacement, changes: Mapping[str, bytes | None]) -> Mapping[str, bytes | None]:
        """Return what the files hold that a commit replaces.

        Raises:
            ConflictError: when one is no longer what was read; what was not read yet is read for the first time here.
            StorageError: when one cannot be replaced.
        """
        contents: dict[str, bytes | None] = {}
        for name, wanted in changes.items():
            found = replacement.look(name)
            content = contents[name] = None if found is None else found.content
            if name in self._read and self._read[name] != content:
                message = f"{name} was changed by another program during this change; nothing was saved; run it again"
                raise ConflictError(name, message)
            if found is not None:
                replacement.refuse_irreplaceable(name, found, is_removal=wanted is None)
        return contents

    def _refuse_held(self, changes: Mapping[str, bytes | None]) -> None:
        for name in changes:
            if name in self._held:
                path = str(self._documents.root / name)
                reason = f"the file cannot be replaced ({self._held[name].reason})"
                raise StorageError(path, reason, Outcome.NOT_SAVED)

    def release(self) -> None:
        """Let the next writer in; nothing to do if that was done before."""
        self._over = True
        self._backend.release(self._turn)


def _change(name: str, before: bytes | None, content: bytes | None) -> journal.Change:
    return journal.Change(name, None if before is None else digest(before), content)
