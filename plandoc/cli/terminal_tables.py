"""Tables as rich draws them on a terminal; the text in them is escaped already."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from plandoc.cli.wrapping import cells, fitted, width, wrapped

# The blanks between two columns, one of them the line that the box would draw there.
_GAP = 2
# A longer word leaves less than this to other columns.
_SPARE = 25
# The columns that a narrow terminal leaves out, the first first: the short name is enough without name or number.
_LEAVING = ("also written", "as written", "category", "kind", "lost", "made", "yield each", "id", "name", "available")

# The heading of a column, and whether it is aligned to the right, its cells in one line each.
TableColumn = tuple[str, bool]


def print_numbered(title: str, points: Iterable[Sequence[str]]) -> None:
    """Print points below each other, numbered; each may have several parts, the later ones behind arrows."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for number, point in enumerate(points, start=1):
        table.add_row(f" {number}.", Text("\n-> ".join(point)))
    print(wrapped(title, width()))
    _console().print(table)


def print_table(
    title: str, columns: Sequence[TableColumn], rows: Sequence[Sequence[str]], styles: Sequence[str]
) -> None:
    """Print a table in which no word is broken; where it is too wide, columns go, and at last each cell gets a line.

    Args:
        title: Printed above it, in bold.
        columns: The heading of each, and whether it is aligned to the right.
        rows: The cells.
        styles: Of each row, such as "green"; "" for none.
    """
    console = _console()
    console.print(Text(title, style="bold"))
    shown = list(range(len(columns)))
    headings = [heading for heading, _ in columns]
    leaving = [headings.index(heading) for heading in _LEAVING if heading in headings]
    while (widths := _widths([columns[one] for one in shown], _only(shown, rows))) is None and leaving:
        shown.remove(leaving.pop(0))
    if widths is None:
        _print_stacked(columns, rows, styles)
        return
    _draw(console, [columns[one] for one in shown], widths, _only(shown, rows), styles)
    if hidden := [heading for number, heading in enumerate(headings) if number not in shown]:
        print(wrapped(f"too narrow to show: {', '.join(hidden)}", width()))


def _only(shown: Sequence[int], rows: Iterable[Sequence[str]]) -> list[list[str]]:
    return [[row[one] for one in shown] for row in rows]


def _widths(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]]) -> list[int] | None:
    natural, least = [], []
    for number, (heading, is_number) in enumerate(columns):
        texts = [row[number] for row in rows]
        natural.append(max(map(cells, (heading, *texts))))
        least.append(max(_longest_word(heading), *map(cells if is_number else _longest_word, texts)))
    return fitted(least, natural, width() - _GAP * (len(columns) - 1))


def _longest_word(text: str) -> int:
    # One that fills a terminal may as well be broken.
    return min(max(map(cells, text.split()), default=0), max(width() - _SPARE, width() * 2 // 3))


def _draw(
    console: Console,
    columns: Sequence[TableColumn],
    widths: Sequence[int],
    rows: Iterable[Sequence[str]],
    styles: Sequence[str],
) -> None:
    # Without edges and close together, so that a whole plan fits on one screen.
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for (heading, is_number), each in zip(columns, widths, strict=True):
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold", width=each)
    for row, style in zip(rows, styles, strict=True):
        # As Text, or a name such as "[red]" would be taken for a style.
        table.add_row(*map(Text, row), style=style)
    console.print(table)


def _print_stacked(columns: Sequence[TableColumn], rows: Iterable[Sequence[str]], styles: Sequence[str]) -> None:
    label = max(cells(heading) for heading, _ in columns)
    console = _console()
    for row, style in zip(rows, styles, strict=True):
        print("─" * min(width(), 20))
        for (heading, _), text in zip(columns, row, strict=True):
            if text:
                line = wrapped(f"{heading:<{label}}  {text}", width())
                console.print(Text(line, style=style), soft_wrap=True)


def _console() -> Console:
    return Console(file=sys.stdout, highlight=False, width=width())
