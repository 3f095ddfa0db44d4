"""The commands that amend a plan in production, instead of those that were typed as if it could still be changed."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from plandoc.errors import PlanStateError
from plandoc.records import PlanState


@contextmanager
def amend(event: str, commands: Iterable[str]) -> Iterator[None]:
    """Give the commands that amend the plan as the hint, where a change is refused because it is in production.

    Args:
        event: The event, as it was typed.
        commands: Each without the event, such as "quantity EVENT box 12"; asked for only where they are wanted.
    """
    try:
        yield
    except PlanStateError as error:
        said = [f"'plandoc amend {command.replace('EVENT', shlex.quote(event))} --reason TEXT'" for command in commands]
        if error.current_state is not PlanState.IN_PRODUCTION or not said:
            raise
        hint = f"amend it, with {' and '.join(said)}"
        refused = PlanStateError(error.event_id, error.current_state, error.attempted_action, hint, error.event_name)
        raise refused from error


def goods(wanted: Mapping[str, int], planned: Mapping[str, int], *, replace: bool) -> Iterator[str]:
    """Yield the command for each good that would come, go or change.

    Args:
        wanted: How many of each good, by what was typed for it.
        planned: How many of each are planned, by the same words, and by the short name of what was not typed.
        replace: Whether goods that were not typed would go.
    """
    for good, quantity in {**(dict.fromkeys(planned, 0) if replace else {}), **wanted}.items():
        called = shlex.quote(good)
        if quantity and not planned.get(good):
            yield f"add EVENT {called} {quantity}"
        elif quantity and quantity != planned[good]:
            yield f"quantity EVENT {called} {quantity}"
        elif not quantity and planned.get(good):
            yield f"drop EVENT {called}"


def batches(numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield the command for the batches of each unit, from what was typed for it."""
    return (f"batches EVENT {shlex.quote(unit)} {number}" for unit, number in numbers.items())
