"""Which record refers to which, who uses a record, what must differ, and what may not contain itself."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest

import plandoc
from plandoc import records, tables
from plandoc.engine import integrity
from plandoc.engine.session import unit_of_work
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import NotFoundError, Problem, SessionError, ValidationError
from plandoc.records import PlanState
from tests.builders import a_bakery, a_plan

MOMENT = datetime.datetime(2026, 1, 28, 3, 25, 47, tzinfo=datetime.UTC)
PART = records.Component

CAKE = records.Recipe(
    "Cake",
    lines=(records.RecipeLine(5, 1, "cup"), records.RecipeLine(6, 2, "cup"), records.RecipeLine(5, 3, "g")),
    sub_recipes=(records.SubRecipe(8), records.SubRecipe(9, Decimal("0.5"))),
    base_recipe_id=7,
    id=1,
)
PLAIN = records.Recipe("Plain", id=2)
HAMPER = records.FinishedGood("Hamper", (PART(11), PART(finished_good_id=12), PART(13)), id=3)


def ids_of(record: Any) -> dict[str, tuple[int, ...]]:
    return {reference.field: reference.ids(record) for reference in tables.table_of(type(record)).references}


def finding(*there: Any) -> integrity.FindAll:
    return lambda kind: [record for record in there if type(record) is kind]


def test_the_ids_that_a_record_holds_are_found_in_their_order_and_none_where_there_is_none():
    assert ids_of(CAKE) == {"lines.ingredient_id": (5, 6, 5), "sub_recipes.recipe_id": (8, 9), "base_recipe_id": (7,)}
    assert ids_of(PLAIN) == {"lines.ingredient_id": (), "sub_recipes.recipe_id": (), "base_recipe_id": ()}
    assert ids_of(HAMPER) == {"components.finished_unit_id": (11, 13), "components.finished_good_id": (12,)}


def names_of_users(*asked):
    return [
        integrity.in_words(one, lambda _, number: {7: "Fair"}.get(number, "Rye")) for one in integrity.referrers(*asked)
    ]


def test_who_uses_a_record_is_reported_as_a_person_says_it():
    there = (
        CAKE,
        PLAIN,
        HAMPER,
        records.FinishedUnit("Slice", 8, items_per_batch=4, id=4),
        records.StockItem(5, 1, "kg", id=9),
        records.EventRecipe(7, 8, id=2),
        records.EventFinishedGood(7, 12, 3, id=3),
        records.BatchDecision(7, 11, 8, 5, 24, id=1),
        records.ProductionRun(7, 11, 1, 24, 24, MOMENT, taken=(records.Taken(6, 1, "kg"),), id=6),
        records.AssemblyRun(7, 12, 2, MOMENT, id=8),
    )

    assert names_of_users(records.Recipe, 8, finding(*there)) == [
        "recipe 1 'Cake'",
        "finished unit 4 'Slice'",
        "event 7 'Fair'",
        "event 7 'Fair'",
    ]
    assert names_of_users(records.Ingredient, 5, finding(*there)) == ["recipe 1 'Cake'", "the stock of Rye (1 kg)"]
    assert names_of_users(records.FinishedUnit, 11, finding(*there)) == [
        "finished good 3 'Hamper'",
        "event 7 'Fair'",
        "event 7 'Fair'",
    ]
    assert names_of_users(records.FinishedGood, 12, finding(*there)) == [
        "finished good 3 'Hamper'",
        "event 7 'Fair'",
        "event 7 'Fair'",
    ]
    assert names_of_users(records.Recipe, 7, finding(*there)) == ["recipe 1 'Cake'"]
    assert names_of_users(records.Ingredient, 6, finding(*there)) == [
        "recipe 1 'Cake'",
        "event 7 'Fair'",
    ]


@pytest.fixture
def worked() -> Iterator[UnitOfWork]:
    """A unit of work over one event in production with a record of every kind."""
    with plandoc.open_store(":memory:", clock=lambda: MOMENT) as store:
        bakery = a_bakery(store)
        event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
        with store.session("work") as session:
            plandoc.add_unit_word("Kelle", 125, "ml", session=session)
            plandoc.change_quantity(event.id, bakery.cookie_box.id, 9, "one guest less", session=session)
            run = plandoc.record_production(event.id, bakery.cookie.id, 1, session=session)
            plandoc.void_run(event.id, records.RunKind.PRODUCTION, run.id, "a slip", session=session)
            unit_of_work(session).add(records.AssemblyRun(event.id, bakery.cookie_box.id, 1, MOMENT))
            yield unit_of_work(session)


def kinds_refused(
    worked: UnitOfWork, act: Callable[[Any], object], kinds: Iterable[type] = tables.BY_TYPE
) -> dict[type, str | None]:
    """Do something to one record of each kind; return the field of the first problem where it was refused."""
    refused: dict[type, str | None] = {}
    for kind in kinds:
        record, *_ = worked.find(kind)
        try:
            act(record)
        except ValidationError as error:
            refused[kind] = error.problems[0].field
    return refused


def test_a_second_record_with_what_must_differ_is_refused_by_its_field_and_runs_may_be_alike(worked):
    refused = kinds_refused(worked, lambda record: worked.add(attrs.evolve(record, id=0)))

    assert refused == {
        records.Ingredient: "slug",
        records.Recipe: "slug",
        records.FinishedUnit: "slug",
        records.FinishedGood: "slug",
        records.UnitWord: "slug",
        records.Event: "slug",
        records.StockItem: "ingredient_id",
        records.EventRecipe: "recipe_id",
        records.EventFinishedGood: "finished_good_id",
        records.BatchDecision: "finished_unit_id",
        records.PlanSnapshot: "event_id",
        records.PlanAmendment: "sequence",
        records.VoidedRun: "kind",
    }


def test_the_same_ingredient_in_another_unit_is_another_stock_item(worked):
    worked.add(records.StockItem(1, 5, "pint"))

    assert {item.unit for item in worked.find(records.StockItem) if item.ingredient_id == 1} == {"kg", "pint"}


def test_what_was_recorded_of_a_plan_is_never_changed_or_removed(worked):
    recorded = {
        records.PlanSnapshot,
        records.PlanAmendment,
        records.ProductionRun,
        records.AssemblyRun,
        records.VoidedRun,
    }
    others = {records.StockItem, records.EventRecipe, records.EventFinishedGood, records.BatchDecision}

    def remove(record: Any) -> None:
        worked.remove(type(record), record.id, getattr(record, "event_id", None))

    assert set(kinds_refused(worked, worked.replace)) == recorded
    assert set(kinds_refused(worked, remove, recorded | others)) == recorded


def test_what_nobody_refers_to_has_no_users_even_where_another_record_has_its_id():
    there = (CAKE, HAMPER, records.StockItem(5, 1, "kg", id=9))

    assert names_of_users(records.Recipe, 5, finding(*there)) == []
    assert names_of_users(records.FinishedUnit, 12, finding(*there)) == []
    assert names_of_users(records.Event, 7, finding(*there)) == []


def test_a_recipe_in_itself_is_refused_with_the_names_on_the_way():
    inner = records.Recipe("Inner", sub_recipes=(records.SubRecipe(2),), id=1)
    outer = records.Recipe("Outer", sub_recipes=(records.SubRecipe(1),), id=2)
    with pytest.raises(ValidationError) as refused:
        integrity.check_containment(outer, lambda: [inner, outer])

    assert refused.value.problems == (
        Problem("'Inner' contains itself: 'Inner' -> 'Outer' -> 'Inner'", field="sub_recipes"),
    )


def test_a_good_in_itself_is_refused_with_the_names_on_the_way():
    box = records.FinishedGood("Box", (PART(1), PART(finished_good_id=1)), id=1)
    with pytest.raises(ValidationError) as refused:
        integrity.check_containment(box, lambda: [box])

    assert refused.value.problems == (Problem("'Box' contains itself: 'Box' -> 'Box'", field="components"),)


def test_what_is_put_deep_into_another_is_refused_when_that_one_is_too_deep_now():
    goods = [records.FinishedGood(f"Box {n}", (PART(finished_good_id=n + 1),), id=n) for n in range(1, 11)]
    innermost = records.FinishedGood("Box 11", (PART(1),), id=11)
    integrity.check_containment(goods[9], lambda: [*goods[1:], innermost])
    with pytest.raises(ValidationError, match="^components: 'Box 1' is nested more than 10 levels deep: 'Box 1' -> "):
        integrity.check_containment(goods[9], lambda: [*goods, innermost])


def test_a_part_that_is_not_there_nests_nothing():
    box = records.FinishedGood("Box", (PART(finished_good_id=99),), id=1)
    asked: list[str] = []

    def kindred_of(name: str) -> Callable[[], list[Any]]:
        return lambda: [asked.append(name), box][1:]

    integrity.check_containment(box, kindred_of("box"))
    integrity.check_containment(PLAIN, kindred_of("plain"))
    integrity.check_containment(records.FinishedGood("Bag", (PART(1),), id=2), kindred_of("bag"))
    integrity.check_containment(records.Ingredient("Flour", id=3), kindred_of("flour"))

    assert asked == ["box"], "what has no parts of its kind is not looked into"


def test_the_numbers_that_can_name_a_document_of_an_event_have_up_to_fifteen_digits():
    longest = 10**15 - 1

    assert tables.event_document(1) == "events/1.json"
    assert tables.event_document(longest) == "events/999999999999999.json"
    assert tables.event_of_document("events/999999999999999.json") == longest
    assert tables.event_of_document("events/1000000000000000.json") is None
    assert tables.event_of_document("events/" + "1" * 5000 + ".json") is None
    with pytest.raises(NotFoundError, match="^Event 1000000000000000 not found$") as refused:
        tables.event_document(10**15)
    assert (refused.value.kind, refused.value.key) == ("Event", 10**15)


@pytest.mark.parametrize(
    "name", ["7", "7.json", "events/7", "events/events/7.json", "events/7.json.json", "7.jsonevents/"]
)
def test_a_name_that_only_resembles_that_of_an_event_belongs_to_none(name):
    assert tables.event_of_document(name) is None


def test_what_is_not_stored_is_refused_with_every_type_that_is():
    with pytest.raises(SessionError) as refused:
        tables.table_of(int)

    known = ", ".join(table.record_type.__name__ for table in tables.TABLES)
    assert str(refused.value) == f"int is not stored in a table of its own; wanted one of {known}"
    assert refused.value.__suppress_context__, "the key that a dictionary missed says nothing to a person"
