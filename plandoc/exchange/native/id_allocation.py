"""Which id everything in an exchange file gets in the folder it comes into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plandoc.domain.snapshot_ids import TABLES, ids_in
from plandoc.engine.session import Session, unit_of_work
from plandoc.exchange.native.contents import EventContent
from plandoc.exchange.native.dependencies import KINDS
from plandoc.exchange.native.native_reader import ExchangeFile
from plandoc.tables import table_of

# No bakery gives so many. An id is kept below it only, or one file could use up the numbers of a folder.
HIGHEST_KEPT = 10**9


class Numbering:
    """The ids that everything gets.

    What is there already, by its slug, has its id. What is new keeps the id that it had where it comes from, where that
    was never given to anything here; else it gets the next one. What sealed records speak of although it was removed
    since keeps its id by the same rule, so that nothing else ever gets it.

    Attributes:
        present: The records that are there, by slug, by table.
    """

    def __init__(self, file: ExchangeFile, session: Session) -> None:
        self.present: dict[str, dict[str, Any]] = {}
        self._file = file
        self._first: dict[str, int] = {}
        self._next: dict[str, int] = {}
        self._used: dict[str, int] = {}
        self._ids: dict[str, dict[int, int]] = {}
        self._gone: dict[str, dict[int, int]] = {}
        held = _held(file.events)
        for kind in KINDS:
            table = table_of(kind).name
            self.present[table] = {record.slug: record for record in session.find(kind)}
            self._number(table, unit_of_work(session).next_id(kind), held)

    def id_of(self, table: str, number: int) -> int:
        """Return the id in the folder of a record of the file."""
        return self._ids[table][number]

    def changes_for(self, content: EventContent) -> Mapping[str, Mapping[int, int]]:
        """Return which ids the sealed records of an event that is to be stored get in the place of their own."""
        changed: dict[str, dict[int, int]] = {}
        for table, sealed in ids_in(content.snapshot, content.amendments):
            own = self._file.snapshot_ids[table].get(sealed)
            stored = self._gone_id(table, sealed) if own is None else self._ids[table][own]
            self.use(table, stored)
            if stored != sealed:
                changed.setdefault(table, {})[sealed] = stored
        return changed

    def use(self, table: str, number: int) -> None:
        """Take note that an id of the folder is used."""
        self._used[table] = max(self._used.get(table, 0), number)

    def following(self) -> Mapping[str, int]:
        """Return the id after all that are used, by table; of the tables that get any."""
        return {table: number + 1 for table, number in self._used.items() if number >= self._first[table]}

    def _number(self, table: str, next_id: int, held: Mapping[str, set[int]]) -> None:
        self._first[table] = next_id
        known = self._file.snapshot_ids[table]
        kept = {number for number in {*held.get(table, ()), *known} if next_id <= number <= HIGHEST_KEPT}
        self._next[table] = max([next_id, *(number + 1 for number in kept)])
        self._gone[table] = {number: number for number in kept}
        called = {own: number for number, own in known.items()}
        ids = self._ids[table] = {}
        for number, record in self._file.catalog[table].items():
            there = self.present[table].get(record.slug)
            sealed = called.get(number)
            if there is not None:
                ids[number] = there.id
            else:
                ids[number] = sealed if sealed in kept and sealed is not None else self._take(table)

    def _gone_id(self, table: str, sealed: int) -> int:
        if sealed not in self._gone[table]:
            self._gone[table][sealed] = self._take(table)
        return self._gone[table][sealed]

    def _take(self, table: str) -> int:
        number = self._next[table]
        self._next[table] = number + 1
        return number


def _held(events: Iterable[EventContent]) -> dict[str, set[int]]:
    held: dict[str, set[int]] = {table: set() for table in TABLES}
    for content in events:
        for table, number in ids_in(content.snapshot, content.amendments):
            held[table].add(number)
    return held
