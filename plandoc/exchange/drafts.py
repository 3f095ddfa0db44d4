"""What a file says, before anything is known of the folder it goes to: records to be, linked by names."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from plandoc import records
from plandoc.exchange.fields import Reference
from plandoc.exchange.import_report import Row
from plandoc.frozen import frozen

IdOf = Callable[[Reference], int]


@frozen
class Draft:
    """A record of the catalog to be.

    Attributes:
        kind: The table of the file it stands in.
        record_type: What becomes of it.
        slug: The slug it gets, unique among all drafts of the record type.
        aliases: What other rows may call it: its slug as written, its name.
        references: What it refers to.
        make: Makes the record, given what ids the references have.
    """

    kind: str
    record_type: type
    name: str
    slug: str
    aliases: tuple[str, ...]
    references: tuple[Reference, ...]
    make: Callable[[IdOf], Any]

    @property
    def reference(self) -> Reference:
        """How the drafts of this file refer to it when nobody wrote a name."""
        return Reference(self.kind, self.aliases[0])


@frozen
class StockDraft:
    """An amount of an ingredient, in one unit."""

    ingredient: Reference
    quantity: Decimal
    unit: str


@frozen
class BatchesDraft:
    """Batches that were decided, or baked: of a finished unit, or of a recipe that gives one unit only.

    Attributes:
        moment: When they were baked; None for a decision.
    """

    table: str
    batches: int
    recipe: Reference | None
    unit: Reference | None
    moment: datetime.datetime | None = None
    notes: str = ""


@frozen
class EventDraft:
    """An event with all its plan.

    Attributes:
        event: The event as a record; its state is not looked at.
        state: The state that the file tells; None when it tells none.
        goods: What is handed out; the same good may stand there several times.
        recipes: Those that the file tells; the goods may need more.
    """

    event: records.Event
    aliases: tuple[str, ...]
    state: records.PlanState | None
    goods: tuple[tuple[Reference, int], ...] = ()
    recipes: tuple[Reference, ...] = ()
    decisions: tuple[BatchesDraft, ...] = ()
    runs: tuple[BatchesDraft, ...] = ()

    @property
    def started(self) -> bool:
        """Whether production has begun."""
        return bool(self.runs) or self.state in (records.PlanState.IN_PRODUCTION, records.PlanState.COMPLETED)


@frozen
class Drafts:
    """All that a file says.

    Attributes:
        catalog: In the order of the file.
        links: References of rows that become no record of their own: the table, what a person calls the row, and
            what it refers to.
        rows: Rows that failed or were left out.
        notes: What was left out or read differently.
    """

    catalog: tuple[Draft, ...]
    stock: tuple[StockDraft, ...]
    events: tuple[EventDraft, ...]
    links: tuple[tuple[str, str, Reference], ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    def by_kind(self) -> Mapping[str, list[Draft]]:
        """Return the drafts of the catalog by the table of the file they stand in."""
        kinds: dict[str, list[Draft]] = {}
        for draft in self.catalog:
            kinds.setdefault(draft.kind, []).append(draft)
        return kinds
