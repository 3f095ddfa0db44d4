"""Measure the sums of planning: requirements, batch options and ingredient needs of one large event; print a table.

The same event is measured with a catalog that holds nothing else and with one of ten times the recipes: what a plan
does not take out of the catalog must cost it no more than the reading of the file.
"""

from __future__ import annotations

import argparse
import cProfile
import datetime
import os
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.table import Table

import plandoc
from plandoc.engine.session import Session
from plandoc.records import EventId, FinishedGoodId, FinishedUnitId, IngredientId
from plandoc.store import Store
from plandoc.workflow.shopping import get_ingredient_needs

GOODS = 50
COMPONENTS_OF_GOOD = 10
PLANNED_RECIPES = 100
LINES_OF_RECIPE = 12
INGREDIENTS = 60
LARGE_CATALOG = 1000
GOAL_MILLISECONDS = 20
GOAL_GROWTH = 1.5
_UNITS = ("cup", "tbsp", "tsp", "g", "oz", "each")
_WARM_UP = 2

Step = Callable[[EventId, Session], Any]
STEPS: Mapping[str, Step] = {
    "requirements": lambda event_id, session: plandoc.get_requirements(event_id, session=session),
    "batch options": lambda event_id, session: plandoc.get_batch_options(event_id, session=session),
    "ingredient needs": lambda event_id, session: get_ingredient_needs(event_id, session=session),
}
_ALL = "all three"
_CATALOG = "read the catalog"


@attrs.frozen
class Bakery:
    """A data folder with one event.

    Attributes:
        recipes: How many the catalog holds.
        folder: Where it is.
        store: Open all the time, so that it has read everything before.
        event_id: The event that is measured.
    """

    recipes: int
    folder: Path
    store: Store
    event_id: EventId

    def warm(self, look: Callable[[Session], Any]) -> Any:
        """Look at the folder through the store that knows it."""
        return self.store.read(look)

    def cold(self, look: Callable[[Session], Any]) -> Any:
        """Look at the folder through a store that was just opened."""
        with plandoc.open_store(self.folder) as store:
            return store.read(look)

    def looks(self) -> dict[str, Callable[[Session], Any]]:
        """Return what is measured, by its name; each is one look at one moment."""
        each = {name: lambda session, step=step: step(self.event_id, session) for name, step in STEPS.items()}
        # One record of one table and the event: everything that is read for any plan at all.
        return {_CATALOG: self._read_only, **each, _ALL: self._everything}

    def _read_only(self, session: Session) -> Any:
        return session.event(self.event_id), session.get(plandoc.Recipe, 1)

    def _everything(self, session: Session) -> list[Any]:
        return [step(self.event_id, session) for step in STEPS.values()]


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    options = _options(arguments)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, medians of {options.repeats} in milliseconds")
    print(
        f"{GOODS} goods of {COMPONENTS_OF_GOOD} components over {PLANNED_RECIPES} recipes of {LINES_OF_RECIPE} lines, "
        f"all decided; in {options.folder}\n"
    )
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        small, large = (_bakery(Path(folder), recipes) for recipes in (PLANNED_RECIPES, LARGE_CATALOG))
        _check_same_results(small, large)
        medians = _medians((small, large), options.repeats)
        _print_table(medians, (small.recipes, large.recipes))
        _print_goals(medians, (small.recipes, large.recipes))
        if options.profile:
            _profile(large)
        small.store.close()
        large.store.close()


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench planning", description=__doc__)
    parser.add_argument("--repeats", type=int, default=30, help="how often each figure is taken")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where to work")
    parser.add_argument("--profile", action="store_true", help="show where the time goes, warm and cold")
    return parser.parse_args(arguments)


def _bakery(parent: Path, recipes: int) -> Bakery:
    folder = parent / f"{recipes}-recipes"
    store = plandoc.open_store(folder, create=True)
    with store.session("fill the catalog") as session:
        fill_catalog(session, recipes, GOODS)
    with store.session("plan the event") as session:
        event = session.add(plandoc.Event("Winter Fair", datetime.date(2026, 12, 5)))
        quantities = {FinishedGoodId(good): 10 + good for good in range(1, GOODS + 1)}
        plandoc.set_event_finished_goods(event.id, quantities, add_missing_recipes=True, session=session)
        plandoc.decide_enough(event.id, session=session)
    return Bakery(recipes, folder, store, event.id)


def fill_catalog(session: Session, recipes: int, goods: int) -> None:
    """Add ingredients, recipes with a finished unit each, and goods of ten units."""
    _add_ingredients(session)
    _add_recipes(session, recipes)
    _add_goods(session, goods)


