"""The catalog and the list of events: finding records by slug or id, and removing events."""

from __future__ import annotations

from typing import TypeVar

from plandoc import records
from plandoc.domain.states import Edit, check_edit
from plandoc.engine.named_records import id_of
from plandoc.engine.record_refs import EventRef, record_by_key
from plandoc.engine.session import Session, unit_of_work
from plandoc.store import NO_SESSION, changes, reads

RecordT = TypeVar("RecordT")


class RecordList(list[RecordT]):
    """A list of records that a notebook shows as a table; everywhere else it is a list like any other."""

    def _repr_html_(self) -> str:
        from plandoc.domain.flat_rows import rows  # noqa: PLC0415  (2 ms, for notebooks alone)
        from plandoc.domain.html_tables import table_of_rows  # noqa: PLC0415  (as the rows)

        return table_of_rows(rows(self))


@reads
def list_records(record_type: type[RecordT], session: Session = NO_SESSION) -> list[RecordT]:
    """Return all records of a type, such as `Recipe`, in the order of their ids. A notebook shows them as a table.

    >>> import plandoc, tempfile
    >>> with plandoc.open_store(tempfile.mkdtemp(), create=True):
    ...     plandoc.list_records(plandoc.Recipe)
    []
    """
    return RecordList(session.find(record_type))


@reads
def find_by_key(record_type: type[RecordT], key: str | int, session: Session = NO_SESSION) -> RecordT:
    """Return a record by its slug, or by its id as a number or as digits.

    Raises:
        NotFoundError: with what the slug is if it belongs to another type, or the nearest slug there is.
    """
    # An id names its document, so the others need not be read.
    if type(key) is int:
        return session.get(record_type, key)
    record: RecordT = record_by_key(record_type, str(key), unit_of_work(session))
    return record


@changes("remove an event")
def remove_event(event_id: EventRef, discard_history: bool = False, session: Session = NO_SESSION) -> None:
    """Remove an event with everything planned for it. Its id is never used again.

    Args:
        event_id: The event.
        discard_history: Also remove one whose production has started, with its snapshot, amendments and runs.
        session: The session to work in; None opens one and commits it.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when production has started and `discard_history` is not given.
    """
    event_id = id_of(records.Event, event_id, session)
    event = session.event(event_id)
    if not discard_history:
        check_edit(event, Edit.REMOVAL)
    unit_of_work(session).remove(records.Event, event_id)
