"""Tables as rich draws them on a terminal; the text in them is escaped already."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_numbered(title: str, points: Iterable[Sequence[str]]) -> None:
    """Print points below each other, numbered; each may have several parts, the later ones behind arrows."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for number, point in enumerate(points, start=1):
        table.add_row(f" {number}.", Text("\n-> ".join(point)))
    print(title)
    Console(file=sys.stdout, highlight=False).print(table)


def print_table(
    title: str, columns: Iterable[tuple[str, bool]], rows: Sequence[Sequence[str]], styles: Sequence[str]
) -> None:
    """Print a table.

    Args:
        title: Printed above it, in bold.
        columns: The heading of each, and whether it is aligned to the right.
        rows: The cells.
        styles: Of each row, such as "green"; "" for none.
    """
    # Without edges and close together, so that a whole plan fits on one screen.
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for heading, is_number in columns:
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for row, style in zip(rows, styles, strict=True):
        # As Text, or a name such as "[red]" would be taken for a style.
        table.add_row(*map(Text, row), style=style)
    Console(file=sys.stdout, highlight=False).print(Text(title, style="bold"), table)
