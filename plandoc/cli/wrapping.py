"""Text in the width of a terminal: wrapped between words, which are never broken."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Sequence

# A label and the blanks behind it, below which further lines begin.
_LABEL = re.compile(r"\s*(?:[-*] |\w[\w ]{0,12}?\s{2,})?")


def width() -> int:
    """Return how wide the terminal is."""
    return shutil.get_terminal_size().columns


def cells(text: str) -> int:
    """Return how many columns a text takes on a terminal; East Asian letters and most pictures take two.

    >>> cells("Brötchen"), cells("月餅"), cells("e\u0301")
    (8, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text
    )


def wrapped(text: str, columns: int, indent: int = 0) -> str:
    """Return a sentence in lines of so many columns; a word is broken only when no line holds it.

    Args:
        text: One line. Further lines begin below its first word, or below what follows its label.
        columns: How wide a line may be.
        indent: How far further lines are set in beside that.

    >>> print(wrapped("notes      of the stall that is number 14", 30))
    notes      of the stall that
               is number 14
    """
    if cells(text) <= columns:
        return text
    label = _LABEL.match(text)
    start = label[0] if label else ""
    below = " " * min(indent + len(start), columns // 2)
    lines, line = [], start
    for word in text[len(start) :].split(" "):
        if line.strip() and line != start and cells(f"{line} {word}") > columns:
            lines.append(line.rstrip())
            line = below + word
        else:
            line = line + word if line in (start, below) else f"{line} {word}"
        while cells(line) > columns:
            held = _that_fit(line, columns)
            lines.append(line[:held])
            line = below + line[held:]
    return "\n".join([*lines, line])


def rows_of(texts: Sequence[str], columns: int) -> list[str]:
    """Return texts side by side, in rows of so many columns, none of them broken; all have the place of the longest.

    >>> rows_of(["[ ]", "[ ]", "[ ]"], 10)
    ['[ ] [ ]', '[ ]']
    """
    in_a_row = max(1, (columns + 1) // (max(map(cells, texts), default=0) + 1))
    return [" ".join(texts[start : start + in_a_row]) for start in range(0, len(texts), in_a_row)]


def _that_fit(line: str, columns: int) -> int:
    """Return how many letters of a line fit into so many columns."""
    held = columns
    while cells(line[:held]) > columns:
        held -= 1
    return held


def fitted(least: Sequence[int], natural: Sequence[int], columns: int) -> list[int] | None:
    """Return the widths of the columns of a table that fit into so many columns, or None when the least do not.

    Args:
        least: How wide each column must be, so that no word is broken.
        natural: How wide each would be without a limit.
        columns: How wide all together may be.

    >>> fitted([3, 5], [10, 30], 20), fitted([3, 5], [10, 30], 100), fitted([3, 5], [10, 30], 7)
    ([10, 10], [10, 30], None)
    """
    if sum(least) > columns:
        return None
    widths = list(natural)
    while sum(widths) > columns:
        # The widest of those that can still give way.
        widest = max((one for one in range(len(widths)) if widths[one] > least[one]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths
