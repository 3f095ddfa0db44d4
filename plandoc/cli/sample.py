"""The sample: a small made-up bakery with one planned event, built with the public library.

`python -m plandoc.cli.sample FOLDER` writes it into a new folder. Apart from the folder's store_id the files are the same
every time.
"""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import attrs

from plandoc.engine.session import Session
from plandoc.errors import PlandocError, ValidationError
from plandoc.records import (
    AssemblyType,
    Component,
    Density,
    Event,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    Recipe,
    RecipeId,
    RecipeLine,
    StockItem,
    SubRecipe,
    YieldMode,
)
from plandoc.store import open_store
from plandoc.workflow.catalog import find_by_key
from plandoc.workflow.decisions import save_batch_decision
from plandoc.workflow.selection import set_event_finished_goods, set_event_recipes

MOMENT = datetime.datetime(2026, 4, 7, 5, 30, tzinfo=datetime.UTC)
EVENT_SLUG = "harbour-market"

# Name, category, grams a cup where it is measured by the cup, and what is in stock.
_INGREDIENTS: tuple[tuple[str, str, str | None, str, str], ...] = (
    ("Wheat flour", "Flour", "125", "25", "kg"),
    ("Rye flour", "Flour", "105", "10", "kg"),
    ("Sugar", "Sugar", "200", "12.5", "kg"),
    ("Brown sugar", "Sugar", "215", "3", "kg"),
    ("Butter", "Dairy", "227", "6", "kg"),
    ("Eggs", "Dairy", None, "90", "piece"),
    ("Cream", "Dairy", "240", "2", "l"),
    ("Dark chocolate", "Chocolate", "170", "4", "kg"),
    ("Hazelnuts", "Nuts", "135", "2.5", "kg"),
    ("Lemons", "Fruit", None, "24", "piece"),
    ("Cardamom", "Spices", None, "0.15", "kg"),
    ("Sea salt", "Spices", None, "1", "kg"),
    ("Sourdough starter", "Leaven", None, "1.2", "kg"),
)

# Recipe, category, lines (ingredient, quantity, unit), sub-recipes with their multipliers.
_RECIPES: tuple[tuple[str, str, tuple[tuple[str, str, str], ...], tuple[tuple[str, str], ...]], ...] = (
    (
        "Shortcrust",
        "Doughs",
        (("wheat-flour", "500", "g"), ("butter", "250", "g"), ("sugar", "125", "g"), ("eggs", "2", "piece")),
        (),
    ),
    ("Lemon curd", "Fillings", (("lemons", "4", "piece"), ("sugar", "1.25", "cup"), ("eggs", "5", "piece")), ()),
    ("Lemon tart", "Tarts", (("cream", "0.25", "l"),), (("shortcrust", "0.5"), ("lemon-curd", "1"))),
    (
        "Hazelnut sablés",
        "Biscuits",
        (
            ("wheat-flour", "2.67", "cup"),
            ("hazelnuts", "150", "g"),
            ("butter", "225", "g"),
            ("brown-sugar", "0.67", "cup"),
            ("sea-salt", "4", "g"),
        ),
        (),
    ),
    (
        "Cardamom buns",
        "Buns",
        (
            ("wheat-flour", "600", "g"),
            ("butter", "120", "g"),
            ("sugar", "90", "g"),
            ("butter", "60", "g"),
            ("cardamom", "8", "g"),
        ),
        (),
    ),
    (
        "Chocolate torte",
        "Cakes",
        (("dark-chocolate", "400", "g"), ("butter", "200", "g"), ("eggs", "6", "piece"), ("sugar", "150", "g")),
        (),
    ),
    (
        "Harbour rye",
        "Breads",
        (("rye-flour", "1.5", "kg"), ("sourdough-starter", "300", "g"), ("sea-salt", "30", "g")),
        (),
    ),
)

# Unit, recipe, item name, pieces a batch or the percentage of a batch that one takes.
_UNITS: tuple[tuple[str, str, str, int | Decimal], ...] = (
    ("Lemon tart slice", "lemon-tart", "slice", 12),
    ("Hazelnut sablé", "hazelnut-sables", "piece", 36),
    ("Cardamom bun", "cardamom-buns", "piece", 16),
    ("Large chocolate torte", "chocolate-torte", "torte", 1),
    ("Small chocolate torte", "chocolate-torte", "torte", Decimal(25)),
    ("Rye loaf", "harbour-rye", "loaf", 3),
)

# Good, whether it is one unit as it is, units in it, goods in it.
_GOODS: tuple[tuple[str, AssemblyType, Mapping[str, int], Mapping[str, int]], ...] = (
    ("Single rye loaf", AssemblyType.BARE, {"rye-loaf": 1}, {}),
    ("Sablé bag", AssemblyType.BUNDLE, {"hazelnut-sable": 8}, {}),
    ("Breakfast box", AssemblyType.BUNDLE, {"cardamom-bun": 4, "rye-loaf": 1}, {}),
    ("Tea box", AssemblyType.BUNDLE, {"lemon-tart-slice": 2, "small-chocolate-torte": 1}, {"sable-bag": 1}),
    ("Captain's crate", AssemblyType.BUNDLE, {"large-chocolate-torte": 1}, {"breakfast-box": 1, "sable-bag": 2}),
)

