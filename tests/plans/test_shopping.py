"""The needs and the shopping list of events, and the stock, in a real store."""

from decimal import Decimal
from fractions import Fraction

import pytest

import plandoc
from plandoc import records
from plandoc.domain.measures import Amount
from plandoc.domain.shopping import Standing
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.records import FindingKind
from plandoc.workflow.shopping import get_ingredient_needs, get_shopping_list
from plandoc.workflow.stock import get_stock, set_stock
from tests.builders import a_plan, folder_bytes
from tests.exchange.exports import real


@pytest.fixture
def event(store, bakery):
    return a_plan(store, bakery=bakery)


def _amounts(needs):
    return {row.ingredient.slug: str(row.amount) for row in needs.rows}


# Needs: 6 batches of cookies (2 cup of flour, 1 of sugar) and 1 of cake (3 cup of flour, 1.5 x frosting of 0.67 butter).


def test_the_needs_of_an_event_are_those_of_its_decided_batches_with_sub_recipes(event):
    needs = get_ingredient_needs(event.id)

    assert _amounts(needs) == {"butter": "1.005 cup", "flour": "15 cup", "sugar": "6 cup"}
    assert needs.events == (event,)
    assert needs.undecided == ()


def test_two_yields_of_one_recipe_are_baked_both(store, bakery, event):
    plandoc.save_batch_decision(event.id, bakery.small_cookie.id, 2)
    needs = get_ingredient_needs(event.id)

    assert _amounts(needs)["sugar"] == "8 cup"
    # The small cookies are a finding of the review, but not one that leaves ingredients out.
    assert [finding.kind for finding in plandoc.review_plan(event.id)] == [FindingKind.UNNEEDED]
    assert needs.undecided == ()


def test_several_events_are_added_up_and_one_named_twice_counts_once(store, bakery, event):
    other = a_plan(store, bakery=bakery, name="New Year")
    both = get_ingredient_needs([other.id, event.id, other.id])

    assert _amounts(both) == {"butter": "2.01 cup", "flour": "30 cup", "sugar": "12 cup"}
    assert both.events == (event, other)
    assert get_ingredient_needs(iter([event.id])) == get_ingredient_needs(event.id)


def test_units_that_nobody_has_decided_are_listed_and_their_ingredients_are_not(store, bakery):
    event = a_plan(store, bakery=bakery, quantities={bakery.hamper.id: 1})
    plandoc.save_batch_decision(event.id, bakery.cookie.id, 1)
    needs = get_ingredient_needs(event.id)

    assert _amounts(needs) == {"flour": "2 cup", "sugar": "1 cup"}
    assert [(one.kind, one.finished_unit_id) for one in needs.undecided] == [(FindingKind.UNDECIDED, bakery.slice.id)]
    assert get_shopping_list(event.id).undecided == needs.undecided


def test_an_empty_plan_needs_nothing(store):
    event = a_plan(store, quantities={})

    assert get_ingredient_needs(event.id).rows == ()
    assert get_shopping_list(event.id).buy == ()


def test_each_needed_ingredient_is_in_exactly_one_group_of_the_list(store, bakery, event):
    with store.session("stock") as session:
        set_stock(bakery.sugar.id, 1, "kg", session=session)
    found = get_shopping_list(event.id)

    assert [item.ingredient for item in found.enough] == [bakery.flour]
    assert [item.ingredient for item in found.buy] == [bakery.butter]
    assert [item.ingredient for item in found.cannot_compare] == [bakery.sugar]
    assert found.events == (event,)


def test_the_stock_is_not_there_for_each_of_several_events(store, bakery, event):
    set_stock(bakery.sugar.id, 8, "cup")
    other = a_plan(store, bakery=bakery, name="New Year")
    bought = {item.ingredient: item.rows[0].to_buy for item in get_shopping_list([event.id, other.id]).buy}

    assert {item.ingredient for item in get_shopping_list(event.id).enough} == {bakery.flour, bakery.sugar}
    assert bought[bakery.sugar] == Amount(Fraction(4), "cup")


