"""What a file holds, before anything is known about the target folder: records to be stored.

All readers make these, and only the merge looks into the folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from plandoc.domain.snapshot_ids import TABLES
from plandoc.exchange.event_content import EventContent
from plandoc.exchange.import_report import ImportRow
from plandoc.frozen import frozen


@frozen
class Draft:
    """A record of the catalog or the stock that may be stored.

    Attributes:
        record: Has the numbers of the file: its own, and those of what it refers to. A number that no draft has is an
            id of the folder.
        name: What a person calls it.
        unsaid: Fields that the file does not mention; they stay as they are in the folder.
        present: The record of the folder that the file names; None where the merge is to find it, by slug or key.
        absorbed: Further records of the folder whose place it takes.
        line: Where it begins in the file; None where the file is not read by lines.
    """

    record: Any
    name: str
    unsaid: frozenset[str] = frozenset()
    present: Any | None = None
    absorbed: tuple[Any, ...] = ()
    line: int | None = None


@frozen
class EventDraft:
    """An event that may be stored, with its whole plan.

    Attributes:
        content: With the numbers of the file; what snapshots and amendments hold keeps its own.
        name: What a person calls it.
        former_id: The id that it had where it comes from; 0 when that is unknown.
        batches: How many batches are decided, by the number of the finished unit, if the file gives only the numbers of a
            plan and the rest follows from them; None if the content is complete.
    """

    content: EventContent
    name: str
    former_id: int = 0
    batches: Mapping[int, int] | None = None


def _no_catalog() -> dict[str, dict[int, Draft]]:
    return {table: {} for table in TABLES}


@frozen
class Drafts:
    """Everything that a file holds.

    Attributes:
        catalog: By table and number; the tables in their order.
        stock: In the order of the file.
        events: In the order of the file.
        snapshot_ids: What the ids in snapshots and amendments mean: the number in this file, by table and that id.
        rows: Rows of the file that were left out.
        notes: What was left out or read differently, a sentence each.
    """

    catalog: Mapping[str, Mapping[int, Draft]] = attrs.field(factory=_no_catalog)
    stock: tuple[Draft, ...] = ()
    events: tuple[EventDraft, ...] = ()
    snapshot_ids: Mapping[str, Mapping[int, int]] = attrs.field(factory=_no_catalog)
    rows: tuple[ImportRow, ...] = ()
    notes: tuple[str, ...] = ()
