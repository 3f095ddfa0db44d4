"""What functions say to arguments that a script gets wrong: refused before anything is done, never taken for something else."""

import inspect

import pytest

import plandoc
from plandoc.errors import SessionError, ValidationError
from plandoc.records import PlanState
from tests.builders import a_plan, folder_bytes


def _flags(function):
    return [one.name for one in inspect.signature(function).parameters.values() if isinstance(one.default, bool)]


WITH_FLAGS = {
    name: flags
    for name in plandoc.__all__
    if inspect.isfunction(function := getattr(plandoc, name)) and (flags := _flags(function))
}


def test_there_are_functions_with_flags():
    assert {"remove_event", "save_batch_decision", "restore", "push", "open_store"} <= set(WITH_FLAGS)


@pytest.mark.parametrize("name", WITH_FLAGS)
@pytest.mark.sample(100)
def test_what_merely_counts_as_true_is_not_taken_for_true(name):
    function = getattr(plandoc, name)
    needed = [one for one in inspect.signature(function).parameters.values() if one.default is inspect.Parameter.empty]
    flags = dict.fromkeys(WITH_FLAGS[name], "no")
    with pytest.raises(ValidationError) as refused:
        function(*["x"] * len(needed), **flags)

    assert [(one.field, one.message) for one in refused.value.problems] == [
        (flag, "wanted true or false, found 'no'") for flag in WITH_FLAGS[name]
    ]


def test_an_event_is_not_removed_with_its_history_because_somebody_wrote_no(store, folder, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    before = folder_bytes(folder)
    for wrong in ("no", 1, None):
        with pytest.raises(ValidationError, match="discard_history: wanted true or false"):
            plandoc.remove_event(event.id, wrong)

    assert folder_bytes(folder) == before


def test_batches_and_units_are_not_both_taken(bakery):
    with pytest.raises(ValidationError, match="units: wanted batches or units, found both"):
        plandoc.scale_recipe(bakery.cake.id, 2, units=10)
    with pytest.raises(ValidationError, match="finished_unit_id: wanted a number of units with it"):
        plandoc.scale_recipe(bakery.cookies.id, 2, finished_unit_id=bakery.cookie.id)


def test_a_store_is_named_by_the_store_and_by_nothing_else(store):
    for wrong in ("data", None, 1):
        with pytest.raises(SessionError, match="wanted an open store, found"):
            plandoc.use_store(wrong)

    assert plandoc.list_records(plandoc.Event) == []


def test_a_schema_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ValidationError, match="wanted one of catalog, stock, event, marker, export, found 'plan'"):
        plandoc.schema_of("plan")


def test_one_text_is_one_table_and_not_its_letters(store, tmp_path):
    assert plandoc.export_csv(tmp_path / "tables", "recipes") == [tmp_path / "tables" / "recipes.csv"]


def test_one_path_is_one_file_and_not_its_letters(tmp_path):
    file = tmp_path / "fudge.cook"
    file.write_text("Boil @sugar{1%kg}.")

    assert [one.name for one in plandoc.convert_recipes(str(file)).recipes] == ["fudge"]
