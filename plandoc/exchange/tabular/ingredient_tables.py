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
from plandoc.units.quantity_text import written

COLUMNS = Columns("ingredient", ("name",), ("category", "density", "notes"))


def read_ingredients(tables: Tables, known: CellNames[Ingredient], maker: DraftMaker) -> None:
    """Have the ingredients made that a file holds."""
    once = Once(tables.cells)
    for row in tables.rows:
        _read(tables.cells, row, known, once, maker)


def _read(cells: CellReader, row: TableRow, known: CellNames[Ingredient], once: Once, maker: DraftMaker) -> None:
    cell = row.cell("name")
    name, present = known.named(cells, cell)
    once.refuse_second(cell, present)
    thing = maker.thing(name, present)
    # What the file leaves blank stays as it is in the folder.
    said: dict[str, Any] = {
        "category": cells.text_instead(row.cell("category"), present.category if present else ""),
        "density": _density_instead(cells, row.cell("density"), present.density if present else None),
        "notes": cells.text_instead(row.cell("notes"), present.notes if present else "", in_lines=True),
    }

    def make() -> Ingredient:
        return attrs.evolve(present or Ingredient(name, id=thing.id), **said)

    maker.add(thing, cell.line, make, present=present)


def written_density(density: Density | None) -> str:
    """Return a density as a table holds it, blank for none.

    >>> written_density(Density(1, "cup", 120, "g"))
    '1 cup = 120 g'
    """
    if density is None:
        return ""
    return f"{written(density.volume)} {density.volume_unit} = {written(density.weight)} {density.weight_unit}"


def _density_instead(cells: CellReader, cell: Cell, before: Density | None) -> Density | None:
    """Return the density in a cell, or the one before where the cell is blank or says the same."""
    if not cell and cells.blank_clears:
        return None
    return before if cell.text in ("", written_density(before)) else _density(cells, cell)


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
