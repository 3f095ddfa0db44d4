"""What a field of a record may hold: constraints as attrs validators, and a record with some fields replaced.

A check is a function that returns what is wrong, or None. `validator` makes an attrs validator of it; the first that
fails collects what is wrong with *all* fields, because one complaint at a time wastes a person's evening.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

import attrs

from plandoc.errors import Problem, ValidationError
from plandoc.frozen import writers

RecordT = TypeVar("RecordT")
Check = Callable[[Any], "str | None"]
Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]
# What a check lets pass, in the words of JSON Schema; "records" names the classes whose records pass.
JsonForm = dict[str, Any]

_CHECKS: dict[Any, Check] = {}
_JSON_FORMS: dict[Check, JsonForm] = {}


def in_json(**form: Any) -> Callable[[Check], Check]:
    """Say beside a check what it lets pass in JSON; a schema never refuses what a check lets pass."""

    def known(check: Check) -> Check:
        _JSON_FORMS[check] = form
        return check

    return known


def json_form(check: Check) -> JsonForm:
    """Return what a check lets pass, in the words of JSON Schema.

    Raises:
        KeyError: for a check that does not say so.
    """
    return _JSON_FORMS[check]


def validator(check: Check) -> Validator:
    """Return a check as an attrs validator.

    A function in a function: an object that can be called takes a third longer, and a look at all events asks seventy
    thousand times.
    """

    def validate(record: Any, _attribute: attrs.Attribute[Any], value: Any) -> None:
        if check(value) is not None:
            raise ValidationError(problems_of(record))

    _CHECKS[validate] = check
    return validate


def check_of(attribute: attrs.Attribute[Any]) -> Check | None:
    """Return the check that the values of a field must pass; None when it has no rule."""
    return _CHECKS.get(attribute.validator)


def problems_of(record: Any) -> Iterator[Problem]:
    """Yield what is wrong with every single field of a record, in the order of the fields."""
    for attribute in attrs.fields(type(record)):
        check = check_of(attribute)
        message = None if check is None else check(getattr(record, attribute.name))
        if message is not None:
            yield Problem(f"{type(record).__name__}: {message}", field=attribute.alias or attribute.name)


def evolved(record: RecordT, **changes: Any) -> RecordT:
    """Return a record with other values in some fields, as `attrs.evolve` does; only those are judged, because all others were.

    Raises:
        ValidationError: when one of them breaks a rule.
    """
    kind: Any = type(record)
    fields, rule_of_all = _rules_of(kind)
    other: RecordT = object.__new__(kind)
    for name, (read, write, _, _) in fields.items():
        if name not in changes:
            write(other, read(record))
    is_sound = True
    for name, given in changes.items():
        _, write, convert, check = fields[name]
        value = given if convert is None else convert(given)
        write(other, value)
        is_sound = is_sound and (check is None or check(value) is None)
    if not is_sound:
        raise ValidationError(problems_of(other))
    if rule_of_all is not None:
        rule_of_all(other)
    return other


@cache
def _rules_of(kind: Any) -> tuple[dict[str, tuple[Any, ...]], Callable[[Any], None] | None]:
    """Return how each field of a record is read, written, converted and judged, and the rule for all of them together."""
    fields: dict[str, tuple[Any, ...]] = {
        one.name: (getattr(kind, one.name).__get__, writers(kind)[one.name], one.converter, check_of(one))
        for one in attrs.fields(kind)
    }
    return fields, getattr(kind, "__attrs_post_init__", None)


def refusal(record: object, field: str, message: str) -> ValidationError:
    """Return the error for a rule that several fields of a record break together."""
    return ValidationError([Problem(f"{type(record).__name__}: {message}", field=field)])
