"""The queries that a start, an amendment or a look takes of the contenders that speak SQL.

`Rows` is how a contender runs a query that selects: its rows as dicts, keys as the query names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson

from bench import forms, workload
from bench.workload import Catalog, Row

Rows = Callable[[str, Sequence[Any]], Iterable[Row]]

_RECIPE_IDS = "SELECT recipe_id FROM event_recipes WHERE event_id = ?"
_GOOD_IDS = "SELECT finished_good_id FROM event_finished_goods WHERE event_id = ?"


def snapshot_data(rows: Rows, event_id: int, created_at: str) -> Row:
    """Return the snapshot of a plan, with one query for each of its lists."""
    recipes = rows(
        "SELECT r.id AS recipe_id, r.name AS recipe_name, r.slug AS recipe_slug FROM event_recipes e "
        "JOIN recipes r ON r.id = e.recipe_id WHERE e.event_id = ? ORDER BY r.id",
        [event_id],
    )
    goods = rows(
        "SELECT g.id AS fg_id, g.name AS fg_name, g.slug AS fg_slug, e.quantity AS quantity "
        "FROM event_finished_goods e JOIN finished_goods g ON g.id = e.finished_good_id WHERE e.event_id = ? "
        "ORDER BY g.id",
        [event_id],
    )
    decisions = rows(
        "SELECT d.recipe_id AS recipe_id, r.name AS recipe_name, d.batches AS batches, "
        "d.yield_per_batch AS yield_per_batch, d.finished_unit_id AS finished_unit_id, u.slug AS finished_unit_slug "
        "FROM batch_decisions d JOIN recipes r ON r.id = d.recipe_id JOIN finished_units u ON u.id = d.finished_unit_id "
        "WHERE d.event_id = ? ORDER BY d.finished_unit_id",
        [event_id],
    )
    return {
        "snapshot_version": "1.0",
        "created_at": created_at,
        "recipes": list(recipes),
        "finished_goods": list(goods),
        "batch_decisions": list(decisions),
    }


def definitions(rows: Rows, event_id: int) -> Catalog:
    """Return what a plan rests on, as rows by table and id."""
    ingredients = f"id IN (SELECT ingredient_id FROM recipe_lines WHERE recipe_id IN ({_RECIPE_IDS}))"
    units = f"id IN (SELECT finished_unit_id FROM components WHERE good_id IN ({_GOOD_IDS}))"
    return {
        "ingredients": _ingredients(rows, ingredients, [event_id]),
        "recipes": _recipes(rows, f"IN ({_RECIPE_IDS})", [event_id]),
        "finished_units": _by_id(rows, "finished_units", units, [event_id]),
        "finished_goods": _goods(rows, f"IN ({_GOOD_IDS})", [event_id]),
    }


def all_catalog(rows: Rows) -> Catalog:
    """Return the whole catalog as rows by table and id."""
    return {
        "ingredients": _ingredients(rows, "id > 0", []),
        "recipes": _recipes(rows, "> 0", []),
        "finished_units": _by_id(rows, "finished_units", "id > 0", []),
        "finished_goods": _goods(rows, "> 0", []),
        "stock": _by_id(rows, "stock", "id > 0", []),
    }


def _by_id(rows: Rows, table: str, condition: str, parameters: list[Any]) -> dict[str, Row]:
    found = rows(f"SELECT * FROM {table} WHERE {condition} ORDER BY id", parameters)
    return {str(row.pop("id")): row for row in found}


def _ingredients(rows: Rows, condition: str, parameters: list[Any]) -> dict[str, Row]:
    found = _by_id(rows, "ingredients", condition, parameters)
    for row in found.values():
        row["density"] = row["density"] and orjson.loads(row["density"])
        row["equivalents"] = orjson.loads(row["equivalents"])
    return found


def _recipes(rows: Rows, condition: str, parameters: list[Any]) -> dict[str, Row]:
    recipes = _by_id(rows, "recipes", f"id {condition}", parameters)
    for recipe in recipes.values():
        recipe["lines"], recipe["sub_recipes"] = [], []
    columns = "recipe_id AS parent, ingredient_id, quantity, unit, notes"
    for line in rows(f"SELECT {columns} FROM recipe_lines WHERE recipe_id {condition} ORDER BY id", parameters):
        recipes[str(line.pop("parent"))]["lines"].append(line)
    columns = "parent_id AS parent, recipe_id, multiplier, notes"
    for part in rows(f"SELECT {columns} FROM sub_recipes WHERE parent_id {condition} ORDER BY id", parameters):
        recipes[str(part.pop("parent"))]["sub_recipes"].append(part)
    return recipes


def _goods(rows: Rows, condition: str, parameters: list[Any]) -> dict[str, Row]:
    goods = _by_id(rows, "finished_goods", f"id {condition}", parameters)
    for good in goods.values():
        good["components"] = []
    columns = "good_id AS parent, finished_unit_id, finished_good_id, quantity, notes"
    for part in rows(f"SELECT {columns} FROM components WHERE good_id {condition} ORDER BY id", parameters):
        goods[str(part.pop("parent"))]["components"].append(part)
    return goods


def fingerprint(rows: Rows, recipe_id: int) -> str:
    """Return the digest of what goes into a recipe."""
    query = "SELECT ingredient_id, quantity, unit FROM recipe_lines WHERE recipe_id = ?"
    return workload.fingerprint({"lines": list(rows(query, [recipe_id]))})


def needed_of(rows: Rows, event_id: int, unit_id: int) -> int:
    """Return what a plan takes of a unit."""
    query = (
        "SELECT e.quantity AS quantity, c.quantity AS each_takes FROM event_finished_goods e "
        "JOIN components c ON c.good_id = e.finished_good_id WHERE e.event_id = ? AND c.finished_unit_id = ?"
    )
    return sum(row["quantity"] * int(row["each_takes"]) for row in rows(query, [event_id, unit_id]))


def production_run(rows: Rows, event_id: int, unit_id: int, batches: int, produced_at: str) -> Row:
    """Return the row of batches that were baked of a unit that is decided in the plan."""
    (unit,) = rows(
        "SELECT u.items_per_batch AS items_per_batch FROM batch_decisions d "
        "JOIN finished_units u ON u.id = d.finished_unit_id WHERE d.event_id = ? AND d.finished_unit_id = ?",
        [event_id, unit_id],
    )
    (made,) = rows("SELECT count(*) AS amendments FROM plan_amendments WHERE event_id = ?", [event_id])
    return forms.production_run(unit_id, unit, batches, made["amendments"], produced_at)


def runs(rows: Rows, event_id: int) -> list[Row]:
    """Return what was baked for an event, in order, without the moments."""
    query = (
        "SELECT finished_unit_id, batches, units_expected, units_made, losses, notes, amendments_before, taken, not_taken "
        "FROM production_runs WHERE event_id = ? ORDER BY id"
    )
    return [
        {**row, **{name: orjson.loads(row[name]) for name in ("losses", "taken", "not_taken")}}
        for row in rows(query, [event_id])
    ]


def plan(rows: Rows, event_id: int) -> Row:
    """Return everything about a plan."""
    (event,) = rows("SELECT * FROM events WHERE id = ?", [event_id])
    recipes = rows(f"SELECT id, name, slug FROM recipes WHERE id IN ({_RECIPE_IDS})", [event_id])
    names = {
        row["id"]: row for row in rows(f"SELECT id, name FROM finished_goods WHERE id IN ({_GOOD_IDS})", [event_id])
    }
    for good in names.values():
        good["components"] = []
    parts = f"SELECT good_id, finished_unit_id, quantity FROM components WHERE good_id IN ({_GOOD_IDS})"
    for part in rows(parts, [event_id]):
        names[part["good_id"]]["components"].append(part)
    snapshots = list(rows("SELECT content FROM plan_snapshots WHERE event_id = ?", [event_id]))
    return forms.plan(
        event,
        {row["id"]: row for row in recipes},
        names,
        _quantities(rows, event_id),
        _decisions(rows, event_id),
        orjson.loads(snapshots[0]["content"])["snapshot_data"] if snapshots else None,
        amendments(rows, event_id),
    )


def _quantities(rows: Rows, event_id: int) -> dict[int, int]:
    query = "SELECT finished_good_id, quantity FROM event_finished_goods WHERE event_id = ?"
    return {row["finished_good_id"]: row["quantity"] for row in rows(query, [event_id])}


def _decisions(rows: Rows, event_id: int) -> list[Row]:
    query = (
        "SELECT finished_unit_id, recipe_id, batches, yield_per_batch, units_needed, shortfall_accepted, exact_need, "
        "recipe_fingerprint FROM batch_decisions WHERE event_id = ? ORDER BY finished_unit_id"
    )
    return [{**row, "shortfall_accepted": bool(row["shortfall_accepted"])} for row in rows(query, [event_id])]


def amendments(rows: Rows, event_id: int) -> list[Row]:
    """Return the amendments of a plan in their order."""
    query = "SELECT sequence, change, reason FROM plan_amendments WHERE event_id = ? ORDER BY sequence"
    return [{**row, "change": orjson.loads(row["change"])} for row in rows(query, [event_id])]


def comparison(rows: Rows, event_id: int) -> Row:
    """Return what became of a plan since it was started."""
    (snapshot,) = rows("SELECT content FROM plan_snapshots WHERE event_id = ?", [event_id])
    decided = rows(
        "SELECT d.finished_unit_id AS id, d.batches AS batches, u.name AS name FROM batch_decisions d "
        "JOIN finished_units u ON u.id = d.finished_unit_id WHERE d.event_id = ?",
        [event_id],
    )
    units = {row["id"]: row for row in decided}
    goods = f"SELECT id, name FROM finished_goods WHERE id IN ({_GOOD_IDS})"
    recipes = f"SELECT id, name FROM recipes WHERE id IN ({_RECIPE_IDS})"
    names = {
        "goods": {row["id"]: row["name"] for row in rows(goods, [event_id])},
        "batches": {key: row["name"] for key, row in units.items()},
        "recipes": {row["id"]: row["name"] for row in rows(recipes, [event_id])},
    }
    return forms.comparison(
        orjson.loads(snapshot["content"])["snapshot_data"],
        _quantities(rows, event_id),
        {key: row["batches"] for key, row in units.items()},
        names["recipes"],
        amendments(rows, event_id),
        names,
    )


_REFERENCES = (
    ("event_recipes", "recipe_id", "recipes"),
    ("event_finished_goods", "finished_good_id", "finished_goods"),
    ("batch_decisions", "finished_unit_id", "finished_units"),
    ("event_recipes", "event_id", "events"),
    ("event_finished_goods", "event_id", "events"),
    ("batch_decisions", "event_id", "events"),
    ("recipe_lines", "ingredient_id", "ingredients"),
    ("components", "finished_unit_id", "finished_units"),
)


def problems(rows: Rows) -> list[str]:
    """Return references that lead nowhere, snapshots that are not what they were, and what the database finds."""
    found = [str(row) for row in rows("PRAGMA integrity_check", []) if "ok" not in row.values()]
    for table, column, target in _REFERENCES:
        query = f"SELECT {column} AS missing FROM {table} WHERE {column} NOT IN (SELECT id FROM {target})"
        found.extend(f"{table}: {target} {row['missing']} not found" for row in rows(query, []))
    for row in rows("SELECT event_id, content, digest FROM plan_snapshots", []):
        if forms.digest(orjson.loads(row["content"])) != row["digest"]:
            found.append(f"the snapshot of event {row['event_id']} is not what it was")
    return found