def test_a_density_brings_an_ingredient_from_cannot_compare_to_a_number(store, bakery, event):
    set_stock(bakery.sugar.id, 1, "kg")
    with store.session("weigh a cup of sugar") as session:
        density = records.Density(1, "cup", 200, "g")
        session.replace(records.Ingredient("Sugar", "Baking", density, slug="sugar", id=bakery.sugar.id))
    [item] = [item for item in get_shopping_list(event.id).buy if item.ingredient.slug == "sugar"]

    assert item.standing is Standing.BUY
    assert [str(row.to_buy) for row in item.rows] == ["200 g"]


def test_every_event_that_does_not_exist_is_named_once(event):
    with pytest.raises(plandoc.ValidationError) as refused:
        get_ingredient_needs([98, event.id, 99, 98])

    assert [problem.message for problem in refused.value.problems] == ["Event 98 not found", "Event 99 not found"]


@pytest.mark.parametrize("wrong", [99, 0, -1, None, "1", "abc", 1.5, True])
def test_one_event_that_does_not_exist_is_not_found(event, wrong):
    with pytest.raises(plandoc.NotFoundError, match=r"Event .* not found"):
        get_shopping_list(wrong)


@pytest.mark.parametrize("operation", [get_ingredient_needs, get_shopping_list])
def test_no_events_at_all_are_refused(event, operation):
    with pytest.raises(plandoc.ValidationError, match="wanted at least one event, found none"):
        operation([])


def test_looking_at_needs_and_shopping_changes_no_byte(folder, event):
    before = folder_bytes(folder)
    get_ingredient_needs(event.id)
    get_shopping_list(event.id)
    get_stock()

    assert folder_bytes(folder) == before


def test_no_list_goes_through_the_whole_catalog_and_the_stock_is_read_once(event, monkeypatch):
    read = []
    find = UnitOfWork.find

    def watched(unit, record_type, *args, **kwargs):
        read.append(record_type)
        return find(unit, record_type, *args, **kwargs)

    monkeypatch.setattr(UnitOfWork, "find", watched)
    get_shopping_list(event.id)

    assert not {records.Recipe, records.Ingredient, records.FinishedUnit, records.FinishedGood} & set(read)
    assert read.count(records.StockItem) == 1


def test_the_real_catalog_is_bought_for_a_real_plan(store):
    plandoc.import_file(real("bake_tracker_4.2_catalog.json"))
    [event] = plandoc.list_records(records.Event)
    batches = {"almond-biscotti": 4, "anzac-cookies": 2, "candy-bar-fudge": 1}
    recipes = {slug: plandoc.find_by_key(records.Recipe, slug) for slug in batches}
    units = {unit.recipe_id: unit for unit in plandoc.list_records(records.FinishedUnit)}
    plandoc.set_event_recipes(event.id, [recipe.id for recipe in recipes.values()])
    for slug, number in batches.items():
        plandoc.save_batch_decision(event.id, units[recipes[slug].id].id, number)
    found = get_shopping_list(event.id)
    shown = {
        item.ingredient.slug: [str(part) for row in item.rows for part in (row.needed, row.in_stock, row.to_buy)]
        for item in (*found.enough, *found.buy, *found.cannot_compare)
    }

    assert shown["water"] == ["0.563 cup", "0 cup", "0.563 cup"]
    assert shown["eggs-whole"] == ["8 each", "0 each", "8 each"]
    # 12 cup of 4.42 oz against 25 lb.
    assert shown["flour-all-purpose"] == ["3.315 lb", "25 lb", "0 lb"]
    assert "oats-rolled" in {item.ingredient.slug for item in found.cannot_compare}
    assert len(shown) == len(found.enough) + len(found.buy) + len(found.cannot_compare)


def _stock_of(ingredient):
    return [(item.quantity, item.unit, item.notes) for item in get_stock() if item.ingredient_id == ingredient.id]


def test_stock_is_set_in_place_of_what_was_there_in_the_unit_and_keeps_its_notes(store, bakery):
    with store.session("a note") as session:
        session.add(records.StockItem(bakery.flour.id, 3, "cup", "the blue jar"))
    stored = set_stock(bakery.flour.id, Decimal("2.5"), "Cups")

    assert _stock_of(bakery.flour) == [(Decimal("2.5"), "Cups", "the blue jar"), (Decimal("5.5"), "kg", "")]
    assert stored in get_stock()


def test_stock_in_another_unit_is_a_row_of_its_own(bakery):
    set_stock(bakery.butter.id, 4, "stick")
    set_stock(bakery.butter.id, 1, "lb")
    set_stock(bakery.butter.id, 0, "sticks")

    assert _stock_of(bakery.butter) == [(Decimal(1), "lb", ""), (Decimal(0), "sticks", "")]


