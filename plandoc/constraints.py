"""The constraints on single fields of records, as attrs validators.

A check is a function that returns what is wrong, or None. `validator` makes an attrs validator of it; the first that
fails collects what is wrong with *all* fields, because one complaint at a time wastes a person's evening.
"""

from __future__ import annotations

import datetime
import enum
import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

import attrs
import orjson

from plandoc.errors import Problem, ValidationError, shorten
from plandoc.frozen import writers
from plandoc.hints import Wording
from plandoc.units import quantity_text

RecordT = TypeVar("RecordT")
Check = Callable[[Any], "str | None"]
Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]

# What a check lets pass, in the words of JSON Schema; "records" names the classes of which records are let pass.
JsonForm = dict[str, Any]

_CHECKS: dict[Any, Check] = {}
_JSON_FORMS: dict[Check, JsonForm] = {}

# Far above any bakery, far below what a 64-bit reader of the files would lose.
LARGEST_NUMBER = 10**12
# What is left of a stock after conversions is exact; the sizes of units have few digits, so that these are plenty.
LONGEST_IN_FRACTIONS = 200
_BEYOND_FRACTIONS = 10**LONGEST_IN_FRACTIONS
LONGEST_TEXT = 100_000
LONGEST_NAME = 200
LONGEST_SLUG = 120
DEEPEST_JSON = 100
# Beyond it readers that know one kind of number, such as JavaScript and jq, would change it.
LARGEST_INTEGER_IN_JSON = 2**53

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


def in_json(**form: Any) -> Callable[[Check], Check]:
    """Say beside a check what it lets pass in JSON; a schema never refuses what a check lets pass."""

    def known(check: Check) -> Check:
        _JSON_FORMS[check] = form
        return check

    return known


def json_form(check: Check) -> JsonForm:
    """Return what a check lets pass, in the words of JSON Schema.

    Raises:
        KeyError: for a check that does not say so.
    """
    return _JSON_FORMS[check]


def validator(check: Check) -> Validator:
    """Return a check as an attrs validator.

    A function in a function: an object that can be called takes a third longer, and a look at all events asks seventy
    thousand times.
    """

    def validate(record: Any, _attribute: attrs.Attribute[Any], value: Any) -> None:
        if check(value) is not None:
            raise ValidationError(problems_of(record))

    _CHECKS[validate] = check
    return validate


def check_of(attribute: attrs.Attribute[Any]) -> Check | None:
    """Return the check that the values of a field must pass; None when it has no rule."""
    return _CHECKS.get(attribute.validator)


def problems_of(record: Any) -> Iterator[Problem]:
    """Yield what is wrong with every single field of a record, in the order of the fields."""
    for attribute in attrs.fields(type(record)):
        check = check_of(attribute)
        message = None if check is None else check(getattr(record, attribute.name))
        if message is not None:
            yield Problem(f"{type(record).__name__}: {message}", field=attribute.alias or attribute.name)


def evolved(record: RecordT, **changes: Any) -> RecordT:
    """Return a record with other values in some fields, as `attrs.evolve` does; only those are judged, because all others were.

    Raises:
        ValidationError: when one of them breaks a rule.
    """
    kind: Any = type(record)
    fields, rule_of_all = _rules_of(kind)
    other: RecordT = object.__new__(kind)
    for name, (read, write, _, _) in fields.items():
        if name not in changes:
            write(other, read(record))
    is_sound = True
    for name, given in changes.items():
        _, write, convert, check = fields[name]
        value = given if convert is None else convert(given)
        write(other, value)
        is_sound = is_sound and (check is None or check(value) is None)
    if not is_sound:
        raise ValidationError(problems_of(other))
    if rule_of_all is not None:
        rule_of_all(other)
    return other


@cache
def _rules_of(kind: Any) -> tuple[dict[str, tuple[Any, ...]], Callable[[Any], None] | None]:
    """Return how each field of a record is read, written, converted and judged, and the rule for all of them together."""
    fields: dict[str, tuple[Any, ...]] = {
        one.name: (getattr(kind, one.name).__get__, writers(kind)[one.name], one.converter, check_of(one))
        for one in attrs.fields(kind)
    }
    return fields, getattr(kind, "__attrs_post_init__", None)


def _unstorable_text(value: str) -> str | None:
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
    return None if value.isascii() else _unstorable_text(value)


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
        return f"wanted a whole number, found {shorten(value)}"
    if value < least:
        return f"wanted a whole number of at least {least}, found {shorten(value)}"
    return f"wanted a whole number of at most {LARGEST_NUMBER}, found {shorten(value)}"


@in_json(**_DECIMAL)
def non_negative_decimal(value: Any) -> str | None:
    """A finite decimal number, zero or more, with at most 12 digits before and after the point."""
    if type(value) is not Decimal:
        return _no_decimal(value)
    if not value.is_finite():
        return f"wanted a finite number, found {value}"
    if value < 0:
        return f"wanted zero or more, found {value}"
    exponent = value.as_tuple().exponent
    if value > LARGEST_NUMBER or (isinstance(exponent, int) and not -12 <= exponent <= 12):
        return f"wanted at most 12 digits before and after the point, found {shorten(value)}"
    return None


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
        return f"wanted a number from 0 to {LARGEST_NUMBER}, found {shorten(value)}"
    if max(value.numerator, value.denominator) >= _BEYOND_FRACTIONS:
        return f"wanted a fraction of two numbers of at most {LONGEST_IN_FRACTIONS} digits, found {shorten(value)}"
    return None


