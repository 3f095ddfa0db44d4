"""The stock is lowered by baking and raised by buying, in the same write as what moves it, exactly."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plandoc
from plandoc import (
    PlanState,
    RunKind,
    StockItem,
    ValidationError,
    add_stock,
    get_shopping_list,
    get_stock,
    receive_shopping,
    record_production,
    set_stock,
    void_run,
)
from plandoc.errors import StillUsedError
from plandoc.records import Component, Density, FinishedGood, FinishedUnit, Ingredient, Recipe, RecipeLine, SubRecipe
from plandoc.results import NotTaken, Taken
from plandoc.workflow.stock import added
from tests.builders import EVENT_DATE, a_bakery, a_plan, folder_bytes, transactions
from tests.effort import examples


@pytest.fixture
def event(store, bakery):
    """In production: 6 batches of cookies (2 cups of flour, 1 cup of sugar) and 1 of cake (3 cups, 1.5 frostings)."""
    return a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)


def stock_of(ingredient):
    return [(item.quantity, item.unit) for item in get_stock() if item.ingredient_id == ingredient.id]


def to_buy(shopping):
    return {item.ingredient.name: [str(row.to_buy) for row in item.rows] for item in shopping.buy}


def test_a_run_takes_its_batches_from_the_stock_in_the_same_write(folder, bakery, event):
    set_stock(bakery.sugar.id, 10, "cup")
    before = len(transactions(folder))
    run = record_production(event.id, bakery.cookie.id, 3)
    lines = transactions(folder)[before:]

    assert run.taken == (Taken(bakery.flour.id, Decimal("0.72"), "kg"), Taken(bakery.sugar.id, 3, "cup"))
    assert run.not_taken == ()
    assert (stock_of(bakery.flour), stock_of(bakery.sugar)) == ([(Decimal("4.78"), "kg")], [(7, "cup")])
    assert [{one["path"] for one in line["documents"]} for line in lines] == [{"events/1.json", "stock.json"}]


def test_sub_recipes_are_taken_too_and_what_is_not_there_is_kept_with_the_run(bakery, event):
    add_stock(bakery.butter.id, 1, "cup")
    run = record_production(event.id, bakery.slice.id, 2)

    assert Taken(bakery.butter.id, 1, "cup") in run.taken
    assert run.not_taken == (NotTaken("Butter", Decimal("1.01"), "cup"),)
    assert stock_of(bakery.butter) == [(0, "cup")]


def test_what_cannot_be_compared_is_left_alone_and_told(bakery, event):
    set_stock(bakery.sugar.id, 3, "lb")
    run = record_production(event.id, bakery.cookie.id, 1)

    assert run.not_taken == (NotTaken("Sugar", 1, "cup"),)
    assert stock_of(bakery.sugar) == [(3, "lb")]


def test_a_run_is_kept_with_what_it_took(folder, bakery, event):
    run = record_production(event.id, bakery.cookie.id, 1)
    row = json.loads((folder / "events/1.json").read_bytes())["production_runs"][str(run.id)]

    assert row["taken"] == [{"ingredient_id": bakery.flour.id, "quantity": "0.24", "unit": "kg", "recipe_id": None}]
    assert row["not_taken"] == [{"ingredient": "Sugar", "quantity": "1", "unit": "cup"}]


def test_the_stock_can_be_left_alone(folder, bakery, event):
    before = folder_bytes(folder)["stock.json"]
    run = record_production(event.id, bakery.cookie.id, 3, use_stock=False)
    void_run(event.id, RunKind.PRODUCTION, run.id, "twice")

    assert (run.taken, run.not_taken) == ((), ())
    assert folder_bytes(folder)["stock.json"] == before


def test_a_voided_run_puts_back_what_it_took_and_no_more(bakery, event):
    first = record_production(event.id, bakery.cookie.id, 1)
    set_stock(bakery.flour.id, 2, "kg")
    void_run(event.id, RunKind.PRODUCTION, first.id, "typed twice")

    assert stock_of(bakery.flour) == [(Decimal("2.24"), "kg")]


def test_a_voided_run_puts_back_also_what_has_no_row_any_more(store, bakery, event):
    run = record_production(event.id, bakery.cookie.id, 1)
    with store.session() as session:
        session.remove(StockItem, bakery.flour_in_stock.id)
    void_run(event.id, RunKind.PRODUCTION, run.id, "typed twice")

    assert stock_of(bakery.flour) == [(Decimal("0.24"), "kg")]


def test_voiding_a_packing_moves_no_stock(folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    packed = plandoc.record_assembly(event.id, bakery.cookie_box.id, 1)
    before = folder_bytes(folder)["stock.json"]
    void_run(event.id, RunKind.ASSEMBLY, packed.id, "fell")

    assert folder_bytes(folder)["stock.json"] == before


def test_a_run_that_is_refused_takes_nothing(folder, bakery, event):
    before = folder_bytes(folder)
    with pytest.raises(ValidationError):
        record_production(event.id, bakery.cookie.id, 1, units_made=99)

    assert folder_bytes(folder) == before


def test_a_run_takes_what_the_plan_is_baked_by_and_not_what_the_catalog_says_today(store, bakery, event):
    with store.session() as session:
        session.replace(attrs.evolve(bakery.cookies, lines=(RecipeLine(bakery.flour.id, 50, "kg"),)))
        session.replace(attrs.evolve(bakery.flour, density=Density(1, "cup", 999, "g")))

    assert record_production(event.id, bakery.cookie.id, 1).taken == (Taken(bakery.flour.id, Decimal("0.24"), "kg"),)


def test_an_ingredient_that_a_run_took_is_not_removed(store, bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    plandoc.complete_production(event.id)
    with store.session() as session:
        session.remove(StockItem, bakery.flour_in_stock.id)
    with pytest.raises(StillUsedError, match="still used by event 1"), store.session() as session:
        for recipe in session.find(Recipe):
            session.replace(attrs.evolve(recipe, lines=(), sub_recipes=()))
        session.remove(Ingredient, bakery.flour.id)


def test_what_is_bought_is_added_to_what_is_there_in_its_unit(bakery):
    assert add_stock(bakery.flour.id, Decimal("1.5"), "kg").quantity == 7
    assert add_stock(bakery.flour.id, 2, "Cups").unit == "Cups"
    assert add_stock(bakery.flour.id, 1, "cup").quantity == 3
    assert stock_of(bakery.flour) == [(3, "Cups"), (7, "kg")]


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        (0, "kg", "wanted more than 0"),
        (-1, "kg", "wanted zero or more"),
        (1.5, "kg", "binary float"),
        (1, "barrel", "wanted a unit such as"),
    ],
)
def test_what_cannot_be_bought_is_refused(folder, bakery, quantity, unit, words):
    before = folder_bytes(folder)
    with pytest.raises(ValidationError, match=words):
        add_stock(bakery.flour.id, quantity, unit)

    assert folder_bytes(folder) == before


def test_the_shopping_is_received_in_one_write_and_the_list_is_what_came(folder, bakery, event):
    set_stock(bakery.flour.id, 1, "kg")
    before = len(transactions(folder))
    bought = receive_shopping(event.id)
    lines = transactions(folder)[before:]

    assert to_buy(bought) == {"Butter": ["1.005 cup"], "Flour": ["800 g"], "Sugar": ["6 cup"]}
    assert [[one["path"] for one in line["documents"]] for line in lines] == [["stock.json"]]
    assert to_buy(get_shopping_list(event.id)) == {}
    assert to_buy(receive_shopping(event.id)) == {}, "what is there is not bought twice"


def test_what_cannot_be_compared_does_not_come_in(bakery, event):
    set_stock(bakery.sugar.id, 3, "lb")
    bought = receive_shopping(event.id)

    assert [item.ingredient.name for item in bought.cannot_compare] == ["Sugar"]
    assert stock_of(bakery.sugar) == [(3, "lb")]


def test_in_the_middle_of_production_the_list_is_never_short(bakery, event):
    set_stock(bakery.flour.id, Decimal("0.72"), "kg")
    record_production(event.id, bakery.cookie.id, 3)

    # 3 batches of 2 cups and one of 3 are left, and nothing is in the house.
    assert to_buy(get_shopping_list(event.id))["Flour"] == ["1.08 kg"]
    assert to_buy(get_shopping_list(event.id, remaining=False))["Flour"] == ["1.8 kg"]


def test_two_events_shop_together_for_what_each_has_still_to_bake(store, bakery, event):
    other = a_plan(store, bakery=bakery, name="Easter")
    record_production(event.id, bakery.cookie.id, 6)
    shopping = get_shopping_list([event.id, other.id])

    assert to_buy(shopping)["Sugar"] == ["6 cup"]


def test_for_a_completed_plan_nothing_is_bought(store, bakery, event):
    plandoc.complete_production(event.id)
    shopping = get_shopping_list(event.id)

    assert (shopping.buy, shopping.enough, shopping.cannot_compare) == ((), (), ())
    assert receive_shopping(event.id).buy == ()


def test_a_recipe_that_is_broken_is_baked_without_the_stock(tmp_path):
    with plandoc.open_store(tmp_path / "broken", create=True) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    document = tmp_path / "broken/events/1.json"
    text = document.read_text("utf-8")
    lost = text.replace(f'"lines":[{{"ingredient_id":{bakery.flour.id},', '"lines":[{"ingredient_id":99,')
    document.write_text(lost, "utf-8")
    with plandoc.open_store(tmp_path / "broken"):
        with pytest.raises(ValidationError, match="use_stock=False"):
            record_production(event.id, bakery.cookie.id, 1)
        run = record_production(event.id, bakery.cookie.id, 1, use_stock=False)

    assert lost != text
    assert run.taken == ()


def test_an_imported_history_leaves_the_stock_alone(tmp_path, store, folder, bakery, event):
    record_production(event.id, bakery.cookie.id, 1)
    plandoc.export_file(tmp_path / "all.json")
    store.close()
    with plandoc.open_store(tmp_path / "other", create=True):
        plandoc.import_file(tmp_path / "all.json")
        other = stock_of(bakery.flour)
        plandoc.export_file(tmp_path / "again.json")

    assert other == [(Decimal("5.26"), "kg")]
    assert (tmp_path / "all.json").read_bytes() == (tmp_path / "again.json").read_bytes()


def test_a_run_can_be_recorded_with_its_own_moment_and_still_takes(bakery, event):
    moment = datetime.datetime(2026, 12, 24, 22, tzinfo=datetime.UTC)
    run = record_production(event.id, bakery.cookie.id, 1, produced_at=moment)

    assert (run.produced_at, len(run.taken)) == (moment, 1)


# Any recipes, any stock, any order of bakes, voids and shopping.

UNITS = ["tsp", "tbsp", "cup", "ml", "g", "kg", "oz", "lb", "each", "dozen", "stick", "blorp"]
AMOUNTS = st.decimals(min_value=Decimal("0.001"), max_value=50, places=3)
LINES = st.lists(st.tuples(st.integers(0, 2), AMOUNTS, st.sampled_from(UNITS)), min_size=1, max_size=4)
MULTIPLIERS = st.decimals(min_value=Decimal("0.01"), max_value=4, places=2)
# Batches of the inner and the outer recipe that were made ahead.
AHEAD = st.tuples(*[st.just(Decimal(0)) | st.fractions(0, 6, max_denominator=12)] * 2)
COUNTED = st.dictionaries(st.tuples(st.integers(0, 2), st.sampled_from(UNITS)), AMOUNTS, max_size=6)
STEPS = st.lists(st.sampled_from(["bake", "bake more", "void", "shop", "make"]), max_size=8)
DENSITIES = [Density(1, "cup", 120, "g"), Density(100, "ml", 53, "g"), None]
RARELY = settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def a_world(session, inner, outer, multiplier, counted, ahead, batches):
    """Plan one event: an outer recipe that takes the inner one, and a good made of one unit of each."""
    number = len(session.find(Ingredient))
    ingredients = [session.add(Ingredient(f"I{number}-{i}", density=density)) for i, density in enumerate(DENSITIES)]

    def lines(rows):
        return tuple(RecipeLine(ingredients[i].id, quantity, unit) for i, quantity, unit in rows)

    first = session.add(Recipe(f"Inner {number}", lines=lines(inner)))
    second = session.add(Recipe(f"Outer {number}", lines=lines(outer), sub_recipes=(SubRecipe(first.id, multiplier),)))
    units = [session.add(FinishedUnit(recipe.name, recipe.id, items_per_batch=2)) for recipe in (first, second)]
    parts = tuple(Component(finished_unit_id=unit.id, quantity=1) for unit in units)
    good = session.add(FinishedGood(f"Good {number}", parts))
    event = session.add(plandoc.Event(f"Event {number}", EVENT_DATE))
    plandoc.set_event_finished_goods(event.id, {good.id: 1}, add_missing_recipes=True, session=session)
    for unit, decided in zip(units, batches, strict=True):
        plandoc.save_batch_decision(event.id, unit.id, decided, session=session)
    for (i, unit), quantity in counted.items():
        session.add(StockItem(ingredients[i].id, quantity, unit))
    for recipe, made in zip((first, second), ahead, strict=True):
        session.add(StockItem(None, made, "batch", recipe_id=recipe.id))
    plandoc.lock_plan(event.id, session=session)
    plandoc.start_production(event.id, session=session)
    return event, units, {*((one.id, None) for one in ingredients), (None, first.id), (None, second.id)}


def amounts(items, own):
    """Return how much there is of each ingredient in each unit, and how many batches of each recipe."""
    sums = {}
    for item in items:
        if (item.ingredient_id, item.recipe_id) in own:
            key = (item.ingredient_id, item.recipe_id, plandoc.units.canonical(item.unit))
            sums[key] = sums.get(key, 0) + Fraction(item.quantity)
    return {key: number for key, number in sums.items() if number}


@RARELY
@given(LINES, LINES, MULTIPLIERS, COUNTED, AHEAD, STEPS, st.data())
def test_the_stock_before_is_the_stock_after_and_what_was_taken_exactly(
    store, inner, outer, multiplier, counted, ahead, steps, data
):
    with store.session() as session:
        event, units, own = a_world(session, inner, outer, multiplier, counted, ahead, (3, 2))
        start = amounts(session.find(StockItem), own)
        bought, counting, made, used = {}, [], {}, []
        for step in steps:
            before = amounts(session.find(StockItem), own)
            if step.startswith("bake"):
                unit = data.draw(st.sampled_from(units))
                counting.append(record_production(event.id, unit.id, 1 + 2 * (step == "bake more"), session=session))
            elif step == "void" and counting:
                run = counting.pop(data.draw(st.integers(0, len(counting) - 1)))
                void_run(event.id, RunKind.PRODUCTION, run.id, "mistake", session=session)
            elif step == "make":
                unit, batches = data.draw(st.sampled_from(units)), data.draw(st.fractions("1/9", 3, max_denominator=9))
                recipe = session.get(Recipe, unit.recipe_id)
                used.extend(added(recipe, batches, "batches", session, use_stock=True).taken)
                key = (None, unit.recipe_id, "batch")
                made[key] = made.get(key, 0) + batches
            elif step == "shop":
                receive_shopping(event.id, session=session)
                after = amounts(session.find(StockItem), own)
                for key in after:
                    bought[key] = bought.get(key, 0) + after[key] - before.get(key, 0)
        taken = amounts((*(part for run in counting for part in run.taken), *used), own)
        after = amounts(session.find(StockItem), own)

        for key in {*start, *bought, *made, *taken, *after}:
            came = start.get(key, 0) + bought.get(key, 0) + made.get(key, 0)
            assert came == after.get(key, 0) + taken.get(key, 0)


@RARELY
@given(LINES, LINES, MULTIPLIERS, COUNTED, AHEAD, st.permutations([0, 0, 0, 1, 1]), st.integers(0, 4))
def test_after_the_shopping_was_received_no_remaining_batch_finds_the_stock_short(
    store, inner, outer, multiplier, counted, ahead, order, baked_before
):
    with store.session() as session:
        event, units, _ = a_world(session, inner, outer, multiplier, counted, ahead, (3, 2))
        for which in order[:baked_before]:
            record_production(event.id, units[which].id, 1, session=session)
        untold = {item.ingredient.name for item in receive_shopping(event.id, session=session).cannot_compare}
        assert get_shopping_list(event.id, session=session).buy == ()
        for which in order[baked_before:]:
            run = record_production(event.id, units[which].id, 1, session=session)
            assert {one.ingredient for one in run.not_taken} <= untold
        assert get_shopping_list(event.id, session=session).enough == ()
