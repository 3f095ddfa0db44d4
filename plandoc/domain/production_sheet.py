"""The production sheet of an event: what is still to bake, recipe by recipe in the order of work, and what to pack."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import attrs

from plandoc.domain.definitions import Definitions
from plandoc.domain.made_ahead import Batches
from plandoc.domain.progress import GoodProgress, Progress, UnitProgress
from plandoc.domain.scaled_recipes import ScaledRecipe, scaled_recipes
from plandoc.errors import Problem, refuse
from plandoc.frozen import frozen
from plandoc.records import Component, Event, Finding, FinishedGood, FinishedUnit, PlanState, Recipe

# More would fill a page without helping anybody to count.
_MOST_BOXES = 100


@frozen
class Boxes:
    """Boxes to tick, one for each batch or piece; if there are very many, one for 10, for 100, and so on.

    Attributes:
        each: How many a full box counts for.
        full: The number of full boxes.
        rest: What the last box counts for, such as half a batch; 0 when there is no such box.
    """

    each: int
    full: int
    rest: Fraction

    @classmethod
    def of(cls, number: int | Fraction) -> Boxes:
        """Return the boxes for a number of batches or pieces.

        >>> Boxes.of(Fraction(21, 2))
        Boxes(each=1, full=10, rest=Fraction(1, 2))
        >>> Boxes.of(125)
        Boxes(each=10, full=12, rest=Fraction(5, 1))
        """
        each = 1
        while number / each > _MOST_BOXES:
            each *= 10
        full = math.floor(number / Fraction(each))
        return cls(each, full, Fraction(number) - full * each)


@frozen
class UnitToBake:
    """A finished unit with batches still to bake.

    Attributes:
        unit: The finished unit.
        batches: Batches still to bake.
        units: Whole units that they give.
    """

    unit: FinishedUnit
    batches: int
    units: int


@frozen
class RecipeSheet:
    """What is still to bake of one recipe.

    Attributes:
        work: The total batches, for all its finished units and all recipes that it goes into, less those that are made
            already, with every line scaled.
        yields: As which finished units it is baked; empty for a recipe that only goes into others.
    """

    work: ScaledRecipe
    yields: tuple[UnitToBake, ...]

    @property
    def boxes(self) -> Boxes:
        """A box to tick for each batch to make."""
        return Boxes.of(self.work.batches)


@frozen
class PackedPart:
    """A part of a good on the packing list.

    Attributes:
        name: The name of the unit, or of the good inside.
        depth: 0 for a part of the good itself, 1 for a part of a good inside it, and so on.
        is_good: Whether it is a good, whose own parts follow.
        in_one: How many of it one piece of the outermost good takes.
        in_total: How many of it all pieces still to pack take.
    """

    name: str
    depth: int
    is_good: bool
    in_one: Fraction
    in_total: Fraction


@frozen
class GoodToPack:
    """A good with pieces still to pack.

    Attributes:
        good: The good.
        wanted: Pieces that the plan hands out.
        to_pack: Pieces still to pack.
        parts: What goes into it; empty when its definition is broken.
        problem: What is broken in its definition; None when nothing is.
    """

    good: FinishedGood
    wanted: int
    to_pack: int
    parts: tuple[PackedPart, ...]
    problem: str | None

    @property
    def boxes(self) -> Boxes:
        """A box to tick for each piece."""
        return Boxes.of(self.to_pack)


@frozen
class ProductionSheet:
    """What is still to bake and to pack for an event, worked out with the effective definitions.

    Attributes:
        event: The event. When its plan is completed, nothing remains.
        recipes: In the order of work: sub-recipes before what they go into.
        goods: The packing list.
        undecided: What the goods need without decided batches, or with a broken definition: it is not on the sheet.
    """

    event: Event
    recipes: tuple[RecipeSheet, ...]
    goods: tuple[GoodToPack, ...]
    undecided: tuple[Finding, ...]

    @property
    def is_over(self) -> bool:
        """Whether the plan is completed, so that nothing more is baked or packed."""
        return self.event.plan_state is PlanState.COMPLETED

    def of_recipes(self, recipes: Iterable[Recipe]) -> ProductionSheet:
        """Return the sheet with these recipes only, each with the same numbers, and without the packing list.

        Raises:
            ValidationError: with every recipe that is not on the sheet.
        """
        wanted = {recipe.id: recipe for recipe in recipes}
        on_sheet = {sheet.work.recipe.id: sheet.work.recipe.slug for sheet in self.recipes}
        there = f"to bake are {', '.join(on_sheet.values())}" if on_sheet else "nothing is left to bake"
        refuse(
            Problem(f"no batches of {recipe.name} are left to bake for {self.event.name}; {there}", field="recipe_ids")
            for recipe_id, recipe in wanted.items()
            if recipe_id not in on_sheet
        )
        kept = tuple(sheet for sheet in self.recipes if sheet.work.recipe.id in wanted)
        return attrs.evolve(self, recipes=kept, goods=())


def production_sheet(
    progress: Progress, undecided: tuple[Finding, ...], definitions: Definitions, made: Batches
) -> ProductionSheet:
    """Return the production sheet of an event.

    Args:
        progress: What of its plan is done.
        undecided: What its goods need without decided batches, or with a broken definition.
        definitions: The effective definitions.
        made: Batches that are made already, by the id of their recipe.

    Raises:
        ValidationError: with everything that is broken in the recipes.
    """
    yields: dict[int, list[UnitToBake]] = {}
    for one in progress.units:
        if one.batches_remaining:
            yields.setdefault(one.recipe.id, []).append(_unit_to_bake(one))
    batches = {recipe_id: sum(one.batches for one in units) for recipe_id, units in yields.items()}
    recipes = tuple(
        RecipeSheet(work, tuple(yields.get(work.recipe.id, ()))) for work in scaled_recipes(batches, definitions, made)
    )
    goods = tuple(_good_to_pack(one, definitions) for one in progress.goods if one.still_wanted)
    return ProductionSheet(progress.event, recipes, goods, undecided)


def _unit_to_bake(one: UnitProgress) -> UnitToBake:
    return UnitToBake(one.unit, one.batches_remaining, one.expected)


def _good_to_pack(one: GoodProgress, definitions: Definitions) -> GoodToPack:
    parts = () if one.problem else parts_of(one.good, one.still_wanted, definitions)
    return GoodToPack(one.good, one.wanted, one.still_wanted, parts, one.problem)


def parts_of(good: FinishedGood, pieces: int, definitions: Definitions) -> tuple[PackedPart, ...]:
    """Return what goes into a number of pieces of a good, with the parts of the goods inside it.

    Args:
        good: A good that is not broken.
        pieces: How many of it.
        definitions: What it is made of.
    """
    return tuple(_parts(good, pieces, Fraction(1), 0, definitions))


def _parts(
    good: FinishedGood, pieces: int, times: Fraction, depth: int, definitions: Definitions
) -> Iterator[PackedPart]:
    for component in good.components:
        in_one = Fraction(component.quantity) * times
        inner = _inner(component, definitions)
        yield PackedPart(_name(component, inner, definitions), depth, inner is not None, in_one, in_one * pieces)
        if inner is not None:
            yield from _parts(inner, pieces, in_one, depth + 1, definitions)


def _inner(component: Component, definitions: Definitions) -> FinishedGood | None:
    return None if component.finished_good_id is None else definitions.goods(component.finished_good_id)


def _name(component: Component, inner: FinishedGood | None, definitions: Definitions) -> str:
    if inner is not None:
        return inner.name
    unit = definitions.units(component.finished_unit_id or 0)
    return f"finished unit {component.finished_unit_id}" if unit is None else unit.name
