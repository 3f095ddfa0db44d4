"""The stock in a table: how much of each ingredient is in the house, replacing what was there."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import attrs

from plandoc import units
from plandoc.constraints import non_negative_decimal
from plandoc.domain.rounding import rounded
from plandoc.engine.session import Session
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.hints import Hint, wording
from plandoc.records import Ingredient, Recipe, StockItem

COLUMNS = Columns("row of the stock", ("ingredient", "quantity", "unit"), ("notes",))


def units_in_use(session: Session) -> frozenset[tuple[int, str]]:
    """Return the units of recipes and of the stock, with the ids of their ingredients.

    An import can have brought units that plandoc does not know; what uses them can be imported as well.
    """
    lines = (line for recipe in session.find(Recipe) for line in recipe.lines)
    return frozenset((one.ingredient_id, one.unit) for ones in (lines, session.find(StockItem)) for one in ones)


class StockReader:
    """Reads the rows of one file."""

    def __init__(self, cells: CellReader, session: Session, maker: DraftMaker) -> None:
        self._maker = maker
        self._cells = cells
        self._session = session
        self._once = Once(cells)
        self._known: CellNames[Ingredient] = CellNames("ingredient", session.find(Ingredient))
        # By ingredient and unit, whatever its spelling: an import can bring several, and then each is a row.
        self._present: dict[tuple[int, str], dict[str, StockItem]] = {}
        for item in session.find(StockItem):
            self._present.setdefault((item.ingredient_id, units.canonical(item.unit)), {})[item.unit] = item

    def read(self, tables: Tables) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        rows = [(row, self._ingredient(row.cell("ingredient"))) for row in tables.rows]
        spelled = {(one.id, row.cell("unit").text) for row, one in rows if one is not None}
        for row, ingredient in rows:
            self._read(row, ingredient, spelled)

    def _ingredient(self, cell: Cell) -> Ingredient | None:
        ingredient = self._known.one(self._cells.name(cell)) if cell else None
        if ingredient is None:
            if cell:
                self._known.refuse(self._cells, cell, wording("add it with {step}", step=Hint.IMPORT_INGREDIENTS()))
            else:
                self._cells.name(cell)
        return ingredient

    def _read(self, row: TableRow, ingredient: Ingredient | None, spelled: set[tuple[int, str]]) -> None:
        unit = row.cell("unit")
        quantity = self._cells.amount(row.cell("quantity"), non_negative_decimal)
        if ingredient is None:
            self._cells.unit(unit)
            return
        text = self._cells.name(unit)
        if unit and units.dimension_of(text) is None and (ingredient.id, text) not in self._units_in_use:
            self._cells.refuse_unit(unit)
        same = self._present.get((ingredient.id, units.canonical(text)), {})
        # The file can have a row for each spelling; else its one row is about all of them.
        is_own = text in same and sum((ingredient.id, spelling) in spelled for spelling in same) > 1
        present = same.get(text) or next(iter(same.values()), None)
        absorbed = () if is_own else tuple(item for item in same.values() if item is not present)
        self._once.refuse_second(row.cell("ingredient"), ingredient, text if is_own else units.canonical(text))
        self._add(row, ingredient, quantity, (text, present, absorbed))

    def _add(
        self,
        row: TableRow,
        ingredient: Ingredient,
        quantity: Decimal,
        meant: tuple[str, StockItem | None, tuple[StockItem, ...]],
    ) -> None:
        unit, present, absorbed = meant
        notes = self._cells.text_instead(row.cell("notes"), present.notes if present else "", in_lines=True)

        def make() -> StockItem:
            if present is None:
                return StockItem(ingredient.id, quantity, unit, notes)
            if not absorbed and quantity in (present.quantity, rounded(Fraction(present.quantity), 12)):
                # The unit is spelled as it is there, as long as the amount does not change.
                return attrs.evolve(present, notes=notes)
            return attrs.evolve(present, quantity=quantity, unit=unit, notes=notes)

        thing = self._maker.thing(f"{ingredient.name}, {unit}", None)
        # Rows in several spellings are one amount, and this is what it is now.
        self._maker.add(thing, row.line, make, present=present, absorbed=absorbed)

    @cached_property
    def _units_in_use(self) -> frozenset[tuple[int, str]]:
        return units_in_use(self._session)


def written_quantity(quantity: Decimal | Fraction) -> str:
    """Return a quantity as a table holds it; one that is not a decimal number is rounded to twelve places.

    >>> written_quantity(Fraction(1, 3)), written_quantity(Decimal("2.50"))
    ('0.333333333333', '2.50')
    """
    return f"{quantity if isinstance(quantity, Decimal) else rounded(quantity, 12):f}"
