"""What a backup that is being made and one that is being restored have in common."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from plandoc.errors import Outcome, Problem
from plandoc.maintenance import checks
from plandoc.storage.atomic_write import AtomicWrite
from plandoc.storage.os_errors import storage_error
from plandoc.tables import EVENTS_FOLDER


def problems_in(documents: Mapping[str, bytes]) -> list[Problem]:
    """Return everything that `check` finds in a data folder of these documents."""
    with tempfile.TemporaryDirectory(prefix="plandoc-") as scratch:
        (Path(scratch) / EVENTS_FOLDER).mkdir()
        for name, content in documents.items():
            (Path(scratch) / name).write_bytes(content)
        # What names no file is about the place, which is this one for a moment only.
        return [problem for problem in checks.check(scratch) if problem.file is not None]


def sync_name(write: AtomicWrite) -> None:
    """Make durable that something has its name now; when that fails, nobody knows whether it will keep it.

    Raises:
        StorageError: that says so.
    """
    try:
        write.sync_name()
    except OSError as error:
        doing = "the name that was given could not be made durable"
        raise storage_error(error, write.path.parent, Outcome.UNKNOWN, doing) from error
