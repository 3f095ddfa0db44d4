"""Freezing a plan: what was planned when production started, kept for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from plandoc import codec
from plandoc.operations import NO_SESSION, changes, reads
from plandoc.planning.decisions import get_batch_decisions
from plandoc.planning.reviewing import review_plan
from plandoc.planning.selection import get_event_fg_quantities, get_event_recipes
from plandoc.records import BatchDecision, Finding, FinishedGood, FinishedUnit, Ingredient, PlanSnapshot, Recipe
from plandoc.sessions import Session

SNAPSHOT_VERSION = "1.0"


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
    recipes = get_event_recipes(event_id, session=session)
    goods = get_event_fg_quantities(event_id, session=session)
    decisions = get_batch_decisions(event_id, session=session)
    snapshot_data = {
        "snapshot_version": SNAPSHOT_VERSION,
        "created_at": session.moment.isoformat(),
        "recipes": [_recipe(recipe) for recipe in recipes],
        "finished_goods": [_good(good, quantity) for good, quantity in goods],
        "batch_decisions": [_decision(decision, session) for decision in decisions],
    }
    definitions = _definitions([good for good, _ in goods], recipes, decisions, session)
    findings = review_plan(event_id, session=session)
    snapshot = PlanSnapshot(
        event_id=event_id,
        created_at=session.moment,
        snapshot_data=snapshot_data,
        definitions=definitions,
        digest=digest_of(snapshot_data, definitions, findings),
        findings=tuple(findings),
    )
    return session.workspace.add(snapshot)


def _recipe(recipe: Recipe) -> dict[str, Any]:
    return {"recipe_id": recipe.id, "recipe_name": recipe.name, "recipe_slug": recipe.slug}


def _good(good: FinishedGood, quantity: int) -> dict[str, Any]:
    return {"fg_id": good.id, "fg_name": good.name, "fg_slug": good.slug, "quantity": quantity}


def _decision(decision: BatchDecision, session: Session) -> dict[str, Any]:
    return {
        "recipe_id": decision.recipe_id,
        "recipe_name": session.get(Recipe, decision.recipe_id).name,
        "batches": decision.batches,
        "yield_per_batch": codec.to_row(decision)["yield_per_batch"],
        "finished_unit_id": decision.finished_unit_id,
        "finished_unit_slug": session.get(FinishedUnit, decision.finished_unit_id).slug,
    }


def _definitions(
    goods: Iterable[FinishedGood], recipes: Iterable[Recipe], decisions: Iterable[BatchDecision], session: Session
) -> dict[str, Any]:
    """Return what the plan rests on as it is now, by id: later changes of the catalogue must not change the past."""
    all_goods = _with_parts(FinishedGood, {good.id for good in goods}, lambda good: good.inner_good_ids, session)
    unit_ids = {part.finished_unit_id for good in all_goods.values() for part in good.components}
    unit_ids |= {decision.finished_unit_id for decision in decisions}
    all_recipes = _with_parts(Recipe, {recipe.id for recipe in recipes}, lambda recipe: recipe.sub_recipe_ids, session)
    ingredient_ids = {line.ingredient_id for recipe in all_recipes.values() for line in recipe.lines}
    groups: tuple[tuple[str, type, Iterable[int | None]], ...] = (
        ("ingredients", Ingredient, ingredient_ids),
        ("recipes", Recipe, all_recipes),
        ("finished_units", FinishedUnit, unit_ids),
        ("finished_goods", FinishedGood, all_goods),
    )
    return {name: _rows(record_type, ids, session) for name, record_type, ids in groups}


def _rows(record_type: type, record_ids: Iterable[int | None], session: Session) -> dict[str, Any]:
    present = sorted(record_id for record_id in record_ids if record_id is not None)
    return {str(record_id): session.workspace.row(record_type, record_id) for record_id in present}


def _with_parts(record_type: type[Any], wanted: set[int], parts: Any, session: Session) -> dict[int, Any]:
    """Return the records with these ids and all of their kind that are inside them."""
    found: dict[int, Any] = {}
    waiting = sorted(wanted)
    while waiting:
        record_id = waiting.pop()
        if record_id not in found:
            found[record_id] = session.get(record_type, record_id)
            waiting.extend(parts(found[record_id]))
    return found
