"""The JSON that every contender makes of the same job, and the sums behind it, over plain rows.

Pure functions: where the rows come from is the contenders' business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from bench.workload import Row

ById = Mapping[int, Row]


def digest(content: Any) -> str:
    """Return the SHA-256 of canonical JSON."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def snapshot_data(
    created_at: str, recipes: ById, goods: ById, units: ById, quantities: Mapping[int, int], decisions: Iterable[Row]
) -> Row:
    """Return the snapshot of a plan.

    Args:
        created_at: The moment of the start.
        recipes: Those selected, at least.
        goods: Those in the plan, at least.
        units: Those decided, at least.
        quantities: How many of each good of the plan.
        decisions: Of the plan.
    """
    return {
        "snapshot_version": "1.0",
        "created_at": created_at,
        "recipes": [
            {"recipe_id": key, "recipe_name": row["name"], "recipe_slug": row["slug"]}
            for key, row in sorted(recipes.items())
        ],
        "finished_goods": [
            {"fg_id": key, "fg_name": goods[key]["name"], "fg_slug": goods[key]["slug"], "quantity": quantities[key]}
            for key in sorted(quantities)
        ],
        "batch_decisions": [
            {
                "recipe_id": row["recipe_id"],
                "recipe_name": recipes[row["recipe_id"]]["name"],
                "batches": row["batches"],
                "yield_per_batch": row["yield_per_batch"],
                "finished_unit_id": row["finished_unit_id"],
                "finished_unit_slug": units[row["finished_unit_id"]]["slug"],
            }
            for row in sorted(decisions, key=lambda row: row["finished_unit_id"])
        ],
    }


def needed_units(goods: ById, quantities: Mapping[int, int]) -> dict[int, int]:
    """Return what a plan takes of each unit; the goods of the workload hold no other goods."""
    needed: dict[int, int] = {}
    for good, count in quantities.items():
        for part in goods[good]["components"]:
            unit = part["finished_unit_id"]
            needed[unit] = needed.get(unit, 0) + count * int(part["quantity"])
    return needed


def decision(unit_id: int, unit: Row, batches: int, needed: int, fingerprint: str) -> Row:
    """Return the row of a decision, checked as plandoc checks it."""
    if batches * unit["items_per_batch"] < needed:
        raise ValueError(f"{batches} batches of {unit['name']} are short of {needed}")
    return {
        "finished_unit_id": unit_id,
        "recipe_id": unit["recipe_id"],
        "batches": batches,
        "yield_per_batch": unit["items_per_batch"],
        "units_needed": needed,
        "shortfall_accepted": False,
        "exact_need": needed,
        "recipe_fingerprint": fingerprint,
    }


def change_of_quantity(good_id: int, name: str, old: int, new: int) -> Row:
    """Return what an amendment says that it changed, checked as plandoc checks it."""
    if old == new:
        raise ValueError(f"{new} of {name} are planned already")
    return {
        "finished_good_id": good_id,
        "finished_good_name": name,
        "old_quantity": old,
        "new_quantity": new,
    }


def production_run(unit_id: int, unit: Row, batches: int, amendments: int, produced_at: str) -> Row:
    """Return the row of batches that were baked, with nothing lost and nothing taken from the stock.

    Args:
        unit_id: What was baked.
        unit: At least its yield.
        batches: How many.
        amendments: How many the plan has so far.
        produced_at: When.
    """
    expected = batches * unit["items_per_batch"]
    return {
        "finished_unit_id": unit_id,
        "batches": batches,
        "units_expected": expected,
        "units_made": expected,
        "produced_at": produced_at,
        "losses": [],
        "notes": "",
        "amendments_before": amendments,
        "taken": [],
        "not_taken": [],
    }


def plan(
    event: Row,
    recipes: ById,
    goods: ById,
    quantities: Mapping[int, int],
    decisions: Iterable[Row],
    snapshot: Any,
    amendments: Iterable[Row],
) -> Row:
    """Return everything about a plan; amendments without their moments, by which contenders must differ."""
    decided = sorted(decisions, key=lambda row: row["finished_unit_id"])
    needed = needed_units(goods, quantities)
    made = {row["finished_unit_id"]: row["batches"] * row["yield_per_batch"] for row in decided}
    return {
        "event": event,
        "recipes": [{"id": key, "name": row["name"], "slug": row["slug"]} for key, row in sorted(recipes.items())],
        "goods": [{"id": key, "name": goods[key]["name"], "quantity": quantities[key]} for key in sorted(quantities)],
        "decisions": decided,
        "units": [{"id": key, "needed": needed.get(key, 0), "made": made.get(key)} for key in sorted({*needed, *made})],
        "snapshot": snapshot,
        "amendments": list(amendments),
    }


def comparison(
    frozen: Row,
    quantities: Mapping[int, int],
    batches: Mapping[int, int],
    recipe_ids: Iterable[int],
    amendments: Iterable[Row],
    names: Mapping[str, Mapping[int, str]],
) -> Row:
    """Return each good, unit and recipe with its number in the snapshot and now, and the amendments behind it.

    Args:
        frozen: The snapshot_data.
        quantities: Of the goods in the plan now.
        batches: Decided now, by unit.
        recipe_ids: Selected now.
        amendments: In their order; those of the workload change quantities.
        names: Of goods, units and recipes as the catalog has them now.
    """
    behind: dict[int, list[int]] = {}
    for amendment in amendments:
        behind.setdefault(amendment["change"]["finished_good_id"], []).append(amendment["sequence"])
    before = {
        "goods": {row["fg_id"]: row["quantity"] for row in frozen["finished_goods"]},
        "batches": {row["finished_unit_id"]: row["batches"] for row in frozen["batch_decisions"]},
        "recipes": {row["recipe_id"]: 1 for row in frozen["recipes"]},
    }
    after = {"goods": quantities, "batches": batches, "recipes": dict.fromkeys(recipe_ids, 1)}
    return {
        part: [
            difference(
                key,
                names[part][key],
                before[part].get(key),
                after[part].get(key),
                behind.get(key, []) if part == "goods" else [],
            )
            for key in sorted({*before[part], *after[part]})
        ]
        for part in before
    }


def difference(record_id: int, name: str, before: int | None, after: int | None, amendments: list[int]) -> Row:
    """Return one row of a comparison."""
    if before == after:
        status = "unchanged"
    elif before is None:
        status = "added"
    else:
        status = "dropped" if after is None else "modified"
    return {
        "id": record_id,
        "name": name,
        "before": before,
        "after": after,
        "status": status,
        "amendments": amendments,
    }
