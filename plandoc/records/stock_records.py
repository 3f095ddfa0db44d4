"""The stock: how much there is of an ingredient or of what was made ahead, and what runs took of it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.errors import shorten
from plandoc.fields import converters, refusal, validator
from plandoc.fields.constraints import (
    non_blank_name,
    non_negative_int,
    non_negative_quantity,
    or_none,
    positive_int,
    storable_text,
)
from plandoc.frozen import frozen
from plandoc.records.ids import IngredientId, RecipeId


def _check_stocked(stocked: StockItem | Taken) -> None:
    """Refuse what is neither of an ingredient nor of a recipe, or of both, or a recipe in anything but batches."""
    if (stocked.ingredient_id is None) == (stocked.recipe_id is None):
        raise refusal(stocked, "ingredient_id", "wanted either ingredient_id or recipe_id")
    if stocked.recipe_id is not None and stocked.unit != units.BATCH:
        message = f"wanted {units.BATCH}, because it is of a recipe; found {shorten(stocked.unit)}"
        raise refusal(stocked, "unit", message)


@frozen
class StockItem:
    """How much of an ingredient is in the house, in one unit; or how many batches of a recipe are made already.

    There is one row for an ingredient and unit, and one for a recipe.

    >>> StockItem(None, "12 1/2", "batch", recipe_id=3).quantity
    Decimal('12.5')

    Attributes:
        ingredient_id: The ingredient; None for a recipe.
        quantity: How much: a number, or text such as "1 1/2", exactly.
        unit: Such as kg; left out, it is each, pieces; of a recipe always batch.
        recipe_id: The recipe that was made ahead; None for an ingredient.
    """

    ingredient_id: IngredientId | None = attrs.field(validator=validator(or_none(positive_int)))
    quantity: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(non_negative_quantity)
    )
    unit: str = attrs.field(default=units.PIECES, converter=converters.trimmed, validator=validator(non_blank_name))
    notes: str = attrs.field(default="", validator=validator(storable_text))
    recipe_id: RecipeId | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))

    def __attrs_post_init__(self) -> None:
        _check_stocked(self)


@frozen
class Taken:
    """What a production run took of the stock of an ingredient, in one unit, or of a recipe that was made ahead.

    Attributes:
        ingredient_id: The ingredient; None for a recipe.
        unit: Such as kg; of a recipe always batch.
        recipe_id: The recipe; None for an ingredient.
    """

    ingredient_id: IngredientId | None = attrs.field(validator=validator(or_none(positive_int)))
    quantity: Decimal | Fraction = attrs.field(
        converter=converters.exact_or_fraction, validator=validator(non_negative_quantity)
    )
    unit: str = attrs.field(validator=validator(non_blank_name))
    recipe_id: RecipeId | None = attrs.field(default=None, validator=validator(or_none(positive_int)))

    def __attrs_post_init__(self) -> None:
        _check_stocked(self)


@frozen
class NotTaken:
    """What a production run needed of an ingredient and the stock did not have, or not in a unit to compare it with.

    Attributes:
        ingredient: Its name, because it may no longer be in the catalog.
    """

    ingredient: str = attrs.field(validator=validator(non_blank_name))
    quantity: Decimal | Fraction = attrs.field(
        converter=converters.exact_or_fraction, validator=validator(non_negative_quantity)
    )
    unit: str = attrs.field(validator=validator(non_blank_name))
