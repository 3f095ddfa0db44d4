"""`plandoc recipe list` and `plandoc good list`."""

from __future__ import annotations

from collections.abc import Iterator

from plandoc.cli import printing
from plandoc.cli.data_folder import Folder
from plandoc.cli.rows import as_row
from plandoc.engine.session import Session
from plandoc.records import FinishedGood, FinishedUnit, Recipe

_NUMBER = printing.Column("id", is_number=True)


def list_recipes(*, json: bool = False, folder: Folder) -> None:
    """List the recipes and what a batch of each yields.

    Args:
        json: Print the recipes as JSON.

    Examples:
        plandoc recipe list
    """
    recipes, units = folder.look(lambda session: (session.find(Recipe), session.find(FinishedUnit)))
    if json:
        printing.print_json([{**as_row(recipe), "finished_units": _units_of(recipe, units)} for recipe in recipes])
        return
    columns = [_NUMBER, *map(printing.Column, ("recipe", "name", "category", "a batch gives"))]
    rows = [(one.id, one.slug, one.name, one.category, ", ".join(_yields(one, units))) for one in recipes]
    printing.print_table("Recipes", columns, rows, when_empty="none yet; 'plandoc import FILE' brings some in")


def list_goods(*, json: bool = False, folder: Folder) -> None:
    """List the goods that can be handed out and what is in them.

    Args:
        json: Print the goods as JSON.

    Examples:
        plandoc good list
    """
    goods, names = folder.look(_goods_and_names)
    if json:
        printing.print_json([as_row(good) for good in goods])
        return
    columns = [_NUMBER, *map(printing.Column, ("good", "name", "kind", "made of"))]
    rows = [(one.id, one.slug, one.name, one.assembly_type.value, ", ".join(_parts(one, names))) for one in goods]
    printing.print_table("Goods", columns, rows, when_empty="none yet; 'plandoc import FILE' brings some in")


def _units_of(recipe: Recipe, units: list[FinishedUnit]) -> list[dict[str, object]]:
    return [as_row(unit) for unit in units if unit.recipe_id == recipe.id]


def _yields(recipe: Recipe, units: list[FinishedUnit]) -> Iterator[str]:
    for unit in units:
        if unit.recipe_id == recipe.id:
            yield f"{unit.yield_per_batch} {unit.slug}"


def _goods_and_names(session: Session) -> tuple[list[FinishedGood], dict[tuple[type, int | None], str]]:
    goods = session.find(FinishedGood)
    units = session.find(FinishedUnit)
    names: dict[tuple[type, int | None], str] = {(FinishedGood, good.id): good.slug for good in goods}
    return goods, names | {(FinishedUnit, unit.id): unit.slug for unit in units}


def _parts(good: FinishedGood, names: dict[tuple[type, int | None], str]) -> Iterator[str]:
    for part in good.components:
        unit = names.get((FinishedUnit, part.finished_unit_id))
        yield f"{part.quantity} {unit or names[FinishedGood, part.finished_good_id]}"
