"""Tables as JSON: a list of objects, every one with its line, every number as it is written.

The parser of the standard library reads texts and numbers; lists and objects are read here, because only so are their
lines known and a key that occurs twice found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import Cell, CellReader, stripped
from plandoc.exchange.tabular.table_rows import Columns, TableRow, UnknownColumns, column_of
from plandoc.frozen import frozen
from plandoc.storage.strict_json import in_plain_words

_SPACE = re.compile(r"[ \t\n\r]*")
_DEEPEST = 20


class ParsedNumber(str):
    """A number as it is written, so that nothing of it is lost."""

    __slots__ = ()


@frozen
class ParsedObject:
    """An object with the line where it begins, and each of its keys with its line and its value."""

    line: int
    values: list[tuple[str, int, Any]]


def read_json(
    file: str, text: str, columns: Columns, *, strict_columns: bool = False
) -> tuple[CellReader, tuple[TableRow, ...]]:
    """Return the objects of the list that a file holds.

    Args:
        file: The file, for messages.
        text: What it holds.
        columns: What its objects may hold.
        strict_columns: Whether other keys are refused, instead of left out.

    Raises:
        ValidationError: when it is not JSON, or not a list.
    """
    cells = CellReader(file)
    value = _CellParser(file, text).document()
    if not isinstance(value, list):
        hint = "put it between [ and ]"
        raise ValidationError(
            [Problem(f"wanted a list of objects, one for each {columns.what}", file=file, line=1, hint=hint)]
        )
    reader = RowReader(cells, UnknownColumns(cells, "key", strict=strict_columns))
    rows = reader.rows(value, columns, "", 1)
    reader.unknown.note()
    return cells, rows


@frozen
class RowReader:
    """Makes rows of objects.

    Attributes:
        cells: Keeps what is wrong.
        unknown: Takes the keys that no row has.
    """

    cells: CellReader
    unknown: UnknownColumns

    def rows_of_each(self, numbered: Iterable[tuple[int, Any]], columns: Columns) -> tuple[TableRow, ...]:
        """Return rows that are in no list of a file, each with its number."""
        return tuple(row for number, item in numbered for row in self.rows([item], columns, "", number))

    def rows(self, items: list[Any], columns: Columns, path: str, line: int) -> tuple[TableRow, ...]:
        """Return the objects of a list as rows."""
        rows = []
        for number, item in enumerate(items, start=1):
            place = f"{path}[{number}]" if path else ""
            if isinstance(item, ParsedObject):
                rows.append(self._row(item, columns, f"{place}." if place else ""))
            else:
                message = f"wanted an object for each {columns.what}, found {_describe(item)}"
                self.cells.refuse(message, line, place or None)
        return tuple(rows)

    def _row(self, item: ParsedObject, columns: Columns, path: str) -> TableRow:
        values: dict[str, Cell] = {}
        lists: dict[str, tuple[TableRow, ...]] = {}
        place, keys = path.rstrip(".") or None, [column_of(written, columns) for written, *_ in item.values]
        for key, (written, line, value) in zip(keys, item.values, strict=True):
            if key is None:
                self.unknown.add(written, line, columns, keys, place)
            elif key in values or key in lists:
                self.cells.refuse(f"the key {key} occurs twice", line, place, "leave one of them out")
            elif key in columns.lists:
                lists[key] = self._inner(value, columns.lists[key], f"{path}{key}", line)
            else:
                values[key] = _cell(self.cells, value, line, f"{path}{key}")
        return TableRow(item.line, values, lists, path)

    def _inner(self, value: Any, columns: Columns, path: str, line: int) -> tuple[TableRow, ...]:
        if isinstance(value, list):
            return self.rows(value, columns, path, line)
        if value is not None:
            self.cells.refuse(f"wanted a list, found {_describe(value)}", line, path, "put it between [ and ]")
        return ()


def _cell(cells: CellReader, value: Any, line: int, path: str) -> Cell:
    if value is not None and not isinstance(value, str):
        cells.refuse(f"wanted text or a number, found {_describe(value)}", line, path)
        # The placeholder is not refused once more.
        return Cell("1", line, path)
    return Cell(stripped(value or ""), line, path, is_number=isinstance(value, ParsedNumber))


def _describe(value: Any) -> str:
    if isinstance(value, str):
        return shown(value)
    kinds = {type(None): "nothing", bool: "true or false", list: "a list", ParsedObject: "an object"}
    return kinds.get(type(value)) or shorten(value)


class _CellParser:
    """Reads one JSON document."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._at = 0
        self._line, self._line_at = 1, 0
        self._decoder = json.JSONDecoder(
            parse_float=ParsedNumber, parse_int=ParsedNumber, parse_constant=self._refuse_constant
        )

    def document(self) -> Any:
        """Return the one value of the document."""
        value = self._value(0)
        if self._next():
            self._refuse("wanted the end of the file after the first value")
        return value

    def _value(self, depth: int) -> Any:
        first = self._next()
        if depth > _DEEPEST:
            self._refuse("lists and objects are nested too deep")
        if first == "[":
            return [self._value(depth + 1) for _ in self._items("]")]
        if first == "{":
            return ParsedObject(self._line_here(), [self._member(depth) for _ in self._items("}")])
        return self._scalar()

    def _scalar(self) -> Any:
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            self._refuse(f"this is not JSON: {in_plain_words(error)}")
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            self._refuse("holds half a surrogate pair, which is not a character")
        return value

    def _member(self, depth: int) -> tuple[str, int, Any]:
        if self._next() != '"':
            self._refuse("this is not JSON: wanted a key in quotation marks")
        key, line = self._scalar(), self._line_here()
        if self._next() != ":":
            self._refuse("this is not JSON: wanted a colon after the key")
        self._at += 1
        return key, line, self._value(depth + 1)

    def _items(self, end: str) -> Iterator[None]:
        """Step into a list or object, stop before each of its items, and step out behind it."""
        self._at += 1
        if self._next() == end:
            self._at += 1
            return
        while True:
            yield
            following = self._next()
            if following not in (",", end):
                self._refuse(f"this is not JSON: wanted a comma or {end}")
            self._at += 1
            if following == end:
                return

    def _next(self) -> str:
        """Skip blanks and return the next character; "" at the end."""
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _line_here(self) -> int:
        # Counted on from the last place asked for, or a long file would be counted through for each row.
        self._line += self._text.count("\n", self._line_at, self._at)
        self._line_at = self._at
        return self._line

    def _refuse(self, message: str) -> NoReturn:
        line = self._text.count("\n", 0, self._at) + 1
        raise ValidationError([Problem(message, file=self._file, line=line)])

    def _refuse_constant(self, text: str) -> NoReturn:
        self._refuse(f"{text} is not a number")
