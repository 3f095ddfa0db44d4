"""plandoc, through its public functions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

import plandoc
from bench import workload
from plandoc.sessions import Session

NAME = "plandoc"
# Events that are added in one session: a compromise between the size of one write and the looks at all slugs.
_EVENTS_A_SESSION = 2500


class Contender:
    """A data folder with N events."""

    def __init__(self, folder: Path, events: int, targets: int) -> None:
        self.folder = folder / "plandoc"
        store = plandoc.open_store(self.folder, create=True)
        with store.session("fill the catalogue") as session:
            _fill_catalog(session)
        for first in range(1, events + 1, _EVENTS_A_SESSION):
            with store.session("plan events") as session:
                for number in range(first, min(events + 1, first + _EVENTS_A_SESSION)):
                    _plan(session, number)
        with store.session("lock") as session:
            for number in range(1, targets + 1):
                plandoc.lock_plan(number, session=session)
        store.close()
        self.store = plandoc.open_store(self.folder)

    def start(self, event_id: int) -> None:
        """Do what is measured."""
        plandoc.start_production(event_id)

    def snapshot(self, event_id: int) -> dict[str, Any]:
        """Return what was frozen."""
        found = plandoc.get_plan_snapshot(event_id)
        return {"snapshot_data": found.snapshot_data, "definitions": found.definitions}

    def definitions(self) -> dict[str, Any]:
        """Return the catalogue as rows by table and id, for a contender that keeps the same rows."""
        content = orjson.loads((self.folder / "catalog.json").read_bytes())
        return {name: rows for name, rows in content.items() if not name.startswith("_")}

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()


def _fill_catalog(session: Session) -> None:
    for number in range(1, workload.INGREDIENTS + 1):
        session.add(plandoc.Ingredient(workload.ingredient(number)))
    for number in range(1, workload.RECIPES + 1):
        lines = tuple(
            plandoc.RecipeLine(ingredient, Decimal(quantity), unit)
            for ingredient, quantity, unit in workload.lines(number)
        )
        recipe = session.add(plandoc.Recipe(workload.recipe(number), lines=lines))
        count = workload.items_per_batch(number)
        session.add(plandoc.FinishedUnit(workload.unit(number), recipe.id, items_per_batch=count))
    for number in range(1, workload.GOODS + 1):
        parts = tuple(
            plandoc.Component(finished_unit_id=unit, quantity=Decimal(count))
            for unit, count in workload.components(number)
        )
        session.add(plandoc.FinishedGood(workload.good(number), parts))


def _plan(session: Session, number: int) -> None:
    event = session.add(plandoc.Event(workload.event(number), workload.DATE))
    for recipe in range(1, workload.RECIPES + 1):
        session.add(plandoc.EventRecipe(event.id, recipe))
    for good in range(1, workload.GOODS + 1):
        session.add(plandoc.EventFinishedGood(event.id, good, workload.quantity(good)))
    for unit in range(1, workload.RECIPES + 1):
        session.add(
            plandoc.BatchDecision(
                event_id=event.id,
                finished_unit_id=unit,
                recipe_id=unit,
                batches=workload.batches(unit),
                yield_per_batch=workload.items_per_batch(unit),
                units_needed=workload.needed(unit),
            )
        )
