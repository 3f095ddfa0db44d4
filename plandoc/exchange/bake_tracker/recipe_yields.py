"""The finished units that older exports have as a yield on the recipe, and the recipes without any."""

from __future__ import annotations

from collections.abc import Iterable

from plandoc.errors.hints import Hint, wording
from plandoc.exchange.bake_tracker.export_reader import ExportReader
from plandoc.exchange.bake_tracker.read_catalog import RecipesRead, RecipeYield
from plandoc.exchange.names import listed, shown
from plandoc.records import FinishedUnit, Recipe
from plandoc.units.quantity_text import written


def units_of_yields(export: ExportReader, read: RecipesRead, units: Iterable[FinishedUnit]) -> list[FinishedUnit]:
    """Return a unit for each yield on a recipe that has no finished unit in the file and no other one in the folder."""
    with_units = {unit.recipe_id for unit in units}
    without = [recipe for recipe in read.recipes if recipe.id not in with_units]
    made = [_unit_of(export, recipe, read.yields[recipe.id]) for recipe in without]
    _note_odd(export, [(recipe, read.yields[recipe.id]) for recipe in without])
    _note_silent(export, read, [recipe for recipe in without if read.yields[recipe.id].quantity is None])
    return [unit for unit in made if unit is not None]


def _unit_of(export: ExportReader, recipe: Recipe, given: RecipeYield) -> FinishedUnit | None:
    count = given.count
    if not count:
        return None
    there = export.folder.units_of(recipe.slug)
    # With the slug of another recipe's unit, that unit would become one of this recipe.
    others = {unit.slug for unit in export.folder.records["finished_units"].values()} - there.keys()
    slug = export.slug("finished_units", "", recipe.name, avoided=others)
    if there and slug not in there:
        return None
    unit = FinishedUnit(
        recipe.name,
        recipe.id,
        given.item_unit or "piece",
        items_per_batch=count,
        slug=slug,
        id=export.new_number(),
    )
    export.know("finished_units", unit.id, unit.name, slug, "")
    return unit


def _note_odd(export: ExportReader, given: Iterable[tuple[Recipe, RecipeYield]]) -> None:
    odd = [
        f"{shown(recipe.name)} ({' '.join(filter(None, (written(one.quantity), one.item_unit)))})"
        for recipe, one in given
        if one.quantity is not None and not one.count
    ]
    if odd:
        export.note(f"recipes: no finished unit was made of what is not a whole number above 0: {listed(odd)}")


def _note_silent(export: ExportReader, read: RecipesRead, recipes: Iterable[Recipe]) -> None:
    # A recipe that goes into others need not yield anything.
    parts = {part.recipe_id for recipe in read.recipes for part in recipe.sub_recipes}
    silent = [shown(one.name) for one in recipes if one.id not in parts and not export.folder.units_of(one.slug)]
    if silent:
        says = "1 recipe says" if len(silent) == 1 else f"{len(silent)} recipes say"
        export.note(
            wording(
                "recipes: {says} nothing about what a batch gives; nothing can be planned from {them} until {step} "
                "with the columns recipe, makes and of: {names}",
                says=says,
                them="it" if len(silent) == 1 else "them",
                step=Hint.IMPORT_RECIPES(),
                names=listed(silent),
            )
        )
