"""Recipes and the recipes inside them: what is broken in them, with the path to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from plandoc.domain.containment import check_nesting
from plandoc.domain.definitions import Definitions
from plandoc.domain.memo import Memo
from plandoc.errors import Problem, ValidationError
from plandoc.records import Ingredient, Recipe


class NestedRecipes:
    """Recipes with all their sub-recipes, each looked up once."""

    @classmethod
    def of(cls, definitions: Definitions) -> NestedRecipes:
        """Return the recipes of these definitions, with what was already computed."""
        return definitions.memoize(cls)

    def __init__(self, definitions: Definitions) -> None:
        self._recipes: Memo[int, Recipe | None] = Memo(definitions.recipes)
        self._has_ingredient: Memo[int, bool] = Memo(lambda ingredient_id: definitions.has(Ingredient, ingredient_id))
        self._problems_of: Memo[int, tuple[Problem, ...]] = Memo(lambda recipe_id: self.problems([recipe_id]))

    def recipe(self, recipe_id: int) -> Recipe | None:
        """Return a recipe; None when there is none."""
        return self._recipes[recipe_id]

    def with_sub_recipes(self, recipe_ids: Iterable[int], *, without: Collection[int] = ()) -> list[Recipe]:
        """Return recipes with all recipes inside them, each once.

        Args:
            recipe_ids: The recipes.
            without: Recipes that are left out, with what is only in them.
        """
        found = map(self.recipe, self._walk(recipe_ids, without))
        return [recipe for recipe in found if recipe is not None]

    def problems_of(self, recipe_id: int) -> tuple[Problem, ...]:
        """Return what is broken in one recipe and in its parts; nothing for one that can be made."""
        return self._problems_of[recipe_id]

    def broken(self, recipe_ids: Iterable[int]) -> list[int]:
        """Return which of these recipes cannot be made, including missing ones."""
        problems = self._problems_of
        return [recipe_id for recipe_id in recipe_ids if problems[recipe_id]]

    def problems(self, recipe_ids: Iterable[int]) -> tuple[Problem, ...]:
        """Return what is broken in these recipes and in their parts; nothing for recipes that can be made.

        Broken is a recipe that is missing, that has an ingredient or a part missing, that contains itself, or that is
        nested more than 10 levels deep.
        """
        return tuple(dict.fromkeys(self._problems(recipe_ids)))

    def order_of_work(self, recipe_ids: Iterable[int]) -> list[Recipe]:
        """Return recipes with all their sub-recipes, each once and every sub-recipe before what it goes into.

        Args:
            recipe_ids: Recipes without problems; their order is kept as far as that is possible.
        """
        order: dict[int, Recipe] = {}
        for recipe_id in recipe_ids:
            self._add_to_order(recipe_id, order)
        return list(order.values())

    def _add_to_order(self, recipe_id: int, order: dict[int, Recipe]) -> None:
        recipe = self.recipe(recipe_id)
        if recipe is None or recipe_id in order:
            return
        for part in recipe.sub_recipe_ids:
            self._add_to_order(part, order)
        order[recipe_id] = recipe

    def _problems(self, recipe_ids: Iterable[int]) -> Iterator[Problem]:
        outer = self._walk(recipe_ids)
        for recipe_id in outer:
            yield from self._missing(recipe_id, outer)
        for recipe_id in (one for one, around in outer.items() if around is None and self._sub_recipe_ids(one)):
            try:
                check_nesting(recipe_id, self._sub_recipe_ids, self._name, "sub_recipes")
            except ValidationError as error:
                yield from error.problems

    def _walk(self, recipe_ids: Iterable[int], without: Collection[int] = ()) -> dict[int, int | None]:
        """Return every recipe reachable from these, each with one recipe that contains it; None for these themselves."""
        outer: dict[int, int | None] = dict.fromkeys(one for one in recipe_ids if one not in without)
        # Not recursive: the recipes may contain themselves.
        waiting = list(outer)
        while waiting:
            recipe_id = waiting.pop()
            for part in self._sub_recipe_ids(recipe_id):
                if part not in outer and part not in without:
                    outer[part] = recipe_id
                    waiting.append(part)
        return outer

    def _missing(self, recipe_id: int, outer: Mapping[int, int | None]) -> Iterator[Problem]:
        recipe = self.recipe(recipe_id)
        if recipe is None:
            around = self._path(outer[recipe_id], outer)
            wanted = f", wanted by {around}" if around else ""
            yield Problem(f"Recipe {recipe_id} not found{wanted}", field="sub_recipes" if around else None)
            return
        known = self._has_ingredient
        for ingredient_id in dict.fromkeys([line.ingredient_id for line in recipe.lines]):
            if not known[ingredient_id]:
                path = self._path(recipe_id, outer)
                yield Problem(f"Ingredient {ingredient_id} not found, wanted by {path}", field="lines")

    def _path(self, recipe_id: int | None, outer: Mapping[int, int | None]) -> str:
        path: list[str] = []
        while recipe_id is not None:
            path.insert(0, self._name(recipe_id))
            recipe_id = outer[recipe_id]
        return " -> ".join(path)

    def _sub_recipe_ids(self, recipe_id: int) -> tuple[int, ...]:
        recipe = self.recipe(recipe_id)
        return () if recipe is None else recipe.sub_recipe_ids

    def _name(self, recipe_id: int) -> str:
        recipe = self.recipe(recipe_id)
        return f"recipe {recipe_id}" if recipe is None else repr(recipe.name)