@in_json(anyOf=[_ABOVE_ZERO, _FRACTION])
def positive_quantity(value: Any) -> str | None:
    """A decimal number above zero, or an exact fraction of two numbers of at most 15 digits."""
    if type(value) is Fraction:
        return positive_ratio(value)
    return non_negative_decimal(value) or (None if value > 0 else f"wanted more than 0, found {value}")


@in_json(anyOf=[_ABOVE_ZERO, _FRACTION])
def valid_percentage(value: Any) -> str | None:
    """A decimal number or an exact fraction above 0, up to 100."""
    wrong = positive_quantity(value)
    if wrong is not None:
        return wrong
    if value > 100:
        return f"wanted at most 100, found {value}"
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
        return f"wanted a number above 0, at most {LARGEST_NUMBER}, found {shorten(value)}"
    # A hundred divided by a percentage of 12 digits after the point has 15.
    if max(value.numerator, value.denominator) >= 10**15:
        return f"wanted a fraction of two numbers of at most 15 digits, found {shorten(value)}"
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


@in_json(type="object")
def json_object(value: Any) -> str | None:
    """A JSON object that every reader of the files returns unchanged."""
    if type(own_json(value)) is OwnJson:
        return None
    if type(value) is not dict:
        return f"wanted a JSON object, found {shorten(value)}"
    return _not_json(value, DEEPEST_JSON) or f"wanted a value that JSON can hold exactly, found {shorten(value)}"


def _not_json(value: Any, depth: int) -> str | None:
    kind = type(value)
    if kind is str:
        return None if value.isascii() else _unstorable_text(value)
    if kind is not dict and kind is not list:
        return _not_plain_json(value)
    if depth < 0:
        return f"wanted at most {DEEPEST_JSON} objects and lists inside each other, found more"
    if kind is dict:
        for key in value:
            if (wrong := storable_text(key)) is not None:
                return wrong
        value = value.values()
    for item in value:
        if (wrong := _not_json(item, depth - 1)) is not None:
            return wrong
    return None


def _not_plain_json(value: Any) -> str | None:
    kind = type(value)
    if value is None or kind is bool:
        return None
    if (kind is int and abs(value) < LARGEST_INTEGER_IN_JSON) or (kind is float and math.isfinite(value)):
        return None
    return f"wanted a value that JSON can hold exactly, found {shorten(value)}"


def instance_of(*kinds: type) -> Check:
    """Let instances of these classes pass."""
    names = " or ".join(kind.__name__ for kind in kinds)

    @in_json(records=kinds)
    def instance(value: Any) -> str | None:
        # An instance of a subclass is one, too; those of abstract classes are asked last, because that takes long.
        return None if type(value) in kinds or isinstance(value, kinds) else f"wanted {names}, found {shorten(value)}"

    return instance


def or_none(check: Check) -> Check:
    """Let None pass too."""

    @in_json(anyOf=[json_form(check), {"type": "null"}])
    def optional(value: Any) -> str | None:
        return None if value is None else check(value)

    return optional


def one_of(kind: type[enum.Enum]) -> Check:
    """Let the members of an enumeration pass, and name them where something else comes."""
    allowed = ", ".join(str(member.value) for member in kind)

    @in_json(enum=[member.value for member in kind])
    def member(value: Any) -> str | None:
        return None if isinstance(value, kind) else f"wanted one of {allowed}, found {shorten(value)}"

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
        if not all(isinstance(item, kind) and type(item) is not bool for item in value):
            others = [item for item in value if not isinstance(item, kind) or type(item) is bool]
            return f"wanted only {kinds} in it, found {shorten(others[0])}"
        if not least <= len(value) <= most:
            return f"wanted {least} to {most} entries, found {len(value)}"
        return None if each is None else next(filter(None, map(each, value)), None)

    return items


class OwnJson(dict[str, Any]):
    """A JSON object that was copied for a record, or made for it of what was judged before; nobody changes it."""


def own_json(value: Any) -> Any:
    """Copy a JSON object, so that nobody else can change what is in it; leave what is not one for the check to judge.

    Written and read again: what reads back equal here also reads back equal from a file, and it is many times faster than a look
    at each value here. A snapshot has hundreds, and is taken at every start of production.
    """
    if type(value) is OwnJson:
        return value
    try:
        copied = orjson.loads(orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER))
    except (TypeError, orjson.JSONDecodeError):
        return value
    return OwnJson(copied) if type(copied) is dict and copied == value else value


def is_same_json(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same to the byte, so that true is not 1 and the order of keys counts.

    >>> is_same_json({"a": 1}, {"a": 1}), is_same_json({"a": 1}, {"a": True})
    (True, False)
    """
    return one == other and orjson.dumps(one) == orjson.dumps(other)


def copied(value: Any) -> Any:
    """Return a copy of what a record holds as JSON; many times faster than a copy of each value in it."""
    return orjson.loads(orjson.dumps(value))
