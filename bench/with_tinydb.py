"""Plain TinyDB: one JSON file with all tables, and the same job done with one query a table.

Every query reads the whole file, and every change writes it; that is what TinyDB does.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from tinydb import TinyDB, where

from bench import workload

NAME = "plain TinyDB"


class Contender:
    """One JSON file with N events."""

    def __init__(self, folder: Path, events: int, targets: int, catalog: dict[str, Any]) -> None:
        path = folder / "tinydb.json"
        path.write_text(json.dumps({**catalog, **_tables(events, targets)}))
        self._database = TinyDB(path)

    def start(self, event_id: int) -> None:
        """Do what is measured."""
        events, snapshots = self._database.table("events"), self._database.table("plan_snapshots")
        event = events.get(doc_id=event_id)
        if event is None or event["plan_state"] != "locked" or snapshots.contains(where("event_id") == event_id):
            raise ValueError(event_id)
        snapshots.insert({"event_id": event_id, **self._content(event_id)})
        events.update({"plan_state": "in_production"}, doc_ids=[event_id])

    def snapshot(self, event_id: int) -> dict[str, Any]:
        """Return what was frozen."""
        row = self._database.table("plan_snapshots").get(where("event_id") == event_id)
        return {key: row[key] for key in ("snapshot_data", "definitions", "digest")}

    def _content(self, event_id: int) -> dict[str, Any]:
        recipes, goods = self._by_id("recipes"), self._by_id("finished_goods")
        units, ingredients = self._by_id("finished_units"), self._by_id("ingredients")
        selected = sorted(row["recipe_id"] for row in self._of_event("event_recipes", event_id))
        quantities = {
            row["finished_good_id"]: row["quantity"] for row in self._of_event("event_finished_goods", event_id)
        }
        snapshot_data = {
            "snapshot_version": "1.0",
            "created_at": datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat(),
            "recipes": [
                {"recipe_id": key, "recipe_name": recipes[key]["name"], "recipe_slug": recipes[key]["slug"]}
                for key in selected
            ],
            "finished_goods": [
                {
                    "fg_id": key,
                    "fg_name": goods[key]["name"],
                    "fg_slug": goods[key]["slug"],
                    "quantity": quantities[key],
                }
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
                for row in sorted(self._of_event("batch_decisions", event_id), key=lambda row: row["finished_unit_id"])
            ],
        }
        used_units = {part["finished_unit_id"] for key in quantities for part in goods[key]["components"]}
        used_ingredients = {line["ingredient_id"] for key in selected for line in recipes[key]["lines"]}
        definitions = {
            "ingredients": {str(key): dict(ingredients[key]) for key in sorted(used_ingredients)},
            "recipes": {str(key): dict(recipes[key]) for key in selected},
            "finished_units": {str(key): dict(units[key]) for key in sorted(used_units)},
            "finished_goods": {str(key): dict(goods[key]) for key in sorted(quantities)},
        }
        content = {"snapshot_data": snapshot_data, "definitions": definitions}
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return {**content, "digest": digest}

    def _by_id(self, table: str) -> dict[int, Any]:
        return {row.doc_id: row for row in self._database.table(table).all()}

    def _of_event(self, table: str, event_id: int) -> list[Any]:
        return self._database.table(table).search(where("event_id") == event_id)

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()


def _tables(events: int, targets: int) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {
        "events": {}, "event_recipes": {}, "event_finished_goods": {}, "batch_decisions": {}, "plan_snapshots": {}
    }  # fmt: skip
    for number in range(1, events + 1):
        name = workload.event(number)
        state = "locked" if number <= targets else "draft"
        row = {"name": name, "event_date": workload.DATE.isoformat(), "expected_attendees": None, "notes": ""}
        tables["events"][str(number)] = {**row, "plan_state": state, "slug": workload.slug(name)}
        for recipe in range(1, workload.RECIPES + 1):
            _insert(tables["event_recipes"], {"event_id": number, "recipe_id": recipe})
            decision = {"batches": workload.batches(recipe), "yield_per_batch": workload.items_per_batch(recipe)}
            keys = {"event_id": number, "finished_unit_id": recipe, "recipe_id": recipe}
            rest = {"units_needed": workload.needed(recipe), "shortfall_accepted": False}
            _insert(tables["batch_decisions"], {**keys, **decision, **rest})
        for good in range(1, workload.GOODS + 1):
            row = {"event_id": number, "finished_good_id": good, "quantity": workload.quantity(good)}
            _insert(tables["event_finished_goods"], row)
    return tables


def _insert(table: dict[str, Any], row: dict[str, Any]) -> None:
    table[str(len(table) + 1)] = row
