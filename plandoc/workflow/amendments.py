"""Changing a plan during production: each change is recorded permanently, with its reason.

The live plan and the record of its change are written in one guarded write. Everything is checked, and the record
built, before anything is written: a caller who catches the error continues with an unchanged session.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import attrs

from plandoc.domain.availability import Availability, availability
from plandoc.domain.batches import enough_batches
from plandoc.domain.guards import (
    validate_assembled,
    validate_batches,
    validate_new_good,
    validate_not_baked,
    validate_quantity,
)
from plandoc.domain.replay import in_order
from plandoc.domain.requirements import Breakdown, Exact
from plandoc.domain.runs import assembled, batches_done, units_made
from plandoc.engine.live_plan import assembly_runs, planned_goods, production_runs, selected_recipes
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import amendments_made, brought_in, defined, name_in_plan, plan_definitions
from plandoc.engine.queries import having
from plandoc.engine.record_refs import EventRef, FinishedGoodRef, FinishedUnitRef
from plandoc.engine.session import Session, document_of_event, unit_of_work
from plandoc.errors import NotFoundError, Problem, ValidationError, refuse, shorten
from plandoc.errors.hints import Hint, Named, wording
from plandoc.fields import evolved
from plandoc.frozen import frozen
from plandoc.records import (
    AddFinishedGood,
    BatchDecision,
    ChangeQuantity,
    DropFinishedGood,
    Event,
    EventFinishedGood,
    EventId,
    FinishedGood,
    FinishedUnit,
    ModifyBatch,
    PlanAmendment,
    Recipe,
)
from plandoc.store import NO_SESSION, changes, reads
from plandoc.tables import table_of
from plandoc.workflow.amendment_steps import begin, new_amendment, select_recipes
from plandoc.workflow.decisions import exact_needs, new_decision, put_decision

RecordT = TypeVar("RecordT")

_GOODS = table_of(EventFinishedGood)


@reads
def get_amendments(event_id: EventRef, session: Session = NO_SESSION) -> list[PlanAmendment]:
    """Return the amendments of an event's plan, in the order of their numbers.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    event_id = id_of(Event, event_id, session)
    session.event(event_id)
    return in_order(session.find(PlanAmendment, event_id=event_id))


@changes("amend the plan")
def drop_finished_good(
    event_id: EventRef,
    finished_good_id: FinishedGoodRef,
    reason: str,
    force: bool = False,
    session: Session = NO_SESSION,
) -> PlanAmendment:
    """Remove a good from the plan; its recipes stay selected. Returns the amendment.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        finished_good_id: The good; it must be in the plan.
        reason: Why; surrounding blanks are removed, and it must not be blank.
        force: Drop it although batches of recipes that it needs are baked.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the reason is blank, the good is not in the plan, pieces of it are assembled, or recipes
            that it needs, through all its bundles, have production.
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    event_id = id_of(Event, event_id, session)
    finished_good_id = id_of(FinishedGood, finished_good_id, session, event_id)
    reason = begin(session, event_id, reason)
    row = _planned(session, event_id, finished_good_id)
    name = _name_of_good(session, event_id, finished_good_id)
    problems = list(validate_assembled(name, 0, _pieces_assembled(session, row)))
    if not force:
        baked = _baked(session, event_id)
        problems.extend(validate_not_baked(name, finished_good_id, baked, plan_definitions(event_id, session)))
    refuse(problems)
    change = DropFinishedGood(finished_good_id, name, original_quantity=row.quantity)
    amendment = new_amendment(session, event_id, change, reason)
    unit_of_work(session).remove(EventFinishedGood, row.id, event_id)
    return unit_of_work(session).add(amendment)


@changes("amend the plan")
def add_finished_good(
    event_id: EventRef,
    finished_good_id: FinishedGoodRef,
    quantity: int,
    reason: str,
    enough: bool = False,
    session: Session = NO_SESSION,
) -> PlanAmendment:
    """Add a good to the plan, with the recipes that it needs and that are not selected. Returns the amendment.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        finished_good_id: The good; it must not be in the plan.
        quantity: How many of it; a whole number above 0.
        reason: Why; surrounding blanks are removed, and it must not be blank.
        enough: Also change the batches of all units that it needs to the fewest that are enough; see `amend_enough`.
            Their amendments follow the one of the good.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the reason is blank, and with everything that is wrong with the good and the number.
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    event_id = id_of(Event, event_id, session)
    finished_good_id = id_of(FinishedGood, finished_good_id, session, event_id)
    reason = begin(session, event_id, reason)
    asked = _availability(session, event_id, finished_good_id)
    present = _row_of_good(session, event_id, finished_good_id)
    refuse(validate_new_good(finished_good_id, asked, quantity, present.quantity if present else None))
    recipe_ids = tuple(recipe.id for recipe in asked.missing_recipes) if asked else ()
    change = AddFinishedGood(finished_good_id, _name_of_good(session, event_id, finished_good_id), quantity)
    brought = brought_in(event_id, session, goods=[finished_good_id])
    amendment = new_amendment(session, event_id, change, reason, recipe_ids, brought)
    batches = _batches_for(session, amendment, finished_good_id, quantity) if enough else ()
    select_recipes(session, event_id, recipe_ids)
    unit_of_work(session).add(EventFinishedGood(event_id, finished_good_id, quantity))
    added = unit_of_work(session).add(amendment)
    _save_batches(session, batches)
    return added


