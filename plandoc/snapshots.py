"""Snapshots: what was planned when production started, kept permanently."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Protocol

from plandoc import codec
from plandoc.constraints import OwnJson
from plandoc.domain.definitions import Definitions
from plandoc.domain.dependency_closure import dependency_closure
from plandoc.domain.review import LivePlan, named, review
from plandoc.domain.snapshot_ids import digest_of
from plandoc.engine.live_plan import live_plan
from plandoc.engine.plan_definitions import catalog_definitions, rows_of
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import NotFoundError
from plandoc.hints import Named
from plandoc.records import BatchDecision, FinishedGood, FinishedUnit, PlanSnapshot, Recipe, UnitWord
from plandoc.store import NO_SESSION, changes, reads
from plandoc.tables import table_of

SNAPSHOT_VERSION = "1.0"


class _NamedRecord(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def slug(self) -> str: ...


@reads
def get_plan_snapshot(event_id: int, session: Session = NO_SESSION) -> PlanSnapshot | None:
    """Return the snapshot of an event's plan; None when there is none yet, or the event does not exist.

    Raises:
        DamagedError: when there are two, which only another program can have written.
    """
    try:
        return unit_of_work(session).snapshot(event_id)
    except NotFoundError:
        return None


@changes("take a snapshot")
def create_plan_snapshot(event_id: int, session: Session = NO_SESSION) -> PlanSnapshot:
    """Take the snapshot of an event's plan; return the existing one, if any.

    An empty plan gives a snapshot with three empty lists. The findings of a review at that time are stored with it.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    present = get_plan_snapshot(event_id, session=session)
    if present is not None:
        return present
    plan, known = live_plan(event_id, session), catalog_definitions(session)
    # Both are made of records and rows that were validated when they were read, so the record needs no copy.
    snapshot_data = OwnJson(_planned(plan, known, session.moment))
    definitions = OwnJson(_definitions(plan, known, session))
    event = session.event(event_id)
    findings = named(review(plan, known), Named(event.id, event.slug), known)
    snapshot = PlanSnapshot(
        event_id=event_id,
        created_at=session.moment,
        snapshot_data=snapshot_data,
        definitions=definitions,
        digest=digest_of(snapshot_data, definitions, findings),
        findings=findings,
    )
    return unit_of_work(session).add(snapshot)


def _planned(plan: LivePlan, known: Definitions, timestamp: datetime.datetime) -> dict[str, Any]:
    """Return the plan in the format "1.0" of the contract."""
    return {
        "snapshot_version": SNAPSHOT_VERSION,
        "created_at": timestamp.isoformat(),
        "recipes": [_recipe(recipe_id, known) for recipe_id in sorted(plan.recipes)],
        "finished_goods": [_good(good_id, plan.quantities[good_id], known) for good_id in sorted(plan.quantities)],
        "batch_decisions": [_decision(plan.decisions[unit_id], known) for unit_id in sorted(plan.decisions)],
    }


def _recipe(recipe_id: int, known: Definitions) -> dict[str, Any]:
    name, slug = _label(Recipe, recipe_id, known.recipes)
    return {"recipe_id": recipe_id, "recipe_name": name, "recipe_slug": slug}


def _good(good_id: int, quantity: int, known: Definitions) -> dict[str, Any]:
    name, slug = _label(FinishedGood, good_id, known.goods)
    return {"fg_id": good_id, "fg_name": name, "fg_slug": slug, "quantity": quantity}


def _decision(decision: BatchDecision, known: Definitions) -> dict[str, Any]:
    return {
        "recipe_id": decision.recipe_id,
        "recipe_name": _label(Recipe, decision.recipe_id, known.recipes)[0],
        "batches": decision.batches,
        "yield_per_batch": codec.stored_ratio(decision.yield_per_batch),
        "finished_unit_id": decision.finished_unit_id,
        "finished_unit_slug": _label(FinishedUnit, decision.finished_unit_id, known.units)[1],
    }


def _label(record_type: type, record_id: int, lookup: Callable[[int], _NamedRecord | None]) -> tuple[str, str]:
    """Return name and slug of what a plan refers to.

    A file edited by hand can refer to a missing record. That is a finding and does not prevent a start: the snapshot
    keeps the plan as it is, with the id as the name.
    """
    found = lookup(record_id)
    return (f"{table_of(record_type).label} {record_id} (not found)", "") if found is None else (found.name, found.slug)


def _definitions(plan: LivePlan, known: Definitions, session: Session) -> dict[str, Any]:
    """Return the current definitions of everything the plan depends on, by id: later changes of the catalog must not change it."""
    recipes = {*plan.recipes, *(decision.recipe_id for decision in plan.decisions.values())}
    ids = dependency_closure(known, goods=plan.quantities, units=plan.decisions, recipes=recipes)
    # All words for units, because the stock can be counted in any.
    rows = rows_of({**ids, UnitWord: [word.id for word in known.unit_words]}, session)
    return {table: defined for table, defined in rows.items() if defined or table != table_of(UnitWord).name}
