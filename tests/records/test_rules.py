from __future__ import annotations

import datetime
import math
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import attrs
import pytest

from plandoc import records
from plandoc.errors import ValidationError
from plandoc.fields import check_of, constraints, json_objects
from plandoc.tables import TABLES

MOMENT = datetime.datetime(2026, 1, 28, 3, 25, 47, tzinfo=datetime.UTC)

ACCEPTED = [
    (constraints.storable_text, ["", "a", "É\x00\x1b\u202e", "x" * 100_000]),
    (constraints.non_blank_name, ["a", " a ", "x" * 200, "\x00"]),
    (constraints.valid_slug, ["", "a", "cookie-box", "2-3", "a" * 120, "console"]),
    (constraints.positive_int, [1, 10**12]),
    (constraints.non_negative_int, [0, 1, 10**12]),
    (constraints.non_negative_decimal, [Decimal(0), Decimal("0.000000000001"), Decimal("1E+12")]),
    (constraints.positive_quantity, [Decimal("0.000000000001"), Decimal("1E+12")]),
    (constraints.valid_percentage, [Decimal("0.1"), Decimal(100)]),
    (constraints.positive_ratio, [1, Fraction(10, 3), 10**12]),
    (constraints.boolean, [True, False]),
    (constraints.calendar_date, [datetime.date.min, datetime.date(2028, 2, 29), datetime.date.max]),
    (constraints.aware_datetime, [MOMENT, MOMENT.astimezone(datetime.timezone(datetime.timedelta(hours=-3)))]),
    (constraints.stated_reason, ["rain"]),
    (constraints.sha256_digest, ["0" * 64, "0123456789abcdef" * 4]),
    (json_objects.json_object, [{}, {"a": [None, True, 1, 0.5, "x", {"b": []}]}]),
]

REFUSED = [
    (constraints.storable_text, [None, 3, b"a", ["a"], "x" * 100_001, "\ud800"]),
    (constraints.non_blank_name, ["", "  \t\n", None, "x" * 201, "a\udfff"]),
    (
        constraints.valid_slug,
        ["../x", "/etc/x", "a/b", "..", ".", "A", "a_b", "-a", "a-", "a--b", "a b", "a\n", "é", "a.", "\x00", "con"]
        + ["com1", "lpt9", "nul", "a" * 121, None, 3],
    ),
    (constraints.positive_int, [0, -1, 10**12 + 1, 10**18, 10**5000, -(10**5000), 1.0, True, "1", None, Decimal(1)]),
    (constraints.non_negative_int, [-1, False, 0.0, None]),
    (
        constraints.non_negative_decimal,
        [Decimal(-1), Decimal("NaN"), Decimal("sNaN"), Decimal("inf"), 0.67, 1, "1", None, True],
    ),
    (
        constraints.non_negative_decimal,
        [Decimal("1E-13"), Decimal("1E+13"), Decimal("1000000000001"), Decimal("1E+999999")],
    ),
    (constraints.positive_quantity, [Decimal(0), Decimal("0.00"), Decimal(-1)]),
    (constraints.valid_percentage, [Decimal(0), Decimal("100.1"), 25]),
    (
        constraints.positive_ratio,
        [0, Fraction(0), Fraction(-1, 2), 0.5, True, Fraction(1, 10**15), Fraction(10**13, 3)],
    ),
    (constraints.boolean, [0, 1, "true", None]),
    (constraints.calendar_date, [MOMENT, "2026-12-25", None]),
    (
        constraints.aware_datetime,
        [MOMENT.replace(tzinfo=None), datetime.date(2026, 1, 1), "2026-01-28T03:25:47+00:00", 0],
    ),
    (constraints.stated_reason, ["", " ", " rain", "rain\n", None]),
    (constraints.sha256_digest, ["", "0" * 63, "A" * 64, "0" * 64 + "\n", None]),
    (
        json_objects.json_object,
        [None, [], MappingProxyType({}), {1: 2}, {"a": (1,)}, {"a": math.nan}, {"a": {"b": math.inf}}],
    ),
    (json_objects.json_object, [{"a": 10**18}, {"a": MOMENT}, {"a": ["\ud800"]}, {"\ud800": 1}, {"a": Decimal(1)}]),
]


def each(table: list[tuple[Any, list[Any]]]) -> list[Any]:
    return [
        pytest.param(check, value, id=f"{check.__name__}-{number}")
        for check, values in table
        for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(("check", "value"), each(ACCEPTED))
def test_a_good_value_passes(check, value):
    assert check(value) is None


@pytest.mark.parametrize(("check", "value"), each(REFUSED))
def test_a_bad_value_is_refused_with_what_was_wanted_in_a_short_message(check, value):
    message = check(value)

    assert message is not None
    assert "wanted" in message or "surrogate" in message
    assert len(message) < 250
    assert message.isprintable()


def test_a_binary_float_is_refused_with_the_way_to_write_it():
    with pytest.raises(ValidationError, match=r"write '0.30000000000000004'"):
        records.StockItem(1, 0.1 + 0.2, "kg")


def test_json_that_is_nested_too_deep_is_refused_and_not_a_recursion_error():
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"a": deep}

    with pytest.raises(ValidationError, match="objects and lists inside each other"):
        records.PlanSnapshot(7, MOMENT, deep, {}, "0" * 64)


