"""What every contender keeps: one catalogue, and N events of the same size of which the first few are LOCKED."""

from __future__ import annotations

import datetime

RECIPES = 8
LINES_OF_RECIPE = 8
INGREDIENTS = 24
GOODS = 12
DATE = datetime.date(2026, 12, 25)


def ingredient(number: int) -> str:
    """Return the name of an ingredient; numbers start at 1 everywhere."""
    return f"Ingredient {number}"


def recipe(number: int) -> str:
    """Return the name of a recipe."""
    return f"Recipe {number}"


def unit(number: int) -> str:
    """Return the name of the finished unit of a recipe."""
    return f"Unit {number}"


def good(number: int) -> str:
    """Return the name of a finished good."""
    return f"Box {number}"


def event(number: int) -> str:
    """Return the name of an event."""
    return f"Event {number}"


def slug(name: str) -> str:
    """Return the slug that plandoc gives a name above."""
    return name.lower().replace(" ", "-")


def lines(recipe_number: int) -> list[tuple[int, str, str]]:
    """Return ingredient, quantity and unit of each line of a recipe."""
    return [(1 + (recipe_number * 3 + line) % INGREDIENTS, f"{1 + line}.25", "cup") for line in range(LINES_OF_RECIPE)]


def components(good_number: int) -> list[tuple[int, str]]:
    """Return unit and quantity of each component of a good."""
    return [(1 + good_number % RECIPES, "6"), (1 + (good_number + 3) % RECIPES, "4")]


def quantity(good_number: int) -> int:
    """Return how many of a good an event hands out."""
    return good_number + 2


def items_per_batch(recipe_number: int) -> int:
    """Return the yield of a recipe's unit."""
    return 24 + recipe_number


def needed(unit_number: int) -> int:
    """Return how many of a unit the goods of an event take."""
    return sum(
        quantity(number) * int(count)
        for number in range(1, GOODS + 1)
        for part, count in components(number)
        if part == unit_number
    )


def batches(unit_number: int) -> int:
    """Return how many batches of a unit are decided: just enough."""
    return -(-needed(unit_number) // items_per_batch(unit_number))
