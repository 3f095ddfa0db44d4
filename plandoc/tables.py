"""Which record lives in which table of which document, and what a record may refer to.

This is the one list of it: the order here is the order in the files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import attrs

from plandoc import records
from plandoc.errors import NotFoundError, SessionError, shorten
from plandoc.frozen import frozen

MARKER = "plandoc.json"
CATALOG = "catalog.json"
STOCK = "stock.json"
EVENTS_FOLDER = "events"
# One name for each number: no zero in front, no other digits than these ten.
_EVENT_DOCUMENT = re.compile(rf"{EVENTS_FOLDER}/([1-9][0-9]{{0,14}})\.json")


@frozen
class Reference:
    """A field path of a record that holds the ids of other records.

    Attributes:
        field: As a person reads it in a message.
        target: The record type that is referred to.
        ids: Takes the record, returns the ids found there.
        value: Takes the record, returns the value of the field that they are in.
    """

    field: str
    target: type
    ids: Callable[[Any], tuple[int, ...]]
    value: Callable[[Any], Any]


@frozen
class Table:
    """One table of a document.

    Attributes:
        name: As it is in the file.
        record_type: What its rows are.
        document: The document that it lives in; the folder of the events for that of each event.
        unique: Groups of fields that no two rows may have in common.
        references: What the rows refer to.
        add_only: Whether rows can be neither replaced nor removed.
        label: What a person calls a row.
        of_event: Whether it lives in the documents of the events.
        has_slug: Whether its records are named by a slug.
    """

    name: str
    record_type: type
    label: str
    document: str = CATALOG
    unique: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    add_only: bool = False
    of_event: bool = attrs.field(
        init=False, default=attrs.Factory(lambda self: self.document == EVENTS_FOLDER, takes_self=True)
    )
    has_slug: bool = attrs.field(
        init=False, default=attrs.Factory(lambda self: ("slug",) in self.unique, takes_self=True)
    )


def _one(field: str, target: type) -> Reference:
    def ids(record: Any) -> tuple[int, ...]:
        value = getattr(record, field)
        return () if value is None else (value,)

    return Reference(field, target, ids, attrgetter(field))


def _many(field: str, inner: str, target: type) -> Reference:
    def ids(record: Any) -> tuple[int, ...]:
        values = (getattr(item, inner) for item in getattr(record, field))
        return tuple(value for value in values if value is not None)

    return Reference(f"{field}.{inner}", target, ids, attrgetter(field))


_SLUG = (("slug",),)
_RECIPE = _one("recipe_id", records.Recipe)
_UNIT = _one("finished_unit_id", records.FinishedUnit)
_GOOD = _one("finished_good_id", records.FinishedGood)

TABLES: tuple[Table, ...] = (
    Table("ingredients", records.Ingredient, "Ingredient", unique=_SLUG),
    Table(
        "recipes",
        records.Recipe,
        "Recipe",
        unique=_SLUG,
        references=(
            _many("lines", "ingredient_id", records.Ingredient),
            _many("sub_recipes", "recipe_id", records.Recipe),
            _one("base_recipe_id", records.Recipe),
        ),
    ),
    Table("finished_units", records.FinishedUnit, "Finished unit", unique=_SLUG, references=(_RECIPE,)),
    Table(
        "finished_goods",
        records.FinishedGood,
        "Finished good",
        unique=_SLUG,
        references=(
            _many("components", "finished_unit_id", records.FinishedUnit),
            _many("components", "finished_good_id", records.FinishedGood),
        ),
    ),
    Table("unit_words", records.UnitWord, "Word for a unit", unique=_SLUG),
    Table(
        "stock",
        records.StockItem,
        "Stock item",
        document=STOCK,
        unique=(("ingredient_id", "recipe_id", "unit"),),
        references=(_one("ingredient_id", records.Ingredient), _RECIPE),
    ),
    Table("events", records.Event, "Event", document=EVENTS_FOLDER, unique=_SLUG),
    Table(
        "event_recipes",
        records.EventRecipe,
        "Selected recipe",
        document=EVENTS_FOLDER,
        unique=(("recipe_id",),),
        references=(_RECIPE,),
    ),
    Table(
        "event_finished_goods",
        records.EventFinishedGood,
        "Selected good",
        document=EVENTS_FOLDER,
        unique=(("finished_good_id",),),
        references=(_GOOD,),
    ),
    Table(
        "batch_decisions",
        records.BatchDecision,
        "Batch decision",
        document=EVENTS_FOLDER,
        unique=(("finished_unit_id",),),
        references=(_UNIT, _RECIPE),
    ),
    Table(
        "plan_snapshots",
        records.PlanSnapshot,
        "Snapshot",
        document=EVENTS_FOLDER,
        unique=(("event_id",),),
        add_only=True,
    ),
    Table(
        "plan_amendments",
        records.PlanAmendment,
        "Amendment",
        document=EVENTS_FOLDER,
        unique=(("sequence",),),
        add_only=True,
    ),
    Table(
        "production_runs",
        records.ProductionRun,
        "Production run",
        document=EVENTS_FOLDER,
        references=(
            _UNIT,
            _many("taken", "ingredient_id", records.Ingredient),
            _many("taken", "recipe_id", records.Recipe),
        ),
        add_only=True,
    ),
    Table(
        "assembly_runs", records.AssemblyRun, "Assembly run", document=EVENTS_FOLDER, references=(_GOOD,), add_only=True
    ),
    Table(
        "voided_runs",
        records.VoidedRun,
        "Voided run",
        document=EVENTS_FOLDER,
        unique=(("kind", "run_id"),),
        add_only=True,
    ),
)

BY_TYPE: Mapping[type, Table] = MappingProxyType({table.record_type: table for table in TABLES})
# What can be baked and what it is made of: all that has a short name, but for events.
CATALOG_TABLES: tuple[Table, ...] = tuple(table for table in TABLES if table.document == CATALOG)
# The tables that fields with ids refer to, by the names of the fields.
TABLES_OF_FIELDS: Mapping[str, Table] = MappingProxyType(
    {
        reference.field.rpartition(".")[2]: BY_TYPE[reference.target]
        for table in TABLES
        for reference in table.references
    }
)
# The fields that hold parts of a record, each with references of its own.
FIELDS_OF_PARTS = frozenset(
    reference.field.partition(".")[0] for table in TABLES for reference in table.references if "." in reference.field
)
# By document, in the order of the files; those of all events under the name of their folder.
_TABLES_OF: Mapping[str, Mapping[str, Table]] = MappingProxyType(
    {
        document: MappingProxyType({table.name: table for table in TABLES if table.document == document})
        for document in dict.fromkeys(table.document for table in TABLES)
    }
)
# The documents that every folder has beside its marker.
ROOT_DOCUMENTS = tuple(document for document in _TABLES_OF if document != EVENTS_FOLDER)


def table_of(record_type: type) -> Table:
    """Return the table of a record type; a `SessionError` for anything that is not stored in a table."""
    try:
        return BY_TYPE[record_type]
    except KeyError:
        known = ", ".join(table.record_type.__name__ for table in TABLES)
        given = record_type.__name__ if isinstance(record_type, type) else shorten(record_type)
        message = f"{given} is not stored in a table of its own; wanted one of {known}"
        raise SessionError(message) from None


def event_document(event_id: int) -> str:
    """Return the document of an event.

    Raises:
        NotFoundError: for what cannot be an event's id, so that nothing but a number ever becomes part of a path.

    >>> event_document(7)
    'events/7.json'
    """
    if type(event_id) is not int or not 0 < event_id < 10**15:
        raise NotFoundError("Event", event_id)
    return f"{EVENTS_FOLDER}/{event_id}.json"


def event_of_document(name: str) -> int | None:
    """Return the event that a document belongs to, or None when its name is not that of an event.

    >>> event_of_document("events/7.json"), event_of_document("events/7 (conflicted copy).json")
    (7, None)
    """
    found = _EVENT_DOCUMENT.fullmatch(name)
    return None if found is None else int(found[1])


def tables_of(document: str) -> Mapping[str, Table]:
    """Return the tables that a document may hold.

    >>> list(tables_of("stock.json"))
    ['stock']
    """
    return _TABLES_OF.get(document) or _TABLES_OF[EVENTS_FOLDER]
