"""Tables as CSV: commas or semicolons, any order and case of the columns, every cell with its line."""

from __future__ import annotations

from collections.abc import Iterator

from plandoc.errors import Problem, ValidationError
from plandoc.exchange.csv_lines import NotCsv, head_of_table, lines_of_cells
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import Cell, CellReader, stripped
from plandoc.exchange.tabular.table_rows import Columns, TableRow, UnknownColumns, column_of
from plandoc.frozen import frozen
from plandoc.text.escaping import without_mark

# The name of the column that each position of a row belongs to; None where the heading is blank.
Headings = list[str | None]
# The heading of a column that is left out.
_LEFT_OUT = ""


def read_csv(
    file: str, text: str, columns: Columns, *, strict_columns: bool = False
) -> tuple[CellReader, tuple[TableRow, ...]]:
    """Return the rows below the headings; blank lines are left out.

    Args:
        file: The file, for messages.
        text: What it holds.
        columns: What its rows may hold.
        strict_columns: Whether other columns are refused, instead of left out.

    Raises:
        ValidationError: when the headings are wrong, or it is not CSV.
    """
    separator = _separator(file, text)
    cells = CellReader(file, decimal_comma=separator == ";")
    lines = _lines(cells, text, separator)
    number, written = next(lines, (1, []))
    headings = _headings(cells, number, written, columns, strict=strict_columns)
    # Under wrong headings the rows mean nothing.
    cells.check()
    layout = _Layout(
        headings,
        [(position, name) for position, name in enumerate(headings) if name],
        None if cells.decimal_comma else _before_text(headings),
    )
    return cells, tuple(_row(cells, number, line, layout) for number, line in lines)


@frozen
class _Layout:
    """Where the columns of a table are.

    Attributes:
        headings: All of them.
        read: The position and the name of each that is read.
        before_text: The position of the quantities, if the next cell may hold any text; None otherwise.
    """

    headings: Headings
    read: list[tuple[int, str]]
    before_text: int | None


class _Texts(dict[str, str]):
    """The texts of cells without what is not part of them; a table has most of them many times."""

    def __missing__(self, cell: str) -> str:
        text = self[cell] = without_mark(stripped(cell))
        return text


def _before_text(headings: Headings) -> int | None:
    position = headings.index("quantity") if "quantity" in headings else len(headings)
    return position if headings[position + 1 : position + 2] in (["notes"], [_LEFT_OUT]) else None


def _separator(file: str, text: str) -> str:
    separator, line = head_of_table(text)
    if separator == "\t" or ("\t" in line and not {",", ";"} & set(line)):
        hint = "save it with commas or semicolons between the columns"
        raise ValidationError([Problem("wanted commas or semicolons, found tabs", file=file, line=1, hint=hint)])
    return separator


def _lines(cells: CellReader, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line with texts in it, with its number."""
    known = _Texts()
    try:
        for number, line in lines_of_cells(text, separator):
            texts = [known[cell] for cell in line]
            if any(texts):
                yield number, texts
    except NotCsv as error:
        cells.refuse(str(error), error.line, hint=error.hint)


def _headings(cells: CellReader, line: int, written: list[str], columns: Columns, *, strict: bool) -> Headings:
    known = [column_of(name, columns) for name in written]
    unknown = UnknownColumns(cells, "column", strict=strict)
    headings: Headings = []
    for name, column in zip(written, known, strict=True):
        if name and column is None:
            unknown.add(name, line, columns, known)
        elif column is not None and column in headings:
            cells.refuse(f"the column {column} occurs twice", line, hint="leave one of them out")
        headings.append(_LEFT_OUT if name and column is None else column)
    unknown.note()
    missing = [name for name in columns.required if name not in headings]
    if missing and not cells.problems:
        # Unknown headings were probably meant to be the missing ones.
        hint = f"the first line names the columns: {', '.join(columns.names)}"
        are = "is" if len(missing) == 1 else "are"
        cells.refuse(f"the column {' and the column '.join(missing)} {are} missing", line, hint=hint)
    return headings


def _row(cells: CellReader, number: int, line: list[str], layout: _Layout) -> TableRow:
    headings = layout.headings
    if len(line) == 1:
        _refuse_other_separator(cells, number, line, headings)
    if len(line) > len(headings) or None in headings:
        _refuse_beyond(cells, number, line, headings)
    if layout.before_text is not None:
        _refuse_decimal_comma(cells, number, line, layout)
    # Programs leave out blank cells at the end of a row.
    texts = line if len(line) >= len(headings) else [*line, *[""] * (len(headings) - len(line))]
    return TableRow(number, {name: Cell(texts[position], number, name) for position, name in layout.read})


def _refuse_beyond(cells: CellReader, number: int, line: list[str], headings: Headings) -> None:
    """Refuse texts that are in no column of the first line."""
    for position, text in enumerate(line):
        if text and (position >= len(headings) or headings[position] is None):
            message = f"wanted no more than the columns of the first line, found also {shown(text)}"
            cells.refuse(message, number, None, _hint_at_too_many(cells))


def _refuse_decimal_comma(cells: CellReader, number: int, line: list[str], layout: _Layout) -> None:
    """Refuse a whole quantity whose decimals have become the next cell, where that may hold any text."""
    position = layout.before_text or 0
    whole, rest = (*line[position : position + 2], "", "")[:2]
    is_notes = layout.headings[position + 1] == "notes"
    if whole.isdecimal() and rest.isdecimal() and (is_notes or len(line) > len(layout.headings)):
        message = f"{whole},{rest} may be one number or two cells"
        cells.refuse(message, number, "quantity", f"write {whole}.{rest} for the number")


def _refuse_other_separator(cells: CellReader, number: int, line: list[str], headings: Headings) -> None:
    """Refuse a row that is all in one cell, with the other separator in it: its columns would become a name."""
    wanted, other = ("semicolons", ",") if cells.decimal_comma else ("commas", ";")
    if len(line) == 1 and len(headings) > 1 and other in line[0]:
        message = f"wanted {wanted} between the columns as in the first line, found {shown(line[0])}"
        cells.refuse(message, number, hint="if it is one text, put it in quotes and add the other columns")


def _hint_at_too_many(cells: CellReader) -> str:
    if cells.decimal_comma:
        return "put a text that holds a semicolon in quotes"
    return "write 0.5 for a half, not 0,5; put a text that holds a comma in quotes"