@changes("amend the plan")
def change_quantity(
    event_id: EventRef,
    finished_good_id: FinishedGoodRef,
    quantity: int,
    reason: str,
    enough: bool = False,
    session: Session = NO_SESSION,
) -> PlanAmendment:
    """Change how many of a good are handed out. Returns the amendment.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        finished_good_id: The good; it must be in the plan.
        quantity: How many from now on; a whole number above 0, different from before.
        reason: Why; surrounding blanks are removed, and it must not be blank.
        enough: Also change the batches of all units that it needs to the fewest that are enough; see `amend_enough`.
            Their amendments follow the one of the good.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the reason is blank, the good is not in the plan, the number is not a whole number above
            0 or is the same as before, or more pieces are assembled.
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    event_id = id_of(Event, event_id, session)
    finished_good_id = id_of(FinishedGood, finished_good_id, session, event_id)
    reason = begin(session, event_id, reason)
    row = _planned(session, event_id, finished_good_id)
    name = _name_of_good(session, event_id, finished_good_id)
    refuse(validate_quantity(name, row.quantity, quantity, _pieces_assembled(session, row)))
    change = ChangeQuantity(finished_good_id, name, old_quantity=row.quantity, new_quantity=quantity)
    amendment = new_amendment(session, event_id, change, reason)
    batches = _batches_for(session, amendment, finished_good_id, quantity) if enough else ()
    unit_of_work(session).replace(evolved(row, quantity=quantity))
    changed = unit_of_work(session).add(amendment)
    _save_batches(session, batches)
    return changed


@changes("amend the plan")
def modify_batch_decision(
    event_id: EventRef, finished_unit_id: FinishedUnitRef, batches: int, reason: str, session: Session = NO_SESSION
) -> PlanAmendment:
    """Change how many batches of a finished unit's recipe are baked. Returns the amendment.

    Batches that are short of the need count as accepted, because the amendment has a reason.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        finished_unit_id: The unit; its recipe is selected if it is not. A unit without a decision starts from 0.
        batches: How many from now on; a whole number, different from before. 0 removes the decision.
        reason: Why; surrounding blanks are removed, and it must not be blank.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the reason is blank, the unit does not exist, the number is not a whole number or the
            same as before, more batches are already baked, or a good of the plan is broken.
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    event_id = id_of(Event, event_id, session)
    finished_unit_id = id_of(FinishedUnit, finished_unit_id, session, event_id)
    reason = begin(session, event_id, reason)
    unit, present = _unit_and_decision(session, event_id, finished_unit_id)
    old = present.batches if present else 0
    refuse(validate_batches(unit, old, batches, _baked(session, event_id).get(unit.id, 0)))
    amendment = _of_batches(session, event_id, unit, (old, batches), reason, selected_recipes(event_id, session))
    amendment = attrs.evolve(amendment, definitions=brought_in(event_id, session, units=[unit.id]))
    if batches == 0 and present is not None:
        unit_of_work(session).remove(BatchDecision, present.id, event_id)
    else:
        decision = _decision_with_reason(session, event_id, unit, batches, present)
        select_recipes(session, event_id, amendment.added_recipe_ids)
        put_decision(session, decision)
    return unit_of_work(session).add(amendment)


