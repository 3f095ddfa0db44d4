"""What a person should look at before a plan is locked or started."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import attrs

from plandoc.arithmetic.batches import (
    batches_for,
    batches_in_words,
    shortfall_in_words,
    units_yielded,
    way_out_of_shortfall,
)
from plandoc.arithmetic.definitions import Definitions
from plandoc.arithmetic.fingerprints import recipe_fingerprint
from plandoc.arithmetic.requirements import Breakdown, Requirement, requirements
from plandoc.records import BatchDecision, Finding, FindingKind, FinishedUnit
from plandoc.rules import LARGEST_NUMBER

_ORDER = {kind: position for position, kind in enumerate(FindingKind)}


@attrs.frozen
class PlanParts:
    """What a plan consists of.

    Attributes:
        quantities: How many of each good are handed out, by the good's id.
        recipes: Ids of the selected recipes.
        decisions: The batch decisions, by the finished unit's id.
    """

    quantities: Mapping[int, int]
    recipes: Collection[int]
    decisions: Mapping[int, BatchDecision]


def review(plan: PlanParts, definitions: Definitions) -> tuple[Finding, ...]:
    """Return what is wrong or doubtful in a plan; the worst kind first, then in the order of ids.

    Nothing here stops a plan from being locked or started: a person decides.
    """
    breakdown = Breakdown(definitions)
    broken = [good_id for good_id in plan.quantities if breakdown.problems(good_id)]
    whole = {good_id: n for good_id, n in plan.quantities.items() if good_id not in broken}
    required = {one.unit.id: one for one in requirements(whole, definitions, breakdown)}
    findings = [
        *_lost_recipes(plan.recipes, definitions),
        *_broken_goods(plan, definitions, breakdown),
        *_missing_recipes(whole, plan.recipes, definitions, breakdown),
        *_undecided(required, plan.decisions),
        *_of_decisions(plan.decisions, required, definitions, all_needs_known=not broken),
    ]
    return tuple(sorted(findings, key=_place))


def _place(finding: Finding) -> tuple[int, int, int]:
    return _ORDER[finding.kind], finding.finished_good_id or 0, finding.finished_unit_id or 0


def _lost_recipes(selected: Collection[int], definitions: Definitions) -> Iterator[Finding]:
    for recipe_id in sorted(selected):
        if definitions.recipes(recipe_id) is None:
            message = f"recipe {recipe_id} is selected, but was not found"
            way_out = "select the recipes anew with set_event_recipes"
            yield Finding(FindingKind.BROKEN, f"recipe {recipe_id}", message, way_out)


def _broken_goods(plan: PlanParts, definitions: Definitions, breakdown: Breakdown) -> Iterator[Finding]:
    for good_id in plan.quantities:
        good = definitions.goods(good_id)
        name = f"finished good {good_id}" if good is None else good.name
        messages = [problem.message for problem in breakdown.problems(good_id)]
        if good is not None and not good.components:
            messages.append(f"{name} has nothing in it")
        for message in messages:
            way_out = "put its definition right, or take it out of the plan"
            yield Finding(FindingKind.BROKEN, name, message, way_out, finished_good_id=good_id)


def _missing_recipes(
    quantities: Mapping[int, int], selected: Collection[int], definitions: Definitions, breakdown: Breakdown
) -> Iterator[Finding]:
    for good_id in quantities:
        missing = map(definitions.recipes, sorted(breakdown.recipes(good_id) - set(selected)))
        names = ", ".join(recipe.name for recipe in missing if recipe is not None)
        good = definitions.goods(good_id)
        if names and good is not None:
            message = f"{good.name} is in the plan, but not selected are {names}"
            way_out = "select them with set_event_recipes"
            yield Finding(FindingKind.MISSING_RECIPE, good.name, message, way_out, finished_good_id=good_id)


def _undecided(required: Mapping[int, Requirement], decisions: Mapping[int, BatchDecision]) -> Iterator[Finding]:
    for unit_id, one in required.items():
        if unit_id not in decisions:
            enough = batches_for(one.units, one.unit.yield_per_batch)
            yield Finding(
                FindingKind.UNDECIDED,
                one.unit.name,
                f"{one.unit.name}: {one.units} needed, no batches decided",
                f"decide {batches_in_words(enough)} with save_batch_decision, or all at once with decide_enough",
                finished_unit_id=unit_id,
                needed=_countable(one.units),
                made=0,
            )


def _of_decisions(
    decisions: Mapping[int, BatchDecision],
    required: Mapping[int, Requirement],
    definitions: Definitions,
    *,
    all_needs_known: bool,
) -> Iterator[Finding]:
    for unit_id, decision in decisions.items():
        unit = definitions.units(unit_id)
        if unit is None:
            message = f"{_decided(decision.batches)} of finished unit {unit_id}, which was not found"
            way_out = "remove the decision with delete_batch_decisions"
            name = f"finished unit {unit_id}"
            yield Finding(FindingKind.BROKEN, name, message, way_out, finished_unit_id=unit_id)
            continue
        needed = required[unit_id].units if unit_id in required else 0
        if needed == 0:
            # A broken good may be the one that needs it.
            if all_needs_known:
                yield _unneeded(unit, decision)
            continue
        yield from _short(unit, decision, needed)
        need_is_known = all_needs_known or needed > decision.units_needed
        yield from _stale(unit, decision, needed if need_is_known else decision.units_needed, definitions)


def _unneeded(unit: FinishedUnit, decision: BatchDecision) -> Finding:
    return Finding(
        FindingKind.UNNEEDED,
        unit.name,
        f"{unit.name}: {_decided(decision.batches)}, but no good needs any",
        "remove the decision with delete_batch_decisions, or bake them to spare",
        finished_unit_id=unit.id,
        needed=0,
        made=_countable(units_yielded(decision.batches, unit.yield_per_batch)),
    )


def _short(unit: FinishedUnit, decision: BatchDecision, needed: int) -> Iterator[Finding]:
    made = units_yielded(decision.batches, unit.yield_per_batch)
    accepted = accepted_shortfall(decision)
    short = needed - made
    if short > accepted:
        agreed = f", of which {accepted} accepted" if accepted else ""
        yield Finding(
            FindingKind.SHORT,
            unit.name,
            f"{unit.name}: {shortfall_in_words(decision.batches, made, needed)}{agreed}",
            way_out_of_shortfall(needed, unit.yield_per_batch),
            finished_unit_id=unit.id,
            needed=_countable(needed),
            made=_countable(made),
        )


def accepted_shortfall(decision: BatchDecision) -> int:
    """Return how many units short a decision was when somebody accepted it; 0 when nobody did."""
    if not decision.shortfall_accepted:
        return 0
    return max(0, decision.units_needed - units_yielded(decision.batches, decision.yield_per_batch))


def _stale(unit: FinishedUnit, decision: BatchDecision, needed: int, definitions: Definitions) -> Iterator[Finding]:
    changes = list(_changes_since(unit, decision, needed, definitions))
    if changes:
        yield Finding(
            FindingKind.STALE,
            unit.name,
            f"{unit.name}: {_decided(decision.batches)} before {'; '.join(changes)}",
            "look at it again, and decide it anew with save_batch_decision",
            finished_unit_id=unit.id,
            needed=_countable(needed),
            made=_countable(units_yielded(decision.batches, unit.yield_per_batch)),
        )


def _changes_since(unit: FinishedUnit, decision: BatchDecision, needed: int, definitions: Definitions) -> Iterator[str]:
    if needed != decision.units_needed:
        yield f"the need changed from {decision.units_needed} to {needed}"
    if unit.yield_per_batch != decision.yield_per_batch:
        yield f"the yield of a batch changed from {decision.yield_per_batch} to {unit.yield_per_batch}"
    if unit.recipe_id != decision.recipe_id:
        yield "it became a yield of another recipe"
    elif decision.recipe_fingerprint not in {"", recipe_fingerprint(unit.recipe_id, definitions)}:
        yield "what goes into the recipe changed"


def _countable(units: int) -> int | None:
    """Return a number of units as a finding can hold it; None above what files carry, then only the message has it."""
    return units if units <= LARGEST_NUMBER else None


def _decided(batches: int) -> str:
    return f"{batches_in_words(batches)} {'was' if batches == 1 else 'were'} decided"
