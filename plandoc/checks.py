"""What is wrong with a folder, as values. Looks without the lock, opens nothing for writing, changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from plandoc import records
from plandoc.arithmetic.replay import PlanContent, first_parting
from plandoc.errors import DamagedError, PlandocError, Problem, ValidationError
from plandoc.nesting import check_nesting
from plandoc.open_documents import OpenDocument
from plandoc.snapshots import digest_of
from plandoc.storage import creation, documents, journal, recovery
from plandoc.storage.document_files import TEMPORARY, DocumentFiles
from plandoc.storage.files import Files
from plandoc.tables import BY_TYPE, CATALOG, EVENTS_FOLDER, MARKER, TABLES, event_document, event_of_document

_OWN_NAMES = frozenset({MARKER, CATALOG, journal.NAME, EVENTS_FOLDER, ".plandoc", "lost-found"})
# Names that sync services and editors give to a second version of a file.
_COPY_WORDS = ("conflict", "copy", "kopie", " (", "~", ".orig", ".bak")


def check(path: str | os.PathLike[str]) -> list[Problem]:
    """Return everything that is wrong with a data folder; an empty list when nothing is.

    Unreadable or misplaced documents, rows that break a rule, references to what does not exist, ids and slugs used
    twice, snapshots that do not match their digest, a journal not folded in, and files left over.

    Raises:
        FolderNotFoundError: when there is no folder at the path.

    >>> import plandoc, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> plandoc.open_store(folder, create=True).close()
    >>> plandoc.check(folder)
    []
    """
    root = Path(path).absolute()
    files = Files()
    if not creation.is_made(root, files):
        return [
            Problem("the folder holds no plandoc.json, so it is no plandoc folder", hint="make one with 'plandoc init'")
        ]
    return list(_Check(DocumentFiles(root, files)).problems())


class _Check:
    """One look at one folder."""

    def __init__(self, folder: DocumentFiles) -> None:
        self._folder = folder
        self._catalog: OpenDocument | None = None
        self._events: dict[int, OpenDocument] = {}
        self._lineage: str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield the problems, the most fundamental ones first."""
        yield from self._journal_and_marker()
        yield from self._documents()
        yield from self._files_that_do_not_belong()
        yield from self._ids_given_out()
        yield from self._uniqueness()
        yield from self._references()
        yield from self._nesting()
        yield from self._snapshots()
        yield from self._replays()

    def _journal_and_marker(self) -> Iterator[Problem]:
        try:
            content = self._folder.read(journal.NAME)
            state = recovery.interpret(content or b"", self._folder.read(MARKER))
        except PlandocError as error:
            yield from _problems_of(error, MARKER)
            return
        self._lineage = state.marker.lineage
        self._marker = state.marker
        if content:
            number = len(state.lines)
            message = f"{number} transactions are not folded in yet, {state.unfinished_size} bytes were never committed"
            hint = (
                "if nobody has the folder open, a crash left them; the next plandoc command that writes folds them in"
            )
            yield Problem(message, file=journal.NAME, hint=hint)

    def _documents(self) -> Iterator[Problem]:
        yield from self._document(CATALOG)
        try:
            names = self._folder.names(EVENTS_FOLDER)
        except PlandocError as error:
            yield from _problems_of(error, EVENTS_FOLDER)
            return
        for name in names:
            if event_of_document(name) is not None:
                yield from self._document(name)

    def _document(self, name: str) -> Iterator[Problem]:
        try:
            content = self._folder.read(name)
            if content is None:
                yield Problem("the file is missing", file=name, hint="take it back from a backup")
                return
            opened = OpenDocument(documents.parse(name, content))
        except PlandocError as error:
            yield from _problems_of(error, name)
            return
        problems = opened.problems()
        if self._lineage is not None and opened.lineage != self._lineage:
            problems.append(Problem(f"belongs to another folder ({opened.lineage})", file=name))
        yield from problems
        if not problems:
            self._keep(name, opened)

    def _keep(self, name: str, opened: OpenDocument) -> None:
        event_id = event_of_document(name)
        if event_id is None:
            self._catalog = opened
        else:
            self._events[event_id] = opened

    def _files_that_do_not_belong(self) -> Iterator[Problem]:
        for folder in (".", EVENTS_FOLDER):
            path = self._folder.root / folder
            for name in sorted(os.listdir(path)) if path.is_dir() else []:
                shown = name if folder == "." else f"{folder}/{name}"
                if name.endswith(TEMPORARY):
                    yield Problem("left over from an unfinished write; the next recovery removes it", file=shown)
                elif shown not in _OWN_NAMES and event_of_document(shown) is None and _looks_like_a_copy(name):
                    hint = "compare it with the original, keep one, and move the other out of the folder"
                    yield Problem("looks like a second version of a document", file=shown, hint=hint)

    def _ids_given_out(self) -> Iterator[Problem]:
        highest = max(self._events, default=0)
        if self._lineage is not None and self._marker.next_event_id <= highest:
            message = f"wanted a next event id above {highest}, found {self._marker.next_event_id}"
            yield Problem(message, file=MARKER, field="next_event_id")

    def _uniqueness(self) -> Iterator[Problem]:
        for table in TABLES:
            for fields in table.unique:
                seen: dict[tuple[object, ...], str] = {}
                for document, record in self._records(table.record_type):
                    event = (record.event_id,) if hasattr(record, "event_id") else ()
                    key = (*event, *(getattr(record, field) for field in fields))
                    place = f"{document.name} {table.name} {record.id}"
                    if key in seen:
                        message = f"{' and '.join(fields)} the same as in {seen[key]}"
                        yield Problem(message, file=document.name, table=table.name, row=str(record.id))
                    seen.setdefault(key, place)

    def _references(self) -> Iterator[Problem]:
        if self._catalog is None:
            return
        for table in TABLES:
            for document, record in self._records(table.record_type) if table.references else ():
                for reference in table.references:
                    target = BY_TYPE[reference.target]
                    for missing in (i for i in reference.ids(record) if self._catalog.get(target, i) is None):
                        message = f"{target.label} {missing} not found"
                        place: dict[str, Any] = {"file": document.name, "table": table.name, "row": str(record.id)}
                        yield Problem(message, field=reference.field, **place)

    def _nesting(self) -> Iterator[Problem]:
        if self._catalog is None:
            return
        recipes: list[records.Recipe] = self._catalog.find(BY_TYPE[records.Recipe])
        goods: list[records.FinishedGood] = self._catalog.find(BY_TYPE[records.FinishedGood])
        yield from _nested_wrong("recipes", recipes, lambda recipe: recipe.sub_recipe_ids)
        yield from _nested_wrong("finished_goods", goods, lambda good: good.inner_good_ids)

    def _snapshots(self) -> Iterator[Problem]:
        for event_id, document in self._events.items():
            event: Any = document.get(BY_TYPE[records.Event], event_id)
            snapshots = document.find(BY_TYPE[records.PlanSnapshot])
            started = event.plan_state in {records.PlanState.IN_PRODUCTION, records.PlanState.COMPLETED}
            place: dict[str, Any] = {"file": event_document(event_id), "table": "plan_snapshots"}
            if started and not snapshots:
                yield Problem(f"the plan is {event.plan_state.name} but has no snapshot", **place)
            for snapshot in snapshots:
                if digest_of(snapshot.snapshot_data, snapshot.definitions, snapshot.findings) != snapshot.digest:
                    message = "the snapshot does not match its digest: it was changed after it was written"
                    yield Problem(message, row=str(snapshot.id), hint="take the file back from a backup", **place)

    def _replays(self) -> Iterator[Problem]:
        for document in self._events.values():
            for snapshot in document.find(BY_TYPE[records.PlanSnapshot]):
                try:
                    yield from _parted(document, snapshot)
                except ValidationError as error:
                    place: dict[str, Any] = {"table": "plan_snapshots", "row": str(snapshot.id)}
                    yield from (attrs.evolve(one, file=document.name, **place) for one in error.problems)

    def _records(self, record_type: type) -> Iterator[tuple[OpenDocument, Any]]:
        table = BY_TYPE[record_type]
        opened = self._events.values() if table.of_event else [self._catalog]
        for document in opened:
            if document is not None:
                for record in document.find(table):
                    yield document, record