RECIPES: tuple[str, ...] = ("lemon-tart", "hazelnut-sables", "cardamom-buns", "chocolate-torte", "harbour-rye")
QUANTITIES: Mapping[str, int] = MappingProxyType(
    {"single-rye-loaf": 10, "sable-bag": 20, "breakfast-box": 12, "tea-box": 8, "captain-s-crate": 3}
)
BATCHES: Mapping[str, int] = MappingProxyType(
    {
        "lemon-tart-slice": 2,
        "hazelnut-sable": 8,
        "cardamom-bun": 4,
        "large-chocolate-torte": 3,
        "small-chocolate-torte": 2,
        "rye-loaf": 9,
    }
)


def add_bakery(session: Session) -> None:
    """Add ingredients, stock, recipes, units and goods."""
    for name, category, grams_a_cup, quantity, unit in _INGREDIENTS:
        density = None if grams_a_cup is None else Density(Decimal(1), "cup", Decimal(grams_a_cup), "g")
        ingredient = session.add(Ingredient(name=name, category=category, density=density))
        session.add(StockItem(ingredient.id, quantity=Decimal(quantity), unit=unit))
    for name, category, lines, parts in _RECIPES:
        session.add(
            Recipe(name=name, category=category, lines=_lines(lines, session), sub_recipes=_parts(parts, session))
        )
    for name, recipe, item_unit, amount in _UNITS:
        session.add(_unit(name, find_by_key(Recipe, recipe, session=session).id, item_unit, amount))
    for name, kind, units, goods in _GOODS:
        session.add(FinishedGood(name=name, assembly_type=kind, components=_components(units, goods, session)))


def add_event(session: Session) -> Event:
    """Add the event, with an empty plan."""
    notes = "Stall 14 at the quay. Crates are ordered beforehand and paid for."
    return session.add(Event("Harbour Market", datetime.date(2026, 5, 16), 250, notes, slug=EVENT_SLUG))


def plan_event(event: Event, session: Session) -> None:
    """Choose the event's recipes and goods and decide all batches, nothing short."""
    recipes = [find_by_key(Recipe, slug, session=session).id for slug in RECIPES]
    set_event_recipes(event.id, recipes, session=session)
    quantities = {find_by_key(FinishedGood, slug, session=session).id: n for slug, n in QUANTITIES.items()}
    set_event_finished_goods(event.id, quantities, session=session)
    for slug, batches in BATCHES.items():
        unit = find_by_key(FinishedUnit, slug, session=session)
        save_batch_decision(event.id, unit.id, batches, session=session)


def write(folder: str | os.PathLike[str]) -> None:
    """Write the sample into a new folder: the bakery, and its event planned but not locked.

    Raises:
        ValidationError: when the folder is not empty.
    """
    check_empty(folder)
    with open_store(folder, create=True, clock=lambda: MOMENT) as store, store.session("write the sample") as session:
        add_bakery(session)
        plan_event(add_event(session), session)


def check_empty(folder: str | os.PathLike[str]) -> None:
    """Refuse a folder that is not empty; a missing one is fine.

    Raises:
        ValidationError: when it is not empty or not a folder.
    """
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise ValidationError(f"{path} is a file; wanted a new or empty folder")
    if path.is_dir() and any(path.iterdir()):
        raise ValidationError(f"{path} is not empty; nothing was written; name a new or empty folder")


def _lines(lines: tuple[tuple[str, str, str], ...], session: Session) -> tuple[RecipeLine, ...]:
    return tuple(
        RecipeLine(find_by_key(Ingredient, slug, session=session).id, Decimal(quantity), unit)
        for slug, quantity, unit in lines
    )


def _parts(parts: tuple[tuple[str, str], ...], session: Session) -> tuple[SubRecipe, ...]:
    return tuple(
        SubRecipe(find_by_key(Recipe, slug, session=session).id, Decimal(multiplier)) for slug, multiplier in parts
    )


def _unit(name: str, recipe_id: RecipeId, item_unit: str, amount: int | Decimal) -> FinishedUnit:
    unit = FinishedUnit(name, recipe_id, item_unit, items_per_batch=1)
    if isinstance(amount, int):
        return attrs.evolve(unit, items_per_batch=amount)
    return attrs.evolve(unit, mode=YieldMode.BATCH_PORTION, items_per_batch=None, batch_percentage=amount)


def _components(units: Mapping[str, int], goods: Mapping[str, int], session: Session) -> tuple[Component, ...]:
    return (
        *(
            Component(finished_unit_id=find_by_key(FinishedUnit, slug, session=session).id, quantity=Decimal(count))
            for slug, count in units.items()
        ),
        *(
            Component(finished_good_id=find_by_key(FinishedGood, slug, session=session).id, quantity=Decimal(count))
            for slug, count in goods.items()
        ),
    )


def main(arguments: list[str]) -> int:
    """Write the sample into the folder that the only argument names; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m plandoc.cli.sample FOLDER", file=sys.stderr)
        return 2
    try:
        write(arguments[0])
    except PlandocError as error:
        print(f"plandoc.cli.sample: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
