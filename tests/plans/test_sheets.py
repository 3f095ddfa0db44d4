"""Scaled recipes and production sheets from a store."""

from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

import plandoc
from plandoc import records
from plandoc.domain.production_sheet import Boxes
from plandoc.errors import NotFoundError, ValidationError
from plandoc.records import PlanState
from tests.builders import a_plan


def on_sheet(sheet):
    return [(one.work.recipe.name, one.work.batches) for one in sheet.recipes]


def lines(sheet, name):
    [found] = [one for one in sheet.recipes if one.work.recipe.name == name]
    return [(line.ingredient.name, str(line.amount)) for line in found.work.lines]


def test_a_recipe_is_scaled_to_batches(bakery):
    scaling = plandoc.scale_recipe(bakery.cake.id, 3)

    assert [(step.recipe.name, step.batches) for step in scaling.steps] == [
        ("Frosting", Fraction("4.5")),
        ("Sponge Cake", 3),
    ]
    assert [(one.unit.name, one.units) for one in scaling.yields] == [("Slice", 12)]
    # 4.5 x 0.67 cup.
    assert str(scaling.steps[0].lines[0].amount) == "3.015 cup"


@pytest.mark.parametrize("batches", [Decimal("0.5"), Fraction(1, 2), "1/2"])
def test_part_of_a_batch_can_be_made(bakery, batches):
    assert str(plandoc.scale_recipe(bakery.cake.id, batches).steps[-1].lines[0].amount) == "1.5 cup"


def test_a_number_of_units_takes_whole_batches(bakery):
    assert plandoc.scale_recipe(bakery.cake.id, units=13).batches == 4
    assert plandoc.scale_recipe(bakery.cookies.id, units=100, finished_unit_id=bakery.cookie.id).batches == 5
    assert plandoc.scale_recipe(bakery.cookies.id, units=100, finished_unit_id=bakery.small_cookie.id).batches == 3


def test_of_several_yields_one_has_to_be_named(bakery):
    with pytest.raises(ValidationError, match=r"say which is wanted: cookie \(1\) or small-cookie \(2\)"):
        plandoc.scale_recipe(bakery.cookies.id, units=100)
    with pytest.raises(ValidationError, match=r"Chocolate Chip Cookies does not make Slice \(wanted cookie"):
        plandoc.scale_recipe(bakery.cookies.id, units=100, finished_unit_id=bakery.slice.id)
    with pytest.raises(ValidationError, match=r"Frosting has no finished units"):
        plandoc.scale_recipe(bakery.frosting.id, units=100)


@pytest.mark.parametrize("batches", [0, -1, "x", 1.5, True, None, Decimal("NaN")])
def test_a_number_of_batches_is_exact_and_above_zero(bakery, batches):
    with pytest.raises(ValidationError, match="batches: wanted"):
        plandoc.scale_recipe(bakery.cake.id, batches)


@pytest.mark.parametrize("units", [0, -1, "3", 1.5, True])
def test_a_number_of_units_is_whole_and_above_zero(bakery, units):
    with pytest.raises(ValidationError, match="units: wanted"):
        plandoc.scale_recipe(bakery.cake.id, units=units)


def test_an_unknown_recipe_is_not_found(bakery):
    with pytest.raises(NotFoundError, match="Recipe 99 not found"):
        plandoc.scale_recipe(99)


def test_the_sheet_of_a_draft_has_all_decided_batches_and_the_packing_list(store, bakery):
    event = a_plan(store, bakery=bakery)
    sheet = plandoc.get_production_sheet(event.id)

    assert on_sheet(sheet) == [
        ("Chocolate Chip Cookies", 6),
        ("Frosting", Fraction("1.5")),
        ("Sponge Cake", 1),
    ]
    assert lines(sheet, "Chocolate Chip Cookies") == [("Flour", "12 cup"), ("Sugar", "6 cup")]
    assert [(one.good.name, one.to_pack) for one in sheet.goods] == [("Cookie Gift Box", 10), ("Hamper", 2)]
    assert [(part.name, part.depth, part.in_one, part.in_total) for part in sheet.goods[1].parts] == [
        ("Cookie Gift Box", 0, 1, 2),
        ("Cookie", 1, 12, 24),
        ("Plain Slice", 0, 2, 4),
        ("Slice", 1, 2, 4),
    ]


def test_batches_of_all_yields_of_a_recipe_are_one_block(store, bakery):
    event = a_plan(store, bakery=bakery)
    plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 2)
    block = plandoc.get_production_sheet(event.id).recipes[0]

    assert block.work.batches == 8
    assert [(one.unit.name, one.batches, one.units) for one in block.yields] == [
        ("Cookie", 6, 144),
        ("Small Cookie", 2, 96),
    ]
    assert block.boxes == Boxes(1, 8, Fraction(0))


