"""Checking a path that a user gave, before the system gets it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from plandoc.errors import Outcome, StorageError, shorten
from plandoc.storage import address

# What `open_store` takes instead of a path for a store in memory, as SQLite does. Only this text: a folder of that name
# is "./:memory:".
IN_MEMORY = ":memory:"


def checked_path(path: str | os.PathLike[str]) -> Path:
    r"""Return a path that a user gave.

    Raises:
        StorageError: for one with a NUL character, which every system call would refuse in a way of its own,
            for an empty one, which would mean the present folder, for ":memory:", which only `open_store` takes, for an
            address, and for anything that cannot be a path.

    >>> checked_path("data/../data")
    PosixPath('data/../data')
    >>> checked_path("a\0b")
    Traceback (most recent call last):
    plandoc.errors.StorageError: 'a\x00b': a path cannot contain a NUL character: not saved; nothing was changed
    """
    if path == IN_MEMORY:
        reason = "a store in memory has neither a folder nor files; wanted a path"
        raise StorageError(repr(path), reason, Outcome.NOT_SAVED)
    address.refuse_address(path, "this is for a folder and its files")
    if path == "":
        raise StorageError("''", "wanted a path, found nothing", Outcome.NOT_SAVED)
    if not isinstance(path, str | os.PathLike):
        raise StorageError(shorten(path), "wanted a path, as text or a Path", Outcome.NOT_SAVED)
    place = Path(path)
    if "\0" in str(place):
        raise StorageError(ascii(str(place)), "a path cannot contain a NUL character", Outcome.NOT_SAVED)
    return place


def folder_at(location: str) -> Path | None:
    """Return the folder that a store says it is in; None when it is in none."""
    place = Path(location)
    return place if place.is_absolute() else None


def resolved(path: str | os.PathLike[str]) -> Path:
    """Return where a path finally leads.

    `Path.resolve` is not used, because it raises its own kind of error for a link to itself. Here such a link stays as it is,
    and opening it reports what is wrong.
    """
    return Path(os.path.realpath(checked_path(path)))


def is_special_file(path: Path) -> bool:
    """Whether a path leads to a device, a pipe or a socket, which must not be replaced by a file.

    The path is used as given, because that of a pipe, as /dev/stdout may be, cannot be fully resolved.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
