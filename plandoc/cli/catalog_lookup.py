"""Finding something of the catalog by what was typed: its short name, its name or its number."""

from __future__ import annotations

from typing import Any, TypeVar

from plandoc.domain.stocked import Stocked, is_of_recipe
from plandoc.engine.record_refs import as_another_kind
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import ValidationError
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.name_lookup import CellNames
from plandoc.records import FinishedGood, Ingredient, Recipe
from plandoc.tables import table_of
from plandoc.workflow.catalog import find_by_key

RecordT = TypeVar("RecordT")

# The word of the commands for each type.
WORDS: dict[type[Any], str] = {Ingredient: "ingredient", Recipe: "recipe", FinishedGood: "good"}


def find_in_catalog(record_type: type[RecordT], key: str, session: Session) -> RecordT:
    """Return the ingredient, recipe or good that a key means.

    Raises:
        ValidationError: when there is none, with the nearest name or the other kind of record that it means; or when there are several.
    """
    known: CellNames[RecordT] = CellNames(WORDS[record_type], session.find(record_type))
    meant = known.one(key)
    if meant is not None:
        return meant
    if not known.all_of(key) and key.isdecimal():
        return find_by_key(record_type, key, session=session)
    cells = CellReader("")
    hint = as_another_kind(record_type, key, unit_of_work(session))
    if hint is not None and not known.all_of(key):
        cells.refuse_cell(Cell(key, 0, ""), f"there is no {known.what} {key!r}", hint)
    else:
        known.refuse(cells, Cell(key, 0, ""), f"see 'plandoc {known.what} list'")
    raise ValidationError(cells.problems)


def find_ingredient(key: str, session: Session) -> Ingredient:
    """Return the ingredient that a key means; raises as `find_in_catalog`."""
    return find_in_catalog(Ingredient, key, session)


def find_stocked(key: str, unit: str, session: Session) -> Stocked:
    """Return the ingredient that a key means, or the recipe where its stock is in batches; raises as `find_in_catalog`.

    Args:
        key: What was typed.
        unit: The unit that was typed.
        session: The session to look in.
    """
    has_ingredient, has_recipe = (
        bool(CellNames(WORDS[kind], session.find(kind)).all_of(key)) for kind in (Ingredient, Recipe)
    )
    is_recipe = is_of_recipe(unit, has_ingredient=has_ingredient, has_recipe=has_recipe)
    return find_in_catalog(Recipe, key, session) if is_recipe else find_in_catalog(Ingredient, key, session)


def label_of(record: Any) -> str:
    """Return what a record is, and what it is called."""
    return f"{table_of(type(record)).label.lower()} {record.name!r}"
