"""sqlite-utils over SQLite: its own queries, inserts and updates, each change in its atomic()."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import orjson
from sqlite_utils import Database

from bench import forms, workload
from bench.contenders import relational, relational_tables
from bench.contenders.contract import AlreadyJson, now
from bench.workload import Catalog, Row


class Contender(AlreadyJson):
    """A database."""

    NAME: ClassVar[str] = "sqlite-utils"
    PACKAGES: ClassVar[tuple[str, ...]] = ("sqlite-utils", "SQLite")
    DURABILITY: ClassVar[str] = "all or nothing, on the disk when acknowledged: WAL, synchronous=FULL"
    USE: ClassVar[str] = (
        "the tables and indexes of sqlite3; db.query() for looks, insert, update and upsert of rows as dicts (lists and "
        "dicts become JSON), db.atomic() around each change"
    )

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "sqlite_utils.db")
        self._database.enable_wal()
        self._database.conn.execute("PRAGMA synchronous = FULL")

    @classmethod
    def build(cls, folder: Path, catalog: Catalog, event_ids: Iterable[int]) -> None:
        """Fill an empty folder."""
        contender = cls(folder)
        contender._database.conn.executescript(relational_tables.SCHEMA)
        with contender._database.atomic():
            contender._insert_all(relational_tables.catalog_tables(catalog))
            contender._insert_all(relational_tables.event_tables(event_ids))
        contender._database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        contender.close()

    def start(self, event_id: int) -> None:
        """Start production."""
        with self._database.atomic():
            self._expect_state(event_id, "locked")
            if list(self._rows("SELECT 1 FROM plan_snapshots WHERE event_id = ?", [event_id])):
                raise ValueError(event_id)
            created_at = now()
            content = {
                "snapshot_data": relational.snapshot_data(self._rows, event_id, created_at),
                "definitions": relational.definitions(self._rows, event_id),
            }
            row = {
                "event_id": event_id,
                "created_at": created_at,
                "content": content,
                "digest": forms.digest(content),
            }
            self._database["plan_snapshots"].insert(row)
            self._database["events"].update(event_id, {"plan_state": "in_production"})

    def change_quantity(self, event_id: int, good_id: int, quantity: int, reason: str) -> None:
        """Amend a plan."""
        with self._database.atomic():
            self._expect_state(event_id, "in_production")
            (found,) = self._rows(
                "SELECT e.quantity AS quantity, g.name AS name FROM event_finished_goods e JOIN finished_goods g "
                "ON g.id = e.finished_good_id WHERE e.event_id = ? AND e.finished_good_id = ?",
                [event_id, good_id],
            )
            change = forms.change_of_quantity(good_id, found["name"], found["quantity"], quantity)
            query = "SELECT max(sequence) AS last FROM plan_amendments WHERE event_id = ?"
            (row,) = self._rows(query, [event_id])
            keys = {"event_id": event_id, "sequence": (row["last"] or 0) + 1}
            self._database["plan_amendments"].insert({**keys, "change": change, "reason": reason, "created_at": now()})
            self._database["event_finished_goods"].update((event_id, good_id), {"quantity": quantity})

    def decide(self, event_id: int, unit_id: int, batches: int) -> None:
        """Save a decision."""
        with self._database.atomic():
            self._expect_state(event_id, "locked")
            unit = self._database["finished_units"].get(unit_id)
            selected = "SELECT 1 FROM event_recipes WHERE event_id = ? AND recipe_id = ?"
            if not list(self._rows(selected, [event_id, unit["recipe_id"]])):
                raise ValueError(unit_id)
            needed = relational.needed_of(self._rows, event_id, unit_id)
            fingerprint = relational.fingerprint(self._rows, unit["recipe_id"])
            row = {"event_id": event_id, **forms.decision(unit_id, unit, batches, needed, fingerprint)}
            self._database["batch_decisions"].upsert(row, pk=("event_id", "finished_unit_id"))

    def bake(self, event_id: int, unit_id: int, batches: int) -> None:
        """Record what was baked."""
        with self._database.atomic():
            self._expect_state(event_id, "in_production")
            row = relational.production_run(self._rows, event_id, unit_id, batches, now())
            self._database["production_runs"].insert({"event_id": event_id, **row})

    def add_event(self, number: int) -> None:
        """Add an event in its own transaction."""
        self._database["events"].insert({"id": number, **workload.event(number, "draft")})

    def add_events(self, numbers: Iterable[int]) -> None:
        """Add events in one transaction."""
        with self._database.atomic():
            rows = ({"id": number, **workload.event(number, "draft")} for number in numbers)
            self._database["events"].insert_all(rows)

    def import_catalog(self, rows: Catalog, source: Path) -> None:
        """Store the rows."""
        with self._database.atomic():
            self._insert_all(relational_tables.catalog_tables(rows))

    def plan(self, event_id: int) -> Row:
        """Return everything about one plan."""
        return relational.plan(self._rows, event_id)

    def events(self) -> list[Row]:
        """Return all events."""
        return list(self._database["events"].rows_where(order_by="id"))

    def comparison(self, event_id: int) -> Row:
        """Return what became of a plan."""
        return relational.comparison(self._rows, event_id)

    def check(self) -> list[str]:
        """Return what is wrong."""
        return relational.problems(self._rows)

    def frozen(self, event_id: int) -> Any:
        """Return what was frozen."""
        return orjson.loads(self._database["plan_snapshots"].get(event_id)["content"])

    def runs(self, event_id: int) -> list[Row]:
        """Return what was baked."""
        return relational.runs(self._rows, event_id)

    def catalog(self) -> Catalog:
        """Return the rows of the catalog."""
        return relational.all_catalog(self._rows)

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    def _rows(self, query: str, parameters: Sequence[Any]) -> Iterator[Row]:
        found: Iterator[Row] = self._database.query(query, parameters)
        return found

    def _expect_state(self, event_id: int, state: str) -> None:
        found = list(self._rows("SELECT plan_state FROM events WHERE id = ?", [event_id]))
        if not found or found[0]["plan_state"] != state:
            raise ValueError(event_id)

    def _insert_all(self, tables: Iterable[tuple[str, list[Row]]]) -> None:
        for table, rows in tables:
            if rows:
                self._database[table].insert_all(rows)
