"""The cells of a table, and what they mean: names, amounts, units; all problems are collected.

A refused cell yields a placeholder, so that reading goes on to the next mistake; a file with a single problem is
never imported, and so no placeholder is ever stored.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from plandoc import units
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.errors.hints import Hint, wording
from plandoc.exchange.import_report import MOST_GATHERED
from plandoc.exchange.input_file import plain_number
from plandoc.exchange.misread_text import misread
from plandoc.exchange.names import shown
from plandoc.fields import Check, constraints, converters
from plandoc.frozen import frozen
from plandoc.text.escaping import csv_cell, without_mark
from plandoc.units.quantity_text import NotANumber, Number, Quantity, number_in, quantity_in, written

# Looking for the nearest name takes time, and nobody reads more suggestions than this.
_MOST_SUGGESTIONS = 100
# Spreadsheets show fractions with one or two digits below the line as they are.
_SHORT = 100
# Replaces a number that was refused.
_PLACEHOLDER = Quantity(Decimal(1))


class Cell(NamedTuple):
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


def spreadsheet_number(number: Number) -> str:
    """Return a number as a table for spreadsheets holds it, exactly; the imports read it again.

    A spreadsheet makes a date of 1/3, and a number of 0 1/3.

    >>> spreadsheet_number(Fraction(1, 3)), spreadsheet_number(Fraction(3, 2)), spreadsheet_number(Decimal("2.50"))
    ('0 1/3', '1.5', '2.50')
    """
    number = converters.exact_or_fraction(number)
    text = written(number)
    return f"0 {text}" if isinstance(number, Fraction) and number < 1 and number.denominator < _SHORT else text


@frozen
class WrittenAmount:
    """A quantity with its unit, as a row has them.

    Attributes:
        number: How much; of a range the upper end.
        unit: The unit, wherever it was written: in a cell of its own, or behind the number. Not judged yet.
        has_unit: Whether one was written; else the unit is pieces.
        is_range: Whether two numbers were written, such as 2-3.
    """

    number: Number
    unit: Cell
    has_unit: bool
    is_range: bool


class CellReader:
    """Converts cells to values, and collects the problems.

    Attributes:
        file: The file, for messages; blank where there is none.
        counts: What is counted in it: each line of a file, or each row that was given.
        decimal_comma: Whether a comma is the decimal separator here.
        by_hand: Whether a person types these cells one by one, and no program writes them.
        blank_clears: Whether a blank cell removes what is there; otherwise that stays.
        problems: Everything that is wrong so far.
        notes: What a person should know, a sentence each.
    """

    def __init__(
        self,
        file: str,
        *,
        counts: Literal["line", "row"] = "line",
        decimal_comma: bool = False,
        by_hand: bool = False,
    ) -> None:
        self.file = file
        self.counts = counts
        self.decimal_comma = decimal_comma
        self.by_hand = by_hand
        self.blank_clears = False
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._last: list[Problem] = []
        # A table has a few of each, thousands of times.
        self._known_units: set[str] = set()
        self._known_amounts: dict[tuple[str, bool, Check], tuple[Quantity | None, Number]] = {}

    @property
    def shows_lines(self) -> bool:
        """Whether a person sees the lines; those that a command makes of its arguments have no file."""
        return bool(self.file) or self.counts == "row"

    @property
    def suggests(self) -> bool:
        """Whether suggestions are still worth the time that they take."""
        return len(self.problems) < _MOST_SUGGESTIONS

    def problem(self, message: str, line: int, field: str | None = None, hint: str | None = None) -> Problem:
        """Return a problem with its place."""
        row = f"row {line}" if self.counts == "row" else None
        return Problem(message, file=self.file or None, line=line, row=row, field=field, hint=hint)

    def refuse(self, message: str, line: int, field: str | None = None, hint: str | None = None) -> None:
        """Keep a problem.

        Raises:
            ValidationError: when there are enough of them; the last one then says that there may be more.
        """
        self.problems.append(self.problem(message, line, field, hint))
        if len(self.problems) > MOST_GATHERED:
            self.problems[-1] = _enough(self.file)
            self.check()

    def refuse_cell(self, cell: Cell, message: str, hint: str | None = None) -> None:
        """Keep a problem of a cell."""
        self.refuse(message, cell.line, cell.field, hint)

    def refuse_last(self, cell: Cell, message: str, hint: str | None = None) -> None:
        """Keep a problem of several cells, of which this is the first, to be shown after those of single cells."""
        self._last.append(self.problem(message, cell.line, cell.field, hint))

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
        elif judged.isascii() and judged.isprintable():
            # Nearly every text: nothing in it has to be looked at one by one.
            return cell.text
        elif any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in judged):
            message = f"wanted text in one line without control characters, found {shorten(cell.text)}"
            self.refuse_cell(cell, message, "check for a quotation mark that is not closed" if "\n" in judged else None)
        elif (wrong := constraints.storable_text(cell.text)) is not None:
            self.refuse_cell(cell, wrong)
        return cell.text

    def text_instead(self, cell: Cell, before: str, *, in_lines: bool = False) -> str:
        """Return the free text that takes the place of another; that one stays where the cell is blank, or means the same.

        An export spells out what a file cannot carry, so the cell can be another text and yet mean the same.
        """
        if not cell and self.blank_clears and stripped(before):
            return ""
        if not cell or cell.text in (stripped(before), without_mark(stripped(csv_cell(before, in_lines)))):
            return before
        self.question(cell)
        return self.text(cell, in_lines=in_lines)

    def notes_instead(self, cell: Cell | None, kept: list[str] | None) -> str:
        """Return the notes of a line that takes the place of another.

        Args:
            cell: The notes in the file, where blank means none; None where it has no notes, and then they stay.
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

    def amount(self, cell: Cell, check: Check = constraints.positive_quantity) -> Number:
        """Return a number exactly as it is written.

        Args:
            cell: Where it is.
            check: The rule for it.
        """
        try:
            number = number_in(cell.text, decimal_comma=self._has_decimal_comma(cell)) if cell else None
        except NotANumber as error:
            self._refuse_number(cell, error)
            return _PLACEHOLDER.number
        return self._judged(cell, number, check)

    def measured(
        self,
        quantity: Cell,
        unit: Cell,
        check: Check = constraints.positive_quantity,
        *,
        in_recipe: bool = False,
    ) -> WrittenAmount:
        """Return a number with its unit, which may be behind the number; without one it is pieces.

        Args:
            quantity: Where the number is.
            unit: Where the unit may be.
            check: The rule for the number.
            in_recipe: Whether it is a line of a recipe, where a range such as 2-3 counts as its upper end; elsewhere it is
                refused.
        """
        key = quantity.text, quantity.is_number, check
        said, number = self._known_amounts.get(key) or self._amount_in(quantity, check, in_recipe=in_recipe)
        if said is not None and said.is_range and not in_recipe:
            self.refuse_cell(quantity, f"wanted one number, not a range, found {shown(quantity.text)}")
        if said is None or not said.unit:
            has_unit = bool(unit)
            cell = unit if has_unit else unit._replace(text=units.PIECES)
            return WrittenAmount(number, cell, has_unit, said is not None and said.is_range)
        if unit and units.canonical(unit.text) != units.canonical(said.unit):
            message = f"wanted one unit, found {shown(said.unit)} with the number and {shown(unit.text)}"
            self.refuse_cell(unit, message, "leave one of them out")
        return WrittenAmount(number, quantity._replace(text=said.unit), has_unit=True, is_range=said.is_range)

    def _amount_in(self, quantity: Cell, check: Check, *, in_recipe: bool) -> tuple[Quantity | None, Number]:
        """Return what a cell says, and the number in it as a record holds it."""
        before = len(self.problems)
        try:
            said = self._quantity(quantity)
        except NotANumber as error:
            in_words = in_recipe and not any(map(str.isnumeric, quantity.text))
            self._refuse_number(quantity, error, "leave it blank where no amount is given" if in_words else None)
            said = _PLACEHOLDER
        number = self._judged(quantity, said and said.number, check)
        if len(self.problems) == before:
            self._known_amounts[quantity.text, quantity.is_number, check] = said, number
        return said, number

    def whole(self, cell: Cell) -> int:
        """Return a whole number above 0."""
        before = len(self.problems)
        value = self.amount(cell)
        if len(self.problems) == before and value != int(value):
            self.refuse_cell(cell, f"wanted a whole number, found {shown(cell.text)}")
        return int(value)

    def unit(self, cell: Cell) -> str:
        """Return the name of a unit of measure that the kitchen knows."""
        if cell.text in self._known_units and not cell.is_number:
            return cell.text
        before, text = len(self.problems), self.name(cell)
        if cell and units.dimension_of(text) is None:
            self.refuse_unit(cell)
        if len(self.problems) == before:
            self._known_units.add(text)
        return text

    def refuse_unit(self, cell: Cell) -> None:
        """Refuse a unit that is not known."""
        advice = units.advice(cell.text) if self.suggests else None
        hint: str = advice or wording(
            "units are, among others: g, kg, oz, lb, ml, l, tsp, tbsp, cup, each, can. Add a word of your own with {add}",
            add=Hint.ADD_UNIT(word=cell.text),
        )
        if cell.text.isdecimal():
            # For example 0,5 between commas, where the 5 has become a cell of its own.
            hint = "is a decimal comma before it? Write 0.5 for 0,5, or put it in quotes"
        self.refuse_cell(cell, f"wanted a unit that plandoc knows, found {shown(cell.text)}", hint)

    def _quantity(self, cell: Cell) -> Quantity | None:
        if not cell:
            return None
        return quantity_in(cell.text, decimal_comma=self._has_decimal_comma(cell), by_hand=self.by_hand)

    def _has_decimal_comma(self, cell: Cell) -> bool:
        return self.decimal_comma and not cell.is_number

    def _judged(self, cell: Cell, number: Number | None, check: Check) -> Number:
        """Return a number that a record can hold; None is refused as missing."""
        if number is None:
            self.refuse_cell(cell, "wanted a number, found nothing")
            return _PLACEHOLDER.number
        value: Number = converters.exact_or_fraction(plain_number(number) if type(number) is Decimal else number)
        if (wrong := check(value)) is not None:
            self.refuse_cell(cell, wrong)
            return _PLACEHOLDER.number
        return value

    def _refuse_number(self, cell: Cell, error: NotANumber, hint: str | None = None) -> None:
        self.refuse_cell(cell, f"wanted {error.wanted}, found {shown(cell.text)}", hint or error.hint)


def _place(problem: Problem) -> tuple[bool, int]:
    return problem == _enough(problem.file), problem.line or 0


def _enough(file: str | None) -> Problem:
    message = f"more than {MOST_GATHERED} problems were found, and reading stopped there"
    return Problem(message, file=file, hint="is it the right file?")
