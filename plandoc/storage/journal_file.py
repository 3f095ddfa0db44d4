"""The journal as a file, for its writer: where lines are appended, and made durable."""

from __future__ import annotations

import os

from plandoc.errors import Outcome, StorageError
from plandoc.frozen import frozen
from plandoc.storage import journal
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.os_errors import storage_error

# A line written into a file that is long enough changes nothing but bytes, so its sync need not wait for the metadata of a
# growing file, which, with that of all files replaced meanwhile, takes twice as long.
LEAST_PADDING_SIZE = 64 * 1024
_NOT_WRITTEN = "the journal could not be written"


@frozen
class Position:
    """Where the journal ends.

    Attributes:
        size: In bytes.
        last_bytes: Its last bytes; the checksum in them distinguishes every line's end from any other.
        serial: Number of the last transaction, in the journal or checkpointed before.
    """

    size: int
    last_bytes: bytes
    serial: int


class JournalFile:
    """The journal of one folder; used only by the holder of the lock.

    Attributes:
        is_shared: Whether the file also has another name, as in a folder copied with hard links.
        failed: Why nothing more can be written; None while it can.
    """

    def __init__(self, documents: DocumentFiles, files: Files) -> None:
        self._documents = documents
        self._files = files
        self._path = str(documents.root / journal.NAME)
        self._open: int | None = None
        # Which file is open, and how long it is; only the holder of the lock changes that.
        self._identity = (0, 0)
        self._size = 0
        self.is_shared = False
        self._folder_is_unsynced = False
        self._is_unsynced = False
        self.failed: str | None = None

    def reopen_if_replaced(self) -> bool:
        """Make sure that the open file is the one at the path; return whether it had to be opened."""
        present = self._files.status(self._path)
        if present is not None and self._open is not None and (present.st_dev, present.st_ino) == self._identity:
            self._take_in(present)
            return False
        self.close()
        self._open_anew(create=True)
        self._folder_is_unsynced = True
        return True

    def _open_anew(self, *, create: bool = False) -> None:
        self._open = self._files.open_to_write(self._path, create=create)
        self._take_in(self._files.status_of(self._open))

    def _take_in(self, status: os.stat_result) -> None:
        self._identity = (status.st_dev, status.st_ino)
        self._size = status.st_size
        self.is_shared = status.st_nlink > 1

    def ends_at(self, position: Position) -> bool:
        """Whether the journal ends there."""
        return self._behind(position) in (b"", journal.PADDING)

    def goes_past(self, position: Position) -> bool:
        """Whether the journal has come to there, and may have gone on."""
        return self._behind(position) is not None

    def _behind(self, position: Position) -> bytes | None:
        """Return the first byte behind a position, if there is one; None where the journal has no such position."""
        found = self._files.read_at(self._handle, *journal.ending(position.size))
        size = len(position.last_bytes)
        return found[size:] if found[:size] == position.last_bytes else None

    def read(self) -> bytes:
        """Return the whole content, which may not be on the disk yet."""
        self._is_unsynced = True
        return self._files.read_at(self._handle, 0, self._files.size(self._handle))

    def names_behind(self, size: int) -> frozenset[str]:
        """Return the documents that the lines behind a size name."""
        return journal.names_in(self._read_from(size))

    def read_behind(self, position: Position) -> bytes | None:
        """Return what others have written behind a position; None when the journal no longer has its end there."""
        self._is_unsynced = True
        found = self._read_from(position.size - len(position.last_bytes))
        return found[len(position.last_bytes) :] if found.startswith(position.last_bytes) else None

    def _read_from(self, offset: int) -> bytes:
        """Return what follows an offset, without most of the padding."""
        handle = self._handle
        return journal.read_to_padding(
            lambda at, size: self._files.read_at(handle, at, size), offset, self._files.size(handle)
        )

    def take_as_synced(self) -> None:
        """Note that what was read is on the disk: a holder of the lock has made sure of that."""
        self._is_unsynced = False

    def append(self, content: bytes, *, after: Position) -> Position:
        """Write a line behind a position and return when it is on the disk. This is the commit.

        Raises:
            StorageError: with what became of the line.
        """
        handle, end = self._handle, after.size + len(content)
        if self._is_unsynced or self._folder_is_unsynced:
            self.settle()
        self._write(handle, content, after, end)
        try:
            self._files.sync_data(handle)
        except OSError as error:
            # Never tried again: the system reports a lost write once and then forgets it.
            # Nor may another process build on the line, which it would read from memory and take for written.
            self._truncate_to(after)
            self.failed = "an earlier transaction could not be made durable; close this store and open the folder again"
            raise storage_error(error, self._path, Outcome.UNKNOWN, "the journal could not be made durable") from error
        return Position(end, content[-journal.LAST_BYTES_SIZE :], after.serial + 1)

    def cut(self, size: int) -> None:
        """Cut off what follows a size, durably: a later crash must not show it behind the next line."""
        self._settle_folder()
        self._files.truncate(self._handle, size)
        self._size = size
        self.sync()

    def sync(self) -> None:
        """Make durable what is in the journal, and that it is there."""
        self._settle_folder()
        self._sync()
        self._is_unsynced = False

    def _settle_folder(self) -> None:
        if not self._folder_is_unsynced:
            return
        try:
            self._files.sync_name_of(self._documents.root)
            self._files.sync_folder(self._documents.root)
        except OSError:
            self.failed = "the folder could not be made durable; close this store and open the folder again"
            raise
        self._folder_is_unsynced = False

    def _sync(self) -> None:
        try:
            self._files.sync_data(self._handle)
        except OSError:
            self.failed = "the journal could not be made durable; close this store and open the folder again"
            raise

    def rewrite(self, content: bytes) -> None:
        """Replace the journal durably with a new file with this content.

        Syncing the old file is not enough: after a failed sync the system may call lost pages clean, and a new file has none. The
        sync still comes first: a reader may see the new file and believe it before its name is on the disk.
        """
        self.sync()
        self.close()
        self._documents.put_durably(journal.NAME, content)
        self._open_anew()

    def close(self) -> None:
        """Close the file."""
        handle, self._open = self._open, None
        if handle is not None:
            self._files.close(handle)

    @property
    def _handle(self) -> int:
        if self._open is None:
            raise StorageError(self._path, "the journal is not open", Outcome.NOT_SAVED)
        return self._open

    def settle(self) -> None:
        """Make durable what was found there, before a line is written behind it.

        The previous writer may have been killed between a rename or a truncation and its sync. Nothing shows it; but a power cut
        that undid the former and kept what is written now would leave a journal and a marker of two different versions of the
        folder, or old lines behind new ones.
        """
        try:
            self.sync()
        except OSError as error:
            reason = "what was there before could not be made durable"
            raise storage_error(error, self._documents.root, Outcome.NOT_SAVED, reason) from error

    def _write(self, handle: int, content: bytes, after: Position, end: int) -> None:
        # The first line needs no padding, because a process that writes only one has no use for it.
        if after.size and end > self._size:
            self._preallocate(handle, after, end)
        try:
            self._files.write_at(handle, after.size, content)
            self._size = max(self._size, end)
        except OSError as error:
            # A line that cannot be cut off may be complete on the disk.
            outcome = Outcome.NOT_SAVED if self._truncate_to(after) else Outcome.UNKNOWN
            raise storage_error(error, self._path, outcome, _NOT_WRITTEN) from error

    def _preallocate(self, handle: int, after: Position, end: int) -> None:
        """Make the file long enough for the next line and more.

        Before the line and not with it: if the disk became full after the line, a complete line would be reported as not
        saved.
        """
        # Doubled: little for a process that writes little, and rarely done by one that writes much.
        padding = journal.PADDING * (end - after.size + max(LEAST_PADDING_SIZE, after.size))
        try:
            self._files.write_at(handle, after.size, padding)
            self._size = after.size + len(padding)
        except OSError as error:
            self._truncate_to(after)
            raise storage_error(error, self._path, Outcome.NOT_SAVED, _NOT_WRITTEN) from error

    def _truncate_to(self, after: Position) -> bool:
        """Cut off what was written, even half a line, which must not precede the next one; return whether that worked."""
        try:
            self._files.truncate(self._handle, after.size)
            self._size = after.size
        except OSError:
            self.failed = "an earlier transaction was cut off; close this store and open the folder again"
            return False
        return True
