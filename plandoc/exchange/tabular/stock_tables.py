"""The stock in a table: how much of each ingredient is in the house, replacing what was there.

Batches of a recipe that were made ahead are rows of it too: the name of the recipe is where that of the ingredient is, and
the unit is batches.
"""

from __future__ import annotations

from functools import cached_property

import attrs

from plandoc import units
from plandoc.domain.measures import conversions, stock_key
from plandoc.domain.stocked import Stocked, is_of_recipe, wrong_unit_of_recipe
from plandoc.domain.unit_words import word_named
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.session import Session
from plandoc.errors.hints import Hint, wording
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import CellReader, WrittenAmount
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.fields.constraints import non_negative_quantity
from plandoc.frozen import frozen
from plandoc.records import Ingredient, IngredientId, Recipe, RecipeId, StockItem

# An ingredient or a recipe, and a unit.
_Key = tuple[IngredientId | None, RecipeId | None, str]

COLUMNS = Columns("row of the stock", ("ingredient", "quantity"), ("unit", "notes"))


def units_in_use(session: Session) -> frozenset[tuple[int, str]]:
    """Return the units of recipes and of the stock, with the ids of their ingredients.

    An import can have brought units that plandoc does not know; what uses them can be imported as well.
    """
    lines = (line for recipe in session.find(Recipe) for line in recipe.lines)
    items = ((item.ingredient_id, item.unit) for item in session.find(StockItem) if item.ingredient_id is not None)
    return frozenset((*((line.ingredient_id, line.unit) for line in lines), *items))


def _key(thing: Stocked, unit: str) -> _Key:
    return (None, thing.id, unit) if isinstance(thing, Recipe) else (thing.id, None, unit)


@frozen
class _Row:
    """A row, as far as it can be read without the others.

    Attributes:
        thing: What is in stock; None when it is refused.
    """

    row: TableRow
    thing: Stocked | None
    amount: WrittenAmount


class StockReader:
    """Reads the rows of one file.

    Attributes:
        notes: Notes for the report.
    """

    def __init__(self, cells: CellReader, session: Session, maker: DraftMaker) -> None:
        self.notes: list[str] = []
        self._counted: list[str] = []
        self._maker = maker
        self._cells = cells
        self._session = session
        self._once = Once(cells)
        self._ingredients: CellNames[Stocked] = CellNames("ingredient", session.find(Ingredient))
        self._recipes: CellNames[Stocked] = CellNames("recipe", session.find(Recipe))
        self._words = catalog_definitions(session).unit_words
        # By what it is of and by unit, whatever its spelling: an import can bring several, and then each is a row.
        self._present: dict[_Key, dict[str, StockItem]] = {}
        for item in session.find(StockItem):
            key = item.ingredient_id, item.recipe_id, stock_key(item.unit)
            self._present.setdefault(key, {})[item.unit] = item

    def read(self, tables: Tables) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        tables.check_amount_columns()
        rows = [self._row(row) for row in tables.rows]
        spelled = {_key(one.thing, one.amount.unit.text) for one in rows if one.thing is not None}
        for one in rows:
            if one.thing is not None:
                self._read(one, one.thing, spelled)
        if self._counted:
            self.notes.append(f"no unit is given, so these are counted in {units.PIECES}: {', '.join(self._counted)}")

    def _row(self, row: TableRow) -> _Row:
        cell = row.cell("ingredient")
        amount = self._cells.measured(row.cell("quantity"), row.cell("unit"), non_negative_quantity)
        name = self._cells.name(cell)
        known = self._names(name, amount.unit.text)
        thing = known.one(name) if cell else None
        if thing is None:
            if cell:
                step = Hint.IMPORT_INGREDIENTS() if known is self._ingredients else Hint.IMPORT_RECIPES()
                known.refuse(self._cells, cell, wording("add it with {step}", step=step))
            if known is self._ingredients:
                self._cells.unit(amount.unit)
        elif known is self._recipes:
            return _Row(row, thing, self._in_batches(thing, amount))
        word = None if units.dimension_of(amount.unit.text) else word_named(amount.unit.text, self._words)
        if word is not None:
            # As it was stated, so that it is one row in any spelling.
            amount = attrs.evolve(amount, unit=amount.unit._replace(text=word.name))
        return _Row(row, thing, amount)

    def _names(self, name: str, unit: str) -> CellNames[Stocked]:
        has_ingredient, has_recipe = (bool(known.all_of(name)) for known in (self._ingredients, self._recipes))
        is_recipe = is_of_recipe(unit, has_ingredient=has_ingredient, has_recipe=has_recipe)
        return self._recipes if is_recipe else self._ingredients

    def _in_batches(self, recipe: Stocked, amount: WrittenAmount) -> WrittenAmount:
        wrong = wrong_unit_of_recipe(recipe.name, amount.unit.text)
        if wrong is not None:
            self._cells.refuse_cell(amount.unit, wrong, "write batches, or leave the unit blank")
        return attrs.evolve(amount, unit=amount.unit._replace(text=units.BATCH))

    def _read(self, one: _Row, thing: Stocked, spelled: set[_Key]) -> None:
        cell, unit = one.row.cell("ingredient"), one.amount.unit
        text = self._cells.name(unit)
        if isinstance(thing, Ingredient):
            self._judge_unit(one, thing, text)
        same = self._present.get(_key(thing, stock_key(text)), {})
        # The file can have a row for each spelling; else its one row is about all of them.
        is_own = text in same and sum(_key(thing, spelling) in spelled for spelling in same) > 1
        self._once.refuse_second(cell, thing, text if is_own else stock_key(text))
        present = same.get(text) or next(iter(same.values()), None)
        others = () if is_own else tuple(item for item in same.values() if item is not present)
        self._add(one, thing, present, others)

    def _judge_unit(self, one: _Row, ingredient: Ingredient, unit: str) -> None:
        if not one.amount.has_unit:
            self._counted.append(shown(one.row.cell("ingredient").text))
        if units.dimension_of(unit) is None:
            is_used = (ingredient.id, unit) in self._units_in_use
            if not is_used and not conversions(ingredient, self._words).knows(unit):
                self._cells.refuse_unit(one.amount.unit)

    def _add(self, one: _Row, thing: Stocked, present: StockItem | None, absorbed: tuple[StockItem, ...]) -> None:
        quantity, unit = one.amount.number, one.amount.unit.text
        notes = self._cells.text_instead(one.row.cell("notes"), present.notes if present else "", in_lines=True)

        def make() -> StockItem:
            if present is None:
                ingredient_id, recipe_id, _ = _key(thing, unit)
                return StockItem(ingredient_id, quantity, unit, notes, recipe_id=recipe_id)
            # The unit is spelled as it is there, as long as the amount does not change.
            is_same = not absorbed and present.quantity == quantity
            return attrs.evolve(present, quantity=quantity, unit=present.unit if is_same else unit, notes=notes)

        row = self._maker.thing(StockItem, f"{thing.name}, {unit}", None)
        # Rows in several spellings are one amount, and this is what it is now.
        self._maker.add(row, one.row.line, make, present=present, absorbed=absorbed)

    @cached_property
    def _units_in_use(self) -> frozenset[tuple[int, str]]:
        return units_in_use(self._session)
