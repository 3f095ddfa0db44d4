"""The repair itself: under the lock, previous content kept first, documents changed through the journal."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import attrs

from plandoc.clock import Clock, system_clock
from plandoc.engine.document import DocumentSession
from plandoc.errors import Outcome, PlandocError, RecoveryWarning, StorageError, StoreNotFoundError
from plandoc.fields.flags import checks_flags
from plandoc.maintenance.checks import Fix, Inspection, Issue, inspect_folder
from plandoc.maintenance.repairs.lost_found import LostFound
from plandoc.maintenance.repairs.marker_repair import plan_marker_restore, restore_marker
from plandoc.maintenance.repairs.repair_plan import plan_repair, remaining
from plandoc.maintenance.repairs.repair_report import RepairAction, RepairReport
from plandoc.maintenance.repairs.restore_document import RestoreSource, highest_referred
from plandoc.storage import documents, initialize, marker
from plandoc.storage.backend import Transaction
from plandoc.storage.document_files import DocumentFiles
from plandoc.storage.documents import FORMAT
from plandoc.storage.files import Files
from plandoc.storage.folder import FolderBackend
from plandoc.storage.migrations import parts
from plandoc.storage.os_errors import translate_os_errors
from plandoc.storage.paths import checked_path
from plandoc.tables import CATALOG, EVENTS_FOLDER, MARKER, ROOT_DOCUMENTS, event_of_document

_TIMEOUT_SECONDS = 30.0
# Fixing counters could touch every document of a large folder; each of these steps is safe by itself.
_DOCUMENTS_AT_ONCE = 50
# Taking the lock for writing does these already, so a later inspection does not see them.
_AT_ONCE = frozenset({Fix.RECOVER, Fix.REMOVE_TEMPORARY})


@checks_flags
def repair(
    path: str | os.PathLike[str],
    dry_run: bool = False,
    backup: str | os.PathLike[str] | None = None,
    *,
    allow_other_folder: bool = False,
    timeout_seconds: float = _TIMEOUT_SECONDS,
    on_wait: Callable[[str], None] | None = None,
    clock: Clock = system_clock,
) -> RepairReport:
    """Repair a data folder without losing data, in guarded writes; return what was done and what remains.

    What a crash left is finished; temporary files of plandoc are removed; next ids are raised above the rows; second
    versions of documents and unusable documents of events are moved to `lost-found`, with the reason beside them.
    Nothing else is removed, no row is dropped and no value is guessed. With a backup, damaged documents are restored
    from it. Repairing twice changes nothing the second time.

    Args:
        path: The folder.
        dry_run: Only report what would be done.
        backup: A backup of this folder, to restore damaged documents from; None when there is none.
        allow_other_folder: Whether the backup may be of another folder.
        timeout_seconds: How long to wait for another writer; 0 means not at all.
        on_wait: Called once with who is being waited for, before a wait.
        clock: A function that returns the current time with its offset from UTC.

    Raises:
        StoreNotFoundError: when there is no plandoc folder at the path.
        NewerFormatError: when a newer plandoc wrote one of the files; nothing was touched.
        ValidationError: when the backup is of another folder, without `allow_other_folder`.
        DamagedError: when the backup cannot be trusted.
        LockTimeout: when another writer did not finish in time.

    >>> import plandoc, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> plandoc.open_store(folder, create=True).close()
    >>> report = repair(folder)
    >>> report.actions, report.remaining
    ((), ())
    """
    work = Repair(checked_path(path).absolute(), Files(), clock, timeout_seconds=timeout_seconds, on_wait=on_wait)
    return (
        work.plan_only(backup, allow_other_folder=allow_other_folder)
        if dry_run
        else work.do(backup, allow_other_folder=allow_other_folder)
    )


class Repair:
    """The repair of one folder.

    Args:
        root: The folder.
        files: The calls to the operating system; replaced only by tests.
        clock: A function that returns the current time with its offset from UTC.
        timeout_seconds: How long to wait for another writer.
        on_wait: Called with who is being waited for.
    """

    def __init__(
        self,
        root: Path,
        files: Files,
        clock: Clock,
        *,
        timeout_seconds: float = _TIMEOUT_SECONDS,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        self._root = root
        self._files = files
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._on_wait = on_wait
        self._folder = DocumentFiles(root, files)
        self._lost_found = LostFound(self._folder)
        self._has_begun = False

    def plan_only(self, backup: str | os.PathLike[str] | None, *, allow_other_folder: bool) -> RepairReport:
        """Return what would be done."""
        inspection, issues = self._inspect()
        source = self._source(inspection, backup, allow_other_folder=allow_other_folder)
        actions = [*plan_marker_restore(inspection, issues, self._folder, source)]
        actions.extend(plan_repair(inspection, issues, self._folder, source))
        return RepairReport(tuple(actions), remaining(issues, actions), dry_run=True)

    def do(self, backup: str | os.PathLike[str] | None, *, allow_other_folder: bool) -> RepairReport:
        """Do it, and return what was done."""
        try:
            return self._do(backup, allow_other_folder=allow_other_folder)
        except StorageError as error:
            if not self._has_begun:
                raise
            # Other steps came before, whatever the error says about itself.
            doing = f"in the middle of the repair, which can be run again: {error.reason}"
            raise StorageError(error.path, doing, Outcome.UNKNOWN, error.errno) from error

    def _do(self, backup: str | os.PathLike[str] | None, *, allow_other_folder: bool) -> RepairReport:
        inspection, issues = self._inspect()
        source = self._source(inspection, backup, allow_other_folder=allow_other_folder)
        done = [*plan_marker_restore(inspection, issues, self._folder, source)]
        if done and source is not None:
            self._has_begun = True
            restore_marker(self._root, self._files, self._clock, source, self._timeout_seconds)
            inspection, issues = self._inspect()
        first = plan_repair(inspection, issues, self._folder, source)
        if first:
            done += [action for action in first if action.fix in _AT_ONCE]
            done += [action for action in self._under_the_lock(source) if action.fix not in _AT_ONCE]
            inspection, issues = self._inspect()
        return RepairReport(tuple(done), remaining(issues, ()), dry_run=False)

    def _inspect(self) -> tuple[Inspection, list[Issue]]:
        inspection, issues = inspect_folder(self._root, self._files)
        newer = next((issue.newer for issue in issues if issue.newer is not None), None)
        if newer is not None:
            raise newer
        if not initialize.is_initialized(self._root, self._files) and not any(issue.is_damage for issue in issues):
            message = f"not a plandoc folder, so there is nothing to repair: {self._root}"
            raise StoreNotFoundError(str(self._root), message)
        return inspection, issues

    def _source(
        self, inspection: Inspection, backup: str | os.PathLike[str] | None, *, allow_other_folder: bool
    ) -> RestoreSource | None:
        if backup is None:
            return None
        store_id = self._store_id(inspection)
        return (
            None
            if store_id is None
            else RestoreSource.open(backup, store_id=store_id, allow_other_folder=allow_other_folder)
        )

    def _store_id(self, inspection: Inspection) -> str | None:
        """Return the identity of the folder: from the marker, otherwise from its readable documents when they agree."""
        if inspection.marker is not None:
            return inspection.marker.store_id
        found = set()
        for name in [*ROOT_DOCUMENTS, *self._folder.names(EVENTS_FOLDER)]:
            try:
                found.add(documents.parse(name, self._folder.read(name) or b"").store_id)
            except PlandocError:
                continue
        return found.pop() if len(found) == 1 else None

    def _under_the_lock(self, source: RestoreSource | None) -> list[RepairAction]:
        backend = FolderBackend(self._root, files=self._files, clock=self._clock)
        try:
            with warnings.catch_warnings():
                # Reported as one of the actions.
                warnings.simplefilter("ignore", RecoveryWarning)
                transaction = backend.begin("repair", timeout_seconds=self._timeout_seconds, on_wait=self._on_wait)
            try:
                inspection, issues = self._inspect()
                actions = plan_repair(inspection, issues, self._folder, source)
                with translate_os_errors(self._root, Outcome.NOT_SAVED):
                    self._perform(actions, inspection, source, transaction)
            finally:
                transaction.release()
        finally:
            backend.close()
        return actions

    def _perform(
        self,
        actions: Sequence[RepairAction],
        inspection: Inspection,
        source: RestoreSource | None,
        transaction: Transaction,
    ) -> None:
        """Do what was planned: first copies of what is removed, then the documents, then other files."""
        self._has_begun = self._has_begun or bool(actions)
        for action in actions:
            if action.fix is Fix.REMOVE_TEMPORARY:
                self._remove(action.file)
            if action.kept_as is not None:
                is_replaced = action.fix is Fix.RESTORE
                content = self._folder.read(action.file) or b""
                self._lost_found.keep(action.file, content, action.reason, is_replaced=is_replaced)
        for changes in _in_steps(self._changes(actions, inspection, source)):
            transaction.commit(changes)
        for action in actions:
            if action.fix is Fix.RESTORE:
                self._lost_found.note_restored(action.file)
            elif action.fix is Fix.QUARANTINE and event_of_document(action.file) is None:
                self._remove(action.file)

    def _changes(
        self, actions: Sequence[RepairAction], inspection: Inspection, source: RestoreSource | None
    ) -> Iterator[tuple[str, bytes | None]]:
        number = FORMAT if inspection.marker is None else inspection.marker.format
        for action in actions:
            # In a folder of an older format, a document is replaced by all that it was divided into.
            name, divided = action.file, parts(action.file, number)
            if action.fix is Fix.RESTORE and source is not None:
                referred = self._referred() if name == CATALOG else {}
                yield from ((part, source.content(part, referred)) for part in divided)
            elif action.fix is Fix.QUARANTINE and event_of_document(name) is not None:
                yield name, None
            elif action.fix is Fix.FIX_COUNTER and name != MARKER:
                yield from ((part, self._with_counters_fixed(part, name)) for part in divided)
        if inspection.marker is not None and any(action.file == MARKER for action in actions):
            yield MARKER, self._marker_with_counter_fixed(inspection.marker, inspection.highest_event, actions)

    def _with_counters_fixed(self, name: str, file: str) -> bytes:
        document = DocumentSession(documents.parse(file, self._folder.read(file) or b""), name)
        document.advance_counters()
        return document.render().content

    def _marker_with_counter_fixed(
        self, present: marker.Marker, highest: int, actions: Iterable[RepairAction]
    ) -> bytes:
        restored = (event_of_document(one.file) or 0 for one in actions if one.fix is Fix.RESTORE)
        following = max([highest, *restored]) + 1
        return marker.render(attrs.evolve(present, next_event_id=max(present.next_event_id, following)))

    def _referred(self) -> dict[str, int]:
        names = (name for name in self._folder.names(EVENTS_FOLDER) if event_of_document(name) is not None)
        return highest_referred((name, self._folder.read(name)) for name in names)

    def _remove(self, name: str) -> None:
        path = self._root / name
        self._files.remove(path)
        self._files.sync_folder(path.parent)


def _in_steps(changes: Iterator[tuple[str, bytes | None]]) -> Iterator[dict[str, bytes | None]]:
    step: dict[str, bytes | None] = {}
    for name, content in changes:
        step[name] = content
        if len(step) == _DOCUMENTS_AT_ONCE:
            yield step
            step = {}
    if step:
        yield step
