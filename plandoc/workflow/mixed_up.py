"""What a short name is, where something else of that name was looked for: a unit where a good was wanted, and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from plandoc.domain.requirements import Breakdown
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.session import Session, unit_of_work
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, Recipe

_MOST_NAMED = 8
_KINDS: Mapping[type[Any], str] = MappingProxyType(
    {FinishedUnit: "a finished unit", FinishedGood: "a good", Recipe: "a recipe", Ingredient: "an ingredient"}
)


def what_else_it_is(wanted: type, slug: str, session: Session) -> str | None:
    """Return what a short name is, and what was probably meant; None when nothing of the catalog has it.

    Args:
        wanted: The type of record that was looked for.
        slug: The short name.
        session: The session to look in.
    """
    for kind, called in _KINDS.items():
        found: Any = None if kind is wanted else unit_of_work(session).named(kind, slug)
        if found is not None:
            related = _RELATED.get((kind, wanted))
            return f"{slug!r} is {called}" + (f"; {related(found, session)}" if related else "")
    return None


def _goods_of_unit(unit: FinishedUnit, session: Session) -> str:
    return _goods_made_of([unit], session)


def _goods_of_recipe(recipe: Recipe, session: Session) -> str:
    return _goods_made_of(_units_of(recipe, session), session)


def _goods_made_of(units: Iterable[FinishedUnit], session: Session) -> str:
    ids = {unit.id for unit in units}
    goods = [one for one in session.find(FinishedGood) if any(part.finished_unit_id in ids for part in one.components)]
    return f"the goods made of it are {_listed(goods)}" if goods else "no good is made of it"


def _recipe_of_unit(unit: FinishedUnit, session: Session) -> str:
    return f"its recipe is {session.get(Recipe, unit.recipe_id).slug}"


def _units_of_recipe(recipe: Recipe, session: Session) -> str:
    units = _units_of(recipe, session)
    return f"it makes {_listed(units)}" if units else "it makes no finished unit"


def _units_of_good(good: FinishedGood, session: Session) -> str:
    units = _units_in(good, session)
    return f"the units in it are {_listed(units)}" if units else "there is no unit in it"


def _recipes_of_good(good: FinishedGood, session: Session) -> str:
    breakdown = Breakdown.of(catalog_definitions(session))
    if breakdown.problems(good.id):
        return "what is in it is broken"
    recipes = [session.get(Recipe, recipe_id) for recipe_id in sorted(breakdown.recipes(good.id))]
    return f"its recipes are {_listed(recipes)}" if recipes else "it needs no recipe"


def _units_of(recipe: Recipe, session: Session) -> list[FinishedUnit]:
    return [one for one in session.find(FinishedUnit) if one.recipe_id == recipe.id]


def _units_in(good: FinishedGood, session: Session) -> list[FinishedUnit]:
    """Return the units that are directly in a good."""
    ids = {part.finished_unit_id for part in good.components}
    return [one for one in session.find(FinishedUnit) if one.id in ids]


def _listed(records: Iterable[Any]) -> str:
    slugs = [one.slug for one in records]
    left = len(slugs) - _MOST_NAMED
    return ", ".join(slugs[:_MOST_NAMED]) + (f" and {left} more" if left > 0 else "")


_RELATED: Mapping[tuple[type, type], Callable[[Any, Session], str]] = MappingProxyType(
    {
        (FinishedUnit, FinishedGood): _goods_of_unit,
        (FinishedUnit, Recipe): _recipe_of_unit,
        (Recipe, FinishedUnit): _units_of_recipe,
        (Recipe, FinishedGood): _goods_of_recipe,
        (FinishedGood, FinishedUnit): _units_of_good,
        (FinishedGood, Recipe): _recipes_of_good,
    }
)
