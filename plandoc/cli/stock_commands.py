"""`plandoc stock set`, `stock add`, `stock list` and `ingredient list`: what is in the house, and what there is to have."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from plandoc.cli import printing
from plandoc.cli.arguments import Parameter
from plandoc.cli.data_folder import Folder
from plandoc.cli.rows import as_row
from plandoc.constraints import non_negative_decimal
from plandoc.domain.rounding import format_number
from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.records import Density, Ingredient, StockItem
from plandoc.workflow.catalog import find_by_key
from plandoc.workflow.stock import add_stock, get_stock, set_stock


def set_amount(
    ingredient: str, quantity: str, unit: Annotated[str, Parameter(words="MEASURE")], /, *, folder: Folder
) -> None:
    """Set how much of an ingredient is in stock, in place of what was there in this unit.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.
        quantity: How much there is now, such as 2.5; 0 when it is used up.
        unit: Such as kg, cup, each or can.

    Examples:
        plandoc stock set wheat-flour 25 kg
        plandoc stock set eggs 90 piece
    """
    amount = _amount(quantity)

    def change(session: Session) -> tuple[Ingredient, StockItem, list[StockItem]]:
        found = _ingredient(ingredient, session)
        item = set_stock(found.id, amount, unit, session=session)
        others = [one for one in get_stock(session=session) if one.ingredient_id == found.id and one.id != item.id]
        return found, item, others

    found, item, others = folder.change("set the stock", change)
    printing.say(f"in stock now: {_in_words(item)} of {found.name}")
    if others:
        printing.say(f"in other units there is also: {', '.join(map(_in_words, others))}")


def add_amount(
    ingredient: str, quantity: str, unit: Annotated[str, Parameter(words="MEASURE")], /, *, folder: Folder
) -> None:
    """Add what was bought or delivered to what is in stock of an ingredient in this unit.

    Args:
        ingredient: The ingredient, by its short name, its name or its number.
        quantity: How much came, such as 2.5.
        unit: Such as kg, cup, each or can.

    Examples:
        plandoc stock add butter 2.5 kg
    """
    amount = _amount(quantity)

    def change(session: Session) -> tuple[Ingredient, StockItem]:
        found = _ingredient(ingredient, session)
        return found, add_stock(found.id, amount, unit, session=session)

    found, item = folder.change("add to the stock", change)
    printing.say(f"in stock now: {_in_words(item)} of {found.name}")


def list_stock(*, json: bool = False, folder: Folder) -> None:
    """List what is in stock.

    Args:
        json: Print the stock as JSON.

    Examples:
        plandoc stock list
    """
    items, ingredients = folder.look(
        lambda session: (get_stock(session=session), {one.id: one for one in session.find(Ingredient)})
    )
    if json:
        named = ((item, ingredients[item.ingredient_id]) for item in items)
        printing.print_json([{**as_row(item), "ingredient": one.slug, "name": one.name} for item, one in named])
        return
    columns = [
        *map(printing.Column, ("ingredient", "name")),
        printing.Column("quantity", is_number=True),
        printing.Column("unit"),
    ]
    rows = [(ingredients[one.ingredient_id].slug, ingredients[one.ingredient_id].name, *_parts(one)) for one in items]
    printing.print_table("Stock", columns, rows, when_empty="none yet; 'plandoc stock set' says what there is")


def list_ingredients(*, json: bool = False, folder: Folder) -> None:
    """List the ingredients, and what a volume of each weighs where that is known.

    Args:
        json: Print the ingredients as JSON.

    Examples:
        plandoc ingredient list
    """
    ingredients = folder.look(lambda session: session.find(Ingredient))
    if json:
        printing.print_json([as_row(one) for one in ingredients])
        return
    columns = [
        printing.Column("id", is_number=True),
        *map(printing.Column, ("ingredient", "name", "category", "density")),
    ]
    rows = [(one.id, one.slug, one.name, one.category, _weight(one.density)) for one in ingredients]
    printing.print_table(
        "Ingredients", columns, rows, when_empty="none yet; 'plandoc ingredient import FILE' brings some"
    )


def _amount(quantity: str) -> Decimal:
    from plandoc.exchange.names import shown  # noqa: PLC0415  (no list needs it)
    from plandoc.exchange.tabular.cells import Cell, CellReader  # noqa: PLC0415

    cells = CellReader("")
    cell = Cell(quantity.strip(), 0, "QUANTITY")
    amount = cells.amount(cell, non_negative_decimal)
    if "e" in cell.text.lower() and not cells.problems:
        # Programs write numbers so. A hand that does has slipped: the e lies beside the 3.
        cells.refuse_cell(
            cell, f"wanted a number written out, found {shown(cell.text)}", f"write {amount:f} if that is meant"
        )
    cells.check()
    return amount


def _ingredient(key: str, session: Session) -> Ingredient:
    from plandoc.exchange.tabular.cells import Cell, CellReader  # noqa: PLC0415
    from plandoc.exchange.tabular.name_lookup import CellNames  # noqa: PLC0415

    known: CellNames[Ingredient] = CellNames("ingredient", session.find(Ingredient))
    meant = known.one(key)
    if meant is not None:
        return meant
    if not known.all_of(key) and key.isdecimal():
        return find_by_key(Ingredient, key, session=session)
    cells = CellReader("")
    known.refuse(cells, Cell(key, 0, ""), "see 'plandoc ingredient list'")
    raise ValidationError(cells.problems)


def _parts(item: StockItem) -> tuple[str, str]:
    return (f"{item.quantity:f}" if isinstance(item.quantity, Decimal) else format_number(item.quantity)), item.unit


def _in_words(item: StockItem) -> str:
    return " ".join(_parts(item))


def _weight(density: Density | None) -> str:
    if density is None:
        return ""
    return f"{density.volume:f} {density.volume_unit} = {density.weight:f} {density.weight_unit}"
