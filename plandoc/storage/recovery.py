"""What a journal and a marker mean together, and what becomes of each document after a crash.

Pure functions over bytes, used by the writer that recovers, the reader that looks past an unfinished write, and the check
command.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

import attrs

from plandoc.errors import DamagedError
from plandoc.frozen import frozen
from plandoc.storage import journal, marker
from plandoc.storage.documents import digest
from plandoc.storage.layout import PLANS, Layout


class FileStatus(enum.Enum):
    """How the file of a document compares to what the journal says last about it.

    A crash leaves `STALE` files, and after a power cut sometimes `DOUBTFUL` ones. Another program may have left what is
    `DOUBTFUL`, and certainly left what is `DIVERGED`: a recovery keeps a copy of both before it replaces them.
    """

    UP_TO_DATE = "is what it should be"
    STALE = "was not replaced yet, or was lost"
    DOUBTFUL = "was lost, or was changed by another program"
    DIVERGED = "was changed by another program"


@frozen
class State:
    """What a folder holds according to its journal and marker.

    Attributes:
        marker: The marker as of the last transaction.
        serial: Number of the last transaction.
        line_digest: The checksum of its line, which distinguishes it from any other one of that number; blank when unknown.
        lines: The transactions that may be missing from the documents.
        changes: What they did to each document, in order.
        valid_size: Bytes of the journal up to the end of its last line; 0 when all of it is already checkpointed.
        last_bytes: The end of those bytes.
        torn_size: Bytes after them, of transactions that were never committed.
        dropped: The first lines, which are already checkpointed; they no longer count.
        pending: The documents that they changed, each with the number of the last one to do so; None for a document that it
            removed.
    """

    marker: marker.Marker
    serial: int
    line_digest: str
    lines: Sequence[journal.Line]
    changes: Mapping[str, Sequence[journal.Change]]
    valid_size: int
    last_bytes: bytes
    torn_size: int
    dropped: Sequence[journal.Line]
    pending: Mapping[str, int | None]

    @property
    def already_checkpointed(self) -> bool:
        """Whether the journal holds lines that are already checkpointed."""
        return bool(self.dropped)

    @property
    def number_of_lines(self) -> int:
        """How many lines the journal has."""
        return len(self.dropped) + len(self.lines)

    def changed_since(self, serial: int) -> frozenset[str] | None:
        """Return the documents that the transactions after a number changed; None when not all of them are known."""
        if not self.serial - len(self.lines) <= serial <= self.serial:
            return None
        return frozenset(change.name for line in self._lines_after(serial) for change in line.changes)

    def made_or_removed_since(self, serial: int) -> bool:
        """Whether one of the transactions after a number made or removed a document."""
        changes = (change for line in self._lines_after(serial) for change in line.changes)
        return any(change.replaces is None or change.content is None for change in changes)

    def _lines_after(self, serial: int) -> Sequence[journal.Line]:
        return self.lines[len(self.lines) - (self.serial - serial) :]


def interpret(journal_content: bytes, marker_content: bytes | None, layout: Layout = PLANS) -> State:
    """Return what a journal and a marker mean together, in a folder that holds this.

    Raises:
        DamagedError: when they cannot be understood or do not belong together.
    """
    content = journal.parse(journal_content, layout=layout)
    present = _marker(marker_content, content.lines, layout.holds)
    # The writer of the marker may have been killed before it emptied the journal, and others may have gone on writing.
    dropped = tuple(line for line in content.lines if line.serial <= present.serial)
    after_serial = dropped[0].serial - 1 if dropped else present.serial
    journal.check_belongs(content.lines, store_id=present.store_id, after_serial=after_serial)
    lines = content.lines[len(dropped) :]
    return State(
        marker=present,
        serial=present.serial + len(lines),
        line_digest=journal.checksum(content.last_bytes) if lines else present.line_digest,
        lines=lines,
        changes=journal.versions(lines),
        valid_size=content.valid_size if lines else 0,
        last_bytes=content.last_bytes if lines else b"",
        torn_size=content.torn_size,
        dropped=dropped,
        pending=_pending(lines),
    )


def extended(state: State, fresh: journal.Content) -> State:
    """Return the state of a folder whose journal has more lines than a known state.

    Args:
        state: The known state, which has lines of its own.
        fresh: The journal after those lines.

    Raises:
        DamagedError: when the lines do not belong together.
    """
    if not fresh.lines:
        return attrs.evolve(state, torn_size=fresh.torn_size)
    first = state.number_of_lines + 1
    journal.check_belongs(fresh.lines, store_id=state.marker.store_id, after_serial=state.serial, first=first)
    more = journal.versions(fresh.lines)
    changes = {**state.changes, **more}
    for name in more.keys() & state.changes.keys():
        changes[name] = (*state.changes[name], *more[name])
    written = more.get(marker.NAME)
    return State(
        marker=state.marker if written is None else marker.parse(written[-1].content or b"", state.marker.holds),
        serial=state.serial + len(fresh.lines),
        line_digest=journal.checksum(fresh.last_bytes),
        lines=(*state.lines, *fresh.lines),
        changes=changes,
        valid_size=state.valid_size + fresh.valid_size,
        last_bytes=fresh.last_bytes,
        torn_size=fresh.torn_size,
        dropped=state.dropped,
        pending={**state.pending, **_pending(fresh.lines)},
    )


def _pending(lines: Sequence[journal.Line]) -> dict[str, int | None]:
    return {change.name: None if change.content is None else line.serial for line in lines for change in line.changes}


def _marker(content: bytes | None, lines: Sequence[journal.Line], holds: str) -> marker.Marker:
    written = journal.versions(lines).get(marker.NAME, ())
    if content is not None:
        try:
            on_disk = marker.parse(content, holds)
        except DamagedError:
            if not written:
                raise
        else:
            if not written or on_disk.serial >= lines[-1].serial:
                return on_disk
    if not written or written[-1].content is None:
        raise DamagedError(marker.NAME, marker.missing())
    return marker.parse(written[-1].content, holds)


def classify(current: bytes | None, changes: Sequence[journal.Change]) -> FileStatus:
    """Return how a document's file compares to what was done to the document.

    Args:
        current: The content of the file; None when there is none.
        changes: What the journal says was done to the document, in order.
    """
    wanted = changes[-1].content
    if current == wanted:
        return FileStatus.UP_TO_DATE
    if current is None:
        return _classify_missing(changes)
    found = digest(current)
    if wanted is not None and found == digest(wanted):
        # An editor may add white space at the end; less than was written was left by a power cut.
        return FileStatus.STALE if wanted.startswith(current) else FileStatus.UP_TO_DATE
    if found == changes[-1].replaces or _is_torn(current, found, changes):
        return FileStatus.STALE
    return FileStatus.DOUBTFUL if _may_be_lost(current, found, changes) else FileStatus.DIVERGED


def _classify_missing(changes: Sequence[journal.Change]) -> FileStatus:
    """Whether the file was removed: a name that was on the disk before the first change survives any power cut."""
    was_made = any(change.replaces is None or change.content is None for change in changes)
    return FileStatus.STALE if was_made else FileStatus.DOUBTFUL


def _is_torn(current: bytes, found: str, changes: Sequence[journal.Change]) -> bool:
    """Whether a file is the beginning of a version that was written, with nothing or only NUL bytes behind it."""
    beginning = current.rstrip(b"\0")
    return bool(current) and any(
        change.content is not None and change.content.startswith(beginning) and found != digest(change.content)
        for change in changes
    )


def _may_be_lost(current: bytes, found: str, changes: Sequence[journal.Change]) -> bool:
    """Whether a power cut may have left this, though an editor, git or a sync service may have as well."""
    older = {change.replaces for change in changes}
    return found in older or not current.strip() or b"\0" in current


def check_understood(name: str, content: bytes, store_id: str, layout: Layout = PLANS) -> None:
    """Refuse a content from the journal that is not a document of the folder, before it replaces one.

    Raises:
        DamagedError: with what is wrong.
        NewerFormatError: when a newer plandoc wrote it.
    """
    belongs_to = layout.store_id_of(name, content)
    if belongs_to is not None and belongs_to != store_id:
        raise journal.damaged_content(name, belongs_to, store_id)
