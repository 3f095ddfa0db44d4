"""What can be in stock: an ingredient, or batches of a recipe that were made ahead."""

from __future__ import annotations

from plandoc import units
from plandoc.errors import shorten
from plandoc.records import Ingredient, Recipe

Stocked = Ingredient | Recipe


def is_of_recipe(unit: object, *, has_ingredient: bool, has_recipe: bool) -> bool:
    """Return whether stock that is named by a text is of a recipe; the unit decides where the name does not.

    >>> is_of_recipe("batches", has_ingredient=True, has_recipe=True), is_of_recipe("kg", has_ingredient=True, has_recipe=True)
    (True, False)

    Args:
        unit: The unit that was given.
        has_ingredient: Whether an ingredient has this name.
        has_recipe: Whether a recipe has it.
    """
    return _is_batches(unit) if has_ingredient == has_recipe else has_recipe


def wrong_unit_of_recipe(name: str, unit: object) -> str | None:
    """Return why stock of a recipe cannot be in a unit; None when it can: a piece of what is made in batches is a batch."""
    if unit == units.PIECES or _is_batches(unit):
        return None
    return f"{name} is a recipe, so its stock is in batches; found {shorten(unit)}"


def _is_batches(unit: object) -> bool:
    return isinstance(unit, str) and units.is_batches(unit)
