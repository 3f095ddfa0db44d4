"""Text from data made harmless for terminals, and for spreadsheets, which take some text for formulas."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Container, Iterable, Sequence

# A non-breaking space, and the joiner inside many emoji: not "printable" for Python, but harmless.
_HARMLESS = "\u00a0\u200d"
# What a spreadsheet takes for a formula, and the same behind apostrophes, which would no longer tell the two apart.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
# Spreadsheet programs open a file without it in the encoding of the system, and then save other letters.
BYTE_ORDER_MARK = "\ufeff"


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


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[object]], texts: Container[str] = ()) -> str:
    r"""Return a table as CSV, as RFC 4180 wants it; no cell can steer a terminal or run as a formula.

    Args:
        headings: The names of the columns.
        rows: The cells.
        texts: The columns whose cells may have several lines; elsewhere ends of lines are spelled out.

    >>> csv_text(["ingredient", "quantity"], [("=HYPERLINK(1)", 3), ("Flour, fine", None)])
    'ingredient,quantity\r\n\'=HYPERLINK(1),3\r\n"Flour, fine",\r\n'
    """
    import csv  # noqa: PLC0415  (0.6 ms, and every command imports this module)

    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headings)
    in_lines = [heading in texts for heading in headings]
    writer.writerows(map(csv_cell, row, in_lines) for row in rows)
    return text.getvalue()


def csv_cell(value: object, in_lines: bool = False) -> str:
    r"""Return what a cell of a table holds for a value: an apostrophe comes before what looks like a formula.

    Args:
        value: The value; None gives a blank cell.
        in_lines: Whether ends of lines stay as they are.

    >>> csv_cell("=1+1"), csv_cell("'=1+1"), csv_cell("'Nduja"), csv_cell("a\nb")
    ("'=1+1", "''=1+1", "'Nduja", 'a\\nb')
    """
    text = "" if value is None else str(value)
    if _FORMULA.match(text):
        # As spreadsheets themselves mark text that looks like a formula.
        text = f"'{text}"
    if not in_lines:
        return escape_control_characters(text)
    return "\n".join(map(escape_control_characters, text.replace("\r\n", "\n").split("\n")))


def without_mark(cell: str) -> str:
    """Return the text of a cell without the apostrophe that `csv_cell` puts before what looks like a formula.

    >>> without_mark("'=1+1"), without_mark("'Nduja"), without_mark("-18 C Cream")
    ('=1+1', "'Nduja", '-18 C Cream')
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _spelled_out(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _escaped(line: str) -> str:
    return "".join(c if c.isprintable() or c in _HARMLESS else json.dumps(c)[1:-1] for c in line)
