"""Importing an export: read it, merge it; nothing is changed before all of it is known to be sound."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from plandoc.engine.session import Session
from plandoc.errors import DamagedError, ImportRefusedError, Problem, ValidationError, shorten
from plandoc.errors.hints import Hint, Wording, joined, wording
from plandoc.exchange.bake_tracker.read_export import read_bake_tracker
from plandoc.exchange.file_kinds import CONVERT_FIRST, TABLES_ARE_IMPORTED, are_recipes_of_others, import_of, table_in
from plandoc.exchange.import_report import MOST_GATHERED, ImportReport, ImportRow, RowsFailed
from plandoc.exchange.input_file import read_head, read_object
from plandoc.exchange.merge import Failure, OnConflict
from plandoc.exchange.native.export_format import is_exchange_file
from plandoc.exchange.native.native_reader import read_native
from plandoc.exchange.pipeline import collection_paused, run_import
from plandoc.storage.paths import checked_path
from plandoc.store import NO_SESSION, changes

_SPREADSHEETS = frozenset({".xlsx", ".xls", ".ods"})
_HINT = wording(
    "keep what is there with {skip}, or take what the file says with {update}",
    skip=Hint.KEEP_PRESENT(),
    update=Hint.TAKE_FROM_FILE(),
)


@collection_paused()
@changes("import a file")
def import_file(
    path: str | os.PathLike[str],
    dry_run: bool = False,
    on_conflict: OnConflict | str | None = None,
    session: Session = NO_SESSION,
) -> ImportReport:
    """Import an export of plandoc, or a JSON export of bake-tracker (versions 3.x and 4.x), all or nothing.

    Records are matched by their slugs, stock by ingredient and unit. Existing records that are the same are left alone. For
    an export of plandoc, `on_conflict` says what happens to those that differ; an existing plan that was started never
    changes. An export of bake-tracker updates those that differ, except an event whose plan has left DRAFT; what the file
    does not mention stays.

    Args:
        path: The exported file.
        dry_run: Only report what would change.
        on_conflict: For an export of plandoc: "fail" (as None), which lists everything that differs, "skip" or "update".
        session: The session to work in; None opens one and commits it.

    Raises:
        StorageError: when the file cannot be read.
        DamagedError: when it is not one sound JSON object.
        NewerFormatError: when a newer plandoc wrote it.
        ValidationError: when it is not an export of either, or of a version that is not known; what is a table is
            refused with the step that imports it.
        ImportRefusedError: when anything in it is broken or in conflict; its report lists all of that. Nothing
            was changed.
    """
    file, rule = checked_path(path), _conflict_rule(on_conflict)
    exported = _read(file)
    is_native = is_exchange_file(exported)
    if not is_native and on_conflict is not None:
        raise ValidationError([Problem("on_conflict is for exports of plandoc", file=str(file), field="on_conflict")])
    try:
        drafts = read_native(str(file), exported) if is_native else read_bake_tracker(str(file), exported, session)
    except RowsFailed as failed:
        raise _refused(file, failed.rows, failed.notes, dry_run=dry_run) from None
    report = run_import(
        drafts,
        session,
        rule if is_native else OnConflict.UPDATE,
        lambda failures: _in_conflict(file, failures, is_native=is_native, dry_run=dry_run),
        dry_run=dry_run,
    )
    nothing = () if report.rows else ("the export has no rows, so there was nothing to import",)
    return attrs.evolve(report, notes=(*report.notes, *nothing))


def _read(file: Path) -> dict[str, Any]:
    """Return the object that a file holds; a table or recipes of another program are refused with the right command."""
    head = read_head(file)
    if head and are_recipes_of_others(file.name, head):
        message = "wanted an export, found recipes of another program"
        raise ValidationError([Problem(message, file=str(file), hint=CONVERT_FIRST)])
    try:
        return read_object(file)
    except DamagedError:
        if file.suffix.lower() in _SPREADSHEETS:
            hint = wording("save it as 'CSV UTF-8'; recipes are then imported with {step}", step=Hint.IMPORT_RECIPES())
            problem = Problem("wanted an export, found the file of a spreadsheet program", file=str(file), hint=hint)
            raise ValidationError([problem]) from None
        table = table_in(head)
        is_csv = file.suffix.lower() == ".csv" and not head.lstrip().startswith("{") and not file.is_dir()
        if table is None and not is_csv:
            raise
        found = "CSV" if table is None else f"a table of {table}"
        hint = TABLES_ARE_IMPORTED if table is None else import_of(table)
        raise ValidationError([Problem(f"wanted an export, found {found}", file=str(file), hint=hint)]) from None


def _conflict_rule(on_conflict: OnConflict | str | None) -> OnConflict:
    """Return the conflict rule of this name; None means FAIL."""
    for one in OnConflict:
        if on_conflict in (one, one.value):
            return one
    if on_conflict is None:
        return OnConflict.FAIL
    words = ", ".join(one.value for one in OnConflict)
    raise ValidationError([Problem(f"wanted one of {words}, found {shorten(on_conflict)}", field="on_conflict")])


def _in_conflict(file: Path, failures: Sequence[Failure], *, is_native: bool, dry_run: bool) -> ImportRefusedError:
    rows = [one.row for one in failures]
    return _refused(file, rows, (), dry_run=dry_run, why="in conflict", hint=_HINT if is_native else "")


def _refused(
    file: Path,
    failed: Sequence[ImportRow],
    notes: tuple[str, ...],
    *,
    dry_run: bool,
    why: str = "broken",
    hint: str = "",
) -> ImportRefusedError:
    """Return the error that says why nothing was imported; its report has every failed row."""
    number = f"more than {MOST_GATHERED}" if len(failed) > MOST_GATHERED else str(len(failed))
    rows = "1 row is" if len(failed) == 1 else f"{number} rows are"
    heading = f"nothing was imported from {file}: {rows} {why}:"
    shown = [joined("", ["  ", row.text]) for row in failed]
    if len(failed) > MOST_GATHERED:
        shown.append(Wording(["  and many more"]))
    message = joined("\n", [heading, *shown, *([hint] if hint else [])])
    return ImportRefusedError(message, ImportReport(tuple(failed), notes, dry_run), heading, hint)
