"""Finding an ingredient by what was typed: its short name, its name or its number."""

from __future__ import annotations

from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.name_lookup import CellNames
from plandoc.records import Ingredient
from plandoc.workflow.catalog import find_by_key


def find_ingredient(key: str, session: Session) -> Ingredient:
    """Return the ingredient that a key means.

    Raises:
        ValidationError: when there is none, with the nearest name, or several.
    """
    known: CellNames[Ingredient] = CellNames("ingredient", session.find(Ingredient))
    meant = known.one(key)
    if meant is not None:
        return meant
    if not known.all_of(key) and key.isdecimal():
        return find_by_key(Ingredient, key, session=session)
    cells = CellReader("")
    known.refuse(cells, Cell(key, 0, ""), "see 'plandoc ingredient list'")
    raise ValidationError(cells.problems)
