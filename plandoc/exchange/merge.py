"""What importing a file changes in a folder, worked out before anything is changed; a dry run ends there.

Records are matched by their slugs, stock by ingredient or recipe, and unit. Equal records are not touched.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

import attrs

from plandoc.domain.definitions import Definitions
from plandoc.domain.measures import wrong_equivalents
from plandoc.domain.slugs import slugify
from plandoc.domain.snapshot_ids import TABLES
from plandoc.engine.session import Session
from plandoc.exchange.drafts import Draft, Drafts
from plandoc.exchange.id_allocation import IdAllocation
from plandoc.exchange.import_report import ImportRow, RowOutcome
from plandoc.exchange.references import renumbered, wrong_nesting
from plandoc.fields import evolved
from plandoc.frozen import frozen
from plandoc.records import Ingredient, StockItem
from plandoc.tables import table_of

THE_SAME = "already there, the same"


class OnConflict(enum.Enum):
    """What to do with a record that already exists and differs from the file."""

    FAIL = "fail"
    SKIP = "skip"
    UPDATE = "update"


@frozen
class Put:
    """A record to be stored, as a new one or in place of an existing one.

    Attributes:
        before: The existing record; None for a new one.
    """

    record: Any
    before: Any | None


@frozen
class Failure:
    """What keeps a file from being imported.

    Attributes:
        row: The failed row of the report.
        line: Where it is in the file; None where the file is not read by lines.
    """

    row: ImportRow
    line: int | None = None


class MergeLog:
    """What becomes of each record, row by row.

    Attributes:
        rows: Those that do not fail, in the order in which they were looked at.
        failures: What keeps the file from being imported.
        notes: What a person should know, a sentence each.
    """

    def __init__(self, on_conflict: OnConflict) -> None:
        self.on_conflict = on_conflict
        self.rows: list[ImportRow] = []
        self.failures: list[Failure] = []
        self.notes: list[str] = []

    def add(self, table: str, name: str, outcome: RowOutcome, reason: str = "") -> None:
        """Note what happens to a record."""
        said = reason or (THE_SAME if outcome is RowOutcome.SKIPPED else "")
        self.rows.append(ImportRow(table, name, outcome, said))

    def fail(self, table: str, name: str, reason: str, line: int | None = None) -> None:
        """Note what keeps the file from being imported."""
        self.failures.append(Failure(ImportRow(table, name, RowOutcome.FAILED, reason), line))

    def differs(self, table: str, name: str, differing: str, line: int | None = None) -> bool:
        """Note a record that differs from the existing one; return whether it replaces it."""
        if self.on_conflict is OnConflict.FAIL:
            self.fail(table, name, f"already there and differs in {differing}", line)
        elif self.on_conflict is OnConflict.SKIP:
            reason = f"already there; left as it is, although it differs in {differing}"
            self.add(table, name, RowOutcome.SKIPPED, reason)
        else:
            self.add(table, name, RowOutcome.UPDATED, f"differed in {differing}")
        return self.on_conflict is OnConflict.UPDATE


class CatalogMerge:
    """One merge of the catalog and the stock of a file.

    Attributes:
        ids: The ids that everything gets.
        log: What becomes of each record.
        puts: The records of the catalog to be stored.
        stock: The rows of the stock to be stored.
        removed: The rows of the stock that others replace.
    """

    def __init__(self, drafts: Drafts, session: Session, log: MergeLog) -> None:
        self.ids = IdAllocation(drafts, session)
        self.log = log
        self.puts: list[Put] = []
        self.stock: list[Put] = []
        self.removed: list[Any] = []
        self._drafts = drafts
        self._session = session
        # What the file holds, by table and id of the folder, whether it is stored or not.
        self._wanted: dict[str, dict[int, Any]] = {table: {} for table in TABLES}
        self._names: dict[tuple[str, int], str] = {}
        self._lines: dict[tuple[str, int], int | None] = {}

    def run(self) -> None:
        """Merge everything."""
        for table in TABLES:
            self._merge_table(table)
        self._check_nesting()
        self._check_equivalents()
        self._merge_stock()

    def with_ids(self, record: Any) -> Any:
        """Return a record with the folder's ids for all that it refers to; its own number stays that of the file."""
        return renumbered(record, self.ids.id_of)

    def definitions(self) -> Definitions:
        """Return the definitions of the file, and those of the folder for what the file does not mention."""
        return Definitions(*map(self._lookup, ("finished_goods", "finished_units", "recipes", "ingredients")))

    def name_of(self, table: str, record_id: int) -> str:
        """Return what a person calls a record of the folder."""
        name: str = self._names.get((table, record_id)) or self.ids.present[table][record_id].name
        return name

    def _lookup(self, table: str) -> Callable[[int], Any]:
        wanted, present = self._wanted[table], self.ids.present[table]
        return lambda record_id: wanted.get(record_id) or present.get(record_id)

    def _merge_table(self, table: str) -> None:
        slugs = set(self.ids.by_slug[table])
        for number, draft in self._drafts.catalog[table].items():
            before = self.ids.before(table, draft)
            slug = draft.record.slug or (slugify(draft.record.name, slugs) if before is None else before.slug)
            slugs.add(slug)
            record_id = self.ids.id_of(table, number)
            wanted = _filled(self.with_ids(draft.record), before, draft)
            if (wanted.id, wanted.slug) != (record_id, slug):
                wanted = evolved(wanted, id=record_id, slug=slug)
            self._wanted[table][record_id] = wanted
            self._names[table, record_id], self._lines[table, record_id] = draft.name, draft.line
            if self._is_to_be_put(table, draft, wanted, before):
                self.puts.append(Put(wanted, before))
                if before is None:
                    self.ids.use(table, record_id)

    def _is_to_be_put(self, table: str, draft: Draft, wanted: Any, before: Any | None) -> bool:
        if before is None:
            self.log.add(table, draft.name, RowOutcome.CREATED)
            return True
        if wanted == before and not draft.absorbed:
            self.log.add(table, draft.name, RowOutcome.SKIPPED)
            return False
        return self.log.differs(table, draft.name, differing(wanted, before) or "the spelling of the unit", draft.line)

    def _check_nesting(self) -> None:
        # Each side can be sound by itself and the two together still form a cycle.
        for table in ("recipes", "finished_goods"):
            own = {put.record.id: put.record for put in self.puts if table_of(type(put.record)).name == table}
            things = own | {number: one for number, one in self.ids.present[table].items() if number not in own}
            found = list(wrong_nesting(table, things)) if own else []
            # A record that only the folder has is broken because of the file, so the file must be fixed.
            for number, reason in [one for one in found if one[0] in own] or found:
                name = self._names.get((table, number)) or things[number].slug
                self.log.fail(table, name, reason, self._lines.get((table, number)))

    def _check_equivalents(self) -> None:
        # What the file says, together with what the folder keeps where the file says nothing.
        for put in self.puts:
            if type(put.record) is Ingredient:
                key = (table_of(Ingredient).name, put.record.id)
                for reason in wrong_equivalents(put.record):
                    self.log.fail(key[0], self._names[key], reason, self._lines[key])

    def _merge_stock(self) -> None:
        key_of = attrgetter("ingredient_id", "recipe_id", "unit")
        present = {key_of(item): item for item in self._session.find(StockItem)}
        for draft in self._drafts.stock:
            item = self.with_ids(draft.record)
            before = draft.present or present.get(key_of(item))
            wanted = attrs.evolve(_filled(item, before, draft), id=0 if before is None else before.id)
            if self._is_to_be_put("stock", draft, wanted, before):
                self.stock.append(Put(wanted, before))
                self.removed.extend(draft.absorbed)


def differing(wanted: Any, there: Any) -> str:
    """Return the names of the fields in which two records of a kind differ, as a person reads them."""
    names = [field.name for field in attrs.fields(type(wanted))]
    return ", ".join(name.replace("_", " ") for name in names if getattr(wanted, name) != getattr(there, name))


def _filled(record: Any, before: Any | None, draft: Draft) -> Any:
    """Return a record with the existing values for fields that the file does not mention."""
    if before is None or not draft.unsaid:
        return record
    kept: Mapping[str, Any] = {name: getattr(before, name) for name in draft.unsaid}
    return attrs.evolve(record, **kept)
