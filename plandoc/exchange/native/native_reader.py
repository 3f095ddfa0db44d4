"""An exchange file as records: every row judged by the codec, every slug resolved, everything that is wrong listed.

The records have ids of their own, which count the rows of each table of the file; they mean nothing outside it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from plandoc import codec
from plandoc.constraints import positive_int, valid_slug
from plandoc.domain.containment import check_nesting
from plandoc.domain.definitions import Definitions
from plandoc.domain.replay import in_order
from plandoc.domain.snapshot_ids import TABLES as SEALED_TABLES
from plandoc.domain.snapshot_ids import ids_in
from plandoc.engine.integrity import check_base
from plandoc.errors import DamagedError, NewerFormatError, Problem, ValidationError, shorten
from plandoc.exchange.import_report import Outcome
from plandoc.exchange.import_report import Row as ReportRow
from plandoc.exchange.native import export_format
from plandoc.exchange.native.consistency import impossible
from plandoc.exchange.native.contents import ANY_EVENT, EventContent, unsound, with_snapshot_ids
from plandoc.exchange.native.ids_and_slugs import Row, as_slug, numbered
from plandoc.exchange.refusing import MOST_GATHERED
from plandoc.frozen import frozen
from plandoc.records import (
    AssemblyRun,
    BatchDecision,
    Event,
    EventFinishedGood,
    EventRecipe,
    PlanAmendment,
    PlanSnapshot,
    ProductionRun,
    Recipe,
    StockItem,
    VoidedRun,
)
from plandoc.tables import BY_TYPE, TABLES, Table

_SEALED = (PlanSnapshot, PlanAmendment)
_EVENTS = BY_TYPE[Event].name


@frozen
class ExchangeFile:
    """What an exchange file says; with the ids of the file but for the sealed records, which have theirs.

    Attributes:
        catalog: Records by id, by table.
        stock: In the order of the file.
        events: In the order of the file.
        snapshot_ids: What the ids of the folder that it came from mean, those of sealed records among them: the record's
            id in this file, by table and that id.
        event_ids: The ids that the events had there, by their slugs.
    """

    catalog: Mapping[str, Mapping[int, Any]]
    stock: tuple[StockItem, ...]
    events: tuple[EventContent, ...]
    snapshot_ids: Mapping[str, Mapping[int, int]]
    event_ids: Mapping[str, int]


def parse(path: str, exported: Mapping[str, Any]) -> tuple[ExchangeFile | None, list[ReportRow]]:
    """Return what a file says, or None and everything that is wrong with it.

    Raises:
        NewerFormatError: when a newer plandoc wrote it.
        DamagedError: when it does not say which version it has.
    """
    _check_version(path, exported.get("export_version"))
    return _Parser(exported).parsed()


def _check_version(path: str, number: Any) -> None:
    if type(number) is not int or number < 1:
        problem = Problem(f"wanted a version number, found {shorten(number)}", file=path, field="export_version")
        raise DamagedError(path, [problem])
    if number > export_format.VERSION:
        raise NewerFormatError(path, number, export_format.VERSION)


class _Enough(Exception):  # noqa: N818  (a signal inside this module)
    """So much is wrong that nobody needs to know more."""


class _Parser:
    """One reading of one file."""

    def __init__(self, exported: Mapping[str, Any]) -> None:
        self._exported = exported
        self._ids_key = export_format.ids_key(exported["export_version"])
        self._failed: list[ReportRow] = []
        self._slugs: dict[str, dict[str, int]] = {}
        self._records: dict[type, list[Any]] = {}
        self._by_event: dict[tuple[type, int], list[Any]] = {}
        self._current: set[tuple[int, int]] = set()

    def parsed(self) -> tuple[ExchangeFile | None, list[ReportRow]]:
        """Return the file, or what is wrong."""
        try:
            return self._parsed()
        except _Enough:
            return None, self._failed

    def _parsed(self) -> tuple[ExchangeFile | None, list[ReportRow]]:
        # Each step needs what those before have found sound.
        for step in (self._look_at_keys, self._collect_slugs, self._read_rows, self._look_at_rows):
            step()
            if self._failed:
                return None, self._failed
        snapshot_ids = self._snapshot_ids()
        self._sort_by_event()
        events = () if self._failed else tuple(map(self._content, self._records[Event]))
        for content in events:
            self._look_at_event(content, snapshot_ids)
        if self._failed:
            return None, self._failed
        catalog = {name: self._by_id(name) for name in SEALED_TABLES}
        numbered = {number: own for own, number in snapshot_ids[_EVENTS].items()}
        event_ids = {event.slug: numbered[event.id] for event in self._records[Event] if event.id in numbered}
        return ExchangeFile(catalog, tuple(self._records[StockItem]), events, snapshot_ids, event_ids), []

    def _fail(self, table: str, name: str, reason: str) -> None:
        self._failed.append(ReportRow(table, name, Outcome.FAILED, reason))
        if len(self._failed) > MOST_GATHERED:
            raise _Enough

    # The file as a whole.

    def _look_at_keys(self) -> None:
        known = export_format.keys(self._exported["export_version"])
        for key in self._exported:
            if key not in known:
                self._fail(key, "the whole table", f"unknown; known are {', '.join(known)}")
        for table in TABLES:
            rows = self._exported.get(table.name)
            if type(rows) is not list:
                self._fail(table.name, "the whole table", f"wanted a list, found {_shown(self._exported, table.name)}")
        ids = self._exported.get(self._ids_key)
        if type(ids) is not dict or not all(type(one) is dict for one in ids.values()):
            found_there = _shown(self._exported, self._ids_key)
            self._fail(self._ids_key, "the whole table", f"wanted objects of ids, found {found_there}")

    def _collect_slugs(self) -> None:
        for table in (table for table in TABLES if table.has_slug):
            slugs = self._slugs[table.name] = {}
            for number, row in enumerate(self._exported[table.name], start=1):
                slug = row.get("slug") if type(row) is dict else None
                wrong = valid_slug(slug) or (None if slug else "wanted a slug, found nothing")
                if wrong is None and slug in slugs:
                    wrong = f"stands twice, also in row {slugs[slug]}"
                if wrong is not None:
                    self._fail(table.name, _name(row, number), f"slug: {wrong}")
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
                        reason = f"{' and '.join(map(as_slug, fields))} the same as in row {seen[key]}"
                        self._fail(table.name, self._called(table, record.id), reason)
                    seen.setdefault(key, record.id)
        self._look_at_nesting("recipes", lambda recipe: recipe.sub_recipe_ids)
        self._look_at_nesting("finished_goods", lambda good: good.inner_good_ids)

    def _look_at_nesting(self, table: str, parts: Callable[[Any], tuple[int, ...]]) -> None:
        self._failed.extend(wrong_nesting(table, self._by_id(table), parts))

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
            hint = f" ({problem.hint})" if problem.hint else ""
            self._fail(table.name, self._called(table, number), f"{field}{problem.message}{hint}")
        return None

    def _stored(self, table: Table, row: Row, problems: list[Problem]) -> Row:
        if table.record_type in _SEALED:
            return self._sealed_row(row, problems)
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

        return numbered(row, lambda table, slug, field: self._id_of(table, slug, field, problems), unknown)

    def _sealed_row(self, row: Row, problems: list[Problem]) -> Row:
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
        near = difflib.get_close_matches(slug, self._slugs[table], n=1) if type(slug) is str else []
        return f"; did you mean {shorten(near[0])}?" if near else ""

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

    def _snapshot_ids(self) -> dict[str, dict[int, int]]:
        sealed: dict[str, dict[int, int]] = {name: {} for name in (*SEALED_TABLES, _EVENTS)}
        for table, ids in self._exported[self._ids_key].items():
            if table not in sealed:
                self._fail(self._ids_key, table, f"unknown table; known are {', '.join(sealed)}")
                continue
            for slug, number in ids.items():
                wrong = positive_int(number)
                if wrong is None and slug not in self._slugs[table]:
                    wrong = f"{table}: {shorten(slug)} is not in the file{self._near(table, slug)}"
                if wrong is None and number in sealed[table]:
                    wrong = f"two of {table} have the id {number}"
                if wrong is not None:
                    self._fail(self._ids_key, table, wrong)
                else:
                    sealed[table][number] = self._slugs[table][slug]
        return sealed

    def _content(self, event: Event) -> EventContent:
        def rows(record_type: type[Any]) -> list[Any]:
            own = self._by_event.get((record_type, event.id), ())
            return [attrs.evolve(record, id=0, event_id=ANY_EVENT) for record in own]

        snapshots = rows(PlanSnapshot)
        decided = {row.finished_unit_id: row for row in rows(BatchDecision)}
        return EventContent(
            event=attrs.evolve(event, id=0),
            recipes=frozenset(row.recipe_id for row in rows(EventRecipe)),
            goods={row.finished_good_id: row.quantity for row in rows(EventFinishedGood)},
            decisions=decided,
            current=frozenset(unit for unit in decided if (event.id, unit) in self._current),
            snapshot=snapshots[0] if snapshots else None,
            amendments=tuple(in_order(rows(PlanAmendment))),
            production_runs=tuple(rows(ProductionRun)),
            assembly_runs=tuple(rows(AssemblyRun)),
            voided=frozenset(rows(VoidedRun)),
        )

    def _look_at_event(self, content: EventContent, snapshot_ids: Mapping[str, Mapping[int, int]]) -> None:
        plan = with_snapshot_ids(content.plan, snapshot_ids)
        for table, reason in unsound(content, plan):
            self._fail(table, content.event.slug, reason)
        if not self._failed:
            current = Definitions(
                *(self._look_up(name) for name in ("finished_goods", "finished_units", "recipes", "ingredients"))
            )
            for table, reason in impossible(content, current, snapshot_ids, self._slug_of):
                self._fail(table, content.event.slug, reason)
        if content.amendments and content.snapshot is None:
            self._fail("plan_amendments", content.event.slug, "there is no snapshot that they could have changed")
        if not self._failed:
            # Only to see that all of it can be walked through.
            ids_in(content.snapshot, content.amendments)


def wrong_nesting(
    table: str, things: Mapping[int, Any], parts: Callable[[Any], tuple[int, ...]]
) -> Iterable[ReportRow]:
    """Yield a failed row for each record that contains itself, is nested too deep or is its own base."""
    for number, thing in things.items():
        try:
            if type(thing) is Recipe:
                check_base(number, things, "base_recipe")
            check_nesting(
                number,
                lambda i: [part for part in parts(things[i]) if part in things],
                lambda i: repr(things[i].name),
                table,
            )
        except ValidationError as error:
            yield ReportRow(table, thing.slug, Outcome.FAILED, str(error))


def _with_floats(value: Any) -> Any:
    # Numbers are read exactly, as decimals; what a snapshot holds is JSON, and its digest tells whether it is the same.
    if type(value) is Decimal:
        return float(value)
    if type(value) is dict:
        return {key: _with_floats(item) for key, item in value.items()}
    return [_with_floats(item) for item in value] if type(value) is list else value


def _name(row: Any, number: int) -> str:
    slug = row.get("slug", row.get("ingredient_slug")) if type(row) is dict else None
    return slug if type(slug) is str and valid_slug(slug) is None and slug else f"row {number}"


def _shown(exported: Mapping[str, Any], key: str) -> str:
    return shorten(exported[key]) if key in exported else "nothing"