def test_rows_of_one_unit_in_several_spellings_become_one_when_it_is_set(store, bakery):
    with store.session("as an import brings it") as session:
        session.add(records.StockItem(bakery.sugar.id, 1, "cup"))
        session.add(records.StockItem(bakery.sugar.id, 2, "Cups"))
    set_stock(bakery.sugar.id, 5, "CUP")

    assert _stock_of(bakery.sugar) == [(Decimal(5), "CUP", "")]


def test_stock_stands_in_the_order_of_the_ingredients_names(bakery):
    set_stock(bakery.sugar.id, 1, "kg")
    set_stock(bakery.butter.id, 1, "lb")
    set_stock(bakery.flour.id, 1, "cup")
    names = {one.id: one.name for one in (bakery.flour, bakery.sugar, bakery.butter)}

    assert [(names[item.ingredient_id], item.unit) for item in get_stock()] == [
        ("Butter", "lb"),
        ("Flour", "cup"),
        ("Flour", "kg"),
        ("Sugar", "kg"),
    ]


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("kgg", "Flour: wanted a unit such as cup, g or each, found 'kgg' (did you mean kg?)"),
        ("T", "Flour: wanted a unit such as cup, g or each, found 'T' (write tbsp or tsp, whichever is meant)"),
        (
            "xyzzy",
            (
                "Flour: wanted a unit such as cup, g or each, found 'xyzzy' "
                "(add a word of your own with add_unit_word('xyzzy', quantity, unit))"
            ),
        ),
    ],
)
def test_a_unit_that_is_not_known_is_refused_and_nothing_changes(folder, bakery, unit, shown):
    before = folder_bytes(folder)
    with pytest.raises(plandoc.ValidationError) as refused:
        set_stock(bakery.flour.id, 1, unit)

    assert str(refused.value) == f"unit: {shown}"
    assert folder_bytes(folder) == before


def test_a_unit_that_is_not_known_is_taken_where_a_recipe_or_the_stock_uses_that_very_text(store, bakery):
    with store.session("a unit of their own") as session:
        session.add(records.Recipe("Pretzels", "", (records.RecipeLine(bakery.flour.id, 2, "scoop"),)))
        session.add(records.StockItem(bakery.sugar.id, 2, "scoop"))
    set_stock(bakery.flour.id, 7, " scoop ")
    set_stock(bakery.sugar.id, 3, "scoop")

    assert _stock_of(bakery.flour)[-1] == (Decimal(7), "scoop", "")
    assert _stock_of(bakery.sugar) == [(Decimal(3), "scoop", "")]
    for ingredient, text in ((bakery.flour, "Scoop"), (bakery.butter, "scoop")):
        with pytest.raises(plandoc.ValidationError, match="wanted a unit"):
            set_stock(ingredient.id, 1, text)


@pytest.mark.parametrize(
    ("quantity", "unit", "fields"),
    [
        (-1, "kg", ["quantity"]),
        (0.1, "kg", ["quantity"]),
        ("5kg", "kg", ["quantity"]),
        (None, "kg", ["quantity"]),
        (True, "kg", ["quantity"]),
        (Decimal("NaN"), "kg", ["quantity"]),
        (Decimal("Infinity"), "kg", ["quantity"]),
        (10**13, "kg", ["quantity"]),
        (1, " ", ["unit"]),
        (1, None, ["unit"]),
        (1, 5, ["unit"]),
        (1, "k" * 300, ["unit"]),
        (-1, "kgg", ["quantity", "unit"]),
    ],
)
def test_all_that_is_wrong_with_a_quantity_and_a_unit_is_told_at_once(bakery, quantity, unit, fields):
    with pytest.raises(plandoc.ValidationError) as refused:
        set_stock(bakery.flour.id, quantity, unit)

    assert sorted({problem.field for problem in refused.value.problems}) == fields


@pytest.mark.parametrize("wrong", [99, 0, None, "1"])
def test_stock_of_an_ingredient_that_does_not_exist_is_refused(bakery, wrong):
    with pytest.raises(plandoc.NotFoundError, match=r"Ingredient .* not found"):
        set_stock(wrong, 1, "kg")
