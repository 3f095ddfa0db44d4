"""What a plan froze travels with it: into an empty folder as it was, among other records under other ids."""

import attrs
import pytest

import plandoc
from plandoc import PlanState, records
from plandoc.errors import ImportRefusedError
from plandoc.exchange import RowOutcome, export_file, import_file
from tests.builders import a_bakery, a_plan

from .exchange_files import changed, exported_bytes, filled, opened


@pytest.fixture
def file(tmp_path):
    """An event with a good that was brought in, and a recipe and a good that were revised; the catalog went on."""
    with opened(tmp_path / "origin") as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        with store.session() as session:
            apples = session.add(records.Ingredient("Apples"))
            pie = session.add(records.Recipe("Apple Pie", lines=(records.RecipeLine(apples.id, 2, "kg"),)))
            whole = session.add(records.FinishedUnit("Pie", pie.id, items_per_batch=1))
            to_go = session.add(records.FinishedGood("Pie to go", (records.Component(finished_unit_id=whole.id),)))
            session.replace(attrs.evolve(bakery.cookie, items_per_batch=30))
            plandoc.record_production(event.id, bakery.cookie.id, 1, session=session)
            plandoc.record_assembly(event.id, bakery.cookie_box.id, 1, session=session)
            plandoc.add_finished_good(event.id, to_go.id, 2, "the mayor comes", session=session)
            plandoc.revise_recipe(event.id, bakery.cookies.id, "smaller cookies", session=session)
            parts = (records.Component(finished_unit_id=bakery.cookie.id, quantity=6),)
            session.replace(attrs.evolve(bakery.cookie_box, components=parts))
            plandoc.revise_finished_good(event.id, bakery.cookie_box.id, "smaller boxes", session=session)
            plandoc.record_production(event.id, bakery.cookie.id, 1, session=session)
            plandoc.record_assembly(event.id, bakery.cookie_box.id, 2, session=session)
        with store.session("the catalog goes on") as session:
            session.replace(attrs.evolve(pie, lines=()))
            session.replace(attrs.evolve(bakery.cookie, items_per_batch=7))
            session.replace(attrs.evolve(apples, name="Pears"))
        return export_file(tmp_path / "export.json").path


def told(folder):
    """What a plan comes to, without ids."""
    with opened(folder):
        event = plandoc.find_by_key(plandoc.Event, "christmas-2026")
        progress = plandoc.get_progress(event.id)
        units = [
            (one.unit.name, one.unit.yield_per_batch, one.needed, one.made, one.used, one.expected)
            for one in progress.units
        ]
        needs = [(row.ingredient.name, str(row.amount)) for row in plandoc.get_ingredient_needs(event.id).rows]
        revised = [
            (one.kind, one.name, one.changes, [amendment.reason for amendment in one.amendments])
            for one in plandoc.get_plan_comparison(event.id).definitions
        ]
        findings = [(finding.kind, finding.message) for finding in plandoc.review_plan(event.id)]
        return sorted(units), sorted(needs), sorted(revised, key=repr), sorted(findings, key=repr)


def test_an_empty_folder_takes_all_of_it_in_as_it_was(file, folder, tmp_path):
    with opened(folder):
        import_file(file)

    assert exported_bytes(folder) == file.read_bytes()
    assert told(folder) == told(tmp_path / "origin")


def test_ids_inside_definitions_are_renumbered_where_they_are_taken(file, folder, tmp_path):
    with opened(folder) as store:
        filled(store)
        report = import_file(file)
        event = plandoc.find_by_key(plandoc.Event, "christmas-2026")
        brought, recipe, good = plandoc.get_amendments(event.id)
        box, cookie = (
            plandoc.find_by_key(kind, slug).id
            for kind, slug in ((records.FinishedGood, "cookie-gift-box"), (records.FinishedUnit, "cookie"))
        )

    assert {row.outcome for row in report.rows} == {RowOutcome.CREATED}
    assert min(box, cookie) > 20
    assert [*good.definitions["finished_goods"]] == [*good.definitions_before["finished_goods"]] == [str(box)]
    assert good.definitions["finished_goods"][str(box)]["components"][0]["finished_unit_id"] == cookie
    assert [*recipe.definitions["finished_units"]] == [str(cookie)]
    assert brought.definitions["finished_units"] != {}
    assert told(folder) == told(tmp_path / "origin")


def test_what_came_in_renumbered_is_known_to_be_the_same(file, folder):
    with opened(folder) as store:
        filled(store)
        import_file(file)
        again = import_file(file)

    assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}


def test_a_definition_that_says_another_one_before_than_was_in_force_is_refused(file, folder):
    def change(export):
        export["plan_amendments"][1]["definitions_before"]["finished_units"]["1"]["items_per_batch"] = 25

    with (
        opened(folder),
        pytest.raises(
            ImportRefusedError, match="the amendment gives a previous definition that is not the effective one"
        ),
    ):
        import_file(changed(file, change))


def test_a_definition_that_takes_the_place_of_another_in_silence_is_refused(file, folder):
    def change(export):
        export["plan_amendments"][1]["definitions_before"] = {}

    with (
        opened(folder),
        pytest.raises(ImportRefusedError, match="already frozen, but the amendment does not give"),
    ):
        import_file(changed(file, change))


def test_a_definition_that_is_no_record_is_refused(file, folder):
    def change(export):
        del export["plan_amendments"][0]["definitions"]["finished_units"]["4"]["name"]

    with (
        opened(folder),
        pytest.raises(ImportRefusedError, match=r"definitions\.finished_units\.4\.name: wanted a value"),
    ):
        import_file(changed(file, change))
