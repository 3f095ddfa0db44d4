"""Single values of strict JSON: which texts and numbers they are in the files, and what is made of them again.

Nothing is coerced: a value that needed a guess is refused, in words for the person who wrote it. The functions that read one are
also hooks of cattrs, which gives them the type of the field.
"""

from __future__ import annotations

import datetime
import enum
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any

import attrs

from plandoc import records
from plandoc.errors import shorten
from plandoc.fields.constraints import LONGEST_IN_FRACTIONS

_DECIMAL = re.compile(r"\d{1,13}(?:\.\d{1,12})?", re.ASCII)
_RATIO = re.compile(r"\d{1,15}/\d{1,15}", re.ASCII)
_QUOTIENT = re.compile(rf"\d{{1,{LONGEST_IN_FRACTIONS}}}/\d{{1,{LONGEST_IN_FRACTIONS}}}", re.ASCII)

CHANGES: Mapping[str, type[records.Change]] = MappingProxyType({change.tag: change for change in records.CHANGES})
# Keys are part of the format, the names of attributes are not. Those of changes are from the program this comes from.
_STORED_NAMES: Mapping[type, Mapping[str, str]] = MappingProxyType(
    {
        **{change: {"finished_good_id": "fg_id", "finished_good_name": "fg_name"} for change in records.CHANGES},
        records.Finding: {"hint": "way_out"},
    }
)


class Refused(ValueError):  # noqa: N818  (a signal inside this package, turned into problems before it leaves)
    """A value cannot become what the record wants."""


def stored_name(attribute: attrs.Attribute[Any], kind: type) -> str:
    """Return the key that a field of a record has in the files."""
    return _STORED_NAMES.get(kind, {}).get(attribute.name, attribute.alias or attribute.name)


def ratio(value: Any, _kind: object = None) -> int | Fraction:
    """Return a yield or a need."""
    if type(value) is int:
        return value
    if type(value) is str and _RATIO.fullmatch(value) and int(value.partition("/")[2]):
        return Fraction(value)
    raise Refused(f'wanted a whole number or a fraction in quotes, such as "10/3", found {shorten(value)}')


def stored_ratio(value: int | Fraction) -> int | str:
    """Return a yield or a need as it is in the files: a fraction in quotes where it is not a whole number.

    >>> stored_ratio(24), stored_ratio(Fraction(10, 3))
    (24, '10/3')
    """
    return value if type(value) is int else str(value)


def quantity(value: Any, _kind: object = None) -> Decimal | Fraction:
    """Return an amount."""
    if type(value) is str and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if type(value) is str and _QUOTIENT.fullmatch(value) and int(value.partition("/")[2]):
        return Fraction(value)
    raise Refused(f'wanted a number in quotes, such as "0.67" or "1/3", found {shorten(value)}')


def stored_quantity(value: Decimal | Fraction) -> str:
    """Return an amount as it is in the files.

    >>> stored_quantity(Decimal("5.50")), stored_quantity(Fraction(1, 3))
    ('5.50', '1/3')
    """
    return str(value) if isinstance(value, Fraction) else format(value, "f")


def day(value: Any, _kind: object = None) -> datetime.date:
    """Return the day that a text says, in the one form that the files have.

    Raises:
        ValueError: that says what was wanted.

    >>> day("2026-12-25")
    datetime.date(2026, 12, 25)
    """
    try:
        date = datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        date = None
    # Python also reads 20261225 and 2026-W52-5.
    if date is None or len(value) != len("2026-12-25") or value[7] != "-":
        raise Refused(f"wanted a date such as 2026-12-25, found {shorten(value)}")
    return date


def timestamp(value: Any, _kind: object = None) -> datetime.datetime:
    """Return a moment with its offset from UTC."""
    try:
        moment = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is not None and moment.tzinfo is not None:
        written = moment.isoformat()
        if written == value or written == value.replace("Z", "+00:00"):
            return moment
    raise Refused(f"wanted a timestamp such as 2026-01-28T03:25:47+00:00, found {shorten(value)}")


def member(value: Any, kind: type[enum.Enum]) -> enum.Enum:
    """Return the member of an enumeration that has this value."""
    if type(value) is str and (found := _members(kind).get(value)) is not None:
        return found
    allowed = ", ".join(one.value for one in kind)
    raise Refused(f"wanted one of {allowed}, found {shorten(value)}")


@cache
def _members(kind: type[enum.Enum]) -> Mapping[str, enum.Enum]:
    return {one.value: one for one in kind}


def kind_and_data(value: Any) -> tuple[type[records.Change], Any]:
    """Return the class of a change that a row holds, and the row of its fields."""
    if type(value) is not dict or set(value) != {"kind", "data"}:
        raise Refused(f"wanted an object with kind and data, found {shorten(value)}")
    if type(value["kind"]) is not str or value["kind"] not in CHANGES:
        raise Refused(f"wanted a kind that is one of {', '.join(CHANGES)}, found {shorten(value['kind'])}")
    return CHANGES[value["kind"]], value["data"]
