"""Freezing a plan: what was planned when production started, kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import orjson

from plandoc import codec
from plandoc.arithmetic.definitions import Definitions
from plandoc.arithmetic.review import PlanParts, review
from plandoc.operations import NO_SESSION, changes, reads
from plandoc.planning.definitions import definitions_in
from plandoc.planning.reviewing import plan_parts
from plandoc.records import BatchDecision, Finding, FinishedGood, FinishedUnit, Ingredient, PlanSnapshot, Recipe
from plandoc.sessions import Session
from plandoc.tables import table_of

SNAPSHOT_VERSION = "1.0"

RecordT = TypeVar("RecordT")


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def slug(self) -> str: ...


def digest_of(
    snapshot_data: Mapping[str, Any], definitions: Mapping[str, Any], findings: Iterable[Finding] = ()
) -> str:
    """Return the SHA-256 of a snapshot's canonical JSON (RFC 8785's key order, no white space), in hexadecimal.

    >>> digest_of({"b": 1, "a": 2}, {}) == digest_of({"a": 2, "b": 1}, {})
    True
    """
    content = {
        "snapshot_data": dict(snapshot_data),
        "definitions": dict(definitions),
        "findings": [codec.to_row(finding) for finding in findings],
    }
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


@reads
def get_plan_snapshot(event_id: int, session: Session = NO_SESSION) -> PlanSnapshot | None:
    """Return the snapshot of an event's plan, or None when there is none yet.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    session.event(event_id)
    snapshots = session.find(PlanSnapshot, event_id=event_id)
    return snapshots[0] if snapshots else None


@changes("take a snapshot")
def create_plan_snapshot(event_id: int, session: Session = NO_SESSION) -> PlanSnapshot:
    """Take the snapshot of an event's plan; return the one there is already, if any.

    An empty plan gives a snapshot with three empty lists. What a review finds in the plan at that moment is kept with it.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    present = get_plan_snapshot(event_id, session=session)
    if present is not None:
        return present
    plan, known = plan_parts(event_id, session), definitions_in(session)
    snapshot_data = {
        "snapshot_version": SNAPSHOT_VERSION,
        "created_at": session.moment.isoformat(),
        "recipes": [_recipe(recipe_id, known) for recipe_id in sorted(plan.recipes)],
        "finished_goods": [_good(good_id, plan.quantities[good_id], known) for good_id in sorted(plan.quantities)],
        "batch_decisions": [_decision(plan.decisions[unit_id], known) for unit_id in sorted(plan.decisions)],
    }
    definitions = _definitions(plan, known, session)
    findings = review(plan, known)
    snapshot = PlanSnapshot(
        event_id=event_id,
        created_at=session.moment,
        snapshot_data=snapshot_data,
        definitions=definitions,
        digest=digest_of(snapshot_data, definitions, findings),
        findings=findings,
    )
    return session.workspace.add(snapshot)


def _recipe(recipe_id: int, known: Definitions) -> dict[str, Any]:
    name, slug = _called(Recipe, recipe_id, known.recipes)
    return {"recipe_id": recipe_id, "recipe_name": name, "recipe_slug": slug}


def _good(good_id: int, quantity: int, known: Definitions) -> dict[str, Any]:
    name, slug = _called(FinishedGood, good_id, known.goods)
    return {"fg_id": good_id, "fg_name": name, "fg_slug": slug, "quantity": quantity}


def _decision(decision: BatchDecision, known: Definitions) -> dict[str, Any]:
    return {
        "recipe_id": decision.recipe_id,
        "recipe_name": _called(Recipe, decision.recipe_id, known.recipes)[0],
        "batches": decision.batches,
        "yield_per_batch": codec.to_row(decision)["yield_per_batch"],
        "finished_unit_id": decision.finished_unit_id,
        "finished_unit_slug": _called(FinishedUnit, decision.finished_unit_id, known.units)[1],
    }


def _called(record_type: type, record_id: int, lookup: Callable[[int], _Named | None]) -> tuple[str, str]:
    """Return name and slug of what a plan refers to.

    A file edited by hand can refer to what is not there. That is a finding, and stops no start: the snapshot keeps the
    plan as it is, with the number for a name.
    """
    found = lookup(record_id)
    return (f"{table_of(record_type).label} {record_id} (not found)", "") if found is None else (found.name, found.slug)


def _definitions(plan: PlanParts, known: Definitions, session: Session) -> dict[str, Any]:
    """Return what the plan rests on as it is now, by id: later changes of the catalogue must not change the past."""
    all_goods = _with_parts(plan.quantities, known.goods, lambda good: good.inner_good_ids)
    unit_ids = {part.finished_unit_id for good in all_goods.values() for part in good.components}
    unit_ids |= plan.decisions.keys()
    all_recipes = _with_parts(plan.recipes, known.recipes, lambda recipe: recipe.sub_recipe_ids)
    ingredient_ids = {line.ingredient_id for recipe in all_recipes.values() for line in recipe.lines}
    groups: tuple[tuple[str, type, Iterable[int | None]], ...] = (
        ("ingredients", Ingredient, ingredient_ids),
        ("recipes", Recipe, all_recipes),
        ("finished_units", FinishedUnit, unit_ids),
        ("finished_goods", FinishedGood, all_goods),
    )
    return {name: _rows(record_type, ids, session) for name, record_type, ids in groups}


def _rows(record_type: type, record_ids: Iterable[int | None], session: Session) -> dict[str, Any]:
    wanted = sorted(record_id for record_id in record_ids if record_id is not None)
    rows = {str(record_id): session.workspace.row_or_none(record_type, record_id) for record_id in wanted}
    return {record_id: row for record_id, row in rows.items() if row is not None}


def _with_parts(
    wanted: Iterable[int], lookup: Callable[[int], RecordT | None], parts: Callable[[RecordT], Iterable[int]]
) -> dict[int, RecordT]:
    """Return the records with these ids and all of their kind that are inside them."""
    found: dict[int, RecordT] = {}
    waiting = sorted(wanted)
    while waiting:
        record_id = waiting.pop()
        record = None if record_id in found else lookup(record_id)
        if record is not None:
            found[record_id] = record
            waiting.extend(parts(record))
    return found
