"""`plandoc recipe show`, `good show` and `ingredient show`: everything that is known about one thing of the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import attrs

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.catalog_commands import equivalents_in_words, quantity_and_unit, yield_in_words
from plandoc.cli.catalog_lookup import find_in_catalog
from plandoc.cli.data_folder import Folder
from plandoc.cli.messages import UsageError, whole_number
from plandoc.cli.rows import as_json, as_row
from plandoc.cli.work_tables import print_text, print_with_notes, print_work
from plandoc.domain.batches import batches_in_words
from plandoc.domain.production_sheet import PackedPart, parts_of
from plandoc.domain.requirements import Breakdown
from plandoc.domain.rounding import format_number
from plandoc.domain.scaled_recipes import RecipeScaling
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.session import Session
from plandoc.errors import shorten
from plandoc.frozen import frozen
from plandoc.records import (
    Event,
    EventFinishedGood,
    EventRecipe,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    Recipe,
    StockItem,
)
from plandoc.units.quantity_text import NotANumber, Number, number_in, written
from plandoc.workflow.catalog import find_by_key
from plandoc.workflow.sheets import scale_recipe

_WIDTH = 13


@frozen
class _ShownRecipe:
    recipe: Recipe
    base: Recipe | None
    units: tuple[FinishedUnit, ...]
    scaling: RecipeScaling
    wanted: str
    recipes: tuple[Recipe, ...]
    goods: tuple[FinishedGood, ...]
    events: tuple[Event, ...]
    stock: tuple[StockItem, ...]


@frozen
class _ShownGood:
    good: FinishedGood
    parts: tuple[PackedPart, ...]
    problems: tuple[str, ...]
    recipes: tuple[Recipe, ...]
    goods: tuple[FinishedGood, ...]
    events: tuple[tuple[Event, int], ...]


@frozen
class _ShownIngredient:
    ingredient: Ingredient
    stock: tuple[StockItem, ...]
    recipes: tuple[Recipe, ...]


def show_recipe(
    recipe: str,
    /,
    *,
    batches: str | None = None,
    wanted: Annotated[str | None, Parameter("--for", words="UNITS")] = None,
    json: bool = False,
    folder: Folder,
) -> None:
    """Show a recipe, scaled: ingredients, method, what it yields, its sub-recipes below, and where it is used.

    Args:
        recipe: The recipe, by its short name, its name or its number.
        batches: How many batches, such as 3, 0.5 or 1/2; 1 by default.
        wanted: How many units are wanted instead: a number, or UNIT=NUMBER for a recipe that yields several units. The
            fewest whole batches that give them are shown.
        json: Print the recipe as JSON.

    Examples:
        plandoc recipe show lemon-tart
        plandoc recipe show lemon-tart --batches 3
        plandoc recipe show lemon-tart --for 100
        plandoc recipe show chocolate-torte --for small-chocolate-torte=10
    """
    if batches is not None and wanted is not None:
        raise UsageError("--batches and --for are mutually exclusive")
    found = folder.read(lambda session: _read_recipe(recipe, batches, wanted, session))
    if json:
        printing.print_json(_recipe_as_json(found))
    else:
        _print_recipe(found)


def show_good(good: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show a good: what one piece is made of, the goods inside it too, which recipes it needs, and where it is used.

    Args:
        good: The good, by its short name, its name or its number.
        json: Print the good as JSON.

    Examples:
        plandoc good show tea-box
    """
    found = folder.read(lambda session: _read_good(good, session))
    if json:
        printing.print_json(_good_as_json(found))
    else:
        _print_good(found)


def show_ingredient(ingredient: str, /, *, json: bool = False, folder: Folder) -> None:
    """Show an ingredient: its category, what it weighs, what is in stock, and which recipes take how much of it.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.
        json: Print the ingredient as JSON.

    Examples:
        plandoc ingredient show wheat-flour
    """
    found = folder.read(lambda session: _read_ingredient(ingredient, session))
    if json:
        printing.print_json(_ingredient_as_json(found))
    else:
        _print_ingredient(found)


