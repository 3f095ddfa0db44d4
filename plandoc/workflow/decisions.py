"""Deciding how many batches are baked for an event."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from plandoc.domain.batches import (
    BatchSuggestion,
    UnitOptions,
    decision_for,
    options_for,
    shortfall_hint,
    shortfall_in_words,
    suggest,
    units_yielded,
)
from plandoc.domain.definitions import Definitions
from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.domain.requirements import Exact, Requirement
from plandoc.domain.states import Edit
from plandoc.domain.unit_needs import needs_of_plan, requirements_of_plan
from plandoc.engine.live_plan import live_plan_of, packed, planned_goods
from plandoc.engine.named_records import by_id, id_of, ids_of
from plandoc.engine.plan_definitions import plan_definitions
from plandoc.engine.queries import having
from plandoc.engine.record_refs import EventRef, FinishedUnitKey, FinishedUnitRef, RecipeRef
from plandoc.engine.session import Session, event_to_edit, unit_of_work
from plandoc.errors import NotFoundError, Problem, ValidationError, refuse, shorten
from plandoc.errors.hints import Hint, wording
from plandoc.fields.constraints import positive_int
from plandoc.records import BatchDecision, Event, EventId, FindingKind, FinishedUnit, Recipe
from plandoc.store import NO_SESSION, changes, reads
from plandoc.tables import table_of
from plandoc.workflow.review import review_plan


@reads
def get_batch_decisions(event_id: EventRef, session: Session = NO_SESSION) -> list[BatchDecision]:
    """Return the batch decisions of an event, in the order of the finished units' ids.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    event_id = id_of(Event, event_id, session)
    session.event(event_id)
    return sorted(session.find(BatchDecision, event_id=event_id), key=lambda row: row.finished_unit_id)


@reads
def get_requirements(event_id: EventRef, session: Session = NO_SESSION) -> list[Requirement]:
    """Return what the goods of an event take of each finished unit, in the order of the units' ids.

    Computed exactly and rounded up once; a unit that several goods use is one row.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: with every good that is broken; one that contains itself with the path.
    """
    event_id = id_of(Event, event_id, session)
    quantities, done = planned_goods(event_id, session), packed(session.event(event_id), session)
    return list(requirements_of_plan(quantities, done, plan_definitions(event_id, session)))


def exact_needs(session: Session, event_id: EventId) -> Mapping[int, Exact]:
    """Return how many of each finished unit the goods of an event take, by the unit's id.

    Raises:
        ValidationError: with every good that is broken.
    """
    quantities, done = planned_goods(event_id, session), packed(session.event(event_id), session)
    return needs_of_plan(quantities, done, plan_definitions(event_id, session))


@reads
def get_batch_options(event_id: EventRef, session: Session = NO_SESSION) -> list[UnitOptions]:
    """Return for each finished unit that an event needs the numbers of batches worth considering.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: with every good that is broken.
    """
    event_id = id_of(Event, event_id, session)
    return [options_for(requirement) for requirement in get_requirements(event_id, session=session)]


@reads
def suggest_batches(recipe_id: RecipeRef, units_needed: int, session: Session = NO_SESSION) -> BatchSuggestion:
    """Return the best among the yields of a recipe for a need: never short, then least waste, then fewest batches.

    Args:
        recipe_id: The recipe, which may give small pieces or large ones.
        units_needed: A whole number above 0, the same for every yield.
        session: The session to look in; None takes the default store.

    Raises:
        NotFoundError: when the recipe does not exist.
        ValidationError: when the number is wrong, or the recipe has no yield.
    """
    recipe_id = id_of(Recipe, recipe_id, session)
    recipe = session.get(Recipe, recipe_id)
    wrong = positive_int(units_needed)
    if wrong is not None:
        raise ValidationError([Problem(f"units of {recipe.name}: {wrong}", field="units_needed")])
    return suggest(units_needed, session.find(FinishedUnit, having("recipe_id", recipe_id)))


