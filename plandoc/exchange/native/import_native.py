"""Taking in an exchange file: parse all of it, work out what it does, and only then do it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from plandoc.engine.session import Session
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.exchange.import_report import ImportReport, Outcome
from plandoc.exchange.native.apply import save
from plandoc.exchange.native.native_merge import OnConflict, merged
from plandoc.exchange.native.native_reader import parse
from plandoc.exchange.refusing import refused

_WAY_OUT = "\nleave what is there with on_conflict='skip', or take what the file says with on_conflict='update'"


def conflict_rule(on_conflict: OnConflict | str | None) -> OnConflict:
    """Return what becomes of conflicts, for a word or nothing; nothing means fail."""
    for one in OnConflict:
        if on_conflict in (one, one.value):
            return one
    if on_conflict is None:
        return OnConflict.FAIL
    words = ", ".join(one.value for one in OnConflict)
    raise ValidationError([Problem(f"wanted one of {words}, found {shorten(on_conflict)}", field="on_conflict")])


def take_in(
    file: Path, exported: Mapping[str, Any], session: Session, *, dry_run: bool, on_conflict: OnConflict
) -> ImportReport:
    """Take in an exchange file that was read.

    Raises:
        ImportRefusedError: when anything in it is broken or stands in the way; its report lists all of that.
    """
    read, failed = parse(str(file), exported)
    if read is None:
        raise refused(file, failed, (), dry_run=dry_run)
    merge = merged(read, session, on_conflict)
    failed = [row for row in merge.rows if row.outcome is Outcome.FAILED]
    if failed:
        raise refused(file, failed, (), dry_run=dry_run, why="in conflict", way_out=_WAY_OUT)
    if not dry_run:
        save(merge, session)
    return ImportReport(merge.rows, merge.notes, dry_run)
