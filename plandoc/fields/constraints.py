"""The constraints on single fields of records: checks, each with what it lets pass in JSON."""

from __future__ import annotations

import datetime
import enum
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from plandoc import units
from plandoc.errors import shorten
from plandoc.errors.hints import Wording
from plandoc.fields import Check, JsonForm, in_json, json_form
from plandoc.units import quantity_text

# Far above any bakery, far below what a 64-bit reader of the files would lose.
LARGEST_NUMBER = 10**12
# One above the highest id that a row can have.
HIGHEST_NEXT_ID = LARGEST_NUMBER + 1
# What is left of a stock after conversions is exact; the sizes of units have few digits, so that these are plenty.
LONGEST_IN_FRACTIONS = 200
_BEYOND_FRACTIONS = 10**LONGEST_IN_FRACTIONS
_LONGEST_IN_MESSAGE = 60
LONGEST_TEXT = 100_000
LONGEST_NAME = 200
LONGEST_SLUG = 120
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FINGERPRINT = re.compile(r"(?:[0-9a-f]{16})?")
_DEVICE_NAMES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
_ID: JsonForm = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
_COUNT: JsonForm = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}
_DECIMAL: JsonForm = {"type": "string", "pattern": r"^[0-9]{1,13}(\.[0-9]{1,12})?$"}
_ABOVE_ZERO: JsonForm = {"type": "string", "pattern": r"^(?=.*[1-9])[0-9]{1,13}(\.[0-9]{1,12})?$"}
_FRACTION: JsonForm = {"type": "string", "pattern": "^[0-9]{1,15}/[0-9]{1,15}$"}
_LONG_FRACTION: JsonForm = {
    "type": "string",
    "pattern": "^[0-9]{1,N}/[0-9]{1,N}$".replace("N", str(LONGEST_IN_FRACTIONS)),
}
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?"
_OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{6})?)?)"