def _parted(document: OpenDocument, snapshot: records.PlanSnapshot) -> Iterator[Problem]:
    live = PlanContent.of(
        document.find(BY_TYPE[records.EventRecipe]),
        document.find(BY_TYPE[records.EventFinishedGood]),
        document.find(BY_TYPE[records.BatchDecision]),
    )
    amendments: list[records.PlanAmendment] = document.find(BY_TYPE[records.PlanAmendment])
    parting = first_parting(snapshot.snapshot_data, amendments, live)
    if parting is not None:
        last = parting.amendment
        since = "its snapshot on, by no amendment" if last is None else f"amendment {last.sequence} on"
        yield Problem(
            f"the plan is not what its snapshot and amendments make it, from {since}: {parting.message}",
            file=document.name,
            table="plan_snapshots" if last is None else "plan_amendments",
            row=str(snapshot.id if last is None else last.id),
            hint="take the file back from a backup",
        )


def _nested_wrong(table: str, things: list[Any], parts: Callable[[Any], tuple[int, ...]]) -> Iterator[Problem]:
    by_id = {thing.id: thing for thing in things}

    def inside(thing_id: int) -> list[int]:
        return [part for part in parts(by_id[thing_id]) if part in by_id]

    for thing_id in by_id:
        try:
            check_nesting(thing_id, inside, lambda part: repr(by_id[part].name), table)
        except ValidationError as error:
            yield Problem(error.problems[0].message, file=CATALOG, table=table, row=str(thing_id))


def _problems_of(error: PlandocError, name: str) -> list[Problem]:
    if isinstance(error, DamagedError | ValidationError):
        return list(error.problems)
    return [Problem(str(error), file=name)]


def _looks_like_a_copy(name: str) -> bool:
    lower = name.lower()
    return ".json" in lower and (lower.endswith(".json") or any(word in lower for word in _COPY_WORDS))
