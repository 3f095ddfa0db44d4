"""What this process itself commits, so that it is not taken for the work of others."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

Versions = set[tuple[str, int]]


class OwnCommits:
    """The versions that this process gives to documents, noted while somebody waits for those of others.

    Another thread may see a commit on the server before its answer arrives here. So a commit is known from before it is sent
    until its versions are noted, and `settled` waits for those in progress.
    """

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._under_way: set[object] = set()
        self._noted: list[Versions] = []

    @contextmanager
    def noted(self) -> Iterator[Versions]:
        """Yield a set that collects each version of a document that this process gives from now on."""
        versions: Versions = set()
        with self._turn:
            self._noted.append(versions)
        try:
            yield versions
        finally:
            with self._turn:
                self._noted = [other for other in self._noted if other is not versions]

    @contextmanager
    def under_way(self) -> Iterator[dict[str, int]]:
        """Yield a dictionary for the versions that a commit gives; they are noted when the commit is over."""
        commit, given = object(), dict[str, int]()
        with self._turn:
            self._under_way.add(commit)
        try:
            yield given
        finally:
            with self._turn:
                self._under_way.remove(commit)
                for versions in self._noted:
                    versions.update(given.items())
                self._turn.notify_all()

    def settled(self) -> None:
        """Return when every commit now in progress is over."""
        with self._turn:
            begun = set(self._under_way)
            self._turn.wait_for(lambda: begun.isdisjoint(self._under_way))


def changed_by_others(before: Mapping[str, int], now: Mapping[str, int], own: Versions) -> frozenset[str]:
    """Return the documents to which somebody else has given a version between two looks.

    >>> changed_by_others({"a": 1, "b": 1, "c": 1}, {"a": 3, "b": 3, "c": 1}, {("a", 2), ("a", 3), ("b", 3), ("c", 2)})
    frozenset({'b'})
    """
    return frozenset(
        name
        for name, version in now.items()
        if any((name, given) not in own for given in range(before.get(name, 0) + 1, version + 1))
    )
