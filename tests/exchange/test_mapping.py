"""What each table of an export becomes, on small exports made by hand."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

import plandoc
from plandoc.exchange import RowOutcome, import_file

from .exports import SMALL, bytes_of, small, written


def _find(kind, slug):
    return plandoc.find_by_key(kind, slug)


def _outcomes(report, table):
    return [row.outcome for row in report.rows if row.table == table]


def test_an_ingredient_keeps_its_density_exactly_and_gets_hyphens_for_underscores(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    flour = _find(plandoc.Ingredient, "flour-all-purpose")

    assert (flour.name, flour.category) == ("Flour", "Baking")
    assert flour.density == plandoc.Density(Decimal(1), "cup", Decimal("4.42"), "oz")


def test_a_density_that_is_not_complete_is_left_out_and_said(store, tmp_path):
    half = {"slug": "salt", "display_name": "Salt", "density_volume_value": 1.0, "density_volume_unit": "cup"}
    report = import_file(written(tmp_path, small(ingredients=[*SMALL["ingredients"], half])))

    assert _find(plandoc.Ingredient, "salt").density is None
    assert "ingredients: the density of Salt is not complete and was left out" in report.notes


def test_a_density_that_is_no_volume_and_its_weight_is_left_out_and_said(store, tmp_path):
    odd = {"slug": "salt", "display_name": "Salt", "density_volume_value": 1, "density_volume_unit": "handful"}
    odd |= {"density_weight_value": 30, "density_weight_unit": "g"}
    report = import_file(written(tmp_path, small(ingredients=[*SMALL["ingredients"], odd])))

    assert _find(plandoc.Ingredient, "salt").density is None
    wanted = "ingredients: the density of Salt was left out: 1 handful = 30 g is not a volume and its weight"
    assert wanted in report.notes


def test_numbers_that_are_written_as_text_come_in_exactly(store, tmp_path):
    salt = {"slug": "salt", "display_name": "Salt", "density_volume_value": "1/3", "density_volume_unit": "cup"}
    salt |= {"density_weight_value": "96½", "density_weight_unit": "g"}
    line = {"ingredient_slug": "salt", "quantity": "2/3", "unit": "tsp"}
    brine = {"name": "Brine", "slug": "brine", "category": "Salty", "ingredients": [line]}
    export = small(ingredients=[*SMALL["ingredients"], salt], recipes=[*SMALL["recipes"], brine])
    import_file(written(tmp_path, export))

    assert _find(plandoc.Ingredient, "salt").density == plandoc.Density(Fraction(1, 3), "cup", Decimal("96.5"), "g")
    assert _find(plandoc.Recipe, "brine").lines[0].quantity == Fraction(2, 3)


def test_the_same_ingredient_twice_in_a_recipe_stays_two_lines(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    lines = _find(plandoc.Recipe, "cookies").lines

    assert [(line.quantity, line.unit, line.notes) for line in lines] == [
        (Decimal("0.67"), "cup", ""),
        (Decimal(1), "tbsp", "for the tin"),
    ]


def test_a_recipe_may_stand_before_the_one_it_contains(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    icing = _find(plandoc.Recipe, "icing")

    assert _find(plandoc.Recipe, "cookies").sub_recipes == (plandoc.SubRecipe(icing.id, Decimal("0.5"), notes="half"),)


def test_stock_is_summed_exactly_per_ingredient_and_unit(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    stock = plandoc.list_records(plandoc.StockItem)

    assert [(item.quantity, item.unit) for item in stock] == [(Decimal("3.3"), "lb"), (Decimal(8), "oz")]


def test_a_stock_row_without_a_unit_anywhere_is_refused(store, tmp_path):
    item = {"ingredient_slug": "butter", "product_brand": "Nobody", "quantity": 1.0}
    with pytest.raises(plandoc.errors.ImportRefusedError) as caught:
        import_file(written(tmp_path, small(inventory_items=[item])))

    assert "there is no unit among the products of 'butter' by 'Nobody'" in str(caught.value)


def test_a_unit_may_stand_inside_its_recipe(store, tmp_path):
    units = [{"slug": "quarter", "display_name": "Quarter", "yield_mode": "batch_portion", "batch_percentage": 30.0}]
    cake = {"name": "Cake", "slug": "cake", "ingredients": [], "finished_units": units}
    import_file(written(tmp_path, small(recipes=[*SMALL["recipes"], cake])))
    quarter = _find(plandoc.FinishedUnit, "quarter")

    assert quarter.recipe_id == _find(plandoc.Recipe, "cake").id
    assert quarter.yield_per_batch == Fraction(10, 3)


def test_a_unit_is_linked_by_the_slug_of_its_recipe_too(store, tmp_path):
    unit = {"slug": "cookie", "display_name": "Cookie", "recipe_slug": "cookies", "items_per_batch": 24}
    import_file(written(tmp_path, small(finished_units=[unit])))

    assert _find(plandoc.FinishedUnit, "cookie").recipe_id == _find(plandoc.Recipe, "cookies").id


def test_a_package_becomes_a_bundle_of_goods_even_when_a_good_has_its_name(store, tmp_path):
    export = small(
        packages=[{"name": "Cookie Box", "description": "two of them"}],
        package_finished_goods=[{"package_name": "Cookie Box", "finished_good_slug": "cookie_box", "quantity": 2}],
        event_finished_goods=[],
        event_recipient_packages=[{"event_name": "Christmas", "package_name": "Cookie Box", "quantity": 1}] * 3,
    )
    import_file(written(tmp_path, export))
    inner, package = _find(plandoc.FinishedGood, "cookie-box"), _find(plandoc.FinishedGood, "cookie-box-2")

    assert package.components == (plandoc.Component(finished_good_id=inner.id, quantity=Decimal(2)),)
    assert package.notes == "two of them"
    assert plandoc.get_event_fg_quantities(1) == [(package, 3)]


def test_only_a_unit_without_a_good_of_its_own_gets_a_bare_one(store, tmp_path):
    other = {"slug": "big_cookie", "display_name": "Big Cookie", "recipe_name": "Cookies", "items_per_batch": 6}
    import_file(written(tmp_path, small(finished_units=[*SMALL["finished_units"], other])))

    goods = {good.slug: good.assembly_type.value for good in plandoc.list_records(plandoc.FinishedGood)}
    assert goods == {"cookie-box": "bundle", "big-cookie": "bare"}


def test_packaging_in_a_good_is_skipped_and_said(store, tmp_path):
    ribbon = {"finished_good_slug": "cookie_box", "packaging_product_id": 7, "component_quantity": 1.0}
    report = import_file(written(tmp_path, small(compositions=[*SMALL["compositions"], ribbon])))
    skipped = report.with_outcome(RowOutcome.SKIPPED)

    assert [(row.table, row.name) for row in skipped] == [("compositions", "cookie_box")]
    assert len(_find(plandoc.FinishedGood, "cookie-box").components) == 1


def test_a_draft_event_gets_its_goods_and_their_recipes_and_no_decisions(store, tmp_path):
    import_file(written(tmp_path, SMALL))

    assert [(good.slug, n) for good, n in plandoc.get_event_fg_quantities(1)] == [("cookie-box", 5)]
    assert [recipe.slug for recipe in plandoc.get_event_recipes(1)] == ["cookies"]
    assert plandoc.get_batch_decisions(1) == []


def test_newer_tables_bring_recipes_decisions_and_state(store, tmp_path):
    export = small(
        events=[{"name": "Christmas", "event_date": "2026-12-25", "plan_state": "locked", "expected_attendees": 9}],
        event_recipes=[{"event_name": "Christmas", "recipe_name": "Icing"}],
        batch_decisions=[{"event_name": "Christmas", "recipe_name": "Cookies", "batches": 2}],
    )
    report = import_file(written(tmp_path, export))
    event = _find(plandoc.Event, "christmas")
    decision = plandoc.get_batch_decisions(event.id)[0]

    assert (event.plan_state, event.expected_attendees) == (plandoc.PlanState.LOCKED, 9)
    assert {recipe.slug for recipe in plandoc.get_event_recipes(event.id)} == {"cookies", "icing"}
    assert (decision.batches, decision.units_needed, decision.shortfall_accepted) == (2, 60, True)
    assert any("bakes too little of Cookie" in note for note in report.notes)


@pytest.mark.parametrize("state", ["in_production", "completed"])
def test_an_event_that_was_started_comes_in_with_a_snapshot_and_enough_batches(state, store, tmp_path, folder):
    events = [{"name": "Christmas", "event_date": "2026-12-25", "plan_state": state}]
    path = written(tmp_path, small(events=events))
    import_file(path)
    before = bytes_of(folder)
    again = import_file(path)

    assert _find(plandoc.Event, "christmas").plan_state.value == state
    assert [d["batches"] for d in plandoc.get_plan_snapshot(1).snapshot_data["batch_decisions"]] == [3]
    assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}
    assert bytes_of(folder) == before


def test_a_record_of_a_recipe_with_two_yields_is_of_the_one_that_the_goods_take(store, tmp_path):
    other = {"slug": "big_cookie", "display_name": "Big Cookie", "recipe_name": "Cookies", "items_per_batch": 6}
    record = {"event_name": "Christmas", "recipe_name": "Cookies", "batches": 2, "produced_at": "2026-12-20T08:00:00"}
    export = small(finished_units=[*SMALL["finished_units"], other], production_records=[record])
    import_file(written(tmp_path, export))
    run = store.read(lambda session: session.find(plandoc.results.ProductionRun, event_id=1))[0]

    assert (run.units_made, run.units_expected) == (48, 48)
    assert run.produced_at == datetime.datetime(2026, 12, 20, 8, tzinfo=datetime.UTC)


def test_a_record_that_does_not_say_which_yield_is_refused_and_nothing_is_changed(store, tmp_path, folder):
    other = {"slug": "big_cookie", "display_name": "Big Cookie", "recipe_name": "Cookies", "items_per_batch": 6}
    record = {"event_name": "Christmas", "recipe_name": "Cookies", "batches": 2, "produced_at": "2026-12-20T08:00:00Z"}
    export = small(
        finished_units=[*SMALL["finished_units"], other], production_records=[record], event_finished_goods=[]
    )
    before = bytes_of(folder)
    with pytest.raises(plandoc.errors.ImportRefusedError, match="must say which one is meant"):
        import_file(written(tmp_path, export))

    assert bytes_of(folder) == before


def test_an_amendment_is_skipped_with_its_reason(store, tmp_path):
    amendment = {"event_name": "Christmas", "amendment_type": "drop_fg", "reason": "no time"}
    report = import_file(written(tmp_path, small(plan_amendments=[amendment])))

    assert [(row.table, row.name) for row in report.with_outcome(RowOutcome.SKIPPED)] == [
        ("plan_amendments", "Christmas")
    ]


def test_unknown_tables_keys_and_kinds_are_said_and_not_fatal(store, tmp_path):
    export = small(
        suppliers=[{"name": "Somebody"}],
        spaceships=3,
        finished_goods=[{"slug": "cookie_box", "display_name": "Cookie Box", "assembly_type": "moon", "colour": "red"}],
    )
    report = import_file(written(tmp_path, export))

    assert set(report.notes) >= {
        "the table suppliers (1 rows) has no counterpart in plandoc and was left out",
        "the key spaceships has no counterpart in plandoc and was left out",
        "finished_goods: colour has no counterpart in plandoc and was left out (1 row)",
        "finished_goods: 'moon' is no longer a kind of good; read as bundle",
    }


def test_a_year_that_is_not_that_of_the_date_is_said(store, tmp_path):
    events = [{"name": "Christmas", "event_date": "2026-12-25", "year": 2025}]
    report = import_file(written(tmp_path, small(events=events)))

    assert "events: Christmas is dated 2026-12-25 but says year 2025; the date counts" in report.notes


def test_what_differs_in_the_catalog_and_in_drafts_is_updated(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    changed = small(event_finished_goods=[{**SMALL["event_finished_goods"][0], "quantity": 7}])
    changed["recipes"][1]["category"] = "Icings"
    changed["inventory_items"] = changed["inventory_items"][1:]
    report = import_file(written(tmp_path, changed))

    updated = {(row.table, row.name) for row in report.with_outcome(RowOutcome.UPDATED)}
    assert updated == {
        ("recipes", "Icing"),
        ("stock", "Butter, lb"),
        ("events", "Christmas"),
        ("event_finished_goods", "Christmas: Cookie Box"),
    }
    assert [quantity for _, quantity in plandoc.get_event_fg_quantities(1)] == [7]


def test_what_the_file_does_not_speak_of_stays(store, tmp_path, folder):
    path = written(tmp_path, SMALL)
    import_file(path)
    with store.session() as session:
        cookie = plandoc.find_by_key(plandoc.FinishedUnit, "cookie", session=session)
        butter = plandoc.find_by_key(plandoc.Ingredient, "butter", session=session)
        density = plandoc.Density(Decimal(1), "cup", Decimal(227), "g")
        session.replace(plandoc.Ingredient("Butter", "Dairy", density, slug="butter", id=butter.id))
        plandoc.save_batch_decision(1, cookie.id, 3, session=session)
    before = bytes_of(folder)
    report = import_file(path)

    assert {row.outcome for row in report.rows} == {RowOutcome.SKIPPED}
    assert bytes_of(folder) == before


def test_a_plan_that_has_left_draft_is_never_changed(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    plandoc.lock_plan(1)
    changed = small(event_finished_goods=[{**SMALL["event_finished_goods"][0], "quantity": 7}])
    report = import_file(written(tmp_path, changed))
    rows = [row for row in report.rows if row.table == "events"]

    assert [row.outcome for row in rows] == [RowOutcome.SKIPPED]
    assert "its plan is LOCKED" in rows[0].reason
    assert [quantity for _, quantity in plandoc.get_event_fg_quantities(1)] == [5]


def test_a_given_session_commits_when_its_owner_says_so(store, tmp_path):
    path = written(tmp_path, SMALL)
    with pytest.raises(ZeroDivisionError), store.session() as session:
        import_file(path, session=session)
        raise ZeroDivisionError

    assert plandoc.list_records(plandoc.Recipe) == []


def test_a_dry_run_leaves_the_given_session_as_it_was(store, tmp_path):
    with store.session() as session:
        report = import_file(written(tmp_path, SMALL), dry_run=True, session=session)
        left = session.find(plandoc.Recipe)

    assert left == []
    assert _outcomes(report, "recipes") == [RowOutcome.CREATED, RowOutcome.CREATED]


def test_decisions_that_the_file_no_longer_tells_leave_a_draft_and_the_next_import_skips_all(store, tmp_path, folder):
    other = {"slug": "big_cookie", "display_name": "Big Cookie", "recipe_name": "Cookies", "items_per_batch": 6}
    decided = {"event_name": "Christmas", "finished_unit_slug": "cookie", "batches": 3}
    export = small(finished_units=[*SMALL["finished_units"], other], batch_decisions=[decided])
    import_file(written(tmp_path, export))
    export["batch_decisions"] = [{**decided, "finished_unit_slug": "big_cookie"}]
    path = written(tmp_path, export)
    import_file(path)
    before = bytes_of(folder)
    again = import_file(path)

    assert [row.finished_unit_id for row in plandoc.get_batch_decisions(1)] == [
        _find(plandoc.FinishedUnit, "big-cookie").id
    ]
    assert {row.outcome for row in again.rows} == {RowOutcome.SKIPPED}
    assert bytes_of(folder) == before


def test_two_exports_after_each_other_share_what_has_the_same_slug(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    bare = {"slug": "flour_all_purpose", "display_name": "Plain Flour"}
    report = import_file(
        written(tmp_path, {"version": "3.4", "application": "bake-tracker", "ingredients": [bare]}, "other.json")
    )
    flour = _find(plandoc.Ingredient, "flour-all-purpose")

    assert _outcomes(report, "ingredients") == [RowOutcome.UPDATED]
    assert (flour.name, flour.category) == ("Plain Flour", "Baking")
    assert flour.density is not None


def test_new_records_get_their_ids_in_the_order_of_the_file(store, tmp_path):
    import_file(written(tmp_path, SMALL))

    assert [recipe.slug for recipe in plandoc.list_records(plandoc.Recipe)] == ["cookies", "icing"]


def test_a_dry_run_gives_the_rows_and_the_notes_of_the_import(store, tmp_path):
    decided = {"event_name": "Christmas", "recipe_name": "Cookies", "batches": 2}
    path = written(tmp_path, small(batch_decisions=[decided]))
    dry, wet = import_file(path, dry_run=True), import_file(path)

    assert (dry.rows, dry.notes) == (wet.rows, wet.notes)
    assert any("bakes too little of Cookie" in note for note in dry.notes)


def test_an_updated_row_says_in_what_it_differed(store, tmp_path):
    import_file(written(tmp_path, SMALL))
    changed = small()
    changed["recipes"][1]["category"] = "Icings"
    report = import_file(written(tmp_path, changed))

    assert [(row.name, row.reason) for row in report.with_outcome(RowOutcome.UPDATED)] == [
        ("Icing", "differed in category")
    ]


def test_recipes_that_nest_too_deep_only_with_those_of_the_folder_are_refused(store, tmp_path, folder):
    def chain(names):
        parts = [[{"recipe_name": inner, "quantity": 1}] for inner in names[1:]] + [[]]
        return [{"name": name, "components": part} for name, part in zip(names, parts, strict=True)]

    without_goods = {"version": "4.1", "application": "bake-tracker"}
    import_file(written(tmp_path, {**without_goods, "recipes": chain([*"ABCDEFG", "Middle"])}))
    before = bytes_of(folder)
    with pytest.raises(plandoc.errors.ImportRefusedError, match="nested more than 10 levels deep"):
        import_file(written(tmp_path, {**without_goods, "recipes": chain(["Middle", *"MNOPQRS"])}))

    assert bytes_of(folder) == before