def unstorable_text(value: str) -> str | None:
    """Text that cannot be written as UTF-8 is refused."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return "holds half a surrogate pair, which no file can carry; take the character out"
    return None


@in_json(type="string", maxLength=LONGEST_TEXT)
def storable_text(value: Any) -> str | None:
    """Any text that a file can carry, up to 100 000 characters."""
    if type(value) is not str and type(value) is not Wording:
        return f"wanted text, found {shorten(value)}"
    if len(value) > LONGEST_TEXT:
        return f"wanted at most {LONGEST_TEXT} characters, found {len(value)}"
    return None if value.isascii() else unstorable_text(value)


@in_json(type="string", minLength=1, maxLength=LONGEST_NAME)
def non_blank_name(value: Any) -> str | None:
    """Text that is not blank, up to 200 characters."""
    if (wrong := storable_text(value)) is not None:
        return wrong
    if not value.strip():
        return "wanted a name, found only blanks"
    if len(value) > LONGEST_NAME:
        return f"wanted at most {LONGEST_NAME} characters, found {len(value)}"
    return None


@in_json(type="string", maxLength=LONGEST_NAME)
def name_or_blank(value: Any) -> str | None:
    """A name, or nothing."""
    return None if type(value) is str and not value else non_blank_name(value)


@in_json(type="string", maxLength=LONGEST_SLUG, pattern="^([a-z0-9]+(-[a-z0-9]+)*)?$")
def valid_slug(value: Any) -> str | None:
    """Empty (made from the name when the record is added), or a-z, 0-9 and single hyphens."""
    if type(value) is not str:
        return f"wanted text, found {shorten(value)}"
    if value and (not _SLUG.fullmatch(value) or len(value) > LONGEST_SLUG or value in _DEVICE_NAMES):
        return (
            f"wanted a slug of a-z, 0-9 and single hyphens inside, at most {LONGEST_SLUG} characters "
            f"and not a device name, found {shorten(value)}"
        )
    return None


@in_json(**_ID)
def positive_int(value: Any) -> str | None:
    """A whole number from 1 up to a million millions."""
    return None if type(value) is int and 1 <= value <= LARGEST_NUMBER else _wrong_int(value, least=1)


@in_json(**_COUNT)
def non_negative_int(value: Any) -> str | None:
    """A whole number, zero or more; 0 as an id means that the store has not given one yet."""
    return None if type(value) is int and 0 <= value <= LARGEST_NUMBER else _wrong_int(value, least=0)


def _wrong_int(value: Any, *, least: int) -> str:
    if type(value) is not int:
        return f"wanted a whole number, found {_in_digits(value) if _is_fractional(value) else shorten(value)}"
    if value < least:
        return f"wanted a whole number of at least {least}, found {shorten(value)}"
    return f"wanted a whole number of at most {LARGEST_NUMBER}, found {shorten(value)}"


def _is_fractional(value: Any) -> bool:
    """Whether a value is a number with a part behind the point; of one that is whole, the type is what is wrong."""
    if isinstance(value, Decimal):
        return value.is_finite() and value != value.to_integral_value()
    return isinstance(value, Fraction) and value.denominator != 1


@in_json(**_DECIMAL)
def non_negative_decimal(value: Any) -> str | None:
    """A finite decimal number, zero or more, with at most 12 digits before and after the point."""
    if type(value) is not Decimal:
        return _no_decimal(value)
    if not value.is_finite():
        return f"wanted a finite number, found {value}"
    if value < 0:
        return f"wanted zero or more, found {_in_digits(value)}"
    exponent = value.as_tuple().exponent
    if value > LARGEST_NUMBER or (isinstance(exponent, int) and not -12 <= exponent <= 12):
        return f"wanted at most 12 digits before and after the point, found {_in_digits(value)}"
    return None


def _in_digits(number: Decimal | Fraction) -> str:
    """Return a number for a message as people write it; one that is very long, as Python does."""
    text = quantity_text.written(number) if abs(number) < _BEYOND_FRACTIONS else str(number)
    return text if len(text) <= _LONGEST_IN_MESSAGE else shorten(number)


def _no_decimal(value: Any) -> str:
    if type(value) is float and math.isfinite(value):
        advice = f"write '{value}', because a binary float is not exactly what it looks like"
        return f"wanted a decimal number, found {shorten(value)}; {advice}"
    if type(value) is int:
        return f"wanted at most 12 digits before and after the point, found {shorten(value)}"
    if type(value) is str:
        try:
            quantity_text.number_in(value)
        except quantity_text.NotANumber as error:
            return f"wanted {error.wanted}, found {shorten(value)}; {error.hint}"
    return f"wanted a decimal number, found {shorten(value)}"


@in_json(anyOf=[_DECIMAL, _LONG_FRACTION])
def non_negative_quantity(value: Any) -> str | None:
    """An amount as `non_negative_decimal` wants it, or the fraction that it is exactly where no decimal is, such as 1/3."""
    if type(value) is not Fraction:
        return non_negative_decimal(value)
    if not 0 <= value <= LARGEST_NUMBER:
        return f"wanted a number from 0 to {LARGEST_NUMBER}, found {_in_digits(value)}"
    if max(value.numerator, value.denominator) >= _BEYOND_FRACTIONS:
        return f"wanted a fraction of two numbers of at most {LONGEST_IN_FRACTIONS} digits, found {_in_digits(value)}"
    return None


@in_json(anyOf=[_ABOVE_ZERO, _FRACTION])
def positive_quantity(value: Any) -> str | None:
    """A decimal number above zero, or an exact fraction of two numbers of at most 15 digits."""
    if type(value) is Fraction:
        return positive_ratio(value)
    if type(value) is Decimal and value.is_finite() and value <= 0:
        return f"wanted more than 0, found {_in_digits(value)}"
    return non_negative_decimal(value)


@in_json(anyOf=[_ABOVE_ZERO, _FRACTION])
def valid_percentage(value: Any) -> str | None:
    """A decimal number or an exact fraction above 0, up to 100."""
    wrong = positive_quantity(value)
    if wrong is not None:
        return wrong
    if value > 100:
        return f"wanted at most 100, found {_in_digits(value)}"
    # The yield, a hundred divided by it, has to be a fraction of at most 15 digits, too.
    return positive_ratio(100 / value) if type(value) is Fraction else None


@in_json(anyOf=[_ID, _FRACTION])
def positive_ratio(value: Any) -> str | None:
    """A whole number or an exact fraction, above zero."""
    if type(value) is int:
        return positive_int(value)
    if type(value) is not Fraction:
        return f"wanted a whole number or a fraction, found {shorten(value)}"
    if not 0 < value <= LARGEST_NUMBER:
        return f"wanted a number above 0, at most {LARGEST_NUMBER}, found {_in_digits(value)}"
    # A hundred divided by a percentage of 12 digits after the point has 15.
    if max(value.numerator, value.denominator) >= 10**15:
        return f"wanted a fraction of two numbers of at most 15 digits, found {_in_digits(value)}"
    return None


@in_json(anyOf=[_COUNT, _FRACTION])
def non_negative_ratio(value: Any) -> str | None:
    """A whole number or an exact fraction, zero or more."""
    return None if type(value) is int and value == 0 else positive_ratio(value)


@in_json(type="boolean")
def boolean(value: Any) -> str | None:
    """True or False, nothing that merely counts as one."""
    return None if type(value) is bool else f"wanted true or false, found {shorten(value)}"


@in_json(type="string", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
def calendar_date(value: Any) -> str | None:
    """A calendar date without a time."""
    if type(value) is datetime.date:
        return None
    if isinstance(value, datetime.datetime):
        return f"wanted a date without a time, found {shorten(value)}; take its date()"
    if isinstance(value, str):
        return f"wanted datetime.date({_date_arguments(value)}), found the text {shorten(value)}"
    return f"wanted a datetime.date such as datetime.date(2026, 12, 25), found {shorten(value)}"


def _date_arguments(text: str) -> str:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return "YEAR, MONTH, DAY"
    return f"{day.year}, {day.month}, {day.day}"


@in_json(type="string", pattern=f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}{_OFFSET}$")
def aware_datetime(value: Any) -> str | None:
    """A date and time that knows its offset from UTC."""
    if type(value) is not datetime.datetime or value.utcoffset() is None:
        return f"wanted a timestamp with its offset, such as 2026-01-28T03:25:47+00:00, found {shorten(value)}"
    return None


@in_json(type="string", minLength=1, maxLength=LONGEST_TEXT)
def stated_reason(value: Any) -> str | None:
    """Text that says something, without blanks around it."""
    if (wrong := storable_text(value)) is not None:
        return wrong
    return (
        None
        if value and value == value.strip()
        else f"wanted a reason without blanks around it, found {shorten(value)}"
    )


@in_json(type="string", pattern="^[0-9a-f]{64}$")
def sha256_digest(value: Any) -> str | None:
    """A SHA-256 digest in lower-case hexadecimal."""
    if type(value) is str and _DIGEST.fullmatch(value):
        return None
    return f"wanted a SHA-256 digest of 64 hexadecimal digits, found {shorten(value)}"


@in_json(type="string", pattern="^([0-9a-f]{16})?$")
def short_fingerprint(value: Any) -> str | None:
    """Sixteen hexadecimal digits in lower case, or nothing."""
    if type(value) is str and _FINGERPRINT.fullmatch(value):
        return None
    return f"wanted 16 hexadecimal digits or nothing, found {shorten(value)}"


def instance_of(*kinds: type) -> Check:
    """Let instances of these classes pass."""
    names = " or ".join(kind.__name__ for kind in kinds)

    @in_json(records=kinds)
    def instance(value: Any) -> str | None:
        return None if isinstance(value, kinds) else f"wanted {names}, found {shorten(value)}"

    return instance


def or_none(check: Check) -> Check:
    """Let None pass too."""

    @in_json(anyOf=[json_form(check), {"type": "null"}])
    def optional(value: Any) -> str | None:
        return None if value is None else check(value)

    return optional


def one_of(kind: type[enum.Enum]) -> Check:
    """Let the members of an enumeration pass, and name them where something else comes."""
    # The words of the files are refused here: a record holds the members themselves.
    allowed = " or ".join(f"{kind.__name__}.{member.name}" for member in kind)

    @in_json(enum=[member.value for member in kind])
    def member(value: Any) -> str | None:
        return None if isinstance(value, kind) else f"wanted {allowed}, found {shorten(value)}"

    return member


def tuple_of(kind: type | tuple[type, ...], *, least: int = 0, most: int = 1000, each: Check | None = None) -> Check:
    """Let tuples of one kind of value pass, between `least` and `most` long, each value by the rule `each`."""
    kinds = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
    item = {"records": (kind,)} if each is None else json_form(each)

    @in_json(type="array", items=item, minItems=least, maxItems=most)
    def items(value: Any) -> str | None:
        if type(value) is not tuple:
            return f"wanted a tuple of {kinds}, found {shorten(value)}"
        # True counts as a number for Python, but is not one here.
        others = [item for item in value if not isinstance(item, kind) or type(item) is bool]
        if others:
            return f"wanted only {kinds} in it, found {shorten(others[0])}"
        if not least <= len(value) <= most:
            return f"wanted {least} to {most} entries, found {len(value)}"
        return None if each is None else next(filter(None, map(each, value)), None)

    return items


def unit_of(kind: units.Dimension, such_as: str) -> Check:
    """Let the known units of one dimension pass."""

    # A name with a further rule, which JSON cannot say.
    @in_json(**json_form(non_blank_name))
    def unit(value: Any) -> str | None:
        wrong = non_blank_name(value)
        if wrong is not None or units.dimension_of(value) is kind:
            return wrong
        advice = units.advice(value, kind)
        wanted = f"wanted a unit of {kind.value} such as {such_as}, found {shorten(value)}"
        return wanted if advice is None else f"{wanted}; {advice}"

    return unit
