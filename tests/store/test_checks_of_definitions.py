"""What a check says of definitions in a plan that somebody changed by hand."""

from __future__ import annotations

import json

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.records import PlanState
from tests.builders import a_bakery, a_plan


@pytest.fixture
def event_file(folder):
    """The file of an event whose recipe was revised; the store is closed."""
    with plandoc.open_store(folder, create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        with store.session() as session:
            session.replace(attrs.evolve(bakery.cookie, items_per_batch=30))
            plandoc.revise_recipe(event.id, bakery.cookies.id, "smaller cookies", session=session)
    return folder / "events" / "1.json"


def spoiled(file, change):
    rows = json.loads(file.read_bytes())
    change(rows["plan_amendments"]["1"])
    file.write_text(json.dumps(rows), "utf-8")


def problems(folder):
    return [(problem.table, problem.row, problem.field, problem.message) for problem in plandoc.check(folder)]


def test_a_revised_plan_is_sound(folder, event_file):
    assert problems(folder) == []


def test_another_definition_before_than_was_in_force_is_found(folder, event_file):
    spoiled(event_file, lambda row: row["definitions_before"]["finished_units"]["1"].update(items_per_batch=20))

    assert (
        "the plan differs from its snapshot and amendments from amendment 1 on: "
        "finished_units 1: the amendment gives a previous definition that is not the effective one"
    ) in [message for *_, message in problems(folder)]


def test_a_definition_before_without_one_since_is_found(folder, event_file):
    spoiled(event_file, lambda row: row.update(definitions={}))

    assert any(
        "the amendment gives the previous definition but not the new one" in found[3] for found in problems(folder)
    )


def test_a_definition_that_is_no_record_is_found_where_it_stands(folder, event_file):
    spoiled(event_file, lambda row: row["definitions"]["finished_units"]["1"].update(items_per_batch="30"))
    found = [one for one in problems(folder) if one[2] == "definitions.finished_units.1.items_per_batch"]

    assert [one[:2] for one in found] == [("plan_amendments", "1")]


def test_a_plan_with_a_definition_that_is_no_record_is_not_worked_out(folder, event_file):
    spoiled(event_file, lambda row: row["definitions"]["finished_units"]["1"].update(items_per_batch="30"))
    with plandoc.open_store(folder):
        with pytest.raises(
            plandoc.errors.DamagedError, match=r"events/1.json, plan_amendments 1, definitions.finished_units.1"
        ):
            plandoc.get_progress(1)
        assert plandoc.list_records(records.Event)[0].id == 1


@pytest.mark.parametrize("rows", [[], 3, {"recipes": []}, {"recipes": {"x": {}}}, {"others": {"1": {}}}])
def test_definitions_of_any_form_stop_no_check(folder, event_file, rows):
    spoiled(event_file, lambda row: row.update(definitions=rows))

    assert problems(folder) != []
