from __future__ import annotations

import datetime
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

from plandoc import codec, records
from plandoc.errors import ValidationError
from plandoc.storage import documents
from plandoc.tables import TABLES, table_of
from tests.effort import examples
from tests.strategies import ANY_RECORD, RECORDS

MOMENT = "2026-01-28T03:25:47+00:00"
ROWS: dict[type, dict[str, Any]] = {
    records.Ingredient: {
        "name": "Flour",
        "category": "",
        "density": None,
        "notes": "",
        "equivalents": [],
        "slug": "flour",
    },
    records.Recipe: {
        "name": "Cake",
        "category": "",
        "lines": [{"ingredient_id": 1, "quantity": "0.67", "unit": "cup", "notes": ""}],
        "sub_recipes": [],
        "base_recipe_id": None,
        "variant_name": "",
        "method": "",
        "notes": "",
        "slug": "cake",
    },
    records.Event: {
        "name": "Fair",
        "event_date": "2026-12-25",
        "expected_attendees": None,
        "notes": "",
        "plan_state": "draft",
        "slug": "fair",
    },
    records.StockItem: {"ingredient_id": 1, "quantity": "5", "unit": "kg", "notes": "", "recipe_id": None},
    records.EventFinishedGood: {"event_id": 7, "finished_good_id": 1, "quantity": 10},
    records.BatchDecision: {
        "event_id": 7,
        "finished_unit_id": 1,
        "recipe_id": 1,
        "batches": 5,
        "yield_per_batch": "10/3",
        "units_needed": 16,
        "shortfall_accepted": False,
        "exact_need": "31/2",
        "recipe_fingerprint": "0123456789abcdef",
    },
    records.PlanAmendment: {
        "event_id": 7,
        "sequence": 1,
        "change": {"kind": "drop_fg", "data": {"fg_id": 1, "fg_name": "Box", "original_quantity": 2}},
        "reason": "rain",
        "created_at": MOMENT,
        "added_recipe_ids": [],
        "definitions": {"recipes": {"1": None}},
        "definitions_before": {},
    },
}

