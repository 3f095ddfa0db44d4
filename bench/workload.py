"""What every contender keeps: one catalog, and N events of the same size, all LOCKED.

Rows are written as plandoc writes them (`bench/contenders/with_plandoc.py` compares); ids are texts where they are keys.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

Row = dict[str, Any]
# Rows by table and id.
Catalog = dict[str, dict[str, Row]]

RECIPES = 8
LINES_OF_RECIPE = 8
LINES_OF_OTHERS = 12
INGREDIENTS = 24
GOODS = 12
DATE = datetime.date(2026, 12, 25)


def slug(name: str) -> str:
    """Return the slug that plandoc gives a name of this module."""
    return name.lower().replace(" ", "-")


def catalog(recipes: int = RECIPES) -> Catalog:
    """Return the rows of the catalog.

    Args:
        recipes: How many; those that no plan takes have more lines.
    """
    return {
        "ingredients": _numbered(INGREDIENTS, _ingredient),
        "recipes": _numbered(recipes, _recipe),
        "finished_units": _numbered(recipes, _unit),
        "finished_goods": _numbered(GOODS, _good),
    }


def _numbered(count: int, row: Any) -> dict[str, Row]:
    return {str(number): row(number) for number in range(1, count + 1)}


def _ingredient(number: int) -> Row:
    name = f"Ingredient {number}"
    return {"name": name, "category": "", "density": None, "notes": "", "equivalents": [], "slug": slug(name)}


def _recipe(number: int) -> Row:
    name = f"Recipe {number}"
    return {
        "name": name,
        "category": "",
        "lines": [
            {
                "ingredient_id": 1 + (number * 3 + line) % INGREDIENTS,
                "quantity": f"{1 + line}.25",
                "unit": "cup",
                "notes": "",
            }
            for line in range(LINES_OF_RECIPE if number <= RECIPES else LINES_OF_OTHERS)
        ],
        "sub_recipes": [],
        "base_recipe_id": None,
        "variant_name": "",
        "method": "",
        "notes": "",
        "slug": slug(name),
    }


def _unit(number: int) -> Row:
    name = f"Unit {number}"
    return {
        "name": name,
        "recipe_id": number,
        "item_unit": "piece",
        "mode": "discrete_count",
        "items_per_batch": items_per_batch(number),
        "batch_percentage": None,
        "notes": "",
        "slug": slug(name),
    }


def _good(number: int) -> Row:
    name = f"Box {number}"
    parts = [
        {"finished_unit_id": unit, "finished_good_id": None, "quantity": count, "notes": ""}
        for unit, count in components(number)
    ]
    return {"name": name, "components": parts, "assembly_type": "bundle", "notes": "", "slug": slug(name)}


def components(good_number: int) -> list[tuple[int, str]]:
    """Return unit and quantity of each component of a good."""
    return [(1 + good_number % RECIPES, "6"), (1 + (good_number + 3) % RECIPES, "4")]


def items_per_batch(recipe_number: int) -> int:
    """Return the yield of a recipe's unit."""
    return 24 + recipe_number


def event(number: int, state: str = "locked") -> Row:
    """Return the row of an event; numbers are ids and start at 1."""
    name = f"Event {number}"
    return {
        "name": name,
        "event_date": DATE.isoformat(),
        "expected_attendees": None,
        "notes": "",
        "plan_state": state,
        "slug": slug(name),
    }


def quantities() -> dict[int, int]:
    """Return how many of each good an event hands out."""
    return {number: number + 2 for number in range(1, GOODS + 1)}


def recipe_ids() -> list[int]:
    """Return the recipes that an event selects."""
    return list(range(1, RECIPES + 1))


def decisions() -> list[Row]:
    """Return what is decided for an event: just enough batches of each unit."""
    return [_decision(unit) for unit in range(1, RECIPES + 1)]


def _decision(unit: int) -> Row:
    needed = sum(
        count * int(each) for good, count in quantities().items() for part, each in components(good) if part == unit
    )
    return {
        "finished_unit_id": unit,
        "recipe_id": unit,
        "batches": -(-needed // items_per_batch(unit)),
        "yield_per_batch": items_per_batch(unit),
        "units_needed": needed,
        "shortfall_accepted": False,
        "exact_need": needed,
        "recipe_fingerprint": fingerprint(_recipe(unit)),
    }


def fingerprint(recipe: Row) -> str:
    """Return the digest of what goes into a recipe without sub-recipes, as plandoc keeps it with a decision."""
    lines = sorted([line["ingredient_id"], line["quantity"], line["unit"]] for line in recipe["lines"])
    return hashlib.sha256(json.dumps([lines, []]).encode()).hexdigest()[:16]