@changes("amend the plan")
def amend_enough(event_id: EventRef, reason: str, session: Session = NO_SESSION) -> list[PlanAmendment]:
    """Change the batches of every unit that the goods need to the fewest that are enough, for one reason.

    Units that were lost in baking are made again, and no number falls below what is baked. Batches that no good needs
    stay as they are. A decision with the right number is updated to the current need without an amendment.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        reason: Why; surrounding blanks are removed, and it must not be blank.
        session: The session to work in; None opens one and commits it.

    Returns:
        The amendments, in the order of the units' ids.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the reason is blank, a good is broken, or nothing would change.
        PlanStateError: when the plan is not IN_PRODUCTION.
    """
    event_id = id_of(Event, event_id, session)
    reason = begin(session, event_id, reason)
    needs = exact_needs(session, event_id)
    first = amendments_made(event_id, session) + 1
    batches = _batches(session, event_id, needs, reason, first, selected_recipes(event_id, session))
    if not batches:
        raise ValidationError([Problem("enough batches are already decided for everything, so nothing would change")])
    return _save_batches(session, batches)


def _known(record_type: type[RecordT], record_id: int, event_id: EventId, session: Session) -> RecordT | None:
    """Return a record as the plan defines it, or else as the catalog does; None when neither does."""
    try:
        return defined(record_type, record_id, event_id, session)
    except NotFoundError:
        return None


# Goods.


def _row_of_good(session: Session, event_id: EventId, good_id: int) -> EventFinishedGood | None:
    # True and 1.0 would be found where 1 is.
    if type(good_id) is int:
        rows: tuple[EventFinishedGood, ...] = document_of_event(event_id, session).all(_GOODS)
        for row in rows:
            if row.finished_good_id == good_id:
                return row
    return None


def _planned(session: Session, event_id: EventId, good_id: int) -> EventFinishedGood:
    row = _row_of_good(session, event_id, good_id)
    if row is not None:
        return row
    good = _known(FinishedGood, good_id, event_id, session)
    if good is None:
        raise ValidationError([Problem(f"Finished good {shorten(good_id)} not found", field="finished_good_id")])
    event = session.event(event_id)
    add = Hint.ADD_GOOD(event=Named(event.id, event.slug), good=Named(good.id, good.slug))
    hint = wording("add it with {add}", add=add)
    raise ValidationError([Problem(f"{good.name} is not in the plan", field="finished_good_id", hint=hint)])


def _name_of_good(session: Session, event_id: EventId, good_id: int) -> str:
    # A good that was removed from the catalog by hand can still be dropped.
    return name_in_plan(FinishedGood, good_id, event_id, session) or f"finished good {good_id}"


def _availability(session: Session, event_id: EventId, good_id: int) -> Availability | None:
    good = _known(FinishedGood, good_id, event_id, session)
    if good is None:
        return None
    return availability([good], selected_recipes(event_id, session), plan_definitions(event_id, session))[0]


def _pieces_assembled(session: Session, row: EventFinishedGood) -> int:
    return assembled(assembly_runs(row.event_id, session)).get(row.finished_good_id, 0)


# Recipes and batches.


def _baked(session: Session, event_id: EventId) -> Mapping[int, int]:
    return batches_done(production_runs(event_id, session))


def _unit_and_decision(session: Session, event_id: EventId, unit_id: int) -> tuple[FinishedUnit, BatchDecision | None]:
    unit = _known(FinishedUnit, unit_id, event_id, session)
    if unit is None:
        raise ValidationError([Problem(f"Finished unit {shorten(unit_id)} not found", field="finished_unit_id")])
    decisions = session.find(BatchDecision, having("finished_unit_id", unit_id), event_id=event_id)
    return unit, decisions[0] if decisions else None