REFUSED_VALUES = [
    # Nothing for text or a number.
    (records.Ingredient, "name", None, "wanted text, found None"),
    (records.StockItem, "quantity", None, 'wanted a number in quotes, such as "0.67" or "1/3", found None'),
    (records.EventFinishedGood, "quantity", None, "wanted a whole number, found None"),
    # A number or a list for text.
    (records.Ingredient, "name", 5, "wanted text, found 5"),
    (records.Ingredient, "name", [1], "wanted text, found [1]"),
    (records.Recipe, "lines", "123", "wanted a list, found '123'"),
    (records.Recipe, "lines", {}, "wanted a list, found {}"),
    (records.Recipe, "lines", [3], "wanted an object, found 3"),
    # Text that looks like a whole number to a lenient reader.
    (records.EventFinishedGood, "quantity", "7", "wanted a whole number, found '7'"),
    (records.EventFinishedGood, "quantity", " 7 ", "wanted a whole number, found ' 7 '"),
    (records.EventFinishedGood, "quantity", "1_000", "wanted a whole number, found '1_000'"),
    (records.EventFinishedGood, "quantity", "٧", "wanted a whole number, found '٧'"),
    # Numbers that are not whole, and truth that counts as one.
    (records.EventFinishedGood, "quantity", 3.9, "wanted a whole number, found 3.9"),
    (records.EventFinishedGood, "quantity", 3.0, "wanted a whole number, found 3.0"),
    (records.EventFinishedGood, "quantity", True, "wanted a whole number, found True"),
    (records.BatchDecision, "shortfall_accepted", 1, "wanted true or false, found 1"),
    (records.BatchDecision, "shortfall_accepted", "false", "wanted true or false, found 'false'"),
    # Names of states.
    (records.Event, "plan_state", "DRAFT", "wanted one of draft, locked, in_production, completed, found 'DRAFT'"),
    (records.Event, "plan_state", "baking", "wanted one of draft, locked, in_production, completed, found 'baking'"),
    (records.Event, "plan_state", 0, "wanted one of draft, locked, in_production, completed, found 0"),
    # Out of the domain.
    (records.EventFinishedGood, "quantity", 0, "wanted a whole number of at least 1, found 0"),
    (records.EventFinishedGood, "quantity", -3, "wanted a whole number of at least 1, found -3"),
    (records.EventFinishedGood, "quantity", 10**18, "wanted a whole number of at most 1000000000000"),
    (records.StockItem, "quantity", "-1", "wanted a number in quotes"),
    # Decimal numbers are text of digits, so that no reader rounds them.
    (records.StockItem, "quantity", 0.1, "wanted a number in quotes"),
    (records.StockItem, "quantity", 5, "wanted a number in quotes"),
    (records.StockItem, "quantity", "1e3", "wanted a number in quotes"),
    (records.StockItem, "quantity", "NaN", "wanted a number in quotes"),
    (records.StockItem, "quantity", " 5", "wanted a number in quotes"),
    (records.StockItem, "quantity", "٥", "wanted a number in quotes"),
    (records.BatchDecision, "yield_per_batch", "10/0", "wanted a whole number or a fraction in quotes"),
    (records.BatchDecision, "yield_per_batch", 3.5, "wanted a whole number or a fraction in quotes"),
    # Days and moments.
    (records.Event, "event_date", "2025-02-30", "wanted a date such as 2026-12-25, found '2025-02-30'"),
    (records.Event, "event_date", "20261225", "wanted a date such as 2026-12-25, found '20261225'"),
    (records.Event, "event_date", MOMENT, "wanted a date such as 2026-12-25"),
    (records.Event, "event_date", 5, "wanted a date such as 2026-12-25, found 5"),
    (records.PlanAmendment, "created_at", "2026-01-28T03:25:47", "wanted a timestamp such as"),
    (records.PlanAmendment, "created_at", "2026-01-28T24:00:00+00:00", "wanted a timestamp such as"),
    (records.PlanAmendment, "created_at", "2026-02-30T03:25:47+00:00", "wanted a timestamp such as"),
    (records.PlanAmendment, "created_at", 1769570747, "wanted a timestamp such as"),
    # The tagged change.
    (records.PlanAmendment, "change", "drop_fg", "wanted an object with kind and data, found 'drop_fg'"),
    (records.PlanAmendment, "change", {"kind": "drop_fg"}, "wanted an object with kind and data"),
    (records.PlanAmendment, "change", {"kind": "eat", "data": {}}, "wanted a kind that is one of drop_fg, add_fg"),
    (records.PlanAmendment, "change", {"kind": [1], "data": {}}, "wanted a kind that is one of drop_fg, add_fg"),
    # Names and slugs.
    (records.Ingredient, "name", "  ", "wanted a name, found only blanks"),
    (records.Ingredient, "slug", "a\x00b", "wanted a slug"),
    (records.Ingredient, "slug", "../x", "wanted a slug"),
]


def problems_of(record_type: type, row: Any) -> dict[str | None, str]:
    with pytest.raises(ValidationError) as refused:
        codec.from_row(record_type, 3, row)
    return {problem.field: str(problem) for problem in refused.value.problems}


def test_there_is_a_strategy_for_the_records_of_every_table():
    assert set(RECORDS) == {table.record_type for table in TABLES}


@given(ANY_RECORD)
@settings(max_examples=examples(150), deadline=None)
def test_every_record_reads_back_equal_from_its_row_and_from_the_bytes_of_a_document(record):
    row = codec.to_row(record)
    table = table_of(type(record)).name
    content = documents.render("catalog.json", "a", {}, {table: {str(record.id): row}})
    read = documents.parse("catalog.json", content)

    assert codec.from_row(type(record), record.id, row) == record
    assert codec.from_row(type(record), record.id, read.tables[table][str(record.id)]) == record
    assert not read.lines, "what plandoc wrote is known by its bytes"


