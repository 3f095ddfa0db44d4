"""What cattrs does with each type of field, in three converters; only `record_form` and `problems` know cattrs, too."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import attrs
import cattrs
from cattrs import BaseValidationError
from cattrs.gen import make_dict_structure_fn_from_attrs, override

from plandoc import records
from plandoc.codec import values
from plandoc.codec.record_form import RecordForm
from plandoc.codec.values import AS_THEY_ARE, JSON, Refused, stored_name
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.fields import check_of
from plandoc.fields.json_objects import OwnJson
from plandoc.records.ids import IDS


class ItemIndex(str):
    """The index of a list item, as a note on its error."""

    __slots__ = ()


@cache
def strict_converter(*, detailed: bool = False) -> cattrs.Converter:
    """Return the converter for rows that another program may have written; it applies all rules of the records.

    Args:
        detailed: Whether everything that is wrong with a row is reported, which takes longer.
    """
    converter = _converter_of_values(detailed=detailed)
    converter.register_structure_hook_func(_is_json, _as_it_is)
    converter.register_structure_hook_factory(attrs.has, _record_hook)
    return converter


@cache
def believing_converter() -> cattrs.Converter:
    """Return the converter for records to rows, and for rows that it made; it applies no rules."""
    converter = _converter_of_values(detailed=False)
    # A record shares JSON that was judged with its row, which nobody changes in place.
    converter.register_structure_hook_func(_is_json, lambda value, _: OwnJson(value))
    converter.register_structure_hook_factory(attrs.has, lambda kind: form_of_records(kind).record)
    converter.register_unstructure_hook_factory(attrs.has, lambda kind: form_of_records(kind).row)
    converter.register_unstructure_hook(datetime.datetime, datetime.datetime.isoformat)
    converter.register_unstructure_hook(datetime.date, datetime.date.isoformat)
    converter.register_unstructure_hook(int | Fraction, values.stored_ratio)
    converter.register_unstructure_hook(Decimal | Fraction, values.stored_quantity)
    converter.register_unstructure_hook(
        Decimal | Fraction | None, lambda value: None if value is None else values.stored_quantity(value)
    )
    converter.register_unstructure_hook(
        records.Change, lambda change: {"kind": change.tag, "data": converter.unstructure(change)}
    )
    converter.register_unstructure_hook_factory(_is_tuple, _list_hook)
    return converter


@cache
def form_of_records(kind: type) -> RecordForm:
    """Return the form of the records of a class, with the hooks of the believing converter for its fields."""
    return RecordForm(kind, believing_converter())


def _converter_of_values(*, detailed: bool) -> cattrs.Converter:
    """Return a converter that knows values, but no records."""
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
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook(records.Change, lambda value, _: _change(converter, value))
    return converter


def _as_it_is(value: Any, _: Any = None) -> Any:
    return value


def _is_enumeration(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


def _is_json(kind: Any) -> bool:
    return bool(kind == JSON)


def _is_tuple(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) is tuple


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
            return tuple(value if item_kind in AS_THEY_ARE else [item_hook(item, item_kind) for item in value])
        return tuple(_each_item(value, item_kind, item_hook))

    return items


def _list_hook(kind: Any, converter: cattrs.Converter) -> Any:
    if kind.__args__[0] in AS_THEY_ARE:
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


def _as_cattrs_sees_it(field: attrs.Attribute[Any]) -> attrs.Attribute[Any]:
    """Return a field as cattrs gets it: with a converter if its values are taken as they are, because cattrs then calls no hook."""
    is_as_it_is = field.type in AS_THEY_ARE or field.type == JSON
    return field.evolve(converter=_as_it_is if is_as_it_is else None, kw_only=True)


def _record_hook(kind: type, converter: cattrs.Converter) -> Any:
    fields = [_as_cattrs_sees_it(field) for field in attrs.fields(attrs.resolve_types(kind))]
    overrides: dict[str, Any] = {field.name: override(rename=stored_name(field, kind)) for field in fields}
    structure: Any = make_dict_structure_fn_from_attrs(
        fields, kind, converter, _cattrs_prefer_attrib_converters=True, **overrides
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
