"""Records to rows of strict JSON and back.

A row that somebody else may have written is read by `from_row`, which asks all the rules of the record. One that this version
of plandoc made of a record is read by `from_judged_row`, which does not ask them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from plandoc.codec.forms import form_of_records
from plandoc.codec.values import CHANGES, day, stored_name, stored_quantity, stored_ratio
from plandoc.errors import Problem

if TYPE_CHECKING:
    from types import ModuleType

__all__ = [
    "CHANGES",
    "day",
    "from_judged_row",
    "from_judged_rows",
    "from_row",
    "problems_of_row",
    "stored_name",
    "stored_quantity",
    "stored_ratio",
    "to_row",
]

RecordT = TypeVar("RecordT")

# Up to here rows are made records faster one by one.
_FEW = 3


def to_row(record: Any) -> dict[str, Any]:
    """Return a record as a row: JSON values only, in the order of its fields, without its id.

    >>> from plandoc.records import SubRecipe
    >>> to_row(SubRecipe(recipe_id=3, multiplier="0.5"))
    {'recipe_id': 3, 'multiplier': '0.5', 'notes': ''}
    """
    kind: Any = type(record)
    return form_of_records(kind).row(record)


def from_row(record_type: type[RecordT], row_id: int, row: Mapping[str, Any]) -> RecordT:
    """Return the record that a row holds.

    Raises:
        ValidationError: with every problem of the row, when anything in it needed a guess.
    """
    record: RecordT = _strict_rows().from_row(record_type, row_id, row)
    return record


def from_judged_row(record_type: type[RecordT], row_id: int, row: Mapping[str, Any]) -> RecordT:
    """Return the record that a row holds which `to_row` of this version made of a record.

    Values are converted as by `from_row`; the rules of the record, which judged it when it was made, are not asked again.

    Raises:
        ValidationError: when the row cannot be one that `to_row` made, and is not a record either.
    """
    kind: Any = record_type
    try:
        record: RecordT = form_of_records(kind).numbered(row_id, row)
    except Exception:  # noqa: BLE001  (what is wrong with it is for the strict reading to say)
        return from_row(record_type, row_id, row)
    return record


def from_judged_rows(record_type: type[RecordT], rows: Mapping[Any, Mapping[str, Any]]) -> list[RecordT]:
    """Return the records of rows by id, as `from_judged_row` does for each, in their order."""
    if len(rows) < _FEW:
        return [from_judged_row(record_type, int(row_id), row) for row_id, row in rows.items()]
    kind: Any = record_type
    try:
        return form_of_records(kind).numbered_all(map(int, rows), rows.values())
    except Exception:  # noqa: BLE001  (what is wrong with which of them is for the strict reading to say)
        return [from_row(record_type, int(row_id), row) for row_id, row in rows.items()]


def problems_of_row(record_type: type, row_id: int, row: Any) -> list[Problem]:
    """Return everything that keeps a row from being a record; an empty list when nothing does."""
    problems: list[Problem] = _strict_rows().problems_of_row(record_type, row_id, row)
    return problems


@cache
def _strict_rows() -> ModuleType:
    from plandoc.codec import strict_rows  # noqa: PLC0415  (20 ms of cattrs, which rows of this version do not need)

    return strict_rows
