"""The stock: how much of each ingredient there is, counted or bought, and what was made ahead of recipes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from plandoc import units
from plandoc.domain.consumption import Consumption, consumption_of
from plandoc.domain.definitions import Definitions
from plandoc.domain.made_ahead import Batches
from plandoc.domain.measures import conversions, stock_key, storable
from plandoc.domain.stocked import Stocked, is_of_recipe, wrong_unit_of_recipe
from plandoc.domain.unit_words import word_named
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.queries import having
from plandoc.engine.record_refs import IngredientRef
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import Problem, ValidationError, refuse, shorten
from plandoc.errors.hints import Hint, wording
from plandoc.frozen import frozen
from plandoc.records import Ingredient, IngredientId, NotTaken, Recipe, RecipeId, StockItem, Taken, UnitWord
from plandoc.store import NO_SESSION, changes, reads


@reads
def get_stock(session: Session = NO_SESSION) -> list[StockItem]:
    """Return the whole stock: ingredients by their names and then the units' sizes; then recipes that were made ahead.

    >>> import plandoc, tempfile
    >>> with plandoc.open_store(tempfile.mkdtemp(), create=True):
    ...     get_stock()
    []
    """
    items = session.find(StockItem)
    names = {key: session.get(*key).name.casefold() for key in {_key(item) for item in items}}

    def order(item: StockItem) -> tuple[bool, str, int, int, str]:
        kind, number = _key(item)
        return kind is Recipe, names[kind, number], number, units.position(item.unit), item.unit

    return sorted(items, key=order)


def _key(item: StockItem | Taken) -> tuple[type[Stocked], int]:
    return (Recipe, item.recipe_id) if item.recipe_id is not None else (Ingredient, item.ingredient_id or 0)


def in_stock(item: StockItem | Taken, session: Session) -> Stocked:
    """Return the ingredient or the recipe that a row of the stock is of."""
    found: Stocked = session.get(*_key(item))
    return found


@changes("set the stock")
def set_stock(
    ingredient_id: IngredientRef | Recipe,
    quantity: Decimal | Fraction | int | str,
    unit: str = units.PIECES,
    session: Session = NO_SESSION,
) -> StockItem:
    """Set how much of an ingredient is in stock in a unit, or how many batches of a recipe are made ahead.

    This replaces the previous amount in this unit. Stock in other units stays, and so do the notes. Cup, cups and CUP are
    one unit, and so are each and piece.

    Args:
        ingredient_id: The ingredient; or a recipe, as a record or by its slug. Where both have this slug it is the
            ingredient, unless the unit is batches.
        quantity: How much, zero or more; a number, or text such as "1 1/2".
        unit: A unit that plandoc knows, a custom word, or a unit that an equivalent, a recipe or the stock uses for
            this ingredient, spelled the same; pieces when left out. Of a recipe it is always batches.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Ingredient 99 not found".
        ValidationError: with everything that is wrong with the quantity and the unit.
    """
    item = _item(_meant(ingredient_id, unit, session), quantity, unit, session)
    same = _same_as(item, session)
    if not same:
        return session.add(item)
    # An import can bring rows in several spellings; together they are one amount, and this replaces it.
    for other in same[1:]:
        session.remove(StockItem, other.id)
    return session.replace(attrs.evolve(same[0], quantity=item.quantity, unit=item.unit))


@changes("add to the stock")
def add_stock(
    ingredient_id: IngredientRef | Recipe,
    quantity: Decimal | Fraction | int | str,
    unit: str = units.PIECES,
    use_stock: bool = True,
    session: Session = NO_SESSION,
) -> StockItem:
    """Add to the stock of an ingredient what was bought or delivered, or of a recipe what was made ahead. Returns the new row.

    What goes into batches that were made ahead is taken from the stock in the same write, as far as it lasts: sub-recipes that
    were made ahead, then ingredients. The recipe is that of the catalog.

    Args:
        ingredient_id: The ingredient; or a recipe, as `set_stock` takes it.
        quantity: How much is added, more than zero; a number, or text such as "1 1/2".
        unit: A unit that plandoc knows, a custom word, or a unit that an equivalent, a recipe or the stock uses for
            this ingredient, spelled the same; pieces when left out. Of a recipe it is always batches.
        use_stock: Whether to take anything from the stock for batches of a recipe; False for such as were delivered.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Ingredient 99 not found".
        ValidationError: with everything that is wrong with the quantity and the unit; or with everything that is broken in
            the recipe.
    """
    return added(ingredient_id, quantity, unit, session, use_stock=use_stock).item


@frozen
class Addition:
    """What was added to the stock.

    Attributes:
        item: The row, as it is now.
        taken: What went into batches that were made ahead.
        not_taken: What they needed beyond that, and was not in stock.
    """

    item: StockItem
    taken: tuple[Taken, ...]
    not_taken: tuple[NotTaken, ...]


def added(
    named: IngredientRef | Recipe,
    quantity: Decimal | Fraction | int | str,
    unit: str,
    session: Session,
    *,
    use_stock: bool,
) -> Addition:
    """Add to the stock, as `add_stock` does, and return also what was taken for it."""
    item = _item(_meant(named, unit, session), quantity, unit, session)
    if not item.quantity:
        raise ValidationError([Problem("wanted more than 0, found 0", field="quantity")])
    taking = Consumption()
    if use_stock and item.recipe_id is not None:
        batches: Batches = {item.recipe_id: Fraction(item.quantity)}
        taking = take_out(batches, catalog_definitions(session), session, besides=item.recipe_id)
    return Addition(put_in(item, session), taking.taken, taking.not_taken)


def put_in(item: StockItem, session: Session) -> StockItem:
    """Add to the row of what an item is of in its unit, in any spelling, or create it; return the row."""
    same = _same_as(item, session)
    if not same:
        return session.add(item)
    more = storable(Fraction(same[0].quantity) + Fraction(item.quantity), rounds_up=True)
    return session.replace(attrs.evolve(same[0], quantity=more))


def take_out(
    batches: Batches, definitions: Definitions, session: Session, *, besides: RecipeId | None = None
) -> Consumption:
    """Take from the stock what batches of recipes need, as far as it lasts; return what it was.

    Args:
        batches: How many batches of each recipe, by its id.
        definitions: What the recipes are made of.
        session: The session to work in.
        besides: A recipe whose batches in stock are left alone.

    Raises:
        ValidationError: with everything that is broken in the recipes, and how to leave the stock alone.
    """
    stock = [item for item in session.find(StockItem) if besides is None or item.recipe_id != besides]
    try:
        taking = consumption_of(batches, definitions, stock)
    except ValidationError as error:
        hint = wording("record it without taking anything from the stock, with {option}", option=Hint.LEAVE_STOCK())
        raise ValidationError(
            [attrs.evolve(problem, hint=problem.hint or hint) for problem in error.problems]
        ) from None
    for item in taking.remaining_stock:
        session.replace(item)
    return taking


def stock_item(ingredient_id: IngredientId, quantity: Fraction, unit: str) -> StockItem:
    """Return an amount of an ingredient as a row that can be put into the stock."""
    return StockItem(ingredient_id, storable(quantity, rounds_up=True), unit)


def _meant(named: Any, unit: str, session: Session) -> Stocked:
    is_recipe = isinstance(named, Recipe)
    if isinstance(named, str):
        recipe, ingredient = (unit_of_work(session).named(kind, named) for kind in (Recipe, Ingredient))
        is_recipe = is_of_recipe(unit, has_ingredient=ingredient is not None, has_recipe=recipe is not None)
    kind: type[Any] = Recipe if is_recipe else Ingredient
    found: Stocked = session.get(kind, named)
    return found


def _same_as(item: StockItem, session: Session) -> list[StockItem]:
    """Return the rows of the same thing and unit, in any spelling; an egg more is one, whether it is each or a piece."""
    field = "ingredient_id" if item.recipe_id is None else "recipe_id"
    items = session.find(StockItem, having(field, getattr(item, field)))
    return [one for one in items if stock_key(one.unit) == stock_key(item.unit)]


def _item(thing: Stocked, quantity: Decimal | Fraction | int | str, unit: str, session: Session) -> StockItem:
    if isinstance(thing, Recipe):
        return _item_of_recipe(thing, quantity, unit)
    problems: list[Problem] = []
    if isinstance(unit, str) and unit.strip():
        unit = _spelled(unit.strip(), session)
        if not _is_usable(session, thing, unit):
            problems.append(_unknown_unit(thing, unit))
    return _checked(lambda: StockItem(thing.id, quantity, unit), problems)


def _item_of_recipe(recipe: Recipe, quantity: Decimal | Fraction | int | str, unit: str) -> StockItem:
    wrong = wrong_unit_of_recipe(recipe.name, unit)
    problems = [] if wrong is None else [Problem(wrong, field="unit")]
    return _checked(lambda: StockItem(None, quantity, units.BATCH, recipe_id=recipe.id), problems)


def _checked(make: Callable[[], StockItem], problems: list[Problem]) -> StockItem:
    try:
        item = make()
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
    if units.is_batches(unit):
        hint = "batches are of a recipe; name it by its slug, or give the record"
    return Problem(message, field="unit", hint=hint)
