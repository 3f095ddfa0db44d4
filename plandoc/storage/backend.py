"""What every storage backend can do: documents in and out, changed together or not at all.

A document is bytes under a name here; what the bytes mean is known above. A name is `catalog.json`,
`stock.json`, `events/7.json` or `plandoc.json`, never anything that came from a user.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from plandoc.storage.directory_scan import ScanResult
from plandoc.storage.document_head import Head

T = TypeVar("T")


class Reading(Protocol):
    """A view of all documents in one version."""

    @property
    def serial(self) -> int:
        """Number of the last transaction that it shows."""
        ...

    @property
    def line_digest(self) -> str:
        """What distinguishes that transaction from any other one of its number; blank when it is not known."""
        ...

    @property
    def format(self) -> int:
        """The format of the folder, which says in which documents its tables are."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none."""
        ...

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:
        """Yield the head of each of these documents of one folder; None where there is no such document.

        A caller that stops early closes it.
        """
        ...

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the documents in a folder such as `events`, in any order."""
        ...

    def fingerprints(self, folder: str, *, fresh: bool = False) -> ScanResult:
        """Return what shows whether each document of a folder still holds what it held.

        The same object is returned as long as nothing has changed.

        Args:
            folder: Such as `events`.
            fresh: Look at each file at this instant; else a look of the same second may be good enough.
        """
        ...

    def fingerprint(self, name: str) -> Hashable | None:
        """Return the same for one document, as it is at this instant."""
        ...


class Transaction(Reading, Protocol):
    """The one writer: what it reads cannot be changed by another plandoc until it is released."""

    def commit(self, changes: Mapping[str, bytes | None]) -> None:
        """Write all documents or none; None as content removes one. Returns when they are durable."""
        ...

    def release(self) -> None:
        """Let the next writer in. Changes that were not committed are discarded."""
        ...


class Backend(Protocol):
    """A place for the documents of one store."""

    @property
    def location(self) -> str:
        """Where it is, as a person writes it."""
        ...

    @property
    def store_id(self) -> str:
        """The identity of the store, the same in all its documents."""
        ...

    def begin(
        self, action: str, *, timeout_seconds: float, on_wait: Callable[[str], None] | None = None
    ) -> Transaction:
        """Become the one writer, waiting for another for at most `timeout_seconds`.

        Args:
            action: What is going to be done, for those who wait meanwhile.
            timeout_seconds: 0 means not to wait at all.
            on_wait: Told once who is being waited for, before the wait.

        Raises:
            LockTimeout: when the other writer did not finish in time.
        """
        ...

    def view(self, function: Callable[[Reading], T]) -> T:
        """Return what `function` makes of a reading that mixes no two versions; takes no lock, may call it again."""
        ...

    def close(self) -> None:
        """Finish what is unfinished and release everything."""
        ...
