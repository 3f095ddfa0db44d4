"""Production: recording what was baked and packed, voiding what was recorded by mistake, and the progress of a plan.

A run is never changed and never removed: one that was recorded by mistake is voided by a later record.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from plandoc.domain import runs
from plandoc.domain.batches import units_yielded
from plandoc.domain.consumption import Consumption
from plandoc.domain.progress import Progress, Work, progress
from plandoc.domain.requirements import Breakdown
from plandoc.domain.rounding import format_number
from plandoc.domain.run_entry import units_lost, validate_field, validate_losses, validate_sum, validate_units_left
from plandoc.domain.states import Edit
from plandoc.engine.live_plan import assembly_runs, live_plan, production_runs
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import amendments_made, defined, plan_definitions
from plandoc.engine.record_refs import EventRef, FinishedGoodRef, FinishedUnitRef
from plandoc.engine.session import Session, event_to_edit, unit_of_work
from plandoc.errors import Problem, ValidationError, refuse
from plandoc.errors.hints import Call, Hint, Named, wording
from plandoc.fields.constraints import (
    aware_datetime,
    non_negative_int,
    one_of,
    or_none,
    positive_int,
    stated_reason,
    storable_text,
)
from plandoc.records import (
    AssemblyRun,
    Event,
    EventId,
    FinishedGood,
    FinishedUnit,
    Loss,
    ProductionRun,
    RunKind,
    StockItem,
    VoidedRun,
)
from plandoc.store import NO_SESSION, changes, reads
from plandoc.workflow.stock import put_in, take_out


@changes("record production")
def record_production(
    event_id: EventRef,
    finished_unit_id: FinishedUnitRef,
    batches: int,
    units_made: int | None = None,
    lost: Mapping[str, int] | None = None,
    notes: str = "",
    produced_at: datetime.datetime | None = None,
    use_stock: bool = True,
    session: Session = NO_SESSION,
) -> ProductionRun:
    """Record that batches of a finished unit's recipe were baked, and take what they need from the stock. Returns the run.

    Units made and units lost add up to what the batches yield: a batch that gave less has lost the rest. More batches
    than decided may be baked. What the recipe takes, with its sub-recipes, is taken from the stock in the same write, in
    the units of the stock and as far as it lasts: first batches that were made ahead, then the ingredients of the others.
    The run records what it took, and what was not in stock.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        finished_unit_id: The unit; decided in the plan, or needed by it.
        batches: A whole number above 0.
        units_made: Whole units that were made; None means all that the batches yield except those lost.
        lost: Units that were lost, by reason; None means none.
        notes: Free text.
        produced_at: When, with its offset from UTC; None means now.
        use_stock: Whether to take anything from the stock.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: when the event or the unit does not exist.
        PlanStateError: when the plan is not IN_PRODUCTION.
        ValidationError: with everything that is wrong: invalid numbers or numbers that do not add up, a loss without
            a reason, a unit that is not in the plan, a broken recipe, whose ingredients are unknown.
    """
    event = event_to_edit(id_of(Event, event_id, session), Edit.RUNS, session)
    unit = defined(FinishedUnit, id_of(FinishedUnit, finished_unit_id, session, event.id), event.id, session)
    timestamp = session.moment if produced_at is None else produced_at
    losses, problems = _judged_numbers(unit, batches, units_made, lost)
    problems += validate_field("notes", "notes", storable_text(notes))
    problems += validate_field("produced_at", "time of production", aware_datetime(timestamp))
    refuse([*problems, *_not_in_plan(session, event, unit)])
    expected = units_yielded(batches, unit.yield_per_batch)
    made = expected - units_lost(losses) if units_made is None else units_made
    before = amendments_made(event.id, session)
    taking = Consumption()
    if use_stock:
        taking = take_out({unit.recipe_id: batches}, plan_definitions(event.id, session), session)
    run = ProductionRun(
        event.id, unit.id, batches, expected, made, timestamp, losses, notes, before, taking.taken, taking.not_taken
    )
    return unit_of_work(session).add(run)


def _judged_numbers(
    unit: FinishedUnit, batches: int, units_made: int | None, lost: Mapping[str, int] | None
) -> tuple[tuple[Loss, ...], list[Problem]]:
    """Return the losses of a run, and everything that is wrong with its numbers."""
    problems = [
        *validate_field("batches", f"batches of {unit.name}", positive_int(batches)),
        *validate_field("units_made", f"units made of {unit.name}", or_none(non_negative_int)(units_made)),
        *validate_losses(unit, {} if lost is None else lost),
    ]
    if problems:
        return (), problems
    losses = tuple(Loss(reason.strip(), units) for reason, units in (lost or {}).items())
    return losses, list(validate_sum(unit, batches, units_made, losses))


@changes("record assembly")
def record_assembly(
    event_id: EventRef,
    finished_good_id: FinishedGoodRef,
    quantity: int,
    notes: str = "",
    assembled_at: datetime.datetime | None = None,
    session: Session = NO_SESSION,
) -> AssemblyRun:
    """Record that pieces of a good were packed. Returns the run.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        finished_good_id: The good; in the plan.
        quantity: A whole number above 0, not more than the plan still wants.
        notes: Free text.
        assembled_at: When, with its offset from UTC; None means now.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: when the event or the good does not exist.
        PlanStateError: when the plan is not IN_PRODUCTION.
        ValidationError: with everything that is wrong: an invalid number, more than the plan still wants, and each
            unit with fewer made and unused than these pieces take, through all their bundles.
    """
    event_id = id_of(Event, event_id, session)
    finished_good_id = id_of(FinishedGood, finished_good_id, session, event_id)
    event = event_to_edit(event_id, Edit.RUNS, session)
    good = defined(FinishedGood, finished_good_id, event.id, session)
    timestamp = session.moment if assembled_at is None else assembled_at
    no_number = positive_int(quantity)
    problems = [
        *validate_field("quantity", f"quantity of {good.name}", no_number),
        *validate_field("notes", "notes", storable_text(notes)),
        *validate_field("assembled_at", "time of packing", aware_datetime(timestamp)),
    ]
    if no_number is None:
        work = work_in(session, event.id)
        problems.extend(_beyond_plan(session, event, good, quantity, work))
        problems.extend(validate_units_left(plan_definitions(event.id, session), event, good, quantity, work))
    refuse(problems)
    before = amendments_made(event.id, session)
    return unit_of_work(session).add(AssemblyRun(event.id, good.id, quantity, timestamp, notes, before))


@changes("void a run")
def void_run(
    event_id: EventRef,
    kind: RunKind,
    run_id: int | ProductionRun | AssemblyRun,
    reason: str,
    session: Session = NO_SESSION,
) -> VoidedRun:
    """Void a run that was recorded by mistake: it stays and no longer counts. Returns the record of it.

    What it took is put back into the stock, in the same write.

    Args:
        event_id: The event; its plan must be IN_PRODUCTION.
        kind: Whether it is a production or an assembly run; the two are numbered separately.
        run_id: Its id within the event, or the run itself.
        reason: Why; surrounding blanks are removed.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: when the event or the run does not exist.
        PlanStateError: when the plan is not IN_PRODUCTION.
        ValidationError: with everything that is wrong: a blank reason, a run that is already voided, baked units that
            are already packed.
    """
    event_id = id_of(Event, event_id, session)
    event = event_to_edit(event_id, Edit.RUNS, session)
    refuse(validate_field("kind", "kind of run", one_of(RunKind)(kind)))
    trimmed = reason.strip() if isinstance(reason, str) else reason
    run = _run(kind, run_id, event, session)
    problems = [
        *validate_field("reason", wording("reason to void {run}", run=_called(kind, run.id)), stated_reason(trimmed)),
        *_voided_already(session, event, kind, run.id),
    ]
    if isinstance(run, ProductionRun):
        problems.extend(_packed_already(session, run))
    refuse(problems)
    for part in run.taken if isinstance(run, ProductionRun) else ():
        put_in(StockItem(part.ingredient_id, part.quantity, part.unit, recipe_id=part.recipe_id), session)
    return unit_of_work(session).add(VoidedRun(event.id, kind, run.id, trimmed, session.moment))


@reads
def get_progress(event_id: EventRef, session: Session = NO_SESSION) -> Progress:
    """Return the progress of an event: batches and units, goods packed and goods that can be packed, and what remains.

    It works in every state; before production nothing is started.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    event_id = id_of(Event, event_id, session)
    event = session.event(event_id)
    # A plan with two snapshots is refused: it is unknown which one was started.
    unit_of_work(session).snapshot(event_id)
    return progress(
        event, live_plan(event_id, session), work_in(session, event_id), plan_definitions(event_id, session)
    )


