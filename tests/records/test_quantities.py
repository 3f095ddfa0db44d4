"""What a record takes as a quantity: numbers and text, exactly; and lines without one."""

from decimal import Decimal
from fractions import Fraction

import pytest

from plandoc import codec
from plandoc.errors import ValidationError
from plandoc.records import Component, Density, FinishedUnit, Recipe, RecipeLine, StockItem, SubRecipe, YieldMode


@pytest.mark.parametrize(
    "given, exact, stored",
    [
        ("1/2", Decimal("0.5"), "0.5"),
        ("1 1/2", Decimal("1.5"), "1.5"),
        ("½", Decimal("0.5"), "0.5"),
        ("2/3", Fraction(2, 3), "2/3"),
        (Fraction(4, 2), Decimal(2), "2"),
        (Fraction(1, 3), Fraction(1, 3), "1/3"),
        ("0,5", Decimal("0.5"), "0.5"),
        ("2.50", Decimal("2.50"), "2.50"),
        (3, Decimal(3), "3"),
    ],
)
def test_every_quantity_takes_numbers_and_text_and_is_a_decimal_where_that_is_exact(given, exact, stored):
    taken = [
        RecipeLine(1, given, "cup").quantity,
        SubRecipe(1, given).multiplier,
        Component(1, quantity=given).quantity,
        StockItem(1, given, "cup").quantity,
        Density(given, "cup", 100, "g").volume,
        Density(1, "cup", given, "g").weight,
        FinishedUnit("Tray", 1, mode=YieldMode.BATCH_PORTION, batch_percentage=given).batch_percentage,
    ]

    assert taken == [exact] * len(taken)
    assert {type(one) for one in taken} == {type(exact)}
    assert codec.to_row(RecipeLine(1, given, "cup"))["quantity"] == stored


def test_a_third_of_a_batch_is_a_portion_of_which_a_batch_gives_three():
    tray = FinishedUnit("Tray", 1, mode=YieldMode.BATCH_PORTION, batch_percentage="33 1/3", id=3)

    assert tray.yield_per_batch == 3
    assert codec.from_row(FinishedUnit, 3, codec.to_row(tray)) == tray


@pytest.mark.parametrize("percentage", ["100 1/3", "0", Fraction(1, 10**15)])
def test_a_percentage_is_above_0_and_at_most_100_and_has_a_yield_that_can_be_stored(percentage):
    with pytest.raises(ValidationError):
        FinishedUnit("Tray", 1, mode=YieldMode.BATCH_PORTION, batch_percentage=percentage)


def test_a_quantity_without_a_unit_is_pieces_and_a_unit_without_a_quantity_is_refused():
    assert RecipeLine(1, 3).unit == StockItem(1, 3).unit == "each"
    assert RecipeLine(1, None).unit == ""
    with pytest.raises(ValidationError, match="leave it out or write each for pieces"):
        RecipeLine(1, 3, " ")
    with pytest.raises(ValidationError, match="wanted no unit, because there is no quantity; found 'pinch'"):
        RecipeLine(1, None, "pinch")


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "1,000",
            "can be read in one way only, found '1,000'; write 1000 for the large number, 1.000 for the small one",
        ),
        ("2-3", "wanted one number, not a range, found '2-3'"),
        ("5kg", "wanted a number without a unit, found '5kg'"),
        ("some", "wanted a number, found 'some'"),
        ("0", "wanted more than 0, found 0"),
        (0.1, "wanted a decimal number, found 0.1; write '0.1', because a binary float is not exactly"),
    ],
)
def test_text_that_is_no_quantity_is_refused_with_the_way_out(text, message):
    with pytest.raises(ValidationError) as caught:
        RecipeLine(1, text, "cup")

    [problem] = caught.value.problems
    assert problem.field == "quantity"
    assert message in problem.message


@pytest.mark.parametrize("stored", ["1 1/2", "½", "0,5", "1/0", "0/1", "", "1/1000000000000000", 0.5])
def test_files_have_one_form_of_a_number(stored):
    line = {"ingredient_id": 1, "quantity": stored, "unit": "cup", "notes": ""}

    assert codec.problems_of_row(Recipe, 1, {"name": "Bun", "lines": [line]}) != []


def test_a_line_without_amount_is_stored_and_read_as_one():
    bun = Recipe("Bun", lines=(RecipeLine(1, None, notes="to taste"), RecipeLine(2, "1/3", "cup")), id=1)

    assert codec.to_row(bun)["lines"][0] == {"ingredient_id": 1, "quantity": None, "unit": "", "notes": "to taste"}
    assert codec.from_row(Recipe, 1, codec.to_row(bun)) == bun
