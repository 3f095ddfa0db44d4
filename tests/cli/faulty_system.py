"""The calls to the operating system that a command makes in this process: counted, and one of them made to fail.

Below `plandoc.storage.files.Files`, so that nothing which goes around that layer goes around the faults.
"""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import attrs

_CALLS = (
    *("open", "close", "read", "write", "pread", "pwrite", "fstat", "stat", "lstat", "ftruncate", "fsync", "fdatasync"),
    *("posix_fallocate", "fchmod", "replace", "rename", "link", "unlink", "rmdir", "mkdir", "listdir", "scandir"),
)
# The system lets go of these even when it reports an error.
_DONE_ALL_THE_SAME = frozenset({"close", "flock"})


@attrs.define
class Faults:
    """Which call fails; the others are only counted.

    Attributes:
        at: The number of the call that fails, from 0; None lets none fail.
        error: The error number it fails with.
        lasting: Whether all later ones that write fail, too.
        calls: The names of those that were made.
        failed: The name of the one that failed.
    """

    at: int | None
    error: int
    lasting: bool = False
    calls: list[str] = attrs.field(factory=list)
    failed: str | None = None

    def call(self, name: str, act: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Make one call, or let it fail."""
        number = len(self.calls)
        self.calls.append(name)
        if self.at is None or not self._is_due(number, name):
            return act(*given, **named)
        self.failed = self.failed or name
        if name in _DONE_ALL_THE_SAME:
            act(*given, **named)
        path = [os.fspath(given[0])] if given and isinstance(given[0], (str, os.PathLike)) else []
        raise OSError(self.error, os.strerror(self.error), *path)

    def _is_due(self, number: int, name: str) -> bool:
        return number == self.at or (self.lasting and self.at is not None and number > self.at and name in _WRITES)


_WRITES = frozenset(
    {"write", "pwrite", "ftruncate", "fsync", "fdatasync", "posix_fallocate", "replace", "link", "mkdir", "file write"}
)


class _WatchedFile:
    """An open file of Python's own, whose writing can fail, too."""

    def __init__(self, file: Any, faults: Faults) -> None:
        self._file, self._faults = file, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, *given: Any) -> Any:
        return self._faults.call("file write", self._file.write, given, {})

    def flush(self) -> Any:
        return self._faults.call("file flush", self._file.flush, (), {})

    def read(self, *given: Any) -> Any:
        return self._faults.call("file read", self._file.read, given, {})


@contextmanager
def failing(faults: Faults) -> Iterator[None]:
    """Let calls go by the faults."""
    places = [(os, name) for name in _CALLS] + [(fcntl, "flock")]
    originals = [getattr(module, name) for module, name in places]
    open_file = io.open

    def opened(*given: Any, **named: Any) -> Any:
        file = faults.call("open file", open_file, given, named)
        return file if isinstance(file, io.TextIOBase) else _WatchedFile(file, faults)

    for (module, name), original in zip(places, originals, strict=True):
        setattr(module, name, _counted(faults, name, original))
    io.open = opened
    try:
        yield
    finally:
        io.open = open_file
        for (module, name), original in zip(places, originals, strict=True):
            setattr(module, name, original)


def _counted(faults: Faults, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        return faults.call(name, original, given, named)

    return call
