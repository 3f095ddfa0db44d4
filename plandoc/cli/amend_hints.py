"""The `amend` commands to use instead of commands that a plan in production refuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from plandoc.cli.program import quoted
from plandoc.errors import PlanStateError
from plandoc.records import PlanState


@contextmanager
def suggest_amending(event: str, commands: Iterable[str]) -> Iterator[None]:
    """Put the commands that amend the plan into the hint when a change is refused because it is in production.

    Args:
        event: The event, as it was typed.
        commands: Each without the event, such as "quantity EVENT box 12"; evaluated only when the change is refused.
    """
    try:
        yield
    except PlanStateError as error:
        suggestions = [
            f"'plandoc amend {command.replace('EVENT', quoted(event))} --reason TEXT'" for command in commands
        ]
        if error.current_state is not PlanState.IN_PRODUCTION or not suggestions:
            raise
        hint = f"amend it with {' and '.join(suggestions)}"
        refused = PlanStateError(error.event_id, error.current_state, error.attempted_action, hint, error.event_name)
        raise refused from error


def for_goods(wanted: Mapping[str, int], planned: Mapping[str, int], *, replace: bool) -> Iterator[str]:
    """Yield the command for each good that would be added, dropped or changed.

    Args:
        wanted: How many of each good, by the name that was typed.
        planned: How many of each are planned, by the same names, and by short name for those not typed.
        replace: Whether goods that were not typed would be dropped.
    """
    for good, quantity in {**(dict.fromkeys(planned, 0) if replace else {}), **wanted}.items():
        label = quoted(good)
        if quantity and not planned.get(good):
            yield f"add EVENT {label} {quantity}"
        elif quantity and quantity != planned[good]:
            yield f"quantity EVENT {label} {quantity}"
        elif not quantity and planned.get(good):
            yield f"drop EVENT {label}"


def for_batches(numbers: Mapping[str, int]) -> Iterator[str]:
    """Yield the command for the batches of each unit, from what was typed for it."""
    return (f"batches EVENT {quoted(unit)} {number}" for unit, number in numbers.items())
