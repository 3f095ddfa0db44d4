"""The rows of a large document that plandoc wrote, each parsed when it is asked for.

A plan needs a few rows of a catalog with thousands. In plandoc's own form a table's rows are one on a line in the order of their
ids, so that a row is found by binary search, without reading the others. A document whose digest matches is in that form,
unless somebody recomputed the digest of one that is not. So a row that is not found this way is looked for among all rows.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from itertools import chain
from typing import Any

import orjson

from plandoc.storage import strict_json

Row = dict[str, Any]

# A smaller document, or a smaller table of a large one, is parsed sooner than its parts are found.
LARGE = 65_536
# A table of which more than this part was parsed row by row is then parsed as a whole.
_PART = 8

_BEFORE, _BEHIND, _BEFORE_TABLE, _BEHIND_TABLE = b'{\n "', b"\n }\n}\n", b'\n "', b"\n },"
_BEHIND_NAME, _BEFORE_ID, _BEHIND_ID = b'": {\n', b'  "', b'": '
_BEFORE_ID_SIZE = len(_BEFORE_ID)


LONGEST_ID = 16
_IDS = re.compile(rf"[1-9][0-9]{{0,{LONGEST_ID - 1}}}(?: [1-9][0-9]{{0,{LONGEST_ID - 1}}})*", re.ASCII)


def are_sound(tables: Collection[Any]) -> bool:
    """Whether each of these is a table of rows by id."""
    if {*map(type, tables)} != {dict}:
        return False
    # All at once, because checking each would take half as long as reading the whole file.
    ids = " ".join(chain.from_iterable(tables))
    rows = chain.from_iterable(map(dict.values, tables))
    return _IDS.fullmatch(ids) is not None and {*map(type, rows)} == {dict}


def tables_in(name: str, content: bytes) -> dict[str, Mapping[str, Row]] | None:
    """Return the tables of a document whose content has the digest that it says; None where its form is another one.

    Args:
        name: The document, for messages.
        content: Its bytes.
    """
    if not (content.startswith(_BEFORE) and content.endswith(_BEHIND)):
        return None
    tables: dict[str, Mapping[str, Row]] = {}
    for start, end in _blocks(content):
        behind_name = content.find(_BEHIND_NAME, start, end)
        table = content[start : max(behind_name, start)].decode()
        if not table.isidentifier() or table in tables:
            return None
        tables[table] = RowLines(name, content, table, behind_name + len(_BEHIND_NAME), end)
    return tables or None


def _blocks(content: bytes) -> Iterable[tuple[int, int]]:
    """Return where the name of each table begins and its last row ends, in their order; nothing where one ends in another form."""
    found: deque[tuple[int, int]] = deque()
    first, end = len(_BEFORE), len(content) - len(_BEHIND)
    # From behind, which Python does twice as fast.
    while (before := content.rfind(_BEFORE_TABLE, first, end)) >= 0:
        found.appendleft((before + len(_BEFORE_TABLE), end))
        end = before - len(_BEHIND_TABLE)
        if not content.startswith(_BEHIND_TABLE, end):
            return ()
    found.appendleft((first, end))
    return found


class RowLines(Mapping[str, Row]):
    """The rows of one table by their ids as text; nobody changes them in place.

    Args:
        document: The name of its document, for messages.
        content: The bytes of that.
        table: Its name.
        start: Where its first row begins there.
        end: Where its last row ends.
    """

    def __init__(self, document: str, content: bytes, table: str, start: int, end: int) -> None:
        self._document = document
        self._content = content
        self._table = table
        self._start = start
        self._end = end
        self._found: dict[str, Row] = {}
        self._is_whole = False
        self._left = (end - start) // _PART if end - start >= LARGE else 0

    def __getitem__(self, row_id: str) -> Row:
        if row_id in self._found:
            return self._found[row_id]
        row = self._row(row_id) if self._left > 0 and not self._is_whole else None
        if row is None:
            return self._all()[row_id]
        self._found[row_id] = row
        return row

    def __bool__(self) -> bool:
        # A table without rows is not written.
        return True

    def __copy__(self) -> RowLines:
        # Nothing can change it.
        return self

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def keys(self) -> KeysView[str]:
        """Return the ids as text."""
        return self._all().keys()

    def values(self) -> ValuesView[Row]:
        """Return the rows."""
        return self._all().values()

    def items(self) -> ItemsView[str, Row]:
        """Return ids and rows."""
        return self._all().items()

    def _all(self) -> dict[str, Row]:
        if not self._is_whole:
            self._found = self._parsed()
            self._is_whole = True
        return self._found

    def _parsed(self) -> dict[str, Row]:
        try:
            rows: dict[str, Row] = orjson.loads(b"{%b}" % self._content[self._start : self._end])
        except orjson.JSONDecodeError:
            rows = {}
        if are_sound([rows]):
            return rows
        # Somebody renewed the digest of what is not a table.
        return strict_json.parse_tables(self._document, self._content)[0][self._table]

    def _row(self, row_id: str) -> Row | None:
        """Return a row; None where it is not among rows in the order of their ids."""
        try:
            line = self._line(int(row_id))
            row = orjson.loads(line)
        except (ValueError, TypeError):
            return None
        self._left -= len(line)
        # Python reads 007 and +7 as numbers, too.
        return row if type(row) is dict and str(int(row_id)) == row_id else None

    def _line(self, wanted: int) -> bytes:
        """Return the JSON of a row.

        Raises:
            ValueError: when there is none, or what is there is not in the form of a row.
        """
        content, low, high = self._content, self._start, self._end
        while low < high:
            start = content.rfind(b"\n", low, (low + high) // 2) + 1 or low
            behind_id = content.index(_BEHIND_ID, start, high)
            found = int(content[start + _BEFORE_ID_SIZE : behind_id])
            if found > wanted:
                high = start
                continue
            end = content.find(b"\n", behind_id, high)
            end = high if end < 0 else end
            if found == wanted:
                return content[behind_id + len(_BEHIND_ID) : end].removesuffix(b",")
            low = end + 1
        raise ValueError(wanted)
