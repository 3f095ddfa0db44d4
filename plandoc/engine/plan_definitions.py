"""How goods, units, recipes and ingredients are defined: for an event, and in the current catalog.

All calculations about an event use `plan_definitions`, never the catalog.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from plandoc.domain.definitions import DEFINED, Definitions
from plandoc.domain.dependency_closure import Ids, dependency_closure
from plandoc.domain.effective_definitions import effective_definitions
from plandoc.domain.replay import in_order
from plandoc.engine.document import DocumentSession
from plandoc.engine.session import Session, document_of_event, unit_of_work
from plandoc.errors import NotFoundError
from plandoc.records import EventId, FinishedUnit, PlanAmendment, PlanSnapshot, UnitWord
from plandoc.tables import table_of

_SNAPSHOTS, _AMENDMENTS, _WORDS = map(table_of, (PlanSnapshot, PlanAmendment, UnitWord))

RecordT = TypeVar("RecordT")
T = TypeVar("T")
# Rows by id; None for one that was not found.
Rows = Mapping[str, dict[str, Any] | None]


def plan_definitions(event_id: int, session: Session) -> Definitions:
    """Return the definitions in force of an event: the current catalog, until a snapshot of its plan was taken.

    From then on those that the snapshot and the amendments froze. Do not keep them across a change; see `catalog_definitions`.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    return _of_event(event_id, session).beside(catalog_definitions(session))


def kept_with_plan(make: Callable[[EventId, Session], T], event_id: EventId, session: Session) -> T:
    """Return what a function makes of an event and its definitions, and of nothing else; kept until one of them changes.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    kept = _of_event(event_id, session).kept_beside(catalog_definitions(session))
    if make not in kept:
        kept[make] = make(event_id, session)
    made: T = kept[make]
    return made


def defined(record_type: type[RecordT], record_id: int, event_id: int, session: Session) -> RecordT:
    """Return a good, unit, recipe or ingredient as it is defined for an event.

    Raises:
        NotFoundError: when there is no such event, or neither the plan nor the catalog knows the record.
    """
    lookup = plan_definitions(event_id, session).lookup(record_type)
    # True and 1.0 would be found where 1 is.
    record = lookup(record_id) if type(record_id) is int else None
    if record is None:
        raise NotFoundError(table_of(record_type).label, record_id)
    return record


def name_in_plan(record_type: type[Any], record_id: int, event_id: int, session: Session) -> str | None:
    """Return what a good, unit or recipe is called in an event; None when neither the plan nor the catalog knows it.

    What was frozen is asked for its name alone, and the catalog is not read for it.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    frozen = _of_event(event_id, session).frozen_name(table_of(record_type).name, record_id)
    if frozen is not None:
        return frozen
    try:
        return defined(record_type, record_id, event_id, session).name  # type: ignore[no-any-return]
    except NotFoundError:
        return None


def is_frozen(event_id: int, session: Session) -> bool:
    """Return whether a snapshot of the plan of an event was taken, so that the catalog no longer counts for it."""
    return _of_event(event_id, session).is_frozen


def known_to(record_type: type[RecordT], event_id: int, session: Session) -> list[RecordT]:
    """Return all goods, units, recipes or ingredients that an event knows, in the order of their ids.

    Those are all of the catalog, until a snapshot of the plan was taken.
    """
    plan, lookup = _of_event(event_id, session), plan_definitions(event_id, session).lookup(record_type)
    if not plan.is_frozen:
        return session.find(record_type)
    return [record for record in map(lookup, plan.frozen_ids(record_type)) if record is not None]


def frozen_units(event_id: int, session: Session) -> list[int]:
    """Return the ids of the finished units that were frozen for an event, in order."""
    return _of_event(event_id, session).frozen_ids(FinishedUnit)


def amendments_made(event_id: int, session: Session) -> int:
    """Return the number of the last amendment of an event; 0 when there is none."""
    made = document_of_event(event_id, session).all(_AMENDMENTS)
    return max([one.sequence for one in made], default=0)


def brought_in(
    event_id: int, session: Session, *, goods: Iterable[int] = (), units: Iterable[int] = ()
) -> dict[str, Rows]:
    """Return what goods and units depend on and nothing has frozen for an event yet, as the catalog defines it now."""
    wanted, made = set(goods), set(units)
    ids = dependency_closure(plan_definitions(event_id, session), goods=wanted, units=made)
    # The plan knows only the words for units that were frozen; what is new may use others.
    words = dependency_closure(catalog_definitions(session), goods=wanted, units=made)[UnitWord]
    return not_frozen_yet({**ids, UnitWord: sorted({*ids[UnitWord], *words})}, event_id, session)


def not_frozen_yet(ids: Ids, event_id: int, session: Session) -> dict[str, Rows]:
    """Return what nothing has frozen for an event yet, as the catalog defines it now."""
    plan = _of_event(event_id, session)
    new = {kind: [i for i in ids[kind] if not plan.has_frozen(kind, i)] for kind in ids}
    return rows_of({kind: wanted for kind, wanted in new.items() if wanted}, session)


