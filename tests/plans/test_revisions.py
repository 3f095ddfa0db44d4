"""Taking over into a running plan what the catalog says now: with a reason, on record, and nothing else."""

from __future__ import annotations

from fractions import Fraction

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.records import FindingKind, PlanState
from tests.builders import a_plan, folder_bytes
from tests.plans.recording import messages


def replaced(store, record, **changes):
    """Change a record of the catalog, and return it as it is then."""
    with store.session("change the catalog") as session:
        return session.replace(attrs.evolve(record, **changes))


def effective(store, event):
    return store.read(lambda session: plan_definitions(event.id, session))


def sweeter(store, bakery):
    lines = (*bakery.cookies.lines[:1], records.RecipeLine(bakery.sugar.id, 3, "cup"))
    return replaced(store, bakery.cookies, lines=lines)


def changed(event):
    return {
        one.name: [(change.what, change.before, change.after) for change in one.changes]
        for one in plandoc.get_plan_comparison(event.id).definitions
    }


def test_the_plan_goes_on_with_the_recipe_of_the_catalog(store, bakery, event):
    now = sweeter(store, bakery)
    amendment = plandoc.revise_recipe(event.id, bakery.cookies.id, "  they like it sweet  ")

    assert (amendment.sequence, amendment.reason) == (1, "they like it sweet")
    assert amendment.change == records.ReviseRecipe(bakery.cookies.id, "Chocolate Chip Cookies")
    assert effective(store, event).recipes(bakery.cookies.id) == now
    assert plandoc.get_event_recipes(event.id)[0] == now
    assert plandoc.get_amendments(event.id) == [amendment]


def test_both_the_old_and_the_new_definition_stay_in_the_row_and_nothing_that_did_not_change(store, bakery, event):
    sweeter(store, bakery)
    amendment = plandoc.revise_recipe(event.id, bakery.cookies.id, "they like it sweet")
    key = str(bakery.cookies.id)

    assert [line["quantity"] for line in amendment.definitions["recipes"][key]["lines"]] == ["2", "3"]
    assert [line["quantity"] for line in amendment.definitions_before["recipes"][key]["lines"]] == ["2", "1"]
    assert amendment.definitions.keys() == amendment.definitions_before.keys() == {"recipes"}
    assert amendment.definitions["recipes"].keys() == {key}


def test_sub_recipes_all_the_way_down_yields_and_ingredients_come_with_a_recipe(store, bakery, event):
    frosting = replaced(store, bakery.frosting, lines=(records.RecipeLine(bakery.butter.id, 1, "cup"),))
    butter = replaced(store, bakery.butter, density=records.Density(1, "cup", 227, "g"))
    piece = replaced(store, bakery.slice, batch_percentage=20)
    replaced(store, bakery.sugar, name="Cane Sugar")
    amendment = plandoc.revise_recipe(event.id, bakery.cake.id, "more butter")
    known = effective(store, event)

    assert known.recipes(bakery.frosting.id) == frosting
    assert known.ingredients(bakery.butter.id) == butter
    assert known.units(bakery.slice.id) == piece
    assert known.ingredients(bakery.sugar.id) == bakery.sugar
    assert amendment.definitions.keys() == {"recipes", "finished_units", "ingredients"}


def test_what_was_baked_keeps_the_yield_it_was_baked_with(store, bakery, event):
    plandoc.record_production(event.id, bakery.cookie.id, 2)
    replaced(store, bakery.cookie, items_per_batch=30)
    before = plandoc.get_progress(event.id).units[0]
    plandoc.revise_recipe(event.id, bakery.cookies.id, "smaller cookies")
    after = plandoc.get_progress(event.id).units[0]
    run = plandoc.record_production(event.id, bakery.cookie.id, 1)

    assert (before.made, before.expected) == (48, 96)
    assert (after.made, after.expected, after.batches_decided) == (48, 120, 6)
    assert (run.units_expected, run.amendments_before) == (30, 1)


def test_a_decision_made_for_the_old_yield_is_stale_since(store, bakery, event):
    replaced(store, bakery.cookie, items_per_batch=30)
    assert [finding.kind for finding in plandoc.review_plan(event.id)] == [FindingKind.CATALOG_CHANGED]
    plandoc.revise_recipe(event.id, bakery.cookies.id, "smaller cookies")
    (finding,) = plandoc.review_plan(event.id)

    assert finding.kind is FindingKind.STALE
    assert "the yield of a batch changed from 24 to 30" in finding.message


def test_the_numbers_of_a_plan_stay_as_they_are(store, folder, bakery, event):
    sweeter(store, bakery)
    before = plandoc.get_plan(event.id)
    plandoc.revise_recipe(event.id, bakery.cookies.id, "they like it sweet")
    after = plandoc.get_plan(event.id)

    assert (after.event, after.decisions, after.snapshot) == (before.event, before.decisions, before.snapshot)
    assert after.goods == before.goods
    assert [unit.needed for unit in after.units] == [unit.needed for unit in before.units]


