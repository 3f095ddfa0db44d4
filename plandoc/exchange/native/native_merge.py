"""What taking in an exchange file does to a folder, worked out before anything is done.

Records meet by their slugs, stock by ingredient and unit. What is there and equal is no conflict. A started event that
is there is never changed, whatever was chosen.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from plandoc import codec
from plandoc.domain.definitions import Definitions
from plandoc.domain.effective_definitions import effective_definitions
from plandoc.domain.fingerprints import recipe_fingerprint
from plandoc.domain.snapshot_ids import TABLES, changed_since, renumbered_amendment, renumbered_snapshot
from plandoc.engine.session import Session
from plandoc.exchange.import_report import Outcome, Row
from plandoc.exchange.native.contents import STARTED, EventContent, content_of
from plandoc.exchange.native.id_allocation import Numbering
from plandoc.exchange.native.ids_and_slugs import TABLES_OF_FIELDS
from plandoc.exchange.native.native_reader import ExchangeFile, wrong_nesting
from plandoc.frozen import frozen
from plandoc.records import Event, StockItem
from plandoc.tables import table_of

THE_SAME = "already there, the same"


class OnConflict(enum.Enum):
    """What becomes of a record that is there already and differs from the file."""

    FAIL = "fail"
    SKIP = "skip"
    UPDATE = "update"


@frozen
class Put:
    """A record to be stored, under the id that it has, or in the place of one that is there.

    Attributes:
        before: What is there; None for a new one.
    """

    record: Any
    before: Any | None


@frozen
class PutEvent:
    """An event to be stored with all its records; its sealed records are renumbered already.

    Attributes:
        before: What is there; None for a new one.
        former_id: The id that it had where it comes from; 0 when that is unknown.
    """

    content: EventContent
    before: Event | None
    former_id: int


@frozen
class Merge:
    """What is to be done.

    Attributes:
        following: The first id, by table, that the import has no use for.
        notes: What a person should know.
    """

    catalog: tuple[Put, ...]
    stock: tuple[Put, ...]
    events: tuple[PutEvent, ...]
    following: Mapping[str, int]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def merged(file: ExchangeFile, session: Session, on_conflict: OnConflict) -> Merge:
    """Return what taking in a file does to the folder of a session; what stands in the way are failed rows."""
    return _Merging(file, session, on_conflict).merge()


class _Merging:
    """One merge of one file."""

    def __init__(self, file: ExchangeFile, session: Session, on_conflict: OnConflict) -> None:
        self._file = file
        self._session = session
        self._on_conflict = on_conflict
        self._numbering = Numbering(file, session)
        self._rows: list[Row] = []
        self._notes: list[str] = []
        self._definitions = self._definitions_of_the_file()

    def merge(self) -> Merge:
        """Work everything out."""
        catalog = [put for table in TABLES for put in self._of_table(table)]
        self._look_at_nesting(catalog)
        stock = list(self._stock())
        events = list(self._events())
        for put in catalog:
            if put.before is None:
                self._numbering.use(table_of(type(put.record)).name, put.record.id)
        following = self._numbering.following()
        return Merge(tuple(catalog), tuple(stock), tuple(events), following, tuple(self._rows), tuple(self._notes))

    def _conflict(self, table: str, name: str, differing: str) -> Outcome:
        """Note a record that differs; return what becomes of it."""
        outcome, reason = {
            OnConflict.FAIL: (Outcome.FAILED, f"there already, and differs in {differing}"),
            OnConflict.SKIP: (Outcome.SKIPPED, f"there already; left as it is, although it differs in {differing}"),
            OnConflict.UPDATE: (Outcome.UPDATED, f"differed in {differing}"),
        }[self._on_conflict]
        self._rows.append(Row(table, name, outcome, reason))
        return outcome

    # The catalog.

    def _definitions_of_the_file(self) -> Definitions:
        recipes = [self._with_ids(record) for record in self._file.catalog["recipes"].values()]
        # Under the ids that they get in the folder, for those are what a fingerprint is made of.
        by_file = {self._numbering.id_of("recipes", record.id): record for record in recipes}
        return Definitions(recipes=by_file.get)

    def _with_ids(self, record: Any) -> Any:
        """Return a record with the folder's ids in what it refers to; its own id stays that of the file."""
        return codec.from_row(type(record), record.id, self._row_with_ids(codec.to_row(record)))

    def _row_with_ids(self, row: dict[str, Any]) -> dict[str, Any]:
        return {key: self._value_with_ids(key, value) for key, value in row.items()}

    def _value_with_ids(self, key: str, value: Any) -> Any:
        table = TABLES_OF_FIELDS.get(key.removesuffix("_id")) if key.endswith("_id") else None
        if table in TABLES and value is not None:
            return self._numbering.id_of(table, value)
        if type(value) is list:
            return [self._row_with_ids(item) if type(item) is dict else item for item in value]
        return value

    def _of_table(self, table: str) -> Iterator[Put]:
        for number, record in self._file.catalog[table].items():
            before = self._numbering.present[table].get(record.slug)
            wanted = attrs.evolve(self._with_ids(record), id=self._numbering.id_of(table, number))
            if self._is_to_be_put(table, record.slug, wanted, before):
                yield Put(wanted, before)

    def _is_to_be_put(self, table: str, name: str, wanted: Any, before: Any | None) -> bool:
        if before is None:
            self._rows.append(Row(table, name, Outcome.CREATED))
            return True
        if wanted == before:
            self._rows.append(Row(table, name, Outcome.SKIPPED, THE_SAME))
            return False
        names = [field.name for field in attrs.fields(type(wanted))]
        differing = ", ".join(name for name in names if getattr(wanted, name) != getattr(before, name))
        return self._conflict(table, name, differing) is Outcome.UPDATED

    def _look_at_nesting(self, catalog: list[Put]) -> None:
        # Each side can be sound alone, and yet go in circles together.
        for table, parts in (("recipes", _recipes_in), ("finished_goods", _goods_in)):
            own = {put.record.id: put.record for put in catalog if table_of(type(put.record)).name == table}
            if own:
                there = {record.id: record for record in self._numbering.present[table].values()}
                self._rows.extend(wrong_nesting(table, there | own, parts))

    def _stock(self) -> Iterator[Put]:
        present = {(item.ingredient_id, item.unit): item for item in self._session.find(StockItem)}
        for item in self._file.stock:
            wanted = self._with_ids(item)
            before = present.get((wanted.ingredient_id, wanted.unit))
            wanted = attrs.evolve(wanted, id=0 if before is None else before.id)
            slug = self._file.catalog["ingredients"][item.ingredient_id].slug
            if self._is_to_be_put("stock", f"{slug}, {item.unit}", wanted, before):
                yield Put(wanted, before)

    # Events.

    def _events(self) -> Iterator[PutEvent]:
        present = {event.slug: event for event in self._session.find(Event)}
        for content in self._file.events:
            put = self._event(content, present.get(content.event.slug))
            if put is not None:
                yield put

    def _event(self, content: EventContent, before: Event | None) -> PutEvent | None:
        slug = content.event.slug
        if before is not None:
            there = content_of(self._session, before)
            differing = _differing(self._as_stored_there(content, there), there)
            if not differing:
                self._rows.append(Row("events", slug, Outcome.SKIPPED, THE_SAME))
                return None
            if self._on_conflict is OnConflict.UPDATE and (before.plan_state in STARTED or there.snapshot is not None):
                reason = (
                    f"there already, and differs in {differing}; its plan is frozen, and an import never changes that"
                )
                self._rows.append(Row("events", slug, Outcome.SKIPPED, reason))
                return None
            if self._conflict("events", slug, differing) is not Outcome.UPDATED:
                return None
        else:
            self._rows.append(Row("events", slug, Outcome.CREATED))
        return PutEvent(self._to_be_stored(content), before, self._file.event_ids.get(slug, 0))

    def _as_stored_there(self, content: EventContent, there: EventContent) -> EventContent:
        """Return an event of the file as it would be in the folder if it were the one that is there."""
        changed: Mapping[str, Mapping[int, int]] | None = None
        if content.snapshot is not None and there.snapshot is not None:
            changed = changed_since(there.snapshot, content.snapshot.digest)
        return self._numbered(content, changed or {})

    def _to_be_stored(self, content: EventContent) -> EventContent:
        changed = self._numbering.changes_for(content)
        stored = self._numbered(content, changed)
        before, after = content.snapshot, stored.snapshot
        for table, parts in _parts(content):
            self._rows.extend(Row(table, content.event.slug, Outcome.CREATED) for _ in parts)
        if before is not None and after is not None:
            reason = ""
            if changed:
                reason = (
                    "its numbers stand for other records here, so that it was renumbered; it keeps the digest it came "
                    f"with, {before.digest[:12]}..., and has {after.digest[:12]}... now"
                )
            self._rows.append(Row("plan_snapshots", content.event.slug, Outcome.CREATED, reason))
        return _with_fingerprints(stored, self._definitions)

    def _numbered(self, content: EventContent, changed: Mapping[str, Mapping[int, int]]) -> EventContent:
        def sealed_id(table: str, number: int) -> int:
            return changed.get(table, {}).get(number, number)

        number = self._numbering.id_of
        return attrs.evolve(
            content,
            recipes=frozenset(number("recipes", recipe) for recipe in content.recipes),
            goods={number("finished_goods", good): quantity for good, quantity in content.goods.items()},
            decisions={number("finished_units", u): self._with_ids(row) for u, row in content.decisions.items()},
            current=frozenset(number("finished_units", unit) for unit in content.current),
            snapshot=None if content.snapshot is None else renumbered_snapshot(content.snapshot, changed),
            amendments=tuple(renumbered_amendment(one, sealed_id) for one in content.amendments),
            production_runs=tuple(map(self._with_ids, content.production_runs)),
            assembly_runs=tuple(map(self._with_ids, content.assembly_runs)),
        )


