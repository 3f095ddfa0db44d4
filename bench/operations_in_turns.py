"""The measured side of `python -m bench tables`: does what it is asked for, line by line, and answers with processor time.

It imports plandoc and nothing of bench, so that another checkout can run it, too.
"""

from __future__ import annotations

import datetime
import gc
import sys
import tempfile
import time
from collections.abc import Callable

import attrs

import plandoc
from plandoc import where
from plandoc.records import EventId, FinishedGoodId, FinishedUnitId

RECIPES, PLANNED = 208, 8
_DATE = datetime.date(2026, 12, 25)
_UNIT, _GOOD = FinishedUnitId(1), FinishedGoodId(1)


class Operations:
    """The operations on one store, each on the next of many plans that are alike.

    Args:
        store: The store.
        events: How many plans there are.
    """

    def __init__(self, store: plandoc.Store, events: int) -> None:
        self._store = store
        self.event_id = EventId(0)
        self._notes = 0
        plandoc.use_store(store)
        with store.session("fill the catalog") as session:
            recipes = [
                session.add(plandoc.Recipe(f"Recipe {n}", "Cookies" if n % 4 == 0 else "Cakes")) for n in range(RECIPES)
            ]
            units = [
                session.add(plandoc.FinishedUnit(f"Unit {n}", recipe.id, items_per_batch=24))
                for n, recipe in enumerate(recipes)
            ]
            goods = [
                session.add(
                    plandoc.FinishedGood(f"Good {n}", (plandoc.Component(quantity=1, finished_unit_id=unit.id),))
                )
                for n, unit in enumerate(units[:PLANNED])
            ]
        with store.session("plan") as session:
            for n in range(events):
                event = session.add(plandoc.Event(f"Event {n}", _DATE))
                plandoc.set_event_recipes(event.id, [one.id for one in recipes[:PLANNED]], session=session)
                plandoc.set_event_finished_goods(event.id, {good.id: 10 for good in goods}, session=session)
                plandoc.save_batch_decisions(event.id, {unit.id: 10 for unit in units[:PLANNED]}, session=session)

    def next(self) -> None:
        """Go on to the next plan."""
        self.event_id = EventId(self.event_id + 1)

    def save_batch_decision(self) -> None:
        """Decide once more."""
        plandoc.save_batch_decision(self.event_id, _UNIT, 12)

    def start_production(self) -> None:
        """Start the plan."""
        plandoc.start_production(self.event_id)

    def change_quantity(self) -> None:
        """Amend the plan."""
        plandoc.change_quantity(self.event_id, _GOOD, 11, "more guests")

    def record_production(self) -> None:
        """Bake a batch."""
        plandoc.record_production(self.event_id, _UNIT, 1)

    def list_events(self) -> None:
        """List all events."""
        plandoc.list_records(plandoc.Event)

    def find_recipes(self) -> None:
        """Find the recipes of a category."""
        self._store.read(lambda session: session.find(plandoc.Recipe, where("category") == "Cookies"))

    def replace_recipe(self) -> None:
        """Change one recipe."""
        self._notes += 1
        with self._store.session("change a recipe") as session:
            session.replace(attrs.evolve(session.get(plandoc.Recipe, 5), notes=str(self._notes)))


NAMES = (
    "save_batch_decision",
    "start_production",
    "change_quantity",
    "record_production",
    "list_events",
    "find_recipes",
    "replace_recipe",
)


def _measured(operation: Callable[[], None]) -> int:
    start = time.process_time_ns()
    operation()
    return time.process_time_ns() - start


def main() -> None:
    """Serve: the first plan of each two is for getting warm."""
    events, folder = int(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory(dir=folder) as data, plandoc.open_store(f"{data}/data", create=True) as store:
        operations = Operations(store, events)
        gc.disable()
        for line in sys.stdin:
            if line.strip() == "next":
                operations.next()
                plandoc.lock_plan(operations.event_id)
                print(gc.collect(), flush=True)
            else:
                print(_measured(getattr(operations, line.strip())), flush=True)


if __name__ == "__main__":
    main()
