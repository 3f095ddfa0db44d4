"""Whether a backup is unchanged since it was made, and whether its documents are valid."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from plandoc.errors import DamagedError, NewerFormatError, Problem
from plandoc.maintenance import checks
from plandoc.maintenance.backups.backup_reader import open_backup
from plandoc.tables import EVENTS_FOLDER


def verify_backup(path: str | os.PathLike[str]) -> list[Problem]:
    """Return everything that is wrong with a backup, a folder or a ZIP file; an empty list when nothing is.

    Every file is compared with its digest in the manifest, and the manifest with its own; then the documents are checked
    like those of a data folder.

    Raises:
        StoreNotFoundError: when there is nothing at the path.

    >>> import plandoc, tempfile
    >>> from plandoc.maintenance.backups.backup_writer import backup
    >>> folder = tempfile.mkdtemp()
    >>> plandoc.open_store(folder, create=True).close()
    >>> target = tempfile.mkdtemp() + "/monday.zip"
    >>> backup(folder, target).documents
    3
    >>> verify_backup(target)
    []
    """
    try:
        return problems_in(open_backup(path).documents)
    except DamagedError as error:
        return list(error.problems)
    except NewerFormatError as error:
        return [Problem(str(error), file=error.path)]


def problems_in(documents: Mapping[str, bytes]) -> list[Problem]:
    """Return everything that `check` finds in a data folder of these documents."""
    with tempfile.TemporaryDirectory(prefix="plandoc-") as scratch:
        (Path(scratch) / EVENTS_FOLDER).mkdir()
        for name, content in documents.items():
            (Path(scratch) / name).write_bytes(content)
        # A problem without a file is about the place, which is temporary here.
        return [problem for problem in checks.check(scratch) if problem.file is not None]
