"""Putting the files of a backup somewhere: all of them on the disk under a name that nobody looks at, then the name."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from plandoc.errors import Outcome, Problem
from plandoc.maintenance import checks
from plandoc.storage.files import Files
from plandoc.storage.os_errors import storage_error
from plandoc.tables import EVENTS_FOLDER


def lay_out(folder: Path, contents: Mapping[str, bytes], files: Files) -> None:
    """Make a folder of these files; when this returns they are on the disk, but not yet that the folder is there."""
    files.make_folder(folder)
    files.make_folder(folder / EVENTS_FOLDER)
    for name, content in contents.items():
        files.create(folder / name, content, None)
        files.sync_file(folder / name)
    files.sync_folder(folder / EVENTS_FOLDER)
    files.sync_folder(folder)


def problems_in(documents: Mapping[str, bytes]) -> list[Problem]:
    """Return everything that `check` finds in a data folder of these documents."""
    with tempfile.TemporaryDirectory(prefix="plandoc-") as scratch:
        (Path(scratch) / EVENTS_FOLDER).mkdir()
        for name, content in documents.items():
            (Path(scratch) / name).write_bytes(content)
        # What names no file is about the place, which is this one for a moment only.
        return [problem for problem in checks.check(scratch) if problem.file is not None]


def settle(folder: Path, files: Files) -> None:
    """Make durable that something has its name now; when that fails, nobody knows whether it will keep it.

    Raises:
        StorageError: that says so.
    """
    try:
        files.sync_folder(folder)
    except OSError as error:
        doing = "the name that was given could not be made durable"
        raise storage_error(error, folder, Outcome.UNKNOWN, doing) from error
