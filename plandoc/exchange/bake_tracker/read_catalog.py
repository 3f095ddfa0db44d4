"""Ingredients, recipes and finished units of a bake-tracker export."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from plandoc import records
from plandoc.domain.rounding import format_number
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.bake_tracker.export_reader import ExportReader
from plandoc.exchange.bake_tracker.fields import Fields, refuse
from plandoc.frozen import frozen
from plandoc.records import RecipeId
from plandoc.units import Dimension, dimension_of
from plandoc.units.quantity_text import Number, written

_MODES = {mode.value: mode for mode in records.YieldMode}
_UNITS = "finished_units"


@frozen
class RecipeYield:
    """What a batch of a recipe gives, as it is written on the recipe itself.

    Attributes:
        quantity: How many; None when the recipe does not say.
        item_unit: What one of it is called; blank when the recipe does not say.
    """

    quantity: Number | None
    item_unit: str

    @property
    def count(self) -> int:
        """How many, as a whole number above 0; 0 where it is not one."""
        number = Fraction(self.quantity or 0)
        return int(number) if number.denominator == 1 else 0


@frozen
class RecipesRead:
    """What the table of the recipes holds.

    Attributes:
        units: The finished units that are listed inside recipes.
        yields: By the number of the recipe.
    """

    recipes: list[records.Recipe]
    units: list[records.FinishedUnit]
    yields: dict[int, RecipeYield]


def ingredients(export: ExportReader) -> list[records.Ingredient]:
    """Return the ingredients."""
    return export.settled(export.each("ingredients", lambda row: _ingredient(export, row)))


def recipes(export: ExportReader) -> RecipesRead:
    """Return the recipes, with the finished units that are listed inside them and the yields that are on them."""
    units: list[records.FinishedUnit] = []
    yields: dict[int, RecipeYield] = {}
    made = export.settled(export.each("recipes", lambda row: _recipe(export, row, units, yields)))
    _note_look_alikes(export, made)
    return RecipesRead(made, units, yields)


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
        # It is not stored, but it must not be broken.
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


def _recipe(
    export: ExportReader, row: Fields, units: list[records.FinishedUnit], yields: dict[int, RecipeYield]
) -> records.Recipe:
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
    units.extend(row.rows("finished_units", lambda unit: _nested_unit(export, unit, number)))
    yields[number] = RecipeYield(row.amount_or_none("yield_quantity"), row.text("yield_unit"))
    export.know("recipes", number, name, slug, given)
    return record


def _line(export: ExportReader, row: Fields) -> records.RecipeLine:
    ingredient = export.number_of(row.reference("ingredients", "ingredient_slug", "ingredient_name"))
    return records.RecipeLine(ingredient, row.amount("quantity"), row.name("unit"), row.text("notes"))


def _part(export: ExportReader, row: Fields) -> records.SubRecipe:
    names = ("recipe_slug", "recipe_name", "component_recipe_slug", "component_recipe_name")
    return records.SubRecipe(export.later(row.reference("recipes", *names)), row.amount("quantity"), row.text("notes"))


def _nested_unit(export: ExportReader, row: Fields, recipe: RecipeId) -> records.FinishedUnit:
    try:
        return _unit(export, row, recipe)
    except ValidationError as error:
        # The failing row is the recipe's, which can have several units.
        name = row.text("display_name", "name", "slug") or "?"
        message = "; ".join(str(problem) for problem in error.problems)
        raise ValidationError([Problem(message, table=_UNITS, row=shorten(name))]) from None


def _unit(export: ExportReader, row: Fields, recipe: RecipeId | None) -> records.FinishedUnit:
    given, name = row.text("slug"), row.name("display_name", "name", "slug")
    slug = export.slug(_UNITS, given, name)
    if recipe is None:
        recipe = export.number_of(row.reference("recipes", "recipe_slug", "recipe_name"))
    elif (named := row.reference_or_none("recipes", "recipe_slug", "recipe_name")) is not None:
        # Given twice, by its place and by a name: the place counts, but the name must not be broken.
        export.later(named)
    mode = _mode(row)
    # Inside a recipe, newer versions call it by the second name.
    count = row.whole_or_none("items_per_batch", "unit_yield_quantity")
    if mode is records.YieldMode.DISCRETE_COUNT and count is None:
        raise refuse(
            "wanted how many a batch gives, or unit_yield_quantity inside a recipe; found neither", "items_per_batch"
        )
    record = records.FinishedUnit(
        name=name,
        recipe_id=recipe,
        item_unit=row.text("item_unit", "unit_yield_unit") or "piece",
        mode=mode,
        items_per_batch=count,
        batch_percentage=row.amount_or_none("batch_percentage"),
        notes=row.text("notes"),
        slug=slug,
        id=export.new_number(),
    )
    _note_small_part(export, record)
    export.know(_UNITS, record.id, name, slug, given)
    return record


def _mode(row: Fields) -> records.YieldMode:
    kind = row.text("yield_mode", default=records.YieldMode.DISCRETE_COUNT.value)
    mode = _MODES.get(kind.strip().lower())
    if mode is None:
        raise refuse(f"wanted one of {', '.join(_MODES)}, found {shorten(kind)}", "yield_mode")
    return mode


def _note_small_part(export: ExportReader, unit: records.FinishedUnit) -> None:
    part = unit.batch_percentage
    if part is not None and part < 1:
        made, meant = format_number(Fraction(unit.yield_per_batch)), format_number(Fraction(part) * 100)
        export.note(
            f"finished_units: {unit.name} takes {written(part)} % of a batch, so that a batch gives {made}; "
            f"if it takes {meant} %, correct the export and import it again"
        )


def _note_look_alikes(export: ExportReader, made: list[records.Recipe]) -> None:
    counted = Counter(recipe.category for recipe in made if recipe.category)
    for category in sorted(counted):
        for other in (f"{category}s", f"{category}es"):
            if other in counted:
                export.note(
                    f"recipes: the categories {category!r} ({counted[category]}) and {other!r} ({counted[other]}) "
                    f"look alike; both were kept"
                )
