"""JSON objects inside records: copied, so that nobody else can change them, and judged."""

from __future__ import annotations

import math
from typing import Any

import orjson

from plandoc.errors import shorten
from plandoc.fields import in_json
from plandoc.fields.constraints import storable_text, unstorable_text

DEEPEST_JSON = 100
# Beyond it readers that know one kind of number, such as JavaScript and jq, would change it.
LARGEST_INTEGER_IN_JSON = 2**53


class OwnJson(dict[str, Any]):
    """A JSON object that was copied for a record, or made for it of what was judged before; nobody changes it."""


def own_json(value: Any) -> Any:
    """Copy a JSON object, so that nobody else can change it; leave anything else for `json_object` to judge.

    The copy is made by writing and reading: what reads back equal here also reads back equal from a file, and this is many
    times faster than visiting each value. A snapshot has hundreds, and one is taken at every start of production.
    """
    if type(value) is OwnJson:
        return value
    try:
        read_back = orjson.loads(orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER))
    except (TypeError, orjson.JSONDecodeError):
        return value
    return OwnJson(read_back) if type(read_back) is dict and read_back == value else value


def is_same_json(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same to the byte, so that true is not 1 and the order of keys counts.

    >>> is_same_json({"a": 1}, {"a": 1}), is_same_json({"a": 1}, {"a": True})
    (True, False)
    """
    return one == other and orjson.dumps(one) == orjson.dumps(other)


def copied(value: Any) -> Any:
    """Return a copy of what a record holds as JSON; many times faster than `copy.deepcopy`."""
    return orjson.loads(orjson.dumps(value))


@in_json(type="object")
def json_object(value: Any) -> str | None:
    """A JSON object that every reader of the files returns unchanged."""
    if type(value) is OwnJson or type(own_json(value)) is OwnJson:
        return None
    if type(value) is not dict:
        return f"wanted a JSON object, found {shorten(value)}"
    return _not_json(value, DEEPEST_JSON) or f"wanted a value that JSON can hold exactly, found {shorten(value)}"


def _not_json(value: Any, depth: int) -> str | None:
    kind = type(value)
    if kind is str:
        return None if value.isascii() else unstorable_text(value)
    if kind is not dict and kind is not list:
        return _not_plain_json(value)
    if depth < 0:
        return f"wanted at most {DEEPEST_JSON} objects and lists inside each other, found more"
    if kind is dict:
        for key in value:
            if (wrong := storable_text(key)) is not None:
                return wrong
        value = value.values()
    for item in value:
        if (wrong := _not_json(item, depth - 1)) is not None:
            return wrong
    return None


def _not_plain_json(value: Any) -> str | None:
    kind = type(value)
    if value is None or kind is bool:
        return None
    if (kind is int and abs(value) < LARGEST_INTEGER_IN_JSON) or (kind is float and math.isfinite(value)):
        return None
    return f"wanted a value that JSON can hold exactly, found {shorten(value)}"
