"""The two real exports, with the worked example that comes with them."""

from decimal import Decimal

import pytest
from tinydb import where

import plandoc
from plandoc.exchange import RowOutcome, import_file

from .exports import bytes_of, real

BOXES = "bake_tracker_3.4_boxes.json"
CATALOG = "bake_tracker_4.2_catalog.json"


def _event(name):
    return next(event for event in plandoc.list_records(plandoc.Event) if event.name == name)


@pytest.mark.parametrize("name", [BOXES, CATALOG])
def test_a_real_export_comes_in_whole_and_the_folder_is_sound(name, store, folder):
    report = import_file(real(name))
    store.close()

    assert {row.outcome for row in report.rows} == {RowOutcome.CREATED}
    assert plandoc.check(folder) == []


@pytest.mark.parametrize("name", [BOXES, CATALOG])
def test_the_second_import_skips_every_row_and_changes_no_byte(name, store, folder):
    first = import_file(real(name))
    before = bytes_of(folder)
    second = import_file(real(name))

    assert {(row.outcome, row.reason) for row in second.rows} == {(RowOutcome.SKIPPED, "already there, the same")}
    assert len(second.rows) == len(first.rows)
    assert bytes_of(folder) == before


@pytest.mark.parametrize("name", [BOXES, CATALOG])
def test_a_dry_run_reports_the_same_and_changes_no_byte(name, store, folder):
    before = bytes_of(folder)
    dry = import_file(real(name), dry_run=True)
    after = bytes_of(folder)
    wet = import_file(real(name))

    assert after == before
    assert dry.dry_run
    assert not wet.dry_run
    assert dry.rows == wet.rows
    assert dry.notes == wet.notes


def test_the_boxes_have_the_counts_of_their_readme(store):
    counts = import_file(real(BOXES)).counts()

    assert {table: sum(outcomes.values()) for table, outcomes in counts.items()} == {
        "ingredients": 339,
        "recipes": 8,
        # Three recipes say what a batch gives without a unit of their own.
        "finished_units": 5 + 3,
        "finished_goods": 8 + 3,
        "stock": 12,
        "events": 2,
        "event_recipes": 7,
        "event_finished_goods": 4,
        "batch_decisions": 5,
        "plan_snapshots": 1,
        "production_runs": 3,
    }


def test_the_worked_example_needs_what_its_readme_says(store):
    import_file(real(BOXES))
    event = _event("Holiday Baking 2024")

    assert {one.unit.slug: one.units for one in plandoc.get_requirements(event.id)} == {
        "chocolate-chip-cookie": 48,
        "snickerdoodle": 36,
        "brownie-square": 8,
        "fudge-piece": 16,
        "pecan-sandy": 12,
    }


def test_the_worked_example_decides_one_batch_of_each_and_comes_in_production_with_its_snapshot(store):
    import_file(real(BOXES))
    event = _event("Holiday Baking 2024")
    snapshot = plandoc.get_plan_snapshot(event.id).snapshot_data

    assert event.plan_state is plandoc.PlanState.IN_PRODUCTION
    assert [
        (row["finished_unit_slug"], row["batches"], row["yield_per_batch"]) for row in snapshot["batch_decisions"]
    ] == [
        ("chocolate-chip-cookie", 1, 48),
        ("brownie-square", 1, 16),
        ("pecan-sandy", 1, 36),
        ("fudge-piece", 1, 64),
        ("snickerdoodle", 1, 36),
    ]
    assert {row["fg_slug"]: row["quantity"] for row in snapshot["finished_goods"]} == {
        "cookie-lovers-box": 1,
        "deluxe-dessert-package": 1,
        "holiday-cookie-box": 2,
    }
    assert {row["recipe_slug"] for row in snapshot["recipes"]} == {
        "chocolate-walnut-fudge",
        "classic-chocolate-chip-cookies",
        "fudgy-brownies",
        "pecan-sandies",
        "snickerdoodles",
    }


