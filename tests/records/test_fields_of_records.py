"""Every field of every stored record against what is written out of it in `fields`: keys, defaults, what passes, what does not."""

from __future__ import annotations

import datetime
import inspect
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from plandoc import codec, records
from plandoc.errors import Problem, ValidationError
from plandoc.tables import TABLES
from tests.records.fields import BOUND, FIELDS, KINDS_OF_CHANGES, LARGEST, LISTS, REQUIRED, SMALLEST, TAKES
from tests.records.test_codec import MOMENT


def row_with(kind: type, field: str, value: Any) -> dict[str, Any]:
    bound = BOUND.get((kind, field))
    other = {} if bound is None else {bound: value}
    if (kind, field) == (records.FinishedUnit, "batch_percentage"):
        other = {"mode": "batch_portion", "items_per_batch": None}
    if (kind, field) == (records.Component, "finished_good_id") and value is not None:
        other = {"finished_unit_id": None}
    if kind in (records.StockItem, records.Taken) and field == "recipe_id" and value is not None:
        other = {"ingredient_id": None, "unit": "batch"}
    return {**SMALLEST[kind], **other, field: value}


def each(which: int) -> list[Any]:
    return [
        pytest.param(kind, field, value, id=f"{kind.__name__}.{field}-{number}")
        for kind, fields in FIELDS.items()
        for field, (takes, _) in fields.items()
        for number, value in enumerate(TAKES[takes][which])
    ]


def in_its_record(kind: type, row: dict[str, Any]) -> tuple[type, dict[str, Any], str]:
    """Return the record that a row or part stands in, the row of that, and the field it is in; "" for a row itself."""
    if kind in KINDS_OF_CHANGES:
        change = {"kind": KINDS_OF_CHANGES[kind], "data": row}
        return records.PlanAmendment, {**SMALLEST[records.PlanAmendment], "change": change}, "change"
    if kind is records.Density:
        return records.Ingredient, {**SMALLEST[records.Ingredient], "density": row}, "density"
    if kind not in LISTS:
        return kind, row, ""
    owner, field = LISTS[kind]
    # What is lost is part of what was expected.
    lost = row.get("units") if kind is records.Loss else None
    made = {"units_expected": lost, "units_made": 0} if type(lost) is int and 0 < lost <= LARGEST else {}
    return owner, {**SMALLEST[owner], **made, field: [row]}, field


def problems(kind: type, row: dict[str, Any]) -> set[str]:
    owner, whole, place = in_its_record(kind, row)
    fields = [str(problem.field) for problem in codec.problems_of_row(owner, 3, whole)]
    inner = [field.removeprefix(place).removeprefix("[0]").removeprefix(".") for field in fields]
    assert all(field.startswith(place) for field in fields)
    return {field.partition("[")[0].partition(".")[0] for field in inner}


def written_again(kind: type, row: dict[str, Any]) -> dict[str, Any]:
    owner, whole, place = in_its_record(kind, row)
    again = codec.to_row(codec.from_row(owner, 3, whole))
    part = again[place] if place else again
    return part["data"] if place == "change" else part[0] if isinstance(part, list) else part


def test_every_stored_record_and_every_part_of_one_is_written_out_here():
    assert set(FIELDS) == {table.record_type for table in TABLES} | {records.Density, *LISTS, *KINDS_OF_CHANGES}
    assert KINDS_OF_CHANGES == {kind: name for name, kind in codec.CHANGES.items()}


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
def test_the_keys_of_a_row_are_these_in_this_order_and_the_defaults_are_what_they_were(kind):
    given = SMALLEST[kind]
    row = written_again(kind, given)

    assert list(row) == list(FIELDS[kind])
    assert row == {field: given.get(field, default) for field, (_, default) in FIELDS[kind].items()}


@pytest.mark.sample(201)
@pytest.mark.parametrize(("kind", "field", "value"), each(0))
def test_the_outermost_values_of_a_field_pass(kind, field, value):
    assert problems(kind, row_with(kind, field, value)) == set()


@pytest.mark.sample(158)
@pytest.mark.parametrize(("kind", "field", "value"), each(1))
def test_the_first_values_beyond_are_refused_under_the_name_of_the_field(kind, field, value):
    assert field in problems(kind, row_with(kind, field, value))


