"""What a person should look at before a plan is locked or started."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

from plandoc.domain.batches import batches_for, batches_in_words, shortfall_in_words, units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.fingerprints import recipe_fingerprints
from plandoc.domain.nested_recipes import NestedRecipes
from plandoc.domain.requirements import Breakdown, Exact
from plandoc.domain.rounding import format_number
from plandoc.domain.unit_needs import needs_of_plan
from plandoc.errors.hints import Hint, Named, filled, wording
from plandoc.fields.constraints import LARGEST_NUMBER
from plandoc.frozen import frozen
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Finding,
    FindingKind,
    FinishedGoodId,
    FinishedUnit,
    FinishedUnitId,
    PlanState,
)

# What to do about a finding of this kind once production has started.
_AMEND = {
    FindingKind.BROKEN: wording(
        "fix its definition, or drop what uses it from the plan with {drop}", drop=Hint.DROP_GOOD()
    ),
    FindingKind.MISSING_RECIPE: wording(
        "decide its batches with {change}, which selects the recipe too", change=Hint.CHANGE_BATCHES()
    ),
    FindingKind.UNDECIDED: wording(
        "decide its batches with {change}, or all that are needed with {enough}",
        change=Hint.CHANGE_BATCHES(),
        enough=Hint.AMEND_ENOUGH(),
    ),
    FindingKind.SHORT: wording(
        "change the batches with {change}, or all that are needed with {enough}",
        change=Hint.CHANGE_BATCHES(),
        enough=Hint.AMEND_ENOUGH(),
    ),
    FindingKind.STALE: wording(
        "look at it again, and change the batches with {change} if necessary", change=Hint.CHANGE_BATCHES()
    ),
    FindingKind.UNNEEDED: wording(
        "cancel them with {change}, or bake them as spares", change=Hint.CHANGE_BATCHES(batches=0)
    ),
}
_ORDER = {kind: position for position, kind in enumerate(FindingKind)}


@frozen
class LivePlan:
    """What a plan consists of.

    Attributes:
        quantities: How many of each good are handed out, by the good's id.
        recipes: Ids of the selected recipes.
        decisions: The batch decisions, by the finished unit's id.
        state: The plan's state, which decides what can be done about a finding.
        packed: The assembly runs that count.
    """

    quantities: Mapping[int, int]
    recipes: Collection[int]
    decisions: Mapping[int, BatchDecision]
    state: PlanState = PlanState.DRAFT
    packed: tuple[AssemblyRun, ...] = ()

    @property
    def all_recipes(self) -> set[int]:
        """Ids of the selected recipes, and of those whose batches are decided."""
        return {*self.recipes, *[decision.recipe_id for decision in self.decisions.values()]}


def review(plan: LivePlan, definitions: Definitions) -> tuple[Finding, ...]:
    """Return what is wrong or doubtful in a plan; the worst kind first, then in the order of ids.

    A finding never prevents locking or starting a plan: a person decides.
    """
    breakdown = Breakdown.of(definitions)
    broken = breakdown.broken(plan.quantities)
    whole = {good_id: n for good_id, n in plan.quantities.items() if good_id not in broken}
    needs = needs_of_plan(whole, plan.packed, definitions)
    findings = [
        *_broken_recipes(plan, definitions),
        *_broken_goods(plan.quantities, broken, definitions),
        *_missing_recipes(whole, plan.recipes, definitions),
        *_undecided(needs, plan.decisions, definitions),
        *_of_decisions(plan.decisions, needs, definitions, all_needs_known=not broken),
    ]
    return tuple(sorted([_as_of(plan.state, finding) for finding in findings], key=_place))


def named(findings: Iterable[Finding], event: Named, definitions: Definitions) -> tuple[Finding, ...]:
    """Return findings whose hints name their event, good and unit, and how many batches are enough."""
    return tuple(_named(finding, event, definitions) for finding in findings)


def _named(finding: Finding, event: Named, definitions: Definitions) -> Finding:
    facts: dict[str, object] = {"event": event}
    unit = definitions.units(finding.finished_unit_id or 0)
    good = definitions.goods(finding.finished_good_id or 0)
    if good is not None:
        facts["good"] = Named(good.id, good.slug)
    if unit is not None:
        facts["unit"] = Named(unit.id, unit.slug)
        if finding.needed is not None:
            facts["batches"] = batches_for(finding.needed, unit.yield_per_batch)
    return attrs.evolve(finding, hint=filled(finding.hint, **facts))


def _place(finding: Finding) -> tuple[int, int, int]:
    return _ORDER[finding.kind], finding.finished_good_id or 0, finding.finished_unit_id or 0


def _as_of(state: PlanState, finding: Finding) -> Finding:
    """Return a finding with what can be done in this state: a started plan is amended, a completed one stays as it is."""
    if state is PlanState.COMPLETED:
        return attrs.evolve(finding, hint="a completed plan stays as it is")
    return attrs.evolve(finding, hint=_AMEND[finding.kind]) if state is PlanState.IN_PRODUCTION else finding


def _broken_recipes(plan: LivePlan, definitions: Definitions) -> Iterator[Finding]:
    recipes = NestedRecipes.of(definitions)
    for recipe_id in sorted(recipes.broken(plan.all_recipes)):
        recipe = recipes.recipe(recipe_id)
        if recipe is None:
            message = f"recipe {recipe_id} is in the plan, but was not found"
            hint = wording(
                "select the recipes again with {select}, and decide its batches again", select=Hint.SELECT_RECIPES()
            )
            yield Finding(FindingKind.BROKEN, f"recipe {recipe_id}", message, hint)
            continue
        for problem in recipes.problems_of(recipe_id):
            yield Finding(FindingKind.BROKEN, recipe.name, problem.message, "fix the recipe")


def _broken_goods(good_ids: Iterable[int], broken: Collection[int], definitions: Definitions) -> Iterator[Finding]:
    for good_id in good_ids:
        good = definitions.goods(good_id)
        if good is not None and good.components and good_id not in broken:
            continue
        name = f"finished good {good_id}" if good is None else good.name
        messages = [problem.message for problem in Breakdown.of(definitions).problems(good_id)]
        if good is not None and not good.components:
            messages.append(f"{name} has nothing in it")
        for message in messages:
            hint = "fix its definition, or take it out of the plan"
            yield Finding(FindingKind.BROKEN, name, message, hint, finished_good_id=FinishedGoodId(good_id))


def _missing_recipes(
    quantities: Mapping[int, int], selected: Collection[int], definitions: Definitions
) -> Iterator[Finding]:
    breakdown, chosen = Breakdown.of(definitions), set(selected)
    if breakdown.recipes_of_all(quantities) <= chosen:
        return
    for good_id in quantities:
        missing = breakdown.recipes(good_id) - chosen
        if not missing:
            continue
        names = ", ".join(recipe.name for recipe in map(definitions.recipes, sorted(missing)) if recipe is not None)
        good = definitions.goods(good_id)
        if names and good is not None:
            message = f"{good.name} is in the plan, but needs recipes that are not selected: {names}"
            hint = wording(
                "choose them with {choose}",
                choose=Hint.CHOOSE_WITH_RECIPES(good=Named(good.id, good.slug), quantity=quantities[good_id]),
            )
            yield Finding(
                FindingKind.MISSING_RECIPE, good.name, message, hint, finished_good_id=FinishedGoodId(good_id)
            )


def _undecided(
    needs: Mapping[int, Exact], decisions: Mapping[int, BatchDecision], definitions: Definitions
) -> Iterator[Finding]:
    for unit_id, exact in needs.items():
        unit = None if unit_id in decisions else definitions.units(unit_id)
        if unit is not None:
            needed = math.ceil(exact)
            enough = batches_for(needed, unit.yield_per_batch)
            yield Finding(
                FindingKind.UNDECIDED,
                unit.name,
                f"{unit.name}: {needed} needed, no batches decided",
                wording(
                    "decide {batches} with {decide}, or all at once with {all}",
                    batches=batches_in_words(enough),
                    decide=Hint.DECIDE(unit=Named(unit.id, unit.slug), batches=enough),
                    all=Hint.DECIDE_ENOUGH(),
                ),
                finished_unit_id=FinishedUnitId(unit_id),
                needed=_countable(needed),
                made=0,
            )


def _of_decisions(
    decisions: Mapping[int, BatchDecision],
    needs: Mapping[int, Exact],
    definitions: Definitions,
    *,
    all_needs_known: bool,
) -> Iterator[Finding]:
    fingerprints = recipe_fingerprints(definitions)
    for unit_id, decision in decisions.items():
        unit = definitions.units(unit_id)
        if unit is None:
            yield _of_unknown_unit(unit_id, decision)
            continue
        if unit_id not in needs:
            # A broken good may need it.
            if all_needs_known:
                yield _unneeded(unit, decision)
            continue
        exact = needs[unit_id]
        is_known = all_needs_known or exact > decision.units_needed
        per_batch, fingerprint = unit.yield_per_batch, fingerprints[decision.recipe_id]
        changes = _changes(unit, per_batch, exact if is_known else None, decision, fingerprint)
        needed, made = math.ceil(exact), units_yielded(decision.batches, per_batch)
        # Fixing a shortfall means deciding again, so a stale finding as well would repeat it.
        if needed > made and needed - made > accepted_shortfall(decision):
            yield _short(unit, decision, needed, changes)
        elif changes:
            yield _stale(unit, needed, decision, changes)


def _of_unknown_unit(unit_id: int, decision: BatchDecision) -> Finding:
    return Finding(
        FindingKind.BROKEN,
        f"finished unit {unit_id}",
        f"{_decided(decision.batches)} of finished unit {unit_id}, which was not found",
        wording("remove the decision with {remove}", remove=Hint.UNDECIDE(unit=unit_id)),
        finished_unit_id=FinishedUnitId(unit_id),
    )


def _unneeded(unit: FinishedUnit, decision: BatchDecision) -> Finding:
    return Finding(
        FindingKind.UNNEEDED,
        unit.name,
        f"{unit.name}: {_decided(decision.batches)}, but no good needs any",
        wording(
            "remove the decision with {remove}, or bake them as spares",
            remove=Hint.UNDECIDE(unit=Named(unit.id, unit.slug)),
        ),
        finished_unit_id=unit.id,
        needed=0,
        made=_countable(units_yielded(decision.batches, unit.yield_per_batch)),
    )


def _short(unit: FinishedUnit, decision: BatchDecision, needed: int, changes: Collection[str]) -> Finding:
    made, accepted = units_yielded(decision.batches, unit.yield_per_batch), accepted_shortfall(decision)
    enough = batches_for(needed, unit.yield_per_batch)
    agreed = f", of which {accepted} accepted" if accepted else ""
    since = f"; since it was decided, {'; '.join(changes)}" if changes else ""
    named_unit = Named(unit.id, unit.slug)
    return Finding(
        FindingKind.SHORT,
        unit.name,
        f"{unit.name}: {shortfall_in_words(decision.batches, made, needed)}{agreed}{since}",
        wording(
            "decide {batches} with {decide}, or accept the shortfall with {accept}",
            batches=batches_in_words(enough),
            decide=Hint.DECIDE(unit=named_unit, batches=enough),
            accept=Hint.DECIDE_SHORT(unit=named_unit, batches=decision.batches),
        ),
        finished_unit_id=unit.id,
        needed=_countable(needed),
        made=_countable(made),
    )


def accepted_shortfall(decision: BatchDecision) -> int:
    """Return how many units short a decision was when it was accepted; 0 when it was not."""
    if not decision.shortfall_accepted:
        return 0
    return max(0, decision.units_needed - units_yielded(decision.batches, decision.yield_per_batch))


def _stale(unit: FinishedUnit, needed: int, decision: BatchDecision, changes: Collection[str]) -> Finding:
    return Finding(
        FindingKind.STALE,
        unit.name,
        f"{unit.name}: {_decided(decision.batches)} before {'; '.join(changes)}",
        wording(
            "look at it again, and decide again with {decide}",
            decide=Hint.DECIDE(unit=Named(unit.id, unit.slug), batches=batches_for(needed, unit.yield_per_batch)),
        ),
        finished_unit_id=unit.id,
        needed=_countable(needed),
        made=_countable(units_yielded(decision.batches, unit.yield_per_batch)),
    )


def _changes(
    unit: FinishedUnit, per_batch: Exact, exact: Exact | None, decision: BatchDecision, fingerprint: str
) -> list[str]:
    """Return what has changed since a decision was made.

    Args:
        unit: The finished unit as it is.
        per_batch: Its yield.
        exact: The need as it is; None when it is unknown.
        decision: The decision.
        fingerprint: That of its recipe as it is.
    """
    changes: list[str] = []
    if exact is not None and not (exact == decision.units_needed and decision.exact_need in (0, exact)):
        changes.extend(_change_of_need(exact, decision))
    if per_batch != decision.yield_per_batch:
        changes.append(f"the yield of a batch changed from {decision.yield_per_batch} to {per_batch}")
    if unit.recipe_id != decision.recipe_id:
        changes.append("it became a yield of another recipe")
    elif decision.recipe_fingerprint not in ("", fingerprint):
        changes.append("what goes into the recipe changed")
    return changes


def _change_of_need(exact: Exact, decision: BatchDecision) -> Iterator[str]:
    needed = math.ceil(exact)
    if needed != decision.units_needed:
        yield f"the need changed from {decision.units_needed} to {needed}"
    elif decision.exact_need not in (0, exact):
        before, now = format_number(Fraction(decision.exact_need)), format_number(Fraction(exact))
        yield f"the need changed from {before} to {now}, which is {needed} rounded up as before"


def _countable(units: int) -> int | None:
    """Return a number of units if a finding can hold it; None when it is too large for a file, so that only the message has it."""
    return units if units <= LARGEST_NUMBER else None


def _decided(batches: int) -> str:
    return f"{batches_in_words(batches)} {'was' if batches == 1 else 'were'} decided"
