"""A record with other values in some fields: as `attrs.evolve` gives it, but only what is new is judged."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plandoc.errors import ValidationError
from plandoc.fields import evolved
from plandoc.records import Component, EventFinishedGood, FinishedUnit, Ingredient, YieldMode
from tests.effort import examples
from tests.strategies import ANY_RECORD


def outcome(make, record, changes):
    try:
        return make(record, **changes)
    except ValidationError as error:
        return [(problem.field, problem.message) for problem in error.problems]


@st.composite
def changed_records(draw):
    """A record, and values for some of its fields: those of another record, or some that break a rule."""
    record = draw(ANY_RECORD)
    other = draw(ANY_RECORD)
    fields = [field for field in attrs.fields(type(record)) if not field.name.startswith("_")]
    chosen = draw(st.lists(st.sampled_from(fields), unique=True, max_size=3))
    bad = st.sampled_from([None, -1, 0, True, "", " x ", 1.5, 10**13, (), object])
    return record, {
        field.name: getattr(other, field.name, getattr(record, field.name)) if draw(st.booleans()) else draw(bad)
        for field in chosen
    }


@pytest.mark.costly
@given(changed_records())
@settings(max_examples=examples(300), deadline=None)
def test_it_is_what_attrs_makes_of_it_and_refused_where_attrs_refuses_it(case):
    record, changes = case

    assert outcome(evolved, record, changes) == outcome(attrs.evolve, record, changes)


def test_all_new_values_that_break_a_rule_are_reported_at_once():
    with pytest.raises(ValidationError) as refused:
        evolved(EventFinishedGood(1, 2, 3), finished_good_id=0, quantity="7")

    assert [problem.field for problem in refused.value.problems] == ["finished_good_id", "quantity"]


@pytest.mark.parametrize(
    ("record", "changes", "field"),
    [
        (Component(finished_unit_id=1), {"finished_good_id": 2}, "finished_unit_id"),
        (FinishedUnit("Cookie", 1, items_per_batch=24), {"mode": YieldMode.BATCH_PORTION}, "batch_percentage"),
    ],
)
def test_a_rule_for_several_fields_is_asked_of_the_whole(record, changes, field):
    with pytest.raises(ValidationError) as refused:
        evolved(record, **changes)

    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_value_is_converted_as_a_new_record_converts_it():
    assert evolved(Ingredient("Rye"), name="  Spelt ").name == "Spelt"


def test_a_field_that_there_is_not_is_refused_and_the_record_stays_as_it_was():
    record = EventFinishedGood(1, 2, 3)
    with pytest.raises(KeyError):
        evolved(record, color="red")

    assert record == EventFinishedGood(1, 2, 3)
