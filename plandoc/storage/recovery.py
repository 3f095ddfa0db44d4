"""What a journal and a marker mean together, and what becomes of each document after a crash.

Pure functions over bytes: the writer that recovers, the reader that looks past an unfinished write and the
check command all ask here.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence

from plandoc.errors import DamagedError
from plandoc.storage import journal, marker
from plandoc.storage.documents import digest
from plandoc.values import frozen


class Verdict(enum.Enum):
    """How the file of a document compares to the last thing the journal says of it."""

    CURRENT = "is what it should be"
    OUTDATED = "was not replaced yet, or was lost"
    EDITED = "was changed by somebody else"


@frozen
class State:
    """What a folder holds according to its journal and marker.

    Attributes:
        marker: The marker as of the last transaction.
        serial: Number of the last transaction.
        lines: The transactions that the documents may lack.
        changes: What these did to each document, in order.
        sound_size: Bytes of the journal that count; 0 when all of it is folded in already.
        tail: The end of those bytes.
        unfinished_size: Bytes after them, of transactions that were never committed.
        folded: Whether the journal holds lines that a checkpoint has folded in already.
        pending: The documents that these changed, each with the number of the last one to do so; None instead of a
            number where that one removed it.
    """

    marker: marker.Marker
    serial: int
    lines: Sequence[journal.Line]
    changes: Mapping[str, Sequence[journal.Change]]
    sound_size: int
    tail: bytes
    unfinished_size: int
    folded: bool
    pending: Mapping[str, int | None]


def interpret(journal_content: bytes, marker_content: bytes | None) -> State:
    """Return what a journal and a marker mean together.

    Raises:
        DamagedError: when they cannot be understood or do not belong together.
    """
    content = journal.parse(journal_content)
    present = _marker(marker_content, content.lines)
    folded = bool(content.lines) and content.lines[-1].serial <= present.serial
    if folded:
        # Power went between writing the marker and emptying the journal: every line is in the documents.
        first = content.lines[0].serial
        journal.check_belongs(content.lines, lineage=present.lineage, after_serial=first - 1)
    else:
        journal.check_belongs(content.lines, lineage=present.lineage, after_serial=present.serial)
    lines = () if folded else content.lines
    return State(
        marker=present,
        serial=present.serial + len(lines),
        lines=lines,
        changes=journal.versions(lines),
        sound_size=0 if folded else content.sound_size,
        tail=b"" if folded else content.tail,
        unfinished_size=content.unfinished_size,
        folded=folded,
        pending={
            change.name: None if change.content is None else line.serial for line in lines for change in line.changes
        },
    )


def _marker(content: bytes | None, lines: Sequence[journal.Line]) -> marker.Marker:
    written = journal.versions(lines).get(marker.NAME, ())
    if content is not None:
        try:
            on_disk = marker.parse(content)
        except DamagedError:
            if not written:
                raise
        else:
            if not written or on_disk.serial >= lines[-1].serial:
                return on_disk
    if not written or written[-1].content is None:
        raise DamagedError(marker.NAME, marker.missing())
    return marker.parse(written[-1].content)


def judge(current: bytes | None, changes: Sequence[journal.Change]) -> Verdict:
    """Return how a document's file compares to what was done to the document.

    Args:
        current: The content of the file; None when there is none.
        changes: What the journal says was done to the document, in order.
    """
    wanted = changes[-1].content
    if current is None or wanted is None:
        return _judge_missing(current, changes)
    found = digest(current)
    if found == digest(wanted):
        return Verdict.CURRENT
    if found in _known_digests(changes) or _is_lost_write(current, changes):
        return Verdict.OUTDATED
    return Verdict.EDITED


def _judge_missing(current: bytes | None, changes: Sequence[journal.Change]) -> Verdict:
    if current is None:
        return Verdict.CURRENT if changes[-1].content is None else Verdict.OUTDATED
    known = digest(current) in _known_digests(changes) or _is_lost_write(current, changes)
    return Verdict.OUTDATED if known else Verdict.EDITED


def _known_digests(changes: Sequence[journal.Change]) -> set[str]:
    replaced = {change.replaces for change in changes if change.replaces is not None}
    return replaced | {digest(change.content) for change in changes if change.content is not None}


def _is_lost_write(current: bytes, changes: Sequence[journal.Change]) -> bool:
    """Whether a file is what a power cut leaves of a written one: empty, cut off, or with holes of NUL bytes."""
    cut_off = any(change.content is not None and change.content.startswith(current) for change in changes)
    return cut_off or b"\0" in current