def test_other_plans_do_not_change_with_it(store, bakery, event):
    other = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Fair")
    sweeter(store, bakery)
    plandoc.revise_recipe(event.id, bakery.cookies.id, "they like it sweet")

    assert effective(store, other).recipes(bakery.cookies.id) == bakery.cookies


def test_a_good_is_made_of_what_the_catalog_says_now(store, bakery, event):
    parts = (records.Component(finished_unit_id=bakery.cookie.id, quantity=15),)
    box = replaced(store, bakery.cookie_box, components=parts)
    amendment = plandoc.revise_finished_good(event.id, bakery.cookie_box.id, "the box is larger")

    assert amendment.change == records.ReviseFinishedGood(bakery.cookie_box.id, "Cookie Gift Box")
    assert plandoc.get_event_fg_quantities(event.id)[0] == (box, 10)
    assert plandoc.get_requirements(event.id)[0].units == 12 * 15
    assert changed(event) == {"Cookie Gift Box": [("Cookie", "12", "15")]}


def test_the_recipes_of_a_good_stay_as_the_plan_has_them(store, bakery, event):
    sweeter(store, bakery)
    replaced(store, bakery.cookie, items_per_batch=30)
    replaced(store, bakery.cookie_box, name="Box")
    plandoc.revise_finished_good(event.id, bakery.cookie_box.id, "a better name")
    known = effective(store, event)

    assert known.recipes(bakery.cookies.id) == bakery.cookies
    assert known.units(bakery.cookie.id) == bakery.cookie


def test_goods_inside_a_good_come_with_it(store, bakery, event):
    part = records.Component
    box = replaced(store, bakery.cookie_box, components=(part(finished_unit_id=bakery.cookie.id, quantity=6),))
    plandoc.revise_finished_good(event.id, bakery.hamper.id, "smaller boxes")

    assert effective(store, event).goods(bakery.cookie_box.id) == box


def test_a_good_brings_the_recipes_that_it_needs_now_and_freezes_what_it_rests_on(store, bakery, event):
    with store.session() as session:
        apples = session.add(records.Ingredient("Apples"))
        pie = session.add(records.Recipe("Pie", lines=(records.RecipeLine(apples.id, 1, "kg"),)))
        whole = session.add(records.FinishedUnit("Whole pie", pie.id, items_per_batch=1))
    replaced(store, bakery.hamper, components=(records.Component(finished_unit_id=whole.id),))
    amendment = plandoc.revise_finished_good(event.id, bakery.hamper.id, "pie for all")
    replaced(store, whole, items_per_batch=2)
    replaced(store, apples, name="Pears")
    known = effective(store, event)

    assert amendment.added_recipe_ids == (pie.id,)
    assert pie in plandoc.get_event_recipes(event.id)
    assert (known.units(whole.id), known.ingredients(apples.id)) == (whole, apples)
    assert [finding.kind for finding in plandoc.review_plan(event.id)] == [
        FindingKind.UNDECIDED,
        FindingKind.STALE,
        FindingKind.UNNEEDED,
        FindingKind.CATALOG_CHANGED,
    ]


def test_pieces_packed_before_stay_what_they_were_made_of(store, bakery, event):
    plandoc.record_production(event.id, bakery.cookie.id, 2)
    plandoc.record_assembly(event.id, bakery.cookie_box.id, 3)
    parts = (records.Component(finished_unit_id=bakery.cookie.id, quantity=4),)
    replaced(store, bakery.cookie_box, components=parts)
    plandoc.revise_finished_good(event.id, bakery.cookie_box.id, "the tins are smaller")
    second = plandoc.record_assembly(event.id, bakery.cookie_box.id, 3)

    assert second.amendments_before == 1
    assert plandoc.get_progress(event.id).units[0].used == Fraction(3 * 12 + 3 * 4)
    with pytest.raises(plandoc.ValidationError) as refused:
        plandoc.record_assembly(event.id, bakery.cookie_box.id, 1)
    assert messages(refused) == ["Cookie Gift Box: packing 1 takes 4 Cookie, found 0 made and not used, 4 missing"]


def test_a_second_revision_stands_on_the_first(store, bakery, event):
    replaced(store, bakery.cookie, items_per_batch=30)
    plandoc.revise_recipe(event.id, bakery.cookies.id, "smaller")
    replaced(store, bakery.cookie, items_per_batch=36)
    second = plandoc.revise_recipe(event.id, bakery.cookies.id, "smaller still")

    assert second.definitions_before["finished_units"][str(bakery.cookie.id)]["items_per_batch"] == 30
    assert changed(event) == {"Cookie": [("yield", "24 a batch", "36 a batch")]}
    (told,) = plandoc.get_plan_comparison(event.id).definitions
    assert [amendment.reason for amendment in told.amendments] == ["smaller", "smaller still"]


