"""Tables as Python data: rows that are mappings, or sequences below one of the names of the columns.

They are brought into the form that JSON is parsed to, so that the same reader makes cells of them. The number of a row is
its place in what was given, counted from 1.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any

from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.tabular.cells import CellReader
from plandoc.exchange.tabular.json_rows import ParsedNumber, ParsedObject, RowReader
from plandoc.exchange.tabular.table_rows import Columns, TableRow, UnknownColumns, column_of

# As many as a file may have.
_MOST_ROWS = 500_000
_DEEPEST = 20
# Above what any rule allows; Python writes out no number of thousands of digits.
_MOST_DIGITS = 100
_TOO_LARGE = 10**_MOST_DIGITS


def read_python(
    given: Any, table: str, flat: Columns, nested: Columns, *, strict_columns: bool = False
) -> tuple[CellReader, tuple[TableRow, ...], bool]:
    """Return the rows of an iterable, and whether they are objects with lists in them, as JSON has them.

    Args:
        given: What should be rows.
        table: Which table it should be.
        flat: What the rows of CSV may hold.
        nested: What the objects of JSON may hold.
        strict_columns: Whether other keys are refused, instead of left out.

    Raises:
        ValidationError: when it is not rows at all, there are none, or they are those of another table.
    """
    items = _mappings(_rows(given))
    is_nested = _is_nested(items, table, flat, nested)
    cells = CellReader("", counts="row")
    reader = RowReader(cells, UnknownColumns(cells, "key", strict=strict_columns))
    numbered = ((number, _parsed(item, number)) for number, item in enumerate(items, start=1) if not _is_blank(item))
    rows = reader.rows_of_each(numbered, nested if is_nested else flat)
    reader.unknown.note()
    return cells, rows, is_nested


def _rows(given: Any) -> list[Any]:
    if hasattr(given, "to_dict"):
        raise _refused(f"wanted rows, found {type(given).__name__}", "for pandas, give frame.to_dict('records')")
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        found = "one mapping" if isinstance(given, Mapping) else shorten(given)
        raise _refused(f"wanted a path or rows, found {found}", "put the rows into a list")
    rows = list(itertools.islice(given, _MOST_ROWS + 1))
    if len(rows) > _MOST_ROWS:
        raise _refused(f"wanted at most {_MOST_ROWS} rows", "divide them into several")
    if not rows:
        raise _refused("wanted rows, found none", "was an iterator given that is already used up?")
    return rows


def _mappings(rows: list[Any]) -> list[Any]:
    """Return rows as mappings; those that are sequences have the names of the columns in the first."""
    if not _is_sequence(rows[0]):
        return rows
    headings = [str(name) if name is not None else "" for name in rows[0]]
    # The row of the headings keeps its number, and holds nothing.
    return [{}, *(_below(headings, row, number) for number, row in enumerate(rows[1:], start=2))]


def _below(headings: Sequence[str], row: Any, number: int) -> Any:
    if not _is_sequence(row):
        return row
    pairs = list(itertools.zip_longest(headings, row, fillvalue=None))
    beyond = [value for name, value in pairs if not name and not _is_nothing(value)]
    if beyond:
        message = f"wanted no more than the columns of the first row, found also {shorten(beyond[0])}"
        raise _refused(message, row=number)
    if len(set(headings)) < len(headings):
        raise _refused("wanted each column once in the first row", row=1)
    return {name: value for name, value in pairs if name}


def _is_nested(items: list[Any], table: str, flat: Columns, nested: Columns) -> bool:
    names = {str(key) for item in items if isinstance(item, Mapping) for key in item}
    known = [{column_of(name, columns) for name in names} for columns in (flat, nested)]
    for columns, found, is_nested in ((flat, known[0], False), (nested, known[1], True)):
        if found.issuperset(columns.required):
            return is_nested
    if not names:
        # What each row is instead is reported row by row.
        return False
    forms = " or ".join(dict.fromkeys(" and ".join(columns.required) for columns in (flat, nested)))
    raise _refused(f"wanted rows of {table} with the key {forms}, found {', '.join(sorted(names))[:200]}")


def _parsed(item: Any, row: int, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise _refused("lists and mappings are nested too deep", row=row)
    if isinstance(item, Mapping):
        return ParsedObject(row, [(str(key), row, _parsed(value, row, depth + 1)) for key, value in item.items()])
    if _is_sequence(item):
        return [_parsed(value, row, depth + 1) for value in item]
    if _is_nothing(item):
        return None
    if isinstance(item, bool):
        return item
    return _number(item)


def _number(value: Any) -> Any:
    """Return a number as it is written, and what is none as it is."""
    if isinstance(value, Integral) and abs(int(value)) < _TOO_LARGE:
        return ParsedNumber(int(value))
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < _MOST_DIGITS:
        return ParsedNumber(format(value, "f"))
    if isinstance(value, float) and math.isfinite(value):
        # As Python shows it and JSON has it; the digits of a sum such as 0.1 + 0.2 are too many, and refused.
        return ParsedNumber(float.__repr__(value))
    if isinstance(value, Fraction) and max(abs(value.numerator), value.denominator) < _TOO_LARGE:
        return ParsedNumber(value)
    return value


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _is_nothing(value: Any) -> bool:
    """Whether a value means that nothing is there: None, and the NaN that pandas has in a blank cell."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_blank(item: Any) -> bool:
    """Whether a row holds nothing at all, as a blank line of CSV."""
    return isinstance(item, Mapping) and all(_is_nothing(value) or value == "" for value in item.values())


def _refused(message: str, hint: str | None = None, *, row: int | None = None) -> ValidationError:
    return ValidationError([Problem(message, row=None if row is None else f"row {row}", hint=hint)])
