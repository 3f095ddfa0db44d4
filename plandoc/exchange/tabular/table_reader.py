"""Reading a table into rows, whether it is CSV or JSON."""

from __future__ import annotations

from pathlib import Path

from plandoc import units
from plandoc.exchange.names import folded, shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.csv_rows import read_csv
from plandoc.exchange.tabular.json_rows import read_json
from plandoc.exchange.tabular.table_files import read_text
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.frozen import frozen


@frozen
class Tables:
    """What a file holds.

    Attributes:
        cells: Says what its cells mean.
        rows: In the order of the file.
        is_json: Whether it is JSON, else CSV.
    """

    cells: CellReader
    rows: tuple[TableRow, ...]
    is_json: bool

    def grouped(self, column: str) -> list[tuple[Cell, list[TableRow]]]:
        """Return the rows that name the same thing in a column, each group with the cell that names it first.

        Rows of one thing are below one another; where they are apart, something was probably pasted twice, and
        that is kept as a problem.
        """
        groups: dict[str, tuple[Cell, list[TableRow]]] = {}
        above = None
        for row in self.rows:
            name = row.cell(column)
            key = folded(name.text)
            if key in groups and above != key:
                first = groups[key][0].line
                message = f"the rows of {shown(name.text)} are not together; the first is on line {first}"
                self.cells.refuse_cell(name, message, f"put all rows of a {column} together")
            groups.setdefault(key, (name, []))[1].append(row)
            above = key
        return list(groups.values())

    def check_amount_columns(self) -> None:
        """Refuse a table of ingredients without the columns that say how much, instead of taking all for blank.

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


def read_tables(path: Path, csv_columns: Columns, json_columns: Columns) -> Tables:
    """Return the rows of a file: JSON when its name ends in .json or it begins with a bracket, else CSV.

    Raises:
        StorageError: when there is no such file, or it cannot be read.
        ValidationError: when it cannot be understood as rows at all.
    """
    text = read_text(path)
    if path.suffix.lower() == ".json" or text.lstrip()[:1] in ("[", "{"):
        cells, rows = read_json(str(path), text, json_columns)
        return Tables(cells, rows, is_json=True)
    cells, rows = read_csv(str(path), text, csv_columns)
    return Tables(cells, rows, is_json=False)
