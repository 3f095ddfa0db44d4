"""Ingredients in a table: a name, a category, and how much of one unit is how much of another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from plandoc import units
from plandoc.domain.measures import wrong_equivalents
from plandoc.errors import ValidationError
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.draft_maker import DraftMaker
from plandoc.exchange.tabular.name_lookup import CellNames, Once
from plandoc.exchange.tabular.table_reader import Tables
from plandoc.exchange.tabular.table_rows import Columns, TableRow
from plandoc.records import Density, Equivalent, Ingredient
from plandoc.units import Dimension

COLUMNS = Columns("ingredient", ("name",), ("category", "density", "equivalents", "notes"))


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
    density, others = (_equivalents(cells, row.cell(column)) for column in ("density", "equivalents"))
    for message in wrong_equivalents(Ingredient("?", equivalents=(*density, *others))):
        cells.refuse_cell(row.cell("equivalents") or row.cell("density"), message, "leave one of them out")
    thing = maker.thing(name, present)
    said: dict[str, Any] = {"category": category, "notes": notes, **_as_said(density, others)}

    def make() -> Ingredient:
        # What the file leaves blank stays as it is in the folder.
        return attrs.evolve(
            present or Ingredient(name, id=thing.id), **{k: value for k, value in said.items() if value}
        )

    maker.add(thing, cell.line, make, present=present)


def _equivalents(cells: CellReader, cell: Cell) -> list[Equivalent]:
    """Return what a cell says, such as "1 cup = 120 g; 1 stick = 113 g"."""
    texts = (attrs.evolve(cell, text=text.strip()) for text in cell.text.split(";"))
    found = [_equivalent(cells, text) for text in texts if text]
    return [one for one in found if one is not None]


def _equivalent(cells: CellReader, cell: Cell) -> Equivalent | None:
    sides = [attrs.evolve(cell, text=side.strip()) for side in cell.text.split("=")]
    if len(sides) != 2 or not all(sides):
        such_as = "such as '1 cup = 120 g' or '1 stick = 113 g'"
        cells.refuse_cell(cell, f"wanted an equivalent {such_as}, found {shown(cell.text)}")
        return None
    one, other = (cells.measured(side, attrs.evolve(cell, text="")) for side in sides)
    for unit in (one.unit, other.unit):
        # A word of this ingredient alone is welcome, but not a typing mistake, nor what two cooks read in two ways.
        if units.dimension_of(unit.text) is None and units.advice(unit.text) is not None:
            cells.refuse_unit(unit)
    try:
        return Equivalent(one.number, one.unit.text, other.number, other.unit.text)
    except ValidationError as error:
        for problem in error.problems:
            cells.refuse_cell(cell, problem.message.removeprefix("Equivalent: "))
        return None


def _is_density(one: Equivalent) -> bool:
    return (units.dimension_of(one.unit), units.dimension_of(one.other_unit)) == (Dimension.VOLUME, Dimension.WEIGHT)


def _as_said(density: Iterable[Equivalent], others: Iterable[Equivalent]) -> dict[str, Any]:
    """Return the fields that cells fill: the first volume and its weight in the column of the density is one."""
    stated = list(density)
    weight = next(filter(_is_density, stated), None)
    said: dict[str, Any] = {"equivalents": tuple(one for one in (*stated, *others) if one is not weight)}
    if weight is not None:
        said["density"] = Density(weight.quantity, weight.unit, weight.other_quantity, weight.other_unit)
    return said