@pytest.mark.parametrize("kind", FIELDS, ids=lambda kind: kind.__name__)
def test_a_field_without_a_default_must_be_there_and_every_other_may_be_left_out(kind):
    required = {field for field, (_, default) in FIELDS[kind].items() if default is REQUIRED}
    needed = {field for field in SMALLEST[kind] if field not in required}

    assert problems(kind, {}) == (required or needed)


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        (records.FinishedUnit, "mode", "discrete_count, batch_portion"),
        (records.FinishedGood, "assembly_type", "bare, bundle"),
        (records.Event, "plan_state", "draft, locked, in_production, completed"),
        (records.VoidedRun, "kind", "production, assembly"),
        (records.Finding, "kind", "broken, missing_recipe, undecided, short, stale, unneeded, catalog_changed"),
    ],
)
def test_what_is_none_of_the_words_of_a_field_is_answered_with_all_of_them(kind, field, words):
    owner, whole, place = in_its_record(kind, row_with(kind, field, "x"))
    where = f"{place}[0].{field}" if place else field

    assert codec.problems_of_row(owner, 3, whole) == [Problem(f"wanted one of {words}, found 'x'", field=where)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_record_that_the_store_has_not_seen_has_the_id_nought_and_names_come_last(table):
    parameters = inspect.signature(table.record_type).parameters
    new = codec.from_row(table.record_type, 0, SMALLEST[table.record_type])
    given_last = {name for name, parameter in parameters.items() if parameter.kind is parameter.KEYWORD_ONLY}

    assert new.id == parameters["id"].default == 0
    assert given_last == ({"slug", "id"} if table.has_slug else {"id"})
    assert not table.has_slug or new.slug == parameters["slug"].default == ""


# What a program might give for values that stand as text or as a list in a file.
NOT_FROM_A_PROGRAM = {
    "moment": [datetime.datetime(2026, 1, 28), datetime.date(2026, 1, 28), MOMENT, None],
    "day": [datetime.datetime(2026, 12, 25), "2026-12-25", None],
    "state": ["draft", None],
    "mode": ["discrete_count", None],
    "assembly": ["bundle", None],
    "kind of run": ["production", None],
    "kind of finding": ["short", None],
    "recipe ids": [[1], ("1",), None],
    **{takes: ["", {}, set(), (3,), [3], None] for takes in ("lines", "sub-recipes", "components")},
    **{takes: [[], (3,), None] for takes in ("findings", "losses")},
}


def a_record(kind: type) -> Any:
    owner, whole, place = in_its_record(kind, SMALLEST[kind])
    record = codec.from_row(owner, 3, whole)
    part = getattr(record, place) if place else record
    return part[0] if isinstance(part, tuple) else part


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        pytest.param(kind, field, value, id=f"{kind.__name__}.{field}-{number}")
        for kind, fields in FIELDS.items()
        for field, (takes, _) in fields.items()
        for number, value in enumerate(NOT_FROM_A_PROGRAM.get(takes, ()))
    ],
)
def test_a_record_refuses_from_a_program_too_what_only_resembles_its_values(kind, field, value):
    with pytest.raises(ValidationError) as refused:
        attrs.evolve(a_record(kind), **{field: value})

    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    ("kind", "field"),
    [(k, field) for k, fields in FIELDS.items() for field, (takes, _) in fields.items() if takes.startswith("amount")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_program_may_give_a_whole_number_where_an_amount_is_wanted(kind, field):
    given = getattr(attrs.evolve(a_record(kind), **{field: 2}), field)

    assert (type(given), str(given)) == (Decimal, "2")


@pytest.mark.parametrize("field", ["yield_per_batch", "exact_need"])
def test_a_program_may_give_a_fraction_that_is_whole_where_an_exact_number_is_wanted(field):
    given = getattr(attrs.evolve(a_record(records.BatchDecision), **{field: Fraction(20, 4)}), field)

    assert (type(given), given) == (int, 5)


@pytest.mark.parametrize("field", ["snapshot_data", "definitions"])
def test_what_a_program_gave_to_a_snapshot_is_its_own_again(field):
    given = {"units": {"1": {"name": "Cookie"}}}
    snapshot = attrs.evolve(a_record(records.PlanSnapshot), **{field: given})
    given["units"]["1"]["name"] = "Brick"

    assert getattr(snapshot, field) == {"units": {"1": {"name": "Cookie"}}}
