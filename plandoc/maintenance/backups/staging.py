"""Making a file or folder under a temporary name beside the place where it gets its own.

The process at work holds a lock beside what it makes. The system frees it with its holder, so a free lock shows that
the work was abandoned, and its rest is removed. Anything else is left alone: what has no such lock, and what another
machine made, because its locks may not be visible here.
"""

from __future__ import annotations

import contextlib
import datetime
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from plandoc.errors import Outcome, PlandocError
from plandoc.storage import holder, lock_file
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.files import Files
from plandoc.storage.lock import FolderLock
from plandoc.storage.os_errors import storage_error
from plandoc.tables import EVENTS_FOLDER

_MADE = ".tmp"
_LOCKED = ".lock"
_NAME = re.compile(rf"\.plandoc-[0-9a-f]{{16}}{re.escape(_LOCKED)}", re.ASCII)


@contextlib.contextmanager
def temporary_beside(target: Path, timestamp: datetime.datetime, layer: Files) -> Iterator[Path]:
    """Yield an unused name beside a target; what still has it when the block ends is removed.

    What killed processes left is removed first.
    """
    _remove_what_the_killed_left(target.parent, timestamp, layer)
    stem = target.parent / f".plandoc-{secrets.token_hex(8)}"
    held = _locked(stem.with_name(stem.name + _LOCKED), timestamp, layer)
    try:
        yield stem.with_name(stem.name + _MADE)
    finally:
        with contextlib.suppress(OSError):
            _remove(stem.with_name(stem.name + _MADE), layer)
        if held is not None:
            _let_go(held, stem.with_name(stem.name + _LOCKED), layer)


def sync_parent(write: AtomicWrite) -> None:
    """Sync a folder, so that a new name in it is durable; when that fails, the outcome is unknown.

    Raises:
        StorageError: that says so.
    """
    try:
        write.sync_name()
    except OSError as error:
        doing = "the new name could not be made durable"
        raise storage_error(error, Path(write.path).parent, Outcome.UNKNOWN, doing) from error


def _locked(place: Path, timestamp: datetime.datetime, layer: Files) -> FolderLock | None:
    """Take a lock that shows that somebody works here; None where that is not possible, which does not stop the work."""
    held = FolderLock(place, layer)
    try:
        # The lock means nothing after a power cut, so it need not be durable.
        place.mkdir()
        (place / lock_file.FOLDER).mkdir()
        held.acquire(action="make a backup or restore one", timestamp=timestamp, timeout_seconds=0, on_wait=None)
    except (OSError, PlandocError):
        held.close()
        _remove_lock(place, layer)
        return None
    return held


def _remove_what_the_killed_left(folder: Path, timestamp: datetime.datetime, layer: Files) -> None:
    # A failure here must not stop the work.
    with contextlib.suppress(OSError):
        for name in layer.names(folder):
            if _NAME.fullmatch(name) and _is_folder(folder / name, layer):
                _remove_if_dead(folder / name, timestamp, layer)


def _remove_if_dead(place: Path, timestamp: datetime.datetime, layer: Files) -> None:
    made = place.with_name(place.name.removesuffix(_LOCKED) + _MADE)
    held = FolderLock(place, layer)
    host = held.holder().facts.get("host")
    # A process that was killed before it wrote its name had not made anything yet.
    if host != holder.this_host() and (host is not None or layer.status(made) is not None):
        return
    try:
        held.acquire(action="remove what was left", timestamp=timestamp, timeout_seconds=0, on_wait=None)
    except PlandocError:
        # Somebody works there, or is just removing it.
        held.close()
        return
    if host is not None:
        with contextlib.suppress(OSError):
            _remove(made, layer)
    _let_go(held, place, layer)


def _let_go(held: FolderLock, place: Path, layer: Files) -> None:
    # What was made has its name by now or never gets it; a failure here changes nothing about that.
    with contextlib.suppress(OSError, PlandocError):
        held.release()
    with contextlib.suppress(OSError, PlandocError):
        # Some systems do not remove open files.
        held.close()
    _remove_lock(place, layer)


def _remove_lock(place: Path, layer: Files) -> None:
    own = place / lock_file.FOLDER
    with contextlib.suppress(OSError):
        if _is_folder(own, layer):
            for name in (lock_file.NAME, lock_file.INFO_NAME):
                layer.remove(own / name)
            own.rmdir()
        place.rmdir()


def _remove(made: Path, layer: Files) -> None:
    """Remove what was being made: a file, or a folder with its folder of events."""
    if not _is_folder(made, layer):
        layer.remove(made)
        return
    for inside in (made / EVENTS_FOLDER, made):
        for name in layer.names(inside):
            if name != EVENTS_FOLDER:
                layer.remove(inside / name)
        if _is_folder(inside, layer):
            inside.rmdir()


def _is_folder(path: Path, layer: Files) -> bool:
    present = layer.status(path)
    return present is not None and stat.S_ISDIR(present.st_mode)