def test_what_is_as_it_was_again_is_no_difference_but_has_its_amendments(store, bakery, event):
    replaced(store, bakery.cookie, items_per_batch=30)
    plandoc.revise_recipe(event.id, bakery.cookies.id, "smaller")
    replaced(store, bakery.cookie, items_per_batch=24)
    plandoc.revise_recipe(event.id, bakery.cookies.id, "as before")
    comparison = plandoc.get_plan_comparison(event.id)

    assert not comparison.has_changes
    assert [(one.name, one.status.value, len(one.amendments)) for one in comparison.definitions] == [
        ("Cookie", "unchanged", 2)
    ]


def test_what_was_brought_in_after_a_revision_can_be_revised_too(store, bakery, event):
    sweeter(store, bakery)
    plandoc.revise_recipe(event.id, bakery.cookies.id, "sweet")
    with store.session() as session:
        pie = session.add(records.Recipe("Pie"))
        whole = session.add(records.FinishedUnit("Whole pie", pie.id, items_per_batch=1))
        good = session.add(records.FinishedGood("Pie to go", (records.Component(finished_unit_id=whole.id),)))
    plandoc.add_finished_good(event.id, good.id, 2, "pie")
    replaced(store, whole, items_per_batch=2)
    plandoc.revise_recipe(event.id, pie.id, "smaller pies")
    replaced(store, whole, items_per_batch=3)

    assert changed(event)["Whole pie"] == [("yield", "1 a batch", "2 a batch")]


def test_everything_that_is_said_to_differ_is_named_when_it_changed(store, bakery, event):
    rye = records.RecipeLine(bakery.butter.id, 100, "g", notes="soft")
    replaced(
        store,
        bakery.cookies,
        name="Cookies",
        category="",
        lines=(rye, records.RecipeLine(bakery.flour.id, 2, "cup"), records.RecipeLine(bakery.flour.id, 1, "tbsp")),
        sub_recipes=(records.SubRecipe(bakery.frosting.id, 2),),
    )
    replaced(store, bakery.flour, density=records.Density(1, "cup", 125, "g"))
    plandoc.revise_recipe(event.id, bakery.cookies.id, "another book")

    assert changed(event) == {
        "Cookies": [
            ("name", "Chocolate Chip Cookies", "Cookies"),
            ("category", "Cookies", None),
            ("Flour", "2 cup", "1 tbsp + 2 cup"),
            ("Sugar", "1 cup", None),
            ("Butter", None, "100 g (soft)"),
            ("Frosting", None, "2 x"),
        ],
        "Flour": [("density", "1 cup = 120 g", "1 cup = 125 g")],
    }


@pytest.mark.parametrize("good", [True, 1.0, "1", None, 99])
def test_what_is_no_good_is_refused(bakery, event, good):
    with pytest.raises(plandoc.ValidationError, match="not found"):
        plandoc.revise_finished_good(event.id, good, "why not")


def test_a_recipe_that_is_not_in_the_plan_is_refused(store, folder, bakery, event):
    with store.session() as session:
        other = session.add(records.Recipe("Bread"))
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError, match="Bread is not in the plan"):
        plandoc.revise_recipe(event.id, other.id, "bread, too")

    assert folder_bytes(folder) == before


@pytest.mark.parametrize("reason", ["", "   ", None, 3])
def test_without_a_reason_nothing_is_taken_over(store, folder, bakery, event, reason):
    sweeter(store, bakery)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError):
        plandoc.revise_recipe(event.id, bakery.cookies.id, reason)

    assert folder_bytes(folder) == before


def test_what_is_the_same_in_both_is_refused(store, folder, bakery, event):
    sweeter(store, bakery)
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as of_recipe:
        plandoc.revise_recipe(event.id, bakery.cake.id, "why not")
    with pytest.raises(plandoc.ValidationError) as of_good:
        plandoc.revise_finished_good(event.id, bakery.hamper.id, "why not")

    assert messages(of_recipe) == ["Sponge Cake is the same in the plan and in the catalog"]
    assert messages(of_good) == ["Hamper is the same in the plan and in the catalog"]
    assert folder_bytes(folder) == before


def test_an_amendment_that_brings_something_in_freezes_it(store, bakery, event):
    amendment = plandoc.modify_batch_decision(event.id, bakery.small_cookie.id, 1, "for the children")
    replaced(store, bakery.small_cookie, items_per_batch=60)

    assert amendment.definitions == {
        "finished_units": {str(bakery.small_cookie.id): amendment.definition("finished_units", bakery.small_cookie.id)}
    }
    assert amendment.definitions_before == {}
    assert effective(store, event).units(bakery.small_cookie.id) == bakery.small_cookie


