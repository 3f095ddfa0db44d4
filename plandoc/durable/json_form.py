"""A database as bytes and back: one record a line, or as `json.dumps` writes it with the options that the user gave."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from plandoc.durable.errors import DamagedDatabaseError
from plandoc.durable.spliced_rows import spliced
from plandoc.errors import DamagedError, Problem, ValidationError
from plandoc.storage import strict_json

Tables = dict[str, dict[str, Any]]

_HINT = "the file was left as it is: repair it with an editor, or take it from a backup"
# orjson would read these as floats. The regular expression is slow, and asked only where so many digits come together.
_LARGE_INTEGER = re.compile(rb"(?<![0-9.])[0-9]{19}")
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"0" * 9)
# Precedes the key of each record while they are on one line; JSON leaves it as it is, and data hardly ever contain it.
_MARK = "\x7f"
_BETWEEN_ROWS = b',"\x7f'
# Each is searched for in its whole table; beyond some number it is quicker to write everything.
_FEW_ROWS = 8
# orjson would write dates as text, which TinyDB refuses.
_AS_TINYDB = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class _DoubledKeyError(ValueError):
    """A key occurs twice in one object."""


class JsonForm:
    """How one file is written and read.

    What is written is read back before it counts, so that nothing unreadable reaches the disk.

    Args:
        path: The file, for messages.
        encoding: As TinyDB takes it; None means UTF-8 on every system.
        options: For `json.dumps`, as TinyDB takes them; without any, each record is on a line of its own.
    """

    def __init__(self, path: str, encoding: str | None, options: Mapping[str, Any]) -> None:
        self._path = path
        self._encoding = encoding or "utf-8"
        self._options = dict(options)
        self._is_utf8 = self._encoding.lower().replace("-", "_") in {"utf_8", "utf8"}
        # What was last written and read back, handed out once, to the next change. Taken in one step.
        self._read_back: deque[tuple[bytes, Tables]] = deque(maxlen=1)
        # A content that orjson reads as the standard library does, and one in which no key is doubled.
        self._plain = self._without_doubles = b""
        # One that was written here by orjson, a row a line, and read back.
        self._by_rows = b""

    def render(self, tables: Mapping[str, Any]) -> bytes:
        """Return the bytes of a database.

        Raises:
            TypeError: for what JSON cannot hold, as TinyDB does.
            ValidationError: when two keys of one object would become the same text.
        """
        fast = self._by_orjson(tables)
        if fast is None:
            return self._by_json(tables)
        content, _ = fast
        self._plain = self._by_rows = content
        self._read_back.append(fast)
        return content

    def render_change(self, before: bytes, name: str, changes: Mapping[str, Any]) -> bytes | None:
        """Return the bytes of a database of which few rows have changed; None when `render` must write all of it.

        What stays was read back when it was written, so only the changed rows are.

        Args:
            before: The bytes before the change.
            name: The table.
            changes: The rows by their ids, as `read_back` returns them; None for those that are gone.
        """
        if before != self._by_rows or len(changes) > _FEW_ROWS:
            return None
        try:
            rows = {orjson.dumps(row_id): None if row is None else _read_back(row) for row_id, row in changes.items()}
            content = spliced(before, orjson.dumps(name), rows)
        except (TypeError, ValueError):
            return None
        if content is not None:
            self._plain = self._by_rows = content
        return content

    def read_back(self, rows: Mapping[str, Any]) -> dict[str, Any]:
        """Return rows as they would be read from the file, not shared with anything; raises what `render` raises."""
        if not rows:
            return {}
        fast = self._by_orjson({"": rows})
        tables = self._parsed(self._by_json({"": rows})) if fast is None else fast[1]
        return tables[""]

    def parse(self, content: bytes) -> Tables | None:
        """Return the tables that these bytes hold, not shared with anything; None for an empty file, as in TinyDB.

        Raises:
            DamagedDatabaseError: when they hold none.
        """
        if not content:
            return None
        try:
            known, tables = self._read_back.pop()
        except IndexError:
            return self._parsed(content)
        return tables if known == content else self._parsed(content)

    def refuse_to_lose(self, content: bytes) -> None:
        """Refuse to replace a content with a duplicate key: one of the two values is not read and would be lost.

        Raises:
            DamagedDatabaseError: when one is.
        """
        if content in (b"", self._without_doubles) or self._is_as_written(content):
            return
        try:
            self._load(content, object_pairs_hook=_without_doubles)
        except _DoubledKeyError as error:
            raise self._damaged(str(error)) from None
        except (ValueError, RecursionError) as error:
            raise self._explained(content, error) from error
        self._without_doubles = content

    def take_as_sound(self, content: bytes) -> None:
        """Remember that the file's present content was rendered here, so that it has no duplicate key."""
        self._without_doubles = content

    def _is_as_written(self, content: bytes) -> bool:
        """Whether another process wrote this in the same form, which has no duplicate keys."""
        try:
            return _written_by_orjson(orjson.loads(content)) == content
        except (TypeError, ValueError, AttributeError):
            return False

    def _by_orjson(self, tables: Mapping[str, Any]) -> tuple[bytes, Tables] | None:
        """Return the bytes as orjson writes and reads them; None if the standard library would do it differently."""
        if not self._is_utf8 or self._options:
            return None
        try:
            content = _written_by_orjson(tables)
            read_back = orjson.loads(content)
        except (TypeError, ValueError):
            return None
        return (content, read_back) if read_back == tables else None

    def _by_json(self, tables: Mapping[str, Any]) -> bytes:
        content = self._rendered(tables).encode(self._encoding)
        self._refuse_doubled_keys(content)
        return content

    def _rendered(self, tables: Mapping[str, Any]) -> str:
        if self._options:
            return json.dumps(tables, **self._options)
        return _written_by_json(tables).decode()

    def _refuse_doubled_keys(self, content: bytes) -> None:
        try:
            self._load(content, object_pairs_hook=_without_doubles)
        except _DoubledKeyError as error:
            raise ValidationError([Problem(str(error), file=self._path)]) from None
        except ValueError as error:
            raise ValidationError(f"would not read back from the file as it is: {error}") from error

    def _parsed(self, content: bytes) -> Tables:
        try:
            tables = self._load(content)
        except (ValueError, RecursionError) as error:
            raise self._explained(content, error) from error
        if type(tables) is not dict:
            raise self._damaged("wanted one JSON object of tables")
        return tables

    def _load(self, content: bytes, **options: Any) -> Any:
        if self._is_utf8 and not options and (content == self._plain or not _holds_large_integer(content)):
            try:
                tables = orjson.loads(content)
            except orjson.JSONDecodeError:
                # Perhaps only of something like NaN, which TinyDB writes and reads.
                pass
            else:
                self._plain = content
                return tables
        text = content.decode(self._encoding)
        return json.loads(text.removeprefix("\ufeff"), **options)

    def _explained(self, content: bytes, error: Exception) -> DamagedError:
        try:
            if self._is_utf8:
                strict_json.parse_object(self._path, content, hint=_HINT)
        except DamagedError as found:
            return DamagedDatabaseError(self._path, found.problems)
        return self._damaged(f"wanted JSON: {error}")

    def _damaged(self, message: str) -> DamagedDatabaseError:
        return DamagedDatabaseError(self._path, [Problem(message, file=self._path, hint=_HINT)])


