"""The catalog and the list of events: finding records by slug or id, and removing events."""

from __future__ import annotations

import difflib
from typing import TypeVar

from plandoc import records
from plandoc.domain.states import Edit, check_edit
from plandoc.engine.session import Session, unit_of_work
from plandoc.errors import NotFoundError, shorten
from plandoc.store import NO_SESSION, changes, reads
from plandoc.tables import table_of

RecordT = TypeVar("RecordT")


@reads
def list_records(record_type: type[RecordT], session: Session = NO_SESSION) -> list[RecordT]:
    """Return all records of a type, such as `Recipe`, in the order of their ids.

    >>> import plandoc, tempfile
    >>> with plandoc.open_store(tempfile.mkdtemp(), create=True):
    ...     plandoc.list_records(plandoc.Recipe)
    []
    """
    return session.find(record_type)


@reads
def find_by_key(record_type: type[RecordT], key: str | int, session: Session = NO_SESSION) -> RecordT:
    """Return a record by its slug, or by its id as a number or as digits.

    Raises:
        NotFoundError: with the nearest slug there is.
    """
    # An id names its document, so the others need not be read.
    if type(key) is int:
        return session.get(record_type, key)
    key = str(key)
    if is_id(key):
        record = unit_of_work(session).get_or_none(record_type, int(key))
        if record is not None:
            return record
    named = unit_of_work(session).named(record_type, key)
    if named is not None:
        return named
    slugs = [getattr(record, "slug", "") for record in session.find(record_type)]
    raise NotFoundError(table_of(record_type).label, shorten(key), _nearest(key, slugs))


def is_id(key: str) -> bool:
    """Return whether a typed key can be an id."""
    return key.isascii() and key.isdigit() and len(key) < 16


def _nearest(key: str, slugs: list[str]) -> str | None:
    near = difflib.get_close_matches(key, slugs, n=1)
    return f"did you mean {near[0]}?" if near else None


@changes("remove an event")
def remove_event(event_id: int, discard_history: bool = False, session: Session = NO_SESSION) -> None:
    """Remove an event with everything planned for it. Its id is never used again.

    Args:
        event_id: The event.
        discard_history: Also remove one whose production has started, with its snapshot, amendments and runs.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when production has started and `discard_history` is not given.
    """
    event = session.event(event_id)
    if not discard_history:
        check_edit(event, Edit.REMOVAL)
    unit_of_work(session).remove(records.Event, event_id)
