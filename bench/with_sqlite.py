"""SQLite by hand: the same rows in tables, the same JSON made of them, one transaction that is synced."""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from bench import workload

NAME = "sqlite3"

_SCHEMA = """
CREATE TABLE ingredients (id INTEGER PRIMARY KEY, name TEXT, category TEXT, notes TEXT, slug TEXT UNIQUE);
CREATE TABLE recipes (id INTEGER PRIMARY KEY, name TEXT, category TEXT, base_recipe_id INTEGER, variant_name TEXT,
    notes TEXT, slug TEXT UNIQUE);
CREATE TABLE recipe_lines (recipe_id INTEGER, ingredient_id INTEGER, quantity TEXT, unit TEXT, notes TEXT);
CREATE INDEX lines_of_recipe ON recipe_lines (recipe_id);
CREATE TABLE finished_units (id INTEGER PRIMARY KEY, name TEXT, recipe_id INTEGER, item_unit TEXT, mode TEXT,
    items_per_batch INTEGER, batch_percentage TEXT, notes TEXT, slug TEXT UNIQUE);
CREATE TABLE finished_goods (id INTEGER PRIMARY KEY, name TEXT, assembly_type TEXT, notes TEXT, slug TEXT UNIQUE);
CREATE TABLE components (good_id INTEGER, finished_unit_id INTEGER, finished_good_id INTEGER, quantity TEXT,
    notes TEXT);
CREATE INDEX components_of_good ON components (good_id);
CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, event_date TEXT, expected_attendees INTEGER, notes TEXT,
    plan_state TEXT, slug TEXT UNIQUE);
CREATE TABLE event_recipes (event_id INTEGER, recipe_id INTEGER, PRIMARY KEY (event_id, recipe_id));
CREATE TABLE event_finished_goods (event_id INTEGER, finished_good_id INTEGER, quantity INTEGER,
    PRIMARY KEY (event_id, finished_good_id));
CREATE TABLE batch_decisions (event_id INTEGER, finished_unit_id INTEGER, recipe_id INTEGER, batches INTEGER,
    yield_per_batch INTEGER, units_needed INTEGER, shortfall_accepted INTEGER,
    PRIMARY KEY (event_id, finished_unit_id));
CREATE TABLE plan_snapshots (event_id INTEGER PRIMARY KEY, created_at TEXT, content TEXT, digest TEXT);
"""