def test_what_is_baked_and_packed_is_no_longer_on_the_sheet(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    plandoc.record_production(event.id, bakery.cookie.id, 4)
    plandoc.record_production(event.id, bakery.slice.id, 1)
    plandoc.record_assembly(event.id, bakery.cookie_box.id, 7)
    sheet = plandoc.get_production_sheet(event.id)

    assert on_sheet(sheet) == [("Chocolate Chip Cookies", 2)]
    assert lines(sheet, "Chocolate Chip Cookies") == [("Flour", "4 cup"), ("Sugar", "2 cup")]
    assert [(one.good.name, one.wanted, one.to_pack) for one in sheet.goods] == [
        ("Cookie Gift Box", 10, 3),
        ("Hamper", 2, 2),
    ]


def test_a_started_plan_is_baked_by_its_own_definitions_until_it_is_revised(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    with store.session("another recipe") as session:
        new = (records.RecipeLine(bakery.flour.id, 715, "g"),)
        session.replace(attrs.evolve(bakery.cookies, lines=new, method="Fold in."))
    before = plandoc.get_production_sheet(event.id)
    plandoc.revise_recipe(event.id, bakery.cookies.id, "less sugar")
    after = plandoc.get_production_sheet(event.id)

    assert lines(before, "Chocolate Chip Cookies") == [("Flour", "12 cup"), ("Sugar", "6 cup")]
    assert before.recipes[0].work.method == ""
    # 6 x 715 g.
    assert lines(after, "Chocolate Chip Cookies") == [("Flour", "4.29 kg")]
    assert after.recipes[0].work.method == "Fold in."


def test_a_completed_plan_leaves_nothing_to_bake_or_to_pack(store, bakery):
    event = a_plan(store, PlanState.COMPLETED, bakery=bakery)
    sheet = plandoc.get_production_sheet(event.id)

    assert sheet.is_over
    assert (sheet.recipes, sheet.goods, sheet.undecided) == ((), (), ())


def test_what_is_not_decided_is_named(store, bakery):
    event = a_plan(store, bakery=bakery, quantities={bakery.hamper.id: 2})
    sheet = plandoc.get_production_sheet(event.id)

    assert sheet.recipes == ()
    assert [finding.what for finding in sheet.undecided] == ["Cookie", "Slice"]
    assert [one.to_pack for one in sheet.goods] == [2]


def test_single_recipes_keep_the_numbers_of_the_whole_sheet(store, bakery):
    event = a_plan(store, bakery=bakery)
    sheet = plandoc.get_production_sheet(event.id, [bakery.frosting.id])

    assert on_sheet(sheet) == [("Frosting", Fraction("1.5"))]
    assert sheet.goods == ()
    assert [(use.recipe.name, use.batches) for use in sheet.recipes[0].work.used_in] == [
        ("Sponge Cake", Fraction("1.5"))
    ]


def test_a_recipe_that_nothing_is_left_to_bake_of_is_refused_with_what_is_there(store, bakery):
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    plandoc.record_production(event.id, bakery.slice.id, 1)
    wanted = "no batches of Sponge Cake are left to bake for Christmas 2026; to bake are chocolate-chip-cookies"
    with pytest.raises(ValidationError, match=wanted):
        plandoc.get_production_sheet(event.id, [bakery.cake.id])


def test_an_unknown_event_is_not_found(store):
    with pytest.raises(NotFoundError, match="Event 99 not found"):
        plandoc.get_production_sheet(99)


@pytest.mark.parametrize(
    ("number", "boxes"),
    [
        (0, Boxes(1, 0, Fraction(0))),
        (100, Boxes(1, 100, Fraction(0))),
        (101, Boxes(10, 10, Fraction(1))),
        (1234, Boxes(100, 12, Fraction(34))),
        (Fraction(1, 3), Boxes(1, 0, Fraction(1, 3))),
    ],
)
def test_very_many_batches_have_a_box_for_ten_or_a_hundred_each(number, boxes):
    assert Boxes.of(number) == boxes
    assert boxes.each * boxes.full + boxes.rest == number


def test_a_line_without_an_amount_is_listed_and_a_third_stays_a_third(store, bakery):
    with store.session("another recipe") as session:
        lines = (
            records.RecipeLine(bakery.sugar.id, None, notes="to taste"),
            records.RecipeLine(bakery.flour.id, "1/3", "cup"),
        )
        frosting = session.replace(attrs.evolve(bakery.frosting, lines=lines))
        session.replace(attrs.evolve(bakery.cake, lines=(), sub_recipes=(records.SubRecipe(frosting.id, "1/3"),)))
    [frosting, _] = plandoc.scale_recipe(bakery.cake.id, 9).steps

    # 9 x 1/3 batches of 1/3 cup.
    assert (frosting.batches, frosting.lines[1].amount.exact) == (3, 1)
    assert [(line.one_batch, line.amount, line.notes) for line in frosting.lines[:1]] == [(None, None, "to taste")]
