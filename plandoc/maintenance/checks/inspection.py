"""One inspection of a data folder: every file in it, and what the documents hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from plandoc.errors import PlandocError, Problem
from plandoc.errors.hints import Hint, joined, wording
from plandoc.maintenance.checks import document_names
from plandoc.maintenance.checks.content_inspection import ContentInspection
from plandoc.maintenance.checks.issues import Fix, Issue, issues_of
from plandoc.maintenance.checks.mounts import problem_of_place
from plandoc.storage import documents, journal, lock_file, marker, recovery
from plandoc.storage.document_files import LOST_FOUND, DocumentFiles
from plandoc.storage.files import Files
from plandoc.storage.folder_reading import FolderReading
from plandoc.storage.pre_migration_backup import problems_in_the_way
from plandoc.tables import EVENTS_FOLDER, MARKER, ROOT_DOCUMENTS, event_of_document

# What only documents, the marker and the journal contain.
_OURS = (f'"{documents.ABOUT_TABLE}"'.encode(), b'"next_event_id"', b'"checksum":"')


class Inspection:
    """One inspection of one folder; takes no lock and changes nothing.

    Attributes:
        marker: The folder's marker; None when it cannot be read.
        state: What journal and marker mean together; None when they are not consistent.
    """

    def __init__(self, folder: DocumentFiles, files: Files) -> None:
        self._folder = folder
        self._files = files
        self._reading: DocumentFiles | FolderReading = folder
        self._content = ContentInspection(None)
        # Folders that were already reported as unlistable.
        self._unlisted: set[str] = set()
        self.marker: marker.Marker | None = None
        self.state: recovery.State | None = None

    @property
    def highest_event(self) -> int:
        """The highest id of an event whose document belongs to this folder; 0 when there is none."""
        return self._content.highest_event

    def issues(self) -> Iterator[Issue]:
        """Yield everything that is wrong, the most fundamental first."""
        place = problem_of_place(self._folder.root)
        if place is not None:
            yield Issue(place)
        yield from self._lock()
        yield from self._journal_and_marker()
        self._content = ContentInspection(self.marker)
        for name in ROOT_DOCUMENTS:
            yield from self._content.document(name, self._reading.read)
        yield from self._events()
        yield from self._content.counters()
        for folder in (".", EVENTS_FOLDER, LOST_FOUND):
            yield from self._files_that_do_not_belong(folder)

    # The folder.

    def _lock(self) -> Iterator[Issue]:
        hint = "nothing can be written here; move what is there somewhere else"
        for name, wanted, is_right in (
            (lock_file.FOLDER, "a folder", stat.S_ISDIR),
            (f"{lock_file.FOLDER}/{lock_file.NAME}", "a file", stat.S_ISREG),
        ):
            present = self._files.status(self._folder.root / name)
            if present is not None and not is_right(present.st_mode):
                yield Issue(Problem(f"wanted {wanted} for plandoc's lock", file=name, hint=hint))
                return

    def _journal_and_marker(self) -> Iterator[Issue]:
        try:
            content, present = self._folder.read(journal.NAME) or b"", self._folder.read(MARKER)
            self.state = recovery.interpret(content, present)
        except PlandocError as error:
            name = os.path.basename(getattr(error, "path", MARKER))
            yield from issues_of(error, journal.NAME if name == journal.NAME else MARKER, is_damage=True)
            self._marker_alone()
            return
        self.marker = self.state.marker
        self._reading = FolderReading(self._folder, self.state)
        yield from _validate_journal(self.state, content)
        yield from map(Issue, problems_in_the_way(self._reading))
        for name, done in self.state.changes.items():
            if recovery.classify(self._folder.read(name), done) is recovery.FileStatus.DIVERGED:
                message = "was changed by another program, after a crash or while plandoc had the folder open"
                hint = "the next write keeps this version in lost-found and puts the saved one back"
                yield Issue(Problem(message, file=name, hint=hint), Fix.RECOVER)

    def _marker_alone(self) -> None:
        try:
            self.marker = marker.parse(self._folder.read(MARKER) or b"")
        except PlandocError:
            self.marker = None

    def _files_that_do_not_belong(self, folder: str) -> Iterator[Issue]:
        path = self._folder.root / folder
        try:
            present = self._files.names(path)
        except OSError as error:
            if folder not in self._unlisted:
                reason = (error.strerror or str(error)).lower()
                yield Issue(Problem(f"cannot be listed: {reason}", file=folder, hint="check its permissions"))
            return
        for name in present:
            shown = name if folder == "." else f"{folder}/{name}"
            kind = document_names.kind_of(shown)
            if kind is document_names.FileKind.TEMPORARY:
                yield self._temporary(shown)
            elif folder != LOST_FOUND and kind not in {document_names.FileKind.OWN, document_names.FileKind.OTHERS}:
                yield self._stray(shown, kind)

    def _temporary(self, name: str) -> Issue:
        status = self._files.status(self._folder.root / name)
        if status is not None and stat.S_ISDIR(status.st_mode):
            hint = "plandoc does not make such folders; move it somewhere else"
            return Issue(Problem("a folder with the name of a temporary file", file=name, hint=hint))
        hint = wording("the next recovery, or {repair}, removes it", repair=Hint.REPAIR())
        return Issue(Problem(document_names.FileKind.TEMPORARY.value, file=name, hint=hint), Fix.REMOVE_TEMPORARY)

    def _stray(self, name: str, kind: document_names.FileKind) -> Issue:
        status = self._files.status(self._folder.root / name)
        is_file = status is not None and stat.S_ISREG(status.st_mode)
        is_ours = is_file and self._is_ours(name)
        if kind is document_names.FileKind.COPY or (kind is document_names.FileKind.NAMED_LIKE_COPY and is_ours):
            return Issue(self._copy(name), Fix.QUARANTINE if is_file else None)
        if name.startswith(f"{EVENTS_FOLDER}/") and is_ours:
            message = "misnamed document; plandoc ignores it"
            hint: str = wording(
                "rename it to the name given inside; {repair} moves it to {place}",
                repair=Hint.REPAIR(),
                place=LOST_FOUND,
            )
            return Issue(Problem(message, file=name, hint=hint), Fix.QUARANTINE)
        hint = "plandoc neither reads nor touches it; move it somewhere else"
        return Issue(Problem(document_names.FileKind.UNKNOWN.value, file=name, hint=hint))

    def _copy(self, name: str) -> Problem:
        """Return the problem of a file that has the name of a document and something more."""
        original = document_names.document_of_copy(name)
        if self._files.status(self._folder.root / original) is None:
            # Nothing to compare it with: it may be all that is left of the document.
            message, step = f"looks like {original} under another name; plandoc ignores it", f"rename it to {original}"
        else:
            message = f"looks like a second version of {original}, as left by a sync service or an editor"
            step = "compare the two"
        hint = wording("{step}; {repair} moves this one to {place}", step=step, repair=Hint.REPAIR(), place=LOST_FOUND)
        return Problem(message, file=name, hint=hint)

    def _is_ours(self, name: str) -> bool:
        """Whether a file looks like a document, a marker or a journal, whole or not."""
        try:
            content = self._folder.read(name) or b""
        except PlandocError:
            return False
        return any(words in content for words in _OURS)

    # The documents.

    def _events(self) -> Iterator[Issue]:
        try:
            present = self._reading.names(EVENTS_FOLDER)
        except PlandocError as error:
            self._unlisted.add(EVENTS_FOLDER)
            yield from issues_of(error, EVENTS_FOLDER)
            return
        yield from self._lost_events()
        for event_id in sorted(event_id for event_id in map(event_of_document, present) if event_id is not None):
            yield from self._content.document(f"{EVENTS_FOLDER}/{event_id}.json", self._reading.read)

    def _lost_events(self) -> Iterator[Issue]:
        if self.marker is None or self.marker.next_event_id == 1:
            return
        if self._files.status(self._folder.root / EVENTS_FOLDER) is not None:
            return
        message = f"the folder is missing, but events were numbered up to {self.marker.next_event_id - 1}"
        alike = [name for name in self._files.names(self._folder.root) if name.casefold() == EVENTS_FOLDER]
        hint = "restore it from a backup; if all events were removed, create an empty folder with this name"
        for name in alike:
            hint = f"rename {name!r} to {EVENTS_FOLDER!r}"
        yield Issue(Problem(message, file=EVENTS_FOLDER, hint=hint))


def _validate_journal(state: recovery.State, content: bytes) -> Iterator[Issue]:
    hint = wording(
        "if nobody has the folder open, a crash left it; the next write, or {repair}, ", repair=Hint.REPAIR()
    )
    reported = []
    if state.already_checkpointed:
        reported.append(("all its transactions are already checkpointed", "empties it"))
    elif state.lines:
        yield _not_checkpointed(len(state.lines), hint)
    if state.torn_size:
        which = "all of its" if state.torn_size == len(content) else "the last"
        reported.append((f"{which} {state.torn_size} bytes were never committed", "removes them"))
    for message, effect in reported:
        yield Issue(Problem(message, file=journal.NAME, hint=joined("", [hint, effect])), Fix.RECOVER)


def _not_checkpointed(transactions: int, hint: str) -> Issue:
    """Return the note that the folder is open somewhere: nothing is wrong, and closing it makes the checkpoint."""
    message = "1 transaction is not" if transactions == 1 else f"{transactions} transactions are not"
    it = "checkpoints it" if transactions == 1 else "checkpoints them"
    problem = Problem(f"{message} checkpointed yet: the folder is open", file=journal.NAME, hint=joined("", [hint, it]))
    return Issue(problem, Fix.RECOVER, is_note=True)
