"""The first row of a document, without reading the rest of it: for lists of thousands of documents.

Only documents in plandoc's own form have that row in their first lines. Everything else is left to a reading of the whole
document, which can say what is wrong, and where.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple

import orjson

from plandoc.storage.documents import ABOUT_ROW, ABOUT_TABLE, FORMAT, LONGEST_ID, STORE_ID_KEY, Row, problems_of_about

# One block of most file systems; `_plandoc` and the row of an event take a tenth of it.
START_SIZE = 4096

_END = b"\n }\n}\n"
END_SIZE = len(_END)
# `_plandoc`, then one table with one row, then another table or the end of the document.
_FORM = re.compile(
    rb'\{\n "%b": \{\n  "%b": (?P<about>\{.*\})\n \},\n "(?P<table>[a-z_]+)": \{\n  "(?P<row>[1-9][0-9]{0,%d})": '
    rb'(?P<content>\{.*\})\n \}(?:,\n "|\n\}\n\Z)' % (ABOUT_TABLE.encode(), ABOUT_ROW.encode(), LONGEST_ID - 1)
)


class Head(NamedTuple):
    """Both ends of a document's content.

    Attributes:
        start: The first bytes: `START_SIZE` of them, or all if there are fewer.
        end: The last `END_SIZE` bytes.
        fingerprint: That of the document, right after they were read.
    """

    start: bytes
    end: bytes
    fingerprint: Hashable


class FirstRow(NamedTuple):
    """The only row of a document's first table.

    Attributes:
        store_id: The folder that the document says it is of.
        row: The row.
    """

    store_id: str
    row: Row


def head_of(content: bytes, fingerprint: Hashable) -> Head:
    """Return the head of a document whose whole content is at hand."""
    return Head(content[:START_SIZE], content[-END_SIZE:], fingerprint)


def first_row(name: str, table: str, row_id: int, head: Head) -> FirstRow | None:
    """Return the only row of a document's first table, read as strictly as the whole document would be.

    Args:
        name: The document.
        table: The table that must be its first.
        row_id: The id that the row must have.
        head: Both ends of its content.

    Returns:
        None when the whole document is needed: it is not in the form that this plandoc writes, something is wrong in its
        first lines, they are longer than the head, or its end is missing.
    """
    form = _FORM.match(head.start)
    if form is None or head.end != _END or form["table"] != table.encode() or int(form["row"]) != row_id:
        return None
    about, row = _as_written(form["about"]), _as_written(form["content"])
    if about is None or row is None or about.get("format") != FORMAT or problems_of_about(name, about):
        return None
    return FirstRow(about[STORE_ID_KEY], row)


def _as_written(line: bytes) -> Row | None:
    """Return what a line holds if plandoc would write exactly this line for it: no duplicate key, no rounded number."""
    try:
        found: Row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if orjson.dumps(found) == line else None
