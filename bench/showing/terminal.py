"""Tables on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bench.showing.grids import Grid


def show(grid: Grid) -> None:
    """Print a table, as wide as it is."""
    table = Table(title=grid.title, title_justify="left")
    for number, name in enumerate(grid.header):
        table.add_column(name, justify="right" if number and not grid.is_prose else "left", no_wrap=True)
    for row in grid.rows:
        table.add_row(*row)
    # A terminal that is too narrow wraps lines; what is cut off nobody can read.
    needed = Console(width=10_000).measure(table).maximum
    Console(width=max(Console().width, needed)).print(table)


def say(text: str) -> None:
    """Print a line."""
    Console(highlight=False).print(text)
