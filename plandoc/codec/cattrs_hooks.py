"""What cattrs does with each type of field, in three converters; beside `problems` the only module that knows cattrs."""

from __future__ import annotations

import datetime
import enum
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache, wraps
from itertools import repeat
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import attrs
import cattrs
from cattrs import BaseValidationError
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn_from_attrs, make_dict_unstructure_fn, override

from plandoc import records
from plandoc.codec import values
from plandoc.codec.values import Refused, stored_name
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.fields import check_of
from plandoc.fields.json_objects import OwnJson
from plandoc.frozen import writers
from plandoc.records.ids import IDS

# The record's own rules judge text, whole numbers and flags, with all its problems at once.
_TAKEN_AS_IT_IS = frozenset({form for kind in (str, int, bool, *IDS) for form in (kind, kind | None)})
_JSON = Mapping[str, Any]
# Values that are not always JSON, and the type of those that are.
_MOSTLY_AS_IT_IS: Mapping[Any, type] = MappingProxyType({int | Fraction: int})


class ItemIndex(str):
    """The index of a list item, as a note on its error."""

    __slots__ = ()


@cache
def converter_of_rows(*, detailed: bool = False, judged: bool = False) -> cattrs.Converter:
    """Return the converter for records and their rows.

    Args:
        detailed: Whether everything that is wrong with a row is reported, which takes longer.
        judged: Whether `to_row` of this version made the rows, so that no rules have to be applied again.
    """
    converter = cattrs.Converter(detailed_validation=detailed, forbid_extra_keys=True)
    for primitive in (str, int, bool, *IDS):
        converter.register_structure_hook(primitive, _as_it_is)
    converter.register_structure_hook(datetime.date, values.day)
    converter.register_structure_hook(datetime.datetime, values.timestamp)
    converter.register_structure_hook_func(_is_enumeration, values.member)
    converter.register_structure_hook(int | Fraction, values.ratio)
    converter.register_structure_hook(Decimal | Fraction, values.quantity)
    converter.register_structure_hook(
        Decimal | Fraction | None, lambda value, _: None if value is None else values.quantity(value)
    )
    # A record shares JSON that was judged with its row, which nobody changes in place.
    converter.register_structure_hook_func(
        lambda kind: kind == _JSON, (lambda value, _: OwnJson(value)) if judged else _as_it_is
    )
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook_factory(
        attrs.has, lambda kind, converter: _record_hook(kind, converter, judged=judged)
    )
    converter.register_structure_hook(records.Change, _change_hook(converter))
    _register_rows(converter)
    return converter


def _register_rows(converter: cattrs.Converter) -> None:
    """Teach a converter how records become rows."""
    converter.register_unstructure_hook_factory(attrs.has, _row_hook)
    converter.register_unstructure_hook(datetime.datetime, datetime.datetime.isoformat)
    converter.register_unstructure_hook(datetime.date, datetime.date.isoformat)
    converter.register_unstructure_hook(int | Fraction, values.stored_ratio)
    converter.register_unstructure_hook(Decimal | Fraction, values.stored_quantity)
    converter.register_unstructure_hook(
        Decimal | Fraction | None, lambda value: None if value is None else values.stored_quantity(value)
    )
    # cattrs knows its own function and does not call it for each row.
    converter.register_unstructure_hook_func(lambda kind: kind == _JSON, identity)
    converter.register_unstructure_hook(
        records.Change, lambda change: {"kind": change.tag, "data": converter.unstructure(change)}
    )
    converter.register_unstructure_hook_factory(_is_tuple, _list_hook)


def _as_it_is(value: Any, _: Any = None) -> Any:
    return value


