"""Ingredients, recipes and finished units of a bake-tracker export."""

from __future__ import annotations

from collections import Counter

from plandoc import records
from plandoc.exchange.bake_tracker.export_reader import ExportReader
from plandoc.exchange.bake_tracker.fields import Fields
from plandoc.units import Dimension, dimension_of

_MODES = {mode.value: mode for mode in records.YieldMode}


def ingredients(export: ExportReader) -> list[records.Ingredient]:
    """Return the ingredients."""
    return export.settled(export.each("ingredients", lambda row: _ingredient(export, row)))


def recipes(export: ExportReader) -> tuple[list[records.Recipe], list[records.FinishedUnit]]:
    """Return the recipes, and the finished units that are listed inside them."""
    nested: list[records.FinishedUnit] = []
    made = export.settled(export.each("recipes", lambda row: _recipe(export, row, nested)))
    _note_look_alikes(export, made)
    return made, nested


def units(export: ExportReader) -> list[records.FinishedUnit]:
    """Return the finished units that have a table of their own."""
    return export.each("finished_units", lambda row: _unit(export, row, None))


def _ingredient(export: ExportReader, row: Fields) -> records.Ingredient:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    record = records.Ingredient(
        name=name,
        category=row.text("category"),
        density=_density(export, row, name),
        notes=row.text("description", "notes"),
        slug=export.slug("ingredients", given, name),
        id=export.new_number(),
    )
    parent = row.reference_or_none("ingredients", "parent_slug")
    if parent is not None:
        # Nothing keeps it; but it must not be broken.
        export.later(parent)
    export.know("ingredients", record.id, name, record.slug, given)
    return record


def _density(export: ExportReader, row: Fields, name: str) -> records.Density | None:
    volume, weight = row.amount_or_none("density_volume_value"), row.amount_or_none("density_weight_value")
    volume_unit, weight_unit = row.text("density_volume_unit"), row.text("density_weight_unit")
    if volume is not None and weight is not None and volume_unit and weight_unit:
        if dimension_of(volume_unit) is Dimension.VOLUME and dimension_of(weight_unit) is Dimension.WEIGHT:
            return records.Density(volume, volume_unit, weight, weight_unit)
        shown = f"{volume} {volume_unit} = {weight} {weight_unit}"
        export.note(f"ingredients: the density of {name} was left out: {shown} is not a volume and its weight")
        return None
    if volume is not None or weight is not None:
        export.note(f"ingredients: the density of {name} is not complete and was left out")
    return None


def _recipe(export: ExportReader, row: Fields, nested: list[records.FinishedUnit]) -> records.Recipe:
    given, name = row.text("slug"), row.name("name", "display_name")
    slug, number = export.slug("recipes", given, name), export.new_number()
    base = row.reference_or_none("recipes", "base_recipe_slug", "base_recipe_name")
    record = records.Recipe(
        name=name,
        category=row.text("category"),
        lines=tuple(row.rows("ingredients", lambda line: _line(export, line))),
        sub_recipes=tuple(row.rows("components", lambda part: _part(export, part))),
        base_recipe_id=None if base is None else export.later(base),
        variant_name=row.text("variant_name"),
        notes=row.text("notes"),
        slug=slug,
        id=number,
    )
    nested.extend(row.rows("finished_units", lambda unit: _unit(export, unit, number)))
    export.know("recipes", number, name, slug, given)
    return record


def _line(export: ExportReader, row: Fields) -> records.RecipeLine:
    ingredient = export.number_of(row.reference("ingredients", "ingredient_slug", "ingredient_name"))
    return records.RecipeLine(ingredient, row.amount("quantity"), row.name("unit"), row.text("notes"))


def _part(export: ExportReader, row: Fields) -> records.SubRecipe:
    names = ("recipe_slug", "recipe_name", "component_recipe_slug", "component_recipe_name")
    return records.SubRecipe(export.later(row.reference("recipes", *names)), row.amount("quantity"), row.text("notes"))


def _unit(export: ExportReader, row: Fields, recipe: int | None) -> records.FinishedUnit:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    slug = export.slug("finished_units", given, name)
    if recipe is None:
        recipe = export.number_of(row.reference("recipes", "recipe_slug", "recipe_name"))
    elif (named := row.reference_or_none("recipes", "recipe_slug", "recipe_name")) is not None:
        # Given twice, by its place and by a name: the place counts, but the name must not be broken.
        export.later(named)
    record = records.FinishedUnit(
        name=name,
        recipe_id=recipe,
        item_unit=row.text("item_unit", default="piece"),
        mode=_mode(export, row),
        items_per_batch=row.whole_or_none("items_per_batch"),
        batch_percentage=row.amount_or_none("batch_percentage"),
        notes=row.text("notes"),
        slug=slug,
        id=export.new_number(),
    )
    export.know("finished_units", record.id, name, slug, given)
    return record


def _mode(export: ExportReader, row: Fields) -> records.YieldMode:
    kind = row.text("yield_mode", default=records.YieldMode.DISCRETE_COUNT.value)
    if kind in _MODES:
        return _MODES[kind]
    mode = _MODES["batch_portion" if row.whole_or_none("items_per_batch") is None else "discrete_count"]
    export.note(f"finished_units: the yield mode {kind!r} is not known and was read as {mode.value}")
    return mode


def _note_look_alikes(export: ExportReader, made: list[records.Recipe]) -> None:
    counted = Counter(recipe.category for recipe in made if recipe.category)
    for category in sorted(counted):
        for other in (f"{category}s", f"{category}es"):
            if other in counted:
                export.note(
                    f"recipes: the categories {category!r} ({counted[category]}) and {other!r} ({counted[other]}) "
                    f"look alike; both were kept"
                )
