"""Numbers far beyond the plan are probably typing errors, so a person confirms them first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plandoc.cli.concerns import Concern
from plandoc.domain.batches import batches_for, batches_in_words
from plandoc.engine.plan_definitions import defined
from plandoc.engine.session import Session
from plandoc.records import EventId, FinishedUnit
from plandoc.workflow.decisions import get_requirements
from plandoc.workflow.production import get_progress

# Times the number of batches that is enough.
_MAX_FACTOR = 10


def title(number: int) -> str:
    """Return the heading of numbers that go beyond the plan.

    >>> title(1)
    '1 number goes beyond what is planned:'
    """
    return f"{'1 number goes' if number == 1 else f'{number} numbers go'} beyond what is planned:"


def over_need(event_id: EventId, batches: Mapping[int, int], session: Session) -> Iterator[Concern]:
    """Yield each unit for which more than ten times the necessary batches would be decided."""
    needs: dict[int, int] = {one.unit.id: one.units for one in get_requirements(event_id, session=session)}
    for unit_id, number in batches.items():
        unit = defined(FinishedUnit, unit_id, event_id, session)
        needed = needs.get(unit_id, 0)
        enough = batches_for(needed, unit.yield_per_batch)
        if number > _MAX_FACTOR * max(1, enough):
            message = f"{unit.name}: {batches_in_words(number)}, and {_enough(enough)} for the {needed} needed"
            yield Concern(message)


def over_plan(event_id: EventId, unit: FinishedUnit, batches: int, session: Session) -> Iterator[Concern]:
    """Yield the unit if recording these batches makes more than are decided."""
    # What is neither decided nor needed is refused anyway.
    for one in get_progress(event_id, session=session).units:
        if one.unit.id == unit.id and one.batches_done + batches > one.batches_decided:
            decided = batches_in_words(one.batches_decided) if one.batches_decided else "no batches"
            done = f"{one.batches_done} baked already" if one.batches_done else "none baked yet"
            yield Concern(f"{unit.name}: {decided} decided, {done}, and {batches_in_words(batches)} more to record")


def _enough(batches: int) -> str:
    return f"{batches_in_words(batches)} {'is' if batches == 1 else 'are'} enough"
