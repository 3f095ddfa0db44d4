"""Records to rows and back by cattrs, which this module imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from plandoc.codec.cattrs_hooks import converter_of_rows, judged_rows_hook
from plandoc.codec.problems import problems_of_row
from plandoc.errors import ValidationError

__all__ = ["from_judged_row", "from_judged_rows", "from_row", "problems_of_row", "to_row"]

RecordT = TypeVar("RecordT")


@cache
def _to_row(record_type: Any) -> Callable[[Any], dict[str, Any]]:
    # Both converters give the same rows; a process that meets only rows of its own version needs this one anyway.
    return converter_of_rows(judged=True).get_unstructure_hook(record_type)


@cache
def _from_row(record_type: Any, *, judged: bool) -> Callable[[dict[str, Any], Any], Any]:
    return converter_of_rows(judged=judged).get_structure_hook(record_type)


@cache
def _from_rows(record_type: Any) -> Callable[[Mapping[Any, Mapping[str, Any]]], list[Any]]:
    return judged_rows_hook(record_type)


def to_row(record: Any) -> dict[str, Any]:
    """Return a record as a row: JSON values only, in the order of its fields, without its id.

    >>> from plandoc.records import SubRecipe
    >>> to_row(SubRecipe(recipe_id=3, multiplier="0.5"))
    {'recipe_id': 3, 'multiplier': '0.5', 'notes': ''}
    """
    kind: Any = type(record)
    return _to_row(kind)(record)


def from_row(record_type: type[RecordT], row_id: int, row: Mapping[str, Any]) -> RecordT:
    """Return the record that a row holds.

    Raises:
        ValidationError: with every problem of the row, when anything in it needed a guess.
    """
    # TinyDB hands out a row as a dict of its own kind.
    if not isinstance(row, dict) or "id" in row:
        raise ValidationError(problems_of_row(record_type, row_id, row))
    kind: Any = record_type
    try:
        record: RecordT = _from_row(kind, judged=False)({"id": row_id, **row}, kind)
    except Exception as error:
        problems = problems_of_row(record_type, row_id, row)
        raise ValidationError(problems) from error
    return record


def from_judged_row(record_type: type[RecordT], row_id: int, row: Mapping[str, Any]) -> RecordT:
    """Return the record in a row that `to_row` of this version made.

    Values are converted as by `from_row`. The rules of the record, which judged it when it was made, are not applied again.

    Raises:
        ValidationError: when the row cannot be one that `to_row` made, and is not a record either.
    """
    kind: Any = record_type
    if "id" in row:
        return from_row(record_type, row_id, row)
    try:
        record: RecordT = _from_row(kind, judged=True)({"id": row_id, **row}, kind)
    except Exception:  # noqa: BLE001  (what is wrong with it is for the strict reading to say)
        return from_row(record_type, row_id, row)
    return record


def from_judged_rows(record_type: type[RecordT], rows: Mapping[Any, Mapping[str, Any]]) -> list[RecordT]:
    """Return the records of rows by id, as `from_judged_row` does for each, in their order."""
    kind: Any = record_type
    try:
        return _from_rows(kind)(rows)
    except Exception:  # noqa: BLE001  (what is wrong with which of them is for the strict reading to say)
        return [from_row(record_type, int(row_id), row) for row_id, row in rows.items()]
