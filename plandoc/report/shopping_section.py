"""The shopping list, to tick off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from plandoc.domain.shopping import ShoppingItem, ShoppingList
from plandoc.domain.without_amount import WithoutAmount
from plandoc.frozen import frozen
from plandoc.report.labels import amount_in_words


@frozen
class ShoppingLine:
    """A line to tick off.

    Attributes:
        number: The number of the line on the page, from 1.
        name: The name of the ingredient.
        amount: How much to buy; blank when unknown.
        detail: What is needed and what is in stock.
        reason: Why the amount is unknown; blank when it is known.
    """

    number: int
    name: str
    amount: str
    detail: str
    reason: str


@frozen
class ShoppingGroup:
    """The lines of one category.

    Attributes:
        category: Blank for ingredients without one.
    """

    category: str
    lines: tuple[ShoppingLine, ...]


def shopping_groups(shopping: ShoppingList) -> tuple[ShoppingGroup, ...]:
    """Return what to buy, and what to check before, by category; ingredients in sufficient stock are left out."""
    items = sorted((*shopping.buy, *shopping.cannot_compare), key=_place)
    lines = ((item.ingredient.category, _line(number, item)) for number, item in enumerate(items, start=1))
    return tuple(
        ShoppingGroup(category, tuple(line for _, line in group))
        for category, group in groupby(lines, key=lambda entry: entry[0])
    )


def names_of(items: Iterable[ShoppingItem]) -> tuple[str, ...]:
    """Return the names of ingredients, in their order."""
    return tuple(sorted((item.ingredient.name for item in items), key=str.casefold))


def recipes_of(listed: WithoutAmount) -> str:
    """Return the names of the recipes that take an ingredient without an amount."""
    return ", ".join(recipe.name for recipe in listed.recipes)


def _place(item: ShoppingItem) -> tuple[bool, str, str]:
    category = item.ingredient.category
    return not category, category, item.ingredient.name.casefold()


def _line(number: int, item: ShoppingItem) -> ShoppingLine:
    amount = " + ".join(amount_in_words(row.to_buy) for row in item.rows if row.to_buy is not None and row.to_buy.exact)
    return ShoppingLine(number, item.ingredient.name, amount, "; ".join(_there(item)), item.reason or "")


def _there(item: ShoppingItem) -> Iterator[str]:
    yield "needed " + " + ".join(amount_in_words(row.needed) for row in item.rows)
    there = [
        amount_in_words(one) for one in (*(row.in_stock for row in item.rows if row.in_stock.exact), *item.other_stock)
    ]
    yield f"in stock {' and '.join(there)}" if there else "none in stock"
