"""Need against stock: what is enough, what to buy, what nobody can tell."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plandoc.domain.ingredient_needs import NeedRow
from plandoc.domain.measures import Amount, conversions, convert
from plandoc.domain.shopping import Standing, shopping_items
from plandoc.records import Density, Ingredient, StockItem

DENSITY = Density(1, "cup", 120, "g")
FLOUR = Ingredient("Flour", density=DENSITY, id=1)
WATER = Ingredient("Water", id=2)

UNITS = st.sampled_from(["cup", "Cups", "tbsp", "ml", "lb", "g", "each", "dozen", "bag", "blorp"])
NEEDS = st.lists(
    st.tuples(st.sampled_from([FLOUR, WATER]), st.fractions(Fraction(1, 100), 1000), UNITS), max_size=6
).map(lambda rows: [NeedRow(one, Amount(exact, unit), (Amount(exact, unit),), None) for one, exact, unit in rows])
STOCK = st.lists(st.builds(StockItem, st.sampled_from([1, 2, 3]), st.decimals(0, 1000, places=3), UNITS), max_size=6)


def _need(quantity, unit, ingredient=WATER):
    amount = Amount(Fraction(quantity), unit)
    return NeedRow(ingredient, amount, (amount,), None)


def _stock(quantity, unit, ingredient=WATER):
    return StockItem(ingredient.id, Decimal(quantity), unit)


def _item(needs, stock):
    [item] = shopping_items(needs, stock)
    return item


def _shown(item):
    return [tuple(str(amount) for amount in (row.needed, row.in_stock, row.to_buy)) for row in item.rows]


def test_enough_is_when_the_stock_covers_the_need_to_the_last_crumb():
    item = _item([_need("16", "tbsp")], [_stock("1", "cup")])

    assert item.standing is Standing.ENOUGH
    assert _shown(item) == [("1 cup", "1 cup", "0 cup")]
    assert (item.other_stock, item.reason) == ((), None)


def test_what_is_missing_is_to_be_bought_in_the_unit_of_the_stock():
    item = _item([_need("5", "cup")], [_stock("1", "quart")])

    assert item.standing is Standing.BUY
    assert _shown(item) == [("1.25 quart", "1 quart", "0.25 quart")]


def test_without_any_stock_the_whole_need_is_to_be_bought_in_its_own_unit():
    item = _item([_need("5", "cup")], [_stock("1", "cup", FLOUR)])

    assert item.standing is Standing.BUY
    assert _shown(item) == [("5 cup", "0 cup", "5 cup")]


def test_stock_of_nothing_in_another_unit_keeps_nothing_from_being_compared():
    item = _item([_need("5", "cup")], [_stock("0", "lb")])

    assert item.standing is Standing.BUY
    assert _shown(item) == [("5 cup", "0 cup", "5 cup")]


def test_stock_in_several_comparable_units_is_added_up_in_the_largest():
    item = _item([_need("480", "g", FLOUR)], [_stock("1", "cup", FLOUR), _stock("0.1", "kg", FLOUR)])

    assert item.standing is Standing.BUY
    assert _shown(item) == [("480 g", "220 g", "260 g")]


def test_what_to_buy_is_shown_rounded_up_and_the_rest_to_the_nearest():
    item = _item([_need("1/3", "cup")], [_stock("0", "cup")])
    [row] = item.rows

    assert _shown(item) == [("0.333 cup", "0 cup", "0.334 cup")]
    assert row.to_buy.exact == Fraction(1, 3)


def test_volumes_against_weights_without_a_density_cannot_be_compared_and_the_way_out_is_told():
    item = _item([_need("12", "cup")], [_stock("5", "lb")])

    assert item.standing is Standing.CANNOT_COMPARE
    assert _shown(item) == [("12 cup", "0 cup", "None")]
    assert item.other_stock == (Amount(Fraction(5), "lb"),)
    assert item.reason == (
        "Water: needed in cup, in stock in lb, which cannot be compared; give the ingredient an equivalent such as '1 cup = ... lb', or count the stock in cup too"
    )


@pytest.mark.parametrize(
    ("needed", "stocked", "reason"),
    [
        (
            "each",
            "bag",
            "Water: needed in each, in stock in bag, which cannot be compared; give the ingredient an equivalent such as '1 bag = ... each', or count the stock in each too",
        ),
        (
            "cup",
            "blorp",
            (
                "Water: needed in cup, in stock in blorp, "
                "but 'blorp' is not a unit that the plan knows; count the stock in cup too"
            ),
        ),
    ],
)
def test_other_units_that_cannot_be_compared_are_told_too(needed, stocked, reason):
    item = _item([_need("12", needed)], [_stock("5", stocked)])

    assert (item.standing, item.reason) == (Standing.CANNOT_COMPARE, reason)


def test_stock_that_cannot_be_compared_is_no_matter_when_the_rest_is_enough():
    item = _item([_need("1", "cup")], [_stock("1", "cup"), _stock("5", "lb")])

    assert item.standing is Standing.ENOUGH
    assert (item.other_stock, item.reason) == ((), None)


def test_a_need_that_is_partly_covered_cannot_be_told_while_there_is_other_stock():
    item = _item([_need("3", "cup")], [_stock("1", "cup"), _stock("5", "lb")])

    assert item.standing is Standing.CANNOT_COMPARE
    assert _shown(item) == [("3 cup", "1 cup", "None")]


def test_stock_that_serves_one_need_does_not_serve_a_second():
    needs = [_need("2", "cup"), _need("1", "lb")]
    item = _item(needs, [_stock("1", "lb")])

    assert item.standing is Standing.BUY
    assert _shown(item) == [("2 cup", "0 cup", "2 cup"), ("1 lb", "1 lb", "0 lb")]


def test_only_what_is_left_of_stock_may_cover_a_need_that_cannot_be_compared():
    needs = [_need("2", "cup"), _need("1", "lb")]
    item = _item(needs, [_stock("4", "lb")])

    assert item.standing is Standing.CANNOT_COMPARE
    assert _shown(item) == [("2 cup", "0 cup", "None"), ("1 lb", "4 lb", "0 lb")]
    assert item.other_stock == (), "it is beside the need in its own unit already"
    assert [row.reason is None for row in item.rows] == [False, True]


def test_two_needs_that_can_be_compared_share_one_stock_and_not_one_each():
    item = _item([_need("1", "cup"), _need("16", "tbsp")], [_stock("1", "cup")])

    assert item.standing is Standing.BUY
    assert _shown(item) == [("2 cup", "1 cup", "1 cup")]


def test_an_ingredient_that_is_not_needed_is_not_in_the_list():
    assert shopping_items([], [_stock("1", "cup")]) == ()


@given(NEEDS, STOCK)
def test_every_needed_ingredient_stands_exactly_once(needs, stock):
    items = shopping_items(needs, stock)

    assert [item.ingredient for item in items] == list(dict.fromkeys(row.ingredient for row in needs))


@given(NEEDS, STOCK)
def test_stock_and_purchase_together_are_never_short_as_exact_and_as_shown(needs, stock):
    rows = [row for item in shopping_items(needs, stock) for row in item.rows if row.to_buy is not None]

    for row in rows:
        assert row.to_buy.exact == max(0, row.needed.exact - row.in_stock.exact)
        number, unit = str(row.to_buy).split(" ", 1)
        bought = convert(Amount(Fraction(number), unit), row.needed.unit)
        assert bought.exact + row.in_stock.exact >= row.needed.exact
        assert row.needed.unit == row.in_stock.unit == row.to_buy.unit


@given(NEEDS, STOCK)
def test_the_standing_is_what_the_rows_say(needs, stock):
    for item in shopping_items(needs, stock):
        short = [row for row in item.rows if row.in_stock.exact < row.needed.exact]

        assert (item.standing is Standing.ENOUGH) == (not short)
        assert (item.standing is Standing.CANNOT_COMPARE) == (item.reason is not None)
        assert [row for row in item.rows if row.to_buy is None] == (short if item.reason else [])
        assert [row for row in item.rows if row.reason is not None] == (short if item.reason else [])
        assert item.reason or not item.other_stock


@given(NEEDS, STOCK)
def test_no_need_and_no_stock_is_lost_or_counted_twice(needs, stock):
    for item in shopping_items(needs, stock):
        known = conversions(item.ingredient)
        families = [known.family(row.needed.unit) for row in item.rows]
        for row, name in zip(item.rows, families, strict=True):
            unit = row.needed.unit
            needed = [one.amount for one in needs if one.ingredient == item.ingredient]
            present = [Amount(Fraction(s.quantity), s.unit) for s in stock if s.ingredient_id == item.ingredient.id]
            of_this = [[a for a in group if known.family(a.unit) == name] for group in (needed, present)]
            sums = [sum(convert(amount, unit, known).exact for amount in group) for group in of_this]

            assert sums == [row.needed.exact, row.in_stock.exact]
        assert len(families) == len(set(families))
        others = [known.family(amount.unit) for amount in item.other_stock]
        assert len({*families, *others}) == len(families) + len(others), "no stock is in two places"


@given(NEEDS, STOCK, st.randoms())
def test_the_order_of_the_stock_never_changes_a_result(needs, stock, chance):
    assert shopping_items(needs, chance.sample(stock, len(stock))) == shopping_items(needs, stock)


@given(NEEDS, STOCK, st.randoms())
def test_the_order_of_the_needs_changes_only_the_order_of_the_result(needs, stock, chance):
    def results(rows):
        items = shopping_items(rows, stock)
        return {item.ingredient.id: (item.standing, item.other_stock, set(item.rows)) for item in items}

    assert results(chance.sample(needs, len(needs))) == results(needs)


def test_a_reason_names_the_units_in_which_the_amounts_beside_it_are_shown():
    item = _item([_need("38", "tsp")], [_stock("16", "oz")])
    (row,) = item.rows

    assert (str(row.needed), str(*item.other_stock)) == ("12.667 tbsp", "1 lb")
    assert item.reason.startswith("Water: needed in tbsp, in stock in lb, which cannot be compared; give the")
