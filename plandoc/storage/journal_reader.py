"""Reading journal and marker of one version of a folder without the lock, beside a process that may be writing them.

A reader that is held up in the middle can see bytes of two versions. So what it read counts only if nothing has changed when
it is done, and damage only if that is also found under the lock. Nor does a line count that may not be on the disk
yet: its writer could still fail, and take it back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeVar

from plandoc.clock import Clock
from plandoc.errors import DamagedError, LockTimeout, Outcome, PlandocError, StorageError
from plandoc.frozen import frozen
from plandoc.storage import journal, lock_file, marker, recovery
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.documents import digest
from plandoc.storage.files import CANNOT_SYNC, Files, StrPath
from plandoc.storage.layout import PLANS, Layout
from plandoc.storage.lock import FolderLock
from plandoc.storage.os_errors import raise_translated, translate_os_errors
from plandoc.storage.unwinding import and_done

T = TypeVar("T")

# A look is over in well under a millisecond, so that a process that commits without a pause is met now and then.
_TRIES = 100
_LOCK_TIMEOUT_SECONDS = 10.0


class Identity(NamedTuple):
    """What distinguishes one version of a folder from another, seen without the lock.

    An empty journal looks like any other empty one; the marker distinguishes them, because a checkpoint writes it before
    it empties the journal.

    Attributes:
        size: Of the journal in bytes, with its padding.
        ending: Its bytes from the end of the last line that was known on: as many as show whether another one came.
        marker: The marker where no line was known.
    """

    size: int
    ending: bytes
    marker: bytes | None


@frozen
class FolderVersion:
    """A version of a folder: what it holds between two transactions.

    Attributes:
        identity: What distinguishes it from the next one.
        state: What the folder held.
    """

    identity: Identity
    state: recovery.State


class JournalReader:
    """Looks at the journal and the marker of one folder; takes the lock only to make sure of damage.

    Args:
        documents: The folder.
        files: The system.
        lock: Its lock.
        clock: Where the timestamps in the word for waiting callers come from.
        layout: What the folder holds.
    """

    def __init__(
        self, documents: DocumentFiles, files: Files, lock: FolderLock, clock: Clock, layout: Layout = PLANS
    ) -> None:
        self._documents = documents
        self._files = files
        self._lock = lock
        self._clock = clock
        self._layout = layout
        self._path = documents.path_of(journal.NAME)
        self._seen: FolderVersion | None = None
        self._synced = b""

    def look(self) -> FolderVersion:
        """Return the present version: the same object as long as nothing has changed.

        Raises:
            DamagedError: when journal and marker cannot be understood.
            NewerFormatError: when a newer plandoc wrote them.
        """
        seen, continued = self._seen, None
        if seen is not None:
            present, found = _look_at(self._documents, self._files, seen.state.valid_size)
            if present == seen.identity:
                return seen
            continued = self._tried(lambda: self._continued(seen, present.size, found), is_new_file=False)
        self._seen = continued or self._read_anew()
        return self._seen

    def take_as_synced(self, last_bytes: bytes) -> None:
        """Take in that the line that ends like this is on the disk: this process has made it so."""
        self._synced = last_bytes

    def _read_anew(self) -> FolderVersion:
        for _ in range(_TRIES):
            version = self._tried(lambda: version_of(*self._contents(), self._layout), is_new_file=True)
            if version is not None:
                return version
        return self._made_sure_of()

    def _tried(self, read: Callable[[], FolderVersion | None], *, is_new_file: bool) -> FolderVersion | None:
        """Return what a look finds; None where a writer interfered, or it looks like damage."""
        try:
            found = read()
        except DamagedError:
            return None
        return found if found is not None and self._is_durable(found, is_new_file=is_new_file) else None

    def _continued(self, seen: FolderVersion, size: int, found: bytes) -> FolderVersion | None:
        """Return the present version where lines have come behind those of an earlier one; None where that is not so.

        Args:
            seen: The earlier one.
            size: Of the journal.
            found: The journal from the last bytes of those lines on.
        """
        last_bytes = seen.state.last_bytes
        if not last_bytes or not found.startswith(last_bytes):
            return None
        first = seen.state.number_of_lines + 1
        fresh = journal.parse(found[len(last_bytes) :], first=first, layout=self._layout)
        state = recovery.extended(seen.state, fresh)
        offset = seen.state.valid_size - len(last_bytes)
        return FolderVersion(_identity_in(found, offset, size, state.valid_size, None), state)

    def _is_durable(self, version: FolderVersion, *, is_new_file: bool) -> bool:
        """Make sure that the last line is on the disk, which another process may not have got to; False if it is gone.

        Args:
            version: What was found.
            is_new_file: Whether the journal may be a new file, as after a restore: then its name must be on the disk, too.
        """
        last_bytes = version.state.last_bytes
        if not last_bytes or last_bytes == self._synced:
            return True
        if not is_new_file and self._is_in_place(version.state.lines[-1]):
            self._synced = last_bytes
            return True
        with translate_os_errors(self._path, Outcome.NOT_SAVED):
            self._sync(self._files.sync_file, self._path)
            if is_new_file:
                self._sync(self._files.sync_folder, self._documents.root)
        # A writer whose own sync has failed takes the line back. Others that have come behind it do not matter.
        if self._read(version.state.valid_size - len(last_bytes), len(last_bytes)) != last_bytes:
            return False
        self._synced = last_bytes
        return True

    def _is_in_place(self, line: journal.Line) -> bool:
        """Whether a document is as a line says, which shows that the line is on the disk: no writer replaces a document earlier.

        This saves a sync, which makes the disk flush its cache even when there is nothing to write.
        """
        contents = {change.content: change for change in line.changes if change.content is not None}
        smallest = min(contents, key=len, default=b"")
        # Before the line was written, the document was as the line says, too; where that was the same, nothing is shown.
        if not smallest or contents[smallest].replaces == digest(smallest):
            return False
        try:
            return self._documents.read(contents[smallest].name) == smallest
        except PlandocError:
            # It may be one that nobody has asked for.
            return False

    def _sync(self, sync: Callable[[StrPath], None], path: StrPath) -> None:
        try:
            sync(path)
        except OSError as error:
            if error.errno not in CANNOT_SYNC:
                raise

    def _made_sure_of(self) -> FolderVersion:
        """Return the version as it is while no other process can write, or raise what is wrong with it."""
        if self._files.status(self._documents.root / lock_file.FOLDER / lock_file.NAME) is None:
            # No process can be writing: a writer locks first.
            return self._agreed_on()
        return and_done(self._looked_at_alone, self._lock.release)

    def _looked_at_alone(self) -> FolderVersion:
        try:
            self._lock.acquire(
                action=None, timestamp=self._clock(), timeout_seconds=_LOCK_TIMEOUT_SECONDS, on_wait=None
            )
        except (LockTimeout, StorageError):
            # A process that may not write cannot lock; one that has had the lock for so long is not writing the journal.
            return self._agreed_on()
        return self._durable(version_of(*self._contents(), self._layout))

    def _agreed_on(self) -> FolderVersion:
        """Return the version, or raise what is wrong with it, once two reads of the files in a row are alike."""
        contents = self._contents()
        for _ in range(_TRIES):
            before, contents = contents, self._contents()
            if before == contents:
                break
        return self._durable(version_of(*contents, self._layout))

    def _durable(self, version: FolderVersion) -> FolderVersion:
        self._is_durable(version, is_new_file=True)
        return version

    def _contents(self) -> tuple[bytes, bytes | None]:
        return self._documents.read(journal.NAME) or b"", self._documents.read(marker.NAME)

    def _read(self, offset: int, size: int) -> bytes:
        """Return so many bytes of the journal from an offset on; fewer where it ends before."""
        return self._looked(lambda handle: self._files.read_at(handle, offset, size), b"")

    def _looked(self, look: Callable[[int], T], without: T) -> T:
        with translate_os_errors(self._path, Outcome.NOT_SAVED):
            try:
                handle, _ = self._files.open_to_read(self._path)
            except FileNotFoundError:
                return without
            try:
                return look(handle)
            finally:
                self._files.close(handle)


def version_of(content: bytes, present: bytes | None, layout: Layout = PLANS) -> FolderVersion:
    """Return the version of a folder of which a journal and a marker have been read, and which holds this.

    Raises:
        DamagedError: when they cannot be understood or do not belong together.
    """
    state = recovery.interpret(content, present, layout)
    return FolderVersion(_identity_in(content, 0, len(content), state.valid_size, present), state)


def identify(documents: DocumentFiles, files: Files, end: int) -> Identity:
    """Return the identity of this version.

    Args:
        documents: The folder.
        files: The system.
        end: Where the last line ended that was known; 0 when none was.
    """
    return _look_at(documents, files, end)[0]


def _look_at(documents: DocumentFiles, files: Files, end: int) -> tuple[Identity, bytes]:
    """Return the same, and what was read of the journal for it."""
    size, ending, found = 0, b"", b""
    try:
        with suppress(FileNotFoundError):
            handle, status = files.open_to_read(documents.path_of(journal.NAME))
            try:
                size = status.st_size
                ending, found = _ending(lambda at, length: files.read_at(handle, at, length), size, end)
            finally:
                files.close(handle)
    except OSError as error:
        raise_translated(error, documents.root)
    return Identity(size, ending, None if size and end else documents.read_remembered(marker.NAME)), found


def _identity_in(content: bytes, start: int, size: int, end: int, present: bytes | None) -> Identity:
    """Return the same from what was read of the journal, from a place on, and of the marker."""
    ending, _ = _ending(lambda at, length: content[at - start : at - start + length], size, end)
    return Identity(size, ending, None if size and end else present)


def _ending(read: Callable[[int, int], bytes], size: int, end: int) -> tuple[bytes, bytes]:
    """Return the end of the last line that was known with the first byte behind it, or with all that follows.

    Args:
        read: Returns so many bytes of the journal from an offset on.
        size: Of the journal, with its padding.
        end: Where that line ended.

    Returns:
        These bytes twice: without the padding behind a new line, of which it says nothing how much was read, and with it.
    """
    if not size:
        return b"", b""
    offset, length = journal.ending(end)
    found = read(offset, length)
    if found[end - offset :] != journal.PADDING:
        # A line that is being written looks the same from its first byte on; only all of it shows whether it is complete.
        found = journal.read_to_padding(read, offset, size)
    return found if found[end - offset :] == journal.PADDING else found.rstrip(journal.PADDING), found
