"""Taking fields out of a row of a foreign file, strictly, and keeping track of unused ones."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, cast

from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.input_file import plain_number
from plandoc.fields import Check, constraints, converters
from plandoc.frozen import frozen
from plandoc.units.quantity_text import Number

T = TypeVar("T")


@frozen
class NameReference:
    """Something that a row names in another table of the same file.

    Attributes:
        kind: The table of the file.
        text: The slug or name, as it is written.
    """

    kind: str
    text: str


def refuse(message: str, field: str | None = None) -> ValidationError:
    """Return the error for one field."""
    return ValidationError([Problem(message, field=field)])


class Fields:
    """One row of the file.

    Args:
        row: The row, an object.
    """

    def __init__(self, row: Any) -> None:
        if type(row) is not dict:
            raise refuse(f"wanted an object, found {shorten(row)}")
        self._row: dict[str, Any] = row
        self._taken: set[str] = set()

    def ignored(self) -> list[str]:
        """Return the names of the fields that have a value and were not used."""
        return [name for name, value in self._row.items() if name not in self._taken and value not in (None, "", [])]

    def text(self, *names: str, default: str = "") -> str:
        """Return the first of these fields that holds text; the default when none does."""
        values = [self._checked(name, constraints.storable_text, default) for name in names]
        return next((value for value in values if value), default)

    def name(self, *names: str) -> str:
        """Return the first of these fields that holds text, without blanks around it; one must."""
        value = self.text(*names).strip()
        if not value:
            raise refuse("wanted a name, found nothing", names[0])
        return value

    def amount(self, name: str, default: Number | None = None) -> Number:
        """Return a number exactly as it is written, as text such as "1/2", too; 3.0 and 3 are the same."""
        value = self._take(name)
        if value is None and default is not None:
            return default
        value = converters.quantity(value)
        self._check(name, constraints.non_negative_quantity(value))
        return plain_number(value) if isinstance(value, Decimal) else cast("Fraction", value)

    def amount_or_none(self, name: str) -> Number | None:
        """Return a number, or None when the field is not there."""
        return None if self._take(name) is None else self.amount(name)

    def whole(self, name: str) -> int:
        """Return a whole number above 0; 3.0 is one."""
        value = self._take(name)
        if type(value) is Decimal and value == value.to_integral_value() and abs(value) <= constraints.LARGEST_NUMBER:
            value = int(value)
        self._check(name, constraints.positive_int(value))
        return int(value)

    def whole_or_none(self, *names: str) -> int | None:
        """Return the whole number above 0 in the first of these fields that is there, or None when none is."""
        there = [name for name in names if self._take(name) is not None]
        return self.whole(there[0]) if there else None

    def day(self, name: str) -> datetime.date:
        """Return a date."""
        text = self.name(name)
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise refuse(f"wanted a date such as 2026-12-25, found {shorten(text)}", name) from None

    def timestamp(self, name: str) -> datetime.datetime:
        """Return a date and time; one without an offset is UTC, as bake-tracker writes them."""
        text = self.name(name)
        try:
            timestamp = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise refuse(f"wanted a date and time such as 2024-12-14T10:00:00Z, found {shorten(text)}", name) from None
        return timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=datetime.UTC)

    def reference(self, kind: str, *names: str) -> NameReference:
        """Return what the first of these fields that holds something refers to; one must."""
        return NameReference(kind, self.name(*names))

    def reference_or_none(self, kind: str, *names: str) -> NameReference | None:
        """Return what the first of these fields that holds something refers to; None when none does."""
        text = self.text(*names).strip()
        return NameReference(kind, text) if text else None

    def rows(self, name: str, parse: Callable[[Fields], T]) -> list[T]:
        """Return what a function makes of each row in a list; what it leaves out counts as ignored."""
        value = self._take(name)
        if value is not None and type(value) is not list:
            raise refuse(f"wanted a list, found {shorten(value)}", name)
        parsed = []
        for row in value or []:
            inner = Fields(row)
            parsed.append(parse(inner))
            self._row.update({f"{name}.{left}": True for left in inner.ignored()})
        return parsed

    def leave(self) -> None:
        """Count the whole row as used, because it is reported elsewhere that it was left out."""
        self._taken.update(self._row)

    def _take(self, name: str) -> Any:
        self._taken.add(name)
        return self._row.get(name)

    def _checked(self, name: str, check: Check, default: str) -> str:
        value = self._take(name)
        if value is None:
            return default
        self._check(name, check(value))
        return str(value)

    def _check(self, name: str, wrong: str | None) -> None:
        if wrong is not None:
            raise refuse(wrong, name)
