"""Everything of an event in one document, as databases of documents recommend: what becomes of it, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bench import forms, workload
from bench.contenders.contract import now
from bench.workload import Catalog, Row

_NESTED = ("recipes", "finished_goods", "batch_decisions", "plan_snapshot", "plan_amendments", "production_runs")


def planned(number: int) -> Row:
    """Return the document of an event of the workload, LOCKED."""
    return {
        **workload.event(number),
        "recipes": workload.recipe_ids(),
        "finished_goods": [{"finished_good_id": key, "quantity": n} for key, n in workload.quantities().items()],
        "batch_decisions": workload.decisions(),
        "plan_snapshot": None,
        "plan_amendments": [],
        "production_runs": [],
    }


def bare(number: int) -> Row:
    """Return the document of an event with nothing planned."""
    lists: dict[str, list[Any]] = {name: [] for name in _NESTED if name != "plan_snapshot"}
    return {**workload.event(number, "draft"), **lists, "plan_snapshot": None}


def started(event: Row, catalog: Catalog) -> Row:
    """Return the fields that a start changes."""
    if event["plan_state"] != "locked" or event["plan_snapshot"] is not None:
        raise ValueError(event["name"])
    created_at = now()
    content = {"snapshot_data": _snapshot_data(event, catalog, created_at), "definitions": _used(event, catalog)}
    snapshot = {"created_at": created_at, **content, "digest": forms.digest(content)}
    return {"plan_snapshot": snapshot, "plan_state": "in_production"}


def amended(event: Row, goods: Mapping[str, Row], good_id: int, quantity: int, reason: str) -> Row:
    """Return the fields that another quantity of a good changes."""
    if event["plan_state"] != "in_production":
        raise ValueError(event["name"])
    rows = [dict(row) for row in event["finished_goods"]]
    (row,) = [one for one in rows if one["finished_good_id"] == good_id]
    change = forms.change_of_quantity(good_id, goods[str(good_id)]["name"], row["quantity"], quantity)
    row["quantity"] = quantity
    amendments = [*event["plan_amendments"]]
    last = max((one["sequence"] for one in amendments), default=0)
    amendments.append({"sequence": last + 1, "change": change, "reason": reason, "created_at": now()})
    return {"finished_goods": rows, "plan_amendments": amendments}


def decided(event: Row, catalog: Catalog, unit_id: int, batches: int) -> Row:
    """Return the fields that a decision changes."""
    unit = catalog["finished_units"][str(unit_id)]
    if event["plan_state"] != "locked" or unit["recipe_id"] not in event["recipes"]:
        raise ValueError(event["name"])
    needed = forms.needed_units(_by_number(catalog["finished_goods"]), _quantities(event)).get(unit_id, 0)
    fingerprint = workload.fingerprint(catalog["recipes"][str(unit["recipe_id"])])
    row = forms.decision(unit_id, unit, batches, needed, fingerprint)
    others = [one for one in event["batch_decisions"] if one["finished_unit_id"] != unit_id]
    return {"batch_decisions": [*others, row]}


def baked(event: Row, units: Mapping[str, Row], unit_id: int, batches: int) -> Row:
    """Return the fields that a run changes."""
    if event["plan_state"] != "in_production" or unit_id not in {
        row["finished_unit_id"] for row in event["batch_decisions"]
    }:
        raise ValueError(event["name"])
    amendments = len(event["plan_amendments"])
    run = forms.production_run(unit_id, units[str(unit_id)], batches, amendments, now())
    return {"production_runs": [*event["production_runs"], run]}


def runs(event: Row) -> list[Row]:
    """Return what was baked, without the moments."""
    return [{name: value for name, value in run.items() if name != "produced_at"} for run in event["production_runs"]]


def plan(event_id: int, event: Row, catalog: Catalog) -> Row:
    """Return everything about a plan."""
    recipes = _by_number(catalog["recipes"])
    snapshot = event["plan_snapshot"]
    return forms.plan(
        event_row(event_id, event),
        {key: recipes[key] for key in event["recipes"]},
        _by_number(catalog["finished_goods"]),
        _quantities(event),
        event["batch_decisions"],
        snapshot and snapshot["snapshot_data"],
        [_without_moment(one) for one in event["plan_amendments"]],
    )


def event_row(event_id: int, event: Row) -> Row:
    """Return an event without its plan."""
    row = {name: value for name, value in event.items() if name not in _NESTED and name != "_id"}
    return {"id": event_id, **row}


def comparison(event: Row, catalog: Catalog) -> Row:
    """Return what became of a plan since it was started."""
    parts = {"goods": "finished_goods", "batches": "finished_units", "recipes": "recipes"}
    names = {
        part: {int(key): row["name"] for key, row in catalog[table].items()} for part, table in parts.items()
    }  # fmt: skip
    return forms.comparison(
        event["plan_snapshot"]["snapshot_data"],
        _quantities(event),
        {row["finished_unit_id"]: row["batches"] for row in event["batch_decisions"]},
        event["recipes"],
        event["plan_amendments"],
        names,
    )


def problems(events: Iterable[Row], catalog: Catalog) -> list[str]:
    """Return references that lead nowhere, and snapshots that are not what they were."""
    found: list[str] = []
    for event in events:
        wanted = [("recipes", key) for key in event["recipes"]]
        wanted += [("finished_goods", row["finished_good_id"]) for row in event["finished_goods"]]
        wanted += [("finished_units", row["finished_unit_id"]) for row in event["batch_decisions"]]
        found.extend(f"{table} {key} not found" for table, key in wanted if str(key) not in catalog[table])
        snapshot = event["plan_snapshot"]
        if snapshot is not None and forms.digest(content_of(snapshot)) != snapshot["digest"]:
            found.append(f"the snapshot of {event['name']} is not what it was")
    return found


def content_of(snapshot: Row) -> Row:
    """Return what a start froze, without its moment and digest."""
    return {name: snapshot[name] for name in ("snapshot_data", "definitions")}


def _without_moment(amendment: Row) -> Row:
    return {name: value for name, value in amendment.items() if name != "created_at"}


def _by_number(rows: Mapping[str, Row]) -> dict[int, Row]:
    return {int(key): row for key, row in rows.items()}


def _quantities(event: Row) -> dict[int, int]:
    return {row["finished_good_id"]: row["quantity"] for row in event["finished_goods"]}


def _snapshot_data(event: Row, catalog: Catalog, created_at: str) -> Row:
    recipes = _by_number(catalog["recipes"])
    return forms.snapshot_data(
        created_at,
        {key: recipes[key] for key in event["recipes"]},
        _by_number(catalog["finished_goods"]),
        _by_number(catalog["finished_units"]),
        _quantities(event),
        event["batch_decisions"],
    )


def _used(event: Row, catalog: Catalog) -> Catalog:
    recipes, goods = catalog["recipes"], catalog["finished_goods"]
    good_ids = [row["finished_good_id"] for row in event["finished_goods"]]
    unit_ids = {part["finished_unit_id"] for key in good_ids for part in goods[str(key)]["components"]}
    ingredient_ids = {line["ingredient_id"] for key in event["recipes"] for line in recipes[str(key)]["lines"]}
    used: tuple[tuple[str, Iterable[int]], ...] = (
        ("ingredients", ingredient_ids),
        ("recipes", event["recipes"]),
        ("finished_units", unit_ids),
        ("finished_goods", good_ids),
    )
    return {table: {str(key): dict(catalog[table][str(key)]) for key in sorted(keys)} for table, keys in used}
