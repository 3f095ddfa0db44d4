"""The marker: the file that makes a folder a plandoc folder."""

from __future__ import annotations

from typing import Any

import attrs
import orjson

from plandoc.errors import DamagedError, Problem, shorten
from plandoc.errors.hints import TAKE_BACK
from plandoc.frozen import frozen
from plandoc.storage import documents, strict_json
from plandoc.storage.documents import STORE_ID_KEY, check_format

NAME = "plandoc.json"

_FIRST_FORMAT_WITH_DIGEST = 2
# No store gets that far; counting must not go on from a number that somebody wrote there by hand.
_BEYOND_NUMBERS = 10**15


@frozen
class Marker:
    """What the marker says.

    Attributes:
        store_id: The identity of the folder, made once.
        serial: Number of the last transaction that is checkpointed.
        next_event_id: The id that the next new event gets.
        format: The format of the file; the first change of a folder raises it to the present one.
        line_digest: The checksum of that transaction's line in the journal, which distinguishes it from another one of the
            same number; blank when there was no checkpoint yet, or an older plandoc did it.
        holds: What the folder holds when it is not plans; see `Layout`.
    """

    store_id: str
    serial: int = 0
    next_event_id: int = 1
    format: int = attrs.field(factory=lambda: documents.FORMAT)
    line_digest: str = ""
    holds: str = ""

    @property
    def is_of_older_format(self) -> bool:
        """Whether an older plandoc wrote it, and nothing was changed in the folder since."""
        return self.format < documents.FORMAT


def render(marker: Marker) -> bytes:
    """Return the bytes of the marker file."""
    fields = {STORE_ID_KEY if name == "store_id" else name: value for name, value in attrs.asdict(marker).items()}
    number = fields.pop("format")
    if not marker.holds:
        del fields["holds"]
    if number < _FIRST_FORMAT_WITH_DIGEST:
        del fields["line_digest"]
        return orjson.dumps({"format": number, **fields}, option=orjson.OPT_INDENT_2) + b"\n"
    return orjson.dumps({"format": number, "needs": documents.NEEDS, **fields}, option=orjson.OPT_INDENT_2) + b"\n"


def parse(content: bytes, holds: str = "") -> Marker:
    """Return the marker that these bytes hold.

    Args:
        content: The file.
        holds: What the folder is to hold; blank for plans.

    Raises:
        DamagedError: when they hold none, or that of a folder that holds something else.
        NewerFormatError: when a newer plandoc wrote it.
    """
    value = strict_json.parse_object(NAME, content)
    number = value.pop("format", None)
    check_format(NAME, number, value.get("needs"))
    found = value.pop("holds", "")
    if found != holds:
        message = f"wanted a folder of {holds or 'plans'}, found one of {shorten(found) if found else 'plans'}"
        hint = "open it with plandoc.open_store" if holds else "open it with plandoc.durable.Folder"
        raise DamagedError(NAME, [Problem(message, file=NAME, field="holds", hint=hint)])
    wrong = [Problem(message, file=NAME, field=field) for field, message in _problems(value, number)]
    if wrong:
        raise DamagedError(NAME, wrong)
    value.pop("needs", None)
    return Marker(format=number, store_id=value.pop(STORE_ID_KEY), holds=holds, **value)


def as_of(content: bytes | None, serial: int, line_digest: str) -> bytes | None:
    """Return the bytes of a marker with the last transaction in it; None where there is no marker.

    Its format stays as it is: the plandoc that wrote it must be able to read it.
    """
    if content is None:
        return None
    present = parse(content)
    if present.serial == serial:
        return content
    return render(attrs.evolve(present, serial=serial, line_digest=line_digest))


def _problems(value: dict[str, Any], number: int) -> list[tuple[str, str]]:
    wanted = {STORE_ID_KEY: str, "serial": int, "next_event_id": int}
    if number >= _FIRST_FORMAT_WITH_DIGEST:
        wanted["line_digest"] = str
        if "needs" in value:
            wanted["needs"] = str
    wrong = [(name, "unknown field") for name in sorted(set(value) - set(wanted))]
    for name, kind in wanted.items():
        if type(value.get(name)) is not kind:
            wrong.append((name, f"wanted {'text' if kind is str else 'a whole number'}, found {value.get(name)!r}"))
    for name, least in (("serial", 0), ("next_event_id", 1)):
        if type(value.get(name)) is int and not least <= value[name] < _BEYOND_NUMBERS:
            limits = f"of at least {least}" if value[name] < least else "of at most 15 digits"
            wrong.append((name, f"wanted a whole number {limits}, found {shorten(value[name])}"))
    return wrong


def missing() -> list[Problem]:
    """Return the problem of a folder without a readable marker."""
    message = "the file is missing or unreadable; it identifies the folder"
    return [Problem(message, file=NAME, hint=TAKE_BACK)]
