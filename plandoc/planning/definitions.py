"""What goods, units, recipes and ingredients are defined as: for an event, and in the catalogue of today.

Whatever reckons about an event asks `definitions_of`, never the catalogue.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

from plandoc.arithmetic.definitions import Definitions
from plandoc.arithmetic.in_force import definitions_in_force
from plandoc.open_documents import OpenDocument
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, PlanAmendment, PlanSnapshot, Recipe
from plandoc.sessions import Session
from plandoc.tables import table_of

RecordT = TypeVar("RecordT")


def definitions_of(event_id: int, session: Session) -> Definitions:
    """Return the definitions in force of an event: the catalogue of today, until a snapshot of its plan was taken.

    From then on those that the snapshot and the amendments froze. Not to be kept over a change, as `definitions_in`.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    return session.workspace.document_of_event(event_id).once(_OfEvent).beside(definitions_in(session))


class _OfEvent:
    """The definitions of one event, the same until its document or the catalogue changes."""

    def __init__(self, document: OpenDocument) -> None:
        snapshots: list[PlanSnapshot] = document.find(table_of(PlanSnapshot))
        self._snapshot = snapshots[0] if snapshots else None
        self._amendments: list[PlanAmendment] = document.find(table_of(PlanAmendment)) if snapshots else []
        self._last: tuple[Definitions, Definitions] | None = None

    def beside(self, today: Definitions) -> Definitions:
        """Return the definitions in force, beside a catalogue."""
        last = self._last
        if last is None or last[0] is not today:
            last = self._last = (today, definitions_in_force(self._snapshot, self._amendments, today))
        return last[1]


def definitions_in(session: Session) -> Definitions:
    """Return what the catalogue defines at this moment; each record is read when a sum first asks for it.

    Not to be kept over a change of the catalogue: a record that was read is not looked up again. As long as nothing
    changes, also from one session to the next, it is the same, with all that sums have made of it.
    """
    return session.workspace.catalog().once(_definitions)


def _definitions(catalog: OpenDocument) -> Definitions:
    return Definitions(
        _lookup(catalog, FinishedGood),
        _lookup(catalog, FinishedUnit),
        _lookup(catalog, Recipe),
        _lookup(catalog, Ingredient),
    )


def _lookup(catalog: OpenDocument, record_type: type[RecordT]) -> Callable[[int], RecordT | None]:
    table = table_of(record_type)

    # A sum asks for the same few hundred records many times over.
    @functools.cache
    def lookup(record_id: int) -> RecordT | None:
        return catalog.get(table, record_id) if type(record_id) is int else None

    return lookup
