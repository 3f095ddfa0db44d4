"""Whether the runs of an event are possible, checked before export and before import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from plandoc.domain import runs
from plandoc.domain.definitions import Definitions
from plandoc.domain.effective_definitions import effective_definitions
from plandoc.domain.progress import Work
from plandoc.domain.run_consistency import (
    History,
    InconsistentRun,
    Label,
    inconsistent_by_definitions,
    label_by_id,
    packed_beyond_plan,
)
from plandoc.domain.snapshot_ids import renumbered_amendment, renumbered_view
from plandoc.exchange.event_content import STARTED, EventContent
from plandoc.tables import BY_TYPE

# What snapshots and amendments mention and the file does not have gets numbers from here on, which nothing in a file has.
_GONE = 10**9


def inconsistent_runs(
    content: EventContent,
    current: Definitions,
    snapshot_ids: Mapping[str, Mapping[int, int]] | None = None,
    label: Label = label_by_id,
) -> Iterator[tuple[str, str]]:
    """Yield the table and what is wrong with each impossible run, in an event that is otherwise sound.

    Args:
        content: The event.
        current: What the catalog beside it defines.
        snapshot_ids: The catalog's id for each id in snapshot and amendments, by table; None where they are the same.
        label: What messages call a unit or a good.
    """
    if content.event.plan_state not in STARTED or content.snapshot is None:
        return
    history = _history(content, current, snapshot_ids)
    for one in (*packed_beyond_plan(history, label), *inconsistent_by_definitions(history, label)):
        yield BY_TYPE[type(one.run)].name, _describe(one)


def _describe(one: InconsistentRun) -> str:
    return f"an impossible run: {one.message}"


def _history(
    content: EventContent, current: Definitions, snapshot_ids: Mapping[str, Mapping[int, int]] | None
) -> History:
    snapshot, amendments = content.snapshot, content.amendments
    assert snapshot is not None  # noqa: S101  (the caller has looked)
    if snapshot_ids is not None:
        ids = {table: dict(known) for table, known in snapshot_ids.items()}

        def change(table: str, number: int) -> int:
            return ids[table].setdefault(number, _GONE + len(ids[table]))

        snapshot = renumbered_view(snapshot, change)
        amendments = tuple(renumbered_amendment(one, change) for one in amendments)
    effective = effective_definitions(snapshot, amendments, current)
    return History(content.plan, _work(content), (snapshot,), amendments, effective, current)


def _work(content: EventContent) -> Work:
    """Return the runs that count; here they have no ids but their positions."""
    production = (attrs.evolve(run, id=at) for at, run in enumerate(content.production_runs, start=1))
    assembly = (attrs.evolve(run, id=at) for at, run in enumerate(content.assembly_runs, start=1))
    return Work(runs.counted(production, content.voided), runs.counted(assembly, content.voided))
