"""The stock: how much of each ingredient there is, counted or bought."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.domain.measures import conversions, stock_key, storable
from plandoc.domain.unit_words import word_named
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.queries import having
from plandoc.engine.record_refs import IngredientRef
from plandoc.engine.session import Session
from plandoc.errors import Problem, ValidationError, refuse, shorten
from plandoc.hints import Hint, wording
from plandoc.ids import IngredientId
from plandoc.records import Ingredient, Recipe, StockItem, UnitWord
from plandoc.store import NO_SESSION, changes, reads


@reads
def get_stock(session: Session = NO_SESSION) -> list[StockItem]:
    """Return the whole stock, in the order of the ingredients' names and then of the units' sizes.

    >>> import plandoc, tempfile
    >>> with plandoc.open_store(tempfile.mkdtemp(), create=True):
    ...     get_stock()
    []
    """
    items = session.find(StockItem)
    names = {key: session.get(Ingredient, key).name.casefold() for key in {item.ingredient_id for item in items}}

    def order(item: StockItem) -> tuple[str, int, int, str]:
        return names[item.ingredient_id], item.ingredient_id, units.position(item.unit), item.unit

    return sorted(items, key=order)


@changes("set the stock")
def set_stock(
    ingredient_id: IngredientRef,
    quantity: Decimal | Fraction | int | str,
    unit: str = units.PIECES,
    session: Session = NO_SESSION,
) -> StockItem:
    """Set how much of an ingredient is in stock in a unit, replacing the previous amount in this unit.

    Stock in other units stays, and so do the notes. Cup, cups and CUP are one unit, and so are each and piece.

    Args:
        ingredient_id: The ingredient.
        quantity: How much, zero or more; a number, or text such as "1 1/2".
        unit: A unit that plandoc knows, a custom word, or a unit that an equivalent, a recipe or the stock uses for
            this ingredient, spelled the same; pieces when left out.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Ingredient 99 not found".
        ValidationError: with everything that is wrong with the quantity and the unit.
    """
    ingredient_id = id_of(Ingredient, ingredient_id, session)
    item = _item(session, ingredient_id, quantity, unit)
    same = _in_unit(ingredient_id, item.unit, session)
    if not same:
        return session.add(item)
    # An import can bring rows in several spellings; together they are one amount, and this replaces it.
    for other in same[1:]:
        session.remove(StockItem, other.id)
    return session.replace(attrs.evolve(same[0], quantity=item.quantity, unit=item.unit))


@changes("add to the stock")
def add_stock(
    ingredient_id: IngredientRef,
    quantity: Decimal | Fraction | int | str,
    unit: str = units.PIECES,
    session: Session = NO_SESSION,
) -> StockItem:
    """Add what was bought or delivered to the stock of an ingredient in this unit. Returns the new row.

    Args:
        ingredient_id: The ingredient.
        quantity: How much is added, more than zero; a number, or text such as "1 1/2".
        unit: A unit that plandoc knows, a custom word, or a unit that an equivalent, a recipe or the stock uses for
            this ingredient, spelled the same; pieces when left out.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Ingredient 99 not found".
        ValidationError: with everything that is wrong with the quantity and the unit.
    """
    ingredient_id = id_of(Ingredient, ingredient_id, session)
    item = _item(session, ingredient_id, quantity, unit)
    if not item.quantity:
        raise ValidationError([Problem("wanted more than 0, found 0", field="quantity")])
    return put_in(ingredient_id, Fraction(item.quantity), item.unit, session)


def put_in(ingredient_id: IngredientId, quantity: Fraction, unit: str, session: Session) -> StockItem:
    """Add to the row of an ingredient in a unit, in any spelling, or create it; return the row."""
    same = _in_unit(ingredient_id, unit, session)
    if not same:
        return session.add(StockItem(ingredient_id, storable(quantity, rounds_up=True), unit))
    more = storable(Fraction(same[0].quantity) + quantity, rounds_up=True)
    return session.replace(attrs.evolve(same[0], quantity=more))


def _in_unit(ingredient_id: int, unit: str, session: Session) -> list[StockItem]:
    """Return the rows of an ingredient in a unit, in any spelling; an egg more is one, whether it is each or a piece."""
    items = session.find(StockItem, having("ingredient_id", ingredient_id))
    return [item for item in items if stock_key(item.unit) == stock_key(unit)]


def _item(session: Session, ingredient_id: int, quantity: Decimal | Fraction | int | str, unit: str) -> StockItem:
    ingredient = session.get(Ingredient, ingredient_id)
    problems: list[Problem] = []
    if isinstance(unit, str) and unit.strip():
        unit = _spelled(unit.strip(), session)
        if not _is_usable(session, ingredient, unit):
            problems.append(_unknown_unit(ingredient, unit))
    try:
        item = StockItem(ingredient.id, quantity, unit)
    except ValidationError as error:
        raise ValidationError([*error.problems, *problems]) from None
    refuse(problems)
    return item


def _is_usable(session: Session, ingredient: Ingredient, unit: str) -> bool:
    if units.dimension_of(unit) is not None or conversions(ingredient, _words(session)).knows(unit):
        return True
    if any(item.unit == unit for item in session.find(StockItem, having("ingredient_id", ingredient.id))):
        return True
    lines = (line for recipe in session.find(Recipe) for line in recipe.lines)
    return any(line.ingredient_id == ingredient.id and line.unit == unit for line in lines)


def _words(session: Session) -> tuple[UnitWord, ...]:
    return catalog_definitions(session).unit_words


def _spelled(unit: str, session: Session) -> str:
    """Return a unit as it is stored: a custom word as it was added, so that all spellings share one row."""
    word = None if units.dimension_of(unit) is not None else word_named(unit, _words(session))
    return unit if word is None else word.name


def _unknown_unit(ingredient: Ingredient, unit: str) -> Problem:
    message = f"{ingredient.name}: wanted a unit such as cup, g or each, found {shorten(unit)}"
    hint = units.advice(unit) or wording("add a word of your own with {add}", add=Hint.ADD_UNIT(word=unit))
    return Problem(message, field="unit", hint=hint)
