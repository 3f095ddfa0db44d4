"""Keeping a number of backups in a folder: names with the time, and removing the oldest."""

from __future__ import annotations

import datetime
import re
import stat
from pathlib import Path

from plandoc.errors import Outcome, PlandocError
from plandoc.maintenance.backups.backup_reader import Backup, open_backup
from plandoc.storage.files import Files
from plandoc.storage.os_errors import translate_os_errors

# Between the name of a folder and the time, in the name of what keeps its previous content.
BEFORE_RESTORE = "-before-restore-"
_NAME = re.compile(r"plandoc-[0-9]{8}T[0-9]{6}Z(?:-([0-9]{1,9}))?\.zip", re.ASCII)


def stamp(timestamp: datetime.datetime) -> str:
    """Return a time as it is written in the name of a file.

    >>> stamp(datetime.datetime(2026, 12, 24, 7, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=1))))
    '20261224T060000Z'
    """
    in_utc = timestamp.astimezone(datetime.UTC)
    # Not every system writes the year with four digits.
    return f"{in_utc.year:04}{in_utc:%m%dT%H%M%SZ}"


def free_name(folder: Path, timestamp: datetime.datetime, layer: Files) -> Path:
    """Return a name for a backup of this time, after other backups of the same second."""
    stem = f"plandoc-{stamp(timestamp)}"
    numbers = [_number(name) for name in layer.names(folder) if name.startswith(stem) and _NAME.fullmatch(name)]
    # Never a removed name again: the number shows which one is newer.
    return folder / (f"{stem}-{max(numbers) + 1}.zip" if numbers else f"{stem}.zip")


def _number(name: str) -> int:
    dated = _NAME.fullmatch(name)
    return int(dated[1] or 1) if dated else 0


def free_path(stem: Path, suffix: str, layer: Files) -> Path:
    """Return the path with the suffix, with a number before it when there is something already."""
    number = 1
    while True:
        path = stem.with_name(f"{stem.name}{f'-{number}' if number > 1 else ''}{suffix}")
        if layer.status(path) is None:
            return path
        number += 1


def remove_oldest(newest: Path, store_id: str, keep: int, layer: Files) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Remove the oldest backups beside a new one; return which, and which files were left alone and why.

    Only intact backups of the same data folder are counted or removed; the new one always stays.
    """
    older: list[Backup] = []
    left: list[str] = []
    with translate_os_errors(newest.parent, Outcome.SAVED):
        for name in layer.names(newest.parent):
            path = newest.parent / name
            if _NAME.fullmatch(name) and path != newest:
                reason = _add_if_sound(path, store_id, older, layer)
                left += [f"{path}: left alone: {reason}"] if reason else []
        older.sort(key=_age)
        # The new one counts, so one less of the others stays.
        removed = tuple(other.path for other in older[: max(0, len(older) - (keep - 1))])
        for path in removed:
            layer.remove(path)
        if removed:
            layer.sync_folder(newest.parent)
    return removed, tuple(left)


def _age(made: Backup) -> tuple[datetime.datetime, int, int]:
    """Return the sort key for the order in which backups were made, even within one second."""
    return made.manifest.created_at, made.manifest.serial, _number(made.path.name)


def _add_if_sound(path: Path, store_id: str, sound: list[Backup], layer: Files) -> str | None:
    present = layer.status(path)
    if present is None or not stat.S_ISREG(present.st_mode):
        return "it is not a plain file"
    try:
        other = open_backup(path, files=layer)
    except PlandocError as error:
        first, *others = str(error).splitlines()
        return f"{first}; and {len(others)} more" if others else first
    if other.manifest.store_id != store_id:
        return "it is a backup of another data folder"
    # Without the content: it is not needed here, and many backups may not fit into memory.
    sound.append(Backup(path, other.manifest, {}))
    return None
