"""Rows that somebody else may have written as records, with every problem that they have; the only module that knows cattrs.

Nothing is coerced: a row that needed a guess to become a record is refused.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

import attrs
import cattrs
from cattrs import BaseValidationError
from cattrs.gen import make_dict_structure_fn_from_attrs, override

from plandoc import records
from plandoc.codec import values
from plandoc.codec.values import AS_THEY_ARE, JSON, Refused, stored_name
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.fields import check_of
from plandoc.near_words import nearest
from plandoc.records.ids import IDS

RecordT = TypeVar("RecordT")


def _as_it_is(value: Any, _: Any = None) -> Any:
    return value


def _change(converter: cattrs.Converter, value: Any) -> records.Change:
    kind, data = values.kind_and_data(value)
    change: records.Change = converter.structure(data, kind)
    return change


def _tuple_hook(kind: Any, converter: cattrs.Converter) -> Any:
    item_kind = kind.__args__[0]
    item_hook = converter.get_structure_hook(item_kind)

    def items(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise Refused(f"wanted a list, found {shorten(value)}")
        if not converter.detailed_validation:
            return tuple([item_hook(item, item_kind) for item in value])
        return tuple(_each_item(value, item_kind, item_hook))

    return items


def _each_item(value: list[Any], kind: Any, hook: Any) -> Iterator[Any]:
    errors = []
    for index, item in enumerate(value):
        try:
            yield hook(item, kind)
        except Exception as error:  # noqa: BLE001  (collected, and raised together below)
            error.add_note(_Position(f"[{index}]"))
            errors.append(error)
    if errors:
        raise ExceptionGroup("list", errors)


class _Position(str):
    """The index of a list item, as a note on its error."""

    __slots__ = ()


def _overrides(kind: type) -> dict[str, Any]:
    return {attribute.name: override(rename=stored_name(attribute, kind)) for attribute in attrs.fields(kind)}


def _as_cattrs_sees_it(field: attrs.Attribute[Any]) -> attrs.Attribute[Any]:
    """Return a field for cattrs, which asks no hook for one that has a converter: what is taken as it is needs no call."""
    is_as_it_is = field.type in AS_THEY_ARE or field.type == JSON
    return field.evolve(converter=_as_it_is if is_as_it_is else None, kw_only=True)


def _record_hook(kind: type, converter: cattrs.Converter) -> Any:
    fields = [_as_cattrs_sees_it(field) for field in attrs.fields(attrs.resolve_types(kind))]
    structure: Any = make_dict_structure_fn_from_attrs(
        fields, kind, converter, _cattrs_prefer_attrib_converters=True, **_overrides(kind)
    )
    if not converter.detailed_validation:
        # It refuses whatever has no keys, too; what is wrong with it is asked of the detailed one.
        return structure

    def record(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise Refused(f"wanted an object, found {shorten(value)}")
        try:
            return structure(value, kind)
        except BaseValidationError as error:
            raise _with_broken_rules(error, kind, value) from None

    return record


def _with_broken_rules(error: BaseValidationError, kind: type, value: dict[str, Any]) -> ExceptionGroup[Exception]:
    # The record's rules run only when every field could be converted; a person wants to hear of both at once.
    broken = [
        Problem(f"{kind.__name__}: {message}", field=stored_name(attribute, kind))
        for attribute in attrs.fields(kind)
        if attribute.type in (str, int, bool, *IDS) and stored_name(attribute, kind) in value
        if (check := check_of(attribute)) is not None
        if (message := check(value[stored_name(attribute, kind)])) is not None
    ]
    reported = [_in_stored_names(inner, kind) for inner in error.exceptions if isinstance(inner, ValidationError)]
    others = [inner for inner in error.exceptions if not isinstance(inner, ValidationError)]
    more = [ValidationError(broken)] if broken and not reported else []
    return ExceptionGroup("record", [*others, *reported, *more])


def _in_stored_names(error: ValidationError, kind: type) -> ValidationError:
    names = {attribute.alias or attribute.name: stored_name(attribute, kind) for attribute in attrs.fields(kind)}
    return ValidationError(
        attrs.evolve(problem, field=names.get(problem.field or "", problem.field)) for problem in error.problems
    )


@cache
def _converter(*, detailed: bool) -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=detailed, forbid_extra_keys=True)
    # The record's own rules judge text, whole numbers and flags, with all its problems at once.
    for primitive in (str, int, bool, *IDS):
        converter.register_structure_hook(primitive, _as_it_is)
    converter.register_structure_hook(datetime.date, values.day)
    converter.register_structure_hook(datetime.datetime, values.timestamp)
    converter.register_structure_hook_func(values.is_enumeration, values.member)
    converter.register_structure_hook(int | Fraction, values.ratio)
    converter.register_structure_hook(Decimal | Fraction, values.quantity)
    converter.register_structure_hook(Decimal | Fraction | None, values.quantity_or_none)
    converter.register_structure_hook_func(lambda kind: kind == JSON, _as_it_is)
    converter.register_structure_hook_factory(lambda kind: getattr(kind, "__origin__", None) is tuple, _tuple_hook)
    converter.register_structure_hook_factory(attrs.has, _record_hook)
    converter.register_structure_hook(records.Change, lambda value, _: _change(converter, value))
    return converter


@cache
def _from_row(record_type: Any) -> Any:
    return _converter(detailed=False).get_structure_hook(record_type)


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
        record: RecordT = _from_row(kind)({"id": row_id, **row}, kind)
    except Exception as error:
        problems = problems_of_row(record_type, row_id, row)
        raise ValidationError(problems) from error
    return record


def problems_of_row(record_type: type, row_id: int, row: Any) -> list[Problem]:
    """Return everything that keeps a row from being a record; an empty list when nothing does."""
    if not isinstance(row, dict):
        return [Problem(f"wanted an object, found {shorten(row)}")]
    if "id" in row:
        return [Problem("the id of a row is its key; take the field out", field="id")]
    try:
        _converter(detailed=True).structure({"id": row_id, **row}, record_type)
    except Exception as error:  # noqa: BLE001  (whatever cattrs raises becomes problems here, at its one boundary)
        return list(_problems(error, ""))
    return []


def _problems(error: BaseException, path: str) -> Iterator[Problem]:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, _Position):
            path += note
        elif name := getattr(note, "name", None):
            path = f"{path}.{name}" if path else str(name)
    if isinstance(error, ValidationError):
        for problem in error.problems:
            yield attrs.evolve(problem, field=".".join(part for part in (path, problem.field) if part))
    elif isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _problems(inner, path)
    else:
        yield from _problems_of_cattrs(error, path)


def _problems_of_cattrs(error: BaseException, path: str) -> Iterator[Problem]:
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        for name in sorted(error.extra_fields):
            yield Problem("unknown field", field=f"{path}.{name}" if path else name, hint=_nearest(name, error.cl))
    elif isinstance(error, KeyError):
        # The path ends with the name of the attribute; the key that was looked for is the one in the file.
        before = path.rpartition(".")[0]
        field = f"{before}.{error.args[0]}" if before else str(error.args[0])
        yield Problem("wanted a value, found nothing: the field is missing", field=field)
    else:
        yield Problem(str(error), field=path or None)


def _nearest(name: str, kind: type) -> str:
    known = [stored_name(attribute, kind) for attribute in attrs.fields(kind) if attribute.name != "id"]
    near = nearest(name, known)
    return f"known are {', '.join(known)}" if near is None else f"did you mean {near}?"