@frozen
class _Batches:
    """Batches of a unit to decide.

    Attributes:
        decision: The decision.
        amendment: The record of it; None when the number stays and only the need is different.
    """

    decision: BatchDecision
    amendment: PlanAmendment | None


def _batches_for(session: Session, amendment: PlanAmendment, good_id: int, quantity: int) -> Sequence[_Batches]:
    """Return enough batches of the units of a good, as if the amendment of its quantity were already made."""
    event_id = amendment.event_id
    goods = {**planned_goods(event_id, session), good_id: quantity}
    breakdown = Breakdown.of(plan_definitions(event_id, session))
    units = breakdown.units(good_id)
    of_good = {unit_id: exact for unit_id, exact in breakdown.needs(goods).items() if unit_id in units}
    selected = selected_recipes(event_id, session).union(amendment.added_recipe_ids)
    return _batches(session, event_id, of_good, amendment.reason, amendment.sequence + 1, selected)


def _batches(
    session: Session,
    event_id: EventId,
    needs: Mapping[int, Exact],
    reason: str,
    sequence: int,
    selected: Collection[int],
) -> Sequence[_Batches]:
    """Return the decisions needed so that enough is baked; units with the right number are left out.

    Args:
        session: The session to look in.
        event_id: The event.
        needs: Units that the goods take, before rounding up, by the unit's id.
        reason: Why.
        sequence: The number of the first amendment.
        selected: The recipes that are selected, or will be by then.
    """
    runs, definitions = production_runs(event_id, session), plan_definitions(event_id, session)
    baked, made, chosen = batches_done(runs), units_made(runs), set(selected)
    wanted: list[_Batches] = []
    problems: list[Problem] = []
    for unit_id, exact in sorted(needs.items()):
        unit, present = _unit_and_decision(session, event_id, unit_id)
        old, done = present.batches if present else 0, baked.get(unit_id, 0)
        number = enough_batches(math.ceil(exact), made.get(unit_id, 0), done, unit.yield_per_batch)
        wrong = [] if number == old else list(validate_batches(unit, old, number, done))
        problems.extend(wrong)
        if wrong:
            continue
        decision = new_decision(event_id, unit, number, exact, definitions, present=present, accept_shortfall=True)
        if number != old:
            # Everything about a unit that a good of the plan needs is already frozen.
            amendment = _of_batches(session, event_id, unit, (old, number), reason, chosen)
            wanted.append(_Batches(decision, attrs.evolve(amendment, sequence=sequence)))
            chosen.update(amendment.added_recipe_ids)
            sequence += 1
        elif present is not None and decision != present:
            wanted.append(_Batches(decision, None))
    refuse(problems)
    return wanted


def _of_batches(
    session: Session,
    event_id: EventId,
    unit: FinishedUnit,
    numbers: tuple[int, int],
    reason: str,
    selected: Collection[int],
) -> PlanAmendment:
    """Return the amendment of a unit's batches, with its recipe if that is not selected; it freezes nothing."""
    recipe, (old, new) = defined(Recipe, unit.recipe_id, event_id, session), numbers
    change = ModifyBatch(recipe.id, recipe.name, unit.id, unit.slug, old_batches=old, new_batches=new)
    return new_amendment(session, event_id, change, reason, (recipe.id,) if new and recipe.id not in selected else ())


def _save_batches(session: Session, batches: Iterable[_Batches]) -> list[PlanAmendment]:
    saved = []
    for one in batches:
        if one.amendment is not None:
            select_recipes(session, one.amendment.event_id, one.amendment.added_recipe_ids)
            saved.append(unit_of_work(session).add(one.amendment))
        put_decision(session, one.decision)
    return saved


def _decision_with_reason(
    session: Session, event_id: EventId, unit: FinishedUnit, batches: int, present: BatchDecision | None
) -> BatchDecision:
    exact, definitions = exact_needs(session, event_id).get(unit.id, 0), plan_definitions(event_id, session)
    return new_decision(event_id, unit, batches, exact, definitions, present=present, accept_shortfall=True)
