"""What a table says of recipes, in one form whether it is CSV or JSON; only the form is checked yet."""

from __future__ import annotations

from types import MappingProxyType

import attrs

from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.frozen import frozen

CSV_COLUMNS = Columns(
    "recipe's row", ("recipe",), ("category", "ingredient", "sub_recipe", "quantity", "unit", "makes", "of")
)
JSON_COLUMNS = Columns(
    "recipe",
    ("name",),
    ("category",),
    MappingProxyType(
        {
            "lines": Columns("line", ("ingredient", "quantity", "unit")),
            "sub_recipes": Columns("sub-recipe", ("recipe", "multiplier")),
            "makes": Columns("yield", ("name",), ("item_unit", "items_per_batch", "batch_percentage")),
        }
    ),
)


@frozen
class LineText:
    """An ingredient of a recipe."""

    ingredient: Cell
    quantity: Cell
    unit: Cell


@frozen
class SubRecipeText:
    """A recipe in a recipe."""

    recipe: Cell
    multiplier: Cell


@frozen
class YieldText:
    """What a batch gives.

    Attributes:
        name: Of the finished unit.
        item_unit: What one of it is called; blank when the file does not say.
        count: How many a batch gives; blank when a percentage is given.
        percentage: What part of a batch one takes; blank when a count is given.
    """

    name: Cell
    item_unit: Cell
    count: Cell
    percentage: Cell


@attrs.define
class RecipeText:
    """One recipe."""

    name: Cell
    category: Cell
    lines: list[LineText] = attrs.Factory(list)
    parts: list[SubRecipeText] = attrs.Factory(list)
    yields: list[YieldText] = attrs.Factory(list)


def recipe_texts(tables: Tables) -> list[RecipeText]:
    """Return the recipes in the order of the file."""
    return [_from_object(row) for row in tables.rows] if tables.is_json else _from_rows(tables)


def _from_object(row: TableRow) -> RecipeText:
    return RecipeText(
        row.cell("name"),
        row.cell("category"),
        [LineText(line.cell("ingredient"), line.cell("quantity"), line.cell("unit")) for line in row.rows("lines")],
        [SubRecipeText(part.cell("recipe"), part.cell("multiplier")) for part in row.rows("sub_recipes")],
        [
            YieldText(
                one.cell("name"), one.cell("item_unit"), one.cell("items_per_batch"), one.cell("batch_percentage")
            )
            for one in row.rows("makes")
        ],
    )


def _from_rows(tables: Tables) -> list[RecipeText]:
    tables.check_amount_columns()
    recipes = []
    for name, rows in tables.grouped("recipe"):
        category = next((row.cell("category") for row in rows if row.cell("category")), rows[0].cell("category"))
        recipe = RecipeText(name, category)
        for row in rows:
            _add_row(tables.cells, recipe, row)
        recipes.append(recipe)
    return recipes


def _add_row(cells: CellReader, recipe: RecipeText, row: TableRow) -> None:
    ingredient, part, makes, of = (row.cell(name) for name in ("ingredient", "sub_recipe", "makes", "of"))
    quantity, unit = row.cell("quantity"), row.cell("unit")
    if ingredient and part:
        cells.refuse_cell(part, "wanted an ingredient or a sub-recipe, found both", "give each a row of its own")
    elif ingredient:
        recipe.lines.append(LineText(ingredient, quantity, unit))
    elif part:
        _refuse_unit(cells, unit)
        recipe.parts.append(SubRecipeText(part, quantity))
    elif quantity or (unit and not makes):
        cells.refuse_cell(ingredient, "wanted an ingredient or a sub-recipe, found nothing")
    if makes or of:
        own_unit = attrs.evolve(unit, text="") if ingredient or part else unit
        recipe.yields.append(_yield(makes, of, own_unit))


def _refuse_unit(cells: CellReader, unit: Cell) -> None:
    if unit:
        message = f"wanted no unit, because a sub-recipe is counted in batches; found {shown(unit.text)}"
        cells.refuse_cell(unit, message, "leave the unit blank")


def _yield(makes: Cell, of: Cell, item_unit: Cell) -> YieldText:
    nothing = attrs.evolve(makes, text="")
    if makes.text.endswith("%"):
        return YieldText(of, item_unit, nothing, attrs.evolve(makes, text=makes.text[:-1].rstrip() or "%"))
    return YieldText(of, item_unit, makes, nothing)
