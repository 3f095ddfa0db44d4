"""Reading the file to import; an export is one strict JSON object, every number exactly as written."""

from __future__ import annotations

import codecs
import errno
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from plandoc.errors import DamagedError, Outcome, Problem
from plandoc.storage.files import Files, NotAFile
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import is_special_file, resolved
from plandoc.storage.strict_json import parse_object

_HEAD_BYTES = 100_000
_HINT = "export it again, or repair it with an editor"


def read_object(path: Path) -> dict[str, Any]:
    """Return the one JSON object that a file holds; its fractions are `Decimal`.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
        DamagedError: when it is not one JSON object without doubled keys and without NaN.
    """

    def refused(message: str, hint: str) -> DamagedError:
        return DamagedError(str(path), [Problem(message, file=str(path), hint=hint)])

    return parse_object(str(path), read_content(path, refused), parse_float=exact_number, hint=_HINT)


def read_head(path: Path) -> str:
    """Return how a file begins, as text, to see what it is; bytes that are not UTF-8 are replaced; "" for a folder.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
    """
    with translate_os_errors(path, Outcome.NOT_SAVED):
        real = _resolved(path)
        if real.is_dir():
            return ""
        files = Files()
        handle, status = files.open_to_read(real)
        try:
            return files.read_at(handle, 0, min(status.st_size, _HEAD_BYTES)).decode("utf-8", "replace")
        finally:
            files.close(handle)


def read_content(path: Path, refused: Callable[[str, str], Exception], *, largest: int | None = None) -> bytes:
    """Return what a file holds.

    Args:
        path: The file.
        refused: Makes the error for a file that is not to be read, of what is wrong and the way out.
        largest: How many bytes it may have; None for any number.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
    """
    with translate_os_errors(path, Outcome.NOT_SAVED):
        real = _resolved(path)
        if real.is_dir():
            raise refused("wanted a file, found a folder", "name the file in it")
        files = Files()
        handle, status = files.open_to_read(real)
        try:
            size = status.st_size
            if largest is not None and size > largest:
                message = f"wanted at most {largest // 1_000_000} MB, found {size / 1_000_000:.1f} MB"
                raise refused(message, "check that it is the right file, or divide it into several")
            return files.read_at(handle, 0, size)
        finally:
            files.close(handle)


def _resolved(path: Path) -> Path:
    """Return where a path leads: a link to a file is as good as the file, because nothing is ever written to it.

    Raises:
        NotAFile: for a pipe or a device, to which /dev/stdin may lead, and which may have no path of its own.
    """
    if is_special_file(path):
        found = "a pipe" if path.is_fifo() else "a socket" if path.is_socket() else "a device"
        raise NotAFile(
            errno.EINVAL, f"wanted a plain file, found {found}; save what it gives to a file first", str(path)
        )
    return resolved(path)


def exact_number(text: str) -> Decimal:
    """Return a number of JSON exactly.

    Raises:
        ValueError: when it is out of range.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the number {text[:30]} is out of range") from None
    if value and not -400 <= value.adjusted() <= 400:
        raise ValueError(f"the number {text[:30]} is out of range")
    return value


def text_in(content: bytes, refused: Callable[[str, int], Exception]) -> str:
    """Return bytes as text, without a byte order mark.

    Args:
        content: The bytes.
        refused: Makes the error for bytes that are not UTF-8, of what is wrong and the line.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(f"wanted UTF-8, found the byte {content[error.start]:#04x}", line) from None


def plain_number(value: Decimal) -> Decimal:
    """Return the same number without zeros at its end and without an exponent.

    >>> plain_number(Decimal("2.50")), plain_number(Decimal("1e2"))
    (Decimal('2.5'), Decimal('100'))
    """
    text = format(value, "f")
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else Decimal(text)
