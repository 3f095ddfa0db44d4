"""The definitions in force of a plan: those that its snapshot froze, and those that its amendments froze since.

From the moment on when a snapshot is taken, the catalogue of today has no say. Only what nothing froze is looked up in
it: that can be nothing that the plan rests on, but for plans that were started or amended by plandoc 0.1, whose rows
froze less.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from plandoc.arithmetic.definitions import Definitions
from plandoc.arithmetic.replay import in_order
from plandoc.codec import from_row
from plandoc.errors import DamagedError, Problem, ValidationError
from plandoc.records import FinishedGood, FinishedUnit, Ingredient, PlanAmendment, PlanSnapshot, Recipe
from plandoc.tables import event_document, table_of

RecordT = TypeVar("RecordT")
_Source = PlanSnapshot | PlanAmendment


def definitions_in_force(
    snapshot: PlanSnapshot | None, amendments: Iterable[PlanAmendment], today: Definitions
) -> Definitions:
    """Return the definitions by which a plan is worked out; each row becomes a record when a sum first asks for it.

    Args:
        snapshot: Of the plan; None when there is none yet, and then they are those of today.
        amendments: All that were made since, in any order.
        today: What the catalogue defines now.
    """
    if snapshot is None:
        return today
    freezing = [amendment for amendment in in_order(amendments) if amendment.freezes]
    return _InForce(snapshot, freezing, today).definitions()


class _InForce:
    """The definitions of one plan, at the end and after any number of its amendments."""

    def __init__(self, snapshot: PlanSnapshot, freezing: Sequence[PlanAmendment], today: Definitions) -> None:
        self._snapshot = snapshot
        self._freezing = freezing
        self._today = today
        self._by_length: dict[int, Definitions] = {}

    def definitions(self) -> Definitions:
        return self._of_first(len(self._freezing))

    def after(self, amendments: int) -> Definitions:
        """Return the definitions after so many amendments."""
        # One that only brings something in changes nothing of what was there before.
        later = (at for at, one in enumerate(self._freezing) if one.revises and one.sequence > amendments)
        return self._of_first(next(later, len(self._freezing)))

    def _of_first(self, length: int) -> Definitions:
        if length not in self._by_length:
            # The latest first, for it has the last word.
            sources: list[_Source] = [*reversed(self._freezing[:length]), self._snapshot]
            self._by_length[length] = Definitions(
                _lookup(FinishedGood, sources, self._today.goods),
                _lookup(FinishedUnit, sources, self._today.units),
                _lookup(Recipe, sources, self._today.recipes),
                _lookup(Ingredient, sources, self._today.ingredients),
                earlier=self.after,
            )
        return self._by_length[length]


def _lookup(
    record_type: type[RecordT],
    sources: Sequence[_Source],
    today: Callable[[int], RecordT | None],
) -> Callable[[int], RecordT | None]:
    table = table_of(record_type).name

    @functools.cache
    def lookup(record_id: int) -> RecordT | None:
        for source in sources:
            try:
                row = source.definition(table, record_id)
            except KeyError:
                continue
            return None if row is None else _record(record_type, record_id, row, source)
        return today(record_id)

    return lookup


def _record(record_type: type[RecordT], record_id: int, row: dict[str, Any], source: _Source) -> RecordT:
    try:
        return from_row(record_type, record_id, row)
    except ValidationError as error:
        file, where = event_document(source.event_id), table_of(type(source)).name
        field = f"definitions.{table_of(record_type).name}.{record_id}"
        problems = [Problem(str(error), file=file, table=where, row=str(source.id), field=field)]
        raise DamagedError(file, problems) from error
