"""Where each kind of value in a row begins to be refused, and word for word what a person is told then."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from plandoc import codec, records
from plandoc.errors import ValidationError
from tests.records.test_codec import MOMENT, ROWS

A_DECIMAL = 'wanted a number in quotes, such as "0.67" or "1/3", found '
A_FRACTION = 'wanted a whole number or a fraction in quotes, such as "10/3", found '
A_DATE = "wanted a date such as 2026-12-25, found "
A_MOMENT = "wanted a timestamp such as 2026-01-28T03:25:47+00:00, found "
A_STATE = "wanted one of draft, locked, in_production, completed, found "
A_KIND = "wanted a kind that is one of drop_fg, add_fg, change_quantity, modify_batch, revise_recipe, revise_fg, found "


def read(record_type: type, field: str, value: Any) -> Any:
    return getattr(codec.from_row(record_type, 3, {**ROWS[record_type], field: value}), field)


def told(record_type: type, field: str, value: Any) -> list[tuple[str | None, str, str | None]]:
    with pytest.raises(ValidationError) as refused:
        codec.from_row(record_type, 3, {**ROWS[record_type], field: value})
    return [(problem.field, problem.message, problem.hint) for problem in refused.value.problems]


@pytest.mark.parametrize("text", ["0", "007", "0.67", "1.50", "0.000000000001", "999999999999.999999999999"])
def test_a_decimal_number_is_read_digit_for_digit(text):
    read_back = read(records.StockItem, "quantity", text)

    assert read_back.as_tuple() == Decimal(text).as_tuple()
    assert str(read_back) == str(Decimal(text))


@pytest.mark.parametrize(
    "text", ["", ".5", "5.", "+5", "-0", "5\n", "5,0", "1_0", "0x1", "Infinity", "1" * 14, "0." + "1" * 13]
)
def test_text_that_is_no_plain_decimal_number_is_refused(text):
    assert told(records.StockItem, "quantity", text) == [("quantity", A_DECIMAL + repr(text), None)]


def test_a_decimal_number_above_a_million_millions_is_told_to_be_too_long():
    (problem,) = told(records.StockItem, "quantity", "1000000000000.5")

    assert problem[0] == "quantity"
    assert "wanted at most 12 digits before and after the point, found 1000000000000.5" in problem[1]
    assert read(records.StockItem, "quantity", "1000000000000") == 10**12


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        ("1/3", Fraction(1, 3)),
        ("4/2", 2),
        ("999999999999999/999999999999998", Fraction(10**15 - 1, 10**15 - 2)),
    ],
)
def test_a_yield_is_read_as_the_number_it_is(value, number):
    read_back = read(records.BatchDecision, "yield_per_batch", value)

    assert read_back == number
    assert type(read_back) is type(number)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3.0,
        "5",
        "1/",
        "/3",
        "10/0",
        "0/0",
        "-1/3",
        "1/-3",
        "1/3\n",
        "1//3",
        "١/٣",
        "1" * 16 + "/1",
        "1/" + "1" * 16,
    ],
)
def test_what_is_no_exact_fraction_is_refused(value):
    assert told(records.BatchDecision, "yield_per_batch", value) == [
        ("yield_per_batch", A_FRACTION + repr(value), None)
    ]


@pytest.mark.parametrize("value", [None, 5, True, [], "2025-02-30", "20261225", "2026-W52-5", "2026-12-25 ", MOMENT])
def test_what_is_no_day_of_the_calendar_is_refused(value):
    assert told(records.Event, "event_date", value) == [("event_date", A_DATE + repr(value), None)]


def test_a_moment_in_utc_may_be_written_with_a_z_as_other_programs_do():
    read_back = read(records.PlanAmendment, "created_at", "2026-01-28T03:25:47Z")

    assert read_back == datetime.datetime(2026, 1, 28, 3, 25, 47, tzinfo=datetime.UTC)
    assert read_back.isoformat() == MOMENT


@pytest.mark.parametrize(
    "value",
    [None, 1769570747, True, {}, "", "Z", "2026-01-28", "2026-01-28T03:25:47", "2026-01-28 03:25:47+00:00"]
    + ["20260128T032547+00:00", "2026-01-28T03:25:47+0000", "2026-01-28T03:25+00:00", "2026-02-30T03:25:47+00:00"],
)
def test_what_is_no_moment_with_its_offset_is_refused(value):
    assert told(records.PlanAmendment, "created_at", value) == [("created_at", A_MOMENT + repr(value), None)]


@pytest.mark.parametrize("value", [None, 0, ["draft"], "", "DRAFT", "draft "])
def test_what_is_no_name_of_a_state_is_refused_with_all_names(value):
    assert told(records.Event, "plan_state", value) == [("plan_state", A_STATE + repr(value), None)]


@pytest.mark.parametrize("state", records.PlanState)
def test_every_state_is_read_from_the_name_it_is_written_under(state):
    assert read(records.Event, "plan_state", state.value) is state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("drop_fg", "wanted an object with kind and data, found 'drop_fg'"),
        ({"kind": "drop_fg"}, "wanted an object with kind and data, found {'kind': 'drop_fg'}"),
        (
            {"kind": "drop_fg", "data": {}, "x": 1},
            "wanted an object with kind and data, found {'kind': 'drop_fg', 'data': {}, 'x': 1}",
        ),
        ({"kind": "eat", "data": {}}, A_KIND + "'eat'"),
        ({"kind": None, "data": {}}, A_KIND + "None"),
        ({"kind": [1], "data": {}}, A_KIND + "[1]"),
        ({"kind": "drop_fg", "data": [1]}, "wanted an object, found [1]"),
    ],
)
def test_a_change_that_is_no_tagged_object_is_refused_with_what_was_found(change, message):
    assert told(records.PlanAmendment, "change", change) == [("change", message, None)]


@pytest.mark.parametrize("value", [None, {}, "12", 3, True])
def test_what_is_no_list_is_refused_where_a_list_is_wanted(value):
    assert told(records.Recipe, "lines", value) == [("lines", f"wanted a list, found {value!r}", None)]
    assert told(records.PlanAmendment, "added_recipe_ids", value) == [
        ("added_recipe_ids", f"wanted a list, found {value!r}", None)
    ]


@pytest.mark.parametrize("value", ["1 cup = 120 g", 3, [], True])
def test_what_is_no_object_is_refused_where_one_is_wanted(value):
    assert told(records.Ingredient, "density", value) == [("density", f"wanted an object, found {value!r}", None)]


def test_a_record_inside_a_record_is_read_and_written_with_its_own_names():
    density = {"volume": "1", "volume_unit": "cup", "weight": "120.5", "weight_unit": "g"}
    flour = codec.from_row(records.Ingredient, 3, {**ROWS[records.Ingredient], "density": density})

    assert flour.density == records.Density(1, "cup", Decimal("120.5"), "g")
    assert codec.to_row(flour)["density"] == density
