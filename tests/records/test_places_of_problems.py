"""Under which name, and with which way out, a problem inside a row is told."""

from __future__ import annotations

from typing import Any

import pytest

from plandoc import codec, records
from plandoc.errors import Problem
from tests.records.test_codec import MOMENT, ROWS

MISSING = "wanted a value, found nothing: the field is missing"
FINDING = {"kind": "short", "what": "Cookie", "message": "is short", "way_out": "bake more"}
RUN = {
    "event_id": 7,
    "finished_unit_id": 1,
    "batches": 1,
    "units_expected": 24,
    "units_made": 24,
    "produced_at": MOMENT,
    "losses": [],
    "notes": "",
}
SNAPSHOT = {
    "event_id": 7,
    "created_at": MOMENT,
    "snapshot_data": {"version": "1.0"},
    "definitions": {},
    "digest": "0" * 64,
    "findings": [],
}


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def an_amendment(kind: str, **data: Any) -> dict[str, Any]:
    return {**ROWS[records.PlanAmendment], "change": {"kind": kind, "data": data}}


def test_a_missing_field_is_told_under_its_name_in_the_file_and_by_nothing_but_that():
    assert codec.problems_of_row(records.EventFinishedGood, 3, {"event_id": 7}) == [
        Problem(MISSING, field="finished_good_id"),
        Problem(MISSING, field="quantity"),
    ]


def test_a_field_missing_in_a_change_is_told_under_its_name_in_the_file():
    row = an_amendment("drop_fg", fg_id=1)

    assert codec.problems_of_row(records.PlanAmendment, 3, row) == [
        Problem(MISSING, field="change.fg_name"),
        Problem(MISSING, field="change.original_quantity"),
    ]


def test_a_field_missing_in_a_snapshot_is_told_under_its_name_in_the_file():
    row = without(SNAPSHOT, "snapshot_data", "definitions")

    assert codec.problems_of_row(records.PlanSnapshot, 3, row) == [
        Problem(MISSING, field="snapshot_data"),
        Problem(MISSING, field="definitions"),
    ]


def test_a_field_missing_in_an_item_of_a_list_is_told_with_the_place_of_the_item():
    row = {**SNAPSHOT, "findings": [FINDING, without(FINDING, "way_out")]}

    assert codec.problems_of_row(records.PlanSnapshot, 3, row) == [Problem(MISSING, field="findings[1].way_out")]


def test_a_field_missing_beside_values_that_break_rules_is_told_with_them():
    row = an_amendment("drop_fg", fg_id=0, fg_name=" ")

    assert codec.problems_of_row(records.PlanAmendment, 3, row) == [
        Problem(MISSING, field="change.original_quantity"),
        Problem("DropFinishedGood: wanted a whole number of at least 1, found 0", field="change.fg_id"),
        Problem("DropFinishedGood: wanted a name, found only blanks", field="change.fg_name"),
    ]


def test_a_rule_is_told_once_and_by_the_name_of_the_record_that_has_it():
    row = {**ROWS[records.Event], "event_date": "tomorrow", "expected_attendees": 0, "notes": None}

    assert codec.problems_of_row(records.Event, 3, row) == [
        Problem("wanted a date such as 2026-12-25, found 'tomorrow'", field="event_date"),
        Problem("Event: wanted text, found None", field="notes"),
    ]
    assert codec.problems_of_row(records.Event, 3, {**row, "event_date": "2026-12-25"}) == [
        Problem("Event: wanted a whole number of at least 1, found 0", field="expected_attendees"),
        Problem("Event: wanted text, found None", field="notes"),
    ]


def test_a_rule_of_two_fields_is_told_without_what_single_fields_would_have_said():
    assert codec.problems_of_row(records.ProductionRun, 3, {**RUN, "units_made": 20}) == [
        Problem(
            "ProductionRun: wanted made and lost to add up to the 24 expected, found 20 made and 0 lost",
            field="units_made",
        )
    ]


def test_a_rule_inside_a_list_inside_a_row_is_told_with_its_whole_place():
    losses = [{"reason": "burnt", "units": 3}, {"reason": " ", "units": 0}]

    assert codec.problems_of_row(records.ProductionRun, 3, {**RUN, "losses": losses}) == [
        Problem("Loss: wanted a reason without blanks around it, found ' '", field="losses[1].reason"),
        Problem("Loss: wanted a whole number of at least 1, found 0", field="losses[1].units"),
    ]


def test_values_that_are_no_values_of_a_list_are_told_with_their_places():
    row = {**ROWS[records.Recipe], "lines": [{}, 7], "sub_recipes": [None]}

    assert [(problem.field, problem.message) for problem in codec.problems_of_row(records.Recipe, 3, row)] == [
        ("lines[0].ingredient_id", MISSING),
        ("lines[0].quantity", MISSING),
        ("lines[1]", "wanted an object, found 7"),
        ("sub_recipes[0]", "wanted an object, found None"),
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("fg_nam", "did you mean fg_name?"),
        ("finished_good_id", "known are fg_id, fg_name, original_quantity"),
        ("quantity", "did you mean original_quantity?"),
        ("zzz", "known are fg_id, fg_name, original_quantity"),
    ],
)
def test_an_unknown_field_of_a_change_is_answered_with_the_names_that_stand_in_the_file(name, hint):
    row = an_amendment("drop_fg", fg_id=1, fg_name="Box", original_quantity=2, **{name: 1})

    assert codec.problems_of_row(records.PlanAmendment, 3, row) == [
        Problem("unknown field", field=f"change.{name}", hint=hint)
    ]


@pytest.mark.parametrize("name", ["snapshot_dat", "_snapshot_data"])
def test_the_name_of_an_attribute_is_no_name_of_a_field(name):
    assert codec.problems_of_row(records.PlanSnapshot, 3, {**SNAPSHOT, name: {}}) == [
        Problem("unknown field", field=name, hint="did you mean snapshot_data?")
    ]


def test_unknown_fields_are_told_in_the_order_of_the_alphabet_before_broken_rules():
    row = {**ROWS[records.EventFinishedGood], "zzz": 1, "aaa": 2, "mmm": 3, "quantity": 0}

    assert [problem.field for problem in codec.problems_of_row(records.EventFinishedGood, 3, row)] == [
        "aaa",
        "mmm",
        "zzz",
        "quantity",
    ]


def test_the_id_of_a_row_is_judged_like_a_field_but_never_offered_as_one():
    row = ROWS[records.EventFinishedGood]
    offered = codec.problems_of_row(records.EventFinishedGood, 3, {**row, "idd": 1})

    assert codec.problems_of_row(records.EventFinishedGood, -1, row) == [
        Problem("EventFinishedGood: wanted a whole number of at least 0, found -1", field="id")
    ]
    assert offered == [
        Problem("unknown field", field="idd", hint="known are event_id, finished_good_id, quantity"),
    ]
