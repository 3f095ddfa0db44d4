"""Files that were read a moment ago and still look the same: for readings, which look at the same few again and again.

By the rule of `directory_scan`: a file whose fingerprint is old enough shows any change from now on. What does not show in it
(a program that writes through a mapping of the file into memory; a file system that keeps no time of its own for a file, so
that a program can set back the only one) is seen all the same when the moment is over.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

from plandoc.clock import stopwatch_seconds, system_clock
from plandoc.storage.directory_scan import VALID_SECONDS, fingerprint_of, is_stable
from plandoc.storage.files import Files


class RememberedFiles:
    """The contents of a few files, by their paths."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[str, _Remembered] = {}

    def read(self, path: str, read: Callable[[], bytes | None]) -> bytes | None:
        """Return the content of a file; None where there is none.

        Args:
            path: The file.
            read: Reads it.
        """
        known, now = self._known.get(path), stopwatch_seconds()
        if known is not None and now - known.read_at <= VALID_SECONDS and self._fingerprint(path) == known.fingerprint:
            return known.content
        # Before it is read: what is changed while it is read has another fingerprint afterwards.
        timestamp, fingerprint = system_clock(), self._fingerprint(path)
        content = read()
        if known is not None and known.content == content:
            # The very bytes that others know, which can be compared at once.
            content = known.content
        if content is not None and is_stable(fingerprint, timestamp):
            self._known[path] = _Remembered(fingerprint, now, content)
        else:
            self._known.pop(path, None)
        return content

    def _fingerprint(self, path: str) -> Hashable | None:
        status = self._files.status(path)
        return None if status is None else fingerprint_of(status)


class _Remembered(NamedTuple):
    fingerprint: Hashable
    read_at: float
    content: bytes
