"""`plandoc stock set` and `stock add`: what is in stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.catalog_commands import quantity_and_unit
from plandoc.cli.data_folder import Folder
from plandoc.constraints import non_negative_decimal
from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.exchange.names import shown
from plandoc.exchange.tabular.cells import Cell, CellReader
from plandoc.exchange.tabular.name_lookup import CellNames
from plandoc.records import Ingredient, StockItem
from plandoc.workflow.catalog import find_by_key
from plandoc.workflow.stock import add_stock, get_stock, set_stock


def set_amount(
    ingredient: str, quantity: str, unit: Annotated[str, Parameter(words="MEASURE")], /, *, folder: Folder
) -> None:
    """Set how much of an ingredient is in stock; this replaces the amount in this unit.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.
        quantity: The amount in stock now, such as 2.5; 0 when used up.
        unit: Such as kg, cup, each or can.

    Examples:
        plandoc stock set wheat-flour 25 kg
        plandoc stock set eggs 90 piece
    """
    amount = _amount(quantity)

    def change(session: Session) -> tuple[Ingredient, StockItem, list[StockItem]]:
        found = find_ingredient(ingredient, session)
        item = set_stock(found.id, amount, unit, session=session)
        others = [one for one in get_stock(session=session) if one.ingredient_id == found.id and one.id != item.id]
        return found, item, others

    found, item, others = folder.change("set the stock", change)
    printing.say(f"in stock now: {_in_words(item)} of {found.name}")
    if others:
        printing.say(f"also in stock, in other units: {', '.join(map(_in_words, others))}")


def add_amount(
    ingredient: str, quantity: str, unit: Annotated[str, Parameter(words="MEASURE")], /, *, folder: Folder
) -> None:
    """Add an amount that was bought or delivered to the stock of an ingredient in this unit.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.
        quantity: The amount added, such as 2.5.
        unit: Such as kg, cup, each or can.

    Examples:
        plandoc stock add butter 2.5 kg
    """
    amount = _amount(quantity)

    def change(session: Session) -> tuple[Ingredient, StockItem]:
        found = find_ingredient(ingredient, session)
        return found, add_stock(found.id, amount, unit, session=session)

    found, item = folder.change("add to the stock", change)
    printing.say(f"in stock now: {_in_words(item)} of {found.name}")


def _amount(quantity: str) -> Decimal:
    cells = CellReader("")
    cell = Cell(quantity.strip(), 0, "QUANTITY")
    amount = cells.amount(cell, non_negative_decimal)
    if "e" in cell.text.lower() and not cells.problems:
        # Only programs write numbers like that; typed by hand it is a mistake: the e is next to the 3.
        cells.refuse_cell(
            cell,
            f"wanted a number without an exponent, found {shown(cell.text)}",
            f"write {amount:f} if that is what you mean",
        )
    cells.check()
    return amount


def find_ingredient(key: str, session: Session) -> Ingredient:
    """Return the ingredient with this slug, name or number.

    Raises:
        ValidationError: when there is none, or when a name is that of several.
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


def _in_words(item: StockItem) -> str:
    return " ".join(quantity_and_unit(item))
