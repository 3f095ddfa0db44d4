"""An exchange file as records: every row judged by the codec, every slug resolved, everything that is wrong listed.

The records have ids of their own, which count the rows of each table of the file; they mean nothing outside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from plandoc import codec
from plandoc.domain.definitions import Definitions
from plandoc.domain.snapshot_ids import TABLES as CATALOG_TABLES
from plandoc.domain.snapshot_ids import ids_in
from plandoc.engine.unique_keys import present_fields
from plandoc.errors import DamagedError, NewerFormatError, Problem, ValidationError, shorten
from plandoc.errors.hints import joined
from plandoc.exchange.drafts import Draft, Drafts, EventDraft
from plandoc.exchange.event_content import EventContent, content_of_rows, unsound, with_snapshot_ids
from plandoc.exchange.import_report import FailedRows
from plandoc.exchange.names import did_you_mean
from plandoc.exchange.native import export_format
from plandoc.exchange.native.consistency import inconsistent_runs
from plandoc.exchange.native.ids_and_slugs import Row, as_slug, slugs_to_ids
from plandoc.exchange.references import wrong_nesting
from plandoc.fields.constraints import positive_int, valid_slug
from plandoc.records import (
    BatchDecision,
    Event,
    Ingredient,
    PlanAmendment,
    PlanSnapshot,
    Recipe,
    StockItem,
    VoidedRun,
)
from plandoc.tables import BY_TYPE, TABLES, Table

_DIGESTED = (PlanSnapshot, PlanAmendment)
_EVENTS = BY_TYPE[Event].name


def read_native(path: str, exported: Mapping[str, Any]) -> Drafts:
    """Return what a file holds.

    Raises:
        NewerFormatError: when a newer plandoc wrote it.
        DamagedError: when it does not say which version it has.
        RowsFailed: with everything else that is wrong with it.
    """
    _check_version(path, exported.get("export_version"))
    return _NativeReader(exported).drafts()


def _check_version(path: str, number: Any) -> None:
    if type(number) is not int or number < 1:
        problem = Problem(f"wanted a version number, found {shorten(number)}", file=path, field="export_version")
        raise DamagedError(path, [problem])
    if number > export_format.VERSION:
        raise NewerFormatError(path, number, export_format.VERSION)


class _NativeReader:
    """One reading of one file."""

    def __init__(self, exported: Mapping[str, Any]) -> None:
        missing = set(export_format.TABLE_NAMES).difference(export_format.tables(exported["export_version"]))
        self._given = exported
        # As if the tables that its version did not have were empty.
        self._exported = {**{key: [] for key in missing}, **exported}
        self._ids_key = export_format.ids_key(exported["export_version"])
        self._failed = FailedRows()
        self._slugs: dict[str, dict[str, int]] = {}
        self._records: dict[type, list[Any]] = {}
        self._by_event: dict[tuple[type, int], list[Any]] = {}
        self._current: set[tuple[int, int]] = set()

    def drafts(self) -> Drafts:
        """Return what the file holds."""
        # Each step relies on what the previous ones have checked.
        for step in (self._look_at_keys, self._collect_slugs, self._read_rows, self._look_at_rows):
            step()
            self._failed.check()
        former_ids = self._former_ids()
        self._failed.check()
        self._sort_by_event()
        contents = [self._content(event) for event in self._records[Event]]
        for content in contents:
            self._look_at_event(content, former_ids)
        self._failed.check()
        events = {number: former for former, number in former_ids.pop(_EVENTS).items()}
        return Drafts(
            catalog={
                table: {number: Draft(record, record.slug) for number, record in self._by_id(table).items()}
                for table in CATALOG_TABLES
            },
            stock=tuple(Draft(item, self._name_of_stock(item)) for item in self._records[StockItem]),
            events=tuple(
                EventDraft(content, event.slug, events.get(event.id, 0))
                for event, content in zip(self._records[Event], contents, strict=True)
            ),
            snapshot_ids=former_ids,
        )

    def _name_of_stock(self, item: StockItem) -> str:
        kind, number = (Recipe, item.recipe_id) if item.recipe_id is not None else (Ingredient, item.ingredient_id or 0)
        return f"{self._records[kind][number - 1].slug}, {item.unit}"

    # The file as a whole.

    def _look_at_keys(self) -> None:
        known = export_format.keys(self._exported["export_version"])
        for key in self._given:
            if key not in known:
                self._failed.add(key, "the whole table", f"unknown; known are {', '.join(known)}")
        for table in TABLES:
            rows = self._exported.get(table.name)
            if type(rows) is not list:
                self._failed.add(
                    table.name, "the whole table", f"wanted a list, found {_format(self._exported, table.name)}"
                )
        ids = self._exported.get(self._ids_key)
        if type(ids) is not dict or not all(type(one) is dict for one in ids.values()):
            found_there = _format(self._exported, self._ids_key)
            self._failed.add(self._ids_key, "the whole table", f"wanted objects of ids, found {found_there}")

    def _collect_slugs(self) -> None:
        for table in (table for table in TABLES if table.has_slug):
            slugs = self._slugs[table.name] = {}
            for number, row in enumerate(self._exported[table.name], start=1):
                slug = row.get("slug") if type(row) is dict else None
                wrong = valid_slug(slug) or (None if slug else "wanted a slug, found nothing")
                if wrong is None and slug in slugs:
                    wrong = f"occurs twice, also in row {slugs[slug]}"
                if wrong is not None:
                    self._failed.add(table.name, _name(row, number), f"slug: {wrong}")
                else:
                    slugs[str(slug)] = number

    def _read_rows(self) -> None:
        for table in TABLES:
            self._records[table.record_type] = [
                record
                for number, row in enumerate(self._exported[table.name], start=1)
                if (record := self._record(table, number, row)) is not None
            ]

    def _look_at_rows(self) -> None:
        for table in TABLES:
            for fields in table.unique:
                seen: dict[tuple[Any, ...], int] = {}
                for record in self._records[table.record_type]:
                    key = (getattr(record, "event_id", 0), *(getattr(record, field) for field in fields))
                    if key in seen:
                        same = " and ".join(map(as_slug, present_fields(fields, record)))
                        reason = f"{same} the same as in row {seen[key]}"
                        self._failed.add(table.name, self._called(table, record.id), reason)
                    seen.setdefault(key, record.id)
        for name in ("recipes", "finished_goods"):
            things = self._by_id(name)
            for number, reason in wrong_nesting(name, things):
                self._failed.add(name, things[number].slug, reason)

    # Rows.

    def _record(self, table: Table, number: int, row: Any) -> Any | None:
        problems: list[Problem] = []
        try:
            stored = self._stored(table, row, problems) if type(row) is dict else row
            record: Any = codec.from_row(table.record_type, number, stored)
        except ValidationError as error:
            problems.extend(error.problems)
        except RecursionError:
            problems.append(Problem("objects or lists are nested too deep"))
        if not problems:
            return record
        for problem in problems:
            field = f"{as_slug(problem.field)}: " if problem.field else ""
            hint = [" (", problem.hint, ")"] if problem.hint else []
            reason = joined("", [field, problem.message, *hint])
            self._failed.add(table.name, self._called(table, number), reason, (table.name, number))
        return None

    def _stored(self, table: Table, row: Row, problems: list[Problem]) -> Row:
        if table.record_type in _DIGESTED:
            return self._row_with_own_ids(row, problems)
        stored = self._row(row, problems)
        if table.record_type is VoidedRun:
            if "run_id" in stored:
                problems.append(Problem("unknown field; an exchange file has run", field="run_id"))
            stored = {("run_id" if key == "run" else key): value for key, value in stored.items()}
        elif table.record_type is BatchDecision and stored.get("recipe_fingerprint") == export_format.CURRENT:
            stored["recipe_fingerprint"] = ""
            self._current.add((stored.get("event_id") or 0, stored.get("finished_unit_id") or 0))
        return stored

    def _row(self, row: Row, problems: list[Problem]) -> Row:
        def unknown(field: str) -> None:
            problems.append(Problem(f"unknown field; an exchange file has {as_slug(field)}", field=field))

        return slugs_to_ids(row, lambda table, slug, field: self._id_of(table, slug, field, problems), unknown)

    def _row_with_own_ids(self, row: Row, problems: list[Problem]) -> Row:
        event = {key: value for key, value in row.items() if key in {"event_slug", "event_id"}}
        rest = {key: _with_floats(value) for key, value in row.items() if key not in event}
        return {**self._row(event, problems), **rest}

    def _id_of(self, table: str, slug: Any, field: str, problems: list[Problem]) -> int | None:
        if slug is None:
            return None
        number = self._slugs[table].get(slug) if type(slug) is str else None
        if number is None:
            problems.append(
                Problem(f"{table}: {shorten(slug)} is not in the file{self._near(table, slug)}", field=field)
            )
        return number or 1

    def _near(self, table: str, slug: Any) -> str:
        near = did_you_mean(slug, self._slugs[table]) if type(slug) is str else None
        return f"; {near}" if near else ""

    def _called(self, table: Table, number: int) -> str:
        row = self._exported[table.name][number - 1]
        event = row.get("event_slug") if type(row) is dict and table.of_event else None
        return f"{event}, row {number}" if type(event) is str else _name(row, number)

    def _by_id(self, table: str) -> dict[int, Any]:
        record_type = next(one.record_type for one in TABLES if one.name == table)
        return {record.id: record for record in self._records[record_type]}

    def _look_up(self, table: str) -> Callable[[int], Any]:
        return self._by_id(table).get

    def _slug_of(self, record_type: type, number: int) -> str:
        slug = next((one.slug for one in self._records[record_type] if one.id == number), "")
        return f"{BY_TYPE[record_type].label.lower()} {shorten(slug)}"

    # Events.

    def _sort_by_event(self) -> None:
        for table in (table for table in TABLES if table.of_event and table.record_type is not Event):
            for record in self._records[table.record_type]:
                self._by_event.setdefault((table.record_type, record.event_id), []).append(record)

    def _former_ids(self) -> dict[str, dict[int, int]]:
        former: dict[str, dict[int, int]] = {name: {} for name in (*CATALOG_TABLES, _EVENTS)}
        for table, ids in self._exported[self._ids_key].items():
            if table not in former:
                self._failed.add(self._ids_key, table, f"unknown table; known are {', '.join(former)}")
                continue
            for slug, number in ids.items():
                wrong = positive_int(number)
                if wrong is None and slug not in self._slugs[table]:
                    wrong = f"{table}: {shorten(slug)} is not in the file{self._near(table, slug)}"
                if wrong is None and number in former[table]:
                    wrong = f"two of {table} have the id {number}"
                if wrong is not None:
                    self._failed.add(self._ids_key, table, wrong)
                else:
                    former[table][number] = self._slugs[table][slug]
        return former

    def _content(self, event: Event) -> EventContent:
        def rows(record_type: type[Any]) -> list[Any]:
            return self._by_event.get((record_type, event.id), [])

        content = content_of_rows(event, rows, rows(PlanSnapshot))
        current = frozenset(unit for unit in content.decisions if (event.id, unit) in self._current)
        return attrs.evolve(content, current=current)

    def _look_at_event(self, content: EventContent, former_ids: Mapping[str, Mapping[int, int]]) -> None:
        plan = with_snapshot_ids(content.plan, former_ids)
        for table, reason in unsound(content, plan):
            self._failed.add(table, content.event.slug, reason)
        if not self._failed.rows:
            current = Definitions(
                *(self._look_up(name) for name in ("finished_goods", "finished_units", "recipes", "ingredients"))
            )
            for table, reason in inconsistent_runs(content, current, former_ids, self._slug_of):
                self._failed.add(table, content.event.slug, reason)
        if content.amendments and content.snapshot is None:
            self._failed.add("plan_amendments", content.event.slug, "there is no snapshot that they could have changed")
        if not self._failed.rows:
            # Only to check that all of it can be traversed.
            ids_in(content.snapshot, content.amendments)


def _with_floats(value: Any) -> Any:
    # Numbers are read exactly, as decimals; what a snapshot holds is JSON, and its digest shows whether it is the same.
    if type(value) is Decimal:
        return float(value)
    if type(value) is dict:
        return {key: _with_floats(item) for key, item in value.items()}
    return [_with_floats(item) for item in value] if type(value) is list else value


def _name(row: Any, number: int) -> str:
    keys = ("slug", "ingredient_slug", "recipe_slug")
    slug = next((row[key] for key in keys if row.get(key)), None) if type(row) is dict else None
    return slug if type(slug) is str and valid_slug(slug) is None and slug else f"row {number}"


def _format(exported: Mapping[str, Any], key: str) -> str:
    return shorten(exported[key]) if key in exported else "nothing"
