"""The text of a table file; anything else is refused with one message."""

from __future__ import annotations

from pathlib import Path

from plandoc.errors import Problem, ValidationError
from plandoc.exchange.input_file import read_content, text_in
from plandoc.storage.strict_json import conflict_line

# More than a thousand bakeries would write; a much larger file is a mistake, and would fill the memory.
LARGEST_BYTES = 10_000_000
# A file of that size with more lines or more cells has next to nothing in each, and would take too long to read.
MOST_LINES = 500_000
MOST_COMMAS = 1_000_000

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
# A byte order mark that a program took for three letters.
_MISREAD_MARK = "\u00ef\u00bb\u00bf"
_SAVE_AS = "save it as 'CSV UTF-8', or as UTF-8 text"


def read_text(path: Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
        ValidationError: when it is a folder, empty, far too large, or not text in UTF-8.
    """
    content = read_content(path, lambda message, hint: _refused(path, message, hint), largest=LARGEST_BYTES)
    return _decoded(path, content)


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(_SPREADSHEETS):
        raise _refused(path, "wanted a text file, found the file of a spreadsheet program", _SAVE_AS)
    if content.startswith(_OTHER_ENCODINGS):
        raise _refused(path, "wanted UTF-8, found UTF-16", _SAVE_AS)
    if b"\0" in content:
        raise _refused(path, "wanted a text file, found one with NUL bytes", "is it the right file?")
    text = text_in(content, lambda message, line: _refused(path, message, _SAVE_AS, line=line))
    if text.startswith(_MISREAD_MARK):
        hint = "take the table as it was exported, open it as UTF-8, and save it as 'CSV UTF-8'"
        raise _refused(path, "a program has read this file in the wrong encoding, and saved other letters", hint)
    for what, mark, most in (
        ("lines", "\n", MOST_LINES),
        ("commas", ",", MOST_COMMAS),
        ("semicolons", ";", MOST_COMMAS),
    ):
        if text.count(mark) > most:
            hint = "check that it is the right file, or divide it into several"
            raise _refused(path, f"wanted at most {most} {what}, found {text.count(mark)}", hint)
    if conflict := conflict_line(text):
        hint = "the file holds two versions: keep one, and take out the other and the markers"
        raise _refused(path, "found a merge conflict marker", hint, line=conflict)
    if not text.strip():
        raise _refused(path, "the file is empty", "write a line with the names of the columns, then the rows")
    return text


def _refused(path: Path, message: str, hint: str, *, line: int | None = None) -> ValidationError:
    return ValidationError([Problem(message, file=str(path), line=line, hint=hint)])
