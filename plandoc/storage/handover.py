"""What a holder of the lock leaves for the next ones: up to where they need not look at what the journal holds.

It says that all of the journal up to a line is on the disk and in place. That stays true for as long as this line is the
last one. So who finds the journal ending with this very line, and has had it open since an earlier one, can go on from
there as if it had written the lines between itself. A process that has just opened the folder does not ask: only a look at
everything shows what a power cut or a copy of the folder has left.
"""

from __future__ import annotations

import orjson

from plandoc.storage import journal
from plandoc.storage.journal_file import Position

# One size, so that it is overwritten in place.
SIZE = 128


def left(position: Position) -> bytes:
    """Return what to leave where all is in place up to a position."""
    facts = {"size": position.size, "serial": position.serial, "checksum": journal.checksum(position.last_bytes)}
    return orjson.dumps(facts).ljust(SIZE - 1) + b"\n"


def found(content: bytes, size: int, last_bytes: bytes) -> Position | None:
    """Return the position that a holder left, if the journal ends there; else None.

    Args:
        content: What was left; anything may be there, or nothing.
        size: Of the journal, without padding.
        last_bytes: Its last bytes.
    """
    try:
        facts = orjson.loads(content)
        position = Position(size, last_bytes, facts["serial"])
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return None
    return position if content == left(position) else None
