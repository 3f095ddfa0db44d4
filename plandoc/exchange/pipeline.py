"""The steps of every import: what a reader has read is merged with the folder, and then stored, or only reported."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from plandoc.engine.session import Session
from plandoc.exchange.apply import Changes, apply
from plandoc.exchange.drafts import Drafts
from plandoc.exchange.event_merge import EventMerge
from plandoc.exchange.import_report import ImportReport
from plandoc.exchange.merge import CatalogMerge, Failure, MergeLog, OnConflict


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause Python's garbage collector: nearly everything that an import makes stays, and each collection would scan it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def run_import(
    drafts: Drafts,
    session: Session,
    on_conflict: OnConflict,
    refused: Callable[[Sequence[Failure]], Exception],
    *,
    dry_run: bool,
) -> ImportReport:
    """Import what a file holds, all of it or nothing, or only report what would happen.

    Args:
        drafts: What the file holds, already checked in itself.
        session: The session to work in.
        on_conflict: What happens to existing records that differ.
        refused: Makes the error when something is broken or in conflict; it is raised, and nothing was changed.
        dry_run: Change nothing.
    """
    log = MergeLog(on_conflict)
    catalog = CatalogMerge(drafts, session, log)
    catalog.run()
    events = EventMerge(catalog, session)
    if not log.failures or on_conflict is OnConflict.FAIL:
        # Goods that contain themselves cannot be calculated with, and nothing more can be in conflict.
        events.run(drafts.events)
    if log.failures:
        raise refused(log.failures)
    if not dry_run:
        changes = Changes(
            tuple(catalog.puts),
            tuple(catalog.stock),
            tuple(catalog.removed),
            tuple(events.puts),
            catalog.ids.following(),
        )
        apply(changes, session)
    return ImportReport((*drafts.rows, *log.rows), (*drafts.notes, *log.notes), dry_run)