def _with_fingerprints(content: EventContent, current: Definitions) -> EventContent:
    """Return an event whose decisions have the fingerprints of the recipes by its own definitions."""
    effective = effective_definitions(content.snapshot, content.amendments, current)
    decisions = {
        unit: attrs.evolve(row, recipe_fingerprint=recipe_fingerprint(row.recipe_id, effective))
        if unit in content.current
        else row
        for unit, row in content.decisions.items()
    }
    return attrs.evolve(content, decisions=decisions)


def _differing(wanted: EventContent, there: EventContent) -> str:
    names = [field.name for field in attrs.fields(EventContent)]
    return ", ".join(name.replace("_", " ") for name in names if getattr(wanted, name) != getattr(there, name))


def _parts(content: EventContent) -> tuple[tuple[str, Collection[object]], ...]:
    return (
        ("event_recipes", content.recipes),
        ("event_finished_goods", content.goods),
        ("batch_decisions", content.decisions),
        ("plan_amendments", content.amendments),
        ("production_runs", content.production_runs),
        ("assembly_runs", content.assembly_runs),
        ("voided_runs", content.voided),
    )


def _recipes_in(recipe: Any) -> tuple[int, ...]:
    parts: tuple[int, ...] = recipe.sub_recipe_ids
    return parts


def _goods_in(good: Any) -> tuple[int, ...]:
    parts: tuple[int, ...] = good.inner_good_ids
    return parts