@changes("decide batches")
def save_batch_decision(
    event_id: EventRef,
    finished_unit_id: FinishedUnitRef,
    batches: int,
    accept_shortfall: bool = False,
    session: Session = NO_SESSION,
) -> BatchDecision:
    """Decide how many batches of a finished unit's recipe are baked; an existing decision is replaced.

    Whether that is short of the need is computed here. The need and the acceptance are stored with the decision.

    Args:
        event_id: The event; its plan must be DRAFT or LOCKED.
        finished_unit_id: The unit; its recipe must be selected.
        batches: A whole number above 0.
        accept_shortfall: Accept baking less than is needed.
        session: The session to work in; None opens one and commits it.

    Raises:
        ValidationError: when the event or unit does not exist, the recipe is not selected, the number is not a
            whole number above 0, or the batches are short and that is not accepted.
        PlanStateError: when production has started.
    """
    return _decided(event_id, {finished_unit_id: batches}, session, accept_shortfall=accept_shortfall)[0]


@changes("decide batches")
def save_batch_decisions(
    event_id: EventRef,
    batches: Mapping[FinishedUnitKey, int],
    accept_shortfall: bool = False,
    session: Session = NO_SESSION,
) -> list[BatchDecision]:
    """Decide the batches of several finished units in one write; all are saved, or none.

    Args:
        event_id: The event; its plan must be DRAFT or LOCKED.
        batches: Whole numbers above 0, by the finished unit's id, slug or record.
        accept_shortfall: Accept baking less than is needed, of any of them.
        session: The session to work in; None opens one and commits it.

    Returns:
        The decisions, in the order given.

    Raises:
        ValidationError: with everything that is wrong with any of them; see `save_batch_decision`.
        PlanStateError: when production has started.
    """
    return _decided(event_id, batches, session, accept_shortfall=accept_shortfall)


def _decided(
    event_id: EventRef, batches: Mapping[FinishedUnitKey, int], session: Session, *, accept_shortfall: bool
) -> list[BatchDecision]:
    event_id = id_of(Event, event_id, session)
    event = event_to_edit(event_id, Edit.DECISIONS, session)
    plan, definitions = live_plan_of(event, session), plan_definitions(event_id, session)
    needs = needs_of_plan(plan.quantities, plan.packed, definitions)
    decisions: list[BatchDecision] = []
    problems: list[Problem] = []
    for unit_id, number in by_id(FinishedUnit, batches, session).items():
        try:
            unit = definitions.units(unit_id)
            if unit is None:
                raise NotFoundError(table_of(FinishedUnit).label, unit_id)
            _check_can_be_decided(session, unit, number, plan.recipes)
            exact, present = needs.get(unit_id, 0), plan.decisions.get(unit_id)
            decided = new_decision(
                event_id, unit, number, exact, definitions, present=present, accept_shortfall=accept_shortfall
            )
            decisions.append(decided)
        except ValidationError as error:
            problems.extend(error.problems)
    refuse(problems)
    return [put_decision(session, decision) for decision in decisions]


@changes("decide enough batches")
def decide_enough(
    event_id: EventRef, replace_stale: bool = False, session: Session = NO_SESSION
) -> list[BatchDecision]:
    """Decide every undecided unit of an event: the fewest batches that are not short. Returns the new decisions.

    Args:
        event_id: The event; its plan must be DRAFT or LOCKED.
        replace_stale: Also decide again the units whose decision is stale or short, or was accepted as short.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when a good is broken, or the recipe of a needed unit is not selected.
        PlanStateError: when production has started.
    """
    event_id = id_of(Event, event_id, session)
    event_to_edit(event_id, Edit.DECISIONS, session)
    options = {one.requirement.unit.id: one for one in get_batch_options(event_id, session=session)}
    decided = {row.finished_unit_id: row for row in get_batch_decisions(event_id, session=session)}
    if replace_stale:
        stale = {
            finding.finished_unit_id
            for finding in review_plan(event_id, session=session)
            if finding.kind in {FindingKind.STALE, FindingKind.SHORT}
        }
        decided = {i: row for i, row in decided.items() if i not in stale and not row.shortfall_accepted}
    missing = {unit_id: one.suggested.batches for unit_id, one in options.items() if unit_id not in decided}
    return save_batch_decisions(event_id, missing, session=session)


