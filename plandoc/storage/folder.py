"""The folder backend: documents as files, changed together by one line in the journal.

The promises depend on the order of the steps: see `docs/design.md` before moving one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import attrs

from plandoc.clock import Clock, stopwatch_seconds, system_clock
from plandoc.errors import ConflictError, DamagedError, LockTimeout, Outcome, PlandocError, StorageError
from plandoc.storage import handover, journal, marker, recovery
from plandoc.storage.backend import Reading, Transaction
from plandoc.storage.document_files import LOST_FOUND, DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.folder_reading import FolderReading
from plandoc.storage.folder_recovery import NOT_ALLOWED, Held, recover
from plandoc.storage.folder_transaction import FolderTransaction
from plandoc.storage.journal_file import JournalFile, Position
from plandoc.storage.journal_reader import JournalReader
from plandoc.storage.layout import PLANS, Layout
from plandoc.storage.lock import FolderLock
from plandoc.storage.os_errors import raise_translated, translate_os_errors
from plandoc.storage.replacement import Replacement
from plandoc.storage.thread_queue import Turn
from plandoc.storage.unwinding import or_undone

T = TypeVar("T")

# Large enough that fewer than one commit in a hundred waits for a checkpoint, small enough to be read in 10 milliseconds.
CHECKPOINT_SIZE = 4_000_000
# A reading disturbed by writers is repeated for as long as nobody would notice; then it takes a turn.
_VIEW_SECONDS = 0.1
_VIEW_TIMEOUT_SECONDS = 30.0
_CLOSE_TIMEOUT_SECONDS = 2.0


class FolderBackend:
    """The documents of one data folder.

    Args:
        root: The folder; it must hold a marker.
        files: The calls to the operating system; replaced only by tests.
        clock: Where the timestamps in the journal and in the note for waiting callers come from.
        checkpoint_size: Bytes from which on the journal is checkpointed.
        layout: What the folder holds.
    """

    side_by_side = False

    def __init__(
        self,
        root: Path,
        *,
        files: Files | None = None,
        clock: Clock = system_clock,
        checkpoint_size: int = CHECKPOINT_SIZE,
        layout: Layout = PLANS,
    ) -> None:
        self._files = files or Files()
        self._clock = clock
        self._checkpoint_size = checkpoint_size
        self._layout = layout
        self._documents = DocumentFiles(root, self._files)
        self._journal = JournalFile(self._documents, self._files)
        self._lock = FolderLock(root, self._files)
        # Up to here this process knows the journal, and every document matches it; None when it has to look.
        self._position: Position | None = None
        self._since_checkpoint: set[str] = set()
        # From here on the journal may name more documents than those; None when all are known.
        self._unread_from: int | None = None
        # Documents whose files cannot be replaced; the journal keeps what they should hold.
        self._held: Mapping[str, Held] = {}
        # Whether this process has removed what a crash left half written beside the documents.
        self._temporaries_removed = False
        self._reader = JournalReader(self._documents, self._files, self._lock, clock, layout)
        self._marker = self._reader.look().state.marker

    @property
    def location(self) -> str:
        """The folder's path."""
        return str(self._documents.root)

    @property
    def store_id(self) -> str:
        """The identity of the folder."""
        return self._marker.store_id

    @property
    def format(self) -> int:
        """The format of the folder."""
        return self._marker.format

    def begin(
        self, action: str, *, timeout_seconds: float, on_wait: Callable[[str], None] | None = None
    ) -> Transaction:
        """Take the lock, finish what a crash left, and return the transaction."""
        if self._journal.failed:
            raise StorageError(self.location, self._journal.failed, Outcome.UNKNOWN)
        turn = Turn()

        def start() -> Transaction:
            self._lock.take(
                turn, action=action, timestamp=self._clock(), timeout_seconds=timeout_seconds, on_wait=on_wait
            )
            try:
                self._refresh()
            except OSError as error:
                raise_translated(error, self._documents.root)
            return FolderTransaction(self, self._documents, action, self._held, turn)

        return or_undone(start, lambda: self.release(turn))

    @property
    def position(self) -> Position:
        """Where the journal ends; for the transaction that has the lock."""
        if self._position is None:
            raise StorageError(self.location, "the folder was not read under the lock", Outcome.NOT_SAVED)
        return self._position

    @property
    def line_digest(self) -> str:
        """The checksum of the line of the last transaction; blank when it is not known."""
        return journal.checksum(self.position.last_bytes) or self._marker.line_digest

    def view(self, function: Callable[[Reading], T]) -> T:
        """Return what `function` makes of a reading that mixes no two versions."""
        started = stopwatch_seconds()
        edited: frozenset[str] = frozenset()
        while True:
            state = self._present_state()
            reading = FolderReading(self._documents, state, edited)
            try:
                result = function(reading)
            except Exception:
                now = self._present_state()
                if reading.still_holds(now):
                    raise
            else:
                now = self._present_state()
                if reading.still_holds(now):
                    return result
            edited |= reading.edited_by_others(now)
            waited = stopwatch_seconds() - started
            if waited > _VIEW_SECONDS and (transaction := self._begin_to_read(waited)) is not None:
                break
        try:
            return function(transaction)
        finally:
            transaction.release()

    def _begin_to_read(self, waited: float) -> Transaction | None:
        """Take a turn among the writers; None without permission to write, and so to lock, until that has taken too long."""
        try:
            return self.begin("read", timeout_seconds=_VIEW_TIMEOUT_SECONDS)
        except StorageError as error:
            if error.errno not in NOT_ALLOWED or waited > _VIEW_TIMEOUT_SECONDS:
                raise
        return None

    def commit(self, changes: Sequence[journal.Change], action: str, replacement: Replacement) -> None:
        """Append one line to the journal, which is the commit, and then replace the documents."""
        try:
            is_ours = self._lock.is_still_ours()
        except OSError as error:
            raise_translated(error, self._documents.root)
        if self._position is None or not is_ours:
            message = "its lock file was removed, or the folder was moved, during a change; nothing was saved"
            raise ConflictError(self.location, f"{self.location}: {message}")
        line = journal.Line(self._position.serial + 1, self._marker.store_id, tuple(changes))
        content = journal.render(line, action=action, timestamp=self._clock())
        # Unknown until everything is done; after an interruption the next `begin` looks again.
        before, self._position = self._position, None
        position = self._append(changes, content, before, replacement)
        self._reader.take_as_synced(position.last_bytes)
        is_waited_for = self._lock.call_next()
        try:
            self._apply(changes, replacement)
            self._documents.apply_commit([change.name for change in changes], position.serial)
            self._position = position
            if position.size > self._checkpoint_size:
                self._checkpoint_unless_held(position)
            elif is_waited_for and not self._held:
                self._lock.leave(handover.left(position, self._marker))
        except (OSError, PlandocError) as error:
            raise_translated(error, self._documents.root, Outcome.SAVED)

    def _append(
        self, changes: Sequence[journal.Change], content: bytes, before: Position, replacement: Replacement
    ) -> Position:
        """Write what is to replace the documents beside them, then the line that makes it so.

        In this order: where a folder is full, or may not be written to, that is known before anything is saved.
        """
        try:
            self._stage(changes, replacement)
            return self._journal.append(content, after=before)
        except BaseException as error:
            replacement.discard_staged(change.name for change in changes)
            if isinstance(error, PlandocError) and getattr(error, "outcome", None) is not Outcome.UNKNOWN:
                self._position = before
            raise

    def _stage(self, changes: Sequence[journal.Change], replacement: Replacement) -> None:
        try:
            for change in changes:
                replacement.stage(change.name, change.content)
        except OSError as error:
            raise_translated(error, self._documents.root)

    def prepare_upgrade(self, reading: Reading, changes: Mapping[str, bytes | None]) -> Mapping[str, bytes | None]:
        """Return what a transaction is to change; where an older plandoc wrote the folder, a backup comes first."""
        if not self._marker.is_of_older_format:
            return changes
        from plandoc.storage import pre_migration_backup  # noqa: PLC0415  (only a folder of an older plandoc needs it)

        with translate_os_errors(self._documents.root, Outcome.NOT_SAVED):
            changes = pre_migration_backup.raised(reading, changes)
            # This is the last moment at which the older plandoc can read the whole folder.
            pre_migration_backup.keep(self._documents, reading, serial=self.position.serial, timestamp=self._clock())
            return changes

    def release(self, turn: Turn) -> None:
        """Let the next writer in."""
        self._lock.release(turn)

    def close(self) -> None:
        """Checkpoint the journal and release the files."""
        with translate_os_errors(self._documents.root, Outcome.SAVED):
            try:
                if self._position is not None and self._position.size:
                    self._checkpoint_at_close()
            finally:
                self._position = None
                try:
                    self._lock.close()
                finally:
                    self._journal.close()

    def _refresh(self) -> None:
        """Find out what others did since this process last had the lock, and finish what they left unfinished."""
        replaced = self._journal.reopen_if_replaced()
        known, self._position = self._position, None
        if known is not None and known.size and not (replaced or self._held or self._journal.is_shared):
            self._position = known if self._journal.ends_at(known) else self._read_on(known)
        if self._position is None:
            self._recover(self._journal.read())

    def _read_on(self, known: Position) -> Position | None:
        """Take in the lines behind a position, whose writers came to their end; None where there is more to be done."""
        if (handed_over := self._handed_over(known)) is not None:
            return handed_over
        content = self._journal.read_behind(known)
        try:
            fresh = journal.parse(content or b"", layout=self._layout)
            journal.check_belongs(fresh.lines, store_id=self.store_id, after_serial=known.serial)
        except DamagedError:
            # A reading of all of it can say where.
            return None
        changes = journal.versions(fresh.lines)
        if fresh.torn_size or not fresh.lines or not self._are_in_place(changes):
            return None
        # A killed writer may not have reached its sync.
        self._journal.sync()
        if marker.NAME in changes:
            self._marker = marker.parse(changes[marker.NAME][-1].content or b"")
        self._since_checkpoint.update(changes)
        return Position(known.size + fresh.valid_size, fresh.last_bytes, known.serial + len(fresh.lines))

    def _handed_over(self, known: Position) -> Position | None:
        """Take in the lines behind a position without a look at them, if the last holder vouches for them."""
        end = handover.found(self._lock.found(handover.SIZE), known, self._marker)
        if end is None or not (self._journal.goes_past(known) and self._journal.ends_at(end)):
            return None
        if self._unread_from is None:
            self._unread_from = known.size
        self._journal.take_as_synced()
        return end

    def _are_in_place(self, changes: Mapping[str, Sequence[journal.Change]]) -> bool:
        return all(
            recovery.classify(self._documents.read(name), done) is recovery.FileStatus.UP_TO_DATE
            for name, done in changes.items()
        )

    def _recover(self, content: bytes) -> None:
        state = recovery.interpret(content, self._documents.read(marker.NAME), self._layout)
        self._refuse_other_store(state)
        done = recover(self._documents, self._journal, state, content, self._layout)
        self._marker, self._held = state.marker, done.held
        self._since_checkpoint, self._unread_from = set(state.changes), None
        self._position = Position(done.size, state.last_bytes, state.serial)
        if done.unfinished:
            self._checkpoint_unless_held(self._position)
        # A power cut may leave a temporary file although the journal shows no trace of a crash; one look finds that, too.
        if done.unfinished or state.dropped or state.torn_size or not self._temporaries_removed:
            self._documents.remove_temporary([".", *self._layout.folders, LOST_FOUND])
            self._temporaries_removed = True

    def _apply(self, changes: Sequence[journal.Change], replacement: Replacement) -> None:
        for change in changes:
            self._since_checkpoint.add(change.name)
            replacement.put_staged(change.name, change.content)
            if change.name == marker.NAME and change.content is not None:
                self._marker = marker.parse(change.content)

    def _checkpoint_unless_held(self, position: Position) -> None:
        if not self._held:
            self._checkpoint(position)

    def _checkpoint(self, position: Position) -> None:
        """Make the documents durable and empty the journal: afterwards the files alone count.

        The order matters: the documents are on the disk before the marker says so, and the marker is on the disk before the
        journal, which it makes superfluous, is emptied.
        """
        self._position = None
        self._renew_documents()
        digest = journal.checksum(position.last_bytes)
        self._marker = attrs.evolve(self._marker, serial=position.serial, line_digest=digest)
        self._documents.put_durably(marker.NAME, marker.render(self._marker))
        self._journal.cut(0)
        self._position = Position(0, b"", position.serial)
        self._since_checkpoint, self._unread_from = set(), None

    def _renew_documents(self) -> None:
        if self._unread_from is not None:
            self._since_checkpoint |= self._journal.names_behind(self._unread_from)
        try:
            # The marker is written durably behind them.
            self._documents.renew(self._since_checkpoint - {marker.NAME})
        except OSError:
            self._journal.failed = "the documents could not be made durable; close this store and open the folder again"
            raise

    def _checkpoint_at_close(self) -> None:
        try:
            self._lock.acquire(
                action="close", timestamp=self._clock(), timeout_seconds=_CLOSE_TIMEOUT_SECONDS, on_wait=None
            )
        except LockTimeout:
            # Another process is at work in the folder; the journal is safe, and the last one to close checkpoints it.
            return
        try:
            # A folder that now holds another store's documents does not concern this store any more.
            with suppress(ConflictError):
                self._refresh()
                if self._position is not None and self._position.size:
                    self._checkpoint_unless_held(self._position)
        finally:
            self._lock.release()

    def _refuse_other_store(self, state: recovery.State) -> None:
        """Refuse to go on where another folder's backup was restored over this one meanwhile."""
        if state.marker.store_id != self._marker.store_id:
            message = "has held another folder's documents since it was opened; open it again to work with those"
            raise ConflictError(self.location, f"{self.location}: {message}")

    def _present_state(self) -> recovery.State:
        state = self._reader.look().state
        self._refuse_other_store(state)
        return state