def _read_recipe(key: str, batches: str | None, wanted: str | None, session: Session) -> _ShownRecipe:
    recipe = find_in_catalog(Recipe, key, session)
    units = tuple(unit for unit in session.find(FinishedUnit) if unit.recipe_id == recipe.id)
    if wanted is None:
        scaling, words = scale_recipe(recipe.id, _number_of_batches(batches), session=session), ""
    else:
        scaling, words = _for_units(recipe, wanted, session)
    ids = {unit.id for unit in units}
    in_events = {row.event_id for row in session.find(EventRecipe) if row.recipe_id == recipe.id}
    return _ShownRecipe(
        recipe,
        None if recipe.base_recipe_id is None else session.get(Recipe, recipe.base_recipe_id),
        units,
        scaling,
        words,
        tuple(one for one in session.find(Recipe) if recipe.id in one.sub_recipe_ids),
        tuple(
            one for one in session.find(FinishedGood) if any(part.finished_unit_id in ids for part in one.components)
        ),
        tuple(session.event(event_id) for event_id in sorted(in_events)),
        tuple(item for item in session.find(StockItem) if item.recipe_id == recipe.id),
    )


def _number_of_batches(text: str | None) -> Number:
    try:
        return number_in("1" if text is None else text)
    except NotANumber as error:
        raise UsageError(f"wanted {error.wanted} for --batches, found {shorten(text)}; {error.hint}") from None


def _for_units(recipe: Recipe, wanted: str, session: Session) -> tuple[RecipeScaling, str]:
    """Return a recipe scaled to a number of units, and what that number comes to."""
    key, equals, number = wanted.rpartition("=")
    units = whole_number(number, f"{key}=" if equals else "--for")
    unit_id = find_by_key(FinishedUnit, key, session=session).id if equals else None
    scaling = scale_recipe(recipe.id, units=units, finished_unit_id=unit_id, session=session)
    [one] = [one for one in scaling.yields if unit_id in {None, one.unit.id}]
    over = f", {one.units - units} over" if one.units > units else ""
    return scaling, f"{units} x {one.unit.name}: {batches_in_words(scaling.batches)}, {one.units} made{over}"


def _read_good(key: str, session: Session) -> _ShownGood:
    good, definitions = find_in_catalog(FinishedGood, key, session), catalog_definitions(session)
    breakdown = Breakdown.of(definitions)
    problems = tuple(problem.message for problem in breakdown.problems(good.id))
    recipes = () if problems else map(definitions.recipes, sorted(breakdown.recipes(good.id)))
    planned = [row for row in session.find(EventFinishedGood) if row.finished_good_id == good.id]
    return _ShownGood(
        good,
        () if problems else parts_of(good, 1, definitions),
        problems,
        tuple(recipe for recipe in recipes if recipe is not None),
        tuple(one for one in session.find(FinishedGood) if good.id in one.inner_good_ids),
        tuple((session.event(row.event_id), row.quantity) for row in planned),
    )


def _read_ingredient(key: str, session: Session) -> _ShownIngredient:
    ingredient = find_in_catalog(Ingredient, key, session)
    return _ShownIngredient(
        ingredient,
        tuple(item for item in session.find(StockItem) if item.ingredient_id == ingredient.id),
        tuple(one for one in session.find(Recipe) if any(line.ingredient_id == ingredient.id for line in one.lines)),
    )


