"""Records to rows of strict JSON and back; the only module that knows cattrs.

Nothing is coerced: a row that needed a guess to become a record is refused, with every problem it has.
"""

from __future__ import annotations

import datetime
import difflib
import enum
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache, wraps
from itertools import repeat
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import attrs
import cattrs
from cattrs import BaseValidationError
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn_from_attrs, make_dict_unstructure_fn, override

from plandoc import records
from plandoc.constraints import LONGEST_IN_FRACTIONS, OwnJson, check_of
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.frozen import writers
from plandoc.ids import IDS

RecordT = TypeVar("RecordT")

_DECIMAL = re.compile(r"\d{1,13}(?:\.\d{1,12})?", re.ASCII)
_RATIO = re.compile(r"\d{1,15}/\d{1,15}", re.ASCII)
_QUOTIENT = re.compile(rf"\d{{1,{LONGEST_IN_FRACTIONS}}}/\d{{1,{LONGEST_IN_FRACTIONS}}}", re.ASCII)

CHANGES: Mapping[str, type[records.Change]] = MappingProxyType({change.tag: change for change in records.CHANGES})
# Keys are part of the format, the names of attributes are not. Those of changes are from the program this comes from.
_STORED_NAMES: Mapping[type, Mapping[str, str]] = MappingProxyType(
    {
        **{change: {"finished_good_id": "fg_id", "finished_good_name": "fg_name"} for change in records.CHANGES},
        records.Finding: {"hint": "way_out"},
    }
)


# The record's own rules judge text, whole numbers and flags, with all its problems at once.
_TAKEN_AS_IT_IS = frozenset({form for kind in (str, int, bool, *IDS) for form in (kind, kind | None)})
_JSON = Mapping[str, Any]
# Up to here rows are made records faster one by one.
_FEW = 3


class _Refused(ValueError):  # noqa: N818  (a signal inside this module, turned into problems before it leaves)
    """A value cannot become what the record wants."""


def _as_it_is(value: Any, _: Any = None) -> Any:
    return value


def _ratio(value: Any, _: Any) -> int | Fraction:
    if type(value) is int:
        return value
    if type(value) is str and _RATIO.fullmatch(value) and int(value.partition("/")[2]):
        return Fraction(value)
    raise _Refused(f'wanted a whole number or a fraction in quotes, such as "10/3", found {shorten(value)}')


def _quantity(value: Any, _: Any) -> Decimal | Fraction:
    if type(value) is str and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if type(value) is str and _QUOTIENT.fullmatch(value) and int(value.partition("/")[2]):
        return Fraction(value)
    raise _Refused(f'wanted a number in quotes, such as "0.67" or "1/3", found {shorten(value)}')


def _quantity_or_none(value: Any, _: Any) -> Decimal | Fraction | None:
    return None if value is None else _quantity(value, None)


def stored_quantity(value: Decimal | Fraction) -> str:
    """Return an amount as it is in the files.

    >>> stored_quantity(Decimal("5.50")), stored_quantity(Fraction(1, 3))
    ('5.50', '1/3')
    """
    return str(value) if isinstance(value, Fraction) else format(value, "f")


def day(value: Any) -> datetime.date:
    """Return the day that a text says, in the one form that the files have.

    Raises:
        ValueError: that says what was wanted.

    >>> day("2026-12-25")
    datetime.date(2026, 12, 25)
    """
    try:
        date = datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        date = None
    # Python also reads 20261225 and 2026-W52-5.
    if date is None or len(value) != len("2026-12-25") or value[7] != "-":
        raise _Refused(f"wanted a date such as 2026-12-25, found {shorten(value)}")
    return date


def _date(value: Any, _: Any) -> datetime.date:
    return day(value)


def _timestamp(value: Any, _: Any) -> datetime.datetime:
    try:
        timestamp = datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        timestamp = None
    if timestamp is None or timestamp.utcoffset() is None or timestamp.isoformat() != value.replace("Z", "+00:00"):
        raise _Refused(f"wanted a timestamp such as 2026-01-28T03:25:47+00:00, found {shorten(value)}")
    return timestamp


def _member(value: Any, kind: Any) -> Any:
    if type(value) is str and (member := _members(kind).get(value)) is not None:
        return member
    allowed = ", ".join(member.value for member in kind)
    raise _Refused(f"wanted one of {allowed}, found {shorten(value)}")


