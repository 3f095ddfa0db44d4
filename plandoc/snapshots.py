"""Snapshots: what was planned when production started, kept permanently."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from plandoc import codec
from plandoc.domain.definitions import Definitions
from plandoc.domain.dependency_closure import dependency_closure
from plandoc.domain.memo import Memo
from plandoc.domain.review import LivePlan, named, review
from plandoc.domain.snapshot_ids import digest_of
from plandoc.engine.live_plan import live_plan_of
from plandoc.engine.named_records import id_of
from plandoc.engine.plan_definitions import catalog_definitions, rows_of
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import NotFoundError
from plandoc.errors.hints import Named
from plandoc.fields.json_objects import OwnJson
from plandoc.records import Event, FinishedGood, FinishedUnit, PlanSnapshot, Recipe, UnitWord
from plandoc.store import NO_SESSION, changes, reads
from plandoc.tables import table_of

SNAPSHOT_VERSION = "1.0"


class _NamedRecord(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def slug(self) -> str: ...


class _Label(NamedTuple):
    name: str
    slug: str


@reads
def get_plan_snapshot(event_id: EventRef, session: Session = NO_SESSION) -> PlanSnapshot | None:
    """Return the snapshot of an event's plan; None when there is none yet, or no event has this id.

    Raises:
        NotFoundError: for a slug that no event has.
        DamagedError: when there are two, which only another program can have written.
    """
    event_id = id_of(Event, event_id, session)
    try:
        return unit_of_work(session).snapshot(event_id)
    except NotFoundError:
        return None


@changes("take a snapshot")
def create_plan_snapshot(event_id: EventRef, session: Session = NO_SESSION) -> PlanSnapshot:
    """Take the snapshot of an event's plan; return the existing one, if any.

    An empty plan gives a snapshot with three empty lists. The findings of a review at that time are stored with it.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    return snapshot_of(session.event(event_id), session)


def snapshot_of(event: Event, session: Session) -> PlanSnapshot:
    """Return the snapshot of an event's plan, which is taken if there is none yet."""
    work = unit_of_work(session)
    present = work.snapshot(event.id)
    if present is not None:
        return present
    plan, known = live_plan_of(event, session), catalog_definitions(session)
    # Both are made of records and rows that were validated when they were read, so the record needs no copy.
    snapshot_data = OwnJson(_planned(plan, known, session.moment))
    definitions = OwnJson(_definitions(plan, known, session))
    findings = named(review(plan, known), Named(event.id, event.slug), known)
    snapshot = PlanSnapshot(
        event_id=event.id,
        created_at=session.moment,
        snapshot_data=snapshot_data,
        definitions=definitions,
        digest=digest_of(snapshot_data, definitions, findings),
        findings=findings,
    )
    return work.add(snapshot)


def _planned(plan: LivePlan, known: Definitions, timestamp: datetime.datetime) -> dict[str, Any]:
    """Return the plan in the format "1.0" of the contract."""
    recipes, goods, units = known.memoize(_recipe_labels), known.memoize(_good_labels), known.memoize(_unit_labels)
    return {
        "snapshot_version": SNAPSHOT_VERSION,
        "created_at": timestamp.isoformat(),
        "recipes": [
            {"recipe_id": i, "recipe_name": recipes[i].name, "recipe_slug": recipes[i].slug}
            for i in sorted(plan.recipes)
        ],
        "finished_goods": [
            {"fg_id": i, "fg_name": goods[i].name, "fg_slug": goods[i].slug, "quantity": plan.quantities[i]}
            for i in sorted(plan.quantities)
        ],
        "batch_decisions": [
            {
                "recipe_id": one.recipe_id,
                "recipe_name": recipes[one.recipe_id].name,
                "batches": one.batches,
                "yield_per_batch": codec.stored_ratio(one.yield_per_batch),
                "finished_unit_id": one.finished_unit_id,
                "finished_unit_slug": units[one.finished_unit_id].slug,
            }
            for _, one in sorted(plan.decisions.items())
        ],
    }


def _recipe_labels(known: Definitions) -> Memo[int, _Label]:
    return Memo(lambda recipe_id: _label(Recipe, recipe_id, known.recipes))


def _good_labels(known: Definitions) -> Memo[int, _Label]:
    return Memo(lambda good_id: _label(FinishedGood, good_id, known.goods))


def _unit_labels(known: Definitions) -> Memo[int, _Label]:
    return Memo(lambda unit_id: _label(FinishedUnit, unit_id, known.units))


def _label(record_type: type, record_id: int, lookup: Callable[[int], _NamedRecord | None]) -> _Label:
    """Return name and slug of what a plan refers to.

    A file edited by hand can refer to a missing record. That is a finding and does not prevent a start: the snapshot
    keeps the plan as it is, with the id as the name.
    """
    found = lookup(record_id)
    if found is None:
        return _Label(f"{table_of(record_type).label} {record_id} (not found)", "")
    return _Label(found.name, found.slug)


def _definitions(plan: LivePlan, known: Definitions, session: Session) -> dict[str, Any]:
    """Return the current definitions of everything the plan depends on, by id: later changes of the catalog must not change it."""
    ids = dependency_closure(known, goods=plan.quantities, units=plan.decisions, recipes=plan.all_recipes)
    # All words for units, because the stock can be counted in any.
    rows = rows_of({**ids, UnitWord: [word.id for word in known.unit_words]}, session)
    return {table: defined for table, defined in rows.items() if defined or table != table_of(UnitWord).name}
