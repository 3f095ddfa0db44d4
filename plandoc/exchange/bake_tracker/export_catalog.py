"""Ingredients, recipes and finished units of a bake-tracker export."""

from __future__ import annotations

from collections import Counter

from plandoc import records
from plandoc.exchange.bake_tracker.reader import Export
from plandoc.exchange.drafts import Draft, IdOf
from plandoc.exchange.fields import Fields, Reference
from plandoc.units import Dimension, dimension_of

_MODES = {mode.value: mode for mode in records.YieldMode}


def ingredients(export: Export) -> list[Draft]:
    """Return the ingredients."""
    return export.each("ingredients", lambda row: _ingredient(export, row))


def recipes(export: Export) -> tuple[list[Draft], list[Draft]]:
    """Return the recipes, and the finished units that stand inside them."""
    nested: list[Draft] = []
    drafts = export.each("recipes", lambda row: _recipe(export, row, nested))
    _note_look_alikes(export, [draft.make(lambda _: 1) for draft in drafts])
    return drafts, nested


def units(export: Export) -> list[Draft]:
    """Return the finished units that stand in a table of their own."""
    return export.each("finished_units", lambda row: _unit(export, row, None))


def _ingredient(export: Export, row: Fields) -> Draft:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    record = records.Ingredient(
        name=name,
        category=row.text("category"),
        density=_density(export, row, name),
        notes=row.text("description", "notes"),
        slug=export.slug("ingredients", given, name),
    )
    export.link("ingredients", name, row.reference_or_none("ingredients", "parent_slug"))
    return Draft("ingredients", records.Ingredient, name, record.slug, _aliases(given, name), (), lambda _: record)


def _density(export: Export, row: Fields, name: str) -> records.Density | None:
    volume, weight = row.amount_or_none("density_volume_value"), row.amount_or_none("density_weight_value")
    volume_unit, weight_unit = row.text("density_volume_unit"), row.text("density_weight_unit")
    if volume is not None and weight is not None and volume_unit and weight_unit:
        if dimension_of(volume_unit) is Dimension.VOLUME and dimension_of(weight_unit) is Dimension.WEIGHT:
            return records.Density(volume, volume_unit, weight, weight_unit)
        shown = f"{volume} {volume_unit} = {weight} {weight_unit}"
        export.note(f"ingredients: the density of {name} was left out: {shown} is no volume and its weight")
        return None
    if volume is not None or weight is not None:
        export.note(f"ingredients: the density of {name} is not complete and was left out")
    return None


def _recipe(export: Export, row: Fields, nested: list[Draft]) -> Draft:
    given, name = row.text("slug"), row.name("name", "display_name")
    slug = export.slug("recipes", given, name)
    itself = Reference("recipes", given or name)
    lines = row.rows("ingredients", _line)
    parts = row.rows("components", _part)
    base = row.reference_or_none("recipes", "base_recipe_slug", "base_recipe_name")
    category, variant, notes = row.text("category"), row.text("variant_name"), row.text("notes")
    nested.extend(row.rows("finished_units", lambda unit: _unit(export, unit, itself)))

    def make(id_of: IdOf) -> records.Recipe:
        return records.Recipe(
            name=name,
            category=category,
            lines=tuple(records.RecipeLine(id_of(ref), quantity, unit, note) for ref, quantity, unit, note in lines),
            sub_recipes=tuple(records.SubRecipe(id_of(ref), multiplier, note) for ref, multiplier, note in parts),
            base_recipe_id=None if base is None else id_of(base),
            variant_name=variant,
            notes=notes,
            slug=slug,
        )

    make(lambda _: 1)  # A row that breaks a rule is to fail here, where its place in the file is known.
    references = (*(line[0] for line in lines), *(part[0] for part in parts), *((base,) if base else ()))
    return Draft("recipes", records.Recipe, name, slug, _aliases(given, name), references, make)


def _line(row: Fields) -> tuple[Reference, object, str, str]:
    ingredient = row.reference("ingredients", "ingredient_slug", "ingredient_name")
    return ingredient, row.amount("quantity"), row.name("unit"), row.text("notes")


def _part(row: Fields) -> tuple[Reference, object, str]:
    names = ("recipe_slug", "recipe_name", "component_recipe_slug", "component_recipe_name")
    return row.reference("recipes", *names), row.amount("quantity"), row.text("notes")


def _unit(export: Export, row: Fields, recipe: Reference | None) -> Draft:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    slug = export.slug("finished_units", given, name)
    made_by = recipe or row.reference("recipes", "recipe_slug", "recipe_name")
    if recipe is not None:
        # Said twice, by its place and by a name: the place counts, but the name must not be a broken one.
        export.link("finished_units", name, row.reference_or_none("recipes", "recipe_slug", "recipe_name"))
    mode, item_unit, notes = _mode(export, row), row.text("item_unit", default="piece"), row.text("notes")
    items, percentage = row.whole_or_none("items_per_batch"), row.amount_or_none("batch_percentage")

    def make(id_of: IdOf) -> records.FinishedUnit:
        return records.FinishedUnit(
            name=name,
            recipe_id=id_of(made_by),
            item_unit=item_unit,
            mode=mode,
            items_per_batch=items,
            batch_percentage=percentage,
            notes=notes,
            slug=slug,
        )

    make(lambda _: 1)
    return Draft("finished_units", records.FinishedUnit, name, slug, _aliases(given, name), (made_by,), make)


def _mode(export: Export, row: Fields) -> records.YieldMode:
    kind = row.text("yield_mode", default=records.YieldMode.DISCRETE_COUNT.value)
    if kind in _MODES:
        return _MODES[kind]
    mode = _MODES["batch_portion" if row.whole_or_none("items_per_batch") is None else "discrete_count"]
    export.note(f"finished_units: the yield mode {kind!r} is not known and was read as {mode.value}")
    return mode


def _aliases(given: str, name: str) -> tuple[str, ...]:
    return (given, name) if given else (name,)


def _note_look_alikes(export: Export, made: list[records.Recipe]) -> None:
    counted = Counter(recipe.category for recipe in made if recipe.category)
    for category in sorted(counted):
        for other in (f"{category}s", f"{category}es"):
            if other in counted:
                export.note(
                    f"recipes: the categories {category!r} ({counted[category]}) and {other!r} ({counted[other]}) "
                    f"look alike; both were kept"
                )