def _holds_large_integer(content: bytes) -> bool:
    return b"0" * 19 in content.translate(_DIGITS_TO_ZERO) and _LARGE_INTEGER.search(content) is not None


def _written_by_orjson(tables: Mapping[str, Any]) -> bytes:
    """Return tables with one record a line.

    Raises:
        TypeError: when a value is not one that orjson writes.
        ValueError: when the data contain the mark.
    """
    return _joined(
        orjson.dumps(name) + b": " + (_table_by_orjson(rows) if type(rows) is dict and rows else _by_orjson(rows))
        for name, rows in tables.items()
    )


def _table_by_orjson(rows: Mapping[str, Any]) -> bytes:
    # One call for all records, and line breaks afterwards: a call for each takes up to ten times as long, where the C
    # library gives memory back to the system after each.
    written = _by_orjson({f"{_MARK}{key}": row for key, row in rows.items()})
    if written.count(_MARK.encode()) != len(rows):
        raise ValueError("the mark is in the data")
    return b'{\n  "' + written[3:-1].replace(_BETWEEN_ROWS, b',\n  "') + b"\n }"


def _by_orjson(value: Any) -> bytes:
    return orjson.dumps(value, None, _AS_TINYDB)


def _written_by_json(tables: Mapping[str, Any]) -> bytes:
    """Return the same with the standard library, for everything that it can write."""
    return _joined(
        _key_by_json(name) + b": " + (_table_by_json(rows) if type(rows) is dict and rows else _by_json(rows))
        for name, rows in tables.items()
    )


def _table_by_json(rows: Mapping[Any, Any]) -> bytes:
    lines = [b"  " + _key_by_json(key) + b":" + _by_json(row) for key, row in rows.items()]
    return b"{\n" + b",\n".join(lines) + b"\n }"


def _key_by_json(key: Any) -> bytes:
    # As one object: keys that are not text become text.
    return json.dumps({key: None})[1:-7].encode()


def _by_json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _read_back(row: Any) -> bytes:
    """Return a row as orjson writes it.

    Raises:
        TypeError: when a value is not one that orjson writes.
        ValueError: when it would not be read as it is.
    """
    written = _by_orjson(row)
    if _MARK.encode() in written or orjson.loads(written) != row:
        raise ValueError("it takes the standard library")
    return written


def _joined(blocks: Iterable[bytes]) -> bytes:
    return b"{\n " + b",\n ".join(blocks) + b"\n}\n"


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise _DoubledKeyError(f"the key {doubled!r} is in one object twice; keep one of the two")
    return found
