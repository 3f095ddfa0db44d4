"""Thirds stay thirds from the recipe to the shopping list, and what has no amount is listed and in no sum."""

from decimal import Decimal
from fractions import Fraction

import attrs
import pytest

import plandoc
from plandoc.domain.definitions import Definitions
from plandoc.domain.without_amount import without_amount
from plandoc.records import Ingredient, PlanState, Recipe, RecipeLine, SubRecipe
from tests.builders import EVENT_DATE, brought_to


@pytest.fixture
def fair(store):
    """300 batches of a bun of a third of a cup of milk and salt to taste, with a third of a glaze of eggs, salt and vanilla."""
    with store.session("a fair") as session:
        milk, salt, egg, vanilla = (
            session.add(plandoc.Ingredient(name)) for name in ("Milk", "Salt", "Egg", "Vanilla")
        )
        glaze_lines = (RecipeLine(egg.id, 1), RecipeLine(salt.id, "1/4", "tsp"), RecipeLine(vanilla.id, None))
        glaze = session.add(plandoc.Recipe("Glaze", lines=glaze_lines))
        bun_lines = (RecipeLine(milk.id, "1/3", "cup"), RecipeLine(salt.id, None, notes="to taste"))
        bun = session.add(plandoc.Recipe("Bun", lines=bun_lines, sub_recipes=(SubRecipe(glaze.id, "1/3"),)))
        unit = session.add(plandoc.FinishedUnit("Bun", bun.id, items_per_batch=1))
        part = plandoc.Component(finished_unit_id=unit.id, quantity="1/3")
        good = session.add(plandoc.FinishedGood("Third of a Bun", (part,)))
        event = session.add(plandoc.Event("Fair", EVENT_DATE))
        plandoc.set_event_finished_goods(event.id, {good.id: 900}, True, session=session)
        plandoc.decide_enough(event.id, session=session)
        session.add(plandoc.StockItem(milk.id, "99.9", "cup"))
    return event


def _listed(found):
    return [(one.ingredient.name, [recipe.name for recipe in one.recipes]) for one in found.without_amount]


def test_three_hundred_thirds_of_a_cup_against_a_little_less_are_exactly_that_short(fair):
    [milk] = [item for item in plandoc.get_shopping_list(fair.id).buy if item.ingredient.name == "Milk"]

    assert plandoc.get_requirements(fair.id)[0].exact == 300
    assert (milk.rows[0].needed.exact, milk.rows[0].to_buy.exact) == (100, Fraction(1, 10))
    assert str(milk.rows[0].to_buy) == "1.6 tbsp"


def test_multipliers_that_are_thirds_multiply_exactly_through_sub_recipes(fair):
    rows = {row.ingredient.name: row.amount for row in plandoc.get_ingredient_needs(fair.id).rows}

    assert {name: (amount.exact, amount.unit) for name, amount in rows.items()} == {
        "Egg": (100, "each"),
        "Milk": (100, "cup"),
        "Salt": (25, "tsp"),
    }


def test_what_has_no_amount_is_listed_once_with_its_recipes_beside_what_has_one(fair):
    needs, shopping = plandoc.get_ingredient_needs(fair.id), plandoc.get_shopping_list(fair.id)

    assert _listed(needs) == _listed(shopping) == [("Salt", ["Bun"]), ("Vanilla", ["Glaze"])]
    assert [item.ingredient.name for item in shopping.buy] == ["Egg", "Milk", "Salt"]


def test_what_is_not_baked_and_a_completed_plan_list_nothing(store, fair):
    event = brought_to(store, fair, PlanState.IN_PRODUCTION)
    [unit] = store.read(lambda session: session.find(plandoc.FinishedUnit))
    plandoc.record_production(event.id, unit.id, 300, use_stock=False)
    baked = plandoc.get_ingredient_needs(event.id, remaining=True)

    assert (baked.rows, baked.without_amount) == ((), ())
    assert _listed(plandoc.get_ingredient_needs(event.id)) == [("Salt", ["Bun"]), ("Vanilla", ["Glaze"])]
    plandoc.complete_production(event.id)
    assert plandoc.get_shopping_list(event.id).without_amount == ()


def test_baking_takes_thirds_exactly_and_nothing_of_what_has_no_amount(store, fair):
    event = brought_to(store, fair, PlanState.IN_PRODUCTION)
    units = store.read(lambda session: session.find(plandoc.FinishedUnit))
    run = plandoc.record_production(event.id, units[0].id, 1)
    [milk] = plandoc.get_stock()

    assert [taken.quantity for taken in run.taken] == [Fraction(1, 3)]
    assert milk.quantity == Fraction(999, 10) - Fraction(1, 3)
    assert sorted(one.ingredient for one in run.not_taken) == ["Egg", "Salt"]
    plandoc.void_run(event.id, plandoc.RunKind.PRODUCTION, run.id, "mistake")
    assert plandoc.get_stock()[0].quantity == Decimal("99.9")


def test_a_started_plan_keeps_its_thirds_and_says_what_changed_in_the_catalog(store, fair):
    event = brought_to(store, fair, PlanState.IN_PRODUCTION)
    with store.session("another bun") as session:
        [bun] = [one for one in session.find(plandoc.Recipe) if one.name == "Bun"]
        milk, salt = bun.lines
        lines = (
            attrs.evolve(milk, quantity=None, unit=""),
            attrs.evolve(salt, quantity="1 1/3", unit="tsp", notes=""),
        )
        session.replace(attrs.evolve(bun, lines=lines, sub_recipes=()))
    [finding] = plandoc.review_plan(event.id)
    amendment = plandoc.revise_recipe(event.id, bun.id, "saltier")
    changes = [str(change) for one in plandoc.get_plan_comparison(event.id).definitions for change in one.changes]

    assert "Milk 1/3 cup -> no amount, Salt no amount (to taste) -> 1 1/3 tsp, Glaze 1/3 x -> none" in finding.message
    assert amendment.revises
    assert changes == ["Milk 1/3 cup -> no amount", "Salt no amount (to taste) -> 1 1/3 tsp", "Glaze 1/3 x -> none"]
    assert _listed(plandoc.get_ingredient_needs(event.id)) == [("Milk", ["Bun"])]


def test_an_ingredient_is_listed_with_the_recipes_of_all_definitions_and_its_last_name():
    salt, sea_salt = Ingredient("Salt", id=1), Ingredient("Sea Salt", id=1)
    bun = Recipe("Bun", lines=(RecipeLine(1, None), RecipeLine(1, None)), sub_recipes=(SubRecipe(3),), id=2)
    glaze, cake = (
        Recipe("Glaze", lines=(RecipeLine(1, None),), id=3),
        Recipe("Cake", lines=(RecipeLine(1, None),), id=4),
    )
    groups = [
        ([bun, glaze], Definitions.of(recipes=[bun, glaze], ingredients=[salt])),
        ([cake], Definitions.of(recipes=[cake], ingredients=[sea_salt])),
    ]
    [listed] = without_amount(groups)

    assert listed.ingredient.name == "Sea Salt"
    assert [recipe.name for recipe in listed.recipes] == ["Bun", "Cake", "Glaze"]
    assert without_amount([([], groups[0][1])]) == ()
