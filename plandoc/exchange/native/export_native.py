"""Writing all of a folder, or some events with what they need, into one file that any plandoc can import."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from plandoc.domain.definitions import Definitions
from plandoc.engine.named_records import ids_of, one_or_several
from plandoc.engine.plan_definitions import catalog_definitions
from plandoc.engine.record_refs import EventRef
from plandoc.engine.session import Session
from plandoc.errors import Problem, ValidationError
from plandoc.errors.hints import Hint, wording
from plandoc.exchange.event_content import EventContent, content_of, unsound
from plandoc.exchange.native import export_format
from plandoc.exchange.native.consistency import inconsistent_runs
from plandoc.exchange.native.dependencies import Needed, needed_by
from plandoc.exchange.native.native_rows import FolderRows
from plandoc.fields.flags import checks_flags
from plandoc.frozen import frozen
from plandoc.records import Event
from plandoc.storage import output_file
from plandoc.storage.output_file import Kind
from plandoc.store import NO_SESSION, reads
from plandoc.tables import event_document

_EXPORT = Kind("an export of plandoc", lambda beginning: beginning.startswith(export_format.BEGINNING), "plans.json")


@frozen
class ExportReport:
    """What an export wrote.

    Attributes:
        path: The file.
        tables: How many records of each table are in it; tables without any are left out.
        size_bytes: How long the file is.
        digest: The SHA-256 of the file, in hexadecimal.
    """

    path: Path
    tables: Mapping[str, int]
    size_bytes: int
    digest: str


@checks_flags
def export_file(
    path: str | os.PathLike[str],
    event_ids: EventRef | Iterable[EventRef] | None = None,
    replace: bool = False,
    session: Session = NO_SESSION,
) -> ExportReport:
    """Write the folder, or some of its events, into one JSON file for `import_file`, whole or not at all.

    Without events that is everything. With events it is these, with all of the catalog that they use through all
    nesting, and without the stock. The same data always gives the same bytes.

    >>> import plandoc, pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> with plandoc.open_store(folder / "data", create=True) as store, store.session() as session:
    ...     _ = session.add(plandoc.Ingredient("Flour"))
    ...     export_file(folder / "bakery.json", session=session).tables
    {'ingredients': 1}

    Args:
        path: The file. An earlier export is replaced; where a link leads elsewhere, what it leads to.
        event_ids: The event or the events to export; None exports everything.
        replace: Replace any other file, too; never a folder, a device, or a document of a data folder.
        session: The session to read in; None reads at one moment, without a lock.

    Raises:
        NotFoundError: "Event 99 not found".
        ValidationError: when the data refers to something that does not exist, or a snapshot does not match its digest: the
            file could not be imported; `check` reports more.
        StorageError: when the file cannot be written; it is then as it was.
    """
    rendered = render_export(None if event_ids is None else tuple(one_or_several(event_ids)), session=session)
    return write_export(rendered, path, replace=replace)


@frozen
class RenderedExport:
    """An export that is not written yet: its bytes, and how many records of each table are in it."""

    content: bytes
    tables: Mapping[str, int]


def write_export(rendered: RenderedExport, path: str | os.PathLike[str], *, replace: bool = False) -> ExportReport:
    """Write an export to a file."""
    file = output_file.save(rendered.content, path, _EXPORT, replace=replace)
    counts = {name: count for name, count in rendered.tables.items() if count}
    digest = hashlib.sha256(rendered.content).hexdigest()
    return ExportReport(file, counts, len(rendered.content), digest)


@reads
def render_export(event_ids: tuple[EventRef, ...] | None = None, session: Session = NO_SESSION) -> RenderedExport:
    """Return an export as it would be written."""
    wanted = None if event_ids is None else dict.fromkeys(ids_of(Event, event_ids, session))
    events = session.find(Event) if wanted is None else [session.event(event_id) for event_id in wanted]
    contents = sorted((content_of(session, event) for event in events), key=lambda content: content.event.slug)
    needed = needed_by(session, contents, everything=event_ids is None)
    rows = FolderRows(needed)
    tables = rows.tables(contents)
    places = {event.slug: event_document(event.id) for event in events}
    problems = [*rows.problems, *_unsound(contents, places, catalog_definitions(session))]
    if problems:
        raise ValidationError(problems)
    counts = {name: len(table) for name, table in tables.items()}
    return RenderedExport(export_format.render(_ids(needed, events), tables), counts)


def _unsound(contents: Iterable[EventContent], places: Mapping[str, str], current: Definitions) -> list[Problem]:
    return [
        Problem(
            message,
            file=places[content.event.slug],
            table=table,
            hint=wording("see what {check} reports about it", check=Hint.CHECK()),
        )
        for content in contents
        for table, message in ([*unsound(content, content.plan)] or inconsistent_runs(content, current))
    ]


def _ids(needed: Needed, events: Iterable[Event]) -> dict[str, dict[str, int]]:
    """Return the numbers of everything with a short name, by that name, so that it can have the same in another folder."""
    by_table = {table: records.values() for table, records in needed.catalog.items()} | {"events": events}
    ids = {table: {record.slug: record.id for record in records} for table, records in by_table.items()}
    return {table: dict(sorted(numbers.items())) for table, numbers in ids.items() if numbers}
