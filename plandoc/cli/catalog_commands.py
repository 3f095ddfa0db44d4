"""`plandoc ingredient list`, `recipe list`, `good list` and `stock list`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeVar

from plandoc.cli import printing
from plandoc.cli.catalog_lookup import WORDS
from plandoc.cli.data_folder import Folder
from plandoc.cli.rows import as_row
from plandoc.domain.rounding import format_number
from plandoc.domain.stocked import Stocked
from plandoc.engine.session import Session
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe, StockItem
from plandoc.units import written
from plandoc.workflow.stock import get_stock, in_stock

RecordT = TypeVar("RecordT", Ingredient, Recipe, FinishedGood)

_NUMBER = printing.Column("id", is_number=True)


def list_ingredients(*, sort: Literal["id", "name", "category"] = "id", json: bool = False, folder: Folder) -> None:
    """List the ingredients, and how much of one unit is how much of another if known.

    Args:
        sort: Sort them by this.
        json: Print the ingredients as JSON.

    Examples:
        plandoc ingredient list
    """
    ingredients = _in_order(folder.read(lambda session: session.find(Ingredient)), sort)
    if json:
        printing.print_json([as_row(one) for one in ingredients])
        return
    columns = [
        printing.Column("id", is_number=True),
        *map(printing.Column, ("ingredient", "name", "category", "equivalents")),
    ]
    rows = [(one.id, one.slug, one.name, one.category, equivalents_in_words(one)) for one in ingredients]
    printing.print_table(
        "Ingredients", columns, rows, when_empty="none yet; 'plandoc ingredient import FILE' adds some"
    )


def list_recipes(*, sort: Literal["id", "name", "category"] = "id", json: bool = False, folder: Folder) -> None:
    """List the recipes and what a batch of each yields.

    Args:
        sort: Sort them by this.
        json: Print the recipes as JSON.

    Examples:
        plandoc recipe list
    """
    recipes, units = folder.read(lambda session: (session.find(Recipe), session.find(FinishedUnit)))
    recipes = _in_order(recipes, sort)
    if json:
        printing.print_json([{**as_row(recipe), "finished_units": _units_of(recipe, units)} for recipe in recipes])
        return
    columns = [_NUMBER, *map(printing.Column, ("recipe", "name", "category", "a batch gives"))]
    rows = [(one.id, one.slug, one.name, one.category, ", ".join(_yields(one, units))) for one in recipes]
    printing.print_table("Recipes", columns, rows, when_empty="none yet; 'plandoc import FILE' adds some")


def list_goods(*, sort: Literal["id", "name"] = "id", json: bool = False, folder: Folder) -> None:
    """List the goods that can be handed out and what is in them.

    Args:
        sort: Sort them by this.
        json: Print the goods as JSON.

    Examples:
        plandoc good list
    """
    goods, names = folder.read(_goods_and_names)
    goods = _in_order(goods, sort)
    if json:
        printing.print_json([as_row(good) for good in goods])
        return
    columns = [_NUMBER, *map(printing.Column, ("good", "name", "kind", "made of"))]
    rows = [(one.id, one.slug, one.name, one.assembly_type.value, ", ".join(_parts(one, names))) for one in goods]
    printing.print_table("Goods", columns, rows, when_empty="none yet; 'plandoc import FILE' adds some")


def list_stock(*, json: bool = False, folder: Folder) -> None:
    """List what is in stock: ingredients, and batches of recipes that were made ahead.

    Args:
        json: Print the stock as JSON.

    Examples:
        plandoc stock list
    """
    found = folder.read(lambda session: [(item, in_stock(item, session)) for item in get_stock(session=session)])
    if json:
        printing.print_json([{**as_row(item), **_named(item, thing)} for item, thing in found])
        return
    for title, kind in (("Stock", Ingredient), ("Made ahead", Recipe)):
        columns = [
            *map(printing.Column, (WORDS[kind], "name")),
            printing.Column("quantity", is_number=True),
            printing.Column("unit"),
        ]
        rows = [(one.slug, one.name, *quantity_and_unit(item)) for item, one in found if type(one) is kind]
        if rows or kind is Ingredient:
            when_empty = "none yet; 'plandoc stock set' adds some"
            printing.print_table(title, columns, rows, when_empty=when_empty, is_one_of_several=kind is Recipe)


def _named(item: StockItem, thing: Stocked) -> dict[str, str | None]:
    slugs = (thing.slug, None) if item.recipe_id is None else (None, thing.slug)
    return {**dict(zip(("ingredient", "recipe"), slugs, strict=True)), "name": thing.name}


def quantity_and_unit(item: StockItem) -> tuple[str, str]:
    """Return how much is in stock, and its unit."""
    quantity = f"{item.quantity:f}" if isinstance(item.quantity, Decimal) else format_number(item.quantity)
    return quantity, item.unit if item.recipe_id is None or item.quantity == 1 else "batches"


def _in_order(records: list[RecordT], sort: str) -> list[RecordT]:
    """Return records sorted by a field, those of the same by their names; by id they are already."""
    if sort == "id":
        return records
    return sorted(records, key=lambda one: (str(getattr(one, sort)).casefold(), one.name.casefold(), one.id))


def _units_of(recipe: Recipe, units: list[FinishedUnit]) -> list[dict[str, object]]:
    return [as_row(unit) for unit in units if unit.recipe_id == recipe.id]


def _yields(recipe: Recipe, units: list[FinishedUnit]) -> Iterator[str]:
    return (yield_in_words(unit) for unit in units if unit.recipe_id == recipe.id)


def yield_in_words(unit: FinishedUnit) -> str:
    """Return what a batch gives: how many, and of what."""
    return f"{written(Fraction(unit.yield_per_batch))} x {unit.slug}"


def _goods_and_names(session: Session) -> tuple[list[FinishedGood], dict[tuple[type, int | None], str]]:
    goods = session.find(FinishedGood)
    units = session.find(FinishedUnit)
    names: dict[tuple[type, int | None], str] = {(FinishedGood, good.id): good.slug for good in goods}
    return goods, names | {(FinishedUnit, unit.id): unit.slug for unit in units}


def _parts(good: FinishedGood, names: dict[tuple[type, int | None], str]) -> Iterator[str]:
    for part in good.components:
        unit = names.get((FinishedUnit, part.finished_unit_id))
        yield f"{written(part.quantity)} {unit or names[FinishedGood, part.finished_good_id]}"


def equivalents_in_words(ingredient: Ingredient) -> str:
    """Return how much of one unit of an ingredient is how much of another; blank when nothing is known."""
    return "; ".join(map(str, ingredient.all_equivalents))
