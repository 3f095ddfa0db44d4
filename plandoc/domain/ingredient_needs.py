"""The ingredients that a number of batches takes, sub-recipes included, each in as few units as possible.

Nothing that is needed is left out: what cannot be converted into the unit of the rest stays a separate row with the
reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

import attrs

from plandoc import units
from plandoc.domain.definitions import Definitions
from plandoc.domain.made_ahead import Batches, MadeAhead, made_ahead, without_made
from plandoc.domain.measures import Amount, conversions, largest, missing_equivalent, total
from plandoc.domain.nested_recipes import NestedRecipes
from plandoc.domain.notebooks import needs_in_html
from plandoc.domain.recipe_scaling import Quantities, scaled
from plandoc.domain.without_amount import WithoutAmount
from plandoc.errors import Problem, refuse, shorten
from plandoc.fields.constraints import non_negative_int, non_negative_quantity
from plandoc.frozen import frozen
from plandoc.records import Event, Finding, Ingredient, Recipe
from plandoc.units import Conversions, Dimension, Node


@frozen
class NeedRow:
    """How much of an ingredient is needed, as far as it can be expressed in one unit.

    Attributes:
        ingredient: What is needed.
        amount: How much, in the largest of the units that the recipes use: of weights and others a weight, of volumes,
            counts and containers a volume, else a count.
        as_written: The same before conversion: the sum for each unit that the recipes use, the largest unit first.
        unconverted: Why this row is separate from other rows of the ingredient, or cannot be converted at all; None
            when it is the only row.
        known: What converts its units, for the comparison with the stock.
    """

    ingredient: Ingredient
    amount: Amount
    as_written: tuple[Amount, ...]
    unconverted: str | None
    known: Conversions = attrs.field(
        default=attrs.Factory(lambda self: conversions(self.ingredient), takes_self=True), eq=False, repr=False
    )


@frozen
class IngredientNeeds:
    """The ingredients that the decided batches of events take.

    Attributes:
        events: Whose batches; in the order of their ids.
        rows: In the order of the ingredients' names; an ingredient has several rows where units cannot be compared.
        undecided: What the goods of these events need without decided batches, or with a broken definition: its
            ingredients are missing from the rows.
        without_amount: Ingredients that the recipes use without an amount; they are not part of any sum. One that other
            recipes use with an amount has a row, too.
        made_ahead: Batches that are made already, of the recipes with any: what goes into them is not in the rows.
    """

    events: tuple[Event, ...]
    rows: tuple[NeedRow, ...]
    undecided: tuple[Finding, ...]
    without_amount: tuple[WithoutAmount, ...] = ()
    made_ahead: tuple[MadeAhead, ...] = ()

    def _repr_html_(self) -> str:
        return needs_in_html("Ingredients for", self, self.rows, "Missing")


@frozen
class BatchGroup:
    """Batches that are baked with the same definitions.

    Attributes:
        batches: How many batches of each recipe, by its id; recipes with zero are left out.
        definitions: What the recipes are made of.
        made_ahead: Those of these batches, and of their sub-recipes, that are made already.
    """

    batches: Batches
    definitions: Definitions
    made_ahead: tuple[MadeAhead, ...] = ()

    @property
    def recipe_ids(self) -> tuple[int, ...]:
        """The recipes that are baked."""
        return tuple(recipe_id for recipe_id, number in self.batches.items() if number != 0)

    @property
    def recipes(self) -> list[Recipe]:
        """Every recipe that has something left to make, sub-recipes included; none of them has problems."""
        made = {one.recipe.id for one in self.made_ahead if not one.to_make}
        return NestedRecipes.of(self.definitions).with_sub_recipes(self.recipe_ids, without=made)


def less_made_ahead(groups: Iterable[BatchGroup], made: Mapping[int, Fraction]) -> list[BatchGroup]:
    """Return groups with what each takes of the batches that are made already; what one takes is gone for the next.

    Args:
        groups: Batches by their definitions.
        made: Batches in stock, by the id of their recipe.
    """
    if not made:
        return list(groups)
    left, less = dict(made), []
    for group in groups:
        taken = made_ahead(group.batches, NestedRecipes.of(group.definitions), left)
        for one in taken:
            left[one.recipe.id] -= one.made
        less.append(attrs.evolve(group, made_ahead=taken) if taken else group)
    return less


def combined_needs(groups: Iterable[BatchGroup]) -> tuple[NeedRow, ...]:
    """Return what batches take of each ingredient together, in the order of the ingredients' names.

    Batches that are made already take nothing. Each group is converted with its own definitions. Where names of an
    ingredient differ, the last one counts.

    Raises:
        ValidationError: with everything that is broken: a recipe or an ingredient is missing, a recipe contains
            itself or is nested more than 10 levels deep. The path is shown.
    """
    sums, problems = [], []
    for group in groups:
        batches = {recipe_id: number for recipe_id, number in group.batches.items() if number != 0}
        recipes = NestedRecipes(group.definitions)
        wrong = [*_problems_of_numbers(batches), *recipes.problems(sorted(batches))]
        problems.extend(wrong)
        if not wrong:
            sums.append((group.definitions, _to_make(batches, group.made_ahead, recipes)))
    refuse(problems)
    needed: dict[int, _Needed] = {}
    for definitions, quantities in sums:
        for (ingredient_id, unit), quantity in quantities.items():
            ingredient = definitions.ingredients(ingredient_id)
            if ingredient is not None:
                known = definitions.memoize(_KnownConversions)[ingredient]
                one = needed.setdefault(ingredient_id, _Needed(ingredient, known))
                one.add(ingredient, known, Amount(Fraction(quantity), unit))
    return tuple(_rows(needed.values()))


def _to_make(batches: Batches, made: tuple[MadeAhead, ...], recipes: NestedRecipes) -> Quantities:
    if not made:
        return scaled(batches, recipes)
    left = scaled(without_made(batches, made), recipes)
    # Nothing is needed of what goes only into batches that are made already.
    return {key: quantity for key, quantity in left.items() if quantity}


class _KnownConversions(dict[Ingredient, Conversions]):
    """What converts the units of each ingredient of a set of definitions, looked up once."""

    def __init__(self, definitions: Definitions) -> None:
        super().__init__()
        self._words = definitions.unit_words

    def __missing__(self, ingredient: Ingredient) -> Conversions:
        known = self[ingredient] = conversions(ingredient, self._words)
        return known


class _Needed:
    """What is needed of one ingredient.

    Attributes:
        ingredient: The ingredient in the last of the definitions.
        known: What converts its units in the last of the definitions.
        amounts: The amounts by what converts them, in which definitions can differ, and unit.
    """

    def __init__(self, ingredient: Ingredient, known: Conversions) -> None:
        self.ingredient, self.known = ingredient, known
        self.amounts: dict[tuple[Conversions, str], Amount] = {}

    def add(self, ingredient: Ingredient, known: Conversions, amount: Amount) -> None:
        self.ingredient, self.known = ingredient, known
        key = (known, amount.unit)
        before = self.amounts.get(key)
        self.amounts[key] = amount if before is None else attrs.evolve(amount, exact=before.exact + amount.exact)


def _problems_of_numbers(batches: Batches) -> Iterator[Problem]:
    for recipe_id, number in batches.items():
        wrong = non_negative_quantity(number) if type(number) is Fraction else non_negative_int(number)
        if wrong is not None:
            yield Problem(f"batches of recipe {recipe_id}: {wrong}", field="batches")


def _rows(needed: Iterable[_Needed]) -> Iterator[NeedRow]:
    for one in sorted(needed, key=lambda one: (one.ingredient.name.casefold(), one.ingredient.id)):
        yield from _rows_of(one)


def _rows_of(needed: _Needed) -> Iterator[NeedRow]:
    written: dict[Node, list[tuple[Conversions, Amount]]] = {}
    for (known, unit), amount in sorted(needed.amounts.items(), key=lambda entry: _largest_first(entry[1])):
        written.setdefault(known.family(unit), []).append((known, amount))
    sums = {name: _total(name, group) for name, group in written.items()}
    for name, group in written.items():
        others = [amount.unit for other, amount in sums.items() if other != name]
        why = _why_unconverted(sums[name].unit, others, needed.known)
        yield NeedRow(needed.ingredient, sums[name], _by_unit(group), why, needed.known)


def _total(family: Node, group: Sequence[tuple[Conversions, Amount]]) -> Amount:
    """Return the sum of amounts of one family, each converted by its own definitions."""
    definitions, base = {known for known, _ in group}, units.base_of(family)
    # A cup does not weigh the same in all definitions, and what a spoon holds can differ; what a gram is cannot.
    fitting = [
        amount.unit for _, amount in group if len({known.factor(amount.unit, base) for known in definitions}) == 1
    ]
    unit = largest(fitting or [base])
    return total((total([amount], unit, known) for known, amount in group), unit)


def _by_unit(group: Iterable[tuple[Conversions, Amount]]) -> tuple[Amount, ...]:
    sums: dict[str, Amount] = {}
    for _, amount in group:
        before = sums.get(amount.unit)
        sums[amount.unit] = amount if before is None else attrs.evolve(amount, exact=before.exact + amount.exact)
    return tuple(sums.values())


def _largest_first(amount: Amount) -> tuple[int, int, str]:
    """Return what orders amounts: what can be measured or counted, then containers, then unknown units."""
    dimension = units.dimension_of(amount.unit)
    group = 2 if dimension is None else int(dimension is Dimension.CONTAINER)
    return group, -units.position(amount.unit), amount.unit


def _why_unconverted(unit: str, others: list[str], known: Conversions) -> str | None:
    if units.dimension_of(unit) is None and not known.knows(unit):
        advice = units.advice(unit)
        return f"{shorten(unit)} is not a unit that the plan knows" + (f"; {advice}" if advice else "")
    if not others:
        return None
    return f"no equivalent such as {missing_equivalent(unit, others[0])} is known"
