"""What goes far beyond the plan is mostly a slip of the hand: a person is asked before it is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plandoc.cli.doubts import Doubt
from plandoc.domain.batches import batches_for, batches_in_words
from plandoc.engine.plan_definitions import defined
from plandoc.engine.session import Session
from plandoc.records import FinishedUnit
from plandoc.workflow.decisions import get_requirements
from plandoc.workflow.production import get_progress

# So many times as many batches as are enough.
_MOST_TIMES = 10


def title(number: int) -> str:
    """Return the heading of numbers that go beyond the plan.

    >>> title(1)
    '1 number goes beyond what is planned:'
    """
    return f"{'1 number goes' if number == 1 else f'{number} numbers go'} beyond what is planned:"


def beyond_the_need(event_id: int, batches: Mapping[int, int], session: Session) -> Iterator[Doubt]:
    """Yield each unit of which more than ten times as many batches are to be decided as are enough."""
    needs = {one.unit.id: one.units for one in get_requirements(event_id, session=session)}
    for unit_id, number in batches.items():
        unit = defined(FinishedUnit, unit_id, event_id, session)
        needed = needs.get(unit_id, 0)
        enough = batches_for(needed, unit.yield_per_batch)
        if number > _MOST_TIMES * max(1, enough):
            message = f"{unit.name}: {batches_in_words(number)}, and {_enough(enough)} for the {needed} needed"
            yield Doubt(message)


def beyond_the_plan(event_id: int, unit: FinishedUnit, batches: int, session: Session) -> Iterator[Doubt]:
    """Yield the unit if more batches of it are baked, with those to be recorded, than are decided."""
    # What is neither decided nor needed is refused anyway.
    for one in get_progress(event_id, session=session).units:
        if one.unit.id == unit.id and one.batches_done + batches > one.batches_decided:
            decided = batches_in_words(one.batches_decided) if one.batches_decided else "no batches"
            done = f"{one.batches_done} baked already" if one.batches_done else "none baked yet"
            yield Doubt(f"{unit.name}: {decided} decided, {done}, and {batches_in_words(batches)} more to record")


def _enough(batches: int) -> str:
    return f"{batches_in_words(batches)} {'is' if batches == 1 else 'are'} enough"
