"""Finding what a cell names, among the records of the folder and what the file itself adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeVar

from plandoc.errors.hints import joined
from plandoc.exchange.names import Names, folded, shown
from plandoc.exchange.tabular.cells import Cell, CellReader

T = TypeVar("T")


class CellNames(Names[T]):
    """Names that cells have; what a cell means is a problem of the file where it is not one thing."""

    def present(self, cells: CellReader, cell: Cell) -> T | None:
        """Return the thing that a row changes, or None when it is to become a new one; several are a problem."""
        meant = self.all_of(cell.text)
        if len(meant) > 1:
            self.refuse(cells, cell)
        return meant[0] if meant else None

    def named(self, cells: CellReader, cell: Cell) -> tuple[str, T | None]:
        """Return the name that a row gives to what it is about, and the thing that it changes, as `present` does.

        A new name that a program has probably read in the wrong encoding is a problem.
        """
        name, present = cells.name(cell), self.present(cells, cell)
        if present is None:
            cells.question(cell)
        return name, present

    def refuse(self, cells: CellReader, cell: Cell, hint: str | None = None) -> None:
        """Refuse a cell that means nothing, or several things.

        Args:
            cells: Keeps the problem.
            cell: What was written.
            hint: What helps when there is none of this name and nothing near.
        """
        count = len(self.all_of(cell.text))
        if count > 1:
            hint = "use the short name of the right one; the lists show it"
            cells.refuse_cell(cell, f"{shown(cell.text)} is the name of {count} {self.what}s", hint)
        else:
            near = self.nearest(cell.text) if cells.suggests else None
            both = joined("", [near, " Else ", hint]) if near and hint else near or hint
            cells.refuse_cell(cell, f"there is no {self.what} {shown(cell.text)}", both)


class Once:
    """Refuses to import the same thing twice: only one of the two would count.

    Args:
        cells: Keeps the problems.
        held: What the folder has there already; a thing may occur as often as in this.
    """

    def __init__(self, cells: CellReader, held: Iterable[Any] = ()) -> None:
        self._cells = cells
        self._left = Counter(map(id, held))
        self._first: dict[tuple[object, str], int] = {}

    def refuse_second(self, cell: Cell, present: Any | None = None, further: str = "") -> None:
        """Keep a problem when a thing is named that was named before.

        Args:
            cell: Names it.
            present: The record that it is; None for a new one.
            further: What else distinguishes two of the same name.
        """
        key = (folded(cell.text) if present is None else id(present), further)
        self._left[id(present)] -= 1
        if cell and key in self._first and self._left[id(present)] < 0:
            first = f", first on {self._cells.counts} {self._first[key]}" if self._cells.shows_lines else ""
            self._cells.refuse_cell(cell, f"{shown(cell.text)} occurs twice{first}", "leave one out")
        self._first.setdefault(key, cell.line)
