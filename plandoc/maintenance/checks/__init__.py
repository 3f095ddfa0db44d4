"""Finds what is wrong with a folder, as values. Opens nothing for writing and changes nothing.

Takes no lock, except beside a writer that never pauses.
"""

from __future__ import annotations

import os
from pathlib import Path

from plandoc.clock import system_clock
from plandoc.errors import Outcome, PlandocError, Problem, StoreNotFoundError
from plandoc.errors.hints import TAKE_BACK, Hint, wording
from plandoc.fields.flags import checks_flags
from plandoc.maintenance.checks.content_inspection import issues_in
from plandoc.maintenance.checks.inspection import Inspection
from plandoc.maintenance.checks.issues import Fix, Issue
from plandoc.storage import address, initialize
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.journal_reader import Identity, identify
from plandoc.storage.lock import while_locked
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import checked_path, folder_at
from plandoc.store import Store, open_store
from plandoc.tables import EVENTS_FOLDER, MARKER, ROOT_DOCUMENTS

__all__ = ["Fix", "Inspection", "Issue", "check", "inspect_folder", "notes_and_problems"]

_TRIES = 5
_TIMEOUT_SECONDS = 30.0


@checks_flags
def check(path: Store | str | os.PathLike[str], strict: bool = False) -> list[Problem]:
    """Return everything that is wrong with a data folder; an empty list when nothing is.

    Of a store that is in no folder it returns what is wrong with its rows and plans.

    It finds: documents that cannot be read, are misplaced or belong to another folder; rows that break a rule; references
    to missing rows; duplicate ids and slugs, and next ids that are in use; snapshots that do not match their digest, and
    plans that differ from their snapshot and amendments; inconsistent runs; a journal that is damaged or not
    checkpointed; second versions of documents that a sync service left; files that do not belong there; a file system
    whose locks may not work.

    Args:
        path: The folder, the address of a store on a server, or an open store.
        strict: Whether a document that another program changed since plandoc wrote it counts as well. That is allowed,
            but a disk that changed a digit looks the same.

    Raises:
        StoreNotFoundError: when there is no folder at the path, or no store at the address.

    >>> import plandoc, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> plandoc.open_store(folder, create=True).close()
    >>> plandoc.check(folder)
    []
    """
    return notes_and_problems(path, strict=strict)[1]


def notes_and_problems(
    path: Store | str | os.PathLike[str], *, strict: bool = False
) -> tuple[list[Problem], list[Problem]]:
    """Return notes about things that are not wrong, and problems; a strict check has no notes."""
    issues = _issues(path)
    notes = [issue.problem for issue in issues if issue.is_note and not strict]
    return notes, [issue.problem for issue in issues if strict or not issue.is_note]


def _issues(place: Store | str | os.PathLike[str]) -> list[Issue]:
    if isinstance(place, Store):
        folder = folder_at(place.location)
        return place.view(lambda reading: list(issues_in(reading))) if folder is None else _issues(folder)
    if address.address_of(place) is not None:
        with open_store(place) as opened:
            return _issues(opened)
    return inspect_folder(checked_path(place).absolute(), Files())[1]


def inspect_folder(root: Path, files: Files) -> tuple[Inspection, list[Issue]]:
    """Inspect a folder in one consistent state; return the inspection and the issues that it found.

    Raises:
        StoreNotFoundError: when there is no folder at the path.
        LockTimeout: when others wrote all the time and kept the lock, so that no consistent state was seen.
    """
    with translate_os_errors(root, Outcome.NOT_SAVED):
        if not root.exists():
            raise StoreNotFoundError(str(root), f"there is no folder {root}")
    for _ in range(_TRIES):
        before = _identity(root, files)
        inspection, issues = _inspect_once(root, files)
        # A concurrent write would look like documents that do not fit together.
        if not issues or _identity(root, files) == before:
            return inspection, issues
    return _inspect_in_turn(root, files)


def _inspect_in_turn(root: Path, files: Files) -> tuple[Inspection, list[Issue]]:
    """Inspect under the lock, because a writer that never pauses interfered each time."""
    return while_locked(
        root,
        files,
        lambda _: _inspect_once(root, files),
        action=None,
        timestamp=system_clock(),
        timeout_seconds=_TIMEOUT_SECONDS,
    )


def _inspect_once(root: Path, files: Files) -> tuple[Inspection, list[Issue]]:
    folder = DocumentFiles(root, files)
    inspection = Inspection(folder, files)
    with translate_os_errors(root, Outcome.NOT_SAVED):
        if initialize.is_initialized(root, files):
            return inspection, list(inspection.issues())
    if _holds_documents(folder):
        hint = TAKE_BACK
        problem = Problem("the file is missing, but there are documents", file=MARKER, hint=hint)
        return inspection, [Issue(problem, is_damage=True)]
    message = f"not a plandoc data folder: {MARKER} is missing"
    return inspection, [Issue(Problem(message, hint=wording("create one with {create}", create=Hint.CREATE_FOLDER())))]


def _holds_documents(folder: DocumentFiles) -> bool:
    try:
        present = any(folder.read(name) is not None for name in ROOT_DOCUMENTS)
        return present or bool(folder.names(EVENTS_FOLDER))
    except PlandocError:
        return True


def _identity(root: Path, files: Files) -> Identity | None:
    try:
        return identify(DocumentFiles(root, files), files, 0)
    except (PlandocError, OSError):
        return None
