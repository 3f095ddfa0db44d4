"""Finding what a cell names, among the records of the folder and what the file itself brings in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from plandoc.exchange.tabular.cells import Cell, CellReader, did_you_mean, folded, shown
from plandoc.hints import joined

T = TypeVar("T")


class Names(Generic[T]):
    """Things by what they are called: first by the short name, then by the name, whatever its case.

    Attributes:
        what: What they are, for messages ("ingredient").
    """

    def __init__(self, what: str, records: Iterable[Any] = ()) -> None:
        self.what = what
        self._by_slug: dict[str, T] = {}
        self._by_name: dict[str, list[T]] = {}
        self._names: dict[str, None] = {}
        for record in records:
            self.add(record, record.name, record.slug)

    def add(self, thing: T, name: str, slug: str = "") -> None:
        """Make a thing known."""
        self._names[name] = None
        self._by_name.setdefault(folded(name), []).append(thing)
        if slug:
            self._by_slug[slug] = thing

    def all_of(self, text: str) -> list[T]:
        """Return what a text can mean: nothing, one thing, or several of the same name."""
        if text in self._by_slug:
            return [self._by_slug[text]]
        named = self._by_name.get(folded(text), [])
        lower = self._by_slug.get(text.lower())
        return named or ([] if lower is None else [lower])

    def one(self, text: str) -> T | None:
        """Return the one thing that a text means; None when there is none, or several."""
        meant = self.all_of(text)
        return meant[0] if len(meant) == 1 else None

    def present(self, cells: CellReader, cell: Cell) -> T | None:
        """Return the thing that a row changes, or None when it is to become a new one; several are a problem."""
        meant = self.all_of(cell.text)
        if len(meant) > 1:
            self.refuse(cells, cell)
        return meant[0] if meant else None

    def nearest(self, text: str) -> str | None:
        """Return a question with the nearest name, or None when nothing is near."""
        return did_you_mean(text, [*self._by_slug, *self._names])

    def refuse(self, cells: CellReader, cell: Cell, hint: str | None = None) -> None:
        """Say why a cell means no single thing.

        Args:
            cells: Keeps the problem.
            cell: What was written.
            hint: What helps when there is none of this name and nothing near.
        """
        count = len(self.all_of(cell.text))
        if count > 1:
            hint = "write the short name of the one that is meant; the lists show them"
            cells.refuse_cell(cell, f"{shown(cell.text)} is the name of {count} {self.what}s", hint)
        else:
            near = self.nearest(cell.text) if cells.suggests else None
            both = joined("", [near, " Else ", hint]) if near and hint else near or hint
            cells.refuse_cell(cell, f"there is no {self.what} {shown(cell.text)}", both)


class Once:
    """Refuses to bring in the same thing twice, for only one of the two would count."""

    def __init__(self, cells: CellReader) -> None:
        self._cells = cells
        self._first: dict[tuple[object, str], int] = {}

    def refuse_second(self, cell: Cell, present: Any | None = None, further: str = "") -> None:
        """Keep a problem when a thing is named that was named before.

        Args:
            cell: Names it.
            present: The record that it is; None for a new one.
            further: What else tells two of the same name apart.
        """
        key = (folded(cell.text) if present is None else id(present), further)
        if cell and key in self._first:
            first = self._first[key]
            self._cells.refuse_cell(cell, f"{shown(cell.text)} stands twice, first on line {first}", "leave one out")
        self._first.setdefault(key, cell.line)
