"""Reading a table into rows, whether it is CSV or JSON."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from plandoc import units
from plandoc.errors import Problem, ValidationError
from plandoc.errors.hints import Hint, wording
from plandoc.exchange.file_kinds import CONVERT_FIRST, are_recipes_of_others, import_of, is_export, table_in
from plandoc.exchange.input_file import read_head
from plandoc.exchange.names import folded, listed, shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.csv_rows import read_csv
from plandoc.exchange.tabular.json_rows import read_json
from plandoc.exchange.tabular.python_rows import read_python
from plandoc.exchange.tabular.table_files import read_text
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.frozen import frozen
from plandoc.storage.paths import checked_path

# The path of a file; or rows, as mappings, or as sequences below one with the names of the columns.
Source = str | os.PathLike[str] | Iterable[Mapping[str, Any] | Sequence[Any]]


@frozen
class Tables:
    """What a file holds.

    Attributes:
        cells: Says what its cells mean.
        rows: In the order of the file.
        is_json: Whether they are as JSON has them, with lists inside; else as CSV has them.
    """

    cells: CellReader
    rows: tuple[TableRow, ...]
    is_json: bool

    def grouped(self, column: str, *, may_repeat: bool = True) -> list[tuple[Cell, list[TableRow]]]:
        """Return the rows that name the same thing in a column, each group with the cell that names it first.

        A blank cell means the same as the one above it. Rows of one thing can be apart from each other, and that is noted.

        Args:
            column: The column.
            may_repeat: Whether a row may occur again apart from the first; otherwise it was probably pasted twice, and
                that is kept as a problem.
        """
        groups: dict[str, _Group] = {}
        above: _Group | None = None
        for row in self.rows:
            name = row.cell(column)
            if above is None or (name and name.text != above.name.text):
                group = groups.setdefault(folded(name.text), _Group(name))
                if group is not above:
                    group.begin_block(row.line)
                above = group
            again = None if may_repeat else above.same_before(row, column)
            above.rows.append(row)
            if again:
                hint = "leave one of them out; if both are meant, put all rows together"
                self.cells.refuse(
                    f"this row of {shown(above.name.text)} is the same as {self.cells.counts} {again}",
                    row.line,
                    None,
                    hint,
                )
        apart = [group for group in groups.values() if len(group.blocks) > 1]
        if apart:
            names = listed(
                f"{shown(one.name.text)} ({self.cells.counts}s {listed(map(str, one.blocks))})" for one in apart
            )
            self.cells.notes.append(f"put together, because their rows are not: {names}")
        return [(group.name, group.rows) for group in groups.values()]

    def one_of(self, rows: Sequence[TableRow], column: str) -> Cell:
        """Return the one cell of a column that counts for all of these rows; another text further down is a problem."""
        said = [cell for row in rows if (cell := row.cells.get(column))]
        for cell in said[1:]:
            if folded(cell.text) != folded(said[0].text):
                message = f"wanted one {column} for all rows, found {shown(cell.text)} after {shown(said[0].text)}"
                self.cells.refuse_cell(
                    cell, f"{message} on {self.cells.counts} {said[0].line}", "leave all but one of them blank"
                )
        return said[0] if said else rows[0].cell(column)

    def check_amount_columns(self) -> None:
        """Refuse a table of ingredients without the columns of the amount, instead of taking every amount as blank.

        The unit may be behind the numbers of a table.
        """
        amounts = [row.cell("quantity").text for row in self.rows if row.cell("ingredient")]
        if not amounts or self.is_json:
            return
        if self._lacks("quantity"):
            self._refuse_missing("quantity", "where a recipe gives no amount it may be blank")
        elif self._lacks("unit") and not any(map(str.isalpha, "".join(amounts))):
            self._refuse_missing("unit", f"where it is blank the number is of pieces ({units.PIECES})")

    def _lacks(self, column: str) -> bool:
        return not any(column in row.cells for row in self.rows)

    def _refuse_missing(self, column: str, blank: str) -> None:
        self.cells.refuse(f"the column {column} is missing", 1, hint=f"add it; {blank}")
        self.cells.check()


class _Group:
    """The rows of one thing.

    Attributes:
        name: The cell that names it first.
        rows: In the order of the file.
        blocks: The first line of each run of rows that are below one another.
    """

    def __init__(self, name: Cell) -> None:
        self.name = name
        self.rows: list[TableRow] = []
        self.blocks: list[int] = []
        # The first line of each content; of the rows before the present run.
        self._seen: dict[tuple[str, ...], int] = {}
        self._seen_rows = self._block_start = 0

    def begin_block(self, line: int) -> None:
        """Begin a run of rows."""
        self.blocks.append(line)
        self._block_start = len(self.rows)

    def same_before(self, row: TableRow, column: str) -> int | None:
        """Return the line of the same row in a run before; None when there is none."""
        # Most tables have all rows of a thing together, so that nothing is compared.
        for earlier in self.rows[self._seen_rows : self._block_start]:
            self._seen.setdefault(_content(earlier, column), earlier.line)
        self._seen_rows = self._block_start
        content = _content(row, column) if self._seen else ()
        return self._seen.get(content) if any(content) else None


def _content(row: TableRow, column: str) -> tuple[str, ...]:
    """Return what a row says beside one column, as it is compared."""
    return tuple(folded(cell.text) for name, cell in row.cells.items() if name != column)


def read_tables(
    source: Source, table: str, csv_columns: Columns, json_columns: Columns, *, strict_columns: bool = False
) -> Tables:
    """Return the rows of a file, or those that are given as Python data.

    A file is JSON when its name ends in .json or it begins with a bracket, else CSV.

    Args:
        source: The path of the file, or the rows.
        table: Which table it should be: recipes, goods, stock or ingredients.
        csv_columns: What the rows of CSV may hold.
        json_columns: What the objects of JSON may hold.
        strict_columns: Whether other columns and keys are refused, instead of left out.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
        ValidationError: when it cannot be understood as rows at all.
    """
    if isinstance(source, str | bytes | os.PathLike):
        tables = _read_file(checked_path(source), table, csv_columns, json_columns, strict_columns=strict_columns)
    else:
        tables = Tables(*read_python(source, table, csv_columns, json_columns, strict_columns=strict_columns))
    if not tables.rows:
        tables.cells.notes.append("the table has no rows, so there was nothing to import")
    return tables


def _read_file(path: Path, table: str, csv_columns: Columns, json_columns: Columns, *, strict_columns: bool) -> Tables:
    if table == "recipes":
        _refuse_recipes_of_others(path)
    text = read_text(path)
    is_json = path.suffix.lower() == ".json" or text.lstrip()[:1] in ("[", "{")
    if is_export(text):
        hint = wording("import it with {step}", step=Hint.EXPORT())
        raise ValidationError([Problem(f"wanted a table of {table}, found an export", file=str(path), hint=hint)])
    if is_json:
        cells, rows = read_json(str(path), text, json_columns, strict_columns=strict_columns)
        _refuse_other_tables(path, text, table, json_columns)
        return Tables(cells, rows, is_json=True)
    _refuse_other_tables(path, text, table, csv_columns)
    cells, rows = read_csv(str(path), text, csv_columns, strict_columns=strict_columns)
    return Tables(cells, rows, is_json=False)


def tables_in(text: str, name: str, columns: Columns) -> Tables:
    """Return the rows of a table of CSV that is at hand as text, in which a blank cell means that nothing is there.

    Args:
        text: The table.
        name: What it is called in messages; blank when a person never sees it.
        columns: What its rows may hold.

    Raises:
        ValidationError: when it cannot be understood as rows at all.
    """
    cells, rows = read_csv(name, text, columns, strict_columns=True)
    cells.blank_clears = True
    return Tables(cells, rows, is_json=False)


def _refuse_recipes_of_others(path: Path) -> None:
    """Refuse recipes that another program wrote, with the step that makes a table of them."""
    head = read_head(path)
    # Some export them as an archive.
    is_archive = head.startswith("PK\x03\x04") and path.suffix.casefold() == ".zip"
    if is_archive or are_recipes_of_others(path.name, head):
        found = "an archive" if is_archive else "recipes of another program"
        problem = Problem(f"wanted a table of recipes, found {found}", file=str(path), hint=CONVERT_FIRST)
        raise ValidationError([problem])


def _refuse_other_tables(path: Path, text: str, table: str, columns: Columns) -> None:
    """Refuse a table that another command imports, with that command."""
    other = table_in(text, instead_of=table, required=columns.required)
    if other is not None:
        message = f"wanted a table of {table}, found one of {other}"
        raise ValidationError([Problem(message, file=str(path), hint=import_of(other))])
