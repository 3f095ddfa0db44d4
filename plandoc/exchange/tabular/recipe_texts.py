"""The recipes in a table, in one form whether it is CSV or JSON; only the form is checked yet."""

from __future__ import annotations

from types import MappingProxyType

import attrs

from plandoc import units
from plandoc.exchange.names import folded, shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.frozen import frozen

CSV_COLUMNS = Columns(
    "recipe's row",
    ("recipe",),
    (
        "category",
        "ingredient",
        "sub_recipe",
        "quantity",
        "unit",
        "notes",
        "makes",
        "of",
        "recipe_notes",
        "method",
    ),
)
JSON_COLUMNS = Columns(
    "recipe",
    ("name",),
    ("category", "notes", "method"),
    MappingProxyType(
        {
            "lines": Columns("line", ("ingredient", "quantity", "unit"), ("notes",)),
            "sub_recipes": Columns("sub-recipe", ("recipe", "multiplier"), ("notes",)),
            "makes": Columns("yield", ("name",), ("item_unit", "items_per_batch", "batch_percentage", "notes")),
        }
    ),
)


@frozen
class LineText:
    """An ingredient of a recipe.

    Attributes:
        notes: None where the file has no notes of lines.
    """

    ingredient: Cell
    quantity: Cell
    unit: Cell
    notes: Cell | None = None


@frozen
class SubRecipeText:
    """A recipe in a recipe.

    Attributes:
        notes: As those of a line.
    """

    recipe: Cell
    multiplier: Cell
    notes: Cell | None = None


@frozen
class YieldText:
    """What a batch gives.

    Attributes:
        name: Of the finished unit.
        item_unit: What one of it is called; blank when the file has nothing.
        count: How many a batch gives; blank when a percentage is given.
        percentage: What part of a batch one takes; blank when a count is given.
        notes: As those of a line.
    """

    name: Cell
    item_unit: Cell
    count: Cell
    percentage: Cell
    notes: Cell | None = None

    def says_the_same(self, other: YieldText) -> bool:
        """Return whether a row only repeats the name and the number of another."""
        pairs = ((self.name, other.name), (self.count, other.count), (self.percentage, other.percentage))
        return not (self.item_unit or self.notes) and all(folded(a.text) == folded(b.text) for a, b in pairs)


@attrs.define
class RecipeText:
    """One recipe; its category, notes and method are blank where the file has none."""

    name: Cell
    category: Cell
    notes: Cell
    method: Cell
    lines: list[LineText] = attrs.Factory(list)
    parts: list[SubRecipeText] = attrs.Factory(list)
    yields: list[YieldText] = attrs.Factory(list)

    def add_yield(self, one: YieldText) -> None:
        """Add a yield, unless a row only repeats one above."""
        if not any(one.says_the_same(other) for other in self.yields):
            self.yields.append(one)


def recipe_texts(tables: Tables) -> list[RecipeText]:
    """Return the recipes in the order of the file."""
    return [_from_object(row) for row in tables.rows] if tables.is_json else _from_rows(tables)


def _from_object(row: TableRow) -> RecipeText:
    return RecipeText(
        row.cell("name"),
        row.cell("category"),
        row.cell("notes"),
        row.cell("method"),
        lines=[
            LineText(line.cell("ingredient"), line.cell("quantity"), line.cell("unit"), line.cell_or_none("notes"))
            for line in row.rows("lines")
        ],
        parts=[
            SubRecipeText(part.cell("recipe"), part.cell("multiplier"), part.cell_or_none("notes"))
            for part in row.rows("sub_recipes")
        ],
        yields=[
            YieldText(
                one.cell("name"),
                one.cell("item_unit"),
                one.cell("items_per_batch"),
                one.cell("batch_percentage"),
                one.cell_or_none("notes"),
            )
            for one in row.rows("makes")
        ],
    )


def _from_rows(tables: Tables) -> list[RecipeText]:
    tables.check_amount_columns()
    recipes = []
    for name, rows in tables.grouped("recipe", may_repeat=False):
        category, notes, method = (tables.one_of(rows, column) for column in ("category", "recipe_notes", "method"))
        recipe = RecipeText(name, category, notes, method)
        for row in rows:
            _add_row(tables.cells, recipe, row)
        recipes.append(recipe)
    return recipes


def _add_row(cells: CellReader, recipe: RecipeText, row: TableRow) -> None:
    ingredient, part, makes, of = (row.cell(name) for name in ("ingredient", "sub_recipe", "makes", "of"))
    quantity, unit, notes = row.cell("quantity"), row.cell("unit"), row.cell_or_none("notes")
    if ingredient and part:
        cells.refuse_cell(part, "wanted an ingredient or a sub-recipe, found both", "give each a row of its own")
    elif ingredient:
        recipe.lines.append(LineText(ingredient, quantity, unit, notes))
    elif part:
        _refuse_unit(cells, unit)
        recipe.parts.append(SubRecipeText(part, quantity, notes))
    elif quantity or (unit and not makes):
        cells.refuse_cell(ingredient, "wanted an ingredient or a sub-recipe, found nothing")
    elif notes and not (makes or of):
        cells.refuse_cell(
            ingredient, "wanted what the note is about, found nothing", "notes of a recipe are in recipe_notes"
        )
    if makes or of:
        is_own = not (ingredient or part)
        own_unit = unit if is_own else unit._replace(text="")
        recipe.add_yield(_yield(makes, of, own_unit, notes if is_own else None))


def _refuse_unit(cells: CellReader, unit: Cell) -> None:
    if unit and not units.is_batches(unit.text):
        message = f"wanted no unit, because a sub-recipe is counted in batches; found {shown(unit.text)}"
        cells.refuse_cell(unit, message, "leave the unit blank")


def _yield(makes: Cell, of: Cell, item_unit: Cell, notes: Cell | None) -> YieldText:
    nothing = makes._replace(text="")
    if makes.text.endswith("%"):
        return YieldText(of, item_unit, nothing, makes._replace(text=makes.text[:-1].rstrip() or "%"), notes)
    return YieldText(of, item_unit, makes, nothing, notes)
