"""`plandoc stock set`, `stock add` and `stock make`: what is in stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.catalog_commands import quantity_and_unit
from plandoc.cli.catalog_lookup import find_in_catalog, find_stocked
from plandoc.cli.data_folder import Folder
from plandoc.cli.taken_words import say_taken, taken_in_words
from plandoc.constraints import non_negative_quantity
from plandoc.domain.stocked import Stocked, wrong_unit_of_recipe
from plandoc.engine.session import Session
from plandoc.errors import Problem, refuse
from plandoc.exchange.tabular.cells import Cell, CellReader, WrittenAmount
from plandoc.records import Recipe, StockItem
from plandoc.workflow.making_ahead import MakingAhead, make_ahead
from plandoc.workflow.stock import add_stock, get_stock, in_stock, set_stock

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


def add_amount(ingredient: str, /, *words: Words, folder: Folder) -> None:
    """Add an amount that was bought or delivered to the stock of an ingredient in this unit, or batches of a recipe.

    Args:
        ingredient: The ingredient, by its short name, its name or its number; or a recipe, in batches.
        words: The amount added, such as 2.5 kg, 1/2 cup or 5kg; without a unit it is pieces (each), or batches of a recipe.

    Examples:
        plandoc stock add butter 2.5 kg
    """
    amount = _amount(words)

    def change(session: Session) -> tuple[Stocked, StockItem]:
        found = find_stocked(ingredient, amount.unit.text, session)
        return found, add_stock(found, amount.number, amount.unit.text, session=session)

    found, item = folder.change("add to the stock", change)
    printing.say(f"in stock now: {_in_words(item)} of {found.name}")


def make(recipe: str, /, *words: Words, no_stock: bool = False, folder: Folder) -> None:
    """Record that batches of a recipe were made ahead: they enter the stock, and what they needed leaves it.

    Args:
        recipe: The recipe, by its short name, its name or its number.
        words: How many batches, such as 10 or 1 1/2.
        no_stock: Do not take anything from the stock.

    Examples:
        plandoc stock make buttercream 10
        plandoc stock make buttercream 1 1/2 batches
    """
    amount = _amount(words)

    def change(session: Session) -> tuple[Recipe, MakingAhead, str]:
        found = find_in_catalog(Recipe, recipe, session)
        wrong = wrong_unit_of_recipe(found.name, amount.unit.text)
        refuse([] if wrong is None else [Problem(wrong, field="AMOUNT")])
        made = make_ahead(found.id, amount.number, not no_stock, session=session)
        return found, made, taken_in_words(made.taken, session)

    found, made, taken = folder.change("make ahead", change)
    printing.say(f"in stock now: {_in_words(made.item)} of {found.name}")
    say_taken(taken, made.not_taken)


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
