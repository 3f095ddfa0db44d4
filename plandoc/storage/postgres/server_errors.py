"""The one boundary where the server's errors become plandoc's."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import psycopg

from plandoc.errors import ConflictError, LockTimeout, Outcome, PlandocError, StorageError
from plandoc.errors.hints import Hint, wording

# The errors of a transaction that others have overtaken: another one changed what it read, the two wait for each other, or
# both made the same new document.
_OVERTAKEN = frozenset({"40001", "40P01", "23505"})
_LOCK_NOT_AVAILABLE = "55P03"
# Server going down, and connection failures.
_LOST = ("57P", "08")
_GONE = frozenset({"42P01", "3F000"})
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "53100": "the disk of the server is full",
        "25006": "the server accepts no changes: it is read-only, or a copy of another server",
        "42501": "this user has no permission for it",
        "53200": "the server is out of memory",
        "53300": "the server has too many connections",
    }
)


def is_lost(error: psycopg.Error) -> bool:
    """Whether an error means that the connection is gone, so that it is unknown how far the server got."""
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and (
        error.sqlstate is None or error.sqlstate.startswith(_LOST)
    )


def is_missing(error: psycopg.Error) -> bool:
    """Whether there is no table of documents."""
    return error.sqlstate in _GONE


def translated(error: psycopg.Error, location: str, timeout_seconds: float = 0) -> PlandocError:
    """Return plandoc's error for one of the server's that leaves nothing saved."""
    if error.sqlstate in _OVERTAKEN:
        return overtaken(location)
    if error.sqlstate == _LOCK_NOT_AVAILABLE:
        return LockTimeout(location, max(timeout_seconds, 0), {}, "another process")
    if is_missing(error):
        message = wording("the tables of the store are not there; {create} makes them", create=Hint.CREATE_FOLDER())
        return StorageError(location, message, Outcome.NOT_SAVED)
    return StorageError(location, reason_of(error), Outcome.NOT_SAVED)


def overtaken(location: str, message: str = "was changed by somebody else during this change") -> ConflictError:
    """Return the error of a transaction that was overtaken."""
    return ConflictError(location, f"{location} {message}; nothing was saved; run it again")


def reason_of(error: psycopg.Error, password: str | None = None) -> str:
    """Return the message of the server or the connection, in one line and without the password."""
    primary = error.diag.message_primary or str(error)
    known = _REASONS.get(error.sqlstate or "")
    reason = " ".join(primary.split())
    reason = f"{known} ({reason})" if known else reason
    return reason.replace(password, "***") if password else reason