def work_in(session: Session, event_id: EventId) -> Work:
    """Return what was done for an event, without what was voided."""
    return Work(production_runs(event_id, session), assembly_runs(event_id, session))


def _not_in_plan(session: Session, event: Event, unit: FinishedUnit) -> Iterator[Problem]:
    plan, breakdown = live_plan(event.id, session), Breakdown.of(plan_definitions(event.id, session))
    if unit.id in plan.decisions:
        return
    # A broken good is not a reason to refuse what another one needs.
    whole = (good_id for good_id in plan.quantities if not breakdown.problems(good_id))
    if not any(unit.id in breakdown.units(good_id) for good_id in whole):
        message = f"{unit.name} is neither decided nor needed in the plan of {event.name}"
        change = Hint.CHANGE_BATCHES(event=Named(event.id, event.slug), unit=Named(unit.id, unit.slug))
        hint = wording("add it to the plan first, with {change}", change=change)
        yield Problem(message, field="finished_unit_id", hint=hint)


def _beyond_plan(session: Session, event: Event, good: FinishedGood, quantity: int, work: Work) -> Iterator[Problem]:
    wanted = live_plan(event.id, session).quantities.get(good.id)
    if wanted is None:
        message = f"{good.name} is not in the plan of {event.name}"
        add = Hint.ADD_GOOD(event=Named(event.id, event.slug), good=Named(good.id, good.slug))
        yield Problem(message, field="finished_good_id", hint=wording("add it to the plan first, with {add}", add=add))
        return
    packed = runs.assembled(work.assembly).get(good.id, 0)
    if packed + quantity > wanted:
        message = f"{good.name}: {wanted} wanted and {packed} packed, so at most {max(0, wanted - packed)}"
        change = Hint.CHANGE_QUANTITY(
            event=Named(event.id, event.slug), good=Named(good.id, good.slug), quantity=packed + quantity
        )
        hint = wording("raise the quantity first, with {change}", change=change)
        yield Problem(f"{message} more, found {quantity}", field="quantity", hint=hint)


