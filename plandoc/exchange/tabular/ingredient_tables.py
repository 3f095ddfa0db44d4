"""Ingredients in a table: a name, a category, and how much of one unit is how much of another."""

from __future__ import annotations

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
    """Make drafts of the ingredients in a file."""
    once = Once(tables.cells)
    for row in tables.rows:
        _read(tables.cells, row, known, once, maker)


def _read(cells: CellReader, row: TableRow, known: CellNames[Ingredient], once: Once, maker: DraftMaker) -> None:
    cell = row.cell("name")
    name, present = known.named(cells, cell)
    once.refuse_second(cell, present)
    thing = maker.thing(Ingredient, name, present)
    # What the file leaves blank stays as it is in the folder.
    said: dict[str, Any] = {
        "category": cells.text_instead(row.cell("category"), present.category if present else ""),
        "notes": cells.text_instead(row.cell("notes"), present.notes if present else "", in_lines=True),
        **_stated_instead(cells, row.cell("density"), row.cell("equivalents"), present or Ingredient("?")),
    }

    def make() -> Ingredient:
        return attrs.evolve(present or Ingredient(name, id=thing.id), **said)

    maker.add(thing, cell.line, make, present=present)


def written_equivalents(ingredient: Ingredient) -> str:
    """Return the equivalents of an ingredient beside its density as a table holds them, blank for none.

    >>> written_equivalents(Ingredient("Egg", equivalents=(Equivalent(1, "each", 50, "g"), Equivalent(1, "tray", 30, "each"))))
    '1 each = 50 g; 1 tray = 30 each'
    """
    return "; ".join(map(str, ingredient.equivalents))


def _stated_instead(cells: CellReader, density: Cell, others: Cell, before: Ingredient) -> dict[str, Any]:
    """Return the density and the equivalents in two cells, or those before where a cell is blank or means the same.

    What a volume weighs is a density in the cell of that, where other equivalents are welcome, too.
    """
    is_new = density.text not in ("", str(before.density))
    stated = _equivalents(cells, density) if is_new else []
    more = _equivalents(cells, others) if others.text != written_equivalents(before) else list(before.equivalents)
    for message in wrong_equivalents(Ingredient("?", equivalents=(*stated, *more))):
        cells.refuse_cell(others or density, message, "leave one of them out")
    weight = next(filter(_is_density, stated), None)
    more = [*(one for one in stated if one is not weight), *more]
    if cells.blank_clears:
        before = attrs.evolve(before, density=before.density if density else None, equivalents=())
    return {
        "density": before.density if weight is None else Density(*attrs.astuple(weight)),
        "equivalents": tuple(more) or before.equivalents,
    }


def _equivalents(cells: CellReader, cell: Cell) -> list[Equivalent]:
    """Return the equivalents in a cell, such as "1 cup = 120 g; 1 stick = 113 g"."""
    texts = (cell._replace(text=text.strip()) for text in cell.text.split(";"))
    found = [_equivalent(cells, text) for text in texts if text]
    return [one for one in found if one is not None]


def _equivalent(cells: CellReader, cell: Cell) -> Equivalent | None:
    sides = [cell._replace(text=side.strip()) for side in cell.text.split("=")]
    if len(sides) != 2 or not all(sides):
        such_as = "such as '1 cup = 120 g' or '1 stick = 113 g'"
        cells.refuse_cell(cell, f"wanted an equivalent {such_as}, found {shown(cell.text)}")
        return None
    one, other = (cells.measured(side, cell._replace(text="")) for side in sides)
    for unit in (one.unit, other.unit):
        # A word of this ingredient alone is welcome, but not a typing mistake, nor what two cooks read in two ways.
        if units.dimension_of(unit.text) is None and units.advice(unit.text) is not None:
            cells.refuse_unit(unit)
    try:
        meant = Equivalent(one.number, one.unit.text, other.number, other.unit.text)
    except ValidationError as error:
        for problem in error.problems:
            cells.refuse_cell(cell, problem.message.removeprefix("Equivalent: "))
        return None
    if not (one.has_unit and other.has_unit):
        cells.notes.append(f"no unit is given, so {shown(cell.text)} means {meant}")
    return meant


def _is_density(one: Equivalent) -> bool:
    return (units.dimension_of(one.unit), units.dimension_of(one.other_unit)) == (Dimension.VOLUME, Dimension.WEIGHT)
