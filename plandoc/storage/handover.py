"""What a holder of the lock leaves for the next ones: up to where they need not look at what the journal holds.

It says that all of the journal up to a line is on the disk and in place. That stays true for as long as this line is the
last one. So a process that finds the journal ending with this very line, and has had it open since an earlier one, can go on
from there as if it had written the lines in between itself. A process that has just opened the folder does not ask: only a look
at everything shows what a power cut or a copy of the folder has left.
"""

from __future__ import annotations

import orjson

from plandoc.storage import journal
from plandoc.storage.journal_file import Position
from plandoc.storage.marker import Marker

# One size, so that it is overwritten in place.
SIZE = 192


def left(position: Position, marker: Marker) -> bytes:
    """Return what to leave where all is in place up to a position.

    Args:
        position: The position.
        marker: The marker as it is in place there.
    """
    facts = {
        "size": position.size,
        "serial": position.serial,
        "checksum": journal.checksum(position.last_bytes),
        # All of a marker that a line in between can have changed.
        "format": marker.format,
        "next_event_id": marker.next_event_id,
    }
    return orjson.dumps(facts).ljust(SIZE - 1) + b"\n"


def found(content: bytes, known: Position, marker: Marker) -> Position | None:
    """Return the position behind a known one that a holder left, if no line in between has changed the marker; else None.

    Args:
        content: What was left; anything may be there, or nothing.
        known: Up to where the journal is known.
        marker: The marker as it was there.
    """
    try:
        facts = orjson.loads(content)
        position = Position(facts["size"], journal.last_bytes(facts["checksum"]), facts["serial"])
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        return None
    return position if content == left(position, marker) and position.size > known.size else None
