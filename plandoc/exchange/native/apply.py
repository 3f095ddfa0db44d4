"""Doing what a merge has worked out; nothing here may fail, for the session may go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from plandoc.engine.session import Session, unit_of_work
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.exchange.native.contents import EventContent
from plandoc.exchange.native.dependencies import KINDS
from plandoc.exchange.native.id_allocation import HIGHEST_KEPT
from plandoc.exchange.native.native_merge import Merge, Put, PutEvent
from plandoc.records import (
    AssemblyType,
    BatchDecision,
    Event,
    EventFinishedGood,
    EventRecipe,
    FinishedGood,
    Recipe,
    RunKind,
)
from plandoc.tables import table_of


def save(merge: Merge, session: Session) -> None:
    """Store everything."""
    work = unit_of_work(session)
    for kind in KINDS:
        table = table_of(kind).name
        if table in merge.following:
            work.reserve_ids(kind, merge.following[table])
        _save_kind([put for put in merge.catalog if type(put.record) is kind], work)
    for put in merge.stock:
        if put.before is None:
            work.add(put.record)
        else:
            work.replace(put.record)
    next_id = work.documents.next_event_id()
    # Those first that keep their ids, from the lowest on: an id below one that was given is never given again.
    for event in sorted(merge.events, key=lambda put: (put.former_id < next_id, put.former_id)):
        _save_event(event, session)


def _save_kind(puts: list[Put], work: UnitOfWork) -> None:
    # First all without what they refer to of their own kind, or one would have to be there before the other, and what
    # is sound in the end could go in circles on the way.
    for put in puts:
        bare = _without_parts(put.record)
        if put.before is None:
            work.add_numbered(bare)
        elif _without_parts(put.before) != put.before:
            work.replace(_without_parts(put.before))
    for put in puts:
        work.replace(put.record)


def _without_parts(record: Any) -> Any:
    if type(record) is Recipe and (record.sub_recipes or record.base_recipe_id is not None):
        return attrs.evolve(record, sub_recipes=(), base_recipe_id=None)
    if type(record) is FinishedGood and record.inner_good_ids:
        return attrs.evolve(record, components=(), assembly_type=AssemblyType.BUNDLE)
    return record


def _save_event(put: PutEvent, session: Session) -> None:
    work = unit_of_work(session)
    event: Event = put.content.event
    if put.before is None:
        event = work.add(event, wanted_id=put.former_id if put.former_id <= HIGHEST_KEPT else 0)
    else:
        event = work.replace(attrs.evolve(event, id=put.before.id))
        kinds: tuple[type[Any], ...] = (EventRecipe, EventFinishedGood, BatchDecision)
        for kind in kinds:
            for row in session.find(kind, event_id=event.id):
                work.remove(kind, row.id, event.id)
    for row in _rows(put.content):
        work.add(attrs.evolve(row, event_id=event.id))
    _save_runs(put.content, event, work)


def _rows(content: EventContent) -> Iterator[Any]:
    event_id = 1
    yield from (EventRecipe(event_id, recipe) for recipe in sorted(content.recipes))
    yield from (EventFinishedGood(event_id, good, content.goods[good]) for good in sorted(content.goods))
    yield from (content.decisions[unit] for unit in sorted(content.decisions))
    if content.snapshot is not None:
        yield content.snapshot
    yield from content.amendments


def _save_runs(content: EventContent, event: Event, work: UnitOfWork) -> None:
    ids: dict[tuple[RunKind, int], int] = {}
    for kind in RunKind:
        for position, run in enumerate(content.runs(kind), start=1):
            ids[kind, position] = work.add(attrs.evolve(run, event_id=event.id)).id
    for void in sorted(content.voided, key=lambda row: (row.kind.value, row.run_id)):
        work.add(attrs.evolve(void, event_id=event.id, run_id=ids[void.kind, void.run_id]))
