"""The stock in a table: how much of each ingredient is in the house, replacing what was there."""

from __future__ import annotations

from functools import cached_property

import attrs

from plandoc import units
from plandoc.constraints import non_negative_quantity
from plandoc.domain.measures import stock_key
from plandoc.engine.session import Session
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import CellReader
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.hints import Hint, wording
from plandoc.records import Ingredient, Recipe, StockItem
from plandoc.units.quantity_text import Number

COLUMNS = Columns("row of the stock", ("ingredient", "quantity"), ("unit",))


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
        self._known: CellNames[Ingredient] = CellNames("ingredient", session.find(Ingredient))
        self._present: dict[tuple[int, str], list[StockItem]] = {}
        for item in session.find(StockItem):
            self._present.setdefault((item.ingredient_id, stock_key(item.unit)), []).append(item)

    def read(self, tables: Tables) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        tables.check_amount_columns()
        for row in tables.rows:
            self._read(row)
        if self._counted:
            self.notes.append(f"no unit is given, so these are counted in {units.PIECES}: {', '.join(self._counted)}")

    def _read(self, row: TableRow) -> None:
        cell = row.cell("ingredient")
        amount = self._cells.measured(row.cell("quantity"), row.cell("unit"), non_negative_quantity)
        unit = amount.unit
        name = self._cells.name(cell)
        ingredient = self._known.one(name) if cell else None
        if ingredient is None:
            if cell:
                self._known.refuse(self._cells, cell, wording("add it with {step}", step=Hint.IMPORT_INGREDIENTS()))
            self._cells.unit(unit)
            return
        text = self._cells.name(unit)
        if not amount.has_unit:
            self._counted.append(shown(cell.text))
        if units.dimension_of(text) is None and (ingredient.id, text) not in self._units_in_use:
            self._cells.refuse_unit(unit)
        self._once.refuse_second(cell, ingredient, stock_key(text))
        self._add(cell.line, ingredient, amount.number, text)

    def _add(self, line: int, ingredient: Ingredient, quantity: Number, unit: str) -> None:
        same = self._present.get((ingredient.id, stock_key(unit)), [])
        present = same[0] if same else None
        # The unit is spelled as it is there, as long as nothing else changes.
        is_same = len(same) == 1 and same[0].quantity == quantity

        def make() -> StockItem:
            if present is None:
                return StockItem(ingredient.id, quantity, unit)
            return attrs.evolve(present, quantity=quantity, unit=present.unit if is_same else unit)

        thing = self._maker.thing(f"{ingredient.name}, {unit}", None)
        # Rows in several spellings, as an import can bring them, are one amount, and this is what it is now.
        self._maker.add(thing, line, make, present=present, absorbed=tuple(same[1:]))

    @cached_property
    def _units_in_use(self) -> frozenset[tuple[int, str]]:
        """Units that only an earlier import uses: stock in them can be set as well."""
        lines = (line for recipe in self._session.find(Recipe) for line in recipe.lines)
        in_stock = (item for items in self._present.values() for item in items)
        return frozenset((one.ingredient_id, one.unit) for ones in (lines, in_stock) for one in ones)
