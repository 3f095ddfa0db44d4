"""Which id everything in a file gets in the folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plandoc.domain.snapshot_ids import TABLES, ids_in
from plandoc.engine.session import Session, unit_of_work
from plandoc.exchange.drafts import Draft, Drafts, EventDraft
from plandoc.exchange.event_content import EventContent
from plandoc.tables import CATALOG_TABLES, table_of

KINDS: tuple[type[Any], ...] = tuple(table.record_type for table in CATALOG_TABLES)
# No bakery has so many. Larger ids are not kept, or one file could use up the numbers of a folder.
HIGHEST_KEPT = 10**9


class IdAllocation:
    """The ids that everything gets.

    Existing records have their ids. A new one keeps the id that it had at its origin, if that was never given to anything here;
    else it gets the next one. The same rule holds for what snapshots and amendments mention although it was removed since,
    so that nothing else ever gets its id.

    Attributes:
        present: The records that are there, by id, by table.
        by_slug: The same, by slug.
    """

    def __init__(self, drafts: Drafts, session: Session) -> None:
        self.present: dict[str, dict[int, Any]] = {}
        self.by_slug: dict[str, dict[str, Any]] = {}
        self._drafts = drafts
        self._first: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._used: dict[str, int] = {}
        self._ids: dict[str, dict[int, int]] = {}
        self._gone: dict[str, dict[int, int]] = {}
        held = _held(drafts.events)
        for kind in KINDS:
            table = table_of(kind).name
            self.present[table] = {record.id: record for record in session.find(kind)}
            self.by_slug[table] = {record.slug: record for record in self.present[table].values()}
            self._number(table, unit_of_work(session).next_id(kind), held[table])

    def before(self, table: str, draft: Draft) -> Any | None:
        """Return the record that a draft changes; None for a new one."""
        slug = draft.record.slug
        # A folder that was edited by hand can hold a record without a slug, which nothing new is.
        return draft.present or (self.by_slug[table].get(slug) if slug else None)

    def id_of(self, table: str, number: int) -> int:
        """Return the id in the folder of what has a number in the file."""
        return self._ids[table].get(number, number)

    def changes_for(self, content: EventContent) -> Mapping[str, Mapping[int, int]]:
        """Return the ids that replace those in the snapshot and the amendments of an event to be stored."""
        changed: dict[str, dict[int, int]] = {}
        for table, former in ids_in(content.snapshot, content.amendments):
            number = self._drafts.snapshot_ids[table].get(former)
            stored = self._gone_id(table, former) if number is None else self._ids[table][number]
            self.use(table, stored)
            if stored != former:
                changed.setdefault(table, {})[former] = stored
        return changed

    def use(self, table: str, number: int) -> None:
        """Note that an id of the folder is used."""
        self._used[table] = max(self._used.get(table, 0), number)

    def following(self) -> Mapping[str, int]:
        """Return the id after all that are used, by table; of the tables that get any."""
        return {table: number + 1 for table, number in self._used.items() if number >= self._first[table]}

    def _number(self, table: str, next_id: int, held: set[int]) -> None:
        self._first[table] = next_id
        former_ids = self._drafts.snapshot_ids[table]
        kept = {number for number in {*held, *former_ids} if next_id <= number <= HIGHEST_KEPT}
        self._next[table] = max([next_id, *(number + 1 for number in kept)])
        self._gone[table] = {number: number for number in kept}
        former = {number: id_there for id_there, number in former_ids.items() if id_there in kept}
        ids = self._ids[table] = {}
        for number, draft in self._drafts.catalog[table].items():
            there = self.before(table, draft)
            if there is not None:
                ids[number] = there.id
            else:
                ids[number] = former[number] if number in former else self._take(table)

    def _gone_id(self, table: str, former: int) -> int:
        if former not in self._gone[table]:
            self._gone[table][former] = self._take(table)
        return self._gone[table][former]

    def _take(self, table: str) -> int:
        number = self._next[table]
        self._next[table] = number + 1
        return number


def _held(events: Iterable[EventDraft]) -> dict[str, set[int]]:
    held: dict[str, set[int]] = {table: set() for table in TABLES}
    for event in events:
        for table, number in ids_in(event.content.snapshot, event.content.amendments):
            held[table].add(number)
    return held
