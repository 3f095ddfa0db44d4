"""The one boundary where the operating system's errors become plandoc's."""

from __future__ import annotations

import os
from types import TracebackType
from typing import NoReturn

from plandoc.errors import DamagedError, Outcome, PlandocError, Problem, StorageError
from plandoc.storage.files import NotAFile, StrPath


class translate_os_errors:  # noqa: N801  (read as the sentence that it begins)
    """Give an `OSError` the path and say what was saved; let plandoc's own errors through.

    A class, because a generator would cost more than many of the system calls inside it.

    Args:
        path: Used where the error itself names none.
        outcome: What is in the folder when something fails in this block.
    """

    __slots__ = ("_outcome", "_path")

    def __init__(self, path: StrPath, outcome: Outcome) -> None:
        self._path = path
        self._outcome = outcome

    def __enter__(self) -> None:
        """Do nothing until something fails."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, (OSError, PlandocError)):
            raise_translated(error, self._path, self._outcome)


def raise_translated(error: OSError | PlandocError, path: StrPath, outcome: Outcome = Outcome.NOT_SAVED) -> NoReturn:
    """Raise what `translate_os_errors` raises, for places where entering a block would cost more than the calls in it."""
    if isinstance(error, PlandocError):
        if outcome is Outcome.SAVED:
            _raise_as_saved(error, path)
        raise error
    if isinstance(error, NotAFile) and outcome is not Outcome.SAVED:
        name = os.path.basename(error.filename)
        raise DamagedError(name, [Problem(str(error.strerror), file=str(error.filename))]) from error
    raise storage_error(error, path, outcome) from error


def _raise_as_saved(error: PlandocError, path: StrPath) -> None:
    """Raise a failure after a commit with the outcome SAVED, which the failed step could not know about."""
    if not isinstance(error, StorageError):
        raise StorageError(str(path), str(error), Outcome.SAVED) from error
    if error.outcome is Outcome.NOT_SAVED:
        raise StorageError(error.path, error.reason, Outcome.SAVED, error.errno) from error


def storage_error(error: OSError, path: StrPath, outcome: Outcome, doing: str = "") -> StorageError:
    """Return plandoc's error for one of the operating system's."""
    reason = (error.strerror or str(error)).lower()
    return StorageError(str(error.filename or path), f"{doing}: {reason}" if doing else reason, outcome, error.errno)
