"""SQLite by hand: rows in tables, JSON made of them, and each change one transaction that is synced."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import orjson

from bench import forms, workload
from bench.contenders import relational, relational_tables
from bench.contenders.contract import AlreadyJson, now
from bench.workload import Catalog, Row

_INSERT_EVENT = "INSERT INTO events VALUES (:id, :name, :event_date, :expected_attendees, :notes, :plan_state, :slug)"


class Contender(AlreadyJson):
    """A database."""

    NAME: ClassVar[str] = "sqlite3"
    PACKAGES: ClassVar[tuple[str, ...]] = ("SQLite",)
    DURABILITY: ClassVar[str] = "all or nothing, on the disk when acknowledged: WAL, synchronous=FULL"
    USE: ClassVar[str] = (
        "by hand: one connection, statements prepared once by the module's cache, primary keys and indexes for "
        "every look, BEGIN IMMEDIATE ... COMMIT"
    )

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "sqlite3.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")

    @classmethod
    def build(cls, folder: Path, catalog: Catalog, event_ids: Iterable[int]) -> None:
        """Fill an empty folder."""
        contender = cls(folder)
        contender._database.executescript(relational_tables.SCHEMA)
        with contender._transaction():
            for table, rows in relational_tables.catalog_tables(catalog):
                contender._insert(table, rows)
            for table, rows in relational_tables.event_tables(event_ids):
                contender._insert(table, rows)
        contender._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        contender.close()

    def start(self, event_id: int) -> None:
        """Start production."""
        with self._transaction():
            self._expect_state(event_id, "locked")
            if self._one("SELECT 1 FROM plan_snapshots WHERE event_id = ?", [event_id]):
                raise ValueError(event_id)
            created_at = now()
            content = {
                "snapshot_data": relational.snapshot_data(self._rows, event_id, created_at),
                "definitions": relational.definitions(self._rows, event_id),
            }
            values = [event_id, created_at, orjson.dumps(content).decode(), forms.digest(content)]
            self._database.execute("INSERT INTO plan_snapshots VALUES (?, ?, ?, ?)", values)
            self._database.execute("UPDATE events SET plan_state = 'in_production' WHERE id = ?", [event_id])

    def change_quantity(self, event_id: int, good_id: int, quantity: int, reason: str) -> None:
        """Amend a plan."""
        with self._transaction():
            self._expect_state(event_id, "in_production")
            old, name = self._one(
                "SELECT e.quantity, g.name FROM event_finished_goods e JOIN finished_goods g "
                "ON g.id = e.finished_good_id WHERE e.event_id = ? AND e.finished_good_id = ?",
                [event_id, good_id],
            )
            change = forms.change_of_quantity(good_id, name, old, quantity)
            (last,) = self._one("SELECT max(sequence) FROM plan_amendments WHERE event_id = ?", [event_id])
            self._database.execute(
                "INSERT INTO plan_amendments VALUES (?, ?, ?, ?, ?)",
                [event_id, (last or 0) + 1, orjson.dumps(change).decode(), reason, now()],
            )
            self._database.execute(
                "UPDATE event_finished_goods SET quantity = ? WHERE event_id = ? AND finished_good_id = ?",
                [quantity, event_id, good_id],
            )

    def decide(self, event_id: int, unit_id: int, batches: int) -> None:
        """Save a decision."""
        with self._transaction():
            self._expect_state(event_id, "locked")
            (unit,) = self._rows("SELECT * FROM finished_units WHERE id = ?", [unit_id])
            selected = "SELECT 1 FROM event_recipes WHERE event_id = ? AND recipe_id = ?"
            if not self._one(selected, [event_id, unit["recipe_id"]]):
                raise ValueError(unit_id)
            needed = relational.needed_of(self._rows, event_id, unit_id)
            fingerprint = relational.fingerprint(self._rows, unit["recipe_id"])
            row = forms.decision(unit_id, unit, batches, needed, fingerprint)
            self._database.execute(
                "INSERT OR REPLACE INTO batch_decisions VALUES (:event_id, :finished_unit_id, :recipe_id, :batches, "
                ":yield_per_batch, :units_needed, :shortfall_accepted, :exact_need, :recipe_fingerprint)",
                {"event_id": event_id, **row},
            )

    def bake(self, event_id: int, unit_id: int, batches: int) -> None:
        """Record what was baked."""
        with self._transaction():
            self._expect_state(event_id, "in_production")
            row = relational.production_run(self._rows, event_id, unit_id, batches, now())
            lists = {name: orjson.dumps(row[name]).decode() for name in ("losses", "taken", "not_taken")}
            self._database.execute(
                "INSERT INTO production_runs VALUES (NULL, :event_id, :finished_unit_id, :batches, :units_expected, "
                ":units_made, :produced_at, :losses, :notes, :amendments_before, :taken, :not_taken)",
                {"event_id": event_id, **row, **lists},
            )

    def add_event(self, number: int) -> None:
        """Add an event in its own transaction."""
        self.add_events([number])

    def add_events(self, numbers: Iterable[int]) -> None:
        """Add events in one transaction."""
        with self._transaction():
            rows = ({"id": number, **workload.event(number, "draft")} for number in numbers)
            self._database.executemany(_INSERT_EVENT, rows)

    def import_catalog(self, rows: Catalog, source: Path) -> None:
        """Store the rows."""
        with self._transaction():
            for table, some in relational_tables.catalog_tables(rows):
                self._insert(table, some)

    def plan(self, event_id: int) -> Row:
        """Return everything about one plan."""
        return relational.plan(self._rows, event_id)

    def events(self) -> list[sqlite3.Row]:
        """Return all events."""
        cursor = self._database.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute("SELECT * FROM events ORDER BY id").fetchall()

    def events_as_json(self, found: list[sqlite3.Row]) -> Any:
        """Return their rows."""
        return [dict(row) for row in found]

    def comparison(self, event_id: int) -> Row:
        """Return what became of a plan."""
        return relational.comparison(self._rows, event_id)

    def check(self) -> list[str]:
        """Return what is wrong."""
        return relational.problems(self._rows)

    def frozen(self, event_id: int) -> Any:
        """Return what was frozen."""
        return orjson.loads(self._one("SELECT content FROM plan_snapshots WHERE event_id = ?", [event_id])[0])

    def runs(self, event_id: int) -> list[Row]:
        """Return what was baked."""
        return relational.runs(self._rows, event_id)

    def catalog(self) -> Catalog:
        """Return the rows of the catalog."""
        return relational.all_catalog(self._rows)

    def close(self) -> None:
        """Let go of the files."""
        self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _expect_state(self, event_id: int, state: str) -> None:
        found = self._one("SELECT plan_state FROM events WHERE id = ?", [event_id])
        if found is None or found[0] != state:
            raise ValueError(event_id)

    def _one(self, query: str, parameters: Sequence[Any]) -> Any:
        return self._database.execute(query, parameters).fetchone()

    def _rows(self, query: str, parameters: Sequence[Any]) -> Iterator[Row]:
        cursor = self._database.execute(query, parameters)
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    def _insert(self, table: str, rows: list[Row]) -> None:
        if rows:
            names = list(rows[0])
            marks = ", ".join(f":{name}" for name in names)
            self._database.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