def _print_recipe(found: _ShownRecipe) -> None:
    recipe = found.recipe
    printing.say(f"{recipe.name} (recipe {recipe.id}, {recipe.slug})")
    _say("category", recipe.category)
    _say("variant", recipe.variant_name if found.base is None else f"{recipe.variant_name} of {found.base.name}")
    _say("a batch", ", ".join(map(_yield_with_item, found.units)))
    _say("goes into", ", ".join([*(one.slug for one in found.recipes), *(one.slug for one in found.goods)]))
    _say("planned", ", ".join(event.slug for event in found.events))
    _say("made ahead", ", ".join(" ".join(quantity_and_unit(item)) for item in found.stock))
    _say("notes", recipe.notes)
    if found.wanted:
        printing.say()
        printing.say(found.wanted)
    elif found.scaling.batches != 1:
        printing.say()
        made = " or ".join(f"{one.units} x {one.unit.name}" for one in found.scaling.yields)
        printing.say(batches_in_words(found.scaling.batches) + (f": {made}" if made else ""))
    *sub_recipes, itself = found.scaling.steps
    for work in (itself, *sub_recipes):
        print_work(work)


def _print_good(found: _ShownGood) -> None:
    good = found.good
    printing.say(f"{good.name} (good {good.id}, {good.slug})")
    _say("kind", good.assembly_type.value)
    _say("recipes", ", ".join(recipe.slug for recipe in found.recipes))
    _say("goes into", ", ".join(one.slug for one in found.goods))
    _say("planned", ", ".join(f"{event.slug} ({quantity})" for event, quantity in found.events))
    _say("notes", good.notes)
    for problem in found.problems:
        _say("broken", problem)
    columns = [printing.Column("part"), printing.Column("in one", is_number=True)]
    rows = [(f"{'  ' * part.depth}{part.name}", format_number(part.in_one)) for part in found.parts]
    printing.print_table("Made of", columns, rows, when_empty="nothing", is_one_of_several=True)


def _print_ingredient(found: _ShownIngredient) -> None:
    one = found.ingredient
    printing.say(f"{one.name} (ingredient {one.id}, {one.slug})")
    _say("category", one.category)
    _say("equivalents", equivalents_in_words(one))
    _say("in stock", ", ".join(" ".join(quantity_and_unit(item)) for item in found.stock) or "none")
    _say("notes", one.notes)
    columns = [printing.Column("recipe"), printing.Column("1 batch", is_number=True)]
    print_with_notes("Used in", columns, list(_uses(found)), when_empty="no recipes")


def _uses(found: _ShownIngredient) -> Iterator[tuple[str, str, str]]:
    for recipe in found.recipes:
        for line in recipe.lines:
            if line.ingredient_id == found.ingredient.id:
                yield recipe.slug, "" if line.quantity is None else f"{written(line.quantity)} {line.unit}", line.notes


def _yield_with_item(unit: FinishedUnit) -> str:
    usual = attrs.fields(FinishedUnit).item_unit.default
    return yield_in_words(unit) + ("" if unit.item_unit == usual else f" (one is called {unit.item_unit})")


def _say(label: str, text: str) -> None:
    """Print a labelled line; nothing for a blank text, and a text of several lines below its label."""
    if "\n" in text:
        print_text(label.capitalize(), text)
    elif text:
        printing.say(f"{label:<{_WIDTH}}{text}")


def _recipe_as_json(found: _ShownRecipe) -> dict[str, Any]:
    return {
        **as_row(found.recipe),
        "finished_units": [as_row(unit) for unit in found.units],
        "scaled": as_json(found.scaling),
        "stock": [as_row(item) for item in found.stock],
        "used_in": _used_in(recipes=found.recipes, goods=found.goods, events=found.events),
    }


def _good_as_json(found: _ShownGood) -> dict[str, Any]:
    return {
        **as_row(found.good),
        "parts": as_json(found.parts),
        "problems": list(found.problems),
        "recipes": as_json(found.recipes),
        "used_in": _used_in(goods=found.goods, events=[event for event, _ in found.events]),
    }


def _ingredient_as_json(found: _ShownIngredient) -> dict[str, Any]:
    stock = [as_row(item) for item in found.stock]
    return {**as_row(found.ingredient), "stock": stock, "used_in": _used_in(recipes=found.recipes)}


def _used_in(**records: Iterable[Any]) -> dict[str, Any]:
    return {
        kind: [{"id": one.id, "slug": one.slug, "name": one.name} for one in found] for kind, found in records.items()
    }
