"""The one boundary where the operating system's errors become plandoc's."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from plandoc.errors import DamagedError, Outcome, PlandocError, Problem, StorageError
from plandoc.storage.files import NotAFile


class translate_os_errors:  # noqa: N801  (read as the sentence that it begins)
    """Give an `OSError` the path and say what was saved; let plandoc's own errors through.

    A class, because a generator would cost more than many of the system calls that it wraps.

    Args:
        path: Named where the error names none itself.
        outcome: What is in the folder when something fails in this block.
    """

    __slots__ = ("_outcome", "_path")

    def __init__(self, path: Path, outcome: Outcome) -> None:
        self._path = path
        self._outcome = outcome

    def __enter__(self) -> None:
        """Do nothing until something fails."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._outcome is Outcome.SAVED and isinstance(error, PlandocError):
            _raise_as_saved(error, self._path)
        if not isinstance(error, OSError) or isinstance(error, PlandocError):
            return
        if isinstance(error, NotAFile) and self._outcome is not Outcome.SAVED:
            name = os.path.basename(error.filename)
            raise DamagedError(name, [Problem(str(error.strerror), file=str(error.filename))]) from error
        raise storage_error(error, self._path, self._outcome) from error


def _raise_as_saved(error: PlandocError, path: Path) -> None:
    """Raise a failure after a commit with the outcome SAVED, which the failed step could not know."""
    if not isinstance(error, StorageError):
        raise StorageError(str(path), str(error), Outcome.SAVED) from error
    if error.outcome is Outcome.NOT_SAVED:
        raise StorageError(error.path, error.reason, Outcome.SAVED, error.errno) from error


def storage_error(error: OSError, path: Path, outcome: Outcome, doing: str = "") -> StorageError:
    """Return plandoc's error for one of the operating system's."""
    reason = (error.strerror or str(error)).lower()
    return StorageError(str(error.filename or path), f"{doing}: {reason}" if doing else reason, outcome, error.errno)
