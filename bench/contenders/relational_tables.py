"""The tables of the contenders that speak SQL, and the rows that they are filled with."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import orjson

from bench import workload
from bench.workload import Catalog, Row

SCHEMA = """
CREATE TABLE ingredients (id INTEGER PRIMARY KEY, name TEXT, category TEXT, density TEXT, notes TEXT,
    equivalents TEXT, slug TEXT UNIQUE);
CREATE TABLE recipes (id INTEGER PRIMARY KEY, name TEXT, category TEXT, base_recipe_id INTEGER, variant_name TEXT,
    method TEXT, notes TEXT, slug TEXT UNIQUE);
CREATE TABLE recipe_lines (id INTEGER PRIMARY KEY, recipe_id INTEGER, ingredient_id INTEGER, quantity TEXT, unit TEXT,
    notes TEXT);
CREATE INDEX lines_of_recipe ON recipe_lines (recipe_id);
CREATE TABLE sub_recipes (id INTEGER PRIMARY KEY, parent_id INTEGER, recipe_id INTEGER, multiplier TEXT, notes TEXT);
CREATE INDEX parts_of_recipe ON sub_recipes (parent_id);
CREATE TABLE finished_units (id INTEGER PRIMARY KEY, name TEXT, recipe_id INTEGER, item_unit TEXT, mode TEXT,
    items_per_batch INTEGER, batch_percentage TEXT, notes TEXT, slug TEXT UNIQUE);
CREATE TABLE finished_goods (id INTEGER PRIMARY KEY, name TEXT, assembly_type TEXT, notes TEXT, slug TEXT UNIQUE);
CREATE TABLE components (id INTEGER PRIMARY KEY, good_id INTEGER, finished_unit_id INTEGER, finished_good_id INTEGER,
    quantity TEXT, notes TEXT);
CREATE INDEX components_of_good ON components (good_id);
CREATE TABLE stock (id INTEGER PRIMARY KEY, ingredient_id INTEGER, quantity TEXT, unit TEXT, notes TEXT);
CREATE TABLE events (id INTEGER PRIMARY KEY, name TEXT, event_date TEXT, expected_attendees INTEGER, notes TEXT,
    plan_state TEXT, slug TEXT UNIQUE);
CREATE TABLE event_recipes (event_id INTEGER, recipe_id INTEGER, PRIMARY KEY (event_id, recipe_id)) WITHOUT ROWID;
CREATE TABLE event_finished_goods (event_id INTEGER, finished_good_id INTEGER, quantity INTEGER,
    PRIMARY KEY (event_id, finished_good_id)) WITHOUT ROWID;
CREATE TABLE batch_decisions (event_id INTEGER, finished_unit_id INTEGER, recipe_id INTEGER, batches INTEGER,
    yield_per_batch INTEGER, units_needed INTEGER, shortfall_accepted INTEGER, exact_need INTEGER,
    recipe_fingerprint TEXT, PRIMARY KEY (event_id, finished_unit_id)) WITHOUT ROWID;
CREATE TABLE plan_snapshots (event_id INTEGER PRIMARY KEY, created_at TEXT, content TEXT, digest TEXT);
CREATE TABLE plan_amendments (event_id INTEGER, sequence INTEGER, change TEXT, reason TEXT, created_at TEXT,
    PRIMARY KEY (event_id, sequence)) WITHOUT ROWID;
CREATE TABLE production_runs (id INTEGER PRIMARY KEY, event_id INTEGER, finished_unit_id INTEGER, batches INTEGER,
    units_expected INTEGER, units_made INTEGER, produced_at TEXT, losses TEXT, notes TEXT, amendments_before INTEGER,
    taken TEXT, not_taken TEXT);
CREATE INDEX runs_of_event ON production_runs (event_id);
"""
_NESTED = {"recipes": ("lines", "sub_recipes"), "finished_goods": ("components",)}


def catalog_tables(catalog: Catalog) -> Iterator[tuple[str, list[Row]]]:
    """Yield the tables of a catalog, what is nested in its rows as tables of their own."""
    for name, rows in catalog.items():
        yield name, [_flat(name, key, row) for key, row in rows.items()]
    recipes, goods = catalog.get("recipes", {}), catalog.get("finished_goods", {})
    yield "recipe_lines", _inside(recipes, "lines", "recipe_id")
    yield "sub_recipes", _inside(recipes, "sub_recipes", "parent_id")
    yield "components", _inside(goods, "components", "good_id")


def _flat(table: str, key: str, row: Row) -> Row:
    flat = {name: value for name, value in row.items() if name not in _NESTED.get(table, ())}
    for name in ("density", "equivalents"):
        if flat.get(name) is not None:
            flat[name] = orjson.dumps(flat[name]).decode()
    return {"id": int(key), **flat}


def _inside(rows: dict[str, Row], name: str, parent: str) -> list[Row]:
    return [{parent: int(key), **part} for key, row in rows.items() for part in row[name]]


def event_tables(event_ids: Iterable[int]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the tables of events; each holds the rows of some thousand events, so a table comes again."""
    waiting = iter(event_ids)
    while some := list(itertools.islice(waiting, 2000)):
        yield "events", [{"id": number, **workload.event(number)} for number in some]
        yield "event_recipes", _each(some, [{"recipe_id": one} for one in workload.recipe_ids()])
        goods = [{"finished_good_id": one, "quantity": count} for one, count in workload.quantities().items()]
        yield "event_finished_goods", _each(some, goods)
        yield "batch_decisions", _each(some, workload.decisions())


def _each(event_ids: Iterable[int], rows: list[Row]) -> list[Row]:
    return [{"event_id": number, **row} for number in event_ids for row in rows]
