"""Rows of a bake-tracker export that were read, but whose names are not resolved yet."""

from __future__ import annotations

import datetime
from typing import Any

from plandoc import records
from plandoc.exchange.bake_tracker.fields import Reference
from plandoc.frozen import frozen


@frozen
class Entry:
    """A record of the catalogue to be.

    Attributes:
        kind: The table of the file that it is in.
        record: Refers to others by the numbers that the reader gave to their names.
        aliases: What other rows may call it: its slug as written, its name.
    """

    kind: str
    record: Any
    aliases: tuple[str, ...]

    @property
    def reference(self) -> Reference:
        """How the entries of this file refer to it when nobody wrote a name."""
        return Reference(self.kind, self.aliases[0])


@frozen
class BatchesEntry:
    """Batches that were decided, or baked: of a finished unit, or of a recipe that gives one unit only.

    Attributes:
        baked_at: When they were baked; None for a decision.
    """

    table: str
    batches: int
    recipe: Reference | None
    unit: Reference | None
    baked_at: datetime.datetime | None = None
    notes: str = ""


@frozen
class EventEntry:
    """An event with all its plan.

    Attributes:
        event: The event as a record; its state is not looked at.
        state: The state that the file names; None when it names none.
        goods: What is handed out; the same good may be there several times.
        recipes: Those that the file names; the goods may need more.
    """

    event: records.Event
    aliases: tuple[str, ...]
    state: records.PlanState | None
    goods: tuple[tuple[Reference, int], ...] = ()
    recipes: tuple[Reference, ...] = ()
    decisions: tuple[BatchesEntry, ...] = ()
    runs: tuple[BatchesEntry, ...] = ()

    @property
    def plan_state(self) -> records.PlanState:
        """The state of the plan: what was baked counts, whatever the file says of the state."""
        state = self.state or records.PlanState.DRAFT
        return records.PlanState.IN_PRODUCTION if self.runs and state is not records.PlanState.COMPLETED else state


def aliases_of(given: str, name: str) -> tuple[str, ...]:
    """Return what other rows may call a row: its slug as written, if it has one, and its name."""
    return (given, name) if given else (name,)
