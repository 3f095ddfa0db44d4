"""Importing a file: read it, resolve it, merge it; nothing is changed before all of it is known to be sound."""

from __future__ import annotations

import os
from pathlib import Path

from plandoc.errors import ImportRefusedError
from plandoc.exchange.bake_tracker import read_drafts
from plandoc.exchange.drafts import Drafts
from plandoc.exchange.merging import CatalogMerge
from plandoc.exchange.merging_events import EventMerge
from plandoc.exchange.reading import read_object
from plandoc.exchange.references import Names, broken_rows
from plandoc.exchange.report import ImportReport, Outcome, Row
from plandoc.exchange.target import DryTarget, SessionTarget, Target
from plandoc.operations import NO_SESSION, changes
from plandoc.sessions import Session


@changes("import a file")
def import_file(path: str | os.PathLike[str], dry_run: bool = False, session: Session = NO_SESSION) -> ImportReport:
    """Bring in a JSON export of bake-tracker (versions 3.x and 4.x), all or nothing.

    Records are matched by their slugs, stock by ingredient and unit. What is there already and the same is left
    alone; what differs is updated, except an event whose plan has left DRAFT. What the file does not speak of stays.

    Args:
        path: The exported file.
        dry_run: Only say what would be done.
        session: The session to work in; None opens one and commits it.

    Raises:
        StorageError: when the file cannot be read.
        DamagedError: when it is not one sound JSON object.
        ValidationError: when it is no export of bake-tracker, or of a version that is not known.
        ImportRefusedError: when anything in it is broken; its report lists all of that. Nothing was changed.
    """
    file = Path(path)
    drafts = read_drafts(str(file), read_object(file))
    names = Names(drafts)
    broken = [*(row for row in drafts.rows if row.outcome is Outcome.FAILED), *broken_rows(drafts, names)]
    if broken:
        raise _refused(file, broken, drafts, dry_run=dry_run)
    # Tried without a trace first, so that a refusal leaves the session as it was, even one that the caller keeps.
    tried, notes = _merge(drafts, names, DryTarget(session), session, dry_run=True)
    failed = [row for row in tried if row.outcome is Outcome.FAILED]
    if failed:
        raise _refused(file, failed, drafts, dry_run=dry_run)
    if not dry_run:
        tried, notes = _merge(drafts, names, SessionTarget(session), session, dry_run=False)
    return ImportReport((*drafts.rows, *tried), (*drafts.notes, *notes), dry_run)


def _merge(
    drafts: Drafts, names: Names, target: Target, session: Session, *, dry_run: bool
) -> tuple[list[Row], list[str]]:
    catalog = CatalogMerge(drafts, names, target)
    catalog.run()
    events = EventMerge(catalog, session, dry_run=dry_run)
    events.run()
    return [*catalog.rows, *events.rows], events.notes


def _refused(file: Path, failed: list[Row], drafts: Drafts, *, dry_run: bool) -> ImportRefusedError:
    rows = "1 row is" if len(failed) == 1 else f"{len(failed)} rows are"
    shown = "\n".join(f"  {row}" for row in failed[:20])
    more = f"\n  and {len(failed) - 20} more" if len(failed) > 20 else ""
    message = f"nothing was imported from {file}, for {rows} broken:\n{shown}{more}"
    return ImportRefusedError(message, ImportReport(tuple(failed), drafts.notes, dry_run))
