"""The effective definitions of a plan: those that its snapshot froze, and those that its amendments froze since.

Once a snapshot is taken, the current catalog no longer counts. Only what nothing froze is looked up in it. A plan depends
on no such record unless plandoc 0.1 started or amended it, because that version froze less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

import attrs

from plandoc import codec
from plandoc.domain.definitions import DEFINED, Definitions
from plandoc.domain.replay import in_order
from plandoc.errors import DamagedError, Problem, ValidationError
from plandoc.records import PlanAmendment, PlanSnapshot, UnitWord
from plandoc.tables import event_document, table_of

RecordT = TypeVar("RecordT")
_Source = PlanSnapshot | PlanAmendment


def effective_definitions(
    snapshot: PlanSnapshot | None, amendments: Iterable[PlanAmendment], current: Definitions
) -> Definitions:
    """Return the definitions that a plan is computed with; each row becomes a record when it is first needed.

    Args:
        snapshot: The plan's snapshot; without one the current definitions are effective.
        amendments: All amendments since, in any order.
        current: What the catalog defines now.
    """
    if snapshot is None:
        return current
    freezing = [amendment for amendment in in_order(amendments) if amendment.freezes]
    return _EffectiveDefinitions(snapshot, freezing, current).definitions()


def problems_of_definitions(source: PlanSnapshot | PlanAmendment) -> Iterator[Problem]:
    """Yield the problems of definitions that a snapshot or an amendment froze."""
    for kind in DEFINED:
        table = table_of(kind).name
        for record_id in source.ids_defined(table):
            row = source.definition(table, record_id)
            for problem in [] if row is None else codec.problems_of_row(kind, record_id, row):
                field = ".".join(part for part in ("definitions", table, str(record_id), problem.field) if part)
                yield attrs.evolve(problem, field=field)


class _EffectiveDefinitions:
    """The definitions of one plan, now and as of any number of its amendments."""

    def __init__(self, snapshot: PlanSnapshot, freezing: Sequence[PlanAmendment], current: Definitions) -> None:
        self._snapshot = snapshot
        self._freezing = freezing
        self._current = current
        self._by_length: dict[int, Definitions] = {}

    def definitions(self) -> Definitions:
        return self._of_first(len(self._freezing))

    def as_of(self, amendments: int) -> Definitions:
        """Return the definitions as of a number of amendments."""
        # An amendment that only adds definitions does not change earlier ones.
        later = (at for at, one in enumerate(self._freezing) if one.revises and one.sequence > amendments)
        return self._of_first(next(later, len(self._freezing)))

    def _of_first(self, length: int) -> Definitions:
        if length not in self._by_length:
            # The latest first, because it wins; definitions that later amendments added count from the start.
            sources: list[_Source] = [*reversed(self._freezing[:length]), self._snapshot, *self._freezing[length:]]
            lookups: list[Any] = [_Records(kind, sources, self._current).__getitem__ for kind in DEFINED]
            self._by_length[length] = Definitions(
                *lookups,
                word_ids=lambda: {i for source in sources for i in source.ids_defined(table_of(UnitWord).name)},
                earlier=self.as_of,
            )
        return self._by_length[length]


class _Records(dict[int, Any]):
    """The looked-up records of one type, each built from its row on first use."""

    def __init__(self, record_type: type[Any], sources: Sequence[_Source], current: Definitions) -> None:
        super().__init__()
        self._record_type = record_type
        self._sources = sources
        self._current = current

    def __missing__(self, record_id: int) -> Any:
        self[record_id] = self._look_up(record_id)
        return self[record_id]

    def _look_up(self, record_id: int) -> Any:
        kind, table, current = self._record_type, table_of(self._record_type).name, self._current
        for source in self._sources:
            if source.defines(table, record_id):
                row_now = current.row(kind, record_id)
                if row_now is not None and source.is_defined_as(table, record_id, row_now):
                    # Most of the catalog stays as it was; its records are known.
                    return current.lookup(kind)(record_id)
                row = source.definition(table, record_id)
                return None if row is None else _record(kind, record_id, row, source)
        # A word that nothing froze did not exist then, or only for others.
        return None if kind is UnitWord else current.lookup(kind)(record_id)


def _record(record_type: type[RecordT], record_id: int, row: dict[str, Any], source: _Source) -> RecordT:
    try:
        return codec.from_row(record_type, record_id, row)
    except ValidationError as error:
        file, where = event_document(source.event_id), table_of(type(source)).name
        field = f"definitions.{table_of(record_type).name}.{record_id}"
        problems = [Problem(str(error), file=file, table=where, row=str(source.id), field=field)]
        raise DamagedError(file, problems) from error