@given(ANY_RECORD)
@settings(max_examples=examples(50), deadline=None)
def test_a_row_is_plain_json_in_the_order_of_the_fields_and_without_the_id(record):
    row = codec.to_row(record)

    assert json.loads(json.dumps(row)) == row
    assert list(row) == [field.alias for field in attrs.fields(type(record)) if field.name != "id"]


@pytest.mark.parametrize(("record_type", "row"), ROWS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_rows_that_these_tests_spoil_are_good_and_stay_as_they_are(record_type, row):
    assert codec.problems_of_row(record_type, 3, row) == []
    assert codec.to_row(codec.from_row(record_type, 3, row)) == row


@pytest.mark.parametrize(("record_type", "field", "value", "words"), REFUSED_VALUES)
def test_a_value_that_would_need_a_guess_is_refused_with_field_found_and_wanted(record_type, field, value, words):
    problems = problems_of(record_type, {**ROWS[record_type], field: value})

    (place,) = problems
    assert place is not None
    assert place.partition("[")[0] == field
    assert words in problems[place]


@pytest.mark.parametrize("row", [None, [], "x", 3, True])
def test_a_row_that_is_no_object_is_refused(row):
    assert problems_of(records.Event, row) == {None: f"wanted an object, found {row!r}"}


def test_a_row_that_names_its_id_twice_is_refused():
    assert problems_of(records.EventFinishedGood, {**ROWS[records.EventFinishedGood], "id": 3}) == {
        "id": "id: the id of a row is its key; take the field out"
    }


def test_an_unknown_field_is_refused_by_name_and_the_near_one_offered():
    row = dict(ROWS[records.EventFinishedGood], quantiti=3, zzz=1)
    problems = problems_of(records.EventFinishedGood, row)

    assert problems["quantiti"] == "quantiti: unknown field (did you mean quantity?)"
    assert problems["zzz"] == "zzz: unknown field (known are event_id, finished_good_id, quantity)"


def test_unknown_fields_inside_a_list_and_inside_a_change_are_refused_with_their_place():
    line = {"ingredient_id": 1, "quantity": "1", "unit": "cup", "notes": "", "units": "cup"}
    change = {"kind": "drop_fg", "data": {"fg_id": 1, "fg_name": "Box", "original_quantity": 2, "finished_good_id": 1}}

    assert list(problems_of(records.Recipe, {**ROWS[records.Recipe], "lines": [line]})) == ["lines[0].units"]
    assert list(problems_of(records.PlanAmendment, {**ROWS[records.PlanAmendment], "change": change})) == [
        "change.finished_good_id"
    ]


@pytest.mark.parametrize("record_type", ROWS)
def test_a_missing_field_is_refused_by_name_unless_it_has_a_default(record_type):
    for attribute in attrs.fields(record_type):
        if attribute.default is attrs.NOTHING:
            row = {name: value for name, value in ROWS[record_type].items() if name != attribute.name}

            assert "the field is missing" in problems_of(record_type, row)[attribute.name]


def test_all_problems_of_a_row_are_told_at_once():
    row = {
        "name": 5,
        "event_date": "2025-02-30",
        "expected_attendees": "7",
        "notes": None,
        "plan_state": "DRAFT",
        "slug": "A b",
        "colour": "red",
    }

    assert set(problems_of(records.Event, row)) >= {"name", "event_date", "notes", "plan_state", "slug", "colour"}


def test_problems_in_several_lines_of_a_recipe_are_told_with_their_places():
    good = {"ingredient_id": 1, "quantity": "1", "unit": "cup", "notes": ""}
    lines = [good, {**good, "quantity": 1.5}, {**good, "unit": 3, "ingredient_id": 0}, 7]
    problems = problems_of(records.Recipe, {**ROWS[records.Recipe], "lines": lines})

    assert set(problems) == {"lines[1].quantity", "lines[2].unit", "lines[2].ingredient_id", "lines[3]"}


def test_rules_that_need_two_fields_are_told_with_their_place():
    row = {
        "event_id": 7,
        "finished_unit_id": 1,
        "batches": 1,
        "units_expected": 24,
        "units_made": 20,
        "produced_at": MOMENT,
        "losses": [{"reason": "burnt", "units": 3}],
        "notes": "",
    }

    assert "found 20 made and 3 lost" in problems_of(records.ProductionRun, row)["units_made"]


def test_a_half_surrogate_pair_is_refused_on_read():
    problems = problems_of(records.Ingredient, {**ROWS[records.Ingredient], "name": "a\ud800"})

    assert "half a surrogate pair" in problems["name"]


def test_control_characters_in_text_are_kept():
    row = {**ROWS[records.Ingredient], "notes": "a\x00\x1b\u2028b"}

    assert codec.from_row(records.Ingredient, 3, row).notes == "a\x00\x1b\u2028b"


def test_sums_of_decimal_numbers_are_stored_exactly():
    stock = records.StockItem(1, Decimal("0.1") + Decimal("0.2"), "kg", id=3)

    assert codec.to_row(stock)["quantity"] == "0.3"
    assert codec.from_row(records.StockItem, 3, codec.to_row(stock)).quantity == Decimal("0.3")


def test_a_decimal_number_keeps_its_zeros_and_never_gets_an_exponent():
    assert codec.to_row(records.StockItem(1, Decimal("1.50"), "kg"))["quantity"] == "1.50"
    assert codec.to_row(records.StockItem(1, Decimal("1E+3"), "kg"))["quantity"] == "1000"
    assert codec.to_row(records.StockItem(1, Decimal("-0.0"), "kg"))["quantity"] == "0.0"


def test_a_moment_keeps_its_offset():
    row = {**ROWS[records.PlanAmendment], "created_at": "2026-01-28T04:25:47.000123+01:00"}
    amendment = codec.from_row(records.PlanAmendment, 3, row)

    assert amendment.created_at.utcoffset() == datetime.timedelta(hours=1)
    assert codec.to_row(amendment) == row


def test_a_yield_is_a_whole_number_where_it_can_be_and_else_an_exact_fraction():
    decision = codec.from_row(records.BatchDecision, 3, {**ROWS[records.BatchDecision], "yield_per_batch": "20/4"})

    assert decision.yield_per_batch == 5
    assert codec.to_row(decision)["yield_per_batch"] == 5
    assert codec.from_row(records.BatchDecision, 3, ROWS[records.BatchDecision]).yield_per_batch == Fraction(10, 3)


@pytest.mark.parametrize(
    ("change", "kind", "keys"),
    [
        (records.DropFinishedGood(1, "Box", 2), "drop_fg", ["fg_id", "fg_name", "original_quantity"]),
        (records.AddFinishedGood(1, "Box", 2), "add_fg", ["fg_id", "fg_name", "quantity"]),
        (
            records.ChangeQuantity(1, "Box", 2, 3),
            "change_quantity",
            ["fg_id", "fg_name", "old_quantity", "new_quantity"],
        ),
        (
            records.ModifyBatch(1, "Cookies", 2, "cookie", 0, 3),
            "modify_batch",
            ["recipe_id", "recipe_name", "finished_unit_id", "finished_unit_slug", "old_batches", "new_batches"],
        ),
    ],
)
def test_a_change_is_stored_under_the_kind_and_keys_of_the_contract(change, kind, keys):
    moment = datetime.datetime(2026, 1, 28, tzinfo=datetime.UTC)
    row = codec.to_row(records.PlanAmendment(7, 1, change, "rain", moment))

    assert row["change"]["kind"] == kind
    assert list(row["change"]["data"]) == keys


def test_problems_are_told_under_the_names_that_stand_in_the_file():
    change = {"kind": "drop_fg", "data": {"fg_id": 0, "fg_name": "", "original_quantity": 0}}
    snapshot = {"event_id": 7, "created_at": MOMENT, "snapshot_data": [], "definitions": {}, "digest": "0" * 64}

    assert list(problems_of(records.PlanAmendment, {**ROWS[records.PlanAmendment], "change": change})) == [
        "change.fg_id",
        "change.fg_name",
        "change.original_quantity",
    ]
    assert list(problems_of(records.PlanSnapshot, snapshot)) == ["snapshot_data"]
