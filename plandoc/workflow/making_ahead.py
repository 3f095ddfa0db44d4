"""Making batches of a recipe ahead: what goes into them leaves the stock, and they enter it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from plandoc import units
from plandoc.domain.consumption import Consumption
from plandoc.domain.measures import storable
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.record_refs import RecipeRef
from plandoc.engine.session import Session
from plandoc.frozen import frozen
from plandoc.records import NotTaken, Recipe, StockItem, Taken
from plandoc.store import NO_SESSION, changes
from plandoc.workflow.sheets import number_of_batches
from plandoc.workflow.stock import put_in, take_out


@frozen
class MakingAhead:
    """What making batches ahead did to the stock.

    Attributes:
        item: The row of the recipe, as it is now.
        taken: What went into the batches.
        not_taken: What they needed beyond that, and was not in stock.
    """

    item: StockItem
    taken: tuple[Taken, ...]
    not_taken: tuple[NotTaken, ...]


@changes("make ahead")
def make_ahead(
    recipe_id: RecipeRef,
    batches: int | Decimal | Fraction | str,
    use_stock: bool = True,
    session: Session = NO_SESSION,
) -> MakingAhead:
    """Record that batches of a recipe were made ahead: they enter the stock, and what they needed leaves it, in one write.

    The recipe is that of the catalog. Sub-recipes that were made ahead are used first. The stock is the only record of it: a
    mistake is corrected with `set_stock`.

    Args:
        recipe_id: The recipe.
        batches: How many batches, above 0; part of a batch is possible, and text such as "1 1/2".
        use_stock: Whether to take anything from the stock; False only adds the batches, as `add_stock` does.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Recipe 99 not found".
        ValidationError: for a number that is not above 0, or with everything that is broken in the recipe.
    """
    recipe = session.get(Recipe, recipe_id)
    number = number_of_batches(batches)
    taking = Consumption()
    if use_stock:
        taking = take_out({recipe.id: number}, catalog_definitions(session), session, besides=recipe.id)
    item = put_in(StockItem(None, storable(number), units.BATCH, recipe_id=recipe.id), session)
    return MakingAhead(item, taking.taken, taking.not_taken)
