"""What batches take out of the stock."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.domain.consumption import consume
from plandoc.domain.ingredient_needs import NeedRow
from plandoc.domain.measures import Amount, conversions, convert, storable
from plandoc.records import Density, Ingredient, NotTaken, StockItem, Taken
from tests.domain.test_shopping import NEEDS, STOCK

FLOUR = Ingredient("Flour", density=Density(1, "cup", 120, "g"), id=1)
BUTTER = Ingredient("Butter", id=2)


def need(ingredient, exact, unit):
    amount = Amount(Fraction(exact), unit)
    return NeedRow(ingredient, amount, (amount,), None)


def numbered(stock):
    return [StockItem(one.ingredient_id, one.quantity, one.unit, id=number) for number, one in enumerate(stock, 1)]


def left_of(stock, consumption):
    return {**{item.id: item for item in stock}, **{item.id: item for item in consumption.remaining_stock}}


def test_a_need_is_taken_in_the_unit_of_the_stock():
    stock = [StockItem(1, Decimal("5.5"), "kg", id=1), StockItem(2, 3, "lb", id=2)]
    consumption = consume([need(FLOUR, 2, "cup")], stock)

    assert consumption.taken == (Taken(1, Decimal("0.24"), "kg"),)
    assert consumption.remaining_stock == (StockItem(1, Decimal("5.26"), "kg", id=1),)
    assert consumption.not_taken == ()


def test_of_several_units_that_can_be_compared_the_largest_goes_first_and_what_is_missing_is_told():
    stock = [StockItem(1, 100, "g", id=1), StockItem(1, Decimal("0.1"), "kg", id=2)]
    consumption = consume([need(FLOUR, 3, "cup")], stock)

    assert consumption.taken == (Taken(1, Decimal("0.1"), "kg"), Taken(1, 100, "g"))
    assert [item.quantity for item in consumption.remaining_stock] == [0, 0]
    assert consumption.not_taken == (NotTaken("Flour", Fraction(4, 3), "cup"),)


def test_what_cannot_be_compared_is_left_alone_and_told():
    consumption = consume([need(BUTTER, 100, "g")], [StockItem(2, 4, "stick", id=1)])

    assert consumption.remaining_stock == consumption.taken == ()
    assert consumption.not_taken == (NotTaken("Butter", 100, "g"),)


def test_two_needs_of_one_ingredient_do_not_take_the_same_twice():
    stock = [StockItem(2, 4, "stick", id=1), StockItem(2, 1, "kg", id=2)]
    consumption = consume([need(BUTTER, 100, "g"), need(BUTTER, 5, "stick")], stock)

    assert consumption.taken == (Taken(2, Decimal("0.1"), "kg"), Taken(2, 4, "stick"))
    assert consumption.not_taken == (NotTaken("Butter", 1, "stick"),)


def test_a_third_stays_a_third():
    consumption = consume([need(FLOUR, 1, "tsp")], [StockItem(1, 1, "cup", id=1)])

    assert consumption.taken == (Taken(1, Fraction(1, 48), "cup"),)
    assert consumption.remaining_stock == (StockItem(1, Fraction(47, 48), "cup", id=1),)


@pytest.mark.parametrize("there", [Decimal(1), Fraction(1, 3), Fraction(10**59 + 1, 10**59 + 3)])
@pytest.mark.parametrize("wanted", [Fraction(1, 7**80), Fraction(3**100, 7**80), Fraction(2, 3)])
def test_what_has_too_many_digits_is_rounded_but_nothing_comes_or_goes(there, wanted):
    stock = [StockItem(2, there, "kg", id=1)]
    consumption = consume([need(BUTTER, wanted, "kg")], stock)

    assert (
        Fraction(left_of(stock, consumption)[1].quantity) + sum(Fraction(one.quantity) for one in consumption.taken)
        == there
    )
    assert all(one.quantity > 0 for one in consumption.taken)


@given(NEEDS, STOCK)
def test_what_was_there_is_what_is_left_and_what_was_taken_exactly(needs, stock):
    stock = numbered(stock)
    consumption = consume(needs, stock)
    left = left_of(stock, consumption)

    assert len(consumption.remaining_stock) == len({item.id for item in consumption.remaining_stock})
    for key in {(item.ingredient_id, item.unit) for item in stock}:
        before = sum(Fraction(one.quantity) for one in stock if (one.ingredient_id, one.unit) == key)
        after = sum(Fraction(one.quantity) for one in left.values() if (one.ingredient_id, one.unit) == key)
        taken = sum(Fraction(one.quantity) for one in consumption.taken if (one.ingredient_id, one.unit) == key)
        assert before == after + taken
        assert after >= 0


@given(NEEDS, STOCK)
def test_what_was_taken_and_what_was_not_is_what_was_needed_exactly(needs, stock):
    consumption = consume(needs, numbered(stock))
    for ingredient in {row.ingredient.id: row.ingredient for row in needs}.values():
        known = conversions(ingredient)
        for unit in {row.amount.unit for row in needs if row.ingredient == ingredient}:
            kind = known.family(unit)

            def exactly(amounts, unit=unit, kind=kind, ingredient=ingredient, known=known):
                same = [one for one in amounts if known.family(one.unit) == kind]
                return sum(convert(one, unit, known).exact for one in same)

            needed = exactly(row.amount for row in needs if row.ingredient == ingredient)
            taken = exactly(
                Amount(Fraction(one.quantity), one.unit)
                for one in consumption.taken
                if one.ingredient_id == ingredient.id
            )
            missing = exactly(
                Amount(Fraction(one.quantity), one.unit)
                for one in consumption.not_taken
                if one.ingredient == ingredient.name
            )
            assert needed == taken + missing


@given(st.fractions(min_value=0, max_value=10**6), st.booleans())
def test_what_is_held_is_the_number_itself_and_a_decimal_where_it_is_one(number, rounds_up):
    held = storable(number, rounds_up=rounds_up)

    assert Fraction(held) == number
    assert isinstance(held, Decimal) == (10**12 % number.denominator == 0)
