"""All records of a type."""

from __future__ import annotations

from typing import TypeVar

from plandoc.domain.notebooks import tables_in_html
from plandoc.engine.session import Session
from plandoc.store import NO_SESSION, reads

RecordT = TypeVar("RecordT")


class RecordList(list[RecordT]):
    """A list of records that a notebook shows as a table; everywhere else it is a list like any other."""

    def _repr_html_(self) -> str:
        return tables_in_html("", [("", self)])


@reads
def list_records(record_type: type[RecordT], session: Session = NO_SESSION) -> list[RecordT]:
    """Return all records of a type, such as `Recipe`, in the order of their ids. A notebook shows them as a table.

    >>> import plandoc, tempfile
    >>> with plandoc.open_store(tempfile.mkdtemp(), create=True):
    ...     plandoc.list_records(plandoc.Recipe)
    []
    """
    return RecordList(session.find(record_type))