def _is_enumeration(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


@cache
def _members(kind: type[enum.Enum]) -> Mapping[str, enum.Enum]:
    return {member.value: member for member in kind}


def _change_row(converter: cattrs.Converter, change: records.Change) -> dict[str, Any]:
    return {"kind": change.tag, "data": converter.unstructure(change)}


def _change(converter: cattrs.Converter, value: Any) -> records.Change:
    if type(value) is not dict or set(value) != {"kind", "data"}:
        raise _Refused(f"wanted an object with kind and data, found {shorten(value)}")
    if type(value["kind"]) is not str or value["kind"] not in CHANGES:
        raise _Refused(f"wanted a kind that is one of {', '.join(CHANGES)}, found {shorten(value['kind'])}")
    change: records.Change = converter.structure(value["data"], CHANGES[value["kind"]])
    return change


def _tuple_hook(kind: Any, converter: cattrs.Converter) -> Any:
    item_kind = kind.__args__[0]
    item_hook = converter.get_structure_hook(item_kind)

    def items(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _Refused(f"wanted a list, found {shorten(value)}")
        if not converter.detailed_validation:
            return tuple([item_hook(item, item_kind) for item in value])
        return tuple(_each_item(value, item_kind, item_hook))

    return items


def _list_hook(kind: Any, converter: cattrs.Converter) -> Any:
    item_hook = converter.get_unstructure_hook(kind.__args__[0])
    return lambda value: [item_hook(item) for item in value]


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


def stored_name(attribute: attrs.Attribute[Any], kind: type) -> str:
    """Return the key that a field of a record has in the files."""
    return _STORED_NAMES.get(kind, {}).get(attribute.name, attribute.alias or attribute.name)


def stored_ratio(value: int | Fraction) -> int | str:
    """Return a yield or a need as it is in the files: a fraction in quotes where it is not a whole number.

    >>> stored_ratio(24), stored_ratio(Fraction(10, 3))
    (24, '10/3')
    """
    return value if type(value) is int else str(value)


def _overrides(kind: type) -> dict[str, Any]:
    return {attribute.name: override(rename=stored_name(attribute, kind)) for attribute in attrs.fields(kind)}


def _made_without_rules(kind: type) -> Callable[..., Any]:
    """Return a function that makes a record of the values of all its fields, which were judged before."""
    written = [(field.alias, writers(kind)[field.name]) for field in attrs.fields(kind)]

    def make(**values: Any) -> Any:
        record: Any = object.__new__(kind)
        for name, write in written:
            write(record, values[name])
        return record

    return wraps(kind, updated=())(make)


def _as_cattrs_sees_it(field: attrs.Attribute[Any], *, judged: bool) -> attrs.Attribute[Any]:
    """Return a field for cattrs, which asks no hook for one that has a converter: what is taken as it is needs no call."""
    as_it_is = field.type in _TAKEN_AS_IT_IS or (field.type == _JSON and not judged)
    return field.evolve(converter=_as_it_is if as_it_is else None, kw_only=True)


def _record_hook(kind: type, converter: cattrs.Converter, *, judged: bool) -> Any:
    fields = [_as_cattrs_sees_it(field, judged=judged) for field in attrs.fields(attrs.resolve_types(kind))]
    make: Any = _made_without_rules(kind) if judged else kind
    structure: Any = make_dict_structure_fn_from_attrs(
        fields, make, converter, _cattrs_prefer_attrib_converters=True, **_overrides(kind)
    )
    if not converter.detailed_validation:
        # It refuses whatever has no keys, too; what is wrong with it is asked of the detailed one.
        return structure

    def record(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise _Refused(f"wanted an object, found {shorten(value)}")
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


def _row_hook(kind: type, converter: cattrs.Converter) -> Any:
    overrides: dict[str, Any] = {**_overrides(kind), "id": override(omit=True)}
    return make_dict_unstructure_fn(kind, converter, **overrides)


@cache
def _converter(*, detailed: bool = False, judged: bool = False) -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=detailed, forbid_extra_keys=True)
    for primitive in (str, int, bool, *IDS):
        converter.register_structure_hook(primitive, _as_it_is)
    converter.register_structure_hook(datetime.date, _date)
    converter.register_structure_hook(datetime.datetime, _timestamp)
    converter.register_structure_hook_func(_is_enumeration, _member)
    converter.register_structure_hook(int | Fraction, _ratio)
    converter.register_structure_hook(Decimal | Fraction, _quantity)
    converter.register_structure_hook(Decimal | Fraction | None, _quantity_or_none)
    # Whoever keeps JSON that was judged shares it with the row, which nobody changes in place.
    converter.register_structure_hook_func(
        lambda kind: kind == _JSON, (lambda value, _: OwnJson(value)) if judged else _as_it_is
    )
    converter.register_structure_hook_factory(lambda kind: getattr(kind, "__origin__", None) is tuple, _tuple_hook)
    converter.register_structure_hook_factory(
        attrs.has, lambda kind, converter: _record_hook(kind, converter, judged=judged)
    )
    converter.register_structure_hook(records.Change, lambda value, _: _change(converter, value))
    converter.register_unstructure_hook_factory(attrs.has, _row_hook)
    converter.register_unstructure_hook(datetime.datetime, lambda value: value.isoformat())
    converter.register_unstructure_hook(datetime.date, lambda value: value.isoformat())
    converter.register_unstructure_hook(int | Fraction, stored_ratio)
    converter.register_unstructure_hook(Decimal | Fraction, stored_quantity)
    converter.register_unstructure_hook(
        Decimal | Fraction | None, lambda value: None if value is None else stored_quantity(value)
    )
    converter.register_unstructure_hook_func(lambda kind: kind == _JSON, identity)
    converter.register_unstructure_hook(records.Change, lambda value: _change_row(converter, value))
    converter.register_unstructure_hook_factory(lambda kind: getattr(kind, "__origin__", None) is tuple, _list_hook)
    return converter


@cache
def _from_row(record_type: Any, *, judged: bool) -> Callable[[dict[str, Any], Any], Any]:
    return _converter(judged=judged).get_structure_hook(record_type)


@cache
def _to_row(record_type: Any) -> Callable[[Any], dict[str, Any]]:
    # Either gives the same rows; a process that meets only rows of its own version needs no more than this one.
    return _converter(judged=True).get_unstructure_hook(record_type)


def to_row(record: Any) -> dict[str, Any]:
    """Return a record as a row: JSON values only, in the order of its fields, without its id.

    >>> to_row(records.SubRecipe(recipe_id=3, multiplier=Decimal("0.5")))
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
    """Return the record that a row holds which `to_row` of this version made of a record.

    Values are converted as by `from_row`; the rules of the record, which judged it when it was made, are not asked again.

    Raises:
        ValidationError: when the row cannot be one that `to_row` made, and is not a record either.
    """
    kind: Any = record_type
    try:
        record: RecordT = _from_row(kind, judged=True)({"id": row_id, **row}, kind)
    except Exception:  # noqa: BLE001  (what is wrong with it is for the strict reading to say)
        return from_row(record_type, row_id, row)
    return record


def from_judged_rows(record_type: type[RecordT], rows: Mapping[Any, Mapping[str, Any]]) -> list[RecordT]:
    """Return the records of rows by id, as `from_judged_row` does for each, in their order."""
    if len(rows) < _FEW:
        return [from_judged_row(record_type, int(row_id), row) for row_id, row in rows.items()]
    try:
        return _in_columns(record_type, map(int, rows), rows.values())
    except Exception:  # noqa: BLE001  (what is wrong with which of them is for the strict reading to say)
        return [from_row(record_type, int(row_id), row) for row_id, row in rows.items()]


def _in_columns(kind: Any, row_ids: Iterable[int], rows: Collection[Mapping[str, Any]]) -> list[Any]:
    """Return the records of judged rows, made field by field: most of that runs in C, which row by row does not."""
    columns = _columns_of(kind)
    if {*map(len, rows)} - {len(columns)}:
        raise _Refused
    made = [*map(object.__new__, repeat(kind, len(rows)))]
    deque(map(writers(kind)["id"], made, row_ids), maxlen=0)
    for column in columns:
        values = [*map(column.value_in, rows)]
        if column.hook is not None and {*map(type, values)} != column.plain:
            values = [*map(column.hook, values, repeat(column.kind))]
        deque(map(column.write, made, values), maxlen=0)
    return made


class _Column(NamedTuple):
    """How a field of many judged rows becomes that of their records.

    Attributes:
        value_in: Returns the value in a row.
        write: Writes a value into a record.
        kind: The field's type.
        hook: Makes the record's value of the row's; None where they are always the same.
        plain: The type of values that are the same in both, if a hook leaves any as they are.
    """

    value_in: Callable[[Any], Any]
    write: Callable[[Any, Any], None]
    kind: Any
    hook: Callable[[Any, Any], Any] | None
    plain: set[type]


@cache
def _columns_of(kind: type) -> tuple[_Column, ...]:
    """Return the fields of a record but for its id, which is the row's key."""
    converter = _converter(judged=True)
    return tuple(
        _Column(
            itemgetter(stored_name(field, kind)),
            writers(kind)[field.name],
            field.type,
            None if field.type in _TAKEN_AS_IT_IS else converter.get_structure_hook(field.type),
            {int} if field.type == int | Fraction else set(),
        )
        for field in attrs.fields(attrs.resolve_types(kind))
        if field.name != "id"
    )


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
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
