"""Quantities as people write them: what they are exactly, and what is refused because it can be read in two ways."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.fields import converters
from plandoc.units.quantity_text import NotANumber, number_in, quantity_in, written
from tests.strategies import AMOUNTS

EXACTLY = {
    "2": "2",
    "0.67": "67/100",
    ".5": "1/2",
    "0,5": "1/2",
    ",5": "1/2",
    "1,25": "5/4",
    "0,125": "1/8",
    "1/2": "1/2",
    "2/3": "2/3",
    "7/3": "7/3",
    "1 1/2": "3/2",
    "1-1/2": "3/2",
    "1-½": "3/2",
    "½": "1/2",
    "1½": "3/2",
    "1 ½": "3/2",
    "⅔": "2/3",
    "1\N{FRACTION SLASH}3": "1/3",
    "1 / 3": "1/3",
    "1 1/16": "17/16",
    "0 1/3": "1/3",
    "1\N{NO-BREAK SPACE}1/2": "3/2",
    "1e3": "1000",
}


@pytest.mark.parametrize("text", EXACTLY)
def test_a_number_is_exactly_what_is_written(text):
    assert Fraction(number_in(text)) == Fraction(EXACTLY[text])


@pytest.mark.parametrize(
    "text, number, unit",
    [
        ("5kg", "5", "kg"),
        ("5 kg", "5", "kg"),
        ("½tsp", "1/2", "tsp"),
        ("1½ fl oz", "3/2", "fl oz"),
        ("1 1/2-oz", None, None),
        ("3ea", "3", "ea"),
        ("2 EL", "2", "EL"),
        ("1 c. à s.", "1", "c. à s."),
        ("2 tomatoes", "2", "tomatoes"),
        ("2", "2", ""),
    ],
)
def test_what_is_behind_a_number_is_its_unit(text, number, unit):
    if number is None:
        with pytest.raises(NotANumber):
            quantity_in(text)
    else:
        found = quantity_in(text)
        assert (Fraction(found.number), found.unit, found.is_range) == (Fraction(number), unit, False)


@pytest.mark.parametrize(
    "text, upper, unit",
    [("2-3", "3", ""), ("2–3", "3", ""), ("2 to 3", "3", ""), ("½ - 1 cups", "1", "cups"), ("1-1 1/2", "3/2", "")],
)
def test_a_range_counts_as_its_upper_end(text, upper, unit):
    found = quantity_in(text)

    assert (Fraction(found.number), found.unit, found.is_range) == (Fraction(upper), unit, True)
    with pytest.raises(NotANumber, match="not a range|without a unit"):
        number_in(text)


@pytest.mark.parametrize(
    "text, wanted, hint",
    [
        (
            "1,000",
            "a number that can be read in one way only",
            "write 1000 for the large number, 1.000 for the small one",
        ),
        (
            "1,500",
            "a number that can be read in one way only",
            "write 1500 for the large number, 1.500 for the small one",
        ),
        ("1,000,000", "a number without separators between its thousands", "write 1000 for one thousand"),
        ("1 000", "a number without separators between its thousands", "write 1000 for one thousand"),
        ("1'000 kg", "a number without separators between its thousands", "write 1000 for one thousand"),
        ("1'000", "a number without separators between its thousands", "write 1000 for one thousand"),
        ("3-2", "the smaller number of a range first", "write it such as 2-3"),
        ("1/0", "a fraction of a number above 0", "write it such as"),
        ("1 3/2", "less than 1 behind the whole number", "write it such as"),
        ("1-Feb", "a number", "where a spreadsheet makes a date of 1/2"),
        ("01.02.2026", "a number", "where a spreadsheet makes a date of 1/2"),
        ("2026-02-01 00:00:00", "a number", "where a spreadsheet makes a date of 1/2"),
        ("5kg", "a number without a unit", "take off what is behind the number"),
        *(
            (text, "a number", "write it such as")
            for text in ("", "much", "NaN", "1¹⁄₂", "1.½", "½ 1", "٣", "2..5", "5 %")
        ),
        ("9" * 600, "a number", "write it such as"),
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused_with_the_way_out(text, wanted, hint):
    with pytest.raises(NotANumber) as caught:
        number_in(text)

    assert caught.value.wanted == wanted
    assert caught.value.hint.startswith(hint)


def test_where_the_comma_is_decimal_a_point_before_three_digits_is_not_guessed():
    assert number_in("1,500", decimal_comma=True) == Decimal("1.5")
    assert number_in("1.500") == Decimal("1.5")
    with pytest.raises(NotANumber, match="write 1500 for the large number, 1,500 for the small one"):
        number_in("1.500", decimal_comma=True)


def test_an_exponent_is_read_from_programs_and_refused_when_it_is_typed():
    assert quantity_in("2.5E-1").number == Decimal("0.25")
    with pytest.raises(NotANumber, match=r"write 0\.25 if that is what you mean"):
        quantity_in("2.5E-1", by_hand=True)


@given(AMOUNTS | st.fractions(min_value=0, max_value=10**12))
def test_what_is_written_out_is_read_again_as_the_same_number(number):
    assert number_in(written(number)) == number
    assert converters.quantity(written(number)) == converters.exact_or_fraction(number)
