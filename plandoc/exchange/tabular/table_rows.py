"""The rows of a table, whether it is CSV or JSON, and the names that their fields may have."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from plandoc.exchange.names import did_you_mean, folded, shown
from plandoc.exchange.tabular.cells import Cell
from plandoc.frozen import frozen


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
        return self.cells.get(name) or Cell("", self.line, f"{self.path}{name}")

    def rows(self, name: str) -> tuple[TableRow, ...]:
        """Return the rows of a list; none where it holds none."""
        return self.lists.get(name, ())


def column_of(written: str, columns: Columns) -> str | None:
    """Return the column that a written name means, whatever its case; None for one that is not known.

    >>> column_of("Sub Recipe", Columns("recipe", (), ("sub_recipe",)))
    'sub_recipe'
    """
    name = folded(written).replace(" ", "_").replace("-", "_")
    return name if name in columns.names else None


def unknown_column(written: str, columns: Columns) -> tuple[str, str]:
    """Return the message for an unknown name, and the hint."""
    names = ", ".join(columns.names)
    near = did_you_mean(written.replace(" ", "_"), columns.names)
    return f"{shown(written)} is not a part of {columns.what_with_article}", near or f"wanted {names}"
