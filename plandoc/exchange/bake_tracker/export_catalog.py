"""Ingredients, recipes and finished units of a bake-tracker export."""

from __future__ import annotations

from collections import Counter

from plandoc import records
from plandoc.exchange.bake_tracker.entries import Entry, aliases_of
from plandoc.exchange.bake_tracker.fields import Fields, Reference
from plandoc.exchange.bake_tracker.reader import ExportReader
from plandoc.units import Kind, kind_of

_MODES = {mode.value: mode for mode in records.YieldMode}


def ingredients(export: ExportReader) -> list[Entry]:
    """Return the ingredients."""
    return export.each("ingredients", lambda row: _ingredient(export, row))


def recipes(export: ExportReader) -> tuple[list[Entry], list[Entry]]:
    """Return the recipes, and the finished units that stand inside them."""
    nested: list[Entry] = []
    entries = export.each("recipes", lambda row: _recipe(export, row, nested))
    _note_look_alikes(export, [entry.record for entry in entries])
    return entries, nested


def units(export: ExportReader) -> list[Entry]:
    """Return the finished units that stand in a table of their own."""
    return export.each("finished_units", lambda row: _unit(export, row, None))


def _ingredient(export: ExportReader, row: Fields) -> Entry:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    record = records.Ingredient(
        name=name,
        category=row.text("category"),
        density=_density(export, row, name),
        notes=row.text("description", "notes"),
        slug=export.slug("ingredients", given, name),
        id=export.number(),
    )
    export.link("ingredients", name, row.reference_or_none("ingredients", "parent_slug"))
    return Entry("ingredients", record, aliases_of(given, name))


def _density(export: ExportReader, row: Fields, name: str) -> records.Density | None:
    volume, weight = row.amount_or_none("density_volume_value"), row.amount_or_none("density_weight_value")
    volume_unit, weight_unit = row.text("density_volume_unit"), row.text("density_weight_unit")
    if volume is not None and weight is not None and volume_unit and weight_unit:
        if kind_of(volume_unit) is Kind.VOLUME and kind_of(weight_unit) is Kind.WEIGHT:
            return records.Density(volume, volume_unit, weight, weight_unit)
        shown = f"{volume} {volume_unit} = {weight} {weight_unit}"
        export.note(f"ingredients: the density of {name} was left out: {shown} is no volume and its weight")
        return None
    if volume is not None or weight is not None:
        export.note(f"ingredients: the density of {name} is not complete and was left out")
    return None


def _recipe(export: ExportReader, row: Fields, nested: list[Entry]) -> Entry:
    given, name = row.text("slug"), row.name("name", "display_name")
    slug = export.slug("recipes", given, name)
    itself = Reference("recipes", given or name)
    lines = row.rows("ingredients", lambda line: _line(export, line))
    parts = row.rows("components", lambda part: _part(export, part))
    base = row.reference_or_none("recipes", "base_recipe_slug", "base_recipe_name")
    category, variant, notes = row.text("category"), row.text("variant_name"), row.text("notes")
    nested.extend(row.rows("finished_units", lambda unit: _unit(export, unit, itself)))
    record = records.Recipe(
        name=name,
        category=category,
        lines=tuple(lines),
        sub_recipes=tuple(parts),
        base_recipe_id=None if base is None else export.number(base),
        variant_name=variant,
        notes=notes,
        slug=slug,
        id=export.number(),
    )
    return Entry("recipes", record, aliases_of(given, name))


def _line(export: ExportReader, row: Fields) -> records.RecipeLine:
    ingredient = export.number(row.reference("ingredients", "ingredient_slug", "ingredient_name"))
    return records.RecipeLine(ingredient, row.amount("quantity"), row.name("unit"), row.text("notes"))


def _part(export: ExportReader, row: Fields) -> records.SubRecipe:
    names = ("recipe_slug", "recipe_name", "component_recipe_slug", "component_recipe_name")
    return records.SubRecipe(export.number(row.reference("recipes", *names)), row.amount("quantity"), row.text("notes"))


def _unit(export: ExportReader, row: Fields, recipe: Reference | None) -> Entry:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    slug = export.slug("finished_units", given, name)
    made_by = recipe or row.reference("recipes", "recipe_slug", "recipe_name")
    if recipe is not None:
        # Said twice, by its place and by a name: the place counts, but the name must not be a broken one.
        export.link("finished_units", name, row.reference_or_none("recipes", "recipe_slug", "recipe_name"))
    mode, item_unit, notes = _mode(export, row), row.text("item_unit", default="piece"), row.text("notes")
    items, percentage = row.whole_or_none("items_per_batch"), row.amount_or_none("batch_percentage")
    record = records.FinishedUnit(
        name=name,
        recipe_id=export.number(made_by),
        item_unit=item_unit,
        mode=mode,
        items_per_batch=items,
        batch_percentage=percentage,
        notes=notes,
        slug=slug,
        id=export.number(),
    )
    return Entry("finished_units", record, aliases_of(given, name))


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
