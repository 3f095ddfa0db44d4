"""The address of a store on a server, distinguished from the path of a folder."""

from __future__ import annotations

import re
from urllib.parse import unquote

from plandoc.errors import Outcome, StorageError

SCHEMES = ("postgresql://", "postgres://")
DEFAULT_SCHEMA = "plandoc"
WANTED = "wanted postgresql://USER@HOST/DATABASE?schema=NAME"

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,50}", re.ASCII)
# Mistyped addresses: a user with a password after two slashes, the scheme with one slash or none, a password as libpq takes
# it elsewhere. No path begins like that, unless a folder really has such a name; then "./" helps.
_MISTYPED = re.compile(
    r"\s*(?:[\w+.-]*:?//+[^/]*:.*@|postgres[\w+.-]*:|pgsql:|[^/]*\bpassword\s*=)", re.IGNORECASE | re.DOTALL
)
# Up to the last @: a password with an @ or a / in it that should have been escaped is a password, too.
_SECRET = re.compile(r"(?<=://)([^/@?:]*):.*@|(?<=[?&])password=[^&]*", re.IGNORECASE)


def address_of(place: object) -> str | None:
    """Return the address of a store on a server; None where the place is something else, such as a folder.

    This is the only place that decides it.

    Raises:
        StorageError: for a mistyped address; the message does not show what was given.

    >>> address_of("postgresql://host/bakery"), address_of("data"), address_of(":memory:")
    ('postgresql://host/bakery', None, None)
    """
    if not isinstance(place, str):
        return None
    if place.startswith(SCHEMES):
        return place
    _refuse_mistyped(place)
    return None


def without_password(address: str) -> str:
    """Return an address as it may be shown.

    >>> without_password("postgresql://anna:secret@host/bakery?schema=shop&password=secret")
    'postgresql://anna@host/bakery?schema=shop&'
    """
    return _SECRET.sub(lambda found: f"{found[1]}@" if found[1] is not None else "", address)


def divided(address: str) -> tuple[str, str]:
    """Return the address for the server, and the schema, which is not part of the server's own addresses.

    Raises:
        StorageError: when the name of the schema is not one that plandoc makes.

    >>> divided("postgresql://host/bakery?schema=shop&sslmode=require")
    ('postgresql://host/bakery?sslmode=require', 'shop')
    >>> divided("postgresql:///bakery")
    ('postgresql:///bakery', 'plandoc')
    """
    base, _, query = address.partition("?")
    given = [part for part in query.split("&") if part]
    schemas = [unquote(part.partition("=")[2]) for part in given if part.startswith("schema=")]
    others = [part for part in given if not part.startswith("schema=")]
    if len(schemas) > 1 or not all(map(_is_name, schemas)):
        reason = "wanted one schema, with a name of small letters, digits and _ that does not begin with pg_"
        raise StorageError(without_password(address), reason, Outcome.NOT_SAVED)
    return "?".join([base, *(["&".join(others)] if others else [])]), "".join(schemas) or DEFAULT_SCHEMA


def refuse_address(place: object, wanted: str) -> None:
    """Refuse an address where only a folder will do.

    Raises:
        StorageError: that says so.
    """
    if not isinstance(place, str):
        return
    if place.startswith(SCHEMES):
        raise StorageError(without_password(place), f"is on a server; {wanted}", Outcome.NOT_SAVED)
    _refuse_mistyped(place)


def _refuse_mistyped(place: str) -> None:
    """Refuse what would be taken for a path and shown in messages, with the password in it."""
    if _MISTYPED.match(place):
        reason = f"it looks like the address of a store on a server, mistyped; {WANTED}"
        raise StorageError("the place that was named", reason, Outcome.NOT_SAVED)


def _is_name(schema: str) -> bool:
    return _SCHEMA.fullmatch(schema) is not None and not schema.startswith("pg_")
