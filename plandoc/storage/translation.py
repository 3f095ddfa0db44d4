"""The one boundary where the operating system's errors become plandoc's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plandoc.errors import DamagedError, Outcome, PlandocError, Problem, StorageError
from plandoc.storage.files import NotAFile


@contextmanager
def translated(path: Path, outcome: Outcome) -> Iterator[None]:
    """Give an `OSError` the path and say what was saved; let plandoc's own errors through.

    Args:
        path: Named where the error names none itself.
        outcome: What is in the folder when something fails in this block.
    """
    try:
        yield
    except PlandocError:
        raise
    except NotAFile as error:
        name = os.path.basename(error.filename)
        raise DamagedError(name, [Problem(str(error.strerror), file=str(error.filename))]) from error
    except OSError as error:
        raise storage_error(error, path, outcome) from error


def storage_error(error: OSError, path: Path, outcome: Outcome, doing: str = "") -> StorageError:
    """Return plandoc's error for one of the operating system's."""
    reason = (error.strerror or str(error)).lower()
    return StorageError(str(error.filename or path), f"{doing}: {reason}" if doing else reason, outcome, error.errno)
