"""The stock in a hand-written file: how much of each ingredient is in the house, in place of what was there."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from plandoc import units
from plandoc.constraints import non_negative_decimal
from plandoc.engine.session import Session
from plandoc.exchange.import_report import Outcome
from plandoc.exchange.import_report import Row as ReportRow
from plandoc.exchange.merge import row_of
from plandoc.exchange.tabular.cells import CellReader
from plandoc.exchange.tabular.name_lookup import Names, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, Row
from plandoc.frozen import frozen
from plandoc.records import Ingredient, Recipe, StockItem
from plandoc.workflow.stock import set_stock

COLUMNS = Columns("row of the stock", ("ingredient", "quantity", "unit"))


@frozen
class Count:
    """What somebody counted.

    Attributes:
        present: What is in the folder of it, in any spelling of the unit.
    """

    ingredient: Ingredient
    quantity: Decimal
    unit: str
    present: tuple[StockItem, ...]

    @property
    def outcome(self) -> Outcome:
        """What setting it does."""
        if not self.present:
            return Outcome.CREATED
        same = len(self.present) == 1 and self.present[0].quantity == self.quantity
        return Outcome.SKIPPED if same else Outcome.UPDATED

    @property
    def row(self) -> ReportRow:
        """The row of the report."""
        return row_of(StockItem, f"{self.ingredient.name}, {self.unit}", self.outcome)

    def store(self, session: Session) -> None:
        """Make it the stock."""
        if self.outcome is not Outcome.SKIPPED:
            set_stock(self.ingredient.id, self.quantity, self.unit, session=session)


class StockReader:
    """Reads the rows of one file."""

    def __init__(self, cells: CellReader, session: Session) -> None:
        self._cells = cells
        self._session = session
        self._once = Once(cells)
        self._known: Names[Ingredient] = Names("ingredient", session.find(Ingredient))
        self._present: dict[tuple[int, str], list[StockItem]] = {}
        for item in session.find(StockItem):
            self._present.setdefault((item.ingredient_id, units.canonical(item.unit)), []).append(item)

    def read(self, tables: Tables) -> list[Count]:
        """Return what was counted; what is wrong is kept by the reader of the cells."""
        counts = [self._count(row) for row in tables.rows]
        return [count for count in counts if count is not None]

    def _count(self, row: Row) -> Count | None:
        cell, unit = row.cell("ingredient"), row.cell("unit")
        quantity = self._cells.amount(row.cell("quantity"), non_negative_decimal)
        name = self._cells.name(cell)
        ingredient = self._known.one(name) if cell else None
        if ingredient is None:
            if cell:
                self._known.refuse(self._cells, cell, "add it with import_ingredients")
            self._cells.unit(unit)
            return None
        text = self._cells.name(unit)
        if unit and units.dimension_of(text) is None and (ingredient.id, text) not in self._units_in_use:
            self._cells.refuse_unit(unit)
        self._once.refuse_second(cell, ingredient, units.canonical(text))
        present = self._present.get((ingredient.id, units.canonical(text)), ())
        return Count(ingredient, quantity, text, tuple(present))

    @cached_property
    def _units_in_use(self) -> frozenset[tuple[int, str]]:
        """Units that came in with an import and that nobody else knows: what there is of them can be counted as well."""
        lines = (line for recipe in self._session.find(Recipe) for line in recipe.lines)
        in_stock = (item for items in self._present.values() for item in items)
        return frozenset((one.ingredient_id, one.unit) for ones in (lines, in_stock) for one in ones)
