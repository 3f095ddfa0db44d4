"""The system's own calls, one of which fails: also those that the file layer makes for its own ends, and the lock's."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from unittest import mock

import filelock
from recorder import Fault

from plandoc.storage import files

_CALLS = frozenset(
    {
        *("open", "close", "read", "write", "pread", "pwrite", "ftruncate", "fstat", "lstat", "stat"),
        *("fsync", "fdatasync", "replace", "rename", "link", "unlink", "mkdir", "listdir", "scandir"),
        *("posix_fallocate", "fchmod", "dup"),
    }
)
_OF_THE_LOCK = ("lock_descriptor", "unlock_descriptor")


class FaultySystem:
    """Counts the calls that plandoc makes of the system and lets one of them fail, once armed.

    A handle is closed also where `close` fails, as Linux does it.

    Args:
        watched: The calls that count.
    """

    def __init__(self, watched: Collection[str] = (*_CALLS, *_OF_THE_LOCK)) -> None:
        self.watched = frozenset(watched)
        self.calls = 0
        self.fault: Fault | None = None
        self.failed_at: str | None = None

    def arm(self, fault: Fault | None) -> None:
        """Count from here, and let a call go wrong."""
        self.calls, self.fault, self.failed_at = 0, fault, None

    @contextmanager
    def switched_on(self) -> Iterator[None]:
        """Stand between plandoc and the system."""
        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(files, "os", self))
            for name in _OF_THE_LOCK:
                call = functools.partial(self._call, name, getattr(filelock, name))
                stack.enter_context(mock.patch.object(filelock, name, call))
            yield

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        return functools.partial(self._call, name, found) if name in _CALLS else found

    def _call(self, name: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        if name not in self.watched:
            return call(*arguments, **options)
        number, self.calls = self.calls, self.calls + 1
        fault = self.fault
        if fault is None or not (number == fault.number or (fault.lasting and number > fault.number)):
            return call(*arguments, **options)
        self.failed_at = name
        if name == "close" or fault.moment == "after":
            with suppress(OSError):
                result = call(*arguments, **options)
                # What the caller never gets, nobody else could close.
                if name == "open":
                    os.close(result)
                elif name == "scandir":
                    result.close()
        assert isinstance(fault.error, int)
        raise OSError(fault.error, os.strerror(fault.error))
