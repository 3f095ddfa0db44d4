"""The stock in a table: how much of each ingredient is in the house, replacing what was there."""

from __future__ import annotations

from functools import cached_property

import attrs

from plandoc import units
from plandoc.constraints import non_negative_quantity
from plandoc.domain.measures import conversions, stock_key
from plandoc.domain.unit_words import word_named
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.session import Session
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import CellReader, WrittenAmount
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.frozen import frozen
from plandoc.hints import Hint, wording
from plandoc.records import Ingredient, Recipe, StockItem

COLUMNS = Columns("row of the stock", ("ingredient", "quantity"), ("unit", "notes"))


def units_in_use(session: Session) -> frozenset[tuple[int, str]]:
    """Return the units of recipes and of the stock, with the ids of their ingredients.

    An import can have brought units that plandoc does not know; what uses them can be imported as well.
    """
    lines = (line for recipe in session.find(Recipe) for line in recipe.lines)
    return frozenset((one.ingredient_id, one.unit) for ones in (lines, session.find(StockItem)) for one in ones)


@frozen
class _Row:
    """A row, as far as it can be read without the others.

    Attributes:
        ingredient: None when it is refused.
    """

    row: TableRow
    ingredient: Ingredient | None
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
        self._known: CellNames[Ingredient] = CellNames("ingredient", session.find(Ingredient))
        self._words = catalog_definitions(session).unit_words
        # By ingredient and unit, whatever its spelling: an import can bring several, and then each is a row.
        self._present: dict[tuple[int, str], dict[str, StockItem]] = {}
        for item in session.find(StockItem):
            self._present.setdefault((item.ingredient_id, stock_key(item.unit)), {})[item.unit] = item

    def read(self, tables: Tables) -> None:
        """Make the drafts; the reader of the cells collects the problems."""
        tables.check_amount_columns()
        rows = [self._row(row) for row in tables.rows]
        spelled: set[tuple[int, str]] = {
            (one.ingredient.id, one.amount.unit.text) for one in rows if one.ingredient is not None
        }
        for one in rows:
            if one.ingredient is not None:
                self._read(one, one.ingredient, spelled)
        if self._counted:
            self.notes.append(f"no unit is given, so these are counted in {units.PIECES}: {', '.join(self._counted)}")

    def _row(self, row: TableRow) -> _Row:
        cell = row.cell("ingredient")
        amount = self._cells.measured(row.cell("quantity"), row.cell("unit"), non_negative_quantity)
        name = self._cells.name(cell)
        ingredient = self._known.one(name) if cell else None
        if ingredient is None:
            if cell:
                self._known.refuse(self._cells, cell, wording("add it with {step}", step=Hint.IMPORT_INGREDIENTS()))
            self._cells.unit(amount.unit)
        word = None if units.dimension_of(amount.unit.text) else word_named(amount.unit.text, self._words)
        if word is not None:
            # As it was stated, so that it is one row in any spelling.
            amount = attrs.evolve(amount, unit=amount.unit._replace(text=word.name))
        return _Row(row, ingredient, amount)

    def _read(self, one: _Row, ingredient: Ingredient, spelled: set[tuple[int, str]]) -> None:
        cell, unit = one.row.cell("ingredient"), one.amount.unit
        text = self._cells.name(unit)
        if not one.amount.has_unit:
            self._counted.append(shown(cell.text))
        if units.dimension_of(text) is None:
            is_used = (ingredient.id, text) in self._units_in_use
            if not is_used and not conversions(ingredient, self._words).knows(text):
                self._cells.refuse_unit(unit)
        same = self._present.get((ingredient.id, stock_key(text)), {})
        # The file can have a row for each spelling; else its one row is about all of them.
        is_own = text in same and sum((ingredient.id, spelling) in spelled for spelling in same) > 1
        self._once.refuse_second(cell, ingredient, text if is_own else stock_key(text))
        present = same.get(text) or next(iter(same.values()), None)
        others = () if is_own else tuple(item for item in same.values() if item is not present)
        self._add(one, ingredient, present, others)

    def _add(
        self, one: _Row, ingredient: Ingredient, present: StockItem | None, absorbed: tuple[StockItem, ...]
    ) -> None:
        quantity, unit = one.amount.number, one.amount.unit.text
        notes = self._cells.text_instead(one.row.cell("notes"), present.notes if present else "", in_lines=True)

        def make() -> StockItem:
            if present is None:
                return StockItem(ingredient.id, quantity, unit, notes)
            # The unit is spelled as it is there, as long as the amount does not change.
            is_same = not absorbed and present.quantity == quantity
            return attrs.evolve(present, quantity=quantity, unit=present.unit if is_same else unit, notes=notes)

        thing = self._maker.thing(StockItem, f"{ingredient.name}, {unit}", None)
        # Rows in several spellings are one amount, and this is what it is now.
        self._maker.add(thing, one.row.line, make, present=present, absorbed=absorbed)

    @cached_property
    def _units_in_use(self) -> frozenset[tuple[int, str]]:
        return units_in_use(self._session)