def frozen_rows(ids: Ids, event_id: int, session: Session) -> dict[str, Rows]:
    """Return rows as they are in force for an event, by table and id; without those that are not frozen."""
    plan = _of_event(event_id, session)
    tables = {table_of(kind).name: plan.frozen_rows(table_of(kind).name, wanted) for kind, wanted in ids.items()}
    return {name: rows for name, rows in tables.items() if rows}


def history_of(
    event_id: int, session: Session, next_one: PlanAmendment
) -> tuple[PlanSnapshot | None, list[PlanAmendment]]:
    """Return the snapshot of an event, and its amendments with one more that is not saved yet."""
    plan = _of_event(event_id, session)
    return plan.snapshot, [*plan.amendments, next_one]


def rows_of(ids: Ids, session: Session) -> dict[str, Rows]:
    """Return rows of the catalog by table and id, as they are frozen: None for what was not found."""
    catalog = unit_of_work(session).documents.catalog()
    tables = ((table_of(kind), wanted) for kind, wanted in ids.items())
    return {table.name: catalog.rows(table, wanted) for table, wanted in tables}


def _of_event(event_id: int, session: Session) -> _OfEvent:
    return document_of_event(event_id, session).memoize(_OfEvent)


class _OfEvent:
    """What was frozen for one event, kept until its document changes."""

    def __init__(self, document: DocumentSession) -> None:
        self.snapshot: PlanSnapshot | None = document.only(_SNAPSHOTS)
        self.amendments = in_order(document.all(_AMENDMENTS)) if self.snapshot else []
        freezing = [amendment for amendment in self.amendments if amendment.freezes]
        self._sources = [] if self.snapshot is None else [self.snapshot, *freezing]
        self._last: tuple[Definitions, Definitions] | None = None
        self._kept: tuple[Definitions, dict[Any, Any]] | None = None

    def beside(self, current: Definitions) -> Definitions:
        """Return the definitions in force, given the catalog."""
        last = self._last
        if last is None or last[0] is not current:
            last = self._last = (current, effective_definitions(self.snapshot, self.amendments, current))
        return last[1]

    def kept_beside(self, current: Definitions) -> dict[Any, Any]:
        """Return what was made of the event while the catalog was this."""
        kept = self._kept
        if kept is None or kept[0] is not current:
            # In one step, because other threads may read at the same time.
            kept = self._kept = (current, {})
        return kept[1]

    @property
    def is_frozen(self) -> bool:
        """Whether a snapshot of the plan was taken."""
        return self.snapshot is not None

    def frozen_ids(self, record_type: type) -> list[int]:
        """Return the ids of all records of a type that the snapshot or an amendment mentions, in order."""
        table = table_of(record_type).name
        return sorted({i for source in self._sources for i in source.ids_defined(table)})

    def frozen_rows(self, table: str, record_ids: Iterable[int]) -> dict[str, dict[str, Any] | None]:
        """Return the rows of a table that were frozen last, by id."""
        latest = {i: source for source in self._sources for i in record_ids if source.defines(table, i)}
        return {str(i): source.definition(table, i) for i, source in sorted(latest.items())}

    def frozen_name(self, table: str, record_id: int) -> str | None:
        """Return the name that a record was frozen with last; None where it was not, or not as plandoc freezes."""
        for source in reversed(self._sources):
            if source.defines(table, record_id):
                name: str | None = source.name_defined(table, record_id)
                return name
        return None

    def has_frozen(self, record_type: type, record_id: int) -> bool:
        """Whether the snapshot or an amendment mentions a record."""
        table = table_of(record_type).name
        return any(source.defines(table, record_id) for source in self._sources)


def catalog_definitions(session: Session) -> Definitions:
    """Return what the catalog defines at this moment; each record is read when a calculation first asks for it.

    Not to be kept over a change of the catalog: a record that was read is not looked up again. As long as nothing
    changes, also from one session to the next, it is the same, with all that sums have made of it.
    """
    return unit_of_work(session).documents.catalog().memoize(_definitions)


def _definitions(catalog: DocumentSession) -> Definitions:
    lookups: list[Callable[[int], Any]] = [_lookup(catalog, kind) for kind in DEFINED]
    return Definitions(
        *lookups,
        word_ids=lambda: catalog.ids(_WORDS),
        row=lambda record_type, record_id: catalog.rows_of(table_of(record_type)).get(str(record_id)),
    )


def _lookup(catalog: DocumentSession, record_type: type[RecordT]) -> Callable[[int], RecordT | None]:
    table = table_of(record_type)

    # A calculation asks for the same few hundred records many times over.
    @functools.cache
    def lookup(record_id: int) -> RecordT | None:
        return catalog.get(table, record_id) if type(record_id) is int else None

    return lookup
