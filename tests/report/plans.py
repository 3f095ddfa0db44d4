"""The plans that reports are made of: an empty one, a typical one in the middle of production, and a very large one."""

from __future__ import annotations

import datetime
import functools
from decimal import Decimal

import attrs

import plandoc
from plandoc import records
from plandoc.records import PlanState
from plandoc.store import Store
from plandoc.workflow import amendments, production
from tests.builders import a_bakery, a_plan, brought_to

MORNING = datetime.datetime(2026, 12, 23, 5, 30, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 12, 25)
NASTY = '<script>alert("1")</script> & "quotes" \'single\' \u202eRLO\u2066 </style></title> {{ 7*7 }} \x1b[31m'
LONGEST = "Schwarzwälderkirschtortenverpackungskarton" * 4 + "x" * 32


class MovingClock:
    """A clock that goes on by three hours whenever it is read."""

    def __init__(self):
        self._moment = datetime.datetime(2026, 12, 22, 9, 0, tzinfo=datetime.UTC)

    def __call__(self):
        self._moment += datetime.timedelta(hours=3)
        return self._moment


def an_empty_plan(store: Store) -> records.Event:
    """Return an event for which nothing is chosen."""
    return a_plan(store, quantities={})


def a_draft(store: Store) -> records.Event:
    """Return an event that is planned, nothing short, and not started."""
    return a_plan(store)


def a_typical_plan(store: Store, state: PlanState = PlanState.IN_PRODUCTION) -> records.Event:
    """Return an event with losses, changes, a voided run, goods that wait, and things to buy."""
    bakery = a_bakery(store)
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery)
    _bake(store, event, bakery)
    _change(store, event, bakery)
    with store.session("pack") as session:
        moment = MORNING + datetime.timedelta(hours=20)
        production.record_assembly(event.id, bakery.cookie_box.id, 4, assembled_at=moment, session=session)
        if state is PlanState.COMPLETED:
            plandoc.complete_production(event.id, session=session)
    return event


def _bake(store, event, bakery):
    later = [MORNING + datetime.timedelta(hours=n) for n in range(5)]
    lost = {"burnt at the edge of the oven": 5, "dropped": 2}
    with store.session("bake") as session:
        record = functools.partial(production.record_production, event.id, session=session)
        record(bakery.cookie.id, 2, produced_at=later[0])
        record(bakery.cookie.id, 1, lost=lost, notes="The left oven runs hot.", produced_at=later[3])
        wrong = record(bakery.slice.id, 1, produced_at=later[4])
        production.void_run(event.id, records.RunKind.PRODUCTION, wrong.id, "counted twice", session=session)


def _change(store, event, bakery):
    change, modify, add = amendments.change_quantity, amendments.modify_batch_decision, amendments.add_finished_good
    with store.session("change") as session:
        change(event.id, bakery.hamper.id, 3, "Mrs. Sund ordered one more by telephone", session=session)
        modify(event.id, bakery.slice.id, 2, "for the third hamper", session=session)
    with store.session("change") as session:
        add(event.id, bakery.plain_slice.id, 2, "two slices for the helpers", session=session)


def a_large_plan(store: Store, size: int = 100, changes: int = 50, runs: int = 100) -> records.Event:
    """Return an event with so many goods, decisions, changes and runs, all with the longest names there can be."""
    with store.session("fill the catalog") as session:
        units, goods = _large_catalog(session, size)
        event = session.add(records.Event(_name("Midwinter", 0), DAY, 1200, "Long notes. " * 200))
        plandoc.set_event_finished_goods(
            event.id, {good.id: 10 + n for n, good in enumerate(goods)}, add_missing_recipes=True, session=session
        )
        plandoc.decide_enough(event.id, session=session)
    event = brought_to(store, event, PlanState.IN_PRODUCTION)
    with store.session("bake and change") as session:
        _much_work(session, event, units, goods, changes, runs)
    return event


def _much_work(session, event, units, goods, changes, runs):
    for number in range(runs):
        unit = units[number % (len(units) * 2 // 3)]
        moment = MORNING + datetime.timedelta(minutes=37 * number)
        lost = {_name("Burnt", number % 7): 1 + number % 3} if number % 4 == 0 else None
        if number % 10 == 9:
            good = goods[number // 10]
            production.record_assembly(event.id, good.id, 2, assembled_at=moment, session=session)
        else:
            production.record_production(event.id, unit.id, 1, lost=lost, produced_at=moment, session=session)
    for number in range(changes):
        good, unit = goods[-1 - number % len(goods)], units[-1 - number % len(units)]
        if number % 2:
            amendments.change_quantity(event.id, good.id, 300 + number, _name("A reason", number), session=session)
        else:
            amendments.modify_batch_decision(event.id, unit.id, 60 + number, _name("A reason", number), session=session)


def _large_catalog(session, size):
    line, part = records.RecipeLine, records.Component
    ingredients = [
        session.add(records.Ingredient(_name("Ingredient", n), f"Shelf {n % 6}", records.Density(1, "cup", 120, "g")))
        for n in range(40)
    ]
    for ingredient in ingredients[::3]:
        session.add(records.StockItem(ingredient.id, Decimal("2.5"), "kg"))
    units, goods = [], []
    for n in range(size):
        lines = tuple(line(ingredients[(n + k) % 40].id, Decimal("1.25"), "cup") for k in range(5))
        recipe = session.add(records.Recipe(_name("Recipe", n), "Cakes", lines))
        units.append(session.add(records.FinishedUnit(_name("Unit", n), recipe.id, items_per_batch=24)))
    for n in range(size):
        parts = tuple(part(quantity=1 + k, finished_unit_id=units[(n + k) % size].id) for k in range(3))
        goods.append(session.add(records.FinishedGood(_name("Good", n), parts)))
    return units, goods


def _name(kind: str, number: int) -> str:
    return f"{kind} {number} {LONGEST}"[:200]


def a_nasty_plan(store: Store) -> records.Event:
    """Return an event of which every name and text would do harm if it were put into a page as it is."""
    bakery = a_bakery(store)
    with store.session("rename everything") as session:
        for record in (bakery.flour, bakery.cookies, bakery.cookie, bakery.slice, bakery.cookie_box, bakery.hamper):
            session.replace(attrs.evolve(record, name=NASTY))
        session.replace(attrs.evolve(bakery.butter, category=NASTY))
    event = a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name=NASTY)
    with store.session("work") as session:
        session.replace(attrs.evolve(session.event(event.id), notes=NASTY))
        run = production.record_production(event.id, bakery.cookie.id, 2, lost={NASTY: 2}, notes=NASTY, session=session)
        production.void_run(event.id, records.RunKind.PRODUCTION, run.id, NASTY, session=session)
        amendments.change_quantity(event.id, bakery.hamper.id, 3, NASTY, session=session)
    return event
