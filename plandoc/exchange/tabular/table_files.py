"""The text of a file that somebody wrote by hand; everything that is no such text is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

from plandoc.errors import Outcome, Problem, ValidationError
from plandoc.storage.files import Files
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import resolved
from plandoc.storage.strict_json import conflict_line

# More than a thousand bakeries would write; a file far larger is a mistake, and would fill the memory.
LARGEST_BYTES = 10_000_000
# A file of that size with more lines or more cells holds hardly anything in each, and would keep everybody waiting.
MOST_LINES = 500_000
MOST_COMMAS = 1_000_000

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
_SAVE_AS = "save it as 'CSV UTF-8', or as UTF-8 text"


def read_text(path: Path) -> str:
    """Return what a file says, without a byte order mark.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
        ValidationError: when it is a folder, empty, far too large, or no text in UTF-8.
    """
    with translate_os_errors(path, Outcome.NOT_SAVED):
        # Resolved, for a link to a file is as good as the file: nothing is ever written to it.
        real = resolved(path)
        if real.is_dir():
            raise _refused(path, "wanted a file, found a folder", "name the file in it")
        content = _content(path, real)
    return _decoded(path, content)


def _content(path: Path, real: Path) -> bytes:
    files = Files()
    handle = files.open_to_read(real)
    try:
        size = files.size(handle)
        if size > LARGEST_BYTES:
            message = f"wanted at most {LARGEST_BYTES // 1_000_000} MB, found {size / 1_000_000:.1f} MB"
            raise _refused(path, message, "is it the right file? Else divide it into several")
        return files.read_at(handle, 0, size)
    finally:
        files.close(handle)


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(_SPREADSHEETS):
        raise _refused(path, "wanted a text file, found the file of a spreadsheet program", _SAVE_AS)
    if content.startswith(_OTHER_ENCODINGS):
        raise _refused(path, "wanted UTF-8, found UTF-16", _SAVE_AS)
    if b"\0" in content:
        raise _refused(path, "wanted a text file, found one with NUL bytes", "is it the right file?")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"wanted UTF-8, found the byte {content[error.start]:#04x}"
        raise _refused(path, message, _SAVE_AS, line=line) from None
    text = text.removeprefix("\ufeff")
    for what, mark, most in (
        ("lines", "\n", MOST_LINES),
        ("commas", ",", MOST_COMMAS),
        ("semicolons", ";", MOST_COMMAS),
    ):
        if text.count(mark) > most:
            hint = "is it the right file? Else divide it into several"
            raise _refused(path, f"wanted at most {most} {what}, found {text.count(mark)}", hint)
    if conflict := conflict_line(text):
        hint = "the file holds two versions: keep one, and take out the other and the marks"
        raise _refused(path, "found the mark of a merge that met a conflict", hint, line=conflict)
    if not text.strip():
        raise _refused(path, "the file is empty", "write a line with the names of the columns, then the rows")
    return text


def _refused(path: Path, message: str, hint: str, *, line: int | None = None) -> ValidationError:
    return ValidationError([Problem(message, file=str(path), line=line, hint=hint)])