def test_every_field_of_every_stored_record_has_a_rule():
    kinds = [table.record_type for table in TABLES]
    kinds += [records.Density, records.RecipeLine, records.SubRecipe, records.Component, records.Loss]
    kinds += list(records.Change.__args__)
    bare = [f"{kind.__name__}.{a.name}" for kind in kinds for a in attrs.fields(kind) if check_of(a) is None]

    assert bare == []


def test_all_wrong_fields_of_a_record_are_told_at_once():
    with pytest.raises(ValidationError) as refused:
        records.Event(" ", "tomorrow", expected_attendees=0, notes=None, slug="A")

    assert [problem.field for problem in refused.value.problems] == [
        "name",
        "event_date",
        "expected_attendees",
        "notes",
        "slug",
    ]


def test_a_record_is_frozen_and_evolve_checks_its_rules_again():
    event = records.Event("Fair", datetime.date(2026, 12, 25))

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        event.name = "Other"
    with pytest.raises(ValidationError, match="only blanks"):
        attrs.evolve(event, name="")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda: records.FinishedUnit("Cookie", 1), "items_per_batch"),
        (lambda: records.FinishedUnit("Cookie", 1, items_per_batch=0), "items_per_batch"),
        (lambda: records.FinishedUnit("Cookie", 1, items_per_batch=24, batch_percentage=25), "batch_percentage"),
        (lambda: records.FinishedUnit("Slice", 1, mode=records.YieldMode.BATCH_PORTION), "batch_percentage"),
        (lambda: records.FinishedUnit("Slice", 1, mode="batch_portion", batch_percentage=25), "mode"),
        (lambda: records.Component(), "finished_unit_id"),
        (lambda: records.StockItem(None, 1), "ingredient_id"),
        (lambda: records.StockItem(1, 1, "batch", recipe_id=1), "ingredient_id"),
        (lambda: records.StockItem(None, 1, recipe_id=1), "unit"),
        (lambda: records.Taken(None, 1, "kg", recipe_id=1), "unit"),
        (lambda: records.Component(1, 1), "finished_unit_id"),
        (lambda: records.Component(1, quantity=0), "quantity"),
        (lambda: records.FinishedGood("Box", assembly_type=records.AssemblyType.BARE), "components"),
        (lambda: records.FinishedGood("Box", {records.Component(1)}), "components"),
        (
            lambda: records.FinishedGood(
                "Box", (records.Component(finished_good_id=1),), assembly_type=records.AssemblyType.BARE
            ),
            "components",
        ),
        (lambda: records.ProductionRun(7, 1, 1, 24, 20, MOMENT), "units_made"),
        (lambda: records.ProductionRun(7, 1, 1, 24, 25, MOMENT), "units_made"),
        (lambda: records.PlanAmendment(7, 1, "drop", "rain", MOMENT), "change"),
        (lambda: records.PlanAmendment(7, 1, records.DropFinishedGood(1, "Box", 1), " ", MOMENT), "reason"),
        (lambda: records.Recipe("Cake", lines=(3,)), "lines"),
        (lambda: records.Ingredient("Flour", density="1 cup = 120 g"), "density"),
    ],
)
def test_a_record_that_breaks_a_rule_is_never_made(wrong, field):
    with pytest.raises(ValidationError) as refused:
        wrong()

    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("percentage", "portions"), [(25, 4), (100, 1), (Decimal("12.5"), 8), (30, Fraction(10, 3)), (Decimal("0.5"), 200)]
)
def test_a_portion_of_a_batch_gives_an_exact_yield(percentage, portions):
    unit = records.FinishedUnit("Slice", 1, mode=records.YieldMode.BATCH_PORTION, batch_percentage=percentage)

    assert unit.yield_per_batch == portions
    assert type(unit.yield_per_batch) is type(portions)


def test_a_snapshot_shares_no_data_with_whoever_made_it_or_reads_it():
    given = {"recipes": [{"recipe_id": 1}]}
    snapshot = records.PlanSnapshot(7, MOMENT, given, {}, "0" * 64)
    given["recipes"].append({"recipe_id": 2})
    snapshot.snapshot_data["recipes"].clear()
    snapshot.definitions["a"] = 1

    assert snapshot.snapshot_data == {"recipes": [{"recipe_id": 1}]}
    assert snapshot.definitions == {}


def test_the_year_of_an_event_comes_from_its_date():
    assert records.Event("Fair", datetime.date(2026, 12, 25)).year == 2026