def _add_ingredients(session: Session) -> None:
    for number in range(1, INGREDIENTS + 1):
        # Of every other one, volumes and weights come together; of the rest they stay rows of their own.
        density = plandoc.Density(1, "cup", 100 + number, "g") if number % 2 else None
        session.add(plandoc.Ingredient(f"Ingredient {number}", density=density))


def _add_recipes(session: Session, recipes: int) -> None:
    for number in range(1, recipes + 1):
        lines = tuple(
            plandoc.RecipeLine(
                IngredientId(1 + (number * 7 + line * 5) % INGREDIENTS),
                Decimal(f"{1 + line}.{number % 10}"),
                _UNITS[(number + line) % len(_UNITS)],
            )
            for line in range(LINES_OF_RECIPE)
        )
        recipe = session.add(plandoc.Recipe(f"Recipe {number}", lines=lines))
        session.add(plandoc.FinishedUnit(f"Unit {number}", recipe.id, items_per_batch=12 + number % 37))


def _add_goods(session: Session, goods: int) -> None:
    for number in range(goods):
        parts = tuple(
            plandoc.Component(
                finished_unit_id=FinishedUnitId(1 + (number * 2 + part * 9) % PLANNED_RECIPES),
                quantity=Decimal(f"{1 + part}.5"),
            )
            for part in range(COMPONENTS_OF_GOOD)
        )
        session.add(plandoc.FinishedGood(f"Box {number + 1}", parts))


def _check_same_results(small: Bakery, large: Bakery) -> None:
    """See that both measure the same sums, and that these are the whole event."""
    results = [bakery.cold(bakery.looks()[_ALL]) for bakery in (small, large)]
    requirements, options, needs = results[0]
    if results[0] != results[1] or len(requirements) != PLANNED_RECIPES or needs.undecided or not needs.rows:
        raise SystemExit("the two catalogs do not give the same plan; the figures would mean nothing")
    if len(options) != PLANNED_RECIPES:
        raise SystemExit("options are missing; the figures would mean nothing")


# By how it was looked at (warm or cold), by the number of recipes, and by what was looked at.
Medians = dict[tuple[str, int, str], float]


def _medians(bakeries: tuple[Bakery, Bakery], repeats: int) -> Medians:
    calls: dict[tuple[str, int, str], Callable[[], Any]] = {}
    for bakery in bakeries:
        for name, look in bakery.looks().items():
            calls["warm", bakery.recipes, name] = partial(bakery.warm, look)
            calls["cold", bakery.recipes, name] = partial(bakery.cold, look)
    times: dict[tuple[str, int, str], list[float]] = {key: [] for key in calls}
    for turn in range(_WARM_UP + repeats):
        for key, call in calls.items():
            start = time.perf_counter()
            call()
            if turn >= _WARM_UP:
                times[key].append((time.perf_counter() - start) * 1000)
    return {key: statistics.median(milliseconds) for key, milliseconds in times.items()}


def _print_table(medians: Medians, sizes: tuple[int, int]) -> None:
    table = Table()
    table.add_column("store")
    table.add_column("what")
    for recipes in sizes:
        table.add_column(f"{recipes} recipes", justify="right")
    table.add_column("growth", justify="right")
    for how in ("warm", "cold"):
        for name in (_CATALOG, *STEPS, _ALL):
            first, second = (medians[how, recipes, name] for recipes in sizes)
            table.add_row(how, name, f"{first:.2f}", f"{second:.2f}", f"{second / first:.2f} x")
        table.add_section()
    Console(width=80).print(table)


def _print_goals(medians: Medians, sizes: tuple[int, int]) -> None:
    small, large = sizes
    for how in ("warm", "cold"):
        base, grown = medians[how, small, _ALL], medians[how, large, _ALL]
        allowed = GOAL_GROWTH * base + medians[how, large, _CATALOG]
        print(
            f"{how}: {base:.2f} ms with {small} recipes (goal: under {GOAL_MILLISECONDS}); {grown:.2f} ms with {large} "
            f"(goal: at most {GOAL_GROWTH} x {base:.2f} + {medians[how, large, _CATALOG]:.2f} = {allowed:.2f})"
        )


def _profile(bakery: Bakery) -> None:
    for how, look_through in (("warm", bakery.warm), ("cold", bakery.cold)):
        profile = cProfile.Profile()
        look = bakery.looks()[_ALL]
        profile.enable()
        for _ in range(10):
            look_through(look)
        profile.disable()
        print(f"\n{how}, {bakery.recipes} recipes, ten times:")
        pstats.Stats(profile).sort_stats("tottime").print_stats(18)
