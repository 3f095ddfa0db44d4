"""What amendments of a plan in production must respect: never below what is baked or assembled, never without a change."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from plandoc.domain.availability import Availability
from plandoc.domain.definitions import Definitions
from plandoc.errors import Problem, shorten
from plandoc.errors.hints import Hint, Named, wording
from plandoc.fields.constraints import non_negative_int, positive_int
from plandoc.records import FinishedUnit


def validate_new_good(
    good_id: int, asked: Availability | None, quantity: int, planned: int | None
) -> Iterator[Problem]:
    """Yield why a good cannot be added to the plan.

    Args:
        good_id: The id that was given.
        asked: The good and what it needs; None when the good does not exist.
        quantity: How many to hand out.
        planned: How many are already in the plan; None when it is not in the plan.
    """
    if asked is None:
        yield Problem(f"Finished good {shorten(good_id)} not found", field="finished_good_id")
    name = f"finished good {shorten(good_id)}" if asked is None else asked.good.name
    wrong = positive_int(quantity)
    if wrong is not None:
        yield Problem(f"{name}: {wrong}", field="quantity")
    if planned is not None:
        message = f"{name} is already in the plan, with a quantity of {planned}"
        good: object = good_id if asked is None else Named(good_id, asked.good.slug)
        change = Hint.CHANGE_QUANTITY(good=good, quantity=quantity)
        yield Problem(
            message, field="finished_good_id", hint=wording("change the quantity with {change}", change=change)
        )
    elif asked is not None and asked.problem is not None:
        yield Problem(asked.problem, field="components", hint="fix the good's definition first")


def validate_quantity(name: str, planned: int, quantity: int, pieces_assembled: int) -> Iterator[Problem]:
    """Yield why the quantity of a good cannot be changed.

    Args:
        name: The good's name.
        planned: How many are planned.
        quantity: The new quantity.
        pieces_assembled: How many are already packed.
    """
    wrong = positive_int(quantity)
    if wrong is not None:
        is_none = type(quantity) is int and quantity == 0
        hint = wording("take it out of the plan with {drop}", drop=Hint.DROP_GOOD()) if is_none else None
        yield Problem(f"{name}: {wrong}", field="quantity", hint=hint)
    elif quantity == planned:
        yield Problem(f"{name}: {quantity} are already planned, so nothing would change", field="quantity")
    else:
        yield from validate_assembled(name, quantity, pieces_assembled)


def validate_assembled(name: str, quantity: int, pieces_assembled: int) -> Iterator[Problem]:
    """Yield why a good cannot go down to a quantity (0: leave the plan) when more of it are already packed."""
    if quantity < pieces_assembled:
        message = f"{name}: {pieces_assembled} are already assembled, so the plan cannot go down to {quantity}"
        hint = f"{pieces_assembled} is the minimum, unless an assembly recorded by mistake is voided first"
        yield Problem(message, field="quantity", hint=hint)


def validate_not_baked(
    name: str, good_id: int, units_baked: Collection[int], definitions: Definitions
) -> Iterator[Problem]:
    """Yield why a good cannot leave the plan: it needs recipes that are already baked.

    Args:
        name: The good's name.
        good_id: Its id.
        units_baked: Ids of the finished units with baked batches; every yield of a recipe counts.
        definitions: What the good is made of.
    """
    units = map(definitions.units, units_baked)
    baked = {unit.recipe_id for unit in units if unit is not None}
    recipes = map(definitions.recipes, sorted(baked & _recipes_inside(good_id, definitions)))
    names = ", ".join(recipe.name for recipe in recipes if recipe is not None)
    if names:
        message = f"{name} needs recipes with batches already baked: {names}"
        yield Problem(
            message, field="finished_good_id", hint=wording("drop it anyway with {option}", option=Hint.FORCE())
        )


def _recipes_inside(good_id: int, definitions: Definitions) -> set[int]:
    """Return the recipes that a good needs, through all its bundles, as far as they exist.

    A good with a broken definition must still be guarded, and it must be possible to drop it.
    """
    recipes: set[int] = set()
    seen, waiting = {good_id}, [good_id]
    while waiting:
        good = definitions.goods(waiting.pop())
        for part in good.components if good is not None else ():
            unit = None if part.finished_unit_id is None else definitions.units(part.finished_unit_id)
            if unit is not None:
                recipes.add(unit.recipe_id)
            elif part.finished_good_id is not None and part.finished_good_id not in seen:
                seen.add(part.finished_good_id)
                waiting.append(part.finished_good_id)
    return recipes


def validate_batches(unit: FinishedUnit, decided: int, batches: int, batches_baked: int) -> Iterator[Problem]:
    """Yield why the batches of a finished unit cannot be changed.

    Args:
        unit: The unit.
        decided: How many batches are decided; 0 for none.
        batches: The new number of batches; 0 for none.
        batches_baked: How many are already baked.
    """
    wrong = non_negative_int(batches)
    if wrong is not None:
        yield Problem(f"batches of {unit.name}: {wrong}", field="batches")
    elif batches == decided:
        yield Problem(
            f"batches of {unit.name}: {batches} are already decided, so nothing would change", field="batches"
        )
    elif batches < batches_baked:
        message = f"batches of {unit.name}: {batches_baked} are already baked, so the plan cannot go down to {batches}"
        hint = f"{batches_baked} is the minimum, unless a baking recorded by mistake is voided first"
        yield Problem(message, field="batches", hint=hint)
