"""The journal as a file: where lines are appended, and what tells one moment of it from another."""

from __future__ import annotations

from collections.abc import Callable

from plandoc.errors import Outcome, StorageError
from plandoc.storage import journal
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.translation import storage_error
from plandoc.values import frozen

# A line that is written into a file that is long enough changes nothing but bytes, so that its sync need not wait for what
# the file system has to write down of a file that grows: with all files that were replaced meanwhile that takes twice as long.
LEAST_ROOM_SIZE = 64 * 1024


@frozen
class Position:
    """Where the journal ends.

    Attributes:
        size: In bytes.
        tail: Its last bytes; the checksum in them makes every line's end unlike any other.
        serial: Number of the last transaction, in the journal or folded in before.
    """

    size: int
    tail: bytes
    serial: int


class JournalFile:
    """The journal of one folder; used only by the one who holds the lock."""

    def __init__(self, documents: DocumentFiles, files: Files) -> None:
        self._documents = documents
        self._files = files
        self._path = documents.root / journal.NAME
        self._open: int | None = None
        self._folder_is_unsynced = False
        self.failed: str | None = None

    def reopen_if_replaced(self) -> bool:
        """Make sure that the open file is the one at the path; return whether it had to be opened."""
        if self._open is not None and self._files.is_same(self._open, self._path):
            return False
        self.close()
        self._open = self._files.open_to_write(self._path, create=True)
        # Whoever made the file may have been killed before the name was on the disk, and nothing tells.
        self._folder_is_unsynced = True
        return True

    def ends_at(self, position: Position) -> bool:
        """Whether the journal still ends where it did."""
        found = self._files.read_at(self._handle, *_ending(position.size))
        tail, behind = found[: len(position.tail)], found[len(position.tail) :]
        return tail == position.tail and behind in (b"", journal.ROOM)

    def read(self) -> bytes:
        """Return the whole content."""
        return self._files.read_at(self._handle, 0, self._files.size(self._handle))

    def append(self, content: bytes, *, after: Position) -> Position:
        """Write a line behind a position and return when it is on the disk. This is the commit.

        Raises:
            StorageError: with what became of the line.
        """
        self._write(content, after)
        try:
            self.sync()
        except OSError as error:
            # Never tried again: the system reports a lost write once and then forgets that it ever was unwritten.
            # Nor may another process build on the line, which it would find in memory and take for written.
            self._take_back(after)
            self.failed = "an earlier transaction could not be made durable; close this store and open the folder again"
            raise storage_error(error, self._path, Outcome.UNKNOWN, "the journal could not be made durable") from error
        return Position(after.size + len(content), content[-journal.TAIL_SIZE :], after.serial + 1)

    def cut(self, size: int) -> None:
        """Cut off what follows a size, durably: a later crash must not show it behind the next line."""
        self._files.truncate(self._handle, size)
        self.sync()

    def sync(self) -> None:
        """Make durable what stands in the journal, and for the first time since it was opened, that it is there."""
        try:
            self._files.sync_data(self._handle)
            if self._folder_is_unsynced:
                self._files.sync_folder(self._path.parent)
        except OSError:
            self.failed = "the journal could not be made durable; close this store and open the folder again"
            raise
        self._folder_is_unsynced = False

    def write_anew(self, content: bytes) -> None:
        """Put a new file with this content in the journal's place, durably.

        Not synced in place: after a failed sync the system may call lost pages clean, and a new file has none.
        """
        self.close()
        self._documents.put_durably(journal.NAME, content)
        self._open = self._files.open_to_write(self._path)
        self._folder_is_unsynced = False

    def close(self) -> None:
        """Let go of the file."""
        if self._open is not None:
            self._files.close(self._open)
        self._open = None

    @property
    def _handle(self) -> int:
        if self._open is None:
            raise StorageError(str(self._path), "the journal is not open", Outcome.NOT_SAVED)
        return self._open

    def _write(self, content: bytes, after: Position) -> None:
        try:
            self._make_room(len(content), after)
            self._files.write_at(self._handle, after.size, content)
        except OSError as error:
            self._take_back(after)
            raise storage_error(error, self._path, Outcome.NOT_SAVED, "the journal could not be written") from error

    def _make_room(self, size: int, after: Position) -> None:
        """Make the file long enough for a line of this size and more, unless it is, or the line is the first.

        Before the line and not with it: where the disk is full behind a line, that would stand there whole and be told as
        not saved.
        """
        # Who writes but one line needs no room.
        if after.size and after.size + size > self._files.size(self._handle):
            # As much again as there is: little for who writes little, and few times for who writes much.
            room = journal.ROOM * (size + max(LEAST_ROOM_SIZE, after.size))
            self._files.write_at(self._handle, after.size, room)

    def _take_back(self, after: Position) -> None:
        try:
            # A line without its end was never committed; but it must not stand before the next one.
            self._files.truncate(self._handle, after.size)
        except OSError:
            self.failed = "an earlier transaction was cut off; close this store and open the folder again"


@frozen
class Identity:
    """What tells one moment of a folder from another, seen without the lock.

    An empty journal looks like any other empty one; the marker tells them apart, for a checkpoint writes it before
    it empties the journal.

    Attributes:
        size: Of the journal in bytes, with its room.
        ending: Its bytes from the end of the last line that was known on: as many as tell whether another one came.
        marker: The marker where no line was known.
    """

    size: int
    ending: bytes
    marker: bytes | None


def identify(documents: DocumentFiles, files: Files, marker_name: str, end: int) -> Identity:
    """Return the identity of this moment.

    Args:
        documents: The folder.
        files: The system.
        marker_name: The document that is the marker.
        end: Where the last line ended that was known; 0 when none was.
    """
    try:
        handle = files.open_to_read(documents.root / journal.NAME)
    except FileNotFoundError:
        return Identity(0, b"", documents.read(marker_name))
    try:
        size = files.size(handle)
        ending = _ending_that_tells(lambda offset, length: files.read_at(handle, offset, length), size, end)
    finally:
        files.close(handle)
    return Identity(size, ending, None if size and end else documents.read(marker_name))


def identity_of(content: bytes, marker: bytes | None, end: int) -> Identity:
    """Return the identity of the moment at which a journal and a marker have been read; see `identify`."""
    size = len(content)
    ending = _ending_that_tells(lambda offset, length: content[offset : offset + length], size, end)
    return Identity(size, ending, None if size and end else marker)


def _ending_that_tells(read: Callable[[int, int], bytes], size: int, end: int) -> bytes:
    offset, length = _ending(end)
    ending = read(offset, length)
    # A line that is being written looks the same from its first byte on; all of it tells whether it came to its end.
    return ending if ending[end - offset :] == journal.ROOM else read(offset, size)


def _ending(end: int) -> tuple[int, int]:
    """Return where the tail of a last line starts, and how many bytes it has with the first one behind it."""
    offset = max(0, end - journal.TAIL_SIZE)
    return offset, end - offset + len(journal.ROOM)
