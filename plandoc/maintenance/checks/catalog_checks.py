"""Recipes in recipes, goods in goods, variants of recipes: what contains itself or nests too deep, what is its own base."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from plandoc.domain.containment import check_nesting
from plandoc.engine.document import OpenDocument
from plandoc.engine.integrity import check_base
from plandoc.errors import Problem, ValidationError
from plandoc.maintenance.checks.issues import Issue
from plandoc.records import FinishedGood, Recipe
from plandoc.tables import BY_TYPE

_HINT = "take a part out of one of them"


def wrong_nesting(catalog: OpenDocument) -> Iterator[Issue]:
    """Yield the recipes and goods that contain themselves, nest too deep or are their own base, with the path."""
    yield from _wrong(catalog, Recipe, lambda recipe: recipe.sub_recipe_ids)
    yield from _wrong(catalog, FinishedGood, lambda good: good.inner_good_ids)
    yield from _own_bases(catalog)


def _own_bases(catalog: OpenDocument) -> Iterator[Issue]:
    table = BY_TYPE[Recipe]
    recipes = {recipe.id: recipe for recipe in catalog.find(table)}
    for recipe_id in recipes:
        try:
            check_base(recipe_id, recipes, "base_recipe_id")
        except ValidationError as error:
            hint = "take the base out of one of them"
            (wrong,) = error.problems
            line = catalog.line(table.name, recipe_id)
            yield Issue(Problem(wrong.message, catalog.name, line, table.name, str(recipe_id), wrong.field, hint))


def _wrong(catalog: OpenDocument, record_type: type, parts: Callable[[Any], tuple[int, ...]]) -> Iterator[Issue]:
    table = BY_TYPE[record_type]
    by_id = {thing.id: thing for thing in catalog.find(table)}

    def inside(thing_id: int) -> list[int]:
        return [part for part in parts(by_id[thing_id]) if part in by_id]

    for thing_id in by_id:
        try:
            check_nesting(thing_id, inside, lambda part: repr(by_id[part].name), table.name)
        except ValidationError as error:
            line = catalog.line(table.name, thing_id)
            message = error.problems[0].message
            yield Issue(Problem(message, catalog.name, line, table.name, str(thing_id), hint=_HINT))
