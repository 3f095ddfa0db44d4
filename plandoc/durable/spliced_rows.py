"""Some rows of a database changed in its bytes: unchanged rows are neither written nor read again.

Only for bytes in which each row is on a line of its own, as `json_form` writes them: JSON has no line break within a value.
"""

from __future__ import annotations

from collections.abc import Mapping

_ROW = b"\n  "
_END_OF_TABLE = b"\n }"


def spliced(content: bytes, table: bytes, rows: Mapping[bytes, bytes | None]) -> bytes | None:
    r"""Return the bytes with rows put in or taken out; None when everything must be written again.

    Args:
        content: All tables.
        table: The name of one of them, as JSON.
        rows: The rows by their ids, both as JSON; None for one that goes. New ones come last.

    >>> content = b'{\n "t": {\n  "1":{},\n  "2":{}\n }\n}\n'
    >>> spliced(content, b'"t"', {b'"3"': b'{"a":1}', b'"1"': None})
    b'{\n "t": {\n  "2":{},\n  "3":{"a":1}\n }\n}\n'
    """
    start = content.find(b"\n " + table + b": {" + _ROW)
    end = content.find(_END_OF_TABLE, start)
    if start < 0 or end < 0:
        return None
    head, block, tail = content[:start], content[start:end], content[end:]
    for row_id, row in rows.items():
        changed = _changed(block, row_id, row)
        if changed is None:
            return None
        block = changed
    return head + block + tail


def _changed(block: bytes, row_id: bytes, row: bytes | None) -> bytes | None:
    """Return the lines of a table, the first being the one with its name; None when no row would be left."""
    key = _ROW + row_id + b":"
    start = block.find(key)
    if start < 0:
        return block if row is None else block + b"," + key + row
    stop = block.find(b"\n", start + 1)
    is_last = stop < 0
    after = b"" if is_last else block[stop:]
    if row is not None:
        return block[:start] + key + row + (b"" if is_last else b",") + after
    if not is_last:
        return block[:start] + after
    before = block[:start]
    return before.removesuffix(b",") if before.endswith(b",") else None