def test_an_amendment_that_brings_nothing_in_freezes_nothing(bakery, event):
    for amendment in (
        plandoc.change_quantity(event.id, bakery.hamper.id, 3, "more"),
        plandoc.modify_batch_decision(event.id, bakery.cookie.id, 7, "more"),
        plandoc.drop_finished_good(event.id, bakery.hamper.id, "fewer"),
        plandoc.add_finished_good(event.id, bakery.hamper.id, 3, "back"),
    ):
        assert amendment.definitions == amendment.definitions_before == {}


def test_a_finding_names_what_differs_and_both_ways_out(store, bakery, event):
    lines = (records.RecipeLine(bakery.flour.id, 1, "cup"), records.RecipeLine(bakery.butter.id, 1, "kg"))
    replaced(store, bakery.cookies, lines=lines)
    replaced(store, bakery.cookie, items_per_batch=20)
    replaced(store, bakery.hamper, components=())
    recipe, good = plandoc.review_plan(event.id)

    assert recipe.message == (
        "Chocolate Chip Cookies: the catalog differs from the plan: Flour 2 cup -> 1 cup, "
        "Sugar 1 cup -> none, Butter none -> 1 kg, Cookie: yield 24 a batch -> 20 a batch"
    )
    assert recipe.hint == ("adopt it with revise_recipe(1, 1, reason), or leave it: the plan stays as it is")
    assert good.message == (
        "Hamper: the catalog differs from the plan: Cookie Gift Box 1 -> none, Plain Slice 2 -> none"
    )
    assert good.finished_good_id == bakery.hamper.id


def test_what_was_missing_when_the_plan_was_frozen_is_taken_over_once_it_is_there(store, folder, bakery):
    event = a_plan(store, PlanState.LOCKED, bakery=bakery)
    store.close()
    catalog = (folder / "catalog.json").read_bytes()
    row = next(line for line in catalog.splitlines(keepends=True) if b'"slug":"slice"' in line)
    (folder / "catalog.json").write_bytes(catalog.replace(row, b"").replace(b"},\n }", b"}\n }"))
    with plandoc.open_store(folder) as opened:
        plandoc.start_production(event.id)
        broken = {finding.kind for finding in plandoc.review_plan(event.id)}
        opened.close()
    (folder / "catalog.json").write_bytes(catalog)
    with plandoc.open_store(folder):
        still_broken = {finding.kind for finding in plandoc.review_plan(event.id)}
        plandoc.revise_finished_good(event.id, bakery.hamper.id, "the slice is in the catalog again")
        findings = plandoc.review_plan(event.id)

    assert FindingKind.BROKEN in broken
    assert FindingKind.BROKEN in still_broken
    assert findings == []


def test_packed_pieces_need_what_they_took_and_only_the_others_what_a_piece_takes_now(store, bakery, event):
    plandoc.record_production(event.id, bakery.cookie.id, 3)
    plandoc.record_assembly(event.id, bakery.cookie_box.id, 4)
    parts = (records.Component(finished_unit_id=bakery.cookie.id, quantity=20),)
    replaced(store, bakery.cookie_box, components=parts)
    plandoc.revise_finished_good(event.id, bakery.cookie_box.id, "larger boxes")
    progress = plandoc.get_progress(event.id).units[0]
    (requirement, _) = plandoc.get_requirements(event.id)

    assert requirement.exact == 4 * 12 + 6 * 20 + 2 * 20
    assert [(source.good.name, source.quantity) for source in requirement.sources] == [
        ("Cookie Gift Box", 4 * 12 + 6 * 20),
        ("Hamper", 2 * 20),
    ]
    assert (progress.needed, progress.used, progress.still_needed) == (208, 48, 208 - 72)
    assert plandoc.get_plan(event.id).units[0].needed == 208
    assert "6 batches make 144 of 208 needed" in plandoc.review_plan(event.id)[0].message


def test_a_unit_that_only_packed_pieces_took_is_still_needed_by_them(store, bakery, event):
    plandoc.record_production(event.id, bakery.cookie.id, 1)
    plandoc.record_assembly(event.id, bakery.cookie_box.id, 2)
    replaced(store, bakery.cookie_box, components=(records.Component(finished_unit_id=bakery.slice.id, quantity=1),))
    plandoc.revise_finished_good(event.id, bakery.cookie_box.id, "slices instead")

    assert [(one.unit.name, one.units) for one in plandoc.get_requirements(event.id)] == [
        ("Cookie", 2 * 12),
        ("Slice", 8 + 2 + 4),
    ]
