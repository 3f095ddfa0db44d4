"""The folder backend: documents as files, changed together by one line in the journal.

The order of the steps is the promise: see `docs/design.md` before moving one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import attrs

from plandoc.clock import Clock, system_clock
from plandoc.errors import ConflictError, LockTimeout, Outcome, PlandocError, SessionError, StorageError
from plandoc.storage import journal, marker, recovery
from plandoc.storage.backend import Reading, Transaction
from plandoc.storage.document_files import LOST_FOUND, DocumentFiles, changed_since
from plandoc.storage.documents import digest
from plandoc.storage.files import Files
from plandoc.storage.journal_file import Identity, JournalFile, Position, identify, identity_of
from plandoc.storage.kept_rows import KeptRows
from plandoc.storage.listing import Fingerprints
from plandoc.storage.lock import FolderLock
from plandoc.storage.translation import translated

T = TypeVar("T")

# Large enough that the syncs of a checkpoint are spread over many commits, small enough to be read in milliseconds.
CHECKPOINT_SIZE = 1_000_000
_VIEW_TRIES = 20
_VIEW_TIMEOUT_SECONDS = 30.0
_CLOSE_TIMEOUT_SECONDS = 2.0


class RecoveryWarning(UserWarning):
    """A crash was recovered from in a way that the folder's owner should know of."""


