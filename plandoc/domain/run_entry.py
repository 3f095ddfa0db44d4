"""What is checked before a run is recorded: its fields, its losses, its sum, and the units that it takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from plandoc.domain import runs
from plandoc.domain.batches import batches_for, batches_in_words, units_yielded
from plandoc.domain.definitions import Definitions
from plandoc.domain.progress import Work
from plandoc.domain.requirements import Breakdown
from plandoc.domain.rounding import format_number
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.errors.hints import Hint, Named, wording
from plandoc.fields.constraints import non_negative_int, positive_int, stated_reason
from plandoc.records import Event, FinishedGood, FinishedUnit, Loss


def validate_field(field: str, what: str, wrong: str | None) -> Iterator[Problem]:
    """Yield what a check found wrong with a field."""
    if wrong is not None:
        yield Problem(wording("{what}: {wrong}", what=what, wrong=wrong), field=field)


def validate_losses(unit: FinishedUnit, lost: Any) -> Iterator[Problem]:
    """Yield what is wrong with the losses as they were given: a number for each reason."""
    if not isinstance(lost, Mapping):
        message = f"units lost of {unit.name}: wanted a number for each reason, found {shorten(lost)}"
        yield Problem(message, field="lost", hint=wording("say why, such as {why}", why=Hint.SAY_WHY()))
        return
    for reason, units in lost.items():
        trimmed = reason.strip() if isinstance(reason, str) else reason
        yield from validate_field("lost", f"units lost of {unit.name}", stated_reason(trimmed))
        yield from validate_field("lost", f"units lost of {unit.name}, {shorten(reason)}", positive_int(units))


def validate_sum(
    unit: FinishedUnit, batches: int, units_made: int | None, losses: tuple[Loss, ...]
) -> Iterator[Problem]:
    """Yield why the units made and lost are not what the batches yield."""
    expected, lost = units_yielded(batches, unit.yield_per_batch), units_lost(losses)
    yield from validate_field(
        "batches", f"units of {batches_in_words(batches)} of {unit.name}", non_negative_int(expected)
    )
    yields = f"{unit.name}: {batches_in_words(batches)} {'yields' if batches == 1 else 'yield'} {expected}"
    if units_made is None:
        if lost > expected:
            yield Problem(
                f"{yields}, found {lost} lost", field="lost", hint="no more can be lost than the batches yield"
            )
    elif units_made + lost != expected:
        message = f"{yields}, found {units_made} made and {lost} lost"
        rest = expected - units_made - lost
        if rest > 0:
            loss = Hint.RECORD_LOST(quantity=rest)
            hint: str = wording("record the other {rest} as lost, with {loss}", rest=rest, loss=loss)
        else:
            hint = f"at most {expected} can be counted; if there were more, record more batches"
        yield Problem(message, field="units_made", hint=hint)


def validate_units_left(
    definitions: Definitions, event: Event, good: FinishedGood, quantity: int, work: Work
) -> Iterator[Problem]:
    """Yield the units that packing a good would take and that are not there, each with the batches to bake first."""
    try:
        taken = runs.units_used({good.id: quantity}, Breakdown.of(definitions))
        left = runs.units_left(runs.units_made(work.production), runs.units_packed(work.assembly, definitions))
    except ValidationError as error:
        # It is unknown what a good takes that was broken when the plan was frozen, so no units can be used.
        yield from error.problems
        return
    for unit_id, wanted in sorted(taken.items()):
        there = max(Fraction(0), left.get(unit_id, Fraction(0)))
        if there < wanted:
            unit = definitions.units(unit_id)
            name = f"finished unit {unit_id}" if unit is None else unit.name
            message = (
                f"{good.name}: packing {quantity} takes {format_number(wanted)} {name}, "
                f"found {format_number(there)} made and not used, {format_number(wanted - there, rounds_up=True)} missing"
            )
            batches = 1 if unit is None else batches_for(math.ceil(wanted - there), unit.yield_per_batch)
            baked = unit_id if unit is None else Named(unit.id, unit.slug)
            bake = Hint.BAKE(event=Named(event.id, event.slug), unit=baked, batches=batches)
            hint = wording("record what was baked first, with {bake}", bake=bake)
            yield Problem(message, field="quantity", hint=hint)


def units_lost(losses: tuple[Loss, ...]) -> int:
    """Return how many units were lost."""
    return sum(loss.units for loss in losses)
