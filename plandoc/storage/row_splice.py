"""Changing some rows in the bytes of a table: all others keep theirs, and are neither written nor read again.

In plandoc's own form each row is on a line of its own, in the order of the ids, and no value holds a line break.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson

from plandoc.storage.row_lines import Row

# Before each row, and behind the last one.
_BEFORE, _END = b'\n  "', b"\n }"


def line_of(row_id: str, row: Row) -> bytes:
    """Return a row as it is on its line, without what is between two rows."""
    return b'%b": %b' % (row_id.encode(), orjson.dumps(row))


def table_of(name: str, lines: Iterable[bytes]) -> bytes:
    """Return a table as it is in a document, from its name on."""
    return b'%b": {\n  "%b\n }' % (name.encode(), b',\n  "'.join(lines))


def spliced(table: bytes, rows: Mapping[str, Row], lines: Mapping[str, bytes | None]) -> bytes | None:
    r"""Return the bytes of a table with rows put in or taken out; None where it has to be written as a whole.

    That is where no row is left, a new one belongs between others, or a changed one is not there as plandoc writes it.

    Args:
        table: From its name on.
        rows: Its rows as they are in these bytes.
        lines: The line of each row that changed; None for one that goes.

    >>> spliced(b't": {\n  "1": {},\n  "2": {}\n }', {"1": {}, "2": {}}, {"3": line_of("3", {"a": 1}), "1": None})
    b't": {\n  "2": {},\n  "3": {"a":1}\n }'
    """
    found: bytes | None = table.removesuffix(_END)
    for row_id in sorted(lines, key=int):
        before, line = rows.get(row_id), lines[row_id]
        if found is not None and before is not None:
            found = _replaced(found, _BEFORE + line_of(row_id, before), line)
        elif found is not None and line is not None:
            found = _appended(found, row_id, line)
    return None if found is None or _BEFORE not in found else found + _END


def _replaced(table: bytes, before: bytes, line: bytes | None) -> bytes | None:
    start = table.find(before)
    head, tail = table[:start], table[start + len(before) :]
    if start < 0 or tail[:1] not in (b"", b","):
        return None
    if line is not None:
        return head + _BEFORE + line + tail
    return head + tail[1:] if tail else head.removesuffix(b",")


def _appended(table: bytes, row_id: str, line: bytes) -> bytes | None:
    last = table[table.rfind(_BEFORE) + len(_BEFORE) :].partition(b'"')[0]
    return table + b"," + _BEFORE + line if last.isdigit() and int(last) < int(row_id) else None
