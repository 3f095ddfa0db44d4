"""What every storage backend can do: documents in and out, changed together or not at all.

A document is bytes under a name here; what the bytes mean is known above. A name is `catalog.json`,
`stock.json`, `events/7.json` or `plandoc.json`, never anything that came from a user.

Some backends let writers take turns; others let them work side by side and find out at the commit whether one was
overtaken. Either way, nothing is saved that was based on what somebody else has changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from plandoc.storage.document_head import Head

T = TypeVar("T")


class Fingerprints(dict[str, Hashable]):
    """The fingerprint of each document of a folder, by its name; None for what has to be read.

    Attributes:
        scan: Which scan of the folder it comes from. Two results of one scan differ only by what transactions of this
            process did.
    """

    def __init__(self, fingerprints: Mapping[str, Hashable], scan: object) -> None:
        super().__init__(fingerprints)
        self.scan = scan


class Reading(Protocol):
    """A view of all documents in one version."""

    @property
    def version(self) -> Hashable | None:
        """Equal in two readings between which nothing was committed; None while it is not known."""
        ...

    @property
    def format(self) -> int:
        """The format of the store, which says in which documents its tables are."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return the content of a document, or None when there is none."""
        ...

    def read_remembered(self, name: str) -> bytes | None:
        """Return the same, perhaps from what was read a moment ago; a transaction always reads the file."""
        ...

    def has(self, name: str) -> bool:
        """Return whether there is a document; what a session that writes decides by holds until its commit, as by reading."""
        ...

    def read_many(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield the content of each of these documents, in their order; None where there is no such document."""
        ...

    def heads(self, folder: str, names: Iterable[str]) -> Generator[tuple[str, Head | None]]:
        """Yield the head of each of these documents of one folder; None where there is no such document.

        A caller that stops early closes it.
        """
        ...

    def names(self, folder: str) -> Sequence[str]:
        """Return the names of the documents in a folder such as `events`, in any order."""
        ...

    def fingerprints(self, folder: str, *, fresh: bool = False) -> Fingerprints:
        """Return what shows whether each document of a folder still holds what it held.

        The same object is returned as long as nothing has changed.

        Args:
            folder: Such as `events`.
            fresh: Whether the caller needs all of them as they are at this instant; else a scan of the same second may do.
        """
        ...

    def fingerprint(self, name: str) -> Hashable | None:
        """Return the same for one document, as it is at this instant."""
        ...

    def unsettled(self, fingerprints: Mapping[str, Hashable]) -> Collection[str]:
        """Return the documents that may change from now on and keep these fingerprints."""
        ...

    def current_marker(self) -> bytes | None:
        """Return the marker with the number of the last transaction in it, for a copy of this version; None without one."""
        ...


class Transaction(Reading, Protocol):
    """A change in progress: it is saved only if what it read is then still unchanged."""

    def commit(self, changes: Mapping[str, bytes | None]) -> None:
        """Write all documents or none; None as content removes one. Returns when they are durable.

        Raises:
            ConflictError: when somebody else has changed meanwhile what this one read or changes; nothing was saved.
        """
        ...

    def release(self) -> None:
        """End it. Changes that were not committed are discarded."""
        ...


@runtime_checkable
class Announces(Protocol):
    """A backend that is notified of what others commit."""

    def changes(self, timeout_seconds: float | None) -> Iterator[frozenset[str]]:
        """Yield the documents that others have changed, each time that they have; end when nothing came for so long."""
        ...


class Backend(Protocol):
    """A place for the documents of one store.

    Attributes:
        side_by_side: Whether writers work side by side, so that an overtaken one may simply run again. Where they take turns,
            only a program without the lock can have interfered, and a person has to look.
    """

    side_by_side: bool

    @property
    def location(self) -> str:
        """Where it is, as a person writes it; never with a password."""
        ...

    @property
    def store_id(self) -> str:
        """The identity of the store, the same in all its documents."""
        ...

    def begin(
        self, action: str, *, timeout_seconds: float, on_wait: Callable[[str], None] | None = None
    ) -> Transaction:
        """Begin a change, waiting at most `timeout_seconds` for another writer.

        Args:
            action: What will be done, shown to those who wait.
            timeout_seconds: 0 means not to wait at all.
            on_wait: Called once with who is being waited for, before the wait, where writers take turns.

        Raises:
            LockTimeout: when the other writer did not finish in time.
        """
        ...

    def view(self, function: Callable[[Reading], T]) -> T:
        """Return what `function` makes of a reading that mixes no two versions; takes no lock, may call it again."""
        ...

    def close(self) -> None:
        """Finish pending work and release everything."""
        ...
