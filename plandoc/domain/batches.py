"""How many batches to bake: what a number of batches yields, and which numbers are worth considering."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from plandoc.domain.requirements import Requirement
from plandoc.domain.rounding import format_number
from plandoc.errors import Problem, ValidationError
from plandoc.errors.hints import Hint, wording
from plandoc.fields.constraints import positive_ratio
from plandoc.frozen import frozen
from plandoc.records import BatchDecision, EventId, FinishedUnit, Recipe


def units_yielded(batches: int | Fraction, yield_per_batch: int | Fraction) -> int:
    """Return the whole units that a number of batches gives.

    >>> units_yielded(3, 24), units_yielded(2, Fraction(10, 3))
    (72, 6)
    """
    return math.floor(yield_per_batch * batches)


def batches_for(units: int, yield_per_batch: int | Fraction) -> int:
    """Return the fewest whole batches that give at least this many units.

    >>> batches_for(50, 24), batches_for(48, 24), batches_for(0, 24)
    (3, 2, 0)
    """
    return -(-units // yield_per_batch)


def enough_batches(needed: int, made: int, batches_baked: int, yield_per_batch: int | Fraction) -> int:
    """Return the fewest batches in total, baked ones included, that cover the need.

    Units that were lost in baking are made again.

    >>> enough_batches(50, 0, 0, 24), enough_batches(48, 40, 2, 24), enough_batches(10, 48, 2, 24)
    (3, 3, 2)
    """
    return batches_baked + batches_for(max(0, needed - made), yield_per_batch)


def decision_for(
    event_id: EventId,
    unit: FinishedUnit,
    batches: int,
    exact: int | Fraction,
    *,
    recipe_fingerprint: str = "",
    decision_id: int = 0,
) -> BatchDecision:
    """Return the decision for so many batches of a unit, with the need and the yield as they are now.

    What is short counts as accepted.

    Args:
        event_id: The event.
        unit: The finished unit.
        batches: A whole number above 0.
        exact: Units that the goods ask for, before they are rounded up; 0 when they ask for none.
        recipe_fingerprint: That of the unit's recipe.
        decision_id: The id of the decision that it replaces; 0 for a unit without one.
    """
    needed = math.ceil(exact)
    return BatchDecision(
        event_id=event_id,
        finished_unit_id=unit.id,
        recipe_id=unit.recipe_id,
        batches=batches,
        yield_per_batch=unit.yield_per_batch,
        units_needed=needed,
        shortfall_accepted=units_yielded(batches, unit.yield_per_batch) < needed,
        # A fraction of very many digits is not kept; then only a change of the whole units is noticed.
        exact_need=exact if positive_ratio(exact) is None else 0,
        recipe_fingerprint=recipe_fingerprint,
        id=decision_id,
    )


def batches_in_words(number: int | Fraction) -> str:
    """Return a number of batches in words.

    >>> batches_in_words(1), batches_in_words(3), batches_in_words(Fraction(3, 2))
    ('1 batch', '3 batches', '1.5 batches')
    """
    return "1 batch" if number == 1 else f"{format_number(Fraction(number))} batches"


def shortfall_in_words(batches: int, made: int, needed: int) -> str:
    """Return a shortfall in words.

    >>> shortfall_in_words(1, 24, 50)
    '1 batch makes 24 of 50 needed, 26 short'
    """
    makes = "makes" if batches == 1 else "make"
    return f"{batches_in_words(batches)} {makes} {made} of {needed} needed, {needed - made} short"


def shortfall_hint(needed: int, yield_per_batch: int | Fraction) -> str:
    """Return what to do about too few batches.

    >>> shortfall_hint(50, 24)
    '3 batches are enough, or accept the shortfall with accept_shortfall=True'
    """
    enough = batches_for(needed, yield_per_batch)
    said = f"{batches_in_words(enough)} {'is' if enough == 1 else 'are'} enough"
    return wording("{said}, or accept the shortfall with {accept}", said=said, accept=Hint.ACCEPT_SHORTFALL())


@frozen
class BatchOption:
    """A number of batches that can be decided for a unit.

    Attributes:
        batches: Whole batches.
        total_yield: Whole units that they give.
        difference: `total_yield` less what is needed: above 0 units are over, below 0 they are short.
    """

    batches: int
    total_yield: int
    difference: int

    @property
    def is_shortfall(self) -> bool:
        """Whether they give less than is needed."""
        return self.difference < 0

    @property
    def is_exact(self) -> bool:
        """Whether they give just what is needed."""
        return self.difference == 0

    @property
    def shortfall(self) -> int:
        """Units that are missing; 0 when none are."""
        return max(0, -self.difference)


def batch_options(units_needed: int, yield_per_batch: int | Fraction) -> tuple[BatchOption, ...]:
    """Return the whole number of batches just below a need (if above 0) and just above it (if different).

    >>> batch_options(50, 24)  # doctest: +NORMALIZE_WHITESPACE
    (BatchOption(batches=2, total_yield=48, difference=-2),
     BatchOption(batches=3, total_yield=72, difference=22))
    >>> batch_options(48, 24)
    (BatchOption(batches=2, total_yield=48, difference=0),)
    """
    above = batches_for(units_needed, yield_per_batch)
    below = units_needed // yield_per_batch
    return tuple(_option(batches, units_needed, yield_per_batch) for batches in sorted({below, above}) if batches > 0)


def _option(batches: int, units_needed: int, yield_per_batch: int | Fraction) -> BatchOption:
    total = units_yielded(batches, yield_per_batch)
    return BatchOption(batches, total, total - units_needed)


@frozen
class UnitOptions:
    """The numbers of batches worth considering for one finished unit of a plan.

    Attributes:
        requirement: What the plan takes of the unit.
        options: The fewer batches first; the last is never short.
    """

    requirement: Requirement
    options: tuple[BatchOption, ...]

    @property
    def suggested(self) -> BatchOption:
        """The fewest batches that are not short."""
        return self.options[-1]


def options_for(requirement: Requirement) -> UnitOptions:
    """Return the options for what a plan takes of a unit."""
    return UnitOptions(requirement, batch_options(requirement.units, requirement.unit.yield_per_batch))


@frozen
class BatchSuggestion:
    """The yield of a recipe that serves a need best.

    Attributes:
        unit: The finished unit that is the yield.
        option: How many batches, and what they give.
    """

    unit: FinishedUnit
    option: BatchOption


def suggest(units_needed: int, units: Iterable[FinishedUnit]) -> BatchSuggestion:
    """Return the best yield of a recipe: never short, then least waste, then fewest batches.

    Raises:
        ValidationError: when there is no yield to choose from.

    >>> dozen = FinishedUnit("Dozen", 1, items_per_batch=12, id=1)
    >>> score = FinishedUnit("Score", 1, items_per_batch=20, id=2)
    >>> suggestion = suggest(40, [dozen, score])
    >>> suggestion.unit.name, suggestion.option.batches
    ('Score', 2)
    """
    suggestions = [BatchSuggestion(unit, batch_options(units_needed, unit.yield_per_batch)[-1]) for unit in units]
    if not suggestions:
        raise ValidationError([Problem("there is no yield to choose from", hint="add a finished unit to the recipe")])
    return min(suggestions, key=lambda one: (one.option.difference, one.option.batches, one.unit.id))


@frozen
class UnitPlan:
    """One finished unit in a plan: what is needed of it and what was decided.

    Attributes:
        unit: The finished unit.
        recipe: Its recipe.
        needed: Whole units that the goods take; 0 when no good takes any.
        decision: The decision; None when there is none.
    """

    unit: FinishedUnit
    recipe: Recipe
    needed: int
    decision: BatchDecision | None

    @property
    def made(self) -> int:
        """Whole units that the decided batches give by the current yield; 0 when nothing is decided."""
        return 0 if self.decision is None else units_yielded(self.decision.batches, self.unit.yield_per_batch)

    @property
    def difference(self) -> int | None:
        """`made` less `needed`; None when nothing is decided."""
        return None if self.decision is None else self.made - self.needed