class FolderBackend:
    """The documents of one data folder.

    Args:
        root: The folder; it must hold a marker.
        files: The calls to the operating system; replaced only by tests.
        clock: Where the moments in the journal and in the word left for waiting callers come from.
        checkpoint_size: Bytes from which on the journal is folded into the documents.
    """

    def __init__(
        self,
        root: Path,
        *,
        files: Files | None = None,
        clock: Clock = system_clock,
        checkpoint_size: int = CHECKPOINT_SIZE,
    ) -> None:
        self._files = files or Files()
        self._clock = clock
        self._checkpoint_size = checkpoint_size
        self._documents = DocumentFiles(root, self._files)
        self._journal = JournalFile(self._documents, self._files)
        self._lock = FolderLock(root, self._files)
        # Up to here this process knows the journal, and every document is as it says; None when it has to look.
        self._position: Position | None = None
        self._unfolded: set[str] = set()
        # Whether this process has taken away what a crash left half written beside the documents.
        self._swept = False
        self._seen: tuple[Identity, recovery.State] | None = None
        self._marker = self._present_state()[1].marker

    @property
    def location(self) -> str:
        """The folder's path."""
        return str(self._documents.root)

    @property
    def lineage(self) -> str:
        """The identity of the folder."""
        return self._marker.lineage

    @property
    def kept_rows(self) -> KeptRows:
        """Where rows are kept from one process to the next, outside the folder."""
        return KeptRows(self._documents.root, self.lineage, self._files)

    def begin(
        self, action: str, *, timeout_seconds: float, on_wait: Callable[[str], None] | None = None
    ) -> Transaction:
        """Take the lock, finish what a crash left, and return the transaction."""
        if self._journal.failed:
            raise StorageError(self.location, self._journal.failed, Outcome.UNKNOWN)
        self._lock.acquire(action=action, moment=self._clock(), timeout_seconds=timeout_seconds, on_wait=on_wait)
        try:
            with translated(self._documents.root, Outcome.NOT_SAVED):
                self._catch_up()
        except BaseException:
            self._lock.release()
            raise
        serial = 0 if self._position is None else self._position.serial
        return FolderTransaction(self, self._documents, action, serial)

    def view(self, look: Callable[[Reading], T]) -> T:
        """Return what `look` makes of a reading that mixes no two moments."""
        for _ in range(_VIEW_TRIES):
            before, state = self._present_state()
            self._refuse_other_lineage(state)
            try:
                result = look(FolderReading(self._documents, state))
            except Exception:
                if self._identity(state.sound_size) == before:
                    raise
            else:
                if self._identity(state.sound_size) == before:
                    return result
        # Somebody writes without a pause: wait for a turn instead of looking for a gap.
        transaction = self.begin("read", timeout_seconds=_VIEW_TIMEOUT_SECONDS)
        try:
            return look(transaction)
        finally:
            transaction.release()

    def commit(self, changes: Sequence[journal.Change], action: str) -> None:
        """Append one line to the journal, which is the commit, and then replace the documents."""
        with translated(self._documents.root, Outcome.NOT_SAVED):
            is_ours = self._lock.still_held()
        if self._position is None or not is_ours:
            message = "its lock file was taken away, or the folder moved, during a change; nothing was saved"
            raise ConflictError(self.location, f"{self.location}: {message}")
        line = journal.Line(self._position.serial + 1, self.lineage, tuple(changes))
        content = journal.render(line, action=action, moment=self._clock())
        # Until all is done nobody knows how far it came; after an interruption the next `begin` looks for itself.
        position, self._position = self._position, None
        try:
            position = self._journal.append(content, after=position)
        except StorageError as error:
            if error.outcome is Outcome.NOT_SAVED:
                self._position = position
            raise
        with translated(self._documents.root, Outcome.SAVED):
            self._apply(changes)
            self._documents.take_in([change.name for change in changes], position.serial)
            self._position = position
            if position.size > self._checkpoint_size:
                self._checkpoint(position)

    def prepare_upgrade(self, reading: Reading, changes: Mapping[str, bytes | None]) -> Mapping[str, bytes | None]:
        """Return what a transaction is to change; where an older plandoc wrote the folder, a backup comes first."""
        if not self._marker.is_of_older_format:
            return changes
        from plandoc.storage import upgrading  # noqa: PLC0415  (only a folder of an older plandoc needs it)

        with translated(self._documents.root, Outcome.NOT_SAVED):
            return upgrading.prepare(self._documents, reading, changes, moment=self._clock())

    def release(self) -> None:
        """Let the next writer in."""
        self._lock.release()

    def close(self) -> None:
        """Fold the journal into the documents and let go of the files."""
        try:
            if self._position is not None and self._position.size:
                self._fold_at_close()
        finally:
            self._lock.close()
            self._journal.close()
            self._position = None

    def _catch_up(self) -> None:
        """Learn what others did since this process last had the lock, and finish what they could not."""
        replaced = self._journal.reopen_if_replaced()
        known = self._position
        if known is not None and known.size and not replaced and self._journal.ends_at(known):
            return
        self._position = None
        self._recover(self._journal.read())

    def _recover(self, content: bytes) -> None:
        state = recovery.interpret(content, self._documents.read(marker.NAME))
        self._refuse_other_lineage(state)
        verdicts = {name: recovery.judge(self._documents.read(name), done) for name, done in state.changes.items()}
        unfinished = [name for name, verdict in verdicts.items() if verdict is not recovery.Verdict.CURRENT]
        self._marker = state.marker
        self._unfolded = set(state.changes)
        position = Position(state.sound_size, state.tail, state.serial)
        if unfinished:
            self._journal.write_anew(content[: state.sound_size])
            for name in unfinished:
                self._finish(name, verdicts[name], state)
            self._checkpoint(position)
        else:
            self._settle_journal(state)
            self._position = position
        # A power cut may leave a temporary file where the journal shows no trace of a crash; one look finds that, too.
        if unfinished or state.folded or state.unfinished_size or not self._swept:
            self._documents.remove_temporary([".", "events", LOST_FOUND])
            self._swept = True

    def _settle_journal(self, state: recovery.State) -> None:
        if state.folded or state.unfinished_size:
            self._journal.cut(state.sound_size)
        elif state.lines:
            # A writer that was killed may not have come to its sync.
            self._journal.sync()

    def _finish(self, name: str, verdict: recovery.Verdict, state: recovery.State) -> None:
        if verdict is recovery.Verdict.EDITED:
            kept = self._documents.keep_aside(name, state.serial)
            message = (
                f"{name} was changed after a crash; that version is kept as {kept}, the saved one is back in place"
            )
            warnings.warn(message, RecoveryWarning, stacklevel=2)
        self._documents.put(name, state.changes[name][-1].content)

    def _apply(self, changes: Sequence[journal.Change]) -> None:
        for change in changes:
            self._unfolded.add(change.name)
            self._documents.put(change.name, change.content)
            if change.name == marker.NAME and change.content is not None:
                self._marker = marker.parse(change.content)

    def _checkpoint(self, position: Position) -> None:
        """Fold the journal into the documents: afterwards the files alone are the truth.

        The order is the point: the documents are on the disk before the marker says so, and the marker is before the
        journal that it makes superfluous is emptied.
        """
        self._position = None
        self._sync_documents()
        self._marker = attrs.evolve(self._marker, serial=position.serial)
        self._documents.put_durably(marker.NAME, marker.render(self._marker))
        self._journal.cut(0)
        self._position = Position(0, b"", position.serial)
        self._unfolded = set()

    def _sync_documents(self) -> None:
        try:
            self._documents.sync(self._unfolded)
        except OSError:
            # The system reports lost pages once and then calls them clean; new files have none to lose.
            self._journal.failed = "the documents could not be made durable; close this store and open the folder again"
            with suppress(OSError, PlandocError):
                for name in sorted(self._unfolded):
                    self._documents.put(name, self._documents.read(name))
            raise

    def _fold_at_close(self) -> None:
        try:
            self._lock.acquire(
                action="close", moment=self._clock(), timeout_seconds=_CLOSE_TIMEOUT_SECONDS, on_wait=None
            )
        except LockTimeout:
            # Another process is at work in the folder; the journal is safe, and the last one to close folds it in.
            return
        try:
            # A folder that holds another's documents by now is no concern of this store any more.
            with translated(self._documents.root, Outcome.SAVED), suppress(ConflictError):
                self._catch_up()
                if self._position is not None and self._position.size:
                    self._checkpoint(self._position)
        finally:
            self._lock.release()

    def _identity(self, end: int) -> Identity:
        with translated(self._documents.root, Outcome.NOT_SAVED):
            return identify(self._documents, self._files, marker.NAME, end)

    def _refuse_other_lineage(self, state: recovery.State) -> None:
        """Refuse to go on where another folder's backup was restored over this one meanwhile."""
        if state.marker.lineage != self.lineage:
            message = "holds another folder's documents since it was opened; open it again to work with those"
            raise ConflictError(self.location, f"{self.location}: {message}")

    def _present_state(self) -> tuple[Identity, recovery.State]:
        seen = self._seen
        if seen is None or self._identity(seen[1].sound_size) != seen[0]:
            content, present = self._documents.read(journal.NAME) or b"", self._documents.read(marker.NAME)
            state = recovery.interpret(content, present)
            seen = self._seen = (identity_of(content, present, state.sound_size), state)
        return seen


