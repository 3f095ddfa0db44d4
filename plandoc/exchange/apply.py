"""Applying what a merge has worked out; nothing here may fail, because the session may go on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from plandoc.engine.session import Session, unit_of_work
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.exchange.event_content import STARTED, EventContent
from plandoc.exchange.event_merge import PutEvent
from plandoc.exchange.id_allocation import HIGHEST_KEPT, KINDS
from plandoc.exchange.merge import Put
from plandoc.frozen import frozen
from plandoc.records import (
    AssemblyRun,
    AssemblyType,
    BatchDecision,
    Event,
    EventFinishedGood,
    EventRecipe,
    FinishedGood,
    PlanState,
    ProductionRun,
    Recipe,
    RunKind,
    StockItem,
    VoidedRun,
)
from plandoc.snapshots import create_plan_snapshot
from plandoc.tables import table_of

_KINDS_OF_RUNS: Mapping[type[Any], RunKind] = MappingProxyType(
    {ProductionRun: RunKind.PRODUCTION, AssemblyRun: RunKind.ASSEMBLY}
)


@frozen
class Changes:
    """The changes that a merge makes to a folder.

    Attributes:
        catalog: Records to be stored.
        stock: Rows of the stock to be stored.
        removed: Rows of the stock to be removed.
        events: Events to be stored.
        following: The first id, by table, that the import does not use.
    """

    catalog: tuple[Put, ...]
    stock: tuple[Put, ...]
    removed: tuple[StockItem, ...]
    events: tuple[PutEvent, ...]
    following: Mapping[str, int]


def apply(changes: Changes, session: Session) -> None:
    """Store everything."""
    work = unit_of_work(session)
    for kind in KINDS:
        table = table_of(kind).name
        if table in changes.following:
            work.reserve_ids(kind, changes.following[table])
        _save_kind([put for put in changes.catalog if type(put.record) is kind], work)
    for item in changes.removed:
        work.remove(StockItem, item.id)
    for put in changes.stock:
        if put.before is None:
            work.add(put.record)
        else:
            work.replace(put.record)
    _save_events(changes.events, session)


def _save_kind(puts: list[Put], work: UnitOfWork) -> None:
    # First all without references to their own kind: otherwise each would have to exist before the other, and records
    # that are sound in the end could form a cycle on the way.
    unfinished = []
    for put in puts:
        bare = _without_parts(put.record)
        if put.before is None:
            work.add_numbered(bare)
        elif _without_parts(put.before) != put.before:
            work.replace(_without_parts(put.before))
        if put.before is not None or bare is not put.record:
            unfinished.append(put.record)
    for record in unfinished:
        work.replace(record)


def _without_parts(record: Any) -> Any:
    if type(record) is Recipe and (record.sub_recipes or record.base_recipe_id is not None):
        return attrs.evolve(record, sub_recipes=(), base_recipe_id=None)
    if type(record) is FinishedGood and record.inner_good_ids:
        return attrs.evolve(record, components=(), assembly_type=AssemblyType.BUNDLE)
    return record


def _save_events(puts: Iterable[PutEvent], session: Session) -> None:
    next_id = unit_of_work(session).documents.next_event_id()
    # First those that keep their ids, from the lowest up: an id below one already given is never given.
    for put in sorted(puts, key=lambda put: (put.former_id < next_id, put.former_id)):
        _save_event(put, session)


def _save_event(put: PutEvent, session: Session) -> None:
    work, content = unit_of_work(session), put.content
    takes_snapshot = content.snapshot is None and content.event.plan_state in STARTED
    event: Event = attrs.evolve(content.event, plan_state=PlanState.DRAFT) if takes_snapshot else content.event
    if put.before is None:
        event = work.add(event, wanted_id=put.former_id if put.former_id <= HIGHEST_KEPT else 0)
    else:
        event = work.replace(attrs.evolve(event, id=put.before.id))
        kinds: tuple[type[Any], ...] = (EventRecipe, EventFinishedGood, BatchDecision)
        for kind in kinds:
            for row in session.find(kind, event_id=event.id):
                work.remove(kind, row.id, event.id)
    _save_rows(content, event, work)
    if takes_snapshot:
        create_plan_snapshot(event.id, session=session)
        work.replace(attrs.evolve(event, plan_state=content.event.plan_state))


def _save_rows(content: EventContent, event: Event, work: UnitOfWork) -> None:
    runs: dict[RunKind, list[int]] = {kind: [] for kind in RunKind}
    for row in content.rows():
        if type(row) is VoidedRun:
            row = attrs.evolve(row, run_id=runs[row.kind][row.run_id - 1])  # noqa: PLW2901  (the run has its id by now)
        stored = work.add(attrs.evolve(row, event_id=event.id))
        if type(row) in _KINDS_OF_RUNS:
            runs[_KINDS_OF_RUNS[type(row)]].append(stored.id)
