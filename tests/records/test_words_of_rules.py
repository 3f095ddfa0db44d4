"""What each rule says of a value that it refuses, word for word, and the last value that it lets pass."""

from __future__ import annotations

import datetime
import enum
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from plandoc.errors import shorten
from plandoc.fields import constraints, converters, json_objects

MOMENT = datetime.datetime(2026, 1, 28, 3, 25, 47, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 12, 25)
LONGEST_FRACTION = Fraction(10**15 - 1, 10**15 - 2)
SURROGATE = "holds half a surrogate pair, which no file can carry; take the character out"
TOO_LONG = "wanted at most 12 digits before and after the point, found "
A_SLUG = "wanted a slug of a-z, 0-9 and single hyphens inside, at most 120 characters and not a device name, found "
A_MOMENT = "wanted a timestamp with its offset, such as 2026-01-28T03:25:47+00:00, found "
TOO_DEEP = "wanted at most 100 objects and lists inside each other, found more"


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


def nested(depth: int) -> dict[str, Any]:
    """Return an object inside which that many lists and objects are, one inside the other."""
    inner: Any = 1
    for level in range(depth):
        inner = [inner] if level % 2 else {"a": inner}
    return {"a": inner}


SAID: list[tuple[Any, Any, str]] = [
    (constraints.storable_text, None, "wanted text, found None"),
    (constraints.storable_text, "x" * 100_001, "wanted at most 100000 characters, found 100001"),
    (constraints.storable_text, "\ud800", SURROGATE),
    (constraints.non_blank_name, 3, "wanted text, found 3"),
    (constraints.non_blank_name, "\udfff", SURROGATE),
    (constraints.non_blank_name, " \t", "wanted a name, found only blanks"),
    (constraints.non_blank_name, "x" * 201, "wanted at most 200 characters, found 201"),
    (constraints.valid_slug, 3, "wanted text, found 3"),
    (constraints.valid_slug, "A b", A_SLUG + "'A b'"),
    (constraints.valid_slug, "com9", A_SLUG + "'com9'"),
    (constraints.valid_slug, "a" * 121, A_SLUG + shorten("a" * 121)),
    (constraints.positive_int, "7", "wanted a whole number, found '7'"),
    (constraints.positive_int, Decimal("30.5"), "wanted a whole number, found 30.5"),
    (constraints.positive_int, Fraction(3, 2), "wanted a whole number, found 1 1/2"),
    (constraints.positive_int, Decimal(2), "wanted a whole number, found Decimal('2')"),
    (constraints.positive_int, Decimal("1E+300"), "wanted a whole number, found Decimal('1E+300')"),
    (constraints.positive_int, Decimal("1.5E-300"), "wanted a whole number, found Decimal('1.5E-300')"),
    (constraints.positive_int, Decimal("NaN"), "wanted a whole number, found Decimal('NaN')"),
    (constraints.positive_int, 0, "wanted a whole number of at least 1, found 0"),
    (constraints.positive_int, 10**12 + 1, "wanted a whole number of at most 1000000000000, found 1000000000001"),
    (constraints.non_negative_int, -1, "wanted a whole number of at least 0, found -1"),
    (constraints.non_negative_decimal, "1", "wanted a decimal number, found '1'"),
    (
        constraints.non_negative_decimal,
        0.67,
        "wanted a decimal number, found 0.67; write '0.67', because a binary float is not exactly what it looks like",
    ),
    (constraints.non_negative_decimal, Decimal("NaN"), "wanted a finite number, found NaN"),
    (constraints.non_negative_decimal, Decimal("-1.5"), "wanted zero or more, found -1.5"),
    (constraints.non_negative_decimal, Decimal("1E-13"), TOO_LONG + "0.0000000000001"),
    (constraints.non_negative_decimal, Decimal("1000000000000.1"), TOO_LONG + "1000000000000.1"),
    (constraints.non_negative_decimal, Decimal("0E+13"), TOO_LONG + f"{Decimal('0E+13'):f}"),
    (constraints.positive_quantity, Decimal(0), "wanted more than 0, found 0"),
    (constraints.positive_quantity, Decimal(-1), "wanted more than 0, found -1"),
    (constraints.valid_percentage, Decimal(0), "wanted more than 0, found 0"),
    (constraints.valid_percentage, Decimal("100.5"), "wanted at most 100, found 100.5"),
    (constraints.positive_ratio, 0, "wanted a whole number of at least 1, found 0"),
    (constraints.positive_ratio, 0.5, "wanted a whole number or a fraction, found 0.5"),
    (
        constraints.positive_ratio,
        Fraction(-1, 2),
        "wanted a number above 0, at most 1000000000000, found -1/2",
    ),
    (constraints.positive_ratio, Fraction(0), "wanted a number above 0, at most 1000000000000, found 0"),
    (
        constraints.positive_ratio,
        Fraction(10**13, 3),
        "wanted a number above 0, at most 1000000000000, found 3333333333333 1/3",
    ),
    (
        constraints.positive_ratio,
        Fraction(1, 10**15),
        "wanted a fraction of two numbers of at most 15 digits, found 1/1000000000000000",
    ),
    (
        constraints.positive_ratio,
        Fraction(10**15, 10**15 - 1),
        "wanted a fraction of two numbers of at most 15 digits, found 1 1/999999999999999",
    ),
    (constraints.positive_quantity, Decimal("1E-500"), TOO_LONG + "Decimal('1E-500')"),
    (constraints.positive_quantity, Decimal("1E+500"), TOO_LONG + "1E+500"),
    (constraints.positive_quantity, Decimal("-1E-15"), "wanted more than 0, found -0.000000000000001"),
    (constraints.non_negative_ratio, -1, "wanted a whole number of at least 1, found -1"),
    (constraints.non_negative_ratio, 0.0, "wanted a whole number or a fraction, found 0.0"),
    (constraints.non_negative_ratio, False, "wanted a whole number or a fraction, found False"),
    (constraints.boolean, 1, "wanted true or false, found 1"),
    (constraints.calendar_date, MOMENT, f"wanted a date without a time, found {shorten(MOMENT)}; take its date()"),
    (constraints.calendar_date, "2026-12-25", "wanted datetime.date(2026, 12, 25), found the text '2026-12-25'"),
    (constraints.aware_datetime, DAY, A_MOMENT + repr(DAY)),
    (constraints.aware_datetime, MOMENT.replace(tzinfo=None), A_MOMENT + "datetime.datetime(2026, 1, 28, 3, 25, 47)"),
    (constraints.stated_reason, None, "wanted text, found None"),
    (constraints.stated_reason, "", "wanted a reason without blanks around it, found ''"),
    (constraints.stated_reason, " rain", "wanted a reason without blanks around it, found ' rain'"),
    (constraints.sha256_digest, "ABC", "wanted a SHA-256 digest of 64 hexadecimal digits, found 'ABC'"),
    (constraints.sha256_digest, 7, "wanted a SHA-256 digest of 64 hexadecimal digits, found 7"),
    (constraints.short_fingerprint, "abc", "wanted 16 hexadecimal digits or nothing, found 'abc'"),
    (constraints.short_fingerprint, None, "wanted 16 hexadecimal digits or nothing, found None"),
    (constraints.short_fingerprint, "A" * 16, "wanted 16 hexadecimal digits or nothing, found 'AAAAAAAAAAAAAAAA'"),
    (constraints.short_fingerprint, "0" * 32, "wanted 16 hexadecimal digits or nothing, found '" + "0" * 32 + "'"),
    (json_objects.json_object, None, "wanted a JSON object, found None"),
    (json_objects.json_object, [1], "wanted a JSON object, found [1]"),
    (json_objects.json_object, {1: 2}, "wanted text, found 1"),
    (json_objects.json_object, {"\ud800": 1}, SURROGATE),
    (json_objects.json_object, {"é": "\ud800"}, SURROGATE),
    (
        json_objects.json_object,
        {"a": 1, "b": ["é", {"c": math.nan}]},
        "wanted a value that JSON can hold exactly, found nan",
    ),
    (
        json_objects.json_object,
        {"a": [None, True, 0.5, -math.inf]},
        "wanted a value that JSON can hold exactly, found -inf",
    ),
    (json_objects.json_object, {"a": 2**53}, "wanted a value that JSON can hold exactly, found 9007199254740992"),
    (json_objects.json_object, {"a": -(2**53)}, "wanted a value that JSON can hold exactly, found -9007199254740992"),
    (
        json_objects.json_object,
        {"a": 2**53 - 1, "b": -(2**53) + 1, "c": DAY},
        "wanted a value that JSON can hold exactly, found " + repr(DAY),
    ),
    (json_objects.json_object, {"a": Decimal(1)}, "wanted a value that JSON can hold exactly, found Decimal('1')"),
    (json_objects.json_object, {"a": (1,)}, "wanted a value that JSON can hold exactly, found (1,)"),
    (json_objects.json_object, {"x" * 100_001: DAY}, "wanted at most 100000 characters, found 100001"),
    (
        json_objects.json_object,
        {**nested(100), "b": DAY},
        "wanted a value that JSON can hold exactly, found " + repr(DAY),
    ),
    (json_objects.json_object, nested(101) | {"b": DAY}, TOO_DEEP),
    (constraints.instance_of(Decimal), 1, "wanted Decimal, found 1"),
    (constraints.instance_of(Decimal, Fraction), "1", "wanted Decimal or Fraction, found '1'"),
    (constraints.or_none(constraints.boolean), 0, "wanted true or false, found 0"),
    (constraints.one_of(Colour), "red", "wanted Colour.RED or Colour.BLUE, found 'red'"),
    (constraints.tuple_of(int), [1], "wanted a tuple of int, found [1]"),
    (constraints.tuple_of(int), (1, "2"), "wanted only int in it, found '2'"),
    (constraints.tuple_of(int), (1, True), "wanted only int in it, found True"),
    (constraints.tuple_of(int, each=constraints.positive_int), (1, 0), "wanted a whole number of at least 1, found 0"),
    (constraints.tuple_of(int), (1,) * 1001, "wanted 0 to 1000 entries, found 1001"),
    (constraints.tuple_of(int, least=1, most=2), (), "wanted 1 to 2 entries, found 0"),
    (constraints.tuple_of(int, least=1, most=2), (1, 2, 3), "wanted 1 to 2 entries, found 3"),
]

