"""Importing a file: read it, resolve it, merge it; nothing is changed before all of it is known to be sound."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from plandoc.engine.session import Session
from plandoc.errors import Problem, ValidationError
from plandoc.exchange.bake_tracker.draft import read_drafts
from plandoc.exchange.drafts import Drafts
from plandoc.exchange.import_report import ImportReport, Outcome, Row
from plandoc.exchange.input_file import read_object
from plandoc.exchange.merge import CatalogMerge
from plandoc.exchange.merge_events import EventMerge
from plandoc.exchange.native.export_format import is_exchange_file
from plandoc.exchange.native.import_native import conflict_rule, take_in
from plandoc.exchange.native.native_merge import OnConflict
from plandoc.exchange.references import Names, broken_rows
from plandoc.exchange.refusing import refused
from plandoc.exchange.sinks import DryTarget, SessionTarget, Target
from plandoc.storage.paths import checked_path
from plandoc.store import NO_SESSION, changes


@changes("import a file")
def import_file(
    path: str | os.PathLike[str],
    dry_run: bool = False,
    on_conflict: OnConflict | str | None = None,
    session: Session = NO_SESSION,
) -> ImportReport:
    """Bring in an export of plandoc, or a JSON export of bake-tracker (versions 3.x and 4.x), all or nothing.

    Records are matched by their slugs, stock by ingredient and unit. What is there already and the same is left
    alone. Of an export of plandoc, `on_conflict` says what becomes of what differs; a started plan that is there never
    changes. Of one of bake-tracker, what differs is updated, except an event whose plan has left DRAFT, and what the
    file does not speak of stays.

    Args:
        path: The exported file.
        dry_run: Only say what would be done.
        on_conflict: For an export of plandoc: "fail" (as None), which lists everything that differs, "skip" or "update".
        session: The session to work in; None opens one and commits it.

    Raises:
        StorageError: when the file cannot be read.
        DamagedError: when it is not one sound JSON object.
        NewerFormatError: when a newer plandoc wrote it.
        ValidationError: when it is no export of the two, or of a version that is not known.
        ImportRefusedError: when anything in it is broken or stands in the way; its report lists all of that. Nothing
            was changed.
    """
    file, rule = checked_path(path), conflict_rule(on_conflict)
    exported = read_object(file)
    if is_exchange_file(exported):
        return take_in(file, exported, session, dry_run=dry_run, on_conflict=rule)
    if on_conflict is not None:
        raise ValidationError([Problem("on_conflict is for exports of plandoc", file=str(file), field="on_conflict")])
    return _import_bake_tracker(file, exported, session, dry_run=dry_run)


def _import_bake_tracker(file: Path, exported: dict[str, Any], session: Session, *, dry_run: bool) -> ImportReport:
    drafts = read_drafts(str(file), exported)
    names = Names(drafts)
    broken = [*(row for row in drafts.rows if row.outcome is Outcome.FAILED), *broken_rows(drafts, names)]
    if broken:
        raise refused(file, broken, drafts.notes, dry_run=dry_run)
    # Tried without a trace first, so that a refusal leaves the session as it was, even one that the caller keeps.
    tried, notes = _merge(drafts, names, DryTarget(session), session, dry_run=True)
    failed = [row for row in tried if row.outcome is Outcome.FAILED]
    if failed:
        raise refused(file, failed, drafts.notes, dry_run=dry_run)
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
