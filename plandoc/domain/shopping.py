"""What is needed compared with the stock: what is enough, what to buy, and what cannot be compared."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.domain.ingredient_needs import NeedRow
from plandoc.domain.made_ahead import MadeAhead
from plandoc.domain.measures import Amount, largest, missing_equivalent, total
from plandoc.domain.notebooks import needs_in_html
from plandoc.domain.without_amount import WithoutAmount
from plandoc.errors import shorten
from plandoc.frozen import frozen
from plandoc.records import Event, Finding, Ingredient, StockItem
from plandoc.units import Conversions, Node

_NOTHING = Fraction(0)
# Amounts of one ingredient, by what makes them comparable.
_Families = dict[Node, list[Amount]]
_Sums = Mapping[Node, Amount]


class Standing(enum.Enum):
    """Whether there is enough of an ingredient; the first that fits."""

    ENOUGH = "enough"
    BUY = "buy"
    CANNOT_COMPARE = "cannot_compare"


@frozen
class ShoppingRow:
    """A need and the stock that can be compared with it.

    All amounts are in one unit: that of the stock, because the baker buys in it; without stock, that of the need.

    Attributes:
        needed: What the batches take.
        in_stock: What is in stock.
        to_buy: What is missing, 0 when nothing is; None when it is unknown, because there is stock in a unit that
            cannot be compared. Shown rounded up, so that it is never short.
        reason: Why it is unknown, and the way out; None when it is known.
    """

    needed: Amount
    in_stock: Amount
    to_buy: Amount | None
    reason: str | None = None


@frozen
class ShoppingItem:
    """One needed ingredient compared with the stock.

    Attributes:
        ingredient: What is needed.
        standing: ENOUGH when every row is covered; BUY when a row is short and everything that could cover it was
            compared; otherwise CANNOT_COMPARE.
        rows: One for each need that cannot be compared with the others.
        other_stock: Stock that cannot be compared with any row; empty unless the standing is CANNOT_COMPARE.
    """

    ingredient: Ingredient
    standing: Standing
    rows: tuple[ShoppingRow, ...]
    other_stock: tuple[Amount, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why it cannot be compared and the way out, of all rows; None unless the standing is CANNOT_COMPARE."""
        reasons = dict.fromkeys(row.reason for row in self.rows if row.reason is not None)
        return f"{self.ingredient.name}: {'; '.join(reasons)}" if reasons else None


@frozen
class ShoppingList:
    """What the decided batches of events need compared with the stock; each ingredient with an amount is in exactly one group.

    Attributes:
        events: Whose batches; in the order of their ids.
        enough: Ingredients of which there is enough.
        buy: Ingredients to buy, with how much.
        cannot_compare: Ingredients whose stock is in units that cannot be compared with the need.
        undecided: What the goods of these events need without decided batches, or with a broken definition: it is not
            in the list.
        without_amount: Ingredients that the recipes use without an amount; the stock is not compared with them.
        made_ahead: Batches that are in stock, of the recipes with any: nothing is bought for them.
    """

    events: tuple[Event, ...]
    enough: tuple[ShoppingItem, ...]
    buy: tuple[ShoppingItem, ...]
    cannot_compare: tuple[ShoppingItem, ...]
    undecided: tuple[Finding, ...]
    without_amount: tuple[WithoutAmount, ...] = ()
    made_ahead: tuple[MadeAhead, ...] = ()

    def _repr_html_(self) -> str:
        items = [*self.buy, *self.cannot_compare, *self.enough]
        return needs_in_html("Shopping list of", self, items, "Not in the list")


def shopping_items(needs: Iterable[NeedRow], stock: Iterable[StockItem]) -> tuple[ShoppingItem, ...]:
    """Return each needed ingredient compared with the stock, in the order of the needs.

    Args:
        needs: What is needed.
        stock: The whole stock, other ingredients and what was made ahead included.
    """
    needed: dict[int, list[NeedRow]] = {}
    for row in needs:
        needed.setdefault(row.ingredient.id, []).append(row)
    present: dict[int, list[Amount]] = {}
    for item in stock:
        if item.ingredient_id is not None:
            present.setdefault(item.ingredient_id, []).append(Amount(Fraction(item.quantity), item.unit))
    return tuple(_item(rows, present.get(ingredient_id, [])) for ingredient_id, rows in needed.items())


def _item(needed: list[NeedRow], present: list[Amount]) -> ShoppingItem:
    ingredient, known = needed[-1].ingredient, needed[-1].known
    # Needs that can be compared are one row, so that no stock is counted twice.
    needs, stock = _by_family((row.amount for row in needed), known), _by_family(present, known)
    rows = {name: _row(amounts, stock.get(name, []), known) for name, amounts in needs.items()}
    left = _left_over(rows, stock, known)
    if all(map(_is_covered, rows.values())) or not left:
        standing = Standing.ENOUGH if all(map(_is_covered, rows.values())) else Standing.BUY
        return ShoppingItem(ingredient, standing, tuple(rows.values()))
    untold = (row if _is_covered(row) else _untold(row, left, known) for row in rows.values())
    other = tuple(left[name] for name in left if name not in rows)
    return ShoppingItem(ingredient, Standing.CANNOT_COMPARE, tuple(untold), other)


def _is_covered(row: ShoppingRow) -> bool:
    return row.in_stock.exact >= row.needed.exact


def _untold(row: ShoppingRow, left: _Sums, known: Conversions) -> ShoppingRow:
    # In the units that the amounts beside it are shown in.
    reason = _reason(row.needed.fitted().unit, [one.fitted().unit for one in left.values()], known)
    return attrs.evolve(row, to_buy=None, reason=reason)


def _by_family(amounts: Iterable[Amount], known: Conversions) -> _Families:
    families: _Families = {}
    for amount in amounts:
        families.setdefault(known.family(amount.unit), []).append(amount)
    return families


def _row(needed: list[Amount], present: list[Amount], known: Conversions) -> ShoppingRow:
    unit = largest(amount.unit for amount in present or needed)
    need = total(needed, unit, known)
    stock = total(present, unit, known)
    missing = max(_NOTHING, need.exact - stock.exact)
    return ShoppingRow(need, stock, Amount(missing, unit, rounds_up=True))


def _left_over(rows: Mapping[Node, ShoppingRow], stock: _Families, known: Conversions) -> _Sums:
    """Return the stock that no row uses up; in the family of a short row nothing is left."""
    sums = {name: total(group, largest(a.unit for a in group), known) for name, group in stock.items()}
    in_order = sorted(sums.items(), key=lambda entry: (units.position(entry[1].unit), entry[1].unit))
    # The row is in the unit of this stock.
    rests = ((name, one, one.exact - (rows[name].needed.exact if name in rows else _NOTHING)) for name, one in in_order)
    return {name: attrs.evolve(present, exact=rest) for name, present, rest in rests if rest > 0}


def _reason(unit: str, stock_units: list[str], known: Conversions) -> str:
    where = f"needed in {unit}, in stock in {' and '.join(stock_units)}"
    count = f"count the stock in {unit} too"
    unknown = [one for one in (unit, *stock_units) if units.dimension_of(one) is None and not known.knows(one)]
    if unknown:
        return f"{where}, but {shorten(unknown[0])} is not a unit that the plan knows; {count}"
    such_as = missing_equivalent(unit, stock_units[0])
    return f"{where}, which cannot be compared; give the ingredient an equivalent such as {such_as}, or {count}"
