"""The documents of one session, each as it was at one moment: what is read, what is changed, what was handed out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from operator import attrgetter

import attrs

from plandoc import codec
from plandoc.engine.document import DocumentSession, check_format_of_folder
from plandoc.engine.document_cache import DocumentCache
from plandoc.engine.event_index import EventIndex, EventRow
from plandoc.engine.queries import QueryLike
from plandoc.errors import ConflictError, DamagedError, NotFoundError, Problem, ValidationError
from plandoc.errors.hints import TAKE_BACK
from plandoc.records import Event
from plandoc.storage import document_head, documents, marker
from plandoc.storage.backend import Reading
from plandoc.storage.document_head import Head
from plandoc.storage.migrations import origin
from plandoc.tables import (
    BY_TYPE,
    CATALOG,
    EVENTS_FOLDER,
    MARKER,
    ROOT_DOCUMENTS,
    event_document,
    event_of_document,
)

_EVENTS = BY_TYPE[Event]
_BY_ID = attrgetter("id")


class SessionDocuments:
    """The documents that one session reads and changes.

    Args:
        reading: Gives their bytes.
        cache: The documents that were read before.
        index: The events.
        store_id: The identity of the store.
        writes: Whether the session writes, so that what it hands out must be in the files at that moment.
    """

    def __init__(
        self, reading: Reading, cache: DocumentCache, index: EventIndex, store_id: str, *, writes: bool
    ) -> None:
        self._reading = reading
        self._cache = cache
        self._index = index
        self._store_id = store_id
        self._writes = writes
        # Events that were handed out without reading their documents, as they were then, by id.
        self._handed_out: dict[int, Event] = {}
        self._dirty: dict[str, DocumentSession] = {}
        # Those among them that must stay as they are, so that a change can be taken back.
        self._to_copy: set[str] = set()
        self._read_cache: dict[str, DocumentSession | None] = {}
        self._marker: marker.Marker | None = None
        # None until the session adds an event.
        self._next_event_id: int | None = None

    def find(self, name: str) -> DocumentSession | None:
        """Return a document for reading only; None when the event does not exist."""
        if name in self._dirty:
            document = self._dirty[name]
            return document if document.exists else None
        # A session sees one moment, so one look at each file is enough.
        if name not in self._read_cache:
            self._read_cache[name] = self._read(name)
        return self._read_cache[name]

    def of_folder(self, name: str) -> DocumentSession:
        """Return a document that belongs to no event, for reading only."""
        # Never None: a folder that lacks one is refused when that is read.
        return self.find(name)  # type: ignore[return-value]

    def catalog(self) -> DocumentSession:
        """Return the document of the catalog, for reading only."""
        return self.of_folder(CATALOG)

    def of_event(self, event_id: int) -> DocumentSession:
        """Return the document of an event, for reading only.

        Raises:
            NotFoundError: "Event 99 not found".
        """
        document = self.find(event_document(event_id))
        if document is None:
            raise NotFoundError("Event", event_id)
        return document

    def of_all_events(self) -> Iterator[DocumentSession]:
        """Yield the documents of all events, in the order of their ids."""
        names = [event_document(event_id) for event_id in self._event_ids()]
        others = {name for name in names if not self._opened_before(name)}
        # Read without being kept, because all events together may need too much memory.
        contents = self._reading.read_many(name for name in names if name in others)
        for name in names:
            content = next(contents)[1] if name in others else None
            document = self._opened_before(name)
            if document is None and content is not None:
                document = self._opened(name, name, content)
            if document is not None:
                yield document

    def _opened_before(self, name: str) -> DocumentSession | None:
        return self._dirty.get(name) or self._read_cache.get(name)

    def to_change(self, name: str) -> DocumentSession:
        """Return a document that is saved with the session.

        Raises:
            NotFoundError: "Event 99 not found".
            ConflictError: when an event is no longer what the session was handed.
        """
        if name not in self._dirty:
            document = self.find(name)
            if document is None:
                raise NotFoundError("Event", event_of_document(name))
            self._check_handed_out(document)
            self._dirty[name] = document.copy()
        elif name in self._to_copy:
            self._to_copy.discard(name)
            self._dirty[name] = self._dirty[name].copy()
        return self._dirty[name]

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Take back the changes of a block that ends by an exception."""
        before, next_event_id = self._dirty, self._next_event_id
        self._dirty, self._to_copy = dict(before), set(before)
        try:
            yield
        except BaseException:
            self._dirty, self._next_event_id = before, next_event_id
            raise
        finally:
            self._to_copy = set()

    def of_new_event(self, event_id: int) -> DocumentSession:
        """Return the document of a new event, to be saved with the session."""
        name = event_document(event_id)
        document = DocumentSession(documents.Document(name, documents.FORMAT, self._store_id, {}, {}))
        self._dirty[name] = document
        return document

    def changes(self) -> dict[str, bytes | None]:
        """Return the content of every document that was changed; None for one that was removed."""
        changes: dict[str, bytes | None] = {}
        latest: deque[tuple[DocumentSession, documents.Document]] = deque(maxlen=self._cache.most)
        for name, document in self._dirty.items():
            if document.changed:
                content = None
                if document.exists:
                    rendered = document.render()
                    content = rendered.content
                    latest.append((document, rendered))
                # What was changed and changed back counts as unchanged.
                if content != document.content_read:
                    changes[name] = content
        # The next reader need not parse them.
        for document, rendered in latest:
            self._cache.keep(rendered.content, document.read_back(rendered))
        if self._next_event_id is not None:
            changes[MARKER] = marker.render(attrs.evolve(self._present_marker(), next_event_id=self._next_event_id))
        return changes

    # All events.

    def find_events(self, query: QueryLike | None) -> list[Event]:
        """Return the events that match a query, in the order of their ids, without reading what has not changed."""
        found, ours = self._events(query)
        events = [one.event for one in found]
        if not ours:
            return events
        looked_into = (document for document in ours.values() if document is not None and document.exists)
        return sorted([*events, *(event for one in looked_into for event in one.find(_EVENTS, query))], key=_BY_ID)

    def rows_of_events(self) -> dict[str, documents.Row]:
        """Return the rows of all events by their ids as text, in their order, without reading what has not changed."""
        found, ours = self._events(None)
        rows: dict[int, documents.Row] = {one.event.id: one.row for one in found}
        for event_id, document in ours.items():
            row = document.row(_EVENTS, event_id) if document is not None and document.exists else None
            if row is not None:
                rows[event_id] = row
        return {str(event_id): rows[event_id] for event_id in sorted(rows)}

    def event_slugs(self) -> dict[str, int]:
        """Return the ids of the events by their slugs, as the files had them when all were last scanned."""
        return self._index.slugs(self._reading, self._read_events)

    @property
    def changes_events(self) -> bool:
        """Whether the session has opened an event to change it, or made one."""
        return any(map(event_of_document, self._dirty))

    def next_event_id(self) -> int:
        """Return the id that the next new event gets; neither it nor any higher one was ever given."""
        # Documents may have been put into the folder by hand; one look per session is enough.
        if self._next_event_id is not None:
            return self._next_event_id
        highest = self._index.highest_id(self._reading, self._read_events)
        return max(self._present_marker().next_event_id, highest + 1)

    def take_event_id(self, wanted_id: int = 0) -> int:
        """Return an id for a new event, which is never given again: the wanted one where it was never given."""
        event_id = max(self.next_event_id(), wanted_id)
        # The scan of all documents may be up to a second old; a document that was added since must not be overwritten.
        while self._reading.has(event_document(event_id)):
            event_id += 1
        self._next_event_id = event_id + 1
        return event_id

    def _event_ids(self) -> list[int]:
        names = set(self._reading.names(EVENTS_FOLDER))
        names.update(name for name, document in self._dirty.items() if document.exists)
        names.difference_update(name for name, document in self._dirty.items() if not document.exists)
        ids = map(event_of_document, names)
        return sorted(event_id for event_id in ids if event_id is not None)

    def _events(self, query: QueryLike | None) -> tuple[list[EventRow], dict[int, DocumentSession | None]]:
        """Return the matching events whose documents were not read, and note them; and the documents of those that were read."""
        found = self._index.find(self._reading, self._read_events, query, fresh=self._writes)
        if not self._writes:
            return found, {}
        ours = self._events_looked_into()
        others = [one for one in found if one.event.id not in ours] if ours else found
        self._handed_out = {one.event.id: one.event for one in others} | self._handed_out
        return others, ours

    def _events_looked_into(self) -> dict[int, DocumentSession | None]:
        """Return the documents of events that this session has read or changed; None for one that does not exist."""
        known = {**self._read_cache, **self._dirty}
        return {event_id: known[name] for name in known if (event_id := event_of_document(name)) is not None}

    def _check_handed_out(self, document: DocumentSession) -> None:
        """Refuse to change an event that is no longer what this session was handed."""
        if not self._handed_out:
            return
        event_id = event_of_document(document.name)
        handed_out = None if event_id is None else self._handed_out.get(event_id)
        if handed_out is not None and event_id is not None and document.get(_EVENTS, event_id) != handed_out:
            message = "was changed by another program during this change; nothing was saved; run it again"
            raise ConflictError(document.name, f"{document.name} {message}")

    # Bytes.

    def _read(self, name: str) -> DocumentSession | None:
        file = origin(name, self._reading.format)
        content = self._reading.read_remembered(file)
        if content is None:
            if name in ROOT_DOCUMENTS:
                raise DamagedError(file, [Problem("the file is missing", file=file, hint=TAKE_BACK)])
            return None
        return self._opened(name, file, content)

    def _opened(self, name: str, file: str, content: bytes) -> DocumentSession:
        document = self._cache.open(name, content, file)
        if document.format < self._reading.format:
            check_format_of_folder(document, self._reading.format)
        return document

    def _read_events(self, names: Iterable[str]) -> dict[str, EventRow]:
        """Return the events of these documents, read from the heads of the files where those are enough."""
        found = {}
        with closing(self._reading.heads(EVENTS_FOLDER, names)) as heads:
            for name, head in heads:
                event_id = event_of_document(name)
                if head is not None and event_id is not None:
                    found[name] = self._event_in_head(name, event_id, head) or self._event_in_document(name, event_id)
        return {name: event for name, event in found.items() if event is not None}

    def _event_in_head(self, name: str, event_id: int, head: Head) -> EventRow | None:
        """Return an event without reading the rest of its document; None where only the rest can show it."""
        first = document_head.first_row(name, _EVENTS.name, event_id, head)
        if first is None or first.store_id != self._store_id or self._reading.format != documents.FORMAT:
            return None
        try:
            return EventRow(codec.from_row(Event, event_id, first.row), first.row, head.fingerprint)
        except ValidationError:
            # The whole document says what is wrong in it, and in which line.
            return None

    def _event_in_document(self, name: str, event_id: int) -> EventRow | None:
        document = self._read(name)
        event = None if document is None else document.get(_EVENTS, event_id)
        row = None if document is None else document.row(_EVENTS, event_id)
        return None if event is None or row is None else EventRow(event, row, self._reading.fingerprint(name))

    def _present_marker(self) -> marker.Marker:
        if self._marker is None:
            content = self._reading.read(MARKER)
            if content is None:
                raise DamagedError(MARKER, marker.missing())
            self._marker = marker.parse(content)
        return self._marker
