"""The marker: the file that makes a folder a plandoc folder."""

from __future__ import annotations

from typing import Any

import attrs
import orjson

from plandoc.errors import DamagedError, Problem
from plandoc.storage import careful
from plandoc.storage.documents import FORMAT, check_format

NAME = "plandoc.json"


@attrs.frozen
class Marker:
    """What the marker says.

    Attributes:
        lineage: The identity of the folder, made once.
        serial: Number of the last transaction that is folded into the documents for good.
        next_event_id: The id that the next new event gets.
    """

    lineage: str
    serial: int = 0
    next_event_id: int = 1


def render(marker: Marker) -> bytes:
    """Return the bytes of the marker file."""
    return orjson.dumps({"format": FORMAT, **attrs.asdict(marker)}, option=orjson.OPT_INDENT_2) + b"\n"


def parse(content: bytes) -> Marker:
    """Return the marker that these bytes hold.

    Raises:
        DamagedError: when they hold none.
        NewerFormatError: when a newer plandoc wrote it.
    """
    value = careful.parse_object(NAME, content)
    check_format(NAME, value.pop("format", None))
    wrong = [Problem(message, file=NAME, field=field) for field, message in _problems(value)]
    if wrong:
        raise DamagedError(NAME, wrong)
    return Marker(**value)


def _problems(value: dict[str, Any]) -> list[tuple[str, str]]:
    wanted = {"lineage": str, "serial": int, "next_event_id": int}
    wrong = [(name, "unknown field") for name in sorted(set(value) - set(wanted))]
    for name, kind in wanted.items():
        if type(value.get(name)) is not kind:
            wrong.append((name, f"wanted {'text' if kind is str else 'a whole number'}, found {value.get(name)!r}"))
    for name, least in (("serial", 0), ("next_event_id", 1)):
        if type(value.get(name)) is int and value[name] < least:
            wrong.append((name, f"wanted a whole number of at least {least}, found {value[name]}"))
    return wrong


def missing() -> list[Problem]:
    """Return what to say when there is no marker that can be read."""
    message = "the file is missing or unreadable; it says which folder this is"
    return [Problem(message, file=NAME, hint="take it back from a backup of this folder")]