class Contender:
    """A database with N events."""

    def __init__(self, folder: Path, events: int, targets: int) -> None:
        self.database = sqlite3.connect(folder / "bench.sqlite", isolation_level=None)
        self.database.row_factory = sqlite3.Row
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.executescript(_SCHEMA)
        self.database.execute("BEGIN IMMEDIATE")
        _fill_catalog(self.database)
        _fill_events(self.database, events, targets)
        self.database.execute("COMMIT")

    def start(self, event_id: int) -> None:
        """Do what is measured."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            self._start(event_id)
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    def snapshot(self, event_id: int) -> dict[str, Any]:
        """Return what was frozen."""
        (content,) = self.database.execute(
            "SELECT content FROM plan_snapshots WHERE event_id = ?", [event_id]
        ).fetchone()
        found: dict[str, Any] = orjson.loads(content)
        return found

    def close(self) -> None:
        """Let go of the files."""
        self.database.close()

    def _start(self, event_id: int) -> None:
        run = self.database.execute
        event = run("SELECT plan_state FROM events WHERE id = ?", [event_id]).fetchone()
        if event is None or event["plan_state"] != "locked":
            raise ValueError(event_id)
        if run("SELECT 1 FROM plan_snapshots WHERE event_id = ?", [event_id]).fetchone():
            raise ValueError(event_id)
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()
        content = {"snapshot_data": self._data(event_id, now), "definitions": self._definitions(event_id)}
        digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
        values = [event_id, now, orjson.dumps(content).decode(), digest]
        run("INSERT INTO plan_snapshots VALUES (?, ?, ?, ?)", values)
        run("UPDATE events SET plan_state = 'in_production' WHERE id = ?", [event_id])

    def _data(self, event_id: int, now: str) -> dict[str, Any]:
        recipes = self._rows(
            "SELECT r.id AS recipe_id, r.name AS recipe_name, r.slug AS recipe_slug FROM event_recipes e "
            "JOIN recipes r ON r.id = e.recipe_id WHERE e.event_id = ? ORDER BY r.id",
            event_id,
        )
        goods = self._rows(
            "SELECT g.id AS fg_id, g.name AS fg_name, g.slug AS fg_slug, e.quantity FROM event_finished_goods e "
            "JOIN finished_goods g ON g.id = e.finished_good_id WHERE e.event_id = ? ORDER BY g.id",
            event_id,
        )
        decisions = self._rows(
            "SELECT d.recipe_id, r.name AS recipe_name, d.batches, d.yield_per_batch, d.finished_unit_id, "
            "u.slug AS finished_unit_slug FROM batch_decisions d JOIN recipes r ON r.id = d.recipe_id "
            "JOIN finished_units u ON u.id = d.finished_unit_id WHERE d.event_id = ? ORDER BY d.finished_unit_id",
            event_id,
        )
        return {
            "snapshot_version": "1.0",
            "created_at": now,
            "recipes": list(recipes),
            "finished_goods": list(goods),
            "batch_decisions": list(decisions),
        }

    def _definitions(self, event_id: int) -> dict[str, Any]:
        recipe_ids = "SELECT recipe_id FROM event_recipes WHERE event_id = ?"
        good_ids = "SELECT finished_good_id FROM event_finished_goods WHERE event_id = ?"
        recipes = self._by_id(f"SELECT * FROM recipes WHERE id IN ({recipe_ids}) ORDER BY id", event_id)
        for recipe in recipes.values():
            recipe["lines"], recipe["sub_recipes"] = [], []
        lines = f"SELECT * FROM recipe_lines WHERE recipe_id IN ({recipe_ids}) ORDER BY rowid"
        for line in self._rows(lines, event_id):
            recipes[str(line.pop("recipe_id"))]["lines"].append(line)
        goods = self._by_id(f"SELECT * FROM finished_goods WHERE id IN ({good_ids}) ORDER BY id", event_id)
        for good in goods.values():
            good["components"] = []
        parts = f"SELECT * FROM components WHERE good_id IN ({good_ids}) ORDER BY rowid"
        for part in self._rows(parts, event_id):
            goods[str(part.pop("good_id"))]["components"].append(part)
        ingredients = (
            "SELECT * FROM ingredients WHERE id IN "
            f"(SELECT ingredient_id FROM recipe_lines WHERE recipe_id IN ({recipe_ids})) ORDER BY id"
        )
        units = (
            "SELECT * FROM finished_units WHERE id IN "
            f"(SELECT finished_unit_id FROM components WHERE good_id IN ({good_ids})) ORDER BY id"
        )
        return {
            "ingredients": {key: {**row, "density": None} for key, row in self._by_id(ingredients, event_id).items()},
            "recipes": recipes,
            "finished_units": self._by_id(units, event_id),
            "finished_goods": goods,
        }

    def _rows(self, query: str, event_id: int) -> Iterable[dict[str, Any]]:
        return map(dict, self.database.execute(query, [event_id]))

    def _by_id(self, query: str, event_id: int) -> dict[str, dict[str, Any]]:
        return {str(row.pop("id")): row for row in self._rows(query, event_id)}


def _fill_catalog(database: sqlite3.Connection) -> None:
    for number in range(1, workload.INGREDIENTS + 1):
        name = workload.ingredient(number)
        database.execute("INSERT INTO ingredients VALUES (?, ?, '', '', ?)", [number, name, workload.slug(name)])
    for number in range(1, workload.RECIPES + 1):
        name = workload.recipe(number)
        database.execute("INSERT INTO recipes VALUES (?, ?, '', NULL, '', '', ?)", [number, name, workload.slug(name)])
        rows = [[number, *line] for line in workload.lines(number)]
        database.executemany("INSERT INTO recipe_lines VALUES (?, ?, ?, ?, '')", rows)
        name = workload.unit(number)
        database.execute(
            "INSERT INTO finished_units VALUES (?, ?, ?, 'piece', 'discrete_count', ?, NULL, '', ?)",
            [number, name, number, workload.items_per_batch(number), workload.slug(name)],
        )
    for number in range(1, workload.GOODS + 1):
        name = workload.good(number)
        database.execute(
            "INSERT INTO finished_goods VALUES (?, ?, 'bundle', '', ?)", [number, name, workload.slug(name)]
        )
        rows = [[number, *part] for part in workload.components(number)]
        database.executemany("INSERT INTO components VALUES (?, ?, NULL, ?, '')", rows)


def _fill_events(database: sqlite3.Connection, events: int, targets: int) -> None:
    for number in range(1, events + 1):
        name = workload.event(number)
        state = "locked" if number <= targets else "draft"
        database.execute(
            "INSERT INTO events VALUES (?, ?, ?, NULL, '', ?, ?)",
            [number, name, workload.DATE.isoformat(), state, workload.slug(name)],
        )
        rows = [[number, recipe] for recipe in range(1, workload.RECIPES + 1)]
        database.executemany("INSERT INTO event_recipes VALUES (?, ?)", rows)
        rows = [[number, good, workload.quantity(good)] for good in range(1, workload.GOODS + 1)]
        database.executemany("INSERT INTO event_finished_goods VALUES (?, ?, ?)", rows)
        rows = [
            [number, unit, unit, workload.batches(unit), workload.items_per_batch(unit), workload.needed(unit)]
            for unit in range(1, workload.RECIPES + 1)
        ]
        database.executemany("INSERT INTO batch_decisions VALUES (?, ?, ?, ?, ?, ?, 0)", rows)