def test_the_worked_example_has_baked_three_times_and_one_batch_of_cookies_too_many(store):
    import_file(real(BOXES))
    event = _event("Holiday Baking 2024")
    runs = store.read(lambda session: session.find(plandoc.results.ProductionRun, event_id=event.id))
    units = {unit.id: unit.slug for unit in plandoc.list_records(plandoc.FinishedUnit)}
    decided = {units[row.finished_unit_id]: row.batches for row in plandoc.get_batch_decisions(event.id)}
    baked = {units[run.finished_unit_id]: run.batches for run in runs}

    assert baked == {"chocolate-chip-cookie": 2, "brownie-square": 1, "snickerdoodle": 1}
    assert {unit: decided[unit] - baked.get(unit, 0) for unit in decided} == {
        "chocolate-chip-cookie": -1,
        "brownie-square": 0,
        "snickerdoodle": 0,
        "fudge-piece": 1,
        "pecan-sandy": 1,
    }
    assert [(run.units_made, run.units_expected, run.losses) for run in runs] == [
        (96, 96, ()),
        (16, 16, ()),
        (36, 36, ()),
    ]
    assert runs[0].produced_at.isoformat() == "2024-12-14T10:00:00+00:00"


def test_the_other_event_of_the_boxes_stays_a_draft_with_the_recipes_its_goods_need(store):
    import_file(real(BOXES))
    event = _event("New Year 2025")

    assert event.plan_state is plandoc.PlanState.DRAFT
    assert [recipe.slug for recipe in plandoc.get_event_recipes(event.id)] == [
        "classic-chocolate-chip-cookies",
        "snickerdoodles",
    ]
    assert plandoc.get_plan_snapshot(event.id) is None


def test_a_kind_that_is_no_more_is_read_as_bundle_and_said(store):
    report = import_file(real(BOXES))

    assert "finished_goods: 'custom_order' is no longer a kind of good; read as bundle" in report.notes
    # Those of the file; three more are bare, of recipes with a yield and without a unit.
    goods = plandoc.list_records(plandoc.FinishedGood)
    kinds = [good.assembly_type for good in goods]
    assert kinds == [plandoc.AssemblyType.BUNDLE] * 8 + [plandoc.AssemblyType.BARE] * 3


def test_a_recipe_made_only_of_recipes_keeps_its_multipliers(store):
    import_file(real(BOXES))
    frosted = plandoc.find_by_key(plandoc.Recipe, "frosted-brownies")

    assert frosted.lines == ()
    assert [part.multiplier for part in frosted.sub_recipes] == [Decimal(1), Decimal("0.5")]


def test_stock_is_an_amount_and_not_a_count_of_packages(store):
    import_file(real(BOXES))
    butter = plandoc.find_by_key(plandoc.Ingredient, "butter-unsalted")
    flour = plandoc.find_by_key(plandoc.Ingredient, "all-purpose-wheat-flour")

    def stock_of(ingredient):
        query = where("ingredient_id") == ingredient.id
        return store.read(lambda session: [(i.quantity, i.unit) for i in session.find(plandoc.StockItem, query)])

    assert stock_of(butter) == [(Decimal("1.5"), "lb")]
    assert stock_of(flour) == [(Decimal("3.5"), "lb")]


def test_the_catalog_keeps_its_traps_whole(store):
    report = import_file(real(CATALOG))
    recipes = plandoc.list_records(plandoc.Recipe)
    twice = [r for r in recipes if len({line.ingredient_id for line in r.lines}) < len(r.lines)]

    assert any("'Cake' (1) and 'Cakes' (6) look alike" in note for note in report.notes)
    assert {"Cake", "Cakes"} <= {recipe.category for recipe in recipes}
    assert len(twice) == 4
    assert sum(len(recipe.lines) for recipe in recipes) == 224
    assert plandoc.find_by_key(plandoc.FinishedUnit, "toasted-almond-sables-standard").name.endswith("Sablés")
    assert Decimal("0.67") in {line.quantity for recipe in recipes for line in recipe.lines}


def test_each_unit_without_a_good_gets_a_bare_one(store):
    import_file(real(CATALOG))
    goods = plandoc.list_records(plandoc.FinishedGood)

    assert len(goods) == 20
    assert {good.assembly_type for good in goods} == {plandoc.AssemblyType.BARE}
    assert {good.slug for good in goods} == {unit.slug for unit in plandoc.list_records(plandoc.FinishedUnit)}


def test_the_catalog_has_its_densities_exactly(store):
    import_file(real(CATALOG))
    known = {i.slug: i.density for i in plandoc.list_records(plandoc.Ingredient) if i.density is not None}

    assert len(known) == 127
    assert known["brandy"] == plandoc.Density(Decimal(1), "cup", Decimal("7.93"), "oz")
