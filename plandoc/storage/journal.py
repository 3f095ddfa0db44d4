"""The journal: one checksummed line a transaction. A whole line on the disk *is* the commit.

This module knows the form of the lines and which of them count; `folder` knows when they are written.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from plandoc.errors import DamagedError, Problem
from plandoc.frozen import frozen
from plandoc.storage.documents import STORE_ID_KEY
from plandoc.storage.layout import PLANS, Layout

NAME = "journal.jsonl"
# Follows the last line while somebody has the folder open: space allocated for the next lines.
PADDING = b"\n"

_MUCH_PADDING = PADDING * 1024

# The checksum comes last, so that the end of the file identifies the line without reading all of it.
_CHECKSUM_KEY = b',"checksum":"'
_CHECKSUM_SIZE = 64
_END = b'"}\n'
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME = re.compile(rb'\{"path":"([^"]*)"')
# The key of a transaction's time in its line.
TIMESTAMP_KEY = "moment"
_LINE_FIELDS = frozenset({"serial", STORE_ID_KEY, TIMESTAMP_KEY, "action", "documents"})
_CHANGE_FIELDS = frozenset({"path", "replaces", "content"})
# As much as most lines have; what is longer is read in ever larger pieces.
_FIRST_PIECE_SIZE = 8 * 1024
LAST_BYTES_SIZE = len(_CHECKSUM_KEY) + _CHECKSUM_SIZE + len(_END)


@frozen
class Change:
    """What one transaction does to one document.

    Attributes:
        name: The document.
        replaces: Digest of the content that is replaced; None when there was no document.
        content: The complete new content; None removes the document.
    """

    name: str
    replaces: str | None
    content: bytes | None


@frozen
class Line:
    """One committed transaction.

    Attributes:
        serial: One more than that of the transaction before.
        store_id: The folder it belongs to.
        changes: One for each changed document.
    """

    serial: int
    store_id: str
    changes: tuple[Change, ...]


@frozen
class Content:
    """What a journal holds.

    Attributes:
        lines: The committed transactions in order.
        valid_size: Bytes of those lines.
        last_bytes: The end of the last sound line; it identifies the journal at `valid_size`.
        torn_size: Bytes after those lines that were never committed; padding does not count.
    """

    lines: tuple[Line, ...] = ()
    valid_size: int = 0
    last_bytes: bytes = b""
    torn_size: int = 0


def render(line: Line, *, action: str, timestamp: datetime.datetime) -> bytes:
    """Return the bytes of a line, newline included."""
    body = orjson.dumps(
        {
            "serial": line.serial,
            STORE_ID_KEY: line.store_id,
            TIMESTAMP_KEY: timestamp.astimezone(datetime.UTC),
            # Any text that a caller gives is kept, and none makes a write fail.
            "action": action.encode("utf-8", "backslashreplace").decode(),
            "documents": [
                {
                    "path": one.name,
                    "replaces": one.replaces,
                    "content": None if one.content is None else one.content.decode(),
                }
                for one in line.changes
            ],
        }
    )[:-1]
    return body + _CHECKSUM_KEY + hashlib.sha256(body).hexdigest().encode() + _END


def checksum(last_bytes: bytes) -> str:
    """Return the checksum of a line, which distinguishes it from every other line.

    Args:
        last_bytes: The last bytes of the line, as `Content.last_bytes` has them; empty where there is no line.

    >>> checksum(b"")
    ''
    """
    return last_bytes[len(_CHECKSUM_KEY) : -len(_END)].decode()


def last_bytes(checksum: str) -> bytes:
    """Return the last bytes of the line that has a checksum."""
    return _CHECKSUM_KEY + checksum.encode() + _END


def ending(end: int) -> tuple[int, int]:
    """Return where the last bytes of the last line start, and how many bytes it has with the first one after it.

    Args:
        end: Where the last line ends; 0 where there is none.
    """
    offset = end - LAST_BYTES_SIZE if end > LAST_BYTES_SIZE else 0
    return offset, end - offset + 1


def read_to_padding(read: Callable[[int, int], bytes], offset: int, size: int) -> bytes:
    """Return the journal from an offset on, with only the padding that comes with the last piece read.

    Args:
        read: Returns so many bytes from an offset on.
        offset: Where a line starts, or the end of one.
        size: Of the journal, with its padding, which may be as long as all its lines.
    """
    pieces: list[bytes] = []
    wanted = _FIRST_PIECE_SIZE
    while offset < size and (piece := read(offset, min(wanted, size - offset))):
        pieces.append(piece)
        offset += len(piece)
        wanted *= 2
        # No line is empty, so this is padding.
        if piece.endswith(PADDING + PADDING):
            break
    return b"".join(pieces)


def parse(content: bytes, *, first: int = 1, layout: Layout = PLANS) -> Content:
    """Return the committed transactions in the journal's bytes.

    A last line that is cut off was never committed. One that is whole, but does not match its checksum, was changed by
    another program: no crash leaves that, and it may have been committed.

    Args:
        content: The journal from the start of a line on.
        first: The number of that line, for messages.
        layout: What the folder holds.

    Raises:
        DamagedError: when a bad line has good ones after it, which no crash can leave, when a whole line does not match
            its checksum, or when one that does is not one that plandoc writes.
    """
    lines: list[Line] = []
    size, last_bytes, bad_at = 0, b"", None
    written = without_padding(content)
    for number, raw in enumerate(written.splitlines(keepends=True), start=first):
        line = _parse_line(raw, number, layout)
        if line is None:
            bad_at = number if bad_at is None else bad_at
        elif bad_at is not None:
            raise _damaged(bad_at, "this line is damaged, but good ones follow it")
        else:
            lines.append(line)
            size, last_bytes = size + len(raw), raw[-LAST_BYTES_SIZE:]
    return Content(tuple(lines), size, last_bytes, len(written) - size)


def without_padding(content: bytes) -> bytes:
    """Return what is in a journal without the empty lines after the last one."""
    # Padding without a line before it was left by a crash.
    written = _size_without_padding(content)
    return content[: written + len(PADDING)] if written else content


def _size_without_padding(content: bytes) -> int:
    """Return how long the content is without its padding; what is left of it by large pieces costs nothing."""
    end = len(content)
    while content.endswith(_MUCH_PADDING, 0, end):
        end -= len(_MUCH_PADDING)
    return len(content[:end].rstrip(PADDING))


def _parse_line(raw: bytes, number: int, layout: Layout) -> Line | None:
    body = raw[:-LAST_BYTES_SIZE]
    if raw[-LAST_BYTES_SIZE:] != last_bytes(hashlib.sha256(body).hexdigest()):
        fields = _fields(raw)
        if raw.endswith(PADDING) and type(fields) is dict and fields.keys() >= _LINE_FIELDS:
            raise _damaged(number, "this line was changed by another program: it does not match its checksum")
        return None
    line = _line(_fields(body + b"}"), layout)
    if line is None:
        raise _damaged(number, "this line has the right checksum, but plandoc did not write it")
    return line


def _fields(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _line(fields: Any, layout: Layout) -> Line | None:
    """Return the line in these fields; None where plandoc did not write it: a checksum proves that it is whole, not whose it is."""
    if type(fields) is not dict or fields.keys() != _LINE_FIELDS:
        return None
    serial, store_id, documents = fields["serial"], fields[STORE_ID_KEY], fields["documents"]
    are_texts = {type(store_id), type(fields[TIMESTAMP_KEY]), type(fields["action"])} == {str}
    if not are_texts or type(serial) is not int or type(documents) is not list:
        return None
    changes: dict[str, Change] = {}
    for one in documents:
        change = _change(one, layout)
        if change is None or change.name in changes:
            return None
        changes[change.name] = change
    return Line(serial, store_id, tuple(changes.values()))


def _change(fields: Any, layout: Layout) -> Change | None:
    if type(fields) is not dict or fields.keys() != _CHANGE_FIELDS:
        return None
    name, replaces, content = fields["path"], fields["replaces"], fields["content"]
    if type(name) is not str or layout.names.fullmatch(name) is None:
        return None
    if replaces is not None and (type(replaces) is not str or _DIGEST.fullmatch(replaces) is None):
        return None
    if content is None:
        return Change(name, replaces, None) if name.startswith(layout.can_be_removed) else None
    return Change(name, replaces, content.encode()) if type(content) is str else None


def _damaged(line: int, message: str) -> DamagedError:
    hint = "keep a copy of the whole folder, then restore it from a backup"
    return DamagedError(NAME, [Problem(message, file=NAME, line=line, hint=hint)])


def check_belongs(lines: Sequence[Line], *, store_id: str, after_serial: int, first: int = 1) -> None:
    """Refuse a journal of another folder, of another time of this folder, or with lines missing.

    Args:
        lines: In order.
        store_id: The identity of the folder.
        after_serial: Number of the transaction before them.
        first: The number of the first line, for messages.

    Raises:
        DamagedError: when it is one of those; its message names which.
    """
    for serial, (number, line) in enumerate(enumerate(lines, start=first), start=after_serial + 1):
        if line.store_id != store_id:
            message = f"the journal belongs to another folder ({line.store_id}), not to this one ({store_id})"
            raise _damaged(number, message)
        if line.serial != serial:
            message = f"wanted transaction {serial}, found {line.serial}"
            raise _damaged(number, f"{message}: plandoc.json and the journal are not of the same version of the folder")


def damaged_content(name: str, found: str, wanted: str) -> DamagedError:
    """Return the error for a line that holds a document of another folder."""
    message = f"holds a version of {name} that belongs to another folder ({found}), not to this one ({wanted})"
    hint = "keep a copy of the whole folder, then restore it from a backup"
    return DamagedError(NAME, [Problem(message, file=NAME, hint=hint)])


def names_in(lines: bytes) -> frozenset[str]:
    """Return the documents that sound lines name, without reading the rest of them."""
    # Quotes within a text are escaped, so none looks like the beginning of a change.
    return frozenset(name.decode() for name in _NAME.findall(lines))


def versions(lines: Sequence[Line]) -> Mapping[str, tuple[Change, ...]]:
    """Return for each document named in the lines all that was done to it, in order."""
    found: dict[str, list[Change]] = {}
    for line in lines:
        for change in line.changes:
            found.setdefault(change.name, []).append(change)
    return {name: tuple(changes) for name, changes in found.items()}
