"""The rows of a table, whether it is CSV or JSON, and the names that their fields may have."""

from __future__ import annotations

from collections.abc import Container, Mapping
from types import MappingProxyType

from plandoc.exchange.names import column_name, did_you_mean, listed, shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.frozen import frozen

# The columns that may have several lines in a cell.
TEXTS = frozenset({"notes", "recipe_notes", "good_notes", "method"})
# How much an unknown column must be like one that is missing, to be taken for a slip.
_MISSPELLED = 0.8


@frozen
class Columns:
    """What the rows of a table may hold.

    Attributes:
        what: What a row is, for messages ("recipe").
        required: Columns that must be there.
        optional: Columns that may be left out.
        lists: Keys that hold rows of their own; only JSON has such.
    """

    what: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    lists: Mapping[str, Columns] = MappingProxyType({})

    @property
    def names(self) -> tuple[str, ...]:
        """All names that are known."""
        return (*self.required, *self.optional, *self.lists)

    @property
    def what_with_article(self) -> str:
        """What one row is, such as "a recipe" or "an ingredient"."""
        return f"{'an' if self.what.startswith(tuple('aeio')) else 'a'} {self.what}"


@frozen
class TableRow:
    """One row.

    Attributes:
        line: Where it begins in the file, counted from 1.
        cells: By the name of the column; blank ones included.
        lists: Rows inside this one, by their key.
        path: Where it is, in front of the names of fields; "" for a row of the file itself.
    """

    line: int
    cells: Mapping[str, Cell]
    lists: Mapping[str, tuple[TableRow, ...]] = MappingProxyType({})
    path: str = ""

    def cell(self, name: str) -> Cell:
        """Return a cell; a blank one where the row holds none of this name."""
        found = self.cells.get(name)
        return Cell("", self.line, f"{self.path}{name}") if found is None else found

    def cell_or_none(self, name: str) -> Cell | None:
        """Return a cell, which can be blank; None where the table has no such column."""
        return self.cells.get(name)

    def rows(self, name: str) -> tuple[TableRow, ...]:
        """Return the rows of a list; none where it holds none."""
        return self.lists.get(name, ())


def column_of(written: str, columns: Columns) -> str | None:
    """Return the column that a written name means, whatever its case; None for one that is not known.

    >>> column_of("Sub Recipe", Columns("recipe", (), ("sub_recipe",)))
    'sub_recipe'
    """
    name = column_name(written)
    return name if name in columns.names else None


class UnknownColumns:
    """Columns or keys that a table does not have: refused where they are probably misspelled, else left out and reported.

    Args:
        cells: Keeps what is wrong, and what is left out.
        what: What they are, "column" or "key".
        strict: Whether all of them are refused.
    """

    def __init__(self, cells: CellReader, what: str, *, strict: bool) -> None:
        self._cells = cells
        self._what = what
        self._strict = strict
        self._left_out: dict[str, None] = {}

    def add(
        self, written: str, line: int, columns: Columns, present: Container[str | None], field: str | None = None
    ) -> None:
        """Take note of one.

        Args:
            written: What it is called.
            line: Where it is.
            columns: What it could have been.
            present: The columns that are there, none of which it can mean.
            field: What it is a part of.
        """
        missing = [name for name in columns.names if name not in present]
        near = did_you_mean(written.replace(" ", "_"), missing, likeness=_MISSPELLED)
        if near or self._strict:
            message = f"{shown(written)} is not a part of {columns.what_with_article}"
            self._cells.refuse(message, line, field, near or f"wanted {', '.join(columns.names)}")
        else:
            self._left_out[written] = None

    def note(self) -> None:
        """Report those that were left out."""
        if self._left_out:
            many = "s" if len(self._left_out) > 1 else ""
            names = listed(map(shown, self._left_out))
            self._cells.notes.append(f"left out, because plandoc has no such {self._what}{many}: {names}")
