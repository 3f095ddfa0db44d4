"""What the documents of a store hold, wherever they are: rows, plans and numbers; only the catalog is kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from plandoc.domain.definitions import DEFINED, Definitions
from plandoc.engine.document import DocumentSession, check_format_of_folder
from plandoc.errors import PlandocError, Problem
from plandoc.errors.hints import TAKE_BACK, Hint, wording
from plandoc.fields.constraints import HIGHEST_NEXT_ID
from plandoc.fields.json_objects import LARGEST_INTEGER_IN_JSON
from plandoc.maintenance.checks.document_checks import (
    FirstSeen,
    validate_containment,
    validate_counters,
    validate_equivalents,
    validate_references,
    validate_uniqueness,
)
from plandoc.maintenance.checks.issues import Fix, Issue, issues_of
from plandoc.maintenance.checks.plan_checks import validate_plan
from plandoc.storage import documents, marker
from plandoc.storage.backend import Reading
from plandoc.storage.migrations import origin
from plandoc.tables import BY_TYPE, CATALOG, EVENTS_FOLDER, MARKER, ROOT_DOCUMENTS, event_of_document, tables_of


class ContentInspection:
    """The documents of one store, looked at one after the other.

    Args:
        present: The marker; None when it cannot be read.

    Attributes:
        highest_event: The highest id of an event whose document belongs to this store; 0 when there is none.
    """

    def __init__(self, present: marker.Marker | None) -> None:
        self._marker = present
        self._catalog: DocumentSession | None = None
        self._catalog_ids: dict[str, set[int]] | None = None
        # The slugs of all events, with where each was first seen.
        self._slugs: FirstSeen = {}
        self.highest_event = 0

    def document(self, name: str, read: Callable[[str], bytes | None]) -> Iterator[Issue]:
        """Yield what is wrong with one document; the catalog comes before those of events.

        Args:
            name: The document.
            read: Reads the file that it is in.
        """
        number = documents.FORMAT if self._marker is None else self._marker.format
        file = origin(name, number)
        try:
            content = read(file)
        except PlandocError as error:
            yield from issues_of(error, file)
            return
        if content is None:
            yield Issue(Problem("the file is missing", file=file, hint=TAKE_BACK), is_damage=True)
            return
        # The catalog stays in place even when it is damaged: without it the folder cannot be used.
        fix = None if name in ROOT_DOCUMENTS else Fix.QUARANTINE
        try:
            document = documents.parse(file, content)
            opened = DocumentSession(document, name)
            check_format_of_folder(opened, number)
        except PlandocError as error:
            yield from issues_of(error, file, fix, is_damage=True)
            return
        if not documents.is_as_written(document):
            yield _changed_by_others(document)
        if self._marker is not None and opened.store_id != self._marker.store_id:
            message = f"belongs to another folder ({opened.store_id}), not to this one ({self._marker.store_id})"
            hint = "import the other folder's data instead of copying its files"
            yield Issue(Problem(message, file=file, hint=hint), fix, is_damage=True)
            return
        yield from self._opened(opened)

    def _opened(self, document: DocumentSession) -> Iterator[Issue]:
        """Yield what is wrong inside a document of this folder."""
        event_id = event_of_document(document.name)
        self.highest_event = max(self.highest_event, event_id or 0)
        if document.name == CATALOG:
            self._catalog_ids = {name: set(document.ids(table)) for name, table in tables_of(CATALOG).items()}
        problems = document.problems()
        yield from (Issue(problem, is_damage=True) for problem in problems)
        yield from validate_counters(document)
        if problems:
            return
        yield from validate_uniqueness(document, self._slugs)
        if self._catalog_ids is not None:
            yield from validate_references(document, self._catalog_ids)
        if document.name == CATALOG:
            self._catalog = document
            yield from validate_containment(document)
            yield from validate_equivalents(document)
        elif event_id is not None:
            yield from validate_plan(document, event_id, self._definitions())

    def _definitions(self) -> Definitions:
        catalog = self._catalog
        if catalog is None:
            return Definitions()

        def look_up(record_type: type) -> Any:
            return lambda record_id: catalog.get(BY_TYPE[record_type], record_id)

        return Definitions(*map(look_up, DEFINED))

    def counters(self) -> Iterator[Issue]:
        """Yield what is wrong with the numbers in the marker, once all documents were seen."""
        if self._marker is None:
            return
        if self._marker.next_event_id <= self.highest_event:
            message = f"wanted a next event id above {self.highest_event}, found {self._marker.next_event_id}"
            hint: str = wording(
                "a new event could get an id that is already used; {repair} raises it", repair=Hint.REPAIR()
            )
            yield Issue(Problem(message, file=MARKER, field="next_event_id", hint=hint), Fix.FIX_COUNTER)
        for field, number, most in (
            ("next_event_id", self._marker.next_event_id, HIGHEST_NEXT_ID),
            ("serial", self._marker.serial, LARGEST_INTEGER_IN_JSON),
        ):
            if number > most:
                hint = "no store gets this far; enter the number from the newest backup plus a thousand"
                yield Issue(Problem(f"wanted at most {most}, found {number}", file=MARKER, field=field, hint=hint))


def issues_in(reading: Reading) -> Iterator[Issue]:
    """Yield everything that is wrong with the content of a store."""
    content = reading.read(MARKER)
    if content is None:
        yield from (Issue(problem, is_damage=True) for problem in marker.missing())
        return
    try:
        inspection = ContentInspection(marker.parse(content))
    except PlandocError as error:
        yield from issues_of(error, MARKER, is_damage=True)
        return
    for name in ROOT_DOCUMENTS:
        yield from inspection.document(name, reading.read)
    events = sorted(
        filter(event_of_document, reading.names(EVENTS_FOLDER)), key=lambda name: event_of_document(name) or 0
    )
    for name, found in reading.read_many(events):
        yield from inspection.document(name, {name: found}.get)
    yield from inspection.counters()


def _changed_by_others(document: documents.Document) -> Issue:
    writer = f"plandoc {document.written_by}" if document.written_by else "plandoc"
    message = f"was changed by another program since {writer} wrote it"
    hint = "if that was not intended, compare it with a backup; the next change by plandoc keeps it as it is"
    return Issue(Problem(message, file=document.name, hint=hint), is_note=True)