def _run(kind: RunKind, named: Any, event: Event, session: Session) -> ProductionRun | AssemblyRun:
    if getattr(named, "event_id", event.id) != event.id:
        message = f"wanted a run of {event.name} (event {event.id}), found one of event {named.event_id}"
        raise ValidationError([Problem(message, field="run_id")])
    record_type: type[ProductionRun | AssemblyRun] = ProductionRun if kind is RunKind.PRODUCTION else AssemblyRun
    run: ProductionRun | AssemblyRun = session.get(record_type, named, event_id=event.id)
    return run


def _voided_already(session: Session, event: Event, kind: RunKind, run_id: int) -> Iterator[Problem]:
    for one in session.find(VoidedRun, event_id=event.id):
        if one.kind is kind and one.run_id == run_id:
            message = wording("{run} is already voided ({reason})", run=_called(kind, run_id), reason=one.reason)
            yield Problem(message, field="run_id", hint="if the run was right after all, record it again")


def _packed_already(session: Session, run: ProductionRun) -> Iterator[Problem]:
    work = work_in(session, run.event_id)
    if run not in work.production or run.units_made == 0:
        return
    definitions = plan_definitions(run.event_id, session)
    unit = defined(FinishedUnit, run.finished_unit_id, run.event_id, session)
    used = runs.units_packed(work.assembly, definitions).get(unit.id, Fraction(0))
    made = runs.units_made(work.production)[unit.id] - run.units_made
    if used > made:
        last = next(one for one in reversed(work.assembly) if unit.id in runs.units_packed([one], definitions))
        message = wording(
            "{name}: {used} are packed, but without {run} only {made} would be made",
            name=unit.name,
            used=format_number(used),
            run=Hint.PRODUCTION_RUN(run=run.id),
            made=made,
        )
        hint = wording("void the packing first, such as {last}", last=Hint.ASSEMBLY_RUN(run=last.id))
        yield Problem(message, field="run_id", hint=hint)


def _called(kind: RunKind, run_id: int) -> Call:
    return (Hint.PRODUCTION_RUN if kind is RunKind.PRODUCTION else Hint.ASSEMBLY_RUN)(run=run_id)