PASSES: list[tuple[Any, Any]] = [
    (constraints.storable_text, "é" * 100_000),
    (constraints.non_blank_name, "é" * 200),
    (constraints.valid_slug, "a" * 120),
    (constraints.valid_slug, "com10"),
    (constraints.valid_slug, "com0"),
    (constraints.positive_int, 10**12),
    (constraints.non_negative_decimal, Decimal("0E+12")),
    (constraints.non_negative_decimal, Decimal("-0")),
    (constraints.valid_percentage, Decimal("100.000")),
    (constraints.positive_ratio, Fraction(10**12)),
    (constraints.positive_ratio, LONGEST_FRACTION),
    (constraints.positive_ratio, Fraction(1, 10**15 - 1)),
    (constraints.non_negative_ratio, 0),
    (constraints.non_negative_ratio, Fraction(1, 3)),
    (constraints.short_fingerprint, ""),
    (constraints.short_fingerprint, "0123456789abcdef"),
    (json_objects.json_object, {"é": [2**53 - 1, -(2**53) + 1, 0.5, None, True, "é"]}),
    (json_objects.json_object, nested(100)),
    (constraints.instance_of(Decimal, Fraction), Fraction(1, 3)),
    (constraints.or_none(constraints.boolean), None),
    (constraints.or_none(constraints.boolean), False),
    (constraints.one_of(Colour), Colour.BLUE),
    (constraints.tuple_of(int), ()),
    (constraints.tuple_of(int), (1,) * 1000),
    (constraints.tuple_of(int, least=1, most=2), (1,)),
    (constraints.tuple_of(int, least=1, most=2), (1, 2)),
    (constraints.tuple_of((int, str)), (1, "a")),
]


