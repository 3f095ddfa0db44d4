"""What a start of production keeps: the plan, the definitions behind it, and the findings of its review."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping
from typing import Any

import attrs

from plandoc.fields import validator
from plandoc.fields.constraints import (
    aware_datetime,
    non_negative_int,
    one_of,
    or_none,
    positive_int,
    sha256_digest,
    storable_text,
    tuple_of,
)
from plandoc.fields.json_objects import copied, is_same_json, json_object, own_json
from plandoc.frozen import frozen
from plandoc.records.ids import EventId, FinishedGoodId, FinishedUnitId


class FindingKind(enum.Enum):
    """What is wrong or doubtful in a plan; the worst first."""

    BROKEN = "broken"
    MISSING_RECIPE = "missing_recipe"
    UNDECIDED = "undecided"
    SHORT = "short"
    STALE = "stale"
    UNNEEDED = "unneeded"
    CATALOG_CHANGED = "catalog_changed"


@frozen
class Finding:
    """Something in a plan that a person should look at before it is locked or started.

    Attributes:
        what: The name of the unit or good that it is about.
        message: What is wrong with it, with the numbers.
        hint: What can be done.
        finished_unit_id: The unit it is about; None when it is about a good.
        finished_good_id: The good it is about; None when it is about a unit.
        needed: Whole units needed; None where no number of units is the point.
        made: Whole units that the decided batches give; None as `needed`.
    """

    kind: FindingKind = attrs.field(validator=validator(one_of(FindingKind)))
    what: str = attrs.field(validator=validator(storable_text))
    message: str = attrs.field(validator=validator(storable_text))
    hint: str = attrs.field(validator=validator(storable_text))
    finished_unit_id: FinishedUnitId | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    finished_good_id: FinishedGoodId | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    needed: int | None = attrs.field(default=None, validator=validator(or_none(non_negative_int)))
    made: int | None = attrs.field(default=None, validator=validator(or_none(non_negative_int)))


def ids_among(rows: Any) -> tuple[int, ...]:
    """Return the ids among the keys of frozen rows."""
    # A file that was changed by hand can hold anything here; `check` reports it.
    keys = rows if type(rows) is dict else ()
    return tuple(int(key) for key in keys if key.isascii() and key.isdigit() and key[0] != "0" and len(key) < 16)


class Freezes:
    """What snapshots and amendments have in common: records of the catalog as they were, by table and id."""

    __slots__ = ()
    _definitions: Mapping[str, Any]

    @property
    def definitions(self) -> dict[str, Any]:
        """Goods, units, recipes and ingredients as they were frozen, from which the plan is worked out; a copy."""
        definitions: dict[str, Any] = copied(self._definitions)
        return definitions

    def ids_defined(self, table: str) -> tuple[int, ...]:
        """Return the ids of the records of a table that are among the definitions, if only as missing then."""
        return ids_among(self._definitions.get(table))

    def defines(self, table: str, record_id: int) -> bool:
        """Whether a record is among the definitions, if only as one that was missing then."""
        rows = self._definitions.get(table)
        return type(rows) is dict and str(record_id) in rows

    def definition(self, table: str, record_id: int) -> dict[str, Any] | None:
        """Return one of the definitions, without the copy of all others; None for a record that was missing then.

        Args:
            table: Such as finished_units.
            record_id: The id of the record; `defines` says whether there is one.
        """
        row: dict[str, Any] | None = copied(self._definitions[table][str(record_id)])
        return row

    def name_defined(self, table: str, record_id: int) -> str | None:
        """Return the name in one of the definitions, without a copy; None where there is none in it."""
        row = self._definitions[table][str(record_id)]
        name = row.get("name") if type(row) is dict else None
        return name if type(name) is str else None

    def is_defined_as(self, table: str, record_id: int, row: Mapping[str, Any] | None) -> bool:
        """Whether one of the definitions is just this row; `defines` says whether there is one."""
        return is_same_json(self._definitions[table][str(record_id)], row)


@frozen
class PlanSnapshot(Freezes):
    """The plan as it was when production started; written once, never changed.

    Attributes:
        created_at: When it was taken.
        digest: SHA-256 of the canonical JSON of `snapshot_data`, `definitions` and `findings`, in hexadecimal.
        findings: What there was to look at in the plan at that moment; people started it all the same.
    """

    event_id: EventId = attrs.field(validator=validator(positive_int))
    created_at: datetime.datetime = attrs.field(validator=validator(aware_datetime))
    _snapshot_data: Mapping[str, Any] = attrs.field(converter=own_json, validator=validator(json_object))
    _definitions: Mapping[str, Any] = attrs.field(converter=own_json, validator=validator(json_object))
    digest: str = attrs.field(validator=validator(sha256_digest))
    findings: tuple[Finding, ...] = attrs.field(default=(), validator=validator(tuple_of(Finding, most=10_000)))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))

    @property
    def snapshot_data(self) -> dict[str, Any]:
        """The plan in the format "1.0" of the contract; a copy that is the caller's own."""
        data: dict[str, Any] = copied(self._snapshot_data)
        return data
