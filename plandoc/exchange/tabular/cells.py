"""The cells of a table, and what they say: names, amounts, units; all problems are collected.

A refused cell yields a placeholder, so that reading goes on to the next mistake; a file with a single problem is
never imported, and so no placeholder is ever stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from plandoc import constraints, units
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.escaping import csv_cell, without_mark
from plandoc.exchange.import_report import MOST_GATHERED
from plandoc.exchange.input_file import plain_number
from plandoc.exchange.misread_text import misread
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


def stripped(text: str) -> str:
    """Return a text without the blanks around it, with plain blanks and line ends in it."""
    return text.replace("\u00a0", " ").replace("\r\n", "\n").strip()


def notes_by(lines: Iterable[tuple[Any, str]]) -> dict[int, list[str]]:
    """Return the notes of lines, in their order, by the identity of what a line is about."""
    notes: dict[int, list[str]] = {}
    for thing, said in lines:
        notes.setdefault(id(thing), []).append(said)
    return notes


class CellReader:
    """Converts cells to values, and collects the problems.

    Attributes:
        file: The file, for messages.
        decimal_comma: Whether 0,5 is a half here.
        problems: Everything that is wrong so far.
        notes: What a person should know, a sentence each.
    """

    def __init__(self, file: str, *, decimal_comma: bool = False) -> None:
        self.file = file
        self.decimal_comma = decimal_comma
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._last: list[Problem] = []

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

    def refuse_last(self, cell: Cell, message: str, hint: str | None = None) -> None:
        """Keep a problem of several cells, of which this is the first, to be shown after those of single cells."""
        self._last.append(Problem(message, file=self.file, line=cell.line, field=cell.field, hint=hint))

    def check(self) -> None:
        """Raise everything that is wrong, in the order of the lines.

        Raises:
            ValidationError: when anything is.
        """
        if self.problems or self._last:
            raise ValidationError([*sorted(dict.fromkeys(self.problems), key=_place), *self._last])

    def text(self, cell: Cell, *, in_lines: bool = False) -> str:
        """Return free text; "" when there is none.

        Args:
            cell: Where it is.
            in_lines: Whether it may have several lines.
        """
        judged = cell.text.replace("\n", "").replace("\t", "") if in_lines else cell.text
        if cell.is_number:
            self.refuse_cell(cell, f"wanted text, found the number {shown(cell.text)}", "put it in quotes")
        elif any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in judged):
            message = f"wanted text in one line without control characters, found {shorten(cell.text)}"
            self.refuse_cell(cell, message, "check for a quotation mark that is not closed" if "\n" in judged else None)
        elif (wrong := constraints.storable_text(cell.text)) is not None:
            self.refuse_cell(cell, wrong)
        return cell.text

    def text_instead(self, cell: Cell, before: str, *, in_lines: bool = False) -> str:
        """Return the free text that takes the place of another; that one stays where the cell is blank, or says the same.

        An export spells out what a file cannot carry, so the cell can be another text and yet say the same.
        """
        if not cell or cell.text in (stripped(before), without_mark(stripped(csv_cell(before, in_lines)))):
            return before
        self.question(cell)
        return self.text(cell, in_lines=in_lines)

    def notes_instead(self, cell: Cell | None, kept: list[str] | None) -> str:
        """Return the notes of a line that takes the place of another.

        Args:
            cell: What the file says, where blank means none; None where it has no notes, and then they stay.
            kept: The notes of the lines that it can be instead of; the first is taken out of the list.
        """
        before = kept.pop(0) if kept else ""
        if cell is None:
            return before
        return "" if not cell and stripped(before) else self.text_instead(cell, before, in_lines=True)

    def question(self, cell: Cell) -> None:
        """Keep a problem when a text is new and looks as if a program has read it in the wrong encoding."""
        meant = misread(cell.text)
        if meant is not None:
            message = f"{shown(cell.text)} looks like {shown(meant)}, read in the wrong encoding"
            self.refuse_cell(cell, message, "open the table as UTF-8 before you change it, and save it as 'CSV UTF-8'")

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
