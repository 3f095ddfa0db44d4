"""Where an import puts its records: into the session, or nowhere when it is only tried."""

from __future__ import annotations

from typing import Any, Protocol

import attrs

from plandoc.constraints import LARGEST_NUMBER
from plandoc.engine.session import Session, unit_of_work
from plandoc.exchange.import_report import Outcome

# What a file does not speak of stays as it is in the folder.
_KEPT_WHEN_BLANK = ("category", "density", "notes")


class Target(Protocol):
    """The records that are there, and a way to add and change them."""

    def all(self, record_type: type[Any]) -> dict[int, Any]:
        """Return all records of a type, by id; the import's own included."""

    def put(self, record: Any, present: Any | None) -> tuple[Any, Outcome]:
        """Make a record the stored one: add it, or put it in the place of the one that is there."""


class _Known:
    """The records of each type, read once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._records: dict[type[Any], dict[int, Any]] = {}

    def all(self, record_type: type[Any]) -> dict[int, Any]:
        """Return all records of a type, by id; the import's own included."""
        if record_type not in self._records:
            self._records[record_type] = {record.id: record for record in self.session.find(record_type)}
        return self._records[record_type]

    def put(self, record: Any, present: Any | None) -> tuple[Any, Outcome]:
        """Make a record the stored one; what is the same is not touched."""
        if present is None:
            return self._keep(self.add(record)), Outcome.CREATED
        wanted = _merged(record, present)
        if wanted == present:
            return present, Outcome.SKIPPED
        return self._keep(self.replace(wanted)), Outcome.UPDATED

    def add(self, record: Any) -> Any:
        """Add a record."""
        raise NotImplementedError

    def replace(self, record: Any) -> Any:
        """Replace a record."""
        raise NotImplementedError

    def _keep(self, record: Any) -> Any:
        self.all(type(record))[record.id] = record
        return record


class SessionTarget(_Known):
    """Puts records into the session, past the guard of the plan's state, which the import asks itself."""

    def add(self, record: Any) -> Any:
        """Add a record to the session."""
        # Asked for before, or the records of this type would be read with the new one among them.
        self.all(type(record))
        return unit_of_work(self.session).add(record)

    def replace(self, record: Any) -> Any:
        """Replace a record in the session."""
        return unit_of_work(self.session).replace(record)


class DryTarget(_Known):
    """Only looks: new records get ids that no stored record has, and are forgotten afterwards."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._next_id = LARGEST_NUMBER // 2

    def add(self, record: Any) -> Any:
        """Return the record with an id, as if it had been added."""
        self._next_id += 1
        return attrs.evolve(record, id=self._next_id)

    def replace(self, record: Any) -> Any:
        """Return the record, as if it had been replaced."""
        return record


def _merged(record: Any, present: Any) -> Any:
    kept = {"id": present.id}
    for name in _KEPT_WHEN_BLANK:
        if hasattr(record, name) and not getattr(record, name):
            kept[name] = getattr(present, name)
    return attrs.evolve(record, **kept)
