"""`plandoc stock set` and `stock add`: what is in stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.catalog_commands import quantity_and_unit
from plandoc.cli.catalog_lookup import find_stocked
from plandoc.cli.data_folder import Folder
from plandoc.cli.taken_words import say_taken, taken_in_words
from plandoc.domain.stocked import Stocked
from plandoc.engine.session import Session
from plandoc.exchange.tabular.cells import Cell, CellReader, WrittenAmount
from plandoc.fields.constraints import non_negative_quantity
from plandoc.records import StockItem
from plandoc.workflow.stock import Addition, added, get_stock, in_stock, set_stock

Words = Annotated[str, Parameter("AMOUNT", at_least_one=True, words="MEASURE")]


def set_amount(ingredient: str, /, *words: Words, folder: Folder) -> None:
    """Set how much of an ingredient is in stock, or how many batches of a recipe are made ahead.

    This replaces the amount in this unit.

    Args:
        ingredient: The ingredient, by its short name, its name or its number; or a recipe, in batches.
        words: The amount in stock now, such as 2.5 kg, 1/2 cup or 5kg; without a unit it is pieces (each), or batches of a
            recipe; 0 kg when used up.

    Examples:
        plandoc stock set wheat-flour 25 kg
        plandoc stock set butter 1 1/2 lb
        plandoc stock set eggs 90
        plandoc stock set buttercream 10 batches
    """
    amount = _amount(words)

    def change(session: Session) -> tuple[Stocked, StockItem, list[StockItem]]:
        found = find_stocked(ingredient, amount.unit.text, session)
        item = set_stock(found, amount.number, amount.unit.text, session=session)
        others = [one for one in get_stock(session=session) if in_stock(one, session) == found and one.id != item.id]
        return found, item, others

    found, item, others = folder.change("set the stock", change)
    printing.say(f"in stock now: {_in_words(item)} of {found.name}")
    if others:
        printing.say(f"also in stock, in other units: {', '.join(map(_in_words, others))}")


def add_amount(ingredient: str, /, *words: Words, no_stock: bool = False, folder: Folder) -> None:
    """Add an amount that was bought or delivered to the stock of an ingredient, or batches of a recipe that were made ahead.

    What goes into these batches is taken from the stock.

    Args:
        ingredient: The ingredient, by its short name, its name or its number; or a recipe, in batches.
        words: The amount added, such as 2.5 kg, 1/2 cup or 5kg; without a unit it is pieces (each), or batches of a recipe.
        no_stock: Do not take anything from the stock for batches of a recipe.

    Examples:
        plandoc stock add butter 2.5 kg
        plandoc stock add buttercream 10 batches
    """
    amount = _amount(words)

    def change(session: Session) -> tuple[Stocked, Addition, str]:
        found = find_stocked(ingredient, amount.unit.text, session)
        addition = added(found, amount.number, amount.unit.text, session, use_stock=not no_stock)
        return found, addition, taken_in_words(addition.taken, session)

    found, addition, taken = folder.change("add to the stock", change)
    printing.say(f"in stock now: {_in_words(addition.item)} of {found.name}")
    say_taken(taken, addition.not_taken)


def _amount(words: Sequence[str]) -> WrittenAmount:
    cells = CellReader("", by_hand=True)
    if not all(map(str.strip, words)):
        # A variable of a script that is not set must not mean pieces.
        cells.refuse("wanted a number and a unit, found nothing for one of them", 0, "AMOUNT")
        cells.check()
    amount = cells.measured(Cell(" ".join(words).strip(), 0, "AMOUNT"), Cell("", 0, "AMOUNT"), non_negative_quantity)
    cells.check()
    return amount


def _in_words(item: StockItem) -> str:
    return " ".join(quantity_and_unit(item))
