"""Text from data made harmless for terminals, and for spreadsheets, which take some text for formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

# A non-breaking space, and the joiner inside many emoji: not "printable" for Python, but harmless.
_HARMLESS = "\u00a0\u200d"
_STARTS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def escape_control_characters(text: object) -> str:
    r"""Return text in which nothing can steer a terminal; control characters are spelled out.

    >>> escape_control_characters("Br\u00f6tchen\x1b[31m")
    'Brötchen\\x1b[31m'
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c in _HARMLESS else _spelled_out(c) for c in decoded(shown))


def decoded(text: str) -> str:
    r"""Return text in which Python has put bytes in disguise, as it does in names of files that it could not decode.

    What is not UTF-8 either stays as it is.

    >>> decoded("F\udcc3\udcaate.html"), ascii(decoded("\udcc3"))
    ('Fête.html', "'\\udcc3'")
    """
    try:
        return text.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return text


def json_text(text: str) -> str:
    r"""Return JSON text in which nothing can steer a terminal; it means the same, character by character.

    >>> json_text('{"name": "Br\u00f6tchen \u202e \U000e0041"}\n')
    '{"name": "Brötchen \\u202e \\udb40\\udc41"}\n'
    """
    return "\n".join(line if line.isprintable() else _escaped(line) for line in text.split("\n"))


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Return a table as CSV, as RFC 4180 wants it; no cell can steer a terminal or run as a formula.

    >>> csv_text(["ingredient", "quantity"], [("=HYPERLINK(1)", 3), ("Flour, fine", None)])
    'ingredient,quantity\r\n\'=HYPERLINK(1),3\r\n"Flour, fine",\r\n'
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # As spreadsheets themselves mark text that looks like a formula.
    return escape_control_characters(f"'{text}" if text.startswith(_STARTS_OF_FORMULAS) else text)


def _spelled_out(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _escaped(line: str) -> str:
    return "".join(c if c.isprintable() or c in _HARMLESS else json.dumps(c)[1:-1] for c in line)
