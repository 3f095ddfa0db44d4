"""The cells of a table, and what they say: names, amounts, units; all problems are collected.

A refused cell yields a placeholder, so that reading goes on to the next mistake; a file with a single problem is
never imported, and so no placeholder is ever stored.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from plandoc import constraints, units
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.import_report import MOST_GATHERED
from plandoc.exchange.input_file import plain_number
from plandoc.exchange.names import shown
from plandoc.frozen import frozen

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
# Between semicolons, 1.000 means a thousand in half of the world and one in the other half.
_PERHAPS_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
# Looking for the nearest name takes time, and nobody reads more suggestions than this.
_MOST_SUGGESTIONS = 100
_POINT = "write it with a decimal point and no other separator, such as 0.5"


@frozen
class Cell:
    """One value of a file, as it is written.

    Attributes:
        text: Without the blanks around it; "" when nothing is there.
        line: Line of the file, counted from 1.
        field: The column, or the path of keys.
        is_number: Whether it is a number of JSON, not as text.
    """

    text: str
    line: int
    field: str
    is_number: bool = False

    def __bool__(self) -> bool:
        return bool(self.text)


class CellReader:
    """Converts cells to values, and collects the problems.

    Attributes:
        file: The file, for messages.
        decimal_comma: Whether 0,5 is a half here.
        problems: Everything that is wrong so far.
    """

    def __init__(self, file: str, *, decimal_comma: bool = False) -> None:
        self.file = file
        self.decimal_comma = decimal_comma
        self.problems: list[Problem] = []

    @property
    def suggests(self) -> bool:
        """Whether suggestions are still worth the time that they take."""
        return len(self.problems) < _MOST_SUGGESTIONS

    def refuse(self, message: str, line: int, field: str | None = None, hint: str | None = None) -> None:
        """Keep a problem.

        Raises:
            ValidationError: when there are enough of them; the last one then says that there may be more.
        """
        self.problems.append(Problem(message, file=self.file, line=line, field=field, hint=hint))
        if len(self.problems) > MOST_GATHERED:
            self.problems[-1] = _enough(self.file)
            self.check()

    def refuse_cell(self, cell: Cell, message: str, hint: str | None = None) -> None:
        """Keep a problem of a cell."""
        self.refuse(message, cell.line, cell.field, hint)

    def check(self) -> None:
        """Raise everything that is wrong, in the order of the lines.

        Raises:
            ValidationError: when anything is.
        """
        if self.problems:
            raise ValidationError(sorted(dict.fromkeys(self.problems), key=_place))

    def text(self, cell: Cell) -> str:
        """Return free text; "" when there is none."""
        if cell.is_number:
            self.refuse_cell(cell, f"wanted text, found the number {shown(cell.text)}", "put it in quotes")
        elif any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in cell.text):
            message = f"wanted text in one line without control characters, found {shorten(cell.text)}"
            self.refuse_cell(
                cell, message, "check for a quotation mark that is not closed" if "\n" in cell.text else None
            )
        elif (wrong := constraints.storable_text(cell.text)) is not None:
            self.refuse_cell(cell, wrong)
        return cell.text

    def name(self, cell: Cell) -> str:
        """Return a name; there must be one."""
        if not cell:
            self.refuse_cell(cell, "wanted a name, found nothing")
            return "?"
        if len(cell.text) > constraints.LONGEST_NAME:
            self.refuse_cell(cell, f"wanted at most {constraints.LONGEST_NAME} characters, found {len(cell.text)}")
            return cell.text
        return self.text(cell)

    def amount(self, cell: Cell, check: constraints.Check = constraints.positive_decimal) -> Decimal:
        """Return a number exactly as it is written.

        Args:
            cell: Where it is.
            check: The rule for it.
        """
        text = self._with_point(cell)
        if text is None:
            return Decimal(1)
        value = constraints.exact(plain_number(Decimal(text)))
        if (wrong := check(value)) is not None:
            self.refuse_cell(cell, wrong)
            return Decimal(1)
        return Decimal(value)

    def whole(self, cell: Cell) -> int:
        """Return a whole number above 0."""
        before = len(self.problems)
        value = self.amount(cell)
        if len(self.problems) == before and value != value.to_integral_value():
            self.refuse_cell(cell, f"wanted a whole number, found {shown(cell.text)}")
        return int(value)

    def unit(self, cell: Cell) -> str:
        """Return the name of a unit of measure that the kitchen knows."""
        text = self.name(cell)
        if cell and units.dimension_of(text) is None:
            self.refuse_unit(cell)
        return text

    def refuse_unit(self, cell: Cell) -> None:
        """Say that a unit is not known."""
        near = units.suggest(cell.text[:100]) if self.suggests else None
        hint = (
            f"did you mean {near}?"
            if near
            else "units are, among others: g, kg, oz, lb, ml, l, tsp, tbsp, cup, each, can"
        )
        if cell.text.isdecimal():
            # For example 0,5 between commas, where the 5 has become a cell of its own.
            hint = "is a decimal comma before it? Write 0.5 for 0,5"
        self.refuse_cell(cell, f"wanted a unit that plandoc knows, found {shown(cell.text)}", hint)

    def _with_point(self, cell: Cell) -> str | None:
        text = cell.text
        if not text:
            self.refuse_cell(cell, "wanted a number, found nothing")
            return None
        comma = _WITH_COMMA.fullmatch(text) is not None and not cell.is_number
        if comma and self.decimal_comma:
            return text.replace(",", ".")
        if not _NUMBER.fullmatch(text):
            said = f"a number with a decimal point, found {shown(text)}" if comma else f"a number, found {shown(text)}"
            self.refuse_cell(cell, f"wanted {said}", _POINT)
            return None
        if self.decimal_comma and not cell.is_number and _PERHAPS_THOUSANDS.fullmatch(text):
            whole, _, rest = text.partition(".")
            hint = f"write {whole}{rest} for the large number, {whole},{rest} for the small one"
            self.refuse_cell(cell, f"{shown(text)} is ambiguous in a file with semicolons", hint)
            return None
        return text


def _place(problem: Problem) -> tuple[bool, int]:
    return problem == _enough(problem.file), problem.line or 0


def _enough(file: str | None) -> Problem:
    message = f"more than {MOST_GATHERED} problems were found, and reading stopped there"
    return Problem(message, file=file, hint="is it the right file?")
