"""CSV as lines of cells, whatever separates them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

# What Excel writes above a table, and reads there, to state what separates the cells.
_STATED_SEPARATOR = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)


class NotCsv(ValueError):  # noqa: N818  (what is wrong with a text; the caller makes the error of it)
    """A text is not CSV.

    Attributes:
        line: Where it is wrong, counted from 1.
        hint: The way out.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"this is not CSV: {message}")
        self.line = line
        self.hint = "close every quotation mark; one inside a text in quotes is written twice"


def head_of_table(text: str) -> tuple[str, str]:
    r"""Return what separates the cells of CSV, and its first line with any: that of the headings.

    The separator is what a line such as `sep=;` above them states; else semicolons, where there are more of them than commas.

    >>> head_of_table("good;component"), head_of_table("sep=;\nname")
    ((';', 'good;component'), (';', 'name'))
    """
    lines = (line for line in text.splitlines() if line.strip())
    first = next(lines, "")
    stated = _STATED_SEPARATOR.fullmatch(first.strip())
    if stated is not None:
        return stated[1], next(lines, "")
    return ";" if first.count(";") > first.count(",") else ",", first


def lines_of_cells(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line of CSV that is not blank, with its number; one in quotes may go over several lines of the text.

    A line above the headings that states the separator is left out.

    Raises:
        NotCsv: when it is not CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
    before, is_first = 0, True
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                if not (is_first and _STATED_SEPARATOR.fullmatch(separator.join(cells).strip())):
                    yield before + 1, cells
                is_first = False
            before = reader.line_num
    except csv.Error as error:
        raise NotCsv(str(error), before + 1) from None
