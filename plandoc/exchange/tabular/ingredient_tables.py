"""Ingredients in a table: a name, a category, and what a volume weighs."""

from __future__ import annotations

from typing import Any

import attrs

from plandoc.errors import ValidationError
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.records import Density, Ingredient

COLUMNS = Columns("ingredient", ("name",), ("category", "density", "notes"))


def read_ingredients(tables: Tables, known: CellNames[Ingredient], maker: DraftMaker) -> None:
    """Have the ingredients made that a file holds."""
    once = Once(tables.cells)
    for row in tables.rows:
        _read(tables.cells, row, known, once, maker)


def _read(cells: CellReader, row: TableRow, known: CellNames[Ingredient], once: Once, maker: DraftMaker) -> None:
    cell = row.cell("name")
    name, present = cells.name(cell), known.present(cells, cell)
    once.refuse_second(cell, present)
    category, notes = cells.text(row.cell("category")), cells.text(row.cell("notes"))
    density = _density(cells, row.cell("density")) if row.cell("density") else None
    thing = maker.thing(name, present)
    said: dict[str, Any] = {"category": category, "density": density, "notes": notes}

    def make() -> Ingredient:
        # What the file leaves blank stays as it is in the folder.
        return attrs.evolve(
            present or Ingredient(name, id=thing.id), **{k: value for k, value in said.items() if value}
        )

    maker.add(thing, cell.line, make, present=present)


def _density(cells: CellReader, cell: Cell) -> Density | None:
    sides = [attrs.evolve(cell, text=side.strip()) for side in cell.text.split("=")]
    if len(sides) != 2 or not all(sides):
        cells.refuse_cell(cell, f"wanted what a volume weighs, such as '1 cup = 120 g', found {shown(cell.text)}")
        return None
    volume, weight = (cells.measured(side, attrs.evolve(cell, text="")) for side in sides)
    try:
        return Density(volume.number, volume.unit.text, weight.number, weight.unit.text)
    except ValidationError as error:
        for problem in error.problems:
            cells.refuse_cell(cell, problem.message.removeprefix("Density: "))
        return None
