"""Which goods can be handed out with the recipes that are selected."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from plandoc.domain.definitions import Definitions
from plandoc.domain.requirements import Breakdown
from plandoc.frozen import frozen
from plandoc.records import FinishedGood, Recipe


@frozen
class Availability:
    """Whether a good can be handed out at an event.

    Attributes:
        good: The good.
        needed_recipes: All recipes it needs, through all its bundles, in the order of their ids.
        missing_recipes: Those of them that are not selected.
        problem: What is broken in the good's definition; None when nothing is.
    """

    good: FinishedGood
    needed_recipes: tuple[Recipe, ...]
    missing_recipes: tuple[Recipe, ...]
    problem: str | None = None

    @property
    def is_available(self) -> bool:
        """Whether all recipes it needs are selected and its definition is intact."""
        return not self.missing_recipes and self.problem is None


def availability(
    goods: Iterable[FinishedGood], selected: Collection[int], definitions: Definitions
) -> tuple[Availability, ...]:
    """Return for each good whether it is available, in the order given.

    Args:
        goods: The goods asked about.
        selected: Ids of the selected recipes.
        definitions: What the goods are made of.
    """
    breakdown = Breakdown.of(definitions)
    return tuple(_availability(good, selected, definitions, breakdown) for good in goods)


def _availability(
    good: FinishedGood, selected: Collection[int], definitions: Definitions, breakdown: Breakdown
) -> Availability:
    problems = breakdown.problems(good.id)
    if problems:
        return Availability(good, (), (), "; ".join(problem.message for problem in problems))
    found = map(definitions.recipes, sorted(breakdown.recipes(good.id)))
    needed = tuple(recipe for recipe in found if recipe is not None)
    return Availability(good, needed, tuple(recipe for recipe in needed if recipe.id not in selected))
