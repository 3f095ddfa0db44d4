"""The progress of a plan: what is baked, what is packed, and what remains."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs

from plandoc.domain import runs
from plandoc.domain.batches import units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.feasibility import GoodFeasibility, feasibility
from plandoc.domain.requirements import Breakdown
from plandoc.domain.review import LivePlan
from plandoc.domain.unit_needs import needs_of_plan
from plandoc.frozen import frozen
from plandoc.records import AssemblyRun, Event, FinishedGood, FinishedUnit, PlanState, ProductionRun, Recipe


class Overall(enum.Enum):
    """The progress of a whole plan."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"


@frozen
class UnitProgress:
    """The progress of baking one finished unit.

    Attributes:
        unit: The finished unit.
        recipe: Its recipe.
        needed: Whole units that the goods of the plan take, packed ones included; 0 when none takes any.
        batches_decided: What the plan says; 0 when nothing is decided.
        batches_done: Batches baked; may be more than decided.
        made: Units that came out whole.
        lost: Units that were lost in baking.
        used: Units in the goods that are packed already.
        is_over: Whether the plan is completed, so that nothing more will be baked.
    """

    unit: FinishedUnit
    recipe: Recipe
    needed: int
    batches_decided: int
    batches_done: int
    made: int
    lost: int
    used: Fraction
    is_over: bool = False

    @property
    def batches_undone(self) -> int:
        """Batches that are decided and not baked, including those of a completed plan; 0 when as many or more are baked."""
        return max(0, self.batches_decided - self.batches_done)

    @property
    def batches_remaining(self) -> int:
        """Batches that are still to be baked; 0 when as many as decided are, and once the plan is completed."""
        return 0 if self.is_over else self.batches_undone

    @property
    def batches_over(self) -> int:
        """Batches that were baked beyond those decided."""
        return max(0, self.batches_done - self.batches_decided)

    @property
    def left(self) -> Fraction:
        """Units that are made and not used yet, never below 0."""
        return max(Fraction(0), self.made - self.used)

    @property
    def still_needed(self) -> int:
        """Units still to be made for what the plan needs; 0 when enough are made."""
        return max(0, self.needed - self.made)

    @property
    def expected(self) -> int:
        """Units that remaining batches will give, if nothing is lost."""
        return units_yielded(self.batches_remaining, self.unit.yield_per_batch)

    @property
    def short_after_remaining(self) -> int:
        """Units that will be missing even when all remaining batches are baked; 0 when none will.

        Above 0 when units were lost, or when too few batches are decided: the plan needs an amendment.
        """
        return max(0, self.still_needed - self.expected)


@frozen
class GoodProgress:
    """The progress of packing one good.

    Units that several goods share are used once: first for what can be packed now, then for what the remaining
    batches allow, each time in the order of the goods' ids.

    Attributes:
        good: The good.
        wanted: Pieces that the plan hands out; 0 for a good that was packed and is no longer in the plan.
        assembled: Pieces packed.
        can_assemble_now: Further wanted pieces that can be packed from the units that are there.
        after_remaining: The same once all remaining batches are baked, those that can be packed now included.
        waits_for: Every unit that does not cover what is wanted now; empty when all do.
        blocked_by: Every unit that does not cover it even then; the plan needs an amendment.
        problem: What is broken in the good's definition, so that its progress is unknown; None when nothing is.
        is_over: Whether the plan is completed, so that nothing more will be packed, and nothing waits.
    """

    good: FinishedGood
    wanted: int
    assembled: int
    can_assemble_now: int
    after_remaining: int
    waits_for: tuple[FinishedUnit, ...] = ()
    blocked_by: tuple[FinishedUnit, ...] = ()
    problem: str | None = None
    is_over: bool = False

    @property
    def undone(self) -> int:
        """Pieces that are wanted and not packed, including those of a completed plan; 0 when all are packed."""
        return max(0, self.wanted - self.assembled)

    @property
    def still_wanted(self) -> int:
        """Pieces that are still to be packed; 0 when all are, and once the plan is completed."""
        return 0 if self.is_over else self.undone


@frozen
class Progress:
    """The progress of an event's plan.

    Attributes:
        event: The event, with the state of its plan.
        units: Each unit that is needed, decided or baked, in the order of the ids.
        goods: Each good that is wanted or packed, in the order of the ids.
        overall: NOT_STARTED while nothing is baked or packed, COMPLETE when no batch remains and every wanted good is
            packed, or when the plan is completed, else IN_PROGRESS.
    """

    event: Event
    units: tuple[UnitProgress, ...]
    goods: tuple[GoodProgress, ...]
    overall: Overall

    @property
    def undone_units(self) -> tuple[UnitProgress, ...]:
        """The units with decided batches that are not baked; once the plan is completed, they are left undone."""
        return tuple(one for one in self.units if one.batches_undone)

    @property
    def undone_goods(self) -> tuple[GoodProgress, ...]:
        """The goods with wanted pieces that are not packed; once the plan is completed, they are left undone."""
        return tuple(one for one in self.goods if one.undone)


@frozen
class Work:
    """What was done for an event; only runs that count.

    Attributes:
        production: What was baked.
        assembly: What was packed.
    """

    production: tuple[ProductionRun, ...] = ()
    assembly: tuple[AssemblyRun, ...] = ()


