"""Which records of the wanted type belong to one of another type: the goods made of a unit, the units that a recipe makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.records import FinishedGood, FinishedUnit, Recipe

_MOST_NAMED = 8


def related_in_words(wanted: type, other: Any, unit_of_work: UnitOfWork) -> str | None:
    """Return which records were probably meant; None when nothing is known of the two types.

    Args:
        wanted: The type of record that was looked for.
        other: The record of another type that was named.
        unit_of_work: Where to look.
    """
    describe = _RELATED.get((type(other), wanted))
    return None if describe is None else describe(other, unit_of_work)


def _goods_of_unit(unit: FinishedUnit, unit_of_work: UnitOfWork) -> str:
    return _goods_made_of([unit], unit_of_work)


def _goods_of_recipe(recipe: Recipe, unit_of_work: UnitOfWork) -> str:
    return _goods_made_of(_made_by(recipe, unit_of_work), unit_of_work)


def _goods_made_of(units: Iterable[FinishedUnit], unit_of_work: UnitOfWork) -> str:
    ids = {unit.id for unit in units}
    goods = unit_of_work.find(FinishedGood)
    made_of = [one for one in goods if any(part.finished_unit_id in ids for part in one.components)]
    return f"the goods made of it are {_listed(made_of)}" if made_of else "no good is made of it"


def _recipe_of_unit(unit: FinishedUnit, unit_of_work: UnitOfWork) -> str | None:
    recipe = unit_of_work.get_or_none(Recipe, unit.recipe_id)
    return None if recipe is None else f"its recipe is {recipe.slug}"


def _units_of_recipe(recipe: Recipe, unit_of_work: UnitOfWork) -> str:
    units = _made_by(recipe, unit_of_work)
    return f"its finished units are {_listed(units)}" if units else "it has no finished unit"


def _units_of_good(good: FinishedGood, unit_of_work: UnitOfWork) -> str:
    ids = {part.finished_unit_id for part in good.components}
    units = [one for one in unit_of_work.find(FinishedUnit) if one.id in ids]
    return f"the units in it are {_listed(units)}" if units else "there is no unit in it"


def _made_by(recipe: Recipe, unit_of_work: UnitOfWork) -> list[FinishedUnit]:
    return [one for one in unit_of_work.find(FinishedUnit) if one.recipe_id == recipe.id]


def _listed(records: Iterable[Any]) -> str:
    slugs = [one.slug for one in records]
    left = len(slugs) - _MOST_NAMED
    return ", ".join(slugs[:_MOST_NAMED]) + (f" and {left} more" if left > 0 else "")


_RELATED: Mapping[tuple[type, type], Callable[[Any, UnitOfWork], str | None]] = MappingProxyType(
    {
        (FinishedUnit, FinishedGood): _goods_of_unit,
        (FinishedUnit, Recipe): _recipe_of_unit,
        (Recipe, FinishedUnit): _units_of_recipe,
        (Recipe, FinishedGood): _goods_of_recipe,
        (FinishedGood, FinishedUnit): _units_of_good,
    }
)