@changes("remove batch decisions")
def delete_batch_decisions(
    event_id: EventRef, finished_unit_ids: Iterable[FinishedUnitRef] | None = None, session: Session = NO_SESSION
) -> list[BatchDecision]:
    """Remove batch decisions of an event and return them.

    Args:
        event_id: The event; its plan must be DRAFT or LOCKED.
        finished_unit_ids: The units whose decisions are removed; None removes all.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: with every unit without a decision; then nothing is removed.
        PlanStateError: when production has started.
    """
    event_id = id_of(Event, event_id, session)
    event = event_to_edit(event_id, Edit.DECISIONS, session)
    decided = {row.finished_unit_id: row for row in get_batch_decisions(event_id, session=session)}
    wanted = (
        list(decided)
        if finished_unit_ids is None
        else list(dict.fromkeys(ids_of(FinishedUnit, finished_unit_ids, session)))
    )
    # True and 1.0 would be found where 1 is.
    undecided = [unit_id for unit_id in wanted if type(unit_id) is not int or unit_id not in decided]
    if undecided:
        raise ValidationError(
            Problem(f"no batches of finished unit {shorten(unit_id)} are decided", field="finished_unit_ids")
            for unit_id in undecided
        )
    for unit_id in wanted:
        unit_of_work(session).remove(BatchDecision, decided[unit_id].id, event.id)
    return [decided[unit_id] for unit_id in wanted]


def _check_can_be_decided(session: Session, unit: FinishedUnit, batches: int, selected: Collection[int]) -> None:
    wrong = positive_int(batches)
    if wrong is not None:
        raise ValidationError([Problem(f"batches of {unit.name}: {wrong}", field="batches")])
    if unit.recipe_id not in selected:
        recipe = session.get(Recipe, unit.recipe_id)
        message = f"{unit.name}: its recipe {recipe.name} is not selected for the event"
        hint = wording("select it first, with {select}", select=Hint.SELECT_RECIPES())
        raise ValidationError([Problem(message, hint=hint)])


def new_decision(
    event_id: EventId,
    unit: FinishedUnit,
    batches: int,
    exact: Exact,
    definitions: Definitions,
    *,
    present: BatchDecision | None,
    accept_shortfall: bool,
) -> BatchDecision:
    """Return a decision with the current need, yield and recipe, not saved yet.

    Args:
        event_id: The event.
        unit: The finished unit.
        batches: How many are decided.
        exact: Units that the goods take, before rounding up; 0 when they take none.
        definitions: Those in force for the event.
        present: The decision that it replaces, whose id it gets; None for a unit without one.
        accept_shortfall: Whether to accept baking less than is needed.

    Raises:
        ValidationError: with the numbers, when the batches are short and that is not accepted.
    """
    fingerprint = recipe_fingerprint(unit.recipe_id, definitions)
    replaced = 0 if present is None else present.id
    decision = decision_for(event_id, unit, batches, exact, recipe_fingerprint=fingerprint, decision_id=replaced)
    if decision.shortfall_accepted and not accept_shortfall:
        needed, made = decision.units_needed, units_yielded(batches, unit.yield_per_batch)
        message = f"{unit.name}: {shortfall_in_words(batches, made, needed)}"
        hint = shortfall_hint(needed, unit.yield_per_batch)
        raise ValidationError([Problem(message, field="batches", hint=hint)])
    return decision


def put_decision(session: Session, decision: BatchDecision) -> BatchDecision:
    """Save a decision, in place of the one that has its id if it has one; the plan's state is not checked."""
    work = unit_of_work(session)
    return work.replace(decision) if decision.id else work.add(decision)