def _is_enumeration(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


def _is_tuple(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) is tuple


def _change_hook(converter: cattrs.Converter) -> Any:
    def change(value: Any, _: Any) -> Any:
        kind, data = values.kind_and_data(value)
        return converter.structure(data, kind)

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


def _list_hook(kind: Any, converter: cattrs.Converter) -> Any:
    if kind.__args__[0] in _TAKEN_AS_IT_IS:
        return list
    item_hook = converter.get_unstructure_hook(kind.__args__[0])
    return lambda value: [item_hook(item) for item in value]


def _each_item(value: list[Any], kind: Any, hook: Any) -> Iterator[Any]:
    errors = []
    for index, item in enumerate(value):
        try:
            yield hook(item, kind)
        except Exception as error:  # noqa: BLE001  (collected, and raised together below)
            error.add_note(ItemIndex(f"[{index}]"))
            errors.append(error)
    if errors:
        raise ExceptionGroup("list", errors)


def _overrides(kind: type) -> dict[str, Any]:
    return {attribute.name: override(rename=stored_name(attribute, kind)) for attribute in attrs.fields(kind)}


def _row_hook(kind: type, converter: cattrs.Converter) -> Any:
    overrides: dict[str, Any] = {**_overrides(kind), "id": override(omit=True)}
    return make_dict_unstructure_fn(kind, converter, **overrides)


def _made_without_rules(kind: type) -> Callable[..., Any]:
    """Return a function that makes a record of the values of all its fields, which were judged before."""
    written = [(field.alias, writers(kind)[field.name]) for field in attrs.fields(kind)]

    def make(**found: Any) -> Any:
        record: Any = object.__new__(kind)
        for name, write in written:
            write(record, found[name])
        return record

    return wraps(kind, updated=())(make)


def judged_rows_hook(kind: type) -> Callable[[Mapping[Any, Mapping[str, Any]]], list[Any]]:
    """Return a function that makes records of judged rows by id, field by field: unlike row by row, most of that runs in C.

    For rows that `to_row` did not make, it can raise anything.
    """
    converter = converter_of_rows(judged=True)
    fields = attrs.fields(attrs.resolve_types(kind))
    parts = [
        (
            itemgetter(stored_name(field, kind)),
            writers(kind)[field.name],
            None if field.type in _TAKEN_AS_IT_IS else converter.get_structure_hook(field.type),
            field.type,
        )
        for field in fields
        if field.name != "id"
    ]
    write_id, sizes = writers(kind)["id"], {len(parts)}

    def structure(rows: Mapping[Any, Mapping[str, Any]]) -> list[Any]:
        found_rows = [*rows.values()]
        if {*map(len, found_rows)} - sizes:
            raise Refused
        made: list[Any] = [*map(object.__new__, repeat(kind, len(found_rows)))]
        deque(map(write_id, made, map(int, rows)), maxlen=0)
        for get, write, hook, field_type in parts:
            found = [*map(get, found_rows)]
            if hook is not None and {*map(type, found)} != {_MOSTLY_AS_IT_IS.get(field_type)}:
                found = [*map(hook, found, repeat(field_type))]
            deque(map(write, made, found), maxlen=0)
        return made

    return structure


def _as_cattrs_sees_it(field: attrs.Attribute[Any], *, judged: bool) -> attrs.Attribute[Any]:
    """Return a field as cattrs gets it: with a converter if its values are taken as they are, because cattrs then calls no hook.

    In a row that `to_row` made no field is missing, so that cattrs need not ask for each.
    """
    is_as_it_is = field.type in _TAKEN_AS_IT_IS or (field.type == _JSON and not judged)
    default = attrs.NOTHING if judged else field.default
    return field.evolve(converter=_as_it_is if is_as_it_is else None, default=default, kw_only=True)


def _record_hook(kind: type, converter: cattrs.Converter, *, judged: bool) -> Any:
    fields = [_as_cattrs_sees_it(field, judged=judged) for field in attrs.fields(attrs.resolve_types(kind))]
    make: Any = _made_without_rules(kind) if judged else kind
    structure: Any = make_dict_structure_fn_from_attrs(
        fields, make, converter, _cattrs_prefer_attrib_converters=True, **_overrides(kind)
    )
    if not converter.detailed_validation:
        # It also refuses anything without keys; the detailed converter says what is wrong.
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
    # The record's own rules run only if every field could be converted, but a person wants to see all problems at once.
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
