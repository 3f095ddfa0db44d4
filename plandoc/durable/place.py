"""Where databases are: one file, or the files of a folder that change together."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Protocol


class Writing(Protocol):
    """The one writer of a place, until it is released."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None when there is none."""
        ...

    def commit(self, changes: Mapping[str, bytes]) -> None:
        """Write all of these files or none; returns when they are durable."""
        ...

    def release(self) -> None:
        """Let the next writer in; nothing to do if that was done before."""
        ...


class Place(Protocol):
    """Files under names."""

    @property
    def location(self) -> str:
        """Where it is, as a person writes it."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return the content of a file without waiting for writers; None when there is none."""
        ...

    def fingerprint(self, name: str) -> Hashable | None:
        """Return what changes with a file, as far as the clock of the file system shows; None when that is not known."""
        ...

    def begin(self, timeout_seconds: float) -> Writing:
        """Become the one writer, among all threads and processes.

        Raises:
            LockTimeout: when another one did not finish in time.
        """
        ...

    def close(self) -> None:
        """Release everything."""
        ...
