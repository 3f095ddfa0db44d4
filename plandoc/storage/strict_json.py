"""Reading a document that another program has changed: slowly, strictly, with the line of every row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from plandoc.errors import DamagedError, Problem
from plandoc.errors.hints import TAKE_FILE_BACK, Hint, joined, wording

_SPACE = re.compile(r"[ \t\n\r]*")
_ROW_KEY = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_LARGEST_INTEGER_DIGITS = 19
_BACKUP = joined("", ["repair it with an editor, or ", TAKE_FILE_BACK])
# What other programs put in place of a file: how it begins, what it is, and the way out.
_FOREIGN = (
    (
        b"version https://git-lfs",
        "a pointer that Git LFS left instead of the file",
        "get the file with 'git lfs pull'",
    ),
    (
        b"PK\x03\x04",
        "a ZIP archive",
        wording("unpack it; a backup is restored with {restore}", restore=Hint.RESTORE()),
    ),
    (b"\x1f\x8b", "a compressed file", "uncompress it"),
    ((b"<!", b"<?", b"<h", b"<H"), "a web page or XML, as a failed download leaves it", "get the file again"),
)
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)
# The standard library describes errors of JSON in a programmer's words, and some of its messages are cut off.
_PLAIN_WORDS = (
    ("Expecting value", "wanted a value"),
    ("Expecting ',' delimiter", "wanted a comma or a closing bracket"),
    ("Expecting ':' delimiter", "wanted a colon"),
    ("Expecting property name enclosed in double quotes", "wanted a name in double quotes"),
    ("Illegal trailing comma", "found a comma with nothing after it"),
    ("Unterminated string", "found a text without a closing quotation mark"),
    ("Invalid control character", "found a line break, a tab or another control character inside a text"),
    ("Invalid \\u", "found \\u without four hexadecimal digits after it"),
    ("Invalid \\escape", "found a backslash before a character that does not take one"),
)

Tables = dict[str, dict[str, dict[str, Any]]]
Lines = dict[tuple[str, str], int]


class _Doubled(ValueError):  # noqa: N818  (a signal inside this module)
    """A key occurs twice in one object."""


def parse_tables(name: str, content: bytes) -> tuple[Tables, Lines]:
    """Return the tables of a document and the line of each row.

    Raises:
        DamagedError: with the line and column of what cannot be read.
    """
    return _StrictReader(name, _decode(name, content)).tables()


def parse_object(
    name: str, content: bytes, *, parse_float: Callable[[str], Any] | None = None, hint: str = _BACKUP
) -> dict[str, Any]:
    """Return the one JSON object that a file holds, read as strictly as a document.

    Args:
        name: The file, for messages.
        content: Its bytes.
        parse_float: What a number with a point or an exponent becomes; a `ValueError` refuses it. None gives floats.
        hint: What to do about a file that cannot be read.
    """
    reader = _StrictReader(name, _decode(name, content, hint), parse_float, hint)
    value = reader.value()
    reader.end()
    if type(value) is not dict:
        reader.refuse("wanted one JSON object", at=0)
    return value


def _damaged(name: str, message: str, *, line: int | None = None, hint: str = _BACKUP) -> DamagedError:
    return DamagedError(name, [Problem(message, file=name, line=line, hint=hint)])


def conflict_line(text: str) -> int | None:
    r"""Return the line of the first mark that a merge of two versions left, counted from 1; None where there is none.

    A line break inside a text is written as `\n`, so no line of a document begins like this.

    >>> conflict_line("{\n<<<<<<< HEAD\n"), conflict_line("{}")
    (2, None)
    """
    mark = _CONFLICT.search(text)
    return None if mark is None else text.count("\n", 0, mark.start()) + 1


def in_plain_words(error: json.JSONDecodeError) -> str:
    """Return in plain words why something is not JSON for the standard library."""
    return next((words for start, words in _PLAIN_WORDS if error.msg.startswith(start)), error.msg)


def _decode(name: str, content: bytes, hint: str = _BACKUP) -> str:
    if not content.strip():
        raise _damaged(name, "the file is empty; a document never is", hint=hint)
    if not content.strip(b"\0"):
        raise _damaged(name, f"the file holds {len(content)} NUL bytes; it looks like a lost write", hint=hint)
    for start, what, advice in _FOREIGN:
        if content.lstrip().startswith(start):
            raise _damaged(name, f"wanted JSON, found {what}", hint=advice)
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        message = f"not UTF-8: byte {content[error.start]:#04x} at offset {error.start}"
        raise _damaged(name, message, hint="save the file as UTF-8") from None
    if line := conflict_line(text):
        hint = "the file holds two versions: keep one, and take out the other and the markers"
        raise _damaged(name, "found a merge conflict marker", line=line, hint=hint)
    return text


class _StrictReader:
    """Reads two levels of objects itself, to know the lines, and leaves the rows to the standard library."""

    def __init__(
        self, name: str, text: str, parse_float: Callable[[str], Any] | None = None, hint: str = _BACKUP
    ) -> None:
        self.name = name
        self.text = text
        self.hint = hint
        self.at = 0
        self._decoder = json.JSONDecoder(
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
            parse_int=_small_integer,
            parse_float=parse_float or _finite,
        )

    def tables(self) -> tuple[Tables, Lines]:
        """Read the whole document."""
        tables: Tables = {}
        lines: Lines = {}
        for table in self._keys(tables, "table"):
            tables[table] = {}
            for row in self._keys(tables[table], "row"):
                lines[table, row] = self.line()
                if not _ROW_KEY.fullmatch(row):
                    self.refuse(f"table {table}: wanted a whole number above 0 as the id of a row, found {row!r}")
                start = self.at
                value = self.value()
                if type(value) is not dict:
                    self.refuse(f"table {table}, row {row}: wanted an object of fields", at=start)
                tables[table][row] = value
        self.end()
        return tables, lines

    def value(self) -> Any:
        """Read one JSON value at the present position."""
        self._skip_space()
        start = self.at
        try:
            value, self.at = self._decoder.raw_decode(self.text, start)
            json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
        except json.JSONDecodeError as error:
            self.refuse(in_plain_words(error), at=error.pos)
        except UnicodeEncodeError:
            self.refuse("holds half a surrogate pair, which is not a character", at=start)
        except RecursionError:
            self.refuse("objects or lists are nested too deep", at=start)
        except ValueError as error:
            self.refuse(str(error), at=start)
        return value

    def end(self) -> None:
        """Refuse anything but white space after what was read."""
        self._skip_space()
        if self.at != len(self.text):
            self.refuse("wanted the end of the file after the first JSON value")

    def line(self, at: int | None = None) -> int:
        """Return the line of a position, counted from 1."""
        return self.text.count("\n", 0, self.at if at is None else at) + 1

    def refuse(self, message: str, at: int | None = None) -> NoReturn:
        """Raise the error for a position."""
        where = self.at if at is None else at
        column = where - (self.text.rfind("\n", 0, where) + 1) + 1
        raise _damaged(self.name, f"column {column}: {message}", line=self.line(where), hint=self.hint)

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _expect(self, character: str, wanted: str) -> None:
        self._skip_space()
        if self.text[self.at : self.at + 1] != character:
            self.refuse(f"wanted {wanted}")
        self.at += 1

    def _keys(self, seen: dict[str, Any], what: str) -> Iterator[str]:
        """Yield each key of the object at the present position, with the position at the key's value."""
        self._expect("{", "an object of tables, each an object of rows")
        self._skip_space()
        if self.text[self.at : self.at + 1] == "}":
            self.at += 1
            return
        while True:
            self._skip_space()
            start = self.at
            key = self.value()
            if type(key) is not str:
                self.refuse(f"wanted the name of a {what}", at=start)
            if key in seen:
                self.refuse(f"duplicate {what} {key!r}; keep one of the two", at=start)
            self._expect(":", "a colon")
            self._skip_space()
            yield key
            self._skip_space()
            if self.text[self.at : self.at + 1] == "}":
                self.at += 1
                return
            self._expect(",", "a comma or a closing brace")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Doubled(f"duplicate key {key!r}; keep one of the two")
            seen.add(key)
    return result


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _small_integer(text: str) -> int:
    if len(text) > _LARGEST_INTEGER_DIGITS:
        raise ValueError(f"an integer of {len(text)} digits is out of range")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:30]} is out of range")
    return value
