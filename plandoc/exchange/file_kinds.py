"""Recognizing a file that was given to the wrong import: a table, an export, or recipes of another program."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from pathlib import PurePath
from types import MappingProxyType

from plandoc.errors.hints import Hint, Wording, wording
from plandoc.exchange.csv_lines import head_of_table
from plandoc.exchange.names import column_name

_IMPORTS: Mapping[str, Hint] = MappingProxyType(
    {
        "recipes": Hint.TABLE_OF_RECIPES,
        "goods": Hint.TABLE_OF_GOODS,
        "stock": Hint.TABLE_OF_STOCK,
        "ingredients": Hint.TABLE_OF_INGREDIENTS,
    }
)
CONVERT_FIRST = wording("convert it first, with {step}", step=Hint.CONVERT_RECIPES())
TABLES_ARE_IMPORTED = wording("tables are imported with {step} and its like", step=Hint.IMPORT_RECIPES())
# Where the first keys of an object are, and those of the first recipes.
_HEAD = 1000
_BEGINNING = 100_000
# The column in which other programs have all ingredients of a recipe in one cell.
INGREDIENT_CELLS = frozenset({
    "ingredients", "ingredient_list", "recipe_ingredients", "recipeingredient", "zutaten", "zutatenliste", "ingrédients", "ingredienti",
    "ingredientes", "ingrediënten", "ingredienser", "ingredienten",
})  # fmt: skip
_RECIPE_ENDINGS = frozenset({".cook", ".htm", ".html", ".jsonld", ".mht", ".mhtml", ".webarchive"})
# Keys of recipes in JSON of other programs.
_RECIPE_KEYS = re.compile(
    r'"(?:@graph|@type|recipeIngredient|recipe_ingredient|recipeYield|recipeInstructions|servings_text|working_time)"\s*:'
)
# Columns of CSV, or keys of JSON, of which each table has some that no other has.
_MARKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "recipes": frozenset({"recipe", "lines", "makes", "sub_recipes"}),
        "goods": frozenset({"good", "parts"}),
        "stock": frozenset({"ingredient", "quantity"}),
        "ingredients": frozenset({"name"}),
    }
)
# Others have the marks of these two as well: recipes whose first column is misspelled would replace the stock. So they have all
# of their marks, and beside them no columns but these.
_NOTHING_ELSE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "stock": frozenset({"unit", "notes"}),
        "ingredients": frozenset({"category", "density", "equivalents", "notes"}),
    }
)


def table_in(text: str, *, instead_of: str = "", required: Iterable[str] = ()) -> str | None:
    """Return which table a text is, by the names of its columns or keys; None when it is not one.

    Args:
        text: The text.
        instead_of: The table that is wanted; None is returned where the text can be meant for that.
        required: The columns or keys of it that must be there.

    >>> table_in("recipe,ingredient,quantity,unit"), table_in('[{"name": "Flour"}]'), table_in("event,recipe,batches")
    ('recipes', 'ingredients', None)
    """
    names = set(map(column_name, _names_in(text.removeprefix("\ufeff"))))
    found = _table_with(names)
    if not instead_of or found in (None, instead_of):
        return None if instead_of else found
    # A list inside an object belongs to one table only; in CSV, others may have a column of that name. But recipes have all
    # the columns of the stock.
    is_other = (
        text.lstrip()[:1] == "[" and found != "ingredients" and not names & (_MARKS[instead_of] - _MARKS["ingredients"])
    )
    return found if is_other or instead_of == "stock" or not names.issuperset(required) else None


def import_of(table: str) -> Wording:
    """Return the step that imports a table."""
    return wording("import it with {step}", step=_IMPORTS[table]())


def are_recipes_of_others(name: str, text: str) -> bool:
    """Return whether a file probably holds recipes of another program.

    Args:
        name: Its name.
        text: What it holds, or how it begins.

    >>> are_recipes_of_others("a.csv", "Title,Ingredients,Directions"), are_recipes_of_others("a.csv", "recipe,ingredient")
    (True, False)
    """
    if PurePath(name).suffix.casefold() in _RECIPE_ENDINGS:
        return True
    first = text.lstrip("\ufeff \t\r\n")[:1]
    if first in {"{", "["}:
        is_ours = is_export(text) or table_in(text) in {"recipes", "goods"}
        return not is_ours and _RECIPE_KEYS.search(text[:_BEGINNING]) is not None
    names = set(map(column_name, _names_in(text.removeprefix("\ufeff"))))
    return bool(names & INGREDIENT_CELLS) and "quantity" not in names


def is_export(text: str) -> bool:
    """Return whether a text is probably an export: a JSON object that names the application it comes from."""
    return text.lstrip()[:1] == "{" and '"application"' in text[:_HEAD]


def _table_with(names: AbstractSet[str]) -> str | None:
    # Plans are exported as tables too.
    return None if "event" in names else next((table for table in _MARKS if _is_table(table, names)), None)


def _is_table(table: str, names: AbstractSet[str]) -> bool:
    marks, others = _MARKS[table], _NOTHING_ELSE.get(table)
    return bool(marks & names) if others is None else marks <= names <= marks | others


def _names_in(text: str) -> list[str]:
    if text.lstrip()[:1] == "[":
        return _keys_of_first(text)
    separator, line = head_of_table(text)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        # A cell beyond all bounds; whoever reads the table says so with its line.
        return []


def _keys_of_first(text: str) -> list[str]:
    try:
        first = json.JSONDecoder().raw_decode(text, text.index("{"))[0]
    except (ValueError, RecursionError):
        return []
    return list(first)