class FolderReading:
    """The documents as of the last transaction, also where its files are not all written yet."""

    def __init__(self, documents: DocumentFiles, state: recovery.State) -> None:
        self._documents = documents
        self._state = state
        self.serial = state.serial

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none."""
        content = self._documents.read(name)
        changes = self._state.changes.get(name)
        if changes and recovery.judge(content, changes) is recovery.Verdict.OUTDATED:
            return changes[-1].content
        return content

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the documents in a folder."""
        names = set(self._documents.names(folder))
        for name, changes in self._state.changes.items():
            if name.startswith(f"{folder}/"):
                names.discard(name)
                names |= {name} if changes[-1].content is not None else set()
        return sorted(names)

    def fingerprints(self, folder: str, *, anew: bool = False) -> Fingerprints:
        """Return what tells whether each document of a folder still holds what it held."""
        with translated(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.listing(folder).look_with(self._state.pending, self.serial, anew=anew)

    def fingerprint(self, name: str) -> Hashable | None:
        """Return the same for one document, as it is at this instant."""
        with translated(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.listing(name.partition("/")[0]).look_at(name, self._state.pending)


class FolderTransaction:
    """The one writer of a folder."""

    def __init__(self, backend: FolderBackend, documents: DocumentFiles, action: str, serial: int) -> None:
        self._backend = backend
        self._documents = documents
        self._action = action
        self.serial = serial
        self._read: dict[str, bytes | None] = {}
        self._over = False

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none."""
        if name not in self._read:
            self._read[name] = self._documents.read(name)
        return self._read[name]

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the documents in a folder."""
        return self._documents.names(folder)

    def fingerprints(self, folder: str, *, anew: bool = False) -> Fingerprints:
        """Return what tells whether each document of a folder still holds what it held."""
        with translated(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.listing(folder).look(self.serial, anew=anew)

    def fingerprint(self, name: str) -> Hashable | None:
        """Return the same for one document, as it is at this instant."""
        with translated(self._documents.root, Outcome.NOT_SAVED):
            return self._documents.listing(name.partition("/")[0]).look_at(name, {})

    def commit(self, changes: Mapping[str, bytes | None]) -> None:
        """Write all documents or none."""
        if self._over:
            raise SessionError("this transaction is over; begin another one")
        changes = self._backend.prepare_upgrade(self, changes)
        # What nobody has asked for yet is read for the first time after this.
        changed = changed_since({name: self._read[name] for name in changes if name in self._read}, self._documents)
        if changed is not None:
            message = f"{changed} was changed by another program during this change; nothing was saved; run it again"
            raise ConflictError(changed, message)
        before = {name: self.read(name) for name in changes}
        with translated(self._documents.root, Outcome.NOT_SAVED):
            for name in (name for name, content in before.items() if content is not None):
                self._documents.refuse_read_only(name)
        self._backend.commit([_change(name, before[name], content) for name, content in changes.items()], self._action)
        self._read.update(changes)
        self.serial += 1

    def release(self) -> None:
        """Let the next writer in."""
        if not self._over:
            self._over = True
            self._backend.release()


def _change(name: str, before: bytes | None, content: bytes | None) -> journal.Change:
    return journal.Change(name, None if before is None else digest(before), content)
