"""A session: the reads and changes of one guarded write, or the reads of one consistent state."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import attrs

from plandoc import records
from plandoc.domain.states import EDITS_OF_TABLES, Edit, check_edit, edits_between
from plandoc.engine.document import DocumentSession
from plandoc.engine.queries import QueryLike
from plandoc.engine.record_refs import id_meant
from plandoc.engine.unit_of_work import UnitOfWork
from plandoc.errors import PlanStateError, Problem, SessionError, ValidationError
from plandoc.tables import TABLES, Table, event_document, table_of, tables_of

if TYPE_CHECKING:
    from plandoc.engine.session_tables import SessionDatabase, SessionStorage, SessionTable

RecordT = TypeVar("RecordT")

_EVENTS, _SNAPSHOTS = table_of(records.Event), table_of(records.PlanSnapshot)
_FROZEN_BY_SNAPSHOT = (Edit.SELECTION, Edit.DECISIONS)

# The history of a plan is only true if it is written together with what it records.
_WRITTEN_BY_OPERATIONS: Mapping[type, str] = MappingProxyType(
    {
        records.PlanSnapshot: "a snapshot is taken by create_plan_snapshot or start_production, so that it matches the plan",
        records.PlanAmendment: "a plan is amended by drop_finished_good, add_finished_good, change_quantity and "
        "modify_batch_decision, so that the plan changes with the record",
        records.ProductionRun: "what was baked is recorded by record_production, which checks it",
        records.AssemblyRun: "what was packed is recorded by record_assembly, which checks it",
        records.VoidedRun: "a run is voided by void_run, which checks it",
    }
)


class Session:
    """Reads and changes that belong together; made by `Store.session`.

    Attributes:
        moment: The timestamp of all records written in this session, with its offset from UTC.
    """

    def __init__(self, unit_of_work: UnitOfWork, moment: datetime.datetime) -> None:
        self._unit_of_work = unit_of_work
        self.moment = moment

    def __repr__(self) -> str:
        work = self._unit_of_work
        state = "ended" if work.is_over else "writes" if work.writes else "only reads"
        return f"<Session at {self.moment.isoformat(timespec='seconds')} ({state})>"

    def add(self, record: RecordT) -> RecordT:
        """Add a record and return it with its id, and with a slug made from its name when it had none.

        Raises:
            ValidationError: when it breaks a rule, is there already, or refers to what does not exist.
            PlanStateError: when the state of its event's plan does not allow it.
        """
        self._unit_of_work.check_writable()
        if isinstance(record, records.Event) and record.plan_state is not records.PlanState.DRAFT:
            raise ValidationError(f"a new event is DRAFT, found {record.plan_state.name}; use lock_plan afterwards")
        if type(record) in _WRITTEN_BY_OPERATIONS:
            raise ValidationError(_WRITTEN_BY_OPERATIONS[type(record)])
        self._check_state(type(record), getattr(record, "event_id", None))
        return self._unit_of_work.add(record)

    def get_or_add(self, record: RecordT) -> RecordT:
        """Return the record that is there already, or add it, so that a script can run twice.

        A record is found by its slug, the one given or the one made from the name; one without a slug by what is unique
        in it, as the stock of an ingredient in a unit. The state of a plan is not compared.

        Raises:
            ValidationError: when it is there and differs, with the fields that do; or as `add` does.
            PlanStateError: as `add` does.
        """
        self._unit_of_work.check_writable()
        is_plain = type(record) not in _WRITTEN_BY_OPERATIONS and getattr(record, "id", 0) == 0
        there = self._unit_of_work.like(record) if is_plain else None
        if there is None:
            return self.add(record)
        differing = [name for name, value in _given(record).items() if getattr(there, name) != value]
        if differing:
            raise ValidationError([_differs(there, differing)])
        return there

    def get(
        self,
        record_type: type[RecordT],
        record_id: int | str | RecordT,
        *,
        event_id: int | str | records.Event | None = None,
    ) -> RecordT:
        """Return a record by its id or its slug, as it is now.

        Args:
            record_type: Such as `Recipe`.
            record_id: Its id, its slug, or the record as it was.
            event_id: The event it belongs to; wanted for records that are numbered within their event.

        Raises:
            NotFoundError: when there is none.
        """
        # Most are ids, and this is the most frequent lookup.
        record_id = record_id if type(record_id) is int else self._id(record_type, record_id)
        event_id = event_id if event_id is None or type(event_id) is int else self._id(records.Event, event_id)
        return self._unit_of_work.get(record_type, record_id, event_id)

    def find(
        self,
        record_type: type[RecordT],
        query: QueryLike | None = None,
        *,
        event_id: int | str | records.Event | None = None,
    ) -> list[RecordT]:
        """Return the records that match a query, in the order of their ids.

        Args:
            record_type: Such as `Recipe`.
            query: Such as TinyDB's `where("category") == "Cookies"`, or any function of a row. It sees rows as they
                are in the files: dates as text (2026-12-25), states in lower case, decimal numbers in quotes. None
                finds all.
            event_id: Look only into this event; None looks into all.
        """
        event_id = event_id if event_id is None or type(event_id) is int else self._id(records.Event, event_id)
        return self._unit_of_work.find(record_type, query, event_id)

    def replace(self, record: RecordT) -> RecordT:
        """Replace the stored record that has the id of this one, and return it.

        Raises:
            NotFoundError: when there is none with this id.
            ValidationError: when it breaks a rule.
            PlanStateError: when the state of its event's plan does not allow it.
        """
        self._unit_of_work.check_writable()
        if isinstance(record, records.Event):
            self._check_event(record)
        else:
            self._check_state(type(record), getattr(record, "event_id", None))
        return self._unit_of_work.replace(record)

    def remove(
        self,
        record_type: type[RecordT],
        record_id: int | str | RecordT,
        *,
        event_id: int | str | records.Event | None = None,
    ) -> None:
        """Remove a record that no other record uses, by its id, its slug, or the record as it was.

        Raises:
            NotFoundError: when there is none.
            StillUsedError: when others refer to it.
            PlanStateError: when the state of its event's plan does not allow it.
        """
        self._unit_of_work.check_writable()
        removed, of_event = self._id(record_type, record_id), self._event_id(event_id)
        if record_type is records.Event:
            check_edit(self._unit_of_work.get(records.Event, removed), Edit.REMOVAL)
        else:
            self._check_state(record_type, of_event)
        self._unit_of_work.remove(record_type, removed, of_event)

    def table(self, record_type: type, *, event_id: int | str | records.Event | None = None) -> SessionTable:
        """Return the records of a type as a table of TinyDB.

        It is a `tinydb.table.Table` and works like one, with queries, operations and functions of a row.
        What a call changes is checked as by `add`, `replace` and `remove`, all of it is changed or nothing, and it is saved
        with the session. The store gives the ids; optional fields that are left out are filled in.

        Rows are as they are in the files: dates are text (`where("event_date") < "2027-01-01"`), states in lower case
        (`where("plan_state") == "in_production"`), decimal numbers text in quotes (`where("quantity") == "2.5"`). What is
        returned are copies.

        Args:
            record_type: Such as `Recipe`; `Event` for all events.
            event_id: The event they belong to; wanted for records that are numbered within their event.

        Raises:
            NotFoundError: when there is no such event.
            SessionError: when records of this type are not stored in a table of their own, or the event is missing.

        >>> import plandoc
        >>> with plandoc.open_store(":memory:") as store, store.session() as session:
        ...     recipes = session.table(plandoc.Recipe)
        ...     recipes.insert({"name": "Spelt", "category": "Bread"})
        ...     recipes.update({"category": "Loaves"}, plandoc.where("category") == "Bread")
        ...     session.get(plandoc.Recipe, 1).category
        1
        [1]
        'Loaves'
        """
        table = table_of(record_type)
        if table.of_event and record_type is not records.Event and event_id is None:
            message = f"{record_type.__name__} records are numbered within their event; name the event with event_id"
            raise SessionError(message)
        if not table.of_event and event_id is not None:
            raise SessionError(f"{record_type.__name__} records belong to no event; leave event_id out")
        rows = self._rows_of({table.name: table}, self._event_id(event_id))
        found: SessionTable = _session_tables().SessionTable(rows, table.name)
        return found

    def database(self, *, event_id: int | str | records.Event | None = None) -> SessionDatabase:
        """Return the catalog and the stock, or everything of an event, as one database of TinyDB.

        It is a `tinydb.TinyDB`, and its tables are as those of `table`. It has no default table.

        Args:
            event_id: The event; None for the catalog and the stock.

        Raises:
            NotFoundError: when there is no such event.

        >>> import plandoc
        >>> with plandoc.open_store(":memory:") as store, store.session() as session:
        ...     catalog = session.database()
        ...     flour = catalog.table("ingredients").insert({"name": "Flour"})
        ...     stored = catalog.table("stock").insert({"ingredient_id": flour, "quantity": "2.5", "unit": "kg"})
        ...     sorted(catalog.tables())
        ['ingredients', 'stock']
        """
        of_event = self._event_id(event_id)
        if of_event is None:
            tables = {table.name: table for table in TABLES if not table.of_event}
        else:
            tables = dict(tables_of(event_document(of_event)))
        found: SessionDatabase = _session_tables().SessionDatabase(self._rows_of(tables, of_event))
        return found

    def event(self, event_id: int | str | records.Event) -> records.Event:
        """Return an event by its id, its slug, or the record as it was.

        Raises:
            NotFoundError: "Event 99 not found".
        """
        event_id = event_id if type(event_id) is int else self._id(records.Event, event_id)
        return self._unit_of_work.get(records.Event, event_id)

    def _id(self, record_type: type[RecordT], named: int | str | RecordT) -> int:
        if type(named) is int:
            return named
        self._unit_of_work.check_open()
        found: int = id_meant(cast("type[Any]", record_type), named, self._unit_of_work)
        return found

    def _event_id(self, named: int | str | records.Event | None) -> int | None:
        return None if named is None else self._id(records.Event, named)

    def _rows_of(self, tables: Mapping[str, Table], event_id: int | None) -> SessionStorage:
        self._unit_of_work.check_open()
        if event_id is not None:
            self._unit_of_work.documents.of_event(event_id)
        found: SessionStorage = _session_tables().SessionStorage(
            self, self._unit_of_work, tables, event_id, written_by_operations=_WRITTEN_BY_OPERATIONS
        )
        return found

    def _check_state(self, record_type: type, event_id: int | None) -> None:
        edit = EDITS_OF_TABLES.get(record_type)
        if edit is not None and event_id is not None:
            event_to_edit(event_id, edit, self)

    def _check_event(self, after: records.Event) -> None:
        before = self.event(after.id)
        if after.plan_state is not before.plan_state:
            steps = "lock_plan, unlock_plan, start_production and complete_production"
            raise ValidationError(f"the state of a plan cannot be replaced; use {steps}")
        for edit in edits_between(before, after):
            check_edit(before, edit)


def unit_of_work(session: Session) -> UnitOfWork:
    """Return the records of a session, without the check of the plan's state.

    For plandoc's own layers, which ask the state table themselves; what users see is the session.
    """
    return session._unit_of_work  # noqa: SLF001  (the one way past the guard, so that nobody finds it by chance)


def document_of_event(event_id: int, session: Session) -> DocumentSession:
    """Return the document of an event, for callers that read several of its tables.

    Raises:
        NotFoundError: "Event 99 not found".
    """
    work = session._unit_of_work  # noqa: SLF001  (of this module)
    if work.is_over:
        work.check_open()
    return work.documents.of_event(event_id)


def event_to_edit(event_id: int, edit: Edit, session: Session) -> records.Event:
    """Return an event whose plan may be changed in this way.

    Raises:
        NotFoundError: "Event 99 not found".
        PlanStateError: when the plan's state does not allow it, or a snapshot of the plan was taken before its
            start: what is started must be what was frozen.
        DamagedError: when it has two snapshots.
    """
    document = document_of_event(event_id, session)
    # Never None: a document without its event is refused when it is read.
    found: Any = document.get(_EVENTS, event_id)
    event: records.Event = found
    check_edit(event, edit)
    snapshot = document.only(_SNAPSHOTS)
    if snapshot is not None and edit in _FROZEN_BY_SNAPSHOT:
        hint = "its snapshot has already been taken; start production, or remove the event and plan it again"
        raise PlanStateError(event_id, event.plan_state, edit.value, hint, event.name)
    return event


def _given(record: Any) -> dict[str, Any]:
    """Return the fields that a new record sets, by name."""
    fields = {field.name: getattr(record, field.name) for field in attrs.fields(type(record)) if field.name != "id"}
    if isinstance(record, records.Event):
        # A script that runs again finds the plan in the state that it left.
        del fields["plan_state"]
    return {name: value for name, value in fields.items() if name != "slug" or value}


def _differs(there: Any, fields: Iterable[str]) -> Problem:
    called = getattr(there, "slug", "") or there.id
    message = f"{table_of(type(there)).label} {called} already exists and differs in {', '.join(fields)}"
    hint = "change it with replace, or give the new one a slug of its own"
    return Problem(message, hint=hint if hasattr(there, "slug") else "change it with replace")


def required(session: Any) -> Session:
    """Return the session that the decorators of operations have substituted for None."""
    if not isinstance(session, Session):
        raise SessionError(f"wanted a session of an open store, found {type(session).__name__}")
    return session


def _session_tables() -> ModuleType:
    from plandoc.engine import session_tables  # noqa: PLC0415  (half a millisecond, which few sessions need)

    return session_tables