@pytest.mark.parametrize(("check", "value", "said"), SAID, ids=lambda value: getattr(value, "__name__", None))
def test_a_rule_says_what_was_wanted_and_what_was_found(check, value, said):
    assert check(value) == said


@pytest.mark.parametrize(("check", "value"), PASSES, ids=lambda value: getattr(value, "__name__", None))
def test_a_rule_lets_the_last_good_value_pass(check, value):
    assert check(value) is None


@pytest.mark.parametrize(
    "name", ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
def test_a_name_that_windows_keeps_for_a_device_is_no_slug_but_may_be_part_of_one(name):
    assert constraints.valid_slug(name) == A_SLUG + repr(name)
    assert constraints.valid_slug(f"{name}-item") is None


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        (12, "12"),
        (-3, "-3"),
        (10**12, "1000000000000"),
        (-(10**12), "-1000000000000"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("1.50"), "1.50"),
        (Decimal("-1.50"), "-1.50"),
    ],
)
def test_a_whole_number_becomes_the_decimal_number_it_is_and_a_zero_has_no_sign(given, exact):
    assert type(converters.exact(given)) is Decimal
    assert str(converters.exact(given)) == exact


@pytest.mark.parametrize(
    "given", [10**12 + 1, -(10**12) - 1, 10**5000, True, 0.5, "5", None], ids=lambda value: type(value).__name__
)
def test_what_is_not_exact_is_left_for_the_rule_to_judge(given):
    assert converters.exact(given) is given


@pytest.mark.parametrize(
    ("given", "kept"), [(Fraction(20, 4), 5), (Fraction(10, 3), Fraction(10, 3)), (7, 7), ("x", "x"), (0.5, 0.5)]
)
def test_a_fraction_that_is_whole_becomes_a_whole_number_and_nothing_else_changes(given, kept):
    assert converters.whole_if_possible(given) == kept
    assert type(converters.whole_if_possible(given)) is type(kept)


def test_a_json_object_is_copied_once_and_never_shared_with_whoever_gave_it():
    given = {"a": [1, {"b": "é"}]}
    own = json_objects.own_json(given)

    assert own == given
    assert type(own) is json_objects.OwnJson
    assert own["a"] is not given["a"]
    assert json_objects.own_json(own) is own


@pytest.mark.parametrize(
    "given", [None, [1], "a", {1: 2}, {"a": (1,)}, {"a": 2**53}, {"a": math.nan}, {"a": Decimal(1)}, {"a": "\ud800"}]
)
def test_what_a_file_would_not_give_back_is_no_json_object_and_left_for_the_rule_to_judge(given):
    assert json_objects.own_json(given) is given