def progress(event: Event, plan: LivePlan, work: Work, definitions: Definitions) -> Progress:
    """Return the progress of a plan.

    Broken goods are listed with their problem and do not count otherwise.

    Args:
        event: Whose plan it is.
        plan: What the plan is now, amendments included.
        work: What was done.
        definitions: What the goods are made of.
    """
    breakdown = Breakdown.of(definitions)
    units = tuple(_units(plan, work, definitions, breakdown))
    goods = tuple(_goods(plan, work, units, definitions, breakdown))
    if event.plan_state is PlanState.COMPLETED:
        return Progress(event, tuple(map(_over_unit, units)), tuple(map(_over_good, goods)), Overall.COMPLETE)
    return Progress(event, units, goods, _overall(work, units, goods))


def _over_unit(one: UnitProgress) -> UnitProgress:
    return attrs.evolve(one, is_over=True)


def _over_good(one: GoodProgress) -> GoodProgress:
    """Return the progress of a good in a completed plan: nothing more is packed, and it waits for nothing."""
    return attrs.evolve(one, can_assemble_now=0, after_remaining=0, waits_for=(), blocked_by=(), is_over=True)


def _overall(work: Work, units: tuple[UnitProgress, ...], goods: tuple[GoodProgress, ...]) -> Overall:
    if not work.production and not work.assembly:
        return Overall.NOT_STARTED
    to_do = any(unit.batches_remaining for unit in units) or any(good.still_wanted for good in goods)
    return Overall.IN_PROGRESS if to_do else Overall.COMPLETE


def _units(plan: LivePlan, work: Work, definitions: Definitions, breakdown: Breakdown) -> Iterator[UnitProgress]:
    wanted = _whole(plan.quantities, breakdown)
    needed = needs_of_plan(wanted, work.assembly, definitions)
    done, made, lost = (count(work.production) for count in (runs.batches_done, runs.units_made, runs.units_lost))
    used = runs.units_packed(_of_whole_goods(work, definitions), definitions)
    for unit_id in sorted(needed.keys() | plan.decisions.keys() | done.keys() | used.keys()):
        unit = definitions.units(unit_id)
        recipe = None if unit is None else definitions.recipes(unit.recipe_id)
        decision = plan.decisions.get(unit_id)
        if unit is not None and recipe is not None:
            yield UnitProgress(
                unit,
                recipe,
                needed=math.ceil(needed.get(unit_id, 0)),
                batches_decided=0 if decision is None else decision.batches,
                batches_done=done.get(unit_id, 0),
                made=made.get(unit_id, 0),
                lost=lost.get(unit_id, 0),
                used=used.get(unit_id, Fraction(0)),
            )


def _goods(
    plan: LivePlan,
    work: Work,
    units: tuple[UnitProgress, ...],
    definitions: Definitions,
    breakdown: Breakdown,
) -> Iterator[GoodProgress]:
    packed = runs.assembled(work.assembly)
    asked = {i: max(0, plan.quantities.get(i, 0) - packed.get(i, 0)) for i in plan.quantities.keys() | packed.keys()}
    now, later = _packing(_whole(asked, breakdown), units, definitions)
    for good_id in sorted(asked):
        good = definitions.goods(good_id)
        if good is not None:
            nothing = GoodFeasibility(good, 0, 0, ())
            first, then = now.get(good_id, nothing), later.get(good_id, nothing)
            yield GoodProgress(
                good,
                wanted=plan.quantities.get(good_id, 0),
                assembled=packed.get(good_id, 0),
                can_assemble_now=first.possible,
                after_remaining=first.possible + then.possible,
                waits_for=first.too_few,
                blocked_by=then.too_few,
                problem="; ".join(one.message for one in breakdown.problems(good_id)) or None,
            )


def _packing(
    asked: Mapping[int, int], units: tuple[UnitProgress, ...], definitions: Definitions
) -> tuple[dict[int, GoodFeasibility], dict[int, GoodFeasibility]]:
    """Return what can be packed now, and what more of it once the remaining batches are baked.

    Goods that are complete are in neither.
    """
    wanted = {good_id: number for good_id, number in asked.items() if number}
    now = feasibility(wanted, {one.unit.id: one.left for one in units}, definitions)
    # What can be packed now is not held back for goods that still wait: a baker packs what is there.
    rest: dict[int, int] = {one.good.id: one.wanted - one.possible for one in now.goods if one.possible < one.wanted}
    available: dict[int, Fraction] = {unit.id: quantity for unit, quantity in now.left_over}
    for one in units:
        available[one.unit.id] = available.get(one.unit.id, Fraction(0)) + one.expected
    later = feasibility(rest, available, definitions)
    return {one.good.id: one for one in now.goods}, {one.good.id: one for one in later.goods}


def _of_whole_goods(work: Work, definitions: Definitions) -> Iterator[AssemblyRun]:
    for run in work.assembly:
        if not Breakdown.of(definitions.as_of(run.amendments_before)).problems(run.finished_good_id):
            yield run


def _whole(quantities: Mapping[int, int], breakdown: Breakdown) -> dict[int, int]:
    return {good_id: number for good_id, number in quantities.items() if not breakdown.problems(good_id)}
